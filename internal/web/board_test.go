package web

import (
	"bufio"
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestHeadSeesOwnUnitOnly(t *testing.T) {
	s, _, srv := testServer(t, nil)
	head, desk := newVisitor(t), newVisitor(t)
	desk.enter(link(t, s, "desk"))
	for _, path := range []string{"/board", "/board?unit=vp", "/board/part", "/board/part?unit=vp"} {
		head.enter(link(t, s, "head-vp"))
		if code, body := head.get(srv.URL + path); code != 200 || strings.Contains(body, "VH-XH</b>") || !strings.Contains(body, "Văn phòng") {
			t.Errorf("head, %s: %d\n%s", path, code, body)
		}
		if code, body := desk.get(srv.URL + path); code != 200 || !strings.Contains(body, "Văn phòng") {
			t.Errorf("desk, %s: %d", path, code)
		}
	}
	for _, path := range []string{"/board?unit=vhxh", "/board/part?unit=vhxh", "/board/events?unit=vhxh", "/board?unit=nope"} {
		if code, body := head.get(srv.URL + path); code != http.StatusForbidden || strings.Contains(body, "Nguyễn Văn An") {
			t.Errorf("head, %s: %d", path, code)
		}
	}
}

func TestBoardEscapes(t *testing.T) {
	s, _, _ := testServer(t, nil)
	_, body := newVisitor(t).enter(link(t, s, "desk"))
	if strings.Contains(body, "<script>alert") || strings.Contains(body, "<b>mất điện") {
		t.Error("what people typed is in the page as markup")
	}
	if !strings.Contains(body, "&lt;script&gt;alert(1)&lt;/script&gt;") {
		t.Error("what people typed is not shown")
	}
}

// TestBoardIsSentSmall asks as browsers do, and as those that read no gzip.
func TestBoardIsSentSmall(t *testing.T) {
	s, _, srv := testServer(t, func(o *Options) { o.Refresh = time.Hour })
	v := newVisitor(t)
	v.enter(link(t, s, "desk"))
	for encoding, want := range map[string]string{"gzip, deflate, br": "gzip", "identity": ""} {
		r, err := http.NewRequest(http.MethodGet, srv.URL+"/board", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Accept-Encoding", encoding)
		_, body, h := v.do(r, nil)
		if h.Get("Content-Encoding") != want || h.Get("Vary") != "Accept-Encoding" || strings.Contains(body, "<html") == (want == "gzip") {
			t.Errorf("%s: encoded %q, %d bytes", encoding, h.Get("Content-Encoding"), len(body))
		}
	}
}

// TestBoardSpeaksTheOfficesLanguage shows every page in English; what people are called stays as it is.
func TestBoardSpeaksTheOfficesLanguage(t *testing.T) {
	s, b, srv := testServer(t, nil)
	b.set(func(b *town) { b.lang = "en" })
	v := newVisitor(t)
	for path, want := range map[string][]string{
		"/board":       {`<html lang="en">`, "Please open the board from the bot"},
		"/b/forged.x":  {"The link is not right"},
		"/app":         {"Opening…"},
		"/board?x=in":  {"Your session is over"},
		"/board/part?": {"Ask the bot for a new link"},
	} {
		if _, body := v.get(srv.URL + path); !containsAll(body, want...) {
			t.Errorf("%s reads %s", path, body)
		}
	}
	if _, body := v.enter(link(t, s, "desk")); !containsAll(body, `<html lang="en">`, "On duty now", "Next shifts", "35 min", "2 units below", "worst first", "Connection lost", "still missing") {
		t.Errorf("the board reads %s", body)
	}
	if _, body := v.post(srv.URL+"/logout", nil); !strings.Contains(body, "Signed out") {
		t.Errorf("signing out: %s", body)
	}
	b.set(func(b *town) { b.lang = "fr" })
	if _, body := v.get(srv.URL + "/board"); !strings.Contains(body, `<html lang="vi">`) {
		t.Error("an unknown language is not the first one")
	}
}

func containsAll(s string, want ...string) bool {
	for _, w := range want {
		if !strings.Contains(s, w) {
			return false
		}
	}
	return true
}

func TestBoardHeaders(t *testing.T) {
	s, _, srv := testServer(t, nil)
	_, _, h := newVisitor(t).do(http.NewRequest(http.MethodGet, link(t, s, "desk"), nil))
	for k, want := range map[string]string{"Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"} {
		if h.Get(k) != want {
			t.Errorf("%s: %q", k, h.Get(k))
		}
	}
	if p := h.Get("Content-Security-Policy"); !strings.Contains(p, "default-src 'none'") || strings.Contains(p, "unsafe") {
		t.Errorf("policy %q", p)
	}
	r, err := http.NewRequest(http.MethodPost, srv.URL+"/open", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Origin", "https://evil.example")
	if code, _, _ := newVisitor(t).do(r, nil); code != http.StatusForbidden {
		t.Errorf("another site's form: %d", code)
	}
	secure, _, _ := testServer(t, func(o *Options) { o.Base = "https://truc.example.vn" })
	if c := secure.cookie("x", 1); !c.Secure || !c.HttpOnly || !strings.HasPrefix(c.Name, "__Host-") {
		t.Errorf("cookie over HTTPS: %+v", c)
	}
}

func TestBoardStream(t *testing.T) {
	s, b, srv := testServer(t, nil)
	v := newVisitor(t)
	v.enter(link(t, s, "desk"))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, srv.URL+"/board/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := v.c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	lines := bufio.NewScanner(res.Body)
	next := func(skip ...string) string {
		for lines.Scan() {
			if e, ok := strings.CutPrefix(lines.Text(), "event: "); ok && !slices.Contains(skip, e) {
				return e
			}
		}
		return "end"
	}
	for i, step := range []struct {
		do   func(*town)
		want string
		skip []string
	}{
		{func(*town) {}, "news", nil},
		{func(*town) {}, "alive", nil},
		{func(b *town) { b.incident = "" }, "news", []string{"alive"}},
		{func(b *town) { b.now = b.now.Add(10 * time.Second) }, "alive", nil},
		{func(b *town) { b.down = errors.New("down") }, "stale", []string{"alive"}},
		{func(b *town) { b.down = nil }, "alive", []string{"stale"}},
		{func(b *town) { b.gone["desk"] = true }, "closed", []string{"alive"}},
		{func(*town) {}, "end", nil},
	} {
		b.set(step.do)
		if got := next(step.skip...); got != step.want {
			t.Fatalf("step %d: %q, want %q", i, got, step.want)
		}
	}
}
