package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

func TestLinkOpensOnce(t *testing.T) {
	s, _, _ := testServer(t, nil)
	l := link(t, s, "desk")
	for range 3 { // programs that fetch a preview do not use it up
		if code, body := newVisitor(t).get(l); code != 200 || strings.Contains(body, "VH-XH") {
			t.Fatalf("the link's page: %d %s", code, body)
		}
	}
	if code, body := newVisitor(t).enter(l); code != 200 || !strings.Contains(body, "Toàn phường") {
		t.Fatalf("first use: %d %s", code, body)
	}
	if code, body := newVisitor(t).enter(l); code != http.StatusGone || !strings.Contains(body, "đã được dùng") || strings.Contains(body, "Toàn phường") {
		t.Errorf("second use: %d %s", code, body)
	}
}

func TestLinkRefused(t *testing.T) {
	s, b, srv := testServer(t, nil)
	other, _, _ := testServer(t, func(o *Options) { o.Secret = []byte(strings.Repeat("x", 32)) })
	session, err := s.signer.sign(forSession, "desk", time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	good := link(t, s, "desk")
	token := good[strings.LastIndex(good, "/")+1:]
	payload, mac, _ := strings.Cut(token, ".")
	forged := encode([]byte(`{"m":"desk","u":99999999999,"i":"x"}`))
	foreign := link(t, other, "desk")
	for name, text := range map[string]string{
		"other key":       foreign[strings.LastIndex(foreign, "/")+1:],
		"other payload":   forged + "." + mac,
		"no signature":    payload + ".",
		"only payload":    payload,
		"cut":             token[:len(token)-1],
		"rubbish":         "abc",
		"a cookie's":      session,
		"padded encoding": token + "=",
	} {
		v := newVisitor(t)
		if code, _ := v.get(srv.URL + "/b/" + text); code != http.StatusForbidden {
			t.Errorf("%s: page answered %d", name, code)
		}
		if code, body := v.post(srv.URL+"/open", url.Values{"token": {text}}); code != http.StatusForbidden || strings.Contains(body, "Toàn phường") {
			t.Errorf("%s: opened with %d", name, code)
		}
		if code, _ := v.get(srv.URL + "/board"); code != http.StatusUnauthorized {
			t.Errorf("%s: the board answered %d after it", name, code)
		}
	}
	b.set(func(b *town) { b.now = b.now.Add(linkLife) })
	if code, body := newVisitor(t).enter(good); code != http.StatusGone || !strings.Contains(body, "hết hạn") {
		t.Errorf("after its time: %d %s", code, body)
	}
}

type brokenOnce struct{}

func (brokenOnce) Use(context.Context, string, time.Time) (bool, error) {
	return true, errors.New("store is down")
}

func TestLinkWhileStoreIsDown(t *testing.T) {
	s, _, srv := testServer(t, func(o *Options) { o.Once = brokenOnce{} })
	v := newVisitor(t)
	if code, _ := v.enter(link(t, s, "desk")); code != http.StatusServiceUnavailable {
		t.Errorf("answered %d", code)
	}
	if code, _ := v.get(srv.URL + "/board"); code != http.StatusUnauthorized {
		t.Errorf("a link that could not be marked as used opened the board: %d", code)
	}
}

func TestSessionEnds(t *testing.T) {
	s, b, srv := testServer(t, nil)
	v := newVisitor(t)
	v.enter(link(t, s, "desk"))
	b.set(func(b *town) { b.down = errors.New("store is down") })
	if code, _ := v.get(srv.URL + "/board"); code != http.StatusServiceUnavailable {
		t.Errorf("with the store down: %d", code)
	}
	b.set(func(b *town) { b.down = nil; b.gone["desk"] = true })
	if code, _ := v.get(srv.URL + "/board"); code != http.StatusForbidden {
		t.Errorf("after the right was lost: %d", code)
	}
	b.set(func(b *town) { b.gone["desk"] = false })
	if code, _ := v.get(srv.URL + "/board"); code != 200 {
		t.Errorf("with the right again: %d", code)
	}
	b.set(func(b *town) { b.now = b.now.Add(sessionLife) })
	if code, _ := v.get(srv.URL + "/board"); code != http.StatusUnauthorized {
		t.Errorf("after twelve hours: %d", code)
	}
	v.enter(link(t, s, "desk"))
	v.post(srv.URL+"/logout", nil)
	if code, _ := v.get(srv.URL + "/board"); code != http.StatusUnauthorized {
		t.Errorf("after leaving: %d", code)
	}
}
