package main

import (
	"fmt"
	"slices"
	"time"

	"trucban/internal/checkin"
	"trucban/internal/checklist"
	"trucban/internal/incident"
	"trucban/internal/team"
	"trucban/internal/web"
	"trucban/messages"
)

// cut keeps the first n of a list and says how many are left out.
func cut[T any](list []T, n int) ([]T, int) {
	if len(list) <= n {
		return list, 0
	}
	return list[:n], len(list) - n
}

// lightRank puts red first; what has no light comes last.
func lightRank(l web.Light) int {
	return slices.Index([]web.Light{web.Red, web.Amber, web.Green, l}, l)
}

// duties fills who is on now, who is next, and today's check-ins, each the worst first.
func (p painter) duties(v *web.BoardView) {
	all := slices.Clone(p.s.Watches)
	slices.SortStableFunc(all, func(a, b checkin.Watch) int { return a.Shift.Start.Compare(b.Shift.Start) })
	next := map[team.UnitID]time.Time{}
	var now, ahead []checkin.Watch
	for _, w := range all {
		if !p.within(w.Shift.Unit) {
			continue
		}
		start := w.Shift.Start
		switch {
		case w.Shift.Covers(p.s.At):
			now = append(now, w)
		case start.After(p.s.At) && (next[w.Shift.Unit].IsZero() || next[w.Shift.Unit].Equal(start)):
			next[w.Shift.Unit] = start
			ahead = append(ahead, w)
		}
		if !start.After(p.s.At) && today(start) == today(p.s.At) {
			v.Checkins = append(v.Checkins, p.checkins(w)...)
		}
	}
	slices.SortStableFunc(now, func(a, b checkin.Watch) int { return p.absent(b) - p.absent(a) })
	now, v.More.Now = cut(now, boardShifts)
	for _, w := range now {
		v.Now = append(v.Now, p.duty(w))
	}
	ahead, v.More.Next = cut(ahead, boardShifts)
	for _, w := range ahead {
		v.Next = append(v.Next, p.duty(w))
	}
	slices.SortStableFunc(v.Checkins, func(a, b web.Checkin) int { return lightRank(a.Light) - lightRank(b.Light) })
	v.Checkins, v.More.Checkins = cut(v.Checkins, boardCheckins)
}

// absent counts the people of a shift who should be there and are not.
func (p painter) absent(w checkin.Watch) int {
	n := 0
	for _, m := range w.People() {
		if s := w.Status(m, p.s.At, p.s.Town.Checkin); s == checkin.Missing || s == checkin.Absent {
			n++
		}
	}
	return n
}

func (p painter) duty(w checkin.Watch) web.Duty {
	d := web.Duty{Unit: p.label(w.Shift.Unit), Name: w.Shift.Name, Start: w.Shift.Start, End: w.Shift.End}
	for _, a := range w.Shift.People {
		person := web.DutyPerson{Name: p.name(a.Member), Post: p.post(a.Post), Phone: p.phone(a.Member, w.Shift.Unit)}
		if !w.Shift.Start.After(p.s.At) {
			person.State, person.Light = p.state(w, a.Member)
		}
		d.People = append(d.People, person)
	}
	if len(d.People) > boardPeople {
		slices.SortStableFunc(d.People, func(a, b web.DutyPerson) int { return lightRank(a.Light) - lightRank(b.Light) })
		d.People, d.More = cut(d.People, boardPeople)
	}
	return d
}

func (p painter) checkins(w checkin.Watch) []web.Checkin {
	var out []web.Checkin
	for _, m := range w.People() {
		mark := w.Marks[m]
		c := web.Checkin{At: mark.At, Unit: p.label(w.Shift.Unit), Name: p.name(m), Note: messages.Cut(boardTitle, mark.Note)}
		c.State, c.Light = p.state(w, m)
		out = append(out, c)
	}
	return out
}

