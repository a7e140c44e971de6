package bot

import (
	"strings"

	"trucban/internal/viet"
)

// suggest finds what may have been meant by a text that must not act: a sentence
// that begins with words of the table, a syllable without its accents, raw Telex,
// a command with one letter wrong.
func (v Vocabulary) suggest(text string) string {
	tokens := tokenize(text)
	if len(tokens) == 0 {
		return ""
	}
	head := ""
	for more := true; more; { // what stands behind the courtesies says more than they
		if key := v.head(tokens); key != "" {
			head = key
		}
		tokens, more = cutLead(tokens)
	}
	if head != "" {
		return head
	}
	if len(tokens) == 1 {
		if i, ok := v.folded[tokens[0].fold]; ok && tokens[0].core == tokens[0].fold {
			return v.forms[i].Key
		}
		if key := v.near(tokens[0].fold); key != "" {
			return key
		}
	}
	if telex := viet.TelexSuggest(text); telex != "" {
		if w, ok := v.whole(tokenize(telex)); ok {
			return w.Key
		}
		if i, ok := v.folded[telex]; ok {
			return v.forms[i].Key
		}
	}
	return ""
}

// head finds the form whose words or command a sentence begins with.
func (v Vocabulary) head(tokens []token) string {
	for k := min(len(tokens), 5); k > 0; k-- {
		if i, ok := v.heads[viet.Fold(strings.Join(typed(tokens[:k]), " "))]; ok {
			return v.forms[i].Key
		}
	}
	return ""
}

// near finds the one form with a command that differs in a single letter; of
// several none is offered.
func (v Vocabulary) near(word string) string {
	if len(word) < 4 {
		return ""
	}
	found := -1
	for c, i := range v.commands {
		if len(c) < 4 || !oneEdit(word, c) {
			continue
		}
		if found >= 0 && found != i {
			return ""
		}
		found = i
	}
	if found < 0 {
		return ""
	}
	return v.forms[found].Key
}

// oneEdit reports whether two words differ by one letter put in, left out or
// replaced, or by two neighbours changed round.
func oneEdit(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	switch len(b) - len(a) {
	case 1:
		return a[i:] == b[i+1:]
	case 0:
		if i == len(a) {
			return false
		}
		return a[i+1:] == b[i+1:] ||
			i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
	}
	return false
}
