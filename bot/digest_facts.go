package bot

import (
	"context"
	"time"

	"trucban/internal/checkin"
	"trucban/internal/checklist"
	"trucban/internal/digest"
	"trucban/internal/incident"
	"trucban/internal/team"
	"trucban/internal/window"
)

// digestDay is how far back an ended shift or incident still counts in a summary.
const digestDay = 24 * time.Hour

// summary rolls up the subtree of unit at this moment against the one before.
func (t *turn) summary(ctx context.Context, unit team.UnitID, last *digest.Summary) (digest.Summary, error) {
	c, _, err := t.facts(ctx, unit, t.now.Add(-digestDay))
	if err != nil {
		return digest.Summary{}, err
	}
	return digest.Build(c.Facts, last, t.now), nil
}

// facts gathers what a summary of the subtree is made from in a bounded number of
// round trips, however many units there are, and gives the shifts it read as well.
func (t *turn) facts(ctx context.Context, unit team.UnitID, from time.Time) (*digest.Collector, []checkin.Watch, error) {
	c := digest.Collect(&t.town.Org, unit, from, t.now)
	c.Policy(t.rule)
	c.Facts.Alphabet = t.b.alphabet(t.town)
	watches, err := t.watches(ctx, "watch/end", from, t.now.Add(longestShift))
	if err != nil {
		return nil, nil, err
	}
	for _, w := range watches {
		c.Watch(w)
	}
	for _, add := range []func(context.Context, *digest.Collector) error{t.addRuns, t.addIncidents, t.addWindows} {
		if err := add(ctx, c); err != nil {
			return nil, nil, err
		}
	}
	return c, watches, t.addUnreachable(ctx, c, watches)
}

// alphabet is the order of the organisation's names, worked out once for each of its revisions.
func (b *Bot) alphabet(town *Town) *digest.Alphabet {
	b.mu.RLock()
	abc, of := b.abc, b.abcOf
	b.mu.RUnlock()
	if of == town {
		return abc
	}
	units := make([]string, 0, len(town.Org.Units))
	for _, u := range town.Org.Units {
		units = append(units, u.Label())
	}
	people := make([]string, 0, len(town.Org.Members))
	for _, m := range town.Org.Members {
		people = append(people, m.Name)
	}
	abc = digest.NewAlphabet(units, people)
	b.mu.Lock()
	b.abc, b.abcOf = abc, town
	b.mu.Unlock()
	return abc
}

// each reads the documents of an index and hands them over one by one.
func each[T any](ctx context.Context, t *turn, r Range, take func(T)) error {
	refs, err := t.find(ctx, r)
	if err != nil {
		return err
	}
	for _, ref := range refs {
		var v T
		if ok, err := t.read(ref, &v); err != nil {
			return err
		} else if ok {
			take(v)
		}
	}
	return nil
}

func (t *turn) addRuns(ctx context.Context, c *digest.Collector) error {
	return each(ctx, t, Range{Index: "run/open", To: maxScore}, func(r checklist.Run) { c.Run(r) })
}

// addIncidents adds the open ones and those reported in the span that are over.
func (t *turn) addIncidents(ctx context.Context, c *digest.Collector) error {
	open := func(i incident.Incident) { c.Incident(i, t.kindLabel(i)) }
	if err := each(ctx, t, Range{Index: "incident/open", To: maxScore}, open); err != nil {
		return err
	}
	return each(ctx, t, Range{Index: "incident/all", From: c.Facts.From.UnixMilli(), To: maxScore}, func(i incident.Incident) {
		if !i.IsOpen() {
			c.Incident(i, t.kindLabel(i))
		}
	})
}

func (t *turn) addWindows(ctx context.Context, c *digest.Collector) error {
	return each(ctx, t, Range{Index: "window/open", To: maxScore}, func(w window.Window) { c.Window(w) })
}

// addUnreachable adds the people of shifts that are on or begin within a day who
// have neither a private chat nor a chat of their unit.
func (t *turn) addUnreachable(ctx context.Context, c *digest.Collector, watches []checkin.Watch) error {
	within := digest.Within(c.Facts)
	var refs []Ref
	soon := make([]checkin.Watch, 0, len(watches))
	for _, w := range watches {
		if !w.Shift.End.After(t.now) || w.Shift.Start.After(t.now.Add(digestDay)) || !within(w.Shift.Unit) {
			continue
		}
		soon = append(soon, w)
		refs = append(refs, roomsRef(w.Shift.Unit))
		for _, m := range w.Pending() {
			refs = append(refs, reachRef(m))
		}
	}
	if err := t.load(ctx, unique(refs)...); err != nil {
		return err
	}
	seen := map[team.MemberID]bool{}
	for _, w := range soon {
		rooms, err := t.rooms(ctx, w.Shift.Unit, ForUnit)
		if err != nil {
			return err
		}
		if len(rooms) > 0 {
			continue
		}
		for _, id := range w.Pending() {
			m, known := t.town.Org.Member(id)
			if seen[id] || !known {
				continue
			}
			seen[id] = true
			if reason, lost, err := t.unreached(ctx, id); err != nil {
				return err
			} else if lost {
				c.Unreachable(m, reason, time.Time{}, !w.Shift.Start.After(t.now))
			}
		}
	}
	return nil
}

// unreached says why no private message reaches the person; lost is false when one does.
func (t *turn) unreached(ctx context.Context, m team.MemberID) (reason string, lost bool, err error) {
	var r Reach
	if _, err := t.get(ctx, reachRef(m), &r); err != nil {
		return "", false, err
	}
	if _, ok := r.Best(); ok {
		return "", false, nil
	}
	reason = t.label("reach.none")
	for _, d := range r.Doors {
		if d.Blocked {
			return t.label("reach.blocked"), true, nil
		}
		reason = t.label("reach.closed")
	}
	return reason, true, nil
}

// unique keeps the first of equal refs, in their order.
func unique(refs []Ref) []Ref {
	seen := make(map[Ref]bool, len(refs))
	out := refs[:0]
	for _, r := range refs {
		if !seen[r] {
			seen[r] = true
			out = append(out, r)
		}
	}
	return out
}
