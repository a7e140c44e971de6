package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"trucban/bot"
	"trucban/internal/digest"
	"trucban/internal/roster"
	"trucban/internal/team"
	"trucban/internal/web"
	"trucban/messages"
)

// boardFresh is how old the state on a board may be at least: however many boards
// are open, the store is asked no more often. Where reading takes long it is asked
// so seldom that it is busy with it for a twentieth of the time.
const (
	boardFresh = 2 * time.Second
	boardShare = 20
)

// board gives each person the part of the state they may see.
type board struct {
	app  *App
	load func(context.Context) (bot.BoardFacts, error)

	mu    sync.Mutex
	until time.Time // the state is good till then, by the wall clock
	state boardState
}

// boardState is the state of the whole tree and what all boards draw from it.
type boardState struct {
	bot.BoardFacts
	sum    digest.Summary
	rolled map[team.UnitID]digest.UnitCount
}

func newBoard(a *App) *board { return &board{app: a, load: a.bot.BoardFacts} }

// read is the newest state, read again when it is too old.
func (b *board) read(ctx context.Context) (boardState, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	if now.Before(b.until) {
		return b.state, nil
	}
	f, err := b.load(ctx)
	if err != nil {
		return boardState{}, fmt.Errorf("read the board's state: %w", err)
	}
	s := boardState{BoardFacts: f}
	s.sum = digest.Build(f.Facts, nil, f.At)
	s.rolled = s.sum.RollUp(f.Facts.Units)
	done := time.Now()
	b.state, b.until = s, done.Add(max(boardFresh, boardShare*done.Sub(now)))
	return s, nil
}

// Lang implements web.Board: the organisation's language, as far as it is known.
func (b *board) Lang(context.Context) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.state.Town == nil {
		return b.app.bot.Lang()
	}
	return b.state.Town.Lang
}

// View implements web.Board.
func (b *board) View(ctx context.Context, member string, ask web.Ask) (web.BoardView, error) {
	s, err := b.read(ctx)
	if err != nil {
		return web.BoardView{}, err
	}
	m, top, deep, err := s.See(team.MemberID(member), team.UnitID(ask.Unit))
	if errors.Is(err, bot.ErrNotTheirs) {
		return web.BoardView{}, web.ErrForbidden
	}
	if err != nil {
		return web.BoardView{}, err
	}
	p := painter{words: words{b.app.bot.Texts, s.Town.Lang}, s: s, me: m, top: top, deep: deep, within: scopeOf(s.BoardFacts, top, deep)}
	v := p.view(ask)
	if m.Level() >= team.LevelLeader {
		v.Health = b.health(ctx, p.words)
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

// words are the board's words in one language.
type words struct {
	texts *messages.Catalogue
	lang  string
}

func (w words) say(key string) string { return w.texts.Label(w.lang, "board."+key) }

// count is a figure in words; one without words is shown as it is, which the catalogue's test forbids.
func (w words) count(what string, n int) string {
	s, err := w.texts.Render(w.lang, messages.BoardCount{What: what, N: n})
	if err != nil {
		return fmt.Sprint(n)
	}
	return s
}

// health is the state of the bot itself.
func (b *board) health(ctx context.Context, w words) []web.Health {
	s, err := b.app.store.Stats(ctx)
	if err != nil {
		return []web.Health{{Name: w.say("store"), State: w.say("unreachable"), Light: web.Red}}
	}
	out := []web.Health{{Name: w.say("store"), State: w.say("ok"), Light: web.Green}}
	clock := web.Health{Name: w.say("clock"), State: w.say("intime"), Light: web.Green}
	if s.Lag > time.Minute {
		clock.State, clock.Light = w.count("clocklate", int(s.Lag.Minutes())), web.Red
	}
	out = append(out, clock)
	for _, d := range b.app.parts.Doors {
		h := web.Health{Name: w.door(d.Name()), State: w.say("sends"), Light: web.Green}
		if b.app.health.failing(d.Name()) {
			h.State, h.Light = w.say("deaf"), web.Red
		}
		out = append(out, h)
	}
	if s.Dead > 0 {
		out = append(out, web.Health{Name: w.say("dead"), State: fmt.Sprint(s.Dead), Light: web.Amber})
	}
	return out
}

// today is the local date of a moment.
func today(t time.Time) string { return t.In(roster.Zone).Format("2006-01-02") }
