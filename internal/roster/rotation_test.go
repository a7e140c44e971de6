package roster

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"trucban/internal/calendar"
	"trucban/internal/team"
)

type (
	memberID = team.MemberID
	unit     = team.UnitID
)

func member(s string) team.MemberID { return team.MemberID(s) }

func mustShifts(t *testing.T, r Rotation, s calendar.Span, paused ...calendar.Span) []Shift {
	t.Helper()
	out, err := r.Shifts(s, paused...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestTurns(t *testing.T) {
	r := Rotation{Unit: "u", Start: day("2024-02-05"), Slots: []Slot{dayTurn, night}, Lines: []Line{{Post: PostDuty, People: people(3), Turn: TurnShift}}}
	week := span("2024-02-05", "2024-02-07")
	for turn, want := range map[Turn][]string{
		TurnShift: {"05/02 07h00 a", "05/02 19h00 b", "06/02 07h00 c", "06/02 19h00 a", "07/02 07h00 b", "07/02 19h00 c"},
		TurnDay:   {"05/02 07h00 a", "05/02 19h00 a", "06/02 07h00 b", "06/02 19h00 b", "07/02 07h00 c", "07/02 19h00 c"},
		TurnWeek:  {"05/02 07h00 a", "05/02 19h00 a", "06/02 07h00 a", "06/02 19h00 a", "07/02 07h00 a", "07/02 19h00 a"},
	} {
		r.Lines[0].Turn = turn
		if d := cmp.Diff(want, lines(mustShifts(t, r, week))); d != "" {
			t.Errorf("%s:\n%s", turn, d)
		}
	}
	r.Lines[0].Turn = TurnWeek
	if got := lines(mustShifts(t, r, span("2024-02-12", "2024-02-12"))); got[0] != "12/02 07h00 b" {
		t.Errorf("the week turns on Monday: %v", got)
	}
}

func TestCycle(t *testing.T) {
	// Four crews: day, night, off, off.
	r := Rotation{Unit: "u", Start: day("2024-02-05"), Slots: []Slot{dayTurn, night},
		Lines: []Line{{Post: PostDuty, People: people(4), Turn: TurnCycle, Cycle: []int{1, 2, 0, 0}}}}
	got := lines(mustShifts(t, r, span("2024-02-05", "2024-02-07")))
	// The crew that had the day has the night of the next day.
	want := []string{"05/02 07h00 a", "05/02 19h00 b", "06/02 07h00 d", "06/02 19h00 a", "07/02 07h00 c", "07/02 19h00 d"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestLeaveMovesNobodyElse(t *testing.T) {
	r := Rotation{Unit: "u", Start: day("2024-02-05"), Slots: []Slot{wholeDay}, Lines: []Line{{Post: PostDuty, People: people(3), Turn: TurnDay}}}
	r.Leave = []Leave{{Member: "b", Days: span("2024-02-06", "2024-02-06")}}
	want := []string{"05/02 07h30 a", "06/02 07h30 c", "07/02 07h30 c", "08/02 07h30 a", "09/02 07h30 b"}
	got := mustShifts(t, r, span("2024-02-05", "2024-02-09"))
	if d := cmp.Diff(want, lines(got)); d != "" {
		t.Error(d)
	}
	if got[1].People[0].For != "b" {
		t.Error("a substitute is marked")
	}
	r.Lines[0].People = people(1)
	r.Leave[0].Member = "a"
	if got := lines(mustShifts(t, r, span("2024-02-06", "2024-02-06"))); got[0] != "06/02 07h30" {
		t.Errorf("nobody can: %v", got)
	}
}

// TestBaseResumes: a duty period lies over the base, whose turns stand still meanwhile.
func TestBaseResumes(t *testing.T) {
	r := Rotation{Unit: "u", Start: day("2024-02-05"), Slots: []Slot{wholeDay}, Lines: []Line{{Post: PostDuty, People: people(3), Turn: TurnDay}}}
	tet := Period{ID: "tet", Days: span("2024-02-07", "2024-02-15")}
	base := mustShifts(t, r, span("2024-02-05", "2024-02-17"), tet.Days)
	if d := cmp.Diff([]string{"05/02 07h30 a", "06/02 07h30 b", "16/02 07h30 c", "17/02 07h30 a"}, lines(base)); d != "" {
		t.Error(d)
	}
	over := []Shift{shift("2024-02-07 07:00", 24, "x"), shift("2024-02-15 07:00", 23, "y")}
	other := shift("2024-02-08 07:00", 24, "z")
	other.Unit, other.ID = "v", "v1"
	got := Lay(append(base, other), over, tet)
	want := []string{"05/02 07h30 a", "06/02 07h30 b", "07/02 07h00 x", "08/02 07h00 z", "15/02 07h00 y", "16/02 07h30 c", "17/02 07h30 a"}
	if d := cmp.Diff(want, lines(got)); d != "" {
		t.Error(d)
	}
	if !got[1].End.Equal(at("2024-02-07 07:00")) || got[2].Period != "tet" || got[3].Period != "" {
		t.Errorf("the base is cut where the period begins: %v", got[1])
	}
	if !base[1].End.Equal(at("2024-02-07 07:30")) {
		t.Error("the base itself stays as it was")
	}
}

func TestRotationProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 7).Draw(t, "people")
		slots := [][]Slot{{wholeDay}, {dayTurn, night}}[rapid.IntRange(0, 1).Draw(t, "slots")]
		turn := rapid.SampledFrom([]Turn{TurnShift, TurnDay, TurnWeek}).Draw(t, "turn")
		r := Rotation{Unit: "u", Start: day("2024-01-01"), Slots: slots, Lines: []Line{{Post: PostDuty, People: people(n), Turn: turn}}}
		off := rapid.IntRange(0, 60).Draw(t, "off")
		length := rapid.IntRange(1, 14).Draw(t, "length")
		pause := calendar.Span{From: r.Start.AddDays(off), To: r.Start.AddDays(off + length - 1)}
		whole := calendar.Span{From: r.Start, To: r.Start.AddDays(100)}
		all, err := r.Shifts(whole, pause)
		if err != nil {
			t.Fatal(err)
		}
		if len(all) != (101-length)*len(slots) {
			t.Fatalf("%d shifts", len(all))
		}
		// Any window gives the same shifts as the whole.
		from := r.Start.AddDays(rapid.IntRange(0, 50).Draw(t, "from"))
		win := calendar.Span{From: from, To: from.AddDays(rapid.IntRange(0, 40).Draw(t, "win"))}
		part, err := r.Shifts(win, pause)
		if err != nil {
			t.Fatal(err)
		}
		var same []Shift
		for _, s := range all {
			if win.Holds(s.Day()) {
				same = append(same, s)
			}
		}
		if d := cmp.Diff(lines(same), lines(part)); d != "" {
			t.Fatalf("window differs:\n%s", d)
		}
		// The pause takes nothing from the order of turns.
		if turn != TurnWeek {
			plain, err := r.Shifts(whole)
			if err != nil {
				t.Fatal(err)
			}
			for i, s := range all {
				if s.People[0].Member != plain[i].People[0].Member {
					t.Fatalf("turn %d: %s against %s", i, line(s), line(plain[i]))
				}
			}
		}
	})
}

