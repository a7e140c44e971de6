package main

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// screen keeps what is printed and wakes who waits for it.
type screen struct {
	mu   sync.Mutex
	text strings.Builder
	more chan struct{}
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.text.Write(p)
	select {
	case s.more <- struct{}{}:
	default:
	}
	return len(p), nil
}

// find waits for a line that fits.
func (s *screen) find(t *testing.T, form string) []string {
	t.Helper()
	timer := time.NewTimer(time.Minute)
	defer timer.Stop()
	for {
		s.mu.Lock()
		m := regexp.MustCompile(form).FindStringSubmatch(s.text.String())
		s.mu.Unlock()
		if m != nil {
			return m
		}
		select {
		case <-s.more:
		case <-timer.C:
			t.Fatalf("never printed: %s; printed: %s", form, s.text.String())
		}
	}
}

func TestPlay(t *testing.T) {
	out := &screen{more: make(chan struct{}, 1)}
	in, typed := io.Pipe()
	ctx, cancel := context.WithCancel(context.Background())
	end := make(chan error, 1)
	go func() { end <- run(ctx, []string{"-listen", "127.0.0.1:0"}, in, out) }()
	m := out.find(t, `TELEGRAM_API=(\S+) TRUCBAN_TELEGRAM_TOKEN=(\S+)`)
	api := m[1] + "/bot" + m[2] + "/"
	call := func(method string, pairs ...string) string {
		t.Helper()
		form := url.Values{}
		for i := 0; i < len(pairs); i += 2 {
			form.Set(pairs[i], pairs[i+1])
		}
		resp, err := http.PostForm(api+method, form)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = resp.Body.Close() }()
		body, _ := io.ReadAll(resp.Body)
		return string(body)
	}
	control := func(lines string, want int) {
		t.Helper()
		resp, err := http.Post(m[1]+"/control", "text/plain", strings.NewReader(lines))
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("%q answered %d", lines, resp.StatusCode)
		}
	}
	control("lan: /start abc\nlan @to1: /ondanh\nminh @to1 photo: /suco", 200)
	got := call("getUpdates")
	for _, want := range []string{`/start abc`, `/ondanh`, `my_chat_member`, `"caption":"/suco"`} {
		if !strings.Contains(got, want) {
			t.Errorf("updates lack %s: %s", want, got)
		}
	}
	group := regexp.MustCompile(`"id":(-\d+),"title":"to1"`).FindStringSubmatch(got)[1]
	call("sendMessage", "chat_id", group, "text", "Ca đêm", "reply_markup",
		`{"inline_keyboard":[[{"text":"Có mặt","callback_data":"1:in"},{"text":"Vắng","callback_data":"1:out"}]]}`)
	id := out.find(t, `@to1 #(\d+): Ca đêm\n    \[1 Có mặt\] \[2 Vắng\]`)[1]
	control("lan @to1 press "+id+" 2\nlan @to1 reply "+id+": có mặt", 200)
	if got := call("getUpdates"); !strings.Contains(got, `"data":"1:out"`) || !strings.Contains(got, "reply_to_message") {
		t.Errorf("updates lack the press or the reply: %s", got)
	}
	call("editMessageText", "chat_id", group, "message_id", id, "text", "Đã đủ")
	out.find(t, `@to1 #`+id+` is now: Đã đủ`)
	if _, err := io.WriteString(typed, "!403 sendMessage\nlan sing\n"); err != nil {
		t.Fatal(err)
	}
	out.find(t, `\? write "lan: text"`)
	if got := call("sendMessage", "chat_id", group, "text", "x"); !strings.Contains(got, "nginx") {
		t.Errorf("the fault answered %s", got)
	}
	for _, bad := range []string{"lan press 1 1", "!upgrade none", "!x", "lan @to1 press 1"} {
		control(bad, 400)
	}
	control("!admin to1\n!kick to1\n!member to1\n!upgrade to1\nlan block\nlan unblock\nlan phone: 84912345678\nlan file: x\n!heal\n# nothing", 200)
	control("lan @to1: sau khi nâng cấp", 200)
	http.DefaultClient.CloseIdleConnections()
	cancel()
	if err := <-end; err != nil {
		t.Errorf("ended with %v", err)
	}
	_ = typed.Close()
}
