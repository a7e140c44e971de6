package roster

import (
	"slices"
	"sort"
	"time"

	"trucban/internal/calendar"
	"trucban/internal/team"
)

// GapKind is what is wrong with a roster.
type GapKind string

// The kinds of gaps.
const (
	GapNobody      GapKind = "nobody"      // a shift without anybody
	GapPost        GapKind = "post"        // a post that must be filled is empty
	GapUncovered   GapKind = "uncovered"   // hours without a shift where there must be one
	GapDouble      GapKind = "double"      // a person on two shifts at once
	GapNights      GapKind = "nights"      // a person on two nights running
	GapLeave       GapKind = "leave"       // a person on a shift during leave
	GapUnreachable GapKind = "unreachable" // a person no message reaches
	GapUnknown     GapKind = "unknown"     // a person who is not in the organisation
)

// Gap is one thing to be mended before it is missed.
type Gap struct {
	Kind   GapKind       `json:"kind"`
	Unit   team.UnitID   `json:"unit"`
	Shift  ShiftID       `json:"shift,omitempty"`
	Other  ShiftID       `json:"other,omitempty"`
	Post   Post          `json:"post,omitempty"`
	Member team.MemberID `json:"member,omitempty"`
	From   time.Time     `json:"from"`
	To     time.Time     `json:"to"`
}

// Check is what a roster is held against.
type Check struct {
	From, To time.Time          // only shifts that overlap [From, To) are judged
	Posts    []Post             // posts every shift must have; one listed twice needs two people
	PostsOf  func(Shift) []Post // the posts of this shift instead; nil asks Posts
	Rules    Rules
	// Continuous are the units whose duty must have no hole between From and To (24/24).
	Continuous []team.UnitID
	// Known and Reachable judge people; nil asks nothing.
	Known     func(team.MemberID) bool
	Reachable func(team.MemberID) bool
}

// Gaps lists what is wrong, by time and unit. Shifts just outside the window should be given too, for the nights at its edges.
func Gaps(shifts []Shift, c Check) []Gap {
	var out []Gap
	byID := make(map[ShiftID]Shift, len(shifts))
	for _, s := range shifts {
		byID[s.ID] = s
		if s.Start.Before(c.To) && c.From.Before(s.End) {
			out = append(out, c.ofShift(s)...)
		}
	}
	kinds := map[ConflictKind]GapKind{DoubleBooked: GapDouble, TwoNights: GapNights, OnLeave: GapLeave}
	for _, x := range c.Rules.Conflicts(shifts) {
		if x.From.Before(c.To) && c.From.Before(x.To) {
			out = append(out, Gap{kinds[x.Kind], byID[x.Shift].Unit, x.Shift, x.Other, "", x.Member, x.From, x.To})
		}
	}
	for _, u := range c.Continuous {
		out = append(out, c.holes(shifts, u)...)
	}
	sort.SliceStable(out, func(i, j int) bool {
		a, b := out[i], out[j]
		if !a.From.Equal(b.From) {
			return a.From.Before(b.From)
		}
		return a.Unit < b.Unit
	})
	return out
}

// ofShift judges one shift's posts and people.
func (c Check) ofShift(s Shift) []Gap {
	gap := Gap{Unit: s.Unit, Shift: s.ID, From: s.Start, To: s.End}
	if len(s.People) == 0 {
		gap.Kind = GapNobody
		return []Gap{gap}
	}
	var out []Gap
	posts, need := c.Posts, map[Post]int{}
	if c.PostsOf != nil {
		posts = c.PostsOf(s)
	}
	for i, p := range posts {
		need[p]++
		if have := s.heads(p); have < need[p] && i == lastOf(posts, p) {
			gap.Kind, gap.Post = GapPost, p
			out = append(out, gap)
		}
	}
	gap.Post = ""
	var seen []team.MemberID
	for _, a := range s.People {
		if slices.Contains(seen, a.Member) {
			continue
		}
		seen = append(seen, a.Member)
		gap.Member, gap.Post = a.Member, a.Post
		switch {
		case c.Known != nil && !c.Known(a.Member):
			gap.Kind = GapUnknown
		case c.Reachable != nil && !c.Reachable(a.Member):
			gap.Kind = GapUnreachable
		default:
			continue
		}
		out = append(out, gap)
	}
	return out
}

// heads is how many people hold the post at the same time, at the worst moment of the shift.
func (s Shift) heads(p Post) int {
	moments := []time.Time{s.Start}
	for _, a := range s.People {
		if _, to := s.Hours(a); a.Post == p && to.Before(s.End) {
			moments = append(moments, to)
		}
	}
	worst := -1
	for _, at := range moments {
		n := 0
		for _, a := range s.At(at) {
			if a.Post == p {
				n++
			}
		}
		if worst < 0 || n < worst {
			worst = n
		}
	}
	return worst
}

func lastOf(posts []Post, p Post) int {
	last := -1
	for i, have := range posts {
		if have == p {
			last = i
		}
	}
	return last
}

// holes lists the hours of the window in which the unit has no shift.
func (c Check) holes(shifts []Shift, u team.UnitID) []Gap {
	var mine []Shift
	for _, s := range shifts {
		if s.Unit == u && s.End.After(c.From) && s.Start.Before(c.To) {
			mine = append(mine, s)
		}
	}
	Sort(mine)
	var out []Gap
	at := c.From
	for _, s := range append(mine, Shift{Start: c.To, End: c.To}) {
		if s.Start.After(at) {
			out = append(out, Gap{Kind: GapUncovered, Unit: u, From: at, To: s.Start})
		}
		if s.End.After(at) {
			at = s.End
		}
	}
	return out
}

// Ahead is the usual window of a check: from now, that many whole days on.
func Ahead(now time.Time, days int) (from, to time.Time) {
	return now, calendar.DateOf(now).AddDays(days + 1).Midnight()
}
