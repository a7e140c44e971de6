package bot

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"trucban/internal/viet"
)

// token is one word of a text: its core without marks around it, in lower case
// and NFC, and its place in the text.
type token struct {
	core string
	fold string
	end  int // byte offset behind it in the text
}

// tokenize cuts a text into words; what has neither letter nor digit is left out.
func tokenize(text string) []token {
	var out []token
	start := -1
	for i, r := range text + " " {
		switch {
		case !unicode.IsSpace(r):
			if start < 0 {
				start = i
			}
		case start >= 0:
			if core := trimCore(strings.ToLower(norm.NFC.String(text[start:i]))); core != "" {
				out = append(out, token{core: core, fold: viet.Fold(core), end: i})
			}
			start = -1
		}
	}
	return out
}

// trimCore takes marks off both ends of a word.
func trimCore(s string) string {
	return strings.TrimFunc(s, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.M, r)
	})
}

func typed(tokens []token) []string {
	var out []string
	for _, t := range tokens {
		out = append(out, t.core)
	}
	return out
}

// phraseKey is what two phrases are compared by: the letters, and for a single
// syllable its accents too.
func phraseKey(words []string) string {
	if len(words) != 1 {
		return viet.Fold(strings.Join(words, " "))
	}
	fold := viet.Fold(words[0])
	if syllables(fold) > 1 {
		return fold
	}
	return fold + accents(words[0])
}

// accents lists the marks of a word in a fixed order, so that hoà and hòa are alike.
func accents(word string) string {
	var marks []rune
	for _, r := range norm.NFD.String(strings.ToLower(word)) {
		if unicode.Is(unicode.Mn, r) || r == 'đ' {
			marks = append(marks, r)
		}
	}
	slices.Sort(marks)
	return string(marks)
}

// syllables counts groups of vowels in a folded word. A Vietnamese word as it is
// written, one syllable, has one.
func syllables(fold string) int {
	n, in := 0, false
	for _, r := range fold {
		vowel := strings.ContainsRune("aeiouy", r)
		if vowel && !in {
			n++
		}
		in = vowel
	}
	return n
}

// Courtesies around an answer, as typed. "à" is not among them: it asks. Nor do
// forms of address lead an answer by themselves: "đ/c điểm danh" tells somebody else to.
var (
	leadCourtesy  = courtesies("dạ", "đã", "vâng", "thưa", "kính báo cáo", "báo cáo", "em", "tôi", "mình", "xin")
	leadAddress   = courtesies("đ/c", "đc", "đồng chí", "thủ trưởng", "lãnh đạo", "sếp", "anh", "chị")
	trailCourtesy = courtesies("ạ", "ah", "nhé", "nha", "nhá", "nghe", "rồi", "r", "luôn", "đ/c", "đc", "đồng chí",
		"thủ trưởng", "lãnh đạo", "sếp", "anh", "chị", "em", "các đồng chí", "các đ/c")
)

// courtesies lists phrases as typed and as typed without accents, longest first.
func courtesies(phrases ...string) [][]string {
	var out [][]string
	for _, p := range phrases {
		out = append(out, strings.Fields(p))
		if f := viet.Fold(p); f != p {
			out = append(out, strings.Fields(f))
		}
	}
	slices.SortStableFunc(out, func(a, b []string) int { return len(b) - len(a) })
	return out
}

// maxTokens bounds the words looked at; nobody answers with more.
const maxTokens = 24

// whole matches words that are the whole message, with ever more courtesies taken off both ends.
func (v Vocabulary) whole(tokens []token) (Words, bool) {
	if len(tokens) > maxTokens {
		return Words{}, false
	}
	for more := len(tokens) > 0; more; tokens, more = cutLead(tokens) {
		for rest, ok := tokens, true; ok; rest, ok = cutTrail(rest) {
			if w, found := v.exact(rest); found {
				return w, true
			}
		}
	}
	return Words{}, false
}

func cutLead(tokens []token) ([]token, bool) {
	for _, p := range leadCourtesy {
		if len(tokens) > len(p) && slices.Equal(typed(tokens[:len(p)]), p) {
			tokens = tokens[len(p):]
			for _, a := range leadAddress {
				if len(tokens) > len(a) && slices.Equal(typed(tokens[:len(a)]), a) {
					return tokens[len(a):], true
				}
			}
			return tokens, true
		}
	}
	return tokens, false
}

