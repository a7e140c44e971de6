package bot

import (
	"errors"
	"fmt"
	"strings"

	"trucban/internal/viet"
)

// Takes says what may follow the words of a text form when they are typed without a slash.
type Takes int

// What may follow. After a slash anything may.
const (
	TakesNothing Takes = iota
	TakesNumber        // the number of a task or page: "xong 3", "việc 3 xong"
	TakesID            // an incident: "đã xử lý SC-2027-0001", "tiếp nhận 1"
	TakesNote          // free words behind the first command: "ondanh mất điện 5 phút"
	TakesText          // the same, and behind a colon: "sự cố: mất điện"
)

// TextForm is what people may type for one thing that can be asked.
type TextForm struct {
	Key string // what is returned; unique
	// Commands act after a slash. The first acts bare as well, alone or with its
	// argument; the others act bare only when they are the whole message and
	// cannot be a Vietnamese word ("diemdanh" can not, "on" can).
	Commands []string
	// Words act when they are the whole message. With accents they are understood
	// without, except a single syllable: "vang" may be vắng, vàng or vâng.
	Words []string
	Takes Takes
}

// Words is what a text was understood as.
type Words struct {
	Key string // the form to act on, "" when there is none
	// Arg is what goes with it: a text as typed, a number with its note ("3 đã
	// gửi"), an incident ("SC-2027-0001"). It is empty when Refs holds several, so
	// that who reads one number only does not take the others for a note.
	Arg    string
	Refs   []string // the numbers, or the incident, where the argument is nothing else
	Choice int      // a number alone, 1 to 99: an answer of what was asked last, where answers were numbered
	Slash  bool     // typed as a command, so that it deserves an answer even if unknown
	// Suggest is the key of what may have been meant. It may be offered, never acted on.
	Suggest string
}

// Vocabulary is a table of text forms made ready for ParseText. It never changes.
type Vocabulary struct {
	forms    []TextForm
	byKey    map[string]int
	commands map[string]int // folded; what stands behind a slash
	phrases  map[string]int // by phraseKey; what acts as a whole message
	glued    map[string]int // folded first commands that cannot be a Vietnamese word
	folded   map[string]int // words of one syllable without their accents: suggested only
	heads    map[string]int // folded phrases and commands of several syllables: suggested when they begin a sentence
}

// NewVocabulary checks the table: keys, commands and words are unique.
func NewVocabulary(forms []TextForm) (Vocabulary, error) {
	v := Vocabulary{
		forms: forms, byKey: map[string]int{}, commands: map[string]int{}, phrases: map[string]int{},
		folded: map[string]int{}, glued: map[string]int{}, heads: map[string]int{},
	}
	var faults []error
	for i, f := range forms {
		if f.Key == "" {
			faults = append(faults, fmt.Errorf("text form %d has no key", i))
		}
		faults = append(faults, v.put(v.byKey, f.Key, i))
		for n, c := range f.Commands {
			faults = append(faults, v.addCommand(viet.Fold(c), n == 0, i))
		}
		for _, w := range f.Words {
			faults = append(faults, v.addWords(viet.Line(w), i))
		}
	}
	return v, errors.Join(faults...)
}

// put enters a key; the same key for two forms is a fault.
func (v Vocabulary) put(m map[string]int, key string, i int) error {
	if j, twice := m[key]; twice && j != i {
		return fmt.Errorf("text form %q leads to %q and %q", key, v.forms[j].Key, v.forms[i].Key)
	}
	m[key] = i
	return nil
}

func (v Vocabulary) addCommand(c string, first bool, i int) error {
	err := v.put(v.commands, c, i)
	if syllables(c) > 1 {
		v.heads[c] = i
		if first {
			v.glued[c] = i
		}
	} else if !first {
		return err // "on" and "viec" are words of a sentence too
	}
	return errors.Join(err, v.put(v.phrases, phraseKey(strings.Fields(c)), i))
}

func (v Vocabulary) addWords(w string, i int) error {
	if strings.Contains(w, " ") {
		v.heads[viet.Fold(w)] = i
	} else {
		v.folded[viet.Fold(w)] = i
	}
	return v.put(v.phrases, phraseKey(strings.Fields(w)), i)
}

// maxBare bounds, in bytes, what is looked at as words without a slash; nobody
// answers with more.
const maxBare = 400

// ParseText recognises what a person typed: a command with its argument, or words
// that are the whole message, with and without accents, in any Unicode form, with
// closing dots and courtesies. A sentence that only contains such words, a
// question, and raw Telex never act; they yield a suggestion at most.
func ParseText(v Vocabulary, s string) Words {
	text := strings.TrimSpace(viet.Clean(s))
	if rest, ok := cutSlash(text); ok {
		return v.slash(rest)
	}
	if text == "" || len(text) > maxBare {
		return v.long(text)
	}
	text = strings.TrimSpace(cutAnswer(text))
	if w, ok := v.act(text); ok {
		return w
	}
	return Words{Suggest: v.suggest(text)}
}

