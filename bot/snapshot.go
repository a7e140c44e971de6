package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"sort"
	"time"

	"trucban/internal/chat"
	"trucban/internal/checkin"
	"trucban/internal/hotline"
	"trucban/internal/team"
	"trucban/messages"
)

// Snapshot is what the bot can still answer from while the store is away: who is
// on duty, and which chats and accounts may ask.
type Snapshot struct {
	At       time.Time                `json:"at"`
	Town     *Town                    `json:"town"`
	Watches  []checkin.Watch          `json:"watches"`
	Rooms    map[string]Room          `json:"rooms"`
	Accounts map[string]team.MemberID `json:"accounts"`
	Book     *hotline.Book            `json:"book,omitempty"` // the emergency contacts as the desk keeps them
}

// snapshotSpan is how far ahead a snapshot knows the shifts.
const snapshotSpan = 72 * time.Hour

// Snapshot reads the state worth keeping beside the store and remembers it.
func (b *Bot) Snapshot(ctx context.Context) (Snapshot, error) {
	t, err := b.aside(ctx, "snapshot")
	if err != nil {
		return Snapshot{}, err
	}
	s := Snapshot{At: t.now, Town: t.town, Rooms: map[string]Room{}, Accounts: map[string]team.MemberID{}}
	if s.Watches, err = t.watches(ctx, "watch/end", t.now, t.now.Add(snapshotSpan)); err != nil {
		return s, err
	}
	rooms, err := t.find(ctx, Range{Index: "rooms", To: maxScore})
	if err != nil {
		return s, err
	}
	for _, ref := range rooms {
		var r Room
		if ok, err := t.read(ref, &r); err != nil {
			return s, err
		} else if ok {
			s.Rooms[ref.ID] = r
		}
	}
	accounts, err := t.find(ctx, Range{Index: "accounts", To: maxScore})
	if err != nil {
		return s, err
	}
	for _, ref := range accounts {
		var l Link
		if ok, err := t.read(ref, &l); err != nil {
			return s, err
		} else if ok {
			s.Accounts[ref.ID] = l.Member
		}
	}
	book, err := t.useBook(ctx)
	if err != nil {
		return s, err
	}
	s.Book = &book
	b.mu.Lock()
	b.last, b.book = &s, book
	b.mu.Unlock()
	return s, nil
}

// Restore takes up a snapshot written before, for a start while the store is away.
func (b *Bot) Restore(data []byte) error {
	var s Snapshot
	if err := json.Unmarshal(data, &s); err != nil {
		return fmt.Errorf("decode the snapshot: %w", err)
	}
	if s.Town == nil {
		return nil
	}
	s.Town.Org.Index()
	b.mu.Lock()
	defer b.mu.Unlock()
	b.last = &s
	if s.Book != nil {
		b.book = withShipped(*s.Book, b.Hotlines)
	}
	if b.town == nil {
		b.town = s.Town
	}
	return nil
}

// lastTurn is a turn on the last snapshot: the sender and the room as they were
// known then. ok is false when there is no snapshot, or the sender may not ask here.
func (b *Bot) lastTurn(u chat.Update) (*turn, *Snapshot, bool) {
	b.mu.RLock()
	s := b.last
	b.mu.RUnlock()
	if s == nil {
		return nil, nil, false
	}
	t := &turn{b: b, u: u, now: u.SentAt, town: s.Town}
	if id, ok := s.Accounts[u.From.Key()]; ok && !u.From.Anonymous {
		t.me, t.linked = s.Town.Org.Member(id)
	}
	t.room, t.admitted = s.Rooms[u.To.Key()]
	return t, s, t.linked && (u.Kind != chat.Group || t.admitted)
}

// lastOnDuty answers /aitruc from the snapshot, by the same rules as with the store.
func (b *Bot) lastOnDuty(u chat.Update) (messages.OnDuty, bool) {
	t, s, ok := b.lastTurn(u)
	if !ok {
		return messages.OnDuty{}, false
	}
	m := t.onDuty(s.Watches)
	m.Snapshot = s.At
	return m, true
}

// onDuty lists who is on now and who comes next in the sender's scope.
func (t *turn) onDuty(all []checkin.Watch) messages.OnDuty {
	m := messages.OnDuty{At: t.now}
	var next []checkin.Watch
	for _, w := range all {
		switch {
		case !t.town.Org.Within(w.Shift.Unit, t.scope()):
		case w.Shift.Covers(t.now):
			m.Now = append(m.Now, t.dutyLine(w, t.now))
		case w.Shift.Start.After(t.now):
			next = append(next, w)
		}
	}
	sort.SliceStable(next, func(i, j int) bool { return next[i].Shift.Start.Before(next[j].Shift.Start) })
	for _, w := range next {
		if w.Shift.Start.Equal(next[0].Shift.Start) {
			m.Next = append(m.Next, t.dutyLine(w, t.now))
		}
	}
	return m
}
