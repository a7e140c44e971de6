package telegram_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"trucban/internal/chat/chattest"
	"trucban/internal/chat/telegram"
)

// TestProxyVariableIsHonoured runs itself as a process of its own, because the
// variables are read once: an endpoint nobody can reach but the proxy.
func TestProxyVariableIsHonoured(t *testing.T) {
	const endpoint = "http://telegram.invalid"
	if os.Getenv("PROXY_TEST_CHILD") != "" {
		b, err := telegram.New(telegram.Options{Token: os.Getenv("PROXY_TEST_CHILD"), API: endpoint, Now: time.Now})
		if err != nil {
			t.Fatal(err)
		}
		defer b.Close()
		if err := b.Connect(context.Background()); err != nil {
			t.Fatal(err)
		}
		return
	}
	fake := chattest.NewTelegram(chattest.TelegramOptions{})
	defer fake.Close()
	var through atomic.Int32
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Host == "telegram.invalid" {
			through.Add(1)
		}
		fake.ServeHTTP(w, r)
	}))
	defer proxy.Close()
	child := exec.Command(os.Args[0], "-test.run=^TestProxyVariableIsHonoured$")
	for _, v := range os.Environ() {
		if !strings.Contains(strings.ToUpper(strings.SplitN(v, "=", 2)[0]), "PROXY") {
			child.Env = append(child.Env, v)
		}
	}
	child.Env = append(child.Env, "PROXY_TEST_CHILD="+fake.Token(), "HTTP_PROXY="+proxy.URL)
	if out, err := child.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if n := through.Load(); n != 1 {
		t.Errorf("%d requests went through the proxy", n)
	}
}
