package main

import (
	"flag"
	"testing"

	"github.com/rs/zerolog"

	"trucban/internal/chat/local"
)

var update = flag.Bool("update", false, "rewrite the conversation scripts with what the bot really says")

// TestConversations plays every script of testdata on the whole App with a moved clock.
func TestConversations(t *testing.T) {
	local.RunScripts(t, "testdata", *update, func(t *testing.T, scene *local.Scene) local.System {
		t.Helper()
		st, err := scriptStage(t.Context(), scene, zerolog.New(zerolog.NewTestWriter(t)).Level(zerolog.WarnLevel))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			phonesStayInside(t, st)
			if err := st.Close(); err != nil {
				t.Error(err)
			}
		})
		return st
	})
}
