package memdb

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"trucban/bot"
	"trucban/internal/chat"
	"trucban/internal/due"
	"trucban/internal/outbox"
	"trucban/internal/redisdb"
)

// Options are what a DB is made of.
type Options struct {
	// Now is the clock; it never goes back.
	Now func() time.Time
	// Limits says how fast a platform may be spoken to; nil means without limits.
	Limits func(chat.Name) chat.Limits
	// StaleJob, when set, is planted in the alarm clock five seconds after messages went stale.
	StaleJob due.Job
}

// DB is a namespace's store, alarm clock and outbox. It is safe for concurrent use.
type DB struct {
	now      func() time.Time
	limits   func(chat.Name) chat.Limits
	staleJob string

	mu         sync.Mutex
	seq        int64
	seen       marks
	same       marks
	docs       map[string]*document
	indexes    map[string]*sorted
	expiring   sorted
	due        sorted
	leases     map[string]*lease
	events     int
	eventBytes int64
	counters   map[string]int64

	accepted marks
	items    map[string]*item
	doors    map[chat.Name]*door
	cards    map[string]string        // "<card>@<address>" -> id of its message
	waiting  map[string]string        // "<card>@<address>" -> the item of the card that still waits
	waves    map[string]*redisdb.Wave // delivery receipts
}

var (
	_ bot.Store    = (*DB)(nil)
	_ due.Queue    = dueQueue{}
	_ outbox.Queue = outQueue{}
)

// New makes an empty namespace.
func New(o Options) (*DB, error) {
	if o.Now == nil {
		return nil, errors.New("memdb: a clock is needed")
	}
	if o.Limits == nil {
		o.Limits = func(chat.Name) chat.Limits { return chat.Limits{} }
	}
	db := &DB{
		now: o.Now, limits: o.Limits, docs: map[string]*document{}, indexes: map[string]*sorted{}, leases: map[string]*lease{},
		counters: map[string]int64{}, items: map[string]*item{}, doors: map[chat.Name]*door{}, cards: map[string]string{},
		waiting: map[string]string{}, waves: map[string]*redisdb.Wave{},
	}
	if o.StaleJob.Kind != "" {
		db.staleJob = o.StaleJob.Key()
	}
	return db, nil
}

// Due is the alarm clock of the namespace.
func (db *DB) Due() due.Queue { return dueQueue{db} }

// Outbox is the message queue of the namespace.
func (db *DB) Outbox() outbox.Queue { return outQueue{db} }

// Until is how long it is to a moment of the clock.
func (db *DB) Until(t time.Time) time.Duration { return t.Sub(db.now()) }

// lock takes the namespace for one operation and is the moment of it, UTC ms.
func (db *DB) lock() (now int64, unlock func()) {
	db.mu.Lock()
	now = db.now().UnixMilli()
	db.expire(now)
	return now, db.mu.Unlock
}

func (db *DB) next() int64 {
	db.seq++
	return db.seq
}

func (db *DB) count(name string) { db.counters[name]++ }

// Stats is what redisdb.DB.Stats says of a namespace.
func (db *DB) Stats(_ context.Context, platforms ...chat.Name) (redisdb.Stats, error) {
	now, unlock := db.lock()
	defer unlock()
	s := redisdb.Stats{
		At: fromMillis(now), Due: db.due.len(), Leased: len(db.leases), LogLength: db.events,
		Dead: db.index(redisdb.IndexDead).len(), Stale: db.index(redisdb.IndexStale).len(), Buried: db.index(redisdb.IndexBuried).len(),
		Counters: map[string]int64{}, Outboxes: map[chat.Name]redisdb.OutboxStats{},
	}
	for _, e := range db.due.between(0, now, 0, false) {
		if db.leases[e.key] == nil {
			s.Lag = time.Duration(now-e.score) * time.Millisecond
			break
		}
	}
	for name, n := range db.counters {
		s.Counters[name] = n
	}
	for _, p := range platforms {
		s.Outboxes[p] = db.door(p).stats(now)
	}
	return s, nil
}

// millis rounds up, so that a moment is never reached early; zero stays 0.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Add(time.Millisecond - 1).UnixMilli()
}

func fromMillis(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// span is a duration in whole milliseconds, rounded up.
func span(d time.Duration) int64 {
	return int64((max(d, 0) + time.Millisecond - 1) / time.Millisecond)
}

// token is a lease's fence.
func (db *DB) token() string { return fmt.Sprint(db.next()) }
