// Package window is the report duty (chế độ báo cáo): a deadline that comes again
// or stands on dated days, until which every unit files a report, if only "không
// có sự cố".
//
// It promises that each deadline opens once, reminds only the units that have not
// filed, marks what came after it as late, and at the close hands over a round
// that says who filed what and who did not. A round that fell into an outage is
// opened late when there is still time and otherwise closed as unseen, which is
// said. It decides with values: no clock, no store, no text.
//
// One window is one document. Where hundreds of units would file in the same
// minute, give each subtree a window of its own.
package window

import (
	"errors"
	"slices"
	"strings"
	"time"

	"trucban/internal/cadence"
	"trucban/internal/team"
)

// Stamp is who did something and when.
type Stamp struct {
	By team.MemberID `json:"by"`
	At time.Time     `json:"at"`
}

// Form is a filed report in words; all empty means nothing to report.
type Form struct {
	Situation string `json:"situation,omitzero"` // tình hình chung
	Issues    string `json:"issues,omitzero"`    // vấn đề phát sinh
	Proposals string `json:"proposals,omitzero"` // kiến nghị
}

func (f Form) trim() Form {
	return Form{strings.TrimSpace(f.Situation), strings.TrimSpace(f.Issues), strings.TrimSpace(f.Proposals)}
}

// Report is what a unit filed; a later one replaces it and keeps the count.
type Report struct {
	Stamp
	None    bool          `json:"none,omitzero"` // "không có sự cố"
	Form    Form          `json:"form,omitzero"`
	Late    time.Duration `json:"late,omitzero"`    // after the deadline by so much
	Changed int           `json:"changed,omitzero"` // how often it was filed again
	First   time.Time     `json:"first"`            // when the unit first filed
}

// Round is one deadline of a window.
type Round struct {
	Key    string                 `json:"key"` // the deadline, RFC 3339 in UTC
	Opens  time.Time              `json:"opens"`
	Closes time.Time              `json:"closes"` // the deadline: what is filed at this moment or later is late
	Units  []team.UnitID          `json:"units"`  // who owes a report, as the window stood at the opening
	Filed  map[team.UnitID]Report `json:"filed,omitzero"`
	Told   time.Time              `json:"told,omitzero"` // reminders up to here were given
	Closed time.Time              `json:"closed,omitzero"`
	Unseen bool                   `json:"unseen,omitzero"` // the deadline passed before anybody was asked
}

// Missing lists the units that have not filed, in the window's order.
func (r Round) Missing() []team.UnitID {
	var out []team.UnitID
	for _, u := range r.Units {
		if _, ok := r.Filed[u]; !ok {
			out = append(out, u)
		}
	}
	return out
}

// Window is one report duty.
type Window struct {
	ID       string          `json:"id"`
	Name     string          `json:"name"` // "Báo cáo nhanh hằng ngày"
	Full     bool            `json:"full,omitzero"`
	Schedule cadence.Cadence `json:"schedule"` // the deadlines
	// Lead is how long before the deadline the window opens; zero is DefaultLead.
	Lead  time.Duration `json:"lead,omitzero"`
	From  time.Time     `json:"from,omitzero"` // deadlines before it do not count; the making of the window at least
	Until time.Time     `json:"until,omitzero"`
	Units []team.UnitID `json:"units"`

	Now  *Round `json:"now,omitzero"`  // the open round
	Last *Round `json:"last,omitzero"` // the round closed last; late reports still go into it
	// Passed is the latest deadline that was dealt with.
	Passed time.Time `json:"passed,omitzero"`
	Ended  *Stamp    `json:"ended,omitzero"`
	Seq    int       `json:"seq,omitzero"`
}

// DefaultLead is how long before its deadline a window opens.
const DefaultLead = 2 * time.Hour

// LateFor is how long after its close a round still takes late reports, unless the next one opens before.
const LateFor = 24 * time.Hour

// Faults of a window.
var (
	ErrNotOpen  = errors.New("no report is asked for now")
	ErrNotAsked = errors.New("this unit owes no report here")
	ErrEmpty    = errors.New("the report says nothing")
	ErrNever    = errors.New("the window has no deadline ahead")
	ErrNoUnits  = errors.New("the window has no units")
	ErrEnded    = errors.New("the window was ended")
)

