package redisdb

import (
	"context"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"trucban/bot"
	"trucban/internal/due"
)

// IndexOpen is the index that holds, by convention, every document that must have a
// next moment: its alarm is the job with the same kind and id.
const IndexOpen = "open"

// Fault is what a sweep found on one open document.
type Fault string

// The closed set of faults.
const (
	NoAlarm Fault = "no_alarm" // nobody will ever look at it again
	Overdue Fault = "overdue"  // its alarm passed long ago and nobody took it
)

// Finding is one open document that needs a look.
type Finding struct {
	Ref   bot.Ref
	Fault Fault
	Late  time.Duration // with Overdue
}

// overdueAfter is when an alarm that nobody took is a finding: several leases and pauses.
const overdueAfter = 15 * time.Minute

// Sweep is the self-audit: it compares every open document with the alarm clock, apart
// from the code that plans alarms. One without an alarm gets one at once, which is
// harmless because the aggregate then says itself when it wants to be looked at. It
// reads 500 documents a round trip and no more than most of them.
func (db *DB) Sweep(ctx context.Context, most int) ([]Finding, error) {
	now, err := db.Now(ctx)
	if err != nil {
		return nil, err
	}
	const page = 500
	var found []Finding
	for at := 0; at < most; at += page {
		refs, err := db.client.ZRange(ctx, db.keys.index(IndexOpen), int64(at), int64(min(at+page, most)-1)).Result()
		if err != nil {
			return nil, fmt.Errorf("sweep open documents: %w", unavailable(err))
		}
		faults, err := db.sweepPage(ctx, refs, now)
		if err != nil {
			return nil, err
		}
		found = append(found, faults...)
		if len(refs) < page {
			break
		}
	}
	return found, nil
}

func (db *DB) sweepPage(ctx context.Context, refs []string, now time.Time) ([]Finding, error) {
	if len(refs) == 0 {
		return nil, nil
	}
	scores := make([]*redis.FloatSliceCmd, len(refs))
	held := make([]*redis.IntCmd, len(refs))
	if _, err := db.client.Pipelined(ctx, func(p redis.Pipeliner) error {
		for i, ref := range refs {
			scores[i] = p.ZMScore(ctx, db.keys.prefix+"due", ref)
			held[i] = p.Exists(ctx, db.keys.prefix+"d:"+ref)
		}
		return nil
	}); err != nil {
		return nil, fmt.Errorf("sweep alarms: %w", unavailable(err))
	}
	var found []Finding
	var plant []redis.Z
	for i, ref := range refs {
		if held[i].Val() == 0 {
			continue // it expired; the next look into the index takes it out
		}
		f := Finding{Ref: bot.ParseRef(ref)}
		score := int64(scores[i].Val()[0])
		switch {
		case score == 0:
			f.Fault = NoAlarm
			plant = append(plant, redis.Z{Score: float64(now.UnixMilli()), Member: ref})
		case now.Sub(fromMillis(score)) > overdueAfter:
			f.Fault, f.Late = Overdue, now.Sub(fromMillis(score))
		default:
			continue
		}
		found = append(found, f)
	}
	if len(plant) > 0 {
		if err := db.client.ZAddNX(ctx, db.keys.prefix+"due", plant...).Err(); err != nil {
			return found, fmt.Errorf("plant missing alarms: %w", unavailable(err))
		}
		if err := db.client.Publish(ctx, db.keys.wake(), WakeDue).Err(); err != nil {
			return found, fmt.Errorf("plant missing alarms: %w", unavailable(err))
		}
	}
	return found, nil
}

// RetryBuried puts a buried job back into the alarm clock, due at once.
func (db *DB) RetryBuried(ctx context.Context, j due.Job) error {
	now, err := db.Now(ctx)
	if err != nil {
		return err
	}
	j.At = now
	gone := bot.Doc{Ref: bot.Ref{Kind: IndexBuried, ID: j.Key()}, Version: bot.AnyVersion}
	return db.Commit(ctx, bot.Change{Docs: []bot.Doc{gone}, Due: []due.Job{j}})
}
