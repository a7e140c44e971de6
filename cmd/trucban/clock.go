package main

import (
	"context"
	"sync"
	"time"

	"trucban/internal/chat"
	"trucban/internal/chat/telegram"
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

// lateApp is the App for the doors, which are made before it is. Nothing comes in
// through a door before the App runs.
type lateApp struct{ app *App }

// Now is the shared clock once there is one, the machine's before.
func (l *lateApp) Now() time.Time {
	if l.app == nil {
		return time.Now().UTC()
	}
	return l.app.clock.Now()
}

// hold journals what the bot did not take of a door.
func (l *lateApp) hold(p chat.Name) func([]byte) error {
	return func(raw []byte) error { return l.app.held.holdRaw(p, raw) }
}

// park keeps an update of Telegram that cannot be handled, and tells the desk.
func (l *lateApp) park(_ context.Context, p telegram.Parked) error {
	if err := l.app.held.park(telegram.Platform, p.Raw); err != nil {
		return err
	}
	at := l.app.clock.Now()
	l.app.news.add(func(ctx context.Context) error { return l.app.bot.DoorParked(ctx, telegram.Platform, at) })
	return nil
}

// deaf tells the desk that nothing came in through a door for a while.
func (l *lateApp) deaf(p chat.Name) func(from, to time.Time) {
	return func(from, to time.Time) {
		l.app.news.add(func(ctx context.Context) error { return l.app.bot.DoorDeaf(ctx, p, from, to) })
	}
}

// refused tells the desk that a platform refuses messages for their number.
func (l *lateApp) refused(p chat.Name) func(error) {
	return func(error) {
		at := l.app.clock.Now()
		l.app.news.add(func(ctx context.Context) error { return l.app.bot.DoorRefuses(ctx, p, at) })
	}
}
