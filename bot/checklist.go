package bot

import (
	"context"
	"strconv"
	"strings"
	"time"

	"trucban/internal/chat"
	"trucban/internal/checklist"
	"trucban/internal/outbox"
	"trucban/internal/roster"
	"trucban/internal/team"
	"trucban/messages"
)

func runRef(id string) Ref { return Ref{"run", id} }

// pageSize is how many tasks stand on one card with their buttons.
const pageSize = 8

// saveRun plans the write of a run with its indexes, marks and next moment.
func (t *turn) saveRun(r checklist.Run, next time.Time) error {
	at := r.Issued.UnixMilli()
	index := []Entry{{"run/d/" + r.Directive, at}, {"run/u/" + string(r.Unit), at}}
	var marks []string
	if r.Closed == nil {
		index = append(index, Entry{"run/open", at})
		marks = append(marks, "open")
	}
	if !next.IsZero() {
		index = append(index, Entry{"open", at})
	}
	t.wake("run", r.ID(), next)
	return t.put(runRef(r.ID()), r, Doc{Index: index, Marks: marks})
}

// stepRun takes what is due in a run, saves it, and says what is to be said.
func (t *turn) stepRun(ctx context.Context, r checklist.Run) error {
	watches, err := t.watches(ctx, "watch/u/"+string(r.Unit), r.ShiftsFrom(), time.Time{})
	if err != nil {
		return err
	}
	shifts := make([]roster.Shift, 0, len(watches))
	for _, w := range watches {
		shifts = append(shifts, w.Shift)
	}
	next, effects, at := r.Step(t.now, t.town.Tasks, shifts)
	if err := t.saveRun(next, at); err != nil {
		return err
	}
	for _, e := range effects {
		if err := t.runEffect(ctx, next, e); err != nil {
			return err
		}
	}
	return nil
}

func dueRun(ctx context.Context, t *turn) error {
	var r checklist.Run
	ok, err := t.get(ctx, runRef(t.job.ID), &r)
	if err != nil || !ok {
		return err
	}
	return t.stepRun(ctx, r)
}

// runEffect says one thing of a run to one level.
func (t *turn) runEffect(ctx context.Context, r checklist.Run, e checklist.Effect) error {
	t.note("run."+string(e.Kind)+"."+string(e.To), runRef(r.ID()), r.Unit)
	if e.Kind == checklist.OpenRounds {
		return t.refreshRun(ctx, r)
	}
	m := messages.TasksDue{To: string(e.To), Unit: t.unitName(r.Unit), ID: r.Directive, Title: r.Title, Over: e.Overdue}
	for _, n := range e.Tasks {
		if task, err := r.Find(strconv.Itoa(n)); err == nil {
			m.Open = append(m.Open, t.taskLine(task))
			m.Due = task.Due
		}
	}
	if len(m.Open) == 0 && e.Kind != checklist.RemindReceipt {
		return nil
	}
	m.Receipt = e.Kind == checklist.RemindReceipt
	it := outbox.Item{Class: outbox.Reminder, NotAfter: e.Until, About: "đôn đốc nhiệm vụ", Guard: while("run", r.ID(), "open")}
	return t.toLevel(ctx, r.Unit, string(e.To), it, chat.Message{Text: t.text(m), Buttons: t.receiptButtons(r)})
}

// toLevel sends to the unit's chats, to its heads, or to the leaders above it.
// A level nobody of which can be reached falls to the next one.
func (t *turn) toLevel(ctx context.Context, unit team.UnitID, level string, it outbox.Item, m chat.Message) error {
	it.Message = m
	var rooms []Room
	var err error
	switch level {
	case string(checklist.ToHead):
		for _, h := range t.town.Org.With(unit, team.RoleHead) {
			d, ok, err := t.door(ctx, h.ID)
			if err != nil {
				return err
			}
			if ok {
				it.To, it.Kind, it.For = d.Addr, chat.Private, string(h.ID)
				t.send(it)
				return nil
			}
		}
		rooms, err = t.rooms(ctx, unit, ForUnit)
	case string(checklist.ToLeaders):
		it.Message.Buttons = nil
		rooms, err = t.roomsAbove(ctx, unit, ForLeaders)
	default:
		rooms, err = t.rooms(ctx, unit, ForUnit)
	}
	if err != nil {
		return err
	}
	for _, r := range rooms {
		it.To, it.Kind = r.Addr, r.Kind
		t.send(it)
	}
	if len(rooms) == 0 {
		return t.tellDesk(ctx, unit, it.Class, it.Message, it.About)
	}
	return nil
}

