package telegram_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"trucban/internal/chat"
	"trucban/internal/chat/chattest"
	"trucban/internal/chat/telegram"
)

var errStore = errors.New("the store is down")

// offsets are the offsets of all polls so far.
func (r *room) offsets() []string {
	var out []string
	for _, c := range r.fake.Calls("getUpdates") {
		out = append(out, c.Params["offset"])
	}
	return out
}

func TestOffsetMovesOnlyAfterTheCommit(t *testing.T) {
	r := newRoom(t, nil)
	lan := r.fake.User("Lan").Open()
	lan.Send(lan.ID(), "/mot")
	lan.Send(lan.ID(), "/hai")
	var down atomic.Bool
	down.Store(true)
	tried := make(chan struct{}, 1000)
	got := r.listen(func(_ context.Context, u chat.Update) error {
		if u.Text == "/hai" && down.Load() {
			tried <- struct{}{}
			return errStore
		}
		return nil
	})
	r.next(got)
	for range 5 {
		<-tried
	}
	if n := r.fake.Pending(); n != 2 {
		t.Errorf("%d updates are unconfirmed while the second is not committed, want 2", n)
	}
	if n := len(r.offsets()); n != 1 {
		t.Errorf("polled %d times while a handler fails", n)
	}
	down.Store(false)
	if u := r.next(got); u.Text != "/hai" {
		t.Errorf("then came %q", u.Text)
	}
	r.until("both are confirmed", func() bool { return r.fake.Pending() == 0 })
}

func TestPoisonIsParkedAndTheNextIsServed(t *testing.T) {
	var mu sync.Mutex
	var parked []telegram.Parked
	refusals := 0
	r := newRoom(t, func(_ *chattest.TelegramOptions, o *telegram.Options) {
		o.Park = func(_ context.Context, p telegram.Parked) error {
			mu.Lock()
			defer mu.Unlock()
			if refusals++; refusals == 1 {
				return errStore
			}
			parked = append(parked, p)
			return nil
		}
	})
	lan := r.fake.User("Lan").Open()
	bad := r.fake.Inject(`{"update_id":%ID,"message":{"message_id":"x","text":"0912345678"}}`)
	nameless := r.fake.Inject(`{"update_id":"odd","message":{}}`)
	r.fake.Inject(`{"update_id":%ID,"callback_query":{"id":"77"}}`)
	lan.Send(lan.ID(), "/ondanh")
	got := r.listen(nil)
	if u := r.next(got); u.Text != "/ondanh" {
		t.Fatalf("got %+v", u)
	}
	r.until("all are confirmed", func() bool { return r.fake.Pending() == 0 })
	mu.Lock()
	defer mu.Unlock()
	if len(parked) != 3 {
		t.Fatalf("parked %d", len(parked))
	}
	ids := map[int64]bool{}
	for _, p := range parked {
		ids[p.UpdateID] = true
		if len(p.Raw) == 0 || p.Err == nil || strings.Contains(p.Err.Error(), "0912345678") {
			t.Errorf("parked %d with error %v and %d bytes", p.UpdateID, p.Err, len(p.Raw))
		}
	}
	if !ids[bad] || !ids[nameless] {
		t.Errorf("parked %v, want %d and %d", ids, bad, nameless)
	}
	if h := r.bot.Health(); h.Parked != 3 || h.Updates != 1 {
		t.Errorf("health %+v", h)
	}
	if strings.Contains(r.logs.String(), "0912345678") {
		t.Error("the log shows a text")
	}
}

func TestPanickingHandlerIsParkedInTheEnd(t *testing.T) {
	r := newRoom(t, nil)
	lan := r.fake.User("Lan").Open()
	lan.Send(lan.ID(), "/xau")
	lan.Send(lan.ID(), "/tot")
	tries := 0
	got := r.listen(func(_ context.Context, u chat.Update) error {
		if u.Text == "/xau" {
			tries++
			panic("bí mật 0912345678")
		}
		return nil
	})
	if u := r.next(got); u.Text != "/tot" {
		t.Errorf("got %q", u.Text)
	}
	if tries != 3 || r.bot.Health().Parked != 1 {
		t.Errorf("tried %d times, parked %d", tries, r.bot.Health().Parked)
	}
	if strings.Contains(r.logs.String(), "0912345678") {
		t.Error("the log shows what the panic said")
	}
}

