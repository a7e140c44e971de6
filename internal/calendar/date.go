// Package calendar is the Vietnamese calendar of a duty office: solar and lunar
// dates at UTC+7, public holidays, and the words people write dates and hours in.
//
// It promises that conversions between the two calendars are each other's
// inverse for the solar years 1800 to 2199, that nothing depends on the zone of
// the machine, and that a holiday schedule nobody has announced is never
// guessed. Texts without a year are read as the day nearest to the reference
// moment that lies at most 90 days back.
//
// The lunar calendar follows the algorithm published by Hồ Ngọc Đức, with the
// meridian of 105° E; Chinese calendars differ from it (Tết 1985, 2030).
package calendar

import (
	"fmt"
	"time"
)

// Zone is the wall clock of every date here: Vietnam has one zone, UTC+7,
// without daylight saving, and a container without zone data must give the same times.
var Zone = time.FixedZone("ICT", 7*60*60)

// Date is a solar (Gregorian) day without a time. The zero Date is no date. As
// text, and so in JSON and YAML, it is "2006-01-02".
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// NewDate checks that the day exists.
func NewDate(year int, month time.Month, day int) (Date, error) {
	d := Date{year, month, day}
	if month < 1 || month > 12 || day < 1 || DateOf(d.Midnight()) != d {
		return Date{}, fmt.Errorf("%w: %d/%d/%d", ErrNoSuchDay, day, month, year)
	}
	return d, nil
}

// DateOf is the local day the moment falls on.
func DateOf(t time.Time) Date {
	y, m, d := t.In(Zone).Date()
	return Date{y, m, d}
}

// IsZero reports whether d is no date.
func (d Date) IsZero() bool { return d == Date{} }

// Midnight is the moment the day begins in Zone.
func (d Date) Midnight() time.Time { return d.At(0) }

// At is the moment that far after the day's midnight; more than 24 hours reach into the next day.
func (d Date) At(clock time.Duration) time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, Zone).Add(clock)
}

// AddDays moves n days on (or back).
func (d Date) AddDays(n int) Date {
	return DateOf(time.Date(d.Year, d.Month, d.Day+n, 0, 0, 0, 0, Zone))
}

// DaysSince is how many days d lies after o.
func (d Date) DaysSince(o Date) int { return d.julian() - o.julian() }

// Before reports whether d lies before o.
func (d Date) Before(o Date) bool { return d.Compare(o) < 0 }

// After reports whether d lies after o.
func (d Date) After(o Date) bool { return d.Compare(o) > 0 }

// Compare orders dates: -1, 0 or +1.
func (d Date) Compare(o Date) int {
	a := (d.Year*13+int(d.Month))*32 + d.Day
	b := (o.Year*13+int(o.Month))*32 + o.Day
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// Weekday is the day of the week.
func (d Date) Weekday() time.Weekday { return d.Midnight().Weekday() }

// String is "2006-01-02".
func (d Date) String() string { return fmt.Sprintf("%04d-%02d-%02d", d.Year, int(d.Month), d.Day) }

// MarshalText is String; the zero Date is empty.
func (d Date) MarshalText() ([]byte, error) {
	if d.IsZero() {
		return nil, nil
	}
	return []byte(d.String()), nil
}

// UnmarshalText reads "2006-01-02"; empty text is the zero Date.
func (d *Date) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = Date{}
		return nil
	}
	t, err := time.ParseInLocation(time.DateOnly, string(text), Zone)
	if err != nil {
		return fmt.Errorf("read date %q: %w", text, err)
	}
	*d = DateOf(t)
	return nil
}

// julian is the Julian day number of the date.
func (d Date) julian() int {
	a := (14 - int(d.Month)) / 12
	y := d.Year + 4800 - a
	m := int(d.Month) + 12*a - 3
	return d.Day + (153*m+2)/5 + 365*y + y/4 - y/100 + y/400 - 32045
}

// fromJulian is the Gregorian date of a Julian day number.
func fromJulian(jd int) Date {
	a := jd + 32044
	b := (4*a + 3) / 146097
	c := a - b*146097/4
	d := (4*c + 3) / 1461
	e := c - 1461*d/4
	m := (5*e + 2) / 153
	return Date{b*100 + d - 4800 + m/10, time.Month(m + 3 - 12*(m/10)), e - (153*m+2)/5 + 1}
}

// Span is a run of days, both ends included.
type Span struct {
	From Date `json:"from" yaml:"from"`
	To   Date `json:"to" yaml:"to"`
}

// Holds reports whether the day lies in the span.
func (s Span) Holds(d Date) bool { return !d.Before(s.From) && !d.After(s.To) }

// Days is the number of days of the span.
func (s Span) Days() int { return s.To.DaysSince(s.From) + 1 }
