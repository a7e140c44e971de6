package checkin

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"trucban/internal/roster"
	"trucban/internal/team"
)

// Entry is one line of the duty log (sổ trực).
type Entry struct {
	At   time.Time     `json:"at"`
	What string        `json:"what"`
	By   team.MemberID `json:"by,omitempty"`
	For  team.MemberID `json:"for,omitempty"` // whom it concerns beside By
	Text string        `json:"text,omitempty"`
}

// maxLog bounds the lines of one shift; the first ones stay.
const maxLog = 500

// Note adds a line to the duty log.
func (w Watch) Note(e Entry) Watch {
	if len(w.Log) < maxLog {
		e.At = e.At.UTC()
		w.Log = append(slices.Clone(w.Log), e)
	}
	return w
}

// noteChange writes into the duty log how the shift becomes s: who stands in for
// whom, who came and went, and that the hours changed.
func (w Watch) noteChange(s roster.Shift, now time.Time) Watch {
	old, stood := w.Shift, map[team.MemberID]bool{}
	for _, a := range s.People {
		same := func(o roster.Assignment) bool { return o.Member == a.Member && o.For == a.For }
		switch {
		case slices.ContainsFunc(old.People, same):
		case a.For != "":
			stood[a.For] = true
			w = w.Note(Entry{At: now, What: "swap", By: a.Member, For: a.For})
		case !old.Has(a.Member):
			w = w.Note(Entry{At: now, What: "joined", By: a.Member})
		}
	}
	for _, m := range w.People() {
		if !s.Has(m) && !stood[m] {
			w = w.Note(Entry{At: now, What: "left", By: m})
		}
	}
	if !s.Start.Equal(old.Start) || !s.End.Equal(old.End) {
		w = w.Note(Entry{At: now, What: "moved"})
	}
	return w
}

// Told is whom a step of a ladder tells; "" for other steps.
func (p Policy) Told(key string) Level {
	kind, rest, _ := strings.Cut(key, ":")
	rungs := map[string][]Rung{"ladder": p.Ladder, "hand": p.Handover, "give": p.Handover, "miss": p.Rounds.Ladder}[kind]
	digits := strings.IndexFunc(rest+":", func(r rune) bool { return r < '0' || r > '9' })
	i, err := strconv.Atoi(rest[:digits])
	if err != nil || i >= len(rungs) {
		return ""
	}
	return rungs[i].Who
}
