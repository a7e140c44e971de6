package main

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"trucban/bot"
	"trucban/internal/chat"
	"trucban/internal/chat/local"
	"trucban/internal/team"
	"trucban/internal/viet"
)

// leakedPhones looks at every message the bot showed in a conversation, edits
// included, for numbers of the organisation's people: they are shown in the person's own
// unit, in the chats of leaders and the desk above it, and in private to people of
// the unit and to leaders, the desk and the owner above it. It lists every other place,
// and says how many it looked at.
func leakedPhones(ctx context.Context, s *stage) (leaks []string, seen int, err error) {
	setups := []bot.Setup{*s.parts.Setup}
	switch now, err := bot.InForce(ctx, s.app.db, s.clock.Now()); {
	case errors.Is(err, bot.ErrUnavailable): // a conversation that ends while the store is away
	case err != nil:
		return nil, 0, err
	default:
		setups = append(setups, now)
	}
	whose := map[string]team.Member{}
	for i := range setups {
		setups[i].Town.Org.Index()
		for _, m := range setups[i].Town.Org.Members {
			if m.Phone != "" {
				whose[m.Phone] = m
			}
		}
	}
	sees := readers(setups)
	for _, c := range s.door.Chats() {
		for _, m := range s.door.Messages(c.ID) {
			if m.From != "" {
				continue
			}
			for _, number := range shownNumbers(m) {
				of, ok := whose[number]
				if !ok {
					continue
				}
				if seen++; !sees(c, of) {
					leaks = append(leaks, fmt.Sprintf("the number of %s (%s) was shown in %q: %s", of.Name, of.Unit, c.Title, chat.Plain(m.Text)))
				}
			}
		}
	}
	return leaks, seen, nil
}

// phonesStayInside fails for every number shown where it should not be.
func phonesStayInside(t *testing.T, s *stage) {
	t.Helper()
	if s.parts.Setup == nil || s.door == nil {
		return
	}
	leaks, seen, err := leakedPhones(context.WithoutCancel(t.Context()), s) // the test is over when this is asked
	if err != nil {
		t.Error(err)
	}
	for _, l := range leaks {
		t.Error(l)
	}
	t.Logf("%d numbers of people shown", seen)
}

// TestALeakedPhoneIsFound shows numbers where they belong and where they do not, so
// that the look over all conversations is known to look.
func TestALeakedPhoneIsFound(t *testing.T) {
	s := newLinkStage(t)
	if err := s.door.AddChat(local.Chat{ID: "la", Kind: chat.Group, Title: "Nhóm lạ"}); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		to   string
		text string
		leak bool
	}{
		{"huong", "đ/c Trần Thị Chi, 0912 000 114", false}, {"hoa", "đ/c Trần Thị Chi, 0912 000 114", false},
		{"hoa", "đ/c Lê Thu Hương, 0912 000 102", true}, {"la", "đ/c Trần Thị Chi, 0912 000 114", true}, {"la", "Cứu hỏa: 114", false},
	} {
		before, _, err := leakedPhones(t.Context(), s.stage)
		if err != nil {
			t.Fatal(err)
		}
		if r := s.door.Send(t.Context(), chat.Address{Platform: s.door.Name(), Chat: tc.to}, chat.Message{Text: tc.text}); r.Outcome != chat.Sent {
			t.Fatal(r.Err)
		}
		after, _, err := leakedPhones(t.Context(), s.stage)
		if err != nil {
			t.Fatal(err)
		}
		if got := len(after) > len(before); got != tc.leak {
			t.Errorf("%s in %s: leak %t, want %t", tc.text, tc.to, got, tc.leak)
		}
	}
}

// shownNumbers are the numbers in what a message shows.
func shownNumbers(m local.Message) []string {
	out := viet.ParsePhones(chat.Plain(m.Text))
	if m.Contact != nil {
		out = append(out, m.Contact.Phone)
	}
	return out
}

// readers says who may see a person's number in a chat, by the rule and not by the bot's own code.
func readers(setups []bot.Setup) func(local.Chat, team.Member) bool {
	rooms, people := map[string]bot.Room{}, map[string][]team.Member{}
	org := setups[0].Town.Org
	for _, setup := range setups {
		for _, r := range setup.Rooms {
			rooms[r.Addr.Chat] = r
		}
		for id, doors := range setup.Doors {
			m, ok := setup.Town.Org.Member(id)
			for _, d := range doors {
				if ok {
					people[d.Addr.Chat] = append(people[d.Addr.Chat], m)
				}
			}
		}
	}
	return func(c local.Chat, of team.Member) bool {
		if c.Kind == chat.Group {
			r, ok := rooms[c.ID]
			return ok && (r.Unit == of.Unit || r.Purpose != bot.ForUnit && org.Within(of.Unit, r.Unit))
		}
		for _, m := range people[c.ID] {
			if m.Unit == of.Unit || m.Level() >= team.LevelLeader && org.Within(of.Unit, m.Unit) {
				return true
			}
		}
		return false
	}
}
