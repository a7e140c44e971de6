package redisdb

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

// ErrPolicy is wrapped when the server may throw keys away by itself.
var ErrPolicy = errors.New("the store may drop keys on its own")

// Server is what a Redis server says about how safe it keeps things.
type Server struct {
	Version string
	Policy  string // maxmemory-policy
	AOF     bool   // an append-only file is kept
	Fsync   string // appendfsync; "" when the server does not tell
	Role    string
}

// Durable says what an acknowledged write survives, in words for the log.
func (s Server) Durable() string {
	switch {
	case !s.AOF:
		return "nothing: no append-only file is kept, a restart of Redis loses everything since the last snapshot"
	case s.Fsync == "always":
		return "a crash of Redis and of the machine"
	case s.Fsync == "everysec":
		return "a crash of Redis while the disk keeps up; a busy disk or a crash of the machine may lose the last two seconds"
	case s.Fsync == "no":
		return "a crash of Redis; a crash of the machine may lose half a minute"
	}
	return "a crash of Redis; appendfsync is not told"
}

// CheckServer asks every master and refuses one whose maxmemory-policy is not
// noeviction. It works with an ACL user that may not call CONFIG.
func (db *DB) CheckServer(ctx context.Context) ([]Server, error) {
	var servers []Server
	ask := func(ctx context.Context, c redis.Cmdable) error {
		s, err := inspect(ctx, c)
		if err != nil {
			return err
		}
		servers = append(servers, s)
		if s.Policy != "" && s.Policy != "noeviction" {
			return fmt.Errorf("%w: maxmemory-policy is %q, set it to noeviction, or alarms and check-ins vanish when memory runs out", ErrPolicy, s.Policy)
		}
		return nil
	}
	if cluster, ok := db.client.(*redis.ClusterClient); ok {
		var mu sync.Mutex
		err := cluster.ForEachMaster(ctx, func(ctx context.Context, c *redis.Client) error {
			mu.Lock()
			defer mu.Unlock()
			return ask(ctx, c)
		})
		return servers, err
	}
	return servers, ask(ctx, db.client)
}

func inspect(ctx context.Context, c redis.Cmdable) (Server, error) {
	var s Server
	info := map[string]string{}
	for _, section := range []string{"server", "memory", "persistence", "replication"} {
		text, err := c.Info(ctx, section).Result()
		if err != nil {
			if strings.Contains(err.Error(), "not supported") {
				continue // the in-process server knows few sections
			}
			return s, fmt.Errorf("ask the server about itself: %w", unavailable(err))
		}
		for line := range strings.Lines(text) {
			if k, v, ok := strings.Cut(strings.TrimSpace(line), ":"); ok {
				info[k] = v
			}
		}
	}
	s = Server{Version: info["redis_version"], Policy: info["maxmemory_policy"], AOF: info["aof_enabled"] == "1", Role: info["role"]}
	if conf, err := c.ConfigGet(ctx, "appendfsync").Result(); err == nil {
		s.Fsync = conf["appendfsync"]
	}
	return s, nil
}

// ErrSchema is wrapped when the namespace was written by a newer program.
var ErrSchema = errors.New("the stored data is of a newer version")

// migration brings the namespace from one version of the layout to the next. It is
// run again when it was interrupted, so it must bear that.
type migration func(ctx context.Context, db *DB) error

// migrations[i] leads from version i+1 to i+2; the layout of keys.go is the last one.
var migrations []migration

// Migrate brings the stored layout to the one this program writes; an empty namespace
// gets its version. One replica does it while the others wait. Call it before any loop starts.
func (db *DB) Migrate(ctx context.Context) error { return db.migrate(ctx, migrations) }

func (db *DB) migrate(ctx context.Context, steps []migration) error {
	const life = 30 * time.Second
	return db.InTurn(ctx, "schema", life, func(ctx context.Context) error {
		key, newest := db.keys.prefix+"schema", len(steps)+1
		if begun, err := db.client.Exists(ctx, db.restoringKey()).Result(); err != nil {
			return fmt.Errorf("look into the namespace: %w", unavailable(err))
		} else if begun > 0 {
			return ErrRestoring
		}
		raw, err := db.client.Get(ctx, key).Result()
		if errors.Is(err, redis.Nil) {
			raw, err = strconv.Itoa(newest), db.client.Set(ctx, key, newest, 0).Err()
		}
		if err != nil {
			return fmt.Errorf("read the version of the stored data: %w", unavailable(err))
		}
		version, err := strconv.Atoi(raw)
		if err != nil || version < 1 {
			return fmt.Errorf("version of the stored data is %q", raw)
		}
		if version > newest {
			return fmt.Errorf("%w: %d, this program knows %d", ErrSchema, version, newest)
		}
		for ; version < newest; version++ {
			if err := steps[version-1](ctx, db); err != nil {
				return fmt.Errorf("bring the stored data to version %d: %w", version+1, err)
			}
			if err := db.client.Set(ctx, key, version+1, 0).Err(); err != nil {
				return fmt.Errorf("note version %d of the stored data: %w", version+1, unavailable(err))
			}
			db.log.Info().Int("version", version+1).Msg("stored data was brought to a newer version")
		}
		return nil
	})
}
