package redisdb

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"trucban/bot"
)

// ErrHeld is returned when somebody else holds the lease.
var ErrHeld = errors.New("the lease is held by another replica")

// Lease is a name held by one replica at a time until its end.
type Lease struct {
	// Token grows with every holder; who writes elsewhere on the strength of the
	// lease sends it along, so that a late writer is recognised.
	Token string
	db    *DB
	name  string
	life  time.Duration
}

func (db *DB) leaseCall(ctx context.Context, what, name, token string, life time.Duration) (string, error) {
	r, err := db.run(ctx, db.scripts.lease, []string{db.keys.prefix + "lease:" + name, db.keys.seq()}, what, token, span(life), db.self)
	if err != nil {
		return "", fmt.Errorf("%s lease %s: %w", what, name, err)
	}
	return r.str(0), nil
}

// Lease takes the name for its life, or returns ErrHeld. What a process with the same
// Options.Self holds is taken over: that process is dead.
func (db *DB) Lease(ctx context.Context, name string, life time.Duration) (*Lease, error) {
	token, err := db.leaseCall(ctx, "take", name, "", life)
	if err != nil {
		return nil, err
	}
	if token == "" {
		return nil, ErrHeld
	}
	return &Lease{Token: token, db: db, name: name, life: life}, nil
}

// Renew extends the lease by its life from now, or returns ErrHeld when it was lost.
func (l *Lease) Renew(ctx context.Context) error {
	token, err := l.db.leaseCall(ctx, "renew", l.name, l.Token, l.life)
	if err != nil {
		return err
	}
	if token == "" {
		return ErrHeld
	}
	return nil
}

// Release gives the name free at once; it is no fault when the lease was lost before.
func (l *Lease) Release(ctx context.Context) error {
	_, err := l.db.leaseCall(ctx, "end", l.name, l.Token, 0)
	return err
}

// Lead runs f while this replica holds the name, again and again until ctx ends. f's
// context ends when the lease is lost, and no later than two thirds of its life after
// the last renewal that succeeded, so two replicas never run f at once as long as f
// heeds its context within the last third. When a leader dies another one
// takes over within its life plus a quarter of it; when it stops, or the next process
// with its Options.Self asks, at once.
func (db *DB) Lead(ctx context.Context, name string, life time.Duration, f func(ctx context.Context, token string) error) {
	for ctx.Err() == nil {
		l, err := db.Lease(ctx, name, life)
		if err == nil {
			db.lead(ctx, l, f)
		} else if !errors.Is(err, ErrHeld) && ctx.Err() == nil {
			db.log.Warn().Err(err).Str("lease", name).Msg("the lease cannot be asked for")
		}
		pause(ctx, life/4)
	}
}

// lead runs f under a lease that was taken and returns when f did.
func (db *DB) lead(ctx context.Context, l *Lease, f func(context.Context, string) error) {
	inner, stop := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Go(func() {
		defer stop()
		db.keepLease(inner, l)
	})
	if err := f(inner, l.Token); err != nil && ctx.Err() == nil {
		db.log.Warn().Err(err).Str("lease", l.name).Msg("the work of the leader ended")
	}
	stop()
	wg.Wait()
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), l.life/4)
	defer cancel()
	if err := l.Release(end); err != nil {
		db.log.Warn().Err(err).Str("lease", l.name).Msg("the lease runs out by itself")
	}
}

// keepLease renews every sixth of the life and returns when the lease was lost or
// could not be renewed for two thirds of it.
func (db *DB) keepLease(ctx context.Context, l *Lease) {
	tick := time.NewTicker(l.life / 6)
	defer tick.Stop()
	for db.renewInTime(ctx, l, tick.C) {
	}
}

// renewInTime reports whether the lease was renewed within two thirds of its life.
func (db *DB) renewInTime(ctx context.Context, l *Lease, tick <-chan time.Time) bool {
	held, cancel := context.WithTimeout(ctx, l.life*2/3)
	defer cancel()
	for {
		err := db.renewOnce(held, l, tick)
		switch {
		case ctx.Err() != nil:
			return false
		case errors.Is(err, ErrHeld):
			db.log.Warn().Str("lease", l.name).Msg("the lease was lost")
			return false
		case err == nil:
			return true
		case held.Err() != nil:
			db.log.Error().Str("lease", l.name).Msg("the lease could not be renewed in time")
			return false
		}
	}
}

// renewOnce renews at the next tick.
func (db *DB) renewOnce(ctx context.Context, l *Lease, tick <-chan time.Time) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-tick:
		limited, cancel := context.WithTimeout(ctx, l.life/6)
		defer cancel()
		return l.Renew(limited)
	}
}

// InTurn runs f when everybody who asked before for the same chat has finished, over
// all replicas, and while nobody else of that chat runs. life bounds how long a replica
// that died is waited for; f has half of it. It is for webhooks, whose deliveries may
// reach several replicas at once; a single poller keeps the order by itself.
func (db *DB) InTurn(ctx context.Context, chat string, life time.Duration, f func(context.Context) error) error {
	seq, err := db.client.Incr(ctx, db.keys.seq()).Result()
	if err != nil {
		return fmt.Errorf("ask for the turn: %w", unavailable(err))
	}
	token := fmt.Sprint(seq)
	ks := []string{db.keys.prefix + "turn:" + chat, db.keys.prefix + "turn:lease:" + chat, db.keys.seq()}
	defer func() {
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), life/4)
		defer cancel()
		if _, err := db.run(end, db.scripts.turn, ks, "end", token, span(life)); err != nil {
			db.log.Warn().Err(err).Msg("a turn runs out by itself")
		}
	}()
	for wait := 2 * time.Millisecond; ; wait = min(2*wait, 25*time.Millisecond) {
		r, err := db.run(ctx, db.scripts.turn, ks, "ask", token, span(life))
		if err != nil {
			return fmt.Errorf("ask for the turn: %w", err)
		}
		if r.str(0) == "1" {
			inner, cancel := context.WithTimeout(ctx, life/2)
			defer cancel()
			return f(inner)
		}
		if !pause(ctx, wait) {
			return fmt.Errorf("wait for the turn: %w: %w", bot.ErrUnavailable, ctx.Err())
		}
	}
}

// pause waits and reports whether ctx is still alive.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
