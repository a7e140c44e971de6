package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"trucban/bot"
	"trucban/internal/digest"
	"trucban/internal/team"
	"trucban/internal/web"
)

// boardFresh is how old the state on a board may be: however many boards are open,
// the store is asked no more often.
const boardFresh = 2 * time.Second

// board gives each person the part of the state they may see.
type board struct {
	app *App

	mu    sync.Mutex
	read  time.Time // by the wall clock
	facts bot.BoardFacts
}

// state is the newest state of the whole tree, read again when it is too old.
func (b *board) state(ctx context.Context) (bot.BoardFacts, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if now := time.Now(); b.read.IsZero() || now.Sub(b.read) >= boardFresh {
		f, err := b.app.bot.BoardFacts(ctx)
		if err != nil {
			return f, fmt.Errorf("read the board's state: %w", err)
		}
		b.read, b.facts = now, f
	}
	return b.facts, nil
}

// View implements web.Board.
func (b *board) View(ctx context.Context, member, unit string) (web.BoardView, error) {
	f, err := b.state(ctx)
	if err != nil {
		return web.BoardView{}, err
	}
	m, top, deep, err := f.See(team.MemberID(member), team.UnitID(unit))
	if errors.Is(err, bot.ErrNotTheirs) {
		return web.BoardView{}, web.ErrForbidden
	}
	if err != nil {
		return web.BoardView{}, err
	}
	p := painter{f: f, me: m, top: top, deep: deep, within: scopeOf(f, top, deep)}
	v := p.view()
	if m.Level() >= team.LevelLeader {
		v.Health = b.health(ctx)
	}
	return v, nil
}

// Who is the member with that Telegram account.
func (b *board) Who(ctx context.Context, account string) (string, error) {
	m, err := b.app.bot.MemberOf(ctx, "telegram:"+account)
	if errors.Is(err, bot.ErrNotTheirs) {
		return "", web.ErrForbidden
	}
	return string(m), err
}

// scopeOf answers which units are shown.
func scopeOf(f bot.BoardFacts, top team.UnitID, deep bool) func(team.UnitID) bool {
	if !deep {
		return func(u team.UnitID) bool { return u == top }
	}
	facts := f.Facts
	facts.Scope = top
	return digest.Within(facts)
}

// health is the state of the bot itself.
func (b *board) health(ctx context.Context) []web.Health {
	s, err := b.app.store.Stats(ctx)
	if err != nil {
		return []web.Health{{Name: "Kho dữ liệu", State: "không liên lạc được", Light: web.Red}}
	}
	out := []web.Health{{Name: "Kho dữ liệu", State: "ổn", Light: web.Green}}
	clock := web.Health{Name: "Đồng hồ nhắc việc", State: "đúng giờ", Light: web.Green}
	if s.Lag > time.Minute {
		clock.State, clock.Light = fmt.Sprintf("chậm %d phút", int(s.Lag.Minutes())), web.Red
	}
	out = append(out, clock)
	for _, d := range b.app.parts.Doors {
		h := web.Health{Name: doorName(d.Name()), State: "gửi được", Light: web.Green}
		if b.app.health.failing(d.Name()) {
			h.State, h.Light = "không nhận tin", web.Red
		}
		out = append(out, h)
	}
	if s.Dead > 0 {
		out = append(out, web.Health{Name: "Tin chưa gửi được", State: fmt.Sprint(s.Dead), Light: web.Amber})
	}
	return out
}

// units are the ones the person may look at, their own first.
func (p painter) units() []web.UnitLink {
	var out []web.UnitLink
	for _, u := range p.f.Town.Org.Units {
		if _, _, _, err := p.f.See(p.me.ID, u.ID); err == nil {
			out = append(out, web.UnitLink{ID: string(u.ID), Name: u.Label()})
		}
	}
	own := func(l web.UnitLink) int {
		if l.ID == string(p.me.Unit) {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(out, func(a, c web.UnitLink) int { return own(a) - own(c) })
	if len(out) < 2 {
		return nil
	}
	return out
}