func TestPressIsAnsweredBeforeTheWork(t *testing.T) {
	r := newRoom(t, nil)
	lan := r.fake.User("Lan").Open()
	sent := r.bot.Send(context.Background(), to(lan.ID()), chat.Message{Text: "Ca đêm", Buttons: [][]chat.Button{{{Label: "Có mặt", Action: "1:in"}}}})
	release := make(chan struct{})
	got := r.listen(func(ctx context.Context, _ chat.Update) error {
		select {
		case <-release:
		case <-ctx.Done():
		}
		return ctx.Err()
	})
	id, err := lan.Press(lan.ID(), sent.Message, "1:in")
	if err != nil {
		t.Fatal(err)
	}
	r.until("the press is answered while its handler works", func() bool { return r.fake.Answered(id) })
	close(release)
	if u := r.next(got); u.Event != chat.EventPress || !u.SentAt.Equal(r.clock.Now()) {
		t.Errorf("got %+v", u)
	}
}

// A client's repeat is told by what it is about, until the card changes.
func TestRepeatedPressIsAboutTheSame(t *testing.T) {
	r := newRoom(t, nil)
	lan := r.fake.User("Lan").Open()
	card := chat.Message{Text: "Việc 1", Buttons: [][]chat.Button{{{Label: "Xong", Action: "1:d"}}}}
	sent := r.bot.Send(context.Background(), to(lan.ID()), card)
	got := r.listen(nil)
	press := func() chat.Update {
		t.Helper()
		if _, err := lan.Press(lan.ID(), sent.Message, "1:d"); err != nil {
			t.Fatal(err)
		}
		return r.next(got)
	}
	first := press()
	if again := press(); again.Same != first.Same || again.ID == first.ID {
		t.Errorf("a client's repeat is %q about %q, the first %q about %q", again.ID, again.Same, first.ID, first.Same)
	}
	r.clock.Add(2 * time.Minute)
	card.Text = "Việc 1: mở lại"
	if e := r.bot.Edit(context.Background(), to(lan.ID()), sent.Message, card); e.Outcome != chat.Sent {
		t.Fatal(e.Err)
	}
	if edited := press(); edited.Same == first.Same {
		t.Error("a press on a newer version of the card counts as the same")
	}
	if want := fmt.Sprintf("telegram:press:%s:%s:%s:1:d:", lan.ID(), lan.ID(), sent.Message); !strings.HasPrefix(first.ID, want) {
		t.Errorf("id %s", first.ID)
	}
}

// A press is the same update when it is delivered again to a new process.
func TestRedeliveredPressHasOneIdentity(t *testing.T) {
	r := newRoom(t, nil)
	lan := r.fake.User("Lan").Open()
	lan.Forge(lan.ID(), "55", "1:x")
	ids := make([]string, 2)
	for i := range ids {
		ctx, cancel := context.WithCancel(context.Background())
		err := r.bot.Listen(ctx, func(_ context.Context, u chat.Update) error {
			ids[i] = u.ID
			cancel()
			return errStore
		})
		if err != nil {
			t.Fatal(err)
		}
		r.clock.Add(100 * time.Second)
		r.Restart()
	}
	if ids[0] == "" || ids[0] != ids[1] {
		t.Errorf("ids %q", ids)
	}
}

func TestSlowChatDoesNotHoldTheOthersOfABatch(t *testing.T) {
	r := newRoom(t, nil)
	lan, minh := r.fake.User("Lan").Open(), r.fake.User("Minh").Open()
	lan.Send(lan.ID(), "/cham")
	minh.Send(minh.ID(), "/nhanh")
	release := make(chan struct{})
	got := r.listen(func(ctx context.Context, u chat.Update) error {
		if u.Text == "/cham" {
			select {
			case <-release:
			case <-ctx.Done():
			}
		}
		return ctx.Err()
	})
	if u := r.next(got); u.Text != "/nhanh" {
		t.Errorf("got %q", u.Text)
	}
	close(release)
	r.next(got)
}

