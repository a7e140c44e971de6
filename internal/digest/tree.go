package digest

import (
	"slices"

	"trucban/internal/team"
)

// Narrow is the part of a whole tree's summary that lies in a subtree: its units,
// their totals, the items and the lights. It says nothing about what changed.
func (s Summary) Narrow(scope team.UnitID, within func(team.UnitID) bool) Summary {
	out := Summary{Scope: scope, From: s.From, At: s.At, First: s.First, Light: Green}
	for _, u := range s.Units {
		if within(u.Unit) {
			out.Units = append(out.Units, u)
			out.Count = out.Count.plus(u.Count)
		}
	}
	for _, l := range s.Lines {
		n := Line{Topic: l.Topic, Light: Green}
		for _, it := range l.Items {
			if within(it.Unit) {
				n.Items = append(n.Items, it)
				n.Light = worse(n.Light, it.Light)
			}
		}
		if l.Topic == People && out.Count.Missed > 0 {
			n.Light = Red
		}
		out.Light = worse(out.Light, n.Light)
		out.Lines = append(out.Lines, n)
	}
	return out
}

// RollUp gives each unit the totals and the light of everything in its subtree.
func (s Summary) RollUp(units []UnitFact) map[team.UnitID]UnitCount {
	parent := make(map[team.UnitID]team.UnitID, len(units))
	out := make(map[team.UnitID]UnitCount, len(units))
	for _, u := range units {
		parent[u.ID] = u.Parent
		out[u.ID] = UnitCount{Unit: u.ID, Name: u.Name, Light: Green}
	}
	for _, u := range s.Units {
		for at, n := u.Unit, 0; at != "" && n <= len(units); n++ { // a tree that goes round in a circle ends here
			sum, ok := out[at]
			if !ok {
				break
			}
			sum.Count, sum.Light = sum.Count.plus(u.Count), worse(sum.Light, u.Light)
			out[at] = sum
			at = parent[at]
		}
	}
	return out
}

// WorstFirst puts red before amber before green and what has most amiss first;
// equals keep their order.
func WorstFirst(units []UnitCount) {
	amiss := func(c Count) int { return c.Missed + c.Waiting + c.Overdue + c.Missing + c.Unreachable + c.Open }
	slices.SortStableFunc(units, func(a, b UnitCount) int {
		if d := b.Light.rank() - a.Light.rank(); d != 0 {
			return d
		}
		return amiss(b.Count) - amiss(a.Count)
	})
}
