package bot

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"trucban/internal/calendar"
	"trucban/internal/chat"
	"trucban/internal/checkin"
	"trucban/internal/checklist"
	"trucban/internal/incident"
	"trucban/internal/team"
)

// cell is how a task stands, in words; "" where a unit does not have it.
func (t *turn) cell(c checklist.Cell) string {
	if c == checklist.CellNone {
		return ""
	}
	return t.sheet("cell." + string(c))
}

// Picture is what a picture is drawn from; Kind is roster, strip, chart or lights.
type Picture struct {
	Kind       string
	Title, Sub string
	Heads      []string // shifts of a roster, days of a strip, levels of a chart, topics of lights
	Rows       []PictureRow
	Words      map[string]string // of lights: green, amber and red
}

// PictureRow is a day of a roster, a person of a strip, a day of a chart, or a unit of lights.
type PictureRow struct {
	Label, Note string
	Today       bool
	People      [][]string       // of a roster, by shift
	Marks       []checkin.Status // of a strip, by day; "" where there was no shift
	Counts      []int            // of a chart, by level
	Lights      []string         // of lights, by topic; Note sums them up
}

// pictureRows bounds the people of a strip, so that it stays readable on a phone.
const pictureRows = 30

func (t *turn) sendPicture(ctx context.Context, what string, from, to time.Time, p Picture) error {
	png, words, err := t.b.Exports.Picture(p)
	if err != nil {
		return fmt.Errorf("draw a picture: %w", err)
	}
	m := t.exportFile(what, from, to)
	return t.sendExport(ctx, m, chat.Attachment{Name: t.exportName("anh-"+what, "png"), MIME: pngMIME, Photo: true, Data: png, Fallback: chat.Escape(words)})
}

// sendRoster draws the coming seven days of the sender's unit.
func (t *turn) sendRoster(ctx context.Context) error {
	today := calendar.DateOf(t.now)
	from, to := today.Midnight(), today.AddDays(7).Midnight()
	all, err := t.watches(ctx, "watch/u/"+string(t.me.Unit), from, to.Add(longestShift))
	if err != nil {
		return err
	}
	p, ok := t.rosterPicture(t.me.Unit, calendar.Span{From: today, To: today.AddDays(6)}, shiftsOf(all))
	if !ok {
		return t.nothing(ctx, "roster", from, to)
	}
	return t.sendPicture(ctx, "roster", from, to, p)
}

// nothing says that there is nothing to draw.
func (t *turn) nothing(ctx context.Context, what string, from, to time.Time) error {
	m := t.exportFile(what, from, to)
	m.None = true
	return t.inPrivate(ctx, chat.Message{Text: t.text(m)})
}

// sendStrip draws who was on time, late and missing, day by day.
func (t *turn) sendStrip(ctx context.Context, from, to time.Time) error {
	all, err := t.watches(ctx, "watch/end", from, to.Add(longestShift))
	if err != nil {
		return err
	}
	first := calendar.DateOf(from)
	days := calendar.DateOf(to.Add(-time.Second)).DaysSince(first) + 1
	p := Picture{Kind: "strip", Title: t.sheet("strip") + " " + t.unitName(t.me.Unit), Sub: t.span(from, to)}
	for i := range days {
		p.Heads = append(p.Heads, first.AddDays(i).Short())
	}
	row := map[team.MemberID]int{}
	for _, w := range t.ownShifts(all, t.now) {
		day := calendar.DateOf(w.Shift.Start).DaysSince(first)
		if day < 0 || day >= days {
			continue
		}
		for _, m := range w.People() {
			i, ok := row[m]
			if !ok {
				if len(p.Rows) == pictureRows {
					continue
				}
				i = len(p.Rows)
				row[m] = i
				p.Rows = append(p.Rows, PictureRow{Label: t.memberName(m), Marks: make([]checkin.Status, days)})
			}
			p.Rows[i].Marks[day] = worseStatus(p.Rows[i].Marks[day], w.Status(m, t.now, t.rule(w.Shift.Unit)))
		}
	}
	if len(p.Rows) == 0 {
		return t.nothing(ctx, "strip", from, to)
	}
	return t.sendPicture(ctx, "strip", from, to, p)
}

// worseStatus is the worse of two shifts of one day.
func worseStatus(a, b checkin.Status) checkin.Status {
	order := []checkin.Status{"", checkin.Expected, checkin.OnTime, checkin.Covered, checkin.Excused, checkin.Late, checkin.Missing, checkin.Absent}
	if slices.Index(order, b) > slices.Index(order, a) {
		return b
	}
	return a
}

// sendChart draws the incidents of each day by level.
func (t *turn) sendChart(ctx context.Context, from, to time.Time) error {
	levels := []incident.Level{incident.Low, incident.Medium, incident.Serious, incident.Critical}
	p := Picture{Kind: "chart", Title: t.sheet("chart") + " " + t.unitName(t.me.Unit), Sub: t.span(from, to)}
	for _, l := range levels {
		p.Heads = append(p.Heads, t.b.Rules.LevelLabel(l))
	}
	first := calendar.DateOf(from)
	days := calendar.DateOf(to.Add(-time.Second)).DaysSince(first) + 1
	for i := range days {
		p.Rows = append(p.Rows, PictureRow{Label: first.AddDays(i).Short(), Counts: make([]int, len(levels))})
	}
	n := 0
	err := each(ctx, t, Range{Index: "incident/all", From: from.UnixMilli(), To: to.UnixMilli()}, func(i incident.Incident) {
		day, level := calendar.DateOf(i.ReportedAt).DaysSince(first), slices.Index(levels, i.Level)
		if !i.Drill && day >= 0 && day < days && level >= 0 && t.town.Org.Within(i.Unit, t.me.Unit) {
			p.Rows[day].Counts[level]++
			n++
		}
	})
	if err != nil {
		return err
	}
	if n == 0 {
		return t.nothing(ctx, "chart", from, to)
	}
	p.Sub = strings.TrimSpace(fmt.Sprintf("%s: %d %s", p.Sub, n, t.sheet("incidents")))
	return t.sendPicture(ctx, "chart", from, to, p)
}
