package redisdb

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"

	"trucban/bot"
	"trucban/internal/chat"
	"trucban/internal/due"
	"trucban/internal/outbox"
)

func TestCheckServer(t *testing.T) {
	for _, tc := range []struct {
		name    string
		args    []string
		refused bool
		durable string
	}{
		{"noeviction, always", []string{"--maxmemory-policy", "noeviction", "--appendonly", "yes", "--appendfsync", "always"}, false, "and of the machine"},
		{"everysec", []string{"--appendonly", "yes"}, false, "last two seconds"},
		{"no file", nil, false, "nothing"},
		{"evicting", []string{"--maxmemory-policy", "allkeys-lru"}, true, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := startServer(t, tc.args...)
			got, err := realDB(t, s.addr(), chat.Limits{}).CheckServer(t.Context())
			if errors.Is(err, ErrPolicy) != tc.refused {
				t.Fatal(err)
			}
			if len(got) != 1 || got[0].Role != "master" || got[0].Version == "" || !strings.Contains(got[0].Durable(), tc.durable) {
				t.Errorf("%+v: %s", got, got[0].Durable())
			}
		})
	}
}

// TestACLUser: a user who may only touch the namespace's keys and channel can do everything.
func TestACLUser(t *testing.T) {
	s := startServer(t)
	admin := redis.NewClient(&redis.Options{Addr: s.addr()})
	defer shut(t, admin)
	err := admin.ACLSetUser(t.Context(), "trucban", "on", ">secret", "~{test}:*", "&{test}:*", "+@all", "-@admin", "-@dangerous", "+info").Err()
	if err != nil {
		t.Fatal(err)
	}
	db, c := virtualDB(t, redis.NewClient(&redis.Options{Addr: s.addr(), Username: "trucban", Password: "secret"}), chat.Limits{})
	if _, err := db.CheckServer(t.Context()); err != nil {
		t.Error(err)
	}
	if err := db.Migrate(t.Context()); err != nil {
		t.Error(err)
	}
	b := newBench(t, db, c)
	b.put(item("1", chatAddr(1), outbox.Reply))
	b.run(time.Second)
	if diff := cmp.Diff([]string{"1"}, b.sink.texts("")); diff != "" {
		t.Error(diff)
	}
}

func TestMigrate(t *testing.T) {
	both(t, chat.Limits{}, func(t *testing.T, db *DB, _ *clock) {
		ctx := t.Context()
		if err := db.Migrate(ctx); err != nil {
			t.Fatal(err)
		}
		var ran []int
		fail := true
		steps := []migration{
			func(context.Context, *DB) error { ran = append(ran, 2); return nil },
			func(context.Context, *DB) error {
				ran = append(ran, 3)
				if fail {
					return errors.New("interrupted")
				}
				return nil
			},
		}
		if err := db.migrate(ctx, steps); err == nil {
			t.Fatal("an interrupted migration is no success")
		}
		fail = false
		if err := db.migrate(ctx, steps); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]int{2, 3, 3}, ran); diff != "" {
			t.Error(diff)
		}
		if err := db.Migrate(ctx); !errors.Is(err, ErrSchema) {
			t.Errorf("an older program: %v", err)
		}
	})
}

func TestSweep(t *testing.T) {
	both(t, chat.Limits{}, func(t *testing.T, db *DB, c *clock) {
		open := func(id string) bot.Doc {
			d := doc("watch", id, bot.AnyVersion, `1`)
			d.Index = []bot.Entry{{Index: IndexOpen, Score: c.now().UnixMilli()}}
			return d
		}
		alarm := func(id string) due.Job { return due.Job{Kind: "watch", ID: id, At: c.now().Add(time.Minute)} }
		mustCommit(t, db, bot.Change{Docs: []bot.Doc{open("good"), open("lost"), open("late")}, Due: []due.Job{alarm("good"), alarm("late")}})
		found, err := db.Sweep(t.Context(), 1000)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]Finding{{Ref: bot.Ref{Kind: "watch", ID: "lost"}, Fault: NoAlarm}}, found); diff != "" {
			t.Error(diff)
		}
		// What had no alarm has one now.
		jobs, _ := claimDue(t, db)
		if len(jobs) != 1 || jobs[0].ID != "lost" {
			t.Fatalf("claims: %+v", jobs)
		}
		mustCommit(t, db, bot.Change{Settle: &jobs[0], Due: []due.Job{{Kind: "watch", ID: "lost", At: c.now().Add(48 * time.Hour)}, {Kind: "watch", ID: "good", At: c.now().Add(48 * time.Hour)}}})
		c.advance(time.Hour)
		found, err = db.Sweep(t.Context(), 1000)
		want := []Finding{{Ref: bot.Ref{Kind: "watch", ID: "late"}, Fault: Overdue, Late: 59 * time.Minute}}
		if diff := cmp.Diff(want, found); diff != "" || err != nil {
			t.Error(diff, err)
		}
	})
}

