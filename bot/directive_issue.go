package bot

import (
	"context"
	"errors"
	"strings"
	"time"

	"trucban/internal/chat"
	"trucban/internal/checklist"
	"trucban/internal/outbox"
	"trucban/internal/team"
	"trucban/messages"
)

// issueDirective makes the draft binding and sends each unit its checklist.
func issueDirective(ctx context.Context, t *turn, c call) error {
	id := c.act.Arg(0)
	if id == "" {
		id, _ = cutListID(c.arg)
	}
	d, ok, err := t.draftNamed(ctx, id)
	if err != nil || !ok {
		return err
	}
	confirmed, err := d.Confirm(t.stamp())
	if err != nil {
		return t.refuse(err)
	}
	issued, runs, err := confirmed.Issue(t.stamp())
	if err != nil {
		return t.refuse(err)
	}
	return t.issued(ctx, issued, runs)
}

func (t *turn) issued(ctx context.Context, d checklist.Directive, runs []checklist.Run) error {
	var reading Reading
	if _, err := t.get(ctx, readingRef(d.ID), &reading); err != nil {
		return err
	}
	d, err := t.applyTie(ctx, d, reading.Tie)
	if err != nil {
		return err
	}
	if err := t.saveDirective(d); err != nil {
		return err
	}
	m := messages.DirectiveIssued{ID: d.ID, Tasks: d.Count(), Replaces: reading.Tie.Replaces, Extends: reading.Tie.Extends}
	for _, r := range runs {
		m.Units = append(m.Units, t.unitName(r.Unit))
		if err := t.startRun(ctx, d, r); err != nil {
			return err
		}
	}
	for _, g := range d.Unaddressed() {
		m.None = append(m.None, g.Number+". "+messages.Cut(120, g.Audience))
	}
	t.note("directive.issued", directiveRef(d.ID), t.me.Unit)
	t.done()
	t.forgetPaste()
	t.reply(m, []chat.Button{t.button("matrix", "/doichieu "+d.ID, "dc", d.ID)})
	return nil
}

// startRun saves a new run, sends its unit the checklist as it stands then, and
// the files that travel along.
func (t *turn) startRun(ctx context.Context, d checklist.Directive, r checklist.Run) error {
	started, err := t.stepRun(ctx, r)
	if err != nil {
		return err
	}
	if err := t.sendRun(ctx, started, "giao nhiệm vụ"); err != nil {
		return err
	}
	return t.sendFiles(ctx, d, r.Unit)
}

// sendRun sends a unit its checklist as a new live card; a unit without a chat is told upwards.
func (t *turn) sendRun(ctx context.Context, r checklist.Run, about string) error {
	rooms, err := t.rooms(ctx, r.Unit, ForUnit)
	if err != nil {
		return err
	}
	for _, room := range rooms {
		t.send(outbox.Item{
			To: room.Addr, Kind: room.Kind, Class: outbox.Reminder, Card: cardOf(runRef(r.ID())), Wave: "directive:" + r.Directive,
			Message: t.runCard(r, view{caps: t.caps(room.Addr)}), About: about, Guard: while("run", r.ID(), checklist.MarkOpen),
		})
	}
	if len(rooms) > 0 {
		return nil
	}
	msg := messages.Unreached{Who: t.unitName(r.Unit), About: about, Reason: "đơn vị chưa có nhóm"}
	return t.tellDesk(ctx, r.Unit, outbox.Missed, chat.Message{Text: t.text(msg)}, aboutUnreached)
}

