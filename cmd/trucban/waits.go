package main

import (
	"context"
	"slices"
	"sync"
	"time"

	"trucban/bot"
	"trucban/internal/outbox"
)

// waits measures on a stage how long messages wait between the commit that decided them and
// the platform that took them. On a stage the commit is made at the moment the message was due.
type waits struct {
	now func() time.Time

	mu     sync.Mutex
	born   map[string]time.Time
	took   map[outbox.Class][]time.Duration
	dead   map[string]int // given up, by reason
	sorted bool
}

func newWaits(now func() time.Time) *waits {
	return &waits{now: now, born: map[string]time.Time{}, took: map[outbox.Class][]time.Duration{}, dead: map[string]int{}}
}

// measure puts the stage's store and outboxes under measurement; it has not been played yet.
func (w *waits) measure(s *stage) {
	s.app.bot.Store = waitingStore{s.app.bot.Store, w}
	for _, r := range s.app.relays {
		r.Queue = waitingQueue{r.Queue, w}
	}
}

// quantile is how long that part of the messages of a class waited at most, to the millisecond; 1 is the longest wait.
func (w *waits) quantile(part float64, class outbox.Class) time.Duration {
	if !w.sorted {
		for _, list := range w.took {
			slices.Sort(list)
		}
		w.sorted = true
	}
	list := w.took[class]
	if len(list) == 0 {
		return 0
	}
	return list[min(len(list)-1, int(part*float64(len(list))))].Round(time.Millisecond)
}

// add takes the measurements of another stage in.
func (w *waits) add(o *waits) {
	w.sorted = false
	for class, list := range o.took {
		w.took[class] = append(w.took[class], list...)
	}
	for why, n := range o.dead {
		w.dead[why] += n
	}
}

type waitingStore struct {
	bot.Store
	w *waits
}

// Commit implements bot.Store.
func (s waitingStore) Commit(ctx context.Context, c bot.Change) error {
	if err := s.Store.Commit(ctx, c); err != nil {
		return err
	}
	s.w.mu.Lock()
	defer s.w.mu.Unlock()
	for _, it := range c.Out {
		s.w.born[it.ID] = s.w.now()
	}
	return nil
}

type waitingQueue struct {
	outbox.Queue
	w *waits
}

// Settle implements outbox.Queue.
func (q waitingQueue) Settle(ctx context.Context, c outbox.Claim, v outbox.Verdict) error {
	if err := q.Queue.Settle(ctx, c, v); err != nil {
		return err
	}
	q.w.mu.Lock()
	defer q.w.mu.Unlock()
	if v.Bury != "" {
		q.w.dead[v.Bury]++
	}
	if at, known := q.w.born[c.ID]; known && v.Done && v.Spent {
		q.w.took[c.Class] = append(q.w.took[c.Class], q.w.now().Sub(at))
	}
	if v.Done || v.Bury != "" {
		delete(q.w.born, c.ID)
	}
	return nil
}
