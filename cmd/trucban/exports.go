package main

import (
	"fmt"

	"trucban/bot"
	"trucban/internal/checkin"
	"trucban/internal/digest"
	"trucban/internal/incident"
	"trucban/internal/report"
	"trucban/internal/sheet"
	"trucban/internal/window"
)

// exports makes the leaders' documents and pictures with the report and sheet packages.
type exports struct{}

// Period is the report on a span of duty; what nobody has written yet stays blank.
func (exports) Period(p bot.PeriodPaper) ([]byte, error) {
	in := report.Period{
		Office: report.Office{Issuer: p.Issuer}, Title: "Kết quả trực bảo đảm an toàn thông tin mạng", From: p.From, To: p.To, At: p.At,
	}
	c := p.Summary.Count
	in.Overview = fmt.Sprintf("Trong kỳ có %d ca trực, %d lượt người trực; đúng giờ %d, muộn %d, vắng %d.", c.Shifts, c.Expected, c.OnTime, c.Late, c.Missed)
	incidents := map[string]int{}
	for _, i := range p.Incidents {
		unit := p.UnitName(i.Unit)
		incidents[unit]++
		in.Incident.Total++
		if i.IsOpen() {
			in.Incident.Open++
		}
		if i.Outcome == incident.OutcomeFalse {
			in.Incident.False++
		}
		in.Incidents = append(in.Incidents, report.IncidentLine{
			ID: string(i.ID), Unit: unit, Kind: p.KindOf(i), Level: p.LevelOf(i.Level), State: p.StateOf(i.State), Found: i.FoundAt,
		})
	}
	for _, u := range p.Summary.Units {
		in.Units = append(in.Units, report.UnitDuty{
			Unit: p.UnitName(u.Unit), Shifts: u.Count.Shifts, OnTime: u.Count.OnTime, Late: u.Count.Late, Missed: u.Count.Missed,
			TasksDone: u.Count.Settled, TasksAll: u.Count.Owed, Incidents: incidents[p.UnitName(u.Unit)],
		})
	}
	for _, m := range p.People {
		if m.Missed > 0 {
			in.Absences = append(in.Absences, fmt.Sprintf("đ/c %s, %s: %d ca", m.Name, p.UnitName(m.Unit), m.Missed))
		}
	}
	for _, m := range p.Matrices {
		for _, col := range m.Cols {
			in.Tasks = append(in.Tasks, report.TaskLine{Task: col.ID + ". " + col.Title, Done: col.Count.Done, All: col.Count.Owed(), Overdue: col.Count.Late, NotApply: col.Count.NA})
		}
	}
	for _, it := range p.Summary.Line(digest.Reports).Items {
		if it.State == "missing" {
			in.Missing = append(in.Missing, it.Name)
		}
	}
	return report.PeriodReport(in)
}

// Round is the report on one deadline of a report duty.
func (exports) Round(issuer string, d window.Draft) ([]byte, error) {
	return report.WindowReport(report.Office{Issuer: issuer}, d)
}

// Table is a workbook of one sheet.
func (exports) Table(t bot.Table) ([]byte, error) {
	return sheet.WriteTable(sheet.Table{Name: t.Name, Title: t.Title, Lines: t.Lines, Heads: t.Heads, Rows: t.Rows, Widths: t.Widths})
}

var stripMarks = map[checkin.Status]report.Mark{
	checkin.OnTime: report.MarkOnTime, checkin.Late: report.MarkLate, checkin.Missing: report.MarkMissed, checkin.Absent: report.MarkMissed,
	checkin.Excused: report.MarkExcused, checkin.Covered: report.MarkCovered, checkin.Expected: report.MarkAhead,
}

// Picture draws a roster, a strip, a chart or the units' lights.
func (exports) Picture(p bot.Picture) ([]byte, string, error) {
	var pic report.Picture
	var err error
	switch p.Kind {
	case "roster":
		in := report.RosterWeek{Title: p.Title, Sub: p.Sub, Shifts: p.Heads}
		for _, r := range p.Rows {
			in.Days = append(in.Days, report.RosterDay{Label: r.Label, Note: r.Note, Today: r.Today, Cells: r.People})
		}
		pic, err = report.RosterPicture(in)
	case "strip":
		in := report.Strip{Title: p.Title, Sub: p.Sub, Columns: p.Heads}
		for _, r := range p.Rows {
			row := report.StripRow{Name: r.Label}
			for _, m := range r.Marks {
				row.Marks = append(row.Marks, stripMarks[m])
			}
			in.Rows = append(in.Rows, row)
		}
		pic, err = report.AttendancePicture(in)
	case "chart":
		in := report.IncidentChart{Title: p.Title, Sub: p.Sub, Levels: p.Heads}
		for _, r := range p.Rows {
			in.Days = append(in.Days, report.ChartDay{Label: r.Label, Counts: r.Counts})
		}
		pic, err = report.IncidentPicture(in)
	case "lights":
		in := report.Lights{Title: p.Title, Sub: p.Sub, Topics: p.Heads, Green: p.Words["green"], Amber: p.Words["amber"], Red: p.Words["red"]}
		for _, r := range p.Rows {
			in.Rows = append(in.Rows, report.LightRow{Name: r.Label, Lights: r.Lights, Sum: r.Note})
		}
		pic, err = report.LightsPicture(in)
	default:
		return nil, "", fmt.Errorf("no picture of kind %q", p.Kind)
	}
	return pic.PNG, pic.Alt, err
}
