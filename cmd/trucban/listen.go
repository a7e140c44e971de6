package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"trucban/internal/chat"
)

// pollLease bounds how long a door stays closed after its replica died and does not come back.
const pollLease = 10 * time.Second

// open receives from one door while this replica holds the door's lease: two
// pollers on one token take each other's updates. While the store is away nobody
// can hold a lease, and the door is open without one: a platform that is asked
// twice gives each update to one of the two, and what is kept twice is recorded once.
func (a *App) open(ctx context.Context, d chat.Platform) error {
	run, cancel := context.WithCancel(ctx)
	defer cancel()
	var one sync.Mutex // the door has one listener in this process
	var fatal error
	listen := func(ctx context.Context) error {
		one.Lock()
		defer one.Unlock()
		if ctx.Err() != nil {
			return nil
		}
		err := d.Listen(ctx, a.Handle)
		if err != nil && fatal == nil {
			fatal = fmt.Errorf("door %s: %w", d.Name(), err)
			cancel()
		}
		return err
	}
	var alone sync.WaitGroup
	alone.Go(func() { a.listenAlone(run, listen) })
	a.db.Lead(run, "poll:"+string(d.Name()), pollLease, func(ctx context.Context, _ string) error { return listen(ctx) })
	alone.Wait()
	return fatal
}

// storeTries is how often in a row the store does not answer before it counts as away.
const storeTries = 2

// listenAlone keeps the door open while the store is away, until ctx ends. The
// listener that had the lease goes on for some seconds; this one waits for it.
func (a *App) listenAlone(ctx context.Context, listen func(context.Context) error) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	missed, listening, end := 0, false, func() {}
	defer func() { end() }()
	for {
		if a.storeAnswers(ctx) {
			end()
			missed, listening, end = 0, false, func() {}
		} else if missed++; missed >= storeTries && !listening {
			listening, end = true, beside(ctx, listen)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// beside runs f in the background; the function it returns ends it and waits for it.
func beside(ctx context.Context, f func(context.Context) error) (end func()) {
	inner, stop := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = f(inner) // the fault is kept by open
	}()
	return func() {
		stop()
		<-done
	}
}

// storeAnswers asks the store for a sign of life, for at most a second.
func (a *App) storeAnswers(ctx context.Context) bool {
	limited, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	answer := make(chan error, 1)
	go func() { answer <- a.parts.Redis.Ping(limited).Err() }()
	select {
	case err := <-answer:
		return err == nil
	case <-limited.Done():
		return ctx.Err() != nil // an ending program is no outage
	}
}
