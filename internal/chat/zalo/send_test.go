package zalo_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"trucban/internal/chat"
	"trucban/internal/chat/chattest"
	"trucban/internal/chat/zalo"
)

func TestNewTellsAllFaultsAndNoToken(t *testing.T) {
	_, err := zalo.New(zalo.Options{Token: "123:secret/with slash", API: "ftp://x", Monthly: -1})
	if err == nil {
		t.Fatal("wrong options are taken")
	}
	for _, want := range []string{"12345689:abc-xyz", zalo.DefaultAPI, "negative"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q does not say %q", err, want)
		}
	}
	if strings.Contains(err.Error(), "secret") {
		t.Errorf("%q shows the token", err)
	}
}

func TestSendIsPlainWithTextForms(t *testing.T) {
	d := open(t, nil)
	g := d.fake.Group("Đội 1")
	r := d.Send(t.Context(), to(g.ID), chat.Message{
		Text: "<b>Ca đêm</b> 5 &lt; 6",
		Buttons: [][]chat.Button{
			{{Label: "Ổn định", Action: "v1|ok", Hint: "ondanh"}, {Label: "Xong", Action: "v1|3", Hint: "xong 3"}},
		},
		Contact: &chat.Card{Name: "Trực chỉ huy", Phone: "+84900000001"},
		ReplyTo: "x", Silent: true,
	})
	got := d.fake.Messages(g.ID)
	if r.Outcome != chat.Sent || r.Parts != 1 || len(got) != 1 || r.Message != got[0].ID {
		t.Fatalf("receipt %+v, messages %+v", r, got)
	}
	want := "Ca đêm 5 < 6\n\nTrả lời:\nondanh = Ổn định\nxong 3 = Xong\n\nTrực chỉ huy: +84900000001"
	if diff := cmp.Diff(want, got[0].Text); diff != "" {
		t.Error(diff)
	}
}

func TestSendCountsEveryPart(t *testing.T) {
	d := open(t, nil)
	g := d.fake.Group("Đội 1")
	lines := strings.Repeat("Đề nghị đ/c kiểm tra hệ thống 🚒 và báo lại trước 17h.\n", 90)
	r := d.Send(t.Context(), to(g.ID), chat.Message{Text: lines})
	got := d.fake.Messages(g.ID)
	if r.Outcome != chat.Sent || len(got) != r.Parts || r.Parts != d.fake.Used() || r.Parts < 3 {
		t.Fatalf("receipt %+v for %d messages, %d counted", r, len(got), d.fake.Used())
	}
	var texts []string
	for _, m := range got {
		if n := len(utf16.Encode([]rune(m.Text))); n > d.Caps().MaxText {
			t.Errorf("a part has %d units", n)
		}
		texts = append(texts, m.Text)
	}
	if diff := cmp.Diff(strings.TrimSpace(lines), strings.Join(texts, "\n")); diff != "" {
		t.Error(diff)
	}
	if r.Message != got[len(got)-1].ID {
		t.Errorf("receipt names %q, not the last part", r.Message)
	}
}

