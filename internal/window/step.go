package window

import (
	"fmt"
	"slices"
	"time"

	"trucban/internal/team"
)

// Level is whom a reminder goes to.
type Level string

// Levels, in the order they are called.
const (
	ToUnit Level = "unit"
	ToHead Level = "head"
)

// Rung is one reminder before the deadline.
type Rung struct {
	Before time.Duration `json:"before"`
	To     Level         `json:"to"`
}

// Policy is when units that have not filed are reminded, the earliest first. At
// the deadline itself the round closes and the desk sees who is missing.
type Policy struct {
	Remind []Rung        `json:"remind"`
	Grace  time.Duration `json:"grace"` // how late a step may be without being called late
}

// DefaultPolicy is what an office gets that sets nothing.
func DefaultPolicy() Policy {
	return Policy{
		Remind: []Rung{{time.Hour, ToUnit}, {30 * time.Minute, ToUnit}, {10 * time.Minute, ToHead}},
		Grace:  2 * time.Minute,
	}
}

// EffectKind says what the bot has to do at a step.
type EffectKind string

// The closed set of effects.
const (
	Prompt EffectKind = "prompt" // ask Units for the report
	Remind EffectKind = "remind" // ask Units again, at the level
	Close  EffectKind = "close"  // draft the town's report from Round, with who is missing
)

// Effect is one thing to do now.
type Effect struct {
	Kind    EffectKind
	Key     string // unique within the window; part of the outgoing items' ids
	To      Level  // of Remind
	Units   []team.UnitID
	Round   Round
	Planned time.Time
	Late    time.Duration // how much later than planned, when more than the policy's grace
	Until   time.Time     // after this the message is stale; zero: no limit
}

// Step takes every step that is due and says when to look again; the zero time
// means never. Called again at the same moment it does nothing.
func (w Window) Step(now time.Time, p Policy) (Window, []Effect, time.Time) {
	if w.Ended != nil {
		return w, nil, time.Time{}
	}
	next := w.clone()
	s := stepper{now: now, policy: p}
	for range maxCatchUp {
		if next.Now == nil && !next.open(&s) {
			break
		}
		s.remind(next.Now)
		if now.Before(next.Now.Closes) {
			break
		}
		next.close(&s)
	}
	if len(s.effects) > 0 {
		next.Seq++
		for i := range s.effects {
			s.effects[i].Key = fmt.Sprintf("%d/%d/%s", next.Seq, i, s.effects[i].Kind)
		}
	}
	return next, s.effects, next.wake(now, p)
}

// maxCatchUp bounds how many deadlines of an outage one step deals with; the next step follows at once.
const maxCatchUp = 32

type stepper struct {
	now     time.Time
	policy  Policy
	effects []Effect
}

func (s *stepper) add(e Effect) {
	if late := s.now.Sub(e.Planned); late > s.policy.Grace {
		e.Late = late
	}
	s.effects = append(s.effects, e)
}

// open starts the next round when its moment has come.
func (w *Window) open(s *stepper) bool {
	closes := w.deadline()
	if closes.IsZero() {
		return false
	}
	opens := w.opening(closes)
	if opens.After(s.now) {
		return false
	}
	w.Now = &Round{
		Key: closes.UTC().Format(time.RFC3339), Opens: opens, Closes: closes,
		Units: slices.Clone(w.Units), Told: s.now, Filed: map[team.UnitID]Report{},
		Unseen: !s.now.Before(closes),
	}
	if !w.Now.Unseen {
		s.add(Effect{Kind: Prompt, Units: w.Now.Units, Round: *w.Now, Planned: opens, Until: closes})
	}
	return true
}

// opening is Lead before the deadline, but not before the deadline that went before.
func (w Window) opening(closes time.Time) time.Time {
	at := closes.Add(-w.Lead)
	if w.Lead <= 0 {
		at = closes.Add(-DefaultLead)
	}
	if at.Before(w.Passed) {
		return w.Passed
	}
	return at
}

// remind calls those who have not filed; reminders of one level that were missed together are one.
func (s *stepper) remind(r *Round) {
	missing := r.Missing()
	if len(missing) == 0 || !s.now.Before(r.Closes) {
		return
	}
	calls := map[Level]time.Time{}
	for _, g := range s.policy.Remind {
		if at := r.Closes.Add(-g.Before); at.After(r.Told) && !at.After(s.now) && at.After(calls[g.To]) {
			calls[g.To] = at
		}
	}
	for _, to := range []Level{ToUnit, ToHead} {
		if at, ok := calls[to]; ok {
			s.add(Effect{Kind: Remind, To: to, Units: missing, Round: *r, Planned: at, Until: r.Closes})
		}
	}
	if len(calls) > 0 {
		r.Told = s.now
	}
}

// close ends the open round and hands it over for the town's report.
func (w *Window) close(s *stepper) {
	r := w.Now
	r.Closed = s.now
	w.Now, w.Last, w.Passed = nil, r, r.Closes
	s.add(Effect{Kind: Close, Units: r.Missing(), Round: *r, Planned: r.Closes})
}

// wake is the next moment the window wants to be looked at.
func (w Window) wake(now time.Time, p Policy) time.Time {
	if w.Now == nil {
		closes := w.deadline()
		if closes.IsZero() {
			return time.Time{}
		}
		return w.opening(closes)
	}
	best := w.Now.Closes
	if len(w.Now.Missing()) == 0 {
		return best
	}
	for _, g := range p.Remind {
		if at := w.Now.Closes.Add(-g.Before); at.After(now) && at.After(w.Now.Told) && at.Before(best) {
			best = at
		}
	}
	return best
}
