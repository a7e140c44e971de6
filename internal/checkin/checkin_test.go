package checkin_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"trucban/internal/checkin"
	"trucban/internal/roster"
	"trucban/internal/team"
)

func night() roster.Shift {
	start := time.Date(2027, 2, 5, 19, 0, 0, 0, roster.Zone)
	s := roster.Shift{Unit: "u", Name: "Ca đêm", Start: start.UTC(), End: start.Add(12 * time.Hour).UTC()}
	s.ID = roster.ID(s.Unit, s.Start, s.Name)
	s.People = []roster.Assignment{{Post: roster.PostDesk, Member: "an"}, {Post: roster.PostTech, Member: "binh"}}
	return s
}

// TestLatenessAtTheBoundary looks a millisecond before, at and after each bound of a
// check-in: the window opens at its first millisecond, the grace is inclusive, a minute
// begun counts, the end of the shift is no longer part of it.
func TestLatenessAtTheBoundary(t *testing.T) {
	const ms = time.Millisecond
	odd := checkin.DefaultPolicy()
	odd.OpenBefore, odd.Grace, odd.Absent = 90*time.Second, 0, 20*time.Minute
	for name, p := range map[string]checkin.Policy{"default": checkin.DefaultPolicy(), "odd": odd} {
		s := night()
		length := s.End.Sub(s.Start)
		first := int(p.Grace/time.Minute) + 1
		for _, c := range []struct {
			after   time.Duration
			status  checkin.Status
			minutes int
			err     error
		}{
			{-p.OpenBefore - ms, "", 0, checkin.ErrTooEarly},
			{-p.OpenBefore, checkin.OnTime, 0, nil},
			{-p.OpenBefore + ms, checkin.OnTime, 0, nil},
			{-ms, checkin.OnTime, 0, nil},
			{0, checkin.OnTime, 0, nil},
			{p.Grace - ms, checkin.OnTime, 0, nil},
			{p.Grace, checkin.OnTime, 0, nil},
			{p.Grace + ms, checkin.Late, first, nil},
			{p.Grace + time.Minute - ms, checkin.Late, first, nil},
			{p.Grace + time.Minute, checkin.Late, first, nil},
			{p.Grace + time.Minute + ms, checkin.Late, first + 1, nil},
			{p.Absent - ms, checkin.Late, int(p.Absent / time.Minute), nil},
			{p.Absent, checkin.Late, int(p.Absent / time.Minute), nil},
			{p.Absent + ms, checkin.Late, int(p.Absent/time.Minute) + 1, nil},
			{length - ms, checkin.Late, 720, nil},
			{length, "", 0, checkin.ErrEnded},
			{length + ms, "", 0, checkin.ErrEnded},
		} {
			at := s.Start.Add(c.after)
			_, mark, _, err := checkin.New(s).CheckIn("an", at, "", p)
			if !errors.Is(err, c.err) || mark.Status != c.status || mark.Minutes != c.minutes {
				t.Errorf("%s, %s after the start: %s, %d minutes, %v", name, c.after, mark.Status, mark.Minutes, err)
			}
			_, other, _, err := checkin.New(s).CheckInFor("an", "binh", at, "máy hỏng", p)
			if !errors.Is(err, c.err) || other.Status != c.status || other.Minutes != c.minutes {
				t.Errorf("%s, vouched for %s after the start: %s, %d minutes, %v", name, c.after, other.Status, other.Minutes, err)
			}
		}
	}
}

// TestStatusAtTheBoundary: who has not checked in is expected to the last millisecond of
// the grace, missing to the last before absent, and absent from then on.
func TestStatusAtTheBoundary(t *testing.T) {
	const ms = time.Millisecond
	p, s := checkin.DefaultPolicy(), night()
	w := checkin.New(s)
	for after, want := range map[time.Duration]checkin.Status{
		-p.OpenBefore: checkin.Expected, p.Grace - ms: checkin.Expected, p.Grace: checkin.Expected, p.Grace + ms: checkin.Missing,
		p.Absent - ms: checkin.Missing, p.Absent: checkin.Absent, p.Absent + ms: checkin.Absent, 12 * time.Hour: checkin.Absent,
	} {
		if got := w.Status("an", s.Start.Add(after), p); got != want {
			t.Errorf("%s after the start: %s, want %s", after, got, want)
		}
	}
}

// TestUndoAtTheBoundary: a check-in is taken back within its seconds, the last one included.
func TestUndoAtTheBoundary(t *testing.T) {
	p, s := checkin.DefaultPolicy(), night()
	w, _, _, err := checkin.New(s).CheckIn("an", s.Start, "", p)
	if err != nil {
		t.Fatal(err)
	}
	for after, want := range map[time.Duration]error{
		0: nil, p.UndoWithin - time.Millisecond: nil, p.UndoWithin: nil, p.UndoWithin + time.Millisecond: checkin.ErrNothing,
	} {
		if _, _, err := w.Undo("an", s.Start.Add(after), p); !errors.Is(err, want) {
			t.Errorf("after %s: %v", after, err)
		}
	}
}

