package memdb

import (
	"context"
	"fmt"
	"strings"
	"time"

	"trucban/bot"
	"trucban/internal/due"
	"trucban/internal/redisdb"
)

// lease is an entry of the alarm clock that was handed out, or given back after that.
type lease struct {
	attempt int
	token   string // "" when given back
	at      int64  // the moment the aggregate named, UTC ms
}

// dueQueue is the alarm clock behind due.Queue; the outbox has methods of the same names.
type dueQueue struct{ db *DB }

// holds reports whether the token is the entry's present one.
func (db *DB) holds(key, token string) bool {
	l := db.leases[key]
	return l != nil && l.token == token
}

// Claim hands out at most n due entries under a lease, earliest first.
func (q dueQueue) Claim(_ context.Context, n int, life time.Duration) ([]due.Claim, time.Time, error) {
	db := q.db
	now, unlock := db.lock()
	defer unlock()
	var ready []entry
	if n > 0 {
		ready = db.due.between(0, now, n, false)
	}
	jobs := make([]due.Claim, 0, len(ready))
	for _, e := range ready {
		l := db.leases[e.key]
		if l == nil {
			l = &lease{at: e.score}
			db.leases[e.key] = l
		} else if l.token != "" {
			db.count("due.lost")
		}
		l.attempt++
		l.token = db.token()
		db.due.set(e.key, now+span(life))
		kind, id, _ := strings.Cut(e.key, ":")
		jobs = append(jobs, due.Claim{
			Job: due.Job{Kind: kind, ID: id, At: fromMillis(l.at)}, Token: l.token, Attempt: l.attempt, Now: fromMillis(now),
		})
	}
	head, _ := db.due.first()
	return jobs, fromMillis(head.score), nil
}

// Retry gives a claim back; nothing happens when its lease was lost.
func (q dueQueue) Retry(_ context.Context, c due.Claim, after time.Duration, _ string) error {
	db := q.db
	now, unlock := db.lock()
	defer unlock()
	if !db.holds(c.Key(), c.Token) {
		db.count("due.fenced")
		return nil
	}
	db.count("due.retried")
	db.leases[c.Key()].token = ""
	db.due.set(c.Key(), now+span(after))
	return nil
}

// Bury takes a claim out of the clock and keeps it; nothing happens when its lease was lost.
func (q dueQueue) Bury(_ context.Context, c due.Claim, cause string) error {
	db := q.db
	now, unlock := db.lock()
	defer unlock()
	if !db.holds(c.Key(), c.Token) {
		db.count("due.fenced")
		return nil
	}
	buried := redisdb.Buried{Job: c.Job, Attempt: c.Attempt, Cause: cause, At: c.Now}
	if err := db.keep(redisdb.IndexBuried, bot.Ref{Kind: "buried", ID: c.Key()}, buried, now); err != nil {
		return fmt.Errorf("bury %s: %w", c.Kind, err)
	}
	db.count("due.buried")
	delete(db.leases, c.Key())
	db.due.remove(c.Key())
	return nil
}
