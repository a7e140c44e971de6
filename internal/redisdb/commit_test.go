package redisdb

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"trucban/bot"
	"trucban/internal/chat"
	"trucban/internal/due"
	"trucban/internal/outbox"
)

func doc(kind, id string, version int64, data string) bot.Doc {
	return bot.Doc{Ref: bot.Ref{Kind: kind, ID: id}, Version: version, Data: json.RawMessage(data)}
}

func mustCommit(t testing.TB, db *DB, c bot.Change) {
	t.Helper()
	if err := db.Commit(t.Context(), c); err != nil {
		t.Fatalf("commit: %v", err)
	}
}

func load1(t testing.TB, db *DB, kind, id string) bot.Doc {
	t.Helper()
	docs, err := db.Load(t.Context(), bot.Ref{Kind: kind, ID: id})
	if err != nil {
		t.Fatal(err)
	}
	return docs[0]
}

func claimDue(t testing.TB, db *DB) ([]due.Claim, time.Time) {
	t.Helper()
	jobs, next, err := db.Due().Claim(t.Context(), 100, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	return jobs, next
}

func claimOut(t testing.TB, db *DB, n int) ([]outbox.Claim, time.Time) {
	t.Helper()
	items, next, err := db.Outbox().Claim(t.Context(), "local", n, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	return items, next
}

func TestCommitVersions(t *testing.T) {
	both(t, chat.Limits{}, func(t *testing.T, db *DB, c *clock) {
		if d := load1(t, db, "watch", "a"); d.Data != nil || d.Version != 0 {
			t.Fatalf("absent document: %+v", d)
		}
		mustCommit(t, db, bot.Change{Docs: []bot.Doc{doc("watch", "a", 0, `{"n":1}`)}})
		first := load1(t, db, "watch", "a")
		if first.Version == 0 || string(first.Data) != `{"n":1}` {
			t.Fatalf("stored: %+v", first)
		}
		// Another version is a conflict, and nothing of the change is made.
		err := db.Commit(t.Context(), bot.Change{
			Seen: "u1", Docs: []bot.Doc{doc("other", "b", bot.AnyVersion, `1`), doc("watch", "a", 0, `{"n":2}`)},
			Due: []due.Job{{Kind: "watch", ID: "a", At: c.now()}},
		})
		if !errors.Is(err, bot.ErrConflict) {
			t.Fatalf("stale version: %v", err)
		}
		if d := load1(t, db, "other", "b"); d.Data != nil {
			t.Fatal("a refused change left a document")
		}
		if jobs, _ := claimDue(t, db); len(jobs) != 0 {
			t.Fatal("a refused change left an alarm")
		}
		// A version never comes back, even when the document was deleted in between.
		gone := first
		gone.Data = nil
		mustCommit(t, db, bot.Change{Seen: "u1", Docs: []bot.Doc{gone}})
		mustCommit(t, db, bot.Change{Docs: []bot.Doc{doc("watch", "a", 0, `{"n":3}`)}})
		if err := db.Commit(t.Context(), bot.Change{Docs: []bot.Doc{first}}); !errors.Is(err, bot.ErrConflict) {
			t.Fatalf("version of a former life: %v", err)
		}
	})
}

func TestCommitSeen(t *testing.T) {
	both(t, chat.Limits{}, func(t *testing.T, db *DB, _ *clock) {
		change := bot.Change{Seen: "local:1", Docs: []bot.Doc{doc("watch", "a", bot.AnyVersion, `1`)}}
		mustCommit(t, db, change)
		if err := db.Commit(t.Context(), change); !errors.Is(err, bot.ErrSeen) {
			t.Fatalf("second delivery: %v", err)
		}
		life, err := db.client.PTTL(t.Context(), db.keys.prefix+"seen:local:1").Result()
		if err != nil || life < 25*time.Hour {
			t.Fatalf("the mark lives %v, %v", life, err)
		}
	})
}

func TestIndexesMarksAndExpiry(t *testing.T) {
	both(t, chat.Limits{}, func(t *testing.T, db *DB, c *clock) {
		put := func(id string, ttl time.Duration, marks []string, index ...bot.Entry) {
			d := doc("watch", id, bot.AnyVersion, `"`+id+`"`)
			d.Index, d.Marks, d.TTL = index, marks, ttl
			mustCommit(t, db, bot.Change{Docs: []bot.Doc{d}})
		}
		put("a", 0, []string{"open", "unacked"}, bot.Entry{Index: "open", Score: 10}, bot.Entry{Index: "unit:ub", Score: 1})
		put("b", time.Minute, nil, bot.Entry{Index: "open", Score: 20})
		put("c", 0, nil, bot.Entry{Index: "open", Score: -5})
		ids := func(r bot.Range) (out []string) {
			docs, err := db.Find(t.Context(), r)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range docs {
				out = append(out, d.ID)
			}
			return out
		}
		all := bot.Range{Index: "open", From: -100, To: 100}
		if diff := cmp.Diff([]string{"c", "a", "b"}, ids(all)); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]string{"b"}, ids(bot.Range{Index: "open", From: -100, To: 100, Limit: 1, Desc: true})); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]string{"open", "unacked"}, load1(t, db, "watch", "a").Marks); diff != "" {
			t.Error(diff)
		}
		put("a", 0, nil, bot.Entry{Index: "unit:ub", Score: 2}) // leaves "open"
		c.advance(2 * time.Minute)                              // b expires
		if diff := cmp.Diff([]string{"c"}, ids(all)); diff != "" {
			t.Error(diff)
		}
		if d := load1(t, db, "watch", "b"); d.Data != nil {
			t.Error("an expired document is read")
		}
	})
}

