package chattest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"trucban/internal/chat"
)

// errStore is what a handler says while its store is down.
var errStore = errors.New("the store is down")

func testMessage(t *testing.T, d Door) {
	lan := d.Person("Lan")
	l := listen(t, d, nil)
	ids := map[string]bool{}
	for i := range 3 {
		text := fmt.Sprintf("/baocao ổn định\ndòng 2 <b> lần %d", i)
		id := d.Say(lan, lan.Private, text)
		u := l.next()
		if u.Event != chat.EventMessage || u.Text != text || u.Message != id {
			t.Errorf("got %s %q of message %q, want %q of %q", u.Event, u.Text, u.Message, text, id)
		}
		if u.To != lan.Private || u.Kind != chat.Private {
			t.Errorf("came from %+v, a %s chat", u.To, u.Kind)
		}
		if a := u.From; a.ID != lan.ID || a.Name != lan.Name || a.Platform != d.Platform().Name() || a.Anonymous || a.IsBot {
			t.Errorf("sender %+v", a)
		}
		if !strings.HasPrefix(u.ID, string(d.Platform().Name())+":") || ids[u.ID] {
			t.Errorf("id %q", u.ID)
		}
		if u.SentAt.IsZero() || u.SentAt.Location() != time.UTC || u.Received.IsZero() {
			t.Errorf("sent at %s, received at %s", u.SentAt, u.Received)
		}
		ids[u.ID] = true
	}
	l.done()
}

func testGroupMessage(t *testing.T, d Door) {
	lan := d.Person("Lan")
	group := d.Group("Tổ trực 1", lan)
	l := listen(t, d, nil)
	d.Say(lan, group, "/ondanh")
	u := l.next()
	if u.Text != "/ondanh" || u.Kind != chat.Group || u.To != group || u.From.ID != lan.ID {
		t.Errorf("got %+v", u)
	}
	l.done()
}

func testReply(t *testing.T, d Door) {
	if !d.Platform().Caps().Replies {
		t.Skip("replies do not name their message here")
	}
	lan := d.Person("Lan")
	card := must(t, d, lan.Private, chat.Message{Text: "Có mặt không?"})
	l := listen(t, d, nil)
	d.Reply(lan, lan.Private, card.Message, "có mặt")
	u := l.next()
	if u.ReplyTo == nil || u.ReplyTo.Message != card.Message || !u.ReplyTo.FromBot || u.Text != "có mặt" {
		t.Errorf("got %+v, reply to %+v", u, u.ReplyTo)
	}
	l.done()
}

func testPress(t *testing.T, d Door) {
	if !d.Platform().Caps().Buttons {
		t.Skip("no buttons here")
	}
	lan, minh := d.Person("Lan"), d.Person("Minh")
	group := d.Group("Tổ trực 1", lan, minh)
	card := must(t, d, group, chat.Message{Text: "Ca đêm", Buttons: [][]chat.Button{{{Label: "Có mặt", Action: "1:in:5"}}}})
	l := listen(t, d, nil)
	ids := map[string]bool{}
	for _, p := range []Person{lan, minh} {
		d.Press(p, group, card.Message, "1:in:5")
		u := l.next(chat.EventPress)
		if u.Action != "1:in:5" || u.Message != card.Message || u.From.ID != p.ID || u.To != group || u.SentAt.IsZero() {
			t.Errorf("got %+v", u)
		}
		ids[u.ID] = true
	}
	if len(ids) != 2 {
		t.Error("two people's presses have one id")
	}
	l.done()
}

