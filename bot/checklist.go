package bot

import (
	"context"
	"slices"
	"strconv"
	"time"

	"trucban/internal/chat"
	"trucban/internal/checklist"
	"trucban/internal/outbox"
	"trucban/internal/receipt"
	"trucban/internal/roster"
	"trucban/internal/team"
	"trucban/messages"
)

func runRef(id string) Ref { return Ref{"run", id} }

func (t *turn) stamp() checklist.Stamp { return checklist.Stamp{By: t.me.ID, At: t.now} }

// directiveIndex holds a directive and all its runs, so that the matrix is read in one round trip.
func directiveIndex(id string) string { return "run/d/" + id }

// saveRun plans the write of a run with its indexes, marks and next moment.
func (t *turn) saveRun(r checklist.Run, next time.Time) error {
	at := r.Issued.UnixMilli()
	index := []Entry{{directiveIndex(r.Directive), at}, {"run/u/" + string(r.Unit), at}}
	if r.Closed == nil {
		index = append(index, Entry{"run/open", at})
	}
	if !next.IsZero() {
		index = append(index, Entry{"open", at})
	}
	t.wake("run", r.ID(), next)
	return t.put(runRef(r.ID()), r, Doc{Index: index, Marks: r.Marks()})
}

// changed saves a run after an answer, with a line in the audit log for each
// entry the answer made: what was done to which task, never what was typed.
func (t *turn) changed(ctx context.Context, old, next checklist.Run) (checklist.Run, error) {
	for _, e := range next.Since(old) {
		t.note("run."+e.What, runRef(next.ID()), next.Unit)
		if e.Task != "" {
			t.change.Log[len(t.change.Log)-1].Data = map[string]string{"task": e.Task}
		}
	}
	return t.stepRun(ctx, next)
}

// stepRun takes what is due in a run, saves it, says what is to be said, and
// returns the run as it was saved.
func (t *turn) stepRun(ctx context.Context, r checklist.Run) (checklist.Run, error) {
	watches, err := t.watches(ctx, "watch/u/"+string(r.Unit), r.ShiftsFrom(), time.Time{})
	if err != nil {
		return r, err
	}
	shifts := make([]roster.Shift, 0, len(watches))
	for _, w := range watches {
		shifts = append(shifts, w.Shift)
	}
	next, effects, at := r.Step(t.now, t.town.Tasks, shifts)
	if err := t.saveRun(next, at); err != nil {
		return r, err
	}
	for _, e := range effects {
		if err := t.runEffect(ctx, next, e); err != nil {
			return r, err
		}
	}
	return next, nil
}

func dueRun(ctx context.Context, t *turn) error {
	var r checklist.Run
	ok, err := t.get(ctx, runRef(t.job.ID), &r)
	if err != nil || !ok {
		return err
	}
	_, err = t.stepRun(ctx, r)
	return err
}

// runEffect says one thing of a run to one level.
func (t *turn) runEffect(ctx context.Context, r checklist.Run, e checklist.Effect) error {
	t.note("run."+string(e.Kind)+"."+string(e.To), runRef(r.ID()), r.Unit)
	if e.Kind == checklist.OpenRounds {
		return t.roundsOpened(ctx, r, e)
	}
	if done, err := t.laggingTogether(ctx, r, e); err != nil || done {
		return err
	}
	m := messages.TasksDue{To: string(e.To), Unit: t.unitName(r.Unit), ID: r.Directive, Title: r.Title, Over: e.Overdue, Late: e.Late}
	m.Open, m.Vulns = t.taskLines(r, e.Tasks), t.vulnLines(r, e.Vulns)
	for _, l := range m.Open {
		if m.Due.IsZero() || l.Due.Before(m.Due) {
			m.Due = l.Due
		}
	}
	m.Receipt, m.Lapsed = e.Kind == checklist.RemindReceipt, e.Kind == checklist.Lapsed
	if len(m.Open)+len(m.Vulns) == 0 && !m.Receipt {
		return nil
	}
	it := outbox.Item{Class: outbox.Reminder, NotAfter: e.Until, About: "đôn đốc nhiệm vụ", Guard: while("run", r.ID(), effectMark(e))}
	msg := chat.Message{Text: t.text(m)}
	if m.Receipt {
		msg.Buttons = t.receiptButtons(r)
	} else if e.To != checklist.ToLeaders {
		msg.Buttons = t.tickButtons(r, e.Tasks)
		if len(e.Vulns) > 0 {
			msg.Buttons = append(msg.Buttons, t.vulnCardButton(r)...)
		}
	}
	return t.unlessUrgent(r.Urgent || e.To != checklist.ToUnit || standing(r, e.Tasks), func() error {
		return t.toLevel(ctx, r.Unit, string(e.To), it, msg)
	})
}

// standing reports whether one of the tasks belongs to a shift, whose people are awake.
func standing(r checklist.Run, numbers []int) bool {
	return slices.ContainsFunc(numbers, func(n int) bool {
		task, err := r.Find(strconv.Itoa(n))
		return err == nil && task.Kind == checklist.Standing
	})
}

// effectMark is the condition under which a reminder is still worth sending.
func effectMark(e checklist.Effect) string {
	switch {
	case e.Kind == checklist.RemindReceipt:
		return checklist.MarkReceipt
	case e.Kind == checklist.Lapsed:
		return checklist.MarkOpen // the shift is over, and its round with it
	case len(e.Tasks) == 1 && len(e.Vulns) == 0:
		return checklist.TaskMark(e.Tasks[0])
	}
	return checklist.MarkOwes
}

func (t *turn) taskLines(r checklist.Run, numbers []int) []messages.TaskLine {
	var out []messages.TaskLine
	for _, n := range numbers {
		if task, err := r.Find(strconv.Itoa(n)); err == nil {
			out = append(out, t.taskLine(task))
		}
	}
	return out
}

// roundsOpened asks for recurring tasks whose round has come, and for standing
// ones in a unit without a roster. On a shift the standing tasks stand on its card.
func (t *turn) roundsOpened(ctx context.Context, r checklist.Run, e checklist.Effect) error {
	if e.Shift != "" {
		if w, ok, err := t.watchOf(ctx, e.Shift); err != nil {
			return err
		} else if ok && !w.Ended && t.now.Sub(w.Shift.Start) > time.Minute { // until then the card is only just coming
			if err := t.refreshCard(ctx, w); err != nil {
				return err
			}
		}
	}
	var numbers []int
	for _, n := range e.Tasks {
		if task, err := r.Find(strconv.Itoa(n)); err == nil && (task.Kind != checklist.Standing || e.Shift == "") {
			numbers = append(numbers, n)
		}
	}
	m := messages.TasksOpened{Unit: t.unitName(r.Unit), ID: r.Directive, Title: r.Title, Tasks: t.taskLines(r, numbers)}
	if len(m.Tasks) > 0 { // it becomes the live card, where people are looking
		it := outbox.Item{Class: outbox.Reminder, Card: cardOf(runRef(r.ID())), NotAfter: e.Until, About: "nhiệm vụ đến lượt", Guard: while("run", r.ID(), checklist.MarkOwes)}
		return t.toLevel(ctx, r.Unit, string(e.To), it, chat.Message{Text: t.text(m), Buttons: t.tickButtons(r, numbers)})
	}
	return t.refreshRun(ctx, r, 0)
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
		it.To, it.Kind, it.For = r.Addr, r.Kind, receipt.Unit(r.Unit)
		t.send(it)
	}
	if len(rooms) == 0 {
		return t.tellDesk(ctx, unit, it.Class, it.Message, it.About)
	}
	return nil
}
