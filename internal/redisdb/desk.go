package redisdb

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"trucban/bot"
	"trucban/internal/outbox"
)

// The machinery's own documents. They are read like any other with Load and Find,
// and a commit that deletes one takes it off its list.
const (
	IndexDead   = "dead"   // documents Dead: messages given up, by the moment
	IndexStale  = "stale"  // documents Stale: messages that came too late, by the moment
	IndexBuried = "buried" // documents Buried: jobs given up, by the moment
	KindWave    = "wave"   // Ref{KindWave, wave} is a Wave, read only
)

// Stale is the document kept of a message that was not sent because its time had passed.
type Stale struct {
	Item   outbox.Item `json:"item"` // without its text
	Millis int64       `json:"ms"`   // when it was taken out, UTC ms
}

// At is when the message was taken out.
func (s Stale) At() time.Time { return fromMillis(s.Millis) }

// Wave is the delivery receipt of all items with one Item.Wave: "127 of 130".
type Wave struct {
	Total    int `json:"total"`
	Sent     int `json:"sent"`
	Failed   int `json:"failed"`   // given up
	Late     int `json:"late"`     // not sent because its time had passed
	Needless int `json:"needless"` // not sent because its guard no longer held or a newer state of its card went
	// To is how it stands with each Item.For: WaveWaiting, WaveSent, WaveNeedless,
	// WaveLate, or the reason it was given up. Who was reached once stays reached.
	To map[string]string `json:"to,omitempty"`
}

// States of one whom a wave is for; others are reasons of the outbox.
const (
	WaveWaiting  = "waiting"
	WaveSent     = "sent"
	WaveNeedless = "needless"
	WaveLate     = "late"
)

// Waiting is how many items are still on their way.
func (w Wave) Waiting() int { return w.Total - w.Sent - w.Failed - w.Late - w.Needless }

// waveDoc makes the document of a wave from its counters; version counts what happened to it.
func waveDoc(r bot.Ref, flat []any) (bot.Doc, error) {
	d := bot.Doc{Ref: r}
	if len(flat) == 0 {
		return d, nil
	}
	f := make(map[string]string, len(flat)/2)
	for i := 0; i+1 < len(flat); i += 2 {
		f[toString(flat[i])] = toString(flat[i+1])
	}
	var w Wave
	for name, at := range map[string]*int{
		"total": &w.Total, "sent": &w.Sent, "failed": &w.Failed, "late": &w.Late, "needless": &w.Needless,
	} {
		if f[name] == "" {
			continue
		}
		n, err := strconv.Atoi(f[name])
		if err != nil {
			return d, fmt.Errorf("wave %s: %w", name, err)
		}
		*at = n
		d.Version += int64(n)
	}
	for name, state := range f {
		whom, ok := strings.CutPrefix(name, "f:")
		if !ok {
			continue
		}
		if w.To == nil {
			w.To = map[string]string{}
		}
		w.To[whom] = state
	}
	data, err := json.Marshal(w)
	if err != nil {
		return d, fmt.Errorf("wave: %w", err)
	}
	d.Data = data
	return d, nil
}

func deadRef(item string) bot.Ref { return bot.Ref{Kind: "dead", ID: item} }

// RetryDead puts the dead letters of these item ids back into the outbox and says how
// many there were. One whose time has passed gets the time until; guards stay.
func (db *DB) RetryDead(ctx context.Context, until time.Time, items ...string) (int, error) {
	refs := make([]bot.Ref, len(items))
	for i, id := range items {
		refs[i] = deadRef(id)
	}
	docs, err := db.Load(ctx, refs...)
	if err != nil {
		return 0, fmt.Errorf("retry dead letters: %w", err)
	}
	now, err := db.Now(ctx)
	if err != nil {
		return 0, fmt.Errorf("retry dead letters: %w", err)
	}
	n := 0
	for _, d := range docs {
		if d.Data == nil {
			continue
		}
		var dead Dead
		if err := json.Unmarshal(d.Data, &dead); err != nil {
			return n, fmt.Errorf("dead letter %s: %w", d.ID, err)
		}
		if !dead.Item.NotAfter.IsZero() && !dead.Item.NotAfter.After(now) {
			dead.Item.NotAfter = until
		}
		flat, err := flatItem(dead.Item)
		if err != nil {
			return n, fmt.Errorf("dead letter: %w", err)
		}
		r, err := db.run(ctx, db.scripts.outRetry, nil, append([]any{d.String(), d.Version}, flat...)...)
		if err != nil {
			return n, fmt.Errorf("retry dead letter: %w", err)
		}
		if r.str(0) == "ok" {
			n++
		}
	}
	return n, nil
}
