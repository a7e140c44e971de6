package main

import (
	"fmt"
	"time"

	"github.com/goccy/go-yaml/ast"

	"trucban/bot"
	"trucban/internal/calendar"
	"trucban/internal/checkin"
	"trucban/internal/policy"
	"trucban/internal/team"
)

// townCheckin is what the organisation, or one unit for itself and those below, decides
// about its duty; what is left out holds as it stands above.
type townCheckin struct {
	Eve        *string       `yaml:"eve,omitempty"` // "16:00", or none
	Before     *[]span       `yaml:"before,omitempty"`
	AtStart    *bool         `yaml:"at_start,omitempty"`
	OpenBefore *span         `yaml:"open_before,omitempty"`
	Grace      *span         `yaml:"grace,omitempty"`
	Ladder     *[]townRung   `yaml:"ladder,omitempty"`
	Absent     *span         `yaml:"absent,omitempty"`
	UndoWithin *span         `yaml:"undo_within,omitempty"`
	Handover   *townHandover `yaml:"handover,omitempty"`
	Rounds     *townRounds   `yaml:"rounds,omitempty"`
	Quiet      *string       `yaml:"quiet,omitempty"` // "22:00-05:30", or none
	Nudges     *townNudges   `yaml:"nudges,omitempty"`
}

type townRung struct {
	After span   `yaml:"after"`
	Tell  string `yaml:"tell,omitempty"`
}

type townHandover struct {
	Required *bool       `yaml:"required,omitempty"`
	Ladder   *[]townRung `yaml:"ladder,omitempty"`
}

type townRounds struct {
	Every  *span       `yaml:"every,omitempty"` // 0s: no rounds
	Alone  *bool       `yaml:"alone,omitempty"`
	Night  *bool       `yaml:"night,omitempty"`
	Ladder *[]townRung `yaml:"ladder,omitempty"`
	Nudges *int        `yaml:"nudges,omitempty"`
}

// townNudges is how many nudges an hour one person and one group get; 0: no limit.
type townNudges struct {
	Person *int `yaml:"person,omitempty"`
	Group  *int `yaml:"group,omitempty"`
}

// span is a length of time as the file writes it, 15m or 2h.
type span time.Duration

// UnmarshalYAML says where the file has no length of time.
func (d *span) UnmarshalYAML(node ast.Node) error {
	v, err := time.ParseDuration(node.String())
	if err != nil {
		return fmt.Errorf("line %d: %s: a length of time like 15m or 2h stands here", node.GetToken().Position.Line, node)
	}
	*d = span(v)
	return nil
}

// MarshalYAML writes it the way UnmarshalYAML reads it; no length is negative.
func (d span) MarshalYAML() (any, error) {
	if d < 0 {
		return nil, fmt.Errorf("%s is no length of time", time.Duration(d))
	}
	return time.Duration(d).String(), nil
}

// none is how the file says that there is no such thing.
const none = "none"

// checkin lays the policies of the organisation and of its units over the defaults.
func (r *townReader) checkin(f townFile, town *bot.Town) {
	at := map[team.UnitID]string{"": "$.policy.checkin"}
	p := r.rules(f.Policy.Checkin, at[""]).Over(town.Whole())
	town.Checkin, town.Courtesy = p.Checkin, p.Courtesy
	for i, u := range f.Units {
		id := team.UnitID(u.ID)
		at[id] = fmt.Sprintf("$.units[%d].checkin", i)
		rules := r.rules(u.Checkin, at[id])
		if rules.IsZero() {
			continue
		}
		if town.Local == nil {
			town.Local = map[team.UnitID]policy.Rules{}
		}
		town.Local[id] = rules
	}
	town.Org.Index()
	for _, fault := range town.PolicyFaults() {
		path := at[fault.Unit] + "." + fault.Field
		if fault.Step > 0 {
			path += fmt.Sprintf("[%d]", fault.Step-1)
		}
		r.fault(path, "%s", fault.Fault)
	}
}

