package telegram_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"trucban/internal/chat"
	"trucban/internal/chat/chattest"
	"trucban/internal/chat/telegram"
)

// Telegram's own words, as its server writes them.
func TestOutcomeOfEveryRefusal(t *testing.T) {
	gone, rejected, noChat := chat.ReasonGone, chat.ReasonRejected, chat.ReasonNoChat
	for _, c := range []struct {
		code    int
		text    string
		outcome chat.Outcome
		reason  chat.Reason
	}{
		{400, "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message", chat.Sent, ""},
		{400, "Bad Request: message to edit not found", chat.Permanent, gone},
		{400, "Bad Request: message can't be edited", chat.Permanent, gone},
		{400, "Bad Request: MESSAGE_ID_INVALID", chat.Permanent, gone},
		{400, "Bad Request: chat not found", chat.Permanent, noChat},
		{400, "Bad Request: message thread not found", chat.Permanent, noChat},
		{400, "Bad Request: group chat was deactivated", chat.Permanent, chat.ReasonKicked},
		{400, "Bad Request: message to be replied not found", chat.Permanent, rejected},
		{400, "Bad Request: message text is empty", chat.Permanent, rejected},
		{400, "Bad Request: message is too long", chat.Permanent, rejected},
		{400, "Bad Request: message caption is too long", chat.Permanent, rejected},
		{400, "Bad Request: BUTTON_DATA_INVALID", chat.Permanent, rejected},
		{400, "Bad Request: reply markup is too long", chat.Permanent, rejected},
		{400, "Bad Request: TOPIC_CLOSED", chat.Permanent, chat.ReasonNoRights},
		{400, "Bad Request: CHAT_WRITE_FORBIDDEN", chat.Permanent, chat.ReasonNoRights},
		{400, "Bad Request: not enough rights to send text messages to the chat", chat.Permanent, chat.ReasonNoRights},
		{400, "Bad Request: have no rights to send a message", chat.Permanent, chat.ReasonNoRights},
		{400, "Bad Request: group chat was upgraded to a supergroup chat", chat.Permanent, noChat}, // without the new id
		{401, "Unauthorized", chat.Permanent, chat.ReasonToken},
		{403, "Forbidden: bot was kicked from the group chat", chat.Permanent, chat.ReasonKicked},
		{403, "Forbidden: bot was kicked from the supergroup chat", chat.Permanent, chat.ReasonKicked},
		{403, "Forbidden: bot is not a member of the channel chat", chat.Permanent, chat.ReasonKicked},
		{403, "Forbidden: the group chat was deleted", chat.Permanent, chat.ReasonKicked},
		{403, "Forbidden: bot was blocked by the user", chat.Permanent, chat.ReasonBlocked},
		{403, "Forbidden: user is deactivated", chat.Permanent, chat.ReasonBlocked},
		{403, "Forbidden: bot can't initiate conversation with a user", chat.Permanent, chat.ReasonNotStarted},
		{403, "Forbidden: something new", chat.Permanent, chat.ReasonNoRights},
		{404, "Not Found: method not found", chat.Permanent, rejected},
		{404, "Not Found", chat.Permanent, chat.ReasonToken},
		{409, "Conflict: terminated by other getUpdates request", chat.Temporary, ""},
		{413, "Request Entity Too Large", chat.Permanent, rejected},
		{429, "Too Many Requests: retry after 5", chat.Throttled, ""},
		{500, "Internal Server Error", chat.Temporary, ""},
		{503, "Service Unavailable", chat.Temporary, ""},
	} {
		t.Run(c.text, func(t *testing.T) {
			r := newRoom(t, nil)
			lan := r.fake.User("Lan").Open()
			r.fake.Fault(chattest.TelegramFault{Method: "sendMessage", Code: c.code, Text: c.text})
			got := r.bot.Send(context.Background(), to(lan.ID()), chat.Message{Text: "Tin"})
			if got.Outcome != c.outcome || got.Reason != c.reason {
				t.Errorf("ended %s %s", got.Outcome, got.Reason)
			}
			if (got.Err == nil) != (c.outcome == chat.Sent) {
				t.Errorf("error %v", got.Err)
			}
		})
	}
}