func TestAlarms(t *testing.T) {
	both(t, chat.Limits{}, func(t *testing.T, db *DB, c *clock) {
		at := c.now().Add(time.Minute)
		job := due.Job{Kind: "watch", ID: "a:1", At: at}
		mustCommit(t, db, bot.Change{Due: []due.Job{job, {Kind: "run", ID: "x", At: at.Add(time.Hour)}}})
		c.advance(time.Minute - time.Millisecond)
		if jobs, next := claimDue(t, db); len(jobs) != 0 || !next.Equal(at) {
			t.Fatalf("early: %v, next %v", jobs, next)
		}
		c.advance(time.Millisecond)
		jobs, _ := claimDue(t, db)
		if len(jobs) != 1 || !cmp.Equal(jobs[0].Job, job) || jobs[0].Attempt != 1 || !jobs[0].Now.Equal(at) {
			t.Fatalf("claims: %+v", jobs)
		}
		if again, _ := claimDue(t, db); len(again) != 0 {
			t.Fatal("handed out twice under one lease")
		}
		// The lease runs out: another worker has it, the first one writes nothing.
		c.advance(2 * time.Minute)
		second, _ := claimDue(t, db)
		if len(second) != 1 || second[0].Attempt != 2 || !second[0].At.Equal(at) {
			t.Fatalf("after the lease: %+v", second)
		}
		late := bot.Change{Settle: &jobs[0], Docs: []bot.Doc{doc("watch", "a", bot.AnyVersion, `1`)}}
		if err := db.Commit(t.Context(), late); !errors.Is(err, bot.ErrLeaseLost) {
			t.Fatalf("commit of a lost lease: %v", err)
		}
		// Settling with the next moment replaces, without it removes.
		job.At = c.now().Add(time.Hour)
		mustCommit(t, db, bot.Change{Settle: &second[0], Due: []due.Job{job}})
		c.advance(time.Hour)
		for _, j := range func() []due.Claim { j, _ := claimDue(t, db); return j }() {
			if j.Attempt != 1 {
				t.Errorf("a new moment starts at attempt %d", j.Attempt)
			}
			mustCommit(t, db, bot.Change{Settle: &j})
		}
		if jobs, next := claimDue(t, db); len(jobs) != 0 || !next.IsZero() {
			t.Fatalf("left over: %v, next %v", jobs, next)
		}
	})
}

