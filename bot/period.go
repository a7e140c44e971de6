package bot

import (
	"context"
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"

	"trucban/internal/calendar"
	"trucban/internal/chat"
	"trucban/internal/roster"
	"trucban/internal/team"
	"trucban/internal/viet"
	"trucban/messages"
)

const (
	askPeriod   = "kytruc"
	longPeriod  = 62 // days
	shownDays   = 14
	shownPeriod = 8 // units
)

// periodDraft is a duty period on its way: it waits for the consent of who asked for it.
type periodDraft struct {
	ID       string        `json:"id"`
	Period   roster.Period `json:"period"`
	Drop     bool          `json:"drop,omitempty"`
	NoThirty bool          `json:"noThirty,omitempty"`
	Digest   string        `json:"digest"`
}

func periodRef(m team.MemberID) Ref { return Ref{"perioddraft", string(m)} }

// setPeriod is "/kytruc Tết; từ 28 tháng Chạp đến hết mùng 6", "/kytruc" for the list
// and "/kytruc bỏ 1". Nothing counts before it was shown with its days and agreed to.
func setPeriod(ctx context.Context, t *turn, c call) error {
	arg := strings.TrimSpace(c.arg)
	mine := t.periodsBelow()
	if arg == "" && len(c.refs) == 0 {
		t.reply(t.periodList(mine))
		return nil
	}
	if rest, ok := strings.CutPrefix(viet.Fold(arg), "bo "); ok {
		n, _ := strconv.Atoi(strings.TrimSpace(rest)) // 0 is no number of the list
		if n < 1 || n > len(mine) {
			t.reply(messages.PeriodFault{Why: "number"})
			return nil
		}
		return t.showPeriod(ctx, periodDraft{Period: mine[n-1], Drop: true})
	}
	d, ok := t.readPeriod(arg)
	if !ok {
		return nil
	}
	return t.showPeriod(ctx, d)
}

// periodsBelow are the periods that are not over of units the sender is a head of.
func (t *turn) periodsBelow() []roster.Period {
	var out []roster.Period
	for _, p := range t.town.Base.Periods {
		if !p.Days.To.Before(calendar.DateOf(t.now)) && t.headOfAll(p.Units) {
			out = append(out, p)
		}
	}
	return out
}

func (t *turn) headOfAll(units []team.UnitID) bool {
	return !slices.ContainsFunc(units, func(u team.UnitID) bool { return !t.town.Org.May(t.me, team.LevelHead, u) })
}

func (t *turn) periodList(all []roster.Period) messages.PeriodList {
	var m messages.PeriodList
	for _, p := range all {
		l := messages.PeriodLine{Name: p.Name, Span: p.Days.Text()}
		for _, u := range p.Units[:min(len(p.Units), shownPeriod)] {
			l.Units = append(l.Units, t.unitName(u))
		}
		m.Periods = append(m.Periods, l)
	}
	return m
}

// readPeriod reads the name, the days and the unit, in any order between semicolons,
// or "Tết từ 28 tháng Chạp đến hết mùng 6".
func (t *turn) readPeriod(arg string) (periodDraft, bool) {
	var d periodDraft
	fault := func(why, name string) (periodDraft, bool) {
		t.reply(messages.PeriodFault{Why: why, Name: name})
		return d, false
	}
	parts := strings.Split(arg, ";")
	if len(parts) == 1 {
		if i := strings.Index(" "+strings.ToLower(arg), " từ "); i > 0 {
			parts = []string{arg[:i], arg[i:]}
		}
	}
	scope, found := t.scope(), false
	for _, part := range parts {
		part = viet.Line(part)
		from, to, err := calendar.ParseRange(part, t.now)
		u, isUnit := t.findUnit(part)
		switch {
		case part == "":
		case err == nil && !found:
			found = true
			d.Period.Days = calendar.Span{From: from.Date, To: to.Date}
			d.NoThirty = from.Has(calendar.NoteEve) || to.Has(calendar.NoteEve)
		case isUnit:
			scope = u.ID
		default:
			d.Period.Name = part
		}
	}
	switch days := d.Period.Days; {
	case !found:
		return fault("days", "")
	case days.Days() > longPeriod:
		return fault("long", "")
	case days.To.Before(calendar.DateOf(t.now)):
		return fault("past", "")
	case !t.town.Org.May(t.me, team.LevelHead, scope):
		t.reply(t.notAllowed(team.LevelDesk, t.me.Unit))
		return d, false
	}
	for _, r := range t.town.Base.Rotations {
		if t.town.Org.Within(r.Unit, scope) {
			d.Period.Units = append(d.Period.Units, r.Unit)
		}
	}
	if len(d.Period.Units) == 0 {
		return fault("norotation", t.unitName(scope))
	}
	if o, twice := t.town.Base.Overlap(d.Period, len(t.town.Base.Periods)); twice {
		return fault("overlap", o.Name+" ("+o.Days.Text()+")")
	}
	if eve, ok := tetEve(d.Period.Days); d.Period.Name == "" && ok {
		d.Period.Name = "Tết " + calendar.CanChi(tetYear(eve))
	}
	if d.Period.Name == "" {
		d.Period.Name = d.Period.Days.Text()
	}
	d.Period.ID = "ky-" + string(scope) + "-" + strings.ReplaceAll(d.Period.Days.From.String(), "-", "")
	return d, true
}

