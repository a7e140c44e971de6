package incident

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"trucban/internal/viet"
)

// Proposal is what the words of a report suggest; people may set it otherwise.
type Proposal struct {
	Kind    string // "" when no word tells
	Level   Level
	System  string    // label of the system, "" when none is named
	FoundAt time.Time // zero when no time is named
	Ongoing string    // "yes", "no", or "" when nothing is said
}

// Propose reads kind, level, system and detection time out of a report sent at that time.
func (r Rules) Propose(text string, sent time.Time) Proposal {
	words := tokens(text)
	var p Proposal
	best := 0
	for _, k := range r.Kinds {
		if n := longest(words, k.Words); n > best {
			best, p.Kind = n, k.Code
		}
	}
	best = 0
	for _, s := range r.Systems {
		if n := longest(words, s.Words); n > best {
			best, p.System = n, s.Label
		}
	}
	p.Level = Medium
	if k, ok := r.Kind(p.Kind); ok {
		p.Level = k.Level
	}
	if longest(words, r.Words[Low]) > 0 && p.Level.Rank() > 0 {
		p.Level = Levels[p.Level.Rank()-1]
	}
	for _, l := range []Level{Medium, Serious, Critical} {
		if longest(words, r.Words[l]) > 0 && l.Rank() > p.Level.Rank() {
			p.Level = l
		}
	}
	p.FoundAt, _ = FoundAt(text, sent)
	for _, code := range []string{"no", "yes"} {
		if longest(words, r.Ongoing[code]) > 0 {
			p.Ongoing = code
			break
		}
	}
	return p
}

// Report makes the report of a text: what was proposed, ready for New.
func (p Proposal) Report(text string) Report {
	return Report{Text: text, Kind: p.Kind, Level: p.Level, System: p.System, FoundAt: p.FoundAt}
}

// token is one word as typed and folded.
type token struct{ typed, folded string }

// tokens splits a text into words; anything but letters and digits separates.
func tokens(text string) []token {
	fields := strings.FieldsFunc(viet.Clean(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.Mn, r)
	})
	out := make([]token, 0, len(fields))
	for _, f := range fields {
		out = append(out, token{typed: letters(f), folded: viet.Fold(f)})
	}
	return out
}

// letters is the word in small letters and decomposed, with its marks in one
// order, so that "hoá" equals "hóa" but "hổng" does not equal "hỏng".
func letters(s string) string {
	r := []rune(norm.NFD.String(strings.ToLower(s)))
	var marks []rune
	base := slices.DeleteFunc(r, func(c rune) bool {
		if unicode.Is(unicode.Mn, c) {
			marks = append(marks, c)
			return true
		}
		return false
	})
	slices.Sort(marks)
	return string(base) + string(marks)
}

// longest is the length of the longest phrase found in the text, 0 when none
// is. A word typed without accents stands for every reading of it; a word typed
// with accents only for itself.
func longest(text []token, phrases []string) int {
	best := 0
	for _, p := range phrases {
		want := tokens(p)
		if n := len(strings.Join(strings.Fields(p), " ")); n > best && contains(text, want) {
			best = n
		}
	}
	return best
}

func contains(text, want []token) bool {
	if len(want) == 0 {
		return false
	}
	for n := 0; n+len(want) <= len(text); n++ {
		if slices.EqualFunc(text[n:n+len(want)], want, sameWord) {
			return true
		}
	}
	return false
}

func sameWord(have, want token) bool {
	return have.folded == want.folded && (have.typed == want.typed || have.typed == have.folded)
}
