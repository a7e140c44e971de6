// Package loop works off what a queue hands out.
//
// It promises that as many tasks are done at once as there are workers, that one
// that hangs keeps one worker busy and delays no other, and that the queue is asked
// again at the moment it named, at a wake-up, and every two seconds whatever happens.
// What a task is, and how long it may take, is the caller's.
package loop

import (
	"context"
	"sync"
	"time"
)

// Loop is filled in and Run.
type Loop[T any] struct {
	Workers int
	// Claim asks for at most n tasks. next is when more may be had, zero when nothing is planned.
	Claim func(ctx context.Context, n int) (tasks []T, next time.Time, err error)
	Do    func(ctx context.Context, task T)
	// Wake signals that earlier work arrived; may be nil.
	Wake <-chan struct{}
	// Until is how long it is to a moment of the queue's clock.
	Until func(time.Time) time.Duration
	// Frees says that the end of a task may let others be had sooner than next said.
	Frees bool
	// Fault is told that the queue cannot be asked.
	Fault func(error)
}

// poll bounds how late a task gets when a wake-up was lost.
const poll = 2 * time.Second

// Run does tasks until ctx ends, then waits for those under way.
func (l Loop[T]) Run(ctx context.Context) {
	free, ended, work := make(chan struct{}, l.Workers), make(chan struct{}, 1), make(chan T)
	var wg sync.WaitGroup
	defer wg.Wait()
	defer close(work)
	for range l.Workers {
		free <- struct{}{}
		wg.Go(func() {
			for task := range work {
				l.Do(ctx, task)
				free <- struct{}{}
				if l.Frees {
					signal(ended)
				}
			}
		})
	}
	for n := take(ctx, free); n > 0; n = take(ctx, free) {
		tasks, next, err := l.Claim(ctx, n)
		for range n - len(tasks) {
			free <- struct{}{}
		}
		for _, task := range tasks {
			work <- task // somebody is free for it
		}
		if len(tasks) < n {
			l.wait(ctx, next, err, ended)
		}
	}
}

// take waits for a free worker and takes all that are free; 0 when ctx ended.
func take(ctx context.Context, free <-chan struct{}) int {
	select {
	case <-ctx.Done():
		return 0
	case <-free:
	}
	n := 1
	for {
		select {
		case <-free:
			n++
		default:
			return n
		}
	}
}

// wait returns at the next moment, at a wake-up, or after two seconds.
func (l Loop[T]) wait(ctx context.Context, next time.Time, err error, ended <-chan struct{}) {
	d := poll
	switch {
	case err != nil:
		if ctx.Err() == nil {
			l.Fault(err)
		}
	case !next.IsZero():
		d = min(d, l.Until(next))
	}
	if d <= 0 {
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	case <-l.Wake:
	case <-ended:
	}
}

func signal(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default: // one pending signal says it all
	}
}
