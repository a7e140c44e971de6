package chattest

import (
	"fmt"
	"strconv"
	"strings"
)

// TelegramUser is a person on the fake.
type TelegramUser struct {
	f           *Telegram
	id          int64
	Name        string
	Lang        string // language of the client; "vi"
	deactivated bool
}

// TelegramGroup is a group, a channel or a private chat on the fake.
type TelegramGroup struct {
	f *Telegram
	c *tgChat
}

// TelegramPost is what a person writes.
type TelegramPost struct {
	Text      string // a caption when a file goes along
	ReplyTo   string // message id
	Thread    string // topic
	File      string // name of a document; Photo makes it a picture
	Data      []byte
	Size      int64 // announced size; default len(Data)
	Photo     bool
	Phone     string // a contact card; PhoneOf "" is the sender's own
	PhoneOf   int64  // account the card is of; negative: somebody without an account
	Anonymous bool   // as an anonymous administrator
	AsChannel string // as a channel of this title
	Forward   map[string]any
}

// User makes a person. The private chat with the bot is not open yet.
func (f *Telegram) User(name string) *TelegramUser {
	f.mu.Lock()
	defer f.mu.Unlock()
	u := &TelegramUser{f: f, id: int64(1_000_001 + len(f.users)), Name: name, Lang: "vi"}
	f.users = append(f.users, u)
	c := f.newChat(u.id, "private", "")
	c.user = u
	return u
}

func (f *Telegram) newChat(id int64, kind, title string) *tgChat {
	c := &tgChat{id: id, kind: kind, title: title, members: map[int64]string{}, topics: map[int64]*tgTopic{},
		messages: map[int64]*tgMessage{}, nextID: 10}
	f.chats[id] = c
	return c
}

// ID is the account's id, which is also the id of the private chat.
func (u *TelegramUser) ID() string { return tgID(u.id) }

func (u *TelegramUser) wire() map[string]any {
	return map[string]any{"id": u.id, "is_bot": false, "first_name": u.Name, "language_code": u.Lang}
}

// Open opens the private chat without a word.
func (u *TelegramUser) Open() *TelegramUser {
	u.f.mu.Lock()
	defer u.f.mu.Unlock()
	u.f.chats[u.id].started = true
	return u
}

// Start opens the private chat and sends /start, with the code of a deep link.
func (u *TelegramUser) Start(code string) string {
	u.Open()
	return u.Send(u.ID(), strings.TrimSpace("/start "+code))
}

// Block blocks the bot; Unblock takes it back.
func (u *TelegramUser) Block() { u.setBlocked(true) }

// Unblock lets the bot write again.
func (u *TelegramUser) Unblock() { u.setBlocked(false) }

func (u *TelegramUser) setBlocked(blocked bool) {
	f := u.f
	f.mu.Lock()
	defer f.mu.Unlock()
	c := f.chats[u.id]
	if c.blocked == blocked {
		return
	}
	c.blocked, c.started = blocked, true
	was, is := "member", "kicked"
	if !blocked {
		was, is = is, was
	}
	f.emit("my_chat_member", "c"+u.ID(), tgKeepMessage, map[string]any{"chat": c.wire(), "from": u.wire(),
		"date": f.opt.Now().Unix(), "old_chat_member": tgMember(f.me(), was), "new_chat_member": tgMember(f.me(), is)})
}

// Deactivate deletes the account.
func (u *TelegramUser) Deactivate() {
	u.f.mu.Lock()
	defer u.f.mu.Unlock()
	u.deactivated = true
}

// Send writes a text and returns the message's id.
func (u *TelegramUser) Send(chatID, text string) string {
	return u.Post(chatID, TelegramPost{Text: text})
}

// Post writes a message and returns its id. It panics when the chat is unknown or the person is not in it.
func (u *TelegramUser) Post(chatID string, post TelegramPost) string {
	f := u.f
	f.mu.Lock()
	defer f.mu.Unlock()
	c := f.mustChat(chatID)
	if c.kind != "private" && c.members[u.id] == "" {
		panic(fmt.Sprintf("fake Bot API: %s is not in %s", u.Name, chatID))
	}
	m := &tgMessage{from: u.wire(), text: post.Text, thread: parseID(post.Thread), reply: parseID(post.ReplyTo)}
	u.disguise(c, m, post)
	u.attach(m, post)
	f.add(c, m)
	if f.heard(c, m) {
		f.emit(kindOfMessage(c, false), "c"+chatID, tgKeepMessage, f.wire(c, m, true))
	}
	f.touch()
	return tgID(m.id)
}

func (f *Telegram) mustChat(id string) *tgChat {
	c := f.chats[parseID(id)]
	if c == nil {
		panic("fake Bot API: no chat " + id)
	}
	return c
}

