package redisdb

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sort"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"
	"pgregory.net/rapid"

	"trucban/bot"
	"trucban/internal/chat"
	"trucban/internal/due"
	"trucban/internal/outbox"
)

// modelled runs a state machine against a fresh namespace for every trial, on both servers.
func modelled(t *testing.T, limits chat.Limits, trial func(t *rapid.T, db *DB, c *clock)) {
	t.Helper()
	run := func(t *testing.T, client redis.UniversalClient) {
		defer client.Close()
		n := 0
		rapid.Check(t, func(rt *rapid.T) {
			n++
			c := newClock()
			db, err := New(Options{Client: client, Namespace: fmt.Sprint("model", n), Now: c.now, Log: zerolog.Nop(),
				Limits: func(chat.Name) chat.Limits { return limits }})
			if err != nil {
				rt.Fatal(err)
			}
			trial(rt, db, c)
		})
	}
	t.Run("miniredis", func(t *testing.T) {
		run(t, redis.NewClient(&redis.Options{Addr: miniredis.RunT(t).Addr()}))
	})
	t.Run("redis", func(t *testing.T) {
		run(t, redis.NewClient(&redis.Options{Addr: startServer(t).addr()}))
	})
}

// alarmModel is the alarm clock, the versions and the seen marks as plain maps.
type alarmModel struct {
	jobs map[string]*modelJob
	docs map[string]int  // times written since it was made; absent: no document
	seen map[string]bool // updates
}

type modelJob struct {
	at, ready time.Time
	attempt   int
	token     string // "" when not handed out
}

