package telegram

import (
	"crypto/sha256"
	"encoding/json"
	"sync"
	"time"

	"trucban/internal/chat"
)

// progress remembers how far a message of several requests came, so that sending
// it again does not repeat what is there already. It lives with the process.
type progress struct {
	mu   sync.Mutex
	part map[string]sent
}

type sent struct {
	steps int    // requests that were confirmed
	card  string // id of the message the receipt names
}

func progressKey(to chat.Address, m chat.Message) string {
	raw, err := json.Marshal(struct {
		To chat.Address
		M  chat.Message
	}{to, m})
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(raw)
	return string(sum[:])
}

func (p *progress) get(key string) sent {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.part[key]
}

func (p *progress) put(key string, s sent) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.part == nil || len(p.part) >= 1024 {
		p.part = make(map[string]sent) // a repeat is better than growing for ever
	}
	p.part[key] = s
}

func (p *progress) drop(key string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.part, key)
}

// floods tells a throttled chat from a throttled bot. Telegram's answer does not
// say which; when several chats are held within a few seconds, it is the bot.
type floods struct {
	mu   sync.Mutex
	last map[string]time.Time
}

const (
	floodWindow = 3 * time.Second
	floodChats  = 3
)

func (f *floods) whole(to string, now time.Time) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.last == nil {
		f.last = make(map[string]time.Time)
	}
	f.last[to] = now
	for k, at := range f.last {
		if now.Sub(at) > floodWindow {
			delete(f.last, k)
		}
	}
	return len(f.last) >= floodChats
}
