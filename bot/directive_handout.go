package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"trucban/internal/calendar"
	"trucban/internal/chat"
	"trucban/internal/checklist"
	"trucban/internal/outbox"
	"trucban/internal/team"
	"trucban/messages"
)

func handoutRef(id string) Ref { return Ref{"handout", id} }

// saveHandout plans the write of a handout; a mark stands for each unit that has not answered.
func (t *turn) saveHandout(h checklist.Handout) error {
	at := h.Issued.At.UnixMilli()
	index := []Entry{{"handout/all", at}}
	var marks []string
	for _, p := range h.Parts {
		index = append(index, Entry{"handout/u/" + string(p.Unit), at})
	}
	for _, u := range h.Pending() {
		marks = append(marks, "pending:"+string(u))
	}
	return t.put(handoutRef(h.ID), h, Doc{Index: index, Marks: marks})
}

// handOut answers /giao: a list of which each unit gets its own lines only. The
// first line may name the task it raises and a deadline:
// "/giao VB-2027-001 1.5 hạn 17h 12/02 Danh sách IP", the lines below.
func handOut(ctx context.Context, t *turn, c call) error {
	if id := handoutID(c.arg); id != "" || c.act.Code != "" {
		return t.sendOrShow(ctx, id+c.act.Arg(0))
	}
	text, done := t.document(ctx, c.arg)
	if done {
		return nil
	}
	head, body := "", text
	if t.u.File != nil {
		head = c.arg
	} else {
		head, body, _ = strings.Cut(text, "\n")
	}
	if strings.TrimSpace(body) == "" {
		t.reply(messages.HandoutAsk{})
		return t.ask(Dialog{Ask: "giao", Data: map[string]string{"head": strings.TrimSpace(head)}})
	}
	return t.draftHandout(ctx, head, body)
}

// handoutAsked takes the list that was asked for.
func handoutAsked(ctx context.Context, t *turn, c call) error {
	head := t.asked.Data["head"]
	if t.u.File != nil {
		text, done := t.document(ctx, "")
		if done {
			return nil
		}
		return t.draftHandout(ctx, head+" "+c.arg, text)
	}
	return t.draftHandout(ctx, head, c.arg)
}

func handoutID(s string) string {
	s = strings.ToUpper(strings.TrimSpace(s))
	if strings.HasPrefix(s, "DS-") && !strings.ContainsAny(s, " \n") {
		return s
	}
	return ""
}

// draftHandout sorts the lines by unit and shows the desk who would get what.
func (t *turn) draftHandout(ctx context.Context, head, body string) error {
	h := checklist.Handout{Issued: t.stamp()}
	head = strings.TrimSpace(head)
	h.Directive, head = cutListID(head)
	if ref, rest, _ := strings.Cut(head, " "); taskID.MatchString(ref) {
		h.Task, head = ref, rest
	}
	if rest, ok := cutWord(head, "han"); ok {
		if at, more, ok := cutDay(rest, t.now); ok && at.After(t.now) {
			h.Due, head = at.UTC(), more
		}
	}
	if h.Title = messages.Cut(120, strings.TrimSpace(head)); h.Title == "" {
		h.Title = "Danh sách giao"
	}
	h.Parts, h.Unmatched = checklist.ParseHandout(body, &t.town.Org)
	h.Parts = slices.DeleteFunc(h.Parts, func(p checklist.Part) bool { return !t.town.Org.May(t.me, team.LevelDesk, p.Unit) })
	m := messages.HandoutDraft{Title: h.Title, Due: h.Due, Directive: h.Directive, Task: h.Task}
	for _, p := range h.Parts {
		m.Parts = append(m.Parts, messages.HandoutPartLine{Unit: t.unitName(p.Unit), Lines: len(p.Lines)})
	}
	for _, l := range h.Unmatched {
		if len(m.Unmatched) == 10 {
			m.More = len(h.Unmatched) - 10
			break
		}
		m.Unmatched = append(m.Unmatched, fmt.Sprintf("%d: %s", l.N, messages.Cut(60, l.Text)))
	}
	if len(h.Parts) == 0 {
		t.reply(m)
		return nil
	}
	year := calendar.DateOf(t.now).Year
	n, err := t.count(ctx, fmt.Sprintf("DS-%d", year))
	if err != nil {
		return err
	}
	h.ID = fmt.Sprintf("DS-%d-%03d", year, n)
	m.ID = h.ID
	if err := t.put(Ref{"handoutdraft", h.ID}, h, Doc{TTL: 24 * time.Hour}); err != nil {
		return err
	}
	t.reply(m, []chat.Button{t.button("handout", "/giaods "+h.ID, "gds", h.ID), t.button("cancel", "hủy", "huy")})
	t.done()
	return nil
}

// handsOut reports whether "/giao" means a list for units: the desk gives one by
// its lines, its file, the task it belongs to or its number.
func (t *turn) handsOut(c call) bool {
	arg := strings.ToUpper(strings.TrimSpace(c.arg))
	return t.me.Level() >= team.LevelDesk && t.u.Event == chat.EventMessage &&
		(t.u.File != nil || strings.Contains(arg, "\n") || strings.HasPrefix(arg, "VB-") || strings.HasPrefix(arg, "DS-") || arg == "" && t.u.ReplyTo == nil)
}

// sendOrShow gives a drafted list out: each unit sees its own lines only, and the
// recurring task it belongs to is raised there. A list that is out is shown.
func (t *turn) sendOrShow(ctx context.Context, id string) error {
	var h checklist.Handout
	ok, err := t.get(ctx, Ref{"handoutdraft", id}, &h)
	if err != nil {
		return err
	}
	if !ok {
		return t.showHandout(ctx, id)
	}
	t.drop(Ref{"handoutdraft", id})
	h.Issued = t.stamp()
	if err := t.saveHandout(h); err != nil {
		return err
	}
	for _, p := range h.Parts {
		if err := t.sendPart(ctx, h, p); err != nil {
			return err
		}
	}
	t.note("handout.issued", handoutRef(h.ID), t.me.Unit)
	t.reply(messages.HandoutSent{ID: h.ID, Title: h.Title, Units: len(h.Parts)})
	return nil
}

