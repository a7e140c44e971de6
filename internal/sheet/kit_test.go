package sheet

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"trucban/internal/calendar"
	"trucban/internal/roster"
	"trucban/internal/team"
	"trucban/internal/viet"
)

// now is 2024-01-20: before Tết Giáp Thìn.
var now = time.Date(2024, 1, 20, 3, 0, 0, 0, time.UTC)

// book makes a workbook of one sheet from rows; setup may merge and hide.
func book(t testing.TB, rows [][]any, setup ...func(f *excelize.File)) []byte {
	t.Helper()
	f := excelize.NewFile()
	for i, r := range rows {
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &r); err != nil {
			t.Fatal(err)
		}
	}
	for _, s := range setup {
		s(f)
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// merge merges areas given as "A1:B2".
func merge(t testing.TB, areas ...string) func(*excelize.File) {
	return func(f *excelize.File) {
		for _, a := range areas {
			from, to, _ := strings.Cut(a, ":")
			if err := f.MergeCell("Sheet1", from, to); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// fataler is what the file makers need of a test.
type fataler interface {
	Helper()
	Fatal(args ...any)
}

// wordCell is a table cell: text, columns spanned, and how it is merged downwards.
type wordCell struct {
	text   string
	span   int
	vmerge string
}

// document makes a .docx of paragraphs and one table.
func document(t fataler, paras []string, table [][]wordCell) []byte {
	t.Helper()
	var b strings.Builder
	esc := func(s string) string {
		var e bytes.Buffer
		if err := xml.EscapeText(&e, []byte(s)); err != nil {
			t.Fatal(err)
		}
		return e.String()
	}
	para := func(s string) {
		b.WriteString("<w:p>")
		for i, l := range strings.Split(s, "\n") {
			if i > 0 {
				b.WriteString("<w:r><w:br/></w:r>")
			}
			b.WriteString(`<w:r><w:t xml:space="preserve">` + esc(l) + "</w:t></w:r>")
		}
		b.WriteString("</w:p>")
	}
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="` + wordNS + `"><w:body>`)
	for _, p := range paras {
		para(p)
	}
	if table != nil {
		b.WriteString("<w:tbl>")
		for _, r := range table {
			b.WriteString("<w:tr>")
			for _, c := range r {
				b.WriteString("<w:tc><w:tcPr>")
				if c.span > 1 {
					fmt.Fprintf(&b, `<w:gridSpan w:val="%d"/>`, c.span)
				}
				switch c.vmerge {
				case "restart":
					b.WriteString(`<w:vMerge w:val="restart"/>`)
				case "continue":
					b.WriteString(`<w:vMerge/>`)
				}
				b.WriteString("</w:tcPr>")
				para(c.text)
				b.WriteString("</w:tc>")
			}
			b.WriteString("</w:tr>")
		}
		b.WriteString("</w:tbl>")
	}
	b.WriteString("</w:body></w:document>")
	return packed(t, map[string]string{"[Content_Types].xml": "<Types/>", "word/document.xml": b.String()})
}

func packed(t fataler, files map[string]string) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for name, text := range files {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// words turns plain rows into a Word table.
func words(rows ...[]string) [][]wordCell {
	var out [][]wordCell
	for _, r := range rows {
		var cells []wordCell
		for _, c := range r {
			cells = append(cells, wordCell{text: c})
		}
		out = append(out, cells)
	}
	return out
}

// lines prints rows as "09/02 19h00-07h00 Đêm|leader|Nguyễn Văn An|0912…|unit".
func lines(r Roster) []string {
	var out []string
	for _, row := range r.Rows {
		s := row.Date.Short() + " " + calendar.ClockText(row.Start) + "-" + calendar.ClockText(row.Start+row.Length)
		if row.Length > 24*time.Hour {
			s += "+" + row.Length.String()
		}
		if row.Shift != "" {
			s += " " + row.Shift
		}
		s += "|" + string(row.Post) + "|" + row.Person.Name
		if row.Empty {
			s += "(trống)"
		}
		for _, p := range row.Person.Phones {
			s += "|" + viet.FormatPhone(p)
		}
		if row.Person.Title != "" {
			s += "|" + row.Person.Title
		}
		if row.Unit != "" {
			s += "|@" + row.Unit
		}
		out = append(out, s)
	}
	return out
}

func faults(ps []Problem) []string {
	var out []string
	for _, p := range ps {
		out = append(out, string(p.Level)+" "+p.Code+" "+p.Cell)
	}
	return out
}

// office is a small organisation with the traps of names.
func office(t testing.TB) *team.Org {
	t.Helper()
	org := &team.Org{Name: "UBND phường Sông Lam",
		Units: []team.Unit{
			{ID: "p", Name: "UBND phường Sông Lam", Short: "UBND phường"}, {ID: "ca", Name: "Công an phường", Parent: "p"},
			{ID: "qs", Name: "Ban Chỉ huy Quân sự phường", Short: "BCH Quân sự", Parent: "p"}, {ID: "yt", Name: "Trạm Y tế", Parent: "p"},
		},
		Members: []team.Member{
			{ID: "an", Name: "Nguyễn Văn An", Unit: "p", Phone: "+84912345678"}, {ID: "binh", Name: "Trần Thị Bình", Unit: "p", Phone: "+84987654321"},
			{ID: "cuong", Name: "Lê Văn Cường", Unit: "p"}, {ID: "dung", Name: "Phạm Thị Dung", Unit: "p"}, {ID: "dung2", Name: "Phạm Thị Dũng", Unit: "p"},
			{ID: "hoa1", Name: "Nguyễn Thị Hòa", Unit: "ca", Phone: "+84911111111"}, {ID: "hoa2", Name: "Nguyễn Thị Hòa", Unit: "ca", Phone: "+84922222222"},
			{ID: "duc", Name: "Đặng Minh Đức", Unit: "ca"}, {ID: "hoang", Name: "Vũ Huy Hoàng", Unit: "qs"}, {ID: "thuy", Name: "Hoàng Thị Thuỷ", Unit: "yt"},
		}}
	if err := org.Validate(); err != nil {
		t.Fatal(err)
	}
	return org
}

// shiftLines prints shifts as "cntt 09/02 19h00+12h0m0s Đêm: leader=an duty=binh".
func shiftLines(shifts []roster.Shift) []string {
	var out []string
	for _, s := range shifts {
		l := string(s.Unit) + " " + s.Day().Short() + " " + calendar.TimeText(s.Start) + "+" + strings.TrimSuffix(s.End.Sub(s.Start).String(), "0m0s") + " " + s.Name + ":"
		for _, a := range s.People {
			l += " " + string(a.Post) + "=" + string(a.Member)
			if s.Part(a) {
				f, to := s.Hours(a)
				l += "[" + calendar.TimeText(f) + "-" + calendar.TimeText(to) + "]"
			}
			if a.For != "" {
				l += "/" + string(a.For)
			}
		}
		out = append(out, l)
	}
	return out
}
