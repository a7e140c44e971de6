package redisdb

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

// together sends calls that come at the same time to Redis as one: whoever comes first
// goes at once, and those who come while he is away go together when he is back. Nobody
// waits for company.
type together[Ask, Answer any] struct {
	// run makes the calls, which are at least one, and returns their answers in order.
	run func(ctx context.Context, asks []Ask) ([]Answer, error)

	mu      sync.Mutex
	away    int
	waiting []*call[Ask, Answer]
}

type call[Ask, Answer any] struct {
	ctx    context.Context
	ask    Ask
	answer Answer
	err    error
	done   chan struct{}
}

// Bounds of joint calls.
const (
	mostTogether    = 100
	mostAway        = 2 // so that an answer is read here while Redis does the next
	togetherTimeout = 10 * time.Second
)

// do returns when the call was made; when ctx ends before, it may still be made later.
func (t *together[Ask, Answer]) do(ctx context.Context, ask Ask) (Answer, error) {
	c := &call[Ask, Answer]{ctx: ctx, ask: ask, done: make(chan struct{})}
	t.mu.Lock()
	t.waiting = append(t.waiting, c)
	idle := t.away < mostAway
	if idle {
		t.away++
	}
	t.mu.Unlock()
	if idle {
		go t.serve()
	}
	select {
	case <-c.done:
		return c.answer, c.err
	case <-ctx.Done():
		var none Answer
		return none, unavailable(ctx.Err())
	}
}

// serve makes the waiting calls until there are none.
func (t *together[Ask, Answer]) serve() {
	for {
		t.mu.Lock()
		n := min(len(t.waiting), mostTogether)
		batch := t.waiting[:n:n]
		if t.waiting = t.waiting[n:]; n == 0 {
			t.away--
		}
		t.mu.Unlock()
		if n == 0 {
			return
		}
		t.make(batch)
	}
}

// make makes the calls whose callers still wait.
func (t *together[Ask, Answer]) make(batch []*call[Ask, Answer]) {
	asks, asked := make([]Ask, 0, len(batch)), batch[:0]
	for _, c := range batch {
		if c.ctx.Err() == nil {
			asks, asked = append(asks, c.ask), append(asked, c)
		}
	}
	if len(asks) == 0 {
		return
	}
	// No single caller's deadline may cut the others off.
	ctx, cancel := context.WithTimeout(context.Background(), togetherTimeout)
	answers, err := t.run(ctx, asks)
	cancel()
	if err != nil && len(asked) > 1 && errors.As(err, new(redis.Error)) {
		for _, c := range asked { // Redis refused: each for itself, so that one cannot spoil the others
			t.make([]*call[Ask, Answer]{c})
		}
		return
	}
	for i, c := range asked {
		if c.err = err; err == nil {
			c.answer = answers[i]
		}
		close(c.done)
	}
}
