package incident

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// world is one incident in the hands of people who press whatever they like,
// and of a planner that is sometimes away.
type world struct {
	i       Incident
	now     time.Time
	p       Policy
	said    map[string]int
	alarmed []string // as the model knows it, of this climb
	acks    int      // acknowledgements accepted in this climb
}

func (w *world) act(by string) Act { return Act{By: teamID(by), At: w.now} }

// plan runs Step as the due loop does, twice when the first commit is lost.
func (w *world) plan(t *rapid.T) {
	if rapid.Bool().Draw(t, "commit lost") {
		_, fx, _ := w.i.Step(w.now, w.p)
		_, again, _ := w.i.Step(w.now, w.p)
		if d := cmp.Diff(fx, again); d != "" {
			t.Fatalf("the same state plans differently:\n%s", d)
		}
	}
	next, fx, when := w.i.Step(w.now, w.p)
	w.i = next
	for n, e := range fx {
		w.said[e.ID]++
		if w.said[e.ID] > 1 {
			t.Fatalf("said twice: %s", e.ID)
		}
		switch e.Kind {
		case Call:
			if !w.i.Unacked() {
				t.Fatalf("called after the acknowledgement: %s", e.ID)
			}
			to := fmt.Sprintf("%s-%d", e.Rung, n)
			w.i = w.i.Alarmed(to)
			if !slices.Contains(w.alarmed, to) {
				w.alarmed = append(w.alarmed, to)
			}
		case AllClear:
			if w.i.Unacked() {
				t.Fatal("all clear while nobody has seen it")
			}
			if !slices.Equal(e.To, w.alarmed) {
				t.Fatalf("all clear to %v, alarmed were %v", e.To, w.alarmed)
			}
		}
	}
	if w.i.IsOpen() && !when.After(w.now) {
		t.Fatalf("open (%s) at %v, next moment %v", w.i.State, w.now, when)
	}
	if !when.IsZero() && !when.After(w.now) {
		t.Fatalf("next moment %v is not after %v", when, w.now)
	}
	if !w.i.IsOpen() && when.IsZero() {
		for _, d := range w.i.Deadlines {
			if d.Open() && !d.Missed {
				t.Fatalf("closed and forgotten with %s open", d.ID)
			}
		}
	}
	if _, again, _ := w.i.Step(w.now, w.p); len(again) != 0 {
		t.Fatalf("planned twice says more: %+v", again)
	}
}

func (w *world) decide(t *rapid.T, do func(Incident, Act) (Incident, error)) {
	before := w.i
	by := rapid.SampledFrom([]string{"an", "binh", "cuong"}).Draw(t, "by")
	after, err := do(before, w.act(by))
	if err != nil {
		if d := cmp.Diff(before, after); d != "" {
			t.Fatalf("a refused act changed the incident (%v):\n%s", err, d)
		}
		return
	}
	if !before.Unacked() && !after.Unacked() && before.AckedBy != after.AckedBy {
		t.Fatalf("the acknowledgement of %s became that of %s", before.AckedBy, after.AckedBy)
	}
	if before.State == StateClosed && after.State != StateClosed && after.State != StateReopened {
		t.Fatalf("closed became %s", after.State)
	}
	if len(after.Timeline) <= len(before.Timeline) || !slices.Equal(after.Timeline[:len(before.Timeline)], before.Timeline) {
		t.Fatal("the timeline was not carried on")
	}
	if before.Unacked() && !after.Unacked() {
		w.acks++
	}
	if after.Ladder.Climb > before.Ladder.Climb {
		w.alarmed, w.acks = nil, 0
	}
	if w.acks > 1 {
		t.Fatal("two acknowledgements were accepted in one climb")
	}
	w.i = after
	w.plan(t) // as the handler does in the same commit
}

func TestNoPathLosesTheLadder(t *testing.T) {
	rules := testRules(t)
	rapid.Check(t, func(t *rapid.T) {
		start := at("2026-06-01 08:00").Add(time.Duration(rapid.IntRange(0, 365*24).Draw(t, "hour")) * time.Hour)
		w := &world{now: start.UTC(), p: Policy{Rules: rules}, said: map[string]int{}}
		if rapid.Bool().Draw(t, "odd policy") {
			w.p.Times = map[Level]Times{Medium: {Duty: time.Hour, Leaders: time.Minute}}
		}
		w.i = New(Report{
			ID: "SC-2027-0001", Unit: "p1", Text: "web bị đổi giao diện",
			Kind:  rapid.SampledFrom([]string{"", "deface", "lo_lot", "ha_tang"}).Draw(t, "kind"),
			Level: rapid.SampledFrom(append([]Level{""}, Levels...)).Draw(t, "level"),
			Drill: rapid.Bool().Draw(t, "drill"),
		}, w.act("an"))
		w.plan(t)
		t.Repeat(w.moves(rules))
	})
}

