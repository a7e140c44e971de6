package roster

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"trucban/internal/calendar"
	"trucban/internal/team"
)

// lunarPeriod reads a period in the words of a notice at the moment.
func lunarPeriod(t testing.TB, words, at string) Period {
	t.Helper()
	from, to, err := calendar.ParseRange(words, day(at).At(9*60*60*1e9))
	if err != nil {
		t.Fatalf("%s: %v", words, err)
	}
	return Period{ID: "p", Days: calendar.Span{From: from.Date, To: to.Date}, Units: []team.UnitID{"u"}}
}

// TestLunarPeriods: "từ 28 tháng Chạp đến hết mùng 6" of every Tết from 2024 to 2035,
// Chạp of 29 days or of 30, and the rotation goes on after it with whoever was next.
func TestLunarPeriods(t *testing.T) {
	for year := 2024; year <= 2035; year++ {
		tet, chap := calendar.Tet(year), calendar.MonthDays(year-1, 12, false)
		for _, asked := range []string{fmt.Sprintf("%d-12-15", year-1), fmt.Sprintf("%d-01-10", year)} {
			p := lunarPeriod(t, "từ 28 tháng Chạp đến hết mùng 6", asked)
			if want := (calendar.Span{From: tet.AddDays(27 - chap), To: tet.AddDays(5)}); p.Days != want {
				t.Errorf("Tết %d asked on %s: %v, want %v", year, asked, p.Days, want)
			}
			if p.Days.Days() != chap-27+6 {
				t.Errorf("Tết %d has %d days", year, p.Days.Days())
			}
			r := Rotation{Unit: "u", Start: tet.AddDays(-40), Slots: []Slot{wholeDay}, Lines: []Line{{Post: PostDuty, People: people(5), Turn: TurnDay}}}
			b := Base{Rotations: []Rotation{r}, Periods: []Period{p}}
			got, err := b.Shifts("u", calendar.Span{From: p.Days.From.AddDays(-1), To: p.Days.To.AddDays(1)})
			if err != nil || len(got) != 2 {
				t.Fatalf("Tết %d: %v %v", year, lines(got), err)
			}
			plain := mustShifts(t, r, calendar.Span{From: p.Days.From.AddDays(-1), To: p.Days.From})
			if got[1].People[0].Member != plain[1].People[0].Member {
				t.Errorf("Tết %d: after the period %s, but %s was next", year, lines(got[1:]), lines(plain[1:]))
			}
		}
	}
	for words, want := range map[string]calendar.Span{
		"từ mùng 1 tháng 6 nhuận đến rằm tháng 6 nhuận": span("2025-07-25", "2025-08-08"), // 2025 has two sixth months
		"từ mùng 1 tháng 6 đến rằm tháng 6":             span("2025-06-25", "2025-07-09"),
		"từ 28 tháng Chạp đến 30 Tết":                   span("2026-02-15", "2026-02-16"), // there is no 30 Chạp: giao thừa is the 29th
	} {
		at := "2025-06-01"
		if want.From.Year == 2026 {
			at = "2025-12-15"
		}
		if p := lunarPeriod(t, words, at); p.Days != want {
			t.Errorf("%s: %v, want %v", words, p.Days, want)
		}
	}
}

func TestReplan(t *testing.T) {
	r := Rotation{Unit: "u", Start: day("2027-02-01"), Slots: []Slot{wholeDay}, Lines: []Line{{Post: PostDuty, People: people(3), Turn: TurnDay}}}
	b := Base{Rotations: []Rotation{r}}
	now, until := at("2027-02-02 12:00"), day("2027-02-14")
	standing := mustReplan(t, b, Wanted{Unit: "u", Now: now, Until: until}).Added
	if d := cmp.Diff("03/02 07h30 c", lines(standing)[0]); d != "" || len(standing) != 12 {
		t.Fatal(d, lines(standing))
	}
	b.Periods = []Period{lunarPeriod(t, "từ 28 tháng Chạp đến hết mùng 3", "2027-02-01")} // 04/02 to 08/02
	fill := func(r Rotation, p Period) []Shift {
		return Plan{Unit: r.Unit, Days: p.Days, Slots: r.Slots, Lines: r.Lines, History: []Past{{"a", day("2026-02-16"), ClassEve}, {"b", day("2025-01-28"), ClassEve}}}.Shifts()
	}
	d := mustReplan(t, b, Wanted{Unit: "u", Standing: standing, Now: now, Until: until, Fill: fill})
	after, ok := d.Apply(standing)
	if !ok {
		t.Fatal("the difference fits")
	}
	if want := []string{"05/02 07h30 c", "09/02 07h30 a"}; lines(after)[2] != want[0] || lines(after)[6] != want[1] {
		t.Errorf("the eve goes to who never had one, and the base resumes with a: %v", lines(after))
	}
	if again := mustReplan(t, b, Wanted{Unit: "u", Standing: after, Now: now, Until: until, Fill: fill}); !again.Empty() {
		t.Errorf("planned again it changes: %+v", again)
	}
	for _, s := range after {
		if _, in := b.Period("u", s.Day()); in != (s.Origin == OriginPeriod) {
			t.Errorf("%s came from %q", line(s), s.Origin)
		}
	}
	// A swap that was agreed on stays; a shift by hand keeps the base off its day.
	i := Find(after, ID("u", at("2027-02-10 07:30"), ""))
	after[i], _ = after[i].Cover("b", "c", Part{})
	hand := shift("2027-02-12 08:00", 8, "x")
	if again := mustReplan(t, b, Wanted{Unit: "u", Standing: append(after, hand), Now: now, Until: until, Fill: fill}); len(again.Removed) != 1 || len(again.Changed)+len(again.Added) != 0 {
		t.Errorf("a swap and a day by hand: %+v", again)
	}
	// Without the period everything is as it was.
	b.Periods = nil
	back := mustReplan(t, b, Wanted{Unit: "u", Standing: mustApply(t, d, standing), Now: now, Until: until})
	if final := mustApply(t, back, mustApply(t, d, standing)); !Compare(final, standing).Empty() {
		t.Errorf("the base did not come back: %v", lines(final))
	}
	if off := mustReplan(t, Base{}, Wanted{Unit: "u", Standing: standing, Now: now, Until: until}); len(off.Removed) != len(standing) {
		t.Errorf("without a rotation its shifts go: %+v", off)
	}
}

