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

// TestAnswersAmongReminders: a group with twenty reminders waiting is asked something; the answer
// is the next but one at the latest, whatever turn it is.
func TestAnswersAmongReminders(t *testing.T) {
	both(t, telegramLike, func(t *testing.T, db *DB, c *clock) {
		b := newBench(t, db, c)
		for i := range 20 {
			b.put(item(fmt.Sprint(i), chatAddr(1), outbox.Reminder))
		}
		for i := range 6 {
			b.run(time.Duration(i) * 500 * time.Millisecond)
			before := len(b.sink.took)
			id := fmt.Sprint("reply ", i)
			b.put(item(id, chatAddr(1), outbox.Reply))
			b.run(2 * time.Second)
			if at := slices.Index(b.sink.texts("")[before:], id); at < 0 || at > 1 {
				t.Errorf("%s came after %d reminders", id, at)
			}
		}
	})
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
		if err := json.Unmarshal(load1(t, db, KindWave, "w").Data, &w); err != nil || w.Late != 500 || len(w.To) != 500 || w.To["7"] != WaveLate || w.Waiting() != 0 {
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
