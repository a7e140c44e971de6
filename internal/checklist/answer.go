package checklist

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Limits of snoozing: a unit cannot silence its ladder for good.
const (
	MaxHold  = 24 * time.Hour
	MaxHolds = 3
)

// Receive records "Đã nhận - đã quán triệt". The first one counts.
func (r Run) Receive(s Stamp) (Run, error) {
	if r.Closed != nil {
		return r, ErrClosed
	}
	if r.Received != nil {
		return r, ErrReceived
	}
	next := r.clone()
	next.Received = &s
	next.note(s, "receive", "", "")
	return next, nil
}

// change runs one decision on a copy of one task, the one e.Task refers to, and logs it.
func (r Run) change(e Entry, decide func(*TaskState) error) (Run, error) {
	if r.Closed != nil {
		return r, ErrClosed
	}
	i, err := r.index(e.Task)
	if err != nil {
		return r, fmt.Errorf("%w: %s", err, e.Task)
	}
	next := r.clone()
	t := next.Tasks[i]
	if err := decide(&t); err != nil {
		return r, err
	}
	next.Tasks[i] = t
	e.Task = t.ID
	next.Log = append(next.Log, e)
	return next, nil
}

func (t *TaskState) set(st State, s Stamp, note string) {
	t.State, t.By, t.At, t.Note = st, s.By, s.At, note
}

// Done ticks a task, with evidence where it is asked for. Evidence given later
// to a done task is added with Attach.
func (r Run) Done(ref string, s Stamp, note string, ev ...Evidence) (Run, error) {
	return r.change(Entry{Stamp: s, What: "done", Task: ref, Note: note}, func(t *TaskState) error {
		if t.State.settled() {
			return ErrSettled
		}
		if t.NeedEvidence && len(ev)+len(t.Evidence) == 0 {
			return ErrNeedEvidence
		}
		t.Evidence = t.with(s, ev)
		t.set(StateDone, s, note)
		return nil
	})
}

// Attach adds evidence to a task without changing its state.
func (r Run) Attach(ref string, s Stamp, ev ...Evidence) (Run, error) {
	return r.change(Entry{Stamp: s, What: "evidence", Task: ref}, func(t *TaskState) error {
		t.Evidence = t.with(s, ev)
		return nil
	})
}

func (t TaskState) with(s Stamp, ev []Evidence) []Evidence {
	out := slices.Clone(t.Evidence)
	for _, e := range ev {
		e.By, e.At = string(s.By), s.At
		out = append(out, e)
	}
	return out
}

// Undo takes an answer back; the reminders start again, counted from now when the deadline has passed.
func (r Run) Undo(ref string, s Stamp) (Run, error) {
	return r.change(Entry{Stamp: s, What: "undo", Task: ref}, func(t *TaskState) error {
		if !t.State.settled() && t.State != StateDoing && t.State != StateNeedHelp {
			return ErrNotSettled
		}
		t.reopen(s)
		return nil
	})
}

// reopen asks for the task again.
func (t *TaskState) reopen(s Stamp) {
	st := StateTodo
	if t.Kind != Once && t.Opened.IsZero() {
		st = StateWaiting
	}
	t.set(st, s, "")
	t.Reason = ""
	t.rebase(t.Due, s.At)
}

// rebase starts the ladder of a deadline anew at the moment.
func (l *ladder) rebase(due, at time.Time) {
	l.Base, l.Told = due, at
	if !due.IsZero() && due.Before(at) {
		l.Base = at
	}
}

// Doing records that somebody works on it; the deadline stands.
func (r Run) Doing(ref string, s Stamp, note string) (Run, error) {
	return r.change(Entry{Stamp: s, What: "doing", Task: ref, Note: note}, func(t *TaskState) error {
		if t.State.settled() {
			return ErrSettled
		}
		t.set(StateDoing, s, note)
		return nil
	})
}

// NotApplicable settles a task with a reason, which the desk can refuse.
func (r Run) NotApplicable(ref string, s Stamp, reason string) (Run, error) {
	reason = strings.TrimSpace(reason)
	if reason == "" {
		return r, ErrNeedReason
	}
	return r.change(Entry{Stamp: s, What: "na", Task: ref, Note: reason}, func(t *TaskState) error {
		if t.State.settled() {
			return ErrSettled
		}
		t.set(StateNA, s, "")
		t.Reason = reason
		t.Refused = nil
		return nil
	})
}

