package chattest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"trucban/internal/chat/chattest"
)

// wire speaks raw HTTP to a fake.
type wire struct {
	t    *testing.T
	fake *chattest.Telegram
	url  string
	mu   sync.Mutex
	now  time.Time
}

// answered is a Bot API answer.
type answered struct {
	OK          bool            `json:"ok"`
	Result      json.RawMessage `json:"result"`
	Code        int             `json:"error_code"`
	Description string          `json:"description"`
	Parameters  struct {
		Retry   int   `json:"retry_after"`
		Migrate int64 `json:"migrate_to_chat_id"`
	} `json:"parameters"`
	header http.Header
}

func (a answered) id() string {
	var m struct {
		ID int64 `json:"message_id"`
	}
	_ = json.Unmarshal(a.Result, &m)
	return fmt.Sprint(m.ID)
}

func newWire(t *testing.T, o chattest.TelegramOptions) *wire {
	t.Helper()
	w := &wire{t: t, now: time.Date(2026, 2, 16, 12, 0, 0, 0, time.UTC)}
	o.Now = func() time.Time {
		w.mu.Lock()
		defer w.mu.Unlock()
		return w.now
	}
	w.fake = chattest.NewTelegram(o)
	srv := httptest.NewServer(w.fake)
	w.url = srv.URL + "/bot" + w.fake.Token() + "/"
	t.Cleanup(func() { w.fake.Close(); http.DefaultClient.CloseIdleConnections(); srv.Close() })
	return w
}

