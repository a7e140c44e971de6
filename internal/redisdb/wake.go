package redisdb

import (
	"context"
)

// WakeDue is the topic of the alarm clock; the outbox's topics are the platforms' names.
const WakeDue = "due"

// Wake returns a channel that receives when earlier work arrived under the topic.
// It carries at most one pending signal, and signals only while Listen runs; a lost
// signal is harmless because the loops also look by themselves every two seconds.
func (db *DB) Wake(topic string) <-chan struct{} {
	c := make(chan struct{}, 1)
	db.wakeMu.Lock()
	defer db.wakeMu.Unlock()
	db.wakers[topic] = append(db.wakers[topic], c)
	return c
}

// Listen passes the namespace's wake-ups on until ctx ends; the client reconnects by itself.
func (db *DB) Listen(ctx context.Context) {
	sub := db.client.Subscribe(ctx, db.keys.wake())
	defer func() {
		if err := sub.Close(); err != nil {
			db.log.Debug().Err(err).Msg("closing the wake-up subscription")
		}
	}()
	in := sub.Channel()
	for {
		select {
		case <-ctx.Done():
			return
		case m, ok := <-in:
			if !ok {
				return
			}
			db.signal(m.Payload)
		}
	}
}

func (db *DB) signal(topic string) {
	db.wakeMu.Lock()
	defer db.wakeMu.Unlock()
	for _, c := range db.wakers[topic] {
		select {
		case c <- struct{}{}:
		default: // one pending signal says it all
		}
	}
}