// TestAlarmModel: the alarm clock and the commits agree with the model whatever happens in which order.
func TestAlarmModel(t *testing.T) {
	modelled(t, chat.Limits{}, func(t *rapid.T, db *DB, c *clock) {
		ctx := context.Background()
		m := alarmModel{jobs: map[string]*modelJob{}, docs: map[string]int{}, seen: map[string]bool{}}
		var claims []due.Claim          // every claim ever handed out, lost ones too
		read := map[string]bot.Doc{}    // documents as last read, perhaps outdated
		current := map[string]bot.Doc{} // as they are
		id := rapid.SampledFrom([]string{"a", "b", "c", "d"})
		job := func(id string, in time.Duration) due.Job { return due.Job{Kind: "k", ID: id, At: c.now().Add(in)} }
		plan := func(j due.Job) {
			if j.At.IsZero() {
				delete(m.jobs, j.Key())
				return
			}
			m.jobs[j.Key()] = &modelJob{at: j.At, ready: j.At}
		}
		holds := func(cl due.Claim) bool {
			j := m.jobs[cl.Key()]
			return j != nil && j.token == cl.Token
		}
		t.Repeat(map[string]func(*rapid.T){
			"plan": func(t *rapid.T) {
				j := job(id.Draw(t, "id"), time.Duration(rapid.IntRange(-5, 30).Draw(t, "s"))*time.Second)
				if rapid.IntRange(0, 4).Draw(t, "take away") == 0 {
					j.At = time.Time{}
				}
				if err := db.Commit(ctx, bot.Change{Due: []due.Job{j}}); err != nil {
					t.Fatal(err)
				}
				plan(j)
			},
			"claim": func(t *rapid.T) {
				n := rapid.IntRange(1, 3).Draw(t, "n")
				got, next, err := db.Due().Claim(ctx, n, 10*time.Second)
				if err != nil {
					t.Fatal(err)
				}
				var ready []string
				for k, j := range m.jobs {
					if !j.ready.After(c.now()) {
						ready = append(ready, k)
					}
				}
				sort.Slice(ready, func(a, b int) bool {
					x, y := m.jobs[ready[a]], m.jobs[ready[b]]
					return x.ready.Before(y.ready) || x.ready.Equal(y.ready) && ready[a] < ready[b]
				})
				ready = ready[:min(n, len(ready))]
				if len(got) != len(ready) {
					t.Fatalf("handed out %d, model %v", len(got), ready)
				}
				for i, cl := range got {
					j := m.jobs[cl.Key()]
					if cl.Key() != ready[i] || !cl.At.Equal(j.at) || cl.Attempt != j.attempt+1 {
						t.Fatalf("handed out %+v, model %s %+v", cl, ready[i], j)
					}
					j.attempt, j.token, j.ready = cl.Attempt, cl.Token, c.now().Add(10*time.Second)
					claims = append(claims, cl)
				}
				var first time.Time
				for _, j := range m.jobs {
					if first.IsZero() || j.ready.Before(first) {
						first = j.ready
					}
				}
				if !next.Equal(first) {
					t.Fatalf("next %v, model %v", next, first)
				}
			},
			"settle": func(t *rapid.T) {
				if len(claims) == 0 {
					t.Skip("nothing was handed out")
				}
				cl := rapid.SampledFrom(claims).Draw(t, "claim")
				ch := bot.Change{Settle: &cl}
				if rapid.Bool().Draw(t, "again") {
					ch.Due = []due.Job{job(cl.ID, time.Minute)}
				}
				err := db.Commit(ctx, ch)
				if !holds(cl) {
					if !errors.Is(err, bot.ErrLeaseLost) {
						t.Fatalf("a lost lease settles: %v", err)
					}
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				delete(m.jobs, cl.Key())
				for _, j := range ch.Due {
					plan(j)
				}
			},
			"give back": func(t *rapid.T) {
				if len(claims) == 0 {
					t.Skip("nothing was handed out")
				}
				cl := rapid.SampledFrom(claims).Draw(t, "claim")
				if rapid.IntRange(0, 3).Draw(t, "bury") == 0 {
					if err := db.Due().Bury(ctx, cl, "x"); err != nil {
						t.Fatal(err)
					}
					if holds(cl) {
						delete(m.jobs, cl.Key())
					}
					return
				}
				if err := db.Due().Retry(ctx, cl, 3*time.Second, "x"); err != nil {
					t.Fatal(err)
				}
				if holds(cl) {
					j := m.jobs[cl.Key()]
					j.token, j.ready = "", c.now().Add(3*time.Second)
				}
			},
			"time": func(t *rapid.T) {
				c.advance(time.Duration(rapid.IntRange(1, 15000).Draw(t, "ms")) * time.Millisecond)
			},
			"update": func(t *rapid.T) {
				u, k := fmt.Sprint("u", rapid.IntRange(0, 20).Draw(t, "update")), id.Draw(t, "document")
				d := read[k]
				d.Ref, d.Data = bot.Ref{Kind: "doc", ID: k}, json.RawMessage(`{"by":"`+u+`"}`)
				if rapid.IntRange(0, 5).Draw(t, "delete") == 0 {
					d.Data = nil
				}
				err := db.Commit(ctx, bot.Change{Seen: u, Docs: []bot.Doc{d}})
				switch {
				case m.seen[u]:
					if !errors.Is(err, bot.ErrSeen) {
						t.Fatalf("handled twice: %v", err)
					}
				case d.Version != current[k].Version:
					if !errors.Is(err, bot.ErrConflict) {
						t.Fatalf("overwrote version %d with one made on %d: %v", current[k].Version, d.Version, err)
					}
				case err != nil:
					t.Fatal(err)
				default:
					m.seen[u] = true
					now, err := db.Load(ctx, d.Ref)
					if err != nil {
						t.Fatal(err)
					}
					if !cmp.Equal(now[0].Data, d.Data) || d.Data != nil && now[0].Version <= d.Version {
						t.Fatalf("stored %+v as %+v", d, now[0])
					}
					current[k] = now[0]
				}
			},
			"read": func(t *rapid.T) {
				k := id.Draw(t, "document")
				docs, err := db.Load(ctx, bot.Ref{Kind: "doc", ID: k})
				if err != nil {
					t.Fatal(err)
				}
				if docs[0].Version != current[k].Version || !cmp.Equal(docs[0].Data, current[k].Data) {
					t.Fatalf("read %+v, model %+v", docs[0], current[k])
				}
				read[k] = docs[0]
			},
		})
	})
}

// laneModel is one chat of the outbox.
type laneModel struct {
	waiting []*modelItem // in the order they came
	flight  *modelItem
	until   time.Time // end of the lease, of the pace or of the hold
}

type modelItem struct {
	outbox.Item
	attempt int
	token   string
	aside   time.Time // put aside until then
}

// TestOutboxModel: which chats may speak, with which item, and what is left, agrees with the
// model; only which class of a chat has its turn is left to the queue.
func TestOutboxModel(t *testing.T) {
	const pace, lease = time.Second, 20 * time.Second
	modelled(t, chat.Limits{ChatEvery: pace}, func(t *rapid.T, db *DB, c *clock) {
		ctx := context.Background()
		lanes := map[string]*laneModel{}
		var claims []outbox.Claim
		n, late, dead, done := 0, 0, 0, 0
		take := func(l *laneModel, it *modelItem) {
			for i, w := range l.waiting {
				if w == it {
					l.waiting = append(l.waiting[:i:i], l.waiting[i+1:]...)
					return
				}
			}
		}
		// clear takes out what came too late and is not on its way, as a claim does when it looks at it.
		speakable := func(l *laneModel) bool {
			if l.until.After(c.now()) {
				return false
			}
			if l.flight != nil {
				return true
			}
			for _, it := range l.waiting {
				if !it.aside.After(c.now()) && (it.NotAfter.IsZero() || !it.NotAfter.Before(c.now())) {
					return true
				}
			}
			return false
		}
		t.Repeat(map[string]func(*rapid.T){
			"put": func(t *rapid.T) {
				n++
				to := chatAddr(rapid.IntRange(0, 3).Draw(t, "chat"))
				it := item(fmt.Sprint("i", n), to, rapid.SampledFrom(outbox.Classes).Draw(t, "class"))
				if rapid.Bool().Draw(t, "bounded") {
					it.NotAfter = c.now().Add(time.Duration(rapid.IntRange(1, 10).Draw(t, "s")) * time.Second)
				}
				for range rapid.IntRange(1, 2).Draw(t, "times") { // a repeat is the same item
					if err := db.Commit(ctx, bot.Change{Out: []outbox.Item{it}}); err != nil {
						t.Fatal(err)
					}
				}
				if lanes[to.Key()] == nil {
					lanes[to.Key()] = &laneModel{}
				}
				l := lanes[to.Key()]
				l.waiting = append(l.waiting, &modelItem{Item: it})
			},
			"claim": func(t *rapid.T) {
				got, next, err := db.Outbox().Claim(ctx, "local", 10, lease)
				if err != nil {
					t.Fatal(err)
				}
				want := 0
				for _, l := range lanes {
					if speakable(l) {
						want++
					}
				}
				if len(got) != want {
					t.Fatalf("%d chats may speak, model %d", len(got), want)
				}
				for _, cl := range got {
					l := lanes[cl.To.Key()]
					if !speakable(l) {
						t.Fatalf("%s may not speak", cl.To.Chat)
					}
					var mine *modelItem
					for _, it := range l.waiting {
						if it.Class == cl.Class && !it.aside.After(c.now()) && (it == l.flight || it.NotAfter.IsZero() || !it.NotAfter.Before(c.now())) {
							mine = it
							break
						}
					}
					if l.flight != nil {
						mine = l.flight
					}
					if mine == nil || mine.ID != cl.ID || cl.Attempt != mine.attempt+1 || (cl.Known != nil) != (l.flight != nil) {
						t.Fatalf("handed out %+v, model %+v", cl, mine)
					}
					mine.attempt, mine.token = cl.Attempt, cl.Token
					l.flight, l.until = mine, c.now().Add(lease)
					claims = append(claims, cl)
				}
				if len(got) == 0 && !next.IsZero() && !next.After(c.now()) {
					t.Fatal("nothing handed out, and to be asked again at once")
				}
			},
			"settle": func(t *rapid.T) {
				if len(claims) == 0 {
					t.Skip("nothing was handed out")
				}
				cl := rapid.SampledFrom(claims).Draw(t, "claim")
				v := rapid.SampledFrom([]outbox.Verdict{
					{Done: true, Spent: true}, {Done: true, Spent: true}, {Done: true}, {Bury: "x", Spent: true}, {},
					{After: 3 * time.Second, Hold: true, Spent: true}, {After: 5 * time.Second, Spent: true},
				}).Draw(t, "verdict")
				if err := db.Outbox().Settle(ctx, cl, v); err != nil {
					t.Fatal(err)
				}
				l := lanes[cl.To.Key()]
				if l.flight == nil || l.flight.token != cl.Token {
					return // the lease was lost: nothing happens
				}
				it := l.flight
				l.flight, it.token, l.until = nil, "", c.now()
				if v.Spent {
					l.until = c.now().Add(pace)
				}
				switch {
				case v.Done:
					take(l, it)
					done++
				case v.Bury != "":
					take(l, it)
					dead++
				case v.Hold:
					l.until = c.now().Add(v.After)
				default:
					it.aside = c.now().Add(v.After)
				}
			},
			"time": func(t *rapid.T) {
				c.advance(time.Duration(rapid.IntRange(1, 8000).Draw(t, "ms")) * time.Millisecond)
			},
		})
		// Everything that came in ends somewhere: delivered, given up, or listed as too late.
		for range 1000 {
			got, next, err := db.Outbox().Claim(ctx, "local", 10, lease)
			if err != nil {
				t.Fatal(err)
			}
			for _, cl := range got {
				if err := db.Outbox().Settle(ctx, cl, outbox.Verdict{Done: true}); err != nil {
					t.Fatal(err)
				}
				done++
			}
			if len(got) > 0 {
				continue
			}
			if next.IsZero() {
				break
			}
			c.advance(next.Sub(c.now()))
		}
		docs, err := db.Find(ctx, bot.Range{Index: IndexStale, To: 1 << 50})
		if err != nil {
			t.Fatal(err)
		}
		if late = len(docs); done+dead+late != n {
			t.Fatalf("%d came in: %d done, %d given up, %d late", n, done, dead, late)
		}
		left, err := db.client.Keys(ctx, db.keys.prefix+"o:[iq]:*").Result()
		if err != nil || len(left) > 0 {
			t.Fatalf("left behind: %v %v", left, err)
		}
	})
}
