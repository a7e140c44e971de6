package main

import (
	"context"
	"sync"
	"time"

	"trucban/internal/redisdb"
)

// sharedClock is Redis's clock as this process keeps it: the offset to the
// machine's monotonic clock, measured again now and then, so that a step of the
// machine's wall clock changes nothing and no decision waits for a round trip.
type sharedClock struct {
	db      *redisdb.DB
	virtual func() time.Time

	mu     sync.Mutex
	base   time.Time // a moment of Redis's clock
	anchor time.Time // the machine's clock, monotonic reading included, at that moment
}

func newSharedClock(db *redisdb.DB, virtual func() time.Time) *sharedClock {
	now := time.Now()
	return &sharedClock{db: db, virtual: virtual, base: now, anchor: now}
}

// Now is the shared clock, in UTC.
func (c *sharedClock) Now() time.Time {
	if c.virtual != nil {
		return c.virtual().UTC()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.base.Add(time.Since(c.anchor)).UTC()
}

// measure asks Redis for the time; half the round trip is the error at most.
func (c *sharedClock) measure(ctx context.Context) error {
	before := time.Now()
	now, err := c.db.Now(ctx)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.anchor = before.Add(time.Since(before) / 2)
	c.base = now
	return nil
}

// keep measures every minute until ctx ends.
func (c *sharedClock) keep(ctx context.Context) {
	if c.virtual != nil {
		return
	}
	tick := time.NewTicker(time.Minute)
	defer tick.Stop()
	for {
		_ = c.measure(ctx) // the old offset stays good while Redis is away
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// lateClock is the shared clock for parts that are made before it is.
type lateClock struct{ now func() time.Time }

// Now is the shared clock once there is one, the machine's before.
func (c *lateClock) Now() time.Time {
	if c.now == nil {
		return time.Now().UTC()
	}
	return c.now()
}
