package local

import (
	"strconv"
	"testing"
	"time"

	"trucban/internal/chat"
	"trucban/internal/chat/chattest"
)

// door stands behind the platform for the contract suite; a platform without
// edits and buttons is the same code with other Caps.
type door struct {
	t     *testing.T
	p     *Platform
	clock *Clock
	n     int
}

func (d *door) Platform() chat.Platform { return d.p }

// Restart keeps the platform: it is the service itself, and its line of updates is what outlives the bot.
func (d *door) Restart()          {}
func (d *door) Secrets() []string { return nil }
func (d *door) Pace()             { d.clock.Set(d.clock.Now().Add(time.Minute)) }

func (d *door) id(prefix string) string {
	d.n++
	return prefix + strconv.Itoa(d.n)
}

func (d *door) Person(name string) chattest.Person {
	id := d.id("u")
	d.p.AddPerson(Person{ID: id, Name: name})
	d.add(Chat{ID: "p-" + id, Kind: chat.Private, Title: name, Members: []string{id}})
	return chattest.Person{ID: id, Name: name, Private: d.p.address("p-" + id)}
}

func (d *door) Group(title string, members ...chattest.Person) chat.Address {
	c := Chat{ID: d.id("g"), Kind: chat.Group, Title: title}
	for _, m := range members {
		c.Members = append(c.Members, m.ID)
	}
	d.add(c)
	return d.p.address(c.ID)
}

func (d *door) add(c Chat) {
	if err := d.p.AddChat(c); err != nil {
		d.t.Fatal(err)
	}
}

func (d *door) mentioned(in chat.Address, text string) string {
	for _, c := range d.p.Chats() {
		if c.ID == in.Chat && c.Kind == chat.Group && d.p.caps.Mention {
			return d.p.mention() + " " + text
		}
	}
	return text
}

func (d *door) Say(who chattest.Person, in chat.Address, text string) string {
	u, err := d.p.Say(who.ID, in.Chat, d.mentioned(in, text))
	d.taken(u, err)
	return u.Message
}

func (d *door) Reply(who chattest.Person, in chat.Address, to, text string) {
	d.taken(d.p.Reply(who.ID, in.Chat, to, text))
}

func (d *door) Press(who chattest.Person, in chat.Address, message, action string) {
	d.taken(d.p.Press(who.ID, in.Chat, message, action))
}

func (d *door) taken(u chat.Update, err error) {
	d.t.Helper()
	if err != nil || u.ID == "" {
		d.t.Fatalf("the platform did not take it: %+v %v", u, err)
	}
}

func (d *door) Shown(in chat.Address) []chattest.Shown {
	var out []chattest.Shown
	for _, m := range d.p.Messages(in.Chat) {
		if m.From != "" {
			continue
		}
		s := chattest.Shown{ID: m.ID, Text: m.plain()}
		for _, row := range m.Buttons {
			s.Buttons = append(s.Buttons, row...)
		}
		if m.File != nil {
			s.File = m.File.Name
		}
		if m.Contact != nil {
			s.Phone = m.Contact.Phone
		}
		out = append(out, s)
	}
	return out
}

func (d *door) Fail(in chat.Address, f chattest.Fault) bool {
	d.p.Heal(in.Chat)
	r := d.p.rooms[in.Chat]
	who := r.Members[0]
	var err error
	switch f {
	case chattest.Healed:
		r.kicked, r.blocked = false, false
	case chattest.Flood:
		err = d.p.Break(in.Chat, Fault{Kind: FaultThrottled, RetryAfter: 3 * time.Second})
	case chattest.Down, chattest.Gateway:
		err = d.p.Break(in.Chat, Fault{Kind: FaultDown})
	case chattest.Lost:
		err = d.p.Break(in.Chat, Fault{Kind: FaultUnknown})
	case chattest.BadToken:
		err = d.p.Break(in.Chat, Fault{Kind: FaultToken})
	case chattest.QuotaUsed:
		err = d.p.Break(in.Chat, Fault{Kind: FaultQuota})
	case chattest.Blocked:
		_, err = d.p.Block(who)
	case chattest.Kicked:
		_, err = d.p.Kick(who, in.Chat)
	case chattest.MovedAway:
		_, err = d.p.Move(who, in.Chat, in.Chat+"-new")
	default:
		return false
	}
	if err != nil {
		d.t.Fatal(err)
	}
	return true
}

func TestContract(t *testing.T) {
	limited, _ := capsByName("telegram")
	for name, caps := range map[string]chat.Caps{"full": FullCaps(), "limited": limited, "plain": ZaloCaps()} {
		t.Run(name, func(t *testing.T) {
			chattest.Run(t, func(t *testing.T) chattest.Door {
				clock := NewStill(noon)
				return &door{t: t, clock: clock, p: New(Options{Clock: clock, Caps: &caps})}
			})
		})
	}
}
