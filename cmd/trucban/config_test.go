package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"trucban/bot"
)

func env(m map[string]string) func(string) string { return func(k string) string { return m[k] } }

func TestEveryFaultOfTheSettingsIsListedAtOnce(t *testing.T) {
	_, err := readConfig(env(map[string]string{
		"TRUCBAN_TELEGRAM_TOKEN": "SECRETTOKEN", "TRUCBAN_TELEGRAM_API": "api.telegram.org", "TRUCBAN_REDIS_URL": "http://user:SECRETPASS@host",
		"TRUCBAN_NAMESPACE": "Bad Name", "TRUCBAN_LISTEN": "8080", "TRUCBAN_TOWN": "/does/not/exist.yaml",
	}))
	if err == nil {
		t.Fatal("wrong settings were taken")
	}
	for _, name := range []string{"TELEGRAM_TOKEN", "TELEGRAM_API", "REDIS_URL", "NAMESPACE", "LISTEN", "TOWN"} {
		if !strings.Contains(err.Error(), "TRUCBAN_"+name) {
			t.Errorf("nothing is said of %s in: %v", name, err)
		}
	}
	if strings.Contains(err.Error(), "SECRET") {
		t.Errorf("a secret is printed: %v", err)
	}
	if got := strings.Count(err.Error(), "for example"); got < 6 {
		t.Errorf("%d of 6 faults show what a right value looks like", got)
	}
}

func TestSecretsComeFromFilesAndNeverPrint(t *testing.T) {
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte("123456789:AAEsecretsecretsecretsecret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := readConfig(env(map[string]string{"TRUCBAN_TELEGRAM_TOKEN_FILE": file, "TRUCBAN_REDIS_URL": "redis://u:hunter2@localhost:6379/1"}))
	if err != nil {
		t.Fatal(err)
	}
	if c.TelegramToken != "123456789:AAEsecretsecretsecretsecret" || c.Namespace != "trucban" || c.TelegramAPI != "https://api.telegram.org" {
		t.Errorf("read as %+v", c)
	}
	if s := fmt.Sprintf("%v %+v %s", c, c, c.TelegramToken); strings.Contains(s, "secret") && strings.Contains(s, "AAE") || strings.Contains(s, "hunter2") {
		t.Errorf("a secret prints: %s", s)
	}
	_, err = readConfig(env(map[string]string{"TRUCBAN_TELEGRAM_TOKEN_FILE": file, "TRUCBAN_TELEGRAM_TOKEN": "123456789:AAEsecretsecretsecretsecret"}))
	if err == nil || !strings.Contains(err.Error(), "both set") {
		t.Errorf("two tokens: %v", err)
	}
}

func TestNoDoorIsAFault(t *testing.T) {
	_, err := readConfig(env(nil))
	if err == nil || !strings.Contains(err.Error(), "TRUCBAN_TELEGRAM_TOKEN") {
		t.Errorf("no token at all: %v", err)
	}
}

func TestRedisAddresses(t *testing.T) {
	for _, c := range []struct {
		url, master string
		addrs       int
		tls, ok     bool
	}{
		{"redis://127.0.0.1:6379/2", "", 1, false, true},
		{"rediss://u:p@redis.example.vn:6380/0", "", 1, true, true},
		{"redis://s1:26379,s2:26379,s3:26379?master_name=duty", "duty", 3, false, true},
		{"redis://a:7000,b:7001?cluster=true", "", 2, false, true},
		{"http://x", "", 0, false, false},
	} {
		o, err := redisOptions(c.url)
		if (err == nil) != c.ok {
			t.Errorf("%s: %v", c.url, err)
			continue
		}
		if c.ok && (len(o.Addrs) != c.addrs || o.MasterName != c.master || (o.TLSConfig != nil) != c.tls) {
			t.Errorf("%s: %+v", c.url, o)
		}
	}
}

func TestTownFaultsHaveLines(t *testing.T) {
	_, err := parseTown([]byte(`name: X
units:
  - {id: a, name: A}
  - {id: b, name: B, parent: nowhere, chats: {telegram: -1001}}
  - {id: c, name: C, parent: a, chats: {telegram: "-1001"}}
people:
  - {id: p, name: Ông P, unit: z, roles: [king], phone: "12"}
digest: ["every day"]
shifts:
  - {unit: a, start: tomorrow, end: 2027-02-05 19:00}
`))
	if err == nil {
		t.Fatal("a wrong file was taken")
	}
	for _, want := range []string{"nowhere", "-1001", "king", "line 7", "line 8", "line 10", "phone"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("nothing of %q in:\n%v", want, err)
		}
	}
	if _, err := parseTown([]byte("units:\n  - {id: a, ten: A}\n")); err == nil || !strings.Contains(err.Error(), "ten") {
		t.Errorf("a misspelt key: %v", err)
	}
}

