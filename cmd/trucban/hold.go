package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"trucban/bot"
	"trucban/internal/chat"
	"trucban/internal/due"
	"trucban/internal/redisdb"
)

// holder keeps what people send while the store is away: each update goes to a
// journal on the local disk before it is confirmed to its platform, and to the
// bot, in order and with its own time, once the store is back. While the journal
// holds anything, later updates join its end, so that nothing overtakes. An update
// that cannot be handled though the store is there is put aside after a while, so
// that it does not hold up the others.
type holder struct {
	app     *App
	journal *redisdb.Journal // nil: updates are left to the platforms
	aside   *redisdb.Journal // what is left for a person to look at

	closed sync.Once

	mu    sync.Mutex
	since time.Time // the store has been away since then; zero: it is there
	tries int       // how often the first record of the journal was tried while the store was there
}

// heldRecord is one record of the journals: an update, or what a door delivered
// where the bot could not be asked what it means.
type heldRecord struct {
	Update *chat.Update `json:"update,omitempty"`
	Door   chat.Name    `json:"door,omitempty"` // whose Raw this is
	Raw    []byte       `json:"raw,omitempty"`
}

// decoder is a door that reads what it has delivered once more.
type decoder interface {
	Decode(raw []byte) (u chat.Update, ok bool, err error)
}

// maxJournal bounds each journal: some hundred thousand updates.
const maxJournal = 256 << 20

// maxTries is how often a held update is tried, a second apart, before it is put aside.
const maxTries = 30

func newHolder(a *App) (*holder, error) {
	h := &holder{app: a}
	if a.parts.Data == "" {
		return h, nil
	}
	if err := os.MkdirAll(a.parts.Data, 0o700); err != nil {
		return nil, fmt.Errorf("make the data folder: %w", err)
	}
	j, err := redisdb.OpenJournal(filepath.Join(a.parts.Data, "held-updates.journal"), maxJournal)
	if err != nil {
		return nil, fmt.Errorf("open the journal of held updates: %w", err)
	}
	h.journal = j
	if h.aside, err = redisdb.OpenJournal(filepath.Join(a.parts.Data, "set-aside-updates.journal"), maxJournal); err != nil {
		return nil, errors.Join(fmt.Errorf("open the journal of updates put aside: %w", err), j.Close())
	}
	if data, err := os.ReadFile(h.snapshotPath()); err == nil {
		if err := a.bot.Restore(data); err != nil {
			a.parts.Log.Warn().Err(err).Msg("the last snapshot cannot be used")
		}
	}
	return h, nil
}

func (h *holder) snapshotPath() string { return filepath.Join(h.app.parts.Data, "duty-snapshot.json") }

// keepSnapshot writes the snapshot beside the journal, whole or not at all.
func (h *holder) keepSnapshot(s bot.Snapshot) error {
	if h.journal == nil {
		return nil
	}
	data, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("write the snapshot: %w", err)
	}
	tmp := h.snapshotPath() + ".new"
	if err := os.WriteFile(tmp, data, 0o600); err != nil {
		return fmt.Errorf("write the snapshot: %w", err)
	}
	if err := os.Rename(tmp, h.snapshotPath()); err != nil {
		return fmt.Errorf("write the snapshot: %w", err)
	}
	return nil
}

// Close closes the journals; what they hold stays for the next start. Closing twice is harmless.
func (h *holder) Close() error {
	var err error
	h.closed.Do(func() {
		if h.journal != nil {
			err = errors.Join(h.journal.Close(), h.aside.Close())
		}
	})
	return err
}

func (h *holder) waiting() bool { return h.journal != nil && h.journal.Len() > 0 }

// kept is how many updates are put aside for a person to look at.
func (h *holder) kept() int {
	if h.aside == nil {
		return 0
	}
	return h.aside.Len()
}

// size is how many updates wait.
func (h *holder) size() int {
	if h.journal == nil {
		return 0
	}
	return h.journal.Len()
}

// handle gives the update to the bot; while the store is away it is answered from
// memory as far as that goes and kept.
func (h *holder) handle(ctx context.Context, u chat.Update) error {
	if h.app.bot.Emergency(u) {
		return h.emergency(ctx, u)
	}
	if !h.waiting() {
		err := h.app.bot.Handle(ctx, u)
		if !errors.Is(err, bot.ErrUnavailable) {
			return err
		}
		h.away(ctx)
	}
	if h.app.bot.WithoutStore(ctx, u, h.journal != nil) {
		return nil
	}
	if h.journal == nil {
		return fmt.Errorf("update %s is left to its platform: %w", u.ID, bot.ErrUnavailable)
	}
	if err := keep(h.journal, heldRecord{Update: &u}); err != nil {
		return fmt.Errorf("hold update %s: %w", u.ID, err)
	}
	h.app.parts.Log.Info().Str("update", u.ID).Msg("held on disk until the store is back")
	return nil
}

func keep(j *redisdb.Journal, r heldRecord) error {
	if j == nil {
		return errors.New("there is no journal")
	}
	data, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("write the record: %w", err)
	}
	return j.Append(data)
}

// holdRaw keeps what a door delivered and the bot did not take.
func (h *holder) holdRaw(door chat.Name, raw []byte) error {
	return keep(h.journal, heldRecord{Door: door, Raw: raw})
}

