package digest

import (
	"slices"

	"trucban/internal/viet"
)

// Alphabet is the Vietnamese order of the names an office has, worked out once for
// all its summaries: asking the alphabet is the dear part of putting items in order.
type Alphabet struct{ units, people map[string]int }

// NewAlphabet orders the names of units and people; the same name may stand twice.
func NewAlphabet(units, people []string) *Alphabet {
	return &Alphabet{units: rank(units, viet.SortWords[string]), people: rank(people, viet.SortNames[string])}
}

// rank numbers the distinct words in the order sort gives them. Words that compare
// equal are told apart by their bytes first, so that neither the input's order nor
// the words around them matter.
func rank(list []string, sort func([]string, func(string) string)) map[string]int {
	words := slices.Clone(list)
	slices.Sort(words)
	words = slices.Compact(words)
	sort(words, func(s string) string { return s })
	out := make(map[string]int, len(words))
	for i, w := range words {
		out[w] = i
	}
	return out
}

// ranks numbers the items' words: by what is known where that has all of them.
func ranks(items []Item, known map[string]int, word func(Item) string, sort func([]string, func(string) string)) map[string]int {
	all := true
	for _, it := range items {
		if _, ok := known[word(it)]; !ok {
			all = false
			break
		}
	}
	if all {
		return known
	}
	words := make([]string, len(items))
	for i, it := range items {
		words[i] = word(it)
	}
	return rank(words, sort)
}
