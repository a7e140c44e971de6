package main

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// settingsTable is the part of README that is generated from the settings.
func settingsTable() string {
	var b strings.Builder
	b.WriteString("| setting | default | what | example |\n|---|---|---|---|\n")
	for _, s := range settings() {
		name, def := "`"+s.name+"`", ""
		if s.secret {
			name += " (or `_FILE`)"
		}
		if s.def != "" {
			def = "`" + s.def + "`"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", name, def, s.what, s.example)
	}
	return b.String()
}

// TestReadmeSettings holds the table of settings in README against the code; -update rewrites it.
func TestReadmeSettings(t *testing.T) {
	const path, begin, end = "../../README.md", "<!-- settings: generated from the code, checked by a test -->\n", "<!-- /settings -->"
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, ok := strings.Cut(string(data), begin)
	old, tail, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatal("README has no place for the settings")
	}
	want := settingsTable()
	if *update {
		if err := os.WriteFile(path, []byte(head+begin+want+end+tail), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if old != want {
		t.Errorf("the settings in README are not those of the code; run go test ./cmd/trucban -run Readme -update")
	}
}
