package redisdb

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"

	"trucban/bot"
	"trucban/internal/chat"
)

func logEvents(t *testing.T, db *DB, at time.Time, n int) {
	t.Helper()
	for i := range n {
		mustCommit(t, db, bot.Change{Log: []bot.Event{{At: at, What: "checkin", Subject: bot.Ref{Kind: "watch", ID: fmt.Sprint(i)}, By: "m1"}}})
	}
}

func sealAll(t *testing.T, db *DB) {
	t.Helper()
	if _, err := db.Seal(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestAuditChain(t *testing.T) {
	both(t, chat.Limits{}, func(t *testing.T, db *DB, c *clock) {
		logEvents(t, db, c.now(), 3)
		sealAll(t, db)
		logEvents(t, db, c.now(), 4)
		sealAll(t, db)
		logEvents(t, db, c.now(), 2)
		v, err := db.Verify(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		head, err := db.SealHead(t.Context())
		if err != nil || len(head) != 64 {
			t.Fatalf("head %q, %v", head, err)
		}
		if diff := cmp.Diff(Verified{Links: 2, Events: 7, Open: 2, LastSeal: head}, v); diff != "" {
			t.Error(diff)
		}
		now, err := db.client.Time(t.Context()).Result()
		if err != nil {
			t.Fatal(err)
		}
		events, err := db.Events(t.Context(), now.Add(-time.Hour), now.Add(time.Hour), 100)
		if err != nil || len(events) != 9 || events[0].What != "checkin" || !events[0].At.Equal(c.now()) {
			t.Errorf("%d events, %v", len(events), err)
		}
	})
}

// TestAuditChainShowsTampering: whatever is done to a sealed event or to a seal, Verify says so.
func TestAuditChainShowsTampering(t *testing.T) {
	for name, tamper := range map[string]func(t *testing.T, db *DB, ids []string) error{
		"removed": func(t *testing.T, db *DB, ids []string) error {
			return db.client.XDel(t.Context(), db.keys.log(), ids[4]).Err()
		},
		"the first removed": func(t *testing.T, db *DB, ids []string) error {
			return db.client.XDel(t.Context(), db.keys.log(), ids[0]).Err()
		},
		"changed": func(t *testing.T, db *DB, ids []string) error {
			// A stream cannot be changed in place: it is written anew with the same ids.
			all, err := db.client.XRange(t.Context(), db.keys.log(), "-", "+").Result()
			if err != nil {
				return err
			}
			if err := db.client.Del(t.Context(), db.keys.log()).Err(); err != nil {
				return err
			}
			for i, m := range all {
				text := toString(m.Values["e"])
				if i == 5 {
					text = `{"what":"forged"}`
				}
				if err := db.client.XAdd(t.Context(), &redis.XAddArgs{Stream: db.keys.log(), ID: m.ID, Values: []string{"e", text}}).Err(); err != nil {
					return err
				}
			}
			return nil
		},
		"a seal removed": func(t *testing.T, db *DB, _ []string) error {
			seals, err := db.client.XRange(t.Context(), db.sealsKey(), "-", "+").Result()
			if err != nil {
				return err
			}
			return db.client.XDel(t.Context(), db.sealsKey(), seals[1].ID).Err()
		},
	} {
		t.Run(name, func(t *testing.T) {
			both(t, chat.Limits{}, func(t *testing.T, db *DB, c *clock) {
				for range 3 {
					logEvents(t, db, c.now(), 3)
					sealAll(t, db)
				}
				all, err := db.client.XRange(t.Context(), db.keys.log(), "-", "+").Result()
				if err != nil {
					t.Fatal(err)
				}
				var ids []string
				for _, m := range all {
					ids = append(ids, m.ID)
				}
				if err := tamper(t, db, ids); err != nil {
					t.Fatal(err)
				}
				if v, err := db.Verify(t.Context()); !errors.Is(err, ErrBroken) {
					t.Errorf("nothing found: %+v, %v", v, err)
				}
			})
		})
	}
}

// TestAuditLogIsBounded: events that left the bounded log are no tampering.
func TestAuditLogIsBounded(t *testing.T) {
	s := startServer(t)
	db, c := virtualDB(t, redis.NewClient(&redis.Options{Addr: s.addr()}), chat.Limits{})
	db.logLength = 100
	for range 10 {
		logEvents(t, db, c.now(), 60)
		sealAll(t, db)
	}
	n, err := db.client.XLen(t.Context(), db.keys.log()).Result()
	if err != nil || n > 300 {
		t.Fatalf("the log holds %d events, %v", n, err)
	}
	v, err := db.Verify(t.Context())
	if err != nil || v.Links == 0 || v.Dropped == 0 || v.Links+v.Dropped != 10 {
		t.Errorf("%+v, %v", v, err)
	}
}

// TestTwoSealers: one of two at once is too late and the chain stays whole.
func TestTwoSealers(t *testing.T) {
	s := startServer(t)
	dbs := []*DB{realDB(t, s.addr(), chat.Limits{}), realDB(t, s.addr(), chat.Limits{})}
	done := make(chan error, 2)
	for _, db := range dbs {
		go func() {
			for range 100 {
				if _, err := db.Seal(t.Context()); err != nil {
					done <- err
					return
				}
			}
			done <- nil
		}()
	}
	logEvents(t, dbs[0], time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC), 200)
	for range dbs {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	sealAll(t, dbs[1])
	if v, err := dbs[0].Verify(t.Context()); err != nil || v.Events != 200 {
		t.Errorf("%+v, %v", v, err)
	}
}
