package incident

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Merge joins child into parent and returns both: the child is closed as a
// duplicate, the parent keeps its reporters, its evidence and what was reported to
// the authorities, and takes the higher level.
func Merge(parent, child Incident, reason string, a Act) (Incident, Incident, error) {
	reason = strings.TrimSpace(reason)
	switch {
	case parent.ID == child.ID:
		return parent, child, ErrSelf
	case reason == "":
		return parent, child, ErrReason
	case parent.Drill != child.Drill:
		return parent, child, fmt.Errorf("a drill and a real incident: %w", ErrUnknown)
	}
	if err := parent.open(); err != nil {
		return parent, child, err
	}
	if err := child.open(); err != nil {
		return parent, child, err
	}
	out := child.seen(a).end(OutcomeMerged, a)
	out.MergedInto, out.Reason = parent.ID, reason
	out = out.note(a, WhatMerged, string(parent.ID)+": "+reason)

	parent.Children = append(slices.Clip(parent.Children), child.ID)
	parent.Reporters = append(slices.Clip(parent.Reporters), Reporter{Member: child.Reporter, Unit: child.Unit, ID: child.ID})
	parent.Reporters = append(parent.Reporters, child.Reporters...)
	if child.Level.Rank() > parent.Level.Rank() {
		parent.Level = child.Level
	}
	if child.FoundAt.Before(parent.FoundAt) {
		parent.FoundAt, parent.FoundSaid = child.FoundAt, child.FoundSaid
	}
	if parent.Kind == "" {
		parent.Kind = child.Kind
	}
	parent.Deadlines = sent(parent.Deadlines, child.Deadlines)
	parent.Evidence = append(slices.Clip(parent.Evidence), child.Evidence...)
	return parent.note(a, WhatAdopted, string(child.ID)), out, nil
}

// sent adds to the list the reports that were sent for another incident: what the
// authorities have been told once is not asked for again.
func sent(list, other []Deadline) []Deadline {
	list = slices.Clone(list)
	for _, d := range other {
		if d.MetAt.IsZero() {
			continue
		}
		n := slices.IndexFunc(list, func(o Deadline) bool { return o.ID == d.ID })
		switch {
		case n < 0:
			list = append(list, d)
		case list[n].MetAt.IsZero():
			list[n].MetBy, list[n].MetAt = d.MetBy, d.MetAt
		}
	}
	return list
}

// Real says that what was taken for a drill is none: the deadlines count, and the ladder starts anew.
func (i Incident) Real(a Act) (Incident, error) {
	if err := i.open(); err != nil {
		return i, err
	}
	if !i.Drill {
		return i, &RefusedError{Cause: ErrDone, By: i.Reporter, At: i.ReportedAt}
	}
	a = a.stamp()
	i.Drill, i.State = false, StateNew
	i.AckedBy, i.AckedAt, i.Handler, i.HandledAt = "", time.Time{}, "", time.Time{}
	i.Ladder = Ladder{From: a.At, Climb: i.Ladder.Climb + 1}
	return i.note(a, WhatReal, ""), nil
}
