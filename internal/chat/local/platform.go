package local

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"trucban/internal/chat"
)

// Faults of the control methods.
var (
	ErrNoPerson  = errors.New("no such person")
	ErrNoChat    = errors.New("no such chat")
	ErrNoMessage = errors.New("no such message")
	ErrNotMember = errors.New("the person is not in this chat")
)

// What is kept, so that a demo left running does not eat the machine.
const (
	keepMessages = 500       // per chat
	keepChanges  = 4000      // of the whole platform
	keepBytes    = 128 << 20 // files, oldest dropped first
)

// FullCaps is what the platform can do unless Options say otherwise: everything, without limits.
func FullCaps() chat.Caps {
	return chat.Caps{
		Buttons: true, Edit: true, Upload: true, Contacts: true, AskPhone: true,
		Replies: true, Markup: true, Replays: true,
	}
}

// ZaloCaps is a platform like the Zalo Bot Platform: text and replies, nothing else.
func ZaloCaps() chat.Caps {
	return chat.Caps{Replies: true, Mention: true, Replays: true, MaxText: 2000}
}

// Options are what a Platform is made of.
type Options struct {
	// Now is the clock messages are stamped with. One of Now and Clock is needed.
	Now func() time.Time
	// Clock is used instead of Now; a script moves it while the bot is stopped.
	Clock *Clock
	// Caps says what the platform can do; nil is FullCaps.
	Caps *chat.Caps
	// Name is the platform's name in addresses, accounts and update ids; "local" when empty.
	Name chat.Name
	// BotName is who the bot's messages come from; "Trực Ban" when empty.
	BotName string
}

// Platform is the chat platform in memory. The zero value is not usable.
type Platform struct {
	name  chat.Name
	bot   string
	caps  chat.Caps
	now   func() time.Time
	clock *Clock

	mu       sync.Mutex
	people   []Person
	rooms    map[string]*room
	order    []string // chat ids in the order they were added
	files    map[string]file
	fileIDs  []string
	bytes    int
	nextMsg  int
	nextFile int
	nextUpd  int
	pending  []chat.Update
	busy     map[string]bool
	wake     chan struct{} // closed when there is something new to listen to
	hearing  bool
	faults   map[string]Fault // by chat id, "" for all
	sends    sendLog
	changes  []Change
	rev      int64
	watchers map[chan struct{}]bool
}

type room struct {
	Chat
	messages []*Message
	kicked   bool
	blocked  bool
	movedTo  string
}

type file struct {
	meta chat.File
	data []byte
}

var _ chat.Platform = (*Platform)(nil)

// New makes an empty platform. It panics when neither Now nor Clock is set.
func New(o Options) *Platform {
	p := &Platform{
		name: o.Name, bot: o.BotName, now: o.Now, clock: o.Clock, caps: FullCaps(),
		rooms: map[string]*room{}, files: map[string]file{}, busy: map[string]bool{},
		wake: make(chan struct{}), faults: map[string]Fault{}, watchers: map[chan struct{}]bool{},
	}
	if o.Clock != nil {
		p.now = o.Clock.Now
	}
	if p.now == nil {
		panic("local.New: Options.Now or Options.Clock is needed")
	}
	if p.name == "" {
		p.name = "local"
	}
	if p.bot == "" {
		p.bot = "Trực Ban"
	}
	if o.Caps != nil {
		p.caps = *o.Caps
	}
	return p
}

// Name is the platform's name in addresses and update ids.
func (p *Platform) Name() chat.Name { return p.name }

// Caps says what the platform can do.
func (p *Platform) Caps() chat.Caps { return p.caps }

// BotName is the name the bot's messages are shown under.
func (p *Platform) BotName() string { return p.bot }

// Now is the platform's clock.
func (p *Platform) Now() time.Time { return p.now() }

// AddPerson adds somebody, or changes the person with that id.
func (p *Platform) AddPerson(who Person) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if who.Lang == "" {
		who.Lang = "vi"
	}
	if i := p.personAt(who.ID); i >= 0 {
		p.people[i] = who
	} else {
		p.people = append(p.people, who)
	}
	p.changed(Change{Kind: ChangeRooms})
}

// AddChat adds a room, or changes title and members of the one with that id.
func (p *Platform) AddChat(c Chat) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, m := range c.Members {
		if p.personAt(m) < 0 {
			return fmt.Errorf("add chat %q: member %q: %w", c.ID, m, ErrNoPerson)
		}
	}
	if c.Kind == chat.Private && len(c.Members) != 1 {
		return fmt.Errorf("add chat %q: a private chat has one member, not %d", c.ID, len(c.Members))
	}
	c.Members = slices.Clone(c.Members)
	if r := p.rooms[c.ID]; r != nil {
		r.Chat = c
	} else {
		p.rooms[c.ID] = &room{Chat: c}
		p.order = append(p.order, c.ID)
	}
	p.changed(Change{Kind: ChangeRooms, Chat: c.ID})
	return nil
}

// People lists everybody in the order they were added.
func (p *Platform) People() []Person {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.people)
}

// Chats lists the rooms in the order they were added.
func (p *Platform) Chats() []Chat {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := make([]Chat, 0, len(p.order))
	for _, id := range p.order {
		c := p.rooms[id].Chat
		c.Members = slices.Clone(c.Members)
		out = append(out, c)
	}
	return out
}

// PrivateChat is the room the person has with the bot, "" when there is none.
func (p *Platform) PrivateChat(person string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, id := range p.order {
		if r := p.rooms[id]; r.Kind == chat.Private && slices.Contains(r.Members, person) {
			return id
		}
	}
	return ""
}

// Messages lists what stands in a chat, oldest first.
func (p *Platform) Messages(chatID string) []Message {
	p.mu.Lock()
	defer p.mu.Unlock()
	r := p.rooms[chatID]
	if r == nil {
		return nil
	}
	out := make([]Message, len(r.messages))
	for i, m := range r.messages {
		out[i] = m.clone()
	}
	return out
}

func (p *Platform) personAt(id string) int {
	return slices.IndexFunc(p.people, func(w Person) bool { return w.ID == id })
}

func (r *room) message(id string) *Message {
	for i := len(r.messages) - 1; i >= 0; i-- {
		if r.messages[i].ID == id {
			return r.messages[i]
		}
	}
	return nil
}

// put adds the message to its room, stamps it and tells the watchers. p.mu is held.
func (p *Platform) put(r *room, m Message) *Message {
	p.nextMsg++
	m.ID, m.Chat, m.At = strconv.Itoa(p.nextMsg), r.ID, p.stamp()
	r.messages = append(r.messages, &m)
	if extra := len(r.messages) - keepMessages; extra > 0 {
		r.messages = slices.Delete(r.messages, 0, extra)
	}
	p.changed(Change{Kind: ChangeMessage, Chat: r.ID, Message: m.clone()})
	return &m
}

// stamp is the present moment as platforms give it: UTC, in milliseconds.
func (p *Platform) stamp() time.Time { return p.now().UTC().Truncate(time.Millisecond) }

func (p *Platform) address(chatID string) chat.Address {
	return chat.Address{Platform: p.name, Chat: chatID}
}