func TestRotationRefuses(t *testing.T) {
	bad := []Rotation{
		{}, {Unit: "u", Start: day("2024-01-01")},
		{Unit: "u", Start: day("2024-01-01"), Slots: []Slot{wholeDay}},
		{Unit: "u", Start: day("2024-01-01"), Slots: []Slot{wholeDay}, Lines: []Line{{Post: PostDuty, Turn: TurnDay}}},
		{Unit: "u", Start: day("2024-01-01"), Slots: []Slot{wholeDay}, Lines: []Line{{Post: PostDuty, People: people(2), Turn: "moon"}}},
		{Unit: "u", Start: day("2024-01-01"), Slots: []Slot{wholeDay}, Lines: []Line{{Post: PostDuty, People: people(2), Turn: TurnCycle, Cycle: []int{2}}}},
		{Unit: "u", Start: day("1900-01-01"), Slots: []Slot{wholeDay}, Lines: []Line{{Post: PostDuty, People: people(2), Turn: TurnDay}}},
	}
	for i, r := range bad {
		if _, err := r.Shifts(span("2024-01-01", "2024-01-02")); err == nil {
			t.Errorf("rotation %d was taken", i)
		}
	}
}

// TestFairEves: year after year nobody sees giao thừa on duty twice more often than anybody else.
func TestFairEves(t *testing.T) {
	h, err := calendar.BuiltinHolidays()
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(3, 8).Draw(t, "people")
		slots := [][]Slot{{wholeDay}, {dayTurn, night}}[rapid.IntRange(0, 1).Draw(t, "slots")]
		var history []Past
		eves := map[team.MemberID]int{}
		for year := 2024; year < 2024+rapid.IntRange(1, 11).Draw(t, "years"); year++ {
			tet := calendar.Tet(year)
			p := Plan{Unit: "u", Period: "tet", Days: calendar.Span{From: tet.AddDays(-2), To: tet.AddDays(5)}, Slots: slots,
				Lines: []Line{{Post: PostDuty, People: people(n)}}, History: history, Holidays: h}
			shifts := p.Shifts()
			if got := (Rules{}).Conflicts(shifts); len(got) > 0 {
				t.Fatalf("%d people, %d: %+v", n, year, got)
			}
			duties := map[team.MemberID]int{}
			for _, s := range shifts {
				if len(s.People) != 1 {
					t.Fatalf("empty place: %s", line(s))
				}
				duties[s.People[0].Member]++
				if ClassOf(s, h) == ClassEve {
					eves[s.People[0].Member]++
				}
			}
			history = append(history, Remember(shifts, h)...)
		}
		lo, hi := 1<<30, 0
		for _, m := range people(n) {
			lo, hi = min(lo, eves[m]), max(hi, eves[m])
		}
		if hi-lo > 1 {
			t.Fatalf("unfair: %v", eves)
		}
	})
}

func TestClasses(t *testing.T) {
	h, err := calendar.BuiltinHolidays()
	if err != nil {
		t.Fatal(err)
	}
	for start, want := range map[string]Class{
		"2024-02-09 19:00": ClassEve, "2024-02-09 07:00": ClassTet, "2024-02-10 07:00": ClassFirst, "2024-02-10 19:00": ClassFirst, "2024-02-11 07:00": ClassTet,
		"2024-02-13 07:00": ClassHoliday, "2024-02-17 07:00": ClassWeekend, "2024-02-20 07:00": ClassPlain, "2027-02-05 19:00": ClassEve, "2026-11-24 07:00": ClassHoliday,
	} {
		if got := ClassOf(shift(start, 12), h); got != want {
			t.Errorf("%s = %d, want %d", start, got, want)
		}
	}
}
