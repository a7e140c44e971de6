package redisdb

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
)

func (db *DB) aliveKey() string { return db.keys.prefix + "alive" }

// Beat notes that the program's loops go round; the watcher beside it reads the note.
func (db *DB) Beat(ctx context.Context) error {
	now, err := db.Now(ctx)
	if err != nil {
		return err
	}
	if err := db.client.Set(ctx, db.aliveKey(), now.UnixMilli(), 0).Err(); err != nil {
		return fmt.Errorf("note the beat: %w", unavailable(err))
	}
	return nil
}

// LastBeat is when the newest beat was noted, zero before the first, and the shared clock.
func (db *DB) LastBeat(ctx context.Context) (beat, now time.Time, err error) {
	if now, err = db.Now(ctx); err != nil {
		return beat, now, err
	}
	ms, err := db.client.Get(ctx, db.aliveKey()).Int64()
	if err != nil && !errors.Is(err, redis.Nil) {
		return beat, now, fmt.Errorf("read the beat: %w", unavailable(err))
	}
	return fromMillis(ms), now, nil
}
