package zalo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"strconv"
	"time"

	"trucban/internal/chat"
)

const (
	// pollGrace is how much longer than the asked hold an answer may take.
	pollGrace = 10 * time.Second
	// pollSpare is the least time between two idle polls: a platform that
	// answers "idle" at once is not to be asked in a tight loop.
	pollSpare = time.Second
	// firstRetry and lastRetry bound the back-off of polls and of the handler.
	firstRetry = time.Second
	lastRetry  = 30 * time.Second
	// deafAfter is the gap that is worth telling: shorter ones are a reconnect.
	deafAfter = 10 * time.Second
	// queueLen is how many updates wait for the handler before polling stops for it.
	queueLen = 256
	// drainTime is what updates already taken get to be committed once the context has ended.
	drainTime = 5 * time.Second
)

// ErrPolling is returned by a second Listen of one bot.
var ErrPolling = errors.New("zalo: this bot is polling already")

// Listen implements chat.Platform by long polling. A poll that was answered is
// gone from Zalo, so polling goes on while the handler is slow and the update is
// tried until it is taken or journalled with Options.Hold. It fails while a
// webhook is set, which it says in the log and never takes away.
func (b *Bot) Listen(ctx context.Context, h chat.Handler) error {
	if !b.polling.CompareAndSwap(false, true) {
		return ErrPolling
	}
	defer b.polling.Store(false)
	queue := make(chan json.RawMessage, queueLen)
	done := make(chan struct{})
	go func() {
		defer close(done)
		b.work(ctx, queue, h)
	}()
	b.poll(ctx, queue)
	close(queue)
	<-done
	return nil
}

// poll feeds the queue until ctx ends.
func (b *Bot) poll(ctx context.Context, queue chan<- json.RawMessage) {
	secs := int(b.o.Poll / time.Second)
	params := map[string]string{"timeout": strconv.Itoa(secs)}
	var deaf time.Time // since when polls fail
	wait := firstRetry
	for ctx.Err() == nil {
		if deaf.IsZero() {
			b.learn(ctx)
		}
		begin := b.o.Now()
		raw, f := b.call(ctx, "getUpdates", params, time.Duration(secs)*time.Second+pollGrace)
		if f != nil && !isIdle(f) {
			if ctx.Err() != nil {
				return
			}
			if deaf.IsZero() {
				deaf = begin
				b.o.Log.Warn().Err(f).Msg(pollTrouble(f))
			}
			b.o.Pause(ctx, max(wait, f.after))
			wait = min(2*wait, lastRetry)
			b.health.faults.Add(1)
			continue
		}
		b.health.heard.Store(b.o.Now().UnixMilli())
		if !deaf.IsZero() {
			b.heard(deaf, begin)
			deaf, wait = time.Time{}, firstRetry
		}
		if f == nil {
			queue <- raw
		} else if b.o.Now().Sub(begin) < pollSpare {
			b.o.Pause(ctx, pollSpare)
		}
	}
}

// heard tells the end of a time without polls.
func (b *Bot) heard(from, to time.Time) {
	b.o.Log.Info().Dur("gap", to.Sub(from)).Msg("zalo polling works again")
	if b.o.OnDeaf != nil && to.Sub(from) >= deafAfter {
		b.o.OnDeaf(from.UTC(), to.UTC())
	}
}

// isIdle recognises the normal end of a poll without an update.
func isIdle(f *fault) bool {
	return f.kind == refused && f.code == http.StatusRequestTimeout
}

func pollTrouble(f *fault) string {
	switch {
	case f.kind == refused && f.code == http.StatusBadRequest:
		return "zalo refuses polling; is a webhook set?"
	case f.kind == refused && f.code == http.StatusUnauthorized:
		return "zalo does not accept the token"
	}
	return "zalo polling fails; messages sent meanwhile are lost"
}

// learn asks for the bot's names once; polling does not depend on the answer.
func (b *Bot) learn(ctx context.Context) {
	b.mu.Lock()
	known := b.known
	b.mu.Unlock()
	if known {
		return
	}
	if _, err := b.Check(ctx); err != nil && ctx.Err() == nil {
		b.o.Log.Warn().Err(err).Msg("zalo does not tell the bot's name")
	}
}

// work hands the queue to the handler, one update at a time and in order.
func (b *Bot) work(ctx context.Context, queue <-chan json.RawMessage, h chat.Handler) {
	last, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(drainTime, cancel) })
	defer stop()
	for raw := range queue {
		u, ok, err := b.Decode(raw)
		if err != nil {
			b.o.Log.Error().Err(err).Msg("zalo update cannot be read")
		}
		if err == nil && ok {
			b.deliver(ctx, last, raw, u, h)
		}
	}
}

// deliver tries until the update is committed or journalled. ctx ends the
// repeats; last, which outlives it a little, carries the attempts.
func (b *Bot) deliver(ctx, last context.Context, raw []byte, u chat.Update, h chat.Handler) {
	for wait := firstRetry; ; wait = min(2*wait, lastRetry) {
		err := b.handle(last, u, h)
		if err == nil {
			return
		}
		log := b.o.Log.Error().Err(err).Str("update", u.ID)
		if b.o.Hold != nil {
			held := b.o.Hold(raw)
			if held == nil {
				b.health.held.Add(1)
				log.Msg("zalo update journalled")
				return
			}
			log = log.AnErr("journal", held)
		}
		if ctx.Err() != nil {
			b.health.lost.Add(1)
			log.Msg("zalo update lost at the stop")
			return
		}
		log.Msg("zalo update not committed, trying again")
		b.o.Pause(ctx, wait)
	}
}

// handleTime is what one try of the handler gets; how long Zalo waits for a
// webhook's answer is not documented.
const handleTime = 10 * time.Second

// handle calls the handler; a panic in it is a failure of this update only.
func (b *Bot) handle(ctx context.Context, u chat.Update, h chat.Handler) (err error) {
	ctx, cancel := context.WithTimeout(ctx, handleTime)
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			b.o.Log.Error().Str("update", u.ID).Bytes("stack", debug.Stack()).Msg("handler panicked")
			err = fmt.Errorf("handle zalo update: panic of type %T", p)
		}
		if err == nil {
			b.health.updates.Add(1)
		}
	}()
	return h(ctx, u)
}
