package main

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

const readmePath = "../../README.md"

func readme(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile(readmePath)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

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

// TestReadmeTables holds the generated tables of README against the code; -update rewrites them.
func TestReadmeTables(t *testing.T) {
	for name, table := range map[string]func() string{"settings": settingsTable, "sizes": sizesTable, "paces": pacesTable} {
		begin, end := "<!-- "+name+": generated from the code, checked by a test -->\n", "<!-- /"+name+" -->"
		head, rest, ok := strings.Cut(readme(t), begin)
		old, tail, ok2 := strings.Cut(rest, end)
		if !ok || !ok2 {
			t.Errorf("README has no place for the %s", name)
			continue
		}
		want := table()
		if *update {
			if err := os.WriteFile(readmePath, []byte(head+begin+want+end+tail), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if old != want {
			t.Errorf("the %s in README are not those of the code; run go test ./cmd/trucban -run Readme -update", name)
		}
	}
}
