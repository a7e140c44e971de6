package local

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"trucban/internal/chat"
)

// jumper is a Clock whose next thing is an hour away, once.
type jumper struct {
	*Clock
	jumped bool
}

func (j *jumper) Jump(context.Context) error {
	if j.jumped {
		return errors.New("nothing to come")
	}
	j.jumped = true
	j.Set(j.Now().Add(time.Hour))
	return nil
}

func testPage(t *testing.T) (*Platform, *jumper, *httptest.Server) {
	t.Helper()
	p, clock := testPlatform(t, nil)
	j := &jumper{Clock: clock}
	srv := httptest.NewServer(Page(p, j, PageOptions{Title: "Trực <Ban>", Commands: []PageCommand{{Name: "ondanh", Text: "Điểm danh"}}}))
	t.Cleanup(srv.Close)
	t.Cleanup(srv.Client().CloseIdleConnections)
	return p, j, srv
}

func do(t *testing.T, srv *httptest.Server, r *http.Request) (int, string) {
	t.Helper()
	res, err := srv.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(body)
}

func request(t *testing.T, srv *httptest.Server, method, path, body string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, srv.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	return r
}

func TestPageStateShowsWhatThePersonSees(t *testing.T) {
	p, _, srv := testPage(t)
	p.Send(t.Context(), to("vhxh"), chat.Message{Text: `<b>Ca</b> <a href="javascript:alert(1)">x</a> &lt;script&gt;`,
		Buttons: [][]chat.Button{{{Label: "Xong", Action: "v1"}, {Label: "Mở", URL: "javascript:alert(1)"}}}})
	must(p.Say("an", "vhxh", "<img src=x onerror=alert(1)>"))
	p.Send(t.Context(), to("p-an"), chat.Message{Text: "riêng"})
	for me, want := range map[string][]string{"an": {"vhxh", "ld", "p-an"}, "binh": {"vhxh", "ld", "p-binh"}, "": {"vhxh", "ld"}} {
		code, body := do(t, srv, request(t, srv, "GET", "/api/state?me="+me, ""))
		var v stateView
		if err := json.Unmarshal([]byte(body), &v); err != nil || code != 200 {
			t.Fatalf("%d %s: %v", code, body, err)
		}
		var got []string
		for _, c := range v.Chats {
			got = append(got, c.ID)
			if c.ID == "ld" && c.Mine != (me == "binh") {
				t.Errorf("%s: leaders' chat mine = %v", me, c.Mine)
			}
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%q: %s", me, d)
		}
		if _, ok := v.Messages["p-an"]; ok != (me == "an") {
			t.Errorf("%q sees An's private chat: %v", me, ok)
		}
		bot, person := v.Messages["vhxh"][0], v.Messages["vhxh"][1]
		want := []Node{{Tag: "b", Kids: []Node{{Text: "Ca"}}}, {Text: " "}, {Tag: "a", Kids: []Node{{Text: "x"}}}, {Text: " <script>"}}
		if d := cmp.Diff(want, bot.Body); d != "" {
			t.Error(d)
		}
		if bot.Buttons[0][1].URL != "" {
			t.Error("a script address is offered as a button")
		}
		if d := cmp.Diff([]Node{{Text: "<img src=x onerror=alert(1)>"}}, person.Body); d != "" {
			t.Error(d)
		}
	}
}

func TestPageActs(t *testing.T) {
	p, clock, srv := testPage(t)
	id := p.Send(t.Context(), to("vhxh"), chat.Message{Text: "x", Buttons: [][]chat.Button{{{Label: "Xong", Action: "v1"}}}}).Message
	p.AddPerson(Person{ID: "an", Name: "Nguyễn Văn An", Phone: "+84900000001"})
	tests := []struct {
		path, body string
		code       int
		want       string // event and text, action or number of the update
	}{
		{"/api/say", `{"me":"an","chat":"vhxh","text":"/ondanh"}`, 200, "message /ondanh"},
		{"/api/say", `{"me":"an","chat":"vhxh","text":"có","reply":"` + id + `"}`, 200, "message có"},
		{"/api/say", `{"me":"an","chat":"vhxh","text":"  "}`, 400, ""},
		{"/api/say", `{"me":"an","chat":"ld","text":"a"}`, 403, ""},
		{"/api/say", `{"me":"an","chat":"nowhere","text":"a"}`, 404, ""},
		{"/api/say", `{"me":"an","chat":"vhxh","text":"` + strings.Repeat("a", maxBody) + `"}`, 400, ""},
		{"/api/say", `{"me":"an","other":1}`, 400, ""},
		{"/api/press", `{"me":"an","chat":"vhxh","message":"` + id + `","action":"v1"}`, 200, "press v1"},
		{"/api/press", `{"me":"an","chat":"vhxh","message":"` + id + `","action":"v2"}`, 409, ""},
		{"/api/press", `{"me":"an","chat":"vhxh","message":"99","action":"v1"}`, 409, ""},
		{"/api/contact", `{"me":"an","chat":"p-an"}`, 200, "message +84900000001"},
		{"/api/contact", `{"me":"binh","chat":"p-binh"}`, 409, ""},
		{"/api/clock", `{"speed":60}`, 200, ""},
		{"/api/clock", `{"jump":true}`, 200, ""},
		{"/api/clock", `{"jump":true}`, 409, ""},
	}
	for _, c := range tests {
		before := len(p.Pending())
		code, body := do(t, srv, request(t, srv, "POST", c.path, c.body))
		if code != c.code {
			t.Errorf("%s %.60s: %d %s, want %d", c.path, c.body, code, body, c.code)
		}
		got := ""
		for _, u := range p.Pending()[before:] {
			got += string(u.Event) + " " + u.Text + u.Action
			if u.Contact != nil {
				got += u.Contact.Phone
			}
		}
		if got != c.want {
			t.Errorf("%s %.60s: update %q, want %q", c.path, c.body, got, c.want)
		}
	}
	if !clock.Now().Equal(noon.Add(time.Hour)) {
		t.Errorf("after the jump the clock shows %s", clock.Now())
	}
}

