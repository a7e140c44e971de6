// Package reach decides when an office is told that somebody cannot be reached by
// a private message, and when what the bot knows of a person is forgotten.
//
// It promises that a person with a shift ahead is warned about before it begins,
// once at each of the moments the policy names, however late a look comes and
// however often it is repeated; and that whoever was warned about is known, so
// that the all-clear goes to the same people. It decides with values: no store,
// no clock, no texts.
package reach

import (
	"errors"
	"maps"
	"slices"
	"time"

	"trucban/internal/calendar"
	"trucban/internal/team"
)

// Policy is what an office decides about reaching its people and about forgetting them.
type Policy struct {
	// ReportAt is the wall time at UTC+7 of the daily list of people who cannot be
	// reached, since midnight; negative: none.
	ReportAt time.Duration `json:"report_at"`
	// EveAt is the wall time on the day before a shift at which somebody on it who
	// cannot be reached is warned about; negative: not then.
	EveAt time.Duration `json:"eve_at"`
	// Before are further warnings, that long before the shift begins.
	Before []time.Duration `json:"before"`
	// KeepDays is how many days after its end a duty's personal data is kept.
	KeepDays int `json:"keep_days"`
}

// LeastKept is the lowest KeepDays: the ids of messages live that long.
const LeastKept = 60

// Lead is the longest time before a shift at which somebody may be warned about.
const Lead = 48 * time.Hour

// DefaultPolicy is what an office gets that sets nothing: the list at 07:45, warned
// at 15:00 of the day before (an hour ahead of the first reminder) and three hours
// before the shift, personal data kept for 180 days.
func DefaultPolicy() Policy {
	return Policy{ReportAt: 7*time.Hour + 45*time.Minute, EveAt: 15 * time.Hour, Before: []time.Duration{3 * time.Hour}, KeepDays: 180}
}

// Validate lists every fault of the policy at once.
func (p Policy) Validate() error {
	var faults []error
	if p.ReportAt >= 24*time.Hour || p.EveAt >= 24*time.Hour {
		faults = append(faults, errors.New("a wall time lies between 00:00 and 23:59"))
	}
	for _, d := range p.Before {
		if d <= 0 || d > Lead {
			faults = append(faults, errors.New("warn_before: between a minute and 48 hours before the shift"))
		}
	}
	if p.KeepDays < LeastKept {
		faults = append(faults, errors.New("keep_days: at least 60, since the ids of messages live that long"))
	}
	return errors.Join(faults...)
}

// NextReport is the first moment after now at which the daily list is told; zero when it is not.
func (p Policy) NextReport(now time.Time) time.Time {
	if p.ReportAt < 0 {
		return time.Time{}
	}
	day := calendar.DateOf(now)
	for {
		if at := day.Midnight().Add(p.ReportAt); at.After(now) {
			return at.UTC()
		}
		day = day.AddDays(1)
	}
}

// Moments lists when the people of a shift that begins at start are looked at, earliest first.
func (p Policy) Moments(start time.Time) []time.Time {
	var out []time.Time
	if p.EveAt >= 0 {
		out = append(out, calendar.DateOf(start).AddDays(-1).Midnight().Add(p.EveAt).UTC())
	}
	for _, d := range p.Before {
		out = append(out, start.Add(-d).UTC())
	}
	slices.SortFunc(out, time.Time.Compare)
	return slices.CompactFunc(out, time.Time.Equal)
}

// Stage is how many of the moments have come by now; 0 before the first and once the shift has begun.
func (p Policy) Stage(start, now time.Time) int {
	if !now.Before(start) {
		return 0
	}
	n := 0
	for _, at := range p.Moments(start) {
		if !at.After(now) {
			n++
		}
	}
	return n
}

// Lookout is what is known of one shift's people: up to which stage each of them was warned about.
type Lookout struct {
	Warned map[team.MemberID]int `json:"warned"`
}

// Look says who is to be warned about at the stage among those who cannot be
// reached, and who of those warned about is not among them any more.
func (l Lookout) Look(stage int, unreachable []team.MemberID) (next Lookout, warn, clear []team.MemberID) {
	next.Warned = maps.Clone(l.Warned)
	if next.Warned == nil {
		next.Warned = map[team.MemberID]int{}
	}
	for _, m := range unreachable {
		if next.Warned[m] < stage {
			next.Warned[m] = stage
			warn = append(warn, m)
		}
	}
	for _, m := range slices.Sorted(maps.Keys(l.Warned)) {
		if !slices.Contains(unreachable, m) {
			delete(next.Warned, m)
			clear = append(clear, m)
		}
	}
	return next, warn, clear
}

// ForgetBefore is the moment whose duties, and older ones, are forgotten at now.
func (p Policy) ForgetBefore(now time.Time) time.Time {
	return now.AddDate(0, 0, -max(p.KeepDays, LeastKept))
}
