package incident

import (
	"slices"
	"time"

	"trucban/internal/team"
)

// SameWithin is how close together reports must lie to be thought of one cause.
const SameWithin = 30 * time.Minute

// SameCause lists the open incidents of other units, reported at most
// SameWithin apart from i, that look alike: the same kind, or, where one of
// the two has no kind, half of the words of the shorter text in common. It only
// suggests; people join.
func (i Incident) SameCause(recent []Incident, r Rules) []ID {
	var out []ID
	for _, o := range recent {
		if o.ID == i.ID || o.Unit == i.Unit || !o.IsOpen() || o.Drill != i.Drill {
			continue
		}
		if d := i.ReportedAt.Sub(o.ReportedAt).Abs(); d > SameWithin {
			continue
		}
		if alike(i, o, r) {
			out = append(out, o.ID)
		}
	}
	return out
}

func alike(a, b Incident, r Rules) bool {
	ka, _ := r.Kind(a.Kind)
	kb, _ := r.Kind(b.Kind)
	telling := len(ka.Words) > 0 && len(kb.Words) > 0 // "other" tells nothing
	if telling {
		return ka.Code == kb.Code
	}
	wa, wb := significant(a.Text), significant(b.Text)
	if len(wa) > len(wb) {
		wa, wb = wb, wa
	}
	common := 0
	for w := range wa {
		if wb[w] {
			common++
		}
	}
	return common >= 2 && 2*common >= len(wa)
}

// significant are the words of three letters and more, without those every report has.
func significant(text string) map[string]bool {
	out := map[string]bool{}
	for _, t := range tokens(text) {
		switch t.folded {
		case "phuong", "don", "luc", "cua", "khong", "duoc", "dang", "hom", "nay", "sang", "chieu", "toi":
			continue
		}
		if len(t.folded) >= 3 {
			out[t.folded] = true
		}
	}
	return out
}

// Stats counts the incidents of a span. Drills are not in it, and an incident
// merged into another counts only under Merged; a false alarm only under False.
type Stats struct {
	Total     int // real ones
	Open      int
	False     int
	Merged    int
	ByKind    map[string]int
	ByLevel   map[Level]int
	ByUnit    map[team.UnitID]int
	ToAck     Spread
	ToResolve Spread
	Unacked   int // nobody has seen them yet
	Missed    int // report deadlines that passed unmet
}

// Spread sums up durations.
type Spread struct {
	N      int
	Median time.Duration
	Max    time.Duration
}

// Count sums up the incidents reported in [from, until); a zero until has no end.
func Count(all []Incident, from, until time.Time) Stats {
	s := Stats{ByKind: map[string]int{}, ByLevel: map[Level]int{}, ByUnit: map[team.UnitID]int{}}
	var ack, resolve []time.Duration
	for _, i := range all {
		switch {
		case i.Drill, i.ReportedAt.Before(from), !until.IsZero() && !i.ReportedAt.Before(until):
			continue
		case i.Outcome == OutcomeMerged:
			s.Merged++
			continue
		case i.Outcome == OutcomeFalse:
			s.False++
			continue
		}
		s.Total++
		s.ByKind[i.Kind]++
		s.ByLevel[i.Level]++
		s.ByUnit[i.Unit]++
		if i.IsOpen() {
			s.Open++
		}
		if i.Unacked() {
			s.Unacked++
		}
		if first := i.firstAck(); !first.IsZero() {
			ack = append(ack, max(0, first.Sub(i.ReportedAt)))
		}
		if !i.ResolvedAt.IsZero() {
			resolve = append(resolve, max(0, i.ResolvedAt.Sub(i.ReportedAt)))
		}
		for _, d := range i.Deadlines {
			if d.Missed && !d.Dropped {
				s.Missed++
			}
		}
	}
	s.ToAck, s.ToResolve = spread(ack), spread(resolve)
	return s
}

// firstAck is when the incident was first seen, also when it was reopened since.
func (i Incident) firstAck() time.Time {
	for _, e := range i.Timeline {
		switch e.What {
		case WhatAcked, WhatTaken, WhatResolved, WhatClosed:
			return e.At
		}
	}
	return i.AckedAt
}

func spread(d []time.Duration) Spread {
	if len(d) == 0 {
		return Spread{}
	}
	slices.Sort(d)
	m := d[len(d)/2]
	if len(d)%2 == 0 {
		m = (d[len(d)/2-1] + m) / 2
	}
	return Spread{N: len(d), Median: m, Max: d[len(d)-1]}
}
