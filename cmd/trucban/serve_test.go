package main

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"

	"trucban/internal/chat/chattest"
	"trucban/internal/roster"
)

// serviceTime bounds one wait of these tests.
const serviceTime = 60 * time.Second

// logBuffer is what the program logs; many goroutines write it.
type logBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write implements io.Writer.
func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

// String is everything so far.
func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// service is the program as it is run: on a real redis-server, between a fake
// Telegram and a fake Zalo, behind a proxy that ends TLS.
type service struct {
	telegram *chattest.Telegram
	zalo     *chattest.Zalo
	env      map[string]string
	log      *logBuffer
	public   string
	ctx      context.Context
	stop     context.CancelFunc
	done     chan error
}

func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().(*net.TCPAddr).Port
}

// startRedis starts redis-server; without the binary the test is skipped with the reason, or fails where CI is set.
func startRedis(t *testing.T) string {
	t.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("redis-server is not installed")
		}
		t.Skip("redis-server is not installed: the program is not run on a real server")
	}
	addr := net.JoinHostPort("127.0.0.1", strconv.Itoa(freePort(t)))
	_, port, _ := net.SplitHostPort(addr)
	cmd := exec.Command("redis-server", "--port", port, "--bind", "127.0.0.1", "--dir", t.TempDir(), "--save", "", "--daemonize", "no",
		"--appendonly", "yes", "--maxmemory-policy", "noeviction")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	client := redis.NewClient(&redis.Options{Addr: addr})
	defer func() { _ = client.Close() }()
	ctx, cancel := context.WithTimeout(t.Context(), serviceTime)
	defer cancel()
	for client.Ping(ctx).Err() != nil { // the client pauses between its tries
		if ctx.Err() != nil {
			t.Fatal("redis-server does not answer")
		}
	}
	return addr
}

func newService(t *testing.T, webhook bool) *service {
	t.Helper()
	s := &service{log: &logBuffer{}}
	listen := net.JoinHostPort("127.0.0.1", strconv.Itoa(freePort(t)))
	target, err := url.Parse("http://" + listen)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httptest.NewTLSServer(httputil.NewSingleHostReverseProxy(target))
	t.Cleanup(proxy.Close)
	s.public = proxy.URL
	s.telegram = chattest.NewTelegram(chattest.TelegramOptions{Client: proxy.Client()})
	t.Cleanup(s.telegram.Close)
	s.zalo = chattest.NewZalo(chattest.ZaloOptions{Client: proxy.Client()})
	s.zalo.Switch(func(sw *chattest.ZaloSwitches) { sw.Queue = true })
	telegram, zalo := httptest.NewServer(s.telegram), httptest.NewServer(s.zalo)
	t.Cleanup(telegram.Close)
	t.Cleanup(zalo.Close)
	s.env = map[string]string{
		"TRUCBAN_TELEGRAM_TOKEN": s.telegram.Token(), "TRUCBAN_TELEGRAM_API": telegram.URL,
		"TRUCBAN_ZALO_TOKEN": s.zalo.Token(), "TRUCBAN_ZALO_API": zalo.URL,
		"TRUCBAN_REDIS_URL": "redis://" + startRedis(t) + "/0", "TRUCBAN_LISTEN": listen, "TRUCBAN_DATA": t.TempDir(),
	}
	if webhook {
		s.env["TRUCBAN_PUBLIC_URL"] = proxy.URL + "/"
		s.env["TRUCBAN_TELEGRAM_SECRET"] = "a-secret-of-telegram"
		s.env["TRUCBAN_ZALO_SECRET"] = "a-secret-of-zalo-bot"
	}
	return s
}

// start runs the program with this organisation until the test ends.
func (s *service) start(t *testing.T, town string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "town.yaml")
	if err := os.WriteFile(path, []byte(town), 0o600); err != nil {
		t.Fatal(err)
	}
	s.env["TRUCBAN_TOWN"] = path
	cfg, err := readConfig(func(name string) string { return s.env[name] })
	if err != nil {
		t.Fatal(err)
	}
	s.ctx, s.stop = context.WithTimeout(t.Context(), 2*serviceTime)
	s.done = make(chan error, 1)
	go func() { s.done <- serve(s.ctx, cfg, zerolog.New(s.log).Level(zerolog.DebugLevel)) }()
	t.Cleanup(func() { s.end(t) })
}

// end stops the program and waits for it.
func (s *service) end(t *testing.T) {
	t.Helper()
	if s.done == nil {
		return
	}
	s.stop()
	select {
	case err := <-s.done:
		if err != nil {
			t.Errorf("the program ended with: %v", err)
		}
	case <-time.After(serviceTime):
		t.Error("the program does not end")
	}
	s.done = nil
}

// onTelegram waits until a chat shows a message with all the words.
func (s *service) onTelegram(t *testing.T, chatID string, words ...string) chattest.TelegramMessage {
	t.Helper()
	ctx, cancel := context.WithTimeout(s.ctx, serviceTime)
	defer cancel()
	for {
		changed := s.telegram.Changed()
		list := s.telegram.Messages(chatID)
		for i := len(list) - 1; i >= 0; i-- {
			if holdsAll(list[i].Text, words) {
				return list[i]
			}
		}
		select {
		case <-changed:
		case <-ctx.Done():
			t.Fatalf("Telegram never showed %q in %s; it shows %+v\n%s", words, chatID, list, s.log)
		}
	}
}

// onZalo waits until a chat shows a message with all the words.
func (s *service) onZalo(t *testing.T, chatID string, words ...string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(s.ctx, serviceTime)
	defer cancel()
	for {
		for _, m := range s.zalo.Messages(chatID) {
			if holdsAll(m.Text, words) {
				return
			}
		}
		if _, err := s.zalo.Next(ctx); err != nil {
			t.Fatalf("Zalo never showed %q in %s; it shows %+v\n%s", words, chatID, s.zalo.Messages(chatID), s.log)
		}
	}
}

