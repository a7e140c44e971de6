package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"trucban/bot"
	"trucban/internal/chat"
	"trucban/internal/outbox"
	"trucban/internal/roster"
	"trucban/internal/team"
)

// findings are what a rehearsal found.
type findings struct {
	sent      map[chat.Name]int // messages
	private   int               // of them to one person
	edits     int               // messages changed in place
	busiest   map[chat.Name]peak
	hours     map[int64]int     // calls by hour
	refused   map[chat.Name]int // calls a platform refused for their number
	late      int               // messages that would come too late and so would not be sent
	dead      int
	waits     *waits
	gaps      []string
	conflicts []string
	unreached []string // people with neither a private chat nor a group of their unit
	limits    []string
}

// peak is the most calls in one minute.
type peak struct {
	n  int
	at time.Time
}

// look adds what the roster itself and the limits show.
func (f *findings) look(r rehearsal) {
	name := func(m team.MemberID) string { p, _ := r.setup.Town.Org.Member(m); return p.Name }
	unit := func(u team.UnitID) string { v, _ := r.setup.Town.Org.Unit(u); return v.Name }
	for _, c := range (roster.Rules{}).Conflicts(r.setup.Shifts) {
		what := map[roster.ConflictKind]string{roster.DoubleBooked: "on two shifts at once", roster.TwoNights: "on two nights running"}[c.Kind]
		f.conflicts = append(f.conflicts, fmt.Sprintf("%s %s, %s to %s", name(c.Member), what, wall(c.From), wall(c.To)))
	}
	byUnit := map[team.UnitID][]roster.Shift{}
	grouped := map[team.UnitID]bool{}
	for _, room := range r.setup.Rooms {
		grouped[room.Unit] = grouped[room.Unit] || room.Purpose == bot.ForUnit
	}
	lost := map[team.MemberID]bool{}
	for _, sh := range r.setup.Shifts {
		byUnit[sh.Unit] = append(byUnit[sh.Unit], sh)
		if len(sh.People) == 0 {
			f.gaps = append(f.gaps, fmt.Sprintf("%s: nobody on %s, %s", unit(sh.Unit), sh.Name, wall(sh.Start)))
		}
		for _, a := range sh.People {
			if len(r.setup.Doors[a.Member]) == 0 && !grouped[sh.Unit] && !lost[a.Member] {
				lost[a.Member] = true
				f.unreached = append(f.unreached, name(a.Member))
			}
		}
	}
	for u, list := range byUnit {
		slices.SortFunc(list, func(a, b roster.Shift) int { return a.Start.Compare(b.Start) })
		end := list[0].End
		for _, sh := range list[1:] {
			if sh.Start.After(end) {
				f.gaps = append(f.gaps, fmt.Sprintf("%s: no shift from %s to %s", unit(u), wall(end), wall(sh.Start)))
			}
			if sh.End.After(end) {
				end = sh.End
			}
		}
	}
	slices.Sort(f.gaps)
	f.lookAtLimits()
}

// lookAtLimits says where a platform's limits were met or come near.
func (f *findings) lookAtLimits() {
	for p, n := range f.sent {
		limits := realLimits(p)
		if most := limits.PerMonth; most > 0 && n > most*9/10 {
			f.limits = append(f.limits, fmt.Sprintf("%s: %d messages of %d a month; summaries stop at 90%%, reminders at 98%%", p, n, most))
		}
		if s := limits.PerSecond; s > 0 && f.busiest[p].n >= s*60 {
			f.limits = append(f.limits, fmt.Sprintf("%s: %d messages in the minute %s, all the platform takes", p, f.busiest[p].n, wall(f.busiest[p].at)))
		}
	}
	for p, n := range f.refused {
		f.limits = append(f.limits, fmt.Sprintf("%s: refused %d calls for their number; they went out later", p, n))
	}
	slices.Sort(f.limits)
}

// print says what was found, most important first.
func (f *findings) print(w io.Writer) {
	total := 0
	for _, n := range f.sent {
		total += n
	}
	fmt.Fprintf(w, "\n%d messages (%d private)", total, f.private)
	for _, p := range slices.Sorted(maps.Keys(f.sent)) {
		fmt.Fprintf(w, ", %s %d, busiest minute %d at %s", p, f.sent[p], f.busiest[p].n, wall(f.busiest[p].at))
	}
	fmt.Fprintf(w, "; changed in place: %d\n", f.edits)
	fmt.Fprintf(w, "reminders wait for the platforms: half of them %s, 99 of 100 %s, the longest %s\n",
		f.waits.quantile(0.5, outbox.Reminder), f.waits.quantile(0.99, outbox.Reminder), f.waits.quantile(1, outbox.Reminder))
	fmt.Fprintf(w, "too late to send: %d; given up: %d\n", f.late, f.dead)
	for _, part := range []struct {
		name string
		list []string
	}{{"gaps", f.gaps}, {"collisions", f.conflicts}, {"cannot be reached", f.unreached}, {"platform limits met", f.limits}} {
		fmt.Fprintf(w, "%s: %d\n", part.name, len(part.list))
		for _, l := range part.list {
			fmt.Fprintln(w, "  "+l)
		}
	}
}
