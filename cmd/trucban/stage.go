package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"

	"trucban/bot"
	"trucban/internal/chat"
	"trucban/internal/chat/local"
	"trucban/internal/team"
)

// stage is the whole App on the local platform with a clock that can be moved:
// what conversation scripts are played on and what the trial page begins with.
type stage struct {
	clock *local.Clock
	door  *local.Platform
	mem   *memoryRedis // nil with Parts.Memory
	parts Parts
	app   *App
}

// newStage builds the App on a scene and applies the organisation.
func newStage(ctx context.Context, clock *local.Clock, door *local.Platform, setup *bot.Setup, log zerolog.Logger) (*stage, error) {
	if setup != nil {
		if err := furnish(door, *setup); err != nil {
			return nil, err
		}
	}
	s, err := newStageOn(ctx, clock, []chat.Platform{door}, setup, log)
	if err != nil {
		return nil, err
	}
	s.door = door
	return s, nil
}

// newStageOn builds the App on platforms that are furnished already.
func newStageOn(ctx context.Context, clock *local.Clock, doors []chat.Platform, setup *bot.Setup, log zerolog.Logger) (*stage, error) {
	mem, err := newMemoryRedis()
	if err != nil {
		return nil, err
	}
	data, err := os.MkdirTemp("", "trucban-trial-")
	if err != nil {
		return nil, errors.Join(fmt.Errorf("make the trial's folder: %w", err), mem.Close())
	}
	s := &stage{clock: clock, mem: mem, parts: trialParts(clock, doors, setup, log)}
	s.parts.Redis, s.parts.Data = mem.client, data
	if err := s.start(ctx); err != nil {
		return nil, errors.Join(err, s.discard())
	}
	return s, nil
}

// newMemoryStage builds the App on a store that is memory alone: it can be stepped through, fast,
// and neither runs nor starts again.
func newMemoryStage(ctx context.Context, clock *local.Clock, doors []chat.Platform, setup *bot.Setup) (*stage, error) {
	s := &stage{clock: clock, parts: trialParts(clock, doors, setup, zerolog.Nop())}
	s.parts.Memory = true
	if err := s.start(ctx); err != nil {
		return nil, err
	}
	return s, nil
}

// newClientStage builds the App on a Redis outside of this process, to be stepped through. Nothing expires
// there before its time on that server's clock.
func newClientStage(ctx context.Context, client redis.UniversalClient, clock *local.Clock, doors []chat.Platform, setup *bot.Setup) (*stage, error) {
	s := &stage{clock: clock, parts: trialParts(clock, doors, setup, zerolog.Nop())}
	s.parts.Redis = client
	if err := s.start(ctx); err != nil {
		return nil, err
	}
	return s, nil
}

// inOrder does one thing after the other, so that every run of the stage is the same.
func (s *stage) inOrder() {
	s.app.runner.Workers = 1
	for _, r := range s.app.relays {
		r.Workers = 1
	}
}

func trialParts(clock *local.Clock, doors []chat.Platform, setup *bot.Setup, log zerolog.Logger) Parts {
	codes, links, feeds := 0, 0, 0
	return Parts{
		Namespace: "trial", Doors: doors, Now: clock.Now, Speed: clock.Speed, Moved: clock.Changed, Log: log, Setup: setup,
		BoardLink: func(team.MemberID) string { links++; return fmt.Sprintf("https://truc.example.vn/b/%d", links) },
		FeedLink:  func(token string) string { return "https://truc.example.vn/lich/" + token + ".ics" },
		Token:     func() string { feeds++; return fmt.Sprintf("BIMAT%d", feeds) },
		Code:      func() string { codes++; return fmt.Sprintf("K%05d", 48290+codes) },
	}
}

func (s *stage) start(ctx context.Context) error {
	app, err := NewApp(s.parts)
	if err != nil {
		return err
	}
	s.app = app
	return app.prepare(ctx)
}

// discard clears up a stage that never came to be.
func (s *stage) discard() error { return errors.Join(s.mem.Close(), os.RemoveAll(s.parts.Data)) }

// Close ends the stage and what it stored.
func (s *stage) Close() error {
	if s.mem == nil {
		return s.app.held.Close()
	}
	return errors.Join(s.app.held.Close(), s.mem.Close(), os.RemoveAll(s.parts.Data))
}

// furnish adds the people and chats of an organisation to the local platform:
// its groups with the people of their unit, and a private chat for each account.
func furnish(p *local.Platform, s bot.Setup) error {
	accounts := map[team.MemberID]string{}
	for _, m := range s.Town.Org.Members {
		for _, d := range s.Doors[m.ID] {
			if d.Addr.Platform != p.Name() {
				continue
			}
			accounts[m.ID] = d.Addr.Chat
			unit, _ := s.Town.Org.Unit(m.Unit)
			p.AddPerson(local.Person{ID: d.Addr.Chat, Name: m.Name, Phone: m.Phone, Note: joinNote(m.Title, unit.Label())})
			if err := p.AddChat(local.Chat{ID: d.Addr.Chat, Kind: chat.Private, Title: m.Name, Members: []string{d.Addr.Chat}, Dormant: !d.Started}); err != nil {
				return fmt.Errorf("private chat of %s: %w", m.ID, err)
			}
		}
	}
	for _, r := range s.Rooms {
		if r.Addr.Platform != p.Name() {
			continue
		}
		c := local.Chat{ID: r.Addr.Chat, Kind: r.Kind, Title: roomTitle(s.Town, r), Members: roomMembers(s.Town, r, accounts)}
		if err := p.AddChat(c); err != nil {
			return fmt.Errorf("chat %s: %w", r.Addr.Chat, err)
		}
	}
	return nil
}

