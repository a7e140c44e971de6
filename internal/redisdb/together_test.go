package redisdb

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"trucban/bot"
	"trucban/internal/chat"
	"trucban/internal/due"
)

// TestTogether: whoever comes while calls are away goes with the others who came, in
// order, each with its own answer; whoever gave up before does not go.
func TestTogether(t *testing.T) {
	begun, gate := make(chan []int), make(chan struct{})
	j := together[int, string]{run: func(_ context.Context, asks []int) ([]string, error) {
		begun <- asks
		<-gate
		out := make([]string, len(asks))
		for i, n := range asks {
			out[i] = fmt.Sprint("answer ", n)
		}
		return out, nil
	}}
	var wg sync.WaitGroup
	ask := func(ctx context.Context, n int, want error) {
		wg.Go(func() {
			got, err := j.do(ctx, n)
			if !errors.Is(err, want) || want == nil && got != fmt.Sprint("answer ", n) {
				t.Errorf("%d: %q, %v", n, got, err)
			}
		})
	}
	waiting := func(n int) {
		eventually(t, fmt.Sprint(n, " wait"), func() bool {
			j.mu.Lock()
			defer j.mu.Unlock()
			return len(j.waiting) == n
		})
	}
	for n := range mostAway {
		ask(t.Context(), n, nil)
		if got := <-begun; len(got) != 1 {
			t.Errorf("the first went as %v", got)
		}
	}
	gone, leave := context.WithCancel(t.Context())
	ask(gone, 100, context.Canceled)
	waiting(1)
	for n := range 3 {
		ask(t.Context(), 101+n, nil)
		waiting(2 + n)
	}
	leave()
	gate <- struct{}{}
	if got := <-begun; !slices.Equal(got, []int{101, 102, 103}) {
		t.Errorf("the others went as %v", got)
	}
	close(gate)
	wg.Wait()
}

// TestCommitsTogether: changes that go to Redis as one have outcomes of their own: one is
// made, one was made before, one conflicts, one lost its job's lease, and the last is made.
func TestCommitsTogether(t *testing.T) {
	both(t, chat.Limits{}, func(t *testing.T, db *DB, c *clock) {
		mustCommit(t, db, bot.Change{Seen: "before", Docs: []bot.Doc{doc("a", "1", 0, "1")}})
		var calls [][]any
		for _, change := range []bot.Change{
			{Seen: "new", Docs: []bot.Doc{doc("a", "2", 0, "2")}, Log: []bot.Event{{What: "x"}}},
			{Seen: "before", Docs: []bot.Doc{doc("a", "1", bot.AnyVersion, "9")}},
			{Seen: "conflict", Docs: []bot.Doc{doc("a", "3", 0, "3"), doc("a", "2", 0, "9")}},
			{Settle: &due.Claim{Job: due.Job{Kind: "k", ID: "none"}, Token: "1"}, Docs: []bot.Doc{doc("a", "1", bot.AnyVersion, "9")}},
			{Seen: "last", Docs: []bot.Doc{doc("a", "4", 0, "4")}},
		} {
			args, err := flatChange(change)
			if err != nil {
				t.Fatal(err)
			}
			calls = append(calls, args)
		}
		got, err := db.commitAll(t.Context(), calls)
		if err != nil {
			t.Fatal(err)
		}
		want := []verdict{{"ok", ""}, {"seen", ""}, {"conflict", "a:2"}, {"lease", ""}, {"ok", ""}}
		if !slices.Equal(got, want) {
			t.Errorf("outcomes %v", got)
		}
		docs, err := db.Load(t.Context(), ref("1"), ref("2"), ref("3"), ref("4"))
		if err != nil {
			t.Fatal(err)
		}
		var data []string
		for _, d := range docs {
			data = append(data, string(d.Data))
		}
		if s := strings.Join(data, ","); s != "1,2,,4" {
			t.Errorf("stored %s", s)
		}
		mustCommit(t, db, bot.Change{Seen: "conflict", Docs: []bot.Doc{doc("a", "3", 0, "3")}}) // what was refused may come again
	})
}

// TestOneRefusedChangeSpoilsNoOther: where Redis refuses a call for one change of several,
// the others are made, and the one does not count as seen.
func TestOneRefusedChangeSpoilsNoOther(t *testing.T) {
	s := startServer(t)
	db := realDB(t, s.addr(), chat.Limits{})
	if err := db.client.Set(t.Context(), db.keys.doc(bot.Ref{Kind: "a", ID: "bad"}), "no hash", time.Hour).Err(); err != nil {
		t.Fatal(err)
	}
	batch := make([]*call[[]any, verdict], 0, 3)
	for _, id := range []string{"1", "bad", "2"} {
		args, err := flatChange(bot.Change{Seen: id, Docs: []bot.Doc{doc("a", id, bot.AnyVersion, "1")}})
		if err != nil {
			t.Fatal(err)
		}
		batch = append(batch, &call[[]any, verdict]{ctx: t.Context(), ask: args, done: make(chan struct{})})
	}
	db.commits.make(batch)
	// The first was made before the second was refused, and says so.
	for i, want := range []string{"seen", "", "ok"} {
		if got := batch[i]; got.answer.outcome != want || (got.err == nil) != (want != "") {
			t.Errorf("%d: %+v, %v", i, got.answer, got.err)
		}
	}
	for _, id := range []string{"1", "2"} {
		if d := load1(t, db, "a", id); string(d.Data) != "1" {
			t.Errorf("%s: stored %s", id, d.Data)
		}
	}
}

func ref(id string) bot.Ref { return bot.Ref{Kind: "a", ID: id} }
