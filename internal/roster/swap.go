package roster

import (
	"time"

	"trucban/internal/team"
)

// SwapState is how far a request has come.
type SwapState string

// The states of a request. The last four are final.
const (
	SwapAsked     SwapState = "asked"     // waits for the other person, or for any taker
	SwapAgreed    SwapState = "agreed"    // both consent; waits for the unit head
	SwapApproved  SwapState = "approved"  // may be applied to the shifts, and has been when stored
	SwapRefused   SwapState = "refused"   // by the other person or by the head
	SwapWithdrawn SwapState = "withdrawn" // by the one who asked
	SwapExpired   SwapState = "expired"
)

// Swap is a request to change who is on a shift: somebody gives a shift, or a
// part of it, to somebody else, for one of theirs or for nothing. Without To it
// is an open shift, and the first to take it is the other person.
type Swap struct {
	ID      string        `json:"id"`
	Unit    team.UnitID   `json:"unit"`
	State   SwapState     `json:"state"`
	Give    ShiftID       `json:"give"`
	From    team.MemberID `json:"from,omitempty"` // who is to leave Give; "" for a post nobody holds
	Post    Post          `json:"post,omitempty"` // the post nobody holds
	To      team.MemberID `json:"to,omitempty"`
	Take    ShiftID       `json:"take,omitempty"` // the shift of To that From gets for it
	Part    Part          `json:"part,omitzero"`  // of Give
	Reason  string        `json:"reason,omitempty"`
	Open    bool          `json:"open,omitempty"` // anybody of the unit may take it
	Expires time.Time     `json:"expires"`
	Asked   time.Time     `json:"asked"`
	Agreed  time.Time     `json:"agreed,omitzero"`
	Ended   time.Time     `json:"ended,omitzero"`
	EndedBy team.MemberID `json:"endedBy,omitempty"`
	Imposed bool          `json:"imposed,omitempty"` // the head did it without the consents
}

// Offer is what a person asks for.
type Offer struct {
	ID     string
	By     team.MemberID
	Give   ShiftID
	To     team.MemberID // "" makes it an open shift
	Take   ShiftID
	Part   Part
	Reason string
}

// Propose opens a request. It asks of the shifts as they stand that By is on the
// shift given and To on the one taken, that the part fits, and that nothing is
// over. The request expires when the earlier shift (or the part) begins.
func Propose(shifts []Shift, o Offer, at time.Time) (Swap, error) {
	w := Swap{ID: o.ID, State: SwapAsked, Give: o.Give, From: o.By, To: o.To, Take: o.Take,
		Part: o.Part, Reason: o.Reason, Open: o.To == "", Asked: at}
	if o.To == o.By {
		return w, ErrSamePerson
	}
	give, err := held(shifts, o.Give, o.By, at)
	if err != nil {
		return w, err
	}
	w.Unit, w.Expires = give.Unit, give.Start
	if o.Part.From.After(give.Start) {
		w.Expires = o.Part.From
	}
	if !w.Expires.After(at) { // a running shift may be handed on until it ends
		w.Expires = give.End
	}
	if o.Take != "" {
		take, err := held(shifts, o.Take, o.To, at)
		if err != nil {
			return w, err
		}
		if take.Start.Before(w.Expires) && take.Start.After(at) {
			w.Expires = take.Start
		}
	}
	in := o.To
	if in == "" {
		in = someTaker
	}
	if _, err := give.Cover(o.By, in, o.Part); err != nil {
		return w, err
	}
	return w, nil
}

// someTaker stands for whoever will take an open shift while its part is checked.
const someTaker team.MemberID = "?"

// Vacant opens a post of the shift that nobody holds to the first taker. Only the
// unit head takes it back, by Refuse.
func Vacant(shifts []Shift, id string, give ShiftID, post Post, at time.Time) (Swap, error) {
	w := Swap{ID: id, State: SwapAsked, Give: give, Post: post, Open: true, Asked: at}
	i := Find(shifts, give)
	if i < 0 {
		return w, ErrNoShift
	}
	if !shifts[i].End.After(at) {
		return w, ErrShiftOver
	}
	w.Unit, w.Expires = shifts[i].Unit, shifts[i].End
	if shifts[i].Start.After(at) {
		w.Expires = shifts[i].Start
	}
	return w, nil
}

// held finds a shift that is not over with the person on it.
func held(shifts []Shift, id ShiftID, m team.MemberID, at time.Time) (Shift, error) {
	i := Find(shifts, id)
	switch {
	case i < 0:
		return Shift{}, ErrNoShift
	case !shifts[i].Has(m):
		return Shift{}, ErrNotOnShift
	case !shifts[i].End.After(at):
		return Shift{}, ErrShiftOver
	}
	return shifts[i], nil
}

