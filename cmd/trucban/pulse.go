package main

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"trucban/internal/chat"
	"trucban/internal/due"
	"trucban/internal/outbox"
)

const (
	beatEvery  = 20 * time.Second
	loopSilent = time.Minute // a loop that asked for no work this long hangs
	pingTime   = 10 * time.Second
)

// pulse knows when each loop last asked the store for work and got an answer.
type pulse struct {
	now func() time.Time

	mu   sync.Mutex
	last map[string]time.Time
}

func newPulse(now func() time.Time) *pulse { return &pulse{now: now, last: map[string]time.Time{}} }

func (p *pulse) mark(loop string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.last[loop] = p.now()
}

// beats is nil while every loop goes round.
func (p *pulse) beats() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	for loop, at := range p.last {
		if silent := p.now().Sub(at); silent > loopSilent {
			return fmt.Errorf("the loop %s has done nothing for %s", loop, silent.Round(time.Second))
		}
	}
	return nil
}

// dueBeating and outBeating are the queues as the loops use them, with the pulse taken.
type dueBeating struct {
	due.Queue
	mark func()
}

// Claim implements due.Queue.
func (q dueBeating) Claim(ctx context.Context, n int, lease time.Duration) ([]due.Claim, time.Time, error) {
	jobs, next, err := q.Queue.Claim(ctx, n, lease)
	if err == nil {
		q.mark()
	}
	return jobs, next, err
}

type outBeating struct {
	outbox.Queue
	mark func()
}

// Claim implements outbox.Queue.
func (q outBeating) Claim(ctx context.Context, p chat.Name, n int, lease time.Duration) ([]outbox.Claim, time.Time, error) {
	items, next, err := q.Queue.Claim(ctx, p, n, lease)
	if err == nil {
		q.mark()
	}
	return items, next, err
}

// beat notes in the store that the loops go round; the watcher speaks when the notes stop.
func (a *App) beat(ctx context.Context) {
	err := a.pulse.beats()
	if err == nil {
		err = a.db.Beat(ctx)
	}
	if err != nil && ctx.Err() == nil {
		a.parts.Log.Warn().Err(err).Msg("no beat")
	}
}

// heartbeat asks the dead man's switch each minute while the bot can commit.
func (a *App) heartbeat(ctx context.Context) {
	if a.parts.Heartbeat == "" {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, pingTime)
	defer cancel()
	err := a.pulse.beats()
	if err == nil {
		err = a.ready(ctx)
	}
	if err == nil {
		err = ping(ctx, a.parts.Heartbeat)
	}
	if err != nil && ctx.Err() == nil {
		a.parts.Log.Warn().Err(err).Msg("the heartbeat address was not asked")
	}
}

// ping asks an address and wants a 2xx.
func ping(ctx context.Context, url string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return fmt.Errorf("the address is wrong") // the address may hold a secret
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("no answer")
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode/100 != 2 {
		return fmt.Errorf("it answers %s", res.Status)
	}
	return nil
}
