package main

import (
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"trucban/bot"
	"trucban/internal/chat"
	"trucban/internal/chat/local"
	"trucban/internal/roster"
)

// playStage is the App on the scene of a conversation script, before its first step.
func playStage(t *testing.T, script string) *stage {
	t.Helper()
	s, err := local.LoadScript("testdata/" + script)
	if err != nil {
		t.Fatal(err)
	}
	scene, err := s.Scene()
	if err != nil {
		t.Fatal(err)
	}
	st, err := scriptStage(t.Context(), scene, zerolog.Nop())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	return st
}

// replica is one more App on the store of a stage.
func replica(t *testing.T, st *stage) *App {
	t.Helper()
	parts := st.parts
	parts.Data = t.TempDir()
	app, err := NewApp(parts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := app.held.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := app.prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	return app
}

// TestHeldOnceOverReplicas lets two replicas keep something back for the same people at
// the same moment, and both look when its time has come: nothing is lost, nothing comes twice.
func TestHeldOnceOverReplicas(t *testing.T) {
	st := playStage(t, "gio-nghi.txt")
	other := replica(t, st)
	if err := st.AdvanceTo(t.Context(), time.Date(2027, 2, 3, 22, 30, 0, 0, roster.Zone)); err != nil {
		t.Fatal(err)
	}
	var swaps []chat.Update
	for _, text := range []string{"/doica cho Bình 2 Chi", "/doica cho An 2 Chi"} {
		u, err := st.door.Say("hoa", st.door.PrivateChat("hoa"), text)
		if err != nil {
			t.Fatal(err)
		}
		swaps = append(swaps, u)
	}
	both := func(do func(*App, int) error) {
		t.Helper()
		var wg sync.WaitGroup
		for i, app := range []*App{st.app, other} {
			wg.Go(func() {
				if err := do(app, i); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
	}
	both(func(app *App, i int) error { return app.Handle(t.Context(), swaps[i]) })
	if err := st.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	before := len(st.door.Messages(st.door.PrivateChat("chi")))
	docs, err := st.app.db.Load(t.Context(), bot.Ref{Kind: "waiting", ID: chat.Address{Platform: st.door.Name(), Chat: st.door.PrivateChat("chi")}.Key()})
	if err != nil {
		t.Fatal(err)
	}
	var held struct {
		Items []json.RawMessage `json:"items"`
	}
	if err := json.Unmarshal(docs[0].Data, &held); err != nil || len(held.Items) != 2 {
		t.Fatalf("%d messages are kept for Chi, %v", len(held.Items), err)
	}
	st.clock.Set(time.Date(2027, 2, 4, 5, 30, 0, 0, roster.Zone))
	for range 20 {
		both(func(app *App, _ int) error {
			_, _, err := app.runner.Step(t.Context())
			return err
		})
	}
	if err := st.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	said := st.door.Messages(st.door.PrivateChat("chi"))[before:]
	if len(said) != 1 || !strings.Contains(said[0].Text, "08/02") || !strings.Contains(said[0].Text, "07/02") {
		t.Errorf("Chi reads %d messages: %+v", len(said), said)
	}
}