func TestOutcomeByHowFarTheRequestCame(t *testing.T) {
	for name, c := range map[string]struct {
		fault chattest.TelegramFault
		send  chat.Outcome
		edit  chat.Outcome
	}{
		"cut before an answer":   {chattest.TelegramFault{Cut: true}, chat.Unknown, chat.Temporary},
		"cut in the answer":      {chattest.TelegramFault{Half: true}, chat.Unknown, chat.Temporary},
		"answer never comes":     {chattest.TelegramFault{Hang: true}, chat.Unknown, chat.Temporary},
		"answer breaks off":      {chattest.TelegramFault{HTTP: 200, Page: `{"ok":true,"resu`}, chat.Unknown, chat.Temporary},
		"gateway refuses":        {chattest.TelegramFault{HTTP: 502}, chat.Temporary, chat.Temporary},
		"gateway waited in vain": {chattest.TelegramFault{HTTP: 504}, chat.Unknown, chat.Temporary},
		"gateway throttles":      {chattest.TelegramFault{HTTP: 429, Retry: 4}, chat.Throttled, chat.Throttled},
		"moved elsewhere":        {chattest.TelegramFault{HTTP: 302}, chat.Temporary, chat.Temporary},
		"carrier's block page":   {chattest.TelegramFault{HTTP: 200}, chat.Temporary, chat.Temporary},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRoom(t, func(_ *chattest.TelegramOptions, o *telegram.Options) {
				if c.fault.Hang {
					o.CallTimeout = time.Second
				}
			})
			lan := r.fake.User("Lan").Open()
			card := r.bot.Send(context.Background(), to(lan.ID()), chat.Message{Text: "Thẻ"})
			r.Pace()
			c.fault.Times = 2
			r.fake.Fault(c.fault)
			sent := r.bot.Send(context.Background(), to(lan.ID()), chat.Message{Text: "Tin"})
			if sent.Outcome != c.send || sent.Err == nil {
				t.Errorf("a send ended %s: %v", sent.Outcome, sent.Err)
			}
			edited := r.bot.Edit(context.Background(), to(lan.ID()), card.Message, chat.Message{Text: "Thẻ 2"})
			if edited.Outcome != c.edit {
				t.Errorf("an edit ended %s: %v", edited.Outcome, edited.Err)
			}
			for _, err := range []error{sent.Err, edited.Err} {
				if err != nil && strings.Contains(err.Error(), "AAfake") {
					t.Error("an error shows the token")
				}
			}
		})
	}
}

func TestMigrationNamesTheNewChat(t *testing.T) {
	r := newRoom(t, nil)
	lan := r.fake.User("Lan").Open()
	old := r.fake.BasicGroup("Tổ trực", lan)
	fresh := old.Upgrade()
	got := r.bot.Send(context.Background(), to(old.ID()), chat.Message{Text: "Tin"})
	if got.Outcome != chat.Migrated || got.MovedTo != to(fresh.ID()) {
		t.Fatalf("got %+v", got)
	}
	if got = r.bot.Send(context.Background(), got.MovedTo, chat.Message{Text: "Tin"}); got.Outcome != chat.Sent {
		t.Errorf("then %+v", got)
	}
}

func TestRealRefusalsOfTheFake(t *testing.T) {
	r := newRoom(t, nil)
	ctx := context.Background()
	lan := r.fake.User("Lan")
	expect := func(id string, reason chat.Reason) {
		t.Helper()
		if got := r.bot.Send(ctx, to(id), chat.Message{Text: "Tin"}); got.Reason != reason {
			t.Errorf("ended %s %q: %v", got.Outcome, got.Reason, got.Err)
		}
	}
	expect(lan.ID(), chat.ReasonNotStarted)
	expect("424242", chat.ReasonNoChat)
	lan.Open().Deactivate()
	expect(lan.ID(), chat.ReasonBlocked)
	minh := r.fake.User("Minh").Open()
	g := r.fake.Group("Tổ trực", minh)
	g.Bot(minh, "restricted")
	expect(g.ID(), chat.ReasonNoRights)
	g.Bot(minh, "left")
	expect(g.ID(), chat.ReasonKicked)
	g.Bot(minh, "member")
	g.Delete()
	expect(g.ID(), chat.ReasonKicked)
	forum := r.fake.Forum("Huyện", minh)
	a := to(forum.ID())
	a.Thread = "77"
	if got := r.bot.Send(ctx, a, chat.Message{Text: "Tin"}); got.Reason != chat.ReasonNoChat {
		t.Errorf("an unknown topic ended %s %s", got.Outcome, got.Reason)
	}
	a.Thread = forum.Topic("PCCC")
	if got := r.bot.Send(ctx, a, chat.Message{Text: "Tin"}); got.Outcome != chat.Sent {
		t.Errorf("a topic ended %s: %v", got.Outcome, got.Err)
	}
	forum.CloseTopic(a.Thread)
	if got := r.bot.Send(ctx, a, chat.Message{Text: "Tin"}); got.Reason != chat.ReasonNoRights {
		t.Errorf("a closed topic ended %s %s", got.Outcome, got.Reason)
	}
	if m := r.fake.Messages(forum.ID()); len(m) != 1 || m[0].Thread != a.Thread {
		t.Errorf("shown %+v", m)
	}
}

