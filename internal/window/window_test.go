package window_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"trucban/internal/cadence"
	"trucban/internal/roster"
	"trucban/internal/team"
	"trucban/internal/window"
)

func at(t testing.TB, s string) time.Time {
	t.Helper()
	v, err := time.ParseInLocation("02/01/2006 15:04", s, roster.Zone)
	if err != nil {
		t.Fatal(err)
	}
	return v.UTC()
}

func daily(t testing.TB, now string) window.Window {
	t.Helper()
	w, err := window.New(window.Window{
		ID: "bcn", Name: "Báo cáo nhanh hằng ngày", Schedule: cadence.Cron("0 15 * * *"),
		Units: []team.UnitID{"vp", "kt", "vnm"},
	}, at(t, now))
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func kinds(es []window.Effect) []string {
	out := []string{}
	for _, e := range es {
		out = append(out, string(e.Kind)+string(e.To))
	}
	return out
}

func TestOneDay(t *testing.T) {
	w := daily(t, "05/02/2027 09:00")
	p := window.DefaultPolicy()
	steps := []struct {
		at    string
		file  team.UnitID
		want  []string
		wake  string
		units int
	}{
		{at: "05/02/2027 09:00", want: []string{}, wake: "05/02/2027 13:00"},
		{at: "05/02/2027 13:00", want: []string{"prompt"}, wake: "05/02/2027 14:00", units: 3},
		{at: "05/02/2027 13:10", file: "vp", want: []string{}, wake: "05/02/2027 14:00"},
		{at: "05/02/2027 14:00", want: []string{"remindunit"}, wake: "05/02/2027 14:30", units: 2},
		{at: "05/02/2027 14:10", file: "kt", want: []string{}, wake: "05/02/2027 14:30"},
		{at: "05/02/2027 14:30", want: []string{"remindunit"}, wake: "05/02/2027 14:50", units: 1},
		{at: "05/02/2027 14:50", want: []string{"remindhead"}, wake: "05/02/2027 15:00", units: 1},
		{at: "05/02/2027 15:00", want: []string{"close"}, wake: "06/02/2027 13:00", units: 1},
	}
	for _, s := range steps {
		now := at(t, s.at)
		if s.file != "" {
			var err error
			if w, _, err = w.File(s.file, window.Stamp{By: "an", At: now}, true, window.Form{}); err != nil {
				t.Fatal(err)
			}
		}
		next, effects, wake := w.Step(now, p)
		if got := kinds(effects); !reflect.DeepEqual(got, s.want) {
			t.Errorf("%s: %v, want %v", s.at, got, s.want)
		}
		if !wake.Equal(at(t, s.wake)) {
			t.Errorf("%s: wakes %s, want %s", s.at, wake.In(roster.Zone), s.wake)
		}
		if len(effects) > 0 && len(effects[0].Units) != s.units {
			t.Errorf("%s: %d units, want %d", s.at, len(effects[0].Units), s.units)
		}
		if _, again, wake2 := next.Step(now, p); len(again) != 0 || !wake2.Equal(wake) {
			t.Errorf("%s: a second look did %v and wakes %s", s.at, kinds(again), wake2)
		}
		w = next
	}
	late := at(t, "05/02/2027 15:20")
	w, rep, err := w.File("vnm", window.Stamp{By: "binh", At: late}, false, window.Form{Situation: "Mất điện 20 phút, đã khắc phục"})
	if err != nil || rep.Late != 20*time.Minute {
		t.Fatalf("late report: %+v, %v", rep, err)
	}
	org := &team.Org{Units: []team.Unit{{ID: "vp", Name: "Văn phòng"}, {ID: "kt", Name: "Phòng Kinh tế"}, {ID: "vnm", Name: "Viễn thông Mẫu"}}}
	org.Index()
	d := window.NewDraft(w, *w.Last, org, late)
	if d.Asked != 3 || d.None != 2 || d.Late != 1 || len(d.Filed) != 1 || len(d.Missing) != 0 {
		t.Errorf("draft: %+v", d)
	}
}

func TestFaults(t *testing.T) {
	w := daily(t, "05/02/2027 09:00")
	s := window.Stamp{By: "an", At: at(t, "05/02/2027 10:00")}
	if _, _, err := w.File("vp", s, true, window.Form{}); !errors.Is(err, window.ErrNotOpen) {
		t.Errorf("before the opening: %v", err)
	}
	w, _, _ = w.Step(at(t, "05/02/2027 13:00"), window.DefaultPolicy())
	if _, _, err := w.File("dt", s, true, window.Form{}); !errors.Is(err, window.ErrNotAsked) {
		t.Errorf("unit not asked: %v", err)
	}
	if _, _, err := w.File("vp", s, false, window.Form{Issues: "  "}); !errors.Is(err, window.ErrEmpty) {
		t.Errorf("empty form: %v", err)
	}
	if _, err := window.New(window.Window{Schedule: cadence.Cron("* * * * *"), Units: w.Units}, s.At); err == nil {
		t.Error("a window every minute was taken")
	}
	past := cadence.On(at(t, "01/02/2027 09:00"))
	if _, err := window.New(window.Window{Schedule: past, Units: w.Units}, s.At); !errors.Is(err, window.ErrNever) {
		t.Errorf("only past dates: %v", err)
	}
	ended, err := w.End(s)
	if err != nil {
		t.Fatal(err)
	}
	if _, effects, wake := ended.Step(at(t, "06/02/2027 15:00"), window.DefaultPolicy()); len(effects) != 0 || !wake.IsZero() {
		t.Error("an ended window goes on")
	}
}

// An outage over two deadlines: both are closed and said to be unseen, and the one still open is asked for late.
func TestOutage(t *testing.T) {
	w := daily(t, "05/02/2027 09:00")
	w, effects, _ := w.Step(at(t, "07/02/2027 14:20"), window.DefaultPolicy())
	if got := kinds(effects); !reflect.DeepEqual(got, []string{"close", "close", "prompt"}) {
		t.Fatalf("effects: %v", got)
	}
	if !effects[0].Round.Unseen || effects[0].Late == 0 || effects[2].Late != 80*time.Minute {
		t.Errorf("effects: %+v", effects)
	}
	if w.Now == nil || !w.Now.Closes.Equal(at(t, "07/02/2027 15:00")) {
		t.Errorf("open round: %+v", w.Now)
	}
}

// Whatever the wake-ups, each deadline opens at most once and closes exactly
// once, in order, and a second look does nothing.
func TestDeadlinesOnceAndInOrder(t *testing.T) {
	start := at(t, "05/02/2027 00:00")
	p := window.DefaultPolicy()
	rapid.Check(t, func(rt *rapid.T) {
		w, err := window.New(window.Window{
			ID: "w", Schedule: cadence.Cadence{Specs: []string{"0 9 * * *", "0 15 * * *"}}, Units: []team.UnitID{"a", "b"},
			Lead: time.Duration(rapid.IntRange(1, 20).Draw(rt, "lead")) * time.Hour,
		}, start)
		if err != nil {
			rt.Fatal(err)
		}
		now := start
		asked, closed := map[string]int{}, map[string]int{}
		last := ""
		for range rapid.IntRange(1, 40).Draw(rt, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(0, 600).Draw(rt, "minutes")) * time.Minute)
			if rapid.Bool().Draw(rt, "file") {
				if filed, _, err := w.File("a", window.Stamp{By: "x", At: now}, true, window.Form{}); err == nil {
					w = filed
				}
			}
			raw, err := json.Marshal(w)
			if err != nil {
				rt.Fatal(err)
			}
			var stored window.Window
			if err := json.Unmarshal(raw, &stored); err != nil {
				rt.Fatal(err)
			}
			next, effects, wake := stored.Step(now, p)
			for _, e := range effects {
				switch e.Kind {
				case window.Prompt:
					asked[e.Round.Key]++
				case window.Close:
					closed[e.Round.Key]++
					if e.Round.Key <= last {
						rt.Fatalf("closed %s after %s", e.Round.Key, last)
					}
					last = e.Round.Key
				}
			}
			if _, again, _ := next.Step(now, p); len(again) != 0 {
				rt.Fatalf("second look at %s: %v", now, kinds(again))
			}
			if !wake.After(now) {
				rt.Fatalf("wakes %s, now %s", wake, now)
			}
			w = next
		}
		for at := (cadence.Cadence{Specs: []string{"0 9 * * *", "0 15 * * *"}}).Next(start); !at.After(now); at = (cadence.Cadence{Specs: []string{"0 9 * * *", "0 15 * * *"}}).Next(at) {
			if key := at.Format(time.RFC3339); closed[key] != 1 || asked[key] > 1 {
				rt.Fatalf("deadline %s: asked %d, closed %d", key, asked[key], closed[key])
			}
		}
	})
}

func TestChangeKeepsTheOpenRound(t *testing.T) {
	w := daily(t, "05/02/2027 09:00")
	w, _, _ = w.Step(at(t, "05/02/2027 13:00"), window.DefaultPolicy())
	if got := w.Marks(); !reflect.DeepEqual(got, []string{"owes:vp", "owes:kt", "owes:vnm"}) || !w.Owes("vp") {
		t.Errorf("marks %v", got)
	}
	w, err := w.Change(cadence.Cron("0 9 * * *"), []team.UnitID{"vp"}, at(t, "05/02/2027 13:30"))
	if err != nil {
		t.Fatal(err)
	}
	w, effects, wake := w.Step(at(t, "05/02/2027 15:00"), window.DefaultPolicy())
	if len(effects) != 1 || len(effects[0].Units) != 3 || !wake.Equal(at(t, "06/02/2027 07:00")) {
		t.Errorf("effects %+v, wakes %s", effects, wake.In(roster.Zone))
	}
	w, effects, _ = w.Step(wake, window.DefaultPolicy())
	if len(effects) != 1 || len(effects[0].Units) != 1 || len(w.Marks()) != 1 {
		t.Errorf("next round: %+v", effects)
	}
}
