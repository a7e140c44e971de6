package calendar

import (
	"fmt"
	"time"
)

// spec is a day as words name it, before the missing parts are filled in.
type spec struct {
	kind    kind
	d, m, y int  // 0: not said
	leap    bool // the words say nhuận
	offset  int  // relative days, or weeks for a weekday
	weekday time.Weekday
}

type kind int

const (
	solarDay kind = iota
	lunarDay
	eveOfTet // giao thừa, "30 Tết"
	relativeDay
	weekDay
	monthless // "ngày 8", or the "08" of "08 - 14/02"
)

// back is how many days before the reference a day without a year may lie.
const back = 90

// Note says what a reader of the text should be told about how it was taken.
type Note string

// The notes of a reading.
const (
	NoteEve     Note = "eve"     // "30 Tết" or "30 Chạp" in a year whose Chạp has 29 days: taken as giao thừa
	NoteWeekday Note = "weekday" // the weekday written is not the date's
	NoteLunar   Note = "lunar"   // the lunar day written beside is not the date's
)

// resolve finds the day the spec names that is nearest at or after from.
func (s spec) resolve(ref, from Date) (Date, []Note, error) {
	switch s.kind {
	case relativeDay:
		return ref.AddDays(s.offset), nil, nil
	case weekDay:
		return s.resolveWeekday(ref), nil, nil
	case monthless:
		if week := ref.AddDays(-7); from.Before(week) { // "ngày 15" is seldom said of a day long past
			from = week
		}
		return s.resolveDay(from)
	case solarDay:
		return s.resolveSolar(from)
	}
	return s.resolveLunar(from)
}

// resolveWeekday: alone the next such day, today included; with "tuần sau" the one of that week, which begins on Monday.
func (s spec) resolveWeekday(ref Date) Date {
	if s.y == 0 {
		return ref.AddDays((int(s.weekday) - int(ref.Weekday()) + 7) % 7)
	}
	return ref.Monday().AddDays(7*s.offset + (int(s.weekday)+6)%7)
}

// Monday is the first day of the week d lies in.
func (d Date) Monday() Date { return d.AddDays(-((int(d.Weekday()) + 6) % 7)) }

func (s spec) resolveDay(from Date) (Date, []Note, error) {
	for i := range 400 {
		if d := from.AddDays(i); d.Day == s.d {
			return d, nil, nil
		}
	}
	return Date{}, nil, fmt.Errorf("%w: day %d", ErrNoSuchDay, s.d)
}

func (s spec) resolveSolar(from Date) (Date, []Note, error) {
	if s.y != 0 {
		d, err := NewDate(s.y, time.Month(s.m), s.d)
		return d, nil, err
	}
	for y := from.Year; y <= from.Year+8; y++ { // 29/02 may be years away
		d, err := NewDate(y, time.Month(s.m), s.d)
		if err == nil && !d.Before(from) {
			return d, nil, nil
		}
	}
	return Date{}, nil, fmt.Errorf("%w: %d/%d", ErrNoSuchDay, s.d, s.m)
}

func (s spec) resolveLunar(from Date) (Date, []Note, error) {
	if s.y != 0 {
		return s.lunarIn(s.y)
	}
	year := from.Lunar().Year
	var last error
	for y := year; y <= year+20; y++ { // a leap month comes back after up to nineteen years
		d, notes, err := s.lunarIn(y)
		if err == nil && !d.Before(from) {
			return d, notes, nil
		}
		if err != nil {
			last = err
		}
		if err != nil && !s.leap && y > year+1 {
			break
		}
	}
	if last == nil {
		last = ErrNoSuchDay
	}
	return Date{}, nil, last
}

// lunarIn is the solar date in that lunar year. The 30th of a Chạp of 29 days is
// read as the last day of the year, which is what people mean by it.
func (s spec) lunarIn(year int) (Date, []Note, error) {
	l := Lunar{Year: year, Month: s.m, Day: s.d, Leap: s.leap}
	var notes []Note
	if s.kind == eveOfTet {
		l.Month, l.Day = 12, MonthDays(year, 12, false)
	} else if s.m == 12 && s.d == 30 && !s.leap && MonthDays(year, 12, false) == 29 {
		l.Day = 29
		notes = []Note{NoteEve}
	}
	d, err := l.Solar()
	return d, notes, err
}

// agrees reports whether the day written beside a date is that date's; a 30 Tết agrees with 29 Chạp when it is the last.
func (s spec) agrees(d Date) bool {
	switch s.kind {
	case weekDay:
		return d.Weekday() == s.weekday
	case solarDay:
		return d.Day == s.d && int(d.Month) == s.m && (s.y == 0 || s.y == d.Year)
	case eveOfTet:
		return d.Lunar().Eve()
	case lunarDay:
		l := d.Lunar()
		return l.Month == s.m && (l.Day == s.d || s.m == 12 && s.d == 30 && l.Eve())
	}
	return true
}
