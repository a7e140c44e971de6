package zalo

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// addNames adds display names people mention the bot by; the longest is tried first.
func (b *Bot) addNames(names ...string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	all := slices.Clone(b.names)
	for _, n := range names {
		n = strings.Join(strings.Fields(strings.TrimPrefix(norm.NFC.String(n), "@")), " ")
		if n != "" && !slices.Contains(all, n) {
			all = append(all, n)
		}
	}
	slices.SortStableFunc(all, func(x, y string) int { return len(y) - len(x) })
	b.names = all
}

// mentionNames are the names known now; the slice is never changed after it was made.
func (b *Bot) mentionNames() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.names
}

// stripMentions takes "@name" out of a text wherever it stands as a whole word:
// Zalo delivers a mention as plain text at its place. Where none is known, an
// unknown name at the very start goes when a command follows it: then it is the
// bot under another name, otherwise somebody else is spoken to.
func stripMentions(text string, names []string) string {
	r := []rune(text)
	var out []rune
	known := false
	for i := 0; i < len(r); {
		n := 0
		if r[i] == '@' && (i == 0 || !wordRune(r[i-1])) {
			n = mentionLen(r[i:], names)
		}
		if n == 0 {
			out = append(out, r[i])
			i++
			continue
		}
		known = true
		for i += n; i < len(r) && strings.ContainsRune(" \u00a0\t:,", r[i]); i++ {
		}
	}
	text = strings.TrimSpace(string(out))
	if known {
		return text
	}
	return unknownMention(text)
}

// mentionLen is how many runes of "@name" stand at the start of r, 0 when none.
func mentionLen(r []rune, names []string) int {
	for _, name := range names {
		want := []rune(name)
		if len(r) < len(want)+1 || len(r) > len(want)+1 && wordRune(r[len(want)+1]) {
			continue
		}
		got := strings.Map(plainSpace, string(r[1:len(want)+1]))
		if strings.EqualFold(got, name) {
			return len(want) + 1
		}
	}
	return 0
}

func plainSpace(r rune) rune {
	if unicode.IsSpace(r) {
		return ' '
	}
	return r
}

func wordRune(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.M, r) || r == '_'
}

// maxMention bounds an unknown name, in runes.
const maxMention = 100

// unknownMention cuts "@some name " before the slash command that follows it.
func unknownMention(s string) string {
	if !strings.HasPrefix(s, "@") {
		return s
	}
	head, _, _ := strings.Cut(s, "/")
	trimmed := strings.TrimRightFunc(head, unicode.IsSpace)
	switch {
	case len(head) == len(s), len(trimmed) == len(head), len(trimmed) < 2:
		return s
	case strings.Contains(trimmed, "\n"), len([]rune(trimmed)) > maxMention+1:
		return s
	}
	return s[len(head):]
}
