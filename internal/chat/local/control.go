package local

import (
	"fmt"
	"mime"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"

	"trucban/internal/chat"
)

// Say writes as the person. The update is waiting for the handler when it returns;
// one without an ID means that the platform does not tell the bot of the message.
func (p *Platform) Say(person, chatID, text string) (chat.Update, error) {
	return p.write(person, chatID, Message{Text: text}, nil)
}

// Reply writes as the person, as an answer to a message of the same chat.
func (p *Platform) Reply(person, chatID, messageID, text string) (chat.Update, error) {
	return p.write(person, chatID, Message{Text: text, ReplyTo: messageID}, nil)
}

// Attachment is a file somebody sends, with a caption or without.
type Attachment struct {
	Name    string
	Data    []byte
	Caption string
}

// Upload sends a file as the person.
func (p *Platform) Upload(person, chatID string, a Attachment) (chat.Update, error) {
	return p.ReplyFile(person, chatID, "", a)
}

// ReplyFile sends a file as an answer to a message of the same chat.
func (p *Platform) ReplyFile(person, chatID, messageID string, a Attachment) (chat.Update, error) {
	kind := mime.TypeByExtension(strings.ToLower(path.Ext(a.Name)))
	if kind == "" {
		kind = http.DetectContentType(a.Data)
	}
	kind, _, _ = strings.Cut(kind, ";")
	p.mu.Lock()
	f := p.keep(chat.File{Name: a.Name, MIME: kind, Photo: strings.HasPrefix(kind, "image/")}, a.Data)
	p.mu.Unlock()
	return p.write(person, chatID, Message{Text: a.Caption, File: f, ReplyTo: messageID}, nil)
}

// ShareContact sends the person's own number, as the platform's "share my number" control does.
func (p *Platform) ShareContact(person, chatID, phone string) (chat.Update, error) {
	return p.contact(person, chatID, chat.Contact{Phone: phone, Account: person})
}

// SendCard sends somebody else's contact card: a number the platform does not vouch for.
func (p *Platform) SendCard(person, chatID string, c chat.Contact) (chat.Update, error) {
	c.Account = ""
	return p.contact(person, chatID, c)
}

func (p *Platform) contact(person, chatID string, c chat.Contact) (chat.Update, error) {
	if c.Name == "" && c.Account == person {
		c.Name = p.personName(person)
	}
	card := &chat.Card{Name: c.Name, Phone: c.Phone}
	return p.write(person, chatID, Message{Contact: card}, func(u *chat.Update) { u.Contact = &c })
}

// Forward passes a message of the chat on, as written by somebody else before.
func (p *Platform) Forward(person, chatID string, q chat.Quote) (chat.Update, error) {
	return p.write(person, chatID, Message{Text: q.Text}, func(u *chat.Update) { u.Forward = &q })
}

// write puts a person's message into the chat and queues its update.
func (p *Platform) write(person, chatID string, m Message, more func(*chat.Update)) (chat.Update, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	r, who, err := p.enter(person, chatID)
	if err != nil {
		return chat.Update{}, err
	}
	if m.ReplyTo != "" && r.message(m.ReplyTo) == nil {
		return chat.Update{}, fmt.Errorf("answer message %q in chat %q: %w", m.ReplyTo, chatID, ErrNoMessage)
	}
	if r.blocked || r.Dormant {
		r.blocked, r.Dormant = false, false
		p.queue(p.update(r, who, chat.EventStarted))
	}
	m.From = person
	put := p.put(r, m)
	text, heard := p.hears(r, m)
	if !heard {
		return chat.Update{}, nil
	}
	m.Text = text
	u := p.update(r, who, chat.EventMessage)
	u.SentAt, u.Message, u.Text, u.File = put.At, put.ID, m.Text, m.File
	if m.ReplyTo != "" && p.caps.Replies {
		u.ReplyTo = p.quote(r.message(m.ReplyTo))
	}
	if more != nil {
		more(&u)
	}
	return p.queue(u), nil
}

// hears reports whether the platform tells the bot of a message, and with which
// text: nothing from a group it was taken out of, and where Caps.Mention only what
// begins with its name or answers it. p.mu is held.
func (p *Platform) hears(r *room, m Message) (string, bool) {
	if r.kicked {
		return "", false
	}
	if !p.caps.Mention || r.Kind == chat.Private {
		return m.Text, true
	}
	if rest, ok := strings.CutPrefix(m.Text, p.mention()); ok {
		return strings.TrimSpace(rest), true
	}
	return m.Text, m.ReplyTo != "" && r.message(m.ReplyTo).From == ""
}

func (p *Platform) mention() string { return "@" + p.bot }

