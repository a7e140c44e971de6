package main

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"trucban/internal/chat"
	"trucban/internal/chat/local"
	"trucban/messages"
)

func newWatcher(t *testing.T, st *stage, door rawDoor, path string) *watcher {
	t.Helper()
	texts, err := messages.Load()
	if err != nil {
		t.Fatal(err)
	}
	w := &watcher{
		db: st.app.db, texts: texts, log: zerolog.Nop(), now: st.clock.Now, path: path,
		senders: map[chat.Name]chat.Sender{"local": door}, healthy: func(context.Context) error { return nil },
	}
	if err := w.load(); err != nil {
		t.Fatal(err)
	}
	return w
}

// TestWatcherSpeaksOnce lets a bot fall silent, hang and lose its store: the leaders
// are told three minutes later, once, also when the watcher starts anew or its word
// does not go out at first; and they get one all-clear.
func TestWatcherSpeaksOnce(t *testing.T) {
	st, door := holdStage(t)
	ctx, path := t.Context(), filepath.Join(t.TempDir(), "watch.json")
	w := newWatcher(t, st, door, path)
	minutes := func(n int, beating bool) {
		t.Helper()
		for range n * 4 {
			if beating {
				st.app.beat(ctx)
			}
			_ = w.step(ctx) // a gap is the subject of this test
			st.clock.Set(st.clock.Now().Add(watchEvery))
		}
	}
	want := func(silent, back int) {
		t.Helper()
		got := texts(door.Platform, "lanhdao")
		if holding(got, "ngừng hoạt động") != silent || holding(got, "hoạt động trở lại") != back {
			t.Fatalf("want %d alarms and %d all-clears: %q", silent, back, got)
		}
	}
	minutes(10, true)
	want(0, 0)
	minutes(2, false)
	want(0, 0)
	minutes(5, false)
	want(1, 0)
	w = newWatcher(t, st, door, path)
	minutes(10, false)
	want(1, 0)
	minutes(5, true)
	want(1, 1)
	if n := holding(texts(door.Platform, "lanhdao"), "(chương trình treo)"); n != 1 {
		t.Errorf("%d words about a program that hangs", n)
	}

	w.healthy = func(context.Context) error { return errors.New("nobody there") }
	if err := door.Break("lanhdao", local.Fault{Kind: local.FaultDown, Times: 3}); err != nil {
		t.Fatal(err)
	}
	minutes(6, false)
	want(2, 1)
	minutes(1, true)
	want(2, 2)

	if err := st.Do(ctx, "redis", []string{"down"}); err != nil {
		t.Fatal(err)
	}
	minutes(5, true)
	want(3, 2)
	if n := holding(texts(door.Platform, "lanhdao"), "(mất kho dữ liệu)"); n != 1 {
		t.Errorf("%d words about the store", n)
	}
	if err := st.Do(ctx, "redis", []string{"up"}); err != nil {
		t.Fatal(err)
	}
	minutes(1, true)
	want(3, 3)
}

// TestPulse: a loop that asks for no work for a minute stops the beat and the heartbeat.
func TestPulse(t *testing.T) {
	st, _ := holdStage(t)
	ctx := t.Context()
	var asked atomic.Int32
	dead := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	t.Cleanup(dead.Close)
	st.app.parts.Heartbeat = dead.URL
	now := time.Date(2027, 2, 5, 9, 0, 0, 0, time.UTC)
	st.app.pulse.now = func() time.Time { return now }
	if err := st.Settle(ctx); err != nil {
		t.Fatal(err)
	}
	st.app.heartbeat(ctx)
	if n := asked.Load(); n != 1 {
		t.Fatalf("the heartbeat was asked %d times", n)
	}
	st.app.beat(ctx)
	first, _, err := st.app.db.LastBeat(ctx)
	if err != nil || first.IsZero() {
		t.Fatalf("beat %v, %v", first, err)
	}
	now = now.Add(2 * loopSilent)
	st.app.pulse.mark("due") // one loop goes round, the other hangs
	st.clock.Set(st.clock.Now().Add(time.Minute))
	st.app.beat(ctx)
	st.app.heartbeat(ctx)
	if last, _, err := st.app.db.LastBeat(ctx); err != nil || !last.Equal(first) || asked.Load() != 1 {
		t.Errorf("a bot that hangs beats: %v, %v, asked %d times", last, err, asked.Load())
	}
}
