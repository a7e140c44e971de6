package bot

import (
	"maps"
	"slices"

	"trucban/internal/checkin"
	"trucban/internal/policy"
	"trucban/internal/team"
)

// Whole is what the organisation as a whole goes by.
func (t *Town) Whole() policy.Policy {
	return policy.Policy{Checkin: t.Checkin, Courtesy: t.Courtesy}
}

// Policy is what a unit goes by: the organisation's policy, then what each unit on the
// way down to it set for itself and those below.
func (t *Town) Policy(unit team.UnitID) policy.Policy {
	p := t.Whole()
	if len(t.Local) == 0 {
		return p
	}
	var way []policy.Rules
	for range len(t.Org.Units) + 1 {
		if r, ok := t.Local[unit]; ok {
			way = append(way, r)
		}
		u, ok := t.Org.Unit(unit)
		if !ok || u.Parent == "" {
			break
		}
		unit = u.Parent
	}
	for _, r := range slices.Backward(way) {
		p = r.Over(p)
	}
	return p
}

// rule is what a unit goes by for its check-ins.
func (t *turn) rule(unit team.UnitID) checkin.Policy { return t.town.Policy(unit).Checkin }

// PolicyFault is a fault of what one unit goes by; Unit is empty for the organisation's own.
type PolicyFault struct {
	Unit team.UnitID
	policy.Fault
}

// Error names the unit and the fault.
func (f PolicyFault) Error() string {
	if f.Unit == "" {
		return f.Fault.Error()
	}
	return "unit " + string(f.Unit) + ": " + f.Fault.Error()
}

// PolicyFaults lists what is wrong with the policies of the organisation and of every
// unit that set something, together with what it inherits.
func (t *Town) PolicyFaults() []PolicyFault {
	var out []PolicyFault
	for _, f := range t.Whole().Faults() {
		out = append(out, PolicyFault{"", f})
	}
	if len(out) > 0 {
		return out // the units inherit them
	}
	for _, u := range slices.Sorted(maps.Keys(t.Local)) {
		for _, f := range t.Policy(u).Faults() {
			out = append(out, PolicyFault{u, f})
		}
	}
	return out
}
