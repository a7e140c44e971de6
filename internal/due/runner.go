package due

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/rs/zerolog"

	"trucban/internal/loop"
)

// Runner hands due jobs to the handler. Fill the fields, then call Run, or Step
// from a test that moves the clock.
type Runner struct {
	Queue Queue
	// Handle does the job and settles the claim in its own commit; an error gives the job
	// back, ErrLost means that it is somebody else's by now.
	Handle func(ctx context.Context, c Claim) error
	// OnBury tells the desk that a job is given up, before it is; when it fails
	// the job stays and is given up later. May be nil.
	OnBury func(ctx context.Context, c Claim, cause error) error
	// Lease is how long a job may take; 0 means 30 s.
	Lease time.Duration
	// Attempts is how often a job is tried before it is buried; 0 means 10.
	Attempts int
	// Workers is how many jobs are done at once; 0 means 8.
	Workers int
	// Wake signals that earlier work arrived; may be nil.
	Wake <-chan struct{}
	// Until is how long it is to a moment of the shared clock; Run needs it.
	Until func(time.Time) time.Duration
	Log   zerolog.Logger
}

// ErrSpent is the cause of a burial when the job's workers died or hung every time.
var ErrSpent = errors.New("every try ended without an answer")

// grace is how long a job under way may go on when the runner is stopped.
const grace = 3 * time.Second

func (r *Runner) lease() time.Duration { return orDefault(r.Lease, 30*time.Second) }
func (r *Runner) attempts() int        { return orDefault(r.Attempts, 10) }
func (r *Runner) workers() int         { return orDefault(r.Workers, 8) }

func orDefault[T int | time.Duration](v, d T) T {
	if v <= 0 {
		return d
	}
	return v
}

// Step does one batch of the jobs due now, one after the other in the queue's order, so
// that what is played again comes out the same; Run does them side by side. n counts the jobs
// handed out; n of 0 without an error means that nothing is due at the queue's present
// moment. next is when to look again, zero when nothing is planned.
func (r *Runner) Step(ctx context.Context) (n int, next time.Time, err error) {
	jobs, next, err := r.Queue.Claim(ctx, r.workers()*4, r.lease())
	if err != nil {
		return 0, time.Time{}, err
	}
	for _, c := range jobs {
		r.do(ctx, c)
	}
	return len(jobs), next, nil
}

// Run does jobs until ctx ends, then waits for those under way. A job that hangs keeps
// one worker busy and delays no other.
func (r *Runner) Run(ctx context.Context) {
	loop.Loop[Claim]{
		Workers: r.workers(), Do: r.do, Wake: r.Wake, Until: r.Until,
		Claim: func(ctx context.Context, n int) ([]Claim, time.Time, error) { return r.Queue.Claim(ctx, n, r.lease()) },
		Fault: func(err error) { r.Log.Warn().Err(err).Msg("the alarm clock cannot be read") },
	}.Run(ctx)
}

// do runs one claim to its end: settled by the handler, given back, or buried.
func (r *Runner) do(ctx context.Context, c Claim) {
	log := r.Log.With().Str("job", c.Key()).Int("attempt", c.Attempt).Logger()
	if c.Attempt > r.attempts() {
		r.bury(ctx, c, ErrSpent, log)
		return
	}
	bound, cancel := context.WithTimeout(context.WithoutCancel(ctx), r.lease())
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(grace, cancel) })
	err := r.safely(bound, c)
	stop()
	cancel()
	switch {
	case err == nil:
		return
	case errors.Is(err, ErrLost):
		log.Debug().Msg("a job belongs to somebody else by now")
		return
	case ctx.Err() != nil:
		r.giveBack(ctx, c, log)
		return
	case c.Attempt >= r.attempts():
		r.bury(ctx, c, err, log)
		return
	}
	after := Backoff(c.Attempt)
	log.Warn().Err(err).Dur("after", after).Msg("a job failed and is tried again")
	if err := r.Queue.Retry(ctx, c, after, err.Error()); err != nil {
		log.Warn().Err(err).Msg("a failed job waits for its lease to end")
	}
}

// giveBack hands a job that was cut off by our own stop to the other replicas at once.
func (r *Runner) giveBack(ctx context.Context, c Claim, log zerolog.Logger) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	if err := r.Queue.Retry(ctx, c, 0, "stopped"); err != nil {
		log.Warn().Err(err).Msg("a job cut off waits for its lease to end")
	}
}

func (r *Runner) bury(ctx context.Context, c Claim, cause error, log zerolog.Logger) {
	log.Error().Err(cause).Msg("a job is given up")
	if r.OnBury != nil {
		if err := r.OnBury(ctx, c, cause); err != nil {
			log.Error().Err(err).Msg("the desk could not be told about a job given up")
			if err := r.Queue.Retry(ctx, c, time.Minute, cause.Error()); err != nil {
				log.Warn().Err(err).Msg("a failed job waits for its lease to end")
			}
			return
		}
	}
	if err := r.Queue.Bury(ctx, c, cause.Error()); err != nil {
		log.Warn().Err(err).Msg("a job given up waits for its lease to end")
	}
}

// safely turns a panic of the handler into an error, so that it costs one job a try and nothing else.
func (r *Runner) safely(ctx context.Context, c Claim) (err error) {
	defer func() {
		if p := recover(); p != nil {
			r.Log.Error().Str("job", c.Key()).Bytes("stack", debug.Stack()).Msg("a job panicked")
			err = fmt.Errorf("job panicked: %v", p)
		}
	}()
	return r.Handle(ctx, c)
}

// Backoff is the pause before the next try: 1 s, doubled each time, 5 minutes at most.
func Backoff(attempt int) time.Duration {
	const first, most = time.Second, 5 * time.Minute
	if attempt < 1 {
		return first
	}
	if attempt > 9 {
		return most
	}
	return min(first<<(attempt-1), most)
}
