package incident

import (
	"fmt"
	"slices"
	"time"

	"trucban/internal/team"
)

// Deadline is one report the law asks for, as it applies to this incident.
type Deadline struct {
	ID      string        `json:"id"` // "anm-2026.h24"
	Regime  string        `json:"regime"`
	What    string        `json:"what"` // what is to be sent, in the words of the rules
	To      string        `json:"to,omitempty"`
	At      time.Time     `json:"at"`
	AtOnce  bool          `json:"at_once,omitempty"` // due the moment it applies; At is that moment
	MetBy   team.MemberID `json:"met_by,omitempty"`
	MetAt   time.Time     `json:"met,omitzero"`
	Said    time.Time     `json:"said,omitzero"` // last reminder
	Missed  bool          `json:"missed,omitempty"`
	Misses  int           `json:"misses,omitempty"`  // times a miss was said, as the deadline moved
	Dropped bool          `json:"dropped,omitempty"` // no longer asked for: level lowered, false alarm, drill over
}

// Open reports whether the report is still to be sent.
func (d Deadline) Open() bool { return d.MetAt.IsZero() && !d.Dropped }

// OverdueAt reports whether the report is still to be sent and its time is over.
// What is due at once has half an hour, the bot's own measure and not the law's.
func (d Deadline) OverdueAt(now time.Time) bool { return d.Open() && !now.Before(d.last()) }

func (d Deadline) last() time.Time {
	if d.AtOnce {
		return d.At.Add(30 * time.Minute)
	}
	return d.At
}

// reminders are the moments before the deadline at which it is spoken of, earliest first.
func (d Deadline) reminders(begin time.Time) []time.Time {
	if d.AtOnce {
		return []time.Time{d.At}
	}
	var out []time.Time
	for _, before := range []time.Duration{24 * time.Hour, 6 * time.Hour, time.Hour} {
		if at := d.At.Add(-before); at.After(begin) {
			out = append(out, at)
		}
	}
	return out
}

// replan brings the deadlines in line with kind, level and times. What was met,
// said or missed stays; a deadline that moved may be missed anew.
func (i Incident) replan(p Policy) Incident {
	want := i.wanted(p)
	list := slices.Clone(i.Deadlines)
	for n := range list {
		d := &list[n]
		k := slices.IndexFunc(want, func(w Deadline) bool { return w.ID == d.ID })
		if k < 0 {
			d.Dropped = d.MetAt.IsZero()
			continue
		}
		if !d.At.Equal(want[k].At) {
			d.Missed = false
		}
		d.Dropped, d.At, d.AtOnce = false, want[k].At, want[k].AtOnce
		d.What, d.To = want[k].What, want[k].To
		want = slices.Delete(want, k, k+1)
	}
	i.Deadlines = append(list, want...)
	slices.SortStableFunc(i.Deadlines, func(a, b Deadline) int { return a.At.Compare(b.At) })
	return i
}

// wanted are the deadlines the rules ask of the incident as it stands. A false
// alarm, a merged incident and a drill that is over owe nothing.
func (i Incident) wanted(p Policy) []Deadline {
	if !i.IsOpen() && (i.Drill || i.Outcome != OutcomeSolved) {
		return nil
	}
	var out []Deadline
	stages := map[string]string{}
	for _, rg := range p.Rules.At(i.FoundAt, p.Regime) {
		for _, duty := range rg.Deadlines {
			if d, ok := i.owes(rg, duty, p.Rules); ok {
				out = append(out, d)
				stages[d.ID] = duty.Stage
			}
		}
	}
	if p.Regime == "" && p.Rules.InGap(i.FoundAt) {
		out = strictest(out, stages)
	}
	return out
}

func (i Incident) owes(rg Regime, duty Duty, r Rules) (Deadline, bool) {
	d := Deadline{ID: rg.ID + "." + duty.ID, Regime: rg.ID, What: duty.What, AtOnce: duty.Within.AtOnce}
	if len(rg.ReportTo) > 0 {
		d.To = rg.ReportTo[0]
	}
	switch duty.From {
	case FromResolved:
		d.At = i.ResolvedAt
	case FromClosed:
		d.At = i.ClosedAt
	default:
		d.At = i.FoundAt
	}
	if d.At.IsZero() || !i.Level.AtLeast(duty.MinLevel) {
		return d, false
	}
	kind, _ := r.Kind(i.Kind)
	if kind.NotAttack || len(duty.Kinds) > 0 && !slices.Contains(duty.Kinds, i.Kind) {
		return d, false
	}
	d.At = d.At.Add(duty.Within.Duration)
	return d, true
}

// strictest keeps, of the deadlines of one stage, the earliest: between two
// regimes the office cannot go wrong by the sooner one.
func strictest(list []Deadline, stages map[string]string) []Deadline {
	return slices.DeleteFunc(slices.Clone(list), func(d Deadline) bool {
		return slices.ContainsFunc(list, func(o Deadline) bool {
			if o.ID == d.ID || stages[o.ID] != stages[d.ID] || stages[d.ID] == "" {
				return false
			}
			return o.At.Before(d.At) || o.At.Equal(d.At) && o.ID < d.ID
		})
	})
}

// deadlines says each reminder and each miss once and looks ahead to the next.
func (s *stepper) deadlines() {
	s.i.Deadlines = slices.Clone(s.i.Deadlines)
	for n := range s.i.Deadlines {
		d := &s.i.Deadlines[n]
		if !d.Open() || d.Missed {
			continue
		}
		if d.OverdueAt(s.now) {
			d.Missed = true
			d.Misses++
			s.say(Effect{ID: fmt.Sprintf("missed/%s/%d", d.ID, d.Misses), Kind: DeadlineMissed, Deadline: d.ID, Planned: d.last(), Mark: "deadline:" + d.ID})
			s.i = s.i.note(Act{At: s.now}, WhatMissed, d.ID)
			continue
		}
		s.remind(d)
		s.look(d.last())
	}
}

// remind says only the newest of the reminders that are due.
func (s *stepper) remind(d *Deadline) {
	var planned time.Time
	for _, at := range d.reminders(s.i.FoundAt) {
		if at.After(s.now) {
			s.look(at)
			break
		}
		if at.After(d.Said) || d.Said.IsZero() {
			planned = at
		}
	}
	if planned.IsZero() {
		return
	}
	d.Said = s.now
	s.say(Effect{ID: fmt.Sprintf("remind/%s/%d", d.ID, planned.Unix()), Kind: RemindDeadline, Deadline: d.ID, Planned: planned, Mark: "deadline:" + d.ID})
}

// Overdue lists the deadlines that passed without their report, oldest first.
func (i Incident) Overdue(now time.Time) []Deadline {
	var out []Deadline
	for _, d := range i.Deadlines {
		if d.OverdueAt(now) {
			out = append(out, d)
		}
	}
	return out
}
