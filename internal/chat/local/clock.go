package local

import (
	"context"
	"sync"
	"time"
)

// MaxSpeed bounds SetSpeed: an hour a second is the most a page can still follow.
const MaxSpeed = 3600

// Clock is a clock that can run faster than the world, stand still and be set.
//
// Whoever waits for a moment on it is woken when the clock is changed. It is
// safe for use by many goroutines at once.
type Clock struct {
	real func() time.Time

	mu      sync.Mutex
	base    time.Time // what the clock showed at anchor
	anchor  time.Time // on the real clock
	speed   float64
	changed chan struct{}
}

// NewClock starts a clock at the moment, running at speed times the pace of real;
// at speed 0 it stands still and moves by Set alone.
func NewClock(start time.Time, speed float64, real func() time.Time) *Clock {
	c := &Clock{real: real, base: start, speed: clampSpeed(speed), changed: make(chan struct{})}
	c.anchor = c.realNow()
	return c
}

// NewStill makes a clock that moves by Set alone and needs no real one.
func NewStill(start time.Time) *Clock { return NewClock(start, 0, nil) }

func (c *Clock) realNow() time.Time {
	if c.real == nil {
		return time.Time{}
	}
	return c.real()
}

// Now is the moment the clock shows.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now()
}

func (c *Clock) now() time.Time {
	if c.speed == 0 {
		return c.base
	}
	return c.base.Add(time.Duration(float64(c.realNow().Sub(c.anchor)) * c.speed))
}

// Speed is how many seconds the clock runs in one second of the real one; 0 while it stands still.
func (c *Clock) Speed() float64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.speed
}

// SetSpeed changes the pace from now on; values outside 0..MaxSpeed are taken to the nearer end.
func (c *Clock) SetSpeed(speed float64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.move(c.now(), clampSpeed(speed))
}

// Set makes the clock show t and go on from there. It never goes back: an earlier t is ignored,
// since alarms that have fired cannot be taken back.
func (c *Clock) Set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if t.After(c.now()) {
		c.move(t, c.speed)
	}
}

func (c *Clock) move(base time.Time, speed float64) {
	c.base, c.anchor, c.speed = base, c.realNow(), speed
	if c.real == nil {
		c.speed = 0
	}
	close(c.changed)
	c.changed = make(chan struct{})
}

// Changed returns a channel that is closed at the next Set or SetSpeed.
func (c *Clock) Changed() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.changed
}

// Wait returns nil when the clock shows t or later, and the context's error when that ended first.
func (c *Clock) Wait(ctx context.Context, t time.Time) error {
	for {
		c.mu.Lock()
		left, speed, changed := t.Sub(c.now()), c.speed, c.changed
		c.mu.Unlock()
		if left <= 0 {
			return nil
		}
		var ring <-chan time.Time
		stop := func() bool { return true }
		if speed > 0 {
			// One millisecond more, so that rounding does not wake it just before its time.
			timer := time.NewTimer(time.Duration(float64(left)/speed) + time.Millisecond)
			ring, stop = timer.C, timer.Stop
		}
		select {
		case <-ctx.Done():
			stop()
			return ctx.Err()
		case <-changed:
			stop()
		case <-ring:
		}
	}
}

// Until returns a channel that is closed when the clock shows t or later, or when ctx ended.
func (c *Clock) Until(ctx context.Context, t time.Time) <-chan struct{} {
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = c.Wait(ctx, t) // the caller's own ctx says which of the two it was
	}()
	return done
}

func clampSpeed(s float64) float64 {
	switch {
	case !(s > 0): // NaN as well
		return 0
	case s > MaxSpeed:
		return MaxSpeed
	}
	return s
}
