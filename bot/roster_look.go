package bot

import (
	"cmp"
	"context"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"time"

	"trucban/internal/chat"
	"trucban/internal/outbox"
	"trucban/internal/roster"
	"trucban/internal/team"
	"trucban/messages"
)

// The daily look at the rosters.
const (
	lookAhead = 30 // days
	lookHour  = 7  // local
	lookUnits = 6  // units in one message
	lookLines = 4  // gaps of one unit
	aboutLook = "kiểm tra lịch trực"
)

const rosterLookKind = "rosterlook"

var lookRef = Ref{rosterLookKind, "day"}

// looked is what the last look found, so that the next one tells only what is new.
type looked struct {
	At    time.Time `json:"at"`
	Known []string  `json:"known,omitempty"`
}

// nextLook is the next morning's look, at UTC+7.
func nextLook(at time.Time) time.Time {
	l := at.In(roster.Zone)
	next := time.Date(l.Year(), l.Month(), l.Day(), lookHour, 0, 0, 0, roster.Zone)
	if !next.After(at) {
		next = next.AddDate(0, 0, 1)
	}
	return next.UTC()
}

// PlanLook puts the daily look at the rosters on the clock, once.
func (b *Bot) PlanLook(ctx context.Context) error {
	return b.repeat(ctx, func(ctx context.Context) error {
		t, err := b.aside(ctx, "rosterlook:plan")
		if err != nil {
			return err
		}
		var l looked
		if ok, err := t.get(ctx, lookRef, &l); ok || err != nil {
			return err
		}
		t.wake(lookRef.Kind, lookRef.ID, nextLook(t.now))
		if err := t.put(lookRef, looked{At: t.now}, Doc{Index: []Entry{{Index: "open"}}}); err != nil {
			return err
		}
		return t.commit(ctx)
	})
}

// dueLook lays rotations out for the day that has come within reach, remembers who
// bore the heavy duties of the last days, and tells the desk and the heads of gaps in
// the next thirty days that were not told before.
func dueLook(ctx context.Context, t *turn) error {
	t.wake(lookRef.Kind, lookRef.ID, nextLook(t.now))
	var l looked
	if _, err := t.get(ctx, lookRef, &l); err != nil {
		return err
	}
	over, err := t.ended(ctx, l.At)
	if err != nil {
		return err
	}
	if err := t.remember(ctx, over); err != nil {
		return err
	}
	if err := t.extendBase(ctx); err != nil {
		return err
	}
	gaps, shifts, err := t.gapsAhead(ctx, t.town.Org.Root())
	if err != nil {
		return err
	}
	fresh := slices.DeleteFunc(slices.Clone(gaps), func(g roster.Gap) bool { return slices.Contains(l.Known, gapKey(g)) })
	l = looked{At: t.now}
	for _, g := range gaps {
		l.Known = append(l.Known, gapKey(g))
	}
	if err := t.put(lookRef, l, Doc{Index: []Entry{{Index: "open"}}}); err != nil {
		return err
	}
	if len(fresh) == 0 {
		return nil
	}
	t.note("roster.gaps", lookRef, t.town.Org.Root())
	return t.tellGaps(ctx, fresh, shifts)
}

// gapKey is the same for the same gap on every day; for somebody no message reaches
// whichever shift comes first.
func gapKey(g roster.Gap) string {
	if g.Kind == roster.GapUnreachable || g.Kind == roster.GapUnknown {
		g.Shift, g.Post, g.Unit = "", "", ""
	}
	h := fnv.New64a()
	_, _ = fmt.Fprintf(h, "%s|%s|%s|%s|%s|%s", g.Kind, g.Unit, g.Shift, g.Other, g.Post, g.Member)
	return fmt.Sprintf("%x", h.Sum64())
}

// tellGaps tells the desk in one message, and the heads of each unit of their own.
func (t *turn) tellGaps(ctx context.Context, gaps []roster.Gap, shifts map[roster.ShiftID]roster.Shift) error {
	root := t.town.Org.Root()
	report := t.gapReport(root, gaps, shifts)
	report.New = true
	if err := t.tellDesk(ctx, root, outbox.Digest, chat.Message{Text: t.text(report)}, aboutLook); err != nil {
		return err
	}
	byUnit := map[team.UnitID][]roster.Gap{}
	for _, g := range gaps {
		byUnit[g.Unit] = append(byUnit[g.Unit], g)
	}
	for _, u := range sortedUnits(byUnit) {
		report := t.gapReport(u, byUnit[u], shifts)
		report.New = true
		for _, h := range t.town.Org.With(u, team.RoleHead) {
			if h.Has(team.RoleDesk) {
				continue // has been told of it with all others
			}
			d, ok, err := t.door(ctx, h.ID)
			if err != nil {
				return err
			}
			if ok {
				t.send(outbox.Item{To: d.Addr, Kind: chat.Private, Class: outbox.Digest, For: string(h.ID), About: aboutLook,
					Message: chat.Message{Text: t.text(report)}, NotAfter: t.clock.Add(12 * time.Hour)})
			}
		}
	}
	return nil
}

