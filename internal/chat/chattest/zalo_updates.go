package chattest

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"time"
)

// zaloEvent is an update as it was emitted; raw ones are never wrapped.
type zaloEvent struct {
	inner []byte
	raw   bool
}

// eventBody builds {"event_name","message"} of a post; the lock is held.
func (z *Zalo) eventBody(u *ZaloUser, p ZaloPost, id string) []byte {
	text := p.Text
	if p.Mention {
		text = "@" + z.opts.Name + " " + text
	}
	if p.MentionLast {
		text += " @" + z.opts.Name
	}
	chat := map[string]any{"id": u.ID, "chat_type": "PRIVATE"}
	if p.Group != nil {
		chat = map[string]any{"id": p.Group.ID, "chat_type": "GROUP"}
	}
	date := z.opts.Now().UnixMilli()
	if z.sw.Seconds {
		date /= 1000
	}
	msg := map[string]any{
		"from":       map[string]any{"id": u.ID, "display_name": u.Name, "is_bot": p.Bot},
		"chat":       chat,
		"message_id": id,
		"date":       date,
	}
	event := "message.text.received"
	switch {
	case p.Unsupported:
		event = "message.unsupported.received"
	case p.Photo != "":
		event = "message.image.received"
		msg["caption"], msg["message_type"] = text, "CHAT_PHOTO"
		msg["photo"] = p.Photo
		if z.sw.PhotoURL {
			delete(msg, "photo")
			msg["photo_url"] = p.Photo
		}
	case p.Voice != "":
		event = "message.voice.received"
		msg["voice_url"] = p.Voice
	case p.Sticker != "":
		event = "message.sticker.received"
		msg["sticker"], msg["url"] = p.Sticker, "https://stickers.example/"+p.Sticker
	default:
		msg["text"] = text
	}
	if p.Event != "" {
		event = p.Event
	}
	return mustJSON(map[string]any{"event_name": event, "message": msg})
}

// wrap puts an update into the envelope of a method's result.
func (ev zaloEvent) wrap() []byte {
	if ev.raw {
		return ev.inner
	}
	return mustJSON(map[string]any{"ok": true, "result": json.RawMessage(ev.inner)})
}

// emit hands an update to the webhook, else to an open poll, else to the queue where there is one.
func (z *Zalo) emit(d ZaloDelivery, ev zaloEvent) ZaloDelivery {
	d.Emitted = true
	z.mu.Lock()
	hook, wrapped := z.hook, z.sw.Wrapped
	if hook.url == "" {
		if z.sw.Queue || z.pollers > len(z.pending) {
			z.pending = append(z.pending, ev.wrap())
			close(z.arrived)
			z.arrived = make(chan struct{})
		} else {
			d.Lost = true
		}
		z.mu.Unlock()
		return d
	}
	z.mu.Unlock()
	body := ev.inner
	if wrapped {
		body = ev.wrap()
	}
	d.Status, d.Err = z.callHook(hook, body)
	d.Lost = d.Err != nil || d.Status/100 != 2
	return d
}

// callHook posts one body to the webhook; what it refuses is not sent again.
func (z *Zalo) callHook(h zaloHook, body []byte) (int, error) {
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, h.url, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Bot-Api-Secret-Token", h.secret)
	res, err := z.opts.Client.Do(req)
	if err != nil {
		return 0, err
	}
	defer func() { _ = res.Body.Close() }()
	_, err = io.Copy(io.Discard, io.LimitReader(res.Body, 1<<16))
	return res.StatusCode, err
}

// poll waits for one pending update; nil means that none came or the caller left.
func (z *Zalo) poll(done <-chan struct{}, wait time.Duration) []byte {
	z.mu.Lock()
	z.pollers++
	z.mu.Unlock()
	defer func() {
		z.mu.Lock()
		z.pollers--
		z.mu.Unlock()
	}()
	timer := time.NewTimer(wait)
	defer timer.Stop()
	for {
		z.mu.Lock()
		if len(z.pending) > 0 {
			body := z.pending[0]
			z.pending = z.pending[1:]
			z.mu.Unlock()
			return body
		}
		arrived := z.arrived
		z.mu.Unlock()
		select {
		case <-arrived:
		case <-timer.C:
			return nil
		case <-done:
			return nil
		}
	}
}

// mustJSON writes values the fake made itself, which always can be written.
func mustJSON(v any) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic(err)
	}
	return bytes.TrimSpace(b.Bytes())
}
