package roster

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"trucban/internal/calendar"
	"trucban/internal/team"
)

// Slot is a shift that comes back every day, or on some days of the week.
type Slot struct {
	Name   string         `json:"name,omitempty"`
	Start  time.Duration  `json:"start"`  // since local midnight
	Length time.Duration  `json:"length"` // may run into the next day
	Posts  []Post         `json:"posts"`  // a post listed twice takes two people
	Days   []time.Weekday `json:"days,omitempty"`
}

// on reports whether the slot happens on the day.
func (s Slot) on(d calendar.Date) bool {
	return len(s.Days) == 0 || slices.Contains(s.Days, d.Weekday())
}

// Turn says when a line moves on to its next people.
type Turn string

// The turns of a line.
const (
	TurnShift Turn = "shift" // with every shift
	TurnDay   Turn = "day"   // with every day
	TurnWeek  Turn = "week"  // every Monday
	TurnCycle Turn = "cycle" // everybody runs through the same cycle of days, each some days after the one before
)

// Line is the queue of people for one post.
type Line struct {
	Post   Post            `json:"post"`
	People []team.MemberID `json:"people"`
	Turn   Turn            `json:"turn"`
	// Cycle, for TurnCycle, is the slot worked on each day of the cycle, by its place
	// in Slots from 1; 0 is a day off. Person i is i*len(Cycle)/len(People) days ahead:
	// with people as many as days, or a divisor, every day is staffed alike.
	Cycle []int `json:"cycle,omitempty"`
}

// Rotation is a base roster given by rule.
type Rotation struct {
	Unit  team.UnitID   `json:"unit"`
	Start calendar.Date `json:"start"` // the day the first of each line begin
	Slots []Slot        `json:"slots"`
	Lines []Line        `json:"lines"`
	Leave []Leave       `json:"leave,omitempty"`
}

// maxDays bounds how far a rotation runs, about twenty years.
const maxDays = 7500

// Validate lists every fault of the rule at once.
func (r Rotation) Validate() error {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if r.Unit == "" || r.Start.IsZero() {
		fault("rotation: unit and start are needed")
	}
	if len(r.Slots) == 0 {
		fault("rotation: at least one slot is needed")
	}
	lines := map[Post]bool{}
	for _, l := range r.Lines {
		lines[l.Post] = true
		if len(l.People) == 0 {
			fault("rotation: line %q has no people", l.Post)
		}
		switch l.Turn {
		case TurnShift, TurnDay, TurnWeek:
		case TurnCycle:
			for _, n := range l.Cycle {
				if n < 0 || n > len(r.Slots) {
					fault("rotation: line %q: slot %d of the cycle is not one", l.Post, n)
				}
			}
			if len(l.Cycle) == 0 {
				fault("rotation: line %q needs its cycle", l.Post)
			}
		default:
			fault("rotation: line %q: turn %q is not one of shift, day, week, cycle", l.Post, l.Turn)
		}
	}
	for i, s := range r.Slots {
		if s.Start < 0 || s.Start >= 24*time.Hour || s.Length <= 0 || s.Length > 7*24*time.Hour {
			fault("rotation: slot %d: start within the day and length up to a week", i+1)
		}
		for _, p := range s.Posts {
			if !lines[p] {
				fault("rotation: slot %d: nobody is in line for %q", i+1, p)
			}
		}
	}
	return errors.Join(faults...)
}

// Shifts lists the shifts whose date lies in days. Dates in one of the paused
// spans have none and move no turn: after a duty period the next people are the
// ones who were next before it. Somebody's leave moves nobody else's turn; the
// place is taken by the one of the line with the fewest duties so far, and stays
// empty when nobody can.
func (r Rotation) Shifts(days calendar.Span, paused ...calendar.Span) ([]Shift, error) {
	if err := r.Validate(); err != nil {
		return nil, err
	}
	if days.To.DaysSince(r.Start) > maxDays {
		return nil, fmt.Errorf("rotation: %s lies too far after its start", days.To)
	}
	w := walker{Rotation: r, done: map[team.MemberID]int{}, shift: make([]int, len(r.Lines))}
	var out []Shift
	for d := r.Start; !d.After(days.To); d = d.AddDays(1) {
		if slices.ContainsFunc(paused, func(s calendar.Span) bool { return s.Holds(d) }) {
			continue
		}
		for _, s := range w.day(d) {
			if days.Holds(d) {
				out = append(out, s)
			}
		}
	}
	Sort(out)
	return out, nil
}