func TestRosterFileBesideTheTownFile(t *testing.T) {
	dir := t.TempDir()
	town := filepath.Join(dir, "town.yaml")
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("town.yaml", "name: X\nunits:\n  - {id: a, name: Phòng A}\npeople:\n  - {id: p, name: Nguyễn Văn An, unit: a}\nrosters: [{file: lich.csv, unit: a}]\n")
	write("lich.csv", "Ngày;Ca;Cán bộ trực\n06/02/2027;07h00-19h00;Nguyễn Văn An\n07/02/2027;07h00-19h00;Nguyễn Văn An\n")
	s, err := readTown(town)
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Shifts) != 2 || !s.Shifts[0].Has("p") || s.Shifts[0].Unit != "a" {
		t.Errorf("read as %+v", s.Shifts)
	}
	write("lich.csv", "Ngày;Ca;Cán bộ trực\n06/02/2027;07h00-19h00;Trần Thị Lạ\n")
	changed, err := readTown(town)
	if err == nil || !strings.Contains(err.Error(), "Trần Thị Lạ") {
		t.Errorf("an unknown name: %v", err)
	}
	if changed.Town.Rev == s.Town.Rev {
		t.Error("a changed roster file has the same revision")
	}
}

func TestLongFlagsTakeOneDash(t *testing.T) {
	code, out, errOut := runMain(t, "dispatch", "-json", "sample/dispatch.txt")
	if code != 0 || !strings.HasPrefix(out, "{") {
		t.Errorf("exit %d: %s", code, errOut)
	}
}

func TestSampleTownIsValid(t *testing.T) {
	s, err := parseTown(sampleTownFile)
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Town.Org.Units) < 4 || len(s.Rooms) < 5 || s.Rooms[0].Purpose != bot.ForLeaders {
		t.Errorf("read as %d units, %d rooms", len(s.Town.Org.Units), len(s.Rooms))
	}
}

func runMain(t *testing.T, args ...string) (code int, out, errOut string) {
	t.Helper()
	var o, e bytes.Buffer
	code = run(t.Context(), args, &o, &e)
	return code, o.String(), e.String()
}

func TestDispatchPrintsTheContract(t *testing.T) {
	code, out, errOut := runMain(t, "dispatch", "--json", "sample/dispatch.txt")
	if code != 0 {
		t.Fatalf("exit %d: %s", code, errOut)
	}
	var d map[string]json.RawMessage
	if err := json.Unmarshal([]byte(out), &d); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"document", "groups", "cited", "contacts", "windows", "report_times", "mended", "warnings"} {
		if _, ok := d[key]; !ok {
			t.Errorf("the key %q is missing", key)
		}
	}
}

func TestLostLettersAreRefused(t *testing.T) {
	file := filepath.Join(t.TempDir(), "lost.txt")
	text := "  Y BAN NHÂN DÂN T NH\nS : 12/UBND-KTTH\nKính g i: Các s , ban ngành,   n v  thu c UBND t nh.\n" +
		strings.Repeat("Hai là, phân công tr c lãnh   o, tr c   a bàn, tr c b o v  c  quan 24/24 gi  trong nh ng ngày ngh  T t.\n", 6)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	code, out, errOut := runMain(t, "dispatch", file)
	if code != exitUsage || out != "" || !strings.Contains(errOut, "mất dấu") {
		t.Errorf("exit %d, out %q, err %q", code, out, errOut)
	}
}

func TestWrongUseExitsWith2(t *testing.T) {
	for _, args := range [][]string{{"nonsense"}, {"dispatch"}, {"demo", "--listen", "999.1.1.1:1"}, {"demo", "--play", "/no/such/file"}} {
		if code, _, errOut := runMain(t, args...); code != exitUsage || errOut == "" {
			t.Errorf("%v: exit %d, %q", args, code, errOut)
		}
	}
}