// sendFiles sends the directive's files to a unit: as files where the platform
// has them, in words where it does not.
func (t *turn) sendFiles(ctx context.Context, d checklist.Directive, unit team.UnitID) error {
	if len(d.Attachments) == 0 {
		return nil
	}
	rooms, err := t.rooms(ctx, unit, ForUnit)
	if err != nil {
		return err
	}
	for _, room := range rooms {
		caps := t.caps(room.Addr)
		for _, a := range d.Attachments {
			has := caps.Upload && a.Platform == string(room.Addr.Platform)
			m := chat.Message{Text: t.text(messages.DirectiveFile{ID: d.ID, Number: d.Number, Name: a.Name, Here: has})}
			if has {
				m.Attach = &chat.Attachment{Name: a.Name, FileID: a.File}
			}
			t.send(outbox.Item{
				To: room.Addr, Kind: room.Kind, Class: outbox.Reminder, Message: m, About: "tệp kèm văn bản", Guard: while("run", checklist.RunID(d.ID, unit), checklist.MarkOpen),
			})
		}
	}
	return nil
}

// runsOf reads a directive and all its runs in one round trip.
func (t *turn) runsOf(ctx context.Context, id string) (d checklist.Directive, runs []checklist.Run, ok bool, err error) {
	refs, err := t.find(ctx, Range{Index: directiveIndex(id), To: maxScore})
	if err != nil {
		return d, nil, false, err
	}
	for _, ref := range refs {
		switch ref.Kind {
		case "directive":
			if ok, err = t.read(ref, &d); err != nil {
				return d, nil, false, err
			}
		case "run":
			var r checklist.Run
			if have, err := t.read(ref, &r); err != nil {
				return d, nil, false, err
			} else if have {
				runs = append(runs, r)
			}
		}
	}
	return d, runs, ok, nil
}

// tie records on a draft that it replaces or adds to an earlier directive:
// "/sua thay VB-2027-001", "/sua bổ sung VB-2027-001", and what it changes there:
// "/sua bổ sung VB-2027-001 1.2 hạn 10/02 17h".
func (t *turn) tie(ctx context.Context, d checklist.Directive, e edit) error {
	if d.State != checklist.Draft {
		return t.refuse(checklist.ErrNotDraft)
	}
	earlier, rest := cutListID(e.arg)
	old, ok, err := t.draftNamed(ctx, earlier)
	if err != nil || !ok {
		return err
	}
	if old.State != checklist.Issued || old.ID == d.ID {
		t.reply(messages.TaskHow{What: "notissued", Example: "/sua bổ sung VB-2027-001"})
		return nil
	}
	var reading Reading
	if _, err := t.get(ctx, readingRef(d.ID), &reading); err != nil {
		return err
	}
	m := messages.DraftTied{ID: d.ID, Earlier: old.ID, Title: old.Title, Replaces: e.verb == "replace"}
	if e.verb == "replace" {
		reading.Tie = Tie{Replaces: old.ID}
	} else {
		if reading.Tie.Extends != old.ID {
			reading.Tie = Tie{Extends: old.ID}
		}
		if rest != "" {
			x, err := t.extension(old, rest)
			if err != nil {
				return t.refuseEdit(err)
			}
			if reading.Tie.Due == nil {
				reading.Tie.Due = map[string]time.Time{}
			}
			for task, due := range x.Due {
				reading.Tie.Due[task] = due
			}
			reading.Tie.Drop = append(reading.Tie.Drop, x.Drop...)
		}
		for task, due := range reading.Tie.Due {
			m.Due = append(m.Due, messages.DraftTask{ID: task, Due: due})
		}
		m.Drop = reading.Tie.Drop
	}
	if err := t.put(readingRef(d.ID), reading, Doc{Version: AnyVersion}); err != nil {
		return err
	}
	d.Confirmed = nil
	if err := t.saveDirective(d); err != nil {
		return err
	}
	t.reply(m, t.draftButtons(d))
	return t.askDraft(d)
}

// extension reads what a later document or the desk changes in an issued directive.
func (t *turn) extension(d checklist.Directive, words string) (checklist.Extension, error) {
	var x checklist.Extension
	e, ok := parseEdit(words)
	if !ok || e.group {
		return x, checklist.ErrUnknownTask
	}
	if _, _, found := d.Task(e.ref); !found {
		return x, checklist.ErrUnknownTask
	}
	switch e.verb {
	case "due":
		at, err := t.dueWords(e.arg)
		x.Due = map[string]time.Time{e.ref: at}
		return x, err
	case "drop":
		x.Drop = []string{e.ref}
		return x, nil
	}
	return x, checklist.ErrNotDraft
}

