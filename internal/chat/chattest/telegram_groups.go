package chattest

import "slices"

// Group makes a supergroup with these people, the first of whom adds the bot.
func (f *Telegram) Group(title string, members ...*TelegramUser) *TelegramGroup {
	return f.gather("supergroup", title, members)
}

// BasicGroup makes a group that can still be upgraded.
func (f *Telegram) BasicGroup(title string, members ...*TelegramUser) *TelegramGroup {
	return f.gather("group", title, members)
}

// Forum makes a supergroup with topics.
func (f *Telegram) Forum(title string, members ...*TelegramUser) *TelegramGroup {
	g := f.gather("supergroup", title, members)
	f.mu.Lock()
	defer f.mu.Unlock()
	g.c.forum = true
	return g
}

// Channel makes a channel the bot administers.
func (f *Telegram) Channel(title string, members ...*TelegramUser) *TelegramGroup {
	return f.gather("channel", title, members)
}

func (f *Telegram) gather(kind, title string, members []*TelegramUser) *TelegramGroup {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.serial++
	id := -1001000000000 - f.serial
	if kind == "group" {
		id = -4000000 - f.serial
	}
	c := f.newChat(id, kind, title)
	var first *TelegramUser
	for i, u := range members {
		c.members[u.id] = "member"
		if i == 0 {
			c.members[u.id], first = "creator", u
		}
	}
	status := "member"
	if kind == "channel" {
		status = "administrator"
	}
	f.setBot(c, first, status)
	return &TelegramGroup{f, c}
}

// setBot changes the bot's status in a group and tells it; the lock is held.
func (f *Telegram) setBot(c *tgChat, by *TelegramUser, status string) {
	was := c.bot
	if was == "" {
		was = "left"
	}
	c.bot = status
	if was == status {
		return
	}
	from := f.me()
	if by != nil {
		from = by.wire()
	}
	f.emit("my_chat_member", "c"+tgID(c.id), tgKeepMessage, map[string]any{"chat": c.wire(), "from": from,
		"date": f.opt.Now().Unix(), "old_chat_member": tgMember(f.me(), was), "new_chat_member": tgMember(f.me(), status)})
}

// ID is the chat's id as addresses hold it.
func (g *TelegramGroup) ID() string { return tgID(g.c.id) }

// Bot sets the bot's status: member, administrator, restricted, left or kicked.
func (g *TelegramGroup) Bot(by *TelegramUser, status string) {
	g.f.mu.Lock()
	defer g.f.mu.Unlock()
	g.f.setBot(g.c, by, status)
}

// Delete deletes the group.
func (g *TelegramGroup) Delete() {
	g.f.mu.Lock()
	defer g.f.mu.Unlock()
	g.c.deleted = true
}

// Join and Leave change who is in the group; the bot is told when it is an
// administrator and asked for chat_member.
func (g *TelegramGroup) Join(u *TelegramUser) { g.setMember(u, "left", "member") }

// Leave takes a person out of the group.
func (g *TelegramGroup) Leave(u *TelegramUser) { g.setMember(u, "member", "left") }

func (g *TelegramGroup) setMember(u *TelegramUser, was, is string) {
	f := g.f
	f.mu.Lock()
	defer f.mu.Unlock()
	service := "new_chat_members"
	var who any = []any{u.wire()}
	g.c.members[u.id] = is
	if is == "left" {
		delete(g.c.members, u.id)
		service, who = "left_chat_member", u.wire()
	}
	m := f.add(g.c, &tgMessage{from: u.wire(), extra: map[string]any{service: who}})
	f.emit("message", "c"+g.ID(), tgKeepMessage, f.wire(g.c, m, true))
	if g.c.bot == "administrator" {
		f.emit("chat_member", "c"+g.ID(), tgKeepMessage, map[string]any{"chat": g.c.wire(), "from": u.wire(),
			"date": f.opt.Now().Unix(), "old_chat_member": tgMember(u.wire(), was), "new_chat_member": tgMember(u.wire(), is)})
	}
}

// Topic opens a topic in a forum and returns its number.
func (g *TelegramGroup) Topic(name string) string {
	g.f.mu.Lock()
	defer g.f.mu.Unlock()
	return tgID(g.f.addTopic(g.c, name))
}

