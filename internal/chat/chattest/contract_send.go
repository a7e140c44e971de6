package chattest

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"trucban/internal/chat"
)

func testCaps(t *testing.T, d Door) {
	p := d.Platform()
	caps := p.Caps()
	if p.Name() == "" {
		t.Error("a platform without a name")
	}
	if caps.MaxText < 0 || caps.MaxText > 0 && caps.MaxText < 200 {
		t.Errorf("MaxText %d", caps.MaxText)
	}
	if caps.Buttons && caps.MaxKeys < 0 {
		t.Errorf("MaxKeys %d", caps.MaxKeys)
	}
	if l := caps.Limits; l.ChatEvery < 0 || l.GroupPerMinute < 0 || l.PerSecond < 0 || l.PerMonth < 0 {
		t.Errorf("limits %+v", l)
	}
	if at := d.Person("Lan").Private; at.Platform != p.Name() {
		t.Errorf("address %s is not of %s", at.Key(), p.Name())
	}
}

func testSend(t *testing.T, d Door) {
	lan := d.Person("Lan")
	group := d.Group("Tổ trực 1", lan)
	for _, to := range []chat.Address{lan.Private, group} {
		r := must(t, d, to, chat.Message{Text: "<b>Ca đêm</b> bắt đầu lúc 19:00"})
		got := last(t, d, to)
		if got.Text != "Ca đêm bắt đầu lúc 19:00" {
			t.Errorf("shown %q", got.Text)
		}
		if d.Platform().Caps().Edit && r.Message == "" || r.Message != got.ID {
			t.Errorf("receipt names message %q, shown is %q", r.Message, got.ID)
		}
	}
}

func testEscaped(t *testing.T, d Door) {
	lan := d.Person("Lan")
	typed := `<b>cháy</b> & "nổ" </a> &lt; 5 > 3 \ * _ đ`
	must(t, d, lan.Private, chat.Message{Text: "Báo: <i>" + chat.Escape(typed) + "</i>"})
	if got := last(t, d, lan.Private).Text; got != "Báo: "+typed {
		t.Errorf("shown %q, typed %q", got, typed)
	}
}

func testSendOrder(t *testing.T, d Door) {
	group := d.Group("Tổ trực 1", d.Person("Lan"))
	for i := range 5 {
		must(t, d, group, chat.Message{Text: fmt.Sprintf("Tin %d", i)})
	}
	for i, s := range d.Shown(group) {
		if want := fmt.Sprintf("Tin %d", i); s.Text != want {
			t.Errorf("message %d is %q", i, s.Text)
		}
	}
}

func testButtons(t *testing.T, d Door) {
	lan := d.Person("Lan")
	m := chat.Message{Text: "Đề nghị xác nhận", Buttons: [][]chat.Button{
		{{Label: "Đã nhận", Action: "1:ack:77", Hint: "nhan 7"}, {Label: "Từ chối", Action: "1:no:77", Hint: "tuchoi 7"}},
		{{Label: "Bảng", URL: "https://truc.example.vn/b?x=1&y=2"}},
	}}
	must(t, d, lan.Private, m)
	got := last(t, d, lan.Private)
	if !d.Platform().Caps().Buttons {
		for _, words := range []string{"nhan 7", "tuchoi 7", "Đã nhận", "https://truc.example.vn/b?x=1&y=2"} {
			if !strings.Contains(got.Text, words) {
				t.Errorf("the text form lacks %q: %q", words, got.Text)
			}
		}
		return
	}
	want := []chat.Button{
		{Label: "Đã nhận", Action: "1:ack:77"}, {Label: "Từ chối", Action: "1:no:77"},
		{Label: "Bảng", URL: "https://truc.example.vn/b?x=1&y=2"},
	}
	if len(got.Buttons) != len(want) {
		t.Fatalf("shown buttons %+v", got.Buttons)
	}
	for i, w := range want {
		if g := got.Buttons[i]; g.Label != w.Label || g.Action != w.Action || g.URL != w.URL {
			t.Errorf("button %d is %+v", i, g)
		}
	}
}

