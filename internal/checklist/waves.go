package checklist

import (
	"time"

	"trucban/internal/cadence"
	"trucban/internal/roster"
)

// waves gathers the calls of one step, so that a level hears once of everything that is due.
type waves struct {
	now    time.Time
	policy Policy
	at     map[waveKey]*Effect
}

type waveKey struct {
	kind EffectKind
	to   Level
}

func (w *waves) get(kind EffectKind, to Level, planned time.Time) *Effect {
	k := waveKey{kind, to}
	e, ok := w.at[k]
	if !ok {
		e = &Effect{Kind: kind, To: to, Planned: planned}
		w.at[k] = e
	}
	if planned.Before(e.Planned) {
		e.Planned = planned
	}
	return e
}

// take climbs a ladder up to now and hands out the calls.
func (w *waves) take(l *ladder, calls []call, each func(call)) {
	for _, c := range calls {
		each(c)
	}
	if len(calls) > 0 {
		l.Told = w.now
	}
}

func (w *waves) receipt(l *ladder) {
	w.take(l, l.due(w.now, w.policy.Receipt, w.policy.Repeat, w.policy.Quiet), func(c call) {
		w.get(RemindReceipt, c.to, c.planned)
	})
}

func (w *waves) task(t *TaskState) {
	if !t.State.open() {
		return
	}
	if t.Kind == Standing {
		w.remind(t, t.due(w.now, w.policy.Standing, 0, cadence.Quiet{}))
		return
	}
	w.remind(t, t.due(w.now, w.policy.Deadline, w.policy.Repeat, w.policy.Quiet))
}

// flush makes the calls of a round that is about to be archived, quiet time or not.
func (w *waves) flush(t *TaskState) {
	if !t.State.open() {
		return
	}
	rungs := w.policy.Deadline
	if t.Kind == Standing {
		rungs = w.policy.Standing
	}
	w.remind(t, t.due(w.now, rungs, 0, cadence.Quiet{}))
}

func (w *waves) remind(t *TaskState, calls []call) {
	w.take(&t.ladder, calls, func(c call) {
		kind := RemindTasks
		if t.Kind == Standing && c.past {
			kind = Lapsed
		}
		e := w.get(kind, c.to, c.planned)
		e.pressing(c, t.Base)
		if n := len(e.Tasks); n == 0 || e.Tasks[n-1] != t.N {
			e.Tasks = append(e.Tasks, t.N)
		}
	})
}

func (w *waves) vuln(v *VulnState) {
	if v.Answer.settled() {
		return
	}
	w.take(&v.ladder, v.due(w.now, w.policy.Deadline, w.policy.Repeat, w.policy.Quiet), func(c call) {
		e := w.get(RemindTasks, c.to, c.planned)
		e.pressing(c, v.Base)
		e.Vulns = append(e.Vulns, v.ID)
	})
}

// pressing notes whether the deadline has passed; a reminder that it is near is
// stale once it has.
func (e *Effect) pressing(c call, base time.Time) {
	e.Overdue = e.Overdue || c.past
	switch {
	case e.Overdue:
		e.Until = time.Time{}
	case e.Until.IsZero() || base.Before(e.Until):
		e.Until = base
	}
}

// opened tells the unit of a round that has just opened.
func (w *waves) opened(t *TaskState) {
	e := w.get(OpenRounds, ToUnit, t.Opened)
	e.Tasks = append(e.Tasks, t.N)
	if t.Kind == Standing && t.Key != periodKey {
		e.Shift = roster.ShiftID(t.Key)
	}
	if t.Due.After(e.Until) {
		e.Until = t.Due
	}
}

// effects orders what was gathered: the unit first, then its head, then the leaders.
func (w *waves) effects(r *Run) []Effect {
	if len(w.at) == 0 {
		return nil
	}
	r.Seq++
	var out []Effect
	for _, to := range Levels {
		for _, kind := range effectKinds {
			e, ok := w.at[waveKey{kind, to}]
			if !ok {
				continue
			}
			if late := w.now.Sub(e.Planned); late > w.policy.Grace {
				e.Late = late
			}
			e.Key = e.key(r.Seq)
			out = append(out, *e)
		}
	}
	return out
}
