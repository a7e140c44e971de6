package dispatch

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"trucban/internal/viet"
)

// line is one physical line, cleaned; empty lines are counted, not kept.
type line struct {
	txt
	no     int      // from 1, in the text given
	gap    int      // empty lines before it
	indent bool     // began with a space
	cols   []string // parts divided by a wide gap, a tab or a bar; one when there is none
	cells  []string // the same with the empty ones, where tabs or bars divide it: a table's row
	spaces bool     // had doubled spaces inside
}

var (
	pageNumber = regexp.MustCompile(`^(?:-{0,2} ?\d{1,3} ?-{0,2}|(?:trang|page) ?\d{1,3}(?: ?(?:/|of|tren) ?\d{1,3})?)$`)
	wideGap    = regexp.MustCompile(`\t+ *| {3,}`)
	ruleLine   = regexp.MustCompile(`^(?:[-_=*~.+:|\s]{3,}|\|+|\*{1,2})$`)
	quoteMark  = regexp.MustCompile(`^(?:> ?|#{1,6} )+`)
)

// printed reports a page's number or a rule, which say nothing. The cheap looks come first:
// a text may have a hundred thousand lines.
func (l line) printed() bool {
	short := l.len() < 16
	if short && strings.ContainsAny(l.f, "0123456789") && pageNumber.MatchString(l.f) {
		return true
	}
	return (short || !unicode.IsLetter(l.r[0])) && strings.IndexByte("-_=*~.+:| \t", l.f[0]) >= 0 && ruleLine.MatchString(l.f)
}

// cleanLines splits a text as it comes from a file, a PDF or a chat. It ends when there are
// more lines than are read.
func cleanLines(text string) []line {
	var out []line
	gap := 0
	for i, raw := range splitLines(text) {
		if s := strings.TrimSpace(raw); s != "" && strings.IndexByte("-_=*~.+:|", s[0]) >= 0 && ruleLine.MatchString(s) {
			gap++
			continue
		}
		l := cleanLine(raw)
		if l.len() == 0 || l.printed() {
			gap++
			continue
		}
		if n := len(out); n > 0 && (l.starts("nhan:") || l.starts("gui:")) {
			if out[n-1], l = rejoin(out[n-1], l); out[n-1].len() == 0 {
				out = out[:n-1]
			}
		}
		if n := len(out); n > 0 && n < 40 && tornHead(out[n-1], l) {
			out[n-1] = glued(out[n-1], l)
			gap = 0
			continue
		}
		if len(out) > MaxLines {
			break
		}
		l.no, l.gap = i+1, gap
		out = append(out, splitMarks(l)...)
		gap = 0
	}
	return out
}

var (
	tornDate = regexp.MustCompile(`(?:^|, ?)ngay(?: \d{1,2}(?: thang(?: \d{1,2}(?: nam)?)?)?)?$`)
	restDate = regexp.MustCompile(`^(?:\d{1,2} )?(?:thang \d{1,2} )?(?:\d{1,2} )?nam \d{4}$|^\d{4}$`)
)

// tornHead reports a line of the head that a narrow column broke: the motto's first
// line, "Số:" and its number, place and date.
func tornHead(prev, l line) bool {
	switch {
	case strings.HasSuffix(prev.f, "cong hoa xa hoi") || prev.f == "cong":
		return l.starts("chu nghia viet nam") || l.starts("hoa xa hoi")
	case prev.f == "so:":
		return l.len() < 40 && strings.Contains(l.f, "/")
	}
	return prev.len() < 60 && l.len() < 25 && tornDate.MatchString(prev.f) && restDate.MatchString(l.f)
}

// glued is a line with what the next one carries on.
func glued(prev, l line) line {
	prev.cols = append(slices.Clone(prev.cols[:len(prev.cols)-1]), prev.cols[len(prev.cols)-1]+" "+l.String())
	prev.txt = newTxt(strings.Join(prev.cols, " "))
	return prev
}

// splitLines cleans the text and keeps the reader's count of lines: a form feed
// stands at the head of a line, as pdftotext writes it, and ends none of its own;
// a vertical tab (Word's soft break) and Unicode's line separators end one.
func splitLines(text string) []string {
	return strings.Split(viet.Clean(strings.ReplaceAll(text, "\f", " ")), "\n")
}

