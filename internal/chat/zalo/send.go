package zalo

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"trucban/internal/chat"
)

// outgoing is one call that makes one message on the platform.
type outgoing struct {
	method string
	params map[string]string
}

// Send implements chat.Platform. A text longer than one message goes out in
// parts, each of which counts against the month. When a part is not taken, the
// parts before it are remembered for a while: the same message sent again goes on
// where it stopped.
func (b *Bot) Send(ctx context.Context, to chat.Address, m chat.Message) chat.Receipt {
	if to.Platform != Platform || to.Chat == "" {
		return chat.Receipt{Outcome: chat.Permanent, Reason: chat.ReasonNoChat, Err: errors.New("zalo send: not an address of this platform")}
	}
	key, photo := progressKey(to, m), photoURL(m)
	at := b.unfinished.get(key, b.o.Now())
	if at.words {
		photo = ""
	}
	todo := b.compose(to, m, photo)
	taken := 0
	for at.parts < len(todo) {
		next := todo[at.parts]
		id, f := b.send(ctx, next)
		if f != nil && next.method == "sendPhoto" && f.kind == refused && f.code == http.StatusBadRequest {
			// The words matter more than the picture.
			b.o.Log.Warn().Err(f).Msg("zalo refuses a picture, words go instead")
			todo, at.words = b.compose(to, m, ""), true
			continue
		}
		if f != nil {
			b.unfinished.put(key, at, b.o.Now())
			return b.receipt(to, f, taken)
		}
		at.message = id
		at.parts++
		taken++
	}
	b.unfinished.drop(key)
	if len(todo) == 0 {
		return chat.Receipt{Outcome: chat.Permanent, Reason: chat.ReasonRejected, Err: errors.New("zalo send: nothing to show")}
	}
	b.settle(false)
	return chat.Receipt{Outcome: chat.Sent, Message: at.message, Parts: taken}
}

// Edit implements chat.Platform: Zalo cannot change a message.
func (b *Bot) Edit(context.Context, chat.Address, string, chat.Message) chat.Receipt {
	return chat.Receipt{Outcome: chat.Permanent, Reason: chat.ReasonGone, Err: errors.New("zalo edit: the platform has no edits")}
}

// photoURL is the address of the picture where the platform can fetch it itself.
func photoURL(m chat.Message) string {
	if m.Attach == nil || !m.Attach.Photo {
		return ""
	}
	u, err := url.Parse(m.Attach.FileID)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return ""
	}
	return m.Attach.FileID
}

// compose makes the calls of one message: plain text in parts, the first of them
// as the caption where there is a picture.
func (b *Bot) compose(to chat.Address, m chat.Message, photo string) []outgoing {
	if photo != "" {
		m.Attach = nil
	}
	parts := split(chat.Flatten(m, b.Caps()).Text, partUnits)
	var todo []outgoing
	if photo != "" {
		p := map[string]string{"chat_id": to.Chat, "photo": photo}
		if len(parts) > 0 {
			p["caption"], parts = parts[0], parts[1:]
		}
		todo = append(todo, outgoing{"sendPhoto", p})
	}
	for _, text := range parts {
		todo = append(todo, outgoing{"sendMessage", map[string]string{"chat_id": to.Chat, "text": text}})
	}
	return todo
}

func (b *Bot) send(ctx context.Context, o outgoing) (id string, f *fault) {
	limit := b.o.Timeout
	if o.method == "sendPhoto" {
		limit = b.o.PhotoTimeout
	}
	raw, f := b.call(ctx, o.method, o.params, limit)
	if f != nil {
		return "", f
	}
	var sent struct {
		ID flexString `json:"message_id"`
	}
	// ok:true is the promise; a result we cannot read takes nothing from it.
	_ = json.Unmarshal(raw, &sent)
	return string(sent.ID), nil
}

// receipt says what a fault means after taken parts of a message went through.
func (b *Bot) receipt(to chat.Address, f *fault, taken int) chat.Receipt {
	r := chat.Receipt{Parts: taken, Err: f}
	r.Outcome, r.Reason = verdict(f, to)
	switch r.Outcome {
	case chat.Throttled:
		hold, first := b.settle(true)
		r.Whole, r.RetryAfter = true, max(hold, f.after)
		if first && b.o.OnQuota != nil {
			b.o.OnQuota(f)
		}
	case chat.Unknown:
		r.Parts++ // it counts as taken until somebody knows better
	}
	return r
}

// verdict maps a fault of a send to an outcome. Zalo names no codes for a chat
// that is gone, so 404 and 403 say so and 400 means a refusal of the content; its
// table calls 403 "Internal server error", and where the answer says that it is
// no verdict on the chat.
func verdict(f *fault, to chat.Address) (chat.Outcome, chat.Reason) {
	switch f.kind {
	case unsent:
		return chat.Temporary, ""
	case lost:
		return chat.Unknown, ""
	case foreign:
		switch {
		case f.status == http.StatusTooManyRequests:
			return chat.Throttled, ""
		case f.status >= 500, f.status < 300, f.status == http.StatusRequestTimeout:
			return chat.Unknown, ""
		}
		return chat.Temporary, "" // a redirect or a wall in the way: the API never saw it
	}
	switch f.code {
	case http.StatusUnauthorized:
		return chat.Permanent, chat.ReasonToken
	case http.StatusTooManyRequests:
		return chat.Throttled, ""
	case http.StatusNotFound:
		return chat.Permanent, goneReason(to)
	case http.StatusForbidden:
		if isInternal(f.text) {
			return chat.Unknown, ""
		}
		return chat.Permanent, goneReason(to)
	case http.StatusBadRequest, http.StatusRequestEntityTooLarge:
		return chat.Permanent, chat.ReasonRejected
	}
	return chat.Unknown, "" // 408, 5xx and codes nobody wrote down
}

// goneReason reads a group from its id: there the bot was put out or the group is
// gone; a private chat it does not know is only that.
func goneReason(to chat.Address) chat.Reason {
	if strings.HasPrefix(to.Chat, "zgr-") {
		return chat.ReasonKicked
	}
	return chat.ReasonNoChat
}

// quotaHolds is how long the bot is held after the first, second, ... refusal for
// its number. Zalo does not say when it ends and uses one code for a rate and for
// the month, so the first hold is short and the last is an hour.
var quotaHolds = [...]time.Duration{time.Minute, 5 * time.Minute, 30 * time.Minute, time.Hour}

// settle counts refusals in a row and returns the hold; a send that went through begins anew.
func (b *Bot) settle(refusedAgain bool) (hold time.Duration, first bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !refusedAgain {
		b.refused = 0
		return 0, false
	}
	b.health.refused.Add(1)
	hold = quotaHolds[min(b.refused, len(quotaHolds)-1)]
	b.refused++
	return hold, b.refused == 1
}

// isInternal recognises the platform's own failure behind a code that says otherwise.
func isInternal(text string) bool { return strings.Contains(strings.ToLower(text), "internal") }
