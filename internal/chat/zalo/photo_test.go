package zalo_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"trucban/internal/chat"
	"trucban/internal/chat/chattest"
)

func TestPictures(t *testing.T) {
	d := open(t, nil)
	g := d.fake.Group("Đội 1")
	const url = "https://files.example/bang.png"
	pic := func(id string) chat.Message {
		return chat.Message{Text: "<b>Bảng</b> trực", Attach: &chat.Attachment{Photo: true, FileID: id, Fallback: "Xem: https://b.example"}}
	}
	long := pic(url)
	long.Text = strings.Repeat("dòng báo cáo\n", 200)
	for name, c := range map[string]struct {
		in   chat.Message
		want []chattest.ZaloSent
	}{
		"by address":     {pic(url), []chattest.ZaloSent{{Method: "sendPhoto", Text: "Bảng trực", Photo: url}}},
		"bytes":          {pic(""), []chattest.ZaloSent{{Method: "sendMessage", Text: "Bảng trực\n\nXem: https://b.example"}}},
		"platform's own": {pic("AgADBA"), []chattest.ZaloSent{{Method: "sendMessage", Text: "Bảng trực\n\nXem: https://b.example"}}},
		"without words":  {chat.Message{Attach: &chat.Attachment{Photo: true, FileID: url}}, []chattest.ZaloSent{{Method: "sendPhoto", Photo: url}}},
		"long caption": {long, []chattest.ZaloSent{
			{Method: "sendPhoto", Text: strings.TrimSpace(strings.Repeat("dòng báo cáo\n", 146)), Photo: url},
			{Method: "sendMessage", Text: strings.TrimSpace(strings.Repeat("dòng báo cáo\n", 54))},
		}},
	} {
		before := len(d.fake.Messages(""))
		r := d.Send(t.Context(), to(g.ID), c.in)
		got := d.fake.Messages("")[before:]
		if diff := cmp.Diff(c.want, got, cmpopts.IgnoreFields(chattest.ZaloSent{}, "ID", "Chat", "At")); diff != "" || r.Parts != len(got) {
			t.Errorf("%s: %+v\n%s", name, r, diff)
		}
	}
}

func TestRefusedPictureIsSentInWords(t *testing.T) {
	none := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(none.Close)
	d := open(t, nil)
	d.fake.Switch(func(s *chattest.ZaloSwitches) { s.Download = true })
	g := d.fake.Group("Đội 1")
	r := d.Send(t.Context(), to(g.ID), chat.Message{Text: "Bảng", Attach: &chat.Attachment{Photo: true, FileID: none.URL + "/x.png", Fallback: "1 ca trống"}})
	got := d.fake.Messages(g.ID)
	if r.Outcome != chat.Sent || r.Parts != 1 || len(got) != 1 || got[0].Text != "Bảng\n\n1 ca trống" {
		t.Errorf("%+v %+v", r, got)
	}
	r = d.Send(t.Context(), to(g.ID), chat.Message{Attach: &chat.Attachment{Photo: true, FileID: none.URL + "/x.png"}})
	if r.Outcome != chat.Permanent || r.Reason != chat.ReasonRejected {
		t.Errorf("nothing left to say: %+v", r)
	}
}
