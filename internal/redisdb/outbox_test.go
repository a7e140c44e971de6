package redisdb

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"trucban/bot"
	"trucban/internal/chat"
	"trucban/internal/due"
	"trucban/internal/outbox"
)

func TestWaveAndDeadLetters(t *testing.T) {
	both(t, chat.Limits{ChatEvery: time.Second}, func(t *testing.T, db *DB, c *clock) {
		b := newBench(t, db, c)
		blocked := true
		b.sink.answer = func(to chat.Address, _ chat.Message) chat.Receipt {
			if blocked && to.Chat == "c1" {
				return chat.Receipt{Outcome: chat.Permanent, Reason: chat.ReasonBlocked}
			}
			return chat.Receipt{}
		}
		for i := range 3 {
			it := item(fmt.Sprint("w", i), chatAddr(i), outbox.Reminder)
			it.Wave, it.For, it.NotAfter = "cd-01", fmt.Sprint("m", i), c.now().Add(time.Hour)
			b.put(it)
		}
		wave := func() (w Wave) {
			if err := json.Unmarshal(load1(t, db, KindWave, "cd-01").Data, &w); err != nil {
				t.Fatal(err)
			}
			return w
		}
		if w := wave(); w.Waiting() != 3 {
			t.Errorf("before: %+v", w)
		}
		b.run(time.Minute)
		want := Wave{Total: 3, Sent: 2, Failed: 1, To: map[string]string{"m0": WaveSent, "m1": "blocked", "m2": WaveSent}}
		if diff := cmp.Diff(want, wave()); diff != "" {
			t.Error(diff)
		}
		c.advance(2 * time.Hour)
		blocked = false
		if n, err := db.RetryDead(t.Context(), c.now().Add(time.Hour), "w1", "w9"); n != 1 || err != nil {
			t.Fatalf("retried %d, %v", n, err)
		}
		b.run(time.Minute)
		if diff := cmp.Diff(Wave{Total: 3, Sent: 3, To: map[string]string{"m0": WaveSent, "m1": WaveSent, "m2": WaveSent}}, wave()); diff != "" {
			t.Error(diff)
		}
		if dead := find[Dead](t, db, IndexDead); len(dead) != 0 {
			t.Errorf("still listed: %+v", dead)
		}
		if n, err := db.RetryDead(t.Context(), c.now(), "w1"); n != 0 || err != nil {
			t.Errorf("retried again: %d, %v", n, err)
		}
	})
}

func TestBudgetKeepsTheRestForAlarms(t *testing.T) {
	both(t, chat.Limits{PerMonth: 100}, func(t *testing.T, db *DB, c *clock) {
		b := newBench(t, db, c)
		for i := range 95 {
			b.put(item(fmt.Sprint("digest ", i), chatAddr(i), outbox.Digest))
		}
		b.relay.Workers = 1 // a batch counts its messages when they are sent
		b.run(time.Minute)
		for i := range 12 {
			b.put(item(fmt.Sprint("alarm ", i), chatAddr(i), outbox.Alarm))
		}
		b.run(time.Minute)
		n := map[string]int{}
		for _, s := range b.sink.texts("") {
			n[strings.Fields(s)[0]]++
		}
		if n["digest"] != 90 || n["alarm"] != 10 {
			t.Errorf("sent %v", n)
		}
		dead := find[Dead](t, db, IndexDead)
		if len(dead) != 7 || dead[0].Reason != string(chat.ReasonQuota) {
			t.Errorf("%d given up", len(dead))
		}
		// 1 December 00:00 at UTC+7 opens the next month.
		c.advance(time.Date(2026, 11, 30, 16, 59, 59, 0, time.UTC).Sub(c.now()))
		b.put(item("november", chatAddr(1), outbox.Alarm))
		b.run(time.Second)
		b.put(item("december", chatAddr(1), outbox.Alarm))
		b.run(time.Second)
		if got := b.sink.texts(""); got[len(got)-1] != "december" || slices.Contains(got, "november") {
			t.Errorf("at the turn of the month: %v", got[len(got)-2:])
		}
	})
}

