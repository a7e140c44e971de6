package local

import (
	"context"
	"errors"
	"io"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"trucban/internal/chat"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var noon = time.Date(2027, 2, 5, 5, 0, 0, 0, time.UTC)

func testPlatform(t *testing.T, caps *chat.Caps) (*Platform, *Clock) {
	t.Helper()
	clock := NewStill(noon)
	p := New(Options{Clock: clock, Caps: caps})
	p.AddPerson(Person{ID: "an", Name: "Nguyễn Văn An"})
	p.AddPerson(Person{ID: "binh", Name: "Lê Thị Bình"})
	for _, c := range []Chat{
		{ID: "vhxh", Kind: chat.Group, Title: "Phòng VH-XH", Members: []string{"an", "binh"}},
		{ID: "ld", Kind: chat.Group, Title: "Lãnh đạo", Members: []string{"binh"}},
		{ID: "p-an", Kind: chat.Private, Title: "An", Members: []string{"an"}},
		{ID: "p-binh", Kind: chat.Private, Title: "Bình", Members: []string{"binh"}, Dormant: true},
	} {
		if err := p.AddChat(c); err != nil {
			t.Fatal(err)
		}
	}
	return p, clock
}

func to(id string) chat.Address { return chat.Address{Platform: "local", Chat: id} }

func TestSayReachesHandlerOnceTaken(t *testing.T) {
	p, _ := testPlatform(t, nil)
	u, err := p.Say("an", "vhxh", "/ondanh <b>")
	if err != nil {
		t.Fatal(err)
	}
	want := chat.Update{
		ID: "local:1", Event: chat.EventMessage, Kind: chat.Group, Title: "Phòng VH-XH", To: to("vhxh"),
		From:   chat.Account{Platform: "local", ID: "an", Name: "Nguyễn Văn An"},
		SentAt: noon, Text: "/ondanh <b>", Message: "1", Lang: "vi",
	}
	if d := cmp.Diff(want, u); d != "" {
		t.Error(d)
	}
	bad := func(context.Context, chat.Update) error { return errors.New("store is down") }
	if err := p.Deliver(t.Context(), bad, u); err == nil {
		t.Error("a handler's error was swallowed")
	}
	if n := len(p.Pending()); n != 1 {
		t.Fatalf("%d updates wait after a failed delivery, want 1", n)
	}
	var got []string
	good := func(_ context.Context, u chat.Update) error { got = append(got, u.ID); return nil }
	if err := p.DeliverPending(t.Context(), good); err != nil {
		t.Fatal(err)
	}
	if err := p.DeliverPending(t.Context(), good); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"local:1"}, got); d != "" {
		t.Error(d)
	}
}

func TestControlFaults(t *testing.T) {
	p, _ := testPlatform(t, nil)
	for name, c := range map[string]struct {
		call func() error
		want error
	}{
		"no chat":    {func() error { _, err := p.Say("an", "x", "a"); return err }, ErrNoChat},
		"no person":  {func() error { _, err := p.Say("x", "ld", "a"); return err }, ErrNoPerson},
		"no member":  {func() error { _, err := p.Say("an", "ld", "a"); return err }, ErrNotMember},
		"no message": {func() error { _, err := p.Press("an", "vhxh", "9", "a"); return err }, ErrNoMessage},
		"no quoted":  {func() error { _, err := p.Reply("an", "vhxh", "9", "a"); return err }, ErrNoMessage},
		"add member": {func() error { return p.AddChat(Chat{ID: "y", Members: []string{"x"}}) }, ErrNoPerson},
	} {
		if err := c.call(); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", name, err, c.want)
		}
	}
}

func TestFirstWordOpensPrivateChat(t *testing.T) {
	p, _ := testPlatform(t, nil)
	if _, err := p.Say("binh", "p-binh", "chào"); err != nil {
		t.Fatal(err)
	}
	var got []chat.Event
	for _, u := range p.Pending() {
		got = append(got, u.Event)
	}
	if d := cmp.Diff([]chat.Event{chat.EventStarted, chat.EventMessage}, got); d != "" {
		t.Error(d)
	}
	if r := p.Send(t.Context(), to("p-binh"), chat.Message{Text: "x"}); r.Outcome != chat.Sent {
		t.Errorf("send after that: %+v", r)
	}
}

