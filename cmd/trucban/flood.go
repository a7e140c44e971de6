package main

import (
	"context"
	"sync/atomic"

	"trucban/bot"
	"trucban/internal/chat"
	"trucban/internal/flood"
	"trucban/internal/web"
)

const (
	// mostSenders bounds how many people's and groups' counts are kept in memory: some twenty megabytes.
	mostSenders = 50_000
	// floodTold is how many refusals in a run the desk is told of.
	floodTold = 20
)

// gate lets updates in at a moderate pace. It stands before everything else, so
// that what it refuses costs no round trip, no room on the disk and no answer.
type gate struct {
	meter          *flood.Meter
	person, groups atomic.Int64 // refused
}

func newGate() *gate { return &gate{meter: flood.NewMeter(mostSenders)} }

// Handle takes one update: into the bot, or into the journal while the store is
// away. What one person or one group sends without end is refused.
func (a *App) Handle(ctx context.Context, u chat.Update) error {
	at, counted := u.SentAt, a.bot.Counted(u)
	if now := a.clock.Now(); at.IsZero() || at.After(now) {
		at = now
	}
	if v := a.gate.meter.Take(at, counted...); v.Refused > 0 {
		a.refuse(ctx, u, v)
		return nil
	}
	err := a.held.handle(ctx, u)
	if err != nil {
		a.gate.meter.Return(counted...)
	}
	return err
}

// refuse answers the first refusal of a run, tells the desk of a long one and is silent about the others.
func (a *App) refuse(ctx context.Context, u chat.Update, v flood.Verdict) {
	n := &a.gate.person
	if bot.ByGroup(v) {
		n = &a.gate.groups
	}
	n.Add(1)
	switch v.Refused {
	case 1:
		a.parts.Log.Warn().Str("update", u.ID).Str("chat", u.To.Key()).Str("account", u.From.Key()).Msg("too many updates: refused from here on")
		if err := a.bot.SlowDown(ctx, u, v); err != nil && ctx.Err() == nil {
			a.parts.Log.Warn().Err(err).Str("update", u.ID).Msg("a refusal is said without the store")
		}
	case floodTold:
		a.news.add(func(ctx context.Context) error { return a.bot.Flooding(ctx, u, v) })
	}
}

// figures are what was refused since the start.
func (g *gate) figures() []web.Figure {
	one := func(by string, n int64) web.Figure {
		return web.Figure{
			Name: "trucban_updates_refused_total", Help: "Updates refused because one person or group sent too many.", Counter: true,
			Value: float64(n), Labels: map[string]string{"by": by},
		}
	}
	return []web.Figure{one("person", g.person.Load()), one("group", g.groups.Load())}
}