func mustReplan(t testing.TB, b Base, w Wanted) Diff {
	t.Helper()
	d, err := b.Replan(w)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func mustApply(t testing.TB, d Diff, to []Shift) []Shift {
	t.Helper()
	out, ok := d.Apply(to)
	if !ok {
		t.Fatal("the difference does not fit")
	}
	return out
}

// TestPeriodsMoveNothing: whatever periods come and go over a rotation, outside of them
// people follow each other as if there had been none, and leaving them out again brings
// the same roster back.
func TestPeriodsMoveNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 6).Draw(t, "people")
		r := Rotation{Unit: "u", Start: day("2026-11-01"), Slots: []Slot{wholeDay}, Lines: []Line{{Post: PostDuty, People: people(n), Turn: TurnDay}}}
		b := Base{Rotations: []Rotation{r}}
		at := r.Start
		for range rapid.IntRange(0, 4).Draw(t, "periods") {
			from := at.AddDays(rapid.IntRange(1, 9).Draw(t, "gap"))
			p := Period{ID: from.String(), Days: calendar.Span{From: from, To: from.AddDays(rapid.IntRange(0, 9).Draw(t, "days"))}, Units: []team.UnitID{"u"}}
			b.Periods = append(b.Periods, p)
			at = p.Days.To
		}
		if faults := b.Validate(); len(faults) > 0 {
			t.Fatal(faults)
		}
		w := Wanted{Unit: "u", Now: r.Start.AddDays(-1).Midnight(), Until: at.AddDays(20)}
		with, err := b.Replan(w)
		if err != nil {
			t.Fatal(err)
		}
		for i, s := range with.Added {
			if _, in := b.Period("u", s.Day()); in || s.People[0].Member != people(n)[i%n] {
				t.Fatalf("shift %d: %s", i, line(s))
			}
		}
		plain := Base{Rotations: b.Rotations}
		w.Standing = with.Added
		back, err := plain.Replan(w)
		if err != nil {
			t.Fatal(err)
		}
		after, ok := back.Apply(with.Added)
		fresh, err := plain.Replan(Wanted{Unit: "u", Now: w.Now, Until: w.Until})
		if err != nil || !ok || !Compare(after, fresh.Added).Empty() {
			t.Fatal("the rotation without periods is not what it was")
		}
	})
}

func TestBaseFaults(t *testing.T) {
	r := Rotation{Unit: "u", Start: day("2027-02-01"), Slots: []Slot{wholeDay}, Lines: []Line{{Post: PostDuty, People: people(3), Turn: TurnDay}}}
	a := Period{ID: "a", Days: span("2027-02-04", "2027-02-11"), Units: []team.UnitID{"u"}}
	c := Period{ID: "c", Days: span("2027-02-11", "2027-02-12")}
	if got := (Base{Rotations: []Rotation{r, r}, Periods: []Period{a, c}}).Validate(); len(got) != 2 {
		t.Errorf("faults: %v", got)
	}
	c.Units = []team.UnitID{"v"}
	if got := (Base{Rotations: []Rotation{r}, Periods: []Period{a, c}}).Validate(); len(got) != 0 {
		t.Errorf("faults: %v", got)
	}
}

// TestWithoutSomebody: whoever leaves goes out of every line, and the rule stays one.
func TestWithoutSomebody(t *testing.T) {
	r := Rotation{Unit: "u", Start: day("2027-02-01"), Slots: []Slot{{Start: wholeDay.Start, Length: wholeDay.Length, Posts: []Post{PostDuty, PostTech}}},
		Lines: []Line{{Post: PostDuty, People: people(3), Turn: TurnDay}, {Post: PostTech, People: people(1), Turn: TurnDay}},
		Leave: []Leave{{Member: "a", Days: span("2027-02-02", "2027-02-02")}}}
	b := Base{Rotations: []Rotation{r}}
	out := b.Without("a")
	if faults := out.Validate(); len(faults) > 0 {
		t.Fatal(faults)
	}
	got := out.Rotations[0]
	if len(got.Lines) != 1 || len(got.Lines[0].People) != 2 || len(got.Leave) != 0 || len(got.Slots[0].Posts) != 1 {
		t.Errorf("without a: %+v", got)
	}
	if len(r.Lines[0].People) != 3 || len(r.Slots[0].Posts) != 2 || len(r.Leave) != 1 {
		t.Error("the base itself stays as it was")
	}
}
