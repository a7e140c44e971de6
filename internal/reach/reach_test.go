package reach_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"trucban/internal/calendar"
	"trucban/internal/reach"
	"trucban/internal/team"
)

func at(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, calendar.Zone)
	if err != nil {
		panic(err)
	}
	return t
}

// TestStage walks through the evening before a night shift and the day of it.
func TestStage(t *testing.T) {
	p := reach.DefaultPolicy()
	start := at("2027-02-05 19:00")
	for now, want := range map[string]int{
		"2027-02-03 23:00": 0, "2027-02-04 14:59": 0, "2027-02-04 15:00": 1, "2027-02-05 15:59": 1,
		"2027-02-05 16:00": 2, "2027-02-05 18:59": 2, "2027-02-05 19:00": 0, "2027-02-06 09:00": 0,
	} {
		if got := p.Stage(start, at(now)); got != want {
			t.Errorf("%s: stage %d, want %d", now, got, want)
		}
	}
	none := reach.Policy{ReportAt: -1, EveAt: -1, KeepDays: 180}
	if none.Stage(start, start.Add(-time.Minute)) != 0 || !none.NextReport(start).IsZero() {
		t.Error("a policy that asks for nothing warns")
	}
}

// TestNextReport is at a wall time of UTC+7, and never now.
func TestNextReport(t *testing.T) {
	p := reach.DefaultPolicy()
	for now, want := range map[string]string{
		"2027-02-05 07:44": "2027-02-05 07:45", "2027-02-05 07:45": "2027-02-06 07:45", "2027-02-28 20:00": "2027-03-01 07:45", "2027-12-31 08:00": "2028-01-01 07:45",
	} {
		if got := p.NextReport(at(now)); !got.Equal(at(want)) {
			t.Errorf("after %s: %s, want %s", now, got.In(calendar.Zone).Format("2006-01-02 15:04"), want)
		}
	}
}

// TestValidate lists all faults together.
func TestValidate(t *testing.T) {
	if err := reach.DefaultPolicy().Validate(); err != nil {
		t.Error(err)
	}
	bad := reach.Policy{EveAt: 25 * time.Hour, Before: []time.Duration{0, 72 * time.Hour}, KeepDays: 59}
	if err := bad.Validate(); err == nil || len(err.(interface{ Unwrap() []error }).Unwrap()) != 4 {
		t.Errorf("faults: %v", err)
	}
}

// TestEverybodyIsWarnedAboutOnceAStage looks at random moments at people who come
// and go: nobody unreachable at the last look before the shift is unknown, nobody
// is told of twice for one stage, and nobody is cleared who was not warned about.
func TestEverybodyIsWarnedAboutOnceAStage(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := reach.Policy{EveAt: time.Duration(rapid.IntRange(-1, 23).Draw(t, "eve")) * time.Hour, KeepDays: 180}
		for range rapid.IntRange(0, 3).Draw(t, "befores") {
			p.Before = append(p.Before, time.Duration(rapid.IntRange(1, 2880).Draw(t, "before"))*time.Minute)
		}
		start := at("2027-02-05 19:00")
		now := start.Add(-60 * time.Hour)
		var l reach.Lookout
		told := map[team.MemberID]map[int]int{}
		for range rapid.IntRange(1, 30).Draw(t, "looks") {
			now = now.Add(time.Duration(rapid.IntRange(0, 240).Draw(t, "minutes")) * time.Minute)
			stage := p.Stage(start, now)
			if stage == 0 {
				continue
			}
			away := rapid.SliceOfDistinct(rapid.SampledFrom([]team.MemberID{"a", "b", "c"}), rapid.ID[team.MemberID]).Draw(t, "away")
			next, warn, clear := l.Look(stage, away)
			for _, m := range clear {
				if l.Warned[m] == 0 || slices.Contains(away, m) {
					t.Fatalf("%s is cleared", m)
				}
				told[m] = nil
			}
			for _, m := range warn {
				if told[m] == nil {
					told[m] = map[int]int{}
				}
				if told[m][stage]++; told[m][stage] > 1 || !slices.Contains(away, m) {
					t.Fatalf("%s is warned about again at stage %d", m, stage)
				}
			}
			for _, m := range away {
				if next.Warned[m] != stage {
					t.Fatalf("%s stands at %d in stage %d", m, next.Warned[m], stage)
				}
			}
			l = next
		}
	})
}