// testListenOrder demands order and one at a time inside a chat, with two chats busy.
func testListenOrder(t *testing.T, d Door) {
	lan, minh := d.Person("Lan"), d.Person("Minh")
	const n = 15
	say := func() {
		for i := range n {
			d.Say(lan, lan.Private, fmt.Sprintf("/tin %d", i))
			d.Say(minh, minh.Private, fmt.Sprintf("/tin %d", i))
		}
	}
	waits := d.Platform().Caps().Replays // else nothing waits for a listener
	if waits {
		say()
	}
	var mu sync.Mutex
	busy := map[string]bool{}
	l := listen(t, d, func(ctx context.Context, u chat.Update) error {
		mu.Lock()
		if busy[u.To.Chat] {
			t.Errorf("two updates of chat %s at the same time", u.To.Chat)
		}
		busy[u.To.Chat] = true
		mu.Unlock()
		defer func() {
			mu.Lock()
			defer mu.Unlock()
			busy[u.To.Chat] = false
		}()
		return nil
	})
	if !waits {
		say()
	}
	count := map[string]int{}
	for range 2 * n {
		u := l.next()
		if want := fmt.Sprintf("/tin %d", count[u.To.Chat]); u.Text != want {
			t.Errorf("chat %s: got %q, want %q", u.To.Chat, u.Text, want)
		}
		count[u.To.Chat]++
	}
	l.done()
}

// testCommit demands that an update whose handler failed comes again, the same
// and before what follows it.
func testCommit(t *testing.T, d Door) {
	lan := d.Person("Lan")
	var mu sync.Mutex
	var tries []string
	l := listen(t, d, func(ctx context.Context, u chat.Update) error {
		if u.Event != chat.EventMessage {
			return nil
		}
		mu.Lock()
		defer mu.Unlock()
		tries = append(tries, u.ID)
		if len(tries) <= 2 {
			return errStore
		}
		return nil
	})
	d.Say(lan, lan.Private, "/mot")
	d.Say(lan, lan.Private, "/hai")
	first, second := l.next(), l.next()
	if first.Text != "/mot" || second.Text != "/hai" {
		t.Errorf("committed %q, then %q", first.Text, second.Text)
	}
	mu.Lock()
	if len(tries) != 4 || tries[0] != tries[1] || tries[1] != tries[2] || tries[2] == tries[3] {
		t.Errorf("the handler saw %q", tries)
	}
	mu.Unlock()
	l.done()
}

// testRestart demands that what was not committed outlives the process.
func testRestart(t *testing.T, d Door) {
	if !d.Platform().Caps().Replays {
		t.Skip("updates nobody took are lost on this platform")
	}
	lan := d.Person("Lan")
	seen := make(chan chat.Update, 100)
	l := listen(t, d, func(ctx context.Context, u chat.Update) error {
		if u.Event == chat.EventMessage && u.Text == "/hai" {
			select {
			case seen <- u:
			default:
			}
			return errStore
		}
		return nil
	})
	d.Say(lan, lan.Private, "/mot")
	l.next()
	d.Say(lan, lan.Private, "/hai")
	var lost chat.Update
	select {
	case lost = <-seen:
	case <-time.After(contractWait):
		t.Fatal("no update came")
	}
	l.done()
	d.Restart()
	l = listen(t, d, nil)
	u := l.next()
	if u.Text == "/mot" { // confirmed or not: the store's mark knows it
		u = l.next()
	}
	if u.Text != "/hai" || u.ID != lost.ID || !u.SentAt.Equal(lost.SentAt) {
		t.Errorf("after a restart came %q %s, not %s", u.Text, u.ID, lost.ID)
	}
	l.done()
}

// testStop demands that Listen ends while it waits and while its handler fails.
func testStop(t *testing.T, d Door) {
	l := listen(t, d, nil)
	l.done()
	lan := d.Person("Lan")
	tried := make(chan struct{}, 100)
	l = listen(t, d, func(context.Context, chat.Update) error {
		select {
		case tried <- struct{}{}:
		default:
		}
		return errStore
	})
	d.Say(lan, lan.Private, "/mot")
	select {
	case <-tried:
	case <-time.After(contractWait):
		t.Fatal("no update came")
	}
	l.done()
}
