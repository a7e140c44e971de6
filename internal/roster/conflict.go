package roster

import (
	"sort"
	"time"

	"trucban/internal/calendar"
	"trucban/internal/team"
)

// Leave is a person's absence from rosters, whole days.
type Leave struct {
	Member team.MemberID `json:"member"`
	Days   calendar.Span `json:"days"`
	Reason string        `json:"reason,omitempty"`
}

// covers reports whether the leave touches the hours.
func (l Leave) covers(m team.MemberID, from, to time.Time) bool {
	return l.Member == m && from.Before(l.Days.To.AddDays(1).Midnight()) && to.After(l.Days.From.Midnight())
}

// ConflictKind is a rule of rostering that a person's shifts break.
type ConflictKind string

// The rules.
const (
	DoubleBooked ConflictKind = "double" // on two shifts at one time
	TwoNights    ConflictKind = "nights" // on one night and the next
	OnLeave      ConflictKind = "leave"  // on a shift during leave
)

// Conflict is one broken rule. Other is empty for leave. From and To are the
// hours of both shifts that overlap, or those of the later night.
type Conflict struct {
	Kind   ConflictKind
	Member team.MemberID
	Shift  ShiftID
	Other  ShiftID
	From   time.Time
	To     time.Time
}

// Rules says which posts the rules apply to and who is away.
type Rules struct {
	// OnCall are posts done by telephone beside other work: a leader on call may be so
	// several nights running and be on a second shift. Nil means PostLeader only.
	OnCall []Post
	Leave  []Leave
}

func (r Rules) onCall(p Post) bool {
	if r.OnCall == nil {
		return p == PostLeader
	}
	for _, have := range r.OnCall {
		if have == p {
			return true
		}
	}
	return false
}

// stint is one person's hours on one shift.
type stint struct {
	member   team.MemberID
	shift    ShiftID
	post     Post
	from, to time.Time
}

// Conflicts lists every broken rule, by person and time. Shifts of all units belong in one call: a person may be on two units' rosters.
func (r Rules) Conflicts(shifts []Shift) []Conflict {
	byPerson := map[team.MemberID][]stint{}
	for _, s := range shifts {
		for _, a := range s.People {
			from, to := s.Hours(a)
			byPerson[a.Member] = append(byPerson[a.Member], stint{a.Member, s.ID, a.Post, from, to})
		}
	}
	people := make([]team.MemberID, 0, len(byPerson))
	for m := range byPerson {
		people = append(people, m)
	}
	sort.Slice(people, func(i, j int) bool { return people[i] < people[j] })
	var out []Conflict
	for _, m := range people {
		out = append(out, r.ofPerson(byPerson[m])...)
	}
	return out
}

// ofPerson compares each stint with those that begin before it ends, so a long list costs little more than its length.
func (r Rules) ofPerson(list []stint) []Conflict {
	sort.Slice(list, func(i, j int) bool {
		if !list[i].from.Equal(list[j].from) {
			return list[i].from.Before(list[j].from)
		}
		return list[i].shift < list[j].shift
	})
	var out []Conflict
	for i, a := range list {
		for _, l := range r.Leave {
			if l.covers(a.member, a.from, a.to) {
				out = append(out, Conflict{Kind: OnLeave, Member: a.member, Shift: a.shift, From: a.from, To: a.to})
				break
			}
		}
		for _, b := range list[i+1:] {
			if b.from.Sub(a.to) > 24*time.Hour {
				break
			}
			if c, ok := r.between(a, b); ok {
				out = append(out, c)
			}
		}
	}
	return out
}

// between tests two stints of one person, the earlier first.
func (r Rules) between(a, b stint) (Conflict, bool) {
	if r.onCall(a.post) || r.onCall(b.post) {
		return Conflict{}, false
	}
	if b.from.Before(a.to) {
		to := a.to
		if b.to.Before(to) {
			to = b.to
		}
		return Conflict{DoubleBooked, a.member, a.shift, b.shift, b.from, to}, true
	}
	na, nb := nights(a.from, a.to), nights(b.from, b.to)
	if a.shift != b.shift && len(na) > 0 && len(nb) > 0 && nb[0].DaysSince(na[len(na)-1]) == 1 {
		return Conflict{TwoNights, a.member, a.shift, b.shift, b.from, b.to}, true
	}
	return Conflict{}, false
}

// Adds lists the conflicts the person would have in after and had not in before.
func (r Rules) Adds(before, after []Shift, m team.MemberID) []Conflict {
	had := map[Conflict]bool{}
	for _, c := range r.Conflicts(Of(before, m)) {
		had[c.key()] = true
	}
	var out []Conflict
	for _, c := range r.Conflicts(Of(after, m)) {
		if c.Member == m && !had[c.key()] {
			out = append(out, c)
		}
	}
	return out
}

// key is the conflict without its hours, which a change of parts may move.
func (c Conflict) key() Conflict {
	c.From, c.To = time.Time{}, time.Time{}
	return c
}
