package dispatch

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"
)

// style is one way of marking a list; items of one list share it.
type style int

const (
	unmarked  style = iota
	part            // Phần I, Mục 2, Chương I
	roman           // I.
	article         // Điều 1.
	arabic          // 1.  1)  1/
	decimal         // 1.1.
	decimal3        // 1.1.1.
	letter          // a)  a.  đ)
	paren           // (1)
	parenLet        // (a)
	ordinal         // Một là, Thứ nhất, Nhiệm vụ 1:
	dash            // -
	plus            // +
	bulletDot       // • *
	prose           // a paragraph without a mark, below a heading
	heading         // an unnumbered line that opens a list: "Đối với các trường học:"
	section         // a row that heads the rows of a table below it
	row             // a row of a table of tasks
	cells           // a row of any other table
)

// isBullet tells the signs without a count from the numbered styles.
func (s style) isBullet() bool { return s == dash || s == plus || s == bulletDot }

// marker is the mark at the head of a paragraph.
type marker struct {
	style   style
	value   int    // its count from 1; 0 for bullets
	printed string // as printed: "8.", "a)", "-"
	width   int    // runes it takes, with the space after it
	misread string // what it is taken for, when its letters are OCR faults: "III." for "Ill."
}

var (
	markPart    = regexp.MustCompile(`^(phan|chuong|muc) ((?:thu )?[ivxl]{1,5}|\d{1,2}|[abcd])(?:[.:] ?| ?- | |$)`)
	markArticle = regexp.MustCompile(`^dieu (\d{1,2})[.:] ?`)
	markDecimal = regexp.MustCompile(`^(\d{1,2})\.(\d{1,2})(?:\.(\d{1,2}))?(?:[.):] ?| )`)
	markArabic  = regexp.MustCompile(`^(\d{1,2})(?:\.[)/]?|[)/]|\s?[-–] )(\s?)`)
	markRoman   = regexp.MustCompile(`^([ivx]{1,5}|[il1|]{1,4})([.)/]| ?- )(\s?)`)
	markLetter  = regexp.MustCompile(`^([a-z])([.)]|/ )(\s?)`)
	markParen   = regexp.MustCompile(`^\((\d{1,2}|[a-z]|[ivx]{1,4})\) ?`)
	markBullet  = regexp.MustCompile(`^([-+*~])(?: |$)`)
	markOrdinal = regexp.MustCompile(`^(?:thu (nhat|hai|ba|tu|nam|sau|bay|tam|chin|muoi)(?: la)?|(mot|hai|ba|bon|nam|sau|bay|tam|chin|muoi) la|nhiem vu (?:thu )?(\d{1,2}))(?: ?[,:.-]) ?`)
)

var ordinals = map[string]int{"nhat": 1, "mot": 1, "hai": 2, "ba": 3, "tu": 4, "bon": 4, "nam": 5, "sau": 6, "bay": 7, "tam": 8, "chin": 9, "muoi": 10}

// letterOrder is the order of letters in Vietnamese lists; there is no f, j, w, z.
const letterOrder = "abcdđeghiklmnopqrstuvxy"

// markOf reads the mark at the head of a text; the zero marker when there is none.
func markOf(t txt) marker {
	if t.len() < 2 {
		return marker{}
	}
	head := t
	if t.len() > 40 {
		head = t.slice(0, 40)
	}
	for _, read := range readersOf(head) {
		if m := read(head); m.style != unmarked {
			m.printed = strings.TrimSpace(string(head.r[:m.width]))
			return m
		}
	}
	return marker{}
}

// readersOf picks the styles a text can have by its first letters; most lines have none.
func readersOf(t txt) []func(txt) marker {
	c := t.f[0]
	switch {
	case c == '-' || c == '+' || c == '*' || c == '~':
		return []func(txt) marker{bulletMark}
	case isDigit(c):
		return []func(txt) marker{decimalMark, arabicMark, romanMark}
	case c == '(':
		return []func(txt) marker{parenMark}
	case c != '|' && (c < 'a' || c > 'z'):
		return nil
	}
	if i := strings.IndexAny(t.f[:min(7, len(t.f))], ".)/-"); i > 0 && i <= 6 {
		return []func(txt) marker{romanMark, letterMark, wordMark}
	}
	if strings.IndexByte("tmhbnscdp", c) >= 0 {
		return []func(txt) marker{wordMark}
	}
	return nil
}

func bulletMark(t txt) marker {
	g := markBullet.FindString(t.f)
	if g == "" {
		return marker{}
	}
	switch t.f[0] {
	case '-':
		return marker{style: dash, width: len(g)}
	case '+':
		return marker{style: plus, width: len(g)}
	}
	return marker{style: bulletDot, width: len(g)}
}

