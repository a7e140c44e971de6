package incident

import (
	"errors"
	"slices"
	"strings"
	"time"

	"trucban/internal/team"
)

// Refusals. A *RefusedError wraps one of them and says who was first.
var (
	ErrAcked    = errors.New("incident is acknowledged already")
	ErrTaken    = errors.New("somebody else is handling the incident")
	ErrResolved = errors.New("incident is resolved already")
	ErrClosed   = errors.New("incident is closed")
	ErrOpen     = errors.New("incident is open")
	ErrMerged   = errors.New("incident was merged into another")
	ErrSelf     = errors.New("an incident cannot be merged into itself")
	ErrReason   = errors.New("a reason is needed")
	ErrEmpty    = errors.New("nothing was said")
	ErrUnknown  = errors.New("no such kind, level, step or deadline")
	ErrDone     = errors.New("that was done already")
	ErrFuture   = errors.New("the time lies after the report")
)

// RefusedError says why a decision was not taken, and who had decided before.
type RefusedError struct {
	Cause error
	By    team.MemberID
	At    time.Time
	Into  ID // where the incident went, for ErrMerged
}

// Error is for logs; it names no person.
func (e *RefusedError) Error() string { return e.Cause.Error() }

// Unwrap gives the sentinel.
func (e *RefusedError) Unwrap() error { return e.Cause }

// open refuses acts on a closed incident.
func (i Incident) open() error {
	switch {
	case i.MergedInto != "":
		return &RefusedError{Cause: ErrMerged, By: i.ClosedBy, At: i.ClosedAt, Into: i.MergedInto}
	case i.State == StateClosed:
		return &RefusedError{Cause: ErrClosed, By: i.ClosedBy, At: i.ClosedAt}
	}
	return nil
}

// Ack says that somebody has seen the incident. It ends the ladder; the next
// Step yields the all-clear. Whoever comes second learns who was first.
func (i Incident) Ack(a Act) (Incident, error) {
	if err := i.open(); err != nil {
		return i, err
	}
	if !i.Unacked() {
		return i, &RefusedError{Cause: ErrAcked, By: i.AckedBy, At: i.AckedAt}
	}
	return i.seen(a).note(a, WhatAcked, ""), nil
}

// seen records the acknowledgement that every deciding act implies.
func (i Incident) seen(a Act) Incident {
	if i.Unacked() {
		a = a.stamp()
		i.State, i.AckedBy, i.AckedAt = StateAcked, a.By, a.At
	}
	return i
}

// Take says that somebody works on it, and that it was seen.
func (i Incident) Take(a Act) (Incident, error) {
	if err := i.open(); err != nil {
		return i, err
	}
	switch i.State {
	case StateResolved:
		return i, &RefusedError{Cause: ErrResolved, By: i.ResolvedBy, At: i.ResolvedAt}
	case StateHandling:
		return i, &RefusedError{Cause: ErrTaken, By: i.Handler, At: i.HandledAt}
	}
	return i.handedTo(a.By, a), nil
}

// Assign gives the work to a person, also when another one has it; the decision
// of a head or the desk, never of a late press.
func (i Incident) Assign(to team.MemberID, a Act) (Incident, error) {
	if err := i.open(); err != nil {
		return i, err
	}
	if i.State == StateResolved {
		return i, &RefusedError{Cause: ErrResolved, By: i.ResolvedBy, At: i.ResolvedAt}
	}
	return i.handedTo(to, a), nil
}

func (i Incident) handedTo(to team.MemberID, a Act) Incident {
	i = i.seen(a)
	i.State, i.Handler, i.HandledAt = StateHandling, to, a.stamp().At
	return i.note(a, WhatTaken, string(to))
}

// Resolve says that the trouble is over; text tells how, and may be empty.
func (i Incident) Resolve(text string, a Act) (Incident, error) {
	if err := i.open(); err != nil {
		return i, err
	}
	if i.State == StateResolved {
		return i, &RefusedError{Cause: ErrResolved, By: i.ResolvedBy, At: i.ResolvedAt}
	}
	i = i.seen(a)
	i.State, i.ResolvedBy, i.ResolvedAt = StateResolved, a.By, a.stamp().At
	return i.note(a, WhatResolved, strings.TrimSpace(text)), nil
}

// Close ends the incident as solved; it implies that it was seen and resolved.
// Report deadlines that are not met stay on the clock.
func (i Incident) Close(text string, a Act) (Incident, error) {
	if err := i.open(); err != nil {
		return i, err
	}
	i = i.seen(a)
	if i.State != StateResolved {
		i.ResolvedBy, i.ResolvedAt = a.By, a.stamp().At
	}
	return i.end(OutcomeSolved, a).note(a, WhatClosed, strings.TrimSpace(text)), nil
}

