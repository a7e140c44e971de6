package due

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rs/zerolog"
)

// clockwork is a queue in memory under the bubble's clock.
type clockwork struct {
	mu      sync.Mutex
	jobs    map[string]*entry
	buried  []string
	refuses error
}

type entry struct {
	Job
	ready   time.Time
	attempt int
	token   string
}

func newClockwork(jobs ...Job) *clockwork {
	q := &clockwork{jobs: map[string]*entry{}}
	for _, j := range jobs {
		q.jobs[j.Key()] = &entry{Job: j, ready: j.At}
	}
	return q
}

func (q *clockwork) Claim(_ context.Context, n int, lease time.Duration) (out []Claim, next time.Time, err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.refuses != nil {
		return nil, time.Time{}, q.refuses
	}
	now := time.Now()
	for _, e := range q.jobs {
		if len(out) < n && !e.ready.After(now) {
			e.attempt++
			e.token = time.Now().String() + e.Key()
			e.ready = now.Add(lease)
			out = append(out, Claim{Job: e.Job, Attempt: e.attempt, Token: e.token, Now: now})
		}
		if next.IsZero() || e.ready.Before(next) {
			next = e.ready
		}
	}
	return out, next, nil
}

func (q *clockwork) settle(c Claim) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	e := q.jobs[c.Key()]
	if e == nil || e.token != c.Token {
		return false
	}
	delete(q.jobs, c.Key())
	return true
}

func (q *clockwork) Retry(_ context.Context, c Claim, after time.Duration, _ string) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if e := q.jobs[c.Key()]; e != nil && e.token == c.Token {
		e.ready, e.token = time.Now().Add(after), ""
	}
	return nil
}

func (q *clockwork) Bury(_ context.Context, c Claim, cause string) error {
	if q.settle(c) {
		q.mu.Lock()
		defer q.mu.Unlock()
		q.buried = append(q.buried, c.Key()+": "+cause)
	}
	return nil
}

func (q *clockwork) runner(handle func(context.Context, Claim) error) *Runner {
	return &Runner{Queue: q, Handle: handle, Log: zerolog.Nop(), Until: time.Until}
}

// running drives the runner for a while of the bubble's clock.
func running(t *testing.T, r *Runner, d time.Duration) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { r.Run(ctx); close(done) }()
	<-time.After(d)
	synctest.Wait()
	stop()
	<-done
}

func TestRunnerFiresOnTheMoment(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		var fired []time.Duration
		q := newClockwork(
			Job{Kind: "watch", ID: "b", At: start.Add(3500 * time.Millisecond)},
			Job{Kind: "watch", ID: "a", At: start.Add(10 * time.Millisecond)})
		r := q.runner(func(_ context.Context, c Claim) error {
			fired = append(fired, time.Since(start))
			q.settle(c)
			return nil
		})
		running(t, r, time.Minute)
		if diff := cmp.Diff([]time.Duration{10 * time.Millisecond, 3500 * time.Millisecond}, fired); diff != "" {
			t.Error(diff)
		}
	})
}

// TestRunnerGivesUp: a job that never succeeds and one that panics are told and buried, and a good one is not delayed.
func TestRunnerGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		q := newClockwork(Job{Kind: "run", ID: "never", At: start}, Job{Kind: "run", ID: "panic", At: start}, Job{Kind: "run", ID: "good", At: start.Add(time.Second)})
		tries := map[string]int{}
		var mu sync.Mutex
		var good time.Duration
		var told []string
		deaf := 2
		r := q.runner(func(_ context.Context, c Claim) error {
			mu.Lock()
			defer mu.Unlock()
			tries[c.ID]++
			switch c.ID {
			case "never":
				return errors.New("no")
			case "panic":
				panic("boom")
			}
			good = time.Since(start)
			q.settle(c)
			return nil
		})
		r.OnBury = func(_ context.Context, c Claim, cause error) error {
			mu.Lock()
			defer mu.Unlock()
			if deaf > 0 {
				deaf--
				return errors.New("the desk is not there")
			}
			told = append(told, c.ID+": "+cause.Error())
			return nil
		}
		running(t, r, time.Hour)
		if good != time.Second {
			t.Errorf("the good job fired at %v", good)
		}
		if len(told) != 2 || len(q.buried) != 2 || len(q.jobs) != 0 {
			t.Errorf("told %v, buried %v, left %d", told, q.buried, len(q.jobs))
		}
		if tries["never"] < 10 || tries["never"] > 12 {
			t.Errorf("%d tries", tries["never"])
		}
	})
}

