// Package receipt says how a wave of messages went: how many people and how many
// units it reached, who is left and why, and when that is worth a word.
//
// It promises that people and units are counted apart, that who was told of
// nothing is named, that the same people are not named twice for one subject, and
// that a word about somebody who was not reached is followed by one when nobody is
// left. It decides with values: no clock, no store, no text. Whether a message
// arrived is the outbox's knowledge; one that was read is nobody's.
package receipt

import (
	"slices"
	"strings"
	"time"

	"trucban/internal/team"
)

// When a wave is looked at.
const (
	After   = 5 * time.Minute // the first look; sending takes a while
	LookFor = 12 * time.Hour  // later looks end then, each twice as long after the wave as the one before
)

// Unit names a unit's chats among those a wave is for; people are named by their id.
func Unit(u team.UnitID) string { return "@" + string(u) }

// UnitOf is the unit named, ok is false for a person.
func UnitOf(whom string) (u team.UnitID, ok bool) {
	id, ok := strings.CutPrefix(whom, "@")
	return team.UnitID(id), ok
}

// Reasons beside those of the outbox.
const (
	Late   = "late"   // its time had passed
	NoDoor = "nodoor" // there is no way to write to the person or the unit
)

// Receipt is what is kept of the newest wave about one subject.
type Receipt struct {
	Subject string        `json:"subject"` // what the waves are about: "watch:…", "directive:…"
	Wave    string        `json:"wave"`
	About   string        `json:"about"`
	Unit    team.UnitID   `json:"unit,omitzero"`
	By      team.MemberID `json:"by,omitzero"` // who sent it and hears of it in any case
	At      time.Time     `json:"at"`
	Lacking []string      `json:"lacking,omitzero"` // those nothing could be sent to
	Held    []string      `json:"held,omitzero"`    // those whose message waits until Until
	Until   time.Time     `json:"until,omitzero"`
	Told    []string      `json:"told,omitzero"` // those named as not reached, of this subject's waves
	Said    bool          `json:"said,omitzero"` // a word about this wave has gone out
}

// Again begins the next wave of the same subject; a wave that goes on stays what it was.
func (r Receipt) Again(next Receipt) Receipt {
	if next.Wave != r.Wave {
		next.Told = r.Told
		return next
	}
	r.Held = append(slices.Clone(r.Held), next.Held...)
	if r.Until.IsZero() {
		r.Until = next.Until
	}
	r.Lacking = slices.Clone(r.Lacking)
	for _, w := range next.Lacking {
		if !slices.Contains(r.Lacking, w) {
			r.Lacking = append(r.Lacking, w)
		}
	}
	return r
}

// Count is how many of those a wave is for it reached.
type Count struct{ Reached, All int }

// Miss is one who was not reached, and why.
type Miss struct{ Whom, Reason string }

// Tally is how a wave stands.
type Tally struct {
	People, Units Count
	Waiting       int // still on their way, Held among them
	Held          int // kept back: not on their way yet
	Missed        []Miss
	Left          []string // told of before, not in this wave, and still not to be left out
}

// States of one whom a wave is for, as the outbox keeps them; others are reasons.
const (
	waiting  = "waiting"
	sent     = "sent"
	needless = "needless"
)

// Count sums a wave up from how it stands with each it is for. settled answers
// whether what a person was to be told is no longer needed; such people, and those
// whose message was needless, are not counted.
func (r Receipt) Count(to map[string]string, settled func(team.MemberID) bool) Tally {
	var t Tally
	add := func(whom, state string) {
		_, unit := UnitOf(whom)
		if state == needless || state != sent && !unit && settled(team.MemberID(whom)) {
			return
		}
		c := &t.People
		if unit {
			c = &t.Units
		}
		c.All++
		switch state {
		case sent:
			c.Reached++
		case waiting:
			t.Waiting++
		default:
			t.Missed = append(t.Missed, Miss{whom, state})
		}
	}
	for whom, state := range to {
		add(whom, state)
	}
	for i, whom := range r.Held {
		if _, sent := to[whom]; !sent && !slices.Contains(r.Held[:i], whom) {
			n := t.Waiting
			add(whom, waiting)
			t.Held += t.Waiting - n
		}
	}
	for _, whom := range r.Lacking {
		if _, sent := to[whom]; !sent {
			add(whom, NoDoor)
		}
	}
	for _, whom := range r.Told {
		_, here := to[whom]
		if _, unit := UnitOf(whom); !here && !slices.Contains(r.Lacking, whom) && (unit || !settled(team.MemberID(whom))) {
			t.Left = append(t.Left, whom)
		}
	}
	slices.SortFunc(t.Missed, func(a, b Miss) int { return strings.Compare(a.Whom, b.Whom) })
	return t
}

// Look says whether the tally is worth a word now and when to look again; the zero
// time means never. Whoever sent the wave hears once in any case; others when
// somebody was not reached that they do not know of, and when nobody is left. A
// person nothing could be sent to is no news where a unit's chat has it: the name
// stands there.
func (r Receipt) Look(t Tally, now time.Time) (next Receipt, say bool, again time.Time) {
	next = r
	var missed []string
	fresh := false
	for _, m := range t.Missed {
		missed = append(missed, m.Whom)
		_, unit := UnitOf(m.Whom)
		known := m.Reason == NoDoor && !unit && t.Units.Reached > 0 || slices.Contains(r.Told, m.Whom)
		fresh = fresh || !known
	}
	over := len(missed) == 0 && t.Waiting == 0
	say = fresh || over && len(t.Left) == 0 && (len(r.Told) > 0 || r.By != "" && !r.Said)
	if say {
		next.Said, next.Told = true, append(missed, t.Left...)
	}
	if over || now.Sub(r.At) >= LookFor {
		return next, say, time.Time{}
	}
	return next, say, later(r.At.Add(2*now.Sub(r.At)), now.Add(After))
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