func (t *turn) receiptButtons(r checklist.Run) [][]chat.Button {
	if r.Received != nil {
		return nil
	}
	return [][]chat.Button{{t.button("received", "đã quán triệt", "rcv", r.ID())}}
}

func (t *turn) taskLine(s checklist.TaskState) messages.TaskLine {
	l := messages.TaskLine{N: s.N, Title: s.Title, State: string(s.Shown(t.now)), Kind: string(s.Kind), At: s.At, Due: s.Due, Note: s.Note}
	if s.By != "" {
		l.By = t.memberName(s.By)
	}
	if s.State == checklist.StateNA {
		l.Note = s.Reason
	}
	return l
}

// runCard renders one page of a unit's checklist.
func (t *turn) runCard(r checklist.Run, page int) chat.Message {
	m := messages.Checklist{ID: r.Directive, Title: r.Title, Unit: t.unitName(r.Unit), Pages: (len(r.Tasks) + pageSize - 1) / pageSize}
	page = min(max(page, 0), max(m.Pages-1, 0))
	m.Page = page + 1
	if r.Received != nil {
		m.Received, m.ReceivedAt = t.memberName(r.Received.By), r.Received.At
	}
	rows := t.receiptButtons(r)
	for i, s := range r.Tasks {
		if s.Dropped {
			continue
		}
		m.Total++
		if s.State == checklist.StateDone || s.State == checklist.StateNA {
			m.Done++
		}
		if i/pageSize != page {
			continue
		}
		m.Tasks = append(m.Tasks, t.taskLine(s))
		if s.State != checklist.StateDone && s.State != checklist.StateNA && s.State != checklist.StateWaiting {
			n := strconv.Itoa(s.N)
			b := t.button("received", "xong "+n, "tick", r.ID(), n)
			b.Label = n + ". " + s.Title
			rows = append(rows, []chat.Button{b})
		}
	}
	if m.Pages > 1 {
		next := strconv.Itoa((page + 1) % m.Pages)
		rows = append(rows, []chat.Button{t.button("more", "nhiệm vụ "+next, "run", r.ID(), next)})
	}
	return chat.Message{Text: t.text(m), Buttons: rows}
}

func (t *turn) refreshRun(ctx context.Context, r checklist.Run) error {
	rooms, err := t.rooms(ctx, r.Unit, ForUnit)
	if err != nil {
		return err
	}
	for _, room := range rooms {
		t.send(outbox.Item{
			To: room.Addr, Kind: room.Kind, Class: outbox.Edit, Edit: true, Card: cardOf(runRef(r.ID())),
			Message: t.runCard(r, 0), About: "thẻ nhiệm vụ",
		})
	}
	return nil
}

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

// runFor finds the run a request is about: the card's, the one named, or the newest open one.
func (t *turn) runFor(ctx context.Context, id string) (checklist.Run, bool, error) {
	var r checklist.Run
	if id != "" {
		ok, err := t.get(ctx, runRef(id), &r)
		if err != nil {
			return r, false, err
		}
		if !ok {
			t.reply(messages.OldButton{})
		} else if !t.mayActFor(r.Unit) {
			t.reply(messages.NotAllowed{Need: t.unitName(r.Unit)})
			ok = false
		}
		return r, ok, nil
	}
	unit := t.actingUnit()
	runs, err := t.openRuns(ctx, unit)
	if err != nil {
		return r, false, err
	}
	if len(runs) == 0 {
		t.reply(messages.NoChecklist{Unit: t.unitName(unit)})
		return r, false, nil
	}
	return runs[0], true, nil
}

