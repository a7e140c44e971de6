package checklist

import (
	"fmt"
	"slices"
	"time"

	"trucban/internal/cadence"
	"trucban/internal/roster"
)

// EffectKind says what the bot has to do at a step.
type EffectKind string

// The closed set of effects, in the order they are given for one level.
const (
	RemindReceipt EffectKind = "receipt" // receipt was not confirmed
	RemindTasks   EffectKind = "remind"  // tasks or vulnerabilities are near or past their deadline
	Lapsed        EffectKind = "lapsed"  // a shift ended and its standing tasks were not confirmed
	OpenRounds    EffectKind = "open"    // standing or recurring tasks are asked for anew
)

var effectKinds = [...]EffectKind{RemindReceipt, RemindTasks, Lapsed, OpenRounds}

// Effect is one thing to do now. The tasks are those that are behind and no others.
type Effect struct {
	Kind    EffectKind
	Key     string // unique within the run; part of the outgoing items' ids
	To      Level
	Tasks   []int          // numbers in the run
	Vulns   []string       // ids
	Shift   roster.ShiftID // with OpenRounds of standing tasks
	Overdue bool           // the deadline has passed
	Planned time.Time
	Late    time.Duration // how much later than planned, when more than the policy's grace
	Until   time.Time     // after this the message is stale; zero: no limit
}

// Step takes every step that is due and says when to look again; the zero time
// means never. Called again at the same moment it does nothing. shifts are the
// unit's shifts from ShiftsFrom on; those of other units are passed over.
func (r Run) Step(now time.Time, p Policy, shifts []roster.Shift) (Run, []Effect, time.Time) {
	if r.Closed != nil || now.Before(r.Issued) {
		return r, nil, r.firstLook(now)
	}
	if r.Urgent {
		p.Quiet = cadence.Quiet{}
	}
	next := r.clone()
	own := next.ownShifts(shifts)
	w := waves{now: now, policy: p, at: map[waveKey]*Effect{}}
	if next.owesReceipt(now) {
		w.receipt(&next.Receipt)
	}
	for i := range next.Tasks {
		t := &next.Tasks[i]
		if t.Dropped || t.State == StateNA {
			continue
		}
		w.task(t)
		switch t.Kind {
		case Standing:
			next.openShifts(t, own, &w)
		case Recurring:
			next.openMoments(t, &w)
		}
	}
	for i := range next.Vulns {
		w.vuln(&next.Vulns[i])
	}
	effects := w.effects(&next)
	return next, effects, next.wake(now, p, own)
}

// firstLook is when a run stamped ahead of the clock (skew between replicas) is to be looked at.
func (r Run) firstLook(now time.Time) time.Time {
	if r.Closed == nil && now.Before(r.Issued) {
		return r.Issued
	}
	return time.Time{}
}

func (r Run) owesReceipt(now time.Time) bool { return r.Received == nil && !r.Settled(now) }

// ShiftsFrom is the moment from which the unit's shifts are to be handed to
// Step: the opening of the earliest round its standing tasks are in.
func (r Run) ShiftsFrom() time.Time {
	from := time.Time{}
	for _, t := range r.Tasks {
		if t.Kind != Standing || t.Dropped {
			continue
		}
		at := t.Opened
		if at.IsZero() {
			at = r.Issued
		}
		if from.IsZero() || at.Before(from) {
			from = at
		}
	}
	if from.IsZero() {
		return r.Issued
	}
	return from
}

// ownShifts are the unit's shifts in which standing tasks live, by start.
func (r Run) ownShifts(shifts []roster.Shift) []roster.Shift {
	var out []roster.Shift
	for _, s := range shifts {
		if s.Unit != r.Unit || !s.End.After(r.Issued) {
			continue
		}
		if !r.Period.From.IsZero() && !s.End.After(r.Period.From) {
			continue
		}
		if !r.Period.To.IsZero() && !s.Start.Before(r.Period.To) {
			continue
		}
		out = append(out, s)
	}
	slices.SortStableFunc(out, func(a, b roster.Shift) int {
		if c := a.Start.Compare(b.Start); c != 0 {
			return c
		}
		return a.End.Compare(b.End)
	})
	return out
}

// openShifts opens a round for each shift that began since the last one.
func (r Run) openShifts(t *TaskState, shifts []roster.Shift, w *waves) {
	if len(shifts) == 0 {
		r.openPeriod(t, w)
	}
	for _, s := range shifts {
		if s.Start.After(w.now) {
			break
		}
		if !s.Start.After(t.Opened) {
			continue
		}
		w.flush(t)
		t.open(Round{Key: string(s.ID), Opened: s.Start, Due: s.End}, w)
	}
}

