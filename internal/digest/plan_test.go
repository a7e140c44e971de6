package digest_test

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"trucban/internal/cadence"
	"trucban/internal/digest"
	"trucban/internal/roster"
)

func TestPlan(t *testing.T) {
	p, err := digest.NewPlan("lanhdao", "tx", cadence.Cron("0 7,16 * * *"), at(t, "05/02/2027 10:00"))
	if err != nil {
		t.Fatal(err)
	}
	p, due, wake := p.Step(at(t, "05/02/2027 10:00"))
	if due != nil || !wake.Equal(at(t, "05/02/2027 16:00")) {
		t.Fatalf("%+v, wakes %s", due, wake)
	}
	p, due, wake = p.Step(wake)
	if due == nil || due.Key != "1" || !due.From.Equal(at(t, "05/02/2027 10:00")) || due.Late != 0 || !wake.Equal(at(t, "06/02/2027 07:00")) {
		t.Fatalf("%+v, wakes %s", due, wake)
	}
	if _, again, _ := p.Step(at(t, "05/02/2027 16:00")); again != nil {
		t.Error("a second look makes a second summary")
	}
	p = p.Record(digest.Build(troubled(t), nil, at(t, "05/02/2027 16:00")))
	if p.Show(digest.Summary{Quiet: true}) != digest.QuietLine || p.Show(digest.Summary{}) != digest.QuietFull {
		t.Error("quiet mode")
	}
	p, err = p.Acknowledge(1, "chutich", at(t, "05/02/2027 16:10"))
	if err != nil || len(p.AcksOf(1)) != 1 {
		t.Fatalf("acknowledge: %v", err)
	}
	if _, err := p.Acknowledge(1, "chutich", at(t, "05/02/2027 16:11")); !errors.Is(err, digest.ErrAcked) {
		t.Errorf("twice: %v", err)
	}
	if _, err := p.Acknowledge(2, "chutich", at(t, "05/02/2027 16:11")); !errors.Is(err, digest.ErrNoSummary) {
		t.Errorf("not made yet: %v", err)
	}
	p, wake = p.Notable(at(t, "05/02/2027 16:05"), "incident")
	if !wake.Equal(at(t, "05/02/2027 16:15")) {
		t.Errorf("after an event wakes %s, want the spacing kept", wake.In(roster.Zone))
	}
	p, wake = p.Notable(at(t, "05/02/2027 16:14"), "missed")
	p, due, _ = p.Step(wake)
	if due == nil || due.Why != "incident" {
		t.Errorf("event's summary: %+v", due)
	}
	p, due, wake = p.Step(at(t, "08/02/2027 09:00")) // an outage over five times
	if due == nil || due.Key != "3" || due.Late != 2*time.Hour || !wake.Equal(at(t, "08/02/2027 16:00")) {
		t.Errorf("after an outage: %+v, wakes %s", due, wake)
	}
	p.Paused = true
	if _, due, wake := p.Step(at(t, "09/02/2027 09:00")); due != nil || !wake.IsZero() {
		t.Error("a paused plan goes on")
	}
}

// TestAnEventShortlyBeforeAPlannedSummaryWaitsForIt: leaders do not get two within minutes.
func TestAnEventShortlyBeforeAPlannedSummaryWaitsForIt(t *testing.T) {
	p, err := digest.NewPlan("x", "", cadence.Cron("0 17 * * *"), at(t, "05/02/2027 10:00"))
	if err != nil {
		t.Fatal(err)
	}
	for event, want := range map[string]string{"05/02/2027 16:30": "05/02/2027 16:33", "05/02/2027 16:50": "05/02/2027 17:00", "05/02/2027 16:59": "05/02/2027 17:00", "05/02/2027 17:00": "05/02/2027 17:03"} {
		if _, wake := p.Notable(at(t, event), "incident"); !wake.Equal(at(t, want)) {
			t.Errorf("an event at %s is told at %s, want %s", event, wake.In(roster.Zone).Format("15:04"), want)
		}
	}
}

func TestPictureWithASummary(t *testing.T) {
	morning, noon, next := at(t, "05/02/2027 07:00"), at(t, "05/02/2027 12:00"), at(t, "06/02/2027 07:00")
	for mode, want := range map[digest.PictureMode][3]bool{"": {true, false, true}, digest.PictureEach: {true, true, true}, digest.PictureNone: {}} {
		var p digest.Plan
		var got [3]bool
		for i, now := range []time.Time{morning, noon, next} {
			p, got[i] = p.Picture(mode, digest.Due{Planned: now}, now)
		}
		if got != want {
			t.Errorf("%q: %v, want %v", mode, got, want)
		}
		if _, drawn := (digest.Plan{}).Picture(mode, digest.Due{Why: "incident.reported"}, noon); drawn {
			t.Errorf("%q: a picture goes with what an event asked for", mode)
		}
	}
}

// Whenever the clock looks, a summary is due once if a planned time passed, and the next look lies ahead.
func TestPlanProperties(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		now := at(t, "05/02/2027 10:00")
		p, err := digest.NewPlan("x", "", cadence.Cron("0 7,16 * * *"), now)
		if err != nil {
			rt.Fatal(err)
		}
		keys := map[string]bool{}
		for range rapid.IntRange(1, 30).Draw(rt, "steps") {
			before := now
			now = now.Add(time.Duration(rapid.IntRange(0, 3000).Draw(rt, "minutes")) * time.Minute)
			notable := rapid.Bool().Draw(rt, "notable")
			if notable {
				p, _ = p.Notable(now, "incident")
			}
			planned := !p.Times.Next(before).After(now)
			next, due, wake := p.Step(now)
			if planned && due == nil {
				rt.Fatalf("a planned time passed between %s and %s and nothing is due", before, now)
			}
			if due != nil && keys[due.Key] {
				rt.Fatalf("summary %s twice", due.Key)
			}
			if due != nil {
				keys[due.Key] = true
			}
			if _, again, wake2 := next.Step(now); again != nil || !wake2.Equal(wake) || !wake.After(now) {
				rt.Fatalf("second look: %+v, wakes %s, now %s", again, wake2, now)
			}
			p = next
		}
	})
}
