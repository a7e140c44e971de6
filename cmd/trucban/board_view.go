package main

import (
	"fmt"
	"slices"
	"time"

	"trucban/bot"
	"trucban/internal/chat"
	"trucban/internal/checkin"
	"trucban/internal/checklist"
	"trucban/internal/digest"
	"trucban/internal/incident"
	"trucban/internal/roster"
	"trucban/internal/team"
	"trucban/internal/viet"
	"trucban/internal/web"
)

// painter makes one person's board.
type painter struct {
	f      bot.BoardFacts
	me     team.Member
	top    team.UnitID
	deep   bool
	within func(team.UnitID) bool
}

func (p painter) view() web.BoardView {
	v := web.BoardView{Title: p.f.Town.Org.Name, Scope: p.unit(p.top), Viewer: p.me.Name, At: p.f.At, Units: p.units()}
	if v.Title == "" {
		v.Title = p.unit(p.f.Town.Org.Root())
	}
	if p.deep && p.top == p.f.Town.Org.Root() {
		v.Scope = "Tất cả đơn vị"
	}
	facts := p.f.Facts
	facts.Scope = p.top
	if !p.deep {
		facts.Units = slices.DeleteFunc(slices.Clone(facts.Units), func(u digest.UnitFact) bool { return u.ID != p.top })
	}
	s := digest.Build(facts, nil, p.f.At)
	v.Light, v.Headline, v.Counts = web.Light(s.Light), headline(s), counts(s)
	p.duties(&v)
	p.matrices(&v)
	p.incidents(&v)
	p.reports(&v)
	for _, l := range p.f.Lost {
		if l.Unit != "" && p.within(l.Unit) {
			v.Lost = append(v.Lost, web.Lost{At: l.At, To: l.To, About: l.About, Reason: l.Reason})
		}
	}
	return v
}

func (p painter) unit(id team.UnitID) string {
	if u, ok := p.f.Town.Org.Unit(id); ok {
		return u.Name
	}
	return string(id)
}

func (p painter) label(id team.UnitID) string {
	if u, ok := p.f.Town.Org.Unit(id); ok {
		return u.Label()
	}
	return string(id)
}

func (p painter) name(id team.MemberID) string {
	if m, ok := p.f.Town.Org.Member(id); ok {
		return m.Name
	}
	return string(id)
}

// phone is the number of a person, for people of the same unit and for leaders and the desk above it.
func (p painter) phone(id team.MemberID, unit team.UnitID) string {
	m, ok := p.f.Town.Org.Member(id)
	if !ok || m.Phone == "" || p.me.Unit != unit && !p.f.Town.Org.May(p.me, team.LevelLeader, unit) {
		return ""
	}
	return viet.FormatPhone(m.Phone)
}

// headline is the point in one line: the worst first.
func headline(s digest.Summary) string {
	c := s.Count
	switch {
	case c.Waiting > 0:
		return fmt.Sprintf("%d sự cố chưa ai tiếp nhận", c.Waiting)
	case c.Missed > 0:
		return fmt.Sprintf("%d người vắng", c.Missed)
	case c.Unreachable > 0:
		return fmt.Sprintf("%d người chưa liên lạc được", c.Unreachable)
	case c.Overdue > 0:
		return fmt.Sprintf("%d việc quá hạn", c.Overdue)
	case c.Open > 0:
		return fmt.Sprintf("%d sự cố đang xử lý", c.Open)
	case c.Missing > 0:
		return fmt.Sprintf("%d đơn vị chưa nộp báo cáo", c.Missing)
	case s.Light != digest.Green:
		return "Có việc cần chú ý"
	}
	return "Mọi việc ổn"
}