func (w *world) moves(rules Rules) map[string]func(*rapid.T) {
	do := func(f func(Incident, Act, *rapid.T) (Incident, error)) func(*rapid.T) {
		return func(t *rapid.T) {
			w.decide(t, func(i Incident, a Act) (Incident, error) { return f(i, a, t) })
		}
	}
	return map[string]func(*rapid.T){
		"wait": func(t *rapid.T) {
			w.now = w.now.Add(time.Duration(rapid.IntRange(1, 40*60).Draw(t, "minutes")) * time.Minute)
			w.plan(t)
		},
		"wake": func(t *rapid.T) {
			if w.i.Next.After(w.now) {
				w.now = w.i.Next
			}
			w.plan(t)
		},
		"ack":     do(func(i Incident, a Act, _ *rapid.T) (Incident, error) { return i.Ack(a) }),
		"take":    do(func(i Incident, a Act, _ *rapid.T) (Incident, error) { return i.Take(a) }),
		"assign":  do(func(i Incident, a Act, _ *rapid.T) (Incident, error) { return i.Assign("dung", a) }),
		"resolve": do(func(i Incident, a Act, _ *rapid.T) (Incident, error) { return i.Resolve("xong", a) }),
		"close":   do(func(i Incident, a Act, _ *rapid.T) (Incident, error) { return i.Close("", a) }),
		"false":   do(func(i Incident, a Act, _ *rapid.T) (Incident, error) { return i.FalseAlarm("nhầm", a) }),
		"reopen":  do(func(i Incident, a Act, _ *rapid.T) (Incident, error) { return i.Reopen("lại bị", a) }),
		"update":  do(func(i Incident, a Act, _ *rapid.T) (Incident, error) { return i.Update("đang kiểm tra", a) }),
		"level": do(func(i Incident, a Act, t *rapid.T) (Incident, error) {
			return i.SetLevel(rapid.SampledFrom(Levels).Draw(t, "to"), a)
		}),
		"kind": do(func(i Incident, a Act, t *rapid.T) (Incident, error) {
			return i.SetKind(rapid.SampledFrom(rules.Kinds).Draw(t, "to").Code, rules, a)
		}),
		"found": do(func(i Incident, a Act, t *rapid.T) (Incident, error) {
			return i.SetFound(w.now.Add(-time.Duration(rapid.IntRange(0, 200).Draw(t, "hours"))*time.Hour), a)
		}),
		"met": do(func(i Incident, a Act, t *rapid.T) (Incident, error) {
			if len(i.Deadlines) == 0 {
				return i, ErrUnknown
			}
			return i.Met(rapid.SampledFrom(i.Deadlines).Draw(t, "which").ID, a)
		}),
		"late press": func(t *rapid.T) {
			if w.i.Unacked() || !w.i.IsOpen() {
				return
			}
			var r *RefusedError
			if _, err := w.i.Ack(w.act("muon")); !errors.As(err, &r) || !errors.Is(err, ErrAcked) || r.By != w.i.AckedBy {
				t.Fatalf("a late acknowledgement: %v", err)
			}
		},
	}
}

// Whoever is asleep through it all, an unacknowledged incident reaches everyone in time.
func TestSleepingOfficeIsReached(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		level := rapid.SampledFrom(Levels).Draw(t, "level")
		now := at("2027-02-06 21:00")
		i := New(Report{ID: "SC-2027-0001", Level: level}, act("an", now))
		reached := map[Rung]time.Duration{}
		for start := now; now.Sub(start) < 6*time.Hour; {
			var fx []Effect
			var next time.Time
			i, fx, next = i.Step(now, Policy{})
			for _, e := range fx {
				if _, ok := reached[e.Rung]; e.Kind == Call && !ok {
					reached[e.Rung] = now.Sub(start)
				}
			}
			now = next.Add(time.Duration(rapid.IntRange(0, 30).Draw(t, "lag")) * time.Second)
		}
		for _, r := range Rungs {
			limit := DefaultTimes(level).at(slices.Index(Rungs, r)) + 3*time.Minute
			if got, ok := reached[r]; !ok || got > limit {
				t.Fatalf("%s at level %s after %v, limit %v", r, level, got, limit)
			}
		}
	})
}

func FuzzFoundAt(f *testing.F) {
	for _, s := range []string{"từ 21h", "lúc 7h30 sáng", "9/2 20h", "30 phút trước", "24h", "99 ngày trước", "31/02 8h"} {
		f.Add(s)
	}
	sent := at("2027-02-06 22:10")
	f.Fuzz(func(t *testing.T, s string) {
		if got, ok := FoundAt(s, sent); ok && (got.After(sent) || got.IsZero()) {
			t.Errorf("%q: %v lies after %v", s, got, sent)
		}
	})
}
