package web

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

func TestMachines(t *testing.T) {
	var cause error
	_, _, srv := testServer(t, func(o *Options) {
		o.Ready = func(context.Context) error { return cause }
		o.MetricsToken = "m3trics"
		o.Stats = figures{{Name: "trucban_outbox_waiting", Help: "Messages waiting.", Value: 3, Labels: map[string]string{"class": "alarm", "platform": "zalo"}}}
		o.Hooks = map[string]http.Handler{"/hook/telegram": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if _, err := io.ReadAll(r.Body); err != nil {
				w.WriteHeader(http.StatusRequestEntityTooLarge)
			}
		})}
	})
	v := newVisitor(t)
	if code, body := v.get(srv.URL + "/healthz"); code != 200 || body != "ok\n" {
		t.Errorf("healthz %d %q", code, body)
	}
	if code, _ := v.get(srv.URL + "/readyz"); code != 200 {
		t.Errorf("readyz %d", code)
	}
	cause = errors.New("redis://:secret@db is down")
	if code, body := v.get(srv.URL + "/readyz"); code != 503 || strings.Contains(body, "secret") {
		t.Errorf("readyz %d %q", code, body)
	}
	if code, _ := v.get(srv.URL + "/metrics"); code != http.StatusUnauthorized {
		t.Errorf("metrics without a token: %d", code)
	}
	r, err := http.NewRequest(http.MethodGet, srv.URL+"/metrics", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer m3trics")
	code, body, _ := v.do(r, nil)
	for _, want := range []string{`trucban_outbox_waiting{class="alarm",platform="zalo"} 3`, "go_goroutines "} {
		if code != 200 || !strings.Contains(body, want) {
			t.Errorf("metrics %d lack %s", code, want)
		}
	}
	if code, _ := v.post(srv.URL+"/hook/telegram", nil); code != 200 {
		t.Errorf("hook %d", code)
	}
	if code, _ := v.get(srv.URL + "/hook/telegram"); code != http.StatusMethodNotAllowed {
		t.Errorf("hook by GET: %d", code)
	}
	if code, _ := v.post(srv.URL+"/hook/telegram", url.Values{"x": {strings.Repeat("a", MaxHook)}}); code != http.StatusRequestEntityTooLarge {
		t.Errorf("hook with too much: %d", code)
	}
}

type figures []Figure

func (f figures) Figures() []Figure { return f }

func TestNewListsAllFaults(t *testing.T) {
	_, err := New(Options{Board: &town{}, Base: "truc.example.vn", Secret: []byte("short"), MiniApp: &MiniApp{}})
	for _, want := range []string{"Now is needed", "https://truc.example.vn, not", "32 bytes", "Once is needed", "MiniApp needs"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v\nlacks %q", err, want)
		}
	}
	if err != nil && strings.Contains(err.Error(), "short") {
		t.Error("the secret is in the error")
	}
	s, err := New(Options{Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/board", nil))
	if w.Code != 404 {
		t.Errorf("a server without a board has one: %d", w.Code)
	}
}
