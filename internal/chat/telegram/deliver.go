package telegram

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"trucban/internal/chat"
)

// maxPanics is how often a handler may panic over one update before it is parked.
const maxPanics = 3

// errPanic marks a handler that panicked; what it said may hold a text and is not kept.
var errPanic = errors.New("the handler panicked")

// dispatch hands out a batch: chats beside each other, one chat in order. Its
// error is ctx's; otherwise every update of the batch is settled.
func (b *Bot) dispatch(ctx context.Context, h chat.Handler, items []item) error {
	queues := byChat(items)
	if len(queues) == 1 {
		b.drain(ctx, h, queues[0])
		return ctx.Err()
	}
	var wg sync.WaitGroup
	work := make(chan []item)
	for range min(len(queues), b.opt.Workers) {
		wg.Go(func() {
			for q := range work {
				b.drain(ctx, h, q)
			}
		})
	}
	for _, q := range queues {
		work <- q
	}
	close(work)
	wg.Wait()
	return ctx.Err()
}

// byChat keeps the order inside each chat. What cannot be read has a queue of its own.
func byChat(items []item) [][]item {
	place := make(map[string]int, len(items))
	var queues [][]item
	for _, it := range items {
		i, ok := place[it.update.To.Chat]
		if !ok {
			i = len(queues)
			place[it.update.To.Chat] = i
			queues = append(queues, nil)
		}
		queues[i] = append(queues[i], it)
	}
	return queues
}

func (b *Bot) drain(ctx context.Context, h chat.Handler, queue []item) {
	for _, it := range queue {
		if !b.settle(ctx, h, it) {
			return
		}
	}
}

// settle tries until the update is committed or parked; false means that ctx ended before.
func (b *Bot) settle(ctx context.Context, h chat.Handler, it item) bool {
	panics := 0
	for n := 1; !ended(ctx); n++ {
		err := b.once(ctx, h, it)
		if err == nil {
			return true
		}
		if errors.Is(err, errPanic) {
			if panics++; panics >= maxPanics {
				it.err = err
			}
		}
		if n == 1 || n%10 == 0 {
			b.opt.Log.Error().Err(err).Int64("update", it.id).Int("attempt", n).Msg("an update waits for its handler")
		}
		_ = b.opt.Wait(ctx, backoff(n, 50*time.Millisecond, 5*time.Second))
	}
	return false
}

// once hands one update over, or parks what cannot be handled.
func (b *Bot) once(ctx context.Context, h chat.Handler, it item) (err error) {
	if it.err != nil {
		return b.park(ctx, it)
	}
	if !it.mine {
		return nil
	}
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w (%T)", errPanic, p)
		}
	}()
	ctx, cancel := context.WithTimeout(ctx, b.opt.HandlerTimeout)
	defer cancel()
	if err := h(ctx, it.update); err != nil {
		return err
	}
	b.health.updates.Add(1)
	return nil
}

func (b *Bot) park(ctx context.Context, it item) error {
	if b.opt.Park != nil {
		if err := b.opt.Park(ctx, Parked{UpdateID: it.id, Raw: it.raw, Err: it.err}); err != nil {
			return fmt.Errorf("park an update: %w", err)
		}
	}
	b.health.parked.Add(1)
	b.opt.Log.Error().Err(it.err).Int64("update", it.id).Int("bytes", len(it.raw)).Msg("an update is parked")
	return nil
}

// keyed is a lock by name; waiting ends with ctx.
type keyed struct {
	mu    sync.Mutex
	locks map[string]*keyedLock
}

type keyedLock struct {
	held  chan struct{}
	users int
}

// lock returns the unlocking function, or ctx's error.
func (k *keyed) lock(ctx context.Context, key string) (func(), error) {
	k.mu.Lock()
	if k.locks == nil {
		k.locks = make(map[string]*keyedLock)
	}
	l := k.locks[key]
	if l == nil {
		l = &keyedLock{held: make(chan struct{}, 1)}
		k.locks[key] = l
	}
	l.users++
	k.mu.Unlock()
	leave := func() {
		k.mu.Lock()
		defer k.mu.Unlock()
		if l.users--; l.users == 0 {
			delete(k.locks, key)
		}
	}
	select {
	case l.held <- struct{}{}:
		return func() { <-l.held; leave() }, nil
	case <-ctx.Done():
		leave()
		return nil, ctx.Err()
	}
}
