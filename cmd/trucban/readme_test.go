package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
	"trucban/internal/sheet"
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

// block is one fenced block of README.
type block struct{ lang, text string }

func blocks(t *testing.T) (out []block) {
	t.Helper()
	parts := strings.Split(readme(t), "\n```")
	for i := 1; i < len(parts); i += 2 {
		lang, text, _ := strings.Cut(parts[i], "\n")
		out = append(out, block{lang, text + "\n"})
	}
	return out
}

// otherwise is who runs the commands of README that cannot be run here.
var otherwise = map[string]string{
	"go test ./...":           "it is what runs",
	"docker compose up -d":    "there is no daemon here: TestCompose and TestDockerfile judge what it reads",
	"docker compose logs bot": "there is no daemon here; the conversation cai-dat uses the code",
}

// TestReadmeBlocks runs every command block of README, or says who does, and reads
// every file shown in it as the program reads it. A block of a new kind fails.
func TestReadmeBlocks(t *testing.T) {
	ran := 0
	for _, b := range blocks(t) {
		switch {
		case b.lang == "sh":
			for line := range strings.Lines(b.text) {
				line, _, _ = strings.Cut(line, "#")
				runReadme(t, strings.TrimSpace(line))
				ran++
			}
		case b.lang == "yaml" && strings.HasPrefix(b.text, "name: "):
			readShown(t, b.text)
			ran++
		case b.lang == "" && strings.HasPrefix(b.text, "$ trucban simulate "): // TestSimulate runs it
		case b.lang == "" && strings.HasPrefix(b.text, "in "): // how an update travels: a drawing
		default:
			t.Errorf("nobody runs this block of README:\n%s", b.text)
		}
	}
	if ran < 6 {
		t.Errorf("%d commands and files in README", ran)
	}
}

// runReadme runs one line of a command block in a folder of its own.
func runReadme(t *testing.T, line string) {
	t.Helper()
	if who, ok := otherwise[line]; ok {
		t.Logf("%s: %s", line, who)
		return
	}
	args, ok := strings.CutPrefix(line, "go run ./cmd/trucban ")
	if !ok {
		t.Errorf("nobody runs %q", line)
		return
	}
	switch args {
	case "demo": // it serves until it is told to end
		ctx, end := context.WithCancel(t.Context())
		var out logBuffer
		done := make(chan int, 1)
		go func() { done <- run(ctx, []string{"demo", "--listen", "127.0.0.1:0"}, &out, &out) }()
		for shown := false; !shown && ctx.Err() == nil; { // until the page is shown
			if r, err := http.Get(pageAddress.FindString(out.String())); err == nil {
				shown = r.StatusCode == http.StatusOK
				_ = r.Body.Close()
			}
			select {
			case code := <-done:
				end()
				t.Errorf("the trial ended with %d: %s", code, out.String())
				return
			case <-time.After(10 * time.Millisecond):
			}
		}
		end()
		if code := <-done; code != 0 {
			t.Errorf("the trial ended with %d: %s", code, out.String())
		}
	case "init":
		answering(t, "UBND phường Hoa Sen\nLê Thu Hương\n\n\n\n")
		if code, out := tool(t, "init", "--dir", t.TempDir()); code != 0 {
			t.Errorf("%s: %d\n%s", line, code, out)
		}
	default:
		t.Errorf("nobody runs %q", line)
	}
}

// readShown reads the organisation file of README, with the roster it names beside it.
func readShown(t *testing.T, text string) {
	t.Helper()
	dir := t.TempDir()
	plain, _, _ := strings.Cut(text, "rosters:")
	s, err := parseTown([]byte(plain))
	if err != nil {
		t.Fatal(err)
	}
	book, err := sheet.WriteRoster("Lịch trực", s.Shifts, &s.Town.Org, false)
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"town.yaml": []byte(text), "lich-truc.xlsx": book} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if s, err = readTown(filepath.Join(dir, "town.yaml")); err != nil || len(s.Shifts) < 2 {
		t.Errorf("the file shown in README: %d shifts, %v", len(s.Shifts), err)
	}
}

var (
	inlineCode  = regexp.MustCompile("`([^`\n]+)`")
	linkTarget  = regexp.MustCompile(`\]\(([^)#]+)\)`)
	envName     = regexp.MustCompile(`TRUCBAN_[A-Z_]*[A-Z]`)
	pageAddress = regexp.MustCompile(`http://[0-9.:]+`)
	longFlag    = regexp.MustCompile(`--[a-z-]+`)
)

// TestReadmeNamesWhatThereIs: every command with its flags, every setting, file and
// package README names is there, and every package is named.
func TestReadmeNamesWhatThereIs(t *testing.T) {
	text := readme(t)
	names := map[string]bool{"TRUCBAN_BINARY": true}
	for _, s := range settings() {
		names[s.name], names[s.name+"_FILE"] = true, s.secret
	}
	for _, n := range envName.FindAllString(text, -1) {
		if !names[n] {
			t.Errorf("README names the setting %s", n)
		}
	}
	for _, m := range linkTarget.FindAllStringSubmatch(text, -1) {
		if _, err := os.Stat("../../" + m[1]); err != nil && !strings.HasPrefix(m[1], "http") {
			t.Errorf("README points to %s: %v", m[1], err)
		}
	}
	commands := 0
	for _, m := range inlineCode.FindAllStringSubmatch(text, -1) {
		code := strings.TrimPrefix(m[1], "go run ./cmd/")
		args, ok := strings.CutPrefix(code, "trucban ")
		if !ok {
			continue
		}
		commands++
		sub := strings.Fields(args)[:1]
		if sub[0] == "audit" {
			sub = strings.Fields(args)[:2]
		}
		status, help := tool(t, append(sub, "--help")...)
		if status != 0 {
			t.Errorf("README names %q: %s", m[1], help)
		}
		for _, flag := range longFlag.FindAllString(args, -1) {
			if !strings.Contains(help, flag) {
				t.Errorf("README names %s of %q; there is:\n%s", flag, m[1], help)
			}
		}
	}
	if commands < 10 {
		t.Errorf("%d commands in README", commands)
	}
	packages, err := filepath.Glob("../../internal/*")
	if err != nil {
		t.Fatal(err)
	}
	layout := text[strings.Index(text, "Layout:"):]
	for _, p := range packages {
		name := filepath.Base(p)
		if info, err := os.Stat(p); err != nil || !info.IsDir() || name == "browsertest" { // the browser of the tests
			continue
		}
		if !regexp.MustCompile("[{,/]" + name + "[},`]").MatchString(layout) {
			t.Errorf("README's layout does not name internal/%s", name)
		}
	}
}