// Press presses a button as the person. The payload is not compared with the
// buttons of the message: an old or a modified client can send any.
func (p *Platform) Press(person, chatID, messageID, action string) (chat.Update, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	r, who, err := p.enter(person, chatID)
	if err != nil {
		return chat.Update{}, err
	}
	if r.message(messageID) == nil {
		return chat.Update{}, fmt.Errorf("press on message %q in chat %q: %w", messageID, chatID, ErrNoMessage)
	}
	who.Anonymous = false // a press names its person even where messages do not
	u := p.update(r, who, chat.EventPress)
	u.Message, u.Action = messageID, action
	return p.queue(u), nil
}

// Kick takes the bot out of a group: it is told, and sends are refused from now on.
func (p *Platform) Kick(person, chatID string) (chat.Update, error) {
	return p.happen(person, chatID, chat.EventRemoved, func(r *room) { r.kicked = true })
}

// Admit puts the bot into a group, or back into one.
func (p *Platform) Admit(person, chatID string) (chat.Update, error) {
	return p.happen(person, chatID, chat.EventAdded, func(r *room) { r.kicked = false })
}

// Block has a person block the bot in their private chat.
func (p *Platform) Block(person string) (chat.Update, error) {
	return p.happen(person, p.PrivateChat(person), chat.EventBlocked, func(r *room) { r.blocked = true })
}

// Start has a person open, or unblock, their private chat with the bot.
func (p *Platform) Start(person string) (chat.Update, error) {
	return p.happen(person, p.PrivateChat(person), chat.EventStarted, func(r *room) { r.blocked, r.Dormant = false, false })
}

// Move gives a group a new id, as platforms do when it grows: the old one answers Migrated.
func (p *Platform) Move(person, chatID, newID string) (chat.Update, error) {
	p.mu.Lock()
	old := p.rooms[chatID]
	if old == nil || p.rooms[newID] != nil || newID == "" {
		p.mu.Unlock()
		return chat.Update{}, fmt.Errorf("move chat %q to %q: %w", chatID, newID, ErrNoChat)
	}
	moved := &room{Chat: old.Chat}
	moved.ID = newID
	p.rooms[newID] = moved
	p.order[slices.Index(p.order, chatID)] = newID
	p.mu.Unlock()
	return p.happen(person, chatID, chat.EventMoved, func(r *room) { r.movedTo = newID })
}

// happen applies a change to a room and queues the update that tells of it.
func (p *Platform) happen(person, chatID string, e chat.Event, change func(*room)) (chat.Update, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	r, who, err := p.enter(person, chatID)
	if err != nil {
		return chat.Update{}, err
	}
	change(r)
	u := p.update(r, who, e)
	if r.movedTo != "" {
		u.MovedTo = p.address(r.movedTo)
	}
	p.changed(Change{Kind: ChangeRooms, Chat: chatID})
	return p.queue(u), nil
}

// enter finds the room and the person who acts in it. p.mu is held.
func (p *Platform) enter(person, chatID string) (*room, Person, error) {
	r, i := p.rooms[chatID], p.personAt(person)
	switch {
	case r == nil || r.movedTo != "":
		return nil, Person{}, fmt.Errorf("chat %q: %w", chatID, ErrNoChat)
	case i < 0:
		return nil, Person{}, fmt.Errorf("person %q: %w", person, ErrNoPerson)
	case !slices.Contains(r.Members, person):
		return nil, Person{}, fmt.Errorf("person %q in chat %q: %w", person, chatID, ErrNotMember)
	}
	return r, p.people[i], nil
}

// update is the frame every update of the person in the room shares.
func (p *Platform) update(r *room, who Person, e chat.Event) chat.Update {
	p.nextUpd++
	u := chat.Update{
		ID: string(p.name) + ":" + strconv.Itoa(p.nextUpd), Event: e, Kind: r.Kind, Title: r.Title,
		To: p.address(r.ID), SentAt: p.stamp(), Lang: who.Lang,
		From: chat.Account{Platform: p.name, ID: who.ID, Name: who.Name},
	}
	if who.Anonymous {
		u.From.Anonymous, u.From.ID, u.From.Name = true, "anonymous", r.Title
	}
	return u
}

func (p *Platform) quote(m *Message) *chat.Quote {
	q := &chat.Quote{Message: m.ID, FromBot: m.From == "", Text: m.Text, SentAt: m.At}
	if m.Markup {
		q.Text = chat.Plain(m.Text)
	}
	if q.From = p.bot; m.From != "" {
		q.From = p.people[p.personAt(m.From)].Name
	}
	return q
}

func (p *Platform) personName(id string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if i := p.personAt(id); i >= 0 {
		return p.people[i].Name
	}
	return ""
}
