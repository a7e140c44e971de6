package zalo_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"trucban/internal/chat"
	"trucban/internal/chat/chattest"
)

const secret = "a-long-webhook-secret"

// hooked is a bot whose webhook is set on a fake.
type hooked struct {
	door
	mu   sync.Mutex
	got  []chat.Update
	held [][]byte
	fail error // what the handler answers
	hold error // what the journal answers
	web  http.Handler
}

func hook(t *testing.T) *hooked {
	t.Helper()
	h := &hooked{}
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { h.web.ServeHTTP(w, r) }))
	srv.Config.ErrorLog = log.New(io.Discard, "", 0) // connections nobody needs in the end
	srv.StartTLS()
	t.Cleanup(srv.Close)
	fake := chattest.NewZalo(chattest.ZaloOptions{Now: func() time.Time { return noon }, Client: srv.Client()})
	api := httptest.NewServer(fake)
	t.Cleanup(api.Close)
	h.door = openOn(t, fake, api.URL, nil)
	h.web = h.Webhook(h.handle, secret, h.journal)
	if err := h.SetWebhook(t.Context(), srv.URL+"/zalo", secret); err != nil {
		t.Fatal(err)
	}
	return h
}

func (h *hooked) handle(ctx context.Context, u chat.Update) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if err := errors.Join(h.fail, ctx.Err()); err != nil {
		return err
	}
	h.got = append(h.got, u)
	return nil
}

func (h *hooked) journal(raw []byte) error {
	if h.hold == nil {
		h.held = append(h.held, raw)
	}
	return h.hold
}

// call posts a body as anybody could.
func (h *hooked) call(method string, body []byte, secrets ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "/zalo", bytes.NewReader(body))
	for _, s := range secrets {
		r.Header.Add("X-Bot-Api-Secret-Token", s)
	}
	w := httptest.NewRecorder()
	h.web.ServeHTTP(w, r)
	return w
}

func TestWebhookReadsEveryShape(t *testing.T) {
	for _, wrapped := range []bool{false, true} {
		for _, photoURL := range []bool{false, true} {
			for _, seconds := range []bool{false, true} {
				t.Run(fmt.Sprintf("wrapped=%v photo_url=%v seconds=%v", wrapped, photoURL, seconds), func(t *testing.T) {
					h := hook(t)
					h.fake.Switch(func(s *chattest.ZaloSwitches) { s.Wrapped, s.PhotoURL, s.Seconds = wrapped, photoURL, seconds })
					an := h.fake.User("Nguyễn Văn An")
					g := h.fake.Group("Đội 1", an)
					text := an.Mention(g, "ổn định.")
					photo := an.Post(chattest.ZaloPost{Group: g, Photo: "https://photo.example/1.jpg", Text: "/suco cháy trạm", Mention: true})
					voice := an.Post(chattest.ZaloPost{Voice: "https://voice.example/1.aac"})
					from := chat.Account{Platform: "zalo", ID: an.ID, Name: "Nguyễn Văn An"}
					want := []chat.Update{
						{ID: "zalo:" + text.ID, Event: chat.EventMessage, From: from, To: to(g.ID), Kind: chat.Group, SentAt: noon, Text: "ổn định.", Message: text.ID},
						{ID: "zalo:" + photo.ID, Event: chat.EventMessage, From: from, To: to(g.ID), Kind: chat.Group, SentAt: noon, Text: "/suco cháy trạm", Message: photo.ID,
							File: &chat.File{ID: "https://photo.example/1.jpg", Name: "photo.jpg", MIME: "image/jpeg", Photo: true}},
						{ID: "zalo:" + voice.ID, Event: chat.EventMessage, From: from, To: to(an.ID), Kind: chat.Private, SentAt: noon, Message: voice.ID,
							File: &chat.File{ID: "https://voice.example/1.aac", Name: "voice.aac", MIME: "audio/aac"}},
					}
					if diff := cmp.Diff(want, h.got, anyReceived); diff != "" {
						t.Error(diff)
					}
					for _, d := range []chattest.ZaloDelivery{text, photo, voice} {
						if d.Status != 200 || d.Lost {
							t.Errorf("delivery %+v", d)
						}
					}
				})
			}
		}
	}
}

