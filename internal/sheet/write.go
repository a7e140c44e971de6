package sheet

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"trucban/internal/calendar"
	"trucban/internal/roster"
	"trucban/internal/team"
	"trucban/internal/viet"
)

// Table is a plain table to be written as a workbook: a matrix, a duty log, a list.
type Table struct {
	Name   string   // of the sheet, shortened to what Excel allows
	Title  string   // above the table
	Lines  []string // further lines above it
	Heads  []string
	Rows   [][]string
	Widths []float64 // of the columns in characters; 18 where none is given
}

// WriteTable makes an .xlsx workbook of one sheet. Every cell is text: what people
// typed never becomes a formula, not even when the file is saved on as CSV.
func WriteTable(t Table) ([]byte, error) {
	f := excelize.NewFile()
	err := writeSheet(f, "Sheet1", t)
	return finish(f, err)
}

// finish renders the workbook and closes it.
func finish(f *excelize.File, err error) ([]byte, error) {
	var b bytes.Buffer
	if err == nil {
		err = f.Write(&b)
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, fmt.Errorf("write workbook: %w", err)
	}
	return b.Bytes(), nil
}

func writeSheet(f *excelize.File, sheet string, t Table) error {
	if name := sheetName(t.Name); name != "" {
		if err := f.SetSheetName(sheet, name); err != nil {
			return err
		}
		sheet = name
	}
	styles, err := newStyles(f)
	if err != nil {
		return err
	}
	if err := page(f, sheet); err != nil { // before the rows: afterwards the sheet would be read again for it
		return err
	}
	w, err := f.NewStreamWriter(sheet)
	if err != nil {
		return err
	}
	for i := range t.Heads {
		width := 18.0
		if i < len(t.Widths) && t.Widths[i] > 0 {
			width = t.Widths[i]
		}
		if err := w.SetColWidth(i+1, i+1, width); err != nil {
			return err
		}
	}
	top := len(t.Lines) + 2 // title, lines and heading stay in sight
	if err := w.SetPanes(&excelize.Panes{Freeze: true, YSplit: top, TopLeftCell: fmt.Sprintf("A%d", top+1), ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	if err := writeRows(w, t, styles); err != nil {
		return err
	}
	return w.Flush()
}

// writeRows puts the lines above, the heading and the rows, every cell as text.
func writeRows(w *excelize.StreamWriter, t Table, s styles) error {
	row := 1
	put := func(cells []string, style int) error {
		line := make([]any, len(cells))
		for i, c := range cells {
			line[i] = excelize.Cell{StyleID: style, Value: text(c)}
		}
		err := w.SetRow(fmt.Sprintf("A%d", row), line)
		row++
		return err
	}
	if err := put([]string{t.Title}, s.title); err != nil {
		return err
	}
	for _, l := range t.Lines {
		if err := put([]string{l}, s.line); err != nil {
			return err
		}
	}
	if err := put(t.Heads, s.head); err != nil {
		return err
	}
	for _, r := range t.Rows {
		if err := put(r, s.cell); err != nil {
			return err
		}
	}
	return nil
}

// page sets the sheet up for printing: A4 across, all columns on a page.
func page(f *excelize.File, sheet string) error {
	size, wide, high, fit := 9, 1, 0, true
	across := "landscape"
	if err := f.SetPageLayout(sheet, &excelize.PageLayoutOptions{Size: &size, Orientation: &across, FitToWidth: &wide, FitToHeight: &high}); err != nil {
		return err
	}
	return f.SetSheetProps(sheet, &excelize.SheetPropsOptions{FitToPage: &fit})
}

type styles struct{ title, line, head, cell int }

// newStyles are those of an office paper: Times New Roman, ruled cells, wrapped text.
func newStyles(f *excelize.File) (s styles, err error) {
	var border []excelize.Border
	for _, side := range []string{"left", "right", "top", "bottom"} {
		border = append(border, excelize.Border{Type: side, Style: 1, Color: "000000"})
	}
	font := func(size float64, bold bool) *excelize.Font {
		return &excelize.Font{Family: "Times New Roman", Size: size, Bold: bold}
	}
	for _, d := range []struct {
		id    *int
		style excelize.Style
	}{
		{&s.title, excelize.Style{Font: font(14, true)}},
		{&s.line, excelize.Style{Font: font(12, false)}},
		{&s.head, excelize.Style{Font: font(12, true), Border: border, Alignment: &excelize.Alignment{Horizontal: "center", Vertical: "center", WrapText: true}}},
		{&s.cell, excelize.Style{Font: font(12, false), Border: border, Alignment: &excelize.Alignment{Vertical: "center", WrapText: true}}},
	} {
		if *d.id, err = f.NewStyle(&d.style); err != nil {
			return s, err
		}
	}
	return s, nil
}

// text makes a string safe as a cell: cleaned, and with an apostrophe before what
// a spreadsheet would take for a formula when the file is saved as CSV and opened again.
func text(s string) string {
	s = viet.Clean(s)
	if formula(s) {
		s = "'" + s
	}
	if r := []rune(s); len(r) > 32000 { // Excel's limit of a cell is 32,767
		s = string(r[:32000]) + "…"
	}
	return s
}

// formula reports whether a spreadsheet may take the words for a formula; some pass
// over white space before it and take the full-width signs as well.
func formula(s string) bool {
	r, _ := utf8.DecodeRuneInString(strings.TrimLeft(s, " \n"))
	return strings.ContainsRune("=+-@\t＝＋－＠", r)
}

// sheetName drops what Excel forbids in a sheet's name and keeps 31 characters.
func sheetName(s string) string {
	s = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`:\/?*[]'`, r) {
			return ' '
		}
		return r
	}, viet.Line(s))
	if r := []rune(s); len(r) > 31 {
		s = string(r[:31])
	}
	return strings.TrimSpace(s)
}

