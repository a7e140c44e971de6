// Package flood counts what people send, so that one who sends without end takes
// no time and no messages from the others.
//
// It promises that what was sent at a moderate pace is let through whenever it
// arrives: a token bucket runs on the moments things were sent at, not on when
// they came in, so that a backlog after an outage is not a flood. It counts in
// memory, for one process: a door that is polled is polled by one process at a
// time, and behind webhooks each of n processes counts its share, so that at most
// n times as much comes through. In return a refusal costs the store nothing. A
// process that starts anew begins with full buckets. It decides only; what is said
// to whom is the caller's.
package flood

import (
	"sync"
	"time"
)

// Rate is a token bucket's size: Burst at once, and one more each Every.
type Rate struct {
	Burst int
	Every time.Duration
}

// Bucket is one bucket something is counted in, such as a person's or a group's.
type Bucket struct {
	Key string
	Rate
}

// Verdict is what became of one thing that was sent.
type Verdict struct {
	// Refused is how many were refused in the present run of refusals, this one
	// counted; 0: it is let through. The first of a run is the one to answer.
	Refused int
	Key     string    // the bucket that was empty
	Since   time.Time // when the first of the run was sent
}

// Meter counts. It is safe for concurrent use.
type Meter struct {
	most int

	mu   sync.Mutex
	have map[string]*level
}

// level is what one bucket holds at a moment.
type level struct {
	Rate
	tokens  float64
	at      time.Time
	refused int
	since   time.Time
}

// NewMeter makes a meter that remembers at most so many buckets; those that are
// full again are forgotten first, which changes nothing.
func NewMeter(most int) *Meter { return &Meter{most: most, have: map[string]*level{}} }

// Take counts something sent at the moment in each of the buckets: in all of them
// or, where one is empty, in none.
func (m *Meter) Take(at time.Time, buckets ...Bucket) Verdict {
	m.mu.Lock()
	defer m.mu.Unlock()
	levels := make([]*level, len(buckets))
	for i, b := range buckets {
		levels[i] = m.level(b, at)
	}
	for i, l := range levels {
		if l.tokens >= 1 {
			continue
		}
		if l.refused == 0 {
			l.since = at
		}
		l.refused++
		return Verdict{Refused: l.refused, Key: buckets[i].Key, Since: l.since}
	}
	for _, l := range levels {
		l.tokens--
	}
	return Verdict{}
}

// Return gives back what Take let through and nobody handled: it will come again.
func (m *Meter) Return(buckets ...Bucket) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, b := range buckets {
		if l := m.have[b.Key]; l != nil {
			l.tokens = min(l.tokens+1, float64(l.Burst))
		}
	}
}

// Len is how many buckets are remembered.
func (m *Meter) Len() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.have)
}

// level is the bucket as it stands at the moment. A run of refusals is over once
// the bucket is half full again.
func (m *Meter) level(b Bucket, at time.Time) *level {
	l := m.have[b.Key]
	if l == nil {
		if len(m.have) >= m.most {
			m.forget(at)
		}
		l = &level{Rate: b.Rate, tokens: float64(b.Burst), at: at}
		m.have[b.Key] = l
		return l
	}
	l.Rate = b.Rate
	if at.After(l.at) {
		l.tokens = min(l.tokens+float64(at.Sub(l.at))/float64(l.Every), float64(l.Burst))
		l.at = at
	}
	if l.tokens >= float64(l.Burst)/2 {
		l.refused = 0
	}
	return l
}

// forget drops the buckets that are full again and, where that is not enough, all of them.
func (m *Meter) forget(at time.Time) {
	for k, l := range m.have {
		if l.tokens+float64(at.Sub(l.at))/float64(l.Every) >= float64(l.Burst) {
			delete(m.have, k)
		}
	}
	if len(m.have) >= m.most {
		clear(m.have)
	}
}