func TestLimitsAnswerWithATime(t *testing.T) {
	r := newRoom(t, nil)
	lan := r.fake.User("Lan").Open()
	group := r.fake.Group("Tổ trực", lan)
	ctx := context.Background()
	var throttled chat.Receipt
	for i := range 10 {
		got := r.bot.Send(ctx, to(group.ID()), chat.Message{Text: fmt.Sprint("Tin ", i)})
		if got.Outcome == chat.Throttled {
			throttled = got
			break
		}
	}
	if throttled.RetryAfter <= 0 || throttled.Whole {
		t.Fatalf("a burst into one chat ended %+v", throttled)
	}
	upload := chat.Message{Text: "Ảnh", Attach: &chat.Attachment{Name: "a.png", MIME: "image/png", Photo: true, Data: []byte("png")}}
	if got := r.bot.Send(ctx, to(group.ID()), upload); got.Outcome != chat.Throttled || got.RetryAfter <= 0 {
		t.Errorf("an upload ended %+v", got)
	}
	r.clock.Add(throttled.RetryAfter)
	if got := r.bot.Send(ctx, to(group.ID()), chat.Message{Text: "Tin"}); got.Outcome != chat.Sent {
		t.Errorf("after the time it ended %+v", got)
	}
}

func TestFloodInManyChatsHoldsTheBot(t *testing.T) {
	r := newRoom(t, nil)
	r.fake.Fault(chattest.TelegramFault{Method: "sendMessage", Times: -1, Code: 429, Text: "Too Many Requests: retry after 3", Retry: 3})
	var whole []bool
	for _, name := range []string{"Lan", "Minh", "Hoa"} {
		u := r.fake.User(name).Open()
		whole = append(whole, r.bot.Send(context.Background(), to(u.ID()), chat.Message{Text: "Tin"}).Whole)
	}
	if d := cmp.Diff([]bool{false, false, true}, whole); d != "" {
		t.Error(d)
	}
}

func TestParametersOfAMessage(t *testing.T) {
	r := newRoom(t, nil)
	lan := r.fake.User("Lan").Open()
	forum := r.fake.Forum("Huyện", lan)
	a := to(forum.ID())
	a.Thread = forum.Topic("PCCC")
	ask := lan.Post(forum.ID(), chattest.TelegramPost{Text: "Ai trực?", Thread: a.Thread})
	got := r.bot.Send(context.Background(), a, chat.Message{
		Text: "<b>Ca đe\u0302m</b>", ReplyTo: ask, Silent: true,
		Buttons: [][]chat.Button{{{Label: "Có mặt", Action: strings.Repeat("x", 64), Hint: "comat"}}},
	})
	if got.Outcome != chat.Sent {
		t.Fatal(got.Err)
	}
	want := map[string]string{
		"chat_id": forum.ID(), "message_thread_id": a.Thread, "text": "<b>Ca đêm</b>", "parse_mode": "HTML",
		"disable_notification": "true", "link_preview_options": `{"is_disabled":true}`,
		"reply_parameters": `{"message_id":` + ask + `,"allow_sending_without_reply":true}`,
		"reply_markup":     `{"inline_keyboard":[[{"text":"Có mặt","callback_data":"` + strings.Repeat("x", 64) + `"}]]}`,
	}
	if d := cmp.Diff(want, r.fake.Calls("sendMessage")[0].Params); d != "" {
		t.Error(d)
	}
	m := r.fake.Messages(forum.ID())[0]
	if m.Text != "Ca đêm" || m.ReplyTo != ask || m.Thread != a.Thread || !m.Silent || m.ID != got.Message {
		t.Errorf("shown %+v", m)
	}
	got = r.bot.Send(context.Background(), a, chat.Message{Text: "Trả lời", ReplyTo: "999"})
	if got.Outcome != chat.Sent {
		t.Errorf("a reply to what is gone ended %s: %v", got.Outcome, got.Err)
	}
}

