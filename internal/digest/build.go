package digest

import (
	"time"

	"trucban/internal/team"
)

// Build makes the summary of the facts at the moment. last is the summary to
// compare with; nil makes everything that is amiss new.
func Build(in Facts, last *Summary, now time.Time) Summary {
	b := newBuilder(in)
	b.shifts(in.Shifts)
	b.runs(in.Runs)
	b.incidents(in.Incidents)
	b.reports(in.Reports, now)
	b.unreachable(in.Unreachable)
	s := Summary{Scope: in.Scope, From: in.From, At: now, First: last == nil, Light: Green}
	b.fill(&s)
	if last != nil {
		was := last.Count
		s.Was = &was
	}
	s.Changes = diff(last, s, b.shown)
	s.Quiet = s.Light == Green && len(s.Changes) == 0
	return s
}

type builder struct {
	units    map[team.UnitID]int // index into totals; only units of the scope
	totals   []UnitCount
	items    map[Topic][]Item
	shown    map[string]bool // contexts whose items were looked at again: what is gone from them is resolved
	lagging  map[team.UnitID]bool
	alphabet *Alphabet
}

func newBuilder(in Facts) *builder {
	b := &builder{
		units: map[team.UnitID]int{}, items: map[Topic][]Item{}, shown: map[string]bool{},
		lagging: map[team.UnitID]bool{}, alphabet: in.Alphabet,
	}
	within := scope(in)
	for _, u := range in.Units {
		if !within(u.ID) {
			continue
		}
		b.units[u.ID] = len(b.totals)
		b.totals = append(b.totals, UnitCount{Unit: u.ID, Name: u.Name, Light: Green})
	}
	return b
}

// Within answers whether a unit lies in the facts' subtree, for callers that
// gather only what will count.
func Within(in Facts) func(team.UnitID) bool { return scope(in) }

// scope answers whether a unit lies in the subtree, each unit looked at once.
func scope(in Facts) func(team.UnitID) bool {
	if in.Scope == "" {
		return func(team.UnitID) bool { return true }
	}
	parent := make(map[team.UnitID]team.UnitID, len(in.Units))
	for _, u := range in.Units {
		parent[u.ID] = u.Parent
	}
	known := map[team.UnitID]bool{in.Scope: true, "": false}
	return func(u team.UnitID) bool {
		var path []team.UnitID
		answer, ok := known[u]
		for !ok {
			path = append(path, u)
			known[u] = false // a tree that goes round in a circle ends here
			u = parent[u]
			answer, ok = known[u]
		}
		for _, p := range path {
			known[p] = answer
		}
		return answer
	}
}

// unit is the totals of a unit, nil outside the scope.
func (b *builder) unit(id team.UnitID) *UnitCount {
	i, ok := b.units[id]
	if !ok {
		return nil
	}
	return &b.totals[i]
}

func (b *builder) add(u *UnitCount, it Item) {
	it.Unit, it.Name = u.Unit, u.Name
	u.Light = worse(u.Light, it.Light)
	b.items[it.Topic] = append(b.items[it.Topic], it)
}

func (b *builder) shifts(facts []ShiftFact) {
	for _, f := range facts {
		u := b.unit(f.Unit)
		if u == nil {
			continue
		}
		b.shown["shift/"+f.ID] = true
		u.Count.Shifts++
		u.Count.Expected += f.Expected
		u.Count.OnTime += f.OnTime
		u.Count.Late += len(f.Late)
		u.Count.Missed += len(f.Missed)
		for _, l := range f.Late {
			b.add(u, Item{
				Key: "shift/" + f.ID + "/" + string(l.ID), Topic: Attendance, Light: Amber, Subject: l.Name,
				State: "late", N: l.Minutes, Since: f.Start, Context: "shift/" + f.ID,
			})
		}
		for _, m := range f.Missed {
			b.add(u, Item{
				Key: "shift/" + f.ID + "/" + string(m.ID), Topic: Attendance, Light: Red, Subject: m.Name,
				State: "missed", Since: f.Start, Context: "shift/" + f.ID,
			})
		}
	}
}

func (b *builder) runs(facts []RunFact) {
	for _, f := range facts {
		u := b.unit(f.Unit)
		if u == nil {
			continue
		}
		u.Count.Settled += f.Settled
		u.Count.Owed += f.Owed
		u.Count.Overdue += f.Overdue
		u.Count.Help += f.Help
		it := Item{
			Key: "run/" + f.Directive + "/" + string(f.Unit), Topic: Tasks, Subject: f.Title, Context: f.Directive,
		}
		switch {
		case f.Overdue > 0:
			it.Light, it.State, it.N = Red, "overdue", f.Overdue
		case f.Help > 0:
			it.Light, it.State, it.N = Amber, "help", f.Help
		case !f.Received && f.Settled < f.Owed:
			it.Light, it.State = Amber, "unreceived"
		}
		if !f.Received {
			u.Count.Unreceived++
		}
		if f.Overdue > 0 && !b.lagging[f.Unit] {
			b.lagging[f.Unit] = true
			u.Count.Laggards++
		}
		if it.State != "" {
			b.add(u, it)
		}
	}
}

func (b *builder) incidents(facts []IncidentFact) {
	for _, f := range facts {
		u := b.unit(f.Unit)
		if u == nil {
			continue
		}
		if !f.Open {
			u.Count.Closed++
			continue
		}
		u.Count.Open++
		it := Item{
			Key: "incident/" + f.ID, Topic: Incidents, Light: Amber, Subject: f.ID, State: f.State, Since: f.Since,
			Owner: f.Owner, Kind: f.Kind, Level: f.Level, Context: f.ID,
		}
		if f.Waiting {
			u.Count.Waiting++
		}
		if f.Waiting || f.Grave {
			it.Light = Red
		}
		b.add(u, it)
	}
}

func (b *builder) reports(facts []ReportFact, now time.Time) {
	for _, f := range facts {
		u := b.unit(f.Unit)
		if u == nil {
			continue
		}
		u.Count.Asked++
		it := Item{
			Key: "report/" + f.Window + "/" + string(f.Unit), Topic: Reports, Subject: f.Name, Since: f.Closes, Context: f.Window,
		}
		switch {
		case !f.Filed && !now.Before(f.Closes):
			u.Count.Missing++
			it.Light, it.State = Red, "missing"
		case f.Filed && f.Late:
			u.Count.Tardy++
			it.Light, it.State = Amber, "late"
		}
		if f.Filed && f.None {
			u.Count.None++
		}
		if it.State != "" {
			b.add(u, it)
		}
	}
}

func (b *builder) unreachable(facts []UnreachableFact) {
	for _, f := range facts {
		u := b.unit(f.Unit)
		if u == nil {
			continue
		}
		u.Count.Unreachable++
		it := Item{
			Key: "person/" + string(f.ID), Topic: Unreachable, Light: Amber, Subject: f.Name,
			State: "unreachable", Since: f.Since, Reason: f.Reason,
		}
		if f.OnDuty {
			it.Light = Red
		}
		b.add(u, it)
	}
}
