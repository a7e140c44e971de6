package main

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"trucban/internal/chat"
)

// sent is one update of a person, in the group of VH-XH or, with room "", in private.
func sent(id int, who, room, text string, at time.Time) chat.Update {
	u := chat.Update{
		ID: fmt.Sprintf("local:flood:%d", id), Event: chat.EventMessage, From: chat.Account{Platform: "local", ID: who, Name: "Người " + who},
		To: chat.Address{Platform: "local", Chat: room}, Kind: chat.Group, SentAt: at, Text: text,
	}
	if room == "" {
		u.To.Chat, u.Kind = who, chat.Private
	}
	return u
}

// refusedFigures are the counters of refused updates, by person and by group.
func refusedFigures(st *stage) (person, group float64) {
	for _, f := range (figures{st.app}).Figures() {
		switch {
		case f.Name != "trucban_updates_refused_total":
		case f.Labels["by"] == "person":
			person = f.Value
		case f.Labels["by"] == "group":
			group = f.Value
		}
	}
	return person, group
}

func handleAll(t *testing.T, st *stage, list []chat.Update) {
	t.Helper()
	for _, u := range list {
		if err := st.app.Handle(t.Context(), u); err != nil {
			t.Fatal(err)
		}
	}
	if err := st.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// TestBacklogAfterDowntimeIsNotRefused: what people wrote over two hours arrives
// within a moment, and every word of it is answered.
func TestBacklogAfterDowntimeIsNotRefused(t *testing.T) {
	st, door := holdStage(t)
	from := st.clock.Now()
	st.clock.Set(from.Add(2 * time.Hour))
	var list []chat.Update
	for i := range 120 {
		list = append(list, sent(i, "an", "vhxh", "/catoi", from.Add(time.Duration(i)*time.Minute)))
	}
	handleAll(t, st, list)
	if n := holding(texts(door.Platform, "vhxh"), "Ca trực của"); n != len(list) {
		t.Errorf("%d of %d are answered", n, len(list))
	}
	if p, g := refusedFigures(st); p+g > 0 {
		t.Errorf("%v and %v are refused", p, g)
	}
}

// TestFloodCostsTheStoreNothing lets one person send ten thousand messages at one
// moment: those beyond the burst touch no store, the person gets one sentence, the
// desk is told once, and the next person is answered at the same moment.
func TestFloodCostsTheStoreNothing(t *testing.T) {
	st, door := holdStage(t)
	at := st.clock.Now().Add(145 * time.Minute) // check-ins are taken
	st.clock.Set(at)
	var first, rest []chat.Update
	for i := range 10_000 {
		u := sent(i, "an", "", "/catoi", at)
		if i < 100 {
			first = append(first, u)
		} else {
			rest = append(rest, u)
		}
	}
	handleAll(t, st, first)
	before := st.mem.server.CommandCount()
	for _, u := range rest {
		if err := st.app.Handle(t.Context(), u); err != nil {
			t.Fatal(err)
		}
	}
	if n := st.mem.server.CommandCount() - before; n != 0 {
		t.Errorf("%d refused messages cost the store %d commands", len(rest), n)
	}
	handleAll(t, st, []chat.Update{sent(1, "hoa", "", "/catoi", at)})
	if got := texts(door.Platform, "hoa"); holding(got, "Ca trực của") != 0 {
		t.Errorf("an update that was handled is answered again: %q", got) // the same id
	}
	handleAll(t, st, []chat.Update{sent(20_000, "hoa", "", "/catoi", at), sent(20_001, "an", "", "/hotline", at), sent(20_002, "an", "vhxh", "/ondanh", at)})
	for chatID, words := range map[string]map[string]int{
		"hoa":   {"Ca trực của": 1},
		"an":    {"Ca trực của": 40, "đang gửi quá nhanh": 1, "Đường dây nóng": 1},
		"huong": {"gửi quá nhiều tin": 1},
		"vhxh":  {"Nguyễn Văn An": 1},
	} {
		got := texts(door.Platform, chatID)
		for w, want := range words {
			if n := holding(got, w); n != want {
				t.Errorf("%s has %d messages with %q, want %d: %q", chatID, n, w, want, got[max(0, len(got)-3):])
			}
		}
	}
	if p, _ := refusedFigures(st); p != 9_960 {
		t.Errorf("%v are counted as refused, want 9960", p)
	}
}

// TestGroupFlood: a group of many who each send little is refused as a whole, told
// once, and a check-in in it is taken.
func TestGroupFlood(t *testing.T) {
	st, door := holdStage(t)
	at := st.clock.Now().Add(145 * time.Minute) // check-ins are taken
	st.clock.Set(at)
	var list []chat.Update
	for i := range 100 {
		list = append(list, sent(i, fmt.Sprintf("la%d", i), "vhxh", "/trogiup", at))
	}
	list = append(list, sent(1000, "an", "vhxh", "/ondanh", at))
	handleAll(t, st, list)
	got := texts(door.Platform, "vhxh")
	if holding(got, "Nhóm đang gửi quá nhiều tin") != 1 || holding(got, "Nguyễn Văn An") != 1 || len(got) != 62 {
		t.Errorf("the group has %d messages: %q", len(got), got[len(got)-2:])
	}
	if desk := texts(door.Platform, "huong"); holding(desk, "Nhóm Phòng Văn hóa - Xã hội gửi quá nhiều tin") != 1 {
		t.Errorf("the desk has %q", desk)
	}
	if _, g := refusedFigures(st); g != 40 {
		t.Errorf("%v are counted as refused by the group", g)
	}
}

// TestGreetingsAtMidnightAreNoFlood: what two hundred people say to each other takes nothing from who asks the bot.
func TestGreetingsAtMidnightAreNoFlood(t *testing.T) {
	st, door := holdStage(t)
	at := st.clock.Now()
	var list []chat.Update
	for i := range 590 {
		list = append(list, sent(i, fmt.Sprintf("la%d", i%200), "vhxh", "Chúc mừng năm mới", at))
	}
	handleAll(t, st, append(list, sent(1000, "an", "vhxh", "/catoi", at)))
	if got := texts(door.Platform, "vhxh"); len(got) != 1 || holding(got, "Ca trực của") != 1 {
		t.Errorf("the group has %q", got)
	}
}

// TestFloodWhileTheStoreIsAway: a flood fills no disk, is told without the store,
// and what was held before is handled when the store is back, in full.
func TestFloodWhileTheStoreIsAway(t *testing.T) {
	st, door := holdStage(t)
	at := st.clock.Now()
	if err := st.Do(t.Context(), "redis", []string{"down"}); err != nil {
		t.Fatal(err)
	}
	var list []chat.Update
	for i := range 500 {
		list = append(list, sent(i, "an", "", "/catoi", at))
	}
	for _, u := range list {
		if err := st.app.Handle(t.Context(), u); err != nil {
			t.Fatal(err)
		}
	}
	if n := st.app.held.size(); n != 40 {
		t.Errorf("%d updates are held, want the 40 that were let in", n)
	}
	if got := texts(door.Platform, "an"); holding(got, "đang gửi quá nhanh") != 1 {
		t.Errorf("the person has %q", got)
	}
	if err := st.Do(t.Context(), "redis", []string{"up"}); err != nil {
		t.Fatal(err)
	}
	if err := st.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := holding(texts(door.Platform, "an"), "Ca trực của"); n != 40 {
		t.Errorf("%d of 40 held updates are answered", n)
	}
}

// TestWhatIsDeliveredAgainIsCountedOnce: an update nobody could take comes again and again and empties no bucket.
func TestWhatIsDeliveredAgainIsCountedOnce(t *testing.T) {
	st, door := holdStage(t)
	at := st.clock.Now()
	journal := st.app.held.journal
	st.app.held.journal = nil // nothing is held: the platform delivers again
	ended, end := context.WithCancel(t.Context())
	end()
	u := sent(1, "an", "", "/catoi", at)
	for range 200 {
		if err := st.app.Handle(ended, u); err == nil {
			t.Fatal("taken though the program ends")
		}
	}
	st.app.held.journal = journal
	handleAll(t, st, []chat.Update{u})
	if got := texts(door.Platform, "an"); holding(got, "Ca trực của") != 1 || strings.Contains(strings.Join(got, " "), "quá nhanh") {
		t.Errorf("the person has %q", got)
	}
}