func (t *turn) sendPart(ctx context.Context, h checklist.Handout, p checklist.Part) error {
	m := messages.HandoutPart{ID: h.ID, Title: h.Title, Unit: t.unitName(p.Unit), Lines: p.Lines, Due: h.Due}
	if h.Directive != "" && h.Task != "" {
		n, err := t.raise(ctx, h, p.Unit)
		if err != nil {
			return err
		}
		m.N = n
	}
	it := outbox.Item{Class: outbox.Reminder, Card: cardOf(handoutRef(h.ID)), About: "danh sách giao", Guard: while("handout", h.ID, "pending:"+string(p.Unit))}
	buttons := [][]chat.Button{{t.button("handled", "/xongds "+h.ID, "hds", h.ID, string(p.Unit))}}
	return t.gently(func() error {
		return t.toLevel(ctx, p.Unit, string(checklist.ToUnit), it, chat.Message{Text: t.text(m), Buttons: buttons})
	})
}

// raise opens a round of the task the list belongs to, and reports its number in the unit.
func (t *turn) raise(ctx context.Context, h checklist.Handout, unit team.UnitID) (int, error) {
	var r checklist.Run
	ok, err := t.get(ctx, runRef(checklist.RunID(h.Directive, unit)), &r)
	if err != nil || !ok {
		return 0, err
	}
	task, err := r.Find(h.Task)
	if err != nil {
		t.passed(err, "the unit does not have this task")
		return 0, nil
	}
	next, err := r.Raise(h.Task, h.ID, t.stamp(), h.Due)
	if err != nil || len(next.Since(r)) == 0 {
		t.passed(err, "a task done once is not raised; the list itself asks")
		return task.N, nil
	}
	if next, err = t.changed(ctx, r, next); err != nil {
		return 0, err
	}
	return task.N, t.refreshRun(ctx, next, task.N)
}

// handled records that a unit has dealt with its lines: "/xongds DS-2027-001 ghi chú".
func handled(ctx context.Context, t *turn, c call) error {
	id, note, _ := strings.Cut(strings.TrimSpace(c.arg), " ")
	unit := t.actingUnit()
	if c.act.Code != "" {
		id, unit, note = c.act.Arg(0), team.UnitID(c.act.Arg(1)), ""
	}
	if id == "" {
		if ref, ok, err := t.subject(ctx); err != nil {
			return err
		} else if ok && ref.Kind == "handout" {
			id = ref.ID
		}
	}
	var h checklist.Handout
	ok, err := t.get(ctx, handoutRef(strings.ToUpper(id)), &h)
	if err != nil {
		return err
	}
	switch {
	case !ok:
		t.reply(messages.TaskHow{What: "handout", Example: "/xongds DS-2027-001"})
		return nil
	case !t.mayActFor(unit):
		t.reply(messages.OtherUnit{Unit: t.unitName(unit)})
		return nil
	}
	next, err := h.Answer(unit, t.stamp(), note)
	if errors.Is(err, checklist.ErrSettled) {
		p, _ := h.For(unit)
		t.reply(messages.HandoutDone{ID: h.ID, Unit: t.unitName(unit), By: t.memberName(p.Done.By), At: p.Done.At, Before: true})
		return nil
	}
	if err != nil {
		return t.refused(messages.TaskHow{What: "nopart", Example: "/nhiemvu"})
	}
	t.note("handout.done", handoutRef(h.ID), unit)
	if err := t.saveHandout(next); err != nil {
		return err
	}
	m := messages.HandoutDone{ID: h.ID, Unit: t.unitName(unit), By: t.me.Name, At: t.now, Left: len(next.Pending())}
	t.reply(m)
	if h.Directive == "" || h.Task == "" {
		return nil
	}
	var r checklist.Run
	if ok, err := t.get(ctx, runRef(checklist.RunID(h.Directive, unit)), &r); err != nil || !ok {
		return err
	}
	if task, err := r.Find(h.Task); err != nil || task.Key != h.ID {
		t.passed(err, "another round is open there")
		return nil
	}
	done, err := r.Done(h.Task, t.stamp(), note, t.evidence(note)...)
	if err != nil {
		t.passed(err, "evidence is asked for there, or it is done")
		return nil
	}
	if done, err = t.changed(ctx, r, done); err != nil {
		return err
	}
	return t.refreshRun(ctx, done, 0)
}

// showHandout shows the desk who has answered, or a unit its own lines.
func (t *turn) showHandout(ctx context.Context, id string) error {
	var h checklist.Handout
	ok, err := t.get(ctx, handoutRef(id), &h)
	if err != nil {
		return err
	}
	if !ok {
		t.reply(messages.OldButton{})
		return nil
	}
	m := messages.HandoutState{ID: h.ID, Title: h.Title, Due: h.Due}
	for _, p := range h.Parts {
		if !t.town.Org.May(t.me, team.LevelDesk, p.Unit) {
			continue
		}
		line := messages.HandoutPartLine{Unit: t.unitName(p.Unit), Lines: len(p.Lines)}
		if p.Done != nil {
			line.By, line.At, line.Note = t.memberName(p.Done.By), p.Done.At, messages.Cut(maxNote, p.Note)
			m.Done++
		}
		m.Parts = append(m.Parts, line)
	}
	t.reply(m)
	return nil
}
