package telegram

import (
	"sync"
	"sync/atomic"
	"time"
)

// Health is what a watcher wants to know about the door.
type Health struct {
	LastPoll   time.Time // last good poll, or when Listen began; zero when it never did
	Updates    int64     // committed
	Parked     int64     // could not be handled and were set aside
	Faults     int64     // polls that failed
	Conflicts  int64     // of them, because another process polls or a webhook was set
	Unanswered int64     // presses whose wheel was left spinning
}

type health struct {
	mu         sync.Mutex
	lastPoll   time.Time
	updates    atomic.Int64
	parked     atomic.Int64
	faults     atomic.Int64
	conflicts  atomic.Int64
	unanswered atomic.Int64
}

// Health is a snapshot.
func (b *Bot) Health() Health {
	h := &b.health
	h.mu.Lock()
	defer h.mu.Unlock()
	return Health{
		LastPoll: h.lastPoll, Updates: h.updates.Load(), Parked: h.parked.Load(),
		Faults: h.faults.Load(), Conflicts: h.conflicts.Load(), Unanswered: h.unanswered.Load(),
	}
}

func (h *health) begin(now time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.lastPoll.IsZero() {
		h.lastPoll = now
	}
}

// heard notes a good poll and returns the moment of the one before.
func (h *health) heard(now time.Time) time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	before := h.lastPoll
	h.lastPoll = now
	return before
}
