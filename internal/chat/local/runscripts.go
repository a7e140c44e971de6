package local

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
)

// TB is the part of *testing.T that RunScripts uses, so that no program links the testing package.
type TB[T any] interface {
	Helper()
	Context() context.Context
	Fatal(args ...any)
	Error(args ...any)
	Run(name string, f func(T)) bool
}

// RunScripts plays every *.txt in dir, each as a subtest of its own system, and
// once more for each of its Also. With update it writes what was shown into the
// files instead of failing.
func RunScripts[T TB[T]](t T, dir string, update bool, newSystem func(T, *Scene) System) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*.txt"))
	if err != nil || len(paths) == 0 {
		t.Fatal("no scripts in ", dir, err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txt"), func(t T) {
			t.Helper()
			runScript(t, path, update, newSystem)
		})
	}
}

func runScript[T TB[T]](t T, path string, update bool, newSystem func(T, *Scene) System) {
	t.Helper()
	s, err := LoadScript(path)
	if err != nil {
		t.Fatal(err)
	}
	transcript, err := perform(t, s, newSystem)
	switch {
	case err != nil && !update:
		t.Error(err)
	case update:
		write(t, path, s.header+transcript)
	}
	for _, caps := range s.Also {
		t.Run(caps, func(t T) {
			t.Helper()
			runAlso(t, s, caps, path, update, newSystem)
		})
	}
}

// perform plays the script on a scene and a system of its own.
func perform[T TB[T]](t T, s *Script, newSystem func(T, *Scene) System) (string, error) {
	t.Helper()
	scene, err := s.Scene()
	if err != nil {
		t.Fatal(err)
	}
	var transcript bytes.Buffer
	err = s.Play(t.Context(), newSystem(t, scene), scene.Platform, &transcript)
	return transcript.String(), err
}

// runAlso plays the script with other caps and holds the transcript against the one kept for them.
func runAlso[T TB[T]](t T, s *Script, caps, path string, update bool, newSystem func(T, *Scene) System) {
	t.Helper()
	other, err := s.On(caps)
	if err != nil {
		t.Fatal(err)
	}
	transcript, err := perform(t, other, newSystem)
	if err != nil {
		t.Error(err)
	}
	kept := filepath.Join(filepath.Dir(path), caps, filepath.Base(path))
	want, err := os.ReadFile(kept)
	if err != nil && !update {
		t.Fatal("no transcript for these caps; -update makes it: ", err)
	}
	wantLines, gotLines := strings.Split(string(want), "\n"), strings.Split(transcript, "\n")
	switch {
	case match(wantLines, gotLines):
	case update:
		write(t, kept, transcript)
	default:
		t.Error(other.Name + ": the bot showed something else (- kept, + shown):\n" + diff(wantLines, gotLines))
	}
}

func write[T TB[T]](t T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