// openPeriod opens one round over the whole period in a unit that has no shift in
// the roster, so that its standing tasks are asked for all the same; a shift that
// is entered later takes over.
func (r Run) openPeriod(t *TaskState, w *waves) {
	from := later(r.Issued, r.Period.From)
	if t.Opened.IsZero() && t.State == StateWaiting && !w.now.Before(from) && !r.over(w.now) {
		t.open(Round{Key: periodKey, Opened: from, Due: r.Period.To}, w)
	}
}

// periodKey is the key of the round over the whole period.
const periodKey = "period"

// openMoments opens a round for each moment of the cron since the last one.
func (r Run) openMoments(t *TaskState, w *waves) {
	if t.Cron == "" {
		return
	}
	c := cadence.Cron(t.Cron)
	after := r.Issued
	if t.Opened.After(after) {
		after = t.Opened
	}
	for _, at := range c.Between(after, w.now, 50) {
		if !r.Period.Covers(at) {
			continue
		}
		w.flush(t)
		t.open(Round{Key: at.UTC().Format(time.RFC3339), Opened: at, Due: r.momentDue(c, t.Within, at)}, w)
	}
}

// momentDue is Within after the opening, else the next opening or the end of the period.
func (r Run) momentDue(c cadence.Cadence, within time.Duration, at time.Time) time.Time {
	if within > 0 {
		return at.Add(within)
	}
	due := c.Next(at)
	if end := r.Period.To; !end.IsZero() && (due.IsZero() || end.Before(due)) {
		return end
	}
	return due
}

// open starts a round; one that is over already is kept as unseen and asked of nobody.
func (t *TaskState) open(n Round, w *waves) {
	if !n.Due.IsZero() && !n.Due.After(w.now) {
		n.State, n.Unseen = StateWaiting, true
		t.next(n)
		t.ladder = ladder{Told: w.now}
		return
	}
	n.State = StateTodo
	t.next(n)
	w.opened(t)
}

// wake is the next moment the run wants to be looked at.
func (r Run) wake(now time.Time, p Policy, shifts []roster.Shift) time.Time {
	var best time.Time
	take := func(at time.Time) {
		if !at.IsZero() && (best.IsZero() || at.Before(best)) {
			best = at
		}
	}
	if r.owesReceipt(now) {
		take(r.Receipt.next(now, p.Receipt, p.Repeat, p.Quiet))
	}
	for _, t := range r.Tasks {
		if t.Dropped || t.State == StateNA {
			continue
		}
		if t.State.open() {
			take(t.wake(now, p))
		}
		switch {
		case t.Kind == Standing && !r.over(now):
			take(r.nextShift(now, p, shifts))
		case t.Kind == Recurring && t.Cron != "" && !r.over(now):
			take(r.nextMoment(now, t))
		}
	}
	for _, v := range r.Vulns {
		if !v.Answer.settled() {
			take(v.next(now, p.Deadline, p.Repeat, p.Quiet))
		}
	}
	return best
}

func (t TaskState) wake(now time.Time, p Policy) time.Time {
	if t.Kind == Standing {
		return t.ladder.next(now, p.Standing, 0, cadence.Quiet{})
	}
	return t.ladder.next(now, p.Deadline, p.Repeat, p.Quiet)
}

// nextShift is the start of the next shift, or when to look for one in the roster.
func (r Run) nextShift(now time.Time, p Policy, shifts []roster.Shift) time.Time {
	for _, s := range shifts {
		if s.Start.After(now) {
			return s.Start
		}
	}
	if r.Period.From.After(now) {
		return r.Period.From
	}
	return now.Add(max(p.Recheck, time.Minute))
}

// nextMoment is the next moment of the cron inside the period.
func (r Run) nextMoment(now time.Time, t TaskState) time.Time {
	after := now
	if before := r.Period.From.Add(-time.Nanosecond); !r.Period.From.IsZero() && before.After(after) {
		after = before
	}
	at := cadence.Cron(t.Cron).Next(after)
	if !r.Period.Covers(at) {
		return time.Time{}
	}
	return at
}

// key makes an effect's id: the count of steps with effects makes it new each
// time, and the same when the same state is planned twice.
func (e Effect) key(seq int) string { return fmt.Sprintf("%d/%s/%s", seq, e.Kind, e.To) }