// FalseAlarm ends the incident as a false alarm; the reason is needed.
func (i Incident) FalseAlarm(reason string, a Act) (Incident, error) {
	if err := i.open(); err != nil {
		return i, err
	}
	reason = strings.TrimSpace(reason)
	if reason == "" {
		return i, ErrReason
	}
	i = i.seen(a).end(OutcomeFalse, a)
	i.Reason = reason
	return i.note(a, WhatFalse, reason), nil
}

func (i Incident) end(o Outcome, a Act) Incident {
	i.State, i.Outcome, i.ClosedBy, i.ClosedAt = StateClosed, o, a.By, a.stamp().At
	return i
}

// Reopen takes a resolved or closed incident up again: it counts as not seen, and the ladder starts anew.
func (i Incident) Reopen(reason string, a Act) (Incident, error) {
	if i.MergedInto != "" {
		return i, i.open()
	}
	if i.State != StateClosed && i.State != StateResolved {
		return i, ErrOpen
	}
	reason = strings.TrimSpace(reason)
	if reason == "" {
		return i, ErrReason
	}
	a = a.stamp()
	i.State, i.Outcome, i.Reason = StateReopened, "", reason
	i.AckedBy, i.AckedAt, i.Handler, i.HandledAt = "", time.Time{}, "", time.Time{}
	i.ResolvedBy, i.ResolvedAt, i.ClosedBy, i.ClosedAt = "", time.Time{}, "", time.Time{}
	i.Ladder = Ladder{From: a.At, Climb: i.Ladder.Climb + 1}
	i.Nudged = time.Time{}
	return i.note(a, WhatReopened, reason), nil
}

// Update puts a text on the timeline, also after the close: what is learnt late belongs to the record.
func (i Incident) Update(text string, a Act) (Incident, error) {
	if i.MergedInto != "" {
		return i, i.open()
	}
	text = strings.TrimSpace(text)
	if text == "" {
		return i, ErrEmpty
	}
	return i.note(a, WhatUpdated, text), nil
}

// Show adds evidence.
func (i Incident) Show(e Evidence) (Incident, error) {
	if i.MergedInto != "" {
		return i, i.open()
	}
	e.Act = e.stamp()
	i.Evidence = append(slices.Clip(i.Evidence), e)
	return i.note(e.Act, WhatEvidence, e.Name), nil
}

// SetKind fixes the kind, a code of the rules.
func (i Incident) SetKind(kind string, r Rules, a Act) (Incident, error) {
	if err := i.open(); err != nil {
		return i, err
	}
	if _, ok := r.Kind(kind); !ok {
		return i, ErrUnknown
	}
	i.Kind, i.KindSet = kind, true
	if k, _ := r.Kind(kind); !i.LevelSet && k.Level.Rank() > i.Level.Rank() {
		i.Level = k.Level
	}
	return i.note(a, WhatKind, kind), nil
}

// SetLevel fixes the level. Raising it while nobody has seen the incident makes the ladder faster.
func (i Incident) SetLevel(l Level, a Act) (Incident, error) {
	if err := i.open(); err != nil {
		return i, err
	}
	if l.Rank() < 0 {
		return i, ErrUnknown
	}
	i.Level, i.LevelSet = l, true
	return i.note(a, WhatLevel, string(l)), nil
}

// SetFound fixes the detection time, from which the legal deadlines count; it cannot lie after the act.
func (i Incident) SetFound(found time.Time, a Act) (Incident, error) {
	if err := i.open(); err != nil {
		return i, err
	}
	if found.After(a.At) {
		return i, ErrFuture
	}
	i.FoundAt, i.FoundSaid = found.UTC().Truncate(time.Millisecond), true
	return i.note(a, WhatFound, i.FoundAt.Format(time.RFC3339)), nil
}

// SetSystem names the system concerned.
func (i Incident) SetSystem(system string, a Act) (Incident, error) {
	if err := i.open(); err != nil {
		return i, err
	}
	system = strings.TrimSpace(system)
	if system == "" {
		return i, ErrEmpty
	}
	i.System = system
	return i.note(a, WhatSystem, system), nil
}

// Met records that the report of a deadline was sent.
func (i Incident) Met(id string, a Act) (Incident, error) {
	for n, d := range i.Deadlines {
		if d.ID != id {
			continue
		}
		if !d.MetAt.IsZero() {
			return i, &RefusedError{Cause: ErrDone, By: d.MetBy, At: d.MetAt}
		}
		i.Deadlines = slices.Clone(i.Deadlines)
		i.Deadlines[n].MetBy, i.Deadlines[n].MetAt = a.By, a.stamp().At
		return i.note(a, WhatDeadline, id), nil
	}
	return i, ErrUnknown
}
