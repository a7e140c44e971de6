package memdb

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"trucban/bot"
	"trucban/internal/redisdb"
)

// document is a stored document.
type document struct {
	version int64
	data    json.RawMessage
	marks   []string
	indexes []string
	expires int64 // 0: never
}

const (
	seenLife     = int64(50 * time.Hour / time.Millisecond)
	sameLife     = int64(time.Minute / time.Millisecond)
	acceptedLife = int64(48 * time.Hour / time.Millisecond)
	cardLife     = int64(60 * 24 * time.Hour / time.Millisecond)
	kept         = 1000 // documents of the machinery itself, of each kind
)

// expire takes out the documents whose time is over.
func (db *DB) expire(now int64) {
	for {
		e, ok := db.expiring.first()
		if !ok || e.score > now {
			return
		}
		db.remove(e.key)
	}
}

func (db *DB) index(name string) *sorted {
	x := db.indexes[name]
	if x == nil {
		x = &sorted{}
		db.indexes[name] = x
	}
	return x
}

// remove takes a document out with its index entries.
func (db *DB) remove(ref string) {
	if old := db.docs[ref]; old != nil {
		for _, x := range old.indexes {
			db.index(x).remove(ref)
		}
	}
	delete(db.docs, ref)
	db.expiring.remove(ref)
}

// Load reads the documents as they stand at one moment, in the order asked.
func (db *DB) Load(_ context.Context, refs ...bot.Ref) ([]bot.Doc, error) {
	_, unlock := db.lock()
	defer unlock()
	docs := make([]bot.Doc, len(refs))
	for i, r := range refs {
		if r.Kind == redisdb.KindWave {
			d, err := db.waveDoc(r)
			if err != nil {
				return nil, fmt.Errorf("load documents: %w", err)
			}
			docs[i] = d
			continue
		}
		docs[i] = db.docs[r.String()].read(r)
	}
	return docs, nil
}

func (d *document) read(r bot.Ref) bot.Doc {
	if d == nil {
		return bot.Doc{Ref: r}
	}
	return bot.Doc{Ref: r, Version: d.version, Data: d.data, Marks: slices.Clone(d.marks)}
}

// Find reads the documents of an index.
func (db *DB) Find(_ context.Context, r bot.Range) ([]bot.Doc, error) {
	_, unlock := db.lock()
	defer unlock()
	found := db.index(r.Index).between(r.From, r.To, max(r.Limit, 0), r.Desc)
	docs := make([]bot.Doc, len(found))
	for i, e := range found {
		docs[i] = db.docs[e.key].read(bot.ParseRef(e.key))
	}
	return docs, nil
}

// Commit makes the change, or returns bot.ErrSeen, bot.ErrLeaseLost or
// bot.ErrConflict and makes nothing of it.
func (db *DB) Commit(_ context.Context, c bot.Change) error {
	for _, it := range c.Out {
		if err := it.Check(); err != nil {
			return fmt.Errorf("commit: %w", err)
		}
	}
	logged := 0
	for _, e := range c.Log {
		data, err := json.Marshal(e)
		if err != nil {
			return fmt.Errorf("event %s: %w", e.What, err)
		}
		logged += len(data)
	}
	now, unlock := db.lock()
	defer unlock()
	if err := db.refuse(c, now); err != nil {
		return err
	}
	db.seq += int64(len(c.Out)) + 1
	version := db.seq - int64(len(c.Out))
	for _, d := range c.Docs {
		db.write(d, version, now)
	}
	settled := ""
	if c.Settle != nil {
		settled = c.Settle.Key()
		db.due.remove(settled)
		delete(db.leases, settled)
	}
	for _, j := range c.Due {
		delete(db.leases, j.Key())
		if j.At.IsZero() {
			db.due.remove(j.Key())
		} else {
			db.due.set(j.Key(), millis(j.At))
		}
	}
	for i, it := range c.Out {
		db.enqueue(it, version+int64(i)+1, now)
	}
	db.events += len(c.Log)
	db.eventBytes += int64(logged)
	return nil
}

// refuse says why the change may not be made. What is not refused is marked as seen.
func (db *DB) refuse(c bot.Change, now int64) error {
	if _, had := db.seen.until[c.Seen]; had && c.Seen != "" && db.seen.until[c.Seen] > now {
		return bot.ErrSeen
	}
	if until, had := db.same.until[c.Same]; had && c.Same != "" && until > now {
		return bot.ErrSeen
	}
	if c.Settle != nil && !db.holds(c.Settle.Key(), c.Settle.Token) {
		db.count("due.fenced")
		return bot.ErrLeaseLost
	}
	for _, d := range c.Docs {
		if have := db.docs[d.String()].read(d.Ref); d.Version >= 0 && d.Version != have.Version {
			db.count("commit.conflict")
			return fmt.Errorf("%w: %s", bot.ErrConflict, d)
		}
	}
	if c.Seen != "" {
		db.seen.add(c.Seen, now, seenLife)
	}
	if c.Same != "" {
		db.same.add(c.Same, now, sameLife)
	}
	return nil
}

func (db *DB) write(d bot.Doc, version, now int64) {
	ref := d.String()
	db.remove(ref)
	if d.Data == nil {
		return
	}
	n := &document{version: version, data: d.Data, marks: slices.Clone(d.Marks)}
	for _, x := range d.Index {
		db.index(x.Index).set(ref, x.Score)
		n.indexes = append(n.indexes, x.Index)
	}
	if ttl := span(d.TTL); ttl > 0 {
		n.expires = now + ttl
		db.expiring.set(ref, n.expires)
	}
	db.docs[ref] = n
}

// keep stores a document of the machinery itself, the newest of its kind.
func (db *DB) keep(index string, ref bot.Ref, v any, now int64) error {
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("keep %s: %w", ref, err)
	}
	db.write(bot.Doc{Ref: ref, Data: data, Index: []bot.Entry{{Index: index, Score: now}}}, db.next(), now)
	x := db.index(index)
	for x.len() > kept {
		oldest, _ := x.first()
		db.remove(oldest.key)
	}
	return nil
}