func TestReplanTakesTheJobAway(t *testing.T) {
	both(t, chat.Limits{}, func(t *testing.T, db *DB, c *clock) {
		job := due.Job{Kind: "watch", ID: "a", At: c.now()}
		mustCommit(t, db, bot.Change{Due: []due.Job{job}})
		held, _ := claimDue(t, db)
		job.At = c.now().Add(time.Hour)
		mustCommit(t, db, bot.Change{Due: []due.Job{job}}) // an update moved the aggregate meanwhile
		if err := db.Commit(t.Context(), bot.Change{Settle: &held[0]}); !errors.Is(err, bot.ErrLeaseLost) {
			t.Fatalf("settle after a new plan: %v", err)
		}
		if jobs, next := claimDue(t, db); len(jobs) != 0 || !next.Equal(job.At) {
			t.Fatalf("the new plan: %v, next %v", jobs, next)
		}
		job.At = time.Time{}
		mustCommit(t, db, bot.Change{Due: []due.Job{job}})
		if _, next := claimDue(t, db); !next.IsZero() {
			t.Fatal("a zero moment does not take the entry away")
		}
	})
}

func item(id string, to chat.Address, class outbox.Class) outbox.Item {
	return outbox.Item{ID: id, To: to, Kind: chat.Private, Class: class, Message: chat.Message{Text: id}}
}

func TestOutboxRoundTrip(t *testing.T) {
	both(t, chat.Limits{ChatEvery: time.Second}, func(t *testing.T, db *DB, c *clock) {
		a := chat.Address{Platform: "local", Chat: "-100", Thread: "7"}
		first, second := item("1", a, outbox.Reply), item("2", a, outbox.Reply)
		first.Card, first.Message.Buttons = "shift:a", [][]chat.Button{{{Label: "Ổn định", Action: "x"}}}
		mustCommit(t, db, bot.Change{Out: []outbox.Item{first, second}})
		mustCommit(t, db, bot.Change{Out: []outbox.Item{first, second}}) // made again: the same items
		items, _ := claimOut(t, db, 10)
		if len(items) != 1 {
			t.Fatalf("one a chat: %d", len(items))
		}
		if diff := cmp.Diff(first, items[0].Item); diff != "" {
			t.Error(diff)
		}
		if err := db.Outbox().Settle(t.Context(), items[0], outbox.Verdict{Done: true, Message: "55", Spent: true}); err != nil {
			t.Fatal(err)
		}
		if d := load1(t, db, "card", a.Key()+"#55"); string(d.Data) != `"shift:a"` {
			t.Errorf("subject of a reply: %s", d.Data)
		}
		more, next := claimOut(t, db, 10)
		if len(more) != 0 || !next.Equal(c.now().Add(time.Second)) {
			t.Fatalf("pacing: %d items, next %v", len(more), next)
		}
		c.advance(time.Second)
		if more, _ = claimOut(t, db, 10); len(more) != 1 || more[0].ID != "2" {
			t.Fatalf("second: %+v", more)
		}
		if err := db.Outbox().Settle(t.Context(), more[0], outbox.Verdict{Done: true, Spent: true}); err != nil {
			t.Fatal(err)
		}
		edit := item("3", a, outbox.Edit)
		edit.Card, edit.Edit = "shift:a", true
		newer := edit
		newer.ID, newer.Message.Text = "4", "newest"
		mustCommit(t, db, bot.Change{Out: []outbox.Item{edit}})
		mustCommit(t, db, bot.Change{Out: []outbox.Item{newer}})
		c.advance(time.Second)
		items, _ = claimOut(t, db, 10)
		if len(items) != 1 || items[0].ID != "4" || items[0].Sent != "55" {
			t.Fatalf("edit: %+v", items)
		}
	})
}
