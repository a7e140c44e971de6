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

var telegramLike = chat.Limits{ChatEvery: time.Second, GroupPerMinute: 20, PerSecond: 30}

func TestUrgentFirstAndInOrder(t *testing.T) {
	both(t, chat.Limits{ChatEvery: time.Second}, func(t *testing.T, db *DB, c *clock) {
		b := newBench(t, db, c)
		for i, class := range []outbox.Class{outbox.Digest, outbox.Reminder, outbox.Alarm, outbox.Missed, outbox.Reminder, outbox.Alarm} {
			b.put(item(fmt.Sprintf("%s %d", class, i), chatAddr(1), class))
		}
		b.run(time.Minute)
		// A class has a turn of its own now and then, so only the order inside a class is strict.
		got := b.sink.texts("")
		if len(got) != 6 || got[0] != "alarm 2" || got[1] != "alarm 5" {
			t.Fatalf("order: %v", got)
		}
		if slices.Index(got, "reminder 1") > slices.Index(got, "reminder 4") {
			t.Fatalf("order inside a class: %v", got)
		}
	})
}

// TestFanOutLeavesRoomForReplies: 900 chats get a directive at 30 a second; whoever asks
// meanwhile, from a chat that waits for it too or from another one, is answered within a second.
func TestFanOutLeavesRoomForReplies(t *testing.T) {
	for _, class := range []outbox.Class{outbox.Alarm, outbox.Reminder} {
		t.Run(string(class), func(t *testing.T) {
			both(t, telegramLike, func(t *testing.T, db *DB, c *clock) {
				b := newBench(t, db, c)
				var fan []outbox.Item
				for i := range 900 {
					fan = append(fan, item(fmt.Sprintf("fan %d", i), chatAddr(i), class))
				}
				b.put(fan...)
				start := c.now()
				asked := map[string]time.Time{}
				for i := range 18 {
					b.run(1500 * time.Millisecond)
					id := fmt.Sprintf("reply %d", i)
					to := chatAddr(100000 + i)
					if i%2 == 0 && class != outbox.Alarm {
						to = chatAddr(899 - i) // late in the fan-out
					}
					asked[id] = c.now()
					b.put(item(id, to, outbox.Reply))
				}
				b.run(5 * time.Minute)
				for _, d := range b.sink.took {
					if at, ok := asked[d.text]; ok {
						if wait := d.at.Sub(at); wait > time.Second {
							t.Errorf("%s waited %v", d.text, wait)
						}
						delete(asked, d.text)
					}
				}
				if len(asked) > 0 || len(b.sink.took) != 918 {
					t.Errorf("unanswered: %v; %d sent", asked, len(b.sink.took))
				}
				took := b.sink.took[len(b.sink.took)-1].at.Sub(start)
				ideal := time.Duration(918) * time.Second / 30
				if took > ideal*102/100 {
					t.Errorf("the fan-out took %v, ideal %v", took, ideal)
				}
				checkPacing(t, b.sink.took, telegramLike)
			})
		})
	}
}

// checkPacing holds the platform's limits against what it was sent.
func checkPacing(t *testing.T, took []delivery, l chat.Limits) {
	t.Helper()
	byChat := map[string][]time.Time{}
	for i, d := range took {
		byChat[d.chat] = append(byChat[d.chat], d.at)
		burst := l.PerSecond + max(1, l.PerSecond/10)
		if l.PerSecond > 0 && i >= burst && d.at.Sub(took[i-burst].at) < time.Second {
			t.Fatalf("more than %d messages within a second at %v", burst, d.at)
		}
	}
	for c, at := range byChat {
		for i := range at {
			if i > 0 && at[i].Sub(at[i-1]) < l.ChatEvery {
				t.Fatalf("chat %s: two messages within %v", c, at[i].Sub(at[i-1]))
			}
			if n := l.GroupPerMinute; n > 0 && strings.HasPrefix(c, "-") && i >= n && at[i].Sub(at[i-n]) < time.Minute {
				t.Fatalf("group %s: %d messages within %v", c, n+1, at[i].Sub(at[i-n]))
			}
		}
	}
}

