package local

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"trucban/internal/chat"
)

func TestSendOutcomes(t *testing.T) {
	hello := chat.Message{Text: "Kính gửi đ/c"}
	tests := map[string]struct {
		prepare func(p *Platform)
		to      string
		msg     chat.Message
		want    chat.Receipt
		shown   int
	}{
		"sent":       {to: "vhxh", msg: hello, want: chat.Receipt{Outcome: chat.Sent, Message: "1"}, shown: 1},
		"no chat":    {to: "x", msg: hello, want: chat.Receipt{Outcome: chat.Permanent, Reason: chat.ReasonNoChat}},
		"dormant":    {to: "p-binh", msg: hello, want: chat.Receipt{Outcome: chat.Permanent, Reason: chat.ReasonNotStarted}},
		"empty":      {to: "vhxh", msg: chat.Message{Text: " "}, want: chat.Receipt{Outcome: chat.Permanent, Reason: chat.ReasonRejected}},
		"bad markup": {to: "vhxh", msg: chat.Message{Text: "<b>x"}, want: chat.Receipt{Outcome: chat.Permanent, Reason: chat.ReasonRejected}},
		"long action": {to: "vhxh", msg: chat.Message{Text: "x", Buttons: [][]chat.Button{{{Label: "a", Action: strings.Repeat("x", 65)}}}},
			want: chat.Receipt{Outcome: chat.Permanent, Reason: chat.ReasonRejected}},
		"kicked": {prepare: func(p *Platform) { must(p.Kick("an", "vhxh")) }, to: "vhxh", msg: hello,
			want: chat.Receipt{Outcome: chat.Permanent, Reason: chat.ReasonKicked}},
		"back in": {prepare: func(p *Platform) { must(p.Kick("an", "vhxh")); must(p.Admit("an", "vhxh")) }, to: "vhxh", msg: hello,
			want: chat.Receipt{Outcome: chat.Sent, Message: "1"}, shown: 1},
		"blocked": {prepare: func(p *Platform) { must(p.Block("an")) }, to: "p-an", msg: hello,
			want: chat.Receipt{Outcome: chat.Permanent, Reason: chat.ReasonBlocked}},
		"moved": {prepare: func(p *Platform) { must(p.Move("an", "vhxh", "vhxh2")) }, to: "vhxh", msg: hello,
			want: chat.Receipt{Outcome: chat.Migrated, MovedTo: to("vhxh2")}},
		"throttled": {prepare: fault("vhxh", Fault{Kind: FaultThrottled, RetryAfter: time.Second}), to: "vhxh", msg: hello,
			want: chat.Receipt{Outcome: chat.Throttled, RetryAfter: time.Second}},
		"down": {prepare: fault("", Fault{Kind: FaultDown}), to: "vhxh", msg: hello, want: chat.Receipt{Outcome: chat.Temporary}},
		"unknown": {prepare: fault("vhxh", Fault{Kind: FaultUnknown}), to: "vhxh", msg: hello,
			want: chat.Receipt{Outcome: chat.Unknown}, shown: 1},
		"lost":  {prepare: fault("vhxh", Fault{Kind: FaultLost}), to: "vhxh", msg: hello, want: chat.Receipt{Outcome: chat.Unknown}},
		"token": {prepare: fault("", Fault{Kind: FaultToken}), to: "vhxh", msg: hello, want: chat.Receipt{Outcome: chat.Permanent, Reason: chat.ReasonToken}},
	}
	for name, c := range tests {
		t.Run(name, func(t *testing.T) {
			p, _ := testPlatform(t, nil)
			if c.prepare != nil {
				c.prepare(p)
			}
			got := p.Send(t.Context(), to(c.to), c.msg)
			if (got.Err == nil) != (got.Outcome == chat.Sent) {
				t.Errorf("outcome %s with error %v", got.Outcome, got.Err)
			}
			got.Err = nil
			if d := cmp.Diff(c.want, got); d != "" {
				t.Error(d)
			}
			if n := len(p.Messages(c.to)); n != c.shown {
				t.Errorf("%d messages shown, want %d", n, c.shown)
			}
		})
	}
}

func must(u chat.Update, err error) {
	if err != nil || u.ID == "" {
		panic(err)
	}
}

func fault(id string, f Fault) func(*Platform) {
	return func(p *Platform) {
		if err := p.Break(id, f); err != nil {
			panic(err)
		}
	}
}

func TestFaultTimes(t *testing.T) {
	p, _ := testPlatform(t, nil)
	fault("vhxh", Fault{Kind: FaultDown, Times: 2})(p)
	var got []chat.Outcome
	for range 3 {
		got = append(got, p.Send(t.Context(), to("vhxh"), chat.Message{Text: "x"}).Outcome)
	}
	if d := cmp.Diff([]chat.Outcome{chat.Temporary, chat.Temporary, chat.Sent}, got); d != "" {
		t.Error(d)
	}
	if err := p.Break("vhxh", Fault{Kind: "sometimes"}); err == nil {
		t.Error("an unknown fault was taken")
	}
}

