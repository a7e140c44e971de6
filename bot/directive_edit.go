package bot

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"trucban/internal/checklist"
	"trucban/internal/team"
	"trucban/internal/viet"
	"trucban/messages"
)

// edit is one change of a directive in words: "1.2 hạn 03/02 17h", "nhóm 3 thêm vtsao".
type edit struct {
	id    string // of the directive
	group bool
	ref   string // "1.2", or the number of the group
	verb  string // "" shows what there is
	arg   string
}

func (e edit) known() bool {
	return e.ref != "" && e.verb != "" || e.verb == "replace" || e.verb == "extend"
}

// editWords are the changes in words, folded; the longer ones first.
var editWords = []struct{ words, verb string }{
	{"khong can minh chung", "noproof"}, {"khong minh chung", "noproof"}, {"can minh chung", "proof"}, {"minh chung", "proof"},
	{"khong han", "nodue"}, {"bo han", "nodue"}, {"gia han", "due"}, {"han", "due"},
	{"mot lan", "once"}, {"thuong xuyen", "standing"}, {"dinh ky", "recurring"},
	{"tieu de", "title"}, {"ten", "title"}, {"lay lai", "keep"}, {"giu lai", "keep"}, {"giu", "keep"},
	{"bo", "drop"}, {"xoa", "drop"}, {"them", "add"}, {"bot", "leave"}, {"nhan", "tags"},
}

var (
	taskID   = regexp.MustCompile(`^\d{1,3}[a-z]?\.\d{1,3}$`)
	groupNum = regexp.MustCompile(`(?i)^nh(?:óm|om)\s+(\d{1,3}[a-z]?)\b\s*`)
)

// parseEdit reads a change; ok is false for a text that names nothing to change.
func parseEdit(s string) (e edit, ok bool) {
	e.id, s = cutListID(viet.Line(s))
	for words, verb := range map[string]string{"thay": "replace", "bo sung": "extend"} {
		if rest, ok := cutWord(s, words); ok {
			if id, more := cutListID(rest); id != "" {
				e.verb, e.arg = verb, strings.TrimSpace(id+" "+more)
				return e, true
			}
		}
	}
	if m := groupNum.FindStringSubmatch(s); m != nil {
		e.group, e.ref, s = true, strings.ToLower(m[1]), s[len(m[0]):]
	} else {
		ref, rest, _ := strings.Cut(s, " ")
		ref = strings.TrimRight(ref, ".:,")
		if !taskID.MatchString(ref) {
			return e, s == ""
		}
		e.ref, s = ref, strings.TrimSpace(rest)
	}
	if s == "" {
		return e, true
	}
	for _, w := range editWords {
		if rest, ok := cutWord(s, w.words); ok {
			e.verb, e.arg = w.verb, rest
			return e, true
		}
	}
	e.verb = "?"
	return e, true
}

// cutWord takes folded words off the front of a text, whatever its accents.
func cutWord(s, words string) (rest string, ok bool) {
	fields, n := strings.Fields(s), len(strings.Fields(words))
	if len(fields) < n || strings.TrimRight(viet.Fold(strings.Join(fields[:n], " ")), ":") != words {
		return s, false
	}
	return strings.Join(fields[n:], " "), true
}

// changeDirective answers /sua and the buttons of a draft.
func changeDirective(ctx context.Context, t *turn, c call) error {
	if c.act.Code != "" {
		return t.pressedEdit(ctx, c.act)
	}
	e, ok := parseEdit(c.arg)
	if !ok || e.verb == "?" {
		t.reply(messages.TaskHow{What: "edit", Example: "/sua 1.2 hạn 03/02 17h"})
		return nil
	}
	return t.editDirective(ctx, e)
}

// pressedEdit maps a button to the change it stands for.
func (t *turn) pressedEdit(ctx context.Context, a Action) error {
	e := edit{id: a.Arg(0), ref: a.Arg(1), verb: a.Arg(2), arg: a.Arg(3)}
	if n, ok := strings.CutPrefix(e.ref, "g"); ok {
		e.ref, e.group = n, true
	}
	if n, ok := strings.CutPrefix(e.ref, "p"); ok {
		d, ok, err := t.draftNamed(ctx, e.id)
		if err != nil || !ok {
			return err
		}
		page, _ := strconv.Atoi(n)
		t.editList(d, page)
		return nil
	}
	if e.arg == "" && slices.Contains([]string{"due", "title", "add", "leave"}, e.verb) {
		ref := e.ref
		if e.group {
			ref = "nhóm " + ref
		}
		t.reply(messages.TaskAsk{What: "edit." + e.verb, Title: ref})
		return t.ask(Dialog{Ask: "sua", Data: map[string]string{"draft": e.id, "ref": a.Arg(1), "verb": e.verb}})
	}
	return t.editDirective(ctx, e)
}

// editAsked takes the words a pressed change asked for.
func editAsked(ctx context.Context, t *turn, c call) error {
	data := t.asked.Data
	e := edit{id: data["draft"], ref: data["ref"], verb: data["verb"], arg: viet.Line(c.arg)}
	if n, ok := strings.CutPrefix(e.ref, "g"); ok {
		e.ref, e.group = n, true
	}
	return t.editDirective(ctx, e)
}