func TestRefusedBeforeAnyRequest(t *testing.T) {
	r := newRoom(t, nil)
	lan := r.fake.User("Lan").Open()
	for name, m := range map[string]chat.Message{
		"nothing":         {},
		"only white":      {Text: " <b>\n</b> "},
		"long action":     {Text: "x", Buttons: [][]chat.Button{{{Label: "x", Action: strings.Repeat("ế", 22)}}}},
		"button of none":  {Text: "x", Buttons: [][]chat.Button{{{Label: "x"}}}},
		"button of both":  {Text: "x", Buttons: [][]chat.Button{{{Label: "x", Action: "a", URL: "https://x.vn"}}}},
		"nameless button": {Text: "x", Buttons: [][]chat.Button{{{Action: "a"}}}},
	} {
		got := r.bot.Send(context.Background(), to(lan.ID()), m)
		if got.Outcome != chat.Permanent || got.Reason != chat.ReasonRejected {
			t.Errorf("%s ended %s %s", name, got.Outcome, got.Reason)
		}
	}
	long := chat.Message{Text: strings.Repeat("ế", 4097)}
	if got := r.bot.Edit(context.Background(), to(lan.ID()), "5", long); got.Reason != chat.ReasonRejected {
		t.Errorf("a long edit ended %s %s", got.Outcome, got.Reason)
	}
	if n := len(r.fake.Calls("")); n != 0 {
		t.Errorf("%d requests", n)
	}
}

func TestLengthsAreCodePointsAsShown(t *testing.T) {
	r := newRoom(t, nil)
	lan := r.fake.User("Lan").Open()
	text := "<b>" + strings.Repeat("🚒&lt;", 2048) + "</b>"
	if got := r.bot.Send(context.Background(), to(lan.ID()), chat.Message{Text: text}); got.Outcome != chat.Sent {
		t.Fatal(got.Err)
	}
	if m := r.fake.Messages(lan.ID()); len(m) != 1 {
		t.Errorf("%d messages", len(m))
	}
}

func TestUnreadableMarkupIsSentPlain(t *testing.T) {
	r := newRoom(t, nil)
	lan := r.fake.User("Lan").Open()
	got := r.bot.Send(context.Background(), to(lan.ID()), chat.Message{Text: "<b>Cháy chợ 0912345678 &amp; <x>"})
	if got.Outcome != chat.Sent {
		t.Fatal(got.Err)
	}
	if m := r.fake.Messages(lan.ID()); m[0].Text != "Cháy chợ 0912345678 & <x>" {
		t.Errorf("shown %q", m[0].Text)
	}
	if strings.Contains(r.logs.String(), "0912345678") {
		t.Error("the log shows the text")
	}
}

func TestPhotoCaptionAndItsEdit(t *testing.T) {
	r := newRoom(t, nil)
	lan := r.fake.User("Lan").Open()
	ctx, a := context.Background(), to(lan.ID())
	photo := &chat.Attachment{Name: "bang.png", MIME: "image/png", Photo: true, Data: bytes.Repeat([]byte("png"), 1000)}
	buttons := [][]chat.Button{{{Label: "Chi tiết", Action: "1:more"}}}
	sent := r.bot.Send(ctx, a, chat.Message{Text: "<b>Hôm nay</b>", Attach: photo, Buttons: buttons})
	if sent.Outcome != chat.Sent {
		t.Fatal(sent.Err)
	}
	// The caller may or may not say that there is a picture.
	for i, m := range []chat.Message{{Text: "Hôm qua", Attach: photo, Buttons: buttons}, {Text: "Hôm kia", Buttons: buttons}} {
		r.Pace()
		if got := r.bot.Edit(ctx, a, sent.Message, m); got.Outcome != chat.Sent || got.Message != sent.Message {
			t.Fatalf("edit %d ended %+v", i, got)
		}
		if shown := r.fake.Messages(lan.ID()); len(shown) != 1 || shown[0].Text != m.Text || shown[0].File != "photo" {
			t.Errorf("shown %+v", shown)
		}
	}
	r.Pace()
	if got := r.bot.Edit(ctx, a, sent.Message, chat.Message{Buttons: [][]chat.Button{{{Label: "Đóng", Action: "1:x"}}}}); got.Outcome != chat.Sent {
		t.Errorf("an edit of the buttons ended %+v", got)
	}
	if shown := r.fake.Messages(lan.ID())[0]; shown.Text != "Hôm kia" || shown.Buttons[0][0].Data != "1:x" {
		t.Errorf("shown %+v", shown)
	}
}

