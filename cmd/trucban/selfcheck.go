package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"trucban/bot"
	"trucban/internal/chat"
	"trucban/internal/redisdb"
)

const (
	sweepPause = time.Minute
	sweepMost  = 100_000 // open matters looked through at a time
)

// sweeper looks through the open matters beside the code that plans alarms.
type sweeper struct {
	app  *App
	late map[bot.Ref]bool // overdue at the look before
}

// run looks every minute until ctx ends, in one replica at a time. The first
// look waits, since after an outage the clock's backlog is being worked off.
func (s *sweeper) run(ctx context.Context) {
	s.app.db.Lead(ctx, "sweep", time.Minute, func(ctx context.Context, _ string) error {
		t := time.NewTicker(sweepPause)
		defer t.Stop()
		for {
			select {
			case <-ctx.Done():
				return nil
			case <-t.C:
			}
			if err := s.step(ctx); err != nil && ctx.Err() == nil {
				s.app.parts.Log.Warn().Err(err).Msg("the open matters were not looked through")
			}
		}
	})
}

// step tells the desk what had no alarm, and what is overdue at two looks in a row.
func (s *sweeper) step(ctx context.Context) error {
	found, err := s.app.db.Sweep(ctx, sweepMost)
	if err != nil {
		return fmt.Errorf("look through the open matters: %w", err)
	}
	late := map[bot.Ref]bool{}
	var tell []bot.Unwatched
	for _, f := range found {
		if f.Fault == redisdb.Overdue {
			if late[f.Ref] = true; !s.late[f.Ref] {
				continue
			}
		}
		tell = append(tell, bot.Unwatched{Ref: f.Ref, Late: f.Late})
	}
	s.late = late
	if len(tell) > 0 {
		s.app.parts.Log.Error().Int("matters", len(tell)).Msg("open matters had no alarm or an overdue one")
	}
	if _, err := s.app.bot.SweepIncidents(ctx); err != nil {
		return err
	}
	return s.app.bot.SelfCheck(ctx, tell)
}

// rejected tells the desk that a platform refuses the bot as a whole.
func (a *App) rejected(p chat.Name) func(context.Context, chat.Reason) {
	return func(context.Context, chat.Reason) {
		at := a.clock.Now()
		a.news.add(func(ctx context.Context) error { return a.bot.DoorRejected(ctx, p, at) })
	}
}

// turnLife bounds how long the next update of a chat waits for a replica that died.
const turnLife = 30 * time.Second

// delivered handles an update that its platform brought by webhook: deliveries of
// one chat may reach several replicas, or this one several times, at once.
func (a *App) delivered(ctx context.Context, u chat.Update) error {
	took := false
	err := a.db.InTurn(ctx, u.To.Key(), turnLife, func(ctx context.Context) error {
		took = true
		return a.Handle(ctx, u)
	})
	if !took && errors.Is(err, bot.ErrUnavailable) {
		return a.Handle(ctx, u) // without the store there are no turns; the journal keeps the order of arrival
	}
	return err
}

// sealHead seals what was done up to now and returns the chain's newest link.
func (a *App) sealHead(ctx context.Context) (string, error) {
	if _, err := a.db.Seal(ctx); err != nil {
		return "", fmt.Errorf("seal: %w", err)
	}
	head, err := a.db.SealHead(ctx)
	if err != nil {
		return "", fmt.Errorf("read the newest seal: %w", err)
	}
	return head, nil
}
