package zalo_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"trucban/internal/chat"
	"trucban/internal/chat/zalo"
)

// TestDecodeSamples reads bodies as the documentation and running bots show them.
func TestDecodeSamples(t *testing.T) {
	ted := chat.Account{Platform: "zalo", ID: "6ede9afa66b88fe6d6a9", Name: "Ted"}
	hello := chat.Update{
		ID: "zalo:2d758cb5e222177a4e35", Event: chat.EventMessage, From: ted, To: to(ted.ID), Kind: chat.Private,
		SentAt: time.UnixMilli(1750316131602).UTC(), Text: "Xin chào", Message: "2d758cb5e222177a4e35",
	}
	const inner = `{"event_name":"message.text.received","message":{
		"from":{"id":"6ede9afa66b88fe6d6a9","display_name":"Ted","is_bot":false},
		"chat":{"id":"6ede9afa66b88fe6d6a9","chat_type":"PRIVATE"},
		"text":"Xin chào","message_id":"2d758cb5e222177a4e35","date":1750316131602}}`
	for name, c := range map[string]struct {
		raw  string
		want chat.Update
	}{
		"documented": {`{"ok":true,"result":` + inner + `}`, hello},
		"bare":       {inner, hello},
		"image, live": {`{"event_name":"message.image.received","message":{"date":1774086023728,"chat":{"chat_type":"PRIVATE","id":"7"},
			"caption":"","message_id":"m","message_type":"CHAT_PHOTO","from":{"id":"7","is_bot":false,"display_name":"Ba"},"photo_url":"https://photo.example/x.jpg"}}`,
			chat.Update{
				ID: "zalo:m", Event: chat.EventMessage, From: chat.Account{Platform: "zalo", ID: "7", Name: "Ba"}, To: to("7"), Kind: chat.Private,
				SentAt: time.UnixMilli(1774086023728).UTC(), Message: "m",
				File: &chat.File{ID: "https://photo.example/x.jpg", Name: "photo.jpg", MIME: "image/jpeg", Photo: true},
			}},
		"group": {`{"event_name":"message.text.received","message":{"from":{"id":"6ede9afa66b88fe6d6a9","display_name":"Ted","is_bot":false},
			"chat":{"id":"zgr-f8a7101d77709e2ec761","chat_type":"GROUP"},"text":"@Bot Trực Ban /ondanh","message_id":"g1","date":1790000000000}}`,
			chat.Update{
				ID: "zalo:g1", Event: chat.EventMessage, From: ted, To: to("zgr-f8a7101d77709e2ec761"), Kind: chat.Group,
				SentAt: time.UnixMilli(1790000000000).UTC(), Text: "/ondanh", Message: "g1",
			}},
		"numbers for ids, seconds as text, no name, odd fields": {`{"event_name":"message.text.received","extra":[],"message":{"from":{"id":4055584533866160964,"display_name":null},
			"chat":{"id":4055584533866160964,"chat_type":"private"},"text":"x","photo":{"a":1},"message_id":17,"date":"1790000000"}}`,
			chat.Update{
				ID: "zalo:17", Event: chat.EventMessage, From: chat.Account{Platform: "zalo", ID: "4055584533866160964"}, To: to("4055584533866160964"), Kind: chat.Private,
				SentAt: time.Unix(1790000000, 0).UTC(), Text: "x", Message: "17",
			}},
		"nobody, unknown kind, no date": {`{"event_name":"message.text.received","message":{"from":7,"chat":{"id":"c","chat_type":"COMMUNITY"},"text":"x","message_id":"n"}}`,
			chat.Update{
				ID: "zalo:n", Event: chat.EventMessage, From: chat.Account{Platform: "zalo", Anonymous: true}, To: to("c"), Kind: chat.Group,
				SentAt: noon, Text: "x", Message: "n",
			}},
	} {
		d := open(t, nil)
		u, ok, err := d.Decode([]byte(c.raw))
		if diff := cmp.Diff(c.want, u, anyReceived); diff != "" || !ok || err != nil {
			t.Errorf("%s: %v, %v\n%s", name, ok, err, diff)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, s := range []string{
		`{}`, `{"ok":true,"result":{"event_name":"message.text.received","message":{"from":{"id":"1","display_name":"Ted","is_bot":false},"chat":{"id":"zgr-1","chat_type":"GROUP"},"text":"@Bot Trực Ban /ondanh","message_id":"2d","date":1750316131602}}}`,
		`{"event_name":"message.image.received","message":{"date":1774086023,"chat":{"chat_type":"PRIVATE","id":7},"caption":"","message_id":"1","from":{"id":7,"is_bot":"true"},"photo_url":"https://x"}}`,
		`{"ok":false,"error_code":408}`, `{"event_name":"message.text.received","message":{"from":7,"chat":{"id":"1"},"text":{"a":1},"date":"x"}}`,
		`{"event_name":"message.text.received","message":{"chat":{"id":"1"},"text":"@@@/","date":1e300}}`, `[`, `null`,
	} {
		f.Add([]byte(s))
	}
	b, err := zalo.New(zalo.Options{Token: "1:abcdef", Names: []string{"Bot Trực Ban"}, Now: func() time.Time { return noon }})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		u, ok, err := b.Decode(raw)
		if err != nil || !ok {
			if u.ID != "" && err == nil {
				t.Fatalf("dropped, yet %+v", u)
			}
			return
		}
		switch {
		case !strings.HasPrefix(u.ID, "zalo:") || u.ID == "zalo:", u.To.Chat == "", u.Event != chat.EventMessage,
			u.Kind != chat.Private && u.Kind != chat.Group, u.SentAt.Location() != time.UTC, u.SentAt.Year() < 1970 || u.SentAt.Year() > 40000,
			u.From.IsBot, strings.TrimSpace(u.Text) != u.Text, u.File != nil && u.File.ID == "":
			t.Fatalf("%q became %+v", raw, u)
		}
	})
}
