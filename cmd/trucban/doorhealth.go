package main

import (
	"context"
	"errors"
	"sync"
	"time"

	"trucban/internal/chat"
	"trucban/internal/outbox"
)

// A platform counts as failing once nothing has gone out for this long, and this
// often; a token that is refused needs no second look.
const (
	failingAfter = 3 * time.Minute
	failingTimes = 3
)

// longestHold bounds how long a platform that refuses everything is left alone
// while another one could carry the alarms that wait for it.
const longestHold = 2 * time.Minute

// doorHealth follows what becomes of the messages sent through each platform and
// lets the bot know which ones take none.
type doorHealth struct {
	app *App

	mu    sync.Mutex
	doors map[chat.Name]*doorState
}

type doorState struct {
	since   time.Time // of the first failure after the last success
	fails   int
	failing bool
}

// watched is a door whose outcomes are followed.
type watched struct {
	chat.Sender
	health *doorHealth
}

// Send implements chat.Sender.
func (w watched) Send(ctx context.Context, to chat.Address, m chat.Message) chat.Receipt {
	r := w.Sender.Send(ctx, to, m)
	w.health.note(w.Name(), r)
	return r
}

// Edit implements chat.Sender.
func (w watched) Edit(ctx context.Context, to chat.Address, id string, m chat.Message) chat.Receipt {
	r := w.Sender.Edit(ctx, to, id, m)
	w.health.note(w.Name(), r)
	return r
}

// down reports whether the receipt speaks against the platform, not only against the chat or the message.
func down(r chat.Receipt) bool {
	switch r.Outcome {
	case chat.Temporary, chat.Unknown:
		return !errors.Is(r.Err, context.Canceled)
	case chat.Throttled:
		return r.Whole
	case chat.Permanent:
		return r.Reason == chat.ReasonToken
	}
	return false
}

// note takes one outcome into account.
func (h *doorHealth) note(p chat.Name, r chat.Receipt) {
	now := h.app.clock.Now()
	h.mu.Lock()
	defer h.mu.Unlock()
	s := h.doors[p]
	if s == nil {
		s = &doorState{}
		h.doors[p] = s
	}
	if !down(r) {
		if s.failing {
			from := s.since
			h.app.bot.Failing(p, false)
			h.app.news.add(func(ctx context.Context) error { return h.app.bot.DoorBack(ctx, p, from, now) })
		}
		*s = doorState{}
		return
	}
	if s.since.IsZero() {
		s.since = now
	}
	s.fails++
	if r.Reason != chat.ReasonToken && (s.fails < failingTimes || now.Sub(s.since) < failingAfter) {
		return
	}
	h.app.bot.Failing(p, true)
	if !s.failing {
		s.failing = true
		since := s.since
		h.app.parts.Log.Error().Str("platform", string(p)).Time("since", since).Msg("a platform takes no messages")
		h.app.news.add(func(ctx context.Context) error { return h.app.bot.DoorFailing(ctx, p, since) })
	}
}

func (h *doorHealth) failing(p chat.Name) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	s := h.doors[p]
	return s != nil && s.failing
}

// diverting is an outbox whose urgent items go by another platform once theirs fails.
type diverting struct {
	outbox.Queue
	app *App
}

// Settle implements outbox.Queue.
func (q diverting) Settle(ctx context.Context, c outbox.Claim, v outbox.Verdict) error {
	if len(q.app.parts.Doors) > 1 && v.HoldAll {
		v.After = min(v.After, longestHold)
	}
	urgent := c.Class == outbox.Alarm || c.Class == outbox.Missed
	if urgent && v.After > 0 && q.app.health.failing(c.To.Platform) {
		done, err := q.app.bot.Divert(ctx, c)
		switch {
		case err != nil:
			q.app.parts.Log.Error().Err(err).Str("item", c.ID).Msg("an urgent message could not go by another platform")
		case done:
			v = outbox.Verdict{Done: true, Spent: v.Spent, Hold: v.Hold, HoldAll: v.HoldAll}
		}
	}
	return q.Queue.Settle(ctx, c, v)
}

// watchBudget tells the bot how many messages went out this month.
func (a *App) watchBudget(ctx context.Context) {
	names := make([]chat.Name, 0, len(a.parts.Doors))
	for _, d := range a.parts.Doors {
		if d.Caps().Limits.PerMonth > 0 {
			names = append(names, d.Name())
		}
	}
	if len(names) == 0 {
		return
	}
	stats, err := a.store.Stats(ctx, names...)
	for _, p := range names {
		if err == nil {
			err = a.bot.Spent(ctx, p, stats.Outboxes[p].Spent, a.limits(p).PerMonth)
		}
	}
	if err != nil && ctx.Err() == nil {
		a.parts.Log.Warn().Err(err).Msg("the month's messages were not looked at")
	}
}
