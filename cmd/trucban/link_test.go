package main

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"trucban/bot"
	"trucban/internal/chat"
	"trucban/internal/chat/local"
)

// linkTown has two people who may decide about Chi, and nobody who is Chi yet.
const linkTown = `name: UBND phường Hoa Sen
units:
  - {id: hoasen, name: UBND phường Hoa Sen, short: UBND phường}
  - {id: vhxh, name: Phòng Văn hóa - Xã hội, short: VH-XH, parent: hoasen}
people:
  - {id: huong, name: Lê Thu Hương, unit: hoasen, roles: [desk], phone: 0912 000 102, accounts: {local: huong}, started: [local]}
  - {id: hoa, name: Nguyễn Thị Hoa, unit: vhxh, roles: [head, officer], phone: 0912 000 111, accounts: {local: hoa}, started: [local]}
  - {id: chi, name: Trần Thị Chi, unit: vhxh, roles: [officer], phone: 0912 000 114}
  - {id: dung, name: Lý Văn Dũng, unit: vhxh, roles: [officer], phone: 0912 000 115}
`

// linkStage is the App on linkTown; updates are made by hand, so that they can be forged and raced.
type linkStage struct {
	*stage
	t *testing.T
	n int
}

func newLinkStage(t *testing.T) *linkStage {
	t.Helper()
	clock := local.NewStill(time.Date(2027, 2, 4, 1, 0, 0, 0, time.UTC))
	setup, err := parseTown([]byte(linkTown))
	if err != nil {
		t.Fatal(err)
	}
	st, err := newStage(t.Context(), clock, local.New(local.Options{Clock: clock}), &setup, zerolog.Nop())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	return &linkStage{stage: st, t: t}
}

// update is something the account did in its private chat.
func (s *linkStage) update(account string) chat.Update {
	s.n++
	return chat.Update{
		ID: fmt.Sprintf("local:hand-%d", s.n), Event: chat.EventMessage, Kind: chat.Private, SentAt: s.clock.Now(),
		From: chat.Account{Platform: "local", ID: account, Name: account}, To: chat.Address{Platform: "local", Chat: account},
	}
}

func (s *linkStage) say(account, text string) {
	s.t.Helper()
	u := s.update(account)
	u.Text = text
	if err := s.Handle(s.t.Context(), u); err != nil {
		s.t.Fatal(err)
	}
}

func (s *linkStage) share(account string, c chat.Contact) {
	s.t.Helper()
	u := s.update(account)
	u.Contact = &c
	if err := s.Handle(s.t.Context(), u); err != nil {
		s.t.Fatal(err)
	}
}

// linked says whose each of the accounts is.
func (s *linkStage) linked() map[string]string {
	s.t.Helper()
	snap, err := s.app.bot.Snapshot(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	out := map[string]string{}
	for acc, m := range snap.Accounts {
		out[acc] = string(m)
	}
	return out
}

// doors lists the accounts a person is reached by.
func (s *linkStage) doors(m string) []string {
	s.t.Helper()
	setup, err := bot.InForce(s.t.Context(), s.app.db, s.clock.Now())
	if err != nil {
		s.t.Fatal(err)
	}
	var out []string
	for id, doors := range setup.Doors {
		for _, d := range doors {
			if string(id) == m {
				out = append(out, d.Account)
			}
		}
	}
	return out
}

// TestNobodyIsLinkedByAForgedContact tries cards the platform does not vouch for.
func TestNobodyIsLinkedByAForgedContact(t *testing.T) {
	for name, c := range map[string]chat.Contact{
		"somebody else's card":            {Phone: "+84912000114", Account: "chi"},
		"a card without an account":       {Phone: "+84912000114"},
		"the account of another platform": {Phone: "0912000114", Account: "telegram:la"},
		"the number of nobody":            {Phone: "+84977000999", Account: "la"},
		"no number":                       {Phone: "", Account: "la"},
		"two numbers":                     {Phone: "0912000114 0912000115", Account: "la"},
		"a foreign number":                {Phone: "+1 912 000 114", Account: "la"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newLinkStage(t)
			s.share("la", c)
			s.say("la", "đúng là tôi")
			s.say("hoa", "/duyetghep K48291")
			if m, ok := s.linked()["local:la"]; ok {
				t.Errorf("linked to %s", m)
			}
		})
	}
}

// TestTwoAccountsRaceToBeOnePerson lets two people approve two wishes at the same
// moment: one account is the person's, and the other is nobody's.
func TestTwoAccountsRaceToBeOnePerson(t *testing.T) {
	for round := range 10 {
		s := newLinkStage(t)
		for _, acc := range []string{"x1", "x2"} {
			s.share(acc, chat.Contact{Phone: "+84912000114", Account: acc})
			s.say(acc, "đúng là tôi")
		}
		var updates []chat.Update
		for i, who := range []string{"hoa", "huong"} {
			u := s.update(who)
			u.Text = fmt.Sprintf("/duyetghep K4829%d", i+1)
			updates = append(updates, u, u) // and each is delivered twice
		}
		var all sync.WaitGroup
		for _, u := range updates {
			all.Go(func() {
				if err := s.Handle(t.Context(), u); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		n := 0
		for acc, m := range s.linked() {
			if m == "chi" {
				n++
				if d := s.doors("chi"); len(d) != 1 || d[0] != acc {
					t.Errorf("round %d: %s is Chi's, and the doors are %v", round, acc, d)
				}
			}
		}
		if n != 1 {
			t.Fatalf("round %d: %d accounts are Chi's", round, n)
		}
	}
}

// TestAnAccountIsOnePersons moves an account from one person to another by a code
// and looks that the first is not reached by it any more.
func TestAnAccountIsOnePersons(t *testing.T) {
	s := newLinkStage(t)
	for i, who := range []string{"chi", "dung", "chi"} {
		s.say("huong", "/maghep "+who)
		s.say("x1", fmt.Sprintf("/start K4829%d", i+1))
		other := map[string]string{"chi": "dung", "dung": "chi"}[who]
		if got := s.linked()["local:x1"]; got != who || len(s.doors(who)) != 1 || len(s.doors(other)) != 0 {
			t.Fatalf("after code %d the account is %q's; doors of %s: %v, of %s: %v", i+1, got, who, s.doors(who), other, s.doors(other))
		}
	}
}
