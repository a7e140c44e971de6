package memdb

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"
	"pgregory.net/rapid"

	"trucban/bot"
	"trucban/internal/chat"
	"trucban/internal/due"
	"trucban/internal/outbox"
	"trucban/internal/redisdb"
)

// machine is what both stores are.
type machine interface {
	bot.Store
	Due() due.Queue
	Outbox() outbox.Queue
	Stats(ctx context.Context, platforms ...chat.Name) (redisdb.Stats, error)
}

// twins makes every call on both stores and wants one answer.
type twins struct {
	mem, redis machine
	server     *miniredis.Miniredis
	now        time.Time
	jobs       []due.Claim    // ever handed out, lost ones too
	items      []outbox.Claim // likewise
	n          int
	old        int // items up to this number are no longer committed again: updates come back for a day, items with them
}

func (w *twins) same(t *rapid.T, what string, call func(machine) (any, error)) any {
	a, errA := call(w.redis)
	b, errB := call(w.mem)
	for _, kind := range []error{bot.ErrSeen, bot.ErrConflict, bot.ErrLeaseLost} {
		if errors.Is(errA, kind) != errors.Is(errB, kind) {
			t.Fatalf("%s: redisdb %v, memdb %v", what, errA, errB)
		}
	}
	if (errA == nil) != (errB == nil) {
		t.Fatalf("%s: redisdb %v, memdb %v", what, errA, errB)
	}
	if diff := cmp.Diff(a, b, cmpopts.EquateEmpty()); diff != "" {
		t.Fatalf("%s: redisdb -, memdb +\n%s", what, diff)
	}
	return b
}

var names = rapid.SampledFrom([]string{"a", "b", "c"})

func seconds(t *rapid.T, from, to int) time.Duration {
	return time.Duration(rapid.IntRange(from, to).Draw(t, "s")) * time.Second
}

func (w *twins) document(t *rapid.T) bot.Doc {
	d := bot.Doc{Ref: bot.Ref{Kind: "doc", ID: names.Draw(t, "document")}, Version: bot.AnyVersion}
	if rapid.IntRange(0, 3).Draw(t, "version") == 0 {
		d.Version = int64(rapid.IntRange(0, 30).Draw(t, "read"))
	}
	if rapid.IntRange(0, 4).Draw(t, "delete") == 0 {
		return d
	}
	w.n++
	d.Data = json.RawMessage(fmt.Sprintf(`{"n":%d}`, w.n))
	if rapid.Bool().Draw(t, "marked") {
		d.Marks = []string{"open", names.Draw(t, "mark")}
	}
	for _, x := range []string{"x", "y"} {
		if rapid.Bool().Draw(t, x) {
			d.Index = append(d.Index, bot.Entry{Index: x, Score: int64(rapid.IntRange(-2, 5).Draw(t, "score"))})
		}
	}
	switch rapid.IntRange(0, 5).Draw(t, "what") {
	case 0: // the doors of whom messages are for
		d.Kind, d.Marks = "reach", []string{"doors", "door:local:c0", "door:local:c1"}
	case 1, 2:
		// Redis forgets the index entries of a document with the document, so that such a one always has the same.
		d.Kind, d.TTL = "brief", seconds(t, 1, 20)
		d.Index = []bot.Entry{{Index: "y", Score: int64(rapid.IntRange(-2, 5).Draw(t, "score"))}}
	}
	return d
}

