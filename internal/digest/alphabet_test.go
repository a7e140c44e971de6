package digest_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"trucban/internal/digest"
)

// TestAKnownAlphabetChangesNothing builds the same summary with and without it, and
// with one that lacks a name.
func TestAKnownAlphabetChangesNothing(t *testing.T) {
	for _, f := range []digest.Facts{troubled(t), many(60)} {
		now := f.From.Add(9 * time.Hour)
		want := digest.Build(f, nil, now)
		var units, people []string
		for _, u := range f.Units {
			units = append(units, u.Name, u.Name)
		}
		for _, s := range f.Shifts {
			for _, p := range append(s.Late, s.Missed...) {
				people = append(people, p.Name)
			}
		}
		for _, u := range f.Unreachable {
			people = append(people, u.Name)
		}
		for _, abc := range []*digest.Alphabet{digest.NewAlphabet(units, people), digest.NewAlphabet(units[1:], people[1:]), digest.NewAlphabet(nil, nil)} {
			f.Alphabet = abc
			if diff := cmp.Diff(want, digest.Build(f, nil, now)); diff != "" {
				t.Error(diff)
			}
		}
	}
}
