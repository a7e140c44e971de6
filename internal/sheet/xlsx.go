package sheet

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"trucban/internal/viet"
)

// openXLSX reads every visible worksheet. The worksheets' extent is measured in
// the raw XML first: the library makes room for every cell up to the last one
// named, so that a few bytes ("XFD1048576") could ask for all memory.
func openXLSX(z *zip.Reader, data []byte) ([]Grid, []Problem, error) {
	size, err := measure(z)
	if err != nil {
		return nil, nil, err
	}
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{
		RawCellValue: true, UnzipSizeLimit: MaxPlain, UnzipXMLSizeLimit: MaxPlain,
	})
	if err != nil {
		return nil, nil, damaged()
	}
	grids, problems, err := sheets(f, size)
	return grids, problems, errors.Join(err, f.Close())
}

func sheets(f *excelize.File, size extent) (grids []Grid, problems []Problem, err error) {
	props, err := f.GetWorkbookProps()
	if err != nil {
		return nil, nil, fmt.Errorf("read workbook: %w", err)
	}
	names := f.GetSheetList()
	if len(names) > MaxGrids {
		return nil, nil, tooMany()
	}
	for _, name := range names {
		if visible, err := f.GetSheetVisible(name); err != nil || !visible {
			problems = append(problems, Problem{Warning, "hidden_sheet", name, "", "Trang tính đang ẩn, không đọc."})
			continue
		}
		g, err := worksheet(f, name, size)
		if err != nil {
			return nil, nil, err
		}
		g.date1904 = props.Date1904 != nil && *props.Date1904
		if len(g.Rows) > 0 {
			grids = append(grids, g)
		}
	}
	return grids, problems, nil
}

// worksheet reads one sheet: cells, what is hidden, what is merged.
func worksheet(f *excelize.File, name string, size extent) (Grid, error) {
	g := Grid{Name: viet.Line(name), hiddenRows: map[int]bool{}, hiddenCols: map[int]bool{}}
	rows, err := f.Rows(name)
	if err != nil {
		return g, fmt.Errorf("read sheet: %w", err)
	}
	cells := 0
	for rows.Next() {
		cols, err := rows.Columns()
		if err != nil {
			return g, errors.Join(fmt.Errorf("read row: %w", err), rows.Close())
		}
		if rows.GetRowOpts().Hidden {
			g.hiddenRows[len(g.Rows)] = true
		}
		if cells += len(cols); len(g.Rows) >= MaxRows || len(cols) > MaxCols || cells > MaxCells {
			return g, errors.Join(tooMany(), rows.Close())
		}
		row := make([]Cell, len(cols))
		for i, c := range cols {
			row[i].Text = plain(c)
		}
		g.Rows = append(g.Rows, row)
	}
	if err := errors.Join(rows.Error(), rows.Close()); err != nil {
		return g, fmt.Errorf("read rows: %w", err)
	}
	if size.merged == 0 && !size.hiddenCols { // asking costs a second reading of the sheet
		return g, nil
	}
	return g, g.decorate(f, name)
}

// decorate fills merged areas and notes hidden columns.
func (g *Grid) decorate(f *excelize.File, name string) error {
	merged, err := f.GetMergeCells(name)
	if err != nil {
		return fmt.Errorf("read merged cells: %w", err)
	}
	for _, m := range merged {
		if err := g.merge(m.GetStartAxis(), m.GetEndAxis()); err != nil {
			return err
		}
	}
	for c := range g.width() {
		letters, err := excelize.ColumnNumberToName(c + 1)
		if err != nil {
			return fmt.Errorf("name column: %w", err)
		}
		if v, err := f.GetColVisible(name, letters); err == nil && !v {
			g.hiddenCols[c] = true
		}
	}
	return nil
}

