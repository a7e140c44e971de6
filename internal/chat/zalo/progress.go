package zalo

import (
	"crypto/sha256"
	"encoding/json"
	"sync"
	"time"

	"trucban/internal/chat"
)

// progress remembers how far messages of several parts came, so that sending one
// again neither repeats what people have read nor pays for it twice. It lives
// with the process; after a restart such a message begins anew.
type progress struct {
	mu   sync.Mutex
	done map[[32]byte]partial
}

// partial is a message of which some parts were taken.
type partial struct {
	parts   int    // taken so far
	message string // id of the last of them
	words   bool   // the picture was refused
	at      time.Time
}

const (
	// progressTime is how long the same message counts as the same sending.
	progressTime = time.Hour
	// progressMax bounds the memory; a repeat is better than growing for ever.
	progressMax = 1024
)

func progressKey(to chat.Address, m chat.Message) [32]byte {
	raw, _ := json.Marshal([]any{to, m}) // values that can always be written
	return sha256.Sum256(raw)
}

func (p *progress) get(key [32]byte, now time.Time) partial {
	p.mu.Lock()
	defer p.mu.Unlock()
	if d := p.done[key]; now.Sub(d.at) < progressTime {
		return d
	}
	return partial{}
}

func (p *progress) put(key [32]byte, d partial, now time.Time) {
	if d.parts == 0 && !d.words {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.done == nil || len(p.done) >= progressMax {
		p.done = map[[32]byte]partial{}
	}
	d.at = now
	p.done[key] = d
}

func (p *progress) drop(key [32]byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.done, key)
}
