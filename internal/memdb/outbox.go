package memdb

import (
	"context"
	"fmt"
	"math"
	"time"

	"trucban/bot"
	"trucban/internal/calendar"
	"trucban/internal/chat"
	"trucban/internal/outbox"
	"trucban/internal/redisdb"
)

// outQueue is the outbox behind outbox.Queue.
type outQueue struct{ db *DB }

// Bounds of one look at the outbox.
const (
	mostCleared  = 1000 // items taken out because they are stale
	mostReturned = 200  // items put aside that come back
)

// turns gives each class turns of its own among twelve, so that a fan-out leaves every third
// place to people who wait and nothing starves.
var turns = map[int]int{0: 3, 3: 3, 6: 3, 9: 3, 4: 2, 7: 4, 10: 5, 8: 1}

// shares is the part of a month's budget that is open to each class.
var shares = [classes]float64{1, 1, 0.98, 0.95, 0.9, 0.9}

// Claim hands out items of chats that may speak now, at most one a chat.
func (q outQueue) Claim(_ context.Context, p chat.Name, n int, life time.Duration) ([]outbox.Claim, time.Time, error) {
	for {
		now, unlock := q.db.lock()
		l := look{db: q.db, door: q.db.door(p), now: now, lease: span(life), used: map[string]bool{}}
		next, err := l.claim(n, q.db.limits(p))
		unlock()
		if err != nil {
			return nil, time.Time{}, fmt.Errorf("claim messages: %w", err)
		}
		// A look is bounded; when it only cleared stale items, more may be ready now.
		if len(l.out) > 0 || n <= 0 || next == 0 || next > now {
			return l.out, fromMillis(next), nil
		}
	}
}

// look is one claim under way.
type look struct {
	db      *DB
	door    *door
	now     int64
	lease   int64
	budget  float64 // 0: none
	cand    [classes][]entry
	used    map[string]bool
	cleared int
	late    bool
	err     error
	out     []outbox.Claim
}

func (k *look) claim(n int, limits chat.Limits) (next int64, err error) {
	d := k.door
	k.comeBack()
	if d.held > k.now {
		return d.held, nil
	}
	us := float64(k.now) * 1000
	tat, step, slack, tokens := us, 0.0, 0.0, n
	if limits.PerSecond > 0 { // one every 1/rate seconds, a tenth of a second may be caught up
		rate := float64(limits.PerSecond)
		step = 1e6 / rate
		slack = max(1, rate/10)*step - step
		if tat = d.tat; tat < us || tat-us > slack+10*step {
			tat = us
		}
		tokens = max(0, int(math.Floor((slack-(tat-us))/step+1.000001)))
	}
	k.openMonth(limits.PerMonth)
	want := min(n, tokens)
	next = d.head()
	for r := range classes {
		if want > 0 {
			k.cand[r] = d.ready[r].between(math.MinInt64, k.now, n+100, false)
		}
	}
	for len(k.out) < want && k.cleared < mostCleared && k.err == nil {
		l, r, own := k.choose()
		if l == nil {
			break
		}
		if k.serve(l, r, own) {
			k.used[l.chat] = true
			d.turn++
		}
	}
	if got := float64(len(k.out)); step > 0 && got > 0 {
		tat += got * step
	}
	d.tat, d.turn = math.RoundToEven(tat), d.turn%12
	if _, planned := k.db.due.scores[k.db.staleJob]; k.late && k.db.staleJob != "" && !planned {
		k.db.due.set(k.db.staleJob, k.now+5000)
	}
	if len(k.out) > 0 || k.cleared > 0 {
		next = d.head()
	}
	if next > 0 && step > 0 {
		next = max(next, int64(math.Ceil((tat-slack)/1000)))
	}
	if back, ok := d.later.first(); ok && (next == 0 || back.score < next) {
		next = back.score
	}
	return next, k.err
}

// comeBack puts items that were put aside back into their place.
func (k *look) comeBack() {
	for _, e := range k.door.later.between(math.MinInt64, k.now, mostReturned, false) {
		k.door.later.remove(e.key)
		if it := k.db.items[e.key]; it != nil {
			l := k.door.lane(it.to.Chat, k.now)
			l.put(it.ID, it.rank, it.score)
			l.show(k.now)
		}
	}
}

// openMonth counts anew in each month of the calendar.
func (k *look) openMonth(budget int) {
	if budget <= 0 {
		return
	}
	k.budget = float64(budget)
	if m := fromMillis(k.now).In(calendar.Zone).Format("2006-1"); m != k.door.month {
		k.door.month, k.door.spent = m, 0
	}
}