func TestLongCaptionFollowsThePicture(t *testing.T) {
	r := newRoom(t, nil)
	lan := r.fake.User("Lan").Open()
	m := chat.Message{Text: strings.Repeat("dòng dài ", 200), Buttons: [][]chat.Button{{{Label: "Xem", Action: "1:v"}}},
		Attach: &chat.Attachment{Name: "b.pdf", MIME: "application/pdf", Data: []byte("%PDF")}}
	got := r.bot.Send(context.Background(), to(lan.ID()), m)
	shown := r.fake.Messages(lan.ID())
	if got.Outcome != chat.Sent || len(shown) != 2 {
		t.Fatalf("ended %+v with %d messages", got, len(shown))
	}
	if shown[0].File != "b.pdf" || shown[0].Text != "" || len(shown[0].Buttons) != 0 {
		t.Errorf("first %+v", shown[0])
	}
	if got.Message != shown[1].ID || len(shown[1].Buttons) != 1 {
		t.Errorf("the receipt names %s, the card is %+v", got.Message, shown[1])
	}
}

func TestSecondAttemptGoesOnWhereTheFirstStopped(t *testing.T) {
	r := newRoom(t, nil)
	lan := r.fake.User("Lan").Open()
	m := chat.Message{Text: strings.Repeat("một dòng\n", 1000)} // three parts
	gate := chattest.TelegramFault{Method: "sendMessage", Code: 429, Text: "Too Many Requests: retry after 2", Retry: 2}
	r.fake.Fault(chattest.TelegramFault{Method: "sendMessage", Gate: closed()}) // the first passes
	r.fake.Fault(gate)
	if got := r.bot.Send(context.Background(), to(lan.ID()), m); got.Outcome != chat.Throttled {
		t.Fatalf("ended %+v", got)
	}
	if n := len(r.fake.Messages(lan.ID())); n != 1 {
		t.Fatalf("%d parts are there", n)
	}
	if got := r.bot.Send(context.Background(), to(lan.ID()), m); got.Outcome != chat.Sent {
		t.Fatalf("ended %+v", got)
	}
	if n := len(r.fake.Messages(lan.ID())); n != 3 {
		t.Errorf("%d parts are there, want 3", n)
	}
	r.Pace()
	if got := r.bot.Send(context.Background(), to(lan.ID()), m); got.Outcome != chat.Sent || len(r.fake.Messages(lan.ID())) != 6 {
		t.Errorf("the same message later ended %+v", got)
	}
}

func closed() <-chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}

func TestTooManyButtonsBecomeWords(t *testing.T) {
	r := newRoom(t, nil)
	lan := r.fake.User("Lan").Open()
	var rows [][]chat.Button
	for i := range 130 {
		rows = append(rows, []chat.Button{{Label: fmt.Sprintf("Việc %d", i), Action: fmt.Sprintf("1:d:%d", i), Hint: fmt.Sprintf("xong %d", i)}})
	}
	if got := r.bot.Send(context.Background(), to(lan.ID()), chat.Message{Text: "Danh mục", Buttons: rows}); got.Outcome != chat.Sent {
		t.Fatal(got.Err)
	}
	m := r.fake.Messages(lan.ID())[0]
	for i := range 130 {
		if i < len(m.Buttons) {
			continue
		}
		if !strings.Contains(m.Text, fmt.Sprintf("xong %d = Việc %d", i, i)) {
			t.Errorf("task %d has neither a button nor words", i)
		}
	}
	if n := len(m.Buttons); n == 0 || n > 100 {
		t.Errorf("%d buttons", n)
	}
}

