package digest

import (
	"slices"
	"time"

	"trucban/internal/roster"
	"trucban/internal/team"
)

// DayCount is the attendance of one local date, or of one unit on it.
type DayCount struct {
	Date     time.Time `json:"date"` // midnight in roster.Zone
	Expected int       `json:"expected"`
	OnTime   int       `json:"on_time"`
	Late     int       `json:"late"`
	Missed   int       `json:"missed"`
}

// Light is red with a missed check-in, amber with a late one.
func (d DayCount) Light() Light {
	switch {
	case d.Missed > 0:
		return Red
	case d.Late > 0:
		return Amber
	}
	return Green
}

func (d *DayCount) add(f ShiftFact) {
	d.Expected += f.Expected
	d.OnTime += f.OnTime
	d.Late += len(f.Late)
	d.Missed += len(f.Missed)
}

// UnitDays is one unit's strip, a cell for each date of the period; a date without a shift has Expected 0.
type UnitDays struct {
	Unit team.UnitID `json:"unit"`
	Name string      `json:"name"`
	Days []DayCount  `json:"days"`
}

// PersonCount is how one person kept the shifts of the period.
type PersonCount struct {
	ID      team.MemberID `json:"id"`
	Name    string        `json:"name"`
	Unit    team.UnitID   `json:"unit"`
	Late    int           `json:"late"`
	Minutes int           `json:"minutes"`
	Missed  int           `json:"missed"`
}

// Period is the attendance of several days, for the strip and the period report.
// People who were always on time are not listed.
type Period struct {
	Dates  []time.Time   `json:"dates"`
	Total  []DayCount    `json:"total"`
	Units  []UnitDays    `json:"units"`
	People []PersonCount `json:"people,omitzero"` // most missed first
}

// BuildPeriod sums the shifts up by date, unit and person. A shift counts for the
// local date it starts on. Dates run without gaps from the first shift to the last.
func BuildPeriod(in Facts) Period {
	b := newBuilder(in)
	var p Period
	var facts []ShiftFact
	for _, f := range in.Shifts {
		if b.unit(f.Unit) != nil {
			facts = append(facts, f)
		}
	}
	if len(facts) == 0 {
		return p
	}
	first, last := dateOf(facts[0]), dateOf(facts[0])
	for _, f := range facts {
		first, last = earlier(first, dateOf(f)), later(last, dateOf(f))
	}
	for d := first; !d.After(last); d = d.AddDate(0, 0, 1) {
		p.Dates = append(p.Dates, d)
		p.Total = append(p.Total, DayCount{Date: d})
	}
	for _, u := range b.totals {
		days := slices.Clone(p.Total)
		p.Units = append(p.Units, UnitDays{Unit: u.Unit, Name: u.Name, Days: days})
	}
	people := map[team.MemberID]*PersonCount{}
	for _, f := range facts {
		day := int(dateOf(f).Sub(first) / (24 * time.Hour))
		p.Units[b.units[f.Unit]].Days[day].add(f)
		p.Total[day].add(f)
		countPeople(people, f)
	}
	p.People = sortPeople(people)
	return p
}

func countPeople(people map[team.MemberID]*PersonCount, f ShiftFact) {
	get := func(m PersonFact) *PersonCount {
		c, ok := people[m.ID]
		if !ok {
			c = &PersonCount{ID: m.ID, Name: m.Name, Unit: f.Unit}
			people[m.ID] = c
		}
		return c
	}
	for _, m := range f.Late {
		c := get(m)
		c.Late++
		c.Minutes += m.Minutes
	}
	for _, m := range f.Missed {
		get(m).Missed++
	}
}

// sortPeople puts the most missed, then the most late first; names of equals follow the Vietnamese order.
func sortPeople(people map[team.MemberID]*PersonCount) []PersonCount {
	items := make([]Item, 0, len(people))
	for id, c := range people {
		items = append(items, Item{Key: string(id), Subject: c.Name})
	}
	order(items, nil)
	out := make([]PersonCount, 0, len(items))
	for _, it := range items {
		out = append(out, *people[team.MemberID(it.Key)])
	}
	slices.SortStableFunc(out, func(a, b PersonCount) int {
		if a.Missed != b.Missed {
			return b.Missed - a.Missed
		}
		return b.Late - a.Late
	})
	return out
}

func dateOf(f ShiftFact) time.Time {
	y, m, d := f.Start.In(roster.Zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, roster.Zone)
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