// park keeps an update no door can read for a person to look at. Once there is no
// room for more the update is dropped: it must not hold up those behind it.
func (h *holder) park(door chat.Name, raw []byte) error {
	if h.aside == nil {
		return nil // the door has logged it
	}
	err := keep(h.aside, heldRecord{Door: door, Raw: raw})
	if errors.Is(err, redisdb.ErrJournalFull) {
		h.app.parts.Log.Error().Err(err).Str("platform", string(door)).Msg("an update that cannot be read is dropped")
		return nil
	}
	return err
}

// read is what a record says; ok is false where it says nothing to the bot.
func (h *holder) read(data []byte) (u chat.Update, ok bool, err error) {
	var r heldRecord
	if err := json.Unmarshal(data, &r); err != nil {
		return u, false, fmt.Errorf("decode the record: %w", err)
	}
	if r.Update != nil {
		return *r.Update, true, nil
	}
	for _, d := range h.app.parts.Doors {
		if dec, can := d.(decoder); can && d.Name() == r.Door {
			return dec.Decode(r.Raw)
		}
	}
	return u, false, fmt.Errorf("no door %q reads the record", r.Door)
}

// replay gives one held record to the bot.
func (h *holder) replay(ctx context.Context, record []byte) error {
	u, ok, err := h.read(record)
	if err == nil && ok {
		err = h.app.bot.Handle(ctx, u)
	}
	switch {
	case err == nil:
		h.tries = 0
		return nil
	case errors.Is(err, bot.ErrUnavailable), ctx.Err() != nil:
		return err
	}
	if h.tries++; u.ID != "" && h.tries < maxTries {
		return err
	}
	h.app.parts.Log.Error().Err(err).Str("update", u.ID).Msg("a held update cannot be handled and is put aside")
	if err := h.aside.Append(record); err != nil {
		return fmt.Errorf("put a held update aside: %w", err)
	}
	h.tries = 0
	return nil
}

// patience is how long the store may take over the emergency numbers before they
// are given without it.
const patience = 600 * time.Millisecond

// emergency gives the emergency numbers: with the store when it answers at once,
// from memory when it is away, hangs, or holds something unreadable.
func (h *holder) emergency(ctx context.Context, u chat.Update) error {
	if !h.waiting() && !h.isAway() {
		try, stop := context.WithTimeout(ctx, patience)
		defer stop()
		done := make(chan error, 1)
		go func() { done <- h.app.bot.Handle(try, u) }()
		select {
		case err := <-done:
			if err == nil {
				return nil
			}
			h.app.parts.Log.Warn().Err(err).Str("update", u.ID).Msg("the emergency numbers are given from memory")
		case <-try.Done():
			h.app.parts.Log.Warn().Str("update", u.ID).Msg("the store hangs; the emergency numbers are given from memory")
		}
	}
	h.app.bot.WithoutStore(ctx, u, h.journal != nil)
	return nil
}

// heldFirst bounds how long an alarm waits for what was held before it.
const heldFirst = 5 * time.Second

// due takes an alarm, after what people sent while the store was away: an
// acknowledgement that is on record already stops a ladder that is late.
func (a *App) due(ctx context.Context, c due.Claim) error {
	limited, cancel := context.WithTimeout(ctx, heldFirst)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for a.held.waiting() && limited.Err() == nil {
		select {
		case <-limited.Done():
		case <-tick.C:
		}
	}
	return a.bot.Due(ctx, c)
}

func (h *holder) isAway() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return !h.since.IsZero()
}

func (h *holder) away(_ context.Context) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.since.IsZero() {
		h.since = h.app.clock.Now()
		h.app.parts.Log.Error().Msg("the store is away")
	}
}

// run watches for the store's return and replays what was held.
func (h *holder) run(ctx context.Context) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		if err := h.step(ctx); err != nil && ctx.Err() == nil && !errors.Is(err, bot.ErrUnavailable) {
			h.app.parts.Log.Error().Err(err).Msg("held updates wait")
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// step replays the journal when the store is there, and tells from when to when it was not.
func (h *holder) step(ctx context.Context) error {
	h.mu.Lock()
	since := h.since
	h.mu.Unlock()
	if since.IsZero() && !h.waiting() {
		return nil
	}
	if _, err := h.app.db.Now(ctx); err != nil {
		return err
	}
	if err := h.app.parts.Redis.Ping(ctx).Err(); err != nil {
		return err
	}
	if err := h.app.applySetup(ctx); err != nil {
		return err
	}
	n := 0
	if h.journal != nil {
		var err error
		n, err = h.journal.Replay(func(record []byte) error {
			// An outage that began before this process did is as old as what it held.
			if u, ok, err := h.read(record); err == nil && ok && (since.IsZero() || u.SentAt.Before(since)) {
				since = u.SentAt
			}
			return h.replay(ctx, record)
		})
		if err != nil {
			return fmt.Errorf("replay held updates: %w", err)
		}
	}
	h.mu.Lock()
	h.since = time.Time{}
	h.mu.Unlock()
	h.app.bot.StoreBack()
	if since.IsZero() {
		return nil
	}
	now := h.app.clock.Now()
	h.app.parts.Log.Warn().Time("from", since).Time("to", now).Int("held", n).Msg("the store is back")
	return h.app.bot.Gap(ctx, since, now, n)
}
