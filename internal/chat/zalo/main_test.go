package zalo_test

import (
	"bytes"
	"context"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"go.uber.org/goleak"

	"trucban/internal/chat"
	"trucban/internal/chat/chattest"
	"trucban/internal/chat/zalo"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// noon is the fake's clock unless a test moves it.
var noon = time.Date(2027, 2, 6, 5, 0, 0, 0, time.UTC)

// door is a bot on a fake, with what it logged.
type door struct {
	*zalo.Bot
	fake *chattest.Zalo
	url  string
	log  *logBuffer
}

// open starts a fake and a bot on it; change may alter the bot's options.
func open(t *testing.T, change func(*zalo.Options)) door {
	t.Helper()
	fake := chattest.NewZalo(chattest.ZaloOptions{Now: func() time.Time { return noon }})
	srv := httptest.NewServer(fake)
	t.Cleanup(srv.Close)
	return openOn(t, fake, srv.URL, change)
}

func openOn(t *testing.T, fake *chattest.Zalo, url string, change func(*zalo.Options)) door {
	t.Helper()
	log := &logBuffer{}
	o := zalo.Options{
		Token: fake.Token(), API: url, Names: []string{fake.Name()},
		Now: func() time.Time { return noon }, Log: zerolog.New(log),
		Pause: func(context.Context, time.Duration) {},
	}
	if change != nil {
		change(&o)
	}
	b, err := zalo.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return door{b, fake, url, log}
}

func to(id string) chat.Address { return chat.Address{Platform: zalo.Platform, Chat: id} }

// within bounds a test that waits for something on another goroutine.
func within(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

type logBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
