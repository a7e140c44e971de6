package main

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"trucban/internal/team"
)

// levelWords are the levels as README names them.
var levelWords = map[team.Level]string{
	team.LevelLinked: "cán bộ", team.LevelHead: "thủ trưởng", team.LevelLeader: "lãnh đạo", team.LevelDesk: "quản lý trực", team.LevelOwner: "quản trị",
}

// TestReadmeCommands holds the table of commands in README against the route table; -update rewrites it.
func TestReadmeCommands(t *testing.T) {
	const path, begin, end = "../../README.md", "<!-- commands: generated from the route table, checked by a test -->\n", "<!-- /commands -->"
	st, _ := holdStage(t)
	var b strings.Builder
	b.WriteString("| lệnh | cũng được | ai | việc |\n|---|---|---|---|\n")
	rest := map[string][]string{} // what the menu does not show, by who may use it
	for _, e := range st.app.bot.Reference("vi") {
		who := levelWords[e.Level]
		if e.Open || who == "" {
			who = "mọi người"
		}
		if e.About == "" {
			rest[who] = append(rest[who], strings.Join(append([]string{"`/" + e.Command + "`"}, e.Also...), " = "))
			continue
		}
		fmt.Fprintf(&b, "| `/%s` | %s | %s | %s |\n", e.Command, strings.Join(e.Also, ", "), who, e.About)
	}
	for _, who := range slices.Sorted(maps.Keys(rest)) {
		fmt.Fprintf(&b, "\nLệnh khác, %s: %s.\n", who, strings.Join(rest[who], "; "))
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	head, after, ok := strings.Cut(string(data), begin)
	old, tail, ok2 := strings.Cut(after, end)
	if !ok || !ok2 {
		t.Fatal("README has no place for the commands")
	}
	if *update {
		if err := os.WriteFile(path, []byte(head+begin+b.String()+end+tail), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if old != b.String() {
		t.Errorf("the commands in README are not those of the route table; run go test ./cmd/trucban -run Readme -update")
	}
}
