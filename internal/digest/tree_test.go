package digest_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"trucban/internal/digest"
	"trucban/internal/team"
)

// TestNarrowIsTheSubtreesOwnSummary holds a narrowed summary against the one built for the subtree.
func TestNarrowIsTheSubtreesOwnSummary(t *testing.T) {
	f := troubled(t)
	now := f.From.Add(9 * 3600e9)
	whole := digest.Build(f, nil, now)
	rolled := whole.RollUp(f.Units)
	for _, u := range f.Units {
		f.Scope = u.ID
		want := digest.Build(f, nil, now)
		want.Changes, want.Quiet = nil, false
		got := whole.Narrow(u.ID, digest.Within(f))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", u.ID, diff)
		}
		if r := rolled[u.ID]; r.Count != want.Count || r.Light != want.Light {
			t.Errorf("%s rolled up: %s %+v, want %s %+v", u.ID, r.Light, r.Count, want.Light, want.Count)
		}
	}
}

func TestWorstFirst(t *testing.T) {
	units := []digest.UnitCount{
		{Unit: "a", Light: digest.Green}, {Unit: "b", Light: digest.Amber}, {Unit: "c", Light: digest.Red, Count: digest.Count{Missed: 1}},
		{Unit: "d", Light: digest.Red, Count: digest.Count{Missed: 1, Overdue: 2}}, {Unit: "e", Light: digest.Green},
	}
	digest.WorstFirst(units)
	var got []team.UnitID
	for _, u := range units {
		got = append(got, u.Unit)
	}
	if diff := cmp.Diff([]team.UnitID{"d", "c", "b", "a", "e"}, got); diff != "" {
		t.Error(diff)
	}
}
