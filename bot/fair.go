package bot

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"trucban/internal/calendar"
	"trucban/internal/checkin"
	"trucban/internal/roster"
	"trucban/internal/team"
	"trucban/messages"
)

// pastKept bounds what is remembered of a unit: some fifteen years of a large one.
const pastKept = 3000

// remember adds to the histories the heavy duties of shifts that have ended, as they
// were done: whoever was absent has not borne it.
func (t *turn) remember(ctx context.Context, ended []checkin.Watch) error {
	byUnit := map[team.UnitID][]roster.Past{}
	for _, w := range ended {
		if roster.ClassOf(w.Shift, t.b.Holidays) < roster.ClassHoliday {
			continue
		}
		s := w.Shift.Clone()
		s.People = slices.DeleteFunc(s.People, func(a roster.Assignment) bool {
			st := w.Status(a.Member, t.now, t.rule(w.Shift.Unit))
			return st == checkin.Absent || st == checkin.Excused || st == checkin.Covered
		})
		byUnit[s.Unit] = append(byUnit[s.Unit], roster.Remember([]roster.Shift{s}, t.b.Holidays)...)
	}
	var refs []Ref
	for u := range byUnit {
		refs = append(refs, pastRef(u))
	}
	slices.SortFunc(refs, func(a, b Ref) int { return cmp.Compare(a.ID, b.ID) })
	if err := t.load(ctx, refs...); err != nil {
		return err
	}
	for _, ref := range refs {
		var have []roster.Past
		if _, err := t.read(ref, &have); err != nil {
			return err
		}
		for _, p := range byUnit[team.UnitID(ref.ID)] {
			if !slices.Contains(have, p) {
				have = append(have, p)
			}
		}
		if err := t.put(ref, have[max(0, len(have)-pastKept):], Doc{}); err != nil {
			return err
		}
	}
	return nil
}

// borne is what one person has had of the heavy duties.
type borne struct {
	member team.MemberID
	eves   []int // the years whose Tết the night led into
	firsts []int // the years of mùng 1
	others int   // further holidays and days of Tết
}

// bearers sums a history up for the people of a unit, those with the fewest eves first.
func (t *turn) bearers(u team.UnitID) ([]borne, error) {
	past, err := t.past(u)
	if err != nil {
		return nil, err
	}
	var out []borne
	for _, m := range t.town.Org.In(u) {
		b := borne{member: m.ID}
		for _, p := range past {
			switch {
			case p.Member != m.ID:
			case p.Class == roster.ClassEve:
				b.eves = append(b.eves, tetYear(p.Date))
			case p.Class == roster.ClassFirst:
				b.firsts = append(b.firsts, p.Date.Lunar().Year)
			default:
				b.others++
			}
		}
		for _, years := range []*[]int{&b.eves, &b.firsts} {
			slices.Sort(*years)
			*years = slices.Compact(*years)
		}
		out = append(out, b)
	}
	slices.SortStableFunc(out, func(a, b borne) int {
		return cmp.Or(cmp.Compare(len(a.eves), len(b.eves)), cmp.Compare(last(a.eves), last(b.eves)), cmp.Compare(len(a.firsts), len(b.firsts)), cmp.Compare(a.others, b.others))
	})
	return out, nil
}

// tetYear is the year whose Tết the day belongs to or leads into.
func tetYear(d calendar.Date) int {
	if l := d.Lunar(); l.Month != 12 {
		return l.Year
	}
	return d.Lunar().Year + 1
}

func last(years []int) int {
	if len(years) == 0 {
		return 0
	}
	return years[len(years)-1]
}

func yearList(years []int) []string {
	out := make([]string, 0, len(years))
	for _, y := range years {
		out = append(out, strconv.Itoa(y))
	}
	return out
}

// maxBearers keeps the list of one unit on a phone's screen.
const maxBearers = 30

// showBearers is "/giaothua", "/giaothua vhxh": who had which eve of Tết, mùng 1 and
// how many other holidays, of the own unit or one below.
func showBearers(ctx context.Context, t *turn, c call) error {
	unit := t.scope()
	if c.arg != "" {
		u, ok := t.findUnit(c.arg)
		if !ok {
			t.reply(messages.Usage{What: "Chưa có đơn vị này trong danh sách.", Example: "/giaothua " + string(t.me.Unit)})
			return nil
		}
		unit = u.ID
	}
	if !t.mayView(unit) {
		t.reply(t.notAllowed(team.LevelDesk, t.me.Unit))
		return nil
	}
	if err := t.load(ctx, pastRef(unit)); err != nil {
		return err
	}
	all, err := t.bearers(unit)
	if err != nil {
		return err
	}
	m := messages.Bearers{Unit: t.unitName(unit)}
	for i, b := range all {
		if i == maxBearers {
			m.More = len(all) - i
			break
		}
		m.People = append(m.People, messages.Bearer{Name: t.memberName(b.member), Eves: yearList(b.eves), Firsts: yearList(b.firsts), Others: b.others})
	}
	t.reply(m)
	return nil
}

// eveLines say of each eve of Tết in the shifts who is on and when they had it before.
func (t *turn) eveLines(ctx context.Context, shifts []roster.Shift) ([]messages.EveLine, error) {
	var out []messages.EveLine
	for _, s := range shifts {
		if len(s.People) == 0 || !s.Start.After(t.now) || roster.ClassOf(s, t.b.Holidays) != roster.ClassEve {
			continue
		}
		if err := t.load(ctx, pastRef(s.Unit)); err != nil {
			return nil, err
		}
		all, err := t.bearers(s.Unit)
		if err != nil {
			return nil, fmt.Errorf("look who had the eve before: %w", err)
		}
		l := messages.EveLine{Unit: t.unitName(s.Unit), Year: tetYear(s.Day())}
		for _, b := range all {
			if s.Has(b.member) {
				l.People = append(l.People, messages.Bearer{Name: t.memberName(b.member), Eves: yearList(b.eves)})
			}
		}
		out = append(out, l)
	}
	return out, nil
}

// ended lists the shifts that have ended since a moment, at most those of a month.
func (t *turn) ended(ctx context.Context, since time.Time) ([]checkin.Watch, error) {
	if month := t.now.AddDate(0, -1, 0); since.Before(month) {
		since = month
	}
	return t.watches(ctx, "watch/end", since, t.now)
}

// forgetRosters takes a person out of the memory of who bore what, and ends the
// calendars handed out to them.
func (t *turn) forgetRosters(ctx context.Context, m team.Member) error {
	if _, err := t.endFeeds(ctx, m.ID, nil); err != nil {
		return err
	}
	var have []roster.Past
	ok, err := t.get(ctx, pastRef(m.Unit), &have)
	if err != nil || !ok {
		return err
	}
	return t.put(pastRef(m.Unit), slices.DeleteFunc(have, func(p roster.Past) bool { return p.Member == m.ID }), Doc{})
}

// leaveRosters takes a person out of the rotations and of the eves known from before.
func (t *Town) leaveRosters(m team.MemberID) {
	t.Base = t.Base.Without(m)
	t.History = slices.DeleteFunc(slices.Clone(t.History), func(p roster.Past) bool { return p.Member == m })
}