// walker runs through the days of a rotation.
type walker struct {
	Rotation
	dayNo  int           // days walked, without paused ones
	weekNo int           // weeks begun
	monday calendar.Date // of the week walked last
	shift  []int         // per line: places filled so far
	done   map[team.MemberID]int
	recent []Shift
}

// day makes the shifts of the next day and moves the turns on.
func (w *walker) day(d calendar.Date) []Shift {
	if m := d.Monday(); m != w.monday {
		if !w.monday.IsZero() {
			w.weekNo++
		}
		w.monday = m
	}
	var today []Shift
	for i, slot := range w.Slots {
		if !slot.on(d) {
			continue
		}
		start := d.At(slot.Start)
		s := Shift{ID: ID(w.Unit, start, slot.Name), Unit: w.Unit, Name: slot.Name, Start: start, End: start.Add(slot.Length)}
		for li, line := range w.Lines {
			w.fill(&s, i, li, line)
		}
		today = append(today, s)
		w.recent = append(w.recent, s)
	}
	if keep := 4 * len(w.Slots); len(w.recent) > keep {
		w.recent = w.recent[len(w.recent)-keep:]
	}
	if len(today) > 0 {
		w.dayNo++
	}
	return today
}

// fill puts the line's people at the places its post has in the slot.
func (w *walker) fill(s *Shift, slot, li int, line Line) {
	width := 0
	for _, p := range w.Slots[slot].Posts {
		if p == line.Post {
			width++
		}
	}
	if width == 0 {
		return
	}
	for _, m := range w.onTurn(slot, li, line, width) {
		who, by := m, team.MemberID("")
		if !w.free(m, *s) {
			if who = w.substitute(line, *s); who == "" {
				continue
			}
			by = m
		}
		w.done[who]++
		s.People = append(s.People, Assignment{Post: line.Post, Member: who, For: by})
	}
}

// onTurn lists whose turn the places are.
func (w *walker) onTurn(slot, li int, line Line, width int) []team.MemberID {
	n := len(line.People)
	var out []team.MemberID
	switch line.Turn {
	case TurnCycle:
		for i, m := range line.People {
			at := (w.dayNo + i*len(line.Cycle)/n) % len(line.Cycle)
			if line.Cycle[at] == slot+1 {
				out = append(out, m)
			}
		}
		return out
	case TurnShift:
		for range width {
			out = append(out, line.People[w.shift[li]%n])
			w.shift[li]++
		}
		return out
	}
	turn := w.dayNo
	if line.Turn == TurnWeek {
		turn = w.weekNo
	}
	for seat := range width {
		out = append(out, line.People[(turn*width+seat)%n])
	}
	return out
}

// free reports whether the person is neither away nor on a shift at that time.
func (w *walker) free(m team.MemberID, s Shift) bool {
	if m == "" || s.Has(m) {
		return false
	}
	for _, l := range w.Leave {
		if l.covers(m, s.Start, s.End) {
			return false
		}
	}
	for _, r := range w.recent {
		if r.Has(m) && r.Start.Before(s.End) && s.Start.Before(r.End) {
			return false
		}
	}
	return true
}

// substitute picks the free person with the fewest duties so far, at best one who had no night just before.
func (w *walker) substitute(line Line, s Shift) team.MemberID {
	var best team.MemberID
	bestScore := 0
	for _, m := range line.People {
		if !w.free(m, s) {
			continue
		}
		score := 2 * w.done[m]
		if (Rules{OnCall: []Post{}}).nightBefore(w.recent, s, m) {
			score += 1 << 20
		}
		if best == "" || score < bestScore {
			best, bestScore = m, score
		}
	}
	return best
}

// nightBefore reports whether putting the person on s would break the two-nights rule with the shifts given.
func (r Rules) nightBefore(shifts []Shift, s Shift, m team.MemberID) bool {
	b := stint{member: m, shift: s.ID, post: PostDuty, from: s.Start, to: s.End}
	for _, o := range shifts {
		if !o.Has(m) || o.ID == s.ID {
			continue
		}
		first, second := stint{m, o.ID, PostDuty, o.Start, o.End}, b
		if second.from.Before(first.from) {
			first, second = second, first
		}
		if c, ok := r.between(first, second); ok && c.Kind == TwoNights {
			return true
		}
	}
	return false
}