// RefuseNA is the desk's no: the task is asked for again, with the desk's reason beside it.
func (r Run) RefuseNA(ref string, s Stamp, reason string) (Run, error) {
	reason = strings.TrimSpace(reason)
	if reason == "" {
		return r, ErrNeedReason
	}
	return r.change(Entry{Stamp: s, What: "refuse_na", Task: ref, Note: reason}, func(t *TaskState) error {
		if t.State != StateNA {
			return ErrNotRefusable
		}
		t.reopen(s)
		t.Refused = &Refusal{Stamp: s, Reason: reason}
		return nil
	})
}

// NeedHelp hands a task to the desk's attention; the deadline stands.
func (r Run) NeedHelp(ref string, s Stamp, note string) (Run, error) {
	return r.change(Entry{Stamp: s, What: "need_help", Task: ref, Note: note}, func(t *TaskState) error {
		if t.State.settled() {
			return ErrSettled
		}
		t.set(StateNeedHelp, s, note)
		return nil
	})
}

// Helped is the desk's answer to NeedHelp; the unit goes on.
func (r Run) Helped(ref string, s Stamp, note string) (Run, error) {
	return r.change(Entry{Stamp: s, What: "helped", Task: ref, Note: note}, func(t *TaskState) error {
		if t.State != StateNeedHelp {
			return ErrNotHelpWanted
		}
		t.set(StateDoing, s, note)
		return nil
	})
}

// Snooze silences the reminders of a task until the moment, for a reason. The
// deadline people see stays; past it, the ladder starts again from its lowest
// rung when the snooze ends.
func (r Run) Snooze(ref string, s Stamp, until time.Time, reason string) (Run, error) {
	reason = strings.TrimSpace(reason)
	if reason == "" {
		return r, ErrNeedReason
	}
	if !until.After(s.At) || until.Sub(s.At) > MaxHold {
		return r, ErrHoldTooLong
	}
	return r.change(Entry{Stamp: s, What: "snooze", Task: ref, Note: reason}, func(t *TaskState) error {
		switch {
		case !t.State.open():
			return ErrSettled
		case t.Due.IsZero():
			return ErrNoDeadline
		case len(t.Holds) >= MaxHolds:
			return ErrTooManyHolds
		}
		t.Holds = append(slices.Clone(t.Holds), Hold{Stamp: s, Until: until, Reason: reason})
		if until.After(t.Base) {
			t.Base = until
		}
		t.Told = until.Add(-time.Millisecond)
		return nil
	})
}

// Close ends the run with its directive; nothing is asked for any more.
func (r Run) Close(s Stamp, note string) (Run, error) {
	if r.Closed != nil {
		return r, ErrClosed
	}
	next := r.clone()
	next.Closed = &s
	next.note(s, "close", "", note)
	return next, nil
}

// Raise opens a round of a recurring task because something came up: a new list
// of addresses, a warning. The key makes it once; an open round before it is kept as it stands.
func (r Run) Raise(ref, key string, s Stamp, due time.Time) (Run, error) {
	i, err := r.index(ref)
	if err != nil {
		return r, err
	}
	t := r.Tasks[i]
	if t.Kind != Recurring {
		return r, ErrRaiseNotRaised
	}
	if t.Key == key || slices.ContainsFunc(t.Past, func(p Round) bool { return p.Key == key }) {
		return r, nil
	}
	return r.change(Entry{Stamp: s, What: "raise", Task: ref, Note: key}, func(t *TaskState) error {
		t.next(Round{Key: key, Opened: s.At, Due: due, State: StateTodo})
		t.Told = s.At
		return nil
	})
}

// next archives the current round, as overdue when it was still open past its
// deadline, and starts another.
func (t *TaskState) next(n Round) {
	if t.State != StateWaiting || t.Unseen {
		old := t.Round
		old.State = t.Shown(n.Opened)
		t.Past = append(slices.Clone(t.Past), old)
	}
	t.Round = n
	t.ladder = ladder{Base: n.Due, Told: n.Opened}
	t.Refused, t.Holds = nil, nil
}
