package checklist

import (
	"errors"
	"slices"

	"trucban/internal/team"
)

// Faults of issuing and closing.
var (
	ErrUnconfirmed = errors.New("nobody confirmed the draft as it stands")
	ErrNoUnits     = errors.New("no unit is addressed")
	ErrUnknownUnit = errors.New("no such unit or group")
	ErrNotIssued   = errors.New("the directive is not issued")
	ErrClosed      = errors.New("the directive is closed")
)

// SelectUnits chooses the units by the groups' tags, in the order of the tree.
// What the desk added or left out before stays so. A unit may belong to several groups.
func (d Directive) SelectUnits(org *team.Org) Directive {
	old := map[team.UnitID]Choice{}
	for _, c := range d.Units {
		old[c.Unit] = c
	}
	next := d.clone()
	next.Units = nil
	for _, u := range org.Units {
		c := Choice{Unit: u.ID}
		for _, g := range d.Groups {
			if shares(u.Tags, g.Tags) {
				c.Groups = append(c.Groups, g.Number)
			}
		}
		before := old[u.ID]
		c.LeftOut = before.LeftOut && len(c.Groups) > 0
		if before.Added {
			c.Added = true
			for _, g := range before.Groups {
				if !slices.Contains(c.Groups, g) {
					c.Groups = append(c.Groups, g)
				}
			}
		}
		if len(c.Groups) > 0 {
			next.Units = append(next.Units, c)
		}
	}
	return next
}

func shares(a, b []string) bool {
	for _, x := range a {
		if slices.Contains(b, x) {
			return true
		}
	}
	return false
}

// AddUnit addresses a unit by hand with the tasks of one group.
func (d Directive) AddUnit(u team.UnitID, group string, s Stamp) (Directive, error) {
	if d.State != Draft {
		return d, ErrNotDraft
	}
	if u == "" || !slices.ContainsFunc(d.Groups, func(g Group) bool { return g.Number == group }) {
		return d, ErrUnknownUnit
	}
	next := d.clone()
	next.Confirmed = nil
	next.note(s, "add_unit", "", string(u))
	for i, c := range next.Units {
		if c.Unit == u {
			if !slices.Contains(c.Groups, group) {
				c.Groups = append(slices.Clone(c.Groups), group)
				c.Added = true
			}
			c.LeftOut = false
			next.Units[i] = c
			return next, nil
		}
	}
	next.Units = append(next.Units, Choice{Unit: u, Groups: []string{group}, Added: true})
	return next, nil
}

// LeaveOut keeps a unit from getting the directive though its tags fit.
func (d Directive) LeaveOut(u team.UnitID, s Stamp) (Directive, error) {
	if d.State != Draft {
		return d, ErrNotDraft
	}
	i := slices.IndexFunc(d.Units, func(c Choice) bool { return c.Unit == u })
	if i < 0 {
		return d, ErrUnknownUnit
	}
	next := d.clone()
	next.Units[i].LeftOut = true
	next.Confirmed = nil
	next.note(s, "leave_out", "", string(u))
	return next, nil
}

// Addressed lists the units it goes to.
func (d Directive) Addressed() []Choice {
	var out []Choice
	for _, c := range d.Units {
		if !c.LeftOut {
			out = append(out, c)
		}
	}
	return out
}

// Unaddressed lists the groups with tasks that reach no unit; the desk is told before it confirms.
func (d Directive) Unaddressed() []Group {
	var out []Group
	for _, g := range d.Groups {
		reached := slices.ContainsFunc(d.Units, func(c Choice) bool {
			return !c.LeftOut && slices.Contains(c.Groups, g.Number)
		})
		open := slices.ContainsFunc(g.Tasks, func(t Task) bool { return !t.Dropped })
		if !reached && open {
			out = append(out, g)
		}
	}
	return out
}

// Confirm records that the desk read the draft as it stands.
func (d Directive) Confirm(s Stamp) (Directive, error) {
	if d.State != Draft {
		return d, ErrNotDraft
	}
	if d.Count() == 0 {
		return d, ErrEmpty
	}
	if len(d.Addressed()) == 0 {
		return d, ErrNoUnits
	}
	next := d.clone()
	next.Confirmed = &s
	next.note(s, "confirm", "", "")
	return next, nil
}

// Issue makes the confirmed draft binding and gives the run of each unit that has a task in it.
func (d Directive) Issue(s Stamp) (Directive, []Run, error) {
	if d.State != Draft {
		return d, nil, ErrNotDraft
	}
	if d.Confirmed == nil {
		return d, nil, ErrUnconfirmed
	}
	next := d.clone()
	next.State = Issued
	next.Issued = &s
	next.note(s, "issue", "", "")
	var runs []Run
	for _, c := range next.Addressed() {
		if r := newRun(next, c); len(r.Tasks) > 0 {
			runs = append(runs, r)
		}
	}
	if len(runs) == 0 {
		return d, nil, ErrNoUnits
	}
	return next, runs, nil
}

// Close ends an issued directive; its runs are closed with Run.Close.
func (d Directive) Close(s Stamp, note string) (Directive, error) {
	if d.State != Issued {
		return d, ErrNotIssued
	}
	next := d.clone()
	next.State = Closed
	next.Closed = &s
	next.note(s, "close", "", note)
	return next, nil
}

// Supersede ends d because by, a later directive, replaces it, and ties the two together.
func (d Directive) Supersede(by Directive, s Stamp) (old, latest Directive, err error) {
	if d.State != Issued {
		return d, by, ErrNotIssued
	}
	if by.State != Issued || by.ID == d.ID {
		return d, by, ErrNotIssued
	}
	old, err = d.Close(s, "superseded by "+by.ID)
	if err != nil {
		return d, by, err
	}
	old.SupersededBy = by.ID
	latest = by.clone()
	if !slices.Contains(latest.Supersedes, d.ID) {
		latest.Supersedes = append(latest.Supersedes, d.ID)
	}
	latest.note(s, "supersedes", "", d.ID)
	return old, latest, nil
}
