package digest

import (
	"slices"
	"strings"

	"trucban/internal/viet"
)

// fill sums the units up, orders the items and sets the lights.
func (b *builder) fill(s *Summary) {
	for _, u := range b.totals {
		s.Count = s.Count.plus(u.Count)
	}
	s.Units = b.totals
	for _, t := range Topics {
		l := Line{Topic: t, Light: Green, Items: b.items[t]}
		order(l.Items, b.alphabet)
		for _, it := range l.Items {
			l.Light = worse(l.Light, it.Light)
		}
		if t == People && s.Count.Missed > 0 {
			l.Light = Red
		}
		s.Light = worse(s.Light, l.Light)
		s.Lines = append(s.Lines, l)
	}
}

func (c Count) plus(o Count) Count {
	c.Shifts += o.Shifts
	c.Expected += o.Expected
	c.OnTime += o.OnTime
	c.Late += o.Late
	c.Missed += o.Missed
	c.Settled += o.Settled
	c.Owed += o.Owed
	c.Overdue += o.Overdue
	c.Help += o.Help
	c.Laggards += o.Laggards
	c.Unreceived += o.Unreceived
	c.Open += o.Open
	c.Waiting += o.Waiting
	c.Closed += o.Closed
	c.Asked += o.Asked
	c.Missing += o.Missing
	c.Tardy += o.Tardy
	c.None += o.None
	c.Unreachable += o.Unreachable
	return c
}

// order puts red before amber, then the units in the Vietnamese alphabet, then
// people by given name and the rest by key. The alphabet is asked once for each
// distinct word, or not at all where the office's is known.
func order(items []Item, abc *Alphabet) {
	if len(items) < 2 {
		return
	}
	if abc == nil {
		abc = &Alphabet{}
	}
	units := ranks(items, abc.units, func(it Item) string { return it.Name }, viet.SortWords[string])
	subjects := ranks(items, abc.people, func(it Item) string { return it.Subject }, viet.SortNames[string])
	slices.SortFunc(items, func(a, c Item) int {
		if d := c.Light.rank() - a.Light.rank(); d != 0 {
			return d
		}
		if d := units[a.Name] - units[c.Name]; d != 0 {
			return d
		}
		if d := subjects[a.Subject] - subjects[c.Subject]; d != 0 {
			return d
		}
		return strings.Compare(a.Key, c.Key)
	})
}

// diff lists what changed, the worst first, then in the order of the lines. An
// item of a shift counts as resolved only while the shift is still in the facts:
// yesterday's absence is not cured by midnight.
func diff(last *Summary, s Summary, shown map[string]bool) []Change {
	old := map[string]Item{}
	if last != nil {
		for _, l := range last.Lines {
			for _, it := range l.Items {
				old[it.Key] = it
			}
		}
	}
	var out []Change
	for _, l := range s.Lines {
		for _, it := range l.Items {
			was, ok := old[it.Key]
			delete(old, it.Key)
			switch {
			case !ok:
				out = append(out, Change{Kind: Appeared, Item: it})
			case altered(was, it):
				out = append(out, Change{Kind: Altered, Item: it, Was: &was})
			}
		}
	}
	var gone []Item
	for _, it := range old {
		if it.Topic != Attendance || shown[it.Context] {
			gone = append(gone, it)
		}
	}
	slices.SortFunc(gone, func(a, b Item) int {
		if d := a.Topic.rank() - b.Topic.rank(); d != 0 {
			return d
		}
		return strings.Compare(a.Key, b.Key)
	})
	slices.SortStableFunc(out, func(a, b Change) int { return b.Item.Light.rank() - a.Item.Light.rank() })
	for _, it := range gone {
		out = append(out, Change{Kind: Resolved, Item: it})
	}
	return out
}

// altered reports whether a reader would want to know; that time passes is no news.
func altered(was, is Item) bool {
	return was.State != is.State || was.Light != is.Light || was.N != is.N || was.Owner != is.Owner || was.Level != is.Level
}