func TestStartsWhileTelegramCannotBeReached(t *testing.T) {
	var deaf []time.Duration
	r := newRoom(t, func(_ *chattest.TelegramOptions, o *telegram.Options) {
		o.Deaf = func(from, to time.Time) { deaf = append(deaf, to.Sub(from)) }
	})
	r.cut.Store(true)
	lan := r.fake.User("Lan").Open()
	lan.Send(lan.ID(), "/ondanh@truc_ban_bot xong")
	got := r.listen(nil)
	for r.bot.Health().Faults < 5 {
		<-r.waits
	}
	if r.bot.Username() != "" {
		t.Error("the name is known without an answer")
	}
	r.clock.Add(10 * time.Minute)
	r.cut.Store(false)
	if u := r.next(got); u.Text != "/ondanh xong" {
		t.Errorf("got %q", u.Text)
	}
	if len(deaf) != 1 || deaf[0] != 10*time.Minute {
		t.Errorf("deaf %v", deaf)
	}
}

func TestPollFaults(t *testing.T) {
	for name, c := range map[string]struct {
		fault chattest.TelegramFault
		least time.Duration // of the first pause
	}{
		"gateway":  {chattest.TelegramFault{HTTP: 502}, 500 * time.Millisecond},
		"held":     {chattest.TelegramFault{HTTP: 503, Retry: 9}, 9 * time.Second},
		"flood":    {chattest.TelegramFault{Code: 429, Text: "Too Many Requests: retry after 12", Retry: 12}, 12 * time.Second},
		"conflict": {chattest.TelegramFault{Code: 409, Text: "Conflict: terminated by other getUpdates request"}, 3 * time.Second},
		"broken":   {chattest.TelegramFault{Half: true}, 500 * time.Millisecond},
		"server":   {chattest.TelegramFault{Code: 500, Text: "Internal Server Error"}, 500 * time.Millisecond},
		"page":     {chattest.TelegramFault{HTTP: 200, Page: "<html>Truy cập bị chặn</html>"}, 500 * time.Millisecond},
		"empty":    {chattest.TelegramFault{HTTP: 500, Page: " "}, 500 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRoom(t, nil)
			lan := r.fake.User("Lan").Open()
			c.fault.Method = "getUpdates"
			r.fake.Fault(c.fault)
			got := r.listen(nil)
			if pause := <-r.waits; pause < c.least {
				t.Errorf("paused %s, want at least %s", pause, c.least)
			}
			lan.Send(lan.ID(), "/ondanh")
			r.next(got)
			if f := r.bot.Health().Faults; f != 1 {
				t.Errorf("%d faults", f)
			}
		})
	}
}

func TestRefusedTokenEndsListen(t *testing.T) {
	for _, method := range []string{"getMe", "getUpdates"} {
		r := newRoom(t, nil)
		r.fake.Fault(chattest.TelegramFault{Method: method, Code: 401, Text: "Unauthorized"})
		err := r.bot.Listen(context.Background(), func(context.Context, chat.Update) error { return nil })
		if !errors.Is(err, telegram.ErrToken) {
			t.Errorf("%s: Listen ended with %v", method, err)
		}
	}
}

func TestTwoPollersBothGoOn(t *testing.T) {
	r := newRoom(t, nil)
	lan := r.fake.User("Lan").Open()
	first := r.listen(nil)
	r.until("the first polls", func() bool { return r.bot.Username() != "" && len(r.fake.Calls("getMe")) == 1 })
	r.open() // a second process with the same token
	second := r.listen(nil)
	r.until("they meet", func() bool { return len(conflicts(r.fake)) >= 3 })
	for i := range 5 {
		lan.Send(lan.ID(), fmt.Sprintf("/tin%d", i))
		select {
		case <-first:
		case <-second:
		case <-time.After(time.Minute):
			t.Fatal("an update is lost between two pollers")
		}
	}
}

func conflicts(f *chattest.Telegram) []chattest.TelegramCall {
	var out []chattest.TelegramCall
	for _, c := range f.Calls("getUpdates") {
		if strings.HasPrefix(c.Error, "Conflict") {
			out = append(out, c)
		}
	}
	return out
}

