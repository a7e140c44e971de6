package roster

import (
	"fmt"
	"slices"
	"time"

	"trucban/internal/calendar"
	"trucban/internal/team"
)

// Base is the standing rosters of an organisation: at most one rotation a unit, and
// the duty periods that lie over them.
type Base struct {
	Rotations []Rotation `json:"rotations,omitempty"`
	Periods   []Period   `json:"periods,omitempty"`
}

// Rotation is the unit's.
func (b Base) Rotation(u team.UnitID) (Rotation, bool) {
	for _, r := range b.Rotations {
		if r.Unit == u {
			return r, true
		}
	}
	return Rotation{}, false
}

// Period is the one that lies over the unit on the day.
func (b Base) Period(u team.UnitID, d calendar.Date) (Period, bool) {
	for _, p := range b.Periods {
		if p.For(u) && p.Days.Holds(d) {
			return p, true
		}
	}
	return Period{}, false
}

// Shifts are the unit's by its rotation; days of its periods have none and move no
// turn, so that after a period those are on who were next before it.
func (b Base) Shifts(u team.UnitID, days calendar.Span) ([]Shift, error) {
	r, ok := b.Rotation(u)
	if !ok {
		return nil, nil
	}
	var paused []calendar.Span
	for _, p := range b.Periods {
		if p.For(u) {
			paused = append(paused, p.Days)
		}
	}
	out, err := r.Shifts(days, paused...)
	if err != nil {
		return nil, fmt.Errorf("rotation of %s: %w", u, err)
	}
	for i := range out {
		out[i].Origin = OriginBase
	}
	return out, nil
}

// Wanted is what Replan asks for.
type Wanted struct {
	Unit     team.UnitID
	Standing []Shift       // the unit's shifts as they stand
	Now      time.Time     // shifts that have begun stay as they are
	Until    calendar.Date // the last day the rotation is laid out for
	// Fill proposes the shifts of a period; nil leaves periods empty.
	Fill func(Rotation, Period) []Shift
}

// Replan is what the rotation and the periods change in a unit's shifts that stand:
// rotation shifts within a period go, the period is filled by proposal, and the
// rotation resumes after it. Shifts that came by hand or by file stay, and on their
// days, as in a period that has any, nothing is added; proposals that stand are
// kept, and so are swaps that were agreed on. A shift that only passes from the
// rotation to a period or back is among the changed ones; nobody needs to be told.
func (b Base) Replan(w Wanted) (Diff, error) {
	var own []Shift
	byHand := map[calendar.Date]bool{}
	for _, s := range w.Standing {
		switch {
		case s.Unit != w.Unit:
		case s.Origin != OriginBase && s.Origin != OriginPeriod:
			byHand[s.Day()] = true
		case s.Start.After(w.Now):
			own = append(own, s)
		}
	}
	today := calendar.DateOf(w.Now)
	want, err := b.Shifts(w.Unit, calendar.Span{From: today, To: w.Until})
	if err != nil {
		return Diff{}, err
	}
	for _, p := range b.Periods {
		want = append(want, b.inPeriod(p, w, own, byHand)...)
	}
	want = slices.DeleteFunc(want, func(s Shift) bool { return !s.Start.After(w.Now) || byHand[s.Day()] })
	for i, s := range want {
		if k := Find(own, s.ID); k >= 0 && s.Origin == OriginBase && s.Equal(own[k].unswapped()) {
			want[i] = own[k]
		}
	}
	d := Compare(own, want)
	for _, s := range want {
		if k := Find(own, s.ID); k >= 0 && s.Equal(own[k]) && s.Origin != own[k].Origin {
			d.Changed = append(d.Changed, Pair{own[k], s})
			d.Same--
		}
	}
	return d, nil
}

// inPeriod are the shifts a period has in the unit without anybody's doing.
func (b Base) inPeriod(p Period, w Wanted, own []Shift, byHand map[calendar.Date]bool) []Shift {
	r, ok := b.Rotation(w.Unit)
	if !ok || !p.For(w.Unit) || p.Days.To.Before(calendar.DateOf(w.Now)) {
		return nil
	}
	for d := range byHand {
		if p.Days.Holds(d) {
			return nil
		}
	}
	var standing []Shift
	for _, s := range own {
		if s.Origin == OriginPeriod && p.Days.Holds(s.Day()) {
			standing = append(standing, s)
		}
	}
	if len(standing) > 0 || w.Fill == nil {
		return standing
	}
	out := w.Fill(r, p)
	for i := range out {
		out[i].Origin = OriginPeriod
	}
	return out
}

// unswapped is the shift with everybody back whom somebody stands in for.
func (s Shift) unswapped() Shift {
	s = s.Clone()
	var people []Assignment
	for _, a := range s.People {
		if a.For != "" {
			a.Member = a.For
		}
		whole := Assignment{Post: a.Post, Member: a.Member}
		if !slices.Contains(people, whole) {
			people = append(people, whole)
		}
	}
	s.People = people
	return s
}

// Without is the base with a person taken out of every line; a line left without
// anybody goes, and with it its places.
func (b Base) Without(m team.MemberID) Base {
	out := Base{Periods: b.Periods}
	for _, r := range b.Rotations {
		lines := r.Lines
		r.Lines, r.Slots = nil, slices.Clone(r.Slots)
		for _, l := range lines {
			l.People = slices.DeleteFunc(slices.Clone(l.People), func(have team.MemberID) bool { return have == m })
			if len(l.People) > 0 {
				r.Lines = append(r.Lines, l)
				continue
			}
			for i, s := range r.Slots {
				r.Slots[i].Posts = slices.DeleteFunc(slices.Clone(s.Posts), func(p Post) bool { return p == l.Post })
			}
		}
		r.Leave = slices.DeleteFunc(slices.Clone(r.Leave), func(l Leave) bool { return l.Member == m })
		out.Rotations = append(out.Rotations, r)
	}
	return out
}

// Validate lists what is wrong with the rules and the periods: two rotations of one
// unit, or two periods over it at once.
func (b Base) Validate() []error {
	var faults []error
	for i, r := range b.Rotations {
		if err := r.Validate(); err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", r.Unit, err))
		}
		if _, first := b.Rotation(r.Unit); first && slices.IndexFunc(b.Rotations, func(o Rotation) bool { return o.Unit == r.Unit }) < i {
			faults = append(faults, fmt.Errorf("rotation: %s has one already", r.Unit))
		}
	}
	for i, p := range b.Periods {
		if o, twice := b.Overlap(p, i); twice {
			faults = append(faults, fmt.Errorf("period %s: lies over days of %s in the same unit", p.Name, o.Name))
		}
	}
	return faults
}

// Overlap finds among the first n periods one that shares a unit and a day with p.
func (b Base) Overlap(p Period, n int) (Period, bool) {
	for _, o := range b.Periods[:n] {
		shared := len(o.Units) == 0 || len(p.Units) == 0 || slices.ContainsFunc(p.Units, o.For)
		if shared && !p.Days.To.Before(o.Days.From) && !o.Days.To.Before(p.Days.From) {
			return o, true
		}
	}
	return Period{}, false
}
