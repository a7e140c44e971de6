package main

import (
	"context"
	"fmt"
	"net"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"

	"trucban/bot"
	"trucban/internal/chat"
	"trucban/internal/chat/local"
	"trucban/internal/roster"
	"trucban/internal/team"
)

// talks counts how often a client speaks to the server; a pipeline is one time.
type talks struct{ n atomic.Int64 }

// DialHook implements redis.Hook.
func (c *talks) DialHook(next redis.DialHook) redis.DialHook {
	return func(ctx context.Context, network, addr string) (net.Conn, error) { return next(ctx, network, addr) }
}

// ProcessHook implements redis.Hook.
func (c *talks) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error { c.n.Add(1); return next(ctx, cmd) }
}

// ProcessPipelineHook implements redis.Hook.
func (c *talks) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error { c.n.Add(1); return next(ctx, cmds) }
}

// wideTown is a town of n units below one, each with two people and three shifts of
// twelve hours around now: one that ended, one that is on and one to come.
func wideTown(n int, now time.Time) bot.Setup {
	town := *bot.EmptyTown()
	town.Rev, town.Digest = fmt.Sprint("wide", n), []string{"0 21 * * *"}
	town.Org.Units = []team.Unit{{ID: "top", Name: "Tỉnh"}}
	town.Org.Members = []team.Member{{ID: "boss", Name: "Trần Quang Minh", Unit: "top", Roles: []team.Role{team.RoleLeader}}}
	s := bot.Setup{Doors: map[team.MemberID][]bot.Door{"boss": {{Account: "local:boss", Addr: chat.Address{Platform: "local", Chat: "boss"}, Started: true}}}}
	for i := range n {
		u := team.UnitID(fmt.Sprint("u", i))
		town.Org.Units = append(town.Org.Units, team.Unit{ID: u, Name: fmt.Sprint("Đơn vị ", i), Parent: "top"})
		var people []roster.Assignment
		for k := range 2 {
			m := team.MemberID(fmt.Sprintf("m%d-%d", i, k))
			town.Org.Members = append(town.Org.Members, team.Member{ID: m, Name: fmt.Sprintf("Nguyễn Văn %d %d", i, k), Unit: u})
			people = append(people, roster.Assignment{Post: roster.PostDuty, Member: m})
		}
		for k := -1; k <= 1; k++ {
			start := now.Add(time.Duration(k)*12*time.Hour - time.Hour)
			s.Shifts = append(s.Shifts, roster.Shift{
				ID: roster.ID(u, start, "Ca"), Unit: u, Name: "Ca", Start: start, End: start.Add(12 * time.Hour), People: people, Origin: roster.OriginFile,
			})
		}
	}
	town.Org.Index()
	s.Town = town
	return s
}

// askSummary makes a town of n units on a real server and asks for its summary
// several times: the median time, and the round trips of one.
func askSummary(t *testing.T, addr string, n int) (time.Duration, int64) {
	t.Helper()
	client := redis.NewClient(&redis.Options{Addr: addr, Protocol: 2})
	defer func() { _ = client.Close() }()
	count := &talks{}
	client.AddHook(count)
	now := time.Now().Truncate(time.Minute)
	door := local.New(local.Options{Clock: local.NewClock(now, 0, time.Now)})
	door.AddPerson(local.Person{ID: "boss", Name: "Trần Quang Minh"})
	if err := door.AddChat(local.Chat{ID: "boss", Kind: chat.Private, Title: "Trần Quang Minh", Members: []string{"boss"}}); err != nil {
		t.Fatal(err)
	}
	setup := wideTown(n, now)
	app, err := NewApp(Parts{Redis: client, Namespace: fmt.Sprint("wide", n), Doors: []chat.Platform{door}, Now: func() time.Time { return now }, Setup: &setup, Log: zerolog.Nop(), Data: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := app.held.Close(); err != nil {
			t.Error(err)
		}
	}()
	if err := app.prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	var took []time.Duration
	for i := range 7 {
		u := chat.Update{
			ID: fmt.Sprint("local:ask", i), Event: chat.EventMessage, From: chat.Account{Platform: "local", ID: "boss"},
			To: chat.Address{Platform: "local", Chat: "boss"}, Kind: chat.Private, SentAt: now, Text: "/baocao",
		}
		count.n.Store(0)
		start := time.Now()
		if err := app.bot.Handle(t.Context(), u); err != nil {
			t.Fatal(err)
		}
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	return took[len(took)/2], count.n.Load()
}

// TestSummaryOfAThousandUnits holds the round trips of a summary to a number that
// does not grow with the units. The times are printed only: a machine under load
// must not fail the build.
func TestSummaryOfAThousandUnits(t *testing.T) {
	server := startRedis(t)
	small, few := askSummary(t, server.addr, 100)
	large, many := askSummary(t, server.addr, 1000)
	t.Logf("100 units: %s, %d round trips; 1000 units: %s, %d round trips", small, few, large, many)
	if many > few || many > 20 {
		t.Errorf("round trips grow from %d to %d", few, many)
	}
}
