package redisdb

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// restoreBatch is how many keys go to Redis at once.
const restoreBatch = 200

func (db *DB) namespace() string {
	return strings.TrimSuffix(strings.TrimPrefix(db.keys.prefix, "{"), "}:")
}

// restoringKey stands while a restore is under way; Migrate refuses such a namespace.
func (db *DB) restoringKey() string { return db.keys.prefix + "restoring" }

// Restore writes a backup into this namespace, whichever it was taken of. The namespace must be
// empty, or hold a restore that did not end. The file is believed only when its signature fits.
func (db *DB) Restore(ctx context.Context, r io.ReadSeeker, passphrase string) (BackupInfo, error) {
	info, packed, err := openBackup(r, passphrase)
	if err != nil {
		return info, err
	}
	if v, err := strconv.Atoi(info.Schema); info.Schema != "" && (err != nil || v > len(migrations)+1) {
		return info, fmt.Errorf("%w: %q", ErrSchema, info.Schema)
	}
	if err := db.clearUnfinished(ctx); err != nil {
		return info, err
	}
	first, err := db.client.SetNX(ctx, db.restoringKey(), info.Namespace, 0).Result()
	if err != nil {
		return info, fmt.Errorf("begin the restore: %w", unavailable(err))
	}
	if !first {
		return info, fmt.Errorf("begin the restore: %w", ErrNotEmpty)
	}
	var batch []backupKey
	n, err := eachBackupKey(packed, func(k backupKey) error {
		if batch = append(batch, k); len(batch) < restoreBatch {
			return nil
		}
		defer func() { batch = batch[:0] }()
		return db.writeKeys(ctx, batch)
	})
	if err == nil {
		err = db.writeKeys(ctx, batch)
	}
	if err == nil && n != info.Keys {
		err = fmt.Errorf("the backup names %d keys and holds %d", info.Keys, n)
	}
	if err != nil {
		return info, fmt.Errorf("restore: %w", err)
	}
	if err := db.client.Del(ctx, db.restoringKey()).Err(); err != nil {
		return info, fmt.Errorf("end the restore: %w", unavailable(err))
	}
	return info, nil
}

// clearUnfinished refuses a namespace in use and empties one a restore was cut off in.
func (db *DB) clearUnfinished(ctx context.Context) error {
	keys, err := db.everyKey(ctx)
	if err != nil || len(keys) == 0 {
		return err
	}
	begun, err := db.client.Exists(ctx, db.restoringKey()).Result()
	if err != nil {
		return fmt.Errorf("look into the namespace: %w", unavailable(err))
	}
	if begun == 0 {
		return fmt.Errorf("%w: %s has %d keys", ErrNotEmpty, db.namespace(), len(keys))
	}
	return db.removeKeys(ctx, keys)
}

// Wipe removes the whole namespace and says how many keys it had.
func (db *DB) Wipe(ctx context.Context) (int, error) {
	keys, err := db.everyKey(ctx)
	if err != nil {
		return 0, err
	}
	return len(keys), db.removeKeys(ctx, keys)
}

func (db *DB) removeKeys(ctx context.Context, keys []string) error {
	for len(keys) > 0 {
		n := min(len(keys), 1000)
		if err := db.client.Del(ctx, keys[:n]...).Err(); err != nil {
			return fmt.Errorf("empty the namespace: %w", unavailable(err))
		}
		keys = keys[n:]
	}
	return nil
}

// everyKey lists the keys of the namespace, on the server that holds its slot.
func (db *DB) everyKey(ctx context.Context) ([]string, error) {
	var scan redis.Cmdable = db.client
	if c, ok := db.client.(*redis.ClusterClient); ok {
		master, err := c.MasterForKey(ctx, db.keys.seq())
		if err != nil {
			return nil, fmt.Errorf("find the namespace's server: %w", unavailable(err))
		}
		scan = master
	}
	pattern := strings.NewReplacer("*", `\*`, "?", `\?`, "[", `\[`, "]", `\]`, `\`, `\\`).Replace(db.keys.prefix) + "*"
	seen := map[string]bool{}
	var keys []string
	for cursor := uint64(0); ; {
		page, next, err := scan.Scan(ctx, cursor, pattern, 1000).Result()
		if err != nil {
			return nil, fmt.Errorf("list the namespace: %w", unavailable(err))
		}
		for _, k := range page {
			if !seen[k] {
				seen[k] = true
				keys = append(keys, k)
			}
		}
		if cursor = next; cursor == 0 {
			return keys, nil
		}
	}
}

func (db *DB) writeKeys(ctx context.Context, list []backupKey) error {
	if len(list) == 0 {
		return nil
	}
	var faults []error
	_, err := db.client.Pipelined(ctx, func(p redis.Pipeliner) error {
		for _, k := range list {
			if err := writeKey(ctx, p, db.keys.prefix+k.Key, k); err != nil {
				faults = append(faults, err)
			}
		}
		return nil
	})
	if err != nil {
		faults = append(faults, unavailable(err))
	}
	return errors.Join(faults...)
}

// mostArgs bounds one command, so that a long list does not hold Redis up.
const mostArgs = 2000

// writeKey is the inverse of readDump.
func writeKey(ctx context.Context, p redis.Pipeliner, key string, k backupKey) error {
	command := map[string]string{"string": "SET", "hash": "HSET", "list": "RPUSH", "set": "SADD", "zset": "ZADD"}[k.Type]
	switch {
	case k.Type == "stream":
		if err := writeStream(ctx, p, key, k.Value); err != nil {
			return err
		}
	case command == "":
		return fmt.Errorf("key %s is of the unknown type %q", k.Key, k.Type)
	case k.Type == "string" && len(k.Value) != 1, (k.Type == "hash" || k.Type == "zset") && len(k.Value)%2 != 0:
		return fmt.Errorf("key %s is damaged", k.Key)
	default:
		for at := 0; at < len(k.Value); at += mostArgs {
			args := []any{command, key}
			for i := at; i < min(at+mostArgs, len(k.Value)); i++ {
				v := k.Value[i]
				if k.Type == "zset" { // ZADD wants the score first
					v = k.Value[i^1]
				}
				args = append(args, v)
			}
			p.Do(ctx, args...)
		}
	}
	if k.Until > 0 {
		p.PExpireAt(ctx, key, time.UnixMilli(k.Until))
	}
	return nil
}

func writeStream(ctx context.Context, p redis.Pipeliner, key string, v [][]byte) error {
	for i := 0; i < len(v); {
		if i+1 >= len(v) {
			return fmt.Errorf("stream %s is damaged", key)
		}
		n, err := strconv.Atoi(string(v[i+1]))
		if err != nil || n < 0 || i+2+n > len(v) {
			return fmt.Errorf("stream %s is damaged", key)
		}
		args := []any{"XADD", key, v[i]}
		for _, f := range v[i+2 : i+2+n] {
			args = append(args, f)
		}
		p.Do(ctx, args...)
		i += 2 + n
	}
	return nil
}

// MarshalJSON keeps an empty value apart from a missing one.
func (k backupKey) MarshalJSON() ([]byte, error) {
	type plain backupKey
	if k.Value == nil {
		k.Value = [][]byte{}
	}
	return json.Marshal(plain(k))
}
