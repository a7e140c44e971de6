package roster

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestIDs(t *testing.T) {
	start := at("2024-02-09 19:00")
	for name, want := range map[string]ShiftID{
		"": "cntt.240209-1900", "Ca đêm": "cntt.240209-1900.dem", "ĐÊM": "cntt.240209-1900.dem", "Trực lãnh đạo": "cntt.240209-1900.truclanh",
	} {
		if got := ID("cntt", start.UTC(), name); got != want {
			t.Errorf("ID(%q) = %s, want %s", name, got, want)
		}
	}
}

func TestOnDutyAndNext(t *testing.T) {
	a, b, c := shift("2024-02-09 07:00", 12, "an"), shift("2024-02-09 19:00", 12, "ba"), shift("2024-02-10 07:00", 12, "cu")
	all := []Shift{c, a, b}
	for when, want := range map[string][2][]string{
		"2024-02-09 06:59": {{}, {"09/02 07h00 an"}},
		"2024-02-09 07:00": {{"09/02 07h00 an"}, {"09/02 19h00 ba"}},
		"2024-02-10 02:00": {{"09/02 19h00 ba"}, {"10/02 07h00 cu"}},
		"2024-02-10 19:00": {{}, {}},
	} {
		if d := cmp.Diff(want, [2][]string{lines(OnDuty(all, at(when))), lines(Next(all, at(when)))}); d != "" {
			t.Errorf("%s:\n%s", when, d)
		}
	}
	if b.Day() != day("2024-02-09") || !b.Night() || a.Night() {
		t.Error("a night shift belongs to the date it starts on")
	}
	if len(Of(all, "ba")) != 1 {
		t.Error("Of")
	}
}

func TestParts(t *testing.T) {
	s := shift("2024-02-09 19:00", 12, "an", "ba")
	got, err := s.Cover("an", "cu", Part{From: at("2024-02-09 22:00"), To: at("2024-02-10 01:00")})
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff("09/02 19h00 an[19h00-22h00],cu[22h00-01h00],an[01h00-07h00],ba", line(got)); d != "" {
		t.Error(d)
	}
	for when, want := range map[string]string{"2024-02-09 21:00": "an", "2024-02-09 23:00": "cu", "2024-02-10 06:00": "an"} {
		if on := got.At(at(when)); len(on) != 2 || string(on[0].Member) != want || on[1].Member != "ba" {
			t.Errorf("%s: %+v", when, on)
		}
	}
	if got.People[1].For != "an" || line(s) != "09/02 19h00 an,ba" {
		t.Error("the stand-in is marked and the old shift untouched")
	}
	back, err := got.Cover("cu", "an", Part{})
	if err != nil || back.People[1].For != "" {
		t.Errorf("back: %v %+v", err, back)
	}
	if len(got.At(at("2024-02-10 07:00"))) != 0 {
		t.Error("nobody after the end")
	}
}

func TestCoverRefuses(t *testing.T) {
	s := shift("2024-02-09 19:00", 12, "an", "ba")
	for _, c := range []struct {
		out, in string
		p       Part
		want    error
	}{
		{"an", "an", Part{}, ErrSamePerson},
		{"xx", "cu", Part{}, ErrNotOnShift},
		{"an", "ba", Part{}, ErrOnShift},
		{"an", "cu", Part{From: at("2024-02-09 18:00")}, ErrBadPart},
		{"an", "cu", Part{From: at("2024-02-10 01:00"), To: at("2024-02-09 22:00")}, ErrBadPart},
		{"an", "cu", Part{From: at("2024-02-10 01:00"), To: at("2024-02-10 01:00")}, ErrBadPart},
	} {
		if _, err := s.Cover(member(c.out), member(c.in), c.p); !errors.Is(err, c.want) {
			t.Errorf("%+v: %v", c, err)
		}
	}
	if _, err := s.Fill(PostLeader, "an"); !errors.Is(err, ErrOnShift) {
		t.Error(err)
	}
	if got, err := s.Fill(PostLeader, "cu"); err != nil || got.heads(PostLeader) != 1 {
		t.Error(err)
	}
}

