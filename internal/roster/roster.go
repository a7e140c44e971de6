// Package roster says who is on duty when: shifts, the people at their posts,
// and the questions asked of them.
//
// It promises pure answers: the same shifts give the same answers, and time is
// an argument. A shift belongs to the local date it starts on. The package does
// not know who checked in; that is checkin's.
package roster

import (
	"sort"
	"strings"
	"time"

	"trucban/internal/calendar"
	"trucban/internal/team"
	"trucban/internal/viet"
)

// Zone is the wall clock of every roster: Vietnam has one zone, UTC+7, without
// daylight saving, and a container without zone data must give the same times.
var Zone = calendar.Zone

// Post is what a person does on a shift.
type Post string

// The posts of an office roster.
const (
	PostLeader Post = "leader" // trực lãnh đạo
	PostDesk   Post = "desk"   // trực ban
	PostTech   Post = "tech"   // trực kỹ thuật, trực giám sát
	PostDuty   Post = "duty"   // cán bộ trực, where the roster does not say more
)

// Assignment puts one person at one post, for the whole shift or a part of it.
type Assignment struct {
	Post   Post          `json:"post"`
	Member team.MemberID `json:"member"`
	For    team.MemberID `json:"for,omitempty"` // whom the person stands in for
	From   time.Time     `json:"from,omitzero"` // zero: from the start of the shift
	To     time.Time     `json:"to,omitzero"`   // zero: to its end
}

// ShiftID names a shift in one organisation.
type ShiftID string

// Shift is one span of duty in one unit.
type Shift struct {
	ID     ShiftID      `json:"id"`
	Unit   team.UnitID  `json:"unit"`
	Name   string       `json:"name,omitempty"` // "ca đêm"; "" for a whole-day shift
	Start  time.Time    `json:"start"`
	End    time.Time    `json:"end"`
	People []Assignment `json:"people"`
	Period string       `json:"period,omitempty"` // the duty period it belongs to
	Note   string       `json:"note,omitempty"`
	Origin Origin       `json:"origin,omitempty"`
	// Changed is when the shift came to be what it is, for calendars that follow it; it
	// makes no difference between two shifts.
	Changed time.Time `json:"changed,omitzero"`
}

// Origin says where a shift came from, so that the same source can take it away again.
type Origin string

// Origins of shifts.
const (
	OriginFile   Origin = "file"   // the organisation file
	OriginImport Origin = "import" // a roster somebody sent
	OriginBase   Origin = "base"   // the unit's rotation
	OriginPeriod Origin = "period" // proposed for a duty period by what was borne before
)

// ID names a shift by its unit, local start and name, so that the same line of a
// roster gets the same id however often it is read: "cntt.240209-1900.dem".
func ID(unit team.UnitID, start time.Time, name string) ShiftID {
	id := string(unit) + "." + start.In(Zone).Format("060102-1504")
	slug := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, strings.TrimPrefix(viet.Fold(name), "ca "))
	if len(slug) > maxSlug {
		slug = slug[:maxSlug]
	}
	if slug != "" {
		id += "." + slug
	}
	return ShiftID(id)
}

// maxSlug keeps ids short enough to travel in a button.
const maxSlug = 8

// Has reports whether the person is assigned to the shift at any post.
func (s Shift) Has(m team.MemberID) bool {
	for _, a := range s.People {
		if a.Member == m {
			return true
		}
	}
	return false
}

// At lists the assignments in force at the moment; none when it lies outside the shift.
func (s Shift) At(at time.Time) []Assignment {
	var out []Assignment
	for _, a := range s.People {
		from, to := s.Hours(a)
		if !at.Before(from) && at.Before(to) {
			out = append(out, a)
		}
	}
	return out
}

// Hours is the part of the shift an assignment is for.
func (s Shift) Hours(a Assignment) (from, to time.Time) {
	from, to = s.Start, s.End
	if !a.From.IsZero() {
		from = a.From
	}
	if !a.To.IsZero() {
		to = a.To
	}
	return from, to
}

// Part reports whether the assignment is for less than the whole shift.
func (s Shift) Part(a Assignment) bool {
	from, to := s.Hours(a)
	return from.After(s.Start) || to.Before(s.End)
}

// Night reports whether somebody on the shift is awake at 02h00.
func (s Shift) Night() bool { return len(nights(s.Start, s.End)) > 0 }

// nights lists the dates on which [from, to) covers 02h00, as the date of the evening before.
func nights(from, to time.Time) []calendar.Date {
	const deep = 2 * time.Hour
	var out []calendar.Date
	for d := calendar.DateOf(from); d.At(deep).Before(to) && len(out) < maxNights; d = d.AddDays(1) {
		if !d.At(deep).Before(from) {
			out = append(out, d.AddDays(-1))
		}
	}
	return out
}

// maxNights bounds the walk over a shift with an absurd end.
const maxNights = 62

// Day is the local date the shift belongs to: the one it starts on.
func (s Shift) Day() calendar.Date { return calendar.DateOf(s.Start) }

// Clone is a copy that shares no memory with s.
func (s Shift) Clone() Shift {
	s.People = append([]Assignment(nil), s.People...)
	return s
}

// Of lists the shifts the person is on, in the order given.
func Of(shifts []Shift, m team.MemberID) []Shift {
	var out []Shift
	for _, s := range shifts {
		if s.Has(m) {
			out = append(out, s)
		}
	}
	return out
}

// Covers reports whether at lies in [Start, End).
func (s Shift) Covers(at time.Time) bool { return !at.Before(s.Start) && at.Before(s.End) }

// Date is the local date the shift belongs to, at midnight in Zone.
func (s Shift) Date() time.Time {
	y, m, d := s.Start.In(Zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, Zone)
}

// OnDuty lists the shifts that cover the moment, by start.
func OnDuty(shifts []Shift, at time.Time) []Shift {
	var out []Shift
	for _, s := range shifts {
		if s.Covers(at) {
			out = append(out, s)
		}
	}
	Sort(out)
	return out
}

// Next returns the shifts of the earliest start after the moment.
func Next(shifts []Shift, at time.Time) []Shift {
	var out []Shift
	for _, s := range shifts {
		if !s.Start.After(at) {
			continue
		}
		if len(out) > 0 && s.Start.After(out[0].Start) {
			continue
		}
		if len(out) > 0 && s.Start.Before(out[0].Start) {
			out = out[:0]
		}
		out = append(out, s)
	}
	Sort(out)
	return out
}

// Sort orders shifts by start, then unit, then id.
func Sort(shifts []Shift) {
	sort.Slice(shifts, func(i, j int) bool {
		a, b := shifts[i], shifts[j]
		if !a.Start.Equal(b.Start) {
			return a.Start.Before(b.Start)
		}
		if a.Unit != b.Unit {
			return a.Unit < b.Unit
		}
		return a.ID < b.ID
	})
}
