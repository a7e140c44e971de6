package bot

import (
	"context"
	"strconv"
	"strings"

	"trucban/internal/chat"
	"trucban/internal/checkin"
	"trucban/internal/checklist"
	"trucban/internal/roster"
	"trucban/internal/team"
	"trucban/messages"
)

// actingUnit is the unit the sender acts for here: the chat's, when the sender
// belongs to it or stands above it, else the sender's own.
func (t *turn) actingUnit() team.UnitID {
	if t.u.Kind == chat.Group && t.admitted && t.room.Purpose == ForUnit && t.mayActFor(t.room.Unit) {
		return t.room.Unit
	}
	return t.me.Unit
}

func (t *turn) mayActFor(unit team.UnitID) bool {
	return t.me.Unit == unit || t.town.Org.May(t.me, team.LevelHead, unit)
}

// openRuns lists the runs of a unit that are not closed, newest first.
func (t *turn) openRuns(ctx context.Context, unit team.UnitID) ([]checklist.Run, error) {
	refs, err := t.find(ctx, Range{Index: "run/u/" + string(unit), To: maxScore, Desc: true, Limit: 20})
	if err != nil {
		return nil, err
	}
	var out []checklist.Run
	for _, ref := range refs {
		var r checklist.Run
		if ok, err := t.read(ref, &r); err != nil {
			return nil, err
		} else if ok && r.Closed == nil {
			out = append(out, r)
		}
	}
	return out, nil
}

// runOf finds the run an answer is about: the one named or pressed, the card that
// was answered, or the unit's only list in which such an answer makes sense.
// Where several could be meant the person is asked; false means that an answer was given.
func (t *turn) runOf(ctx context.Context, v verb, g aim) (checklist.Run, bool, error) {
	if g.id == "" {
		ref, ok, err := t.subject(ctx)
		if err != nil {
			return checklist.Run{}, false, err
		}
		if ok && ref.Kind == "run" {
			g.id = ref.ID
		}
	}
	unit := t.actingUnit()
	if g.id != "" {
		if !strings.Contains(g.id, "/") {
			g.id = checklist.RunID(g.id, unit)
		}
		return t.runNamed(ctx, g.id)
	}
	runs, err := t.openRuns(ctx, unit)
	if err != nil {
		return checklist.Run{}, false, err
	}
	if len(runs) == 0 {
		t.reply(messages.NoChecklist{Unit: t.unitName(unit)})
		return checklist.Run{}, false, nil
	}
	meant := runs
	if len(runs) > 1 {
		if fits := fitting(runs, v, g.refs); len(fits) > 0 {
			meant = fits
		}
	}
	if len(meant) > 1 && (len(g.refs) > 0 || v.key == "rcv") {
		t.whichRun(meant, v, g)
		return checklist.Run{}, false, nil
	}
	return meant[0], true, nil
}

func (t *turn) runNamed(ctx context.Context, id string) (checklist.Run, bool, error) {
	var r checklist.Run
	ok, err := t.get(ctx, runRef(id), &r)
	switch {
	case err != nil:
		return r, false, err
	case !ok && t.u.Event == chat.EventPress:
		t.reply(messages.OldButton{})
	case !ok:
		t.reply(messages.NoChecklist{Unit: t.unitName(t.actingUnit())})
	case !t.mayActFor(r.Unit):
		t.reply(messages.OtherUnit{Unit: t.unitName(r.Unit)})
		ok = false
	}
	return r, ok, nil
}

// fitting keeps the lists in which the answer would change something.
func fitting(runs []checklist.Run, v verb, refs []string) []checklist.Run {
	var out []checklist.Run
	for _, r := range runs {
		ok := v.key != "rcv" || r.Received == nil
		for _, ref := range refs {
			s, err := r.Find(ref)
			ok = ok && err == nil && asks(s) != (v.key == "undo")
		}
		if ok {
			out = append(out, r)
		}
	}
	return out
}

// whichRun asks which of several lists is meant.
func (t *turn) whichRun(runs []checklist.Run, v verb, g aim) {
	m := messages.WhichRun{Ref: strings.Join(g.refs, ", ")}
	command := strings.Fields(v.example + " /")[0]
	code := v.code()
	var rows [][]chat.Button
	for _, r := range runs {
		title := r.Title
		args := []string{r.ID()}
		if len(g.refs) == 1 {
			args = append(args, g.refs[0])
			if s, err := r.Find(g.refs[0]); err == nil {
				title = s.Title
			}
		}
		m.Items = append(m.Items, messages.RunLine{ID: r.Directive, Title: title})
		b := t.button("received", strings.TrimSpace(command+" "+r.Directive+" "+strings.Join(g.refs, ", ")), code, args...)
		b.Label = r.Directive + ": " + messages.Cut(40, title)
		if len(g.refs) <= 1 && g.words == "" && len(rows) < pageSize {
			rows = append(rows, []chat.Button{b})
		}
	}
	m.Example = strings.TrimSpace(command + " " + runs[0].Directive + " " + strings.Join(g.refs, ", "))
	t.reply(m, rows...)
}

