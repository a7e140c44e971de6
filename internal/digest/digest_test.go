package digest_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"trucban/internal/digest"
	"trucban/internal/roster"
	"trucban/internal/team"
)

func at(t testing.TB, s string) time.Time {
	t.Helper()
	v, err := time.ParseInLocation("02/01/2006 15:04", s, roster.Zone)
	if err != nil {
		t.Fatal(err)
	}
	return v.UTC()
}

func units() []digest.UnitFact {
	return []digest.UnitFact{
		{ID: "tx", Name: "UBND thị xã"},
		{ID: "da", Name: "UBND xã Đông Á", Parent: "tx"},
		{ID: "an", Name: "UBND xã An Mẫu", Parent: "tx"},
		{ID: "to1", Name: "Tổ trực Đông Á", Parent: "da"},
	}
}

func calm(t testing.TB) digest.Facts {
	return digest.Facts{
		From: at(t, "05/02/2027 07:00"), Units: units(),
		Shifts: []digest.ShiftFact{
			{ID: "s1", Unit: "da", Start: at(t, "05/02/2027 07:30"), End: at(t, "06/02/2027 07:30"), Expected: 2, OnTime: 2},
			{ID: "s2", Unit: "an", Start: at(t, "05/02/2027 07:30"), End: at(t, "06/02/2027 07:30"), Expected: 3, OnTime: 2},
		},
		Runs:    []digest.RunFact{{Directive: "VB-2027-001", Title: "12/UBND", Unit: "da", Settled: 6, Owed: 6, Received: true}},
		Reports: []digest.ReportFact{{Window: "bc/0502", Name: "Báo cáo nhanh", Unit: "da", Closes: at(t, "05/02/2027 15:00"), Filed: true, None: true}},
	}
}

func troubled(t testing.TB) digest.Facts {
	f := calm(t)
	f.Shifts[1].Missed = []digest.PersonFact{{ID: "m1", Name: "Nguyễn Văn Ánh"}}
	f.Shifts[0].OnTime = 0
	f.Shifts[0].Late = []digest.PersonFact{{ID: "m2", Name: "Lê Thị Đào", Minutes: 20}, {ID: "m3", Name: "Trần Dũng", Minutes: 5}}
	f.Runs = append(f.Runs, digest.RunFact{Directive: "VB-2027-001", Title: "12/UBND", Unit: "an", Settled: 2, Owed: 6, Overdue: 3, Received: true})
	f.Incidents = []digest.IncidentFact{{ID: "SC-2027-0001", Kind: "Thay đổi giao diện", Unit: "to1", Since: at(t, "05/02/2027 11:00"), State: "new", Open: true, Waiting: true}}
	f.Reports = append(f.Reports, digest.ReportFact{Window: "bc/0502", Name: "Báo cáo nhanh", Unit: "an", Closes: at(t, "05/02/2027 15:00")})
	f.Unreachable = []digest.UnreachableFact{{ID: "m4", Unit: "an", Name: "Vũ Ân", Reason: "blocked"}}
	return f
}

func TestQuietDayIsOneLine(t *testing.T) {
	s := digest.Build(calm(t), nil, at(t, "05/02/2027 16:00"))
	if !s.Quiet || s.Light != digest.Green || len(s.Changes) != 0 || len(s.Lines) != 6 {
		t.Errorf("calm day: %+v", s)
	}
	if s.Count.Present() != 4 || s.Count.Pending() != 1 || s.Count.Percent() != 100 {
		t.Errorf("count: %+v", s.Count)
	}
}

func TestSixLines(t *testing.T) {
	s := digest.Build(troubled(t), nil, at(t, "05/02/2027 16:00"))
	lights := ""
	for _, l := range s.Lines {
		lights += fmt.Sprintf("%s:%s:%d ", l.Topic, l.Light, len(l.Items))
	}
	if want := "people:red:0 attendance:red:3 tasks:red:1 incidents:red:1 reports:red:1 unreachable:amber:1 "; lights != want {
		t.Errorf("lines %s", lights)
	}
	names := ""
	for _, it := range s.Line(digest.Attendance).Items {
		names += it.Subject + ", "
	}
	if want := "Nguyễn Văn Ánh, Trần Dũng, Lê Thị Đào, "; names != want {
		t.Errorf("red first, then given names with D before Đ: %s", names)
	}
	if len(s.Changes) != 7 || s.Changes[0].Item.Light != digest.Red || s.Changes[6].Item.Light != digest.Amber {
		t.Errorf("changes: %+v", s.Changes)
	}
	if got := s.Of("an"); len(got) != 4 {
		t.Errorf("of one unit: %+v", got)
	}
	if s.Count.Laggards != 1 || s.Count.Waiting != 1 || s.Count.Missing != 1 || s.Count.Percent() != 66 {
		t.Errorf("count %+v", s.Count)
	}
}

