package viet

import (
	"slices"
	"sort"
	"strings"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
)

// GivenName is the last word of a full name, by which people are addressed and sorted.
func GivenName(name string) string {
	f := strings.Fields(Clean(name))
	if len(f) == 0 {
		return ""
	}
	return f[len(f)-1]
}

// Less orders two full names the way a Vietnamese list does: by given name, then
// by the full name, in the alphabet a ă â b c d đ e ê … and tones ngang, huyền,
// hỏi, ngã, sắc, nặng. It builds a collator each time; use SortNames for lists.
func Less(a, b string) bool {
	return compareNames(collate.New(language.Vietnamese), keyOf(a), keyOf(b)) < 0
}

// SortNames sorts anything that has a full name in the order of Less; equals keep their place.
func SortNames[T any](list []T, name func(T) string) {
	c := collate.New(language.Vietnamese)
	type entry struct {
		key  nameKey
		item T
	}
	entries := make([]entry, len(list))
	for i, x := range list {
		entries[i] = entry{keyOf(name(x)), x}
	}
	slices.SortStableFunc(entries, func(a, b entry) int { return compareNames(c, a.key, b.key) })
	for i, e := range entries {
		list[i] = e.item
	}
}

// nameKey is what a name is ordered by, made once for each name of a list.
type nameKey struct{ given, full string }

func keyOf(name string) nameKey {
	full := Line(name)
	return nameKey{GivenName(full), full}
}

func compareNames(c *collate.Collator, a, b nameKey) int {
	if n := c.CompareString(a.given, b.given); n != 0 {
		return n
	}
	return c.CompareString(a.full, b.full)
}

// SortWords sorts plain words (unit names, headings) in the Vietnamese alphabet; equals keep their place.
func SortWords[T any](list []T, word func(T) string) {
	c := collate.New(language.Vietnamese)
	sort.SliceStable(list, func(i, j int) bool { return c.CompareString(word(list[i]), word(list[j])) < 0 })
}

// Honorifics that stay recognisable without accents, as folded words.
var folded = map[string]bool{
	"d/c": true, "dc": true, "d.c": true, "ong": true, "chi": true, "anh": true, "thay": true,
	"dong chi": true, "bs": true, "bscki": true, "bsckii": true, "bsck1": true, "bsck2": true, "bsnt": true,
	"ths": true, "ts": true, "pgs": true, "gs": true, "ks": true, "ktv": true, "ddv": true, "ds": true,
	"cb": true, "cv": true, "cvc": true, "bac si": true, "ky su": true, "thac si": true, "tien si": true,
	"ong/ba": true, "anh/chi": true,
	"dai uy": true, "thuong uy": true, "trung uy": true, "thieu uy": true,
	"dai ta": true, "thuong ta": true, "trung ta": true, "thieu ta": true,
	"thieu tuong": true, "trung tuong": true, "thuong tuong": true, "dai tuong": true,
	"ha si": true, "trung si": true, "thuong si": true,
}

// Honorifics that are family names once the accent is gone (Chu, Cồ, Bá), so the accent must stand.
var accented = map[string]bool{"bà": true, "cô": true, "chú": true, "cụ": true, "bác": true}

// StripHonorifics takes forms of address, ranks and degrees off the front of a
// name: "Đ/c Đại úy Nguyễn Văn An" gives "Nguyễn Văn An". A name that consists of
// nothing else ("Anh") stays as it is. The rest is returned as typed, on one line.
func StripHonorifics(name string) string {
	name = Line(name)
	for {
		rest, ok := stripOne(name)
		if !ok {
			return name
		}
		name = rest
	}
}

// stripOne removes the longest honorific at the front, of two words or of one.
func stripOne(name string) (string, bool) {
	const seps = " .:,-"
	one := strings.IndexAny(name, seps)
	if one < 0 {
		return name, false
	}
	two := one + 1 + strings.IndexAny(name[one+1:]+" ", seps)
	for _, end := range []int{two, one} {
		if end >= len(name) {
			continue
		}
		word := strings.ToLower(name[:end])
		if !folded[Fold(word)] && !accented[word] {
			continue
		}
		if rest := strings.TrimLeft(name[end:], seps); rest != "" {
			return rest, true
		}
	}
	return name, false
}

// NameKey is what two spellings of one person's name have in common: honorifics
// stripped, folded, and nothing but letters, digits and single spaces.
func NameKey(name string) string {
	f := Fold(StripHonorifics(name))
	return strings.Join(strings.FieldsFunc(f, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	}), " ")
}
