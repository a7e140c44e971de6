package dispatch

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// syllable is the shape of one Vietnamese syllable in folded letters.
var syllable = regexp.MustCompile(`^(?:ngh|ng|nh|gh|gi|kh|ph|qu|th|tr|ch|[bcdghklmnprstvx])?(?:uye|uya|uay|uoi|uou|oai|oay|oeo|ieu|yeu|uay|ai|ao|au|ay|eo|eu|ia|ie|iu|oa|oe|oi|oo|ua|ue|ui|uo|uu|uy|ye|[aeiouy])(?:ng|nh|ch|[cmnpt])?$`)

// mendWords parts two words run together ("côngvăn") where there is exactly one
// way to do it, and joins one word torn into letters ("t ấ n").
func (rd *reader) mendWords(s string, segs []seg) string {
	words := strings.Split(s, " ")
	out := words[:0:0]
	var edits []edit
	at := 0
	for i := 0; i < len(words); i++ {
		w := words[i]
		was := w
		if n, joined := tornWord(words[i:]); n > 0 {
			was = strings.Join(words[i:i+n], " ")
			edits = append(edits, rd.note(was, joined, at, segs))
			w, i = joined, i+n-1
		} else if len(w) < 5 || rd.whole[w] {
			// most words are short or known
		} else if parted, ok := partWord(w); !ok && rd.whole != nil {
			rd.whole[w] = true
		} else if ok {
			edits = append(edits, rd.note(w, parted, at, segs))
			w = parted
		}
		out = append(out, w)
		at += utf8.RuneCountInString(was) + 1
	}
	if len(edits) == 0 {
		return s
	}
	shift(segs, edits)
	return strings.Join(out, " ")
}

// tornWord reports how many of the first words are single letters of one syllable.
func tornWord(words []string) (int, string) {
	n := 0
	for n < len(words) && n < 7 && utf8.RuneCountInString(words[n]) == 1 && isLetter(words[n]) {
		n++
	}
	if n < 3 {
		return 0, ""
	}
	joined := strings.Join(words[:n], "")
	if !syllable.MatchString(fold(joined)) {
		return 0, ""
	}
	return n, joined
}

func isLetter(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsLetter(r)
}

// partWord parts a lower-case token that is no syllable but two, in one way only.
// Short tokens with one mark stay ("lôgic"): they are foreign words.
func partWord(w string) (string, bool) {
	core := strings.TrimRight(w, ".,;:)")
	r := []rune(core)
	if len(r) < 4 || len(r) > 14 || !markedLower(r) {
		return "", false
	}
	f := fold(core)
	if syllable.MatchString(f) {
		return "", false
	}
	cut := 0
	for i := 2; i <= len(r)-2; i++ {
		if syllable.MatchString(f[:i]) && syllable.MatchString(f[i:]) {
			if cut > 0 {
				return "", false
			}
			cut = i
		}
	}
	if cut == 0 || len(r) < 7 && (!marked(r[:cut]) || !marked(r[cut:])) {
		return "", false
	}
	return string(r[:cut]) + " " + string(r[cut:]) + w[len(core):], true
}

func markedLower(r []rune) bool {
	for i, c := range r {
		if !unicode.IsLetter(c) || i > 0 && unicode.IsUpper(c) {
			return false
		}
	}
	return marked(r)
}

func marked(r []rune) bool {
	for _, c := range r {
		if c >= 0x80 && vietnamese(c) {
			return true
		}
	}
	return false
}