func (w *twins) item(t *rapid.T) outbox.Item {
	w.n++
	chatID := rapid.IntRange(0, 3).Draw(t, "chat")
	it := outbox.Item{
		ID: fmt.Sprint("i", w.n), To: chat.Address{Platform: "local", Chat: fmt.Sprint("c", chatID)}, Kind: chat.Group,
		Class: rapid.SampledFrom(outbox.Classes).Draw(t, "class"), Message: chat.Message{Text: fmt.Sprint("text ", w.n)}, About: "thử",
	}
	if chatID == 0 {
		it.Kind = chat.Private
	}
	if rapid.IntRange(0, 5).Draw(t, "again") == 0 {
		it.ID = fmt.Sprint("i", rapid.IntRange(w.old+1, w.n).Draw(t, "id"))
	}
	if rapid.IntRange(0, 2).Draw(t, "carded") == 0 {
		it.Card = names.Draw(t, "card")
		it.Edit = rapid.Bool().Draw(t, "edit")
		it.Fresh = rapid.Bool().Draw(t, "fresh")
	}
	if rapid.IntRange(0, 2).Draw(t, "bounded") == 0 {
		it.NotAfter = w.now.Add(seconds(t, 1, 20))
	}
	if rapid.IntRange(0, 3).Draw(t, "guarded") == 0 {
		it.Guard = &outbox.Guard{Kind: "doc", ID: names.Draw(t, "guard"), Mark: "open"}
	}
	if rapid.IntRange(0, 2).Draw(t, "counted") == 0 {
		it.Wave, it.For = names.Draw(t, "wave"), names.Draw(t, "for")
	}
	return it
}

func (w *twins) commit(t *rapid.T) {
	var c bot.Change
	if rapid.Bool().Draw(t, "update") {
		c.Seen = fmt.Sprint("u", rapid.IntRange(0, 30).Draw(t, "seen"))
		c.Same = []string{"", "press 1", "press 2"}[rapid.IntRange(0, 2).Draw(t, "same")]
	}
	if len(w.jobs) > 0 && rapid.Bool().Draw(t, "job") {
		c.Settle = &w.jobs[rapid.IntRange(max(0, len(w.jobs)-4), len(w.jobs)-1).Draw(t, "claim")]
	}
	if rapid.Bool().Draw(t, "writes") {
		c.Docs = append(c.Docs, w.document(t))
	}
	for range rapid.IntRange(0, 2).Draw(t, "items") {
		c.Out = append(c.Out, w.item(t))
	}
	if rapid.Bool().Draw(t, "plans") {
		j := due.Job{Kind: "k", ID: names.Draw(t, "id"), At: w.now.Add(seconds(t, -5, 30))}
		if rapid.IntRange(0, 4).Draw(t, "take away") == 0 {
			j.At = time.Time{}
		}
		c.Due = append(c.Due, j)
	}
	c.Log = []bot.Event{{At: w.now, What: "thử"}}
	w.same(t, "commit", func(m machine) (any, error) { return nil, m.Commit(t.Context(), c) })
}

type handed[T any] struct {
	Claims []T
	Next   time.Time
}

func (w *twins) claim(t *rapid.T) {
	n := rapid.IntRange(0, 3).Draw(t, "n")
	got := w.same(t, "claim jobs", func(m machine) (any, error) {
		c, next, err := m.Due().Claim(t.Context(), n, 10*time.Second)
		return handed[due.Claim]{c, next}, err
	}).(handed[due.Claim])
	w.jobs = append(w.jobs, got.Claims...)
}

func (w *twins) claimOut(t *rapid.T) {
	n := rapid.IntRange(0, 4).Draw(t, "n")
	got := w.same(t, "claim messages", func(m machine) (any, error) {
		c, next, err := m.Outbox().Claim(t.Context(), "local", n, 20*time.Second)
		return handed[outbox.Claim]{c, next}, err
	}).(handed[outbox.Claim])
	w.items = append(w.items, got.Claims...)
}

func (w *twins) giveBack(t *rapid.T) {
	if len(w.jobs) == 0 {
		t.Skip("nothing was handed out")
	}
	c := w.jobs[rapid.IntRange(max(0, len(w.jobs)-4), len(w.jobs)-1).Draw(t, "claim")]
	if rapid.Bool().Draw(t, "bury") {
		w.same(t, "bury", func(m machine) (any, error) { return nil, m.Due().Bury(t.Context(), c, "x") })
		return
	}
	w.same(t, "retry", func(m machine) (any, error) { return nil, m.Due().Retry(t.Context(), c, 3*time.Second, "x") })
}

