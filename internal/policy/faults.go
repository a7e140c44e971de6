package policy

import (
	"fmt"
	"slices"
	"time"

	"trucban/internal/cadence"
	"trucban/internal/checkin"
)

// Quiet is a daily span of the local clock; see cadence.Quiet.
type Quiet = cadence.Quiet

// Fault is one thing a policy must not say.
type Fault struct {
	Field string // as the organisation file writes it: "grace", "rounds.ladder"
	Rule  Rule
	Step  int           // the step of a ladder, or the place in a list, from 1 on; 0: the field as a whole
	Min   time.Duration // with OutOfRange of a time
	Max   time.Duration
	Most  int // with OutOfRange of a number, which is 0 at least
}

// Rule is what a fault breaks.
type Rule string

// The closed set of rules.
const (
	OutOfRange Rule = "range"   // Min to Max, or 0 to Most
	NotGrowing Rule = "growing" // times of a ladder grow
	NoLevel    Rule = "level"   // a step tells person, head or leaders
	Falling    Rule = "falling" // who was told above is not passed over below
	NobodyUp   Rule = "up"      // a ladder ends with head or leaders
	PastRound  Rule = "round"   // a round's ladder ends before the next round
	AbsentSoon Rule = "absent"  // nobody is absent while still on time
)

// Error is the fault in English, for the command line; chats have words of their own.
func (f Fault) Error() string {
	at := f.Field
	if f.Step > 0 {
		at = fmt.Sprintf("%s: step %d", f.Field, f.Step)
	}
	switch f.Rule {
	case OutOfRange:
		if f.Max > 0 {
			return fmt.Sprintf("%s: %s to %s is possible", at, f.Min, f.Max)
		}
		return fmt.Sprintf("%s: 0 to %d is possible", at, f.Most)
	case NotGrowing:
		return at + ": times must grow"
	case NoLevel:
		return at + ": tell is one of person, head, leaders"
	case Falling:
		return at + ": who is told must not fall"
	case NobodyUp:
		return at + ": the last step must tell head or leaders, so that somebody above knows"
	case PastRound:
		return at + ": the last step must come before the next round"
	}
	return at + ": nobody is absent before the grace is over"
}

// Limits of what a policy may say.
const (
	mostBefore = 5
	mostSteps  = 6
	day        = 24 * time.Hour
	mostNudges = 100
)

// Faults lists everything the policy must not say.
func (p Policy) Faults() []Fault {
	var out []Fault
	c := p.Checkin
	span := func(field string, d, least, most time.Duration) {
		if d < least || d > most {
			out = append(out, Fault{Field: field, Rule: OutOfRange, Min: least, Max: most})
		}
	}
	number := func(field string, n, most int) {
		if n < 0 || n > most {
			out = append(out, Fault{Field: field, Rule: OutOfRange, Most: most})
		}
	}
	if c.EveAt >= 0 {
		span("eve", c.EveAt, 0, day-time.Minute)
	}
	number("before", len(c.Before), mostBefore)
	for i, d := range c.Before {
		if d < time.Minute || d > 2*day {
			out = append(out, Fault{Field: "before", Rule: OutOfRange, Step: i + 1, Min: time.Minute, Max: 2 * day})
		}
	}
	span("open_before", c.OpenBefore, 0, day)
	span("grace", c.Grace, 0, 6*time.Hour)
	span("absent", c.Absent, 0, day)
	if c.Absent < c.Grace {
		out = append(out, Fault{Field: "absent", Rule: AbsentSoon})
	}
	span("undo_within", c.UndoWithin, 0, 10*time.Minute)
	out = append(out, ladder("ladder", c.Ladder, false)...)
	out = append(out, ladder("handover.ladder", c.Handover, c.HandNeeded)...)
	number("nudges.person", p.Courtesy.Person, mostNudges)
	number("nudges.group", p.Courtesy.Group, mostNudges)
	out = append(out, roundFaults(c.Rounds)...)
	if q := p.Courtesy.Quiet; !q.IsZero() {
		length := time.Duration((q.To-q.From+24*60)%(24*60)) * time.Minute
		span("quiet", length, 10*time.Minute, 14*time.Hour)
	}
	return out
}

func roundFaults(r checkin.Rounds) []Fault {
	if r.Every == 0 {
		return nil
	}
	var out []Fault
	if r.Every < 30*time.Minute || r.Every > 12*time.Hour {
		out = append(out, Fault{Field: "rounds.every", Rule: OutOfRange, Min: 30 * time.Minute, Max: 12 * time.Hour})
	}
	out = append(out, ladder("rounds.ladder", r.Ladder, true)...)
	if n := len(r.Ladder); n > 0 && r.Ladder[n-1].After >= r.Every {
		out = append(out, Fault{Field: "rounds.ladder", Rule: PastRound, Step: n})
	}
	if r.Nudges < 0 || r.Nudges > mostNudges {
		out = append(out, Fault{Field: "rounds.nudges", Rule: OutOfRange, Most: mostNudges})
	}
	return out
}

// ladder checks one; an empty one, which tells nobody, is a choice where it is not needed.
func ladder(field string, rungs []checkin.Rung, needed bool) []Fault {
	var out []Fault
	if len(rungs) > mostSteps {
		out = append(out, Fault{Field: field, Rule: OutOfRange, Most: mostSteps})
	}
	for i, r := range rungs {
		fault := func(rule Rule) { out = append(out, Fault{Field: field, Rule: rule, Step: i + 1}) }
		if r.Who.Rank() < 0 {
			fault(NoLevel)
		}
		if r.After < 0 || r.After > day {
			out = append(out, Fault{Field: field, Rule: OutOfRange, Step: i + 1, Max: day})
		}
		if i > 0 && r.After <= rungs[i-1].After {
			fault(NotGrowing)
		}
		if i > 0 && r.Who.Rank() >= 0 && r.Who.Rank() < rungs[i-1].Who.Rank() {
			fault(Falling)
		}
	}
	up := func(r checkin.Rung) bool { return r.Who == checkin.ToHead || r.Who == checkin.ToLeaders }
	if (needed || len(rungs) > 0) && !slices.ContainsFunc(rungs, up) {
		out = append(out, Fault{Field: field, Rule: NobodyUp})
	}
	return out
}