// applyTie makes what the follow-up changes in the earlier directive, and ties the two together.
func (t *turn) applyTie(ctx context.Context, d checklist.Directive, tie Tie) (checklist.Directive, error) {
	if tie.Replaces != "" {
		old, runs, ok, err := t.runsOf(ctx, tie.Replaces)
		if err != nil || !ok {
			return d, err
		}
		ended, latest, err := old.Supersede(d, t.stamp())
		if err != nil {
			t.passed(err, "it was closed meanwhile; the follow-up stands by itself")
			return d, nil
		}
		if err := t.saveDirective(ended); err != nil {
			return d, err
		}
		return latest, t.closeRuns(ctx, runs, "superseded by "+d.ID)
	}
	if tie.Extends != "" {
		old, runs, ok, err := t.runsOf(ctx, tie.Extends)
		if err != nil || !ok {
			return d, err
		}
		if _, err := t.extend(ctx, old, runs, checklist.Extension{By: d.ID, Due: tie.Due, Drop: tie.Drop}); errors.Is(err, checklist.ErrNotIssued) {
			return d, nil
		} else if err != nil {
			return d, err
		}
		return d.MarkExtends(old.ID, t.stamp()), nil
	}
	return d, nil
}

// closeRuns ends runs; their cards say so.
func (t *turn) closeRuns(ctx context.Context, runs []checklist.Run, why string) error {
	for _, r := range runs {
		closed, err := r.Close(t.stamp(), why)
		if err != nil {
			continue // closed before
		}
		if err := t.saveRun(closed, time.Time{}); err != nil {
			return err
		}
		if err := t.refreshRun(ctx, closed, 0); err != nil {
			return err
		}
	}
	return nil
}

// extend changes an issued directive and brings its runs into step; each unit whose list changes is told.
func (t *turn) extend(ctx context.Context, d checklist.Directive, runs []checklist.Run, x checklist.Extension) ([]string, error) {
	next, err := d.Extend(x, t.stamp())
	if err != nil {
		return nil, err
	}
	if err := t.saveDirective(next); err != nil {
		return nil, err
	}
	t.note("directive.extended", directiveRef(d.ID), t.me.Unit)
	var told []string
	for _, r := range runs {
		synced := r.Sync(next, t.stamp())
		if len(synced.Since(r)) == 0 {
			continue
		}
		told = append(told, t.unitName(r.Unit))
		saved, err := t.changed(ctx, r, synced)
		if err != nil {
			return nil, err
		}
		if err := t.tellChanged(ctx, next, r, saved, x); err != nil {
			return nil, err
		}
	}
	return told, nil
}

// tellChanged tells a unit what a later document changed in its list.
func (t *turn) tellChanged(ctx context.Context, d checklist.Directive, old, r checklist.Run, x checklist.Extension) error {
	m := messages.TasksChanged{ID: d.ID, By: x.By, Title: d.Title}
	for _, e := range r.Since(old) {
		line := messages.TaskLine{}
		for _, s := range r.Tasks {
			if s.ID == e.Task {
				line = t.taskLine(s)
			}
		}
		switch e.What {
		case "dropped":
			m.Dropped = append(m.Dropped, line)
		case "due", "added":
			m.Changed = append(m.Changed, line)
		}
	}
	if len(m.Changed)+len(m.Dropped) == 0 {
		return nil
	}
	it := outbox.Item{Class: outbox.Reminder, About: "thay đổi nhiệm vụ", Guard: while("run", r.ID(), checklist.MarkOpen)}
	if err := t.toLevel(ctx, r.Unit, string(checklist.ToUnit), it, chat.Message{Text: t.text(m)}); err != nil {
		return err
	}
	return t.refreshRun(ctx, r, 0)
}