func (w *twins) settle(t *rapid.T) {
	if len(w.items) == 0 {
		t.Skip("nothing was handed out")
	}
	c := w.items[rapid.IntRange(max(0, len(w.items)-5), len(w.items)-1).Draw(t, "claim")]
	w.n++
	v := rapid.SampledFrom([]outbox.Verdict{
		{Done: true, Spent: true, Message: fmt.Sprint("m", w.n)}, {Done: true, Spent: true, Message: fmt.Sprint("m", w.n)}, {Done: true},
		{Bury: "x", Spent: true}, {}, {After: 3 * time.Second, Hold: true, Spent: true}, {After: 5 * time.Second, Spent: true},
		{After: 4 * time.Second, HoldAll: true, Spent: true}, {MovedTo: chat.Address{Platform: "local", Chat: "moved"}, Spent: true},
	}).Draw(t, "verdict")
	if v.MovedTo.Chat == c.To.Chat { // outbox.Decide lets no chat move to itself
		v.MovedTo = chat.Address{}
	}
	w.same(t, "settle", func(m machine) (any, error) { return nil, m.Outbox().Settle(t.Context(), c, v) })
}

func (w *twins) pass(t *rapid.T) {
	d := time.Duration(rapid.IntRange(1, 8000).Draw(t, "ms")) * time.Millisecond
	if rapid.IntRange(0, 20).Draw(t, "long") == 0 {
		d = time.Duration(rapid.IntRange(1, 60).Draw(t, "h")) * time.Hour
		w.old = w.n
	}
	w.now = w.now.Add(d)
	w.server.FastForward(d)
}

func (w *twins) read(t *rapid.T) {
	refs := []bot.Ref{
		{Kind: "doc", ID: names.Draw(t, "document")}, {Kind: redisdb.KindWave, ID: names.Draw(t, "wave")},
		{Kind: "card", ID: fmt.Sprint("local:c1#m", rapid.IntRange(0, w.n).Draw(t, "message"))},
	}
	w.same(t, "load", func(m machine) (any, error) { return m.Load(t.Context(), refs...) })
	r := bot.Range{
		Index: rapid.SampledFrom([]string{"x", "y", redisdb.IndexDead, redisdb.IndexStale, redisdb.IndexBuried}).Draw(t, "index"),
		From:  int64(rapid.IntRange(-3, 3).Draw(t, "from")), To: rapid.SampledFrom([]int64{2, 1 << 50}).Draw(t, "to"),
		Limit: rapid.IntRange(0, 2).Draw(t, "limit"), Desc: rapid.Bool().Draw(t, "desc"),
	}
	w.same(t, "find", func(m machine) (any, error) { return m.Find(t.Context(), r) })
	w.same(t, "stats", func(m machine) (any, error) {
		s, err := m.Stats(t.Context(), "local")
		return s, err
	})
}

// TestSameAsRedis: whatever is asked in whatever order, both stores answer the same, to the
// version, the token and the millisecond.
func TestSameAsRedis(t *testing.T) {
	server := miniredis.RunT(t)
	client := redis.NewClient(&redis.Options{Addr: server.Addr()})
	defer func() { _ = client.Close() }()
	limits := rapid.SampledFrom([]chat.Limits{
		{}, {ChatEvery: time.Second, GroupPerMinute: 3, PerSecond: 7}, {ChatEvery: 500 * time.Millisecond, PerMonth: 20},
	})
	trial := 0
	rapid.Check(t, func(rt *rapid.T) {
		trial++
		w := &twins{server: server, now: time.Date(2026, 11, 30, 16, 50, 0, 0, time.UTC)}
		now, stale, lim := func() time.Time { return w.now }, due.Job{Kind: "stale", ID: "all"}, limits.Draw(rt, "limits")
		limit := func(chat.Name) chat.Limits { return lim }
		var err error
		w.redis, err = redisdb.New(redisdb.Options{
			Client: client, Namespace: fmt.Sprint("same", trial), Now: now, Log: zerolog.Nop(), Limits: limit, StaleJob: stale,
		})
		if err != nil {
			rt.Fatal(err)
		}
		if w.mem, err = New(Options{Now: now, Limits: limit, StaleJob: stale}); err != nil {
			rt.Fatal(err)
		}
		rt.Repeat(map[string]func(*rapid.T){
			"commit": w.commit, "commit more": w.commit, "claim": w.claim, "claim messages": w.claimOut, "claim more messages": w.claimOut,
			"give back": w.giveBack, "settle": w.settle, "settle more": w.settle, "time": w.pass, "read": w.read,
		})
	})
}
