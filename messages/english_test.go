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

// proper are the Vietnamese terms an English text may name: what people type or see printed.
var proper = []string{"ổn định", "đã quán triệt", "công văn", "Mật"}

// placeholder is what is no word of the text: fields, and what people are shown to type.
var placeholder = regexp.MustCompile(`\{\{.*?\}\}|<code>.*?</code>`)

// TestEnglishHasNoVietnameseWords looks for Vietnamese letters in the English texts outside the proper terms.
func TestEnglishHasNoVietnameseWords(t *testing.T) {
	files, err := filepath.Glob("en/*.tmpl")
	if err != nil || len(files) == 0 {
		t.Fatal("no English texts", err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for n, line := range strings.Split(string(data), "\n") {
			words := placeholder.ReplaceAllString(line, "")
			for _, p := range proper {
				words = strings.ReplaceAll(words, p, "")
			}
			for _, r := range norm.NFD.String(words) {
				if r == 'đ' || r == 'Đ' || unicode.Is(unicode.Mn, r) && r != '\ufe0f' {
					t.Errorf("%s:%d is not English: %s", file, n+1, strings.TrimSpace(line))
					break
				}
			}
		}
	}
}
