package messages_test

import (
	"testing"
	"unicode/utf8"

	"trucban/messages"
)

// maxAbout keeps a line of the menu on one line of a narrow phone.
const maxAbout = 42

// TestEveryMenuLineHasWords: each command of the menu is described in each
// language, in its own words and short.
func TestEveryMenuLineHasWords(t *testing.T) {
	c, err := messages.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, command := range messages.Menu() {
		vi, en := c.About("vi", command), c.About("en", command)
		if vi == "" || en == "" || vi == en {
			t.Errorf("/%s is described by %q and %q", command, vi, en)
		}
		for _, words := range []string{vi, en} {
			if utf8.RuneCountInString(words) > maxAbout {
				t.Errorf("/%s: %q is too long for a menu", command, words)
			}
		}
	}
	if got := c.About("vi", "khongco"); got != "" {
		t.Errorf("a command outside the menu is described by %q", got)
	}
}