func TestSendOutcomes(t *testing.T) {
	html := func(status int) *chattest.ZaloFault { return &chattest.ZaloFault{HTTP: status} }
	code := func(c int, text string) *chattest.ZaloFault { return &chattest.ZaloFault{Code: c, Text: text} }
	for name, c := range map[string]struct {
		fault *chattest.ZaloFault
		want  chat.Receipt
		taken int // messages on the platform afterwards
	}{
		"no fault":               {nil, chat.Receipt{Outcome: chat.Sent, Parts: 1}, 1},
		"bad gateway":            {html(502), chat.Receipt{Outcome: chat.Unknown, Parts: 1}, 0},
		"gateway time-out":       {html(504), chat.Receipt{Outcome: chat.Unknown, Parts: 1}, 0},
		"gateway after storing":  {&chattest.ZaloFault{HTTP: 504, Stored: true}, chat.Receipt{Outcome: chat.Unknown, Parts: 1}, 1},
		"captive page":           {html(200), chat.Receipt{Outcome: chat.Unknown, Parts: 1}, 0},
		"wall":                   {html(403), chat.Receipt{Outcome: chat.Temporary}, 0},
		"redirect":               {html(302), chat.Receipt{Outcome: chat.Temporary}, 0},
		"gateway throttles":      {html(429), chat.Receipt{Outcome: chat.Throttled, Whole: true, RetryAfter: time.Minute}, 0},
		"answer never comes":     {&chattest.ZaloFault{Hang: true, Stored: true}, chat.Receipt{Outcome: chat.Unknown, Parts: 1}, 1},
		"connection cut":         {&chattest.ZaloFault{Cut: true}, chat.Receipt{Outcome: chat.Unknown, Parts: 1}, 0},
		"token reset":            {code(401, "Unauthorized"), chat.Receipt{Outcome: chat.Permanent, Reason: chat.ReasonToken}, 0},
		"chat gone":              {code(404, "Not Found"), chat.Receipt{Outcome: chat.Permanent, Reason: chat.ReasonKicked}, 0},
		"chat forbidden":         {code(403, "Forbidden"), chat.Receipt{Outcome: chat.Permanent, Reason: chat.ReasonKicked}, 0},
		"refused":                {code(400, "Bad request"), chat.Receipt{Outcome: chat.Permanent, Reason: chat.ReasonRejected}, 0},
		"quota":                  {code(429, "Quota exceeded"), chat.Receipt{Outcome: chat.Throttled, Whole: true, RetryAfter: time.Minute}, 0},
		"timeout told":           {code(408, "Request timeout"), chat.Receipt{Outcome: chat.Unknown, Parts: 1}, 0},
		"internal, as 403":       {code(403, "Internal server error"), chat.Receipt{Outcome: chat.Unknown, Parts: 1}, 0},
		"internal":               {code(500, "oops"), chat.Receipt{Outcome: chat.Unknown, Parts: 1}, 0},
		"code nobody wrote down": {code(777, "?"), chat.Receipt{Outcome: chat.Unknown, Parts: 1}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			d := open(t, func(o *zalo.Options) {
				if c.fault != nil && c.fault.Hang {
					o.Timeout = 100 * time.Millisecond
				}
			})
			g := d.fake.Group("Đội 1")
			if c.fault != nil {
				d.fake.Inject(*c.fault)
			}
			got := d.Send(t.Context(), to(g.ID), chat.Message{Text: "Đề nghị đ/c điểm danh."})
			if diff := cmp.Diff(c.want, got, cmpopts.IgnoreFields(chat.Receipt{}, "Err", "Message")); diff != "" {
				t.Errorf("%s (%v)", diff, got.Err)
			}
			if n := len(d.fake.Messages(g.ID)); n != c.taken {
				t.Errorf("%d messages on the platform, want %d", n, c.taken)
			}
			if (got.Err == nil) != (c.fault == nil) {
				t.Errorf("error is %v", got.Err)
			}
			checkNoToken(t, d, got.Err)
		})
	}
}

// checkNoToken looks for the token, whole or its secret half, where people read.
func checkNoToken(t *testing.T, d door, err error) {
	t.Helper()
	text := d.log.String()
	if err != nil {
		text += err.Error()
	}
	_, secret, _ := strings.Cut(d.fake.Token(), ":")
	if strings.Contains(text, secret) {
		t.Errorf("the token is shown: %s", text)
	}
}

func TestSendRefusedByTheFakesOwnRules(t *testing.T) {
	d := open(t, nil)
	stranger := d.fake.User("Nguyễn Văn An")
	gone := d.fake.Group("Đội 2")
	gone.RemoveBot()
	for name, c := range map[string]struct {
		chat string
		code int
		want chat.Reason
	}{
		"never wrote":       {stranger.ID, 0, chat.ReasonRejected},
		"removed, as 404":   {gone.ID, 0, chat.ReasonKicked},
		"removed, as 403":   {gone.ID, 403, chat.ReasonKicked},
		"removed, as 400":   {gone.ID, 400, chat.ReasonRejected},
		"unknown chat":      {"00000000000000000000", 0, chat.ReasonNoChat},
		"address of nobody": {"", 0, chat.ReasonNoChat},
	} {
		d.fake.Switch(func(s *chattest.ZaloSwitches) { s.LostCode = c.code })
		r := d.Send(t.Context(), to(c.chat), chat.Message{Text: "x"})
		if r.Outcome != chat.Permanent || r.Reason != c.want || r.Parts != 0 {
			t.Errorf("%s: %+v", name, r)
		}
	}
	r := d.Send(t.Context(), chat.Address{Platform: "telegram", Chat: "1"}, chat.Message{Text: "x"})
	if r.Outcome != chat.Permanent || d.fake.Calls("sendMessage") != 5 {
		t.Errorf("another platform's address: %+v after %d calls", r, d.fake.Calls("sendMessage"))
	}
	if r := d.Send(t.Context(), to(gone.ID), chat.Message{Text: " <b></b> "}); r.Reason != chat.ReasonRejected {
		t.Errorf("a message without words: %+v", r)
	}
}

func TestUnreachableIsTemporary(t *testing.T) {
	d := open(t, nil)
	srv := httptest.NewServer(http.NotFoundHandler())
	srv.Close()
	off := openOn(t, d.fake, srv.URL, nil)
	r := off.Send(t.Context(), to("x"), chat.Message{Text: "x"})
	if r.Outcome != chat.Temporary || r.Parts != 0 {
		t.Errorf("nobody listens: %+v", r)
	}
	checkNoToken(t, off, r.Err)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if r := d.Send(ctx, to("x"), chat.Message{Text: "x"}); r.Outcome != chat.Temporary || d.fake.Calls("") != 0 {
		t.Errorf("ended before it began: %+v after %d calls", r, d.fake.Calls(""))
	}
}