func TestAskPhone(t *testing.T) {
	r := newRoom(t, nil)
	lan := r.fake.User("Lan").Open()
	group := r.fake.Group("Tổ trực", lan)
	for _, c := range []struct {
		id   string
		m    chat.Message
		want []bool
	}{
		{lan.ID(), chat.Message{Text: "Xin số", AskPhone: "Gửi số"}, []bool{true}},
		{group.ID(), chat.Message{Text: "Xin số", AskPhone: "Gửi số"}, []bool{false}},
		{lan.ID(), chat.Message{Text: "Xin số", AskPhone: "Gửi số", Buttons: [][]chat.Button{{{Label: "Thôi", Action: "1:no"}}}}, []bool{false, true}},
	} {
		before := len(r.fake.Messages(c.id))
		if got := r.bot.Send(context.Background(), to(c.id), c.m); got.Outcome != chat.Sent {
			t.Fatal(got.Err)
		}
		var got []bool
		for _, m := range r.fake.Messages(c.id)[before:] {
			got = append(got, m.Keyboard)
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Error(d)
		}
		r.Pace()
	}
	lan.Post(lan.ID(), chattest.TelegramPost{Phone: "84912345678"})
	lan.Post(lan.ID(), chattest.TelegramPost{Phone: "+84987654321", PhoneOf: -1})
	got := r.listen(nil)
	for u := r.next(got); ; u = r.next(got) {
		if u.Contact == nil {
			continue
		}
		if u.Contact.Phone != "+84912345678" || u.Contact.Account != lan.ID() {
			t.Errorf("own card %+v", u.Contact)
		}
		break
	}
	if u := r.next(got); u.Contact.Account != "" {
		t.Errorf("somebody's card vouches: %+v", u.Contact)
	}
}

func TestUploadThatCannotConnectLeavesNothingBehind(t *testing.T) {
	r := newRoom(t, nil)
	lan := r.fake.User("Lan").Open()
	r.cut.Store(true)
	m := chat.Message{Attach: &chat.Attachment{Name: "a.bin", Data: make([]byte, 1<<20)}}
	if got := r.bot.Send(context.Background(), to(lan.ID()), m); got.Outcome != chat.Temporary {
		t.Errorf("ended %+v", got)
	}
	// goleak looks after the writer of the form when the tests end.
}

func TestOpen(t *testing.T) {
	r := newRoom(t, nil)
	lan := r.fake.User("Lan").Open()
	lan.Post(lan.ID(), chattest.TelegramPost{File: "lich.xlsx", Data: []byte("0123456789"), Text: "Lịch"})
	lan.Post(lan.ID(), chattest.TelegramPost{File: "to.xlsx", Data: []byte("x"), Size: 21 << 20})
	got := r.listen(nil)
	f := *r.next(got).File
	for limit, want := range map[int64]error{100: nil, 10: nil, 9: chat.ErrTooLarge} {
		text, err := readAll(r.bot.Open(context.Background(), f, limit))
		if !errors.Is(err, want) || want == nil && text != "0123456789" {
			t.Errorf("limit %d: %q, %v", limit, text, err)
		}
	}
	f.Size = 0 // the size is not always announced
	if text, err := readAll(r.bot.Open(context.Background(), f, 4)); !errors.Is(err, chat.ErrTooLarge) {
		t.Errorf("an unannounced size: %q, %v", text, err)
	}
	big := *r.next(got).File
	if _, err := r.bot.Open(context.Background(), big, 1<<30); !errors.Is(err, chat.ErrTooLarge) {
		t.Errorf("a file above Telegram's limit: %v", err)
	}
	if _, err := r.bot.Open(context.Background(), chat.File{ID: "none"}, 10); err == nil || strings.Contains(err.Error(), "AAfake") {
		t.Errorf("an unknown file: %v", err)
	}
}