// merge repeats the first cell of a merged area in all its cells.
func (g *Grid) merge(from, to string) error {
	c1, r1, err1 := excelize.CellNameToCoordinates(from)
	c2, r2, err2 := excelize.CellNameToCoordinates(to)
	if err := errors.Join(err1, err2); err != nil {
		return fmt.Errorf("read merged area: %w", err)
	}
	if r1 > len(g.Rows) || c1 > len(g.Rows[r1-1]) {
		return nil
	}
	text := g.Rows[r1-1][c1-1].Text
	if text == "" {
		return nil
	}
	r2, c2 = min(r2, len(g.Rows)), min(c2, MaxCols)
	for r := r1 - 1; r < r2; r++ {
		for len(g.Rows[r]) < c2 {
			g.Rows[r] = append(g.Rows[r], Cell{})
		}
		for c := c1 - 1; c < c2; c++ {
			if r != r1-1 || c != c1-1 {
				g.Rows[r][c] = Cell{Text: text, Merged: true}
			}
		}
	}
	return nil
}

// plain cleans a cell's text and writes big numbers (phones) out in full.
func plain(s string) string {
	s = strings.TrimSpace(viet.Clean(s))
	if len(s) > 1 && s[0] == '\'' && formula(s[1:]) { // our own guard, see text
		s = s[1:]
	}
	if r := []rune(s); len(r) > maxText {
		s = string(r[:maxText])
	}
	if strings.ContainsAny(s, "eE") && !strings.ContainsAny(s, "xXpP_") {
		if v, err := strconv.ParseFloat(s, 64); err == nil && v > 1e6 && v < 1e15 {
			return strconv.FormatFloat(v, 'f', -1, 64)
		}
	}
	return s
}

// measure walks the XML of every part and refuses what is larger than any roster.
// Not only xl/worksheets: a made-up package may keep its sheets elsewhere.
func measure(z *zip.Reader) (extent, error) {
	var size extent
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			return size, damaged()
		}
		err = size.add(io.LimitReader(r, MaxPlain))
		if errors.Is(err, errNotXML) && !strings.HasPrefix(f.Name, "xl/worksheets/sheet") {
			err = nil // a picture, a printer's settings
		}
		if closeErr := r.Close(); err == nil && closeErr != nil {
			err = damaged()
		}
		if errors.Is(err, errNotXML) {
			err = damaged()
		}
		if err != nil {
			return size, err
		}
	}
	return size, nil
}

var errNotXML = errors.New("not XML")

// extent is how much the worksheets of a file hold.
type extent struct {
	cells, merged int
	hiddenCols    bool
}

// add adds up the cells that reading the sheet will make room for.
func (size *extent) add(r io.Reader) error {
	d := xml.NewDecoder(r)
	row, width := 0, 0
	for {
		tok, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return errNotXML
		}
		el, ok := tok.(xml.StartElement)
		if !ok {
			continue
		}
		switch el.Name.Local {
		case "row":
			row++
			if n, err := strconv.Atoi(attr(el, "r")); err == nil {
				row = n
			}
			width = 0
			size.cells++
		case "c":
			n := width + 1
			if col, _, err := excelize.CellNameToCoordinates(attr(el, "r")); err == nil {
				n = col
			}
			size.cells += max(n-width, 1)
			width = max(n, width)
		case "col":
			size.hiddenCols = size.hiddenCols || attr(el, "hidden") != "" && attr(el, "hidden") != "0"
		case "mergeCell":
			if size.merged += area(attr(el, "ref")); size.merged > MaxCells {
				return tooMany()
			}
		}
		if row > MaxRows || width > MaxCols || size.cells > MaxCells {
			return tooMany()
		}
	}
}

// area is how many cells a merged range fills, bounded by what a sheet may have.
func area(ref string) int {
	from, to, _ := strings.Cut(ref, ":")
	c1, r1, err1 := excelize.CellNameToCoordinates(from)
	c2, r2, err2 := excelize.CellNameToCoordinates(to)
	if err1 != nil || err2 != nil || c2 < c1 || r2 < r1 {
		return 1
	}
	return (min(c2, MaxCols) - min(c1, MaxCols) + 1) * (min(r2, MaxRows) - min(r1, MaxRows) + 1)
}

func attr(el xml.StartElement, name string) string {
	for _, a := range el.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}