// matrices fills the open directives, the newest first.
func (p painter) matrices(v *web.BoardView) {
	runs := map[string][]checklist.Run{}
	for _, r := range p.s.Runs {
		if p.within(r.Unit) {
			runs[r.Directive] = append(runs[r.Directive], r)
		}
	}
	ids := make([]string, 0, len(runs))
	for id := range runs {
		if _, ok := p.s.Directives[id]; ok {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	slices.Reverse(ids)
	for _, id := range ids[:min(len(ids), boardMatrices)] {
		v.Matrices = append(v.Matrices, p.matrix(p.s.Directives[id], runs[id]))
	}
}

// matrix is one directive over the units shown, those that are behind first.
func (p painter) matrix(d checklist.Directive, runs []checklist.Run) web.Matrix {
	m := checklist.NewMatrix(d, runs, &p.s.Town.Org, p.s.At)
	out := web.Matrix{Title: messages.Cut(boardTitle, d.Title)}
	if d.Number != "" {
		out.Title = d.Number + " – " + out.Title
	}
	cols, more := cut(m.Cols, boardTasks)
	out.MoreTasks = more
	for _, c := range cols {
		out.Tasks = append(out.Tasks, web.MatrixTask{Number: c.ID, Title: messages.Cut(boardTitle, c.Title)})
	}
	rows := slices.DeleteFunc(m.Rows, func(r checklist.Row) bool { return !p.within(r.Unit) })
	slices.SortStableFunc(rows, func(a, b checklist.Row) int {
		if a.Count.Late != b.Count.Late {
			return b.Count.Late - a.Count.Late
		}
		return a.Count.Settled()*max(1, b.Count.Owed()) - b.Count.Settled()*max(1, a.Count.Owed())
	})
	rows, out.MoreRows = cut(rows, boardRows)
	for _, r := range rows {
		row := web.MatrixRow{Unit: r.Label, Done: fmt.Sprintf("%d/%d", r.Count.Settled(), r.Count.Owed())}
		for _, c := range r.Cells[:min(len(r.Cells), boardTasks)] {
			row.Cells = append(row.Cells, p.cell(c))
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}

// incidents fills those nobody took first, then the open ones, then those that are over; each the newest first.
func (p painter) incidents(v *web.BoardView) {
	all := slices.Clone(p.s.Incidents)
	all = slices.DeleteFunc(all, func(i incident.Incident) bool { return !p.within(i.Unit) || i.Drill })
	slices.SortStableFunc(all, func(a, b incident.Incident) int { return b.ReportedAt.Compare(a.ReportedAt) })
	slices.SortStableFunc(all, func(a, b incident.Incident) int {
		return lightRank(incidentLight(a)) - lightRank(incidentLight(b))
	})
	all, v.More.Incidents = cut(all, boardIncidents)
	for _, i := range all {
		line := web.Incident{
			ID: string(i.ID), Unit: p.label(i.Unit), Text: messages.Cut(boardText, i.Text), Level: p.s.LevelOf(i.Level), State: p.s.StateOf(i.State),
			Since: i.ReportedAt, Light: incidentLight(i),
		}
		if owner := i.Handler; owner != "" || i.AckedBy != "" {
			if owner == "" {
				owner = i.AckedBy
			}
			line.Owner = p.name(owner)
		}
		v.Incidents = append(v.Incidents, line)
	}
}

func incidentLight(i incident.Incident) web.Light {
	switch {
	case i.Unacked():
		return web.Red
	case !i.IsOpen():
		return web.Green
	}
	return web.Amber
}

func (p painter) reports(v *web.BoardView) {
	for _, w := range p.s.Windows {
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
			if !p.s.At.Before(round.Closes) {
				r.Light = web.Red
			}
		}
		r.Missing, r.More = cut(r.Missing, boardMissing)
		v.Reports = append(v.Reports, r)
	}
	slices.SortStableFunc(v.Reports, func(a, b web.Report) int { return lightRank(a.Light) - lightRank(b.Light) })
	v.Reports, v.More.Reports = cut(v.Reports, boardReports)
}
