package redisdb

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	"trucban/bot"
)

// Load reads the documents as they stood at one moment, in the order asked. Reads that
// come at the same time go to Redis together.
func (db *DB) Load(ctx context.Context, refs ...bot.Ref) ([]bot.Doc, error) {
	if len(refs) == 0 {
		return nil, nil
	}
	q := question{n: len(refs), args: make([]any, 0, 2*len(refs))}
	for _, r := range refs {
		if r.Kind == KindWave {
			q.args = append(q.args, "wave", r.ID)
		} else {
			q.args = append(q.args, "doc", r.String())
		}
	}
	found, err := db.ask(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("load documents: %w", err)
	}
	docs := make([]bot.Doc, len(refs))
	for i, r := range refs {
		f, _ := found[i].([]any)
		if r.Kind != KindWave {
			docs[i] = db.decode(r, f)
		} else if docs[i], err = waveDoc(r, f); err != nil {
			return nil, fmt.Errorf("load documents: %w", err)
		}
	}
	return docs, nil
}

// question is what one reader asks for, as lua/read.lua names it; each of its n parts has an answer.
type question struct {
	n    int
	args []any
}

// ask asks together with others; a long question goes alone, since nobody shall wait for its answer.
func (db *DB) ask(ctx context.Context, q question) ([]any, error) {
	if q.n <= mostTogether {
		return db.reads.do(ctx, q)
	}
	answers, err := db.readAll(ctx, []question{q})
	if err != nil {
		return nil, err
	}
	return answers[0], nil
}

// readAll answers the questions in one round trip; each answer has its question's parts in order.
func (db *DB) readAll(ctx context.Context, asked []question) ([][]any, error) {
	n, size := 0, 1
	for _, q := range asked {
		n, size = n+q.n, size+len(q.args)
	}
	args := append(make([]any, 0, size), n)
	for _, q := range asked {
		args = append(args, q.args...)
	}
	r, err := db.run(ctx, db.scripts.read, nil, args...)
	if err != nil {
		return nil, err
	}
	found := r.list(0)
	if len(found) != n {
		return nil, fmt.Errorf("%d answers to %d questions", len(found), n)
	}
	answers := make([][]any, len(asked))
	for i, q := range asked {
		answers[i], found = found[:q.n], found[q.n:]
	}
	return answers, nil
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
	q := question{n: 1, args: []any{"index", r.Index, strconv.FormatInt(r.From, 10), strconv.FormatInt(r.To, 10), max(r.Limit, 0), bit(r.Desc)}}
	found, err := db.reads.do(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("find in %s: %w", r.Index, err)
	}
	flat, _ := found[0].([]any)
	docs := make([]bot.Doc, 0, len(flat)/4)
	for i := 0; i+3 < len(flat); i += 4 {
		docs = append(docs, db.decode(bot.ParseRef(toString(flat[i])), flat[i+1:i+4]))
	}
	return docs, nil
}
