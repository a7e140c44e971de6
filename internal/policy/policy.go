// Package policy is what a unit has decided about its duty: check-in, handover,
// rounds, quiet hours. It is laid in layers: the product's defaults, then what the
// organisation set, then each unit on the way down.
//
// It promises that a policy without Faults keeps the product's promise: every ladder
// that has steps ends above the person concerned, and its steps come in order. It decides with
// values; where the layers are kept is the bot's.
package policy

import (
	"time"

	"trucban/internal/checkin"
	"trucban/internal/courtesy"
)

// Policy is what holds for one unit.
type Policy struct {
	Checkin  checkin.Policy
	Courtesy courtesy.Policy
}

// Default is what an office gets that sets nothing.
func Default() Policy { return Policy{Checkin: checkin.DefaultPolicy()} }

// Rules are the fields one layer sets; nil leaves what the layer above says.
type Rules struct {
	EveAt      *time.Duration   `json:"eve_at,omitempty"`
	Before     *[]time.Duration `json:"before,omitempty"`
	AtStart    *bool            `json:"at_start,omitempty"`
	OpenBefore *time.Duration   `json:"open_before,omitempty"`
	Grace      *time.Duration   `json:"grace,omitempty"`
	Ladder     *[]checkin.Rung  `json:"ladder,omitempty"`
	Absent     *time.Duration   `json:"absent,omitempty"`
	UndoWithin *time.Duration   `json:"undo_within,omitempty"`
	Handover   *[]checkin.Rung  `json:"handover,omitempty"`
	HandNeeded *bool            `json:"hand_needed,omitempty"`
	Every      *time.Duration   `json:"rounds_every,omitempty"`
	Alone      *bool            `json:"rounds_alone,omitempty"`
	Night      *bool            `json:"rounds_night,omitempty"`
	Rounds     *[]checkin.Rung  `json:"rounds,omitempty"`
	Nudges     *int             `json:"rounds_nudges,omitempty"`
	Quiet      *Quiet           `json:"quiet,omitempty"`
	Person     *int             `json:"person,omitempty"`
	Group      *int             `json:"group,omitempty"`
}

// IsZero reports whether the layer sets nothing.
func (r Rules) IsZero() bool { return r == Rules{} }

// Over is the policy with what the layer sets put over it.
func (r Rules) Over(p Policy) Policy {
	c, y := &p.Checkin, &p.Courtesy
	put(&c.EveAt, r.EveAt)
	put(&c.Before, r.Before)
	put(&c.AtStart, r.AtStart)
	put(&c.OpenBefore, r.OpenBefore)
	put(&c.Grace, r.Grace)
	put(&c.Ladder, r.Ladder)
	put(&c.Absent, r.Absent)
	put(&c.UndoWithin, r.UndoWithin)
	put(&c.Handover, r.Handover)
	put(&c.HandNeeded, r.HandNeeded)
	put(&c.Rounds.Every, r.Every)
	put(&c.Rounds.Alone, r.Alone)
	put(&c.Rounds.Night, r.Night)
	put(&c.Rounds.Ladder, r.Rounds)
	put(&c.Rounds.Nudges, r.Nudges)
	put(&y.Quiet, r.Quiet)
	put(&y.Person, r.Person)
	put(&y.Group, r.Group)
	return p
}

// With is the layer with what another one sets put over it.
func (r Rules) With(o Rules) Rules {
	pick(&r.EveAt, o.EveAt)
	pick(&r.Before, o.Before)
	pick(&r.AtStart, o.AtStart)
	pick(&r.OpenBefore, o.OpenBefore)
	pick(&r.Grace, o.Grace)
	pick(&r.Ladder, o.Ladder)
	pick(&r.Absent, o.Absent)
	pick(&r.UndoWithin, o.UndoWithin)
	pick(&r.Handover, o.Handover)
	pick(&r.HandNeeded, o.HandNeeded)
	pick(&r.Every, o.Every)
	pick(&r.Alone, o.Alone)
	pick(&r.Night, o.Night)
	pick(&r.Rounds, o.Rounds)
	pick(&r.Nudges, o.Nudges)
	pick(&r.Quiet, o.Quiet)
	pick(&r.Person, o.Person)
	pick(&r.Group, o.Group)
	return r
}

func put[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}

func pick[T any](to **T, from *T) {
	if from != nil {
		*to = from
	}
}