func sortedUnits(m map[team.UnitID][]roster.Gap) []team.UnitID {
	out := make([]team.UnitID, 0, len(m))
	for u := range m {
		out = append(out, u)
	}
	slices.Sort(out)
	return out
}

// check is what rosters are held against; who can be reached must be loaded.
func (t *turn) check(from, to time.Time) roster.Check {
	return roster.Check{
		From: from, To: to, PostsOf: t.postsOf, Reachable: t.reachable,
		Known: func(m team.MemberID) bool { _, ok := t.town.Org.Member(m); return ok },
		Rules: roster.Rules{Leave: t.leave()},
	}
}

// leave is everybody's, as the rotations have it.
func (t *turn) leave() []roster.Leave {
	var out []roster.Leave
	for _, r := range t.town.Base.Rotations {
		out = append(out, r.Leave...)
	}
	return out
}

// postsOf are the posts a shift must have: those of the rotation's slot, else what the
// organisation asks of every shift.
func (t *turn) postsOf(s roster.Shift) []roster.Post {
	r, ok := t.town.Base.Rotation(s.Unit)
	for _, slot := range r.Slots {
		if ok && slot.Name == s.Name && s.Day().At(slot.Start).Equal(s.Start) {
			return slot.Posts
		}
	}
	return t.town.Posts
}

// gapsAhead lists what is wrong in the rosters of a subtree in the next thirty days.
func (t *turn) gapsAhead(ctx context.Context, top team.UnitID) ([]roster.Gap, map[roster.ShiftID]roster.Shift, error) {
	from, to := roster.Ahead(t.now, lookAhead)
	watches, err := t.watches(ctx, "watch/end", from.Add(-longestShift), to.Add(longestShift))
	if err != nil {
		return nil, nil, err
	}
	shifts, byID := shiftsOf(watches), map[roster.ShiftID]roster.Shift{}
	var refs []Ref
	for _, s := range shifts {
		byID[s.ID] = s
		for _, a := range s.People {
			refs = append(refs, reachRef(a.Member))
		}
	}
	if err := t.load(ctx, unique(refs)...); err != nil {
		return nil, nil, err
	}
	gaps := onceEach(roster.Gaps(shifts, t.check(from, to)))
	return slices.DeleteFunc(gaps, func(g roster.Gap) bool { return !t.town.Org.Within(g.Unit, top) }), byID, nil
}

// onceEach keeps the first gap of somebody no message reaches, not one for each shift.
func onceEach(gaps []roster.Gap) []roster.Gap {
	said := map[string]bool{}
	return slices.DeleteFunc(gaps, func(g roster.Gap) bool {
		if g.Kind != roster.GapUnreachable && g.Kind != roster.GapUnknown {
			return false
		}
		key := string(g.Kind) + "/" + string(g.Member)
		again := said[key]
		said[key] = true
		return again
	})
}

// gapReport puts gaps in words, by unit, no more than has room on a phone.
func (t *turn) gapReport(top team.UnitID, gaps []roster.Gap, shifts map[roster.ShiftID]roster.Shift) messages.GapReport {
	m := messages.GapReport{Scope: t.unitName(top), Days: lookAhead}
	byUnit := map[team.UnitID]*messages.GapUnit{}
	var order []team.UnitID
	for _, g := range gaps {
		m.Total++
		u := byUnit[g.Unit]
		if u == nil {
			u = &messages.GapUnit{Unit: t.unitName(g.Unit)}
			byUnit[g.Unit] = u
			order = append(order, g.Unit)
		}
		if len(u.Lines) == lookLines {
			u.More++
			continue
		}
		u.Lines = append(u.Lines, gapLine(&t.town.Org, shifts, g))
	}
	slices.SortStableFunc(order, func(a, b team.UnitID) int {
		return cmp.Or(cmp.Compare(len(byUnit[b].Lines)+byUnit[b].More, len(byUnit[a].Lines)+byUnit[a].More), strings.Compare(string(a), string(b)))
	})
	for i, u := range order {
		if i == lookUnits {
			m.More = len(order) - i
			break
		}
		m.Units = append(m.Units, *byUnit[u])
	}
	return m
}

// showGaps is "/kiemlich", "/kiemlich vhxh": everything that is wrong in the rosters of
// the next thirty days, told before or not.
func showGaps(ctx context.Context, t *turn, c call) error {
	unit, ok := t.importUnit(c.arg)
	if !ok {
		return nil
	}
	gaps, shifts, err := t.gapsAhead(ctx, unit)
	if err != nil {
		return err
	}
	t.reply(t.gapReport(unit, gaps, shifts))
	return nil
}
