package roster

import (
	"sort"

	"trucban/internal/calendar"
	"trucban/internal/team"
)

// Class is how heavy a duty is to bear; fairness counts each class by itself.
type Class int

// The classes, lightest first.
const (
	ClassPlain   Class = iota
	ClassWeekend       // Saturday or Sunday
	ClassHoliday       // a public holiday, announced or fixed by law
	ClassTet           // 28 Chạp to mùng 3 otherwise
	ClassFirst         // mùng 1
	ClassEve           // the shift that sees giao thừa, the midnight before mùng 1
)

// weights of the classes where they are added up.
var weights = [...]int{1, 2, 3, 4, 5, 6}

// ClassOf is the heaviest class the shift belongs to.
func ClassOf(s Shift, h calendar.Holidays) Class {
	for d := s.Day(); ; d = d.AddDays(1) {
		if d.Lunar().Eve() && s.Covers(d.AddDays(1).Midnight().Add(-1)) && s.End.After(d.AddDays(1).Midnight()) {
			return ClassEve
		}
		if !d.Midnight().Before(s.End) || d.DaysSince(s.Day()) > 7 {
			break
		}
	}
	d := s.Day()
	l := d.Lunar()
	switch _, off := h.On(d); {
	case l.Month == 1 && l.Day == 1 && !l.Leap:
		return ClassFirst
	case l.Month == 1 && l.Day <= 3 && !l.Leap, l.Month == 12 && l.Day >= 28:
		return ClassTet
	case off:
		return ClassHoliday
	case d.Weekday() == 0 || d.Weekday() == 6:
		return ClassWeekend
	}
	return ClassPlain
}

// Past is a duty somebody has done: the memory fairness is judged by.
type Past struct {
	Member team.MemberID `json:"member"`
	Date   calendar.Date `json:"date"`
	Class  Class         `json:"class"`
}

// Remember lists the duties of the shifts for the history; plain ones are left out.
func Remember(shifts []Shift, h calendar.Holidays) []Past {
	var out []Past
	for _, s := range shifts {
		c := ClassOf(s, h)
		if c == ClassPlain {
			continue
		}
		for _, a := range s.People {
			out = append(out, Past{a.Member, s.Day(), c})
		}
	}
	return out
}

// Plan asks for a fair roster over some days.
type Plan struct {
	Unit     team.UnitID
	Period   string
	Days     calendar.Span
	Slots    []Slot
	Lines    []Line // who may do what; turns and cycles play no part
	Leave    []Leave
	History  []Past
	Around   []Shift // what the people are on besides, this period's neighbours included
	Holidays calendar.Holidays
}

// Shifts fills the heaviest shifts first, each place with the person who has had
// that class least often and longest ago, then the lightest load in this plan.
// Nobody is put on two shifts at once or on leave; two nights running are given
// only when there is nobody else; a place nobody can take stays empty.
func (p Plan) Shifts() []Shift {
	var out []Shift
	for d := p.Days.From; !d.After(p.Days.To) && len(out) < maxDays; d = d.AddDays(1) {
		for _, slot := range p.Slots {
			if slot.on(d) {
				start := d.At(slot.Start)
				out = append(out, Shift{ID: ID(p.Unit, start, slot.Name), Unit: p.Unit, Name: slot.Name,
					Start: start, End: start.Add(slot.Length), Period: p.Period})
			}
		}
	}
	Sort(out)
	f := p.fairness(out)
	order := make([]int, len(out))
	for i := range order {
		order[i] = i
	}
	sort.SliceStable(order, func(a, b int) bool { return f.class[order[a]] > f.class[order[b]] })
	for _, i := range order {
		f.fill(out, i)
	}
	return out
}

// tally is what one person has done of one class.
type tally struct {
	times int
	last  calendar.Date
}

// fairness is the running account of a plan.
type fairness struct {
	Plan
	class []Class
	had   map[team.MemberID]*[len(weights)]tally
	load  map[team.MemberID]int
}

func (p Plan) fairness(shifts []Shift) *fairness {
	f := &fairness{Plan: p, class: make([]Class, len(shifts)), had: map[team.MemberID]*[len(weights)]tally{}, load: map[team.MemberID]int{}}
	for i, s := range shifts {
		f.class[i] = ClassOf(s, p.Holidays)
	}
	for _, l := range p.Lines {
		for _, m := range l.People {
			if f.had[m] == nil {
				f.had[m] = new([len(weights)]tally)
			}
		}
	}
	for _, h := range p.History {
		if h.Class >= 0 && int(h.Class) < len(weights) {
			f.count(h.Member, h.Class, h.Date)
		}
	}
	return f
}

func (f *fairness) count(m team.MemberID, c Class, d calendar.Date) {
	t := f.had[m]
	if t == nil {
		return
	}
	t[c].times++
	if d.After(t[c].last) {
		t[c].last = d
	}
}

// fill puts people at every post of shift i.
func (f *fairness) fill(all []Shift, i int) {
	s := &all[i]
	for _, slot := range f.Slots {
		if slot.Name != s.Name || s.Start != s.Day().At(slot.Start) {
			continue
		}
		for _, post := range slot.Posts {
			if m := f.best(all, i, post); m != "" {
				s.People = append(s.People, Assignment{Post: post, Member: m})
				f.count(m, f.class[i], s.Day())
				f.load[m] += weights[f.class[i]]
			}
		}
		return
	}
}

// best is the person in line for the post whose turn fairness says it is.
func (f *fairness) best(all []Shift, i int, post Post) team.MemberID {
	var best team.MemberID
	var bestKey [4]int
	for _, line := range f.Lines {
		if line.Post != post {
			continue
		}
		for _, m := range line.People {
			key, ok := f.key(all, i, post, m)
			if ok && (best == "" || less(key, bestKey)) {
				best, bestKey = m, key
			}
		}
	}
	return best
}

// key ranks a person for a place, lowest first; ok is false when the person cannot take it.
func (f *fairness) key(all []Shift, i int, post Post, m team.MemberID) (key [4]int, ok bool) {
	s, c := all[i], f.class[i]
	if s.Has(m) {
		return key, false
	}
	for _, l := range f.Leave {
		if l.covers(m, s.Start, s.End) {
			return key, false
		}
	}
	tired := 0
	for _, list := range [][]Shift{all, f.Around} {
		for _, o := range list {
			if o.Has(m) && o.Start.Before(s.End) && s.Start.Before(o.End) {
				return key, false
			}
		}
		if post != PostLeader && (Rules{OnCall: []Post{}}).nightBefore(list, s, m) {
			tired = 1
		}
	}
	t := f.had[m][c]
	if c == ClassPlain || c == ClassWeekend { // ordinary days even out within the plan
		return [4]int{tired, f.load[m], t.times, since(t.last)}, true
	}
	return [4]int{tired, t.times, f.load[m], since(t.last)}, true
}

// since orders dates, the longest ago first; never comes before all.
func since(d calendar.Date) int {
	if d.IsZero() {
		return 0
	}
	return d.DaysSince(calendar.Date{Year: 1900, Month: 1, Day: 1})
}

func less(a, b [4]int) bool {
	for i := range a {
		if a[i] != b[i] {
			return a[i] < b[i]
		}
	}
	return false
}
