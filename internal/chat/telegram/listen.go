package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"time"

	tg "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"trucban/internal/chat"
)

// allowed are the kinds of updates asked for. Telegram remembers the list, so it
// is sent with every poll. chat_member is off unless asked for.
const allowed = `["message","edited_message","channel_post","edited_channel_post","callback_query","my_chat_member","chat_member"]`

// Listen polls until ctx ends. It hands the updates of one chat to h in order and
// one at a time, those of different chats beside each other, and asks for the next
// ones only when h has returned nil for all; until then Telegram keeps them. While
// h fails, it is called again with growing pauses. It returns an error only when
// Telegram does not accept the token (ErrToken).
//
// Two processes that poll with one token take each other's updates: run it under
// a lease. When they do meet, Listen waits and asks again.
func (b *Bot) Listen(ctx context.Context, h chat.Handler) error {
	b.health.begin(b.opt.Now())
	if err := b.introduce(ctx); err != nil {
		return err
	}
	var offset int64
	var faults int
	for !ended(ctx) {
		raws, err := b.poll(ctx, offset)
		if err != nil {
			faults++
			if err := b.afterFault(ctx, err, faults); err != nil {
				return err
			}
			continue
		}
		faults = 0
		b.heard()
		offset = b.take(ctx, h, raws, offset) // when ctx ends, what was not confirmed comes again
	}
	return nil
}

// introduce learns the bot's name. Commands that name a bot cannot be told apart without it.
func (b *Bot) introduce(ctx context.Context) error {
	for n := 1; b.Username() == "" && !ended(ctx); n++ {
		if err := b.Connect(ctx); err != nil {
			if err := b.afterFault(ctx, err, n); err != nil {
				return err
			}
		}
	}
	return nil
}

// poll asks for the updates from offset on; 0 asks for all that are not confirmed.
func (b *Bot) poll(ctx context.Context, offset int64) ([]json.RawMessage, error) {
	p := tg.Params{
		"timeout":         strconv.Itoa(int(b.opt.PollTimeout / time.Second)),
		"limit":           "100",
		"allowed_updates": allowed,
	}
	p.AddNonZero64("offset", offset)
	var raws []json.RawMessage
	_, err := b.request(ctx, request{method: "getUpdates", params: p, limit: b.opt.PollTimeout + b.opt.PollGrace, out: &raws})
	if err != nil {
		return nil, fmt.Errorf("poll: %w", err)
	}
	return raws, nil
}

// take hands out one batch and returns the offset that confirms it. An empty
// batch means that all is confirmed, and the offset is forgotten: after a week of
// silence Telegram begins to count anywhere, perhaps below it.
func (b *Bot) take(ctx context.Context, h chat.Handler, raws []json.RawMessage, offset int64) int64 {
	if len(raws) == 0 {
		return 0
	}
	items := make([]item, len(raws))
	last := offset - 1
	for i, raw := range raws {
		items[i] = b.decode(raw)
		if items[i].id == 0 && last > 0 {
			items[i].id = last + 1 // its number cannot be read; numbers follow each other
		}
		last = max(last, items[i].id)
		b.answer(items[i].press)
	}
	if err := b.dispatch(ctx, h, items); err != nil {
		return offset
	}
	if last < 0 {
		_ = b.opt.Wait(ctx, 5*time.Second) // not one number can be read: it cannot be confirmed
		return 0
	}
	return last + 1
}

// afterFault waits as long as the kind of fault asks for. Its error ends Listen.
func (b *Bot) afterFault(ctx context.Context, err error, n int) error {
	if ended(ctx) {
		return nil
	}
	if fatal(err) {
		return err
	}
	b.health.faults.Add(1)
	pause := backoff(n, 500*time.Millisecond, 30*time.Second)
	var api *APIError
	var foreign *NotJSONError
	switch {
	case errors.As(err, &api) && api.Code == http.StatusConflict:
		b.health.conflicts.Add(1)
		pause = backoff(n, 3*time.Second, time.Minute)
		if strings.Contains(api.Description, "webhook is active") {
			b.opt.Log.Warn().Msg("a webhook is set while polling: taking it off, pending updates stay")
			err = errors.Join(err, b.DeleteWebhook(ctx))
			pause = backoff(n, 100*time.Millisecond, time.Minute)
		}
	case errors.As(err, &api):
		pause = max(pause, api.RetryAfter)
	case errors.As(err, &foreign):
		pause = max(pause, foreign.RetryAfter)
	default:
		b.client.CloseIdleConnections() // a dead connection is not used twice
	}
	b.silence(err, n)
	_ = b.opt.Wait(ctx, pause)
	return nil
}

// silence logs the first fault of a row and then every tenth; a watcher sees the rest in Health.
func (b *Bot) silence(err error, n int) {
	if n != 1 && n%10 != 0 {
		return
	}
	b.opt.Log.Warn().Err(err).Int("in_a_row", n).Time("last_good_poll", b.Health().LastPoll).Msg("polling fails")
}

// heard notes a good poll and tells of the silence before it.
func (b *Bot) heard() {
	now := b.opt.Now()
	from := b.health.heard(now)
	if gap := now.Sub(from); gap > b.opt.DeafAfter+b.opt.PollTimeout {
		b.opt.Log.Warn().Time("from", from).Dur("gap", gap).Msg("was deaf, hears again")
		if b.opt.Deaf != nil {
			b.opt.Deaf(from.UTC(), now.UTC())
		}
	}
}

// backoff doubles from first to most and adds up to a fifth, so that replicas do not beat together.
func backoff(n int, first, most time.Duration) time.Duration {
	d := most
	if n < 16 && first<<(n-1) < most {
		d = first << (n - 1)
	}
	return d + rand.N(d/5+1)
}
