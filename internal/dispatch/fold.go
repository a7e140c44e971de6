package dispatch

import (
	"strings"
	"unicode"

	"trucban/internal/viet"
)

// foldTable is viet.Fold letter by letter, for the letters and signs that fold to one byte; 0: none.
var foldTable = func() (t [0x2220]byte) {
	for r, b := range map[rune]byte{'–': '-', '—': '-', '−': '-', '‑': '-', '“': '"', '”': '"', '«': '"', '»': '"',
		'’': '\'', '‘': '\'', '′': '\'', '…': '.'} {
		t[r] = b
	}
	for r := range rune(0x80) {
		t[r] = byte(unicode.ToLower(r))
	}
	for _, span := range [][2]rune{{0xC0, 0x24F}, {0x1EA0, 0x1EF9}} {
		for r := span[0]; r <= span[1]; r++ {
			if f := viet.Fold(string(r)); len(f) == 1 {
				t[r] = f[0]
			}
		}
	}
	return t
}()

// foldRune is the plain lower-case letter of r. Other letters become '_' and
// other signs '~', so that every rune is one byte.
func foldRune(r rune) byte {
	if r >= 0 && int(r) < len(foldTable) && (r == 0 || foldTable[r] != 0) {
		return foldTable[r]
	}
	if unicode.IsLetter(r) || unicode.IsMark(r) {
		return '_'
	}
	return '~'
}

// fold is the search form of a text. It has exactly one byte for each rune of s,
// so that an offset found in it is a rune offset of the text itself; that is why
// it is not viet.Fold, which may change the length.
func fold(s string) string {
	b := make([]byte, 0, len(s))
	for _, r := range s {
		b = append(b, foldRune(r))
	}
	return string(b)
}

// txt is a text with its runes and its search form, all of one length.
type txt struct {
	r []rune
	f string
}

func newTxt(s string) txt { return txt{r: []rune(s), f: fold(s)} }

func (t txt) String() string       { return string(t.r) }
func (t txt) len() int             { return len(t.r) }
func (t txt) slice(i, j int) txt   { return txt{r: t.r[i:j], f: t.f[i:j]} }
func (t txt) from(i int) txt       { return t.slice(i, t.len()) }
func (t txt) upperAt(i int) bool   { return i < len(t.r) && unicode.IsUpper(t.r[i]) }
func (t txt) has(sub string) bool  { return strings.Contains(t.f, sub) }
func (t txt) starts(s string) bool { return strings.HasPrefix(t.f, s) }

// trim cuts spaces and the given signs from both ends.
func (t txt) trim(cut string) txt {
	i, j := 0, t.len()
	for i < j && (t.f[i] == ' ' || strings.IndexByte(cut, t.f[i]) >= 0) {
		i++
	}
	for j > i && (t.f[j-1] == ' ' || strings.IndexByte(cut, t.f[j-1]) >= 0) {
		j--
	}
	return t.slice(i, j)
}

// trimRight cuts spaces and the given signs from the end.
func (t txt) trimRight(cut string) txt {
	j := t.len()
	for j > 0 && (t.f[j-1] == ' ' || strings.IndexByte(cut, t.f[j-1]) >= 0) {
		j--
	}
	return t.slice(0, j)
}

// allCaps reports whether the text has letters and all of them are capitals.
func (t txt) allCaps() bool {
	letters := 0
	for _, r := range t.r {
		if unicode.IsLower(r) {
			return false
		}
		if unicode.IsLetter(r) {
			letters++
		}
	}
	return letters > 1
}