func TestCardsCoalesce(t *testing.T) {
	card := func(id string, class outbox.Class, edit, fresh bool) outbox.Item {
		it := item(id, chatAddr(1), class)
		it.Card, it.Edit, it.Fresh = "shift:a", edit, fresh
		return it
	}
	for _, tc := range []struct {
		name string
		put  []outbox.Item
		want []string // text, or "edit text"
	}{
		{"an edit before the card went out joins it", []outbox.Item{card("1", outbox.Reminder, false, false), card("2", outbox.Edit, true, false)}, []string{"2"}},
		{"only the newest edit goes", []outbox.Item{card("1", outbox.Edit, true, true), card("2", outbox.Edit, true, true), card("3", outbox.Edit, true, true)}, []string{"3"}},
		{"a fresh edit replaces the card that waits", []outbox.Item{card("1", outbox.Reminder, false, false), card("2", outbox.Edit, true, true)}, []string{"2"}},
		{"an edit of a card nobody has is needless", []outbox.Item{card("1", outbox.Edit, true, false)}, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			both(t, chat.Limits{ChatEvery: time.Second}, func(t *testing.T, db *DB, c *clock) {
				b := newBench(t, db, c)
				for _, it := range tc.put {
					b.put(it)
				}
				b.run(time.Minute)
				if diff := cmp.Diff(tc.want, b.sink.texts("")); diff != "" {
					t.Error(diff)
				}
				if len(tc.want) == 0 {
					return
				}
				b.put(card("last", outbox.Edit, true, false))
				b.run(time.Minute)
				if d := b.sink.took[len(b.sink.took)-1]; d.text != "last" || d.edit != "1" {
					t.Errorf("a later edit: %+v", d)
				}
			})
		})
	}
}

// TestEditWhileTheCardFails: the card is on its way and fails, an edit arrives meanwhile.
func TestEditWhileTheCardFails(t *testing.T) {
	both(t, chat.Limits{}, func(t *testing.T, db *DB, c *clock) {
		b := newBench(t, db, c)
		it := item("1", chatAddr(1), outbox.Reminder)
		it.Card = "shift:a"
		b.put(it)
		held, _ := claimOut(t, db, 1)
		it.ID, it.Message.Text, it.Class, it.Edit = "2", "newest", outbox.Edit, true
		b.put(it)
		if err := db.Outbox().Settle(t.Context(), held[0], outbox.Verdict{After: time.Second}); err != nil {
			t.Fatal(err)
		}
		b.run(time.Minute)
		if diff := cmp.Diff([]string{"newest"}, b.sink.texts("")); diff != "" {
			t.Error(diff)
		}
	})
}

// TestRelayDiesWithAMessage: what the class allows is sent again, the rest is listed; the late relay writes nothing.
func TestRelayDiesWithAMessage(t *testing.T) {
	for _, class := range outbox.Classes {
		t.Run(string(class), func(t *testing.T) {
			both(t, chat.Limits{}, func(t *testing.T, db *DB, c *clock) {
				b := newBench(t, db, c)
				b.put(item("1", chatAddr(1), class), item("2", chatAddr(1), class))
				held, _ := claimOut(t, db, 1)
				b.run(30 * time.Second)
				if n := len(b.sink.took); n != 0 {
					t.Fatalf("%d sent while the first is on its way", n)
				}
				b.run(10 * time.Minute)
				want, dead := []string{"1", "2"}, 0
				if !class.Resend() {
					want, dead = []string{"2"}, 1
				}
				if diff := cmp.Diff(want, b.sink.texts("")); diff != "" {
					t.Error(diff)
				}
				if got := find[Dead](t, db, IndexDead); len(got) != dead || dead == 1 && got[0].Reason != "unknown" {
					t.Errorf("dead letters: %+v", got)
				}
				if err := db.Outbox().Settle(t.Context(), held[0], outbox.Verdict{Bury: "late"}); err != nil {
					t.Fatal(err)
				}
				if got := find[Dead](t, db, IndexDead); len(got) != dead {
					t.Error("a lost lease wrote something")
				}
			})
		})
	}
}

