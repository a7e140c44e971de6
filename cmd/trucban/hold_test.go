package main

import (
	"errors"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"trucban/internal/chat"
	"trucban/internal/chat/local"
)

// rawDoor is a local platform that reads its own raw deliveries.
type rawDoor struct {
	*local.Platform
	read map[string]chat.Update
}

// Decode implements decoder.
func (d rawDoor) Decode(raw []byte) (chat.Update, bool, error) {
	if string(raw) == "broken" {
		return chat.Update{}, false, errors.New("no JSON")
	}
	u, ok := d.read[string(raw)]
	return u, ok, nil
}

// holdStage is an App on a local platform whose deliveries can be journalled raw.
func holdStage(t *testing.T) (*stage, rawDoor) {
	t.Helper()
	clock := local.NewStill(time.Date(2027, 2, 5, 9, 0, 0, 0, time.UTC))
	door := rawDoor{local.New(local.Options{Clock: clock}), map[string]chat.Update{}}
	setup, err := readTown("testdata/phuong.yaml")
	if err != nil {
		t.Fatal(err)
	}
	st, err := newStage(t.Context(), clock, door.Platform, &setup, zerolog.Nop())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	st.app.parts.Doors = []chat.Platform{door}
	return st, door
}

func said(door rawDoor, id, text string, at time.Time) chat.Update {
	return chat.Update{
		ID: "local:" + id, Event: chat.EventMessage, From: chat.Account{Platform: "local", ID: "an"},
		To: chat.Address{Platform: "local", Chat: "an"}, Kind: chat.Private, SentAt: at, Text: text,
	}
}

// TestHeldRecordsAreTakenInOrder journals what a door delivered raw between two
// updates the bot knows, and a record nobody can read: the good ones are handled
// once and in order, the broken one is put aside and holds up nothing.
func TestHeldRecordsAreTakenInOrder(t *testing.T) {
	st, door := holdStage(t)
	ctx := t.Context()
	first, second, third := said(door, "1", "/huy", st.clock.Now()), said(door, "2", "/catoi", st.clock.Now()), said(door, "3", "/trogiup", st.clock.Now())
	door.read["second"] = second
	h := st.app.held
	for _, err := range []error{
		keep(h.journal, heldRecord{Update: &first}), h.holdRaw("local", []byte("second")), h.holdRaw("local", []byte("broken")),
		h.holdRaw("local", []byte("probe")), h.holdRaw("elsewhere", []byte("second")), keep(h.journal, heldRecord{Update: &third}),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := h.step(ctx); err != nil {
		t.Fatal(err)
	}
	if err := st.Settle(ctx); err != nil {
		t.Fatal(err)
	}
	if n := h.size(); n != 0 {
		t.Errorf("%d records still wait", n)
	}
	if n := h.aside.Len(); n != 2 {
		t.Errorf("%d records put aside, want the broken one and the one of no door", n)
	}
	var got []string
	for _, m := range door.Messages("an") {
		got = append(got, m.Text[:min(len(m.Text), 24)])
	}
	if len(got) != 3 {
		t.Fatalf("%d answers, want three: %q", len(got), got)
	}
	// The same records delivered again by the door change nothing.
	for _, u := range []chat.Update{first, second, third} {
		if err := st.app.Handle(ctx, u); err != nil {
			t.Fatal(err)
		}
	}
	if err := st.Settle(ctx); err != nil {
		t.Fatal(err)
	}
	if n := len(door.Messages("an")); n != 3 {
		t.Errorf("%d messages after the redelivery", n)
	}
}

// TestNewsWaitForTheStore holds a word to the desk while the store is away and tells it once it is back.
func TestNewsWaitForTheStore(t *testing.T) {
	st, door := holdStage(t)
	ctx := t.Context()
	if err := st.Do(ctx, "redis", []string{"down"}); err != nil {
		t.Fatal(err)
	}
	late := &lateApp{app: st.app}
	from := st.clock.Now()
	late.deaf("zalo")(from, from.Add(10*time.Minute))
	if err := st.app.news.step(ctx); err == nil {
		t.Fatal("told while the store is away")
	}
	if err := st.Do(ctx, "redis", []string{"up"}); err != nil {
		t.Fatal(err)
	}
	for range 2 { // a second replica tells the same
		if err := st.Settle(ctx); err != nil {
			t.Fatal(err)
		}
		late.deaf("zalo")(from, from.Add(10*time.Minute))
	}
	list := door.Messages("huong")
	if len(list) != 1 {
		t.Fatalf("the desk has %d messages, want one", len(list))
	}
}
