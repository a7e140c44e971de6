package redisdb

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"trucban/bot"
	"trucban/internal/chat"
	"trucban/internal/outbox"
)

// TestReadmeSaysWhatIsKept holds the sentence of README on what is kept, and for how long, against the code.
func TestReadmeSaysWhatIsKept(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	p := message.NewPrinter(language.English)
	for _, want := range []string{
		p.Sprintf("he last %d events and %d seals", LogLength, sealKept),
		fmt.Sprintf("seen updates %d hours", seenLife/time.Hour),
		fmt.Sprintf("cards %d days", cardLife/(24*time.Hour)),
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("README does not say %q", want)
		}
	}
}

// TestFullRedisRefusesWhole: a Redis at its bound of memory refuses a commit whole
// and is away as far as the bot is concerned, which then holds updates on its disk;
// with room again the same commit is made.
func TestFullRedisRefusesWhole(t *testing.T) {
	s := startServer(t, "--maxmemory-policy", "noeviction")
	db := realDB(t, s.addr(), chat.Limits{})
	if err := db.client.ConfigSet(t.Context(), "maxmemory", "1").Err(); err != nil {
		t.Fatal(err)
	}
	change := bot.Change{
		Seen: "local:1", Docs: []bot.Doc{doc("watch", "a", 0, `1`)}, Log: []bot.Event{{What: "x"}},
		Out: []outbox.Item{{ID: "i", To: chatAddr(1), Kind: chat.Group, Class: outbox.Reminder, Message: chat.Message{Text: "x"}}},
	}
	if err := db.Commit(t.Context(), change); !errors.Is(err, bot.ErrUnavailable) {
		t.Fatalf("a full store: %v", err)
	}
	keys, err := db.client.Keys(t.Context(), db.keys.prefix+"*").Result()
	if err != nil || len(keys) != 0 {
		t.Errorf("a refused commit left %q, %v", keys, err)
	}
	if err := db.client.ConfigSet(t.Context(), "maxmemory", "0").Err(); err != nil {
		t.Fatal(err)
	}
	mustCommit(t, db, change)
	if d := load1(t, db, "watch", "a"); string(d.Data) != "1" {
		t.Errorf("with room again: %+v", d)
	}
}