// TestRunnerGivesUpWhatKillsWorkers: a job whose workers never answer is given up without another try.
func TestRunnerGivesUpWhatKillsWorkers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newClockwork(Job{Kind: "run", ID: "x", At: time.Now()})
		q.jobs["run:x"].attempt = 10
		r := q.runner(func(context.Context, Claim) error { t.Error("tried again"); return nil })
		if n, _, err := r.Step(t.Context()); n != 1 || err != nil {
			t.Fatal(n, err)
		}
		if diff := cmp.Diff([]string{"run:x: " + ErrSpent.Error()}, q.buried); diff != "" {
			t.Error(diff)
		}
	})
}

func TestRunnerHangingJobDelaysNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		q := newClockwork(Job{Kind: "run", ID: "hang", At: start})
		for i := range 50 {
			j := Job{Kind: "watch", ID: string(rune('A' + i)), At: start.Add(time.Second)}
			q.jobs[j.Key()] = &entry{Job: j, ready: j.At}
		}
		var mu sync.Mutex
		var late time.Duration
		r := q.runner(func(ctx context.Context, c Claim) error {
			if c.ID == "hang" {
				<-ctx.Done()
				return ctx.Err()
			}
			mu.Lock()
			late = max(late, time.Since(start))
			mu.Unlock()
			q.settle(c)
			return nil
		})
		r.Workers = 2
		running(t, r, 10*time.Second)
		if len(q.jobs) != 1 || late != time.Second {
			t.Errorf("%d jobs left, the last fired at %v", len(q.jobs), late)
		}
		if e := q.jobs["run:hang"]; e.ready.After(time.Now()) {
			t.Error("the job cut off by the stop was not given back")
		}
	})
}

// TestRunnerLeavesLostJobsAlone: the last try of a job lost its lease; nobody is told that it failed.
func TestRunnerLeavesLostJobsAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newClockwork(Job{Kind: "run", ID: "x", At: time.Now()})
		q.jobs["run:x"].attempt = 9
		r := q.runner(func(context.Context, Claim) error { return fmt.Errorf("commit: %w", ErrLost) })
		r.OnBury = func(context.Context, Claim, error) error { t.Error("told"); return nil }
		if n, _, err := r.Step(t.Context()); n != 1 || err != nil || len(q.buried) != 0 {
			t.Fatal(n, err, q.buried)
		}
	})
}

// TestRunnerLetsJobsFinish: a stop waits for the jobs under way.
func TestRunnerLetsJobsFinish(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newClockwork(Job{Kind: "run", ID: "x", At: time.Now()})
		r := q.runner(func(ctx context.Context, c Claim) error {
			<-time.After(time.Second)
			if ctx.Err() != nil {
				t.Error("cut off")
			}
			q.settle(c)
			return nil
		})
		running(t, r, 500*time.Millisecond)
		if len(q.jobs) != 0 {
			t.Error("not finished at the stop")
		}
	})
}

func TestRunnerWakesForEarlierWork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newClockwork()
		wake := make(chan struct{}, 1)
		var fired time.Time
		r := q.runner(func(_ context.Context, c Claim) error { fired = time.Now(); q.settle(c); return nil })
		r.Wake = wake
		var put time.Time
		go func() {
			<-time.After(300 * time.Millisecond)
			q.mu.Lock()
			put = time.Now()
			q.jobs["a:b"] = &entry{Job: Job{Kind: "a", ID: "b", At: put}, ready: put}
			q.mu.Unlock()
			wake <- struct{}{}
		}()
		running(t, r, 2*time.Second)
		if fired.IsZero() || !fired.Equal(put) {
			t.Errorf("put at %v, fired at %v", put, fired)
		}
	})
}

func TestRunnerOutlivesItsQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newClockwork(Job{Kind: "a", ID: "b", At: time.Now()})
		q.refuses = errors.New("no connection")
		done := false
		r := q.runner(func(_ context.Context, c Claim) error { done = true; q.settle(c); return nil })
		go func() {
			<-time.After(time.Minute)
			q.mu.Lock()
			q.refuses = nil
			q.mu.Unlock()
		}()
		running(t, r, 62*time.Second)
		if !done {
			t.Error("the job was not done after the queue came back")
		}
	})
}

func TestBackoff(t *testing.T) {
	for attempt, want := range map[int]time.Duration{0: time.Second, 1: time.Second, 2: 2 * time.Second, 5: 16 * time.Second, 9: 256 * time.Second, 10: 5 * time.Minute, 1000: 5 * time.Minute} {
		if got := Backoff(attempt); got != want {
			t.Errorf("attempt %d: %v", attempt, got)
		}
	}
}