func TestOnlyWhatChanged(t *testing.T) {
	now := at(t, "05/02/2027 16:00")
	first := digest.Build(troubled(t), nil, now)
	raw, err := json.Marshal(first.Compact())
	if err != nil {
		t.Fatal(err)
	}
	var last digest.Summary
	if err := json.Unmarshal(raw, &last); err != nil {
		t.Fatal(err)
	}
	if s := digest.Build(troubled(t), &last, now.Add(4*time.Hour)); len(s.Changes) != 0 || s.Quiet || s.First {
		t.Errorf("nothing changed: %+v", s.Changes)
	}
	f := troubled(t)
	f.Incidents[0].Owner, f.Incidents[0].State, f.Incidents[0].Waiting = "Lê Bình", "acked", false
	f.Runs[1].Overdue, f.Runs[1].Settled = 0, 6
	f.Shifts = f.Shifts[1:] // yesterday's shift is out of the span: not news
	f.Shifts[0].Missed, f.Shifts[0].OnTime = nil, 3
	f.Unreachable = append(f.Unreachable, digest.UnreachableFact{ID: "m9", Unit: "da", Name: "Hồ Cao", OnDuty: true})
	s := digest.Build(f, &last, now.Add(4*time.Hour))
	var got []string
	for _, c := range s.Changes {
		got = append(got, string(c.Kind)+" "+c.Item.Key)
	}
	want := []string{
		"new person/m9", "changed incident/SC-2027-0001",
		"gone shift/s2/m1", "gone run/VB-2027-001/an",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("changes:\n%s", strings.Join(got, "\n"))
	}
	if s.Was == nil || s.Was.Missed != 1 || s.Changes[1].Was.State != "new" {
		t.Errorf("before: %+v", s.Was)
	}
}

func TestScope(t *testing.T) {
	f := troubled(t)
	f.Scope = "da"
	s := digest.Build(f, nil, at(t, "05/02/2027 16:00"))
	if len(s.Units) != 2 || s.Count.Missed != 0 || s.Count.Open != 1 || len(s.Of("an")) != 0 {
		t.Errorf("subtree: %+v", s.Count)
	}
	raw, _ := json.Marshal(s)
	if strings.Contains(string(raw), "An Mẫu") || strings.Contains(string(raw), "Ánh") {
		t.Error("a name from outside the scope is in the summary")
	}
	f.Units = append(f.Units, digest.UnitFact{ID: "x", Parent: "y"}, digest.UnitFact{ID: "y", Parent: "x"})
	if s := digest.Build(f, nil, f.From); len(s.Units) != 2 {
		t.Errorf("a circle outside the tree: %+v", s.Units)
	}
}

// The order of the facts does not show in the summary, and against itself nothing changed.
func TestOrderOfFactsDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		f := many(rapid.IntRange(1, 40).Draw(rt, "units"))
		now := f.From.Add(9 * time.Hour)
		a := digest.Build(f, nil, now)
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 1))
		r.Shuffle(len(f.Shifts), func(i, j int) { f.Shifts[i], f.Shifts[j] = f.Shifts[j], f.Shifts[i] })
		r.Shuffle(len(f.Runs), func(i, j int) { f.Runs[i], f.Runs[j] = f.Runs[j], f.Runs[i] })
		r.Shuffle(len(f.Reports), func(i, j int) { f.Reports[i], f.Reports[j] = f.Reports[j], f.Reports[i] })
		b := digest.Build(f, nil, now)
		x, _ := json.Marshal(a)
		y, _ := json.Marshal(b)
		if string(x) != string(y) {
			rt.Fatalf("%s\n%s", x, y)
		}
		c := a.Compact()
		if again := digest.Build(f, &c, now); len(again.Changes) != 0 {
			rt.Fatalf("changes against itself: %+v", again.Changes)
		}
		sum := digest.Count{}
		for _, u := range a.Units {
			sum.Missed += u.Count.Missed
			sum.Owed += u.Count.Owed
		}
		if sum.Missed != a.Count.Missed || sum.Owed != a.Count.Owed {
			rt.Fatalf("units %+v, total %+v", sum, a.Count)
		}
	})
}

