package redisdb

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"
)

//go:embed lua/*.lua
var sources embed.FS

// scripts are the operations on the namespace; each runs whole or not at all.
type scripts struct {
	commit, read                  *redis.Script
	dueClaim, dueGive             *redis.Script
	outClaim, outSettle, outRetry *redis.Script
	lease, turn, seal, stats      *redis.Script
	dump                          *redis.Script
}

func loadScripts() (scripts, error) {
	var failed error
	read := func(name string) string {
		b, err := sources.ReadFile("lua/" + name + ".lua")
		if err != nil && failed == nil {
			failed = fmt.Errorf("read script %s: %w", name, err)
		}
		return string(b)
	}
	plain := func(name string) *redis.Script {
		return redis.NewScript(read("head") + read(name))
	}
	lanes := func(name string) *redis.Script {
		return redis.NewScript(read("head") + read("lanes") + read(name))
	}
	s := scripts{
		commit: lanes("commit"), read: plain("read"),
		dueClaim: plain("due_claim"), dueGive: plain("due_give"),
		outClaim: lanes("out_claim"), outSettle: lanes("out_settle"), outRetry: lanes("out_retry"),
		lease: plain("lease"), turn: plain("turn"), seal: plain("seal"), stats: lanes("stats"), dump: plain("dump"),
	}
	return s, failed
}

// reply is what a script returns: the shared clock first, then its own values.
type reply struct {
	now  time.Time
	vals []any
}

// run calls the script with the common head of arguments: prefix and clock.
func (db *DB) run(ctx context.Context, s *redis.Script, keys []string, args ...any) (reply, error) {
	if len(keys) == 0 {
		keys = []string{db.keys.seq()}
	}
	full := make([]any, 0, len(args)+2)
	full = append(full, db.keys.prefix, db.clockArg())
	full = append(full, args...)
	raw, err := db.call(ctx, s, keys, full)
	if err != nil {
		return reply{}, unavailable(err)
	}
	if len(raw) == 0 {
		return reply{}, fmt.Errorf("script returned nothing")
	}
	now := fromMillis(toInt(raw[0]))
	db.last.Store(now.UnixMilli())
	return reply{now: now, vals: raw[1:]}, nil
}

// call runs the script, and a commit with Options.Replicas only returns when they have it.
func (db *DB) call(ctx context.Context, s *redis.Script, keys []string, args []any) ([]any, error) {
	if db.replicas == 0 || s != db.scripts.commit {
		return s.Run(ctx, db.client, keys, args...).Slice()
	}
	for {
		var made, copies *redis.Cmd
		_, err := db.client.Pipelined(ctx, func(p redis.Pipeliner) error {
			made = p.EvalSha(ctx, s.Hash(), keys, args...)
			// WAIT counts what this connection wrote, so it writes even when the commit was refused
			// because an earlier try had made it.
			p.Incr(ctx, db.keys.seq())
			copies = p.Do(ctx, "WAIT", db.replicas, span(2*time.Second))
			return nil
		})
		if redis.HasErrorPrefix(err, "NOSCRIPT") {
			if err := s.Load(ctx, db.client).Err(); err != nil {
				return nil, err
			}
			continue
		}
		if err != nil {
			return nil, err
		}
		if n, err := copies.Int(); err != nil || n < db.replicas {
			return nil, fmt.Errorf("on %d of %d replicas: %w", n, db.replicas, errors.Join(err, errNotCopied))
		}
		return made.Slice()
	}
}

// errNotCopied leaves open whether a commit survives a failover; it is made again by whoever asked for it.
var errNotCopied = errors.New("the commit is not on enough replicas")

func (r reply) str(i int) string {
	if i >= len(r.vals) {
		return ""
	}
	return toString(r.vals[i])
}

func (r reply) list(i int) []any {
	if i >= len(r.vals) {
		return nil
	}
	l, _ := r.vals[i].([]any)
	return l
}

func toString(v any) string {
	switch x := v.(type) {
	case string:
		return x
	case int64:
		return strconv.FormatInt(x, 10)
	}
	return ""
}

func toInt(v any) int64 {
	switch x := v.(type) {
	case int64:
		return x
	case string:
		n, err := strconv.ParseInt(x, 10, 64)
		if err == nil {
			return n
		}
	}
	return 0
}

// millis rounds up, so that a moment is never reached early; zero stays 0.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	ms := t.UnixMilli()
	if t.Nanosecond()%int(time.Millisecond) != 0 {
		ms++
	}
	return ms
}

// fromMillis is the inverse of millis.
func fromMillis(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// span is a duration in whole milliseconds, rounded up.
func span(d time.Duration) int64 {
	if d <= 0 {
		return 0
	}
	return int64((d + time.Millisecond - 1) / time.Millisecond)
}
