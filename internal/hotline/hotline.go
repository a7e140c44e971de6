// Package hotline is the list of whom to ring: numbers, where they come from,
// and when somebody last made sure that they answer.
//
// It promises that no number is shown without saying how old it is, that a
// search finds a contact typed without accents, and that an edit, a check or a
// retirement leaves its trace. It works on values in memory only, so that the
// numbers can be given whatever else is down. It cannot know whether a number
// is right: that is what the check date is for.
package hotline

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/goccy/go-yaml"

	"trucban/internal/viet"
)

// MaxAge is how old a check may be before the number counts as stale.
const MaxAge = 90 * 24 * time.Hour

// Phone is one number: E.164, or a short number as text, and the way it was printed.
type Phone struct {
	E164    string `json:"e164,omitempty" yaml:"e164"`
	Short   string `json:"short,omitempty" yaml:"short"` // 113, 1900…: not E.164
	Printed string `json:"printed,omitempty" yaml:"printed"`
}

// Dial is what a telephone is given.
func (p Phone) Dial() string {
	if p.E164 != "" {
		return p.E164
	}
	return p.Short
}

// Tel is the link that rings it: "tel:+842436404421", "tel:113".
func (p Phone) Tel() string { return "tel:" + p.Dial() }

// Show is the number as people read it: "024 3640 4421", "113".
func (p Phone) Show() string {
	if p.E164 != "" {
		return viet.FormatPhone(p.E164)
	}
	return p.Short
}

// Contact is one entry of the list.
type Contact struct {
	ID         string   `json:"id" yaml:"id"`
	Label      string   `json:"label" yaml:"label"`
	Org        string   `json:"org,omitempty" yaml:"org"`
	Role       string   `json:"role,omitempty" yaml:"role"`
	Unit       string   `json:"unit,omitempty" yaml:"unit"` // unit id, for contacts of one unit
	Phones     []Phone  `json:"phones,omitempty" yaml:"phones"`
	Email      string   `json:"email,omitempty" yaml:"email"`
	Tags       []string `json:"tags,omitempty" yaml:"tags"`
	Source     string   `json:"source,omitempty" yaml:"source"`
	Note       string   `json:"note,omitempty" yaml:"note"`
	Why        string   `json:"why,omitempty" yaml:"why"` // why the entry is to be doubted
	VerifiedOn Date     `json:"verified_on,omitzero" yaml:"verified_on"`
	VerifiedBy string   `json:"verified_by,omitempty" yaml:"verified_by"` // member id
	Retired    bool     `json:"retired,omitempty" yaml:"retired"`
	History    []Change `json:"history,omitempty" yaml:"-"`
}

// Date is a moment read from "2027-02-06" in data; zero when never.
type Date struct{ time.Time }

// IsZero reports whether there is no date.
func (d Date) IsZero() bool { return d.Time.IsZero() }

// UnmarshalYAML reads a day or null.
func (d *Date) UnmarshalYAML(b []byte) error {
	s := strings.Trim(strings.TrimSpace(string(b)), `"'`)
	if s == "" || s == "null" || s == "~" {
		return nil
	}
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return fmt.Errorf("date %q is not YYYY-MM-DD", s)
	}
	d.Time = t
	return nil
}

// Freshness is how far a contact may be trusted.
type Freshness string

// The closed set.
const (
	Fresh   Freshness = "fresh"
	Stale   Freshness = "stale"   // checked longer ago than MaxAge
	Never   Freshness = "never"   // nobody checked it
	Missing Freshness = "missing" // there is no number yet
)

// Freshness says how far the contact may be trusted at that time.
func (c Contact) Freshness(now time.Time) Freshness {
	switch {
	case len(c.Phones) == 0:
		return Missing
	case c.VerifiedOn.IsZero():
		return Never
	case now.Sub(c.VerifiedOn.Time) > MaxAge:
		return Stale
	}
	return Fresh
}

// Book is the whole list, in the order it is shown.
type Book struct {
	Contacts []Contact `json:"contacts" yaml:"contacts"`
}

var (
	e164Pattern  = regexp.MustCompile(`^\+[1-9]\d{7,14}$`)
	shortPattern = regexp.MustCompile(`^\d{3,10}$`)
)

