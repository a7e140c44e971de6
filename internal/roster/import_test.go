package roster

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"trucban/internal/team"
)

// TestImportTouchesOnlyItsOwn: whatever stands and whatever is read, applying the
// difference leaves the other units, periods and days alone, makes the rest as
// read, and can be undone; reading the same again changes nothing.
func TestImportTouchesOnlyItsOwn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(what string, units []team.UnitID) []Shift {
			var out []Shift
			for range rapid.IntRange(0, 12).Draw(t, what) {
				s := shift("2024-02-08 07:00", 12)
				s.Unit = rapid.SampledFrom(units).Draw(t, "unit")
				s.Period = rapid.SampledFrom([]string{"", "tet"}).Draw(t, "period")
				s.Start = s.Start.AddDate(0, 0, rapid.IntRange(0, 9).Draw(t, "day"))
				s.End = s.Start.AddDate(0, 0, 1)
				s.Name = s.Period
				s.ID = ID(s.Unit, s.Start, s.Name)
				for _, m := range rapid.SliceOfNDistinct(rapid.SampledFrom(people(5)), 0, 3, rapid.ID[team.MemberID]).Draw(t, "people") {
					s.People = append(s.People, Assignment{Post: PostDuty, Member: m})
				}
				if Find(out, s.ID) < 0 {
					out = append(out, s)
				}
			}
			return out
		}
		all := draw("standing", []team.UnitID{"u", "v", "w"})
		read := draw("read", []team.UnitID{"u", "v"})
		d := Compare(Replaced(all, read), read)
		after, ok := d.Apply(all)
		if !ok {
			t.Fatal("a difference of what stands can be made")
		}
		own := Replaced(all, read)
		for _, s := range all {
			if i := Find(after, s.ID); Find(own, s.ID) < 0 && (i < 0 || !after[i].Equal(s)) {
				t.Fatalf("%s was touched", s.ID)
			}
		}
		if again := Compare(Replaced(after, read), read); !again.Empty() {
			t.Fatalf("read again it changes something: %+v", again)
		}
		back, ok := d.Invert().Apply(after)
		if !ok || !Compare(back, all).Empty() {
			t.Fatalf("undo: %v\n%s", ok, cmp.Diff(lines(all), lines(back)))
		}
		for _, e := range d.Effects(at("2024-01-01 00:00")) {
			was, is := e.Old != nil && e.Old.Has(e.Member), e.New != nil && e.New.Has(e.Member)
			if e.Kind == Gained && (was || !is) || e.Kind == Lost && (!was || is) || !was && !is {
				t.Fatalf("effect %+v", e)
			}
		}
	})
}
