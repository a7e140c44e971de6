package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/rs/zerolog"

	"trucban/bot"
	"trucban/internal/chat"
	"trucban/internal/redisdb"
	"trucban/messages"
)

const (
	watchEvery  = 15 * time.Second
	watchSilent = 3 * time.Minute
	watchRooms  = 10 * time.Minute // how often the leaders' chats are read again
)

type watchCmd struct {
	Health string `help:"Address of the bot's /healthz; it tells a bot that hangs from one that is gone." placeholder:"URL"`
	State  string `default:"watch.json" help:"File in TRUCBAN_DATA that remembers the outage told and the leaders' chats."`
}

// Run watches a bot from beside it and speaks for it when it cannot.
func (c watchCmd) Run(ctx context.Context, s streams) error {
	cfg, err := readConfig(os.Getenv)
	if err != nil {
		return usageError{fmt.Errorf("settings:\n%w", err)}
	}
	log := newLog(s.err, zerolog.InfoLevel)
	db, client, _, err := toolStore("")
	if err != nil {
		return err
	}
	defer closeQuietly(client, log)
	doors, err := openDoors(cfg, &lateApp{}, log)
	if err != nil {
		return usageError{err}
	}
	defer doors.Close()
	texts, err := messages.Load()
	if err != nil {
		return fmt.Errorf("load the texts: %w", err)
	}
	if err := os.MkdirAll(cfg.Data, 0o700); err != nil {
		return usageError{fmt.Errorf("make the data folder: %w", err)}
	}
	w := &watcher{
		db: db, texts: texts, log: log, now: time.Now, path: filepath.Join(cfg.Data, filepath.Base(c.State)), senders: map[chat.Name]chat.Sender{},
		healthy: func(ctx context.Context) error { return nil },
	}
	if c.Health != "" {
		w.healthy = func(ctx context.Context) error { return ping(ctx, c.Health) }
	}
	for _, d := range doors.platforms {
		w.senders[d.Name()] = d
	}
	if err := w.load(); err != nil {
		return err
	}
	log.Info().Msg("watching")
	every(ctx, watchEvery, func(ctx context.Context) {
		if err := w.step(ctx); err != nil && ctx.Err() == nil {
			log.Warn().Err(err).Msg("the watch has a gap")
		}
	})
	return nil
}

// watcher looks whether the bot's loops go round and speaks to the leaders, once for
// each outage, by the platforms directly.
type watcher struct {
	db      *redisdb.DB
	senders map[chat.Name]chat.Sender
	texts   *messages.Catalogue
	healthy func(context.Context) error // asks /healthz
	now     func() time.Time
	log     zerolog.Logger
	path    string

	good  time.Time // the newest moment all was well, on this machine's clock
	asked time.Time // when the leaders' chats were read
	state watchState
}

// watchState survives a restart of the watcher.
type watchState struct {
	Since time.Time       `json:"since"` // begin of the outage that was told; zero: there is none
	Told  map[string]bool `json:"told,omitempty"`
	Rooms []chat.Address  `json:"rooms"`
}

func (w *watcher) load() error {
	data, err := os.ReadFile(w.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = json.Unmarshal(data, &w.state)
	}
	if err != nil {
		return fmt.Errorf("read what was told: %w", err)
	}
	return nil
}

func (w *watcher) save() error {
	data, err := json.Marshal(w.state)
	if err == nil {
		err = os.WriteFile(w.path+".new", data, 0o600)
	}
	if err == nil {
		err = os.Rename(w.path+".new", w.path)
	}
	if err != nil {
		return fmt.Errorf("keep what was told: %w", err)
	}
	return nil
}

// step looks once.
func (w *watcher) step(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, watchEvery)
	defer cancel()
	now := w.now().UTC()
	if w.good.IsZero() {
		w.good = now // a bot that never was there is missed from now on
	}
	beat, shared, err := w.db.LastBeat(ctx)
	store := err == nil
	if store && !beat.IsZero() && shared.Sub(beat) < watchSilent {
		if at := now.Add(-shared.Sub(beat)); at.After(w.good) {
			w.good = at
		}
		w.readRooms(ctx, now)
		return w.back(ctx, now)
	}
	if now.Sub(w.good) < watchSilent {
		return nil
	}
	m := messages.BotSilent{Since: w.good, Store: !store}
	if store && w.healthy(ctx) == nil {
		m.Hangs = true
	}
	if w.state.Since.IsZero() {
		w.state.Since, w.state.Told = w.good, map[string]bool{}
		w.log.Error().Time("since", w.good).Bool("store", store).Msg("the bot is silent")
	}
	return w.tell(ctx, m)
}

// back says that an outage that was told is over.
func (w *watcher) back(ctx context.Context, now time.Time) error {
	if w.state.Since.IsZero() {
		return nil
	}
	told := w.state.Told
	m := messages.BotBack{From: w.state.Since, To: now}
	w.state.Since, w.state.Told = time.Time{}, nil
	w.log.Info().Time("since", m.From).Msg("the bot is back")
	if err := w.save(); err != nil {
		return err
	}
	for _, a := range w.state.Rooms {
		if told[a.Key()] {
			if err := w.send(ctx, a, m); err != nil {
				w.log.Error().Err(err).Str("chat", a.Key()).Msg("the all-clear did not go out")
			}
		}
	}
	return nil
}

// tell sends to every leaders' chat that has not been told of this outage.
func (w *watcher) tell(ctx context.Context, m any) error {
	var faults []error
	for _, a := range w.state.Rooms {
		if w.state.Told[a.Key()] {
			continue
		}
		if err := w.send(ctx, a, m); err != nil {
			faults = append(faults, err)
			continue
		}
		w.state.Told[a.Key()] = true
	}
	if len(w.state.Rooms) == 0 {
		faults = append(faults, errors.New("no leaders' chat is known"))
	}
	return errors.Join(append(faults, w.save())...)
}

func (w *watcher) send(ctx context.Context, a chat.Address, m any) error {
	s, ok := w.senders[a.Platform]
	if !ok {
		return fmt.Errorf("no door %q", a.Platform)
	}
	text, err := w.texts.Render("vi", m)
	if err != nil {
		return fmt.Errorf("write the text: %w", err)
	}
	// An answer that was lost counts as sent: once more in three minutes of silence helps nobody.
	if r := s.Send(ctx, a, chat.Message{Text: text}); r.Outcome != chat.Sent && r.Outcome != chat.Unknown {
		return fmt.Errorf("send to %s: %s %s", a.Key(), r.Outcome, r.Reason)
	}
	return nil
}

// readRooms learns the leaders' chats while the store is there.
func (w *watcher) readRooms(ctx context.Context, now time.Time) {
	if !w.asked.IsZero() && now.Sub(w.asked) < watchRooms {
		return
	}
	rooms, err := bot.LeadersRooms(ctx, w.db)
	if err != nil {
		w.log.Warn().Err(err).Msg("the leaders' chats cannot be read")
		return
	}
	w.asked, w.state.Rooms = now, nil
	for _, r := range rooms {
		w.state.Rooms = append(w.state.Rooms, r.Addr)
	}
	if err := w.save(); err != nil {
		w.log.Warn().Err(err).Msg("the leaders' chats are not kept")
	}
}
