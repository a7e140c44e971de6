// Package roster says who is on duty when: shifts, the people at their posts,
// and the questions asked of them.
//
// It promises pure answers: the same shifts give the same answers, and time is
// an argument. A shift belongs to the local date it starts on. The package does
// not know who checked in; that is checkin's.
package roster

import (
	"sort"
	"time"

	"trucban/internal/calendar"
	"trucban/internal/team"
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

// Assignment puts one person at one post.
type Assignment struct {
	Post   Post          `json:"post"`
	Member team.MemberID `json:"member"`
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
}

// Has reports whether the person is assigned to the shift at any post.
func (s Shift) Has(m team.MemberID) bool {
	for _, a := range s.People {
		if a.Member == m {
			return true
		}
	}
	return false
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
