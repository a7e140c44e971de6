package bot

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"trucban/internal/checkin"
	"trucban/internal/checklist"
	"trucban/messages"
)

// The places where a word is named by its key, or a message by what it is about.
var (
	labelKeys = regexp.MustCompile(`t\.label\("([a-z.]+)"\)`)
	sheetKeys = regexp.MustCompile(`t\.sheet\("([a-z.]+)"\)`)
	headKeys  = regexp.MustCompile(`t\.heads\("([a-z]+)"\)`)
	aboutKeys = regexp.MustCompile(`(?:About: *|about[A-Z]\w* *= |(?:tellAbove|tellDesk|tellMember)\(.*)"([^"\n]+)"(?:\)|,|\n|})`)
)

// TestEveryWordIsInTheCatalogue reads the package's own source: whatever key it
// names has words in every language, so that nobody reads a key.
func TestEveryWordIsInTheCatalogue(t *testing.T) {
	texts, err := messages.Load()
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var keys, subjects []string
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		add := func(re *regexp.Regexp, prefix, suffix string) {
			for _, m := range re.FindAllStringSubmatch(string(data), -1) {
				keys = append(keys, prefix+m[1]+suffix)
			}
		}
		add(labelKeys, "", "")
		add(sheetKeys, "sheet.", "")
		add(headKeys, "sheet.", ".heads")
		for _, m := range aboutKeys.FindAllStringSubmatch(string(data), -1) {
			subjects = append(subjects, m[1])
		}
	}
	for _, f := range faultText {
		keys = append(keys, "say."+f.say)
	}
	for _, s := range []checkin.Status{checkin.Expected, checkin.Missing, checkin.OnTime, checkin.Late, checkin.Absent, checkin.Excused, checkin.Covered} {
		keys = append(keys, "sheet.status."+string(s))
	}
	for _, c := range []checklist.Cell{checklist.CellDone, checklist.CellOpen, checklist.CellWaiting, checklist.CellLate, checklist.CellHelp, checklist.CellNA} {
		keys = append(keys, "sheet.cell."+string(c))
	}
	if len(keys) < 60 {
		t.Fatalf("only %d keys were found", len(keys))
	}
	named := 0
	for _, s := range subjects {
		if texts.Label("en", aboutKey(s)) == aboutKey(s) {
			t.Logf("what a message is about is said in Vietnamese only: %q has no label %s in messages/*/says.tmpl", s, aboutKey(s))
			continue
		}
		named++
	}
	if named < 60 {
		t.Errorf("only %d of %d subjects have words in English", named, len(subjects))
	}
	for _, key := range keys {
		for _, lang := range messages.Languages() {
			if texts.Label(lang, key) == key {
				t.Errorf("no words for %q: it needs a label in messages/%s/says.tmpl, and a place in messages/says.go", key, lang)
			}
		}
	}
}

// TestEnglishDesksReadEnglish puts the list of undelivered messages and a refusal into English.
func TestEnglishDesksReadEnglish(t *testing.T) {
	texts, err := messages.Load()
	if err != nil {
		t.Fatal(err)
	}
	turn := &turn{b: &Bot{Deps: Deps{Texts: texts}}, town: &Town{Lang: "en"}}
	if got := turn.about("nhắc ca trực"); got != "shift reminder" {
		t.Errorf("about: %q", got)
	}
	if got := turn.about("điều chưa có trong danh mục"); got != "điều chưa có trong danh mục" {
		t.Errorf("an unknown subject: %q", got)
	}
	if got := turn.reason("temporary"); got != "the platform failed again and again" {
		t.Errorf("reason: %q", got)
	}
	if got := turn.comrade("H'Hen Niê"); got != "H'Hen Niê" {
		t.Errorf("a name: %q", got)
	}
	if got := turn.heads("log"); len(got) != 10 || got[3] != "Unit" {
		t.Errorf("heads: %q", got)
	}
	turn.town.Lang = "vi"
	if got := turn.comrade("H'Hen Niê"); got != "đ/c H'Hen Niê" {
		t.Errorf("a name: %q", got)
	}
}
