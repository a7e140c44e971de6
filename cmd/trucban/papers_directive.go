package main

import (
	"errors"
	"fmt"
	"strings"

	"trucban/internal/checklist"
	"trucban/internal/report"
	"trucban/internal/roster"
	"trucban/internal/sheet"
	"trucban/messages/packs"
)

// directivePrints makes the pictures and documents of directives.
type directivePrints struct{}

// MatrixPicture draws the matrix with its tasks numbered.
func (directivePrints) MatrixPicture(m checklist.Matrix) (png []byte, words string, err error) {
	cells := map[checklist.Cell]report.Cell{
		checklist.CellDone: report.CellDone, checklist.CellOpen: report.CellTodo, checklist.CellWaiting: report.CellTodo,
		checklist.CellLate: report.CellOverdue, checklist.CellHelp: report.CellDoing, checklist.CellNA: report.CellNotApp,
	}
	in := report.TaskMatrix{Title: m.Directive + ": " + m.Title, Sub: fmt.Sprintf("%d%%, tính đến %s", m.Total.Percent(), m.At.In(roster.Zone).Format("15h04 02/01/2006"))}
	for _, c := range m.Cols {
		in.Tasks = append(in.Tasks, c.Title)
	}
	for _, r := range m.Rows {
		row := report.MatrixRow{Unit: r.Label}
		for _, c := range r.Cells {
			row.Cells = append(row.Cells, cells[c])
		}
		in.Rows = append(in.Rows, row)
	}
	p, err := report.MatrixPicture(in)
	if err != nil {
		return nil, "", fmt.Errorf("draw the matrix: %w", err)
	}
	return p.PNG, p.Alt, nil
}

// cellWords is a cell in words, for people who sort and filter.
func cellWords(c checklist.Cell) string {
	return map[checklist.Cell]string{
		checklist.CellDone: "✅ xong", checklist.CellOpen: "⏳ chưa xong", checklist.CellWaiting: "⏳ chưa đến lượt",
		checklist.CellLate: "⚠️ quá hạn", checklist.CellHelp: "⚠️ cần trợ giúp", checklist.CellNA: "➖ không áp dụng",
	}[c]
}

// MatrixBook writes units in rows and tasks in columns, with the sums at the end.
func (directivePrints) MatrixBook(m checklist.Matrix) ([]byte, error) {
	t := sheet.Table{
		Name: m.Directive, Title: m.Directive + " – " + m.Title,
		Lines:  []string{fmt.Sprintf("Tính đến %s: %d%% (%d/%d việc)", m.At.In(roster.Zone).Format("15h04 02/01/2006"), m.Total.Percent(), m.Total.Settled(), m.Total.Owed())},
		Heads:  []string{"Đơn vị", "Đã nhận"},
		Widths: []float64{34, 10},
	}
	for _, c := range m.Cols {
		t.Heads = append(t.Heads, c.ID+" "+c.Title)
	}
	t.Heads = append(t.Heads, "Đã xong", "Quá hạn")
	for _, r := range m.Rows {
		got := "chưa"
		if r.Received {
			got = "đã nhận"
		}
		row := []string{r.Name, got}
		for _, c := range r.Cells {
			row = append(row, cellWords(c))
		}
		t.Rows = append(t.Rows, append(row, fmt.Sprintf("%d/%d", r.Count.Settled(), r.Count.Owed()), fmt.Sprint(r.Count.Late)))
	}
	sums := []string{"Cộng", fmt.Sprintf("%d/%d", len(m.Rows)-len(m.Unreceived), len(m.Rows))}
	for _, c := range m.Cols {
		sums = append(sums, fmt.Sprintf("%d/%d", c.Count.Settled(), c.Count.Owed()))
	}
	t.Rows = append(t.Rows, append(sums, fmt.Sprintf("%d/%d", m.Total.Settled(), m.Total.Owed()), fmt.Sprint(m.Total.Late)))
	data, err := sheet.WriteTable(t)
	if err != nil {
		return nil, fmt.Errorf("write the matrix: %w", err)
	}
	return data, nil
}

