package main

import (
	"context"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"trucban/bot"
)

// TestReloadTakesAllOrNothing sends SIGHUP with a file that has one fault among
// right changes: nothing of it is taken and the log names the fault; once it is
// mended, all of it is, in the running program.
func TestReloadTakesAllOrNothing(t *testing.T) {
	ignored := make(chan os.Signal, 1) // until reload listens, the signal must not end the test
	signal.Notify(ignored, syscall.SIGHUP)
	t.Cleanup(func() { signal.Stop(ignored) })
	st, _ := holdStage(t)
	town, err := os.ReadFile("testdata/phuong.yaml")
	if err != nil {
		t.Fatal(err)
	}
	path, log := filepath.Join(t.TempDir(), "town.yaml"), &logBuffer{}
	write := func(old, changed string) {
		t.Helper()
		text := strings.Replace(string(town), old, changed, 1)
		if text == string(town) {
			t.Fatalf("nothing of %q in the file", old)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	ctx, end := context.WithTimeout(t.Context(), serviceTime)
	done := make(chan struct{})
	go func() { defer close(done); reload(ctx, path, st.app, zerolog.New(log)) }()
	t.Cleanup(func() { end(); <-done })
	hup := func(says string) {
		t.Helper()
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for !strings.Contains(log.String(), says) {
			if err := syscall.Kill(os.Getpid(), syscall.SIGHUP); err != nil {
				t.Fatal(err)
			}
			select {
			case <-tick.C:
			case <-ctx.Done():
				t.Fatalf("the log never says %q: %s", says, log)
			}
		}
	}
	inForce := func() (unit string, shifts int) {
		t.Helper()
		s, err := bot.InForce(t.Context(), st.app.db, st.clock.Now())
		if err != nil {
			t.Fatal(err)
		}
		u, _ := s.Town.Org.Unit("vhxh")
		return u.Name, len(s.Shifts)
	}
	before, shifts := inForce()
	const renamed = "Phòng Văn hóa"
	write("name: Phòng Văn hóa - Xã hội, short: VH-XH, parent: hoasen", "name: "+renamed+", short: VH-XH, parent: nowhere")
	hup("nowhere")
	if name, n := inForce(); name != before || n != shifts {
		t.Errorf("a file with a fault was taken in part: %q, %d shifts", name, n)
	}
	if !strings.Contains(log.String(), "the one in force stays") {
		t.Errorf("the log does not say what is in force: %s", log)
	}
	write("name: Phòng Văn hóa - Xã hội, short", "name: "+renamed+", short")
	hup("the organisation file is applied")
	if name, n := inForce(); name != renamed || n != shifts {
		t.Errorf("the mended file is not in force: %q, %d shifts", name, n)
	}
}
