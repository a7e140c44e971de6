// Package courtesy says when a message that can wait may go: not in the hours a unit
// keeps quiet, and not more often than its budget of nudges.
//
// It promises that a message is put off only where whoever reads it still has time
// for it afterwards, so that keeping quiet never turns into silence. It decides about
// moments only; what waits is kept by the bot. Alarms are never asked about here.
package courtesy

import (
	"time"

	"trucban/internal/cadence"
)

// Policy is what a unit decided for its people and its own chats. The zero value
// puts nothing off.
type Policy struct {
	Quiet  cadence.Quiet `json:"quiet,omitzero"`
	Person int           `json:"person,omitempty"` // nudges one person gets within Window; 0: no limit
	Group  int           `json:"group,omitempty"`  // the same for a group
}

// IsZero reports whether the policy puts nothing off.
func (p Policy) IsZero() bool { return p == Policy{} }

const (
	// Window is the time in which the budget's nudges are counted.
	Window = time.Hour
	// Useful is the time a message that was put off leaves its reader at least.
	Useful = time.Hour
)

// Nudge is a message that can wait.
type Nudge struct {
	At       time.Time
	NotAfter time.Time // zero: no limit
	Group    bool      // for a group; its budget is its own
	Awake    bool      // for a person who is on duty: quiet hours are not theirs
}

// Until is when the nudge may go; the zero time is now. sent are the moments of the
// nudges the same reader got before, in any order.
func (p Policy) Until(n Nudge, sent []time.Time) time.Time {
	at := p.after(n, n.At)
	if limit := p.limit(n.Group); limit > 0 {
		for {
			oldest, count := within(sent, at)
			if count < limit {
				break
			}
			at = p.after(n, oldest.Add(Window))
		}
	}
	if !at.After(n.At) || !n.NotAfter.IsZero() && n.NotAfter.Sub(at) < Useful {
		return time.Time{}
	}
	return at
}

func (p Policy) limit(group bool) int {
	if group {
		return p.Group
	}
	return p.Person
}

func (p Policy) after(n Nudge, at time.Time) time.Time {
	if n.Awake {
		return at
	}
	return p.Quiet.After(at)
}

// within counts the moments in (at-Window, at] and names the first of them.
func within(sent []time.Time, at time.Time) (oldest time.Time, count int) {
	for _, t := range sent {
		if t.After(at) || !t.After(at.Add(-Window)) {
			continue
		}
		if count++; oldest.IsZero() || t.Before(oldest) {
			oldest = t
		}
	}
	return oldest, count
}

// Recent drops the moments that count no more at the given one.
func Recent(sent []time.Time, at time.Time) []time.Time {
	var out []time.Time
	for _, t := range sent {
		if t.After(at.Add(-Window)) {
			out = append(out, t)
		}
	}
	return out
}
