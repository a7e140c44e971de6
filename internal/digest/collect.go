package digest

import (
	"time"

	"trucban/internal/checkin"
	"trucban/internal/checklist"
	"trucban/internal/incident"
	"trucban/internal/team"
	"trucban/internal/window"
)

// Collector turns the concepts' own values into facts, so that a state is read
// the same way wherever it is counted.
type Collector struct {
	Facts  Facts
	org    *team.Org
	now    time.Time
	policy func(team.UnitID) checkin.Policy
}

// Collect begins a summary of the subtree over what happened from the moment on.
func Collect(org *team.Org, scope team.UnitID, from, now time.Time) *Collector {
	c := &Collector{org: org, now: now, policy: func(team.UnitID) checkin.Policy { return checkin.DefaultPolicy() }, Facts: Facts{Scope: scope, From: from}}
	for _, u := range org.Units {
		c.Facts.Units = append(c.Facts.Units, UnitFact{ID: u.ID, Name: u.Label(), Parent: u.Parent})
	}
	return c
}

// Policy sets the check-in policy of each unit, by which the statuses are read; the default one otherwise.
func (c *Collector) Policy(p func(team.UnitID) checkin.Policy) { c.policy = p }

func (c *Collector) name(id team.MemberID) string {
	if m, ok := c.org.Member(id); ok {
		return m.Name
	}
	return string(id)
}

// Watch adds a shift that has begun; later ones are passed over. People who are
// excused or covered are not expected.
func (c *Collector) Watch(w checkin.Watch) {
	if w.Shift.Start.After(c.now) {
		return
	}
	f := ShiftFact{ID: string(w.Shift.ID), Unit: w.Shift.Unit, Name: w.Shift.Name, Start: w.Shift.Start, End: w.Shift.End}
	p := c.policy(w.Shift.Unit)
	for _, m := range w.People() {
		person := PersonFact{ID: m, Name: c.name(m)}
		switch w.Status(m, c.now, p) {
		case checkin.Excused, checkin.Covered:
			continue
		case checkin.OnTime:
			f.OnTime++
		case checkin.Late:
			person.Minutes = w.Marks[m].Minutes
			f.Late = append(f.Late, person)
		case checkin.Missing, checkin.Absent:
			f.Missed = append(f.Missed, person)
		}
		f.Expected++
	}
	c.Facts.Shifts = append(c.Facts.Shifts, f)
}

// Run adds a directive's run in one unit; closed ones are passed over.
func (c *Collector) Run(r checklist.Run) {
	if r.Closed != nil {
		return
	}
	p := r.Progress(c.now)
	title := r.Number
	if title == "" {
		title = r.Title
	}
	c.Facts.Runs = append(c.Facts.Runs, RunFact{
		Directive: r.Directive, Title: title, Unit: r.Unit,
		Settled: p.Settled(), Owed: p.Owed(), Overdue: p.Late, Help: p.Help, Received: r.Received != nil,
	})
}

// Incident adds an incident under the label of its kind; drills, and those closed before the span, are passed over.
func (c *Collector) Incident(i incident.Incident, kind string) {
	if i.Drill || (!i.IsOpen() && i.ClosedAt.Before(c.Facts.From)) {
		return
	}
	owner := i.Handler
	if owner == "" {
		owner = i.AckedBy
	}
	f := IncidentFact{
		ID: string(i.ID), Kind: kind, Level: string(i.Level), Unit: i.Unit, Since: i.ReportedAt, State: string(i.State),
		Open: i.IsOpen(), Grave: i.Level == incident.Serious || i.Level == incident.Critical, Waiting: i.Unacked(),
	}
	if owner != "" {
		f.Owner = c.name(owner)
	}
	c.Facts.Incidents = append(c.Facts.Incidents, f)
}

// Window adds the reports of a window's open round and of the one closed in the
// span. A round nobody was asked for, because the bot was down, is nobody's debt.
func (c *Collector) Window(w window.Window) {
	for _, r := range []*window.Round{w.Last, w.Now} {
		if r == nil || r.Unseen || r.Closes.Before(c.Facts.From) {
			continue
		}
		for _, u := range r.Units {
			rep, filed := r.Filed[u]
			c.Facts.Reports = append(c.Facts.Reports, ReportFact{
				Window: w.ID + "/" + r.Key, Name: w.Name, Unit: u, Closes: r.Closes, Filed: filed, Late: rep.Late > 0, None: rep.None,
			})
		}
	}
}

// Unreachable adds a person no message reaches.
func (c *Collector) Unreachable(m team.Member, reason string, since time.Time, onDuty bool) {
	c.Facts.Unreachable = append(c.Facts.Unreachable, UnreachableFact{
		ID: m.ID, Unit: m.Unit, Name: m.Name, Reason: reason, Since: since, OnDuty: onDuty,
	})
}
