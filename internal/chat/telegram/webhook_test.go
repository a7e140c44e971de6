package telegram_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"trucban/internal/chat"
	"trucban/internal/chat/telegram"
)

const secret = "0123456789abcdef_-XY"

func newServer(t *testing.T, h http.Handler) string {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(func() {
		http.DefaultClient.CloseIdleConnections()
		srv.Close()
	})
	return srv.URL
}

// hook mounts the webhook and makes the fake deliver to it.
func (r *room) hook(h chat.Handler) <-chan chat.Update {
	r.t.Helper()
	got := make(chan chat.Update, 1000)
	address := newServer(r.t, r.bot.Webhook(func(ctx context.Context, u chat.Update) error {
		if h != nil {
			if err := h(ctx, u); err != nil {
				return err
			}
		}
		got <- u
		return nil
	}, secret))
	if err := r.bot.SetWebhook(context.Background(), address, secret); err != nil {
		r.t.Fatal(err)
	}
	return got
}

func TestWebhookTurnsAway(t *testing.T) {
	r := newRoom(t, nil)
	h := r.bot.Webhook(func(context.Context, chat.Update) error {
		t.Error("a handler was called")
		return nil
	}, secret)
	open := r.bot.Webhook(func(context.Context, chat.Update) error {
		t.Error("a handler was called")
		return nil
	}, "")
	body := `{"update_id":1,"message":{"message_id":1,"date":1,"chat":{"id":5,"type":"private"},"from":{"id":5},"text":"/x"}}`
	for name, c := range map[string]struct {
		h      http.Handler
		method string
		secret []string
		body   string
		want   int
	}{
		"no secret":      {h, "POST", nil, body, 401},
		"wrong secret":   {h, "POST", []string{secret + "x"}, body, 401},
		"prefix":         {h, "POST", []string{secret[:5]}, body, 401},
		"secret not set": {open, "POST", []string{""}, body, 401},
		"GET":            {h, "GET", []string{secret}, "", 405},
		"too long":       {h, "POST", []string{secret}, `{"x":"` + strings.Repeat("y", 1<<20) + `"}`, 413},
	} {
		t.Run(name, func(t *testing.T) {
			req := httptest.NewRequest(c.method, "/tg", strings.NewReader(c.body))
			for _, s := range c.secret {
				req.Header.Set(telegram.SecretHeader, s)
			}
			w := httptest.NewRecorder()
			c.h.ServeHTTP(w, req)
			if w.Code != c.want {
				t.Errorf("answered %d, want %d", w.Code, c.want)
			}
		})
	}
}

func TestWebhookConfirmsAfterTheCommit(t *testing.T) {
	r := newRoom(t, nil)
	var mu sync.Mutex
	var tries []string
	got := r.hook(func(_ context.Context, u chat.Update) error {
		mu.Lock()
		defer mu.Unlock()
		if tries = append(tries, u.ID); len(tries) <= 2 {
			return errStore
		}
		return nil
	})
	lan := r.fake.User("Lan").Open()
	lan.Send(lan.ID(), "/mot@truc_ban_bot")
	lan.Send(lan.ID(), "/hai")
	if a, b := r.next(got), r.next(got); a.Text != "/mot" || b.Text != "/hai" {
		t.Errorf("got %q, %q", a.Text, b.Text)
	}
	mu.Lock()
	defer mu.Unlock()
	if len(tries) != 4 || tries[0] != tries[1] || tries[1] != tries[2] {
		t.Errorf("tries %q", tries)
	}
	r.until("all are confirmed", func() bool { return r.fake.Pending() == 0 })
}

func TestWebhookOneAtATimeInAChat(t *testing.T) {
	r := newRoom(t, nil)
	var busy atomic.Int32
	lan, minh := r.fake.User("Lan").Open(), r.fake.User("Minh")
	group := r.fake.Group("Tổ trực", lan, minh)
	card := r.bot.Send(context.Background(), to(group.ID()), chat.Message{Text: "Ca", Buttons: [][]chat.Button{{{Label: "Có", Action: "a"}}}})
	got := r.hook(func(context.Context, chat.Update) error {
		if busy.Add(1) > 1 {
			t.Error("two updates of one chat at the same time")
		}
		defer busy.Add(-1)
		return nil
	})
	// Messages and each person's presses come in queues of their own, beside each other.
	const n = 20
	for range n {
		lan.Send(group.ID(), "/x")
		for _, u := range []interface {
			Press(string, string, string) (string, error)
		}{lan, minh} {
			if _, err := u.Press(group.ID(), card.Message, "a"); err != nil {
				t.Fatal(err)
			}
		}
	}
	for range 3*n + 1 { // and the bot's own joining
		r.next(got)
	}
	r.until("all are confirmed", func() bool { return r.fake.Pending() == 0 })
}

func TestWebhookParksPoisonAndAnswersPresses(t *testing.T) {
	r := newRoom(t, nil)
	lan := r.fake.User("Lan").Open()
	got := r.hook(nil)
	r.fake.Inject(`{"update_id":%ID,"message":{"message_id":"x"}}`)
	id := lan.Forge(lan.ID(), "5", "1:x")
	r.next(got)
	r.until("the press is answered", func() bool { return r.fake.Answered(id) })
	r.until("all are confirmed", func() bool { return r.fake.Pending() == 0 })
	if h := r.bot.Health(); h.Parked != 1 {
		t.Errorf("parked %d", h.Parked)
	}
}

func TestWebhookRedeliveryKeepsTheID(t *testing.T) {
	r := newRoom(t, nil)
	lan := r.fake.User("Lan").Open()
	lan.Send(lan.ID(), "/mot")
	raw := append(json.RawMessage(nil), r.fake.Updates()[0]...)
	got := r.hook(nil)
	first := r.next(got)
	r.fake.Redeliver(raw)
	if again := r.next(got); again.ID != first.ID {
		t.Errorf("redelivered as %s, not %s", again.ID, first.ID)
	}
}

func TestWebhookSecretForm(t *testing.T) {
	r := newRoom(t, nil)
	for _, s := range []string{"", "short", "0123456789abcdef!", strings.Repeat("x", 257)} {
		if err := r.bot.SetWebhook(context.Background(), "https://truc.example.vn/tg", s); err == nil {
			t.Errorf("secret of %d letters is taken", len(s))
		}
	}
	if err := r.bot.SetWebhook(context.Background(), "truc.example.vn", secret); err == nil {
		t.Error("an address without a scheme is taken")
	}
	if n := len(r.fake.Calls("setWebhook")); n != 0 {
		t.Errorf("%d calls", n)
	}
}

// post delivers one raw update to a webhook and returns the status.
func post(h http.Handler, raw []byte) int {
	req := httptest.NewRequest(http.MethodPost, "/tg", bytes.NewReader(raw))
	req.Header.Set(telegram.SecretHeader, secret)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, req)
	return w.Code
}
