package zalo

import (
	"strings"
	"unicode"
	"unicode/utf16"
)

// units is the length of a text in UTF-16 units, as Zalo is taken to count.
func units(s string) int {
	n := 0
	for _, r := range s {
		n += utf16.RuneLen(r)
	}
	return n
}

// split cuts plain text into parts of at most limit UTF-16 units: at the end of a
// line where it can, else at a space, else between letters, never inside a letter
// with its marks. Parts without anything to read are left out.
func split(s string, limit int) []string {
	var parts []string
	s = strings.TrimSpace(strings.ToValidUTF8(s, "\ufffd"))
	for units(s) > limit {
		at := cutAt(s, limit)
		if part := strings.TrimSpace(s[:at]); part != "" {
			parts = append(parts, part)
		}
		s = strings.TrimSpace(s[at:])
	}
	if s != "" {
		parts = append(parts, s)
	}
	return parts
}

// cutAt is the byte offset, above 0, at which a text longer than limit is cut.
func cutAt(s string, limit int) int {
	line, space, letter, n := 0, 0, 0, 0
	for i, r := range s {
		switch {
		case i == 0:
		case r == '\n':
			line = i
		case unicode.IsSpace(r):
			space = i
		case !unicode.Is(unicode.M, r) && r != '\u200d':
			letter = i
		}
		if n += utf16.RuneLen(r); n > limit {
			switch {
			case line > 0:
				return line
			case space > 0:
				return space
			case letter > 0:
				return letter
			case i > 0:
				return i
			}
		}
	}
	return len(s)
}
