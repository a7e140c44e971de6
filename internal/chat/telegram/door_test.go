package telegram_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"go.uber.org/goleak"

	"trucban/internal/chat"
	"trucban/internal/chat/chattest"
	"trucban/internal/chat/telegram"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// clock is the time of a test; it moves when told to.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func newClock() *clock { return &clock{t: time.Date(2026, 2, 16, 12, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) Add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// logs keeps what is logged, to look for secrets in it.
type logs struct {
	mu   sync.Mutex
	text []byte
}

func (l *logs) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text = append(l.text, p...)
	return len(p), nil
}

func (l *logs) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return string(l.text)
}

// room is a bot on a fake server.
type room struct {
	t     *testing.T
	fake  *chattest.Telegram
	srv   *httptest.Server
	clock *clock
	logs  *logs
	cut   atomic.Bool // the network is down: nothing can be connected to
	waits chan time.Duration
	opt   telegram.Options
	bot   *telegram.Bot
	users map[string]*chattest.TelegramUser
	group map[string]*chattest.TelegramGroup
}

var errNetwork = &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("network is unreachable")}

// newRoom makes a bot on a fake; change may change the options of both.
func newRoom(t *testing.T, change func(*chattest.TelegramOptions, *telegram.Options)) *room {
	t.Helper()
	r := &room{t: t, clock: newClock(), logs: &logs{}, waits: make(chan time.Duration, 10_000),
		users: map[string]*chattest.TelegramUser{}, group: map[string]*chattest.TelegramGroup{}}
	fo := chattest.TelegramOptions{Now: r.clock.Now, Retry: time.Millisecond}
	transport := &http.Transport{DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
		if r.cut.Load() {
			return nil, errNetwork
		}
		return new(net.Dialer).DialContext(ctx, network, addr)
	}}
	r.opt = telegram.Options{
		Now: r.clock.Now, PollTimeout: 20 * time.Second, Transport: transport, Wait: r.wait,
		Log: zerolog.New(r.logs).Level(zerolog.DebugLevel),
	}
	if change != nil {
		change(&fo, &r.opt)
	}
	r.fake = chattest.NewTelegram(fo)
	r.srv = httptest.NewServer(r.fake)
	r.opt.API, r.opt.Token = r.srv.URL, r.fake.Token()
	r.open()
	t.Cleanup(func() {
		r.bot.Close()
		transport.CloseIdleConnections()
		r.fake.Close()
		r.srv.Close()
	})
	return r
}

// wait notes how long the bot wants to wait and waits a moment of it.
func (r *room) wait(ctx context.Context, d time.Duration) error {
	select {
	case r.waits <- d:
	default:
	}
	timer := time.NewTimer(min(d, time.Millisecond))
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
	return ctx.Err()
}

func (r *room) open() {
	r.t.Helper()
	bot, err := telegram.New(r.opt)
	if err != nil {
		r.t.Fatal(err)
	}
	r.bot = bot
}

// listen runs Listen until the test ends and gives what is committed.
func (r *room) listen(h chat.Handler) <-chan chat.Update {
	got := make(chan chat.Update, 1000)
	ctx, cancel := context.WithCancel(context.Background())
	end := make(chan error, 1)
	go func() {
		end <- r.bot.Listen(ctx, func(ctx context.Context, u chat.Update) error {
			if h != nil {
				if err := h(ctx, u); err != nil {
					return err
				}
			}
			got <- u
			return nil
		})
	}()
	r.t.Cleanup(func() {
		cancel()
		if err := <-end; err != nil {
			r.t.Errorf("Listen: %v", err)
		}
	})
	return got
}

// next is the next update, which must come soon.
func (r *room) next(got <-chan chat.Update) chat.Update {
	r.t.Helper()
	timer := time.NewTimer(time.Minute)
	defer timer.Stop()
	select {
	case u := <-got:
		return u
	case <-timer.C:
		r.t.Fatalf("no update came; log: %s", r.logs)
	}
	return chat.Update{}
}