func decimalMark(t txt) marker {
	g := markDecimal.FindStringSubmatch(t.f)
	if g == nil || !opens(t, len(g[0])) {
		return marker{}
	}
	if g[3] != "" {
		return marker{style: decimal3, value: atoi(g[3]), width: len(g[0])}
	}
	return marker{style: decimal, value: atoi(g[2]), width: len(g[0])}
}

func arabicMark(t txt) marker {
	g := markArabic.FindStringSubmatch(t.f)
	if g == nil || !opens(t, len(g[0])) {
		return marker{}
	}
	if n := len(g[0]); strings.HasSuffix(g[0], "/") && (n+1 >= t.len() || !unicode.IsUpper(t.r[n]) || !unicode.IsLower(t.r[n+1])) {
		return marker{} // 15/UB is a document's number, 1/Phòng an item
	}
	return marker{style: arabic, value: atoi(g[1]), width: len(g[0])}
}

// opens reports whether an item's words begin at i: a letter, a quote or a
// bracket, not the second half of a number or a date.
func opens(t txt, i int) bool {
	return i < t.len() && (unicode.IsLetter(t.r[i]) || strings.IndexByte(`"'([`, t.f[i]) >= 0 || isDigit(t.f[i]) && strings.HasSuffix(t.f[:i], ". "))
}

// romanMark reads I. to XXX. in capitals, and what scanners make of them: "Ill.", "ll.", "l.".
func romanMark(t txt) marker {
	g := markRoman.FindStringSubmatch(t.f)
	if g == nil || !opens(t, len(g[0])) {
		return marker{}
	}
	raw := string(t.r[:len(g[1])])
	width := len(g[0])
	if v := romanValue(raw); v > 0 {
		return marker{style: roman, value: v, width: width}
	}
	if raw == "l" || raw == "|" {
		if t.upperAt(width) {
			return marker{style: arabic, value: 1, width: width, misread: "1" + g[2]}
		}
		return marker{}
	}
	if strings.Trim(raw, "lI1|") == "" && strings.ContainsAny(raw, "lI|") {
		return marker{style: roman, value: len(raw), width: width, misread: strings.Repeat("I", len(raw)) + g[2]}
	}
	return marker{}
}

func romanValue(s string) int {
	digits := map[rune]int{'I': 1, 'V': 5, 'X': 10}
	v, last := 0, 0
	for _, r := range s {
		d, ok := digits[r]
		if !ok {
			return 0
		}
		v += d
		if last < d {
			v -= 2 * last
		}
		last = d
	}
	return v
}

func letterMark(t txt) marker {
	g := markLetter.FindStringSubmatch(t.f)
	if g == nil || !opens(t, len(g[0])) {
		return marker{}
	}
	r := unicode.ToLower(t.r[0])
	if initial := g[2] == "." && unicode.IsUpper(t.r[0]); initial && (g[3] != " " || !t.upperAt(len(g[0]))) {
		return marker{}
	}
	for i, c := range []rune(letterOrder) {
		if c == r && unicode.IsUpper(t.r[0]) && g[2] == "." {
			return marker{style: part, value: i + 1, width: len(g[0])}
		}
		if c == r {
			return marker{style: letter, value: i + 1, width: len(g[0])}
		}
	}
	return marker{}
}

func parenMark(t txt) marker {
	g := markParen.FindStringSubmatch(t.f)
	if g == nil {
		return marker{}
	}
	if isDigit(g[1][0]) {
		return marker{style: paren, value: atoi(g[1]), width: len(g[0])}
	}
	if v := romanValue(strings.ToUpper(g[1])); v > 0 && g[1] != "i" {
		return marker{style: parenLet, value: v, width: len(g[0])}
	}
	return marker{style: parenLet, value: strings.Index("abcdeghiklmn", g[1][:1]) + 1, width: len(g[0])}
}

func wordMark(t txt) marker {
	if g := markOrdinal.FindStringSubmatch(t.f); g != nil && t.upperAt(0) && (len(g[0]) == t.len() || !isDigit(t.f[len(g[0])])) {
		v := ordinals[g[1]+g[2]]
		if g[3] != "" {
			v = atoi(g[3])
		}
		return marker{style: ordinal, value: v, width: len(g[0])}
	}
	if g := markArticle.FindStringSubmatch(t.f); g != nil && t.upperAt(0) {
		return marker{style: article, value: atoi(g[1]), width: len(g[0])}
	}
	if g := markPart.FindStringSubmatch(t.f); g != nil && t.upperAt(0) {
		word := strings.ToUpper(strings.TrimPrefix(g[2], "thu "))
		v := romanValue(word)
		if v == 0 {
			v = atoi(word)
		}
		if v == 0 {
			v = strings.Index("ABCD", word) + 1
		}
		return marker{style: part, value: v, width: len(g[0])}
	}
	return marker{}
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// atoi reads a short run of digits; 0 when it is none.
func atoi(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}
