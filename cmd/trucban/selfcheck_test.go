package main

import (
	"strings"
	"testing"
	"time"

	"trucban/internal/chat/local"
)

// texts are the messages of a chat.
func texts(door *local.Platform, id string) []string {
	var out []string
	for _, m := range door.Messages(id) {
		out = append(out, m.Text)
	}
	return out
}

func holding(list []string, words string) (n int) {
	for _, s := range list {
		if strings.Contains(s, words) {
			n++
		}
	}
	return n
}

// TestSweepTellsTheDesk takes a shift's alarm off the clock behind the bot's back:
// the look through the open matters puts it back and tells the desk once.
func TestSweepTellsTheDesk(t *testing.T) {
	st, door := holdStage(t)
	ctx := t.Context()
	due, err := st.mem.server.ZMembers("{trial}:due")
	if err != nil || len(due) == 0 {
		t.Fatalf("no alarms: %v", err)
	}
	for _, key := range due {
		if _, err := st.mem.server.ZRem("{trial}:due", key); err != nil {
			t.Fatal(err)
		}
	}
	s := &sweeper{app: st.app}
	for range 2 {
		if err := s.step(ctx); err != nil {
			t.Fatal(err)
		}
		if err := st.Settle(ctx); err != nil {
			t.Fatal(err)
		}
	}
	got := texts(door.Platform, "huong")
	if n := holding(got, "Tự kiểm tra"); n != 1 || holding(got, "ca trực Phòng Văn hóa - Xã hội, Ca đêm") != 1 {
		t.Fatalf("the desk was told %d times, want once with the shift: %q", n, got)
	}
	if err := st.AdvanceTo(ctx, time.Date(2027, 2, 5, 12, 20, 0, 0, time.UTC)); err != nil {
		t.Fatal(err)
	}
	if n := holding(texts(door.Platform, "vhxh"), "chưa điểm danh"); n != 1 {
		t.Errorf("the shift whose alarm was lost was asked for %d times, want once: %q", n, texts(door.Platform, "vhxh"))
	}
}

// TestDaySealIsPosted posts the newest link of the chain to the leaders each evening.
func TestDaySealIsPosted(t *testing.T) {
	st, door := holdStage(t)
	ctx := t.Context()
	st.parts.Seals = true
	for range 2 { // a second start plans nothing twice
		if err := st.Restart(ctx); err != nil {
			t.Fatal(err)
		}
	}
	if err := st.AdvanceTo(ctx, time.Date(2027, 2, 5, 14, 0, 0, 0, time.UTC)); err != nil {
		t.Fatal(err)
	}
	head, err := st.app.db.SealHead(ctx)
	if err != nil || head == "" {
		t.Fatalf("no seal: %v", err)
	}
	if err := st.AdvanceTo(ctx, time.Date(2027, 2, 6, 13, 59, 0, 0, time.UTC)); err != nil {
		t.Fatal(err)
	}
	got := texts(door.Platform, "lanhdao")
	if holding(got, "Niêm nhật ký") != 1 || holding(got, head) != 1 {
		t.Errorf("the leaders have no seal of the day: %q", got)
	}
	if err := st.AdvanceTo(ctx, time.Date(2027, 2, 6, 14, 1, 0, 0, time.UTC)); err != nil {
		t.Fatal(err)
	}
	if n := holding(texts(door.Platform, "lanhdao"), "Niêm nhật ký"); n != 2 {
		t.Errorf("%d seals after the second evening", n)
	}
}

// TestRefusedTokenIsTold tells the desk that a platform no longer takes the bot's token.
func TestRefusedTokenIsTold(t *testing.T) {
	st, door := holdStage(t)
	ctx := t.Context()
	if err := door.Break("vhxh", local.Fault{Kind: local.FaultToken, Times: 1}); err != nil {
		t.Fatal(err)
	}
	if err := st.AdvanceTo(ctx, time.Date(2027, 2, 5, 12, 5, 0, 0, time.UTC)); err != nil {
		t.Fatal(err)
	}
	if n := holding(texts(door.Platform, "huong"), "không còn nhận mã truy cập"); n != 1 {
		t.Errorf("the desk was told %d times: %q", n, texts(door.Platform, "huong"))
	}
}

// TestRedisOptions reads the forms of the address; a Sentinel group has every commit on a copy before it counts.
func TestRedisOptions(t *testing.T) {
	for _, c := range []struct {
		url           string
		addrs, copies int
		master        string
		cluster       bool
	}{
		{"redis://127.0.0.1:6379/0", 1, 0, "", false},
		{"redis://a:26379,b:26379,c:26379?master_name=trucban", 3, 1, "trucban", false},
		{"rediss://user:pw@a:6379,b:6379?cluster=true", 2, 0, "", true},
	} {
		o, err := redisOptions(c.url)
		if err != nil {
			t.Fatal(err)
		}
		if len(o.Addrs) != c.addrs || replicas(o) != c.copies || o.MasterName != c.master || o.IsClusterMode != c.cluster {
			t.Errorf("%s: %d addresses, %d copies, master %q, cluster %v", c.url, len(o.Addrs), replicas(o), o.MasterName, o.IsClusterMode)
		}
		if !o.ContextTimeoutEnabled || o.DialerRetries != 1 {
			t.Errorf("%s: a call may outlast its context", c.url)
		}
	}
}
