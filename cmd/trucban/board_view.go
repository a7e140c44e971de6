package main

import (
	"fmt"
	"strings"

	"trucban/internal/chat"
	"trucban/internal/checkin"
	"trucban/internal/checklist"
	"trucban/internal/digest"
	"trucban/internal/roster"
	"trucban/internal/team"
	"trucban/internal/viet"
	"trucban/internal/web"
)

// What a page of the board holds at most. The rest is counted, and found in the
// unit it belongs to.
const (
	boardUnits     = 50
	boardShifts    = 24
	boardPeople    = 12 // of one shift
	boardCheckins  = 40
	boardIncidents = 25
	boardMatrices  = 4
	boardRows      = 12
	boardTasks     = 24
	boardReports   = 8
	boardMissing   = 12  // units of one report
	boardText      = 300 // letters of what people wrote
	boardTitle     = 120
)

// painter makes one person's board.
type painter struct {
	words
	s      boardState
	me     team.Member
	top    team.UnitID
	deep   bool
	within func(team.UnitID) bool
}

func (p painter) view(ask web.Ask) web.BoardView {
	v := web.BoardView{Title: p.s.Town.Org.Name, Scope: p.unit(p.top), Viewer: p.me.Name, At: p.s.At, Path: p.path()}
	if v.Title == "" {
		v.Title = p.unit(p.s.Town.Org.Root())
	}
	if p.deep && p.top == p.s.Town.Org.Root() {
		v.Scope = p.say("scope.all")
	}
	s := p.s.sum.Narrow(p.top, p.within)
	v.Light, v.Headline, v.Counts = web.Light(s.Light), p.headline(s), p.counts(s)
	p.below(&v, ask)
	if v.Below.Find != "" {
		return v // who looks for a unit gets the units
	}
	p.duties(&v)
	p.matrices(&v)
	p.incidents(&v)
	p.reports(&v)
	for _, l := range p.s.Lost {
		if l.Unit != "" && p.within(l.Unit) {
			v.Lost = append(v.Lost, web.Lost{At: l.At, To: l.To, About: l.About, Reason: l.Reason})
		}
	}
	return v
}

// path leads from the person's own unit down to the one shown.
func (p painter) path() []web.UnitLink {
	var out []web.UnitLink
	for at, n := p.top, 0; at != "" && n <= len(p.s.Town.Org.Units); n++ {
		out = append([]web.UnitLink{{ID: string(at), Name: p.label(at)}}, out...)
		if at == p.me.Unit {
			break
		}
		u, _ := p.s.Town.Org.Unit(at)
		at = u.Parent
	}
	return out
}

// below fills the page of units under the one shown, or of those of its subtree whose name was looked for.
func (p painter) below(v *web.BoardView, ask web.Ask) {
	if !p.deep {
		return
	}
	org := &p.s.Town.Org
	var rows []digest.UnitCount
	if find := viet.Fold(ask.Find); find != "" {
		v.Below.Find = ask.Find
		for _, u := range org.Units {
			if p.within(u.ID) && (strings.Contains(viet.Fold(u.Name), find) || strings.Contains(viet.Fold(u.Short), find)) {
				rows = append(rows, p.s.rolled[u.ID])
			}
		}
	} else {
		for _, id := range org.Children(p.top) {
			rows = append(rows, p.s.rolled[id])
		}
	}
	digest.WorstFirst(rows)
	v.Below.Of = len(rows)
	v.Below.Pages = max(1, (len(rows)+boardUnits-1)/boardUnits)
	page := min(max(ask.Page, 0), v.Below.Pages-1)
	v.Below.Page = page + 1
	for _, r := range rows[page*boardUnits : min(len(rows), (page+1)*boardUnits)] {
		v.Below.Units = append(v.Below.Units, p.unitRow(r))
	}
}

// unitRow is one unit with everything below it: what is amiss, the worst first.
func (p painter) unitRow(u digest.UnitCount) web.UnitRow {
	c := u.Count
	row := web.UnitRow{UnitLink: web.UnitLink{ID: string(u.Unit), Name: p.label(u.Unit)}, Light: web.Light(u.Light)}
	if c.Expected > 0 {
		row.Present = fmt.Sprintf("%d/%d", c.Present(), c.Expected)
	}
	for _, a := range p.amiss(c) {
		if a.n > 0 {
			row.Amiss = append(row.Amiss, p.count(a.what, a.n))
		}
	}
	return row
}