// ClosingReport fills the report on a directive, clause by clause in its own order.
func (directivePrints) ClosingReport(c checklist.Closing, d checklist.Directive, office string) ([]byte, error) {
	in := report.DirectiveClosing{Office: report.Office{Issuer: office}, Number: c.Number, Issuer: c.Issuer, Date: d.Dated, About: c.Title, At: c.At}
	for _, cl := range c.Clauses {
		name := cl.ID + " " + cl.Title
		in.Tasks = append(in.Tasks, report.TaskLine{Task: name, Done: cl.Count.Done, All: cl.Count.Owed() - cl.Count.NA, Overdue: cl.Count.Late, NotApply: cl.Count.NA})
		for _, a := range cl.Answers {
			in.Results = append(in.Results, report.UnitResult{Unit: a.Name, Task: name, State: stateWords(a.State), Note: answerNote(a)})
			switch a.State {
			case checklist.StateDone, checklist.StateNA, checklist.StateWaiting:
			default:
				in.Open = append(in.Open, strings.TrimRight(a.Name+": "+name+" – "+stateWords(a.State)+"; "+a.Note, "; "))
			}
		}
	}
	for _, v := range c.Vulns {
		in.Next = append(in.Next, fmt.Sprintf("Lỗ hổng %s: đã vá %d, không dùng %d, đang vá %d, cần trợ giúp %d, chưa trả lời %d đơn vị.", v.ID, v.Patched, v.NotUsed, v.Patching, v.NeedHelp, v.Silent))
	}
	for _, u := range c.Units {
		if u.At.IsZero() {
			in.Next = append(in.Next, u.Name+" chưa xác nhận đã nhận văn bản.")
		}
	}
	data, err := report.DirectiveReport(in)
	if err != nil {
		return nil, fmt.Errorf("write the closing report: %w", err)
	}
	return data, nil
}

func stateWords(s checklist.State) string {
	return map[checklist.State]string{
		checklist.StateWaiting: "Chưa đến lượt", checklist.StateTodo: "Chưa làm", checklist.StateDoing: "Đang làm", checklist.StateDone: "Đã xong",
		checklist.StateNA: "Không áp dụng", checklist.StateNeedHelp: "Cần trợ giúp", checklist.StateOverdue: "Quá hạn",
	}[s]
}

// answerNote is who did what when, with the evidence listed.
func answerNote(a checklist.Answer) string {
	var parts []string
	if a.By != "" {
		when := "đ/c " + a.By + ", " + a.At.In(roster.Zone).Format("15h04 02/01/2006")
		if !a.InTime && a.State == checklist.StateDone {
			when += " (sau hạn)"
		}
		parts = append(parts, when)
	}
	if a.Reason != "" {
		parts = append(parts, "lý do: "+a.Reason)
	}
	if a.Note != "" {
		parts = append(parts, a.Note)
	}
	if n := a.Rounds; n.Asked > 0 {
		parts = append(parts, fmt.Sprintf("%d/%d lượt, bỏ lỡ %d", n.Done, n.Asked, n.Missed))
	}
	for _, e := range a.Evidence {
		words := map[string]string{"photo": "ảnh", "file": "tệp", "link": "đường dẫn"}[e.Kind]
		switch {
		case words == "" && e.Text == a.Note:
		case words == "":
			parts = append(parts, "minh chứng: "+e.Text)
		default:
			parts = append(parts, strings.TrimSpace("minh chứng: "+words+" "+e.Text))
		}
	}
	return strings.Join(parts, "; ")
}

// readyPacks reads the packs the program ships with.
func readyPacks() ([]checklist.Pack, error) {
	var out []checklist.Pack
	var faults []error
	for _, name := range packs.Names() {
		data, err := packs.Read(name)
		if err == nil {
			var p checklist.Pack
			if p, err = checklist.ParsePack(data); err == nil {
				out = append(out, p)
				continue
			}
		}
		faults = append(faults, err)
	}
	return out, errors.Join(faults...)
}