// TestPageRefusesOtherSites is another page in the same browser that tries to act
// or read, and a foreign name that was made to point at this machine.
func TestPageRefusesOtherSites(t *testing.T) {
	p, _, srv := testPage(t)
	body := `{"me":"an","chat":"vhxh","text":"/ondanh"}`
	tests := map[string]func(*http.Request){
		"origin":        func(r *http.Request) { r.Header.Set("Origin", "https://evil.example") },
		"null origin":   func(r *http.Request) { r.Header.Set("Origin", "null") },
		"cross-site":    func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") },
		"same-site":     func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "same-site") },
		"foreign name":  func(r *http.Request) { r.Host = "evil.example:8080" },
		"lookalike":     func(r *http.Request) { r.Host = "127.0.0.1.evil.example" },
		"no host":       func(r *http.Request) { r.Host = "0.0.0.0:8080" },
		"form encoding": func(r *http.Request) { r.Header.Set("Content-Type", "text/plain") },
	}
	for name, change := range tests {
		r := request(t, srv, "POST", "/api/say", body)
		change(r)
		if code, _ := do(t, srv, r); code != 403 && code != 415 {
			t.Errorf("%s: answered %d", name, code)
		}
	}
	if n := len(p.Pending()); n != 0 {
		t.Errorf("%d updates came through", n)
	}
	r := request(t, srv, "GET", "/api/state", "")
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	r.Header.Set("Sec-Fetch-Mode", "no-cors")
	if code, _ := do(t, srv, r); code != 403 {
		t.Errorf("state was given to another site: %d", code)
	}
	for _, host := range []string{"localhost:8080", "[::1]:80", "127.0.0.9"} {
		r := request(t, srv, "GET", "/", "")
		r.Host = host
		if code, body := do(t, srv, r); code != 200 || !strings.Contains(body, "Trực &lt;Ban&gt;") {
			t.Errorf("%s: %d", host, code)
		}
	}
}

func TestPageFiles(t *testing.T) {
	p, _, srv := testPage(t)
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	for k, v := range map[string]string{"me": "an", "chat": "vhxh", "text": "/naplich"} {
		if err := w.WriteField(k, v); err != nil {
			t.Fatal(err)
		}
	}
	part, err := w.CreateFormFile("file", "lịch.svg")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(part, "<svg onload=alert(1)>"); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	r := request(t, srv, "POST", "/api/upload", form.String())
	r.Header.Set("Content-Type", w.FormDataContentType())
	if code, body := do(t, srv, r); code != 200 {
		t.Fatalf("%d %s", code, body)
	}
	u := p.Pending()[0]
	if u.File == nil || u.File.Name != "lịch.svg" || u.Text != "/naplich" {
		t.Fatalf("update %+v", u)
	}
	res, err := srv.Client().Do(request(t, srv, "GET", "/file/"+u.File.ID, ""))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if kind := res.Header.Get("Content-Type"); kind != "application/octet-stream" {
		t.Errorf("a picture that can run scripts is served as %s", kind)
	}
	if d := res.Header.Get("Content-Disposition"); !strings.HasPrefix(d, "attachment") {
		t.Errorf("it is shown in the page: %q", d)
	}
	if code, _ := do(t, srv, request(t, srv, "GET", "/file/none", "")); code != 404 {
		t.Errorf("no such file: %d", code)
	}
}

func TestPageStream(t *testing.T) {
	p, clock, srv := testPage(t)
	rev := p.Rev()
	p.Send(t.Context(), to("p-binh"), chat.Message{Text: "không thấy"})
	p.Send(t.Context(), to("p-an"), chat.Message{Text: "thấy"})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, fmt.Sprintf("%s/api/events?me=an&rev=%d", srv.URL, rev), nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := srv.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	lines := bufio.NewScanner(res.Body)
	next := func() (event, data string) {
		for lines.Scan() {
			if e, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
				event = e
			}
			if d, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				return event, d
			}
		}
		t.Fatal("the stream ended", lines.Err())
		return "", ""
	}
	if e, d := next(); e != "clock" || !strings.Contains(d, `"speed":0`) {
		t.Errorf("first %s %s", e, d)
	}
	if e, d := next(); e != "message" || !strings.Contains(d, "thấy") || strings.Contains(d, "không thấy") {
		t.Errorf("then %s %s", e, d)
	}
	clock.Set(noon.Add(time.Minute))
	if e, d := next(); e != "clock" || !strings.Contains(d, fmt.Sprint(noon.Add(time.Minute).UnixMilli())) {
		t.Errorf("then %s %s", e, d)
	}
	p.AddPerson(Person{ID: "chi", Name: "Chi"})
	if e, _ := next(); e != "reload" {
		t.Errorf("then %s", e)
	}
	for range 2 * keepChanges {
		p.Send(t.Context(), to("ld"), chat.Message{Text: "x"})
	}
	if code, _ := do(t, srv, request(t, srv, "GET", "/api/events?me=an&rev=x", "")); code != 400 {
		t.Errorf("a stream from nowhere: %d", code)
	}
}