// CloseTopic closes a topic for everybody but administrators.
func (g *TelegramGroup) CloseTopic(thread string) {
	g.f.mu.Lock()
	defer g.f.mu.Unlock()
	if t := g.c.topics[parseID(thread)]; t != nil {
		t.closed = true
	}
}

// Upgrade makes a supergroup of a basic group, with a new id and no old messages.
func (g *TelegramGroup) Upgrade() *TelegramGroup {
	f := g.f
	f.mu.Lock()
	defer f.mu.Unlock()
	f.serial++
	c := f.newChat(-1001000000000-f.serial, "supergroup", g.c.title)
	c.bot, c.members = g.c.bot, g.c.members
	g.c.moved = c.id
	from := map[string]any{"id": 1087968824, "is_bot": true, "first_name": "Group", "username": "GroupAnonymousBot"}
	old := f.add(g.c, &tgMessage{from: from, extra: map[string]any{"migrate_to_chat_id": c.id}})
	f.emit("message", "c"+g.ID(), tgKeepMessage, f.wire(g.c, old, true))
	fresh := f.add(c, &tgMessage{from: from, sender: c.wire(), extra: map[string]any{"migrate_from_chat_id": g.c.id}})
	f.emit("message", "c"+tgID(c.id), tgKeepMessage, f.wire(c, fresh, true))
	return &TelegramGroup{f, c}
}

// TelegramMessage is one message of the bot as people see it.
type TelegramMessage struct {
	ID       string
	Text     string // or caption, without markup
	Bold     int    // entities of the text
	Buttons  [][]TelegramButton
	File     string
	Phone    string
	ReplyTo  string
	Thread   string
	Silent   bool
	Edited   bool
	Keyboard bool // asks for the sender's number
}

// TelegramButton is one inline button.
type TelegramButton struct{ Text, Data, URL string }

// Messages lists the bot's messages in a chat, oldest first.
func (f *Telegram) Messages(chatID string) []TelegramMessage {
	f.mu.Lock()
	defer f.mu.Unlock()
	c := f.chats[parseID(chatID)]
	if c == nil {
		return nil
	}
	var out []TelegramMessage
	for _, id := range c.order {
		m := c.messages[id]
		if !m.own || m.gone || m.extra["forum_topic_created"] != nil {
			continue
		}
		out = append(out, m.shown())
	}
	return out
}

func (m *tgMessage) shown() TelegramMessage {
	s := TelegramMessage{ID: tgID(m.id), Text: m.text, Bold: len(m.entities), Silent: m.silent, Edited: m.edited != 0, Keyboard: m.keyboard}
	if m.reply != 0 {
		s.ReplyTo = tgID(m.reply)
	}
	if m.thread != 0 {
		s.Thread = tgID(m.thread)
	}
	for _, row := range m.buttons {
		var keys []TelegramButton
		for _, b := range row {
			keys = append(keys, TelegramButton(b))
		}
		s.Buttons = append(s.Buttons, keys)
	}
	if doc, ok := m.extra["document"].(map[string]any); ok {
		s.File, _ = doc["file_name"].(string)
	}
	if m.extra["photo"] != nil {
		s.File = "photo"
	}
	if card, ok := m.extra["contact"].(map[string]any); ok {
		s.Phone, _ = card["phone_number"].(string)
	}
	return s
}

// Calls lists the calls of a method, "" for all, oldest first.
func (f *Telegram) Calls(method string) []TelegramCall {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(f.calls), func(c TelegramCall) bool { return method != "" && c.Method != method })
}

// Answered reports whether a press was answered.
func (f *Telegram) Answered(callback string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	p := f.presses[callback]
	return p != nil && p.answered
}

// Changed is closed at the next change on the server. Take it before looking.
func (f *Telegram) Changed() <-chan struct{} {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.changed
}

// Chats lists the ids of all chats in which something was written.
func (f *Telegram) Chats() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var ids []string
	for id, c := range f.chats {
		if len(c.order) > 0 {
			ids = append(ids, tgID(id))
		}
	}
	slices.Sort(ids)
	return ids
}

// Has reports whether a person is in the group.
func (g *TelegramGroup) Has(u *TelegramUser) bool {
	g.f.mu.Lock()
	defer g.f.mu.Unlock()
	return g.c.members[u.id] != ""
}