func showChecklist(ctx context.Context, t *turn, c call) error {
	page := 0
	if n, err := strconv.Atoi(c.act.Arg(1)); err == nil {
		page = n
	}
	if c.act.Arg(0) != "" {
		r, ok, err := t.runFor(ctx, c.act.Arg(0))
		if err != nil || !ok {
			return err
		}
		t.send(outbox.Item{To: t.u.To, Kind: t.u.Kind, Class: outbox.Reply, Message: t.runCard(r, page), NotAfter: t.clock.Add(replyFor), About: "trả lời"})
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
		if i == 3 {
			break
		}
		t.send(outbox.Item{
			To: t.u.To, Kind: t.u.Kind, Class: outbox.Reply, Card: cardOf(runRef(r.ID())),
			Message: t.runCard(r, page), NotAfter: t.clock.Add(replyFor), About: "trả lời",
		})
	}
	return nil
}

// tick records that tasks are done: "/xong 3", "/xong 3 đã đăng lên cổng", "xong 2, 4".
func tick(ctx context.Context, t *turn, c call) error {
	refs, note := c.refs, ""
	if ref := c.act.Arg(1); ref != "" {
		refs = []string{ref}
	} else if len(refs) == 0 {
		ref, rest, _ := strings.Cut(strings.TrimSpace(c.arg), " ")
		if ref != "" {
			refs, note = []string{ref}, strings.TrimSpace(rest)
		}
	}
	if len(refs) == 0 {
		t.reply(messages.Usage{What: "Ghi số của việc đã xong.", Example: "/xong 3"})
		return nil
	}
	r, ok, err := t.runFor(ctx, c.act.Arg(0))
	if err != nil || !ok {
		return err
	}
	next, changed := r, false
	for _, ref := range refs {
		after, err := next.Done(ref, checklist.Stamp{By: t.me.ID, At: t.now}, note, t.evidence(note)...)
		if err != nil {
			if err := t.refuseTask(next, ref, err); err != nil {
				return err
			}
			continue
		}
		next, changed = after, true
		task, _ := next.Find(ref)
		t.note("task.done", runRef(r.ID()), r.Unit)
		if c.act.Code == "" || !t.caps(t.u.To).Edit {
			done, total := progress(next)
			t.reply(messages.TaskDone{N: task.N, Title: task.Title, By: t.me.Name, At: t.now, Done: done, Total: total - done})
		}
	}
	if !changed {
		return nil
	}
	if err := t.stepRun(ctx, next); err != nil {
		return err
	}
	return t.refreshRun(ctx, next)
}

// evidence is what came along with a tick.
func (t *turn) evidence(note string) []checklist.Evidence {
	var out []checklist.Evidence
	if note = strings.TrimSpace(note); note != "" {
		kind := "text"
		if strings.HasPrefix(note, "http://") || strings.HasPrefix(note, "https://") {
			kind = "link"
		}
		out = append(out, checklist.Evidence{Kind: kind, Text: note, By: string(t.me.ID), At: t.now})
	}
	if f := t.u.File; f != nil {
		kind := "file"
		if f.Photo {
			kind = "photo"
		}
		out = append(out, checklist.Evidence{Kind: kind, File: f.ID, Platform: string(t.u.To.Platform), By: string(t.me.ID), At: t.now})
	}
	return out
}

func progress(r checklist.Run) (done, total int) {
	for _, s := range r.Tasks {
		if s.Dropped {
			continue
		}
		total++
		if s.State == checklist.StateDone || s.State == checklist.StateNA {
			done++
		}
	}
	return done, total
}

// receive records that the unit has read the directive.
func receive(ctx context.Context, t *turn, c call) error {
	r, ok, err := t.runFor(ctx, c.act.Arg(0))
	if err != nil || !ok {
		return err
	}
	next, err := r.Receive(checklist.Stamp{By: t.me.ID, At: t.now})
	if err != nil {
		return t.refuse(err)
	}
	t.note("run.received", runRef(r.ID()), r.Unit)
	if err := t.stepRun(ctx, next); err != nil {
		return err
	}
	if c.act.Code == "" || !t.caps(t.u.To).Edit {
		t.reply(messages.RunReceived{ID: r.Directive, Name: t.me.Name, At: t.now})
	}
	return t.refreshRun(ctx, next)
}