func holdsAll(text string, words []string) bool {
	for _, w := range words {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}

const serviceTown = `name: UBND phường Hoa Sen
units:
  - {id: hoasen, name: UBND phường Hoa Sen}
  - {id: vhxh, name: Phòng Văn hóa - Xã hội, parent: hoasen, chats: {telegram: %q, zalo: %q}}
people:
  - {id: an, name: Nguyễn Văn An, unit: vhxh, roles: [officer], phone: 0912 000 112, accounts: {zalo: %q}}
  - {id: hoa, name: Nguyễn Thị Hoa, unit: vhxh, roles: [head, officer], phone: 0912 000 111, accounts: {telegram: %q}}
policy:
  checkin: {eve: none, before: [%s], open_before: 2h}
shifts:
  - {unit: vhxh, name: Ca đêm, start: %s, end: %s, people: [{person: an}]}
`

// TestTheProgramBetweenTwoPlatforms runs the service itself, by webhook and by
// polling: the emergency numbers for anybody, a greeting, a check-in on Zalo that
// changes the card on Telegram, an incident reported on Telegram and taken over
// on Zalo. Nothing secret is in its log.
func TestTheProgramBetweenTwoPlatforms(t *testing.T) {
	for _, webhook := range []bool{true, false} {
		t.Run(map[bool]string{true: "webhook", false: "polling"}[webhook], func(t *testing.T) {
			s := newService(t, webhook)
			hoa, stranger := s.telegram.User("Hoa").Open(), s.zalo.User("Khách")
			an := s.zalo.User("An")
			groupT, groupZ := s.telegram.Group("VH-XH", hoa), s.zalo.Group("VH-XH", an)
			now := time.Now().In(roster.Zone)
			start := now.Truncate(time.Minute).Add(31 * time.Minute)
			card := start.Sub(now) - 6*time.Second // the card goes out six seconds from now
			const layout = "2006-01-02 15:04"
			s.start(t, fmt.Sprintf(serviceTown, groupT.ID(), groupZ.ID, an.ID, hoa.ID(), card.Truncate(time.Millisecond), start.Format(layout), start.Add(8*time.Hour).Format(layout)))
			if webhook {
				s.awaitWebhooks(t)
			}

			stranger.Send("/hotline")
			s.onZalo(t, stranger.ID, "Đường dây nóng", "113")
			hoa.Send(hoa.ID(), "/start")
			s.onTelegram(t, hoa.ID(), "Nguyễn Thị Hoa")
			hoa.Send(hoa.ID(), "/hotline")
			s.onTelegram(t, hoa.ID(), "Đường dây nóng")

			s.onTelegram(t, groupT.ID(), "Ca đêm", "Nguyễn Văn An")
			s.onZalo(t, groupZ.ID, "Ca đêm", "ondanh")
			an.Reply(groupZ, "ondanh mất điện 5 phút")
			s.onZalo(t, groupZ.ID, "Đã ghi nhận", "Nguyễn Văn An", "mất điện 5 phút")
			if m := s.onTelegram(t, groupT.ID(), "Ca đêm", "đúng giờ"); !m.Edited {
				t.Errorf("the card on Telegram is a new message: %q", m.Text)
			}

			hoa.Send(groupT.ID(), "/suco trang tin bị đổi giao diện")
			s.onZalo(t, groupZ.ID, "SC-", "trang tin bị đổi giao diện")
			an.Mention(groupZ, "tiếp nhận")
			s.onTelegram(t, groupT.ID(), "SC-", "Đã tiếp nhận", "Nguyễn Văn An")

			s.end(t)
			s.checkLog(t)
		})
	}
}

// awaitWebhooks waits until both platforms know where to deliver, and looks at the address.
func (s *service) awaitWebhooks(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(s.ctx, serviceTime)
	defer cancel()
	if err := s.zalo.AwaitCalls(ctx, "setWebhook", 1); err != nil {
		t.Fatalf("Zalo was never told the webhook: %v\n%s", err, s.log)
	}
	for {
		changed := s.telegram.Changed()
		if len(s.telegram.Calls("setWebhook")) > 0 {
			break
		}
		select {
		case <-changed:
		case <-ctx.Done():
			t.Fatalf("Telegram was never told the webhook\n%s", s.log)
		}
	}
	if got, _ := s.zalo.Webhook(); got != s.public+"/zalo" {
		t.Errorf("Zalo delivers to %q", got)
	}
	if s.zalo.Polling() != 0 {
		t.Error("Zalo is polled beside its webhook")
	}
}

// checkLog looks for what must never be in the log.
func (s *service) checkLog(t *testing.T) {
	t.Helper()
	text := s.log.String()
	if !strings.Contains(text, "web server") {
		t.Error("the program logged nothing of itself")
	}
	for name, secret := range map[string]string{
		"the Telegram token": s.telegram.Token(), "its key": strings.SplitN(s.telegram.Token(), ":", 2)[1],
		"the Zalo token": s.zalo.Token(), "Zalo's key": strings.SplitN(s.zalo.Token(), ":", 2)[1],
		"the Telegram secret": "a-secret-of-telegram", "the Zalo secret": "a-secret-of-zalo-bot",
		"a phone number": "912000112", "a spaced phone number": "0912 000", "what somebody wrote": "mất điện", "a report": "giao diện", "a name": "Nguyễn",
	} {
		if i := strings.Index(text, secret); i >= 0 {
			t.Errorf("%s is in the log: %s", name, text[max(0, i-200):min(len(text), i+200)])
		}
	}
}
