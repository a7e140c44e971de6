package cadence

import (
	"time"

	"trucban/internal/roster"
)

// Quiet is a daily span of the local clock, in minutes after midnight, in which
// nobody is nudged about work that can wait. From may lie after To: the span
// then crosses midnight. The zero value is no quiet time.
type Quiet struct {
	From int `json:"from" yaml:"from"`
	To   int `json:"to" yaml:"to"`
}

// IsZero reports whether there is no quiet time.
func (q Quiet) IsZero() bool { return q.From == q.To }

// Holds reports whether t lies in quiet time.
func (q Quiet) Holds(t time.Time) bool {
	l := t.In(roster.Zone)
	at := l.Hour()*60 + l.Minute()
	if q.From < q.To {
		return at >= q.From && at < q.To
	}
	return q.From > q.To && (at >= q.From || at < q.To)
}

// After is t itself outside quiet time and the end of quiet time inside it.
func (q Quiet) After(t time.Time) time.Time {
	if t.IsZero() || !q.Holds(t) {
		return t
	}
	return wall(t, q.To, 1)
}

// Before is t itself outside quiet time and the last minute before it inside.
func (q Quiet) Before(t time.Time) time.Time {
	if t.IsZero() || !q.Holds(t) {
		return t
	}
	return wall(t, q.From, -1).Add(-time.Minute)
}

// Add is the moment d after t on a clock that stands still in quiet time, so that
// steps which are hours apart stay hours apart across a night. A negative d goes
// back on the ordinary clock, and out of quiet time to the minute before it.
func (q Quiet) Add(t time.Time, d time.Duration) time.Time {
	if d < 0 || q.IsZero() {
		return q.Before(t.Add(d))
	}
	t = q.After(t)
	for {
		bed := wall(t, q.From, 1)
		if left := bed.Sub(t); d >= left {
			t, d = q.After(bed), d-left
			continue
		}
		return t.Add(d)
	}
}

// wall is the nearest moment at that minute of the local day, at or after t with
// dir 1 and at or before it with dir -1.
func wall(t time.Time, minute, dir int) time.Time {
	y, m, d := t.In(roster.Zone).Date()
	at := time.Date(y, m, d, minute/60, minute%60, 0, 0, roster.Zone)
	if dir > 0 && at.Before(t) || dir < 0 && at.After(t) {
		at = at.AddDate(0, 0, dir)
	}
	return at.UTC()
}