// TestPartOfAShiftHasItsOwnStart: who stands from 23h00 on is neither missing nor late before.
func TestPartOfAShiftHasItsOwnStart(t *testing.T) {
	p, s := checkin.DefaultPolicy(), night()
	cut := s.Start.Add(4 * time.Hour)
	s.People = []roster.Assignment{{Post: roster.PostDesk, Member: "an", From: cut}, {Post: roster.PostDesk, Member: "hoa", For: "an", To: cut}}
	w, effects, _ := checkin.New(s).Step(s.Start.Add(time.Hour), p)
	for _, e := range effects {
		if e.Kind == checkin.Nudge && slices.Contains(e.Missing, "an") {
			t.Errorf("%s asks for somebody whose hours have not begun", e.Key)
		}
	}
	if got := w.Status("an", cut.Add(p.Grace), p); got != checkin.Expected {
		t.Errorf("at the end of the own grace: %s", got)
	}
	w, effects, _ = w.Step(cut.Add(15*time.Minute), p)
	if !slices.ContainsFunc(effects, func(e checkin.Effect) bool {
		return e.Kind == checkin.Nudge && cmp.Equal(e.Missing, []team.MemberID{"an"})
	}) {
		t.Errorf("nobody asks for who should be there by now: %+v", effects)
	}
	if _, mark, _, err := w.CheckIn("an", cut.Add(20*time.Minute), "", p); err != nil || mark.Minutes != 20 {
		t.Errorf("late by %d minutes, %v", mark.Minutes, err)
	}
}

// TestPlanDoesNotKnowTheMachinesZone: the same shift written in any zone has the same plan.
func TestPlanDoesNotKnowTheMachinesZone(t *testing.T) {
	p, s := checkin.DefaultPolicy(), night()
	other := s
	other.Start, other.End = s.Start.In(time.FixedZone("west", -8*3600)), s.End.In(time.FixedZone("west", -8*3600))
	a, b := checkin.New(s), checkin.New(other)
	if want := time.Date(2027, 2, 4, 16, 0, 0, 0, roster.Zone); !a.NextAt(p).Equal(want) {
		t.Errorf("the evening before is at %s", a.NextAt(p))
	}
	for range 20 {
		at := a.NextAt(p)
		if !at.Equal(b.NextAt(p)) {
			t.Fatalf("%s and %s", at, b.NextAt(p))
		}
		if at.IsZero() {
			return
		}
		a, _, _ = a.Step(at, p)
		b, _, _ = b.Step(at, p)
	}
	t.Error("the plan does not end")
}

// TestEveryShiftHasItsNextReminder lets a shift live through late wake-ups, restarts,
// check-ins and changes: every step is taken once, whoever is missing at a rung is
// named, and until the plan is through there is a next moment, after the present one.
func TestEveryShiftHasItsNextReminder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, s := checkin.DefaultPolicy(), night()
		if rapid.Bool().Draw(t, "part") {
			cut := s.Start.Add(time.Duration(rapid.IntRange(1, 11).Draw(t, "cut")) * time.Hour)
			s.People = append(s.People, roster.Assignment{Post: roster.PostDuty, Member: "hoa", From: cut})
		}
		w, now := checkin.New(s), s.Start.Add(-48*time.Hour)
		taken := map[string]bool{}
		for range 60 {
			next := w.NextAt(p)
			if next.IsZero() {
				break
			}
			now = maxTime(now, next).Add(time.Duration(rapid.IntRange(0, 3).Draw(t, "late")) * 17 * time.Minute)
			var effects []checkin.Effect
			var at time.Time
			before := w
			w, effects, at = w.Step(now, p)
			for _, e := range effects {
				if taken[e.Key] {
					t.Fatalf("%s is taken twice", e.Key)
				}
				taken[e.Key] = true
				if e.Planned.After(now) {
					t.Fatalf("%s is taken before its time", e.Key)
				}
			}
			for key := range w.Fired {
				if _, had := before.Fired[key]; had || !strings.HasPrefix(key, "ladder:") {
					continue
				}
				for _, m := range before.Pending() {
					suffix := strings.Contains(key, "@")
					if suffix == w.Start(m).Equal(s.Start) {
						continue
					}
					if !slices.ContainsFunc(effects, func(e checkin.Effect) bool { return e.Key == key && slices.Contains(e.Missing, m) }) {
						t.Fatalf("%s passed and nobody asked for %s", key, m)
					}
				}
			}
			if !at.Equal(w.NextAt(p)) || !at.IsZero() && !at.After(now) {
				t.Fatalf("the next moment is %s, at %s", at, now)
			}
			if again, more, _ := w.Step(now, p); len(more) > 0 || !cmp.Equal(again, w) {
				t.Fatal("a second look at the same moment does something")
			}
			w = live(t, w, s, now, p)
		}
		if !w.Ended || !w.NextAt(p).IsZero() {
			t.Fatalf("the plan is not through: next %s", w.NextAt(p))
		}
	})
}