// tetEve is the day of giao thừa in the span.
func tetEve(s calendar.Span) (calendar.Date, bool) {
	for d := s.From; !d.After(s.To); d = d.AddDays(1) {
		if d.Lunar().Eve() {
			return d, true
		}
	}
	return calendar.Date{}, false
}

// withPeriod is the base as it would be.
func (t *turn) withPeriod(d periodDraft) roster.Base {
	base := t.town.clone().Base
	base.Periods = slices.DeleteFunc(base.Periods, func(p roster.Period) bool { return p.ID == d.Period.ID })
	if !d.Drop {
		base.Periods = append(base.Periods, d.Period)
	}
	return base
}

// showPeriod shows the days of a period and what it changes, and asks for the yes.
func (t *turn) showPeriod(ctx context.Context, d periodDraft) error {
	base := t.withPeriod(d)
	diff, standing, err := t.replanBase(ctx, base, d.Period.Units)
	if err != nil {
		return err
	}
	c, err := t.periodChange(ctx, diff, standing)
	if err != nil {
		return err
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(t.cause))
	d.ID, d.Digest = strconv.FormatUint(uint64(h.Sum32()), 36), c.digest()
	m, err := t.periodPreview(ctx, d, base, c, standing)
	if err != nil {
		return err
	}
	t.replyFile(m, c.listing(t, Import{Name: d.Period.Name}),
		[]chat.Button{t.button("confirm", "đồng ý", "yes", askPeriod, d.ID), t.button("cancel", "hủy", "huy")})
	if err := t.put(periodRef(t.me.ID), d, Doc{TTL: importTTL, Version: AnyVersion}); err != nil {
		return err
	}
	return t.ask(Dialog{Ask: askPeriod, Data: map[string]string{"id": d.ID}})
}

// periodChange is the difference with the gaps it leaves, over the units it touches.
func (t *turn) periodChange(ctx context.Context, diff roster.Diff, standing []roster.Shift) (RosterChange, error) {
	c := RosterChange{org: &t.town.Org, diff: diff, shifts: map[roster.ShiftID]roster.Shift{}}
	after, ok := diff.Apply(standing)
	if !ok {
		after = standing
	}
	fresh := map[roster.ShiftID]bool{}
	for _, s := range diff.Becoming() {
		fresh[s.ID] = true
	}
	to := t.now
	var refs []Ref
	for _, s := range slices.Concat(standing, after) {
		c.shifts[s.ID] = s
		for _, a := range s.People {
			refs = append(refs, reachRef(a.Member))
		}
		if s.End.After(to) {
			to = s.End
		}
	}
	if err := t.load(ctx, unique(refs)...); err != nil {
		return c, err
	}
	for _, g := range onceEach(roster.Gaps(after, t.check(t.now, to))) {
		if fresh[g.Shift] || fresh[g.Other] {
			c.gaps = append(c.gaps, g)
		}
	}
	return c, nil
}