func TestWebhookRedeliveryHasTheSameID(t *testing.T) {
	h := hook(t)
	d := h.fake.User("An").Send("ổn định")
	if again := h.fake.Redeliver(d.ID); again.Status != 200 {
		t.Errorf("%+v", again)
	}
	if len(h.got) != 2 || h.got[0].ID != h.got[1].ID {
		t.Errorf("%+v", h.got)
	}
	// Without a message id the body itself is the id.
	bare := `{"event_name":"message.text.received","message":{"from":{"id":"1"},"chat":{"id":"1","chat_type":"PRIVATE"},"text":"%s","date":1790000000000}}`
	for _, text := range []string{"a", "a", "b"} {
		h.fake.EmitRaw(fmt.Appendf(nil, bare, text))
	}
	if ids := h.got[2:]; len(ids) != 3 || ids[0].ID != ids[1].ID || ids[1].ID == ids[2].ID || !strings.HasPrefix(ids[0].ID, "zalo:body-") {
		t.Errorf("%+v", ids)
	}
}

func TestWebhookAcknowledgesWhatHasNoWork(t *testing.T) {
	h := hook(t)
	an := h.fake.User("An")
	for name, d := range map[string]chattest.ZaloDelivery{
		"probe":        h.fake.Probe(),
		"empty":        h.fake.EmitRaw(nil),
		"null":         h.fake.EmitRaw([]byte("null")),
		"list":         h.fake.EmitRaw([]byte("[1]")),
		"not ok":       h.fake.EmitRaw([]byte(`{"ok":false,"error_code":408}`)),
		"ok only":      h.fake.EmitRaw([]byte(`{"ok":true}`)),
		"unsupported":  an.Post(chattest.ZaloPost{Unsupported: true}),
		"sticker":      an.Post(chattest.ZaloPost{Sticker: "d063f44dc80821567819"}),
		"unknown":      an.Post(chattest.ZaloPost{Event: "message.poll.received", Text: "x"}),
		"another bot":  an.Post(chattest.ZaloPost{Bot: true, Text: "/ondanh"}),
		"without chat": h.fake.EmitRaw([]byte(`{"event_name":"message.text.received","message":{"from":{"id":"1"},"text":"x"}}`)),
	} {
		if d.Status != 200 || d.Err != nil {
			t.Errorf("%s: %+v", name, d)
		}
	}
	if len(h.got) != 0 || len(h.held) != 0 {
		t.Errorf("handled %+v, journalled %q", h.got, h.held)
	}
	if s := h.Health(); s.Dropped != 3 || s.Lost != 0 {
		t.Errorf("%+v", s)
	}
}

func TestWebhookLetsOnlyZaloIn(t *testing.T) {
	h := hook(t)
	body := []byte(`{}`)
	for name, c := range map[string]struct {
		method  string
		body    []byte
		secrets []string
		want    int
	}{
		"right":         {"POST", body, []string{secret}, 200},
		"none":          {"POST", body, nil, 403},
		"wrong":         {"POST", body, []string{secret + "x"}, 403},
		"empty":         {"POST", body, []string{""}, 403},
		"two":           {"POST", body, []string{secret, secret}, 403},
		"GET":           {"GET", nil, []string{secret}, 405},
		"GET, stranger": {"GET", nil, nil, 403},
		"no JSON":       {"POST", []byte("{"), []string{secret}, 400},
		"largest":       {"POST", append(bytes.Repeat([]byte(" "), 256<<10-2), body...), []string{secret}, 200},
		"too long":      {"POST", append(bytes.Repeat([]byte(" "), 256<<10-1), body...), []string{secret}, 413},
	} {
		if w := h.call(c.method, c.body, c.secrets...); w.Code != c.want {
			t.Errorf("%s: HTTP %d %s", name, w.Code, w.Body)
		}
	}
	h.web = h.Webhook(h.handle, "short", h.journal)
	if w := h.call("POST", body, "short"); w.Code != 403 {
		t.Errorf("a short secret lets in: HTTP %d", w.Code)
	}
	if len(h.got) != 0 {
		t.Errorf("handled %+v", h.got)
	}
}

