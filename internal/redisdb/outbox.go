package redisdb

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"trucban/bot"
	"trucban/internal/chat"
	"trucban/internal/outbox"
)

// cardLife is how long the platform's id of a card is kept.
const cardLife = 60 * 24 * time.Hour

// Dead is the document kept of an item that could not be delivered: Ref{"dead", item id},
// found by the index "dead" in the order of its end.
type Dead struct {
	Item    outbox.Item `json:"item"`
	Attempt int         `json:"attempt"`
	Reason  string      `json:"reason"`
	At      time.Time   `json:"at"`
}

// outQueue is the outbox behind outbox.Queue.
type outQueue struct{ db *DB }

// Claim hands out items of chats that may speak now, at most one a chat.
func (q outQueue) Claim(ctx context.Context, p chat.Name, n int, lease time.Duration) ([]outbox.Claim, time.Time, error) {
	limits := q.db.limits(p)
	for {
		r, err := q.db.run(ctx, q.db.scripts.outClaim, nil, string(p), n, span(lease),
			limits.PerSecond, limits.PerMonth, q.db.staleJob)
		if err != nil {
			return nil, time.Time{}, fmt.Errorf("claim messages: %w", err)
		}
		next := fromMillis(toInt(r.str(1)))
		items := q.decodeItems(ctx, p, r)
		// A call is bounded; when it only cleared stale items, more may be ready now.
		if len(items) > 0 || n <= 0 || next.IsZero() || next.After(r.now) {
			return items, next, nil
		}
	}
}

// itemFields is how many values lua/out_claim.lua returns for each item.
const itemFields = 9

// decodeItems reads what the script handed out. An item nobody can read is given up, so
// that it does not come back for ever.
func (q outQueue) decodeItems(ctx context.Context, p chat.Name, r reply) []outbox.Claim {
	flat := r.list(0)
	items := make([]outbox.Claim, 0, len(flat)/itemFields)
	for i := 0; i+itemFields <= len(flat); i += itemFields {
		f := flat[i : i+itemFields]
		c := outbox.Claim{Token: toString(f[1]), Attempt: int(toInt(f[2])), Now: r.now, Sent: toString(f[7])}
		err := errors.Join(json.Unmarshal([]byte(toString(f[3])), &c.Item), json.Unmarshal([]byte(toString(f[4])), &c.Message))
		c.ID = toString(f[0])
		c.To = chat.Address{Platform: p, Chat: toString(f[5]), Thread: toString(f[6])}
		switch toString(f[8]) {
		case "unsure":
			c.Known = &chat.Receipt{Outcome: chat.Unknown}
		case "quota":
			c.Known = &chat.Receipt{Outcome: chat.Permanent, Reason: chat.ReasonQuota}
		}
		if err == nil {
			items = append(items, c)
			continue
		}
		q.db.log.Error().Err(err).Str("item", c.ID).Msg("a stored message cannot be read and is given up")
		if err := q.Settle(ctx, c, outbox.Verdict{Bury: "unreadable"}); err != nil {
			q.db.log.Warn().Err(err).Str("item", c.ID).Msg("it waits for its lease to end")
		}
	}
	return items
}

// Until is DB.Until.
func (q outQueue) Until(t time.Time) time.Duration { return q.db.Until(t) }

// Settle applies the verdict; it does nothing when the lease was lost. Verdicts that come at
// the same time go to Redis together.
func (q outQueue) Settle(ctx context.Context, c outbox.Claim, v outbox.Verdict) error {
	args, err := q.flatVerdict(c, v)
	if err != nil {
		return fmt.Errorf("settle message: %w", err)
	}
	if _, err := q.db.settles.do(ctx, args); err != nil {
		return fmt.Errorf("settle message: %w", err)
	}
	return nil
}

// settleAll applies the verdicts, which flatVerdict flattened.
func (db *DB) settleAll(ctx context.Context, verdicts [][]any) ([]struct{}, error) {
	_, err := db.run(ctx, db.scripts.outSettle, nil, joined(verdicts)...)
	return make([]struct{}, len(verdicts)), err
}

// flatVerdict flattens the verdict into the values the script names.
func (q outQueue) flatVerdict(c outbox.Claim, v outbox.Verdict) ([]any, error) {
	var card, data []byte
	var err error
	if v.Done && v.Message != "" && c.Card != "" {
		if card, err = json.Marshal(c.Card); err != nil {
			return nil, err
		}
	}
	if v.Bury != "" {
		if data, err = json.Marshal(Dead{Item: c.Item, Attempt: c.Attempt, Reason: v.Bury, At: c.Now}); err != nil {
			return nil, err
		}
	}
	limits := q.db.limits(c.To.Platform)
	perMinute := 0
	if c.Kind != chat.Private {
		perMinute = limits.GroupPerMinute
	}
	return []any{
		lane(c.To), c.ID, c.Token, bit(v.Done), v.Message, span(v.After), bit(v.Hold), bit(v.HoldAll), v.Bury,
		bit(v.Spent), span(limits.ChatEvery), perMinute, span(cardLife),
		CardRef(c.To, v.Message).String(), card, deadRef(c.ID).String(), data, v.MovedTo.Chat,
	}, nil
}

// CardRef names the document that tells which card a sent message is; its Data is the card's key as a JSON string.
func CardRef(to chat.Address, message string) bot.Ref {
	return bot.Ref{Kind: "card", ID: to.Key() + "#" + message}
}
