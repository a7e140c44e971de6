package main

import (
	"io"
	"path/filepath"
	"testing"

	"github.com/rs/zerolog"

	"trucban/internal/chat/local"
)

// buttonsOnly are the conversations that cannot be held on a platform like Zalo, with the reason.
var buttonsOnly = map[string]string{
	"su-co-bao.txt":        "answers messages of other people, which Zalo does not pass on",
	"lich-xem.txt":         "presses for pictures and files, which no upload can bring there; lich-xem-zalo.txt has the words",
	"nhiem-vu-tra-loi.txt": "opens the menu of other answers; nhiem-vu-zalo.txt gives them in words",
}

// TestEveryConversationCanBeHeldOnZalo plays each script on a platform like Zalo:
// every press has words that do the same, and nothing needs edits or uploads. What
// the bot says there is kept beside the scripts that name zalo under "also".
func TestEveryConversationCanBeHeldOnZalo(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(paths) == 0 {
		t.Fatal("no scripts", err)
	}
	for _, path := range paths {
		name := filepath.Base(path)
		t.Run(name, func(t *testing.T) {
			s, err := local.LoadScript(path)
			if err != nil {
				t.Fatal(err)
			}
			err = playOnZalo(t, s)
			reason, named := buttonsOnly[name]
			switch {
			case err != nil && !named:
				t.Errorf("%v\n(a step that cannot be done in words there: give the button its text form, or name the script in buttonsOnly)", err)
			case err == nil && named:
				t.Errorf("it can be held there after all, though it says: %s", reason)
			}
		})
	}
}

func playOnZalo(t *testing.T, s *local.Script) error {
	t.Helper()
	other, err := s.On("zalo")
	if err != nil {
		return err
	}
	scene, err := other.Scene()
	if err != nil {
		return err
	}
	st, err := scriptStage(t.Context(), scene, zerolog.Nop())
	if err != nil {
		return err
	}
	defer func() {
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	}()
	return other.Play(t.Context(), st, scene.Platform, io.Discard)
}
