package loop_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"trucban/internal/loop"
)

// queue hands out its tasks at their moments of the bubble's clock.
type queue struct {
	mu    sync.Mutex
	tasks map[string]time.Time
	fault error
}

func (q *queue) claim(_ context.Context, n int) (out []string, next time.Time, err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.fault != nil {
		return nil, time.Time{}, q.fault
	}
	for name, at := range q.tasks {
		if !at.After(time.Now()) && len(out) < n {
			delete(q.tasks, name)
			out = append(out, name)
		} else if next.IsZero() || at.Before(next) {
			next = at
		}
	}
	return out, next, nil
}

func (q *queue) add(name string, in time.Duration) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.tasks[name] = time.Now().Add(in)
}

// record is what was done, and when since the start.
type record struct {
	mu    sync.Mutex
	start time.Time
	lines []string
}

func (r *record) add(what string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lines = append(r.lines, fmt.Sprint(what, " at ", time.Since(r.start)))
}

func (r *record) want(t *testing.T, lines ...string) {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	if !slices.Equal(r.lines, lines) {
		t.Errorf("done: %q, want %q", r.lines, lines)
	}
}

func TestLoop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q, wake := &queue{tasks: map[string]time.Time{}}, make(chan struct{}, 1)
		r := &record{start: time.Now()}
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan struct{})
		l := loop.Loop[string]{
			Workers: 2, Claim: q.claim, Wake: wake, Until: func(at time.Time) time.Duration { return time.Until(at) },
			Do: func(ctx context.Context, task string) {
				if r.add(task); task == "hangs" {
					<-ctx.Done()
				}
			},
			Fault: func(err error) { r.add(err.Error()) },
		}
		q.add("hangs", 0)
		q.add("planned", time.Second)
		go func() { l.Run(ctx); close(done) }()
		<-time.After(1500 * time.Millisecond) // the bubble's clock
		q.add("woken", 0)
		wake <- struct{}{}
		<-time.After(time.Millisecond)
		q.add("without a wake-up", 0)
		<-time.After(2 * time.Second)
		q.mu.Lock()
		q.fault = errors.New("fault")
		q.mu.Unlock()
		<-time.After(2 * time.Second)
		r.want(t, "hangs at 0s", "planned at 1s", "woken at 1.5s", "without a wake-up at 3.5s", "fault at 5.5s")
		stop()
		<-done // with what hung
	})
}

// TestLoopIsFreed: where the end of a task lets another be had, it is had at once.
func TestLoopIsFreed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := &queue{tasks: map[string]time.Time{}}
		r := &record{start: time.Now()}
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		q.add("first", 0)
		go loop.Loop[string]{
			Workers: 2, Claim: q.claim, Until: func(at time.Time) time.Duration { return time.Until(at) }, Frees: true,
			Do: func(_ context.Context, task string) {
				<-time.After(100 * time.Millisecond) // the bubble's clock
				if r.add(task); task == "first" {
					q.add("second", 0)
				}
			},
		}.Run(ctx)
		<-time.After(time.Second)
		r.want(t, "first at 100ms", "second at 200ms")
	})
}