func (w *wire) add(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

// call posts a form: pairs of names and values.
func (w *wire) call(method string, pairs ...string) answered {
	w.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return w.post(method, "application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
}

// post sends a body, or none, and reads the answer.
func (w *wire) post(path, kind string, body io.Reader) answered {
	w.t.Helper()
	verb := http.MethodPost
	if body == nil {
		verb = http.MethodGet
	}
	req, err := http.NewRequest(verb, w.url+path, body)
	if err != nil {
		w.t.Fatal(err)
	}
	req.Header.Set("Content-Type", kind)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	a := answered{header: resp.Header}
	if err := json.NewDecoder(resp.Body).Decode(&a); err != nil {
		w.t.Fatal(err)
	}
	if a.OK != (resp.StatusCode == http.StatusOK) || !a.OK && a.Code != resp.StatusCode {
		w.t.Errorf("status %d with ok=%v code=%d", resp.StatusCode, a.OK, a.Code)
	}
	return a
}

// refused demands a refusal with this code and a description that holds words.
func (w *wire) refused(a answered, code int, words string) {
	w.t.Helper()
	if a.OK || a.Code != code || !strings.Contains(a.Description, words) {
		w.t.Errorf("answered %d %q, want %d %q", a.Code, a.Description, code, words)
	}
}

func (w *wire) taken(a answered) answered {
	w.t.Helper()
	if !a.OK {
		w.t.Fatalf("refused: %d %s", a.Code, a.Description)
	}
	return a
}

func (w *wire) poll(pairs ...string) []string {
	w.t.Helper()
	var list []struct {
		ID      int64 `json:"update_id"`
		Message struct {
			Text string `json:"text"`
		} `json:"message"`
		Callback struct {
			Data string `json:"data"`
		} `json:"callback_query"`
	}
	if err := json.Unmarshal(w.taken(w.call("getUpdates", pairs...)).Result, &list); err != nil {
		w.t.Fatal(err)
	}
	var out []string
	for _, u := range list {
		out = append(out, fmt.Sprint(u.ID%100, " ", u.Message.Text, u.Callback.Data))
	}
	return out
}

func TestTelegramChecksCallsAgainstTheSchema(t *testing.T) {
	w := newWire(t, chattest.TelegramOptions{})
	id := w.fake.User("Lan").Open().ID()
	w.refused(w.call("sendMesage", "chat_id", id), 404, "Not Found: method not found")
	w.refused(w.call("sendMessage", "chat_id", id, "text", "x", "colour", "red"), 400, `unknown parameter "colour"`)
	w.refused(w.call("sendMessage", "chat_id", id), 400, `parameter "text" is required`)
	w.refused(w.call("sendMessage", "chat_id", id, "text", "x", "message_thread_id", "one"), 400, "not an Integer")
	w.refused(w.call("sendMessage", "chat_id", id, "text", "x", "disable_notification", "maybe"), 400, "not a Boolean")
	w.refused(w.call("sendMessage", "chat_id", id, "text", "x", "reply_parameters", `{"allow_sending_without_reply":true}`), 400, `lacks "message_id"`)
	w.refused(w.call("sendMessage", "chat_id", id, "text", "x", "link_preview_options", `{"disabled":true}`), 400, `has no field "disabled"`)
	w.refused(w.call("sendMessage", "chat_id", id, "text", "x", "reply_markup", `{"inline_keyboard":{}}`), 400, "not an array")
	w.refused(w.call("sendPoll", "chat_id", id, "question", "?", "options", `[{"text":"a"},{"text":"b"}]`), 400, "does not play sendPoll")
	w.taken(w.call("SENDmessage", "chat_id", id, "text", "x", "entities", "null", "message_thread_id", "null"))
	w.url = strings.Replace(w.url, "AAfake", "AAother", 1)
	w.refused(w.call("getMe"), 401, "Unauthorized")
}

func TestTelegramTakesEveryEncoding(t *testing.T) {
	w := newWire(t, chattest.TelegramOptions{NoLimits: true})
	id := w.fake.User("Lan").Open().ID()
	w.taken(w.post("sendMessage?text=m%E1%BB%99t&chat_id="+id, "", nil))
	body := `{"chat_id":` + id + `,"text":"hai","disable_notification":true,"reply_markup":{"inline_keyboard":[]}}`
	w.taken(w.post("sendMessage", "application/json", strings.NewReader(body)))
	var form bytes.Buffer
	m := multipart.NewWriter(&form)
	_ = m.WriteField("chat_id", id)
	_ = m.WriteField("caption", "ba")
	file, _ := m.CreateFormFile("document", "a.txt")
	_, _ = io.WriteString(file, "nội dung")
	_ = m.Close()
	sent := w.taken(w.post("sendDocument", m.FormDataContentType(), &form))
	var texts []string
	for _, m := range w.fake.Messages(id) {
		texts = append(texts, m.Text+m.File)
	}
	if d := cmp.Diff([]string{"một", "hai", "baa.txt"}, texts); d != "" {
		t.Error(d)
	}
	var doc struct {
		Document struct {
			ID string `json:"file_id"`
		} `json:"document"`
	}
	_ = json.Unmarshal(sent.Result, &doc)
	w.taken(w.call("sendDocument", "chat_id", id, "document", doc.Document.ID))
	w.refused(w.call("sendDocument", "chat_id", id, "document", "nothing"), 400, "wrong file identifier")
}

func TestTelegramKeepsUpdatesUntilConfirmed(t *testing.T) {
	w := newWire(t, chattest.TelegramOptions{})
	lan := w.fake.User("Lan").Open()
	for i := range 4 {
		lan.Send(lan.ID(), fmt.Sprint("tin", i))
	}
	lan.Forge(lan.ID(), "1", "nut")
	all := []string{"1 tin0", "2 tin1", "3 tin2", "4 tin3", "5 nut"}
	for _, c := range []struct {
		pairs []string
		want  []string
	}{
		{nil, all},
		{[]string{"limit", "2"}, all[:2]},
		{[]string{"offset", "700000002"}, all[1:]},
		{[]string{"offset", "1"}, all[1:]}, // what is confirmed does not come back
		{[]string{"offset", "-2"}, all[3:]},
		{nil, all[3:]}, // and the rest is forgotten
		{[]string{"offset", "700000006"}, nil},
	} {
		if d := cmp.Diff(c.want, w.poll(c.pairs...)); d != "" {
			t.Errorf("%v: %s", c.pairs, d)
		}
	}
	lan.Send(lan.ID(), "tin")
	lan.Forge(lan.ID(), "1", "nut")
	w.add(151 * time.Second)
	if d := cmp.Diff([]string{"6 tin"}, w.poll()); d != "" {
		t.Errorf("after 151 s: %s", d)
	}
	w.add(24 * time.Hour)
	if got := w.poll(); got != nil {
		t.Errorf("after a day: %v", got)
	}
}

func TestTelegramRemembersAllowedUpdates(t *testing.T) {
	w := newWire(t, chattest.TelegramOptions{})
	lan, minh := w.fake.User("Lan").Open(), w.fake.User("Minh")
	g := w.fake.Group("Tổ", lan)
	g.Bot(lan, "administrator")
	g.Join(minh)
	count := func() int { return len(w.poll("offset", "-100")) }
	if n := count(); n != 3 { // added, promoted, the service message; chat_member is off
		t.Errorf("%d updates", n)
	}
	w.poll("offset", "700000100", "allowed_updates", `["chat_member"]`)
	g.Leave(minh)
	lan.Send(g.ID(), "tin")
	if n := count(); n != 1 {
		t.Errorf("%d updates of chat_member only", n)
	}
	w.poll("offset", "700000100", "allowed_updates", "null") // keeps the setting
	lan.Send(g.ID(), "tin")
	if n := count(); n != 0 {
		t.Errorf("%d updates after null", n)
	}
}

func TestTelegramEndsTheOlderOfTwoPolls(t *testing.T) {
	w := newWire(t, chattest.TelegramOptions{})
	lan := w.fake.User("Lan").Open()
	older, newer := make(chan answered, 1), make(chan answered, 1)
	changed := w.fake.Changed()
	go func() { older <- w.call("getUpdates", "timeout", "50") }()
	<-changed
	go func() { newer <- w.call("getUpdates", "timeout", "50") }()
	w.refused(<-older, 409, "terminated by other getUpdates request; make sure that only one bot instance is running")
	lan.Send(lan.ID(), "tin")
	w.taken(<-newer)
	w.taken(w.call("setWebhook", "url", "https://truc.example.vn/tg"))
	w.refused(w.call("getUpdates"), 409, "can't use getUpdates method while webhook is active")
	w.taken(w.call("deleteWebhook"))
	w.taken(w.call("getUpdates"))
}

func TestTelegramLimitsChatsAndTheBot(t *testing.T) {
	w := newWire(t, chattest.TelegramOptions{})
	lan := w.fake.User("Lan").Open()
	g := w.fake.Group("Tổ", lan)
	card := ""
	for range 3 {
		card = w.taken(w.call("sendMessage", "chat_id", g.ID(), "text", "x")).id()
	}
	a := w.call("editMessageText", "chat_id", g.ID(), "message_id", card, "text", "y") // edits count
	w.refused(a, 429, "Too Many Requests: retry after ")
	if a.Parameters.Retry < 1 || a.header.Get("Retry-After") != fmt.Sprint(a.Parameters.Retry) {
		t.Errorf("retry_after %d, header %q", a.Parameters.Retry, a.header.Get("Retry-After"))
	}
	w.add(3 * time.Second)
	for i := range 17 {
		w.add(1500 * time.Millisecond)
		w.taken(w.call("editMessageText", "chat_id", g.ID(), "message_id", card, "text", fmt.Sprint(i)))
	}
	w.add(5 * time.Second)
	a = w.call("sendMessage", "chat_id", g.ID(), "text", "x")
	w.refused(a, 429, "Too Many")
	if a.Parameters.Retry < 20 {
		t.Errorf("the group's minute asks for %d s", a.Parameters.Retry)
	}
	w.add(time.Duration(a.Parameters.Retry) * time.Second)
	w.taken(w.call("sendMessage", "chat_id", g.ID(), "text", "x"))
	w.add(time.Minute)
	for range 30 {
		w.taken(w.call("sendMessage", "chat_id", w.fake.User("x").Open().ID(), "text", "x"))
	}
	w.refused(w.call("sendMessage", "chat_id", lan.ID(), "text", "x"), 429, "Too Many")
	w.add(time.Second)
	w.taken(w.call("sendMessage", "chat_id", lan.ID(), "text", "x"))
}

func TestTelegramRefusesContent(t *testing.T) {
	w := newWire(t, chattest.TelegramOptions{NoLimits: true})
	lan := w.fake.User("Lan").Open()
	send := func(pairs ...string) answered { return w.call("sendMessage", append(pairs, "chat_id", lan.ID())...) }
	html := func(text string) answered { return send("parse_mode", "HTML", "text", text) }
	w.taken(send("text", strings.Repeat("🚒", 4096)))
	w.refused(send("text", strings.Repeat("🚒", 4097)), 400, "Bad Request: message is too long")
	w.taken(html("<b>" + strings.Repeat("&lt;", 4096) + "</b>"))
	w.refused(send("text", strings.Repeat("x", 33_000)), 400, "Text is too long")
	w.refused(send("text", " \n"), 400, "message text is empty")
	w.refused(html("<b>x"), 400, `can't parse entities: Can't find end tag corresponding to start tag "b"`)
	w.refused(html("ổ <x>"), 400, `can't parse entities: Unsupported start tag "x" at byte offset 4`)
	w.refused(html("a</b>"), 400, "can't parse entities: Unexpected end tag at byte offset 1")
	w.refused(html("<b><i>x</b></i>"), 400, "can't parse entities: Unmatched end tag")
	w.refused(html("1 < 2"), 400, "can't parse entities: Unclosed start tag")
	w.taken(html(`a & b &nope; <a href="https://x.vn?a=1&amp;b">x</a>`))
	key := func(data string) string { return `{"inline_keyboard":[[{"text":"x","callback_data":"` + data + `"}]]}` }
	w.taken(send("text", "x", "reply_markup", key(strings.Repeat("ế", 21)+"x")))
	w.refused(send("text", "x", "reply_markup", key(strings.Repeat("ế", 22))), 400, "BUTTON_DATA_INVALID")
	many := `{"inline_keyboard":[[` + strings.TrimSuffix(strings.Repeat(`{"text":"x","callback_data":"x"},`, 101), ",") + `]]}`
	w.refused(send("text", "x", "reply_markup", many), 400, "reply markup is too long")
	w.refused(send("text", "x", "reply_markup", `{"inline_keyboard":[[{"text":"x"}]]}`), 400, "Text buttons are unallowed")
	w.refused(send("text", "x", "reply_parameters", `{"message_id":999}`), 400, "message to be replied not found")
}

func TestTelegramEditsAndDeletes(t *testing.T) {
	w := newWire(t, chattest.TelegramOptions{NoLimits: true})
	lan := w.fake.User("Lan").Open()
	typed := lan.Send(lan.ID(), "tin")
	card := w.taken(w.call("sendMessage", "chat_id", lan.ID(), "text", "<b>x</b>", "parse_mode", "HTML")).id()
	keyed := w.taken(w.call("sendMessage", "chat_id", lan.ID(), "text", "x", "reply_markup",
		`{"keyboard":[[{"text":"Gửi số","request_contact":true}]]}`)).id()
	edit := func(id, text string) answered {
		return w.call("editMessageText", "chat_id", lan.ID(), "message_id", id, "text", text, "parse_mode", "HTML")
	}
	w.refused(edit(card, " <b>x</b>"), 400, "Bad Request: message is not modified: specified new message content and reply markup are exactly the same")
	w.taken(edit(card, "x"))
	w.refused(edit("999", "x"), 400, "message to edit not found")
	w.refused(edit(typed, "x"), 400, "message can't be edited")
	w.refused(edit(keyed, "y"), 400, "message can't be edited")
	w.add(47 * time.Hour)
	w.taken(w.call("deleteMessage", "chat_id", lan.ID(), "message_id", keyed))
	w.refused(w.call("deleteMessage", "chat_id", lan.ID(), "message_id", keyed), 400, "message to delete not found")
	w.add(2 * time.Hour)
	w.refused(w.call("deleteMessage", "chat_id", lan.ID(), "message_id", card), 400, "message can't be deleted")
	w.add(1000 * time.Hour)
	w.taken(edit(card, "own messages can be edited for ever"))
}

func TestTelegramCallbacksGrowOld(t *testing.T) {
	w := newWire(t, chattest.TelegramOptions{})
	lan := w.fake.User("Lan").Open()
	card := w.taken(w.call("sendMessage", "chat_id", lan.ID(), "text", "x", "reply_markup",
		`{"inline_keyboard":[[{"text":"x","callback_data":"d"}]]}`)).id()
	first, err := lan.Press(lan.ID(), card, "d")
	if err != nil {
		t.Fatal(err)
	}
	w.taken(w.call("answerCallbackQuery", "callback_query_id", first))
	const old = "query is too old and response timeout expired or query ID is invalid"
	w.refused(w.call("answerCallbackQuery", "callback_query_id", first), 400, old)
	second := lan.Forge(lan.ID(), card, "d")
	w.add(151 * time.Second)
	w.refused(w.call("answerCallbackQuery", "callback_query_id", second), 400, old)
	if _, err := lan.Press(lan.ID(), card, "other"); err == nil {
		t.Error("a button that is not there was pressed")
	}
}

func TestTelegramPrivacyMode(t *testing.T) {
	w := newWire(t, chattest.TelegramOptions{Privacy: true})
	lan := w.fake.User("Lan").Open()
	g := w.fake.Group("Tổ", lan)
	w.poll("offset", "700000100")
	for _, text := range []string{"ổn định", "@truc_ban_bot ổn định", "/ondanh", "/ondanh@other_bot", "/ondanh@Truc_Ban_Bot"} {
		lan.Send(g.ID(), text)
	}
	card := w.taken(w.call("sendMessage", "chat_id", g.ID(), "text", "x")).id()
	lan.Send(g.ID(), "/bare")
	lan.Post(g.ID(), chattest.TelegramPost{Text: "trả lời", ReplyTo: card})
	got := strings.Join(w.poll("offset", "-100"), "|")
	for text, want := range map[string]bool{" ổn định": false, "@truc_ban_bot": false, " /ondanh|": false, "@other_bot": false,
		"/ondanh@Truc_Ban_Bot": true, "/bare": true, "trả lời": true} {
		if strings.Contains(got, text) != want {
			t.Errorf("%q delivered: %v; all: %s", text, !want, got)
		}
	}
	g.Bot(lan, "administrator")
	lan.Send(g.ID(), "administrators hear all")
	if got := strings.Join(w.poll("offset", "-100"), "|"); !strings.Contains(got, "hear all") {
		t.Errorf("an administrator got %s", got)
	}
}

func TestTelegramWebhookDelivers(t *testing.T) {
	w := newWire(t, chattest.TelegramOptions{Retry: time.Millisecond})
	lan, minh := w.fake.User("Lan").Open(), w.fake.User("Minh").Open()
	type hit struct {
		secret, text string
	}
	hits := make(chan hit, 100)
	hold := make(chan struct{})
	fails := 2
	srv := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		var u struct {
			Message struct {
				Text string `json:"text"`
			} `json:"message"`
		}
		_ = json.NewDecoder(r.Body).Decode(&u)
		hits <- hit{r.Header.Get("X-Telegram-Bot-Api-Secret-Token"), u.Message.Text}
		if u.Message.Text == "a1" {
			<-hold
		}
		if u.Message.Text == "b1" && fails > 0 {
			fails--
			rw.WriteHeader(http.StatusInternalServerError)
		}
	}))
	defer srv.Close()
	lan.Send(lan.ID(), "a1")
	lan.Send(lan.ID(), "a2")
	w.refused(w.call("setWebhook", "url", srv.URL, "secret_token", "not allowed!"), 400, "unallowed characters")
	w.taken(w.call("setWebhook", "url", srv.URL, "secret_token", "s3cret_-"))
	w.refused(w.call("setWebhook", "url", srv.URL), 429, "Too Many")
	if h := <-hits; h != (hit{"s3cret_-", "a1"}) {
		t.Errorf("first %+v", h)
	}
	minh.Send(minh.ID(), "b1") // another chat does not wait, and is repeated until taken
	for range 3 {
		if h := <-hits; h.text != "b1" {
			t.Errorf("got %+v", h)
		}
	}
	close(hold)
	if h := <-hits; h.text != "a2" {
		t.Errorf("then %+v", h)
	}
	timer := time.NewTimer(time.Minute)
	defer timer.Stop()
	for w.fake.Pending() > 0 {
		select {
		case <-w.fake.Changed():
		case <-timer.C:
			t.Fatal("what was delivered is still pending")
		}
	}
}