// TestClockStepsAnHour: pacing, holds and leases survive a clock that is set back and forth.
func TestClockStepsAnHour(t *testing.T) {
	for _, step := range []time.Duration{-time.Hour, time.Hour} {
		t.Run(step.String(), func(t *testing.T) {
			both(t, chat.Limits{ChatEvery: time.Second, GroupPerMinute: 20, PerSecond: 30}, func(t *testing.T, db *DB, c *clock) {
				b := newBench(t, db, c)
				for i := range 20 {
					it := item(fmt.Sprint(i), chatAddr(i%5), outbox.Reminder)
					it.Kind = chat.Group
					b.put(it)
				}
				mustCommit(t, db, bot.Change{Due: []due.Job{{Kind: "watch", ID: "x", At: c.now()}}})
				b.run(1500 * time.Millisecond)
				if jobs, _ := claimDue(t, db); len(jobs) != 1 { // a worker dies with it
					t.Fatal("no job")
				}
				claimOut(t, db, 1) // and a relay with a message
				c.advance(step)
				// Forward an hour went by as far as anybody can tell, and the token fences the late worker.
				if jobs, _ := claimDue(t, db); len(jobs) != 0 && step < 0 {
					t.Error("the lease ended with the step back")
				}
				b.run(5 * time.Minute)
				if n := len(b.sink.took); n != 20 {
					t.Errorf("%d of 20 sent within five minutes of the step", n)
				}
				if jobs, _ := claimDue(t, db); len(jobs) != 1 {
					t.Error("the job of a dead worker is not handed out after the step")
				}
			})
		})
	}
}

// TestOneBrokenItemStopsNothing: a stored message that cannot be read, and one whose keys were
// lost, hold up no other.
func TestOneBrokenItemStopsNothing(t *testing.T) {
	both(t, chat.Limits{}, func(t *testing.T, db *DB, c *clock) {
		b := newBench(t, db, c)
		b.put(item("bad", chatAddr(1), outbox.Alarm), item("after bad", chatAddr(1), outbox.Alarm),
			item("lost", chatAddr(2), outbox.Alarm), item("after lost", chatAddr(2), outbox.Alarm), item("good", chatAddr(3), outbox.Edit))
		if err := db.client.HSet(t.Context(), db.keys.prefix+"o:i:bad", "j", "{").Err(); err != nil {
			t.Fatal(err)
		}
		if err := db.client.Del(t.Context(), db.keys.prefix+"o:i:lost").Err(); err != nil {
			t.Fatal(err)
		}
		b.run(time.Minute)
		got := b.sink.texts("")
		slices.Sort(got)
		if diff := cmp.Diff([]string{"after bad", "after lost", "good"}, got); diff != "" {
			t.Error(diff)
		}
		if dead := find[Dead](t, db, IndexDead); len(dead) != 1 || dead[0].Reason != "unreadable" {
			t.Errorf("dead letters: %+v", dead)
		}
	})
}

// TestHolds: the longest hold counts, for a chat and for the platform.
func TestHolds(t *testing.T) {
	both(t, chat.Limits{}, func(t *testing.T, db *DB, c *clock) {
		b := newBench(t, db, c)
		b.put(item("1", chatAddr(1), outbox.Alarm), item("2", chatAddr(2), outbox.Alarm), item("3", chatAddr(3), outbox.Alarm))
		items, _ := claimOut(t, db, 2)
		for i, d := range []time.Duration{time.Minute, time.Second} {
			if err := db.Outbox().Settle(t.Context(), items[i], outbox.Verdict{After: d, HoldAll: true}); err != nil {
				t.Fatal(err)
			}
		}
		start := c.now()
		b.run(5 * time.Minute)
		if len(b.sink.took) != 3 {
			t.Fatalf("%d of 3 sent", len(b.sink.took))
		}
		for _, d := range b.sink.took {
			if d.at.Sub(start) < time.Minute {
				t.Errorf("%s was sent after %v", d.text, d.at.Sub(start))
			}
		}
	})
}
