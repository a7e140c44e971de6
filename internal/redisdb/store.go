package redisdb

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/redis/go-redis/v9"

	"trucban/bot"
)

// Load reads the documents in one round trip as they stood at one moment, in the order asked.
func (db *DB) Load(ctx context.Context, refs ...bot.Ref) ([]bot.Doc, error) {
	if len(refs) == 0 {
		return nil, nil
	}
	cmds := make([]redis.Cmder, len(refs))
	read := func(p redis.Pipeliner) error {
		for i, r := range refs {
			if r.Kind == KindWave {
				cmds[i] = p.HGetAll(ctx, db.keys.prefix+"o:w:"+r.ID)
			} else {
				cmds[i] = p.HMGet(ctx, db.keys.doc(r), "v", "d", "m", "e")
			}
		}
		return nil
	}
	var err error
	if len(refs) == 1 {
		_, err = db.client.Pipelined(ctx, read)
	} else {
		_, err = db.client.TxPipelined(ctx, read)
	}
	if err != nil {
		return nil, fmt.Errorf("load documents: %w", unavailable(err))
	}
	docs := make([]bot.Doc, len(refs))
	for i, r := range refs {
		switch c := cmds[i].(type) {
		case *redis.SliceCmd:
			docs[i] = db.decode(r, c.Val())
		case *redis.MapStringStringCmd:
			if docs[i], err = waveDoc(r, c.Val()); err != nil {
				return nil, fmt.Errorf("load documents: %w", err)
			}
		}
	}
	return docs, nil
}

// decode builds a document from its fields v, d, m and, with a clock of our own, e.
func (db *DB) decode(r bot.Ref, f []any) bot.Doc {
	d := bot.Doc{Ref: r}
	if len(f) < 3 || f[0] == nil {
		return d
	}
	if db.now != nil && len(f) > 3 && f[3] != nil && toInt(f[3]) <= db.now().UnixMilli() {
		return d
	}
	d.Version = toInt(f[0])
	d.Data = json.RawMessage(toString(f[1]))
	d.Marks = splitMarks(toString(f[2]))
	return d
}

// Find reads the documents of an index in one round trip.
func (db *DB) Find(ctx context.Context, r bot.Range) ([]bot.Doc, error) {
	out, err := db.run(ctx, db.scripts.find, []string{db.keys.index(r.Index)},
		strconv.FormatInt(r.From, 10), strconv.FormatInt(r.To, 10), max(r.Limit, 0), bit(r.Desc))
	if err != nil {
		return nil, fmt.Errorf("find in %s: %w", r.Index, err)
	}
	flat := out.list(0)
	docs := make([]bot.Doc, 0, len(flat)/4)
	for i := 0; i+3 < len(flat); i += 4 {
		docs = append(docs, db.decode(bot.ParseRef(toString(flat[i])), flat[i+1:i+4]))
	}
	return docs, nil
}