// cutSlash takes the slash off a command; people type it full-width and with a space after it too.
func cutSlash(text string) (string, bool) {
	for _, slash := range []string{"/", "\uff0f"} {
		if rest, ok := strings.CutPrefix(text, slash); ok {
			return strings.TrimLeft(rest, " "), rest != ""
		}
	}
	return text, false
}

// cutAnswer takes "Trả lời:" off, which people copy along with the words to answer with.
func cutAnswer(text string) string {
	if head, rest, ok := strings.Cut(text, ":"); ok && viet.Fold(head) == "tra loi" {
		return rest
	}
	return text
}

// slash reads "/word@bot argument", or "/" with words of the table in front of an argument.
func (v Vocabulary) slash(text string) Words {
	n := strings.IndexAny(text, " \n\t:")
	if n < 0 {
		n = len(text)
	}
	word, _, _ := strings.Cut(text[:n], "@")
	i, known := v.commands[trimCore(viet.Fold(word))]
	// "/ổn định mất điện" is no "/on" with an argument.
	tokens := tokenize(text)
	for k := min(len(tokens), 5); k > 1 || k == 1 && !known; k-- {
		if i, ok := v.phrases[phraseKey(typed(tokens[:k]))]; ok {
			return v.called(i, text[tokens[k-1].end:])
		}
	}
	if known {
		return v.called(i, text[n:])
	}
	return Words{Slash: true, Suggest: v.suggest(word)}
}

// called is a command after a slash with whatever stands behind it, without the colon people put between.
func (v Vocabulary) called(i int, rest string) Words {
	rest = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(rest), ":"))
	w := Words{Key: v.forms[i].Key, Arg: rest, Slash: true}
	if refs, ok := references(tokenize(rest), v.forms[i].Takes); ok {
		w.Arg = ""
		return withRefs(w, refs)
	}
	return w
}

// long handles a message too long to be words: only a command that is no word may
// lead it ("vanban" and a pasted dispatch).
func (v Vocabulary) long(text string) Words {
	if w, ok := v.lead(text); ok {
		return w
	}
	return Words{}
}

// act recognises a text without a slash.
func (v Vocabulary) act(text string) (Words, bool) {
	head, tail, label := cutTail(text)
	if label {
		return v.whole(tokenize(head)) // "1 = Tiếp nhận": the label says nothing more
	}
	if !isQuestion(text) {
		if w, ok := v.whole(tokenize(text)); ok {
			return w, true
		}
		if w, ok := v.lead(text); ok {
			return w, true
		}
	}
	if w, ok := v.whole(tokenize(head)); ok {
		return v.withTail(w, tail)
	}
	return Words{}, false
}

// cutTail splits at the first colon, or at "=" before the label of a copied answer.
func cutTail(text string) (head, tail string, label bool) {
	n := strings.IndexAny(text, ":=")
	if n < 0 {
		return "", "", false
	}
	return strings.TrimSpace(text[:n]), strings.TrimSpace(text[n+1:]), text[n] == '='
}

// withTail joins words with what stands behind their colon.
func (v Vocabulary) withTail(w Words, tail string) (Words, bool) {
	if w.Key == "" {
		return Words{}, false // a choice takes nothing
	}
	takes := v.forms[v.byKey[w.Key]].Takes
	switch {
	case tail == "":
		return w, true
	case takes == TakesText, len(w.Refs) == 1:
		w.Arg, w.Refs = strings.TrimSpace(w.Arg+" "+tail), nil
		return w, true
	case len(w.Refs) == 0:
		if refs, ok := references(tokenize(tail), takes); ok {
			return withRefs(w, refs), true
		}
	}
	return Words{}, false
}

// lead reads a first command that cannot be a word of a sentence, with the text
// it takes: "ondanh mất điện 5 phút".
func (v Vocabulary) lead(text string) (Words, bool) {
	n := strings.IndexAny(text, " \n\t:,(")
	if n < 0 {
		return Words{}, false
	}
	i, ok := v.glued[trimCore(viet.Fold(text[:n]))]
	if !ok || v.forms[i].Takes < TakesNote || isQuestion(text) && text[n] != ':' {
		return Words{}, false
	}
	arg := strings.TrimSpace(text[n:])
	if inner, ok := strings.CutPrefix(arg, "("); ok {
		// The label of a copied hint: "ondanh (Ổn định)".
		if j, same := v.phrases[phraseKey(typed(tokenize(strings.TrimSuffix(inner, ")"))))]; same && j == i {
			arg = ""
		}
	}
	return Words{Key: v.forms[i].Key, Arg: strings.TrimSpace(strings.TrimLeft(arg, ":, "))}, true
}