// code is the action code of the verb's buttons.
func (v verb) code() string {
	if v.key == "done" {
		return "tick"
	}
	return v.key
}

// showChecklist answers /nhiemvu: the unit's lists, a page of one, or what is left of it.
func showChecklist(ctx context.Context, t *turn, c call) error {
	id, rest := cutListID(c.arg)
	v := view{open: strings.HasPrefix(strings.ToLower(rest), "còn") || strings.HasPrefix(strings.ToLower(rest), "con ") || rest == "con"}
	if c.act.Code != "" {
		id, rest = c.act.Arg(0), c.act.Arg(1)
	}
	if n, err := strconv.Atoi(rest); err == nil {
		v.page = n
	}
	if id == "" && v.page > 0 {
		if ref, ok, err := t.subject(ctx); err != nil {
			return err
		} else if ok && ref.Kind == "run" {
			id = ref.ID
		}
	}
	if id != "" {
		if !strings.Contains(id, "/") {
			id = checklist.RunID(id, t.actingUnit())
		}
		r, ok, err := t.runNamed(ctx, id)
		if err != nil || !ok {
			return err
		}
		if c.act.Code != "" {
			t.turnPage(r, v)
		} else {
			t.showRun(r, v)
		}
		return nil
	}
	unit := t.actingUnit()
	runs, err := t.openRuns(ctx, unit)
	if err != nil {
		return err
	}
	if len(runs) == 0 {
		t.reply(messages.NoChecklist{Unit: t.unitName(unit)})
	}
	for i, r := range runs {
		if i == 3 || v.page > 0 && i == 1 {
			break
		}
		t.showRun(r, v)
	}
	return nil
}

// otherAnswers shows what can be answered beside "done": first which task, then which answer.
func otherAnswers(ctx context.Context, t *turn, c call) error {
	g := readTarget(c)
	page := 0
	if c.act.Arg(2) == "" && c.act.Code != "" {
		page, _ = strconv.Atoi(c.act.Arg(1))
		g.refs = nil
	}
	r, ok, err := t.runOf(ctx, verb{key: "opt", example: "/traloi 3"}, g)
	if err != nil || !ok {
		return err
	}
	if len(g.refs) == 0 {
		m := messages.TaskPick{ID: r.Directive, Title: r.Title}
		var rows [][]chat.Button
		for _, s := range r.Page(page, pageSize).Tasks {
			ref := strconv.Itoa(s.N)
			b := t.button("received", "/traloi "+ref, "opt", r.ID(), ref, "t")
			b.Label = ref + ". " + s.Title
			rows = append(rows, []chat.Button{b})
		}
		t.reply(m, rows...)
		return nil
	}
	s, err := r.Find(g.refs[0])
	if err != nil {
		return t.refuseTask(r, g.refs[0], err)
	}
	return t.taskDetail(ctx, r, s)
}

// taskDetail shows one task with its clause and every answer it can be given.
func (t *turn) taskDetail(ctx context.Context, r checklist.Run, s checklist.TaskState) error {
	m := messages.TaskDetail{ID: r.Directive, Line: t.taskLine(s)}
	var d checklist.Directive
	if ok, err := t.get(ctx, directiveRef(r.Directive), &d); err != nil {
		return err
	} else if ok {
		if task, _, ok := d.Task(s.ID); ok {
			m.Clause, m.Text, m.Evidence = task.ID, messages.Cut(900, task.Text), task.Evidence
		}
	}
	ref := strconv.Itoa(s.N)
	can := func(key string) chat.Button {
		v := verbOf(key)
		command := strings.Fields(v.example)[0]
		return t.button("answer."+key, command+" "+ref, v.code(), r.ID(), ref)
	}
	rows := [][]chat.Button{{can("undo")}}
	if asks(s) {
		rows = [][]chat.Button{{can("done"), can("doing")}, {can("na"), can("help")}}
		if !s.Due.IsZero() {
			rows = append(rows, []chat.Button{can("hold")})
		}
		if s.State != checklist.StateTodo {
			rows = append(rows, []chat.Button{can("undo")})
		}
	}
	t.reply(m, rows...)
	return nil
}

// watchOf reads the watch of a shift.
func (t *turn) watchOf(ctx context.Context, id roster.ShiftID) (checkin.Watch, bool, error) {
	var w checkin.Watch
	ok, err := t.get(ctx, watchRef(id), &w)
	return w, ok, err
}
