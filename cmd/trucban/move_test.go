package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"
)

// TestACampaignMovesToAnotherTown backs up a ward in the middle of a shift with an
// incident open, kills its server, restores it on another one under another name
// and starts the program there: who checked in is known, the incident goes on, no
// card is sent again, and no key bears the old name.
func TestACampaignMovesToAnotherTown(t *testing.T) {
	o := newOutage(t)
	o.answers("an", "vhxh", "/ondanh", "Nguyễn Văn An điểm danh")
	o.answers("hoa", "vhxh", "/suco trang tin bị đổi giao diện", "Đã nhận báo sự cố SC-")
	o.until("the card of the incident", func() bool { return o.holding("lanhdao", "Thay đổi giao diện") > 0 })
	o.stop()

	file := filepath.Join(t.TempDir(), "phuong.backup")
	t.Setenv("TRUCBAN_REDIS_URL", "redis://"+o.redis.addr)
	t.Setenv("TRUCBAN_NAMESPACE", "outage")
	t.Setenv("TRUCBAN_BACKUP_KEY", "một câu dài để ký")
	if code, out := tool(t, "backup", file); code != 0 {
		t.Fatalf("backup: %s", out)
	}
	o.redis.kill()
	there := startRedis(t)
	t.Setenv("TRUCBAN_REDIS_URL", "redis://"+there.addr)
	if code, out := tool(t, "restore", file, "--into", "xa-moi"); code != 0 || !strings.Contains(out, "xa-moi") {
		t.Fatalf("restore: %s", out)
	}
	client := redis.NewClient(&redis.Options{Addr: there.addr, MaxRetries: -1})
	t.Cleanup(func() { _ = client.Close() })
	o.parts.Redis, o.parts.Namespace, o.parts.Setup, o.parts.Data = client, "xa-moi", nil, t.TempDir()
	cards := o.holding("lanhdao", "Thay đổi giao diện")
	o.run()
	o.answers("binh", "vhxh", "/aitruc", "Nguyễn Văn An", "điểm danh")
	o.answers("hoa", "vhxh", "/dssuco", "SC-", "Sự cố đang mở: 1")
	o.answers("hoa", "vhxh", "/tiepnhan", "Đã tiếp nhận")
	if n := o.holding("lanhdao", "Thay đổi giao diện"); n != cards {
		t.Errorf("the leaders have %d cards of one incident, they had %d", n, cards)
	}
	keys, err := client.Keys(t.Context(), "*").Result()
	if err != nil || len(keys) == 0 {
		t.Fatal(err)
	}
	for _, k := range keys {
		if !strings.HasPrefix(k, "{xa-moi}:") {
			t.Errorf("the restored data holds a key of the old name: %q", k)
		}
	}
}
