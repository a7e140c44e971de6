package chattest

import (
	"context"
	"encoding/json"
	"strconv"
	"time"
)

// How long the server keeps an update that nobody takes.
const (
	tgKeepMessage = 24 * time.Hour
	tgKeepPress   = 150 * time.Second
)

// tgUpdates is the server's queue.
type tgUpdates struct {
	next    int64
	list    []*tgUpdate
	allowed map[string]bool
	poller  chan struct{} // closed when a newer poll takes over
}

type tgUpdate struct {
	id    int64
	queue string // what a webhook keeps in order
	until time.Time
	raw   json.RawMessage
	tries int
}

// tgDefaultUpdates are all kinds but those the server leaves out unless asked.
func tgDefaultUpdates() map[string]bool {
	allowed := map[string]bool{}
	for name := range TelegramSchema().Types["Update"].Fields {
		allowed[name] = name != "chat_member" && name != "message_reaction" && name != "message_reaction_count"
	}
	return allowed
}

// setAllowed remembers allowed_updates; what is no array leaves it as it was.
func (u *tgUpdates) setAllowed(raw string) {
	var kinds []string
	if json.Unmarshal([]byte(raw), &kinds) != nil || kinds == nil {
		return
	}
	if len(kinds) == 0 {
		u.allowed = tgDefaultUpdates()
		return
	}
	u.allowed = map[string]bool{}
	for _, k := range kinds {
		u.allowed[k] = true
	}
}

// emit queues an update of a kind; the lock is held.
func (f *Telegram) emit(kind, queue string, keep time.Duration, body any) {
	if !f.updates.allowed[kind] {
		return
	}
	id := f.updates.next
	f.queue(queue, keep, tgJSON(map[string]any{"update_id": id, kind: body}))
}

func (f *Telegram) queue(queue string, keep time.Duration, raw json.RawMessage) {
	u := &tgUpdate{id: f.updates.next, queue: queue, until: f.opt.Now().Add(keep), raw: raw}
	f.updates.next++
	f.updates.list = append(f.updates.list, u)
	f.touch()
	f.pump()
}

// waiting drops what has expired and returns the rest.
func (f *Telegram) waiting() []*tgUpdate {
	now := f.opt.Now()
	kept := f.updates.list[:0]
	for _, u := range f.updates.list {
		if now.Before(u.until) {
			kept = append(kept, u)
		}
	}
	clear(f.updates.list[len(kept):])
	f.updates.list = kept
	return kept
}

// confirm forgets the updates below offset; below zero it keeps only that many.
func (f *Telegram) confirm(offset int64) {
	list := f.waiting()
	switch {
	case offset > 0:
		for len(list) > 0 && list[0].id < offset {
			list = list[1:]
		}
	case offset < 0 && int64(len(list)) > -offset:
		list = list[int64(len(list))+offset:]
	}
	f.updates.list = append(f.updates.list[:0:0], list...)
}

const (
	tgConflictHook = "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
	tgConflictPoll = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
)

// getUpdates is the long poll. Of two, the older one ends with a conflict.
func (f *Telegram) getUpdates(ctx context.Context, p tgParams) (any, *tgError) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.hook.url != "" {
		return nil, &tgError{code: 409, text: tgConflictHook}
	}
	if f.updates.poller != nil {
		close(f.updates.poller)
	}
	mine := make(chan struct{})
	f.updates.poller = mine
	defer func() {
		if f.updates.poller == mine {
			f.updates.poller = nil
		}
	}()
	f.touch()
	f.updates.setAllowed(p.str("allowed_updates"))
	f.confirm(p.num("offset"))
	limit := int(p.num("limit"))
	if limit < 1 || limit > 100 {
		limit = 100
	}
	end := time.NewTimer(time.Duration(min(p.num("timeout"), 50)) * time.Second)
	defer end.Stop()
	for {
		if list := f.waiting(); len(list) > 0 {
			return rawUpdates(list[:min(limit, len(list))]), nil
		}
		changed := f.changed
		f.mu.Unlock()
		var fail *tgError
		over := false
		select {
		case <-mine:
			fail = &tgError{code: 409, text: tgConflictPoll}
		case <-changed:
		case <-end.C:
			over = true
		case <-ctx.Done():
			over = true
		case <-f.closed:
			over = true
		}
		f.mu.Lock()
		if fail != nil || over {
			return []any{}, fail
		}
	}
}

func rawUpdates(list []*tgUpdate) []json.RawMessage {
	out := make([]json.RawMessage, len(list))
	for i, u := range list {
		out[i] = u.raw
	}
	return out
}

// Inject queues an update as it stands, with the next id in place of %ID; nothing checks it.
func (f *Telegram) Inject(raw string) int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	id := f.updates.next
	f.queue("raw", tgKeepMessage, json.RawMessage(replaceID(raw, id)))
	return id
}

func replaceID(raw string, id int64) string {
	out := make([]byte, 0, len(raw)+8)
	for i := 0; i < len(raw); i++ {
		if raw[i] == '%' && i+2 < len(raw) && raw[i+1:i+3] == "ID" {
			out = strconv.AppendInt(out, id, 10)
			i += 2
			continue
		}
		out = append(out, raw[i])
	}
	return string(out)
}

// Pending is how many updates wait to be confirmed.
func (f *Telegram) Pending() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.waiting())
}

// Updates are the updates that wait, as they are delivered.
func (f *Telegram) Updates() []json.RawMessage {
	f.mu.Lock()
	defer f.mu.Unlock()
	return rawUpdates(f.waiting())
}

// Forget drops all that waits and begins to count anywhere, as after a week of silence.
func (f *Telegram) Forget(next int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.updates.list = nil
	f.updates.next = next
}
