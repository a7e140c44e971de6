package checkin

import (
	"errors"
	"slices"
	"time"

	"trucban/internal/roster"
	"trucban/internal/team"
)

// Handover is the record passed from one shift to the next (biên bản bàn giao ca).
// The giver writes it; once somebody of the next shift has taken over it is sealed
// and can only be added to, marked as such.
type Handover struct {
	By       team.MemberID `json:"by"`
	At       time.Time     `json:"at"`
	Text     string        `json:"text,omitempty"` // state as the giver sees it
	Open     []Matter      `json:"open,omitempty"` // open incidents and tasks, attached by the bot
	Taken    team.MemberID `json:"taken,omitempty"`
	TakenAt  time.Time     `json:"taken_at,omitzero"`
	Remark   string        `json:"remark,omitempty"`
	Appended []Entry       `json:"appended,omitempty"` // additions after the seal
}

// Matter is something that goes on over the change of shifts, as it stood then.
type Matter struct {
	ID   string `json:"id"`
	Text string `json:"text"`
}

// Sealed reports whether the next shift has taken over.
func (h *Handover) Sealed() bool { return h != nil && h.Taken != "" }

// Faults of a handover.
var (
	ErrNoHandover = errors.New("nothing was handed over")
	ErrSealed     = errors.New("the record was taken over already")
	ErrNotNext    = errors.New("person is not on the next shift")
	ErrOwnRecord  = errors.New("nobody takes over from themselves")
)

// maxRecord bounds the additions of one record.
const maxRecord = 50

// HandOver writes the record, or writes it anew while nobody has taken over. What
// was said before stays before what is said now.
func (w Watch) HandOver(by team.MemberID, at time.Time, text string, open []Matter) (Watch, error) {
	switch {
	case !w.Shift.Has(by):
		return w, ErrNotOnShift
	case w.Hand.Sealed():
		return w, ErrSealed
	}
	h := Handover{By: by, At: at.UTC(), Text: text, Open: open}
	if w.Hand != nil {
		switch {
		case text == "":
			h.Text = w.Hand.Text
		case w.Hand.Text != "" && w.Hand.Text != text:
			h.Text = w.Hand.Text + "\n" + text
		}
		h.At = w.Hand.At // the wait for the next shift goes on
	}
	next := w.clone()
	next.Hand = &h
	return next, nil
}

// TakeOver seals the record for a person of the next shift. The giver may do so only
// where nobody else is on it. cleared lists who was told that the handover was not done.
func (w Watch) TakeOver(by team.MemberID, at time.Time, remark string, following roster.Shift) (next Watch, cleared []Level, err error) {
	switch {
	case w.Hand == nil:
		return w, nil, ErrNoHandover
	case w.Hand.Sealed():
		return w, nil, ErrSealed
	case !following.Has(by):
		return w, nil, ErrNotNext
	case by == w.Hand.By && slices.ContainsFunc(following.People, func(a roster.Assignment) bool { return a.Member != by }):
		return w, nil, ErrOwnRecord
	}
	h := *w.Hand
	h.Taken, h.TakenAt, h.Remark = by, at.UTC(), remark
	next = w.clone()
	next.Hand, next.Waited = &h, nil
	return next, w.Waited, nil
}

// AddToRecord adds a line to a sealed record; what was sealed stays as it was.
func (w Watch) AddToRecord(by team.MemberID, at time.Time, text string) (Watch, error) {
	if !w.Hand.Sealed() || len(w.Hand.Appended) >= maxRecord {
		return w, ErrNoHandover
	}
	h := *w.Hand
	h.Appended = append(slices.Clone(h.Appended), Entry{At: at.UTC(), What: "added", By: by, Text: text})
	next := w.clone()
	next.Hand = &h
	return next, nil
}

// Following is the shift that takes over from s: the first of the same unit that
// begins after s began and ends after s ended. ok is false when none is near.
func Following(s roster.Shift, all []roster.Shift) (next roster.Shift, ok bool) {
	for _, o := range all {
		if o.Unit != s.Unit || o.ID == s.ID || !o.Start.After(s.Start) || !o.End.After(s.End) || o.Start.Sub(s.End) > maxPause {
			continue
		}
		if !ok || o.Start.Before(next.Start) {
			next, ok = o, true
		}
	}
	return next, ok
}

// maxPause is the longest hole between two shifts over which a record is handed on.
const maxPause = 16 * time.Hour