func TestHungPollEndsByItsDeadline(t *testing.T) {
	r := newRoom(t, func(_ *chattest.TelegramOptions, o *telegram.Options) {
		o.PollTimeout, o.PollGrace = time.Second, time.Second
	})
	r.fake.Fault(chattest.TelegramFault{Method: "getUpdates", Hang: true})
	lan := r.fake.User("Lan").Open()
	lan.Send(lan.ID(), "/ondanh")
	got := r.listen(nil)
	r.next(got)
	if f := r.bot.Health().Faults; f != 1 {
		t.Errorf("%d faults", f)
	}
}

func TestNumbersThatBeginAgainAfterSilence(t *testing.T) {
	r := newRoom(t, func(_ *chattest.TelegramOptions, o *telegram.Options) { o.PollTimeout = time.Second })
	lan := r.fake.User("Lan").Open()
	lan.Send(lan.ID(), "/mot")
	got := r.listen(nil)
	r.next(got)
	r.until("a poll came back empty", func() bool {
		o := r.offsets()
		return len(o) >= 3 && o[len(o)-1] == ""
	})
	r.fake.Forget(1000)
	lan.Send(lan.ID(), "/hai")
	if u := r.next(got); u.Text != "/hai" || u.ID != "telegram:1000" {
		t.Errorf("got %+v", u)
	}
	r.until("it is confirmed", func() bool { return r.fake.Pending() == 0 })
}

func TestPollAsksForTheRightUpdates(t *testing.T) {
	r := newRoom(t, nil)
	lan := r.fake.User("Lan").Open()
	lan.Send(lan.ID(), "/mot")
	r.next(r.listen(nil))
	p := r.fake.Calls("getUpdates")[0].Params
	for _, kind := range []string{"message", "callback_query", "my_chat_member", "chat_member"} {
		if !strings.Contains(p["allowed_updates"], `"`+kind+`"`) {
			t.Errorf("allowed_updates %s lacks %s", p["allowed_updates"], kind)
		}
	}
	if p["timeout"] != "20" {
		t.Errorf("timeout %s", p["timeout"])
	}
}

func TestSwitchingFromWebhookToPollingKeepsWhatWaits(t *testing.T) {
	r := newRoom(t, nil)
	refuse := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) })
	hook := newServer(t, refuse)
	if err := r.bot.SetWebhook(context.Background(), hook, "0123456789abcdef"); err != nil {
		t.Fatal(err)
	}
	lan := r.fake.User("Lan").Open()
	lan.Send(lan.ID(), "/ondanh")
	if u := r.next(r.listen(nil)); u.Text != "/ondanh" {
		t.Errorf("got %+v", u)
	}
	if n, err := r.bot.Pending(context.Background()); err != nil || n > 1 {
		t.Errorf("pending %d, %v", n, err)
	}
	if h := r.bot.Health(); h.Conflicts != 1 {
		t.Errorf("%d conflicts", h.Conflicts)
	}
}

func TestAddedSaysWhatIsHeard(t *testing.T) {
	for _, c := range []struct {
		privacy      bool
		status       string
		admin, muted bool
	}{
		{false, "restricted", false, false},
		{true, "restricted", false, true},
		{true, "administrator", true, false},
	} {
		r := newRoom(t, func(o *chattest.TelegramOptions, _ *telegram.Options) { o.Privacy = c.privacy })
		lan := r.fake.User("Lan").Open()
		g := r.fake.Group("Tổ trực", lan)
		got := r.listen(nil)
		if u := r.next(got); u.Event != chat.EventAdded || u.CommandsOnly != c.privacy || u.From.ID != lan.ID() {
			t.Errorf("added: %+v", u)
		}
		g.Bot(lan, c.status)
		if u := r.next(got); u.Event != chat.EventAdded || u.Admin != c.admin || u.CommandsOnly != c.muted {
			t.Errorf("%+v: %+v", c, u)
		}
		g.Bot(lan, "kicked")
		if u := r.next(got); u.Event != chat.EventRemoved {
			t.Errorf("removed: %+v", u)
		}
	}
}