// Parse reads a list and names every fault in it at once.
func Parse(data []byte) (Book, error) {
	var b Book
	if err := yaml.UnmarshalWithOptions(data, &b, yaml.Strict()); err != nil {
		return Book{}, fmt.Errorf("read contacts: %w", err)
	}
	var faults []error
	seen := map[string]bool{}
	for n, c := range b.Contacts {
		if len(c.Phones) == 0 {
			b.Contacts[n].Phones = nil
		}
		if seen[c.ID] {
			faults = append(faults, fmt.Errorf("contact %q: id used twice", c.ID))
		}
		seen[c.ID] = true
		faults = append(faults, c.check())
	}
	if err := errors.Join(faults...); err != nil {
		return Book{}, fmt.Errorf("check contacts: %w", err)
	}
	return b, nil
}

func (c Contact) check() error {
	if c.ID == "" || strings.TrimSpace(c.Label) == "" {
		return fmt.Errorf("contact %q: %w", c.ID, ErrLabel)
	}
	for _, p := range c.Phones {
		short := p.E164 == "" && shortPattern.MatchString(p.Short)
		full := p.Short == "" && e164Pattern.MatchString(p.E164)
		if !short && !full {
			return fmt.Errorf("contact %q: %w", c.ID, ErrPhone)
		}
	}
	return nil
}

// Get returns the contact of that id, retired or not.
func (b Book) Get(id string) (Contact, bool) {
	n := slices.IndexFunc(b.Contacts, func(c Contact) bool { return c.ID == id })
	if n < 0 {
		return Contact{}, false
	}
	return b.Contacts[n], true
}

// Active lists the contacts in use, those with a number first.
func (b Book) Active() []Contact {
	var with, without []Contact
	for _, c := range b.Contacts {
		switch {
		case c.Retired:
		case len(c.Phones) == 0:
			without = append(without, c)
		default:
			with = append(with, c)
		}
	}
	return append(with, without...)
}

// Ring picks the contacts in use of the given ids, in that order; those without
// a number come last, because somebody is waiting with a telephone in hand.
func (b Book) Ring(ids []string) []Contact {
	var out Book
	for _, id := range ids {
		if c, ok := b.Get(id); ok {
			out.Contacts = append(out.Contacts, c)
		}
	}
	return out.Active()
}

// Unsure lists the contacts in use that are not Fresh, for the desk to check.
func (b Book) Unsure(now time.Time) []Contact {
	return slices.DeleteFunc(b.Active(), func(c Contact) bool { return c.Freshness(now) == Fresh })
}

// Search finds the contacts in use for a query, best first; an empty query is
// Active. Accents, case and punctuation do not matter. Contacts that hold the
// query as one phrase hide those that only hold its words here and there.
func (b Book) Search(query string) []Contact {
	q := plain(query)
	if q == "" {
		return b.Active()
	}
	type hit struct {
		c     Contact
		score int
	}
	var hits []hit
	phrase := false
	for _, c := range b.Active() {
		s := c.score(q)
		if s >= phraseScore && !phrase {
			phrase, hits = true, nil
		}
		if s >= phraseScore || s > 0 && !phrase {
			hits = append(hits, hit{c, s})
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int { return b.score - a.score })
	out := make([]Contact, len(hits))
	for n, h := range hits {
		out[n] = h.c
	}
	return out
}

const phraseScore = 1000

// plain folds a text and leaves only its letters and digits, one space between words.
func plain(s string) string {
	return strings.Join(strings.FieldsFunc(viet.Fold(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }), " ")
}

// score is 0 when a word of the query is missing. The label and tags count more
// than role and organisation; a word of three letters may be the beginning of one.
func (c Contact) score(query string) int {
	near := append([]string{c.ID, c.Label}, c.Tags...)
	far := []string{c.Org, c.Role, c.Unit}
	if s := found(near, query); s > 0 {
		return phraseScore + s
	}
	total := 0
	for _, w := range strings.Fields(query) {
		switch s := found(near, w); {
		case s > 0:
			total += 2 * s
		case found(far, w) > 0:
			total++
		case len(w) >= 3 && c.rings(w):
			total++
		default:
			return 0
		}
	}
	if found(far, query) > 0 {
		total += phraseScore / 2
	}
	return total
}

// found is 2 when a field holds the whole words, 1 when they begin one, 0 else.
func found(fields []string, words string) int {
	best := 0
	for _, f := range fields {
		f = " " + plain(f) + " "
		switch {
		case strings.Contains(f, " "+words+" "):
			return 2
		case len(words) >= 3 && strings.Contains(f, " "+words):
			best = 1
		}
	}
	return best
}

// rings reports whether the digits are part of one of the numbers.
func (c Contact) rings(digits string) bool {
	return slices.ContainsFunc(c.Phones, func(p Phone) bool {
		return strings.Contains(p.Dial(), digits) || strings.Contains(strings.ReplaceAll(p.Show(), " ", ""), digits)
	})
}
