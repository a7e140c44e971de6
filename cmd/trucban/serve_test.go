package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
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
	redis    *redisServer
	client   *http.Client // of people outside: trusts the proxy
	env      map[string]string
	log      *logBuffer
	public   string
	ctx      context.Context
	stop     context.CancelFunc
	done     chan error
}

func freePort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().(*net.TCPAddr).Port
}

// redisServer is a real redis-server that writes every change to its disk.
type redisServer struct {
	t    testing.TB
	addr string
	dir  string
	cmd  *exec.Cmd
}

// startRedis starts redis-server; without the binary the test is skipped with the reason, or fails where CI is set.
func startRedis(t testing.TB) *redisServer {
	t.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("redis-server is not installed")
		}
		t.Skip("redis-server is not installed: the program is not run on a real server")
	}
	r := &redisServer{t: t, addr: net.JoinHostPort("127.0.0.1", strconv.Itoa(freePort(t))), dir: t.TempDir()}
	r.start()
	t.Cleanup(r.kill)
	return r
}

func (r *redisServer) start() {
	r.t.Helper()
	_, port, _ := net.SplitHostPort(r.addr)
	r.cmd = exec.Command("redis-server", "--port", port, "--bind", "127.0.0.1", "--dir", r.dir, "--save", "", "--daemonize", "no",
		"--appendonly", "yes", "--appendfsync", "always", "--maxmemory-policy", "noeviction")
	if err := r.cmd.Start(); err != nil {
		r.t.Fatal(err)
	}
	client := redis.NewClient(&redis.Options{Addr: r.addr})
	defer func() { _ = client.Close() }()
	ctx, cancel := context.WithTimeout(context.Background(), serviceTime)
	defer cancel()
	for client.Ping(ctx).Err() != nil { // the client pauses between its tries
		if ctx.Err() != nil {
			r.t.Fatal("redis-server does not answer")
		}
	}
}

// kill is SIGKILL.
func (r *redisServer) kill() {
	_ = r.cmd.Process.Kill()
	_ = r.cmd.Wait()
}

func newService(t *testing.T, webhook bool) *service {
	t.Helper()
	s := &service{log: &logBuffer{}, redis: startRedis(t)}
	listen := net.JoinHostPort("127.0.0.1", strconv.Itoa(freePort(t)))
	target, err := url.Parse("http://" + listen)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httptest.NewTLSServer(httputil.NewSingleHostReverseProxy(target))
	t.Cleanup(proxy.Close)
	s.public, s.client = proxy.URL, proxy.Client()
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
		"TRUCBAN_REDIS_URL": "redis://" + s.redis.addr + "/0", "TRUCBAN_LISTEN": listen, "TRUCBAN_DATA": t.TempDir(),
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

			s.checkFigures(t)
			s.end(t)
			s.checkLog(t)
		})
	}
}

// TestWhatZaloDeliversOnceIsKept kills Redis under the running program: the
// emergency numbers are answered, a check-in that Zalo delivers once and never
// again is kept on the disk, confirmed, and recorded with its own time when Redis
// is back, once.
func TestWhatZaloDeliversOnceIsKept(t *testing.T) {
	s := newService(t, true)
	an, hoa, stranger := s.zalo.User("An"), s.telegram.User("Hoa").Open(), s.zalo.User("Khách")
	group := s.zalo.Group("VH-XH", an)
	start := time.Now().In(roster.Zone).Add(time.Hour)
	const layout = "2006-01-02 15:04"
	s.start(t, fmt.Sprintf(serviceTown, s.telegram.Group("VH-XH", hoa).ID(), group.ID, an.ID, hoa.ID(), "30m", start.Format(layout), start.Add(8*time.Hour).Format(layout)))
	s.awaitWebhooks(t)
	an.Mention(group, "/catoi")
	s.onZalo(t, group.ID, "Ca trực của đ/c Nguyễn Văn An")

	s.redis.kill()
	d := an.Mention(group, "ổn định")
	if d.Status != http.StatusOK {
		t.Errorf("the check-in was answered with %d: Zalo will not deliver it again", d.Status)
	}
	s.onZalo(t, group.ID, "Hệ thống đang gián đoạn")
	stranger.Send("/hotline")
	s.onZalo(t, stranger.ID, "Đường dây nóng")

	s.redis.start()
	s.onZalo(t, group.ID, "Đã ghi nhận", "Nguyễn Văn An")
	if again := s.zalo.Redeliver(d.ID); again.Status != http.StatusOK {
		t.Errorf("the same check-in again was answered with %d", again.Status)
	}
	an.Mention(group, "/aitruc")
	s.onZalo(t, group.ID, "Ca tiếp theo", "đúng giờ")
	n := 0
	for _, m := range s.zalo.Messages(group.ID) {
		if strings.Contains(m.Text, "điểm danh lúc") {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d answers to one check-in", n)
	}
	s.end(t)
	s.checkLog(t)
}

// TestARefusedTokenEndsTheProgram: with its only door closed for good the program
// ends with what is wrong, not in silence, and does not show the token.
func TestARefusedTokenEndsTheProgram(t *testing.T) {
	s := newService(t, false)
	const token = "987654321:AAanother-token-nobody-knows"
	s.env["TRUCBAN_TELEGRAM_TOKEN"] = token
	delete(s.env, "TRUCBAN_ZALO_TOKEN")
	cfg, err := readConfig(func(name string) string { return s.env[name] })
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), serviceTime)
	defer cancel()
	err = serve(ctx, cfg, zerolog.New(s.log))
	if err == nil || ctx.Err() != nil || !strings.Contains(err.Error(), "door telegram") || strings.Contains(err.Error()+s.log.String(), "AAanother") {
		t.Errorf("the program ended with %v\n%s", err, s.log)
	}
	// An address that is in use is told before anything starts.
	l, err := net.Listen("tcp", cfg.Listen)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	if err := serve(ctx, cfg, zerolog.Nop()); err == nil || !strings.Contains(err.Error(), "TRUCBAN_LISTEN") {
		t.Errorf("an address in use: %v", err)
	}
}

// checkFigures looks at what whoever watches the program sees.
func (s *service) checkFigures(t *testing.T) {
	t.Helper()
	for path, words := range map[string][]string{
		"/healthz": {"ok"}, "/readyz": {"ok"},
		"/metrics": {"trucban_store_up 1", `trucban_door_failing{door="zalo"} 0`, `trucban_messages_month{door="telegram"}`, "trucban_due_entries"},
	} {
		r, err := s.client.Get(s.public + path)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		body, err := io.ReadAll(r.Body)
		_ = r.Body.Close()
		if err != nil || r.StatusCode != http.StatusOK || !holdsAll(string(body), words) {
			t.Errorf("%s answers %d without %q: %v\n%s", path, r.StatusCode, words, err, body)
		}
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