func (t *turn) periodPreview(ctx context.Context, d periodDraft, base roster.Base, c RosterChange, standing []roster.Shift) (messages.PeriodPreview, error) {
	days := d.Period.Days
	m := messages.PeriodPreview{Name: d.Period.Name, Span: days.Text(), Count: days.Days(), NoThirty: d.NoThirty, Drop: d.Drop}
	for i := range days.Days() {
		if i < shownDays {
			m.Days = append(m.Days, days.From.AddDays(i).Heading())
		}
	}
	if eve, ok := tetEve(days); ok {
		m.Tet = true
		m.Announced, _ = t.b.Holidays.Announced(tetYear(eve))
	}
	for i, u := range d.Period.Units {
		if i == shownPeriod {
			m.MoreUnits = len(d.Period.Units) - i
			break
		}
		l, err := t.periodUnit(u, days, base, c, standing)
		if err != nil {
			return m, err
		}
		m.Units = append(m.Units, l)
	}
	var err error
	if m.Eves, err = t.eveLines(ctx, c.diff.Becoming()); err != nil {
		return m, err
	}
	m.Eves = m.Eves[:min(len(m.Eves), shownPeriod)]
	p := c.Preview(d.Period.Name, "")
	m.Lines, m.More, m.Gaps, m.MoreGaps = p.Lines, p.More, p.Gaps, p.MoreGaps
	return m, nil
}

// periodUnit counts what a period does to one unit and finds where the rotation resumes.
func (t *turn) periodUnit(u team.UnitID, days calendar.Span, base roster.Base, c RosterChange, standing []roster.Shift) (messages.PeriodUnit, error) {
	l := messages.PeriodUnit{Unit: t.unitName(u)}
	for _, s := range standing {
		switch {
		case s.Unit != u || !days.Holds(s.Day()):
		case s.Origin == roster.OriginBase:
			l.Paused++
		case s.Origin != roster.OriginPeriod:
			l.Own++
		}
	}
	for _, s := range c.diff.Becoming() {
		if s.Unit == u && s.Origin == roster.OriginPeriod {
			l.Filled++
		}
	}
	after, err := base.Shifts(u, calendar.Span{From: days.To.AddDays(1), To: days.To.AddDays(8)})
	if err != nil {
		return l, fmt.Errorf("look where the rotation resumes: %w", err)
	}
	if len(after) > 0 {
		l.Resume = titleOf(after[0]) + ", " + peopleText(&t.town.Org, after[0])
	}
	return l, nil
}

// showPeriodAgain shows a period once more, instead of taking other words for a yes.
func showPeriodAgain(ctx context.Context, t *turn, _ call) error {
	var d periodDraft
	ok, err := t.get(ctx, periodRef(t.me.ID), &d)
	if err != nil {
		return err
	}
	if !ok {
		t.reply(messages.OldButton{})
		return nil
	}
	return t.showPeriod(ctx, d)
}

// applyPeriod sets the period that was shown, or takes it away. A roster that has
// changed since is shown again instead.
func (t *turn) applyPeriod(ctx context.Context, id string) error {
	var d periodDraft
	ok, err := t.get(ctx, periodRef(t.me.ID), &d)
	if err != nil {
		return err
	}
	if !ok || d.ID != id {
		t.reply(messages.OldButton{})
		return nil
	}
	if !t.headOfAll(d.Period.Units) {
		t.reply(t.notAllowed(team.LevelDesk, t.me.Unit))
		return nil
	}
	if o, twice := t.town.Base.Overlap(d.Period, len(t.town.Base.Periods)); twice && !d.Drop {
		t.reply(messages.PeriodFault{Why: "overlap", Name: o.Name})
		return nil
	}
	base := t.withPeriod(d)
	diff, standing, err := t.replanBase(ctx, base, d.Period.Units)
	if err != nil {
		return err
	}
	c, err := t.periodChange(ctx, diff, standing)
	if err != nil {
		return err
	}
	if c.digest() != d.Digest {
		t.reply(messages.RosterMoved{})
		return t.showPeriod(ctx, d)
	}
	town := t.town.clone()
	town.Base = base
	if err := t.saveTown(town); err != nil {
		return fmt.Errorf("set a duty period: %w", err)
	}
	if err := t.layOut(ctx, diff, d.Period.Units); err != nil {
		return err
	}
	t.done()
	t.drop(periodRef(t.me.ID))
	t.note("period.set", periodRef(t.me.ID), t.scope())
	without, err := t.tellChange(ctx, diff)
	if err != nil {
		return err
	}
	t.reply(messages.PeriodDone{Name: d.Period.Name, Span: d.Period.Days.Text(), Drop: d.Drop, Changed: diff.Told(), Without: t.names(without)})
	return nil
}
