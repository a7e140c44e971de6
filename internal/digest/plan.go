package digest

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"trucban/internal/cadence"
	"trucban/internal/roster"
	"trucban/internal/team"
)

// QuietMode is what happens on a quiet day.
type QuietMode string

// Quiet modes; the zero mode is QuietLine.
const (
	QuietLine QuietMode = "line" // one line
	QuietSkip QuietMode = "skip" // nothing is sent
	QuietFull QuietMode = "full" // the six lines all the same
)

// After a notable event the summary waits Settle, so that what follows at once is
// in it, and keeps Spacing from the one before it.
const (
	Settle  = 3 * time.Minute
	Spacing = 15 * time.Minute
)

// Faults of an acknowledgement.
var (
	ErrNoSummary = errors.New("there is no such summary to acknowledge")
	ErrAcked     = errors.New("the summary was acknowledged by this person before")
)

// PictureMode says when a picture goes with a summary.
type PictureMode string

// Picture modes; the zero mode is PictureDaily: on a bad network one picture a day
// is what a leaders' chat bears.
const (
	PictureDaily PictureMode = "daily" // with the day's first summary that has something to say
	PictureEach  PictureMode = "each"  // with every planned summary that has something to say
	PictureNone  PictureMode = "none"
)

// Ack is "Đã nắm": who took note of which summary, and when.
type Ack struct {
	Seq int           `json:"seq"`
	By  team.MemberID `json:"by"`
	At  time.Time     `json:"at"`
}

// Plan says when a subtree's leaders get their summary. It keeps the last summary
// for the comparison and who took note of it.
type Plan struct {
	ID     string          `json:"id"`
	Scope  team.UnitID     `json:"scope,omitzero"`
	Times  cadence.Cadence `json:"times"`
	Quiet  QuietMode       `json:"quiet,omitzero"`
	Passed time.Time       `json:"passed"`          // the times up to here were dealt with
	Asked  time.Time       `json:"asked,omitzero"`  // a notable event wants one by then
	Why    string          `json:"why,omitzero"`    // of Asked: the event's fixed name
	Seq    int             `json:"seq,omitzero"`    // number of the last summary made
	Made   time.Time       `json:"made,omitzero"`   // when
	Last   *Summary        `json:"last,omitzero"`   // compact
	Acks   []Ack           `json:"acks,omitzero"`   // of the last keepAcks summaries
	Paused bool            `json:"paused,omitzero"` // the desk switched it off
	Drawn  time.Time       `json:"drawn,omitzero"`  // when a picture went along last
}

const keepAcks = 10

// NewPlan makes a plan whose first summary comes at the first of its times after now.
func NewPlan(id string, scope team.UnitID, times cadence.Cadence, now time.Time) (Plan, error) {
	if err := times.Validate(now); err != nil {
		return Plan{}, err
	}
	return Plan{ID: id, Scope: scope, Times: times, Passed: now, Made: now}, nil
}

// Due says that a summary is to be made now.
type Due struct {
	Key     string // unique within the plan; part of the outgoing items' ids
	From    time.Time
	Planned time.Time
	Why     string        // of one asked for by an event; "" at a planned time
	Late    time.Duration // how much later than planned, when more than two minutes
}

const grace = 2 * time.Minute

// Step says whether a summary is due and when to look again; the zero time means
// never. Times missed in an outage make one summary, said to be late. Called
// again at the same moment it does nothing.
func (p Plan) Step(now time.Time) (Plan, *Due, time.Time) {
	if p.Paused {
		return p, nil, time.Time{}
	}
	next := p
	var due *Due
	planned := p.lastPlanned(now)
	switch {
	case !planned.IsZero():
		due = &Due{Planned: planned}
	case !p.Asked.IsZero() && !p.Asked.After(now):
		due = &Due{Planned: p.Asked, Why: p.Why}
	}
	if due != nil {
		next.Seq++
		due.Key, due.From = fmt.Sprint(next.Seq), p.Made
		if late := now.Sub(due.Planned); late > grace {
			due.Late = late
		}
		next.Passed, next.Made = now, now
		next.Asked, next.Why = time.Time{}, ""
	}
	return next, due, next.wake(now)
}

