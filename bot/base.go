package bot

import (
	"context"
	"fmt"
	"slices"
	"time"

	"trucban/internal/calendar"
	"trucban/internal/roster"
	"trucban/internal/team"
)

// baseAhead is how many days rotations are laid out ahead.
const baseAhead = 45

// laid is how far a unit's rotation has been laid out: days before its end that have
// no shift have none because somebody took it away.
type laid struct {
	Until calendar.Date `json:"until"`
}

func laidRef(u team.UnitID) Ref { return Ref{"base", string(u)} }

func pastRef(u team.UnitID) Ref { return Ref{"past", string(u)} }

// past is who bore which heavy duties of a unit; the unit's history must be loaded.
func (t *turn) past(u team.UnitID) ([]roster.Past, error) {
	var out []roster.Past
	if _, err := t.read(pastRef(u), &out); err != nil {
		return nil, err
	}
	for _, p := range t.town.History {
		if m, ok := t.town.Org.Member(p.Member); ok && m.Unit == u {
			out = append(out, p)
		}
	}
	return out, nil
}

// wanted is what Replan asks for of a unit's shifts as they stand; the unit's history must be loaded.
func (t *turn) wanted(u team.UnitID, standing []roster.Shift) (roster.Wanted, error) {
	past, err := t.past(u)
	fill := func(r roster.Rotation, p roster.Period) []roster.Shift {
		around := slices.DeleteFunc(slices.Clone(standing), func(s roster.Shift) bool { return p.Days.Holds(s.Day()) })
		return roster.Plan{Unit: u, Days: p.Days, Slots: r.Slots, Lines: r.Lines, Leave: r.Leave, History: past, Around: around, Holidays: t.b.Holidays}.Shifts()
	}
	return roster.Wanted{Unit: u, Standing: standing, Now: t.now, Until: calendar.DateOf(t.now).AddDays(baseAhead), Fill: fill}, err
}

// replanBase is what a base changes in the shifts of the units that stand.
func (t *turn) replanBase(ctx context.Context, base roster.Base, units []team.UnitID) (roster.Diff, []roster.Shift, error) {
	var all roster.Diff
	var stand []roster.Shift
	for _, u := range units {
		if err := t.load(ctx, pastRef(u), laidRef(u)); err != nil {
			return all, nil, err
		}
		watches, err := t.watches(ctx, "watch/u/"+string(u), t.now, time.Time{})
		if err != nil {
			return all, nil, err
		}
		standing := shiftsOf(watches)
		w, err := t.wanted(u, standing)
		if err != nil {
			return all, nil, err
		}
		d, err := base.Replan(w)
		if err != nil {
			return all, nil, fmt.Errorf("lay out the base: %w", err)
		}
		all.Added = append(all.Added, d.Added...)
		all.Changed = append(all.Changed, d.Changed...)
		all.Removed = append(all.Removed, d.Removed...)
		all.Same += d.Same
		stand = append(stand, standing...)
	}
	return all, stand, nil
}

// layOut makes the change of a base and notes how far it has been laid out.
func (t *turn) layOut(ctx context.Context, d roster.Diff, units []team.UnitID) error {
	if err := t.changeRoster(ctx, d); err != nil {
		return err
	}
	for _, u := range units {
		if err := t.put(laidRef(u), laid{calendar.DateOf(t.now).AddDays(baseAhead)}, Doc{Version: AnyVersion}); err != nil {
			return err
		}
	}
	return nil
}

// applyBase lays the rotations and the periods of the organisation file out, a unit at a time.
func (b *Bot) applyBase(ctx context.Context, town *Town, _ Setup) error {
	var units []team.UnitID
	before, err := b.aside(ctx, "apply:"+town.Rev+":before")
	if err != nil {
		return err
	}
	for _, r := range slices.Concat(town.Base.Rotations, before.town.Base.Rotations) {
		if !slices.Contains(units, r.Unit) {
			units = append(units, r.Unit)
		}
	}
	for _, u := range units {
		err := b.repeat(ctx, func(ctx context.Context) error {
			t, err := b.applying(ctx, town, "base:"+string(u))
			if err != nil {
				return err
			}
			d, _, err := t.replanBase(ctx, town.Base, []team.UnitID{u})
			if err != nil {
				return err
			}
			if err := t.layOut(ctx, d, []team.UnitID{u}); err != nil {
				return err
			}
			return t.commit(ctx)
		})
		if err != nil {
			return fmt.Errorf("apply the rotation of %s: %w", u, err)
		}
	}
	return nil
}

// extendBase lays every rotation out for the days that have come within reach since;
// days somebody has given shifts by hand get none of it.
func (t *turn) extendBase(ctx context.Context) error {
	to := calendar.DateOf(t.now).AddDays(baseAhead)
	var refs []Ref
	for _, r := range t.town.Base.Rotations {
		refs = append(refs, laidRef(r.Unit))
	}
	if err := t.load(ctx, refs...); err != nil {
		return err
	}
	var d roster.Diff
	for _, r := range t.town.Base.Rotations {
		var have laid
		if ok, err := t.read(laidRef(r.Unit), &have); err != nil {
			return err
		} else if !ok || !have.Until.Before(to) {
			continue
		}
		days := calendar.Span{From: have.Until.AddDays(1), To: to}
		fresh, err := t.town.Base.Shifts(r.Unit, days)
		if err != nil {
			return err
		}
		watches, err := t.watches(ctx, "watch/u/"+string(r.Unit), days.From.Midnight(), days.To.AddDays(1).Midnight().Add(longestShift))
		if err != nil {
			return err
		}
		taken := map[calendar.Date]bool{}
		for _, w := range watches {
			taken[w.Shift.Day()] = true
		}
		d.Added = append(d.Added, slices.DeleteFunc(fresh, func(s roster.Shift) bool { return taken[s.Day()] })...)
		if err := t.put(laidRef(r.Unit), laid{to}, Doc{Version: AnyVersion}); err != nil {
			return err
		}
	}
	return t.changeRoster(ctx, d)
}
