// Package due is the alarm clock: one entry for each aggregate that wants to be
// looked at again, at the moment it named.
//
// It promises that an entry is handed out at or after its moment, never before,
// to one worker at a time under a lease; that an entry whose worker died is
// handed out again; and that an entry whose handler keeps failing is buried and
// reported instead of blocking the others. It does not say what to do at the
// moment: the aggregate decides that, and names its next one in the same commit.
package due

import (
	"context"
	"errors"
	"time"
)

// Job is an aggregate and the moment it wants to be looked at.
type Job struct {
	Kind string    `json:"kind"` // "watch", "run", "incident", "window", "digest", "roster"
	ID   string    `json:"id"`
	At   time.Time `json:"at"` // zero takes the entry away
}

// Key is "kind:id".
func (j Job) Key() string { return j.Kind + ":" + j.ID }

// Claim is a job handed to one worker until its lease ends.
type Claim struct {
	Job
	Token   string    // the fence: a commit with a token that is no longer current writes nothing
	Attempt int       // 1 at the first try
	Now     time.Time // the shared clock at the claim
}

// ErrLost is returned by a handler whose commit came after its lease was lost: another
// worker has the job now, or it was planned anew.
var ErrLost = errors.New("the job's lease was lost")

// Queue is the store of entries.
type Queue interface {
	// Claim hands out at most n due entries and leases them. next is the moment
	// of the earliest entry that remains, zero when there is none.
	Claim(ctx context.Context, n int, lease time.Duration) (jobs []Claim, next time.Time, err error)
	// Retry gives a claim back, to be handed out again after the delay.
	Retry(ctx context.Context, c Claim, after time.Duration, cause string) error
	// Bury takes a claim out of the clock and keeps it, with the cause, for the desk.
	Bury(ctx context.Context, c Claim, cause string) error
}
