package main

import (
	"fmt"
	"slices"
	"time"

	"trucban/bot"
	"trucban/internal/calendar"
	"trucban/internal/roster"
	"trucban/internal/team"
)

// townRotation is a unit's base roster by rule.
type townRotation struct {
	Unit  string      `yaml:"unit,omitempty"`
	Start string      `yaml:"start,omitempty"` // the day the first of each line begin
	Slots []townSlot  `yaml:"slots,omitempty"`
	Lines []townLine  `yaml:"lines,omitempty"`
	Leave []townLeave `yaml:"leave,omitempty"`
}

type townSlot struct {
	Name  string   `yaml:"name,omitempty"`
	Hours string   `yaml:"hours,omitempty"` // "19:00-07:00"
	Posts []string `yaml:"posts,omitempty"`
	Days  []string `yaml:"days,omitempty"` // T2 to T7, CN; none: every day
}

type townLine struct {
	Post   string   `yaml:"post,omitempty"`
	Turn   string   `yaml:"turn,omitempty"` // shift, day, week, cycle
	People []string `yaml:"people,omitempty"`
	Cycle  []int    `yaml:"cycle,omitempty"`
}

type townLeave struct {
	Person string `yaml:"person,omitempty"`
	Days   string `yaml:"days,omitempty"`
	Reason string `yaml:"reason,omitempty"`
}

// townPeriod is a stretch of days with a roster of its own; Days may be lunar words.
type townPeriod struct {
	ID    string   `yaml:"id,omitempty"`
	Name  string   `yaml:"name,omitempty"`
	Days  string   `yaml:"days,omitempty"`
	Year  int      `yaml:"year,omitempty"`  // where the words name none
	Units []string `yaml:"units,omitempty"` // none: every unit with a rotation
}

// townEve is who had the night before the Tết of a year.
type townEve struct {
	Year   int      `yaml:"year,omitempty"`
	People []string `yaml:"people,omitempty"`
}

// base reads the rotations, the periods, and who had which eve of Tết.
func (r *townReader) base(f townFile, town *bot.Town) {
	for i, rot := range f.Rotations {
		town.Base.Rotations = append(town.Base.Rotations, r.rotation(fmt.Sprintf("$.rotations[%d]", i), rot, town))
	}
	for i, p := range f.Periods {
		town.Base.Periods = append(town.Base.Periods, r.period(fmt.Sprintf("$.periods[%d]", i), p, town))
	}
	for _, err := range town.Base.Validate() {
		r.fault("$.rotations", "%v", err)
	}
	for i, e := range f.Eves {
		at := fmt.Sprintf("$.eves[%d]", i)
		if e.Year < 1990 || e.Year > 2199 {
			r.fault(at+".year", "%d is not the year of a Tết", e.Year)
			continue
		}
		for _, p := range e.People {
			town.History = append(town.History, roster.Past{Member: r.person(at+".people", p, town), Date: calendar.Tet(e.Year).AddDays(-1), Class: roster.ClassEve})
		}
	}
	for i, p := range f.Policy.Posts {
		town.Posts = append(town.Posts, r.post(fmt.Sprintf("$.policy.posts[%d]", i), p))
	}
}

func (r *townReader) person(at, id string, town *bot.Town) team.MemberID {
	if _, ok := town.Org.Member(team.MemberID(id)); !ok {
		r.fault(at, "%q is not a person", id)
	}
	return team.MemberID(id)
}

func (r *townReader) post(at, name string) roster.Post {
	p, ok := posts[name]
	if !ok {
		r.fault(at, "post %q is not one of duty, desk, tech, leader", name)
	}
	return p
}

func (r *townReader) rotation(at string, f townRotation, town *bot.Town) roster.Rotation {
	out := roster.Rotation{Unit: team.UnitID(f.Unit)}
	if _, ok := town.Org.Unit(out.Unit); !ok {
		r.fault(at+".unit", "%q is not a unit", f.Unit)
	}
	if err := out.Start.UnmarshalText([]byte(f.Start)); err != nil || out.Start.IsZero() {
		r.fault(at+".start", "the day the first of each line begin, like 2027-01-04")
	}
	for i, s := range f.Slots {
		out.Slots = append(out.Slots, r.slot(fmt.Sprintf("%s.slots[%d]", at, i), s))
	}
	for i, l := range f.Lines {
		lineAt := fmt.Sprintf("%s.lines[%d]", at, i)
		line := roster.Line{Post: r.post(lineAt+".post", l.Post), Turn: roster.Turn(l.Turn), Cycle: l.Cycle}
		for _, p := range l.People {
			line.People = append(line.People, r.person(lineAt+".people", p, town))
		}
		out.Lines = append(out.Lines, line)
	}
	for i, l := range f.Leave {
		leaveAt := fmt.Sprintf("%s.leave[%d]", at, i)
		out.Leave = append(out.Leave, roster.Leave{Member: r.person(leaveAt+".person", l.Person, town), Days: r.days(leaveAt+".days", l.Days, 0), Reason: l.Reason})
	}
	return out
}

func (r *townReader) slot(at string, f townSlot) roster.Slot {
	s := roster.Slot{Name: f.Name}
	var err error
	if s.Start, s.Length, err = calendar.ParseClockSpan(f.Hours); err != nil {
		r.fault(at+".hours", "%q is not like 19:00-07:00", f.Hours)
	}
	for _, p := range f.Posts {
		s.Posts = append(s.Posts, r.post(at+".posts", p))
	}
	for _, d := range f.Days {
		w, ok := calendar.ParseWeekday(d)
		if !ok {
			r.fault(at+".days", "%q is not one of T2 to T7, CN", d)
		}
		s.Days = append(s.Days, w)
	}
	return s
}

