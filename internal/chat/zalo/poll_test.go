package zalo_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"trucban/internal/chat"
	"trucban/internal/chat/chattest"
	"trucban/internal/chat/zalo"
)

// listen runs Listen until the test ends and hands over what the handler got.
func listen(t *testing.T, d door, h chat.Handler) (<-chan chat.Update, context.CancelFunc) {
	t.Helper()
	got := make(chan chat.Update, 1000)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() {
		done <- d.Listen(ctx, func(ctx context.Context, u chat.Update) error {
			if h != nil {
				if err := h(ctx, u); err != nil {
					return err
				}
			}
			got <- u
			return nil
		})
	}()
	stop := sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Listen ended with %v", err)
		}
	})
	t.Cleanup(stop)
	return got, stop
}

func take(t *testing.T, got <-chan chat.Update) chat.Update {
	t.Helper()
	select {
	case u := <-got:
		return u
	case <-within(t).Done():
		t.Fatal("no update came")
		return chat.Update{}
	}
}

var anyReceived = cmpopts.IgnoreFields(chat.Update{}, "Received")

func TestListenDeliversInOrder(t *testing.T) {
	d := open(t, nil)
	d.fake.Switch(func(s *chattest.ZaloSwitches) { s.Queue = true })
	an := d.fake.User("Nguyễn Văn An")
	g := d.fake.Group("Đội 1", an)
	first := an.Send("Xin chào")
	if x := an.Say(g, "nói chuyện riêng"); x.Emitted {
		t.Errorf("a message without a mention was emitted: %+v", x)
	}
	second := an.Mention(g, "/ondanh mất điện 5 phút")
	if x := an.Reply(g, "ok"); !errors.Is(x.Err, chattest.ErrZaloNoReply) {
		t.Errorf("replied to nothing: %+v", x)
	}
	d.Send(t.Context(), to(g.ID), chat.Message{Text: "Đến giờ điểm danh"})
	third := an.Reply(g, "o\u0302\u0309n đi\u0323nh")
	got, _ := listen(t, d, nil)
	from := chat.Account{Platform: "zalo", ID: an.ID, Name: "Nguyễn Văn An"}
	for _, want := range []chat.Update{
		{ID: "zalo:" + first.ID, Event: chat.EventMessage, From: from, To: to(an.ID), Kind: chat.Private, SentAt: noon, Text: "Xin chào", Message: first.ID},
		{ID: "zalo:" + second.ID, Event: chat.EventMessage, From: from, To: to(g.ID), Kind: chat.Group, SentAt: noon, Text: "/ondanh mất điện 5 phút", Message: second.ID},
		{ID: "zalo:" + third.ID, Event: chat.EventMessage, From: from, To: to(g.ID), Kind: chat.Group, SentAt: noon, Text: "ổn định", Message: third.ID},
	} {
		if diff := cmp.Diff(want, take(t, got), anyReceived); diff != "" {
			t.Error(diff)
		}
	}
}

func TestListenLearnsTheName(t *testing.T) {
	d := open(t, func(o *zalo.Options) { o.Names = nil })
	d.fake.Switch(func(s *chattest.ZaloSwitches) { s.Queue, s.NoGroups = true, true })
	an := d.fake.User("An")
	g := d.fake.Group("Đội 1", an)
	got, _ := listen(t, d, nil)
	an.Post(chattest.ZaloPost{Group: g, Text: "xong 3", MentionLast: true})
	if u := take(t, got); u.Text != "xong 3" {
		t.Errorf("text is %q", u.Text)
	}
	if !strings.Contains(d.log.String(), "cannot join groups") {
		t.Errorf("log is %s", d.log)
	}
}

func TestIdlePollsGoOn(t *testing.T) {
	paused := make(chan time.Duration, 100)
	d := open(t, func(o *zalo.Options) {
		o.Pause = func(ctx context.Context, p time.Duration) {
			select {
			case paused <- p:
			case <-ctx.Done():
			}
		}
	})
	d.fake.Switch(func(s *chattest.ZaloSwitches) { s.Queue, s.Idle = true, time.Millisecond })
	got, _ := listen(t, d, nil)
	for range 3 {
		if p := <-paused; p != time.Second {
			t.Errorf("paused for %v after an idle poll", p)
		}
	}
	d.fake.User("An").Send("ping")
	take(t, got)
	if s := d.log.String(); s != "" {
		t.Errorf("idle polls are logged: %s", s)
	}
}

