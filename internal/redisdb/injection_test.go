package redisdb

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"trucban/bot"
	"trucban/internal/chat"
	"trucban/internal/due"
	"trucban/internal/outbox"
)

// strange are ids that platforms do not give today: with the marks that divide our
// keys, the braces of hash tags, the signs of patterns and formats, and bytes that
// end a text elsewhere.
var strange = []string{"{other}:seq", "}{", "a:b:c", "*", "?[a-z]", "a|b", "a@b", "a/b", "%s%n", `"\'`, "'); redis.call('FLUSHALL') --", "a\x00b", "-1001", "ư ơ", strings.Repeat("x", 300)}

// TestStrangeIdsStayApart commits documents, alarms, messages and marks under every
// strange id: each is found under its own id and no other, and every key of the
// store begins with the namespace in braces, so that all lie in one slot.
func TestStrangeIdsStayApart(t *testing.T) {
	both(t, chat.Limits{}, func(t *testing.T, db *DB, c *clock) {
		at := c.now()
		for i, id := range strange {
			d := doc("watch", id, 0, fmt.Sprint(i))
			d.Index, d.Marks = []bot.Entry{{Index: "open/" + id, Score: int64(i)}, {Index: "all", Score: int64(i)}}, []string{id}
			mustCommit(t, db, bot.Change{
				Seen: "local:" + id, Docs: []bot.Doc{d}, Due: []due.Job{{Kind: "watch", ID: id, At: at}},
				Out: []outbox.Item{{ID: "i" + id, To: chat.Address{Platform: "local", Chat: id, Thread: "t"}, Kind: chat.Group, Class: outbox.Reminder, Card: id,
					Message: chat.Message{Text: id}, Guard: &outbox.Guard{Kind: "watch", ID: id, Mark: id}}},
				Log: []bot.Event{{What: "x", Subject: d.Ref}},
			})
		}
		for i, id := range strange {
			if d := load1(t, db, "watch", id); string(d.Data) != fmt.Sprint(i) {
				t.Errorf("%q holds %s, want %d", id, d.Data, i)
			}
			found, err := db.Find(t.Context(), bot.Range{Index: "open/" + id, To: 1 << 40})
			if err != nil || len(found) != 1 || found[0].ID != id {
				t.Errorf("%q is found as %+v, %v", id, found, err)
			}
			if err := db.Commit(t.Context(), bot.Change{Seen: "local:" + id, Docs: []bot.Doc{doc("watch", id, bot.AnyVersion, "9")}}); err == nil {
				t.Errorf("%q is not known as seen", id)
			}
		}
		if all, err := db.Find(t.Context(), bot.Range{Index: "all", To: 1 << 40}); err != nil || len(all) != len(strange) {
			t.Errorf("%d documents in the index, %v", len(all), err)
		}
		c.advance(time.Second)
		jobs, _ := claimDue(t, db)
		var ids []string
		for _, j := range jobs {
			ids = append(ids, j.ID)
		}
		sent := map[string]string{}
		for range strange {
			items, _ := claimOut(t, db, 100)
			for _, it := range items {
				sent[it.To.Chat] = it.Message.Text
				if err := db.Outbox().Settle(t.Context(), it, outbox.Verdict{Done: true, Message: "m"}); err != nil {
					t.Error(err)
				}
			}
		}
		for _, id := range strange {
			if !slices.Contains(ids, id) {
				t.Errorf("the alarm of %q does not ring", id)
			}
			if sent[id] != id {
				t.Errorf("the chat %q got %q", id, sent[id])
			}
		}
		keys, err := db.client.Keys(t.Context(), "*").Result()
		if err != nil || len(keys) < len(strange) {
			t.Fatalf("%d keys, %v", len(keys), err)
		}
		for _, k := range keys {
			if !strings.HasPrefix(k, db.keys.prefix) {
				t.Errorf("the key %q lies outside the namespace", k)
			}
		}
	})
}

// TestIndexNamesCannotSmuggle: an index name that could be read as two is refused, and nothing of the change is made.
func TestIndexNamesCannotSmuggle(t *testing.T) {
	both(t, chat.Limits{}, func(t *testing.T, db *DB, _ *clock) {
		for _, name := range []string{"", "a\nb", "a\tb"} {
			d := doc("watch", "a", 0, `1`)
			d.Index = []bot.Entry{{Index: name, Score: 1}}
			if err := db.Commit(t.Context(), bot.Change{Docs: []bot.Doc{d}}); err == nil {
				t.Errorf("the index %q was taken", name)
			}
		}
		if d := load1(t, db, "watch", "a"); d.Data != nil {
			t.Error("a refused change left a document")
		}
	})
	for _, ns := range []string{"", "a{b", "a}b", "a:b", "a b", "a\nb"} {
		if validNamespace(ns) {
			t.Errorf("the namespace %q was taken", ns)
		}
	}
}
