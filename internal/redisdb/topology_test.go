package redisdb

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"

	"trucban/bot"
	"trucban/internal/chat"
	"trucban/internal/due"
	"trucban/internal/outbox"
)

// startCluster makes a Cluster of three masters that hold all slots.
func startCluster(t *testing.T) []string {
	t.Helper()
	var nodes []*server
	var addrs []string
	for range 3 {
		s := startServer(t, "--cluster-enabled", "yes", "--cluster-port", fmt.Sprint(freePort(t)), "--cluster-node-timeout", "2000")
		nodes = append(nodes, s)
		addrs = append(addrs, s.addr())
	}
	ctx := t.Context()
	for i, s := range nodes {
		c := redis.NewClient(&redis.Options{Addr: s.addr()})
		defer shut(t, c)
		if err := c.ClusterAddSlotsRange(ctx, i*5461, []int{5460, 10921, 16383}[i]).Err(); err != nil {
			t.Fatal(err)
		}
		for _, other := range nodes[:i] {
			port := fmt.Sprint(other.port)
			if err := c.Do(ctx, "CLUSTER", "MEET", "127.0.0.1", port, other.args[3]).Err(); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, s := range nodes {
		c := redis.NewClient(&redis.Options{Addr: s.addr()})
		defer shut(t, c)
		eventually(t, "the cluster is whole", func() bool {
			info, err := c.ClusterInfo(ctx).Result()
			return err == nil && strings.Contains(info, "cluster_state:ok") && strings.Contains(info, "cluster_known_nodes:3")
		})
	}
	return addrs
}

// TestCluster runs every part of the package against a Cluster of three nodes; a call that
// touched two slots would be refused there.
func TestCluster(t *testing.T) {
	client := redis.NewClusterClient(&redis.ClusterOptions{Addrs: startCluster(t)})
	db, c := virtualDB(t, client, telegramLike)
	ctx := t.Context()
	if servers, err := db.CheckServer(ctx); err != nil || len(servers) != 3 {
		t.Fatalf("%d masters, %v", len(servers), err)
	}
	if err := db.Migrate(ctx); err != nil {
		t.Fatal(err)
	}
	listening, stop := context.WithCancel(ctx)
	defer stop()
	wake := db.Wake(WakeDue)
	go db.Listen(listening)

	d := doc("watch", "a", 0, `{"n":1}`)
	d.Marks, d.Index = []string{"open"}, []bot.Entry{{Index: IndexOpen, Score: 1}}
	guarded := item("guarded", chatAddr(2), outbox.Missed)
	guarded.Guard = &outbox.Guard{Kind: "watch", ID: "a", Mark: "open"}
	card := item("card", chatAddr(1), outbox.Reminder)
	card.Card, card.Wave, card.For = "shift:a", "w", "m1"
	mustCommit(t, db, bot.Change{Seen: "local:1", Docs: []bot.Doc{d, doc("watch", "b", 0, `2`)},
		Out: []outbox.Item{card, guarded, item("third", chatAddr(3), outbox.Alarm)}, Log: []bot.Event{{What: "made"}}})
	docs, err := db.Load(ctx, bot.Ref{Kind: "watch", ID: "a"}, bot.Ref{Kind: "watch", ID: "b"}, bot.Ref{Kind: KindWave, ID: "w"})
	if err != nil || string(docs[1].Data) != "2" || docs[2].Data == nil {
		t.Fatalf("%v %v", docs, err)
	}
	if found, err := db.Sweep(ctx, 100); err != nil || len(found) != 1 {
		t.Errorf("sweep: %v %v", found, err)
	}
	jobs, _ := claimDue(t, db)
	mustCommit(t, db, bot.Change{Settle: &jobs[0], Due: []due.Job{{Kind: "watch", ID: "a", At: c.now().Add(time.Hour)}}})
	b := newBench(t, db, c)
	b.sink.answer = func(to chat.Address, _ chat.Message) chat.Receipt {
		if to.Chat == "c3" {
			return chat.Receipt{Outcome: chat.Migrated, MovedTo: chat.Address{Platform: "local", Chat: "-3"}}
		}
		return chat.Receipt{}
	}
	b.run(time.Minute)
	if n := len(b.sink.took); n != 3 {
		t.Errorf("%d of 3 sent: %v", n, b.sink.took)
	}
	if _, err := db.Seal(ctx); err != nil {
		t.Error(err)
	}
	if v, err := db.Verify(ctx); err != nil || v.Events != 1 {
		t.Errorf("%+v %v", v, err)
	}
	if _, err := db.Lease(ctx, "poll", time.Second); err != nil {
		t.Error(err)
	}
	if s, err := db.Stats(ctx, "local"); err != nil || s.Due != 1 {
		t.Errorf("%+v %v", s, err)
	}
	eventually(t, "a wake-up arrives", func() bool {
		mustCommit(t, db, bot.Change{Due: []due.Job{{Kind: "watch", ID: "early", At: c.advance(-time.Millisecond)}}})
		select {
		case <-wake:
			return true
		default:
			return false
		}
	})
}

// startSentinels makes a master with one replica and three Sentinels that watch it.
func startSentinels(t *testing.T) (master *server, addrs []string) {
	t.Helper()
	durable := []string{"--appendonly", "yes", "--appendfsync", "everysec", "--repl-diskless-sync-delay", "0"}
	master = startServer(t, durable...)
	startServer(t, append(durable, "--replicaof", "127.0.0.1 "+fmt.Sprint(master.port))...)
	c := redis.NewClient(&redis.Options{Addr: master.addr()})
	defer shut(t, c)
	eventually(t, "the replica follows", func() bool {
		info, err := c.Info(t.Context(), "replication").Result()
		return err == nil && strings.Contains(info, "state=online")
	})
	for range 3 {
		s := startSentinel(t, master.port)
		addrs = append(addrs, s.addr())
	}
	for _, a := range addrs {
		c := redis.NewSentinelClient(&redis.Options{Addr: a})
		defer shut(t, c)
		eventually(t, "the Sentinels know each other and the replica", func() bool {
			m, err := c.Master(t.Context(), "trucban").Result()
			return err == nil && m["num-other-sentinels"] == "2" && m["num-slaves"] == "1"
		})
	}
	return master, addrs
}

// TestSentinelFailover kills the master in mid-traffic: whatever Commit returned nil for, with one
// replica waited for, is there afterwards, once.
func TestSentinelFailover(t *testing.T) {
	master, sentinels := startSentinels(t)
	client := redis.NewFailoverClient(&redis.FailoverOptions{
		MasterName: "trucban", SentinelAddrs: sentinels, DialerRetries: 1, MaxRetries: 1,
		DialTimeout: 500 * time.Millisecond, ReadTimeout: time.Second, ContextTimeoutEnabled: true,
	})
	defer shut(t, client)
	db, err := New(Options{Client: client, Namespace: "test", Log: zerolog.Nop(), Replicas: 1})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(t.Context(), 3*time.Minute)
	defer stop()
	var acked, refused atomic.Int64
	done := make(chan error, 1)
	half, killed := make(chan struct{}), make(chan struct{})
	const total = 400
	go func() {
		for i := range total {
			if i == total/2 {
				close(half) // and goes on while the master dies
			}
			if err := commitUntilMade(ctx, db, i, &refused, killed); err != nil {
				done <- err
				return
			}
			acked.Add(1)
		}
		done <- nil
	}()
	<-half
	master.kill()
	close(killed)
	if err := <-done; err != nil {
		t.Fatalf("after %d commits: %v", acked.Load(), err)
	}
	docs, err := db.Find(ctx, bot.Range{Index: "all", From: 0, To: total})
	if err != nil {
		t.Fatal(err)
	}
	var got, want []int
	for i, d := range docs {
		var n int
		if err := json.Unmarshal(d.Data, &n); err != nil {
			t.Fatal(err)
		}
		got, want = append(got, n), append(want, i)
	}
	if diff := cmp.Diff(want, got); diff != "" || len(got) != total {
		t.Errorf("%d of %d commits are there: %s", len(got), total, diff)
	}
	t.Logf("%d commits, %d tries failed during the failover, none lost", total, refused.Load())
}

// commitUntilMade makes one change again until it is certain, as the bot's handlers do. After
// the master's death the old replica is alone, so none is waited for any more.
func commitUntilMade(ctx context.Context, db *DB, i int, refused *atomic.Int64, killed <-chan struct{}) error {
	d := doc("n", fmt.Sprint(i), 0, fmt.Sprint(i))
	d.Index = []bot.Entry{{Index: "all", Score: int64(i)}}
	for {
		select {
		case <-killed:
			db.replicas = 0
		default:
		}
		err := db.Commit(ctx, bot.Change{Seen: fmt.Sprint("u", i), Docs: []bot.Doc{d}})
		if err == nil || errors.Is(err, bot.ErrSeen) {
			return nil
		}
		refused.Add(1)
		if !errors.Is(err, bot.ErrUnavailable) || !pause(ctx, 50*time.Millisecond) {
			return err
		}
	}
}
