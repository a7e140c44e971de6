package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2/server"

	"trucban/internal/chat/chattest"
)

// toldRedis is a Redis that tells of itself what the test wants.
type toldRedis struct {
	version, policy, aof string
	skew                 time.Duration
}

func (r toldRedis) start(t *testing.T) (url string) {
	t.Helper()
	s, err := server.NewServer("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	info := fmt.Sprintf("redis_version:%s\r\nmaxmemory_policy:%s\r\naof_enabled:%s\r\nrole:master\r\n", r.version, r.policy, r.aof)
	for cmd, f := range map[string]server.Cmd{
		"INFO": func(c *server.Peer, _ string, _ []string) { c.WriteBulk(info) },
		"TIME": func(c *server.Peer, _ string, _ []string) {
			now := time.Now().Add(r.skew)
			c.WriteLen(2)
			c.WriteBulk(strconv.FormatInt(now.Unix(), 10))
			c.WriteBulk(strconv.Itoa(now.Nanosecond() / 1000))
		},
		"CONFIG": func(c *server.Peer, _ string, _ []string) {
			c.WriteLen(2)
			c.WriteBulk("appendfsync")
			c.WriteBulk("always")
		},
	} {
		if err := s.Register(cmd, f); err != nil {
			t.Fatal(err)
		}
	}
	return "redis://" + s.Addr().String()
}

// TestCheckNamesEachFaultAndItsMend breaks one thing after the other that the
// service needs: the check fails, the line names the fault and the next one the
// mend, no other line changes its mind, and no token is shown.
func TestCheckNamesEachFaultAndItsMend(t *testing.T) {
	good := toldRedis{version: "7.4.1", policy: "noeviction", aof: "1"}
	telegram := chattest.NewTelegram(chattest.TelegramOptions{})
	t.Cleanup(telegram.Close)
	zalo := chattest.NewZalo(chattest.ZaloOptions{})
	telegramAPI, zaloAPI := httptest.NewServer(telegram), httptest.NewServer(zalo)
	t.Cleanup(telegramAPI.Close)
	t.Cleanup(zaloAPI.Close)
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("name: X\nunits:\n  - {id: a, name: A, parent: nowhere}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	zone := filepath.Join(t.TempDir(), "zone.yaml")
	if err := os.WriteFile(zone, []byte("name: X\ntimezone: Europe/Berlin\nunits:\n  - {id: a, name: A}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	const wrong = "987654321:AAanother-token-nobody-knows-here-x"
	for _, c := range []struct {
		name string
		set  map[string]string
		told toldRedis
		says []string // nothing: all is well
	}{
		{"all is well", nil, good, nil},
		{"a wrong Telegram token", map[string]string{"TRUCBAN_TELEGRAM_TOKEN": wrong}, good, []string{"FAIL telegram", "BotFather"}},
		{"a wrong Zalo token", map[string]string{"TRUCBAN_ZALO_TOKEN": wrong}, good, []string{"FAIL zalo", "Zalo Bot Creator"}},
		{"a blocked platform", map[string]string{"TRUCBAN_TELEGRAM_API": "http://127.0.0.1:1"}, good, []string{"FAIL telegram", "relay"}},
		{"an old Redis", nil, toldRedis{version: "5.0.7", policy: "noeviction", aof: "1"}, []string{"FAIL redis", "5.0.7", "install Redis 7"}},
		{"a Redis that drops keys", nil, toldRedis{version: "7.4.1", policy: "allkeys-lru", aof: "1"}, []string{"FAIL redis", "allkeys-lru", "noeviction"}},
		{"a Redis that keeps nothing", nil, toldRedis{version: "7.4.1", policy: "noeviction", aof: "0"}, []string{"FAIL redis", "--appendonly yes"}},
		{"no Redis", map[string]string{"TRUCBAN_REDIS_URL": "redis://127.0.0.1:1"}, good, []string{"FAIL redis", "cannot be reached", "start Redis 7"}},
		{"another clock", nil, toldRedis{version: "7.4.1", policy: "noeviction", aof: "1", skew: time.Hour}, []string{"FAIL clock", "off Redis's clock", "chrony"}},
		{"a wrong organisation file", map[string]string{"TRUCBAN_TOWN": file}, good, []string{"FAIL organisation", "nowhere", "mend the lines named"}},
		{"a wrong time zone", map[string]string{"TRUCBAN_TOWN": zone}, good, []string{"FAIL organisation", "line 2", "Asia/Ho_Chi_Minh"}},
		{"no such organisation file", map[string]string{"TRUCBAN_TOWN": file + ".yaml"}, good, []string{"FAIL settings", "TRUCBAN_TOWN", "can be read"}},
		{"a data folder that cannot be", map[string]string{"TRUCBAN_DATA": filepath.Join(file, "data")}, good, []string{"FAIL data folder", "writable"}},
		{"a wrong setting", map[string]string{"TRUCBAN_NAMESPACE": "a b"}, good, []string{"FAIL settings", "TRUCBAN_NAMESPACE", "table of settings"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for name, value := range map[string]string{
				"TRUCBAN_TELEGRAM_TOKEN": telegram.Token(), "TRUCBAN_TELEGRAM_API": telegramAPI.URL, "TRUCBAN_ZALO_TOKEN": zalo.Token(), "TRUCBAN_ZALO_API": zaloAPI.URL,
				"TRUCBAN_REDIS_URL": c.told.start(t), "TRUCBAN_DATA": t.TempDir(), "TRUCBAN_TOWN": "sample/town.yaml",
			} {
				if v, ok := c.set[name]; ok {
					value = v
				}
				t.Setenv(name, value)
			}
			if v, ok := c.set["TRUCBAN_NAMESPACE"]; ok {
				t.Setenv("TRUCBAN_NAMESPACE", v)
			}
			code, out := tool(t, "check")
			wantFails := min(len(c.says), 1)
			if n := strings.Count(out, "FAIL"); n != wantFails || (code == 0) != (wantFails == 0) {
				t.Errorf("%d faults, exit code %d:\n%s", n, code, out)
			}
			for _, w := range c.says {
				if !strings.Contains(out, w) {
					t.Errorf("nothing of %q in:\n%s", w, out)
				}
			}
			if wantFails == 1 && !strings.Contains(out, "mend: ") {
				t.Errorf("no mend:\n%s", out)
			}
			for _, secret := range []string{telegram.Token(), zalo.Token(), wrong, strings.SplitN(wrong, ":", 2)[1]} {
				if strings.Contains(out, secret) {
					t.Errorf("a token is shown:\n%s", out)
				}
			}
		})
	}
}

// TestCheckAsksForSpace: a disk with too little room for held updates is named.
func TestCheckAsksForSpace(t *testing.T) {
	if f := enoughSpace("data", leastFree-1); f.ok || !strings.Contains(f.is, "511 MB free") || f.mend == "" {
		t.Errorf("too little space: %+v", f)
	}
	if f := enoughSpace("data", leastFree); !f.ok {
		t.Errorf("enough space: %+v", f)
	}
}

// TestHealthAsks: alive is 0, anything else is 1 with a word.
func TestHealthAsks(t *testing.T) {
	status := http.StatusOK
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }))
	t.Cleanup(srv.Close)
	if code, out := tool(t, "health", "--url", srv.URL); code != 0 || !strings.Contains(out, "alive") {
		t.Errorf("alive: %d %s", code, out)
	}
	status = http.StatusServiceUnavailable
	if code, out := tool(t, "health", "--url", srv.URL); code != exitFault || !strings.Contains(out, "503") {
		t.Errorf("ill: %d %s", code, out)
	}
	t.Setenv("TRUCBAN_LISTEN", strings.TrimPrefix(srv.URL, "http://"))
	status = http.StatusOK
	if code, out := tool(t, "health"); code != 0 {
		t.Errorf("asked by the settings: %d %s", code, out)
	}
	srv.Close()
	if code, out := tool(t, "health"); code != exitFault || !strings.Contains(out, "does not answer") {
		t.Errorf("dead: %d %s", code, out)
	}
}

// answering lets a command read these lines as its input.
func answering(t *testing.T, lines string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "answers")
	if err := os.WriteFile(path, []byte(lines), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	was := os.Stdin
	os.Stdin = f
	t.Cleanup(func() { os.Stdin = was; _ = f.Close() })
}

// TestInit writes the two files by flags and by five answers: the same both times,
// right in the eyes of the check, secrets for the owner only, and never over what stands there.
func TestInit(t *testing.T) {
	byFlags, byAnswers := t.TempDir(), t.TempDir()
	const office, units, desk, token = `UBND phường "Hoa Sen": #1`, "Phòng Văn hóa - Xã hội,Văn phòng,Văn phòng", "Lê Thu Hương", "123456789:AAE-abc"
	if code, out := tool(t, "init", "--dir", byFlags, "--name", office, "--units", units, "--desk", desk, "--telegram", token, "--zalo", "1:z"); code != 0 || !strings.Contains(out, "trucban check") || strings.Contains(out, token) {
		t.Fatalf("by flags: %d\n%s", code, out)
	}
	answering(t, strings.Join([]string{office, desk, token, "1:z", units}, "\n")+"\n")
	code, out := tool(t, "init", "--dir", byAnswers)
	if code != 0 || strings.Count(out, ": ") < 5 {
		t.Fatalf("by answers: %d\n%s", code, out)
	}
	for _, name := range []string{"town.yaml", ".env"} {
		a, err := os.ReadFile(filepath.Join(byFlags, name))
		if err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(filepath.Join(byAnswers, name))
		if err != nil || string(a) != string(b) {
			t.Errorf("%s differs (%v):\n%s\n%s", name, err, a, b)
		}
	}
	s, err := readTown(filepath.Join(byFlags, "town.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if s.Town.Org.Name != office || len(s.Town.Org.Units) != 4 || len(s.Town.Org.Members) != 1 || s.Town.Org.Members[0].Name != desk {
		t.Errorf("read back as %+v", s.Town.Org)
	}
	if info, err := os.Stat(filepath.Join(byFlags, ".env")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the settings can be read by others: %v, %v", info.Mode(), err)
	}
	if code, out := tool(t, "init", "--dir", byFlags, "--name", office, "--units", units, "--desk", desk, "--telegram", token, "--zalo", "1:z"); code != exitUsage || !strings.Contains(out, "exists already") {
		t.Errorf("over what stands there: %d\n%s", code, out)
	}
	answering(t, "\n")
	if code, out := tool(t, "init", "--dir", t.TempDir()); code != exitUsage || !strings.Contains(out, "an answer is needed") {
		t.Errorf("without an answer: %d\n%s", code, out)
	}
}
