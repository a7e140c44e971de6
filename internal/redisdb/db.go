package redisdb

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"

	"trucban/bot"
	"trucban/internal/chat"
	"trucban/internal/due"
	"trucban/internal/outbox"
)

// Options are what a DB is made of.
type Options struct {
	// Client speaks to a single server, a Sentinel group or a Cluster.
	Client redis.UniversalClient
	// Namespace is the hash tag under which everything lies; one organisation tree.
	Namespace string
	// Now, when set, is the clock instead of the Redis server's: for the trial mode and tests.
	Now func() time.Time
	Log zerolog.Logger
	// Limits says how fast a platform may be spoken to; nil means without limits.
	Limits func(chat.Name) chat.Limits
	// Replicas, when set, is how many replicas must have a commit before it counts as made. Redis
	// copies to them after it has answered, so without this a failover may lose the newest
	// commits. For Sentinel groups; a Cluster or a single server leave it 0.
	Replicas int
	// Self, when set, tells this process from every other one that is alive; a restarted
	// process has its predecessor's. It makes leases the predecessor died with free at once.
	Self string
	// StaleJob, when set, is planted in the alarm clock five seconds after messages went
	// stale, so that one handler sums all of them up for the desk; its At is not used.
	StaleJob due.Job
}

// DB is the namespace's store, alarm clock and outbox.
type DB struct {
	client  redis.UniversalClient
	keys    keys
	now     func() time.Time
	log     zerolog.Logger
	limits  func(chat.Name) chat.Limits
	scripts scripts

	replicas  int    // Options.Replicas
	self      string // Options.Self
	staleJob  string // key of Options.StaleJob, "" without one
	logLength int64  // events kept in the audit log

	reads   together[question, []any]
	commits together[[]any, verdict]
	settles together[[]any, struct{}]

	aliasKey atomic.Pointer[[]byte] // what pseudonyms are made with; nil until needed

	last   atomic.Int64 // the shared clock at the newest answer, ms
	wakeMu sync.Mutex
	wakers map[string][]chan struct{}
}

var (
	_ bot.Store    = (*DB)(nil)
	_ due.Queue    = dueQueue{}
	_ outbox.Queue = outQueue{}
)

// New checks the options; it does not speak to Redis yet.
func New(o Options) (*DB, error) {
	if o.Client == nil {
		return nil, errors.New("redisdb: a client is needed")
	}
	if !validNamespace(o.Namespace) {
		return nil, fmt.Errorf("redisdb: namespace %q is empty or holds braces, colons or blanks", o.Namespace)
	}
	if o.Limits == nil {
		o.Limits = func(chat.Name) chat.Limits { return chat.Limits{} }
	}
	s, err := loadScripts()
	if err != nil {
		return nil, err
	}
	staleJob := ""
	if o.StaleJob.Kind != "" {
		staleJob = o.StaleJob.Key()
	}
	db := &DB{
		client: o.Client, replicas: o.Replicas, self: o.Self, staleJob: staleJob, logLength: LogLength, keys: newKeys(o.Namespace), now: o.Now, log: o.Log,
		limits: o.Limits, scripts: s, wakers: map[string][]chan struct{}{},
	}
	db.reads.run, db.commits.run, db.settles.run = db.readAll, db.commitAll, db.settleAll
	return db, nil
}

// Due is the alarm clock of the namespace.
func (db *DB) Due() due.Queue { return dueQueue{db} }

// Outbox is the message queue of the namespace.
func (db *DB) Outbox() outbox.Queue { return outQueue{db} }

// Now is the shared clock.
func (db *DB) Now(ctx context.Context) (time.Time, error) {
	if db.now != nil {
		return db.now().UTC(), nil
	}
	t, err := db.client.Time(ctx).Result()
	if err != nil {
		return time.Time{}, fmt.Errorf("read the clock: %w", unavailable(err))
	}
	return t.UTC(), nil
}

// Until is how long it is to a moment of the shared clock, as seen at the newest
// answer of Redis. Loops call it right after a claim, so it needs no clock of its own
// and a step of the machine's clock does not touch it.
func (db *DB) Until(t time.Time) time.Duration {
	return t.Sub(time.UnixMilli(db.last.Load()))
}

// clockArg is the clock for the scripts: empty lets them ask the server.
func (db *DB) clockArg() any {
	if db.now == nil {
		return ""
	}
	return db.now().UnixMilli()
}

// unavailable marks every fault of Redis so that callers can tell it from the
// outcomes of a commit; the cause stays in the chain.
func unavailable(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%w: %w", bot.ErrUnavailable, err)
}