func TestEdit(t *testing.T) {
	p, clock := testPlatform(t, nil)
	card := chat.Message{Text: "<b>Ca đêm</b>", Buttons: [][]chat.Button{{{Label: "Điểm danh", Action: "v1:ci"}}}}
	id := p.Send(t.Context(), to("vhxh"), card).Message
	if r := p.Edit(t.Context(), to("vhxh"), id, card); r.Outcome != chat.Sent {
		t.Fatalf("edit without change: %+v", r)
	}
	if m := p.Messages("vhxh")[0]; m.Edits != 0 {
		t.Errorf("an edit without change counts: %+v", m)
	}
	clock.Set(noon.Add(time.Minute))
	if r := p.Edit(t.Context(), to("vhxh"), id, chat.Message{Text: "xong"}); r.Outcome != chat.Sent || r.Message != id {
		t.Fatalf("edit: %+v", r)
	}
	got := p.Messages("vhxh")
	want := []Message{{ID: id, Chat: "vhxh", At: noon, Text: "xong", Markup: true, Edits: 1, EditedAt: noon.Add(time.Minute)}}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if _, err := p.Say("an", "vhxh", "tôi"); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"2", "77"} {
		if r := p.Edit(t.Context(), to("vhxh"), id, card); r.Reason != chat.ReasonGone {
			t.Errorf("edit of %s: %+v", id, r)
		}
	}
}

func TestPlainPlatform(t *testing.T) {
	caps := ZaloCaps()
	p, _ := testPlatform(t, &caps)
	r := p.Send(t.Context(), to("vhxh"), chat.Message{
		Text: "<b>Ca</b> &lt;1&gt;", Ask: "Trả lời:",
		Buttons: [][]chat.Button{{{Label: "Điểm danh", Action: "v1", Hint: "ondanh"}}},
		Attach:  &chat.Attachment{Name: "a.png", Fallback: "Xem bảng"},
	})
	m := p.Messages("vhxh")[0]
	if m.Buttons != nil || m.File != nil || m.Text != "Ca <1>\n\nTrả lời: ondanh (Điểm danh)\n\nXem bảng" {
		t.Errorf("got %+v", m)
	}
	if r := p.Edit(t.Context(), to("vhxh"), r.Message, chat.Message{Text: "x"}); r.Reason != chat.ReasonGone {
		t.Errorf("edit: %+v", r)
	}
	for text, want := range map[string]string{"ondanh": "", "@Trực Ban ondanh": "ondanh"} {
		u, err := p.Say("an", "vhxh", text)
		if err != nil || u.Text != want || (u.ID == "") != (want == "") {
			t.Errorf("%q: %+v %v", text, u, err)
		}
	}
	if u, err := p.Reply("an", "vhxh", "1", "ondanh"); err != nil || u.ReplyTo == nil || !u.ReplyTo.FromBot {
		t.Errorf("reply: %+v %v", u, err)
	}
}

func TestLongTextComesInParts(t *testing.T) {
	caps := FullCaps()
	caps.MaxText = 20
	p, _ := testPlatform(t, &caps)
	keys := [][]chat.Button{{{Label: "a", Action: "b"}}}
	r := p.Send(t.Context(), to("vhxh"), chat.Message{Text: "mười hai chữ\nmười hai chữ nữa", Buttons: keys})
	got := p.Messages("vhxh")
	if len(got) != 2 || got[0].Buttons != nil || got[1].Buttons == nil || r.Message != got[1].ID {
		t.Errorf("receipt %+v, messages %+v", r, got)
	}
	if r := p.Edit(t.Context(), to("vhxh"), r.Message, chat.Message{Text: strings.Repeat("x", 21)}); r.Reason != chat.ReasonRejected {
		t.Errorf("edit over the limit: %+v", r)
	}
}

func TestLimits(t *testing.T) {
	caps := FullCaps()
	caps.Limits = chat.Limits{ChatEvery: time.Second, GroupPerMinute: 3, PerSecond: 2, PerMonth: 6}
	p, clock := testPlatform(t, &caps)
	send := func(id string) chat.Receipt {
		r := p.Send(t.Context(), to(id), chat.Message{Text: "x"})
		r.Err = nil
		return r
	}
	steps := []struct {
		after time.Duration
		to    string
		want  chat.Receipt
	}{
		{0, "vhxh", chat.Receipt{Outcome: chat.Sent, Message: "1"}},
		{400 * time.Millisecond, "vhxh", chat.Receipt{Outcome: chat.Throttled, RetryAfter: 600 * time.Millisecond}},
		{0, "ld", chat.Receipt{Outcome: chat.Sent, Message: "2"}},
		{0, "p-an", chat.Receipt{Outcome: chat.Throttled, RetryAfter: 600 * time.Millisecond, Whole: true}},
		{600 * time.Millisecond, "vhxh", chat.Receipt{Outcome: chat.Sent, Message: "3"}},
		{time.Second, "vhxh", chat.Receipt{Outcome: chat.Sent, Message: "4"}},
		{time.Second, "vhxh", chat.Receipt{Outcome: chat.Throttled, RetryAfter: 57 * time.Second}},
		{57 * time.Second, "vhxh", chat.Receipt{Outcome: chat.Sent, Message: "5"}},
		{time.Second, "p-an", chat.Receipt{Outcome: chat.Sent, Message: "6"}},
		{time.Hour, "p-an", chat.Receipt{Outcome: chat.Permanent, Reason: chat.ReasonQuota}},
		{31 * 24 * time.Hour, "p-an", chat.Receipt{Outcome: chat.Sent, Message: "7"}},
	}
	for i, s := range steps {
		clock.Set(clock.Now().Add(s.after))
		if d := cmp.Diff(s.want, send(s.to)); d != "" {
			t.Errorf("step %d: %s", i, d)
		}
	}
}