// live lets something happen between two steps.
func live(t *rapid.T, w checkin.Watch, s roster.Shift, now time.Time, p checkin.Policy) checkin.Watch {
	switch rapid.IntRange(0, 4).Draw(t, "what") {
	case 0: // the process ends and reads the watch again
		data, err := json.Marshal(w)
		if err != nil {
			t.Fatal(err)
		}
		var back checkin.Watch
		if err := json.Unmarshal(data, &back); err != nil {
			t.Fatal(err)
		}
		back, _, _ = back.Step(now, p) // maps that were empty come back as such
		return back
	case 1:
		if next, _, _, err := w.CheckIn(rapid.SampledFrom([]team.MemberID{"an", "binh", "hoa"}).Draw(t, "who"), now, "", p); err == nil {
			return next
		}
	case 2:
		if next, _, err := w.Excuse("binh", "hoa", now, "ốm"); err == nil {
			return next
		}
	case 3:
		return w.Replan(w.Shift, now, p)
	}
	return w
}

func maxTime(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// TestHandover: only the next shift seals, once, and what is sealed stays.
func TestHandover(t *testing.T) {
	s := night()
	day := roster.Shift{ID: "d", Unit: "u", Start: s.End, End: s.End.Add(12 * time.Hour), People: []roster.Assignment{{Member: "hoa"}, {Member: "an"}}}
	next, ok := checkin.Following(s, []roster.Shift{{ID: "x", Unit: "v", Start: s.End, End: day.End}, day, s})
	if !ok || next.ID != "d" {
		t.Fatalf("the shift after is %q", next.ID)
	}
	w, err := checkin.New(s).HandOver("an", s.End, "ổn", nil)
	if err != nil {
		t.Fatal(err)
	}
	if at := w.NextAt(checkin.Policy{EveAt: -1, Handover: []checkin.Rung{{After: time.Hour, Who: checkin.ToHead}}}); at.After(s.End) {
		t.Errorf("the end of the shift comes first, not %s", at)
	}
	for who, want := range map[team.MemberID]error{"binh": checkin.ErrNotNext, "an": checkin.ErrOwnRecord, "hoa": nil} {
		if _, _, err := w.TakeOver(who, s.End, "", day); !errors.Is(err, want) {
			t.Errorf("%s takes over: %v", who, err)
		}
	}
	sealed, _, err := w.TakeOver("hoa", s.End.Add(time.Minute), "rõ", day)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := sealed.HandOver("an", s.End, "khác", nil); !errors.Is(err, checkin.ErrSealed) {
		t.Errorf("a sealed record is written anew: %v", err)
	}
	more, err := sealed.AddToRecord("an", s.End.Add(time.Hour), "thêm")
	if err != nil || more.Hand.Text != "ổn" || len(more.Hand.Appended) != 1 || len(sealed.Hand.Appended) != 0 {
		t.Errorf("added: %+v, %v", more.Hand, err)
	}
}

// TestUndoPutsTheAlarmUpAgain: taken back in time, whoever had the all-clear is alarmed again.
func TestUndoPutsTheAlarmUpAgain(t *testing.T) {
	p, s := checkin.DefaultPolicy(), night()
	w, _ := late(checkin.New(s), s.Start.Add(30*time.Minute), p)
	at := s.Start.Add(31 * time.Minute)
	in, _, cleared, err := w.CheckIn("an", at, "", p)
	if err != nil || len(cleared) != 2 {
		t.Fatalf("cleared %v, %v", cleared, err)
	}
	if _, _, err := in.Undo("an", at.Add(p.UndoWithin+time.Millisecond), p); !errors.Is(err, checkin.ErrNothing) {
		t.Errorf("too late: %v", err)
	}
	out, told, err := in.Undo("an", at.Add(p.UndoWithin), p)
	if err != nil || !cmp.Equal(told, cleared) || !cmp.Equal(out.Alarmed["an"], cleared) || !slices.Contains(out.Pending(), "an") {
		t.Errorf("undone: told %v, alarmed %v, %v", told, out.Alarmed["an"], err)
	}
}
