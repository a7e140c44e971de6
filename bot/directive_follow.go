package bot

import (
	"context"
	"errors"
	"strings"
	"time"

	"trucban/internal/chat"
	"trucban/internal/checklist"
	"trucban/internal/outbox"
	"trucban/messages"
)

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
	err := t.unlessUrgent(r.Urgent, func() error {
		return t.toLevel(ctx, r.Unit, string(checklist.ToUnit), it, chat.Message{Text: t.text(m)})
	})
	if err != nil {
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
