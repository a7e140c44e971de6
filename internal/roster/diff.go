package roster

import (
	"slices"
	"sort"
	"time"

	"trucban/internal/calendar"
	"trucban/internal/team"
)

// Pair is a shift before and after a change.
type Pair struct {
	Old Shift `json:"old"`
	New Shift `json:"new"`
}

// Silent reports whether the shift says the same before and after.
func (p Pair) Silent() bool { return p.Old.Equal(p.New) }

// Told counts the shifts of a difference that say something else afterwards.
func (d Diff) Told() int {
	n := len(d.Added) + len(d.Removed)
	for _, p := range d.Changed {
		if !p.Silent() {
			n++
		}
	}
	return n
}

// Diff is what turns one roster into another.
type Diff struct {
	Added   []Shift `json:"added,omitempty"`
	Changed []Pair  `json:"changed,omitempty"`
	Removed []Shift `json:"removed,omitempty"`
	Same    int     `json:"same,omitempty"`
}

// Compare finds the difference by shift id; the order of people at one post does not count.
func Compare(old, new []Shift) Diff {
	var d Diff
	before := make(map[ShiftID]Shift, len(old))
	for _, s := range old {
		before[s.ID] = s
	}
	for _, s := range new {
		o, ok := before[s.ID]
		switch {
		case !ok:
			d.Added = append(d.Added, s)
		case s.Equal(o):
			d.Same++
		default:
			d.Changed = append(d.Changed, Pair{o, s})
		}
		delete(before, s.ID)
	}
	for _, s := range old {
		if _, left := before[s.ID]; left {
			d.Removed = append(d.Removed, s)
		}
	}
	Sort(d.Added)
	Sort(d.Removed)
	sort.SliceStable(d.Changed, func(i, j int) bool { return d.Changed[i].New.Start.Before(d.Changed[j].New.Start) })
	return d
}

// Replaced lists the shifts of all that a newly read roster speaks for: those of
// its units and periods, dated from the first to the last day it has for them.
// Compared with these, a file about one week of one unit removes nothing else,
// and a duty period removes nothing of the base it lies over.
func Replaced(all, read []Shift) []Shift {
	type scope struct {
		unit   team.UnitID
		period string
	}
	days := map[scope]calendar.Span{}
	for _, s := range read {
		k, d := scope{s.Unit, s.Period}, s.Day()
		span, ok := days[k]
		if !ok || d.Before(span.From) {
			span.From = d
		}
		if !ok || d.After(span.To) {
			span.To = d
		}
		days[k] = span
	}
	var out []Shift
	for _, s := range all {
		if span, ok := days[scope{s.Unit, s.Period}]; ok && span.Holds(s.Day()) {
			out = append(out, s)
		}
	}
	return out
}

// Equal reports whether two shifts say the same.
func (s Shift) Equal(o Shift) bool {
	if s.ID != o.ID || s.Unit != o.Unit || s.Name != o.Name || s.Period != o.Period || s.Note != o.Note ||
		!s.Start.Equal(o.Start) || !s.End.Equal(o.End) || len(s.People) != len(o.People) {
		return false
	}
	a, b := sortedPeople(s), sortedPeople(o)
	for i := range a {
		if a[i].Post != b[i].Post || a[i].Member != b[i].Member || a[i].For != b[i].For ||
			!a[i].From.Equal(b[i].From) || !a[i].To.Equal(b[i].To) {
			return false
		}
	}
	return true
}

func sortedPeople(s Shift) []Assignment {
	p := slices.Clone(s.People)
	slices.SortStableFunc(p, func(a, b Assignment) int {
		switch {
		case a.Post != b.Post && a.Post < b.Post, a.Post == b.Post && a.Member < b.Member,
			a.Post == b.Post && a.Member == b.Member && a.From.Before(b.From):
			return -1
		case a.Post == b.Post && a.Member == b.Member && a.From.Equal(b.From):
			return 0
		}
		return 1
	})
	return p
}

// Empty reports whether nothing changes.
func (d Diff) Empty() bool { return len(d.Added)+len(d.Changed)+len(d.Removed) == 0 }

// Becoming lists the shifts that are added or changed, as they will be.
func (d Diff) Becoming() []Shift {
	out := slices.Clone(d.Added)
	for _, p := range d.Changed {
		out = append(out, p.New)
	}
	return out
}

// Invert is the difference that undoes d.
func (d Diff) Invert() Diff {
	inv := Diff{Added: d.Removed, Removed: d.Added, Same: d.Same}
	for _, p := range d.Changed {
		inv.Changed = append(inv.Changed, Pair{p.New, p.Old})
	}
	return inv
}