// figure is one kind of what is amiss.
type figure struct {
	what string
	n    int
}

// amiss lists what can be amiss, the worst first.
func (painter) amiss(c digest.Count) []figure {
	return []figure{
		{"unacked", c.Waiting}, {"missed", c.Missed}, {"unreachable", c.Unreachable}, {"overdue", c.Overdue},
		{"open", c.Open - c.Waiting}, {"unreported", c.Missing},
	}
}

// headline is the point in one line: the worst first.
func (p painter) headline(s digest.Summary) string {
	for _, a := range p.amiss(s.Count) {
		if a.n > 0 {
			return p.count(a.what, a.n)
		}
	}
	if s.Light != digest.Green {
		return p.say("attention")
	}
	return p.say("fine")
}

func (p painter) counts(s digest.Summary) []web.Count {
	light := func(t digest.Topic) web.Light { return web.Light(s.Line(t).Light) }
	c := s.Count
	return []web.Count{
		{Label: p.say("present"), Value: fmt.Sprintf("%d/%d", c.Present(), c.Expected), Light: light(digest.People)},
		{Label: p.say("late"), Value: fmt.Sprint(c.Late + c.Missed), Light: light(digest.Attendance)},
		{Label: p.say("tasks"), Value: fmt.Sprintf("%d%%", c.Percent()), Light: light(digest.Tasks)},
		{Label: p.say("open"), Value: fmt.Sprint(c.Open), Light: light(digest.Incidents)},
		{Label: p.say("unreported"), Value: fmt.Sprint(c.Missing), Light: light(digest.Reports)},
	}
}

func (p painter) unit(id team.UnitID) string {
	if u, ok := p.s.Town.Org.Unit(id); ok {
		return u.Name
	}
	return string(id)
}

func (p painter) label(id team.UnitID) string {
	if u, ok := p.s.Town.Org.Unit(id); ok {
		return u.Label()
	}
	return string(id)
}

func (p painter) name(id team.MemberID) string {
	if m, ok := p.s.Town.Org.Member(id); ok {
		return m.Name
	}
	return string(id)
}

// phone is the number of a person, for people of the same unit and for leaders and the desk above it.
func (p painter) phone(id team.MemberID, unit team.UnitID) string {
	m, ok := p.s.Town.Org.Member(id)
	if !ok || m.Phone == "" || p.me.Unit != unit && !p.s.Town.Org.May(p.me, team.LevelLeader, unit) {
		return ""
	}
	return viet.FormatPhone(m.Phone)
}

// state is where a person stands on a shift that has begun, in words.
func (p painter) state(w checkin.Watch, m team.MemberID) (string, web.Light) {
	switch w.Status(m, p.s.At, p.s.Town.Checkin) {
	case checkin.OnTime:
		return p.say("state.ontime"), web.Green
	case checkin.Late:
		return p.count("late", w.Marks[m].Minutes), web.Amber
	case checkin.Missing:
		return p.say("state.missing"), web.Red
	case checkin.Absent:
		return p.say("state.absent"), web.Red
	case checkin.Excused:
		return p.say("state.excused"), web.Green
	case checkin.Covered:
		return p.say("state.covered"), web.Green
	}
	return p.say("state.ahead"), web.Light("")
}

// post is a post in words; the ordinary one needs none.
func (p painter) post(at roster.Post) string {
	switch at {
	case roster.PostLeader, roster.PostDesk, roster.PostTech:
		return p.say("post." + string(at))
	}
	return ""
}

// door is a platform by name.
func (w words) door(n chat.Name) string {
	switch n {
	case "telegram":
		return "Telegram"
	case "zalo":
		return "Zalo"
	case "local":
		return w.say("trial")
	}
	return string(n)
}

func (p painter) cell(c checklist.Cell) web.Cell {
	switch c {
	case checklist.CellDone:
		return web.Cell{Mark: "✓", State: p.say("cell.done"), Light: web.Green}
	case checklist.CellLate:
		return web.Cell{Mark: "!", State: p.say("cell.late"), Light: web.Red}
	case checklist.CellNA:
		return web.Cell{Mark: "–", State: p.say("cell.na"), Light: web.Green}
	case checklist.CellHelp:
		return web.Cell{Mark: "?", State: p.say("cell.help"), Light: web.Amber}
	case checklist.CellOpen, checklist.CellWaiting:
		return web.Cell{Mark: "·", State: p.say("cell.open"), Light: web.Amber}
	}
	return web.Cell{}
}
