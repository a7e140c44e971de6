package messages_test

import (
	"reflect"
	"strings"
	"testing"

	"trucban/internal/chat"
	"trucban/internal/chat/chattest"
	"trucban/messages"
)

// TestHostileWordsAreShownAsTyped puts markup, entities, template actions and
// broken tags into every field of every message: Telegram takes the text, and
// whoever reads it sees what was typed, letter by letter; so do readers where there
// is no markup.
func TestHostileWordsAreShownAsTyped(t *testing.T) {
	c, seen := load(t), 0
	for _, typed := range []string{
		`</code></b><b onclick=zq>`, `&lt;zq&gt;&#60;&amp;amp;`, `<a href="tg://user?id=1">zq`, `{{.}}{{define "zq"}}`, `*_[zq](http://x)~|`, `<!--zq--><script>`, `zq"'=>`,
	} {
		for _, lang := range messages.Languages() {
			for _, m := range messages.All() {
				text, err := c.Render(lang, poisonWith(reflect.ValueOf(m), typed).Interface())
				if err != nil {
					t.Errorf("%s/%T: %v", lang, m, err)
					continue
				}
				shown, err := chattest.ShownByTelegram(text)
				if err != nil {
					t.Errorf("%s/%T with %s: %v: %s", lang, m, typed, err, text)
					continue
				}
				seen += strings.Count(shown, typed)
				for where, s := range map[string]string{"Telegram": shown, "plain": chat.Plain(text)} {
					if n := strings.Count(s, "zq"); n != strings.Count(s, typed) {
						t.Errorf("%s/%T with %s is shown by %s as %s", lang, m, typed, where, s)
					}
				}
			}
		}
	}
	if seen < 7*len(messages.All()) {
		t.Errorf("hostile words were shown %d times only", seen)
	}
	t.Logf("shown %d times as typed", seen)
}