func TestTelegramFaults(t *testing.T) {
	w := newWire(t, chattest.TelegramOptions{})
	lan := w.fake.User("Lan").Open()
	post := func(ctx context.Context) (*http.Response, error) {
		req, _ := http.NewRequestWithContext(ctx, http.MethodGet, w.url+"sendMessage?text=x&chat_id="+lan.ID(), nil)
		return http.DefaultClient.Do(req)
	}
	w.fake.Fault(chattest.TelegramFault{HTTP: 502})
	if resp, err := post(context.Background()); err != nil || resp.StatusCode != http.StatusBadGateway || resp.Header.Get("Content-Type") != "text/html" {
		t.Errorf("gateway: %v %v", resp, err)
	} else {
		_ = resp.Body.Close()
	}
	w.fake.Fault(chattest.TelegramFault{Cut: true, Done: true, Times: -1})
	if resp, err := post(context.Background()); err == nil {
		_ = resp.Body.Close()
		t.Error("a cut connection answered")
	}
	sent := len(w.fake.Messages(lan.ID()))
	w.fake.Heal()
	w.fake.Fault(chattest.TelegramFault{Hang: true, Chat: lan.ID()})
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if resp, err := post(ctx); err == nil {
		_ = resp.Body.Close()
		t.Error("a hung call answered")
	}
	if now := len(w.fake.Messages(lan.ID())); sent == 0 || now != sent {
		t.Errorf("delivered %d, then %d", sent, now)
	}
}