// Consent is the other person's yes; of an open shift anybody's, and the first
// one's only: later takers get ErrNotOpen. A second yes of the same person changes nothing.
func (w Swap) Consent(by team.MemberID, at time.Time) (Swap, error) {
	switch {
	case w.State == SwapAgreed && by == w.To:
		return w, nil
	case w.Open && w.State != SwapAsked && w.To != "" && by != w.From:
		return w, ErrNotOpen
	case w.State != SwapAsked:
		return w, ErrWrongState
	case !at.Before(w.Expires):
		return w, ErrExpired
	case by == w.From:
		return w, ErrSamePerson
	case !w.Open && by != w.To:
		return w, ErrNotParty
	}
	w.To, w.State, w.Agreed = by, SwapAgreed, at
	return w, nil
}

// Refuse is the other person's no before the head decides, or the head's.
func (w Swap) Refuse(by team.MemberID, head bool, at time.Time) (Swap, error) {
	switch {
	case w.State != SwapAsked && w.State != SwapAgreed:
		return w, ErrWrongState
	case !head && (w.Open || by != w.To):
		return w, ErrNotParty
	}
	return w.end(SwapRefused, by, at), nil
}

// Withdraw takes the request back; only the one who asked can, and only before approval.
func (w Swap) Withdraw(by team.MemberID, at time.Time) (Swap, error) {
	switch {
	case w.State != SwapAsked && w.State != SwapAgreed:
		return w, ErrWrongState
	case by != w.From:
		return w, ErrNotParty
	}
	return w.end(SwapWithdrawn, by, at), nil
}

// Approve is the unit head's yes after both consents; the caller has checked that
// by is a head over w.Unit. A head who is a party leaves it to the one above.
func (w Swap) Approve(by team.MemberID, at time.Time) (Swap, error) {
	switch {
	case w.State != SwapAgreed:
		return w, ErrWrongState
	case by == w.From || by == w.To:
		return w, ErrOwnApproval
	case !at.Before(w.Expires):
		return w, ErrExpired
	}
	return w.end(SwapApproved, by, at), nil
}

// Impose is the head doing it for them, without the consents. The other person
// must be named; in is used when the request is still open.
func (w Swap) Impose(by, in team.MemberID, at time.Time) (Swap, error) {
	if w.To == "" {
		w.To = in
	}
	switch {
	case w.State != SwapAsked && w.State != SwapAgreed:
		return w, ErrWrongState
	case w.To == "" || w.To == w.From:
		return w, ErrSamePerson
	case !at.Before(w.Expires):
		return w, ErrExpired
	}
	w.Imposed = w.State == SwapAsked
	return w.end(SwapApproved, by, at), nil
}

// Step is the request's alarm: it expires what nobody decided in time, and says
// when to look again; zero when the request has ended.
func (w Swap) Step(now time.Time) (Swap, time.Time) {
	if w.Final() {
		return w, time.Time{}
	}
	if now.Before(w.Expires) {
		return w, w.Expires
	}
	return w.end(SwapExpired, "", now), time.Time{}
}

// Final reports whether the request has ended.
func (w Swap) Final() bool { return w.State != SwapAsked && w.State != SwapAgreed }

func (w Swap) end(s SwapState, by team.MemberID, at time.Time) Swap {
	w.State, w.Ended, w.EndedBy = s, at, by
	return w
}

// Apply makes the change in the shifts as they stand now, or says which rule
// forbids it; shifts are those of everybody concerned, over all their units. It
// may be asked before the approval too, to tell people early. The list given is
// not changed; the shifts that changed come back.
func (w Swap) Apply(shifts []Shift, r Rules) ([]Shift, error) {
	if w.To == "" {
		return nil, ErrNotParty
	}
	after := append([]Shift(nil), shifts...)
	gi := Find(after, w.Give)
	if gi < 0 {
		return nil, ErrNoShift
	}
	var err error
	if w.From == "" {
		after[gi], err = after[gi].Fill(w.Post, w.To)
	} else {
		after[gi], err = after[gi].Cover(w.From, w.To, w.Part)
	}
	if err != nil {
		return nil, err
	}
	changed := []int{gi}
	if w.Take != "" {
		ti := Find(after, w.Take)
		if ti < 0 {
			return nil, ErrNoShift
		}
		if after[ti], err = after[ti].Cover(w.To, w.From, Part{}); err != nil {
			return nil, err
		}
		changed = append(changed, ti)
	}
	for _, m := range []team.MemberID{w.From, w.To} {
		if c := r.Adds(shifts, after, m); len(c) > 0 {
			return nil, Broken{c[0]}
		}
	}
	out := make([]Shift, 0, len(changed))
	for _, i := range changed {
		out = append(out, after[i])
	}
	return out, nil
}