// lastPlanned is the latest of the times in (Passed, now], zero when there is none.
func (p Plan) lastPlanned(now time.Time) time.Time {
	first := p.Times.Next(p.Passed)
	if first.IsZero() || first.After(now) {
		return time.Time{}
	}
	// After a long outage the times of the last day tell the latest one, unless
	// the plan is rarer than that.
	if day := now.Add(-24 * time.Hour); first.Before(day) {
		if at := p.Times.Next(day); !at.IsZero() && !at.After(now) {
			first = at
		}
	}
	for {
		at := p.Times.Next(first)
		if at.IsZero() || at.After(now) {
			return first
		}
		first = at
	}
}

func (p Plan) wake(now time.Time) time.Time {
	at := p.Times.Next(later(p.Passed, now))
	if !p.Asked.IsZero() && (at.IsZero() || p.Asked.Before(at)) {
		return p.Asked
	}
	return at
}

// Notable asks for a summary soon because something happened at the moment; more
// events before it is made are in the same one, and one that is planned within
// Spacing of it takes its place. It gives the moment to look again.
func (p Plan) Notable(at time.Time, why string) (Plan, time.Time) {
	if p.Paused || !p.Asked.IsZero() {
		return p, p.wake(at)
	}
	asked := at.Add(Settle)
	if p.Seq > 0 {
		asked = later(asked, p.Made.Add(Spacing))
	}
	if planned := p.Times.Next(later(p.Passed, at)); !planned.IsZero() && planned.Before(asked.Add(Spacing)) {
		return p, p.wake(at) // the planned one says it a little later
	}
	p.Asked, p.Why = asked, why
	return p, p.wake(at)
}

// Record keeps the summary that was made, for the next comparison.
func (p Plan) Record(s Summary) Plan {
	c := s.Compact()
	p.Last = &c
	p.Acks = slices.DeleteFunc(slices.Clone(p.Acks), func(a Ack) bool { return a.Seq <= p.Seq-keepAcks })
	return p
}

// Show says what of the summary is sent.
func (p Plan) Show(s Summary) QuietMode {
	if !s.Quiet {
		return QuietFull
	}
	if p.Quiet == "" {
		return QuietLine
	}
	return p.Quiet
}

// Picture reports whether a picture goes with the summary that is due, and notes
// it. What an event asked for comes without: it is read at once, on the way.
func (p Plan) Picture(mode PictureMode, due Due, now time.Time) (Plan, bool) {
	sameDay := now.In(roster.Zone).Format(time.DateOnly) == p.Drawn.In(roster.Zone).Format(time.DateOnly)
	if mode == PictureNone || due.Why != "" || mode != PictureEach && sameDay {
		return p, false
	}
	p.Drawn = now
	return p, true
}

// Acknowledge records "Đã nắm" for the summary of that number.
func (p Plan) Acknowledge(seq int, by team.MemberID, at time.Time) (Plan, error) {
	if seq < 1 || seq > p.Seq || seq <= p.Seq-keepAcks {
		return p, ErrNoSummary
	}
	if slices.ContainsFunc(p.Acks, func(a Ack) bool { return a.Seq == seq && a.By == by }) {
		return p, ErrAcked
	}
	p.Acks = append(slices.Clone(p.Acks), Ack{Seq: seq, By: by, At: at})
	return p, nil
}

// AcksOf lists who took note of the summary of that number, in order of time.
func (p Plan) AcksOf(seq int) []Ack {
	var out []Ack
	for _, a := range p.Acks {
		if a.Seq == seq {
			out = append(out, a)
		}
	}
	return out
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
