package chattest_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"trucban/internal/chat/chattest"
)

// zaloWire speaks to a fake as a bot does and returns the decoded answer and the HTTP status.
type zaloWire struct {
	t    *testing.T
	fake *chattest.Zalo
	base string
}

func newZaloWire(t *testing.T) zaloWire {
	t.Helper()
	fake := chattest.NewZalo(chattest.ZaloOptions{Now: func() time.Time { return time.UnixMilli(1790000000000) }})
	srv := httptest.NewServer(fake)
	t.Cleanup(srv.Close)
	return zaloWire{t, fake, srv.URL + "/bot" + fake.Token() + "/"}
}

func (z zaloWire) post(method, body string) (int, map[string]any) {
	z.t.Helper()
	return z.call(http.MethodPost, method, "application/json", body)
}

// call makes one call; kind is the type of the body.
func (z zaloWire) call(verb, method, kind, body string) (int, map[string]any) {
	z.t.Helper()
	req, err := http.NewRequestWithContext(z.t.Context(), verb, z.base+method, strings.NewReader(body))
	if err != nil {
		z.t.Fatal(err)
	}
	req.Header.Set("Content-Type", kind)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		z.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		z.t.Fatal(err)
	}
	var v map[string]any
	if json.Unmarshal(raw, &v) != nil {
		return res.StatusCode, nil
	}
	return res.StatusCode, v
}

func refusal(code int, text string) map[string]any {
	return map[string]any{"ok": false, "error_code": float64(code), "description": text}
}

func TestZaloAnswersErrorsInside200(t *testing.T) {
	z := newZaloWire(t)
	for name, c := range map[string]struct {
		method, body string
		want         map[string]any
	}{
		"unknown method":      {"editMessage", `{}`, refusal(404, "Not Found")},
		"method, other case":  {"getme", `{}`, refusal(404, "Not Found")},
		"webhook never set":   {"getWebhookInfo", `{}`, refusal(404, "Not Found")},
		"no JSON":             {"getMe", `{`, refusal(400, "Bad request")},
		"empty text":          {"sendMessage", `{"chat_id":"x","text":""}`, refusal(400, "Bad request: text must have 1 to 2000 characters")},
		"webhook not https":   {"setWebhook", `{"url":"http://bot.example","secret_token":"12345678"}`, refusal(400, "Bad request")},
		"webhook secret":      {"setWebhook", `{"url":"https://bot.example","secret_token":"1234567"}`, refusal(400, "Bad request")},
		"unknown chat":        {"sendMessage", `{"chat_id":"x","text":"x"}`, refusal(404, "Not Found")},
		"picture not by URL":  {"sendPhoto", `{"chat_id":"x","photo":"file123"}`, refusal(400, "Bad request: photo must be a public URL")},
		"poll without update": {"getUpdates", `{"timeout":"0"}`, refusal(408, "Request timeout")},
	} {
		if status, got := z.post(c.method, c.body); status != 200 || !cmp.Equal(got, c.want) {
			t.Errorf("%s: HTTP %d %v", name, status, got)
		}
	}
	other := z
	other.base = strings.Replace(z.base, z.fake.Token(), "1:wrong", 1)
	if status, got := other.post("getMe", `{}`); status != 200 || !cmp.Equal(got, refusal(401, "Unauthorized")) {
		t.Errorf("wrong token: HTTP %d %v", status, got)
	}
}

func TestZaloCountsUTF16Units(t *testing.T) {
	z := newZaloWire(t)
	u := z.fake.User("An")
	u.Send("chào")
	for text, want := range map[string]bool{
		strings.Repeat("ế", 2000): true, strings.Repeat("ế", 2001): false,
		strings.Repeat("🚒", 1000): true, strings.Repeat("🚒", 1001): false,
	} {
		if _, got := z.post("sendMessage", `{"chat_id":"`+u.ID+`","text":"`+text+`"}`); got["ok"] != want {
			t.Errorf("%d runes: %v", len([]rune(text)), got)
		}
	}
}

func TestZaloTakesParametersInEveryForm(t *testing.T) {
	z := newZaloWire(t)
	u := z.fake.User("An")
	u.Send("chào")
	v := url.Values{"chat_id": {u.ID}, "text": {"một"}}
	if _, got := z.call(http.MethodGet, "sendMessage?"+v.Encode(), "", ""); got["ok"] != true {
		t.Errorf("query: %v", got)
	}
	if _, got := z.call(http.MethodPost, "sendMessage", "application/x-www-form-urlencoded", v.Encode()); got["ok"] != true {
		t.Errorf("form: %v", got)
	}
	if n := len(z.fake.Messages(u.ID)); n != 2 {
		t.Errorf("%d messages", n)
	}
}