// Apply makes the change. ok is false, and nothing is made, when the roster is
// no longer the one the difference was taken from at a shift it touches.
func (d Diff) Apply(shifts []Shift) (out []Shift, ok bool) {
	at := make(map[ShiftID]int, len(shifts))
	for i := range shifts {
		at[shifts[i].ID] = i
	}
	stands := func(s Shift) bool {
		i, ok := at[s.ID]
		return ok && shifts[i].Equal(s)
	}
	want := map[ShiftID]*Shift{} // nil: to be removed
	for _, s := range d.Removed {
		if !stands(s) {
			return shifts, false
		}
		want[s.ID] = nil
	}
	for i, p := range d.Changed {
		if !stands(p.Old) {
			return shifts, false
		}
		want[p.Old.ID] = &d.Changed[i].New
	}
	for _, s := range d.Added {
		if _, taken := at[s.ID]; taken {
			return shifts, false
		}
	}
	out = make([]Shift, 0, len(shifts)+len(d.Added))
	for _, s := range shifts {
		switch w, touched := want[s.ID]; {
		case !touched:
			out = append(out, s)
		case w != nil:
			out = append(out, *w)
		}
	}
	out = append(out, d.Added...)
	Sort(out)
	return out, true
}

// EffectKind is what a change means to one person.
type EffectKind string

// The effects.
const (
	Gained EffectKind = "gained" // a new duty
	Lost   EffectKind = "lost"   // no longer on duty there
	Moved  EffectKind = "moved"  // other hours
	Posted EffectKind = "posted" // another post, same hours
	Mates  EffectKind = "mates"  // same duty, other people beside
)

// Effect is one consequence of a change for one person.
type Effect struct {
	Member team.MemberID `json:"member"`
	Kind   EffectKind    `json:"kind"`
	Old    *Shift        `json:"old,omitempty"` // the shift before, nil when it was added
	New    *Shift        `json:"new,omitempty"` // the shift after, nil when it was removed
}

// Effects lists what changes for each person in shifts not over by now, by
// person and time, so that each can be told once and about themselves only.
func (d Diff) Effects(now time.Time) []Effect {
	var out []Effect
	for i := range d.Added {
		out = append(out, effects(nil, &d.Added[i], now)...)
	}
	for i := range d.Removed {
		out = append(out, effects(&d.Removed[i], nil, now)...)
	}
	for i := range d.Changed {
		out = append(out, effects(&d.Changed[i].Old, &d.Changed[i].New, now)...)
	}
	sort.SliceStable(out, func(i, j int) bool {
		if out[i].Member != out[j].Member {
			return out[i].Member < out[j].Member
		}
		return out[i].start().Before(out[j].start())
	})
	return out
}

func (e Effect) start() time.Time {
	if e.New != nil {
		return e.New.Start
	}
	return e.Old.Start
}

func effects(old, new *Shift, now time.Time) []Effect {
	if (old == nil || !old.End.After(now)) && (new == nil || !new.End.After(now)) {
		return nil
	}
	var out []Effect
	var seen []team.MemberID
	for _, s := range []*Shift{old, new} {
		if s == nil {
			continue
		}
		for _, a := range s.People {
			if slices.Contains(seen, a.Member) {
				continue
			}
			seen = append(seen, a.Member)
			if k, ok := effectOn(a.Member, old, new); ok {
				out = append(out, Effect{a.Member, k, old, new})
			}
		}
	}
	return out
}

// effectOn names the greatest consequence for one person of a shift's change.
func effectOn(m team.MemberID, old, new *Shift) (EffectKind, bool) {
	was, is := old != nil && old.Has(m), new != nil && new.Has(m)
	switch {
	case !was:
		return Gained, is
	case !is:
		return Lost, true
	}
	a, b := ownHours(*old, m), ownHours(*new, m)
	if !slices.EqualFunc(a, b, func(x, y stint) bool { return x.from.Equal(y.from) && x.to.Equal(y.to) }) {
		return Moved, true
	}
	if !slices.EqualFunc(a, b, func(x, y stint) bool { return x.post == y.post }) {
		return Posted, true
	}
	return Mates, !sameMembers(*old, *new)
}

// ownHours lists the person's hours on the shift in order.
func ownHours(s Shift, m team.MemberID) []stint {
	var out []stint
	for _, a := range sortedPeople(s) {
		if a.Member == m {
			from, to := s.Hours(a)
			out = append(out, stint{from: from, to: to, post: a.Post})
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].from.Before(out[j].from) })
	return out
}

func sameMembers(a, b Shift) bool {
	for _, p := range a.People {
		if !b.Has(p.Member) {
			return false
		}
	}
	for _, p := range b.People {
		if !a.Has(p.Member) {
			return false
		}
	}
	return true
}
