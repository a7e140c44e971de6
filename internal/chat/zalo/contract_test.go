package zalo_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"trucban/internal/chat"
	"trucban/internal/chat/chattest"
	"trucban/internal/chat/zalo"
)

func TestContract(t *testing.T) {
	chattest.Run(t, func(t *testing.T) chattest.Door {
		c := &contractDoor{t: t, users: map[string]*chattest.ZaloUser{}, groups: map[string]*chattest.ZaloGroup{}}
		c.fake = chattest.NewZalo(chattest.ZaloOptions{})
		c.fake.Switch(func(s *chattest.ZaloSwitches) { s.Queue = true })
		srv := httptest.NewServer(c.fake)
		t.Cleanup(srv.Close)
		c.url = srv.URL
		c.Restart()
		return c
	})
}

// contractDoor is a bot on a fake Zalo, as the contract suite sees it. Events
// wait for a poll: the suite speaks before it listens.
type contractDoor struct {
	t      *testing.T
	fake   *chattest.Zalo
	url    string
	bot    *zalo.Bot
	down   atomic.Bool // nothing can be connected to
	users  map[string]*chattest.ZaloUser
	groups map[string]*chattest.ZaloGroup
}

func (c *contractDoor) Platform() chat.Platform { return c.bot }

func (c *contractDoor) Restart() {
	dial := func(ctx context.Context, network, addr string) (net.Conn, error) {
		if c.down.Load() {
			return nil, errors.New("no route to host")
		}
		return (&net.Dialer{}).DialContext(ctx, network, addr)
	}
	b, err := zalo.New(zalo.Options{
		Token: c.fake.Token(), API: c.url, Names: []string{c.fake.Name()}, Now: time.Now,
		HTTP: &http.Client{Transport: &http.Transport{DialContext: dial, DisableKeepAlives: true}},
		Pause: func(ctx context.Context, d time.Duration) {
			ctx, cancel := context.WithTimeout(ctx, d/100)
			defer cancel()
			<-ctx.Done()
		},
	})
	if err != nil {
		c.t.Fatal(err)
	}
	c.bot = b
}

func (c *contractDoor) Secrets() []string {
	_, secret, _ := strings.Cut(c.fake.Token(), ":")
	return []string{c.fake.Token(), secret}
}

func (c *contractDoor) Person(name string) chattest.Person {
	u := c.fake.User(name).Opened()
	c.users[u.ID] = u
	return chattest.Person{ID: u.ID, Name: name, Private: to(u.ID)}
}

func (c *contractDoor) Group(title string, members ...chattest.Person) chat.Address {
	var users []*chattest.ZaloUser
	for _, p := range members {
		users = append(users, c.users[p.ID])
	}
	g := c.fake.Group(title, users...)
	c.groups[g.ID] = g
	return to(g.ID)
}

func (c *contractDoor) Say(p chattest.Person, in chat.Address, text string) string {
	c.t.Helper()
	d := c.users[p.ID].Post(chattest.ZaloPost{Group: c.groups[in.Chat], Text: text, Mention: c.groups[in.Chat] != nil})
	if d.Err != nil || !d.Emitted || d.Lost {
		c.t.Fatalf("say: %+v", d)
	}
	return d.ID
}

func (c *contractDoor) Reply(chattest.Person, chat.Address, string, string) {
	c.t.Fatal("replies name no message on Zalo")
}

func (c *contractDoor) Press(chattest.Person, chat.Address, string, string) {
	c.t.Fatal("no buttons on Zalo")
}

func (c *contractDoor) Shown(in chat.Address) []chattest.Shown {
	var out []chattest.Shown
	for _, m := range c.fake.Messages(in.Chat) {
		out = append(out, chattest.Shown{ID: m.ID, Text: m.Text, File: m.Photo})
	}
	return out
}

func (c *contractDoor) Fail(in chat.Address, f chattest.Fault) bool {
	always := chattest.ZaloFault{Method: "sendMessage", Times: -1}
	switch f {
	case chattest.Healed:
		c.fake.ClearFaults()
		c.down.Store(false)
		if g := c.groups[in.Chat]; g != nil {
			g.AddBot()
		}
		return true
	case chattest.Down:
		c.down.Store(true)
		return true
	case chattest.Kicked:
		c.groups[in.Chat].RemoveBot()
		return true
	case chattest.Flood:
		always.Code, always.Text = 429, "Quota exceeded"
	case chattest.Gateway:
		always.HTTP = http.StatusForbidden
	case chattest.Lost:
		always.Stored, always.Cut = true, true
	case chattest.BadToken:
		always.Code, always.Text = 401, "Unauthorized"
	default:
		return false // Zalo has no answer that says so
	}
	c.fake.Inject(always)
	return true
}

func (c *contractDoor) Pace() {}
