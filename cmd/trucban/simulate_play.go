package main

import (
	"context"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"time"

	"trucban/bot"
	"trucban/internal/chat"
	"trucban/internal/chat/local"
	"trucban/internal/memdb"
)

// played is what became of one province.
type played struct {
	district
	f          *findings
	size       memdb.Size // at the end; zero where it was not played in memory
	zaloGroups int
}

func (p *played) messages() int {
	n := p.f.edits
	for _, sent := range p.f.sent {
		n += sent
	}
	return n
}

// staging makes a stage.
type staging func(context.Context, *local.Clock, []chat.Platform, *bot.Setup) (*stage, error)

// play has a province live through the days: the whole App, on platforms with the real limits,
// on a clock that jumps from one thing that happens to the next.
func (s simulation) play(ctx context.Context, d district, days int, on staging) (*played, error) {
	from := s.first.AddDays(-1).Midnight().Add(15 * time.Hour) // before the reminders on the eve
	to := s.first.AddDays(days).Midnight().Add(8 * time.Hour)
	setup, err := d.town(s.first, days, share(s.Zalo))
	if err != nil {
		return nil, err
	}
	clock := local.NewStill(from)
	rec := newRecorder(clock, nil)
	doors, err := rehearsalDoors(setup, clock, rec)
	if err != nil {
		return nil, err
	}
	s.spoil(doors, setup, clock, d.number)
	st, err := on(ctx, clock, platforms(doors), &setup)
	if err != nil {
		return nil, err
	}
	defer func() { _ = st.Close() }()
	st.inOrder()
	rec.f.waits.measure(st)
	if err := living(setup, s.Seed+uint64(d.number), s.first.Midnight(), days, s.habits).live(ctx, st, to); err != nil {
		return nil, err
	}
	p := &played{district: d, f: rec.f}
	for _, r := range setup.Rooms {
		if r.Addr.Platform == "zalo" {
			p.zaloGroups++
		}
	}
	return p, s.finish(ctx, st, p)
}

// finish reads what the store says at the end.
func (simulation) finish(ctx context.Context, st *stage, p *played) error {
	stats, err := st.app.store.Stats(ctx)
	if err != nil {
		return fmt.Errorf("read the figures: %w", err)
	}
	p.f.late, p.f.dead = int(stats.Counters["out.late"]), int(stats.Counters["out.buried"])
	if db, in := st.app.store.(*memdb.DB); in {
		if p.size, err = db.Size(); err != nil {
			return fmt.Errorf("measure the store: %w", err)
		}
	}
	return nil
}

// spoil makes the platforms refuse some calls beyond their known limits, and some people block the bot.
func (s simulation) spoil(doors []stageDoor, setup bot.Setup, clock *local.Clock, number int) {
	r := rand.New(rand.NewPCG(s.Seed, uint64(number)))
	for i := range doors {
		door := &doors[i]
		for _, m := range setup.Town.Org.Members {
			if d := setup.Doors[m.ID][0]; d.Addr.Platform == door.Name() && r.Float64() < share(s.Unreached) {
				// People block a bot they have talked to; it learns of it by what becomes of its messages.
				_, _ = door.Block(d.Addr.Chat)
			}
		}
		door.refuse = func(to chat.Address) (chat.Receipt, bool) {
			h := fnv.New64a()
			_, _ = fmt.Fprint(h, s.Seed, to.Key(), clock.Now().UnixMilli())
			dice := rand.New(rand.NewPCG(h.Sum64(), 1))
			if dice.Float64() >= share(s.Refused) {
				return chat.Receipt{}, false
			}
			return chat.Receipt{Outcome: chat.Throttled, RetryAfter: time.Duration(5+dice.IntN(26)) * time.Second, Err: errRefused}, true
		}
	}
}
