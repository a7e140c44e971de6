package redisdb

import (
	"context"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"trucban/bot"
	"trucban/internal/chat"
	"trucban/internal/outbox"
)

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