// amend changes an issued directive: a deadline, a task that falls away, one more unit.
func (t *turn) amend(ctx context.Context, d checklist.Directive, e edit) error {
	if e.group && e.verb == "add" {
		return t.admitUnits(ctx, d, e)
	}
	by := ""
	if at := strings.LastIndex(strings.ToUpper(e.arg), " THEO VB-"); at >= 0 {
		by, _ = cutListID(e.arg[at+len(" THEO "):])
		e.arg = e.arg[:at]
	}
	_, runs, ok, err := t.runsOf(ctx, d.ID)
	if err != nil || !ok {
		return err
	}
	x, err := t.extension(d, strings.TrimSpace(e.ref+" "+wordsOf(e.verb)+" "+e.arg))
	if err != nil {
		return t.refuseEdit(err)
	}
	x.By = by
	told, err := t.extend(ctx, d, runs, x)
	if err != nil {
		return t.refuseEdit(err)
	}
	task, g, _ := d.Task(e.ref)
	m := messages.DirectiveAmended{ID: d.ID, Task: t.draftTask(g, task), Units: told}
	m.Task.Dropped = len(x.Drop) > 0
	if due, ok := x.Due[e.ref]; ok {
		m.Task.Due = due
	}
	t.reply(m)
	return nil
}

func wordsOf(verb string) string {
	for _, w := range editWords {
		if w.verb == verb {
			return w.words
		}
	}
	return verb
}

// admitUnits gives an issued directive to more units.
func (t *turn) admitUnits(ctx context.Context, d checklist.Directive, e edit) error {
	units, err := t.unitsNamed(e.arg)
	if err != nil {
		return t.refuseEdit(err)
	}
	m := messages.DirectiveAmended{ID: d.ID, Group: e.ref}
	for _, u := range units {
		next, r, err := d.Admit(u, e.ref, t.stamp())
		if errors.Is(err, checklist.ErrAddressed) {
			m.Already = append(m.Already, t.unitName(u))
			continue
		}
		if err != nil {
			return t.refuseEdit(err)
		}
		d = next
		m.Units = append(m.Units, t.unitName(u))
		if err := t.startRun(ctx, d, r); err != nil {
			return err
		}
	}
	t.note("directive.admit", directiveRef(d.ID), t.me.Unit)
	t.reply(m)
	return t.saveDirective(d)
}

// closeDirective ends a directive: "/dongvb VB-2027-001 lý do". Nothing is asked for any more.
func closeDirective(ctx context.Context, t *turn, c call) error {
	id, note := cutListID(c.arg)
	if c.act.Code != "" {
		id = c.act.Arg(0)
	}
	if id == "" {
		t.reply(messages.TaskHow{What: "close", Example: "/dongvb VB-2027-001"})
		return nil
	}
	d, ok, err := t.draftNamed(ctx, id)
	if err != nil || !ok {
		return err
	}
	_, runs, _, err := t.runsOf(ctx, id)
	if err != nil {
		return err
	}
	matrix := checklist.NewMatrix(d, runs, &t.town.Org, t.now)
	open := matrix.Total.Open + matrix.Total.Late + matrix.Total.Help
	if c.act.Arg(1) == "" && open > 0 && c.act.Code == "" && note == "" {
		b := t.button("confirm", "/dongvb "+d.ID+" đã xong", "dvb", d.ID, "y")
		t.reply(messages.DirectiveClosing{ID: d.ID, Title: d.Title, Open: open, Late: matrix.Total.Late}, []chat.Button{b})
		return nil
	}
	closed, err := d.Close(t.stamp(), note)
	if err != nil {
		return t.refuse(err)
	}
	if err := t.saveDirective(closed); err != nil {
		return err
	}
	if err := t.closeRuns(ctx, runs, ""); err != nil {
		return err
	}
	t.note("directive.closed", directiveRef(d.ID), t.me.Unit)
	t.reply(messages.DirectiveClosed{ID: d.ID, Title: d.Title, Units: len(runs), By: t.me.Name, At: t.now},
		[]chat.Button{t.button("closingreport", "/baocaovb "+d.ID, "xvb", d.ID)})
	return nil
}