func joinNote(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + ", " + b
}

func roomTitle(t bot.Town, r bot.Room) string {
	u, _ := t.Org.Unit(r.Unit)
	switch r.Purpose {
	case bot.ForLeaders:
		return "Lãnh đạo " + u.Label()
	case bot.ForDesk:
		return "Quản lý trực " + u.Label()
	}
	return u.Name
}

// roomMembers are the unit's people; a leaders' or desk's chat has those of the role, and the desk sits in all of them.
func roomMembers(t bot.Town, r bot.Room, accounts map[team.MemberID]string) []string {
	var out []string
	for _, m := range t.Org.Members {
		id, ok := accounts[m.ID]
		if !ok {
			continue
		}
		above := t.Org.Within(r.Unit, m.Unit)
		in := m.Unit == r.Unit
		if r.Purpose != bot.ForUnit {
			in = above && (m.Has(team.RoleLeader) || m.Has(team.RoleDesk) || m.Has(team.RoleOwner))
		}
		if in || above && m.Has(team.RoleDesk) {
			out = append(out, id)
		}
	}
	return slices.Compact(out)
}

// Handle takes one update.
func (s *stage) Handle(ctx context.Context, u chat.Update) error {
	if err := s.app.Handle(ctx, u); err != nil {
		return err
	}
	return nil
}

// Settle does what is due and sends what may be sent at the present moment.
func (s *stage) Settle(ctx context.Context) error {
	_, err := s.settle(ctx)
	return err
}

// maxRounds bounds one moment; a script that needs more runs in a circle.
const maxRounds = 100_000

func (s *stage) settle(ctx context.Context) (next time.Time, err error) {
	for range maxRounds {
		n, at, err := s.app.runner.Step(ctx)
		if errors.Is(err, bot.ErrUnavailable) {
			return time.Time{}, nil // the loops wait for the store, and so does the clock's next moment
		}
		if err != nil {
			return time.Time{}, err
		}
		next = at
		if err := s.app.news.step(ctx); err != nil && !errors.Is(err, bot.ErrUnavailable) {
			return time.Time{}, err
		}
		for _, r := range s.app.relays {
			sent, at, err := r.Step(ctx)
			if err != nil {
				return time.Time{}, err
			}
			n += sent
			next = earlier(next, at)
		}
		if n == 0 {
			return next, nil
		}
	}
	return next, fmt.Errorf("nothing comes to rest at %s", s.clock.Now().In(local.Zone).Format("15:04:05"))
}

func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// AdvanceTo moves the clock to t; everything due on the way happens at its moment.
func (s *stage) AdvanceTo(ctx context.Context, t time.Time) error {
	for {
		next, err := s.settle(ctx)
		if err != nil {
			return err
		}
		now := s.clock.Now()
		if !now.Before(t) {
			return nil
		}
		to := t
		if next.After(now) && next.Before(t) {
			to = next
		}
		if s.mem != nil {
			s.mem.server.FastForward(to.Sub(now))
		}
		s.clock.Set(to)
	}
}

// Restart ends the program as a crash would and starts it again on the same store.
func (s *stage) Restart(ctx context.Context) error {
	if err := s.app.held.Close(); err != nil {
		return err
	}
	return s.start(ctx)
}

// Do knows the verbs a script has beside those of the platform.
func (s *stage) Do(ctx context.Context, verb string, args []string) error {
	if verb == "owner" {
		_, err := s.app.bot.OwnerCode(ctx)
		return err
	}
	if verb == "daily" {
		return s.app.bot.PlanLook(ctx)
	}
	if verb != "redis" || len(args) != 1 {
		return fmt.Errorf("the verb %q is not known; there is: redis down, redis up, owner code, daily look", verb)
	}
	switch args[0] {
	case "down":
		s.mem.server.SetError("LOADING Redis is loading the dataset in memory")
	case "up":
		s.mem.server.SetError("")
		return s.app.held.step(ctx)
	default:
		return fmt.Errorf("redis %q: down or up", args[0])
	}
	return nil
}

// Jump moves the clock to the next thing that will happen.
func (s *stage) Jump(ctx context.Context) error {
	next, err := s.app.nextMoment(ctx)
	if err != nil {
		return err
	}
	if now := s.clock.Now(); next.After(now) {
		s.mem.server.FastForward(next.Sub(now))
		s.clock.Set(next)
	}
	return nil
}