func TestWebhookJournalsWhatCannotBeCommitted(t *testing.T) {
	h := hook(t)
	an := h.fake.User("An")
	h.fail = errors.New("the store is away")
	d := an.Send("ổn định")
	if d.Status != 200 || len(h.held) != 1 {
		t.Fatalf("%+v, journal %q", d, h.held)
	}
	u, ok, err := h.Decode(h.held[0])
	if err != nil || !ok || u.ID != "zalo:"+d.ID || u.Text != "ổn định" {
		t.Errorf("journalled %+v, %v, %v", u, ok, err)
	}
	h.hold = errors.New("disk full")
	if d := an.Send("x"); d.Status != 503 || !d.Lost {
		t.Errorf("neither committed nor journalled, yet %+v", d)
	}
	h.web = h.Webhook(h.handle, secret, nil)
	if d := an.Send("x"); d.Status != 503 {
		t.Errorf("no journal, yet %+v", d)
	}
	h.web = h.Webhook(func(context.Context, chat.Update) error { panic("boom") }, secret, h.journal)
	h.hold = nil
	if d := an.Send("x"); d.Status != 200 || len(h.held) != 2 {
		t.Errorf("panic: %+v, journal %q", d, h.held)
	}
	if s := h.Health(); s.Updates != 0 || s.Held != 2 || s.Lost != 2 || !s.LastHeard.Equal(noon) {
		t.Errorf("%+v", s)
	}
}

func TestWebhookCommitsThoughTheCallerLeft(t *testing.T) {
	h := hook(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	body := `{"event_name":"message.text.received","message":{"from":{"id":"1"},"chat":{"id":"1"},"text":"x","message_id":"m1"}}`
	r := httptest.NewRequestWithContext(ctx, http.MethodPost, "/zalo", strings.NewReader(body))
	r.Header.Set("X-Bot-Api-Secret-Token", secret)
	w := httptest.NewRecorder()
	h.web.ServeHTTP(w, r)
	if w.Code != 200 || len(h.got) != 1 || h.got[0].Kind != chat.Private {
		t.Errorf("HTTP %d, %+v", w.Code, h.got)
	}
}

func TestWebhookKeepsTheUpdatesOfAChatApart(t *testing.T) {
	h := hook(t)
	var mu sync.Mutex
	inside, most := map[string]int{}, 0
	h.web = h.Webhook(func(_ context.Context, u chat.Update) error {
		mu.Lock()
		inside[u.To.Chat]++
		most = max(most, inside[u.To.Chat])
		mu.Unlock()
		defer func() { mu.Lock(); inside[u.To.Chat]--; mu.Unlock() }()
		return h.handle(context.Background(), u)
	}, secret, nil)
	users := []*chattest.ZaloUser{h.fake.User("A"), h.fake.User("B"), h.fake.User("C")}
	var wg sync.WaitGroup
	for i := range 60 {
		wg.Go(func() { users[i%3].Send("x") })
	}
	wg.Wait()
	if most != 1 || len(h.got) != 60 {
		t.Errorf("%d at once, %d handled", most, len(h.got))
	}
}

func TestSetWebhookChecksFirst(t *testing.T) {
	d := open(t, nil)
	for _, c := range [][2]string{{"http://bot.example/z", secret}, {"https:///z", secret}, {"https://bot.example", "short"}, {"https://bot.example", strings.Repeat("x", 257)}} {
		if err := d.SetWebhook(t.Context(), c[0], c[1]); err == nil {
			t.Errorf("%q is taken", c)
		}
	}
	if url, err := d.WebhookURL(t.Context()); url != "" || err != nil || d.fake.Calls("setWebhook") != 0 {
		t.Errorf("%q, %v", url, err)
	}
}
