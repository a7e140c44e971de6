package redisdb

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"trucban/bot"
	"trucban/internal/chat"
	"trucban/internal/outbox"
)

// sink is a platform that writes down what it took and answers as the test says.
type sink struct {
	mu     sync.Mutex
	now    func() time.Time
	answer func(to chat.Address, m chat.Message) chat.Receipt // nil or a zero receipt: sent
	took   []delivery
	n      int
}

type delivery struct {
	at   time.Time
	chat string
	text string
	edit string // id of the edited message
}

func (s *sink) Name() chat.Name { return "local" }
func (s *sink) Caps() chat.Caps { return chat.Caps{Edit: true} }

func (s *sink) Send(_ context.Context, to chat.Address, m chat.Message) chat.Receipt {
	return s.take(to, m, "")
}

func (s *sink) Edit(_ context.Context, to chat.Address, id string, m chat.Message) chat.Receipt {
	return s.take(to, m, id)
}

func (s *sink) take(to chat.Address, m chat.Message, edit string) chat.Receipt {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := chat.Receipt{}
	if s.answer != nil {
		r = s.answer(to, m)
	}
	if r.Outcome != "" && r.Outcome != chat.Sent && r.Outcome != chat.Unknown {
		return r
	}
	s.n++
	s.took = append(s.took, delivery{at: s.now(), chat: to.Chat, text: m.Text, edit: edit})
	if r.Outcome == chat.Unknown {
		return r
	}
	return chat.Receipt{Outcome: chat.Sent, Message: fmt.Sprint(s.n)}
}

// texts lists what the chat was shown, in order; all chats for "".
func (s *sink) texts(chat string) []string {
	var out []string
	for _, d := range s.took {
		if chat == "" || d.chat == chat {
			out = append(out, d.text)
		}
	}
	return out
}

// bench is a relay over a virtual clock.
type bench struct {
	t     *testing.T
	db    *DB
	c     *clock
	sink  *sink
	relay *outbox.Relay
}

func newBench(t *testing.T, db *DB, c *clock) *bench {
	s := &sink{now: c.now}
	return &bench{t: t, db: db, c: c, sink: s, relay: &outbox.Relay{Queue: db.Outbox(), Sender: s, Log: zerolog.Nop()}}
}

// until drives the relay through all moments up to end, as the loop would.
func (b *bench) until(end time.Time) {
	b.t.Helper()
	for {
		n, next, err := b.relay.Step(b.t.Context())
		if err != nil {
			b.t.Fatal(err)
		}
		if n > 0 {
			continue
		}
		now := b.c.now()
		if next.IsZero() || next.After(end) {
			b.c.advance(max(end.Sub(now), 0))
			return
		}
		if !next.After(now) {
			b.t.Fatalf("nothing handed out at %v, yet the next moment is %v", now, next)
		}
		b.c.advance(next.Sub(now))
	}
}

func (b *bench) run(d time.Duration) { b.t.Helper(); b.until(b.c.now().Add(d)) }

func (b *bench) put(items ...outbox.Item) {
	b.t.Helper()
	mustCommit(b.t, b.db, bot.Change{Out: items})
}
