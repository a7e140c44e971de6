package redisdb

import (
	"context"
	"fmt"
	"time"

	"trucban/internal/chat"
	"trucban/internal/outbox"
)

// Stats is the state of the namespace for metrics and the health page.
type Stats struct {
	At        time.Time
	Due       int           // entries of the alarm clock
	Leased    int           // of them handed out or waiting for another try
	Lag       time.Duration // how long the oldest entry not handed out is overdue; 0 when none is
	LogLength int
	Dead      int // messages given up
	Stale     int // messages that came too late, not yet reported
	Buried    int // jobs given up
	// Counters only grow: commit.conflict, due.fenced, due.lost, due.retried, due.buried,
	// out.done, out.again, out.buried, out.fenced, out.lost, out.late, out.needless,
	// out.coalesced, out.repaired, clock.back.
	Counters map[string]int64
	Outboxes map[chat.Name]OutboxStats
}

// OutboxStats is one platform's part.
type OutboxStats struct {
	Waiting   map[outbox.Class]int
	Aside     int       // put aside after failures
	Spent     int       // messages sent this month, counted where there is a budget or not
	HeldUntil time.Time // the platform as a whole is silent until then; zero: it is not
}

// Stats reads the counters and queue lengths in one round trip.
func (db *DB) Stats(ctx context.Context, platforms ...chat.Name) (Stats, error) {
	args := make([]any, len(platforms))
	for i, p := range platforms {
		args[i] = string(p)
	}
	k := db.keys
	r, err := db.run(ctx, db.scripts.stats, []string{k.prefix + "due", k.prefix + "due:lease", k.log(), k.stat()}, args...)
	if err != nil {
		return Stats{}, fmt.Errorf("read the statistics: %w", err)
	}
	n := func(i int) int { return int(toInt(r.vals[i])) }
	s := Stats{
		At: r.now, Due: n(0), Leased: n(1), LogLength: n(3), Dead: n(4), Stale: n(5), Buried: n(6),
		Counters: map[string]int64{}, Outboxes: map[chat.Name]OutboxStats{},
	}
	if first := fromMillis(toInt(r.vals[2])); !first.IsZero() && r.now.After(first) {
		s.Lag = r.now.Sub(first)
	}
	counters := r.list(7)
	for i := 0; i+1 < len(counters); i += 2 {
		if name := toString(counters[i]); name != "due.clock" {
			s.Counters[name] = toInt(counters[i+1])
		}
	}
	const fields = 10
	per := r.list(8)
	for i := 0; i+fields <= len(per); i += fields {
		o := OutboxStats{Waiting: map[outbox.Class]int{}}
		for c, class := range outbox.Classes {
			o.Waiting[class] = int(toInt(per[i+1+c]))
		}
		o.Aside, o.Spent = int(toInt(per[i+7])), int(toInt(per[i+8]))
		o.HeldUntil = fromMillis(toInt(per[i+9]))
		s.Outboxes[chat.Name(toString(per[i]))] = o
	}
	return s, nil
}