func counts(s digest.Summary) []web.Count {
	light := func(t digest.Topic) web.Light { return web.Light(s.Line(t).Light) }
	c := s.Count
	return []web.Count{
		{Label: "Có mặt", Value: fmt.Sprintf("%d/%d", c.Present(), c.Expected), Light: light(digest.People)},
		{Label: "Muộn, vắng", Value: fmt.Sprint(c.Late + c.Missed), Light: light(digest.Attendance)},
		{Label: "Nhiệm vụ", Value: fmt.Sprintf("%d%%", c.Percent()), Light: light(digest.Tasks)},
		{Label: "Sự cố mở", Value: fmt.Sprint(c.Open), Light: light(digest.Incidents)},
		{Label: "Thiếu báo cáo", Value: fmt.Sprint(c.Missing), Light: light(digest.Reports)},
	}
}

// duties fills who is on now, who is next, and today's check-ins.
func (p painter) duties(v *web.BoardView) {
	all := slices.Clone(p.f.Watches)
	slices.SortStableFunc(all, func(a, b checkin.Watch) int { return a.Shift.Start.Compare(b.Shift.Start) })
	today := p.f.At.In(roster.Zone).Format("2006-01-02")
	next := map[team.UnitID]time.Time{}
	for _, w := range all {
		if !p.within(w.Shift.Unit) {
			continue
		}
		start := w.Shift.Start
		switch {
		case w.Shift.Covers(p.f.At):
			v.Now = append(v.Now, p.duty(w))
		case start.After(p.f.At) && (next[w.Shift.Unit].IsZero() || next[w.Shift.Unit].Equal(start)):
			next[w.Shift.Unit] = start
			v.Next = append(v.Next, p.duty(w))
		}
		if !start.After(p.f.At) && start.In(roster.Zone).Format("2006-01-02") == today {
			v.Checkins = append(v.Checkins, p.checkins(w)...)
		}
	}
}

func (p painter) duty(w checkin.Watch) web.Duty {
	d := web.Duty{Unit: p.label(w.Shift.Unit), Name: w.Shift.Name, Start: w.Shift.Start, End: w.Shift.End}
	for _, a := range w.Shift.People {
		person := web.DutyPerson{Name: p.name(a.Member), Post: postWord(a.Post), Phone: p.phone(a.Member, w.Shift.Unit)}
		if !w.Shift.Start.After(p.f.At) {
			person.State, person.Light = p.state(w, a.Member)
		}
		d.People = append(d.People, person)
	}
	return d
}

func (p painter) checkins(w checkin.Watch) []web.Checkin {
	var out []web.Checkin
	for _, m := range w.People() {
		mark := w.Marks[m]
		c := web.Checkin{At: mark.At, Unit: p.label(w.Shift.Unit), Name: p.name(m), Note: mark.Note}
		c.State, c.Light = p.state(w, m)
		out = append(out, c)
	}
	return out
}

// state is where a person stands on a shift that has begun, in words.
func (p painter) state(w checkin.Watch, m team.MemberID) (string, web.Light) {
	mark := w.Marks[m]
	switch w.Status(m, p.f.At, p.f.Town.Checkin) {
	case checkin.OnTime:
		return "đúng giờ", web.Green
	case checkin.Late:
		return fmt.Sprintf("muộn %d phút", mark.Minutes), web.Amber
	case checkin.Missing:
		return "chưa điểm danh", web.Red
	case checkin.Absent:
		return "vắng", web.Red
	case checkin.Excused:
		return "vắng có lý do", web.Green
	case checkin.Covered:
		return "có người trực thay", web.Green
	}
	return "chưa đến hạn", web.Light("")
}

func postWord(p roster.Post) string {
	return map[roster.Post]string{roster.PostLeader: "trực lãnh đạo", roster.PostDesk: "trực ban", roster.PostTech: "trực kỹ thuật"}[p]
}

func doorName(n chat.Name) string {
	if s, ok := map[chat.Name]string{"telegram": "Telegram", "zalo": "Zalo", "local": "Trang dùng thử"}[n]; ok {
		return s
	}
	return string(n)
}

