package bot

import (
	"time"

	"trucban/internal/checkin"
	"trucban/internal/policy"
	"trucban/internal/team"
	"trucban/messages"
)

// policyView is what a unit goes by, in words; "" is the organisation as a whole.
func (t *turn) policyView(unit team.UnitID) messages.PolicyView {
	p := t.town.Policy(unit)
	c, y := p.Checkin, p.Courtesy
	v := messages.PolicyView{
		EveAt: c.EveAt, Eve: c.EveAt >= 0, Before: c.Before, AtStart: c.AtStart, Open: c.OpenBefore, Grace: c.Grace, Absent: c.Absent,
		Ladder: rungLines(c.Ladder), Hand: c.HandNeeded, Handover: rungLines(c.Handover),
		Every: c.Rounds.Every, Alone: c.Rounds.Alone, Night: c.Rounds.Night, Rounds: rungLines(c.Rounds.Ladder), Nudges: c.Rounds.Nudges,
		Quiet: !y.Quiet.IsZero(), QuietFrom: time.Duration(y.Quiet.From) * time.Minute, QuietTo: time.Duration(y.Quiet.To) * time.Minute,
		Person: y.Person, Group: y.Group,
	}
	if unit != "" {
		v.Unit, v.Own = t.unitName(unit), ownFields(t.town.Local[unit])
	}
	return v
}

func rungLines(rungs []checkin.Rung) []messages.RungLine {
	out := make([]messages.RungLine, 0, len(rungs))
	for _, r := range rungs {
		out = append(out, messages.RungLine{After: r.After, Who: string(r.Who)})
	}
	return out
}

// ownFields names what a layer sets, in the order of the organisation file.
func ownFields(r policy.Rules) []string {
	var out []string
	for _, f := range []struct {
		name string
		set  bool
	}{
		{"eve", r.EveAt != nil}, {"before", r.Before != nil}, {"at_start", r.AtStart != nil}, {"open_before", r.OpenBefore != nil},
		{"grace", r.Grace != nil}, {"ladder", r.Ladder != nil}, {"absent", r.Absent != nil}, {"undo_within", r.UndoWithin != nil},
		{"handover.required", r.HandNeeded != nil}, {"handover.ladder", r.Handover != nil},
		{"rounds.every", r.Every != nil}, {"rounds.alone", r.Alone != nil}, {"rounds.night", r.Night != nil}, {"rounds.ladder", r.Rounds != nil}, {"rounds.nudges", r.Nudges != nil},
		{"quiet", r.Quiet != nil}, {"nudges.person", r.Person != nil}, {"nudges.group", r.Group != nil},
	} {
		if f.set {
			out = append(out, f.name)
		}
	}
	return out
}
