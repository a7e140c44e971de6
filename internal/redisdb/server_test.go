package redisdb

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"
	"go.uber.org/goleak"

	"trucban/internal/chat"
)

// clock is a virtual clock tests move.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func newClock() *clock {
	return &clock{t: time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC)}
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) advance(d time.Duration) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
	return c.t
}

// server is a real redis-server in its own directory on a free loopback port.
type server struct {
	t    testing.TB
	dir  string
	port int
	args []string
	cmd  *exec.Cmd
}

// freePort asks the kernel for a port; it is closed again before it is used.
func freePort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer shut(t, l)
	return l.Addr().(*net.TCPAddr).Port
}

// startServer starts redis-server; without the binary the test is skipped with the reason, or fails where CI is set.
func startServer(t testing.TB, args ...string) *server {
	t.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("redis-server is not installed")
		}
		t.Skip("redis-server is not installed: the proof on a real server is left out")
	}
	s := &server{t: t, dir: t.TempDir(), port: freePort(t), args: args}
	s.start()
	t.Cleanup(func() { s.kill() })
	return s
}

// startSentinel starts a Sentinel that watches the master on that port under the name trucban.
func startSentinel(t testing.TB, master int) *server {
	t.Helper()
	s := &server{t: t, dir: t.TempDir(), port: freePort(t)}
	conf := filepath.Join(s.dir, "sentinel.conf")
	text := fmt.Sprintf("port %d\nbind 127.0.0.1\ndir %s\nsentinel monitor trucban 127.0.0.1 %d 2\n"+
		"sentinel down-after-milliseconds trucban 500\nsentinel failover-timeout trucban 3000\n", s.port, s.dir, master)
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s.cmd = exec.Command("redis-server", conf, "--sentinel")
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.kill)
	s.await()
	return s
}

func (s *server) addr() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(s.port)) }

func (s *server) start() {
	s.t.Helper()
	args := append([]string{
		"--port", strconv.Itoa(s.port), "--bind", "127.0.0.1", "--dir", s.dir,
		"--save", "", "--daemonize", "no", "--loglevel", "warning",
	}, s.args...)
	s.cmd = exec.Command("redis-server", args...)
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.await()
}

// await returns when the server answers.
func (s *server) await() {
	s.t.Helper()
	c := redis.NewClient(&redis.Options{Addr: s.addr(), MaxRetries: -1})
	defer shut(s.t, c)
	eventually(s.t, "redis-server answers", func() bool {
		return c.Ping(context.Background()).Err() == nil
	})
}

// kill is SIGKILL.
func (s *server) kill() {
	if s.cmd == nil || s.cmd.Process == nil {
		return
	}
	if err := s.cmd.Process.Kill(); err == nil {
		_ = s.cmd.Wait() // the signal is its exit status
	}
	s.cmd = nil
}

// quiet keeps the client's own log out of the tests' output: servers are killed on purpose.
type quiet struct{}

func (quiet) Printf(context.Context, string, ...any) {}

func TestMain(m *testing.M) {
	redis.SetLogger(quiet{})
	if os.Getenv("TRUCBAN_TEST_WORKER") != "" {
		os.Exit(work()) // this process is a replica of the kill tests
	}
	code := m.Run()
	if err := goleak.Find(); code == 0 && err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// shut closes what a test opened.
func shut(t interface {
	Helper()
	Error(args ...any)
}, c io.Closer) {
	t.Helper()
	if err := c.Close(); err != nil {
		t.Error(err)
	}
}

// eventually polls a condition outside this process, for which there is nothing to wait on.
func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	end := time.NewTimer(time.Minute)
	defer end.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-end.C:
			t.Fatalf("not within a minute: %s", what)
		}
	}
}

// both runs a test with a moved clock on miniredis and on a real server.
func both(t *testing.T, limits chat.Limits, f func(t *testing.T, db *DB, c *clock)) {
	t.Helper()
	t.Run("miniredis", func(t *testing.T) {
		m := miniredis.RunT(t)
		db, c := virtualDB(t, redis.NewClient(&redis.Options{Addr: m.Addr()}), limits)
		f(t, db, c)
	})
	t.Run("redis", func(t *testing.T) {
		s := startServer(t)
		db, c := virtualDB(t, redis.NewClient(&redis.Options{Addr: s.addr()}), limits)
		f(t, db, c)
	})
}

func virtualDB(t testing.TB, client redis.UniversalClient, limits chat.Limits) (*DB, *clock) {
	t.Helper()
	t.Cleanup(func() { shut(t, client) })
	c := newClock()
	db, err := New(Options{
		Client: client, Namespace: "test", Now: c.now, Log: zerolog.New(zerolog.NewTestWriter(t)),
		Limits: func(chat.Name) chat.Limits { return limits },
	})
	if err != nil {
		t.Fatal(err)
	}
	return db, c
}

// realDB uses the server's own clock.
func realDB(t testing.TB, addr string, limits chat.Limits) *DB {
	t.Helper()
	client := redis.NewClient(&redis.Options{Addr: addr, PoolSize: 32, DialerRetries: 1, ContextTimeoutEnabled: true})
	t.Cleanup(func() { shut(t, client) })
	db, err := New(Options{
		Client: client, Namespace: "test", Log: zerolog.Nop(),
		Limits: func(chat.Name) chat.Limits { return limits },
	})
	if err != nil {
		t.Fatal(err)
	}
	return db
}

func chatAddr(n int) chat.Address {
	return chat.Address{Platform: "local", Chat: fmt.Sprintf("c%d", n)}
}
