package chat

import (
	"html"
	"strings"
	"unicode/utf8"
)

// piece is one step through a text of the HTML subset: a code point that is
// shown, or a tag that is not.
type piece struct {
	raw  string // as it stands in the text
	char string // what is shown; "" for a tag
	tag  string // name of the tag, lower case; "" for a code point
	end  bool   // a closing tag
}

// href is the address of an opening a tag.
func (p piece) href() string {
	_, rest, ok := strings.Cut(p.raw, "href=")
	if !ok || rest == "" {
		return ""
	}
	if q := rest[0]; q == '"' || q == '\'' {
		rest, _, _ = strings.Cut(rest[1:], string(q))
	} else {
		rest = strings.TrimRight(rest, ">")
	}
	return html.UnescapeString(rest)
}

// subset is the closed set of tags a Message may use.
var subset = map[string]bool{"b": true, "i": true, "u": true, "s": true, "code": true, "pre": true, "a": true}

// next cuts the first piece off a text. What is no tag of the subset is shown as it stands.
func next(s string) piece {
	switch s[0] {
	case '<':
		if p, ok := tagAt(s); ok {
			return p
		}
	case '&':
		if p, ok := entityAt(s); ok {
			return p
		}
	}
	_, n := utf8.DecodeRuneInString(s)
	return piece{raw: s[:n], char: s[:n]}
}

func tagAt(s string) (piece, bool) {
	n := strings.IndexByte(s, '>')
	if n < 0 {
		return piece{}, false
	}
	p := piece{raw: s[:n+1]}
	inner := s[1:n]
	if strings.HasPrefix(inner, "/") {
		p.end, inner = true, inner[1:]
	}
	name, _, _ := strings.Cut(inner, " ")
	p.tag = strings.ToLower(name)
	return p, subset[p.tag]
}

// entityAt reads the four named entities a platform must know and the numeric ones.
func entityAt(s string) (piece, bool) {
	n := strings.IndexByte(s, ';')
	if n < 2 || n > 10 {
		return piece{}, false
	}
	raw := s[:n+1]
	switch name := raw[1:n]; {
	case name == "lt", name == "gt", name == "amp", name == "quot", name[0] == '#':
	default:
		return piece{}, false
	}
	shown := html.UnescapeString(raw)
	return piece{raw: raw, char: shown}, shown != raw
}
