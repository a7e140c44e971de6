package memdb

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"trucban/bot"
	"trucban/internal/chat"
	"trucban/internal/outbox"
	"trucban/internal/redisdb"
)

// classes is how many classes of messages there are; a message's rank is its class's place among them.
const classes = 6

// rankStep keeps the classes of a lane apart: a waiting item's score is rank*rankStep + its order.
const rankStep = int64(1) << 49

// item is a message that waits or is on its way.
type item struct {
	outbox.Item              // as it came in
	to          chat.Address // where it goes by now
	rank        int
	score       int64
	attempts    int
	card        string // "<card>@<address>", "" without one
}

// lane is a chat with all its topics: the unit of order and pacing. Moments are UTC ms, 0 for none.
type lane struct {
	chat    string
	door    *door
	waiting sorted // items by score, the one on its way included
	counts  [classes]int
	onWay   string // item on its way, "" when none is
	token   string
	leased  int64 // until then
	paced   int64 // silent until then, since the platform was asked
	held    int64 // silent until then, after a failure
	last    int   // rank of the last item handed out, -1 before the first
	moved   string
	sent    []int64 // moments of the last sends to a group, newest first
	idle    int64   // forgets what it remembers then
}

// door is one platform's part of the outbox.
type door struct {
	lanes map[string]*lane
	ready [classes]sorted // lanes with items of the rank, by the moment they may speak
	later sorted          // items put aside, by the moment they return
	tat   float64         // the shared rate: when its next token is due, µs
	turn  int
	held  int64 // the platform is silent until then
	month string
	spent int
}

// laneMemory is how long a lane that holds nothing remembers its pace, ms.
const laneMemory = 3_600_000

func (db *DB) door(p chat.Name) *door {
	d := db.doors[p]
	if d == nil {
		d = &door{lanes: map[string]*lane{}}
		db.doors[p] = d
	}
	return d
}

func (d *door) lane(chatID string, now int64) *lane {
	l := d.lanes[chatID]
	if l == nil || l.idle > 0 && l.idle <= now {
		l = &lane{chat: chatID, door: d, last: -1}
		d.lanes[chatID] = l
	}
	return l
}

func (d *door) stats(now int64) redisdb.OutboxStats {
	o := redisdb.OutboxStats{Waiting: map[outbox.Class]int{}, Aside: d.later.len(), Spent: d.spent}
	for r, class := range outbox.Classes {
		o.Waiting[class] = 0
		for chatID := range d.ready[r].scores {
			o.Waiting[class] += d.lanes[chatID].counts[r]
		}
	}
	if d.held > now {
		o.HeldUntil = fromMillis(d.held)
	}
	return o
}

// free is when the lane may speak.
func (l *lane) free(now int64) int64 {
	if l.onWay != "" {
		return l.leased
	}
	return max(now, l.paced, l.held)
}

// show writes the moment the lane may speak into the sets of the classes that wait in it.
func (l *lane) show(now int64) {
	at := l.free(now)
	for r, n := range l.counts {
		if n > 0 {
			l.door.ready[r].set(l.chat, at)
		}
	}
}

func (l *lane) empty() bool { return l.counts == [classes]int{} }

func (l *lane) count(rank, by int) {
	l.counts[rank] += by
	if l.counts[rank] <= 0 {
		l.counts[rank] = 0
		l.door.ready[rank].remove(l.chat)
	}
}

// put places an item in its lane.
func (l *lane) put(id string, rank int, score int64) {
	l.idle = 0
	if l.waiting.set(id, score) {
		l.count(rank, 1)
	}
}

// drop takes an item out for good.
func (db *DB) drop(l *lane, it *item) {
	if l.waiting.remove(it.ID) {
		l.count(it.rank, -1)
	}
	delete(db.items, it.ID)
	if it.card != "" && db.waiting[it.card] == it.ID {
		delete(db.waiting, it.card)
	}
}

// supersede drops an item because a newer state of its card goes out instead.
func (db *DB) supersede(l *lane, it *item) {
	db.drop(l, it)
	db.note(it.Item, redisdb.WaveNeedless)
	db.count("out.coalesced")
}

// enqueue takes an item in, the seq-th thing of the namespace, unless it was accepted before.
func (db *DB) enqueue(o outbox.Item, seq, now int64) {
	if !db.accepted.add(o.ID, now, acceptedLife) {
		return
	}
	it := &item{Item: o, to: o.To, rank: slices.Index(outbox.Classes, o.Class)}
	d := db.door(o.To.Platform)
	l := d.lane(o.To.Chat, now)
	if o.Card != "" {
		it.card = cardKey(o.Card, o.To)
	}
	for range 3 {
		if l.moved == "" {
			break
		}
		it.to.Chat = l.moved
		l = d.lane(l.moved, now)
	}
	it.score = int64(it.rank)*rankStep + seq
	db.note(o, redisdb.WaveWaiting)
	if it.card != "" {
		if db.merge(l, it) {
			return
		}
		db.waiting[it.card] = it.ID
	}
	db.items[it.ID] = it
	l.put(it.ID, it.rank, it.score)
	l.show(now)
}

// merge makes one of an edit and what still waits of its card: done when the older one goes out
// in the newer state; else the newer one takes the older one's place.
func (db *DB) merge(l *lane, it *item) (done bool) {
	old := db.items[db.waiting[it.card]]
	if !it.Edit || old == nil || l.onWay == old.ID {
		return false
	}
	if !old.Edit && !it.Fresh {
		old.Message = it.Message
		db.note(outbox.Item{Wave: it.Wave}, redisdb.WaveNeedless)
		db.count("out.coalesced")
		return true
	}
	db.supersede(l, old)
	it.rank = min(it.rank, old.rank)
	it.score = int64(it.rank)*rankStep + old.score%rankStep
	return false
}

func cardKey(card string, to chat.Address) string { return card + "@" + to.Key() }

// note counts what became of an item for the receipt of its wave, and keeps how it stands with
// whom it is for; who was reached once stays reached.
func (db *DB) note(o outbox.Item, state string) {
	if o.Wave == "" {
		return
	}
	w := db.waves[o.Wave]
	if w == nil {
		w = &redisdb.Wave{To: map[string]string{}}
		db.waves[o.Wave] = w
	}
	switch state {
	case redisdb.WaveWaiting:
		w.Total++
	case redisdb.WaveSent:
		w.Sent++
	case redisdb.WaveNeedless:
		w.Needless++
	case redisdb.WaveLate:
		w.Late++
	default: // the reason it was given up
		w.Failed++
	}
	if o.For != "" && w.To[o.For] != redisdb.WaveSent {
		w.To[o.For] = state
	}
}

// waveDoc makes the document of a wave; version counts what happened to it.
func (db *DB) waveDoc(r bot.Ref) (bot.Doc, error) {
	w := db.waves[r.ID]
	if w == nil {
		return bot.Doc{Ref: r}, nil
	}
	data, err := json.Marshal(w)
	if err != nil {
		return bot.Doc{}, fmt.Errorf("wave: %w", err)
	}
	return bot.Doc{Ref: r, Version: int64(w.Total + w.Sent + w.Failed + w.Late + w.Needless), Data: data}, nil
}

// readdress moves a waiting item to another chat.
func (db *DB) readdress(it *item, to string) {
	it.to.Chat = to
	if it.card == "" {
		return
	}
	was := it.card
	it.card = cardKey(it.card[:strings.LastIndex(it.card, "@")], it.to)
	if db.waiting[was] == it.ID {
		delete(db.waiting, was)
		db.waiting[it.card] = it.ID
	}
}
