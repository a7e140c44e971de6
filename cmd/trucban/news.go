package main

import (
	"context"
	"sync"
	"time"

	"github.com/rs/zerolog"
)

// news are words about the system itself that wait to be committed. Who has them
// does not wait: the store may be away.
type news struct {
	log  zerolog.Logger
	wake chan struct{}

	mu   sync.Mutex
	list []func(context.Context) error
}

// maxNews bounds what waits; the oldest go first, since the newest say how things stand.
const maxNews = 200

func newNews(log zerolog.Logger) *news { return &news{log: log, wake: make(chan struct{}, 1)} }

func (n *news) add(tell func(context.Context) error) {
	n.mu.Lock()
	if n.list = append(n.list, tell); len(n.list) > maxNews {
		n.list = n.list[1:]
		n.log.Warn().Msg("more happens than can be told")
	}
	n.mu.Unlock()
	select {
	case n.wake <- struct{}{}:
	default: // one pending signal says it all
	}
}

// step tells what waits, in order, up to the first that cannot be told now.
func (n *news) step(ctx context.Context) error {
	for {
		n.mu.Lock()
		if len(n.list) == 0 {
			n.mu.Unlock()
			return nil
		}
		tell := n.list[0]
		n.list = n.list[1:]
		n.mu.Unlock()
		if err := tell(ctx); err != nil {
			n.mu.Lock()
			n.list = append([]func(context.Context) error{tell}, n.list...)
			n.mu.Unlock()
			return err
		}
	}
}

// newsPause is how long is waited after something could not be told.
const newsPause = 5 * time.Second

func (n *news) run(ctx context.Context) {
	for ctx.Err() == nil {
		again := time.Hour
		if err := n.step(ctx); err != nil && ctx.Err() == nil {
			n.log.Warn().Err(err).Msg("the desk is told later")
			again = newsPause
		}
		t := time.NewTimer(again)
		select {
		case <-ctx.Done():
		case <-t.C:
		case <-n.wake:
		}
		t.Stop()
	}
}