// testLongText demands that all lines of a text arrive, in order, in parts the platform takes.
func testLongText(t *testing.T, d Door) {
	caps := d.Platform().Caps()
	limit := caps.MaxText
	if limit == 0 {
		limit = 4000
	}
	lan := d.Person("Lan")
	var text, want strings.Builder
	for i := 0; chat.Length(text.String()) < limit*2+limit/2; i++ {
		fmt.Fprintf(&text, "<b>%d.</b> Kiểm tra hộp báo cháy &amp; lối thoát hiểm tầng %d\n", i, i)
		fmt.Fprintf(&want, "%d. Kiểm tra hộp báo cháy & lối thoát hiểm tầng %d\n", i, i)
	}
	m := chat.Message{Text: text.String()}
	// A part may wait for its turn: the caller sends again, as the outbox does.
	for range 20 {
		r := d.Platform().Send(context.Background(), lan.Private, m)
		check(t, d, r)
		d.Pace()
		if r.Outcome == chat.Sent {
			break
		}
		if r.Outcome != chat.Throttled {
			t.Fatalf("Send ended %s %s: %v", r.Outcome, r.Reason, r.Err)
		}
	}
	var got []string
	for _, s := range d.Shown(lan.Private) {
		if n := chat.Length(chat.Escape(s.Text)); caps.MaxText > 0 && n > caps.MaxText {
			t.Errorf("a part shows %d code points", n)
		}
		got = append(got, s.Text)
	}
	if all := strings.Join(got, "\n"); strings.TrimSpace(all) != strings.TrimSpace(want.String()) {
		t.Errorf("the parts do not add up: %d parts, %d of %d bytes", len(got), len(all), want.Len())
	}
}

func testAttachment(t *testing.T, d Door) {
	lan := d.Person("Lan")
	a := &chat.Attachment{Name: "bao-cao.txt", MIME: "text/plain", Data: []byte("Quân số 12/12"), Fallback: "https://truc.example.vn/f/1"}
	must(t, d, lan.Private, chat.Message{Text: "Báo cáo", Attach: a})
	shown := d.Shown(lan.Private)
	var text, file string
	for _, s := range shown {
		text += s.Text + "\n"
		file += s.File
	}
	if !strings.Contains(text, "Báo cáo") {
		t.Errorf("the text is lost: %q", text)
	}
	if up := d.Platform().Caps().Upload; up && file != "bao-cao.txt" {
		t.Errorf("shown file %q", file)
	} else if !up && !strings.Contains(text, a.Fallback) {
		t.Errorf("neither file nor fallback: %q", text)
	}
}

func testCard(t *testing.T, d Door) {
	lan := d.Person("Lan")
	must(t, d, lan.Private, chat.Message{Text: "Trực ban", Contact: &chat.Card{Name: "Trực ban huyện", Phone: "+842438250114"}})
	var text, phone string
	for _, s := range d.Shown(lan.Private) {
		text += s.Text + "\n"
		phone += s.Phone
	}
	if !strings.Contains(text, "Trực ban") {
		t.Errorf("the text is lost: %q", text)
	}
	if cards := d.Platform().Caps().Contacts; cards && phone != "+842438250114" {
		t.Errorf("shown phone %q", phone)
	} else if !cards && !strings.Contains(text, "+842438250114") {
		t.Errorf("neither card nor number: %q", text)
	}
}

func testEmpty(t *testing.T, d Door) {
	lan := d.Person("Lan")
	r := d.Platform().Send(context.Background(), lan.Private, chat.Message{})
	check(t, d, r)
	if r.Outcome != chat.Permanent || r.Reason != chat.ReasonRejected {
		t.Errorf("an empty message ended %s %s", r.Outcome, r.Reason)
	}
	if n := len(d.Shown(lan.Private)); n != 0 {
		t.Errorf("%d messages are shown", n)
	}
}

