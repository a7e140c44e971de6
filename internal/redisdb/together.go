package redisdb

import (
	"context"
	"sync"
	"time"
)

// together sends calls that come at the same time to Redis as one: whoever comes first
// goes at once, and those who come while he is away go together when he is back. Nobody
// waits for company.
type together struct {
	run func(ctx context.Context, n int, args []any) error

	mu      sync.Mutex
	away    bool
	waiting []call
}

type call struct {
	args []any
	done chan error
}

// Bounds of one joint call.
const (
	mostTogether    = 100
	togetherTimeout = 10 * time.Second
)

// do returns when the call was made; when ctx ends before, it may still be made later.
func (t *together) do(ctx context.Context, args []any) error {
	c := call{args: args, done: make(chan error, 1)}
	t.mu.Lock()
	t.waiting = append(t.waiting, c)
	first := !t.away
	t.away = true
	t.mu.Unlock()
	if first {
		go t.serve()
	}
	select {
	case err := <-c.done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// serve makes the waiting calls until there are none.
func (t *together) serve() {
	for {
		t.mu.Lock()
		n := min(len(t.waiting), mostTogether)
		batch := t.waiting[:n:n]
		t.waiting = t.waiting[n:]
		t.away = n > 0
		t.mu.Unlock()
		if n == 0 {
			return
		}
		var args []any
		for _, c := range batch {
			args = append(args, c.args...)
		}
		// No single caller's deadline may cut the others off.
		ctx, cancel := context.WithTimeout(context.Background(), togetherTimeout)
		err := t.run(ctx, n, args)
		cancel()
		for _, c := range batch {
			c.done <- err
		}
	}
}
