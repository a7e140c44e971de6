package telegram

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	tg "github.com/go-telegram-bot-api/telegram-bot-api/v5"
	"golang.org/x/text/unicode/norm"

	"trucban/internal/chat"
)

// plan turns a message into requests.
func plan(to chat.Address, m chat.Message) ([]step, error) {
	text, markup, err := body(m)
	if err != nil {
		return nil, err
	}
	head := tg.Params{"chat_id": to.Chat}
	head.AddNonEmpty("message_thread_id", to.Thread)
	head.AddBool("disable_notification", m.Silent)
	var steps []step
	if m.Attach != nil {
		caption := ""
		if n := chat.Length(text); n > 0 && n <= maxCaption {
			caption, text = text, ""
		}
		steps = append(steps, attachment(head, m.Attach, caption))
	}
	for _, part := range chat.Split(text, maxText) {
		p := with(head, "text", part, "parse_mode", "HTML", "link_preview_options", `{"is_disabled":true}`)
		steps = append(steps, step{method: "sendMessage", params: p})
	}
	card := len(steps) - 1
	if m.Contact != nil {
		p := with(head, "phone_number", m.Contact.Phone, "first_name", m.Contact.Name)
		steps = append(steps, step{method: "sendContact", params: p})
		card = max(card, 0)
	}
	if len(steps) == 0 {
		return nil, errors.New("a message without anything to show")
	}
	steps[card].card = true
	steps[card].params.AddNonEmpty("reply_markup", markup)
	if m.AskPhone != "" && !strings.HasPrefix(to.Chat, "-") {
		steps = askPhone(steps, card, head, m.AskPhone)
	}
	if m.ReplyTo != "" {
		if _, err := strconv.ParseInt(m.ReplyTo, 10, 64); err == nil {
			steps[0].params["reply_parameters"] = `{"message_id":` + m.ReplyTo + `,"allow_sending_without_reply":true}`
		}
	}
	return steps, nil
}

// askPhone puts Telegram's own "share my number" key under the card, or under a
// line of its own where the card has buttons already.
func askPhone(steps []step, card int, head tg.Params, label string) []step {
	key, _ := json.Marshal(map[string]any{
		"keyboard":        [][]map[string]any{{{"text": label, "request_contact": true}}},
		"resize_keyboard": true, "one_time_keyboard": true,
	})
	if _, taken := steps[card].params["reply_markup"]; taken {
		return append(steps, step{method: "sendMessage", params: with(head, "text", label, "reply_markup", string(key))})
	}
	steps[card].params["reply_markup"] = string(key)
	return steps
}

func attachment(head tg.Params, a *chat.Attachment, caption string) step {
	s := step{method: "sendDocument", field: "document", params: with(head)}
	if a.Photo {
		s.method, s.field = "sendPhoto", "photo"
	}
	if caption != "" {
		s.params["caption"], s.params["parse_mode"] = caption, "HTML"
	}
	if a.FileID != "" {
		s.params[s.field] = a.FileID
		return s
	}
	s.file = a
	return s
}

func planEdit(to chat.Address, id string, m chat.Message) (step, error) {
	text, markup, err := body(m)
	if err != nil {
		return step{}, err
	}
	if _, err := strconv.ParseInt(id, 10, 64); err != nil {
		return step{}, errors.New("the message to edit has no number")
	}
	p := tg.Params{"chat_id": to.Chat, "message_id": id}
	p.AddNonEmpty("reply_markup", markup)
	if text == "" {
		return step{method: "editMessageReplyMarkup", params: p}, nil
	}
	limit := maxText
	if m.Attach != nil {
		limit = maxCaption
	}
	if n := chat.Length(text); n > limit {
		return step{}, fmt.Errorf("an edit shows %d code points, more than %d", n, limit)
	}
	s := step{method: "editMessageText",
		params: with(p, "text", text, "parse_mode", "HTML", "link_preview_options", `{"is_disabled":true}`)}
	if m.Attach != nil {
		return s.asCaption(), nil
	}
	return s, nil
}

func with(head tg.Params, pairs ...string) tg.Params {
	p := make(tg.Params, len(head)+len(pairs)/2+2)
	for k, v := range head {
		p[k] = v
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		p[pairs[i]] = pairs[i+1]
	}
	return p
}

// body is a message's text in composed form (Telegram counts code points) and its
// keyboard; the buttons that are too many for a keyboard stand in the text.
func body(m chat.Message) (text, markup string, err error) {
	type key struct {
		Text string `json:"text"`
		Data string `json:"callback_data,omitempty"`
		URL  string `json:"url,omitempty"`
	}
	var rows [][]key
	keys, bytes := 0, 0
	rest := m.Buttons
	for len(rest) > 0 {
		var row []key
		size := 0
		for _, btn := range rest[0] {
			if (btn.Action == "") == (btn.URL == "") || btn.Label == "" {
				return "", "", errors.New("a button needs a label and either an action or an address")
			}
			if len(btn.Action) > maxAction {
				return "", "", fmt.Errorf("a button's action has %d bytes, more than %d", len(btn.Action), maxAction)
			}
			row = append(row, key{norm.NFC.String(btn.Label), btn.Action, btn.URL})
			size += len(btn.Label) + len(btn.Action) + len(btn.URL) + 40
		}
		if keys+len(row) > maxKeys || bytes+size > maxMarkup {
			break
		}
		keys, bytes, rest = keys+len(row), bytes+size, rest[1:]
		if len(row) > 0 {
			rows = append(rows, row)
		}
	}
	text = m.Text
	if len(rest) > 0 {
		text = chat.Flatten(chat.Message{Text: text, Buttons: rest, Ask: m.Ask}, chat.Caps{Markup: true}).Text
	}
	text = norm.NFC.String(strings.TrimSpace(text))
	if len(rows) == 0 {
		return text, "", nil
	}
	out, err := json.Marshal(map[string]any{"inline_keyboard": rows})
	return text, string(out), err
}
