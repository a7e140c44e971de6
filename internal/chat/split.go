package chat

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Split cuts a text of the HTML subset into parts of at most limit code points,
// counted as Length does. It cuts at the end of a line where it can, else at a
// space, else between letters, never inside a tag, an entity or a letter with its
// marks; tags that are open at a cut are closed and opened again. limit below 1
// means no limit. Parts without anything to read are left out.
func Split(text string, limit int) []string {
	if limit < 1 || Length(text) <= limit {
		if strings.TrimSpace(Plain(text)) == "" {
			return nil
		}
		return []string{text}
	}
	var s splitter
	for text != "" {
		p := next(text)
		text = text[len(p.raw):]
		n := utf8.RuneCountInString(p.char)
		if s.count+n > limit {
			if s.cut(p) {
				continue
			}
		}
		s.add(p, n)
	}
	s.emit(len(s.pieces), len(s.pieces))
	return s.parts
}

type splitter struct {
	parts  []string
	open   []piece // tags open where the current part begins
	pieces []piece // the current part
	count  int
}

func (s *splitter) add(p piece, n int) {
	s.pieces = append(s.pieces, p)
	s.count += n
}

// cut ends the current part at its best place before p and keeps the rest for
// the next. It reports whether p itself is the break, which is not shown.
func (s *splitter) cut(p piece) bool {
	line, space := 0, 0
	for i, q := range s.pieces {
		switch q.char {
		case "\n":
			line = i
		case " ":
			space = i
		}
	}
	switch {
	case p.char == "\n", p.char == " " && line == 0:
		s.emit(len(s.pieces), len(s.pieces))
		return true
	case line == 0:
		line = space
	}
	if line > 0 {
		s.emit(line, line+1)
		return false
	}
	at := len(s.pieces)
	for joins(p) && at > 1 {
		at--
		p = s.pieces[at]
	}
	if at <= 1 {
		at = len(s.pieces)
	}
	s.emit(at, at)
	return false
}

// joins reports whether a code point belongs to the letter before it.
func joins(p piece) bool {
	r, _ := utf8.DecodeRuneInString(p.char)
	return p.char != "" && (unicode.Is(unicode.M, r) || r == '\u200d')
}

// emit closes the part before piece end and begins the next at piece from.
func (s *splitter) emit(end, from int) {
	var b strings.Builder
	for _, p := range s.open {
		b.WriteString(p.raw)
	}
	stack := append([]piece(nil), s.open...)
	shown := false
	for _, p := range s.pieces[:end] {
		b.WriteString(p.raw)
		stack = nest(stack, p)
		shown = shown || strings.TrimSpace(p.char) != ""
	}
	for i := len(stack) - 1; i >= 0; i-- {
		b.WriteString("</" + stack[i].tag + ">")
	}
	if shown {
		s.parts = append(s.parts, b.String())
	}
	s.open = stack
	s.pieces = append([]piece(nil), s.pieces[from:]...)
	s.count = 0
	for _, p := range s.pieces {
		s.count += utf8.RuneCountInString(p.char)
	}
}

// nest follows one piece through the stack of open tags.
func nest(stack []piece, p piece) []piece {
	switch {
	case p.tag == "":
	case !p.end:
		return append(stack, p)
	case len(stack) > 0 && stack[len(stack)-1].tag == p.tag:
		return stack[:len(stack)-1]
	}
	return stack
}