// TestTelegramSpeaksTheSchema checks what the fake itself says against the schema.
func TestTelegramSpeaksTheSchema(t *testing.T) {
	w := newWire(t, chattest.TelegramOptions{NoLimits: true})
	w.poll("allowed_updates", `["message","edited_message","channel_post","edited_channel_post","callback_query","my_chat_member","chat_member"]`)
	s := chattest.TelegramSchema()
	result := func(typ, method string, pairs ...string) {
		t.Helper()
		if fault := s.Check(typ, w.taken(w.call(method, pairs...)).Result); fault != "" {
			t.Errorf("%s: %s", method, fault)
		}
	}
	lan, minh := w.fake.User("Lan"), w.fake.User("Minh")
	lan.Start("code")
	forum, basic := w.fake.Forum("Huyện", lan), w.fake.BasicGroup("Tổ", lan)
	channel := w.fake.Channel("Tin", lan)
	forum.Bot(lan, "administrator")
	forum.Join(minh)
	thread := forum.Topic("PCCC")
	lan.Post(forum.ID(), chattest.TelegramPost{Text: "/x", Thread: thread, ReplyTo: thread})
	lan.Post(forum.ID(), chattest.TelegramPost{Text: "x", Anonymous: true})
	lan.Post(basic.ID(), chattest.TelegramPost{Text: "x", AsChannel: "Kênh"})
	lan.Post(basic.ID(), chattest.TelegramPost{Photo: true, Data: []byte("x"), Text: "/suco"})
	lan.Post(basic.ID(), chattest.TelegramPost{File: "a.pdf", Data: []byte("x"), Phone: "84912345678"})
	lan.Edit(channel.ID(), lan.Send(channel.ID(), "x"), "y")
	basic.Upgrade()
	forum.Leave(minh)
	forum.Bot(lan, "restricted")
	forum.Bot(lan, "kicked")
	lan.Block()
	lan.Unblock()
	lan.Forge(lan.ID(), "4", "x")
	result("Message", "sendMessage", "chat_id", lan.ID(), "text", "<b>x</b>", "parse_mode", "html")
	result("Message", "sendContact", "chat_id", lan.ID(), "phone_number", "+84912345678", "first_name", "Lan")
	result("User", "getMe")
	result("WebhookInfo", "getWebhookInfo")
	result("ChatFullInfo", "getChat", "chat_id", lan.ID())
	result("ChatMember", "getChatMember", "chat_id", channel.ID(), "user_id", lan.ID())
	result("Integer", "getChatMemberCount", "chat_id", channel.ID())
	result("Boolean", "setMyCommands", "commands", `[{"command":"x","description":"y"}]`)
	result("Array of BotCommand", "getMyCommands")
	all := w.fake.Updates()
	if len(all) < 15 {
		t.Errorf("only %d updates", len(all))
	}
	for _, raw := range all {
		if fault := s.Check("Update", raw); fault != "" {
			t.Errorf("%s: %s", raw, fault)
		}
	}
}
