package roster

import (
	"errors"
	"time"

	"trucban/internal/team"
)

// Faults of changing who is on a shift.
var (
	ErrNotOnShift  = errors.New("the person is not on the shift")
	ErrOnShift     = errors.New("the person is on the shift already")
	ErrNoShift     = errors.New("there is no such shift")
	ErrBadPart     = errors.New("the part does not lie within the person's hours")
	ErrShiftOver   = errors.New("the shift is over")
	ErrDoubleBook  = errors.New("the person would be on two shifts at once")
	ErrTwoNights   = errors.New("the person would be on two nights running")
	ErrAway        = errors.New("the person is on leave then")
	ErrNotOpen     = errors.New("somebody has taken the place")
	ErrWrongState  = errors.New("the request is past that step")
	ErrNotParty    = errors.New("the person has no part in the request")
	ErrOwnApproval = errors.New("a party to a swap cannot approve it")
	ErrExpired     = errors.New("the request has expired")
	ErrSamePerson  = errors.New("nobody swaps with themselves")
)

// Part is a stretch of a shift. Zero ends mean those of the shift.
type Part struct {
	From time.Time `json:"from,omitzero"`
	To   time.Time `json:"to,omitzero"`
}

// Cover puts in at the place of out, for the whole shift or a part of it, and
// keeps in the assignment whom in stands in for. What out keeps of the shift
// stays with out, in up to two pieces.
func (s Shift) Cover(out, in team.MemberID, p Part) (Shift, error) {
	if out == in {
		return s, ErrSamePerson
	}
	for i, a := range s.People {
		if a.Member != out {
			continue
		}
		from, to := s.Hours(a)
		pf, pt := p.From, p.To
		if pf.IsZero() {
			pf = from
		}
		if pt.IsZero() {
			pt = to
		}
		if !pf.Before(pt) || pf.Before(from) || pt.After(to) {
			continue
		}
		if s.busy(in, pf, pt) {
			return s, ErrOnShift
		}
		return s.place(i, a, in, Part{pf, pt}), nil
	}
	if !s.Has(out) {
		return s, ErrNotOnShift
	}
	return s, ErrBadPart
}

// place replaces assignment i by the stand-in and by what is left of it.
func (s Shift) place(i int, a Assignment, in team.MemberID, p Part) Shift {
	from, to := s.Hours(a)
	stand := a
	stand.Member, stand.For = in, a.Member
	if a.For == in { // back to the one it was taken from
		stand.For = ""
	}
	stand.From, stand.To = s.ends(p.From, p.To)
	next := s.Clone()
	next.People = next.People[:i:i]
	if from.Before(p.From) {
		left := a
		left.From, left.To = s.ends(from, p.From)
		next.People = append(next.People, left)
	}
	next.People = append(next.People, stand)
	if p.To.Before(to) {
		left := a
		left.From, left.To = s.ends(p.To, to)
		next.People = append(next.People, left)
	}
	next.People = append(next.People, s.People[i+1:]...)
	return next
}

// ends leaves out the ends that are the shift's own.
func (s Shift) ends(from, to time.Time) (time.Time, time.Time) {
	if from.Equal(s.Start) {
		from = time.Time{}
	}
	if to.Equal(s.End) {
		to = time.Time{}
	}
	return from, to
}

// busy reports whether the person is on this very shift at some time in [from, to).
func (s Shift) busy(m team.MemberID, from, to time.Time) bool {
	for _, a := range s.People {
		f, t := s.Hours(a)
		if a.Member == m && f.Before(to) && from.Before(t) {
			return true
		}
	}
	return false
}

// Fill puts a person at a post nobody holds.
func (s Shift) Fill(post Post, m team.MemberID) (Shift, error) {
	if s.Has(m) {
		return s, ErrOnShift
	}
	s = s.Clone()
	s.People = append(s.People, Assignment{Post: post, Member: m})
	return s, nil
}

// Find returns the place of the shift in the list, -1 when it is not there.
func Find(shifts []Shift, id ShiftID) int {
	for i := range shifts {
		if shifts[i].ID == id {
			return i
		}
	}
	return -1
}

// Broken is a change refused because of a rule, with who would break it on which shifts.
type Broken struct{ Conflict }

func (b Broken) Error() string { return b.fault().Error() }

// Unwrap is the rule.
func (b Broken) Unwrap() error { return b.fault() }

// fault is the error of a conflict.
func (c Conflict) fault() error {
	switch c.Kind {
	case DoubleBooked:
		return ErrDoubleBook
	case TwoNights:
		return ErrTwoNights
	}
	return ErrAway
}