func cleanLine(raw string) line {
	indent := strings.HasPrefix(raw, " ") || strings.HasPrefix(raw, "\t")
	s := strings.TrimSpace(raw)
	if strings.HasPrefix(s, ">") || strings.HasPrefix(s, "#") {
		s = strings.TrimSpace(quoteMark.ReplaceAllString(s, ""))
	}
	if strings.Contains(s, "*") || strings.Contains(s, "__") {
		s = unmark(s)
	}
	s = bullet(s)
	l := line{indent: indent, spaces: strings.Contains(s, "  ")}
	switch {
	case s == "":
	case strings.Contains(s, "|") && !strings.HasPrefix(s, "|.") && !strings.HasPrefix(s, "|)"):
		l.cells, l.spaces = cellsOf(strings.TrimSuffix(strings.TrimPrefix(s, "|"), "|"), "|"), false
		l.cols = filled(l.cells)
	case strings.Contains(s, "\t") || strings.Contains(s, "   "):
		for _, c := range wideGap.Split(s, -1) {
			if c = strings.Join(strings.Fields(c), " "); c != "" {
				l.cols = append(l.cols, c)
			}
		}
		if l.cells = l.cols; strings.Contains(s, "\t") {
			l.cells = cellsOf(s, "\t")
		}
	case l.spaces:
		l.cols = []string{strings.Join(strings.Fields(s), " ")}
	default:
		l.cols = []string{s}
	}
	l.txt = newTxt(strings.Join(l.cols, " "))
	return l
}

// cellsOf parts a table's row, keeping what is empty in its place.
func cellsOf(s, sign string) []string {
	cells := strings.Split(s, sign)
	for i, c := range cells {
		cells[i] = strings.Join(strings.Fields(c), " ")
	}
	return cells
}

// filled are the cells that hold something.
func filled(cells []string) []string {
	return slices.DeleteFunc(slices.Clone(cells), func(c string) bool { return c == "" })
}

// unmark takes markdown's bold and italic marks off; a star as a bullet stays.
func unmark(s string) string {
	s = strings.ReplaceAll(strings.ReplaceAll(s, "**", ""), "__", "")
	if head, ok := strings.CutPrefix(s, "*"); ok && !strings.HasPrefix(head, " ") && strings.HasSuffix(s, "*") {
		s = strings.Trim(s, "*")
	}
	return strings.TrimSpace(s)
}

// bullet gives the many signs of a list one form: private-use glyphs of symbol
// fonts, dots and squares become "- ", and a dash gets its space.
func bullet(s string) string {
	r := []rune(s)
	if len(r) < 2 {
		return s
	}
	switch {
	case strings.ContainsRune("📢📣🔔⚠🚨❗‼🔴🔥📌📝📍🆘🇻", r[0]):
		return strings.TrimLeftFunc(string(r[1:]), notWord)
	case unicode.Is(unicode.So, r[0]):
		return "• " + strings.TrimLeftFunc(string(r[1:]), notWord)
	case strings.ContainsRune("•●◦▪■□◆►➢✓✔·⁃∙", r[0]) || unicode.Is(unicode.Co, r[0]):
		return "• " + strings.TrimSpace(string(r[1:]))
	case strings.ContainsRune("-–—", r[0]) && !strings.ContainsRune("-–— ", r[1]) && !unicode.IsDigit(r[1]):
		return string(r[0]) + " " + string(r[1:])
	case r[0] == '+' && unicode.IsLetter(r[1]):
		return "+ " + string(r[1:])
	}
	return s
}

// splitMarks parts a line in which Kính gửi or Nơi nhận stands behind other
// words, as when a chat swallowed the line breaks.
func splitMarks(l line) []line {
	if !strings.Contains(l.f, " kinh gui") && !strings.Contains(l.f, " noi nhan") {
		return []line{l}
	}
	var out []line
	for {
		g := inlineZone.FindStringIndex(l.f)
		if g == nil {
			return append(out, l)
		}
		head, tail := l, l
		head.txt = l.slice(0, g[0]).trim("")
		head.cols = []string{head.String()}
		tail.txt, tail.gap, tail.indent = l.from(g[0]+1), 0, false
		tail.cols = []string{tail.String()}
		out = append(out, head)
		l = tail
	}
}

var inlineZone = regexp.MustCompile(` (?:kinh gui|noi nhan) ?: ?[^ ]`)

// notWord are the signs between an emoji and the words: its variants, spaces, further emoji.
func notWord(r rune) bool {
	return unicode.IsSpace(r) || unicode.Is(unicode.So, r) || unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Sk, r)
}

// rejoin moves the "Nơi" or "Kính" that a line break tore from its second word.
func rejoin(prev, l line) (line, line) {
	for _, w := range []string{"noi", "kinh"} {
		at := prev.len() - len(w)
		if !strings.HasSuffix(prev.f, w) || at > 0 && prev.f[at-1] != ' ' || (w == "noi") != l.starts("nhan:") {
			continue
		}
		l.txt = newTxt(prev.from(at).String() + " " + l.String())
		l.cols = []string{l.String()}
		prev.txt = prev.slice(0, at).trim("")
		prev.cols = []string{prev.String()}
		break
	}
	return prev, l
}
