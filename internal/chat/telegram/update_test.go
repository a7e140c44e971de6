package telegram_test

import (
	"context"
	"encoding/json"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"trucban/internal/chat"
	"trucban/internal/chat/chattest"
	"trucban/internal/chat/telegram"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// recorded is one update of the recorded session with a word about it.
type recorded struct {
	Note   string          `json:"note"`
	Update json.RawMessage `json:"update"`
}

func session(t testing.TB) []recorded {
	t.Helper()
	raw, err := os.ReadFile("testdata/session.json")
	if err != nil {
		t.Fatal(err)
	}
	var all []recorded
	if err := json.Unmarshal(raw, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestSessionFollowsTheSchema(t *testing.T) {
	for _, r := range session(t) {
		if fault := chattest.TelegramSchema().Check("Update", r.Update); fault != "" {
			t.Errorf("%s: %s", r.Note, fault)
		}
	}
}

// TestSession maps a recorded session; the golden file holds what the bot is given.
func TestSession(t *testing.T) {
	type mapped struct {
		Note   string       `json:"note"`
		Update *chat.Update `json:"update"`
	}
	room := newRoom(t, func(_ *chattest.TelegramOptions, o *telegram.Options) { o.Username = "truc_ban_bot" })
	var out []mapped
	for _, r := range session(t) {
		m := mapped{Note: r.Note}
		deliverTo(t, room.bot, r.Update, func(u chat.Update) { m.Update = &u })
		out = append(out, m)
	}
	got, err := json.MarshalIndent(out, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	const golden = "testdata/session.golden.json"
	if *update {
		if err := os.WriteFile(golden, append(got, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(strings.TrimSpace(string(want)), string(got)); d != "" {
		t.Error(d)
	}
	if p := room.bot.Health().Parked; p != 0 {
		t.Errorf("%d of the session could not be read: %s", p, room.logs)
	}
}

// deliverTo hands one raw update to the bot as its webhook takes it.
func deliverTo(t testing.TB, b *telegram.Bot, raw []byte, keep func(chat.Update)) int {
	t.Helper()
	return post(b.Webhook(func(_ context.Context, u chat.Update) error {
		keep(u)
		return nil
	}, secret), raw)
}
