package telegram

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"trucban/internal/chat"
)

// Accounts Telegram puts in place of a person.
const (
	groupAnonymous = 1087968824 // an anonymous administrator of the group
	channelBot     = 136817688  // somebody writing as a channel
	serviceAccount = 777000     // the post of a linked channel
)

// errNoUsername means that a command names a bot while our own name is not known yet.
var errNoUsername = errors.New("the bot's own name is not known yet")

// item is one update on its way to the handler.
type item struct {
	id     int64 // update_id; 0 when it could not be read
	raw    []byte
	update chat.Update
	// mine is false for what concerns nobody: a kind the bot does not ask for, a
	// command for another bot, a service message.
	mine  bool
	press string // callback id, to be answered before any work
	err   error  // it cannot be read; holds nothing of its content
}

// decode reads one raw update; it never fails, because a bad update must not stop the next.
func (b *Bot) decode(raw []byte) item {
	it := item{raw: raw}
	var w wireUpdate
	if err := json.Unmarshal(raw, &w); err != nil {
		it.id, _ = rawID(raw)
		it.err = fmt.Errorf("decode an update: %w", shape(err))
		return it
	}
	it.id = w.ID
	if w.ID == 0 {
		it.err = errors.New("decode an update: it has no id")
		return it
	}
	if w.Callback != nil {
		it.press = w.Callback.ID
	}
	u, mine, err := b.read(&w)
	if err != nil {
		it.err = fmt.Errorf("read an update: %w", err)
		return it
	}
	if u.ID == "" {
		u.ID = string(Platform) + ":" + strconv.FormatInt(w.ID, 10)
	}
	u.Received = b.opt.Now().UTC()
	it.update, it.mine = u, mine
	return it
}

// read picks the one kind an update is of.
func (b *Bot) read(w *wireUpdate) (chat.Update, bool, error) {
	switch {
	case w.Message != nil:
		return b.message(w.Message)
	case w.ChannelPost != nil:
		return b.message(w.ChannelPost)
	case w.Edited != nil:
		return b.edited(w.Edited)
	case w.ChannelEdit != nil:
		return b.edited(w.ChannelEdit)
	case w.Callback != nil:
		return b.press(w.Callback)
	case w.MyMember != nil:
		return b.membership(w.MyMember)
	case w.Member != nil:
		return othersMembership(w.Member)
	}
	return chat.Update{}, false, nil
}

// shape says where JSON was odd without quoting it.
func shape(err error) error {
	var t *json.UnmarshalTypeError
	if errors.As(err, &t) {
		return fmt.Errorf("field %s cannot be a %s", t.Field, strings.Fields(t.Value + " ")[0])
	}
	var s *json.SyntaxError
	if errors.As(err, &s) {
		return fmt.Errorf("not JSON at byte %d", s.Offset)
	}
	return errors.New("not an update")
}

func (b *Bot) edited(m *wireMessage) (chat.Update, bool, error) {
	u, ok, err := b.message(m)
	u.Event = chat.EventEdited
	if m.EditDate != 0 {
		u.SentAt = unix(m.EditDate)
	}
	return u, ok, err
}

// message maps everything people write, and the two service messages that matter.
func (b *Bot) message(m *wireMessage) (chat.Update, bool, error) {
	if m.Chat == nil {
		return chat.Update{}, false, errors.New("a message without a chat")
	}
	u := place(m.Chat)
	u.Event = chat.EventMessage
	u.Message = strconv.FormatInt(m.ID, 10)
	u.From = sender(m)
	u.SentAt = unix(m.Date)
	if m.From != nil {
		u.Lang = m.From.Lang
	}
	if m.InTopic && m.Thread != 0 {
		u.To.Thread = strconv.FormatInt(m.Thread, 10)
	}
	if m.MigrateTo != 0 {
		u.Event, u.MovedTo = chat.EventMoved, address(m.MigrateTo)
		return u, true, nil
	}
	if m.MigrateFrom != 0 {
		u.Event, u.MovedTo = chat.EventMoved, u.To
		u.To = address(m.MigrateFrom)
		return u, true, nil
	}
	text := m.Text
	if text == "" {
		text = m.Caption
	}
	text, mine, err := b.addressed(text)
	if err != nil || !mine {
		return u, false, err
	}
	u.Text = text
	u.File = attached(m)
	u.Contact = contact(m)
	u.ReplyTo = b.quote(m.ReplyTo)
	u.Forward = b.forwarded(m)
	return u, u.Text != "" || u.File != nil || u.Contact != nil, nil
}

