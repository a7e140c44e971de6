package bot

import (
	"strings"

	"trucban/internal/chat"
	"trucban/internal/viet"
	"trucban/messages"
)

// sheet is a word of a table or a picture, as plain text.
func (t *turn) sheet(key string) string { return chat.Plain(t.label("sheet." + key)) }

// heads are the heads of a table's columns.
func (t *turn) heads(key string) []string { return strings.Split(t.sheet(key+".heads"), "|") }

// comrade is a person as others speak of them, as plain text.
func (t *turn) comrade(name string) string { return chat.Plain(t.text(messages.Comrade{Name: name})) }

// about is what a message was about in the office's language; the store keeps it in Vietnamese.
func (t *turn) about(s string) string {
	if w := t.label(aboutKey(s)); w != aboutKey(s) {
		return w
	}
	return s
}

// aboutKey is the label of a subject: "about.nhac-ca-truc".
func aboutKey(s string) string {
	return "about." + strings.Join(strings.FieldsFunc(viet.Fold(s), func(r rune) bool { return r < 'a' || r > 'z' }), "-")
}
