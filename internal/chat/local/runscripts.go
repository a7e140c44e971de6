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
	Logf(format string, args ...any)
	Run(name string, f func(T)) bool
}

// RunScripts plays every *.txt in dir, each as a subtest of its own system. With
// update it writes what was shown into the files instead of failing.
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
	scene, err := s.Scene()
	if err != nil {
		t.Fatal(err)
	}
	var transcript bytes.Buffer
	err = s.Play(t.Context(), newSystem(t, scene), scene.Platform, &transcript)
	if !update {
		if err != nil {
			t.Error(err)
		}
		return
	}
	text := append([]byte(s.header), transcript.Bytes()...)
	if err := os.WriteFile(path, text, 0o644); err != nil {
		t.Fatal(err)
	}
	if err != nil {
		t.Logf("rewritten; before: %v", err)
	}
}