func TestFilesAndContacts(t *testing.T) {
	p, _ := testPlatform(t, nil)
	u, err := p.Upload("an", "vhxh", Attachment{Name: "lịch.csv", Data: []byte("a,b"), Caption: "/naplich"})
	if err != nil {
		t.Fatal(err)
	}
	if u.File == nil || u.File.Name != "lịch.csv" || u.File.Size != 3 || u.Text != "/naplich" {
		t.Fatalf("update %+v", u)
	}
	r, err := p.Open(t.Context(), *u.File, 3)
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(r)
	if err != nil || string(data) != "a,b" {
		t.Errorf("read %q, %v", data, err)
	}
	if _, err := p.Open(t.Context(), *u.File, 2); err == nil {
		t.Error("a file over the limit was opened")
	}
	u, err = p.ShareContact("an", "p-an", "0912345678")
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(&chat.Contact{Phone: "0912345678", Account: "an", Name: "Nguyễn Văn An"}, u.Contact); d != "" {
		t.Error(d)
	}
	u, err = p.SendCard("an", "p-an", chat.Contact{Phone: "0900", Account: "binh", Name: "X"})
	if err != nil || u.Contact.Account != "" {
		t.Errorf("somebody else's card is vouched for: %+v, %v", u.Contact, err)
	}
}

func TestAnonymous(t *testing.T) {
	p, _ := testPlatform(t, nil)
	p.AddPerson(Person{ID: "an", Name: "Nguyễn Văn An", Anonymous: true})
	u, err := p.Say("an", "vhxh", "/ondanh")
	if err != nil || !u.From.Anonymous || u.From.ID == "an" {
		t.Errorf("message names its anonymous sender: %+v %v", u.From, err)
	}
	u, err = p.Press("an", "vhxh", "1", "v1")
	if err != nil || u.From.Anonymous || u.From.ID != "an" {
		t.Errorf("press does not name its person: %+v %v", u.From, err)
	}
}

// TestListen has two chats, a handler that refuses the first try of each update,
// and looks at order per chat and that each was taken exactly once.
func TestListen(t *testing.T) {
	p, _ := testPlatform(t, nil)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var mu sync.Mutex
	tried, got := map[string]bool{}, map[string][]string{}
	left := 6
	h := func(_ context.Context, u chat.Update) error {
		mu.Lock()
		defer mu.Unlock()
		if !tried[u.ID] {
			tried[u.ID] = true
			return errors.New("not now")
		}
		got[u.To.Chat] = append(got[u.To.Chat], u.Text)
		if left--; left == 0 {
			stop()
		}
		return nil
	}
	for _, text := range []string{"1", "2", "3"} {
		must(p.Say("an", "vhxh", text))
		must(p.Say("binh", "ld", text))
	}
	if err := p.Listen(ctx, h); err != nil {
		t.Fatal(err)
	}
	want := map[string][]string{"vhxh": {"1", "2", "3"}, "ld": {"1", "2", "3"}}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if n := len(p.Pending()); n != 0 {
		t.Errorf("%d updates still wait", n)
	}
}

func TestFeed(t *testing.T) {
	p, _ := testPlatform(t, nil)
	wake, cancel := p.Subscribe()
	defer cancel()
	rev := p.Rev()
	r := p.Send(t.Context(), to("vhxh"), chat.Message{Text: "a"})
	p.Edit(t.Context(), to("vhxh"), r.Message, chat.Message{Text: "b"})
	<-wake
	list, ok := p.Changes(rev)
	if !ok || len(list) != 2 || list[0].Message.Text != "a" || list[1].Kind != ChangeEdit || list[1].Message.Text != "b" {
		t.Errorf("changes %+v, ok %v", list, ok)
	}
	if _, ok := p.Changes(p.Rev() + 1); ok {
		t.Error("changes of the future are known")
	}
	for range keepChanges * 2 {
		p.Send(t.Context(), to("vhxh"), chat.Message{Text: "x"})
	}
	if _, ok := p.Changes(rev); ok {
		t.Error("forgotten changes are said to be complete")
	}
	if list, ok := p.Changes(p.Rev() - 3); !ok || len(list) != 3 {
		t.Errorf("last three changes: %d, %v", len(list), ok)
	}
	if n := len(p.Messages("vhxh")); n > keepMessages {
		t.Errorf("%d messages kept", n)
	}
}