func TestGroupsArePaced(t *testing.T) {
	both(t, telegramLike, func(t *testing.T, db *DB, c *clock) {
		b := newBench(t, db, c)
		for i := range 65 {
			it := item(fmt.Sprint(i), chat.Address{Platform: "local", Chat: "-1", Thread: fmt.Sprint(i % 3)}, outbox.Reply)
			it.Kind = chat.Group
			b.put(it)
		}
		start := c.now()
		b.run(10 * time.Minute)
		checkPacing(t, b.sink.took, telegramLike)
		if n := len(b.sink.took); n != 65 {
			t.Fatalf("%d sent", n)
		}
		if took := b.sink.took[64].at.Sub(start); took > 3*time.Minute+10*time.Second {
			t.Errorf("65 messages at 20 a minute took %v", took)
		}
	})
}

// TestNothingStarves: alarms for 400 chats arrive faster than the platform takes them, yet a
// digest, an edit and a reminder still get out.
func TestNothingStarves(t *testing.T) {
	both(t, chat.Limits{PerSecond: 10}, func(t *testing.T, db *DB, c *clock) {
		b := newBench(t, db, c)
		for i := range 400 {
			b.put(item(fmt.Sprintf("alarm %d", i), chatAddr(i), outbox.Alarm))
		}
		for i, class := range []outbox.Class{outbox.Digest, outbox.Edit, outbox.Reminder, outbox.Missed} {
			b.put(item("low "+string(class), chatAddr(1000+i), class))
		}
		b.run(3 * time.Second)
		low := slices.DeleteFunc(b.sink.texts(""), func(s string) bool { return !strings.HasPrefix(s, "low") })
		slices.Sort(low)
		if diff := cmp.Diff([]string{"low digest", "low edit", "low missed", "low reminder"}, low); diff != "" {
			t.Error(diff)
		}
	})
}

// TestOneBadChatDelaysNoOther: of 100 chats one is throttled for 300 s, one is gone, one has
// moved and one fails for a while; the other 96 notice nothing.
func TestOneBadChatDelaysNoOther(t *testing.T) {
	both(t, chat.Limits{ChatEvery: time.Second}, func(t *testing.T, db *DB, c *clock) {
		b := newBench(t, db, c)
		throttled, failed := false, 0
		b.sink.answer = func(to chat.Address, _ chat.Message) chat.Receipt {
			switch {
			case to.Chat == "c0" && !throttled:
				throttled = true
				return chat.Receipt{Outcome: chat.Throttled, RetryAfter: 300 * time.Second}
			case to.Chat == "c1":
				return chat.Receipt{Outcome: chat.Permanent, Reason: chat.ReasonKicked}
			case to.Chat == "c2":
				return chat.Receipt{Outcome: chat.Migrated, MovedTo: chat.Address{Platform: "local", Chat: "-1002"}}
			case to.Chat == "c3" && failed < 5:
				failed++
				return chat.Receipt{Outcome: chat.Temporary}
			}
			return chat.Receipt{}
		}
		start := c.now()
		for round := range 3 {
			for i := range 100 {
				b.put(item(fmt.Sprintf("%d.%d", i, round), chatAddr(i), outbox.Reminder))
			}
		}
		b.run(10 * time.Minute)
		for i := 4; i < 100; i++ {
			want := []string{fmt.Sprintf("%d.0", i), fmt.Sprintf("%d.1", i), fmt.Sprintf("%d.2", i)}
			if diff := cmp.Diff(want, b.sink.texts(chatAddr(i).Chat)); diff != "" {
				t.Fatal(diff)
			}
		}
		for _, d := range b.sink.took {
			late := d.at.Sub(start)
			switch d.chat {
			case "c0":
				if late < 300*time.Second {
					t.Errorf("spoke to a throttled chat after %v", late)
				}
			case "c1", "c2":
				t.Errorf("%s took a message", d.chat)
			case "c3", "-1002":
			default:
				if late > 3*time.Second {
					t.Errorf("%s was delayed by %v", d.chat, late)
				}
			}
		}
		if diff := cmp.Diff([]string{"2.0", "2.1", "2.2"}, b.sink.texts("-1002")); diff != "" {
			t.Error("the chat that moved: ", diff)
		}
		if n := len(b.sink.texts("c3")); n != 3 {
			t.Errorf("the chat that failed for a while got %d of 3", n)
		}
		if dead := find[Dead](t, db, IndexDead); len(dead) != 3 || dead[0].Reason != string(chat.ReasonKicked) {
			t.Errorf("dead letters: %+v", dead)
		}
		// What is written to the old address later goes to the new one.
		b.put(item("later", chatAddr(2), outbox.Reply))
		b.run(time.Minute)
		if got := b.sink.texts("-1002"); got[len(got)-1] != "later" {
			t.Errorf("after the move: %v", got)
		}
	})
}