func TestZaloWritesOnlyToWhoWroteFirst(t *testing.T) {
	z := newZaloWire(t)
	u := z.fake.User("An")
	body := `{"chat_id":"` + u.ID + `","text":"x"}`
	if _, got := z.post("sendMessage", body); got["error_code"] != 400.0 {
		t.Errorf("before: %v", got)
	}
	u.Send("chào")
	if _, got := z.post("sendMessage", body); got["ok"] != true {
		t.Errorf("after: %v", got)
	}
}

func TestZaloLosesWhatNobodyPolls(t *testing.T) {
	z := newZaloWire(t)
	u := z.fake.User("An")
	if d := u.Send("mất"); !d.Lost {
		t.Errorf("%+v", d)
	}
	z.fake.Switch(func(s *chattest.ZaloSwitches) { s.Queue = true })
	if d := u.Send("một"); d.Lost {
		t.Errorf("%+v", d)
	}
	u.Send("hai")
	for _, want := range []string{"một", "hai"} {
		_, got := z.post("getUpdates", `{"timeout":"1"}`)
		result, _ := got["result"].(map[string]any)
		msg, _ := result["message"].(map[string]any)
		if result["event_name"] != "message.text.received" || msg["text"] != want || msg["date"] != 1790000000000.0 {
			t.Errorf("%v", got)
		}
	}
	if _, got := z.post("getUpdates", `{"timeout":"0"}`); got["error_code"] != 408.0 {
		t.Errorf("given twice: %v", got)
	}
}

func TestZaloGroupRule(t *testing.T) {
	z := newZaloWire(t)
	z.fake.Switch(func(s *chattest.ZaloSwitches) { s.Queue = true })
	an, ba := z.fake.User("An"), z.fake.User("Ba")
	g := z.fake.Group("Đội 1", an)
	if d := an.Say(g, "x"); d.Emitted || d.Err != nil {
		t.Errorf("said: %+v", d)
	}
	if d := ba.Mention(g, "x"); d.Err == nil {
		t.Errorf("no member: %+v", d)
	}
	if d := an.Reply(g, "x"); d.Err == nil {
		t.Errorf("nothing to reply to: %+v", d)
	}
	z.post("sendMessage", `{"chat_id":"`+g.ID+`","text":"điểm danh"}`)
	if d := an.Reply(g, "x"); !d.Emitted {
		t.Errorf("replied: %+v", d)
	}
	g.RemoveBot()
	if d := an.Mention(g, "x"); d.Emitted {
		t.Errorf("without the bot: %+v", d)
	}
	g.AddBot()
	if d := an.Mention(g, "x"); !d.Emitted {
		t.Errorf("back again: %+v", d)
	}
	// A recording in a group is promised and never seen.
	if _, got := z.post("sendVoice", `{"chat_id":"`+g.ID+`","voice_url":"https://x.example/a.aac"}`); got["ok"] != true || len(z.fake.Messages(g.ID)) != 1 {
		t.Errorf("voice: %v, %d messages", got, len(z.fake.Messages(g.ID)))
	}
}

func TestZaloFaultsAreUsedUp(t *testing.T) {
	z := newZaloWire(t)
	z.fake.Inject(chattest.ZaloFault{Method: "getMe", HTTP: 502, Times: 2})
	z.fake.Inject(chattest.ZaloFault{Method: "getMe", Code: 403, Text: "Internal server error"})
	z.fake.Inject(chattest.ZaloFault{Method: "getMe", Delay: time.Millisecond})
	for i, want := range []string{"502", "502", "403", "ok", "ok"} {
		status, got := z.post("getMe", `{}`)
		is := map[string]bool{"502": status == 502 && got == nil, "403": got["error_code"] == 403.0, "ok": got["ok"] == true}
		if !is[want] {
			t.Errorf("call %d: HTTP %d %v, want %s", i+1, status, got, want)
		}
	}
}

func TestZaloQuotaIsPerMonth(t *testing.T) {
	now := time.Date(2027, 1, 31, 23, 59, 0, 0, time.UTC)
	fake := chattest.NewZalo(chattest.ZaloOptions{Quota: 1, Now: func() time.Time { return now }})
	srv := httptest.NewServer(fake)
	t.Cleanup(srv.Close)
	z := zaloWire{t, fake, srv.URL + "/bot" + fake.Token() + "/"}
	g := fake.Group("Đội 1")
	send := func() map[string]any {
		_, got := z.post("sendMessage", `{"chat_id":"`+g.ID+`","text":"x"}`)
		return got
	}
	if a, b := send(), send(); a["ok"] != true || !cmp.Equal(b, refusal(429, "Quota exceeded")) {
		t.Errorf("%v, then %v", a, b)
	}
	now = now.Add(2 * time.Minute)
	if got := send(); got["ok"] != true || fake.Used() != 1 {
		t.Errorf("next month: %v, %d used", got, fake.Used())
	}
}
