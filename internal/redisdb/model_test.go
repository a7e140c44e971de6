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
)

// modelled runs a state machine against a fresh namespace for every trial, on both servers.
func modelled(t *testing.T, limits chat.Limits, trial func(t *rapid.T, db *DB, c *clock)) {
	t.Helper()
	run := func(t *testing.T, client redis.UniversalClient) {
		defer shut(t, client)
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
