package local

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"trucban/internal/chat"
)

// Delivery of updates that were not taken, and how many chats are served at once.
const (
	firstRetry = 100 * time.Millisecond
	lastRetry  = 5 * time.Second
	maxLanes   = 16
)

// queue puts an update in line for the handler. p.mu is held.
func (p *Platform) queue(u chat.Update) chat.Update {
	p.pending = append(p.pending, u)
	p.ring()
	return u
}

// ring wakes Listen. p.mu is held.
func (p *Platform) ring() {
	close(p.wake)
	p.wake = make(chan struct{})
}

// Pending lists the updates nobody has taken yet, oldest first.
func (p *Platform) Pending() []chat.Update {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.pending)
}

// Deliver hands one update to h at once, in the caller's goroutine; it is off the
// line when h returned nil. It is for callers that do not run Listen.
func (p *Platform) Deliver(ctx context.Context, h chat.Handler, u chat.Update) error {
	u.Received = p.stamp()
	if err := h(ctx, u); err != nil {
		return fmt.Errorf("deliver %s: %w", u.ID, err)
	}
	p.taken(u.ID)
	return nil
}

// DeliverPending hands out every update in line, in order; after one that was not
// taken the later ones of its chat stay in line with it.
func (p *Platform) DeliverPending(ctx context.Context, h chat.Handler) error {
	var faults []error
	stuck := map[string]bool{}
	for _, u := range p.Pending() {
		if stuck[u.To.Chat] {
			continue
		}
		if err := p.Deliver(ctx, h, u); err != nil {
			stuck[u.To.Chat] = true
			faults = append(faults, err)
		}
	}
	return errors.Join(faults...)
}

func (p *Platform) taken(id string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pending = slices.DeleteFunc(p.pending, func(u chat.Update) bool { return u.ID == id })
}

// Listen hands updates to h until ctx ends: those of one chat in order and one at a
// time, those of several chats beside each other. What h did not take is handed
// out again after a pause. One Listen at a time.
func (p *Platform) Listen(ctx context.Context, h chat.Handler) error {
	p.mu.Lock()
	if p.hearing {
		p.mu.Unlock()
		return errors.New("listen: somebody listens already")
	}
	p.hearing = true
	p.mu.Unlock()
	var lanes sync.WaitGroup
	defer func() {
		lanes.Wait()
		p.mu.Lock()
		p.hearing = false
		p.mu.Unlock()
	}()
	for {
		heads, wake := p.heads()
		for _, u := range heads {
			lanes.Add(1)
			go func() {
				defer lanes.Done()
				p.serve(ctx, h, u)
			}()
		}
		select {
		case <-ctx.Done():
			return nil
		case <-wake:
		}
	}
}

// heads takes the first update of every chat that is not being served.
func (p *Platform) heads() ([]chat.Update, <-chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []chat.Update
	for _, u := range p.pending {
		if len(p.busy) >= maxLanes {
			break
		}
		if !p.busy[u.To.Chat] {
			p.busy[u.To.Chat] = true
			out = append(out, u)
		}
	}
	return out, p.wake
}

// serve hands out one update until it is taken or ctx ends, then frees its chat.
func (p *Platform) serve(ctx context.Context, h chat.Handler, u chat.Update) {
	for pause := firstRetry; ctx.Err() == nil; pause = min(2*pause, lastRetry) {
		if err := p.Deliver(ctx, h, u); err == nil {
			break
		}
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
		case <-timer.C:
		}
		timer.Stop()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.busy, u.To.Chat)
	p.ring()
}

// Open returns the bytes of a file that was sent; a file over limit is refused.
func (p *Platform) Open(ctx context.Context, f chat.File, limit int64) (io.ReadCloser, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	p.mu.Lock()
	have, ok := p.files[f.ID]
	p.mu.Unlock()
	if !ok {
		return nil, fmt.Errorf("open file %q: no such file", f.ID)
	}
	if int64(len(have.data)) > limit {
		return nil, fmt.Errorf("open file %q: %w: %d bytes, at most %d", f.ID, chat.ErrTooLarge, len(have.data), limit)
	}
	return io.NopCloser(bytes.NewReader(have.data)), nil
}