// head is the earliest moment a chat may speak, 0 when nothing waits.
func (d *door) head() int64 {
	first := int64(0)
	for r := range d.ready {
		if e, ok := d.ready[r].first(); ok && (first == 0 || e.score < first) {
			first = e.score
		}
	}
	return first
}

// choose is the chat whose turn it is, the class it was chosen for, and whether that class has the turn of its own.
func (k *look) choose() (l *lane, rank int, own bool) {
	if r, has := turns[k.door.turn%12]; has {
		if l := k.pick(r); l != nil {
			return l, r, true
		}
	}
	for r := range classes {
		if l := k.pick(r); l != nil {
			return l, r, false
		}
	}
	return nil, 0, false
}

func (k *look) pick(rank int) *lane {
	for len(k.cand[rank]) > 0 {
		chatID := k.cand[rank][0].key
		k.cand[rank] = k.cand[rank][1:]
		if !k.used[chatID] {
			return k.door.lane(chatID, k.now)
		}
	}
	return nil
}

// serve hands out an item of the lane, if it has one that may still go.
func (k *look) serve(l *lane, asked int, own bool) bool {
	if l.onWay != "" { // whoever had it never said what became of it
		k.db.count("out.lost")
		return k.hand(l, k.db.items[l.onWay], &chat.Receipt{Outcome: chat.Unknown})
	}
	for k.cleared < mostCleared {
		r := l.inTurn(asked, own)
		if l.counts[r] == 0 {
			return false
		}
		first := l.waiting.between(int64(r)*rankStep, int64(r+1)*rankStep-1, 1, false)
		it := k.db.items[first[0].key]
		if why := k.db.unfit(it, k.now); why != "" {
			if k.err = k.clear(l, it, why); k.err != nil {
				return false
			}
			continue
		}
		if k.budget > 0 && float64(k.door.spent) >= k.budget*shares[r] {
			return k.hand(l, it, &chat.Receipt{Outcome: chat.Permanent, Reason: chat.ReasonQuota})
		}
		return k.hand(l, it, nil)
	}
	return false
}

// inTurn is the class that goes first in a lane chosen for another one: whoever waits in a chat, its alarms go first.
func (l *lane) inTurn(r int, own bool) int {
	switch {
	case own && r != 3:
		return r
	case l.counts[0] > 0:
		return 0
	case l.counts[1] > 0 && r > 1:
		return 1
	case r == 2 && l.counts[3] > 0 && l.last != 3:
		return 3 // many reminders in one chat leave every second place to an answer
	}
	return r
}

func (k *look) hand(l *lane, it *item, known *chat.Receipt) bool {
	l.onWay, l.token, l.leased, l.last = it.ID, k.db.token(), k.now+k.lease, it.rank
	it.attempts++
	l.show(k.now)
	c := outbox.Claim{
		Item: it.Item, Token: l.token, Attempt: it.attempts, Now: fromMillis(k.now), Sent: k.db.cards[it.card], Known: known,
	}
	c.To = it.to
	k.out = append(k.out, c)
	return true
}

// unfit says why the item may not go out any more, or nothing.
func (db *DB) unfit(it *item, now int64) string {
	if g := it.Guard; g != nil && !db.marked(bot.Ref{Kind: g.Kind, ID: g.ID}, g.Mark) {
		return "needless"
	}
	if it.For != "" { // a door that was taken away since is no way to its person any more
		if reach := (bot.Ref{Kind: "reach", ID: it.For}); db.marked(reach, "doors") && !db.marked(reach, "door:"+it.to.Key()) {
			return "needless"
		}
	}
	if until := millis(it.NotAfter); until != 0 && until < now {
		return "late"
	}
	return ""
}

func (db *DB) marked(ref bot.Ref, mark string) bool {
	if d := db.docs[ref.String()]; d != nil {
		for _, m := range d.marks {
			if m == mark {
				return true
			}
		}
	}
	return false
}

// clear takes an item out that may not go any more.
func (k *look) clear(l *lane, it *item, why string) error {
	k.cleared++
	k.db.count("out." + why)
	k.db.drop(l, it)
	if why != "late" {
		k.db.note(it.Item, redisdb.WaveNeedless)
		return nil
	}
	k.late = true
	k.db.note(it.Item, redisdb.WaveLate)
	bare := it.Item
	bare.Message = chat.Message{}
	return k.db.keep(redisdb.IndexStale, bot.Ref{Kind: "stale", ID: it.ID}, redisdb.Stale{Item: bare, Millis: k.now}, k.now)
}