// many is a province: every unit with three shifts, two directives and a report, a tenth of it amiss.
func many(n int) digest.Facts {
	start := time.Date(2027, 2, 5, 0, 30, 0, 0, time.UTC)
	f := digest.Facts{From: start, Units: []digest.UnitFact{{ID: "tinh", Name: "UBND tỉnh"}}}
	for i := range n {
		id := team.UnitID(fmt.Sprintf("u%04d", i))
		f.Units = append(f.Units, digest.UnitFact{ID: id, Name: fmt.Sprintf("UBND xã Đại Đồng %d", i), Parent: "tinh"})
		for s := range 3 {
			shift := digest.ShiftFact{ID: fmt.Sprintf("%s-%d", id, s), Unit: id, Start: start.Add(time.Duration(s) * 8 * time.Hour), Expected: 2, OnTime: 2}
			if (i+s)%10 == 0 {
				shift.OnTime = 0
				shift.Late = []digest.PersonFact{{ID: team.MemberID(fmt.Sprintf("l%d", i)), Name: fmt.Sprintf("Nguyễn Thị Ánh %d", i%7), Minutes: 10}}
				shift.Missed = []digest.PersonFact{{ID: team.MemberID(fmt.Sprintf("m%d", i)), Name: fmt.Sprintf("Trần Văn Đức %d", i%5)}}
			}
			f.Shifts = append(f.Shifts, shift)
		}
		for d := range 2 {
			f.Runs = append(f.Runs, digest.RunFact{Directive: fmt.Sprint("VB-", d), Title: "12/UBND", Unit: id, Settled: 5, Owed: 6, Overdue: max(0, i%10-8), Received: true})
		}
		f.Reports = append(f.Reports, digest.ReportFact{Window: "w", Name: "Báo cáo nhanh", Unit: id, Closes: start.Add(8 * time.Hour), Filed: i%10 != 3})
	}
	return f
}

func TestPeriod(t *testing.T) {
	f := troubled(t)
	f.Shifts = append(f.Shifts,
		digest.ShiftFact{ID: "s3", Unit: "an", Start: at(t, "07/02/2027 22:00"), Expected: 1, Missed: []digest.PersonFact{{ID: "m2", Name: "Lê Thị Đào"}}},
		digest.ShiftFact{ID: "s4", Unit: "none", Start: at(t, "09/02/2027 22:00"), Expected: 1})
	p := digest.BuildPeriod(f)
	if len(p.Dates) != 3 || p.Total[0].Expected != 5 || p.Total[1].Expected != 0 || p.Total[2].Missed != 1 || p.Total[2].Light() != digest.Red {
		t.Errorf("days: %+v", p.Total)
	}
	if p.Units[2].Days[0].Missed != 1 || p.Units[2].Days[2].Missed != 1 || p.Units[1].Days[0].Late != 2 {
		t.Errorf("units: %+v", p.Units)
	}
	got := ""
	for _, c := range p.People {
		got += fmt.Sprintf("%s %d/%d ", c.ID, c.Missed, c.Late)
	}
	if got != "m2 1/1 m1 1/0 m3 0/1 " {
		t.Errorf("people: %s", got)
	}
	if empty := digest.BuildPeriod(digest.Facts{}); len(empty.Dates) != 0 {
		t.Errorf("no shifts: %+v", empty)
	}
}

// Work grows with the facts and not faster: allocations are counted, not time, so that a busy machine does not matter.
func TestGrowthIsLinear(t *testing.T) {
	allocs := func(n int) float64 {
		f := many(n)
		now := f.From.Add(9 * time.Hour)
		last := digest.Build(f, nil, now).Compact()
		return testing.AllocsPerRun(3, func() { digest.Build(f, &last, now) })
	}
	small, large := allocs(500), allocs(2000)
	if large > 4.5*small {
		t.Errorf("500 units: %.0f allocations, 2000 units: %.0f", small, large)
	}
}

func BenchmarkBuild(b *testing.B) {
	for _, n := range []int{250, 500, 1000, 2000} {
		f := many(n)
		now := f.From.Add(9 * time.Hour)
		last := digest.Build(f, nil, now).Compact()
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				digest.Build(f, &last, now)
			}
		})
	}
}
