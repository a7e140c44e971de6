package messages_test

import (
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"trucban/messages"
)

// telegramLimit is the longest text of one message (Bot API: 1-4096 code points).
const telegramLimit = 4096

var tag = regexp.MustCompile(`</?([a-z]+)[^>]*>`)

func load(t *testing.T) *messages.Catalogue {
	t.Helper()
	c, err := messages.Load()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestEveryTextRenders renders every message in every language and checks what
// holds for all of them: not empty, short enough, only allowed tags, NFC.
func TestEveryTextRenders(t *testing.T) {
	c := load(t)
	allowed := map[string]bool{"b": true, "i": true, "u": true, "s": true, "code": true, "pre": true, "a": true}
	for _, lang := range messages.Languages() {
		for _, m := range messages.All() {
			name := lang + "/" + reflect.TypeOf(m).Name()
			text, err := c.Render(lang, m)
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			if strings.TrimSpace(text) == "" {
				t.Errorf("%s is empty", name)
			}
			if n := utf8.RuneCountInString(text); n > telegramLimit {
				t.Errorf("%s has %d code points", name, n)
			}
			for _, found := range tag.FindAllStringSubmatch(text, -1) {
				if !allowed[found[1]] {
					t.Errorf("%s has the tag <%s>", name, found[1])
				}
			}
			if strings.Contains(text, "ZgotmplZ") || strings.Contains(text, "<no value>") {
				t.Errorf("%s has a hole: %s", name, text)
			}
			if !norm.NFC.IsNormalString(text) {
				t.Errorf("%s is not NFC", name)
			}
		}
	}
}

const hostile = `<b onclick=x>&amp; "q" {{.}} </code> *_[` + "\u202e"

// TestHostileWordsAreEscaped puts hostile text into every string of every message.
func TestHostileWordsAreEscaped(t *testing.T) {
	c := load(t)
	for _, lang := range messages.Languages() {
		for _, m := range messages.All() {
			bad := poisonWith(reflect.ValueOf(m), hostile)
			text, err := c.Render(lang, bad.Interface())
			if err != nil {
				t.Errorf("%s/%T: %v", lang, m, err)
				continue
			}
			if strings.Contains(text, "<b onclick") || strings.Contains(text, "x>&amp; ") {
				t.Errorf("%s/%T lets markup through: %s", lang, m, text)
			}
			if open, closed := strings.Count(text, "<code>"), strings.Count(text, "</code>"); open != closed {
				t.Errorf("%s/%T: %d <code>, %d </code>", lang, m, open, closed)
			}
		}
	}
}

// keep are fields that choose between texts; what people typed never gets there.
var keep = map[string]bool{
	"When": true, "Status": true, "State": true, "Kind": true, "Why": true, "To": true, "What": true, "Colour": true, "Change": true, "Light": true, "Topic": true,
}

// poisonWith returns a copy in which every string that people could have typed is these words.
func poisonWith(v reflect.Value, words string) reflect.Value {
	out := reflect.New(v.Type()).Elem()
	out.Set(v)
	switch v.Kind() {
	case reflect.String:
		out.SetString(words)
	case reflect.Slice:
		out.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
		for i := range v.Len() {
			out.Index(i).Set(poisonWith(v.Index(i), words))
		}
	case reflect.Pointer:
		if !v.IsNil() {
			out.Set(reflect.New(v.Type().Elem()))
			out.Elem().Set(poisonWith(v.Elem(), words))
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeOf(time.Time{}) {
			return out
		}
		for i := range v.NumField() {
			if !keep[v.Type().Field(i).Name] {
				out.Field(i).Set(poisonWith(v.Field(i), words))
			}
		}
	}
	return out
}

// TestLabelsExist renders the labels of buttons in every language.
func TestLabelsExist(t *testing.T) {
	c := load(t)
	for _, lang := range messages.Languages() {
		for _, key := range messages.Labels() {
			if got := c.Label(lang, key); got == key || got == "" {
				t.Errorf("%s: label %q has no words", lang, key)
			} else if prefix, _, _ := strings.Cut(key, "."); utf8.RuneCountInString(got) > 40 && prefix != "say" && prefix != "sheet" {
				t.Errorf("%s: label %q is too long for a phone: %s", lang, key, got)
			}
		}
	}
}

// TestLeaderTextsAreSober holds the texts leaders get free of emoji and exclamation marks.
func TestLeaderTextsAreSober(t *testing.T) {
	c := load(t)
	at := time.Date(2027, 2, 5, 12, 0, 0, 0, time.UTC)
	for _, m := range []any{
		messages.MissedLeaders{Unit: "Văn phòng", Shift: "Ca đêm", People: []messages.MissingLine{{Name: "Nguyễn Văn An"}}, At: at},
		messages.IncidentAlarm{To: "leaders", ID: "SC-2027-0001", Unit: "Văn phòng", Text: "mất điện"},
		messages.Gap{From: at, To: at},
		messages.Digest{At: at, Day: "thứ Sáu 05/02", Scope: "Văn phòng", Light: "red", News: []messages.DigestItem{{Topic: "attendance", State: "missed", Light: "red", Unit: "Văn phòng", Subject: "Nguyễn Văn An"}}},
	} {
		text, err := c.Render("vi", m)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range text {
			if r == '!' || r >= 0x1F300 || r >= 0x2600 && r < 0x2800 {
				t.Errorf("%T has %q: %s", m, r, text)
			}
		}
		if strings.Contains(strings.ToLower(text), "bạn") {
			t.Errorf("%T says bạn: %s", m, text)
		}
	}
}
