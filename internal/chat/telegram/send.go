package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"strings"

	tg "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"trucban/internal/chat"
)

// Telegram's limits: texts and captions in code points after the markup is read,
// button data in bytes, a keyboard in buttons and in bytes of its JSON.
const (
	maxText    = 4096
	maxCaption = 1024
	maxAction  = 64
	maxKeys    = 100
	maxMarkup  = 9000
)

// Send shows a message. What does not fit one Telegram message goes out as
// several, cut at lines, the buttons on the last text; Receipt.Message is the one
// with the buttons. When a later one fails, the outcome is its outcome, and the
// same Send again goes on where it stopped, as long as the process lives.
//
// Markup that Telegram cannot read is sent again without markup: a fault in a
// template must not swallow an alarm.
func (b *Bot) Send(ctx context.Context, to chat.Address, m chat.Message) chat.Receipt {
	steps, err := plan(to, m)
	if err != nil {
		return chat.Receipt{Outcome: chat.Permanent, Reason: chat.ReasonRejected, Err: err}
	}
	var key string
	var done sent
	if len(steps) > 1 {
		key = progressKey(to, m)
		done = b.steps.get(key)
	}
	for i := done.steps; i < len(steps); i++ {
		r := b.step(ctx, to, steps[i])
		if r.Outcome != chat.Sent {
			if key != "" {
				b.steps.put(key, sent{steps: i, card: done.card})
			}
			return r
		}
		if steps[i].card || done.card == "" {
			done.card = r.Message
		}
	}
	if key != "" {
		b.steps.drop(key)
	}
	return chat.Receipt{Outcome: chat.Sent, Message: done.card}
}

// Edit changes a message in place: its text, or the caption under its picture,
// and its buttons. An edit that changes nothing is Sent. An edit whose answer was
// not seen is Temporary, because making it again is harmless.
func (b *Bot) Edit(ctx context.Context, to chat.Address, id string, m chat.Message) chat.Receipt {
	s, err := planEdit(to, id, m)
	if err != nil {
		return chat.Receipt{Outcome: chat.Permanent, Reason: chat.ReasonRejected, Err: err}
	}
	r := b.step(ctx, to, s)
	if refusedWith(r, "there is no text in the message to edit") && chat.Length(m.Text) <= maxCaption {
		r = b.step(ctx, to, s.asCaption())
	}
	if r.Outcome == chat.Unknown {
		r.Outcome = chat.Temporary
	}
	if r.Outcome == chat.Sent {
		r.Message = id
	}
	return r
}

// refusedWith reports whether Telegram refused with these words.
func refusedWith(r chat.Receipt, words string) bool {
	var api *APIError
	return errors.As(r.Err, &api) && strings.Contains(api.Description, words)
}

// step makes one request of a message.
func (b *Bot) step(ctx context.Context, to chat.Address, s step) chat.Receipt {
	r := b.attempt(ctx, s)
	if refusedWith(r, "can't parse entities") {
		b.opt.Log.Error().Err(r.Err).Msg("markup cannot be read, sending it plain")
		r = b.attempt(ctx, s.plain())
	}
	if r.Outcome == chat.Throttled {
		r.Whole = b.floods.whole(to.Chat, b.opt.Now())
	}
	return r
}

func (b *Bot) attempt(ctx context.Context, s step) chat.Receipt {
	var result messageID
	r := request{method: s.method, params: s.params, limit: b.opt.CallTimeout, out: &result}
	if s.file != nil {
		r.files = []tg.RequestFile{{Name: s.field, Data: tg.FileBytes{Name: s.file.Name, Bytes: s.file.Data}}}
		r.size = len(s.file.Data)
	}
	x, err := b.request(ctx, r)
	if err != nil {
		return receipt(x, err)
	}
	if result == 0 {
		return chat.Receipt{Outcome: chat.Sent}
	}
	return chat.Receipt{Outcome: chat.Sent, Message: strconv.FormatInt(int64(result), 10)}
}

// messageID is the one thing read of the message a method answers with. Some
// methods answer true instead; then it is 0.
type messageID int64

// UnmarshalJSON takes any result: the message was accepted, whatever it looks like.
func (id *messageID) UnmarshalJSON(raw []byte) error {
	var m struct {
		ID int64 `json:"message_id"`
	}
	if err := json.Unmarshal(raw, &m); err == nil {
		*id = messageID(m.ID)
	}
	return nil
}

// step is one request of a message.
type step struct {
	method string
	params tg.Params
	field  string           // parameter of the file
	file   *chat.Attachment // to upload
	card   bool             // this one carries the buttons
}

// plain is the step without markup.
func (s step) plain() step {
	p := make(tg.Params, len(s.params))
	for k, v := range s.params {
		p[k] = v
	}
	delete(p, "parse_mode")
	for _, k := range []string{"text", "caption"} {
		if v, ok := p[k]; ok {
			p[k] = chat.Plain(v)
		}
	}
	s.params = p
	return s
}

// asCaption is the same edit for a message with a picture.
func (s step) asCaption() step {
	p := make(tg.Params, len(s.params))
	for k, v := range s.params {
		p[k] = v
	}
	p["caption"] = p["text"]
	delete(p, "text")
	delete(p, "link_preview_options")
	return step{method: "editMessageCaption", params: p}
}
