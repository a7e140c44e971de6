package redisdb

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"

	"trucban/internal/chat"
)

func TestLease(t *testing.T) {
	both(t, chat.Limits{}, func(t *testing.T, db *DB, c *clock) {
		ctx := t.Context()
		first, err := db.Lease(ctx, "poll:local", 10*time.Second)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.Lease(ctx, "poll:local", 10*time.Second); !errors.Is(err, ErrHeld) {
			t.Fatalf("taken twice: %v", err)
		}
		c.advance(9 * time.Second)
		if err := first.Renew(ctx); err != nil {
			t.Fatal(err)
		}
		c.advance(9 * time.Second)
		if _, err := db.Lease(ctx, "poll:local", 10*time.Second); !errors.Is(err, ErrHeld) {
			t.Fatalf("taken after a renewal: %v", err)
		}
		c.advance(time.Second)
		second, err := db.Lease(ctx, "poll:local", 10*time.Second)
		if err != nil || second.Token == first.Token {
			t.Fatalf("after its end: %v", err)
		}
		if err := first.Renew(ctx); !errors.Is(err, ErrHeld) {
			t.Errorf("a lost lease is renewed: %v", err)
		}
		if err := first.Release(ctx); err != nil {
			t.Error(err)
		}
		if err := second.Renew(ctx); err != nil {
			t.Errorf("the late holder took it away: %v", err)
		}
		c.advance(-time.Hour) // the clock is set back: nobody waits an hour for a dead leader
		if _, err := db.Lease(ctx, "poll:local", 10*time.Second); err != nil {
			t.Errorf("after a step back: %v", err)
		}
	})
}

// TestLeaseOfADeadPredecessor: the next process of the same replica has the lease at once, another
// replica and one that is not known have not; what the dead one had it cannot renew.
func TestLeaseOfADeadPredecessor(t *testing.T) {
	both(t, chat.Limits{}, func(t *testing.T, db *DB, _ *clock) {
		const life = 10 * time.Second
		db.self = "host 1"
		old, err := db.Lease(t.Context(), "poll", life)
		if err != nil {
			t.Fatal(err)
		}
		for _, other := range []string{"", "host 2"} {
			db.self = other
			if _, err := db.Lease(t.Context(), "poll", life); !errors.Is(err, ErrHeld) {
				t.Errorf("%q takes it: %v", other, err)
			}
		}
		db.self = "host 1"
		if _, err := db.Lease(t.Context(), "poll", life); err != nil {
			t.Errorf("the next process waits: %v", err)
		}
		if err := old.Renew(t.Context()); !errors.Is(err, ErrHeld) {
			t.Errorf("the dead one renews: %v", err)
		}
		db.self = ""
		if _, err := db.Lease(t.Context(), "other", life); err != nil {
			t.Fatal(err)
		}
		if _, err := db.Lease(t.Context(), "other", life); !errors.Is(err, ErrHeld) {
			t.Errorf("two that are not known are taken for one: %v", err)
		}
	})
}

// TestLeadHasOneLeader: three replicas, one works at a time, and when it stops another follows.
func TestLeadHasOneLeader(t *testing.T) {
	s := startServer(t)
	const life = 600 * time.Millisecond
	var wg sync.WaitGroup
	var leading atomic.Int32
	starts := make(chan context.CancelFunc, 10)
	all, end := context.WithCancel(t.Context())
	for range 3 {
		db := realDB(t, s.addr(), chat.Limits{})
		ctx, stop := context.WithCancel(all)
		wg.Go(func() {
			db.Lead(ctx, "poll", life, func(ctx context.Context, _ string) error {
				if leading.Add(1) > 1 {
					t.Error("two leaders at once")
				}
				starts <- stop
				<-ctx.Done()
				leading.Add(-1)
				return nil
			})
		})
	}
	for i := range 3 {
		select {
		case stop := <-starts:
			stop()
		case <-time.After(time.Minute):
			t.Fatalf("no leader number %d", i+1)
		}
	}
	end()
	wg.Wait()
}

