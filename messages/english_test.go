package messages_test

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"trucban/messages"
)

// alike names the messages that read the same in both languages, with the reason.
var alike = map[string]string{}

// TestEnglishIsEnglish holds every English text apart from the Vietnamese one, so
// that a copy put there to be translated later does not stay.
func TestEnglishIsEnglish(t *testing.T) {
	c := load(t)
	for _, m := range messages.All() {
		name := reflect.TypeOf(m).Name()
		vi, err := c.Render("vi", m)
		if err != nil {
			t.Fatal(err)
		}
		en, err := c.Render("en", m)
		if err != nil {
			t.Fatal(err)
		}
		if reason, same := alike[name]; (vi == en) != same {
			t.Errorf("%s: alike is %v, expected %v %s:\n%s", name, vi == en, same, reason, en)
		}
	}
	for _, key := range messages.Labels() {
		if vi, en := c.Label("vi", key), c.Label("en", key); vi == en {
			t.Errorf("label %q reads %q in both languages", key, en)
		}
	}
}

var (
	define = regexp.MustCompile(`\{\{define "([^"]+)"\}\}`)
	// placeholder is what is no word of the text: fields, and what people are shown to type.
	placeholder = regexp.MustCompile(`\{\{.*?\}\}|<code>.*?</code>`)
)

// TestEnglishHasFewVietnameseWords looks for texts that were not translated: an
// English one may name Vietnamese terms, which people type or see printed, but
// does not consist of them.
func TestEnglishHasFewVietnameseWords(t *testing.T) {
	files, err := filepath.Glob("en/*.tmpl")
	if err != nil || len(files) == 0 {
		t.Fatal("no English texts", err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		blocks := define.Split(string(data), -1)[1:]
		for i, name := range define.FindAllStringSubmatch(string(data), -1) {
			words := strings.Fields(placeholder.ReplaceAllString(blocks[i], " "))
			foreign := 0
			for _, w := range words {
				if vietnamese(w) {
					foreign++
				}
			}
			if 3*foreign > len(words) {
				t.Errorf("%s: %s is not English: %s", file, name[1], strings.TrimSpace(blocks[i]))
			}
		}
	}
}

func vietnamese(word string) bool {
	for _, r := range norm.NFD.String(word) {
		if r == 'đ' || r == 'Đ' || unicode.Is(unicode.Mn, r) && r != '\ufe0f' {
			return true
		}
	}
	return false
}