// posts are the person columns of our own workbooks.
var posts = []struct {
	post roster.Post
	head string
}{
	{roster.PostLeader, "Lãnh đạo trực"}, {roster.PostDesk, "Trực ban"}, {roster.PostTech, "Trực kỹ thuật"}, {roster.PostDuty, "Cán bộ trực"},
}

// WriteRoster makes a workbook of shifts that Read and Match turn back into the
// same shifts, so that an office can fill it in or change it and send it back.
// Shifts without people make the blank form. People whose name alone would be
// asked about carry their id in brackets; phones adds phone numbers, which only
// the unit itself and the desk may see.
func WriteRoster(title string, shifts []roster.Shift, org *team.Org, phones bool) ([]byte, error) {
	t := Table{Name: "Lịch trực", Title: title, Lines: []string{"Mỗi dòng là một ca. Nhiều người trong một ô thì mỗi người một dòng (Alt+Enter). Trực một phần ca: ghi giờ trong ngoặc sau tên, ví dụ (19h00 - 22h00)."}}
	t.Heads = []string{"TT", "Đơn vị", "Ngày trực", "Thứ", "Ca trực", "Giờ trực"}
	t.Widths = []float64{5, 24, 13, 7, 14, 17}
	for _, p := range posts {
		t.Heads = append(t.Heads, p.head)
		t.Widths = append(t.Widths, 26)
	}
	t.Heads = append(t.Heads, "Ghi chú")
	t.Widths = append(t.Widths, 22)
	shifts = append([]roster.Shift(nil), shifts...)
	roster.Sort(shifts)
	n := namer{org: org, people: indexPeople(org, ""), phones: phones, names: map[string]int{}, known: map[string]string{}}
	for _, u := range org.Units {
		n.names[viet.NameKey(u.Name)]++
	}
	for i, s := range shifts {
		row := []string{fmt.Sprint(i + 1), n.unit(s.Unit), s.Day().Text(), calendar.WeekdayShort(s.Day().Weekday()), s.Name, hoursText(s)}
		for _, p := range posts {
			row = append(row, n.cell(s, p.post))
		}
		t.Rows = append(t.Rows, append(row, s.Note))
	}
	return WriteTable(t)
}

// hoursText is "19h00 - 07h00", with the days between when the shift is longer than one day.
func hoursText(s roster.Shift) string {
	text := calendar.TimeText(s.Start) + " - " + calendar.TimeText(s.End)
	if s.End.Sub(s.Start) > 24*time.Hour {
		text += fmt.Sprintf(" (sau %d ngày)", calendar.DateOf(s.End).DaysSince(s.Day()))
	}
	return text
}

// namer writes people and units so that they are found again.
type namer struct {
	org    *team.Org
	people people
	phones bool
	names  map[string]int    // how many units have the folded name
	known  map[string]string // names written before, by unit and person
}

func (n namer) unit(id team.UnitID) string {
	u, ok := n.org.Unit(id)
	if !ok || n.names[viet.NameKey(u.Name)] > 1 {
		return string(id)
	}
	return u.Name
}

func (n namer) cell(s roster.Shift, post roster.Post) string {
	var out []string
	for _, a := range s.People {
		if a.Post == post || post == roster.PostDuty && !known(a.Post) {
			out = append(out, n.person(s, a))
		}
	}
	return strings.Join(out, "\n")
}

func known(p roster.Post) bool {
	for _, have := range posts {
		if have.post == p {
			return true
		}
	}
	return false
}

func (n namer) person(s roster.Shift, a roster.Assignment) string {
	m, ok := n.org.Member(a.Member)
	if !ok {
		return fmt.Sprintf("%s [#%s]", a.Member, a.Member)
	}
	text := n.name(m, s.Unit)
	if s.Part(a) {
		from, to := s.Hours(a)
		text += " (" + calendar.TimeText(from) + " - " + calendar.TimeText(to) + ")"
	}
	if a.For != "" {
		text += " (thay #" + string(a.For) + ")"
	}
	if n.phones && m.Phone != "" {
		text += " - " + viet.FormatPhone(m.Phone)
	}
	return text
}

// name is the person's name, with the id where the name alone would not lead back to the person.
func (n namer) name(m team.Member, unit team.UnitID) string {
	key := string(unit) + "/" + string(m.ID)
	if text, ok := n.known[key]; ok {
		return text
	}
	text := m.Name
	back, strange := readPeople(m.Name)
	who, _, _ := n.people.find(n.org, Person{Name: m.Name}, unit)
	if who != m.ID || len(back) != 1 || len(strange) > 0 || back[0].Name != m.Name {
		text += " [#" + string(m.ID) + "]"
	}
	n.known[key] = text
	return text
}