func (r *townReader) period(at string, f townPeriod, town *bot.Town) roster.Period {
	p := roster.Period{ID: f.ID, Name: f.Name, Days: r.days(at+".days", f.Days, f.Year)}
	if p.ID == "" || p.Name == "" {
		r.fault(at, "id and name are needed")
	}
	for _, u := range f.Units {
		if _, ok := town.Org.Unit(team.UnitID(u)); !ok {
			r.fault(at+".units", "%q is not a unit", u)
		}
		p.Units = append(p.Units, team.UnitID(u))
	}
	if len(p.Units) == 0 {
		for _, rot := range town.Base.Rotations {
			p.Units = append(p.Units, rot.Unit)
		}
	}
	if len(p.Units) == 0 {
		r.fault(at, "there is no rotation for it to lie over")
	}
	return p
}

// days reads a range that means the same whenever the file is read: with a year in its
// words or beside them.
func (r *townReader) days(at, text string, year int) calendar.Span {
	ref := calendar.Date{Year: max(year, 2020), Month: time.July, Day: 1}
	refs := []calendar.Date{ref}
	if year != 0 {
		refs = []calendar.Date{calendar.Tet(year).AddDays(-40), ref} // a Tết lies near the first, any other day of the year near one of them
	}
	for _, ref := range refs {
		from, to, err := calendar.ParseRange(text, ref.Midnight())
		if err != nil {
			r.fault(at, "%q is not a range of days like \"từ 28 tháng Chạp đến hết mùng 6\" or \"10/02/2027 - 12/02/2027\"", text)
			return calendar.Span{}
		}
		if year == 0 && !from.Year && !to.Year {
			r.fault(at, "%q says no year: write it, or year beside it", text)
			return calendar.Span{}
		}
		if year == 0 || from.Date.Year == year || to.Date.Year == year {
			return calendar.Span{From: from.Date, To: to.Date}
		}
	}
	r.fault(at, "%q does not lie in %d", text, year)
	return calendar.Span{}
}

// baseDays is how far the tools lay rotations out.
const baseDays = 45

// withBase adds to the shifts of the file those its rotations and periods make from a
// day on, as the running program does.
func withBase(s bot.Setup, from calendar.Date) ([]roster.Shift, error) {
	out := s.Shifts
	for _, r := range s.Town.Base.Rotations {
		d, err := s.Town.Base.Replan(roster.Wanted{Unit: r.Unit, Standing: s.Shifts, Now: from.Midnight().Add(-time.Second), Until: from.AddDays(baseDays),
			Fill: func(r roster.Rotation, p roster.Period) []roster.Shift {
				return roster.Plan{Unit: r.Unit, Days: p.Days, Slots: r.Slots, Lines: r.Lines, Leave: r.Leave, History: s.Town.History}.Shifts()
			}})
		if err != nil {
			return nil, fmt.Errorf("organisation file: %w", err)
		}
		out = append(out, d.Added...)
	}
	return out, nil
}

// writeBase puts the rotations, the periods and the eves of Tết into the file.
func writeBase(t bot.Town, f *townFile) {
	for _, r := range t.Base.Rotations {
		f.Rotations = append(f.Rotations, rotationOf(r))
	}
	for _, p := range t.Base.Periods {
		out := townPeriod{ID: p.ID, Name: p.Name, Days: p.Days.Text()}
		for _, u := range p.Units {
			out.Units = append(out.Units, string(u))
		}
		f.Periods = append(f.Periods, out)
	}
	for _, p := range t.History {
		year := p.Date.AddDays(1).Lunar().Year
		i := slices.IndexFunc(f.Eves, func(e townEve) bool { return e.Year == year })
		if i < 0 {
			i = len(f.Eves)
			f.Eves = append(f.Eves, townEve{Year: year})
		}
		f.Eves[i].People = append(f.Eves[i].People, string(p.Member))
	}
	for _, p := range t.Posts {
		f.Policy.Posts = append(f.Policy.Posts, postName(p))
	}
}

func rotationOf(r roster.Rotation) townRotation {
	out := townRotation{Unit: string(r.Unit), Start: r.Start.String()}
	for _, s := range r.Slots {
		slot := townSlot{Name: s.Name, Hours: clockText(s.Start) + "-" + clockText(s.Start+s.Length)}
		for _, p := range s.Posts {
			slot.Posts = append(slot.Posts, postName(p))
		}
		for _, d := range s.Days {
			slot.Days = append(slot.Days, calendar.WeekdayShort(d))
		}
		out.Slots = append(out.Slots, slot)
	}
	for _, l := range r.Lines {
		line := townLine{Post: postName(l.Post), Turn: string(l.Turn), Cycle: l.Cycle}
		for _, m := range l.People {
			line.People = append(line.People, string(m))
		}
		out.Lines = append(out.Lines, line)
	}
	for _, l := range r.Leave {
		out.Leave = append(out.Leave, townLeave{Person: string(l.Member), Days: l.Days.Text(), Reason: l.Reason})
	}
	return out
}

// clockText is an hour of the day as the file has it.
func clockText(d time.Duration) string {
	m := int(d.Minutes()) % (24 * 60)
	return fmt.Sprintf("%02d:%02d", m/60, m%60)
}
