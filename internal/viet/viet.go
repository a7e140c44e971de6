// Package viet handles Vietnamese as people type it: folding for comparison,
// cleaning for storage, the order of names, honorifics and phone numbers.
//
// It promises that Fold(a) == Fold(b) whenever a and b differ only in accents,
// tone-mark place, Đ/D, letter case, Unicode form, zero-width characters or the
// amount of space. It never corrects what is shown: Clean keeps the letters a
// person typed, and TelexSuggest is for suggesting only. Every function is pure
// and safe for concurrent use.
package viet

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Fold reduces a text to what Vietnamese readers compare by: no accents, no
// case, đ as d, single spaces, nothing invisible, trimmed. "ĐIỂM  Danh" and
// "diem danh" fold alike; so do "Hòa" and "Hoà", which NFC does not unify.
// Punctuation stays.
func Fold(s string) string {
	if plain, ok := foldASCII(s); ok {
		return plain
	}
	var b strings.Builder
	b.Grow(len(s))
	space := false
	for _, r := range norm.NFD.String(strings.ToLower(norm.NFC.String(s))) {
		switch {
		case unicode.Is(unicode.Mn, r) || invisible(r):
			continue
		case unicode.IsSpace(r):
			space = b.Len() > 0
			continue
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		b.WriteRune(foldRune(r))
	}
	return b.String()
}

// foldRune maps the letters that stand for d but do not decompose: đ itself and
// the eth that old fonts and encodings put in its place.
func foldRune(r rune) rune {
	switch r {
	case 'đ', 'ð', 'ɖ':
		return 'd'
	}
	return r
}

// foldASCII is the short way for texts without any mark, which most commands and ids are.
func foldASCII(s string) (string, bool) {
	dirty := s != strings.TrimSpace(s)
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c >= 0x80 || c < ' ' && c != '\t' && c != '\n' && c != '\r':
			return "", false
		case c == ' ' && i+1 < len(s) && s[i+1] == ' ', c < ' ', 'A' <= c && c <= 'Z':
			dirty = true
		}
	}
	if !dirty {
		return s, true
	}
	return strings.Join(strings.Fields(strings.ToLower(s)), " "), true
}

// Clean makes a text fit to be stored and shown without changing a letter: NFC,
// LF line ends, ordinary spaces for the exotic ones, and no byte order mark,
// zero-width, direction or control characters. Line breaks and tabs stay.
func Clean(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return norm.NFC.String(strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r == '\r' || r == '\v' || r == '\f' || r == 0x85 || r == 0x2028 || r == 0x2029:
			return '\n'
		case unicode.Is(unicode.Zs, r):
			return ' '
		case invisible(r):
			return -1
		}
		return r
	}, s))
}

// Line is Clean on one line: every run of white space becomes one space, ends trimmed.
func Line(s string) string { return strings.Join(strings.Fields(Clean(s)), " ") }

// invisible covers control characters and the format characters (zero-width
// spaces and joiners, marks of direction, soft hyphen, byte order mark).
func invisible(r rune) bool {
	return !unicode.IsSpace(r) && (unicode.Is(unicode.Cc, r) || unicode.Is(unicode.Cf, r))
}

// TelexSuggest reads raw Telex left in a text ("suwj coos", "ddieemr danh") and
// returns the folded words it was meant to be ("su co", "diem danh"), or "" when
// nothing in the text looks like Telex. The result may be offered to the person;
// it must never be acted on, because English words change under it as well.
func TelexSuggest(raw string) string {
	words := strings.Fields(Fold(raw))
	changed := false
	for i, w := range words {
		if t := telexWord(w); t != w {
			words[i], changed = t, true
		}
	}
	if !changed {
		return ""
	}
	return strings.Join(words, " ")
}

// telexWord drops doubled a, e, o and leading d, the w of ă ơ ư, and every tone
// letter after the first vowel: no Vietnamese syllable ends in s f r x or j.
func telexWord(w string) string {
	var b strings.Builder
	vowel := false
	for i := 0; i < len(w); i++ {
		c := w[i]
		switch {
		case i > 0 && c == w[i-1] && strings.IndexByte("aeo", c) >= 0:
			continue
		case i == 1 && c == 'd' && w[0] == 'd':
			continue
		case c == 'w' && vowel:
			continue
		case c == 'w':
			c = 'u'
			vowel = true
		case strings.IndexByte("sfrxj", c) >= 0 && vowel:
			continue
		case strings.IndexByte("aeiouy", c) >= 0:
			vowel = true
		}
		b.WriteByte(c)
	}
	return b.String()
}
