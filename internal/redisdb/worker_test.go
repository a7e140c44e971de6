package redisdb

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"

	"trucban/bot"
	"trucban/internal/chat"
	"trucban/internal/due"
	"trucban/internal/outbox"
)

// work is a replica as a process of its own, so that it can be killed: it takes updates
// from the platform, does due jobs and relays messages, as the program does.
func work() int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	client := redis.NewClient(&redis.Options{
		Addr: os.Getenv("TRUCBAN_TEST_REDIS"), DialerRetries: 1, MaxRetries: 1, ContextTimeoutEnabled: true,
		ReadTimeout: time.Second, PoolSize: 16,
	})
	defer func() { _ = client.Close() }() // the process ends with it
	db, err := New(Options{Client: client, Namespace: "soak", Log: zerolog.Nop()})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	sink := &wire{base: os.Getenv("TRUCBAN_TEST_WORKER")}
	runner := &due.Runner{
		Queue: db.Due(), Handle: stepper(db), Lease: time.Second, Attempts: 1000,
		Wake: db.Wake(WakeDue), Until: db.Until, Log: zerolog.Nop(),
	}
	relay := &outbox.Relay{
		Queue: db.Outbox(), Sender: sink, Lease: 4 * time.Second,
		Wake: db.Wake("local"), Until: db.Until, Log: zerolog.Nop(),
	}
	var wg sync.WaitGroup
	wg.Go(func() { db.Listen(ctx) })
	wg.Go(func() { runner.Run(ctx) })
	wg.Go(func() { relay.Run(ctx) })
	wg.Go(func() { sink.updates(ctx, db) })
	wg.Wait()
	return 0
}

// stepper counts an aggregate up by one, says so in its chat and names the next moment.
func stepper(db *DB) func(context.Context, due.Claim) error {
	return func(ctx context.Context, c due.Claim) error {
		ref := bot.Ref{Kind: c.Kind, ID: c.ID}
		docs, err := db.Load(ctx, ref)
		if err != nil {
			return err
		}
		n := 0
		if docs[0].Data != nil {
			if err := json.Unmarshal(docs[0].Data, &n); err != nil {
				return err
			}
		}
		d := docs[0]
		n++
		d.Data = json.RawMessage(fmt.Sprint(n))
		ch := bot.Change{Settle: &c, Docs: []bot.Doc{d}, Log: []bot.Event{{What: "step", Subject: ref}}}
		var i int
		if _, err := fmt.Sscan(c.ID, &i); err != nil {
			return err
		}
		// Even steps may be repeated after an unknown outcome, odd ones must not.
		class := outbox.Reminder
		if n%2 == 1 {
			class = outbox.Digest
		}
		ch.Out = []outbox.Item{item(fmt.Sprintf("%s.%d.%s", c.ID, n, class), chatAddr(i%97), class)}
		if n < steps {
			ch.Due = []due.Job{{Kind: c.Kind, ID: c.ID, At: c.Now.Add(time.Duration(200+i%700) * time.Millisecond)}}
		}
		return db.Commit(ctx, ch)
	}
}

// wire is the platform as seen from the worker: the ledger's web server.
type wire struct{ base string }

func (*wire) Name() chat.Name { return "local" }
func (*wire) Caps() chat.Caps { return chat.Caps{} }
func (*wire) Edit(context.Context, chat.Address, string, chat.Message) chat.Receipt {
	return chat.Receipt{Outcome: chat.Permanent, Reason: chat.ReasonGone}
}

func (w *wire) Send(ctx context.Context, _ chat.Address, m chat.Message) chat.Receipt {
	body, err := w.post(ctx, "/send", m.Text)
	if err != nil {
		return chat.Receipt{Outcome: chat.Unknown, Err: err}
	}
	return chat.Receipt{Outcome: chat.Sent, Message: body}
}

func (w *wire) post(ctx context.Context, path, body string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, w.base+path, strings.NewReader(body))
	if err != nil {
		return "", err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	b, err := io.ReadAll(resp.Body)
	return string(b), errors.Join(err, resp.Body.Close())
}

// updates takes updates one by one, counts each in a shared document and confirms it.
func (w *wire) updates(ctx context.Context, db *DB) {
	for ctx.Err() == nil {
		id, err := w.post(ctx, "/update", "")
		if err != nil || id == "" {
			pause(ctx, 20*time.Millisecond)
			continue
		}
		err = countUpdate(ctx, db, id)
		if err != nil && !errors.Is(err, bot.ErrSeen) {
			pause(ctx, 20*time.Millisecond)
			continue // not confirmed: it will be delivered again
		}
		if _, err := w.post(ctx, "/confirm", id); err != nil {
			pause(ctx, 20*time.Millisecond)
		}
	}
}

func countUpdate(ctx context.Context, db *DB, id string) error {
	for {
		docs, err := db.Load(ctx, bot.Ref{Kind: "count", ID: "all"})
		if err != nil {
			return err
		}
		n := 0
		if docs[0].Data != nil {
			if err := json.Unmarshal(docs[0].Data, &n); err != nil {
				return err
			}
		}
		docs[0].Data = json.RawMessage(fmt.Sprint(n + 1))
		err = db.Commit(ctx, bot.Change{Seen: "local:" + id, Docs: docs})
		if !errors.Is(err, bot.ErrConflict) {
			return err
		}
	}
}