func testEdit(t *testing.T, d Door) {
	lan := d.Person("Lan")
	group := d.Group("Tổ trực 1", lan)
	sent := must(t, d, group, chat.Message{Text: "0/2", Buttons: [][]chat.Button{{{Label: "Xong 1", Action: "1:d:1", Hint: "xong 1"}}}})
	m := chat.Message{Text: "<b>1/2</b>", Buttons: [][]chat.Button{{{Label: "Xong 2", Action: "1:d:2", Hint: "xong 2"}}}}
	before := d.Shown(group)
	for range 2 { // the second changes nothing
		r := d.Platform().Edit(context.Background(), group, sent.Message, m)
		check(t, d, r)
		d.Pace()
		if !d.Platform().Caps().Edit {
			if r.Outcome != chat.Permanent || r.Reason != chat.ReasonGone {
				t.Errorf("where nothing can be edited an edit ended %s %s, not gone", r.Outcome, r.Reason)
			}
			continue
		}
		if r.Outcome != chat.Sent {
			t.Fatalf("Edit ended %s %s: %v", r.Outcome, r.Reason, r.Err)
		}
	}
	after := d.Shown(group)
	if len(after) != len(before) {
		t.Errorf("an edit showed %d new messages", len(after)-len(before))
	}
	if !d.Platform().Caps().Edit {
		return
	}
	got := last(t, d, group)
	if got.ID != sent.Message || got.Text != "1/2" {
		t.Errorf("shown %+v", got)
	}
	if d.Platform().Caps().Buttons && (len(got.Buttons) != 1 || got.Buttons[0].Action != "1:d:2") {
		t.Errorf("buttons %+v", got.Buttons)
	}
}

func testEditNowhere(t *testing.T, d Door) {
	group := d.Group("Tổ trực 1", d.Person("Lan"))
	r := d.Platform().Edit(context.Background(), group, "999999", chat.Message{Text: "1/2"})
	check(t, d, r)
	if r.Outcome != chat.Permanent || r.Reason != chat.ReasonGone {
		t.Errorf("editing what is not there ended %s %s: %v", r.Outcome, r.Reason, r.Err)
	}
}

func testFaults(t *testing.T, d Door) {
	for _, c := range []struct {
		fault   Fault
		outcome chat.Outcome
		reason  chat.Reason
		shown   int // messages that arrive all the same
	}{
		{Flood, chat.Throttled, "", 0},
		{Down, chat.Temporary, "", 0},
		{Gateway, chat.Temporary, "", 0},
		{Lost, chat.Unknown, "", 1},
		{Blocked, chat.Permanent, chat.ReasonBlocked, 0},
		{Kicked, chat.Permanent, chat.ReasonKicked, 0},
		{BadToken, chat.Permanent, chat.ReasonToken, 0},
		{MovedAway, chat.Migrated, "", 0},
		{QuotaUsed, chat.Permanent, chat.ReasonQuota, 0},
	} {
		t.Run(string(c.fault), func(t *testing.T) {
			lan := d.Person("Lan")
			to := lan.Private
			if c.fault == Kicked || c.fault == MovedAway {
				to = d.Group("Tổ trực 1", lan)
			}
			if !d.Fail(to, c.fault) {
				t.Skipf("this platform has no way to fail like %q", c.fault)
			}
			r := d.Platform().Send(context.Background(), to, chat.Message{Text: "Bí mật 0912345678"})
			check(t, d, r)
			if r.Outcome != c.outcome || r.Reason != c.reason {
				t.Errorf("ended %s %s: %v", r.Outcome, r.Reason, r.Err)
			}
			if c.fault == Flood && r.RetryAfter <= 0 {
				t.Error("throttled without a time")
			}
			if r.Err != nil && strings.Contains(r.Err.Error(), "0912345678") {
				t.Error("the error shows the text")
			}
			d.Fail(to, Healed)
			if n := len(d.Shown(to)); n != c.shown {
				t.Errorf("%d messages are shown, want %d", n, c.shown)
			}
			d.Pace()
			if c.fault != MovedAway {
				must(t, d, to, chat.Message{Text: "Đã thông"})
			}
		})
	}
}

func testCancelled(t *testing.T, d Door) {
	lan := d.Person("Lan")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	r := d.Platform().Send(ctx, lan.Private, chat.Message{Text: "Tin"})
	check(t, d, r)
	if r.Outcome != chat.Temporary {
		t.Errorf("a send that never began ended %s", r.Outcome)
	}
	if n := len(d.Shown(lan.Private)); n != 0 {
		t.Errorf("%d messages are shown", n)
	}
}