// TestLeadFollowsADeadLeader: nobody releases the lease; it is taken over when its life is over, not before.
func TestLeadFollowsADeadLeader(t *testing.T) {
	s := startServer(t)
	db := realDB(t, s.addr(), chat.Limits{})
	const life = 400 * time.Millisecond
	asked := time.Now()
	if _, err := db.Lease(t.Context(), "poll", life); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	led := false
	db.Lead(ctx, "poll", life, func(context.Context, string) error {
		wait := time.Since(asked)
		if led = true; wait < life {
			t.Errorf("taken over after %v, the lease was for %v", wait, life)
		}
		t.Logf("taken over after %v of a lease of %v", wait.Round(time.Millisecond), life)
		stop()
		return nil
	})
	if !led {
		t.Error("nobody took over within a minute")
	}
}

// TestLeadEndsWhenRedisIsGone: a leader that cannot renew stops when two thirds of its lease are over.
func TestLeadEndsWhenRedisIsGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gone := errors.New("the server is gone")
		client := redis.NewClient(&redis.Options{Addr: "127.0.0.1:1", Dialer: func(context.Context, string, string) (net.Conn, error) { return nil, gone }})
		defer shut(t, client)
		db, err := New(Options{Client: client, Namespace: "n", Log: zerolog.Nop(), Limits: func(chat.Name) chat.Limits { return chat.Limits{} }})
		if err != nil {
			t.Fatal(err)
		}
		const life = 10 * time.Second
		began := time.Now()
		db.keepLease(t.Context(), &Lease{db: db, name: "poll", Token: "1", life: life})
		if held := time.Since(began); held != life*2/3 {
			t.Errorf("led for %v without renewing a lease of %v", held, life)
		}
		<-time.After(time.Minute) // in the bubble's clock: the pool's last tries to connect end
	})
}

// TestInTurn: updates of one chat are handled one at a time over two replicas, and each has its turn.
func TestInTurn(t *testing.T) {
	s := startServer(t)
	replicas := []*DB{realDB(t, s.addr(), chat.Limits{}), realDB(t, s.addr(), chat.Limits{})}
	var mu sync.Mutex
	var order []string
	busy := map[string]bool{}
	var wg sync.WaitGroup
	for i := range 20 {
		for _, c := range []string{"a", "b"} {
			asked := make(chan struct{})
			wg.Go(func() {
				db := replicas[i%2]
				close(asked)
				err := db.InTurn(t.Context(), c, 5*time.Second, func(context.Context) error {
					mu.Lock()
					if busy[c] {
						t.Error("two at once in one chat")
					}
					busy[c] = true
					order = append(order, fmt.Sprint(c, i))
					mu.Unlock()
					mu.Lock()
					busy[c] = false
					mu.Unlock()
					return nil
				})
				if err != nil {
					t.Error(err)
				}
			})
			<-asked
		}
	}
	wg.Wait()
	if len(order) != 40 {
		t.Errorf("%d of 40 had their turn", len(order))
	}
}

// TestInTurnOutlivesADeadReplica: somebody asked and died; the next one waits for its lease only.
func TestInTurnOutlivesADeadReplica(t *testing.T) {
	both(t, chat.Limits{}, func(t *testing.T, db *DB, c *clock) {
		ks := []string{db.keys.prefix + "turn:a", db.keys.prefix + "turn:lease:a", db.keys.seq()}
		ask := func(token string) string {
			r, err := db.run(t.Context(), db.scripts.turn, ks, "ask", token, 1000)
			if err != nil {
				t.Fatal(err)
			}
			return r.str(0)
		}
		if ask("dead") != "1" || ask("next") != "0" || ask("third") != "0" {
			t.Fatal("first come, first served")
		}
		c.advance(600 * time.Millisecond)
		if ask("next") != "0" {
			t.Fatal("a lease that still runs is respected")
		}
		c.advance(500 * time.Millisecond)
		if ask("third") != "0" || ask("next") != "1" {
			t.Fatal("a dead one is waited for beyond its lease, or the order was lost")
		}
	})
}