func TestConflicts(t *testing.T) {
	leader := shift("2024-02-09 07:30", 48)
	leader.ID, leader.People = "l", []Assignment{{Post: PostLeader, Member: "an"}}
	shifts := []Shift{
		shift("2024-02-09 07:00", 12, "an", "ba"), shift("2024-02-09 18:00", 13, "ba"), shift("2024-02-10 19:00", 12, "ba", "cu"),
		shift("2024-02-12 19:00", 12, "cu"), leader,
	}
	r := Rules{Leave: []Leave{{Member: "cu", Days: span("2024-02-13", "2024-02-14")}}}
	var got []string
	for _, c := range r.Conflicts(shifts) {
		got = append(got, string(c.Kind)+" "+string(c.Member)+" "+string(c.Shift)+" "+string(c.Other)+" "+c.From.In(Zone).Format("02T15:04"))
	}
	want := []string{
		"double ba u.240209-0700 u.240209-1800 09T18:00",
		"nights ba u.240209-1800 u.240210-1900 10T19:00",
		"leave cu u.240212-1900  12T19:00",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	whole := []Shift{shift("2024-02-09 07:30", 24, "an"), shift("2024-02-10 07:30", 24, "an"), shift("2024-02-12 07:30", 24, "an")}
	if c := r.Conflicts(whole); len(c) != 1 || c[0].Kind != TwoNights {
		t.Errorf("two whole days running hold two nights running: %+v", c)
	}
}

func TestGaps(t *testing.T) {
	a := shift("2024-02-09 07:00", 12, "an", "ba")
	a.People[0].Post = PostLeader
	b := shift("2024-02-09 19:00", 12)
	c := shift("2024-02-10 08:00", 12, "cu", "xx")
	d := shift("2024-02-10 18:00", 12, "cu")
	got := Gaps([]Shift{a, b, c, d}, Check{
		From: at("2024-02-09 07:00"), To: at("2024-02-11 07:00"), Posts: []Post{PostLeader, PostDuty}, Continuous: []unit{"u"},
		Known:     func(m memberID) bool { return m != "xx" },
		Reachable: func(m memberID) bool { return m != "ba" },
	})
	var text []string
	for _, g := range got {
		text = append(text, g.From.In(Zone).Format("02T15:04")+" "+string(g.Kind)+" "+string(g.Shift)+" "+string(g.Post)+" "+string(g.Member))
	}
	want := []string{
		"09T07:00 unreachable u.240209-0700 duty ba",
		"09T19:00 nobody u.240209-1900  ",
		"10T07:00 uncovered   ",
		"10T08:00 post u.240210-0800 leader ",
		"10T08:00 unknown u.240210-0800 duty xx",
		"10T18:00 post u.240210-1800 leader ",
		"10T18:00 double u.240210-0800  cu",
		"11T06:00 uncovered   ",
	}
	if diff := cmp.Diff(want, text); diff != "" {
		t.Error(diff)
	}
	from, to := Ahead(at("2024-02-01 10:00"), 30)
	if to.Sub(from) != 30*24*time.Hour+14*time.Hour {
		t.Error(from, to)
	}
	part, err := shift("2024-02-09 07:00", 12, "an").Cover("an", "ba", Part{From: at("2024-02-09 12:00")})
	if err != nil || part.heads(PostDuty) != 1 {
		t.Error("a shift shared in parts is staffed", err)
	}
}

func TestDiff(t *testing.T) {
	a, b, c := shift("2024-02-09 07:00", 12, "an"), shift("2024-02-09 19:00", 12, "ba"), shift("2024-02-10 07:00", 12, "cu")
	b2 := shift("2024-02-09 19:00", 12, "du", "ba")
	e := shift("2024-02-11 07:00", 12, "ba")
	old, new := []Shift{a, b, c}, []Shift{e, a, b2}
	d := Compare(old, new)
	if d.Same != 1 || len(d.Added) != 1 || len(d.Changed) != 1 || len(d.Removed) != 1 || d.Empty() {
		t.Fatalf("%+v", d)
	}
	var got []string
	for _, x := range d.Effects(at("2024-02-01 00:00")) {
		got = append(got, string(x.Member)+" "+string(x.Kind)+" "+x.start().In(Zone).Format("02T15"))
	}
	if diff := cmp.Diff([]string{"ba mates 09T19", "ba gained 11T07", "cu lost 10T07", "du gained 09T19"}, got); diff != "" {
		t.Error(diff)
	}
	if n := len(d.Effects(at("2024-02-10 08:00"))); n != 2 {
		t.Errorf("what is over concerns nobody: %d", n)
	}
	made, ok := d.Apply(old)
	if !ok || !Compare(made, new).Empty() {
		t.Errorf("apply: %v %v", ok, lines(made))
	}
	undone, ok := d.Invert().Apply(made)
	if !ok || !Compare(undone, old).Empty() {
		t.Errorf("undo: %v %v", ok, lines(undone))
	}
	if _, ok := d.Apply(new); ok {
		t.Error("a difference is not applied to another roster")
	}
	moved := c
	moved.Start = moved.Start.Add(time.Hour)
	if x := Compare([]Shift{c}, []Shift{moved}).Effects(at("2024-02-01 00:00")); len(x) != 1 || x[0].Kind != Moved {
		t.Errorf("%+v", x)
	}
}
