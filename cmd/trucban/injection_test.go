package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"trucban/internal/chat"
	"trucban/internal/chat/local"
)

// smuggled is what somebody types to forge a line of the log, to colour a
// terminal, to turn a name around and to hide words: "zqmat" stands for a secret.
const smuggled = "zqmat\r\n{\"level\":\"error\",\"message\":\"forged\"}\x1b[31m\"\\\u202e\u200b\u2063tin mật\u2063\u2066"

// hostileStage is the program with a group and a person of hostile names; all it logs goes to the buffer.
func hostileStage(t *testing.T) (*stage, *logBuffer) {
	t.Helper()
	clock := local.NewStill(time.Date(2027, 2, 5, 11, 30, 0, 0, time.UTC))
	door := local.New(local.Options{Clock: clock})
	setup, err := readTown("testdata/phuong.yaml")
	if err != nil {
		t.Fatal(err)
	}
	log := &logBuffer{}
	st, err := newStage(t.Context(), clock, door, &setup, zerolog.New(log).Level(zerolog.DebugLevel))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	door.AddPerson(local.Person{ID: "la", Name: smuggled})
	if err := door.AddChat(local.Chat{ID: "nhomla", Kind: chat.Group, Title: smuggled, Members: []string{"la", "an", "hoa", "huong"}}); err != nil {
		t.Fatal(err)
	}
	if err := door.AddChat(local.Chat{ID: "la", Kind: chat.Private, Title: smuggled, Members: []string{"la"}}); err != nil {
		t.Fatal(err)
	}
	return st, log
}

// TestNothingTypedReachesTheLog types hostile words behind every command, as
// names, titles, files and buttons, with the store there and away and with a
// platform that refuses: every line of the log is one JSON object of our own, and
// none holds a word of what was typed.
func TestNothingTypedReachesTheLog(t *testing.T) {
	st, log := hostileStage(t)
	ctx, n := t.Context(), 0
	take := func(u chat.Update) {
		t.Helper()
		n++
		u.ID, u.SentAt = fmt.Sprintf("local:hostile:%d", n), st.clock.Now()
		u.From.Platform, u.To.Platform = "local", "local"
		if u.Event == "" {
			u.Event = chat.EventMessage
		}
		if err := st.app.Handle(ctx, u); err != nil {
			t.Fatal(err)
		}
		st.clock.Set(st.clock.Now().Add(3 * time.Second)) // a pace nobody is refused for
	}
	everything := func() {
		t.Helper()
		for i, ref := range st.app.bot.Reference("vi") {
			for _, who := range []struct{ id, room string }{{"huong", "huong"}, {"hoa", "vhxh"}} {
				u := chat.Update{From: chat.Account{ID: who.id, Name: smuggled}, To: chat.Address{Chat: who.room}, Kind: chat.Group, Title: smuggled}
				if who.id == who.room {
					u.Kind = chat.Private
				}
				u.Text = "/" + strings.TrimPrefix(ref.Command, "/") + " " + smuggled
				take(u)
				if i%6 > 0 {
					continue
				}
				u.Text, u.ReplyTo = smuggled, &chat.Quote{Message: "1", From: smuggled, Text: smuggled, FromBot: true}
				take(u)
			}
		}
		for _, act := range []string{smuggled, "1:in:" + smuggled, "1:ack:" + smuggled, "1:yes:" + smuggled + ":x"} {
			take(chat.Update{Event: chat.EventPress, Action: act, From: chat.Account{ID: "an", Name: smuggled}, To: chat.Address{Chat: "vhxh"}, Kind: chat.Group, Message: smuggled})
		}
		file := &chat.File{ID: "f\r\n\x1b[31m\"", Name: smuggled, MIME: smuggled, Size: 10}
		for _, text := range []string{"/naplich vhxh", "/vanban", "/suco " + smuggled, smuggled} {
			take(chat.Update{Text: text, File: file, From: chat.Account{ID: "huong", Name: smuggled}, To: chat.Address{Chat: "huong"}, Kind: chat.Private})
		}
	}
	everything()
	if err := st.door.Break("vhxh", local.Fault{Kind: local.FaultDown, Times: 5}); err != nil {
		t.Fatal(err)
	}
	if err := st.Settle(ctx); err != nil {
		t.Fatal(err)
	}
	if err := st.AdvanceTo(ctx, st.clock.Now().Add(2*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if err := st.Do(ctx, "redis", []string{"down"}); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{smuggled, "/suco " + smuggled, "/hotline " + smuggled} {
		take(chat.Update{Text: text, From: chat.Account{ID: "la", Name: smuggled}, To: chat.Address{Chat: "la"}, Kind: chat.Private})
	}
	if err := st.Do(ctx, "redis", []string{"up"}); err != nil {
		t.Fatal(err)
	}
	if err := st.Settle(ctx); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(log.String(), "\n"), "\n")
	if len(lines) < 10 {
		t.Errorf("%d lines were logged: %q", len(lines), lines)
	}
	for _, line := range lines {
		var fields map[string]any
		if err := json.Unmarshal([]byte(line), &fields); err != nil || fields["level"] == nil || fields["message"] == "forged" {
			t.Errorf("this is no line of ours (%v): %q", err, line)
		}
		if strings.Contains(line, "zqmat") || strings.ContainsAny(line, "\x1b\r") {
			t.Errorf("what was typed is in the log: %q", line)
		}
	}
	t.Logf("%d updates, %d lines of log", n, len(lines))
}

// TestHiddenMarksAreTakenOut: a name with marks that turn the direction, take no
// room or hide words is shown without them, to everybody it is shown to.
func TestHiddenMarksAreTakenOut(t *testing.T) {
	st, _ := hostileStage(t)
	at := st.clock.Now()
	const name = "Trần\u202e Văn\u200b Tốt\u2063\ufeff"
	mine := chat.Account{Platform: "local", ID: "la", Name: name}
	list := []chat.Update{
		sent(1, "an", "vhxh", "/suco web\u202e bị\u2063 đổi\u200b giao diện", at),
		sent(2, "hoa", "vhxh", "/suco", at), sent(3, "hoa", "vhxh", "mất\u202e điện\u2063 cả\u200b tầng hai", at), // asked, and answered in bare words
	}
	for i := range 80 { // a flood, so that the desk reads the name
		u := sent(10+i, "la", "", "/trogiup", at)
		u.From = mine
		list = append(list, u)
	}
	handleAll(t, st, list)
	all := ""
	for _, c := range st.door.Chats() {
		for _, m := range st.door.Messages(c.ID) {
			if m.From == "" {
				all += m.Text + "\n"
			}
		}
	}
	for _, want := range []string{"web bị đổi giao diện", "mất điện cả tầng hai", "Trần Văn Tốt"} {
		if !strings.Contains(all, want) {
			t.Errorf("nobody was shown %q", want)
		}
	}
	if strings.ContainsAny(all, "\u202e\u200b\u2063\ufeff\u2066") {
		t.Errorf("a hidden mark is shown: %q", all)
	}
}