// addressed takes our own name off a command or a mention; mine is false for a
// command that names another bot.
func (b *Bot) addressed(text string) (rest string, mine bool, err error) {
	trimmed := strings.TrimSpace(text)
	if trimmed == "" || (trimmed[0] != '/' && trimmed[0] != '@') {
		return text, true, nil
	}
	end := strings.IndexFunc(trimmed, func(r rune) bool { return r == ' ' || r == '\n' || r == '\t' || r == '\u00a0' })
	if end < 0 {
		end = len(trimmed)
	}
	word, name, named := strings.Cut(trimmed[:end], "@")
	if !named {
		return text, true, nil
	}
	own := b.Username()
	switch {
	case own == "" && word != "":
		return "", false, errNoUsername
	case strings.EqualFold(name, own) && word != "":
		return word + trimmed[end:], true, nil
	case strings.EqualFold(name, own):
		return strings.TrimSpace(trimmed[end:]), true, nil
	}
	return text, word == "", nil
}

// place is an update with the chat it happened in.
func place(c *wireChat) chat.Update {
	u := chat.Update{To: address(c.ID), Title: c.Title}
	switch c.Type {
	case "private":
		u.Kind, u.Title = chat.Private, fullName(c.FirstName, c.LastName)
	case "channel":
		u.Kind = chat.Channel
	default:
		u.Kind = chat.Group
	}
	return u
}

func address(id int64) chat.Address {
	return chat.Address{Platform: Platform, Chat: strconv.FormatInt(id, 10)}
}

func unix(sec int64) time.Time {
	if sec <= 0 {
		return time.Time{}
	}
	return time.Unix(sec, 0).UTC()
}

func fullName(first, last string) string { return strings.TrimSpace(first + " " + last) }

// sender is who wrote a message. A message in the name of a chat counts as nobody's.
func sender(m *wireMessage) chat.Account {
	switch c := m.SenderChat; {
	case c != nil:
		name := c.Title
		if m.Signature != "" {
			name = m.Signature
		}
		return chat.Account{Platform: Platform, ID: strconv.FormatInt(c.ID, 10), Name: name, Anonymous: true}
	case m.From == nil:
		return chat.Account{Platform: Platform, ID: strconv.FormatInt(m.Chat.ID, 10), Name: m.Chat.Title, Anonymous: true}
	}
	return person(m.From)
}

func person(w *wireUser) chat.Account {
	a := chat.Account{Platform: Platform, ID: strconv.FormatInt(w.ID, 10), Name: fullName(w.FirstName, w.LastName), IsBot: w.IsBot}
	switch w.ID {
	case groupAnonymous, channelBot, serviceAccount:
		a.Anonymous, a.IsBot = true, false
	}
	return a
}

// attached is the message's file; of a photo's sizes the last is the largest.
func attached(m *wireMessage) *chat.File {
	if n := len(m.Photo); n > 0 && m.Photo[n-1].ID != "" {
		p := m.Photo[n-1]
		return &chat.File{ID: p.ID, MIME: "image/jpeg", Size: p.Size, Photo: true}
	}
	for _, f := range []*wireFile{m.Document, m.Video, m.Audio, m.Voice, m.Animation} {
		if f != nil && f.ID != "" {
			return &chat.File{ID: f.ID, Name: f.Name, MIME: f.MIME, Size: f.Size}
		}
	}
	return nil
}

// contact vouches for an account only when people send their own card.
func contact(m *wireMessage) *chat.Contact {
	c := m.Contact
	if c == nil || c.Phone == "" {
		return nil
	}
	out := &chat.Contact{Phone: c.Phone, Name: fullName(c.FirstName, c.LastName)}
	if c.UserID != 0 && m.From != nil && m.From.ID == c.UserID && m.SenderChat == nil && m.Origin == nil {
		out.Account = strconv.FormatInt(c.UserID, 10)
		out.Phone = "+" + strings.TrimPrefix(c.Phone, "+") // some clients leave the + out
	}
	return out
}

// quote is the message answered. The first message of a topic, which every message there "answers", is none.
func (b *Bot) quote(m *wireMessage) *chat.Quote {
	if m == nil || m.TopicCreated != nil {
		return nil
	}
	q := &chat.Quote{Message: strconv.FormatInt(m.ID, 10), Text: m.Text, SentAt: unix(m.Date)}
	if q.Text == "" {
		q.Text = m.Caption
	}
	if m.Chat != nil || m.From != nil || m.SenderChat != nil {
		if m.Chat == nil {
			m.Chat = &wireChat{}
		}
		q.From = sender(m).Name
	}
	q.FromBot = m.From != nil && m.From.ID == b.id
	return q
}

func (b *Bot) forwarded(m *wireMessage) *chat.Quote {
	o := m.Origin
	if o == nil {
		return nil
	}
	q := &chat.Quote{From: o.UserName, SentAt: unix(o.Date)}
	if o.MessageID != 0 {
		q.Message = strconv.FormatInt(o.MessageID, 10)
	}
	switch {
	case o.User != nil:
		q.From, q.FromBot = person(o.User).Name, o.User.ID == b.id
	case o.SenderChat != nil:
		q.From = o.SenderChat.Title
	case o.Chat != nil:
		q.From = o.Chat.Title
	}
	return q
}
