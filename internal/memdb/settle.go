package memdb

import (
	"context"
	"encoding/json"
	"fmt"
	"math"

	"trucban/bot"
	"trucban/internal/chat"
	"trucban/internal/outbox"
	"trucban/internal/redisdb"
)

// Settle applies the verdict; it does nothing when the lease was lost.
func (q outQueue) Settle(_ context.Context, c outbox.Claim, v outbox.Verdict) error {
	now, unlock := q.db.lock()
	defer unlock()
	l := q.db.door(c.To.Platform).lane(c.To.Chat, now)
	if l.onWay != c.ID || l.token != c.Token {
		q.db.count("out.fenced")
		return nil
	}
	l.onWay, l.token, l.leased = "", "", 0
	limits := q.db.limits(c.To.Platform)
	if v.Spent {
		perMinute := 0
		if c.Kind != chat.Private {
			perMinute = limits.GroupPerMinute
		}
		l.pace(now, span(limits.ChatEvery), perMinute)
	}
	it := q.db.items[c.ID]
	if err := q.db.settle(l, it, settling{c, v, now}); err != nil {
		return fmt.Errorf("settle message: %w", err)
	}
	if v.MovedTo.IsZero() || v.Done || v.Bury != "" {
		l.show(now)
		if l.empty() {
			l.idle = max(l.free(now)-now, 0) + now + laneMemory
		}
	}
	return nil
}

// pace keeps the lane silent as long as the platform's limits want.
func (l *lane) pace(now, every int64, perMinute int) {
	until := now + every
	if perMinute > 0 {
		l.sent = append([]int64{now}, l.sent[:min(len(l.sent), perMinute-1)]...)
		if len(l.sent) == perMinute {
			until = max(until, l.sent[perMinute-1]+60_000)
		}
	}
	if until > now {
		l.paced = until
	}
}

// settling is a verdict under way.
type settling struct {
	c   outbox.Claim
	v   outbox.Verdict
	now int64
}

func (db *DB) settle(l *lane, it *item, s settling) error {
	switch {
	case s.v.Done:
		return db.done(l, it, s)
	case s.v.Bury != "":
		db.count("out.buried")
		db.drop(l, it)
		db.note(it.Item, s.v.Bury)
		dead := redisdb.Dead{Item: s.c.Item, Attempt: s.c.Attempt, Reason: s.v.Bury, At: s.c.Now}
		return db.keep(redisdb.IndexDead, bot.Ref{Kind: "dead", ID: it.ID}, dead, s.now)
	case !s.v.MovedTo.IsZero():
		db.moveLane(l, s.v.MovedTo.Chat, s.now)
		return nil
	}
	db.again(l, it, s)
	return nil
}

func (db *DB) done(l *lane, it *item, s settling) error {
	db.count("out.done")
	if s.v.Spent {
		l.door.spent++
	}
	if s.v.Message != "" && it.card != "" {
		db.cards[it.card] = s.v.Message
		data, err := json.Marshal(s.c.Card)
		if err != nil {
			return fmt.Errorf("card: %w", err)
		}
		ref := redisdb.CardRef(s.c.To, s.v.Message).String()
		db.remove(ref)
		db.docs[ref] = &document{version: db.next(), data: data, expires: s.now + cardLife}
		db.expiring.set(ref, s.now+cardLife)
	}
	db.drop(l, it)
	db.note(it.Item, redisdb.WaveSent)
	return nil
}

// again lets the item go out later: with its chat, with its platform, or by itself.
func (db *DB) again(l *lane, it *item, s settling) {
	db.count("out.again")
	after := span(s.v.After)
	switch {
	case s.v.HoldAll:
		l.door.held = max(l.door.held, s.now+after)
	case s.v.Hold:
		l.held = s.now + after
	}
	if !db.yield(l, it) && !s.v.Hold && !s.v.HoldAll && after > 0 {
		if l.waiting.remove(it.ID) {
			l.count(it.rank, -1)
		}
		l.door.later.set(it.ID, s.now+after)
	}
}

// yield lets a newer state of the card that came in meanwhile go out instead.
func (db *DB) yield(l *lane, it *item) bool {
	newer := db.items[db.waiting[it.card]]
	if it.card == "" || newer == nil || newer.ID == it.ID {
		return false
	}
	if it.Edit || newer.Fresh {
		db.supersede(l, it)
		return true
	}
	it.Message = newer.Message
	db.supersede(l, newer)
	db.waiting[it.card] = it.ID
	return false
}

// moveLane gives everything that waits for the chat its new address.
func (db *DB) moveLane(l *lane, to string, now int64) {
	d := l.door
	other := d.lane(to, now)
	for _, e := range l.waiting.between(math.MinInt64, math.MaxInt64, 0, false) {
		if it := db.items[e.key]; it != nil {
			db.readdress(it, to)
		}
		other.put(e.key, int(e.score/rankStep), e.score)
	}
	for _, e := range d.later.between(math.MinInt64, math.MaxInt64, 0, false) {
		if it := db.items[e.key]; it != nil && it.to.Chat == l.chat {
			db.readdress(it, to)
		}
	}
	for r := range d.ready {
		d.ready[r].remove(l.chat)
	}
	d.lanes[l.chat] = &lane{chat: l.chat, door: d, last: -1, moved: to, idle: now + 90*24*3_600_000}
	other.show(now)
}