func cutTrail(tokens []token) ([]token, bool) {
	for _, p := range trailCourtesy {
		if n := len(tokens) - len(p); n > 0 && slices.Equal(typed(tokens[n:]), p) {
			return tokens[:n], true
		}
	}
	return tokens, false
}

// exact matches a phrase, a phrase with the numbers it takes on either side, or a number alone.
func (v Vocabulary) exact(tokens []token) (Words, bool) {
	if i, ok := v.phrases[phraseKey(typed(tokens))]; ok {
		return Words{Key: v.forms[i].Key}, true
	}
	for k := 1; k < len(tokens); k++ {
		for _, side := range [2][2][]token{{tokens[:k], tokens[k:]}, {tokens[k:], tokens[:k]}} {
			i, ok := v.phrases[phraseKey(typed(side[0]))]
			if !ok {
				continue
			}
			if refs, ok := references(side[1], v.forms[i].Takes); ok {
				return withRefs(Words{Key: v.forms[i].Key}, refs), true
			}
		}
	}
	if len(tokens) == 2 && tokens[0].fold == "so" {
		tokens = tokens[1:]
	}
	if n, err := strconv.Atoi(tokens[0].fold); err == nil && len(tokens) == 1 && n > 0 && n < 100 {
		return Words{Choice: n}, true
	}
	return Words{}, false
}

func withRefs(w Words, refs []string) Words {
	w.Refs = refs
	if len(refs) == 1 {
		w.Arg = refs[0]
	}
	return w
}

var (
	numberRef     = regexp.MustCompile(`^\d{1,3}(?:\.\d{1,2})?$`)
	numberParts   = regexp.MustCompile(`[,;+&]`)
	incidentWords = regexp.MustCompile(`^(?:sc[ -]*)?(?:(20\d\d)[ -]+)?(\d{1,6})$`)
)

// Words that may stand before a number without changing what is meant. Behind it
// they make it a count: "xong 3 việc" says how many, not which.
var (
	numberFillers   = []string{"viec", "so", "muc", "nv", "nhiem", "vu", "va", "dau", "trang"}
	incidentFillers = []string{"su", "co", "so", "vu"}
)

// maxRefs bounds how many numbers one message may name.
const maxRefs = 20

// references reads tokens that are nothing but numbers, or nothing but one incident.
func references(tokens []token, takes Takes) ([]string, bool) {
	if n := len(tokens); n == 0 || !strings.ContainsAny(tokens[n-1].fold, "0123456789") {
		return nil, false
	}
	switch takes {
	case TakesNumber:
		return numbers(tokens)
	case TakesID:
		return incidentID(tokens)
	}
	return nil, false
}

func numbers(tokens []token) ([]string, bool) {
	var refs []string
	for _, t := range tokens {
		if slices.Contains(numberFillers, t.fold) {
			continue
		}
		for _, part := range numberParts.Split(t.fold, -1) {
			if !numberRef.MatchString(part) || len(refs) == maxRefs {
				return nil, false
			}
			refs = append(refs, trimZeros(part))
		}
	}
	return refs, len(refs) > 0
}

func trimZeros(s string) string {
	if t := strings.TrimLeft(s, "0"); t != "" && t[0] != '.' {
		return t
	}
	return s
}

func incidentID(tokens []token) ([]string, bool) {
	var words []string
	for _, t := range tokens {
		if !slices.Contains(incidentFillers, t.fold) {
			words = append(words, t.fold)
		}
	}
	m := incidentWords.FindStringSubmatch(strings.Join(words, " "))
	if m == nil {
		return nil, false
	}
	id := "SC-"
	if m[1] != "" {
		id += m[1] + "-"
	}
	return []string{id + m[2]}, true
}

// askers end a question that carries no question mark.
var askers = []string{"chưa", "chua", "không", "khong", "ko", "hông", "hong", "à", "hả", "ha", "sao", "nào", "nao", "gì", "gi", "đâu", "dau"}

// isQuestion reports whether a text asks: asking is not doing.
func isQuestion(text string) bool {
	if strings.HasSuffix(strings.TrimRightFunc(text, func(r rune) bool { return r != '?' && !unicode.IsLetter(r) && !unicode.IsDigit(r) }), "?") {
		return true
	}
	tokens := tokenize(text)
	tokens = tokens[max(0, len(tokens)-maxTokens):]
	for len(tokens) > 0 {
		last := tokens[len(tokens)-1].core
		if slices.Contains(askers, last) {
			return true
		}
		rest, ok := cutTrail(tokens)
		if !ok {
			return false
		}
		tokens = rest
	}
	return false
}
