package checklist

import (
	"errors"
	"time"
)

// NudgeEvery is the least time between two nudges of one unit by hand.
const NudgeEvery = 15 * time.Minute

// Faults of a nudge.
var (
	ErrOwesNothing = errors.New("the unit is not behind")
	ErrNudged      = errors.New("the unit was nudged a moment ago")
)

// Owed is what a unit that is behind is told when somebody nudges it.
type Owed struct {
	Receipt bool     // receipt was not confirmed
	Tasks   []int    // numbers of the tasks past their deadline
	Vulns   []string // ids of the vulnerabilities past theirs
}

// Nudge is a reminder by hand, beside the ladder: only units that are behind are
// told, and not more often than NudgeEvery.
func (r Run) Nudge(s Stamp) (Run, Owed, error) {
	if r.Closed != nil {
		return r, Owed{}, ErrClosed
	}
	o := Owed{Receipt: r.owesReceipt(s.At), Tasks: r.Behind(s.At)}
	for _, v := range r.Vulns {
		if v.behind(s.At) {
			o.Vulns = append(o.Vulns, v.ID)
		}
	}
	if !o.Receipt && len(o.Tasks)+len(o.Vulns) == 0 {
		return r, Owed{}, ErrOwesNothing
	}
	if !r.Nudged.IsZero() && s.At.Sub(r.Nudged) < NudgeEvery {
		return r, Owed{}, ErrNudged
	}
	next := r.clone()
	next.Nudged = s.At
	next.note(s, "nudge", "", "")
	return next, o, nil
}