// New makes a window whose first deadline lies after now.
func New(w Window, now time.Time) (Window, error) {
	if err := w.Schedule.Validate(now); err != nil {
		return w, err
	}
	if len(w.Units) == 0 {
		return w, ErrNoUnits
	}
	if w.Lead <= 0 {
		w.Lead = DefaultLead
	}
	w.Passed = now
	if w.Now != nil {
		w.Passed = later(now, w.Now.Closes)
	}
	if w.From.After(w.Passed) {
		w.Passed = w.From.Add(-time.Millisecond)
	}
	if w.deadline().IsZero() {
		return w, ErrNever
	}
	return w, nil
}

// deadline is the next deadline not dealt with, zero when there is none.
func (w Window) deadline() time.Time {
	at := w.Schedule.Next(w.Passed)
	if at.IsZero() || w.Ended != nil || (!w.Until.IsZero() && at.After(w.Until)) {
		return time.Time{}
	}
	return at
}

// clone copies what decisions change.
func (w Window) clone() Window {
	w.Now, w.Last = w.Now.clone(), w.Last.clone()
	return w
}

func (r *Round) clone() *Round {
	if r == nil {
		return nil
	}
	c := *r
	c.Units = slices.Clone(r.Units)
	c.Filed = make(map[team.UnitID]Report, len(r.Filed))
	for k, v := range r.Filed {
		c.Filed[k] = v
	}
	return &c
}

// round is where a report filed at the moment goes: the open round, else the last
// one as long as late reports are taken.
func (w *Window) round(at time.Time) (*Round, error) {
	if w.Now != nil {
		return w.Now, nil
	}
	if w.Last != nil && at.Before(w.Last.Closes.Add(LateFor)) {
		return w.Last, nil
	}
	return nil, ErrNotOpen
}

// File records a unit's report at the moment it was sent; none says "không có sự cố".
// A report for a deadline that has passed is taken and marked late.
func (w Window) File(u team.UnitID, s Stamp, none bool, f Form) (Window, Report, error) {
	f = f.trim()
	if !none && f == (Form{}) {
		return w, Report{}, ErrEmpty
	}
	next := w.clone()
	round, err := next.round(s.At)
	if err != nil {
		return w, Report{}, err
	}
	if !slices.Contains(round.Units, u) {
		return w, Report{}, ErrNotAsked
	}
	rep := Report{Stamp: s, None: none, Form: f, First: s.At}
	if old, ok := round.Filed[u]; ok {
		rep.First, rep.Changed = old.First, old.Changed+1
	}
	if !rep.First.Before(round.Closes) {
		rep.Late = rep.First.Sub(round.Closes)
		if rep.Late == 0 {
			rep.Late = time.Millisecond // at the very deadline is late: "trước 15h00"
		}
	}
	if round.Filed == nil {
		round.Filed = map[team.UnitID]Report{}
	}
	round.Filed[u] = rep
	return next, rep, nil
}

// Change sets other deadlines or units from now on; the open round goes on as it
// was asked for.
func (w Window) Change(schedule cadence.Cadence, units []team.UnitID, now time.Time) (Window, error) {
	if w.Ended != nil {
		return w, ErrEnded
	}
	next := w.clone()
	next.Schedule, next.Units = schedule, units
	return New(next, later(now, w.Passed))
}

// Owes reports whether the unit is asked for a report now and has filed none.
func (w Window) Owes(u team.UnitID) bool {
	return w.Now != nil && slices.Contains(w.Now.Missing(), u)
}

// Marks are the conditions that hold in this state, for guards of messages on
// their way: UnitMark(u) while the unit's report is missing.
func (w Window) Marks() []string {
	if w.Now == nil {
		return nil
	}
	var out []string
	for _, u := range w.Now.Missing() {
		out = append(out, UnitMark(u))
	}
	return out
}

// UnitMark is the mark that holds while the unit's report is missing.
func UnitMark(u team.UnitID) string { return "owes:" + string(u) }

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// End stops the window; an open round is dropped without a draft.
func (w Window) End(s Stamp) (Window, error) {
	if w.Ended != nil {
		return w, ErrEnded
	}
	next := w.clone()
	next.Ended, next.Now = &s, nil
	return next, nil
}