func TestWrongTokenIsPermanent(t *testing.T) {
	d := open(t, func(o *zalo.Options) { o.Token = "99:another-secret" })
	r := d.Send(t.Context(), to("x"), chat.Message{Text: "x"})
	if r.Outcome != chat.Permanent || r.Reason != chat.ReasonToken || strings.Contains(r.Err.Error(), "another") {
		t.Errorf("%+v", r)
	}
}

func TestQuotaHoldsLongerEachTimeAndIsToldOnce(t *testing.T) {
	var told []error
	d := open(t, func(o *zalo.Options) { o.OnQuota = func(err error) { told = append(told, err) } })
	g := d.fake.Group("Đội 1")
	d.fake.SetQuota(1)
	send := func() chat.Receipt { return d.Send(t.Context(), to(g.ID), chat.Message{Text: "x"}) }
	if r := send(); r.Outcome != chat.Sent {
		t.Fatalf("%+v", r)
	}
	for _, want := range []time.Duration{time.Minute, 5 * time.Minute, 30 * time.Minute, time.Hour, time.Hour} {
		if r := send(); r.Outcome != chat.Throttled || !r.Whole || r.RetryAfter != want || r.Parts != 0 {
			t.Errorf("want a hold of %v: %+v", want, r)
		}
	}
	if len(told) != 1 {
		t.Errorf("told %d times", len(told))
	}
	d.fake.SetQuota(2)
	if r := send(); r.Outcome != chat.Sent {
		t.Errorf("quota raised: %+v", r)
	}
	if r := send(); r.RetryAfter != time.Minute || len(told) != 2 {
		t.Errorf("used up again: %+v, told %d times", r, len(told))
	}
}

func TestAMessageOfPartsGoesOnWhereItStopped(t *testing.T) {
	now := noon
	d := open(t, func(o *zalo.Options) { o.Now = func() time.Time { return now } })
	g := d.fake.Group("Đội 1")
	long := chat.Message{Text: strings.TrimSpace(strings.Repeat("báo cáo ", 600))} // three parts
	send := func() chat.Receipt { return d.Send(t.Context(), to(g.ID), long) }
	d.fake.SetQuota(1)
	if r := send(); r.Outcome != chat.Throttled || r.Parts != 1 {
		t.Errorf("second part refused: %+v", r)
	}
	d.fake.SetQuota(100)
	d.fake.Inject(chattest.ZaloFault{HTTP: 404})
	if r := send(); r.Outcome != chat.Temporary || r.Parts != 0 {
		t.Errorf("wall before the second part: %+v", r)
	}
	r := send()
	got := d.fake.Messages(g.ID)
	if r.Outcome != chat.Sent || r.Parts != 2 || len(got) != 3 || r.Message != got[2].ID {
		t.Fatalf("%+v, %d messages", r, len(got))
	}
	if all := got[0].Text + " " + got[1].Text + " " + got[2].Text; all != long.Text {
		t.Errorf("the parts do not add up to %d letters: %d", len(long.Text), len(all))
	}
	// The same words once more are a new message, and so are they an hour after a stop.
	if r := send(); r.Parts != 3 {
		t.Errorf("%+v", r)
	}
	d.fake.SetQuota(d.fake.Used() + 1)
	if r := send(); r.Outcome != chat.Throttled {
		t.Errorf("%+v", r)
	}
	d.fake.SetQuota(100)
	now = now.Add(time.Hour)
	if r := send(); r.Outcome != chat.Sent || r.Parts != 3 {
		t.Errorf("an hour later: %+v", r)
	}
}

func TestEditIsNotToBeHad(t *testing.T) {
	d := open(t, nil)
	r := d.Edit(t.Context(), to("x"), "1", chat.Message{Text: "x"})
	if r.Outcome != chat.Permanent || r.Reason != chat.ReasonGone || d.fake.Calls("") != 0 {
		t.Errorf("%+v", r)
	}
}

func TestCaps(t *testing.T) {
	d := open(t, func(o *zalo.Options) { o.Monthly = 500 })
	c := d.Caps()
	if c.Buttons || c.Edit || c.Upload || c.Replies || c.Markup || c.Replays || !c.Mention || c.MaxText != 1900 || c.Limits.PerMonth != 500 {
		t.Errorf("%+v", c)
	}
	if c := open(t, nil).Caps(); c.Limits.PerMonth != 3000 {
		t.Errorf("%+v", c)
	}
}
