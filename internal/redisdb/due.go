package redisdb

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"trucban/bot"
	"trucban/internal/due"
)

// Buried is the document kept of a job whose handler kept failing: Ref{"buried", key},
// found by the index "buried" in the order of its burial.
type Buried struct {
	Job     due.Job   `json:"job"`
	Attempt int       `json:"attempt"`
	Cause   string    `json:"cause"`
	At      time.Time `json:"at"`
}

// dueQueue is the alarm clock behind due.Queue; the outbox has methods of the same names.
type dueQueue struct{ db *DB }

func (q dueQueue) keys() []string {
	p := q.db.keys.prefix
	return []string{p + "due", p + "due:lease", q.db.keys.seq(), q.db.keys.stat()}
}

// Claim hands out at most n due entries under a lease, earliest first.
func (q dueQueue) Claim(ctx context.Context, n int, lease time.Duration) ([]due.Claim, time.Time, error) {
	r, err := q.db.run(ctx, q.db.scripts.dueClaim, q.keys(), n, span(lease))
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("claim due jobs: %w", err)
	}
	flat := r.list(0)
	jobs := make([]due.Claim, 0, len(flat)/4)
	for i := 0; i+3 < len(flat); i += 4 {
		kind, id, _ := strings.Cut(toString(flat[i]), ":")
		jobs = append(jobs, due.Claim{
			Job:   due.Job{Kind: kind, ID: id, At: fromMillis(toInt(flat[i+1]))},
			Token: toString(flat[i+2]), Attempt: int(toInt(flat[i+3])), Now: r.now,
		})
	}
	return jobs, fromMillis(toInt(r.str(1))), nil
}

// Until is DB.Until.
func (q dueQueue) Until(t time.Time) time.Duration { return q.db.Until(t) }

// Retry gives a claim back; nothing happens when its lease was lost.
func (q dueQueue) Retry(ctx context.Context, c due.Claim, after time.Duration, _ string) error {
	if _, err := q.db.run(ctx, q.db.scripts.dueGive, q.keys(), c.Key(), c.Token, span(after), "", ""); err != nil {
		return fmt.Errorf("give back %s: %w", c.Kind, err)
	}
	return nil
}

// Bury takes a claim out of the clock and keeps it as a Buried document;
// nothing happens when its lease was lost.
func (q dueQueue) Bury(ctx context.Context, c due.Claim, cause string) error {
	ref := bot.Ref{Kind: "buried", ID: c.Key()}
	data, err := json.Marshal(Buried{Job: c.Job, Attempt: c.Attempt, Cause: cause, At: c.Now})
	if err != nil {
		return fmt.Errorf("bury %s: %w", c.Kind, err)
	}
	if _, err := q.db.run(ctx, q.db.scripts.dueGive, q.keys(), c.Key(), c.Token, -1, ref.String(), data); err != nil {
		return fmt.Errorf("bury %s: %w", c.Kind, err)
	}
	return nil
}
