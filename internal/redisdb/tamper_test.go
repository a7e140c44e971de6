package redisdb

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"trucban/bot"
	"trucban/internal/chat"
)

// rewrite replaces a stream by what f makes of its entries: a stream cannot be changed in place.
func rewrite(t *testing.T, db *DB, key string, f func([]redis.XMessage) []redis.XMessage) {
	t.Helper()
	all, err := db.client.XRange(t.Context(), key, "-", "+").Result()
	if err != nil {
		t.Fatal(err)
	}
	if err := db.client.Del(t.Context(), key).Err(); err != nil {
		t.Fatal(err)
	}
	for _, m := range f(all) {
		if err := db.client.XAdd(t.Context(), &redis.XAddArgs{Stream: key, ID: m.ID, Values: m.Values}).Err(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestEachEntryIsBound forges one thing of every kind in a sealed log, each field of
// an event by itself: the chain shows it, and a log that is only written anew as it
// was shows nothing.
func TestEachEntryIsBound(t *testing.T) {
	at := time.Date(2027, 2, 5, 12, 0, 0, 0, time.UTC)
	field := func(old, forged string) func(t *testing.T, db *DB) {
		return func(t *testing.T, db *DB) {
			rewrite(t, db, db.keys.log(), func(all []redis.XMessage) []redis.XMessage {
				text := toString(all[4].Values["e"])
				changed := strings.Replace(text, old, forged, 1)
				if changed == text {
					t.Fatalf("no %s in %s", old, text)
				}
				all[4].Values = map[string]any{"e": changed}
				return all
			})
		}
	}
	onLog := func(f func([]redis.XMessage) []redis.XMessage) func(*testing.T, *DB) {
		return func(t *testing.T, db *DB) { rewrite(t, db, db.keys.log(), f) }
	}
	onSeals := func(f func([]redis.XMessage) []redis.XMessage) func(*testing.T, *DB) {
		return func(t *testing.T, db *DB) { rewrite(t, db, db.sealsKey(), f) }
	}
	for name, c := range map[string]struct {
		forge func(*testing.T, *DB)
		whole bool
	}{
		"nothing":           {onLog(func(all []redis.XMessage) []redis.XMessage { return all }), true},
		"when it was":       {field("2027-02-05T12", "2027-02-05T11"), false},
		"what it was":       {field(`"checkin"`, `"excused"`), false},
		"what it was about": {field(`"i":"4"`, `"i":"5"`), false},
		"who did it":        {field(`"by":"`, `"by":"x`), false},
		"where it was done": {field(`"local:vhxh"`, `"local:khac"`), false},
		"whose it was":      {field(`"unit":"vhxh"`, `"unit":"khac"`), false},
		"a detail":          {field(`"late"`, `"ontime"`), false},
		"one more space":    {field(`{`, `{ `), false},
		"an event put before": {onLog(func(all []redis.XMessage) []redis.XMessage {
			more := all[4]
			more.ID = "1-1"
			return slices.Insert(all, 0, more)
		}), false},
		"two events exchanged": {onLog(func(all []redis.XMessage) []redis.XMessage {
			all[3].Values, all[4].Values = all[4].Values, all[3].Values
			return all
		}), false},
		"another id":              {onLog(func(all []redis.XMessage) []redis.XMessage { all[0].ID = "1-1"; return all }), false},
		"the newest sealed event": {onLog(func(all []redis.XMessage) []redis.XMessage { return slices.Delete(all, 8, 9) }), false},
		"a seal with another hash": {onSeals(func(all []redis.XMessage) []redis.XMessage {
			all[1].Values["hash"] = strings.Repeat("0", 64)
			return all
		}), false},
		"a seal over fewer events": {onSeals(func(all []redis.XMessage) []redis.XMessage { all[1].Values["n"] = "2"; return all }), false},
		"a seal in the middle":     {onSeals(func(all []redis.XMessage) []redis.XMessage { return slices.Delete(all, 1, 2) }), false},
		"the first seal":           {onSeals(func(all []redis.XMessage) []redis.XMessage { return all[1:] }), false},
		"the first seal and the events under it": {func(t *testing.T, db *DB) {
			rewrite(t, db, db.sealsKey(), func(all []redis.XMessage) []redis.XMessage { return all[1:] })
			rewrite(t, db, db.keys.log(), func(all []redis.XMessage) []redis.XMessage { return all[3:] })
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			both(t, chat.Limits{}, func(t *testing.T, db *DB, _ *clock) {
				for i := range 9 {
					mustCommit(t, db, bot.Change{Log: []bot.Event{{
						At: at, What: "checkin", Subject: bot.Ref{Kind: "watch", ID: string(rune('0' + i))}, By: "m1", From: "local:vhxh",
						Data: map[string]string{"mark": "late"}, Unit: "vhxh",
					}}})
					if i%3 == 2 {
						sealAll(t, db)
					}
				}
				if v, err := db.Verify(t.Context()); err != nil || v.Links != 3 || v.Events != 9 {
					t.Fatalf("before: %+v, %v", v, err)
				}
				c.forge(t, db)
				if v, err := db.Verify(t.Context()); errors.Is(err, ErrBroken) == c.whole {
					t.Errorf("%+v, %v", v, err)
				}
			})
		})
	}
}

// TestATailCutOffShowsByThePostedSeal: who takes away the newest seals with their
// events leaves a chain that is whole; the seal that was posted is not in it.
func TestATailCutOffShowsByThePostedSeal(t *testing.T) {
	both(t, chat.Limits{}, func(t *testing.T, db *DB, c *clock) {
		for range 3 {
			logEvents(t, db, c.now(), 3)
			sealAll(t, db)
		}
		posted, err := db.SealHead(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		rewrite(t, db, db.sealsKey(), func(all []redis.XMessage) []redis.XMessage { return all[:2] })
		rewrite(t, db, db.keys.log(), func(all []redis.XMessage) []redis.XMessage { return all[:6] })
		v, err := db.Verify(t.Context())
		if err != nil || v.LastSeal == posted {
			t.Errorf("%+v, %v", v, err)
		}
	})
}
