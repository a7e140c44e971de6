package roster

import (
	"slices"
	"time"

	"trucban/internal/calendar"
	"trucban/internal/team"
)

// Period is a stretch of days with a roster of its own (Tết, a storm, a congress)
// that lies over the base rosters of its units.
type Period struct {
	ID    string        `json:"id"`
	Name  string        `json:"name"`
	Days  calendar.Span `json:"days"`
	Units []team.UnitID `json:"units,omitempty"` // none: every unit that has a shift in it
}

// For reports whether the period is for the unit.
func (p Period) For(u team.UnitID) bool { return len(p.Units) == 0 || slices.Contains(p.Units, u) }

// Lay puts the period's shifts over the base: in each unit the period has shifts
// for, base shifts dated within the period give way, and base shifts that reach
// into it from either side are cut where the period's own duty begins or ends.
// Units the period has no shift for keep their base. The base itself is not
// changed; take the period away and it is as it was.
func Lay(base, over []Shift, p Period) []Shift {
	type hours struct{ from, to time.Time }
	own := map[team.UnitID]hours{}
	var out []Shift
	for _, s := range over {
		if !p.For(s.Unit) {
			continue
		}
		s = s.Clone()
		s.Period = p.ID
		out = append(out, s)
		h, ok := own[s.Unit]
		if !ok || s.Start.Before(h.from) {
			h.from = s.Start
		}
		if s.End.After(h.to) {
			h.to = s.End
		}
		own[s.Unit] = h
	}
	for _, s := range base {
		h, ok := own[s.Unit]
		if ok && p.Days.Holds(s.Day()) {
			continue
		}
		if ok && s.Start.Before(h.from) && s.End.After(h.from) {
			s = s.cut(s.Start, h.from)
		}
		if ok && s.Start.Before(h.to) && s.End.After(h.to) && !s.Start.Before(h.from) {
			s = s.cut(h.to, s.End)
		}
		inside := ok && !s.Start.Before(h.from) && !s.End.After(h.to)
		if s.Start.Before(s.End) && !inside {
			out = append(out, s)
		}
	}
	Sort(out)
	return out
}

// cut is the shift with its hours narrowed; parts that fall outside go with them.
func (s Shift) cut(from, to time.Time) Shift {
	s = s.Clone()
	s.Start, s.End = from, to
	s.People = slices.DeleteFunc(s.People, func(a Assignment) bool {
		f, t := s.Hours(a)
		return !f.Before(to) || !t.After(from) || !f.Before(t)
	})
	for i, a := range s.People {
		if a.From.Before(from) {
			s.People[i].From = time.Time{}
		}
		if a.To.After(to) {
			s.People[i].To = time.Time{}
		}
	}
	return s
}
