package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// screen is what the program prints, readable while it runs.
type screen struct {
	mu   sync.Mutex
	b    bytes.Buffer
	grew chan struct{}
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.grew)
	s.grew = make(chan struct{})
	return s.b.Write(p)
}

// find waits until the screen shows the pattern and returns its first group.
func (s *screen) find(t *testing.T, pattern string) string {
	t.Helper()
	re := regexp.MustCompile(pattern)
	deadline := time.NewTimer(time.Minute)
	defer deadline.Stop()
	for {
		s.mu.Lock()
		m, text, grew := re.FindStringSubmatch(s.b.String()), s.b.String(), s.grew
		s.mu.Unlock()
		if m != nil {
			return m[len(m)-1]
		}
		select {
		case <-grew:
		case <-deadline.C:
			t.Fatalf("no %q on the screen:\n%s", pattern, text)
		}
	}
}

func TestAPersonPlaysWithABot(t *testing.T) {
	in, keys := io.Pipe()
	scr := &screen{grew: make(chan struct{})}
	ended := make(chan error, 1)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	go func() { ended <- run(ctx, []string{"-listen", "127.0.0.1:0", "-token", "1:secret"}, in, scr) }()
	base := scr.find(t, `TRUCBAN_ZALO_API=(\S+)`) + "/bot1:secret/"
	key := func(line string) {
		if _, err := io.WriteString(keys, line+"\n"); err != nil {
			t.Fatal(err)
		}
	}
	call := func(method, body string) string {
		res, err := http.Post(base+method, "application/json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		raw, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	key("an: mất tin này")
	scr.find(t, `lost: nobody polls`)
	key("!queue on")
	key("an doi1: chào cả nhà")
	scr.find(t, `does not learn of it`)
	key("an @doi1: ổn định")
	update := call("getUpdates", `{"timeout":"5"}`)
	group := regexp.MustCompile(`zgr-[0-9a-f]{20}`).FindString(update)
	if !strings.Contains(update, "@Bot Trực Ban ổn định") || group == "" {
		t.Fatalf("the bot got %s", update)
	}
	call("sendMessage", `{"chat_id":"`+group+`","text":"Đã ghi nhận"}`)
	scr.find(t, `bot -> doi1: Đã ghi nhận`)
	key("an >doi1: xong 3")
	key("again")
	for range 2 {
		if got := call("getUpdates", `{"timeout":"5"}`); !strings.Contains(got, `"xong 3"`) {
			t.Errorf("the bot got %s", got)
		}
	}
	key("!502 getMe 1")
	key("!nonsense")
	scr.find(t, `no fault "nonsense"`)
	if got := call("getMe", `{}`); !strings.Contains(got, "Bad Gateway") {
		t.Errorf("getMe gives %s", got)
	}
	if err := keys.Close(); err != nil {
		t.Fatal(err)
	}
	if got := call("getMe", `{}`); !strings.Contains(got, "can_join_groups") {
		t.Errorf("without input getMe gives %s", got)
	}
	stop()
	if err := <-ended; err != nil {
		t.Errorf("ended with %v", err)
	}
}

func TestATakenPortNamesTheFlag(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = ln.Close() }()
	err = run(context.Background(), []string{"-listen", ln.Addr().String()}, strings.NewReader(""), io.Discard)
	if err == nil || !strings.Contains(err.Error(), "-listen") || errors.Is(err, context.Canceled) {
		t.Errorf("error is %v", err)
	}
}
