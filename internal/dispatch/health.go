package dispatch

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Thresholds of a readable text, tried on whole dispatches: Vietnamese prose has
// marks on about 35 % of its letters; a copy that lost the glyphs outside Latin-1
// keeps some 10 % and leaves syllables broken to consonants (one word in five);
// one without accents has no marks but whole syllables.
const (
	lostMarks   = 0.20 // share of marked letters below which broken syllables mean loss
	lostStrays  = 0.06 // share of words that are broken syllables
	lostForeign = 0.02 // share of letters that no Vietnamese text has: wrong encoding
	plainMarks  = 0.01 // share of marked letters below which a text is accentless
	fewestWords = 8    // shorter texts are not judged
)

// health is what a first look at a text says about its letters.
type health struct {
	letters, marked, foreign int
	words, strays            int
	secret                   bool
}

func (h health) share(n, of int) float64 {
	if of == 0 {
		return 0
	}
	return float64(n) / float64(of)
}

func (h health) lost() bool {
	if h.words < fewestWords {
		return false
	}
	if h.share(h.foreign, h.letters) > lostForeign {
		return true
	}
	return h.share(h.marked, h.letters) < lostMarks && h.share(h.strays, h.words) > lostStrays
}

func (h health) accentless() bool {
	return h.letters > 0 && h.share(h.marked, h.letters) < plainMarks
}

func examine(lines []line) health {
	var h health
	for i, l := range lines {
		for _, r := range l.r {
			h.count(r)
		}
		for _, w := range strings.Fields(l.String()) {
			h.word(w)
		}
		h.secret = h.secret || secretMark(l, i < 25)
	}
	return h
}

func (h *health) count(r rune) {
	switch {
	case r == utf8.RuneError:
		h.foreign++
		h.letters++
	case r >= 0x80 && (unicode.IsLetter(r) || unicode.IsMark(r) || r >= 0xA1 && r <= 0xBF && r != '°' && r != '«' && r != '»' && r != '·'):
		h.letters++
		if b := foldRune(r); b >= 'a' && b <= 'z' && vietnamese(r) {
			h.marked++
		} else {
			h.foreign++
		}
	case unicode.IsLetter(r):
		h.letters++
	}
}

// vietnamese keeps out the letters that fold to a plain one but are not in the alphabet (ä, ß, ñ, å).
func vietnamese(r rune) bool {
	return r >= 0x1EA0 && r <= 0x1EF9 || strings.ContainsRune("àáâãèéêìíòóôõùúýăđĩũơưÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝĂĐĨŨƠƯ", r)
}

// word counts a lower-case run of consonants: no syllable is without a vowel,
// and abbreviations are in capitals. A letter before ")" or "." is a list mark.
func (h *health) word(w string) {
	h.words++
	w = strings.Trim(w, ",;:(\"“”'")
	if w == "" || len(w) > 4 || strings.ContainsAny(w, ").") {
		return
	}
	for _, c := range w {
		if c < 'a' || c > 'z' || strings.ContainsRune("aeiouy", c) {
			return
		}
	}
	h.strays++
}

var (
	secretAlone = regexp.MustCompile(`^[\[(<"*]?\s*(?:(?:do|muc do) mat ?: ?|(?:tai lieu|van ban) )?(mat|toi mat|tuyet mat|m a t|tuyet doi mat)\s*[\])>"*]?\.?$`)
	secretCaps  = regexp.MustCompile(`(?:^|[^\p{L}])(TỐI MẬT|TUYỆT MẬT|MẬT)(?:$|[^\p{L}])`)
	// secretInside is a sentence that speaks of marks: "tài liệu MẬT, TỐI MẬT trên máy tính".
	secretInside = regexp.MustCompile(`\p{Ll} "?(?:TỐI MẬT|TUYỆT MẬT|MẬT)|MẬT"? \p{Ll}`)
	secretNot    = regexp.MustCompile(`(?:BÍ|BẢO|CƠ|GIỮ|LỘ)\s+MẬT|MẬT\s+(?:KHẨU|MÃ|VỤ|THƯ|ĐỘ|ONG)`)
)

// secretMark reports a classification mark: the word alone on its line or in its
// column, or in capitals in the head. "bí mật nhà nước" in a sentence is none.
func secretMark(l line, head bool) bool {
	for _, c := range l.cols {
		if len(c) > 80 {
			continue
		}
		if f := fold(c); strings.Contains(f, "m") && secretAlone.MatchString(f) && secretWord(c) {
			return true
		}
	}
	s := l.String()
	return head && strings.Contains(s, "MẬT") && secretCaps.MatchString(s) && !secretNot.MatchString(s) && l.len() <= 120 && !secretInside.MatchString(s)
}

// secretWord keeps "mặt" and a wrapped "mật" apart from the mark, which has a capital.
func secretWord(s string) bool {
	t := newTxt(s)
	lower := strings.ToLower(s)
	return strings.Contains(lower, "mật") && (strings.ContainsAny(s, "MTĐVT") || t.allCaps()) ||
		t.allCaps() && !strings.ContainsFunc(s, vietnamese) || strings.Contains(lower, "m ậ t")
}