// editDirective makes one change, or shows what can be changed.
func (t *turn) editDirective(ctx context.Context, e edit) error {
	d, ok, err := t.draftNamed(ctx, e.id)
	if err != nil || !ok {
		return err
	}
	if e.verb == "replace" || e.verb == "extend" {
		return t.tie(ctx, d, e)
	}
	if d.State == checklist.Issued {
		return t.amend(ctx, d, e)
	}
	if d.State != checklist.Draft {
		return t.refuse(checklist.ErrClosed)
	}
	switch {
	case e.ref == "":
		t.editList(d, 1)
		return t.askDraft(d)
	case e.verb == "":
		return t.editCard(d, e)
	}
	next, err := t.applyEdit(d, e)
	if err != nil {
		return t.refuseEdit(err)
	}
	next.Vulns = checklist.FindVulns(next.Groups)
	if err := t.saveDirective(next); err != nil {
		return err
	}
	t.note("directive.edit", directiveRef(d.ID), "")
	t.reply(t.editedMessage(next, e), t.draftButtons(next))
	return t.askDraft(next)
}

var (
	errBadDue  = errors.New("the deadline cannot be read")
	errPastDue = errors.New("the deadline has passed")
	errBadUnit = errors.New("no such unit")
)

// refuseEdit answers a change that cannot be made.
func (t *turn) refuseEdit(err error) error {
	for fault, what := range map[error]string{
		errBadDue: "baddue", errPastDue: "pastdue", errBadUnit: "badunit", checklist.ErrUnknownUnit: "badunit",
		checklist.ErrUnknownTask: "badtask", checklist.ErrBadTitle: "badtitle", checklist.ErrBadCron: "badcron",
	} {
		if errors.Is(err, fault) {
			t.reply(messages.TaskHow{What: what, Example: map[string]string{
				"baddue": "/sua 1.2 hạn 03/02 17h", "pastdue": "/sua 1.2 hạn 03/02 17h", "badunit": "/sua nhóm 3 thêm vtsao",
				"badtask": "/sua 1.2", "badtitle": "/sua 1.2 tên Rà soát máy chủ", "badcron": "/sua 1.2 định kỳ hằng ngày trước 16h",
			}[what]})
			return nil
		}
	}
	return t.refuse(err)
}

// applyEdit makes one change of a draft.
func (t *turn) applyEdit(d checklist.Directive, e edit) (checklist.Directive, error) {
	if e.group {
		return t.applyGroup(d, e)
	}
	var x checklist.Edit
	if err := t.fill(&x, d, e); err != nil {
		return d, err
	}
	return d.EditTask(e.ref, x, t.stamp())
}

// fill turns the words into the fields of a task's change.
func (t *turn) fill(x *checklist.Edit, d checklist.Directive, e edit) error {
	kind := checklist.Kind(e.verb)
	yes, no := true, false
	switch e.verb {
	case "due":
		at, err := t.dueWords(e.arg)
		x.Due = &at
		return err
	case "nodue":
		x.Due = &time.Time{}
	case "title":
		x.Title = &e.arg
	case "drop":
		x.Drop = &yes
	case "keep":
		x.Drop = &no
	case "proof":
		x.NeedEvidence = &yes
	case "noproof":
		x.NeedEvidence = &no
	case "once", "standing":
		none := ""
		x.Kind, x.Cron = &kind, &none
	case "recurring":
		spec, within, ok := checklist.ProposeCron(e.arg)
		if !ok && e.arg != "" {
			spec = e.arg
		}
		if task, _, found := d.Task(e.ref); found && spec == "" {
			spec, within, _ = checklist.ProposeCron(task.Text)
		}
		x.Kind, x.Cron, x.Within = &kind, &spec, &within
	default:
		return checklist.ErrBadKind
	}
	return nil
}

func (t *turn) dueWords(s string) (time.Time, error) {
	at, rest, ok := cutDay(s, t.now)
	if !ok || rest != "" {
		return at, errBadDue
	}
	if !at.After(t.now) {
		return at, errPastDue
	}
	return at.UTC(), nil
}

// applyGroup changes a whole group: its deadline, its tags, the units it goes to.
func (t *turn) applyGroup(d checklist.Directive, e edit) (checklist.Directive, error) {
	if e.verb == "drop" && e.arg != "" {
		e.verb = "leave" // "nhóm 3 bỏ vtsao"
	}
	switch e.verb {
	case "due":
		at, err := t.dueWords(e.arg)
		if err != nil {
			return d, err
		}
		return d.EditGroup(e.ref, nil, &at, t.stamp())
	case "nodue":
		return d.EditGroup(e.ref, nil, &time.Time{}, t.stamp())
	case "tags":
		next, err := d.EditGroup(e.ref, strings.FieldsFunc(viet.Fold(e.arg), func(r rune) bool { return r == ',' || r == ' ' || r == ';' }), nil, t.stamp())
		return t.choose(next), err
	case "add", "leave":
		units, err := t.unitsNamed(e.arg)
		for _, u := range units {
			if err != nil {
				break
			}
			if e.verb == "add" {
				d, err = d.AddUnit(u, e.ref, t.stamp())
			} else {
				d, err = d.LeaveOut(u, t.stamp())
			}
		}
		return d, err
	case "drop", "keep":
		for _, g := range d.Groups {
			if g.Number != e.ref {
				continue
			}
			off := e.verb == "drop"
			for _, task := range g.Tasks {
				var err error
				if d, err = d.EditTask(task.ID, checklist.Edit{Drop: &off}, t.stamp()); err != nil {
					return d, err
				}
			}
			return d, nil
		}
		return d, checklist.ErrUnknownTask
	}
	return d, checklist.ErrBadKind
}

// unitsNamed finds the units of a list the sender's desk reaches.
func (t *turn) unitsNamed(s string) ([]team.UnitID, error) {
	var out []team.UnitID
	for _, name := range strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ';' }) {
		name = strings.TrimSpace(name)
		u, ok := t.findUnit(name)
		if name == "" || !ok || !t.town.Org.May(t.me, team.LevelDesk, u.ID) {
			return nil, errBadUnit
		}
		out = append(out, u.ID)
	}
	if len(out) == 0 {
		return nil, errBadUnit
	}
	return out, nil
}