// until waits for a condition on the server.
func (r *room) until(what string, ok func() bool) {
	r.t.Helper()
	timer := time.NewTimer(time.Minute)
	defer timer.Stop()
	for {
		changed := r.fake.Changed()
		if ok() {
			return
		}
		select {
		case <-changed:
		case <-timer.C:
			r.t.Fatalf("never: %s; log: %s", what, r.logs)
		}
	}
}

func to(id string) chat.Address { return chat.Address{Platform: telegram.Platform, Chat: id} }

// The door of the contract suite.

func (r *room) Platform() chat.Platform { return r.bot }
func (r *room) Secrets() []string       { return []string{r.fake.Token(), "AAfake"} }
func (r *room) Pace()                   { r.clock.Add(61 * time.Second) }

func (r *room) Restart() {
	r.bot.Close()
	r.open()
}

func (r *room) Person(name string) chattest.Person {
	u := r.fake.User(name).Open()
	r.users[u.ID()] = u
	return chattest.Person{ID: u.ID(), Name: name, Private: to(u.ID())}
}

func (r *room) Group(title string, members ...chattest.Person) chat.Address {
	var users []*chattest.TelegramUser
	for _, p := range members {
		users = append(users, r.users[p.ID])
	}
	g := r.fake.BasicGroup(title, users...)
	r.group[g.ID()] = g
	return to(g.ID())
}

func (r *room) Say(p chattest.Person, in chat.Address, text string) string {
	return r.users[p.ID].Send(in.Chat, text)
}

func (r *room) Reply(p chattest.Person, in chat.Address, message, text string) {
	r.users[p.ID].Post(in.Chat, chattest.TelegramPost{Text: text, ReplyTo: message})
}

func (r *room) Press(p chattest.Person, in chat.Address, message, action string) {
	r.t.Helper()
	if _, err := r.users[p.ID].Press(in.Chat, message, action); err != nil {
		r.t.Fatal(err)
	}
}

func (r *room) Shown(in chat.Address) []chattest.Shown {
	var out []chattest.Shown
	for _, m := range r.fake.Messages(in.Chat) {
		s := chattest.Shown{ID: m.ID, Text: m.Text, File: m.File}
		if m.Phone != "" {
			s.Phone = "+" + m.Phone
		}
		for _, row := range m.Buttons {
			for _, b := range row {
				s.Buttons = append(s.Buttons, chat.Button{Label: b.Text, Action: b.Data, URL: b.URL})
			}
		}
		out = append(out, s)
	}
	return out
}

func (r *room) Fail(in chat.Address, f chattest.Fault) bool {
	always := chattest.TelegramFault{Chat: in.Chat, Times: -1}
	switch f {
	case chattest.Healed:
		r.fake.Heal()
		r.cut.Store(false)
		if u := r.users[in.Chat]; u != nil {
			u.Unblock()
		}
		if g := r.group[in.Chat]; g != nil {
			g.Bot(nil, "member")
		}
		return true
	case chattest.Flood:
		always.Code, always.Text, always.Retry = 429, "Too Many Requests: retry after 7", 7
	case chattest.Down:
		r.cut.Store(true)
		r.opt.Transport.(*http.Transport).CloseIdleConnections()
		return true
	case chattest.Gateway:
		always.HTTP = http.StatusBadGateway
	case chattest.Lost:
		always.Done, always.Cut = true, true
	case chattest.Blocked:
		r.users[in.Chat].Block()
		return true
	case chattest.Kicked:
		r.group[in.Chat].Bot(nil, "kicked")
		return true
	case chattest.BadToken:
		always.Code, always.Text = 401, "Unauthorized"
	case chattest.MovedAway:
		r.group[in.Chat].Upgrade()
		return true
	default:
		return false
	}
	r.fake.Fault(always)
	return true
}

func TestContract(t *testing.T) {
	chattest.Run(t, func(t *testing.T) chattest.Door { return newRoom(t, nil) })
}

// readAll reads what Open gave.
func readAll(body io.ReadCloser, err error) (string, error) {
	if err != nil {
		return "", err
	}
	defer func() { _ = body.Close() }()
	text, err := io.ReadAll(body)
	return string(text), err
}

// refuser is a network that is down.
type refuser struct{}

func (refuser) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		_ = r.Body.Close()
	}
	return nil, errNetwork
}
