package redisdb

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"trucban/bot"
)

// The audit log is a stream commits append to without looking at it. A sealer follows
// and binds what it finds into a chain: each link is the SHA-256 of the link before
// and of every event since. Verify recomputes the chain. Whoever can write to Redis can
// also remake the whole chain; SealHead printed in a report that left the house is what
// pins it down.

const (
	sealBatch = 1000   // events to a link
	sealKept  = 20_000 // links kept
)

// ErrBroken is wrapped by what Verify finds wrong.
var ErrBroken = errors.New("the audit log does not match its seals")

// link is one seal.
type link struct {
	to, prev, hash string
	n              int
}

func (db *DB) sealsKey() string { return db.keys.prefix + "log:seals" }

// chainHash binds the events to the link before them.
func chainHash(prev string, events []redis.XMessage) string {
	h := sha256.New()
	h.Write([]byte(prev))
	for _, e := range events {
		h.Write([]byte{0})
		h.Write([]byte(e.ID))
		h.Write([]byte{0})
		h.Write([]byte(toString(e.Values["e"])))
	}
	return hex.EncodeToString(h.Sum(nil))
}

func readLink(m redis.XMessage) link {
	n, err := strconv.Atoi(toString(m.Values["n"]))
	if err != nil {
		n = -1 // never matches
	}
	return link{to: toString(m.Values["to"]), prev: toString(m.Values["prev"]), hash: toString(m.Values["hash"]), n: n}
}

func (db *DB) lastLink(ctx context.Context) (link, error) {
	last, err := db.client.XRevRangeN(ctx, db.sealsKey(), "+", "-", 1).Result()
	if err != nil {
		return link{}, fmt.Errorf("read the seals: %w", unavailable(err))
	}
	if len(last) == 0 {
		return link{}, nil
	}
	return readLink(last[0]), nil
}

// Seal adds links for the events that came since the last one, a thousand to a link, and says
// how many events they bind. Two sealers at once do no harm: one of them is too late.
func (db *DB) Seal(ctx context.Context) (int, error) {
	for sum := 0; ; {
		n, err := db.sealBatch(ctx)
		if sum += n; err != nil || n < sealBatch {
			return sum, err
		}
	}
}

func (db *DB) sealBatch(ctx context.Context) (int, error) {
	last, err := db.lastLink(ctx)
	if err != nil {
		return 0, err
	}
	from := "-"
	if last.to != "" {
		from = "(" + last.to
	}
	events, err := db.client.XRangeN(ctx, db.keys.log(), from, "+", sealBatch).Result()
	if err != nil {
		return 0, fmt.Errorf("read the audit log: %w", unavailable(err))
	}
	if len(events) == 0 {
		return 0, nil
	}
	to := events[len(events)-1].ID
	r, err := db.run(ctx, db.scripts.seal, []string{db.sealsKey()}, last.hash, to, len(events), chainHash(last.hash, events), sealKept)
	if err != nil {
		return 0, fmt.Errorf("seal the audit log: %w", err)
	}
	if r.str(0) != "ok" {
		return 0, nil
	}
	return len(events), nil
}

// SealHead is the newest link in hex, "" before the first.
func (db *DB) SealHead(ctx context.Context) (string, error) {
	l, err := db.lastLink(ctx)
	return l.hash, err
}

// Verified says what Verify has compared.
type Verified struct {
	Links    int // recomputed and equal
	Events   int // under them
	Open     int // newer than the last seal
	Dropped  int // links whose events have left the bounded log; taken on trust
	LastSeal string
}

// Verify recomputes the chain over everything the log still holds. An event that was
// changed, added, moved or removed makes it return ErrBroken with the place.
func (db *DB) Verify(ctx context.Context) (Verified, error) {
	var v Verified
	seals, err := db.client.XRange(ctx, db.sealsKey(), "-", "+").Result()
	if err != nil {
		return v, fmt.Errorf("read the seals: %w", unavailable(err))
	}
	trimmed, err := db.logTrimmed(ctx)
	if err != nil {
		return v, err
	}
	prev, from := "", "-"
	for i, m := range seals {
		l := readLink(m)
		if i == 0 && l.prev != "" && len(seals) < sealKept {
			return v, fmt.Errorf("%w: the links before %s are gone", ErrBroken, m.ID)
		}
		if i > 0 && l.prev != prev {
			return v, fmt.Errorf("%w: link %s does not follow the one before", ErrBroken, m.ID)
		}
		events, err := db.client.XRangeN(ctx, db.keys.log(), from, l.to, int64(max(l.n, 0))+1).Result()
		if err != nil {
			return v, fmt.Errorf("read the audit log: %w", unavailable(err))
		}
		unknownStart := i == 0 && l.prev != "" // older links are gone, so where it begins is not known
		switch {
		case !unknownStart && len(events) == l.n && chainHash(l.prev, events) == l.hash:
			v.Links++
			v.Events += l.n
		case v.Links == 0 && trimmed && len(events) < l.n || unknownStart:
			v.Dropped++
		default:
			return v, fmt.Errorf("%w: events up to %s", ErrBroken, l.to)
		}
		prev, from = l.hash, "("+l.to
	}
	v.LastSeal = prev
	open, err := db.client.XRange(ctx, db.keys.log(), from, "+").Result()
	if err != nil {
		return v, fmt.Errorf("read the audit log: %w", unavailable(err))
	}
	v.Open = len(open)
	return v, nil
}

// logTrimmed reports whether the bounded log is near its bound, so that its oldest events may have been dropped.
func (db *DB) logTrimmed(ctx context.Context) (bool, error) {
	n, err := db.client.XLen(ctx, db.keys.log()).Result()
	if err != nil {
		return false, fmt.Errorf("read the audit log: %w", unavailable(err))
	}
	return n >= db.logLength, nil
}

// Events returns the audit events committed between two moments of the server's clock, oldest
// first, at most limit of them.
func (db *DB) Events(ctx context.Context, from, to time.Time, limit int) ([]bot.Event, error) {
	raw, err := db.client.XRangeN(ctx, db.keys.log(), strconv.FormatInt(from.UnixMilli(), 10), strconv.FormatInt(to.UnixMilli(), 10), int64(limit)).Result()
	if err != nil {
		return nil, fmt.Errorf("read the audit log: %w", unavailable(err))
	}
	events := make([]bot.Event, 0, len(raw))
	for _, m := range raw {
		var e bot.Event
		if err := json.Unmarshal([]byte(toString(m.Values["e"])), &e); err != nil {
			return nil, fmt.Errorf("audit event %s: %w", m.ID, err)
		}
		events = append(events, e)
	}
	return events, nil
}

// HasSeal reports whether the hash is one of the links kept.
func (db *DB) HasSeal(ctx context.Context, hash string) (bool, error) {
	seals, err := db.client.XRange(ctx, db.sealsKey(), "-", "+").Result()
	if err != nil {
		return false, fmt.Errorf("read the seals: %w", unavailable(err))
	}
	for _, m := range seals {
		if readLink(m).hash == hash {
			return true, nil
		}
	}
	return false, nil
}