func TestOutageIsBackedOffAndTold(t *testing.T) {
	var mu sync.Mutex
	now := noon
	var paused []time.Duration
	gaps := make(chan [2]time.Time, 1)
	d := open(t, func(o *zalo.Options) {
		o.Now = func() time.Time { mu.Lock(); defer mu.Unlock(); return now }
		o.Pause = func(_ context.Context, p time.Duration) {
			mu.Lock()
			defer mu.Unlock()
			paused, now = append(paused, p), now.Add(p)
		}
		o.OnDeaf = func(from, to time.Time) { gaps <- [2]time.Time{from, to} }
	})
	d.fake.Switch(func(s *chattest.ZaloSwitches) { s.Queue = true })
	d.fake.Inject(chattest.ZaloFault{Method: "getUpdates", HTTP: 502, Times: 3})
	d.fake.Inject(chattest.ZaloFault{Method: "getUpdates", HTTP: 504, Times: 2})
	d.fake.Inject(chattest.ZaloFault{Method: "getUpdates", Cut: true, Times: 1})
	d.fake.Inject(chattest.ZaloFault{Method: "getUpdates", Code: 403, Text: "Internal server error", Times: 1})
	d.fake.User("An").Send("còn đó không")
	got, stop := listen(t, d, nil)
	take(t, got)
	gap := <-gaps
	stop()
	mu.Lock()
	defer mu.Unlock()
	var want []time.Duration
	for _, seconds := range []int{1, 2, 4, 8, 16, 30, 30} {
		want = append(want, time.Duration(seconds)*time.Second)
	}
	if diff := cmp.Diff(want, paused); diff != "" {
		t.Error(diff)
	}
	if !gap[0].Equal(noon) || gap[1].Sub(gap[0]) != 91*time.Second {
		t.Errorf("deaf from %v to %v", gap[0], gap[1])
	}
	if s := d.Health(); s.Faults != 7 || s.Updates != 1 || !s.LastHeard.Equal(noon.Add(91*time.Second)) {
		t.Errorf("%+v", s)
	}
	checkNoToken(t, d, nil)
}

func TestPollingIsRefusedWhileAWebhookIsSet(t *testing.T) {
	d := open(t, nil)
	d.fake.Switch(func(s *chattest.ZaloSwitches) { s.Queue = true })
	if err := d.SetWebhook(t.Context(), "https://127.0.0.1:1/zalo", "12345678"); err != nil {
		t.Fatal(err)
	}
	if url, err := d.WebhookURL(t.Context()); err != nil || url != "https://127.0.0.1:1/zalo" {
		t.Errorf("webhook is %q, %v", url, err)
	}
	freed := make(chan struct{})
	b := openOn(t, d.fake, d.url, func(o *zalo.Options) {
		o.Pause = sync.OnceValue(func() func(context.Context, time.Duration) {
			return func(context.Context, time.Duration) {
				select {
				case <-freed:
				default:
					// Only an explicit call takes the webhook away.
					if err := d.DeleteWebhook(context.Background()); err != nil {
						t.Error(err)
					}
					close(freed)
				}
			}
		})()
	})
	got, _ := listen(t, b, nil)
	<-freed
	if !strings.Contains(b.log.String(), "is a webhook set?") {
		t.Errorf("log is %s", b.log)
	}
	d.fake.User("An").Send("x")
	take(t, got)
}

func TestHandlerIsTriedAgainWhilePollingGoesOn(t *testing.T) {
	d := open(t, nil)
	d.fake.Switch(func(s *chattest.ZaloSwitches) { s.Queue = true })
	an := d.fake.User("An")
	an.Send("một")
	an.Send("hai")
	tries := 0
	got, _ := listen(t, d, func(_ context.Context, u chat.Update) error {
		if tries++; tries < 4 {
			if tries == 2 {
				panic("handler")
			}
			return errors.New("the store is away")
		}
		return nil
	})
	if a, b := take(t, got), take(t, got); a.Text != "một" || b.Text != "hai" || tries != 5 {
		t.Errorf("%q, %q after %d tries", a.Text, b.Text, tries)
	}
}

func TestListenJournalsWhatCannotBeCommitted(t *testing.T) {
	held := make(chan []byte, 2)
	d := open(t, func(o *zalo.Options) {
		o.Hold = func(raw []byte) error { held <- raw; return nil }
	})
	d.fake.Switch(func(s *chattest.ZaloSwitches) { s.Queue = true })
	sent := d.fake.User("An").Send("ổn định")
	listen(t, d, func(context.Context, chat.Update) error { return errors.New("the store is away") })
	u, ok, err := d.Decode(<-held)
	if err != nil || !ok || u.ID != "zalo:"+sent.ID || u.Text != "ổn định" || !u.SentAt.Equal(noon) {
		t.Errorf("journalled %+v, %v, %v", u, ok, err)
	}
}

func TestStopCommitsWhatWasTaken(t *testing.T) {
	d := open(t, nil)
	d.fake.Switch(func(s *chattest.ZaloSwitches) { s.Queue = true })
	an := d.fake.User("An")
	began, goOn := make(chan struct{}), make(chan struct{})
	first := sync.OnceFunc(func() { close(began); <-goOn })
	got, stop := listen(t, d, func(ctx context.Context, _ chat.Update) error {
		first()
		return ctx.Err()
	})
	an.Send("một")
	an.Send("hai")
	<-began
	// With the third poll open, both were taken though the handler has not answered yet.
	if err := d.fake.AwaitCalls(within(t), "getUpdates", 3); err != nil {
		t.Fatal("polling stopped for the handler")
	}
	go close(goOn)
	stop()
	if a, b := take(t, got), take(t, got); a.Text != "một" || b.Text != "hai" {
		t.Errorf("%q, %q", a.Text, b.Text)
	}
}

func TestOnePollerOnly(t *testing.T) {
	d := open(t, nil)
	d.fake.Switch(func(s *chattest.ZaloSwitches) { s.Queue = true })
	got, _ := listen(t, d, nil)
	d.fake.User("An").Send("x")
	take(t, got)
	if err := d.Listen(t.Context(), nil); !errors.Is(err, zalo.ErrPolling) {
		t.Errorf("a second Listen gives %v", err)
	}
}
