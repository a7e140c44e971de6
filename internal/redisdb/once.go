package redisdb

import (
	"context"
	"fmt"
	"time"
)

// Use reports whether the id is used for the first time in the namespace. It is
// remembered until the moment given, at least a minute.
func (db *DB) Use(ctx context.Context, id string, until time.Time) (bool, error) {
	now, err := db.Now(ctx)
	if err != nil {
		return false, fmt.Errorf("use a link once: %w", err)
	}
	first, err := db.client.SetNX(ctx, db.keys.once(id), "1", max(until.Sub(now), time.Minute)).Result()
	if err != nil {
		return false, fmt.Errorf("use a link once: %w", unavailable(err))
	}
	return first, nil
}

// Secret is the namespace's secret of that name, the same for every replica; the
// first who asks makes it from fresh.
func (db *DB) Secret(ctx context.Context, name string, fresh []byte) ([]byte, error) {
	key := db.keys.secret(name)
	if err := db.client.SetNX(ctx, key, fresh, 0).Err(); err != nil {
		return nil, fmt.Errorf("keep a secret: %w", unavailable(err))
	}
	have, err := db.client.Get(ctx, key).Bytes()
	if err != nil {
		return nil, fmt.Errorf("read a secret: %w", unavailable(err))
	}
	return have, nil
}