// matrices fills the open directives, the newest first.
func (p painter) matrices(v *web.BoardView) {
	runs := map[string][]checklist.Run{}
	for _, r := range p.f.Runs {
		if p.within(r.Unit) {
			runs[r.Directive] = append(runs[r.Directive], r)
		}
	}
	ids := make([]string, 0, len(runs))
	for id := range runs {
		if _, ok := p.f.Directives[id]; ok {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	slices.Reverse(ids)
	for _, id := range ids[:min(len(ids), maxMatrices)] {
		v.Matrices = append(v.Matrices, p.matrix(p.f.Directives[id], runs[id]))
	}
}

// maxMatrices bounds the board; the rest is in the bot and in the files.
const maxMatrices = 4

func (p painter) matrix(d checklist.Directive, runs []checklist.Run) web.Matrix {
	m := checklist.NewMatrix(d, runs, &p.f.Town.Org, p.f.At)
	out := web.Matrix{Title: d.Title}
	if d.Number != "" {
		out.Title = d.Number + " – " + d.Title
	}
	for _, c := range m.Cols {
		out.Tasks = append(out.Tasks, web.MatrixTask{Number: c.ID, Title: c.Title})
	}
	for _, r := range m.Rows {
		if !p.within(r.Unit) {
			continue
		}
		row := web.MatrixRow{Unit: r.Label, Done: fmt.Sprintf("%d/%d", r.Count.Settled(), r.Count.Owed())}
		for _, c := range r.Cells {
			row.Cells = append(row.Cells, cellOf(c))
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}

func cellOf(c checklist.Cell) web.Cell {
	switch c {
	case checklist.CellDone:
		return web.Cell{Mark: "✓", State: "xong", Light: web.Green}
	case checklist.CellLate:
		return web.Cell{Mark: "!", State: "quá hạn", Light: web.Red}
	case checklist.CellNA:
		return web.Cell{Mark: "–", State: "không áp dụng", Light: web.Green}
	case checklist.CellHelp:
		return web.Cell{Mark: "?", State: "cần hỗ trợ", Light: web.Amber}
	case checklist.CellOpen, checklist.CellWaiting:
		return web.Cell{Mark: "·", State: "đang làm", Light: web.Amber}
	}
	return web.Cell{}
}

func (p painter) incidents(v *web.BoardView) {
	all := slices.Clone(p.f.Incidents)
	slices.SortFunc(all, func(a, b incident.Incident) int { return b.ReportedAt.Compare(a.ReportedAt) })
	for _, i := range all {
		if !p.within(i.Unit) || i.Drill {
			continue
		}
		line := web.Incident{
			ID: string(i.ID), Unit: p.label(i.Unit), Text: i.Text, Level: p.f.LevelOf(i.Level), State: p.f.StateOf(i.State), Since: i.ReportedAt, Light: web.Amber,
		}
		switch {
		case i.Unacked():
			line.Light = web.Red
		case !i.IsOpen():
			line.Light = web.Green
		}
		if owner := i.Handler; owner != "" || i.AckedBy != "" {
			if owner == "" {
				owner = i.AckedBy
			}
			line.Owner = "đ/c " + p.name(owner)
		}
		v.Incidents = append(v.Incidents, line)
	}
}

func (p painter) reports(v *web.BoardView) {
	for _, w := range p.f.Windows {
		round := w.Now
		if round == nil {
			round = w.Last
		}
		if round == nil || round.Unseen {
			continue
		}
		r := web.Report{Name: w.Name, Closes: round.Closes, Light: web.Green}
		asked := 0
		for _, u := range round.Units {
			if !p.within(u) {
				continue
			}
			asked++
			if _, ok := round.Filed[u]; !ok {
				r.Missing = append(r.Missing, p.label(u))
			}
		}
		if asked == 0 {
			continue
		}
		r.Filed = fmt.Sprintf("%d/%d", asked-len(r.Missing), asked)
		if len(r.Missing) > 0 {
			r.Light = web.Amber
			if !p.f.At.Before(round.Closes) {
				r.Light = web.Red
			}
		}
		v.Reports = append(v.Reports, r)
	}
}