func TestNoSecretInAnyErrorOrLog(t *testing.T) {
	r := newRoom(t, nil)
	lan := r.fake.User("Lan").Open()
	r.cut.Store(true)
	ctx := context.Background()
	var errs []error
	errs = append(errs, r.bot.Connect(ctx), r.bot.SetWebhook(ctx, "https://x.vn/a", secret), r.bot.DeleteWebhook(ctx),
		r.bot.SetCommands(ctx, telegram.Scope{Kind: telegram.ScopeAnyone}, "vi", nil),
		r.bot.Send(ctx, to(lan.ID()), chat.Message{Text: "0912345678"}).Err,
		r.bot.Edit(ctx, to(lan.ID()), "1", chat.Message{Text: "0912345678"}).Err)
	_, err := r.bot.Pending(ctx)
	errs = append(errs, err)
	_, err = r.bot.Open(ctx, chat.File{ID: "x"}, 10)
	errs = append(errs, err)
	for i, err := range errs {
		if err == nil {
			t.Errorf("%d went through a cut network", i)
			continue
		}
		for ; err != nil; err = errors.Unwrap(err) {
			if s := fmt.Sprintf("%v %+v %#v", err, err, err); strings.Contains(s, "AAfake") || strings.Contains(s, "0912345678") {
				t.Errorf("%d shows a secret: %s", i, s)
			}
		}
	}
	listenCtx, cancel := context.WithCancel(ctx)
	end := make(chan error)
	go func() { end <- r.bot.Listen(listenCtx, func(context.Context, chat.Update) error { return nil }) }()
	for range 25 {
		<-r.waits
	}
	cancel()
	if err := <-end; err != nil {
		t.Error(err)
	}
	if s := r.logs.String(); strings.Contains(s, "AAfake") || s == "" {
		t.Errorf("the log is empty or shows the token")
	}
}

func TestNew(t *testing.T) {
	good := telegram.Options{Token: "123456789:AAfake-token-of-the-test-server", Now: time.Now, Transport: http.NewFileTransport(nil)}
	for name, change := range map[string]func(*telegram.Options){
		"no token":   func(o *telegram.Options) { o.Token = "" },
		"odd token":  func(o *telegram.Options) { o.Token = "secret" },
		"endpoint":   func(o *telegram.Options) { o.API = "api.telegram.org" },
		"no clock":   func(o *telegram.Options) { o.Now = nil },
		"long poll":  func(o *telegram.Options) { o.PollTimeout = time.Minute },
		"short poll": func(o *telegram.Options) { o.PollTimeout = time.Millisecond },
	} {
		o := good
		change(&o)
		if _, err := telegram.New(o); err == nil || strings.Contains(err.Error(), o.Token) && o.Token != "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	o := good
	o.Username = "@truc_ban_bot"
	b, err := telegram.New(o)
	if err != nil {
		t.Fatal(err)
	}
	if b.ID() != 123456789 || b.DeepLink("Ab_1-") != "https://t.me/truc_ban_bot?start=Ab_1-" || b.DeepLink("a b") != "" ||
		b.GroupLink("x") != "https://t.me/truc_ban_bot?startgroup=x" {
		t.Errorf("id %d, link %s", b.ID(), b.DeepLink("Ab_1-"))
	}
}

func TestSetCommands(t *testing.T) {
	r := newRoom(t, nil)
	ctx := context.Background()
	lan := r.fake.User("Lan").Open()
	list := []telegram.Command{{Name: "ondanh", Description: "Điểm danh"}, {Name: "hotline", Description: "Số khẩn cấp"}}
	for _, s := range []telegram.Scope{
		{Kind: telegram.ScopeAnyone}, {Kind: telegram.ScopePrivate}, {Kind: telegram.ScopeGroups}, {Kind: telegram.ScopeAdmins},
		{Kind: telegram.ScopeChat, Chat: to(lan.ID())}, {Kind: telegram.ScopeChatAdmins, Chat: to("-100123")},
		{Kind: telegram.ScopeMember, Chat: to("-100123"), User: lan.ID()},
	} {
		if err := r.bot.SetCommands(ctx, s, "vi", list); err != nil {
			t.Errorf("%s: %v", s.Kind, err)
		}
	}
	if err := r.bot.SetCommands(ctx, telegram.Scope{Kind: telegram.ScopeAnyone}, "", nil); err != nil {
		t.Error(err)
	}
	bad := [][]telegram.Command{{{Name: "Ondanh", Description: "x"}}, {{Name: "a-b", Description: "x"}}, {{Name: "x"}},
		{{Name: "x", Description: strings.Repeat("ế", 257)}}, make([]telegram.Command, 101)}
	for _, list := range bad {
		if err := r.bot.SetCommands(ctx, telegram.Scope{Kind: telegram.ScopeAnyone}, "", list); err == nil {
			t.Errorf("%.40v is taken", list)
		}
	}
	if err := r.bot.SetCommands(ctx, telegram.Scope{Kind: telegram.ScopeMember}, "", list); err == nil {
		t.Error("a scope without its chat is taken")
	}
}