func TestStats(t *testing.T) {
	both(t, chat.Limits{}, func(t *testing.T, db *DB, c *clock) {
		mustCommit(t, db, bot.Change{
			Due: []due.Job{{Kind: "watch", ID: "a", At: c.now()}, {Kind: "watch", ID: "b", At: c.now().Add(time.Second)}, {Kind: "watch", ID: "c", At: c.now().Add(time.Hour)}},
			Out: []outbox.Item{item("1", chatAddr(1), outbox.Alarm), item("2", chatAddr(1), outbox.Reply), item("3", chatAddr(2), outbox.Reply)},
			Log: []bot.Event{{What: "x"}},
		})
		jobs, _ := claimDue(t, db)
		if err := db.Due().Bury(t.Context(), jobs[0], "never"); err != nil {
			t.Fatal(err)
		}
		c.advance(5 * time.Second)
		s, err := db.Stats(t.Context(), "local", "zalo")
		if err != nil {
			t.Fatal(err)
		}
		want := Stats{At: c.now(), Due: 2, Lag: 4 * time.Second, LogLength: 1, Buried: 1, Counters: map[string]int64{"due.buried": 1}}
		want.Outboxes = map[chat.Name]OutboxStats{}
		for _, p := range []chat.Name{"local", "zalo"} {
			o := OutboxStats{Waiting: map[outbox.Class]int{}}
			for _, class := range outbox.Classes {
				o.Waiting[class] = 0
			}
			if p == "local" {
				o.Waiting[outbox.Alarm], o.Waiting[outbox.Reply] = 1, 2
			}
			want.Outboxes[p] = o
		}
		if diff := cmp.Diff(want, s); diff != "" {
			t.Error(diff)
		}
		if got := find[Buried](t, db, IndexBuried); len(got) != 1 || got[0].Cause != "never" {
			t.Fatalf("buried: %+v", got)
		}
		if err := db.RetryBuried(t.Context(), jobs[0].Job); err != nil {
			t.Fatal(err)
		}
		again, _ := claimDue(t, db)
		if len(again) != 2 || len(find[Buried](t, db, IndexBuried)) != 0 {
			t.Errorf("dug out: %+v", again)
		}
	})
}

// TestUnavailable: a store that is gone, hangs or takes no writes is told apart from a refusal,
// in bounded time, and works again when it is back.
func TestUnavailable(t *testing.T) {
	for name, trouble := range map[string]func(t *testing.T, s *server, c redis.UniversalClient) (mend func()){
		"gone": func(_ *testing.T, s *server, _ redis.UniversalClient) func() {
			s.kill()
			return s.start
		},
		"hung": func(t *testing.T, s *server, _ redis.UniversalClient) func() {
			signal := func(sig syscall.Signal) {
				if err := s.cmd.Process.Signal(sig); err != nil {
					t.Fatal(err)
				}
			}
			signal(syscall.SIGSTOP)
			return func() { signal(syscall.SIGCONT) }
		},
		"read-only": func(t *testing.T, _ *server, c redis.UniversalClient) func() {
			set := func(n string) {
				if err := c.ConfigSet(t.Context(), "min-replicas-to-write", n).Err(); err != nil {
					t.Fatal(err)
				}
			}
			set("1")
			return func() { set("0") }
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := startServer(t, "--appendonly", "yes")
			db := realDB(t, s.addr(), chat.Limits{})
			change := bot.Change{Seen: "1", Docs: []bot.Doc{doc("a", "b", bot.AnyVersion, "1")}}
			mend := trouble(t, s, db.client)
			ctx, stop := context.WithTimeout(t.Context(), time.Second)
			defer stop()
			start := time.Now()
			if err := db.Commit(ctx, change); !errors.Is(err, bot.ErrUnavailable) {
				t.Errorf("commit: %v", err)
			}
			t.Logf("came back after %v, given a second", time.Since(start).Round(time.Millisecond))
			mend()
			eventually(t, "commits are made again", func() bool {
				err := db.Commit(t.Context(), change)
				return err == nil || errors.Is(err, bot.ErrSeen)
			})
			if d := load1(t, db, "a", "b"); string(d.Data) != "1" {
				t.Errorf("stored %s", d.Data)
			}
		})
	}
}

// TestRedisKilled: whatever Commit returned nil for is there after Redis was killed, with
// appendfsync always; with everysec Redis holds back its newest writes while the disk is busy,
// and nothing older than what is lost is lost. What the machine's own crash loses cannot be tried here.
func TestRedisKilled(t *testing.T) {
	for _, fsync := range []string{"everysec", "always"} {
		t.Run(fsync, func(t *testing.T) {
			s := startServer(t, "--appendonly", "yes", "--appendfsync", fsync)
			db := realDB(t, s.addr(), chat.Limits{})
			var made atomic.Int64
			done := make(chan struct{})
			start := time.Now()
			go func() {
				defer close(done)
				for i := 0; ; i++ {
					if db.Commit(t.Context(), bot.Change{Docs: []bot.Doc{doc("n", fmt.Sprint(i), 0, "1")}}) != nil {
						return
					}
					made.Store(int64(i) + 1)
				}
			}()
			eventually(t, "500 commits", func() bool { return made.Load() >= 500 })
			took := time.Since(start)
			s.kill()
			<-done
			s.start()
			n := made.Load()
			var refs []bot.Ref
			for i := range n {
				refs = append(refs, bot.Ref{Kind: "n", ID: fmt.Sprint(i)})
			}
			docs, err := db.Load(t.Context(), refs...)
			if err != nil {
				t.Fatal(err)
			}
			lost := 0
			for _, d := range docs {
				if d.Data == nil {
					lost++
				} else if lost > 0 {
					t.Fatalf("%s is there, and one before it is gone", d.Ref)
				}
			}
			if lost > 0 && fsync == "always" {
				t.Errorf("%d of %d were acknowledged and are gone", lost, n)
			}
			t.Logf("%d acknowledged, %d lost; one after the other at %.0f a second", n, lost, 500/took.Seconds())
		})
	}
}
