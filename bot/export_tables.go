package bot

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"trucban/internal/calendar"
	"trucban/internal/chat"
	"trucban/internal/checkin"
	"trucban/internal/roster"
	"trucban/internal/viet"
)

// sendLog sends the duty log (sổ trực) as a workbook: a row for each person of each shift.
func (t *turn) sendLog(ctx context.Context, watches []checkin.Watch, from, to time.Time) error {
	table := Table{
		Name: t.sheet("log.name"), Title: t.sheet("log.title"), Lines: []string{t.unitName(t.me.Unit), t.span(from, to)}, Heads: t.heads("log"),
		Widths: []float64{12, 14, 14, 28, 24, 16, 20, 14, 12, 40},
	}
	for _, w := range watches {
		s := w.Shift
		day := calendar.DateOf(s.Start).Text()
		hours := s.Start.In(roster.Zone).Format("15h04") + "–" + s.End.In(roster.Zone).Format("15h04")
		for _, a := range s.People {
			mark := w.Marks[a.Member]
			row := []string{day, t.shiftName(s), hours, t.unitName(s.Unit), t.memberName(a.Member), postName(a.Post),
				t.sheet("status." + string(w.Status(a.Member, t.now, t.rule(w.Shift.Unit)))), "", "", mark.Note}
			if !mark.At.IsZero() {
				row[7] = mark.At.In(roster.Zone).Format("15h04")
			}
			if mark.Minutes > 0 {
				row[8] = strconv.Itoa(mark.Minutes)
			}
			table.Rows = append(table.Rows, row)
		}
		for _, e := range w.Log {
			table.Rows = append(table.Rows, []string{day, t.shiftName(s), e.At.In(roster.Zone).Format("15h04"), t.unitName(s.Unit), t.memberName(e.By), "", t.sheet("log.wrote"), "", "", e.Text})
		}
	}
	data, err := t.b.Exports.Table(table)
	if err != nil {
		return fmt.Errorf("make the duty log: %w", err)
	}
	return t.sendExport(ctx, t.exportFile("log", from, to), chat.Attachment{Name: t.exportName("so-truc", "xlsx"), MIME: xlsxMIME, Data: data})
}

func (t *turn) span(from, to time.Time) string {
	return t.sheet("from") + " " + calendar.DateOf(from).Text() + " " + t.sheet("to") + " " + calendar.DateOf(to.Add(-time.Second)).Text()
}

// maxMatrices bounds how many workbooks one request sends.
const maxMatrices = 3

// sendMatrices sends a workbook for each of the newest open directives.
func (t *turn) sendMatrices(ctx context.Context) error {
	all, err := t.openMatrices(ctx)
	if err != nil {
		return err
	}
	m := t.exportFile("matrix", t.now, t.now)
	if len(all) == 0 {
		m.None = true
		return t.inPrivate(ctx, chat.Message{Text: t.text(m)})
	}
	for _, x := range all[max(0, len(all)-maxMatrices):] {
		table := Table{Name: x.Directive, Title: x.Title, Lines: []string{x.Number, t.sheet("matrix.at") + " " + t.now.In(roster.Zone).Format("15h04 02/01/2006")}, Heads: t.heads("matrix"), Widths: []float64{32, 12, 10}}
		for _, c := range x.Cols {
			table.Heads = append(table.Heads, c.ID+". "+c.Title)
		}
		for _, r := range x.Rows {
			read := t.sheet("matrix.unread")
			if r.Received {
				read = t.sheet("matrix.read")
			}
			row := []string{r.Name, read, fmt.Sprintf("%d/%d", r.Count.Settled(), r.Count.Owed())}
			for _, c := range r.Cells {
				row = append(row, t.cell(c))
			}
			table.Rows = append(table.Rows, row)
		}
		data, err := t.b.Exports.Table(table)
		if err != nil {
			return fmt.Errorf("make the matrix of %s: %w", x.Directive, err)
		}
		m.Title = x.Title
		name := t.exportName("ma-tran-"+viet.Fold(x.Directive), "xlsx")
		if err := t.sendExport(ctx, m, chat.Attachment{Name: name, MIME: xlsxMIME, Data: data}); err != nil {
			return err
		}
	}
	return nil
}
