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

// statusWords are a person's standing on a shift in the words of a duty log.
var statusWords = map[checkin.Status]string{
	checkin.OnTime: "đúng giờ", checkin.Late: "muộn", checkin.Missing: "chưa điểm danh", checkin.Absent: "vắng",
	checkin.Excused: "vắng có lý do", checkin.Covered: "người khác trực thay", checkin.Expected: "chưa đến hạn",
}

// sendLog sends the duty log (sổ trực) as a workbook: a row for each person of each shift.
func (t *turn) sendLog(ctx context.Context, watches []checkin.Watch, from, to time.Time) error {
	table := Table{
		Name: "Sổ trực", Title: "SỔ TRỰC", Lines: []string{t.unitName(t.me.Unit), span(from, to)},
		Heads:  []string{"Ngày", "Ca", "Giờ", "Đơn vị", "Họ tên", "Vị trí", "Kết quả", "Giờ điểm danh", "Muộn (phút)", "Ghi chú"},
		Widths: []float64{12, 14, 14, 28, 24, 16, 20, 14, 12, 40},
	}
	for _, w := range watches {
		s := w.Shift
		day := calendar.DateOf(s.Start).Text()
		hours := s.Start.In(roster.Zone).Format("15h04") + "–" + s.End.In(roster.Zone).Format("15h04")
		for _, a := range s.People {
			mark := w.Marks[a.Member]
			row := []string{day, t.shiftName(s), hours, t.unitName(s.Unit), t.memberName(a.Member), postName(a.Post),
				statusWords[w.Status(a.Member, t.now, t.rule(w.Shift.Unit))], "", "", mark.Note}
			if !mark.At.IsZero() {
				row[7] = mark.At.In(roster.Zone).Format("15h04")
			}
			if mark.Minutes > 0 {
				row[8] = strconv.Itoa(mark.Minutes)
			}
			table.Rows = append(table.Rows, row)
		}
		for _, e := range w.Log {
			table.Rows = append(table.Rows, []string{day, t.shiftName(s), e.At.In(roster.Zone).Format("15h04"), t.unitName(s.Unit), t.memberName(e.By), "", "ghi sổ", "", "", e.Text})
		}
	}
	data, err := t.b.Exports.Table(table)
	if err != nil {
		return fmt.Errorf("make the duty log: %w", err)
	}
	return t.sendExport(ctx, t.exportFile("log", from, to), chat.Attachment{Name: t.exportName("so-truc", "xlsx"), MIME: xlsxMIME, Data: data})
}

func span(from, to time.Time) string {
	return "Từ " + calendar.DateOf(from).Text() + " đến " + calendar.DateOf(to.Add(-time.Second)).Text()
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
		table := Table{Name: x.Directive, Title: x.Title, Lines: []string{x.Number, "Lúc " + t.now.In(roster.Zone).Format("15h04 02/01/2006")}, Heads: []string{"Đơn vị", "Quán triệt", "Xong"}, Widths: []float64{32, 12, 10}}
		for _, c := range x.Cols {
			table.Heads = append(table.Heads, c.ID+". "+c.Title)
		}
		for _, r := range x.Rows {
			read := "chưa"
			if r.Received {
				read = "rồi"
			}
			row := []string{r.Name, read, fmt.Sprintf("%d/%d", r.Count.Settled(), r.Count.Owed())}
			for _, c := range r.Cells {
				row = append(row, cellWords[c])
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