// disguise replaces the sender of a message that is sent in the name of a chat.
func (u *TelegramUser) disguise(c *tgChat, m *tgMessage, post TelegramPost) {
	switch {
	case c.kind == "channel":
		m.from, m.sender = nil, c.wire()
	case post.Anonymous:
		m.from = map[string]any{"id": 1087968824, "is_bot": true, "first_name": "Group", "username": "GroupAnonymousBot"}
		m.sender = c.wire()
	case post.AsChannel != "":
		m.from = map[string]any{"id": 136817688, "is_bot": true, "first_name": "Channel", "username": "Channel_Bot"}
		m.sender = map[string]any{"id": -1009000000000 - u.id, "type": "channel", "title": post.AsChannel}
	}
}

func (u *TelegramUser) attach(m *tgMessage, post TelegramPost) {
	m.extra = map[string]any{}
	if post.File != "" || post.Photo {
		size := post.Size
		if size == 0 {
			size = int64(len(post.Data))
		}
		file := u.f.store(tgFile{name: post.File, data: post.Data, size: size})
		m.extra, m.caption = file.wire(post.Photo), true
	}
	if post.Phone != "" {
		card := map[string]any{"phone_number": post.Phone, "first_name": u.Name, "user_id": u.id}
		if post.PhoneOf > 0 {
			card["user_id"] = post.PhoneOf
		} else if post.PhoneOf < 0 {
			delete(card, "user_id")
		}
		m.extra["contact"] = card
	}
	if post.Forward != nil {
		m.extra["forward_origin"] = post.Forward
	}
}

// heard reports whether the bot is given a message: in privacy mode only what is meant for it.
func (f *Telegram) heard(c *tgChat, m *tgMessage) bool {
	switch {
	case c.kind == "private":
		return !c.blocked
	case c.bot == "administrator":
		return true
	case c.bot != "member" && c.bot != "restricted":
		return false
	case !f.opt.Privacy:
		return true
	}
	if r := c.messages[m.reply]; r != nil && r.own {
		return true
	}
	word, _, _ := strings.Cut(m.text, " ")
	if !strings.HasPrefix(word, "/") {
		return false
	}
	if _, name, named := strings.Cut(word, "@"); named {
		return strings.EqualFold(name, f.opt.Username)
	}
	for _, old := range c.messages { // a bare command goes to the last bot that spoke
		if old.own {
			return true
		}
	}
	return false
}

func kindOfMessage(c *tgChat, edited bool) string {
	kind := "message"
	if c.kind == "channel" {
		kind = "channel_post"
	}
	if edited {
		return "edited_" + kind
	}
	return kind
}

// Edit changes a message of the person.
func (u *TelegramUser) Edit(chatID, message, text string) {
	f := u.f
	f.mu.Lock()
	defer f.mu.Unlock()
	c := f.mustChat(chatID)
	m := c.messages[parseID(message)]
	if m == nil || m.own {
		panic("fake Bot API: not this person's message")
	}
	m.text, m.edited = text, f.opt.Now().Unix()
	if f.heard(c, m) {
		f.emit(kindOfMessage(c, true), "c"+chatID, tgKeepMessage, f.wire(c, m, true))
	}
}

// Press presses the button with this data on a message of the bot and returns the
// callback's id. Pressing twice is what a client does that lost its connection.
func (u *TelegramUser) Press(chatID, message, data string) (string, error) {
	f := u.f
	f.mu.Lock()
	defer f.mu.Unlock()
	c := f.mustChat(chatID)
	m := c.messages[parseID(message)]
	if m == nil || !m.hasButton(data) {
		return "", fmt.Errorf("message %s has no button %q", message, data)
	}
	return u.forge(c, f.wire(c, m, true), data), nil
}

// Forge presses a button that is not there, as a modified client can; the message is inaccessible to the bot.
func (u *TelegramUser) Forge(chatID, message, data string) string {
	u.f.mu.Lock()
	defer u.f.mu.Unlock()
	c := u.f.mustChat(chatID)
	return u.forge(c, map[string]any{"chat": c.wire(), "message_id": parseID(message), "date": 0}, data)
}

func (u *TelegramUser) forge(c *tgChat, message map[string]any, data string) string {
	f := u.f
	f.serial++
	id := tgID(4_000_000_000_000_000 + f.serial)
	f.presses[id] = &tgPress{at: f.opt.Now().Unix()}
	f.emit("callback_query", "u"+u.ID(), tgKeepPress, map[string]any{"id": id, "from": u.wire(), "message": message,
		"chat_instance": tgID(c.id * 7), "data": data})
	return id
}

func (m *tgMessage) hasButton(data string) bool {
	for _, row := range m.buttons {
		for _, b := range row {
			if b.Data == data && data != "" {
				return true
			}
		}
	}
	return false
}

func parseID(s string) int64 {
	n, _ := strconv.ParseInt(s, 10, 64)
	return n
}
