package checklist

import (
	"errors"
	"slices"
	"time"

	"trucban/internal/team"
)

// Extension is what a later document changes in an issued directive: new
// deadlines by task id, further tasks by group number, tasks that fall away, another period.
type Extension struct {
	By     string // id of the later directive; "" where the desk changes it by itself
	Due    map[string]time.Time
	Tasks  map[string][]Task
	Drop   []string
	Period Span // zero sides stay
}

// Extend applies the extension and keeps what was before in the history. Runs follow with Run.Sync.
func (d Directive) Extend(x Extension, s Stamp) (Directive, error) {
	if d.State != Issued {
		return d, ErrNotIssued
	}
	next := d.clone()
	for id, due := range x.Due {
		gi, ti, ok := next.locate(id)
		if !ok {
			return d, ErrUnknownTask
		}
		next.Groups[gi].Tasks[ti].Due = due
	}
	for _, id := range x.Drop {
		gi, ti, ok := next.locate(id)
		if !ok {
			return d, ErrUnknownTask
		}
		next.Groups[gi].Tasks[ti].Dropped = true
		next.note(s, "drop", id, "")
	}
	if err := next.append(x.Tasks); err != nil {
		return d, err
	}
	if !x.Period.From.IsZero() {
		next.Period.From = x.Period.From
	}
	if !x.Period.To.IsZero() {
		next.Period.To = x.Period.To
	}
	if x.By != "" {
		next.ExtendedBy = append(next.ExtendedBy, x.By)
	}
	for _, id := range sortedKeys(x.Due) {
		t, g, _ := d.Task(id)
		next.note(s, "due", id, g.DueOf(t).UTC().Format(time.RFC3339))
	}
	next.note(s, "extend", "", x.By)
	return next, nil
}

// MarkExtends records on the later directive which earlier one it adds to.
func (d Directive) MarkExtends(earlier string, s Stamp) Directive {
	if slices.Contains(d.Extends, earlier) {
		return d
	}
	next := d.clone()
	next.Extends = append(next.Extends, earlier)
	next.note(s, "extends", "", earlier)
	return next
}

// Admit addresses one more unit after the issue and gives its run; the unit's
// reminders count from the moment it was admitted.
func (d Directive) Admit(u team.UnitID, group string, s Stamp) (Directive, Run, error) {
	if d.State != Issued {
		return d, Run{}, ErrNotIssued
	}
	if u == "" || !slices.ContainsFunc(d.Groups, func(g Group) bool { return g.Number == group }) {
		return d, Run{}, ErrUnknownUnit
	}
	if slices.ContainsFunc(d.Addressed(), func(c Choice) bool { return c.Unit == u }) {
		return d, Run{}, ErrAddressed
	}
	next := d.clone()
	next.Units = slices.DeleteFunc(next.Units, func(c Choice) bool { return c.Unit == u })
	c := Choice{Unit: u, Groups: []string{group}, Added: true}
	next.Units = append(next.Units, c)
	next.note(s, "admit", "", string(u))
	since := next
	since.Issued = &s
	return next, newRun(since, c), nil
}

// ErrAddressed says that the unit has the directive already.
var ErrAddressed = errors.New("the unit is addressed already")

// append puts further tasks at the end of their groups, under ids that are free.
func (d *Directive) append(tasks map[string][]Task) error {
	seen := map[string]bool{}
	for _, g := range d.Groups {
		for _, t := range g.Tasks {
			seen[t.ID] = true
		}
	}
	for _, number := range sortedKeys(tasks) {
		i := slices.IndexFunc(d.Groups, func(g Group) bool { return g.Number == number })
		if i < 0 {
			return ErrUnknownTask
		}
		for _, t := range tasks[number] {
			if err := t.settle(seen, number, len(d.Groups[i].Tasks)+1); err != nil {
				return err
			}
			d.Groups[i].Tasks = append(d.Groups[i].Tasks, t)
		}
	}
	return nil
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
