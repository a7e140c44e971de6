package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"

	"trucban/bot"
	"trucban/internal/redisdb"
)

// tool runs one command line and returns its exit code and what it wrote.
func tool(t *testing.T, args ...string) (int, string) {
	t.Helper()
	var out bytes.Buffer
	code := run(t.Context(), args, &out, &out)
	return code, out.String()
}

// storeTools points the tools at a real server.
func storeTools(t *testing.T) *redisdb.DB {
	t.Helper()
	addr := startRedis(t).addr
	t.Setenv("TRUCBAN_REDIS_URL", "redis://"+addr)
	t.Setenv("TRUCBAN_NAMESPACE", "xa")
	t.Setenv("TRUCBAN_BACKUP_KEY", "một câu dài để ký")
	client := redis.NewClient(&redis.Options{Addr: addr})
	t.Cleanup(func() { _ = client.Close() })
	db, err := redisdb.New(redisdb.Options{Client: client, Namespace: "xa", Log: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// TestStoreTools backs up, restores and verifies by the command line, and says what is wrong.
func TestStoreTools(t *testing.T) {
	db := storeTools(t)
	ctx := t.Context()
	for range 3 {
		if err := db.Commit(ctx, bot.Change{Log: []bot.Event{{What: "checkin", Subject: bot.Ref{Kind: "watch", ID: "1"}}}}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := db.Seal(ctx); err != nil {
		t.Fatal(err)
	}
	head, err := db.SealHead(ctx)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "xa.backup")
	for _, c := range []struct {
		code int
		says string
		args []string
	}{
		{0, "3 events under 1 seals are as they were sealed", []string{"audit", "verify"}},
		{0, head, []string{"audit", "verify", "--head", head}},
		{1, "THE LOG WAS REMADE", []string{"audit", "verify", "--head", strings.Repeat("0", 64)}},
		{0, "keys of xa", []string{"backup", file}},
		{2, "exists already", []string{"backup", file}},
		{2, "is not empty", []string{"restore", file}},
		{0, "are in xa2", []string{"restore", file, "--into", "xa2"}},
		{2, "is not empty", []string{"restore", file, "--into", "xa2"}},
		{2, "namespace \"X A\"", []string{"restore", file, "--into", "X A"}},
	} {
		if code, out := tool(t, c.args...); code != c.code || !strings.Contains(out, c.says) {
			t.Errorf("%s: exit code %d, want %d with %q:\n%s", strings.Join(c.args, " "), code, c.code, c.says, out)
		}
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the backup can be read by others: %v, %v", info.Mode(), err)
	}
	t.Setenv("TRUCBAN_NAMESPACE", "xa2")
	if code, out := tool(t, "audit", "verify", "--head", head); code != 0 {
		t.Errorf("the restored log: exit code %d\n%s", code, out)
	}
	t.Setenv("TRUCBAN_BACKUP_KEY", "")
	if code, out := tool(t, "backup", file+"2"); code != 2 || !strings.Contains(out, "TRUCBAN_BACKUP_KEY") {
		t.Errorf("without a passphrase: exit code %d\n%s", code, out)
	}
}
