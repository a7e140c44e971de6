package checklist

import (
	"errors"
	"fmt"
	"time"

	"trucban/internal/cadence"
)

// Level is whom a reminder goes to.
type Level string

// Levels, in the order they are called.
const (
	ToUnit    Level = "unit"    // the unit's group
	ToHead    Level = "head"    // the unit's head
	ToLeaders Level = "leaders" // the leaders' group
)

// Levels lists them in the order they are called.
var Levels = [...]Level{ToUnit, ToHead, ToLeaders}

func (l Level) rank() int {
	for i, x := range Levels {
		if x == l {
			return i
		}
	}
	return len(Levels)
}

// Rung is one step of a ladder: whom to remind, how long after its base (before, when negative).
type Rung struct {
	After time.Duration `json:"after"`
	To    Level         `json:"to"`
}

// Policy is what an office decides about reminders of directives.
type Policy struct {
	Deadline []Rung `json:"deadline"` // around the deadline of a once or recurring task, or a vulnerability
	Standing []Rung `json:"standing"` // around the end of the shift a standing task belongs to
	Receipt  []Rung `json:"receipt"`  // after the issue, until receipt is confirmed
	// Repeat reminds the unit again and again after the last rung; zero never does.
	Repeat time.Duration `json:"repeat"`
	// Quiet puts reminders of Deadline and Receipt off to its end. Standing tasks
	// belong to people who are awake.
	Quiet cadence.Quiet `json:"quiet"`
	// Grace is how late a reminder may be without being called late.
	Grace time.Duration `json:"grace"`
	// Recheck is how often a run whose unit has no further shift in the roster looks for one.
	Recheck time.Duration `json:"recheck"`
}

// DefaultPolicy is what an office gets that sets nothing.
func DefaultPolicy() Policy {
	return Policy{
		Deadline: []Rung{
			{-24 * time.Hour, ToUnit}, {-2 * time.Hour, ToUnit}, {0, ToUnit},
			{time.Hour, ToHead}, {2 * time.Hour, ToLeaders},
		},
		Standing: []Rung{{-30 * time.Minute, ToUnit}, {0, ToHead}},
		Receipt:  []Rung{{2 * time.Hour, ToUnit}, {4 * time.Hour, ToHead}, {8 * time.Hour, ToLeaders}},
		Repeat:   24 * time.Hour,
		Quiet:    cadence.Quiet{From: 21*60 + 30, To: 6*60 + 30},
		Grace:    2 * time.Minute,
		Recheck:  6 * time.Hour,
	}
}

// Validate lists every fault of the policy at once.
func (p Policy) Validate() error {
	var faults []error
	for name, rungs := range map[string][]Rung{"deadline": p.Deadline, "standing": p.Standing, "receipt": p.Receipt} {
		faults = append(faults, validRungs(name, rungs))
	}
	if p.Recheck < time.Minute {
		faults = append(faults, errors.New("recheck must be a minute at least"))
	}
	if p.Repeat < 0 || (p.Repeat > 0 && p.Repeat < time.Hour) {
		faults = append(faults, errors.New("repeat must be an hour at least, or zero"))
	}
	return errors.Join(faults...)
}

func validRungs(name string, rungs []Rung) error {
	var faults []error
	for i, r := range rungs {
		if r.To.rank() == len(Levels) {
			faults = append(faults, fmt.Errorf("%s step %d: %q is not one of unit, head, leaders", name, i+1, r.To))
		}
		if i > 0 && (r.After <= rungs[i-1].After || r.To.rank() < rungs[i-1].To.rank()) {
			faults = append(faults, fmt.Errorf("%s step %d: times must grow and levels must not fall", name, i+1))
		}
	}
	return errors.Join(faults...)
}

// call is a rung that is due.
type call struct {
	to      Level
	planned time.Time
	past    bool // at or after the base
}

// due lists the calls with Told < moment <= now, at most one for each level (the
// latest), lowest level first.
func (l ladder) due(now time.Time, rungs []Rung, repeat time.Duration, q cadence.Quiet) []call {
	if l.Base.IsZero() || q.Holds(now) {
		return nil
	}
	var out []call
	add := func(c call) {
		if n := len(out); n > 0 && out[n-1].to == c.to {
			out[n-1] = c
			return
		}
		out = append(out, c)
	}
	for _, r := range rungs {
		at := q.Add(l.Base, r.After)
		if at.After(l.Told) && !at.After(now) {
			add(call{to: r.To, planned: at, past: r.After >= 0})
		}
	}
	if at, ok := l.lastRepeat(now, rungs, repeat, q); ok && at.After(l.Told) && len(out) == 0 {
		add(call{to: ToUnit, planned: at, past: true})
	}
	return out
}

// top is the moment of the last rung, from which repeats count.
func (l ladder) top(rungs []Rung, q cadence.Quiet) time.Time {
	at := l.Base
	if n := len(rungs); n > 0 && rungs[n-1].After > 0 {
		at = q.Add(l.Base, rungs[n-1].After)
	}
	return at
}

// lastRepeat is the latest repeat not after now.
func (l ladder) lastRepeat(now time.Time, rungs []Rung, repeat time.Duration, q cadence.Quiet) (time.Time, bool) {
	top := l.top(rungs, q)
	if repeat <= 0 || now.Before(top.Add(repeat)) {
		return time.Time{}, false
	}
	for n := int64(now.Sub(top) / repeat); n > 0; n-- {
		if at := q.After(top.Add(time.Duration(n) * repeat)); !at.After(now) {
			return at, true
		}
	}
	return time.Time{}, false
}

// next is the first moment after now at which a rung or a repeat is due; zero when there is none.
// What fell due in quiet time waits for its end.
func (l ladder) next(now time.Time, rungs []Rung, repeat time.Duration, q cadence.Quiet) time.Time {
	if l.Base.IsZero() {
		return time.Time{}
	}
	from := l.Told
	if !q.Holds(now) && now.After(from) {
		from = now
	}
	for _, r := range rungs {
		if at := q.Add(l.Base, r.After); at.After(from) {
			return q.After(later(at, now))
		}
	}
	if repeat <= 0 {
		return time.Time{}
	}
	top := l.top(rungs, q)
	for n := max(0, int64(from.Sub(top)/repeat)); ; n++ {
		if at := q.After(top.Add(time.Duration(n) * repeat)); n > 0 && at.After(from) {
			return q.After(later(at, now))
		}
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
