package bot

import (
	"context"
	"slices"
	"strings"
	"time"

	"trucban/internal/chat"
	"trucban/internal/checkin"
	"trucban/internal/hotline"
	"trucban/internal/outbox"
	"trucban/internal/team"
	"trucban/messages"
)

// maxCards is how many contact cards come with an answer; a longer list has none.
const maxCards = 3

// showHotline answers from memory, so that it works for anyone in any chat and
// while everything else is down. A unit's people come from the roster.
func showHotline(ctx context.Context, t *turn, c call) error {
	m := t.b.hotlineMessage(c.arg)
	m.Desk = t.linked && t.me.Level() >= team.LevelDesk && t.u.Kind == chat.Private && c.arg == ""
	if u, ok := t.unitMeant(c.arg); ok {
		on, err := t.onDutyFor(ctx, u.ID)
		if err != nil {
			return err
		}
		m.Unit = t.unitNumbers(u, on)
	}
	t.reply(m)
	if t.caps(t.u.To).Contacts && c.arg != "" && len(m.Contacts) <= maxCards {
		for _, card := range t.b.cards(c.arg) {
			t.send(outbox.Item{
				To: t.u.To, Kind: t.u.Kind, Class: outbox.Reply, NotAfter: t.clock.Add(replyFor), About: "trả lời",
				Message: chat.Message{Contact: &card, Silent: true},
			})
		}
	}
	return nil
}

// unitMeant is the unit a query names: its id, name or short name, or the one unit whose name holds the words.
func (t *turn) unitMeant(query string) (team.Unit, bool) {
	if strings.TrimSpace(query) == "" {
		return team.Unit{}, false
	}
	if u, ok := t.findUnit(query); ok {
		return u, true
	}
	var found []team.Unit
	var book hotline.Book
	for _, u := range t.town.Org.Units {
		book.Contacts = append(book.Contacts, hotline.Contact{ID: string(u.ID), Label: u.Name + " " + u.Short})
	}
	for _, c := range book.Search(query) {
		if u, ok := t.town.Org.Unit(team.UnitID(c.ID)); ok {
			found = append(found, u)
		}
	}
	if len(found) != 1 {
		return team.Unit{}, false
	}
	return found[0], true
}

// unitNumbers are the people of the unit to ring, when the sender may see their numbers here.
func (t *turn) unitNumbers(u team.Unit, on []checkin.Watch) *messages.UnitNumbers {
	n := &messages.UnitNumbers{Unit: u.Name}
	if !t.phonesFor(u.ID) {
		n.Hidden = true
		return n
	}
	var duty, heads []team.MemberID
	for _, w := range on {
		if w.Shift.Unit == u.ID && w.Shift.Covers(t.now) {
			for _, m := range w.People() {
				if !slices.Contains(duty, m) {
					duty = append(duty, m)
				}
			}
		}
	}
	for _, m := range t.town.Org.With(u.ID, team.RoleHead) {
		heads = append(heads, m.ID)
	}
	n.OnDuty, n.Heads = t.ring(duty), t.ring(heads)
	return n
}

// contacts is the list as it is in memory.
func (b *Bot) contacts() hotline.Book {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.book
}

func (b *Bot) hotlineMessage(query string) messages.Hotline {
	m := messages.Hotline{Query: query}
	m.Contacts, m.Missing = contactLines(b.contacts().Search(query), b.Now())
	return m
}

// contactLines shows contacts with their numbers, and names those without one.
func contactLines(list []hotline.Contact, now time.Time) (with []messages.Contact, without []string) {
	for _, c := range list {
		if len(c.Phones) == 0 {
			without = append(without, c.Label)
			continue
		}
		state := c.Freshness(now)
		for _, p := range c.Phones {
			with = append(with, messages.Contact{
				Name: c.Label, Role: c.Role, Printed: p.Printed, Phone: p.Dial(), Email: c.Email, Source: c.Source, Checked: c.VerifiedOn.Time,
				Never: state == hotline.Never, Stale: state == hotline.Stale, Note: c.Note, Why: c.Why,
			})
		}
	}
	return with, without
}

// cards are the contact cards for the numbers found; a short number is no number of a card.
func (b *Bot) cards(query string) []chat.Card {
	var out []chat.Card
	for _, c := range b.contacts().Search(query) {
		for _, p := range c.Phones {
			if p.E164 != "" {
				out = append(out, chat.Card{Name: c.Label, Phone: p.E164})
			}
		}
	}
	return out
}