// rules reads one layer.
func (r *townReader) rules(c *townCheckin, at string) policy.Rules {
	if c == nil {
		return policy.Rules{}
	}
	out := policy.Rules{
		AtStart: c.AtStart, OpenBefore: (*time.Duration)(c.OpenBefore), Grace: (*time.Duration)(c.Grace), Ladder: rungsOf(c.Ladder),
		Absent: (*time.Duration)(c.Absent), UndoWithin: (*time.Duration)(c.UndoWithin),
	}
	if c.Before != nil {
		before := make([]time.Duration, 0, len(*c.Before))
		for _, d := range *c.Before {
			before = append(before, time.Duration(d))
		}
		out.Before = &before
	}
	if c.Eve != nil {
		eve := time.Duration(-1)
		if *c.Eve != none && *c.Eve != "" {
			var err error
			if eve, err = calendar.ParseClock(*c.Eve); err != nil {
				r.fault(at+".eve", "%q is not an hour like 16:00, or none", *c.Eve)
			}
		}
		out.EveAt = &eve
	}
	if h := c.Handover; h != nil {
		out.HandNeeded, out.Handover = h.Required, rungsOf(h.Ladder)
	}
	if n := c.Rounds; n != nil {
		out.Every, out.Alone, out.Night, out.Rounds, out.Nudges = (*time.Duration)(n.Every), n.Alone, n.Night, rungsOf(n.Ladder), n.Nudges
	}
	if n := c.Nudges; n != nil {
		out.Person, out.Group = n.Person, n.Group
	}
	if c.Quiet != nil {
		out.Quiet = &policy.Quiet{}
		if *c.Quiet != none && *c.Quiet != "" {
			from, length, err := calendar.ParseClockSpan(*c.Quiet)
			if err != nil {
				r.fault(at+".quiet", "%q is not a span like 22:00-05:30, or none", *c.Quiet)
			}
			out.Quiet.From, out.Quiet.To = int(from/time.Minute), int((from+length)%(24*time.Hour)/time.Minute)
		}
	}
	return out
}

func rungsOf(rungs *[]townRung) *[]checkin.Rung {
	if rungs == nil {
		return nil
	}
	out := make([]checkin.Rung, 0, len(*rungs))
	for _, r := range *rungs {
		out = append(out, checkin.Rung{After: time.Duration(r.After), Who: checkin.Level(r.Tell)})
	}
	return &out
}

// everything is the layer that says all of a policy.
func everything(p policy.Policy) policy.Rules {
	c, y := p.Checkin, p.Courtesy
	return policy.Rules{
		EveAt: &c.EveAt, Before: &c.Before, AtStart: &c.AtStart, OpenBefore: &c.OpenBefore, Grace: &c.Grace, Ladder: &c.Ladder, Absent: &c.Absent,
		UndoWithin: &c.UndoWithin, Handover: &c.Handover, HandNeeded: &c.HandNeeded,
		Every: &c.Rounds.Every, Alone: &c.Rounds.Alone, Night: &c.Rounds.Night, Rounds: &c.Rounds.Ladder, Nudges: &c.Rounds.Nudges,
		Quiet: &y.Quiet, Person: &y.Person, Group: &y.Group,
	}
}

// checkinOf is a layer as the file writes it; nil when it says nothing.
func checkinOf(r policy.Rules) *townCheckin {
	if r.IsZero() {
		return nil
	}
	out := &townCheckin{
		AtStart: r.AtStart, OpenBefore: (*span)(r.OpenBefore), Grace: (*span)(r.Grace), Ladder: writeRungs(r.Ladder),
		Absent: (*span)(r.Absent), UndoWithin: (*span)(r.UndoWithin),
	}
	if r.Before != nil {
		before := make([]span, 0, len(*r.Before))
		for _, d := range *r.Before {
			before = append(before, span(d))
		}
		out.Before = &before
	}
	if r.EveAt != nil {
		eve := none
		if *r.EveAt >= 0 {
			eve = clockOf(int(*r.EveAt / time.Minute))
		}
		out.Eve = &eve
	}
	if r.HandNeeded != nil || r.Handover != nil {
		out.Handover = &townHandover{Required: r.HandNeeded, Ladder: writeRungs(r.Handover)}
	}
	if n := (townRounds{Every: (*span)(r.Every), Alone: r.Alone, Night: r.Night, Ladder: writeRungs(r.Rounds), Nudges: r.Nudges}); n != (townRounds{}) {
		out.Rounds = &n
	}
	if r.Quiet != nil {
		quiet := none
		if !r.Quiet.IsZero() {
			quiet = clockOf(r.Quiet.From) + "-" + clockOf(r.Quiet.To)
		}
		out.Quiet = &quiet
	}
	if n := (townNudges{Person: r.Person, Group: r.Group}); n != (townNudges{}) {
		out.Nudges = &n
	}
	return out
}

func writeRungs(rungs *[]checkin.Rung) *[]townRung {
	if rungs == nil {
		return nil
	}
	out := make([]townRung, 0, len(*rungs))
	for _, r := range *rungs {
		out = append(out, townRung{After: span(r.After), Tell: string(r.Who)})
	}
	return &out
}

// clockOf is minutes after midnight as "16:00".
func clockOf(minutes int) string { return fmt.Sprintf("%02d:%02d", minutes/60, minutes%60) }