// find reads all documents of an index as values of one type.
func find[T any](t testing.TB, db *DB, index string) []T {
	t.Helper()
	docs, err := db.Find(t.Context(), bot.Range{Index: index, From: 0, To: 1 << 50})
	if err != nil {
		t.Fatal(err)
	}
	var out []T
	for _, d := range docs {
		var v T
		if err := json.Unmarshal(d.Data, &v); err != nil {
			t.Fatal(err)
		}
		out = append(out, v)
	}
	return out
}

// TestStaleIsListedOnce: 500 messages outlived a six-hour stop; none is sent, all are listed, one job tells the desk.
func TestStaleIsListedOnce(t *testing.T) {
	both(t, telegramLike, func(t *testing.T, db *DB, c *clock) {
		db.staleJob = due.Job{Kind: "stale", ID: "desk"}.Key()
		b := newBench(t, db, c)
		for i := range 500 {
			it := item(fmt.Sprintf("old %d", i), chatAddr(i%50), outbox.Reminder)
			it.NotAfter, it.About, it.Wave, it.For = c.now().Add(time.Hour), "nhắc ca", "w", fmt.Sprint(i)
			b.put(it)
		}
		c.advance(6 * time.Hour)
		b.put(item("fresh", chatAddr(1), outbox.Reply))
		b.run(time.Minute)
		if diff := cmp.Diff([]string{"fresh"}, b.sink.texts("")); diff != "" {
			t.Error(diff)
		}
		stale := find[Stale](t, db, IndexStale)
		if len(stale) != 500 || stale[0].Item.About != "nhắc ca" || stale[0].Item.Message.Text != "" || stale[0].At().IsZero() {
			t.Errorf("%d stale, first %+v", len(stale), stale[0])
		}
		jobs, _ := claimDue(t, db)
		if len(jobs) != 1 || jobs[0].Key() != "stale:desk" {
			t.Errorf("told by %+v", jobs)
		}
		var w Wave
		if err := json.Unmarshal(load1(t, db, KindWave, "w").Data, &w); err != nil || w.Late != 500 || len(w.Missed) != 500 || w.Waiting() != 0 {
			t.Errorf("wave: %v %+v", err, w)
		}
	})
}

func TestGuardIsCheckedJustBeforeSending(t *testing.T) {
	both(t, chat.Limits{ChatEvery: time.Second}, func(t *testing.T, db *DB, c *clock) {
		b := newBench(t, db, c)
		d := doc("watch", "a", bot.AnyVersion, `1`)
		d.Marks = []string{"open", "unacked"}
		guarded := func(id string) outbox.Item {
			it := item(id, chatAddr(1), outbox.Missed)
			it.Guard = &outbox.Guard{Kind: "watch", ID: "a", Mark: "unacked"}
			return it
		}
		mustCommit(t, db, bot.Change{Docs: []bot.Doc{d}, Out: []outbox.Item{guarded("1"), guarded("2")}})
		b.run(0)
		d.Marks = []string{"open", "not-unacked"} // a mark is compared whole
		mustCommit(t, db, bot.Change{Docs: []bot.Doc{d}})
		b.run(time.Minute)
		if diff := cmp.Diff([]string{"1"}, b.sink.texts("")); diff != "" {
			t.Error(diff)
		}
		if stale := find[Stale](t, db, IndexStale); len(stale) != 0 {
			t.Error("a needless message is not a stale one")
		}
	})
}

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
		want := Wave{Total: 3, Sent: 2, Failed: 1, Missed: []Miss{{"m1", "blocked"}}}
		if diff := cmp.Diff(want, wave()); diff != "" {
			t.Error(diff)
		}
		c.advance(2 * time.Hour)
		blocked = false
		if n, err := db.RetryDead(t.Context(), c.now().Add(time.Hour), "w1", "w9"); n != 1 || err != nil {
			t.Fatalf("retried %d, %v", n, err)
		}
		b.run(time.Minute)
		if diff := cmp.Diff(Wave{Total: 3, Sent: 3}, wave()); diff != "" {
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
