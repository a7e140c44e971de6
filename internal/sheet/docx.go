package sheet

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"
)

// Word's own namespaces: the usual one and that of files saved as strict Open XML.
const (
	wordNS   = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
	strictNS = "http://purl.oclc.org/ooxml/wordprocessingml/main"
)

// openDOCX reads the tables of a document's body.
func openDOCX(z *zip.Reader) ([]Grid, error) {
	body, err := part(z, "word/document.xml")
	if err != nil {
		return nil, damaged()
	}
	w := docx{numbers: readNumbering(z)}
	if err := w.walk(body); err != nil {
		return nil, err
	}
	for i := range w.grids {
		w.grids[i].Name = "Bảng " + strconv.Itoa(i+1)
	}
	return w.grids, nil
}

// docx gathers the text of a document while its XML goes by. Tables inside a
// cell count as text of that cell.
type docx struct {
	grids []Grid
	lines []string // every paragraph and table row, for Text
	above []string // paragraphs since the last table

	numbers numbering
	item    itemRef // the list the paragraph belongs to

	para   strings.Builder
	depth  int // of tables
	grid   *Grid
	row    []Cell
	cell   strings.Builder
	span   int
	vmerge string // "", "restart" or "continue"
	inText bool
	skip   int // inside an element whose text does not count
	cells  int
}

func (w *docx) walk(body []byte) error {
	d := xml.NewDecoder(bytes.NewReader(body))
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return damaged()
		}
		switch t := tok.(type) {
		case xml.StartElement:
			w.start(t)
		case xml.EndElement:
			err = w.end(t)
		case xml.CharData:
			if w.inText && w.skip == 0 {
				w.para.Write(t)
			}
		}
		if err != nil {
			return err
		}
	}
}

// skipped are elements that repeat or remove text: the copy for old programs,
// deleted and moved-away runs, and what a paragraph was before a change.
func skipped(n xml.Name) bool {
	return n.Local == "Fallback" || word(n) && (n.Local == "del" || n.Local == "moveFrom" || n.Local == "pPrChange")
}

func word(n xml.Name) bool { return n.Space == wordNS || n.Space == strictNS }

func (w *docx) start(t xml.StartElement) {
	if skipped(t.Name) {
		w.skip++
	}
	if w.skip > 0 || !word(t.Name) {
		return
	}
	switch t.Name.Local {
	case "t":
		w.inText = true
	case "pStyle":
		w.item = w.numbers.styles[attr(t, "val")]
	case "ilvl":
		w.item.level, _ = depth(attr(t, "val"))
	case "numId":
		w.item.list = attr(t, "val")
	case "tab":
		if w.para.Len() > 0 { // those before are tab stops of the paragraph, or an indent
			w.para.WriteByte('\t')
		}
	case "br", "cr":
		w.para.WriteByte('\n')
	case "noBreakHyphen":
		w.para.WriteByte('-')
	case "tbl":
		if w.depth++; w.depth == 1 {
			w.grid = &Grid{Words: true, Above: w.above}
			w.above = nil
		}
	case "tr":
		if w.depth == 1 {
			w.row = nil
		}
	case "tc":
		if w.depth == 1 {
			w.cell.Reset()
			w.span, w.vmerge = 1, ""
		}
	case "gridBefore", "gridSpan", "vMerge":
		if w.depth == 1 {
			w.property(t)
		}
	}
}

// property notes how a cell is merged.
func (w *docx) property(t xml.StartElement) {
	n, _ := strconv.Atoi(attr(t, "val"))
	switch t.Name.Local {
	case "gridBefore":
		for range min(max(n, 0), MaxCols) {
			w.row = append(w.row, Cell{})
		}
	case "gridSpan":
		w.span = min(max(n, 1), MaxCols)
	case "vMerge":
		w.vmerge = "continue"
		if attr(t, "val") == "restart" {
			w.vmerge = "restart"
		}
	}
}

func (w *docx) end(t xml.EndElement) error {
	if skipped(t.Name) && w.skip > 0 {
		w.skip--
		return nil
	}
	if w.skip > 0 || !word(t.Name) {
		return nil
	}
	switch t.Name.Local {
	case "t":
		w.inText = false
	case "p":
		w.paragraph()
	case "tc":
		if w.depth == 1 {
			return w.closeCell()
		}
	case "tr":
		if w.depth == 1 {
			return w.closeRow()
		}
	case "tbl":
		if w.depth--; w.depth == 0 && w.grid != nil {
			if len(w.grids) >= MaxGrids {
				return tooMany()
			}
			w.grids = append(w.grids, *w.grid)
			w.grid = nil
		}
		w.depth = max(w.depth, 0)
	}
	return nil
}

// paragraph ends a paragraph, of a cell or of the body.
func (w *docx) paragraph() {
	text := strings.TrimRight(w.para.String(), " \t\n")
	if strings.TrimSpace(text) != "" {
		if label := w.numbers.next(w.item); label != "" {
			text = label + " " + text
		}
	}
	w.para.Reset()
	w.item = itemRef{}
	if w.depth == 0 {
		w.lines = append(w.lines, text)
		if strings.TrimSpace(text) != "" {
			w.above = append(w.above, plain(text))
		}
		return
	}
	if w.cell.Len() > 0 {
		w.cell.WriteByte('\n')
	}
	w.cell.WriteString(text)
}

func (w *docx) closeCell() error {
	c := Cell{Text: plain(w.cell.String())}
	if w.vmerge == "continue" && c.Text == "" && w.grid != nil && len(w.grid.Rows) > 0 {
		if above := w.grid.Rows[len(w.grid.Rows)-1]; len(w.row) < len(above) {
			c = Cell{Text: above[len(w.row)].Text, Merged: true}
		}
	}
	for i := range w.span {
		w.row = append(w.row, Cell{Text: c.Text, Merged: c.Merged || i > 0})
	}
	if w.cells += w.span; len(w.row) > MaxCols || w.cells > MaxCells {
		return tooMany()
	}
	return nil
}

// rowLine is a row as one line. A table of three columns or more keeps its empty
// cells and has the lines of a cell joined, so that what stands below a column's name
// is found by its place; the two columns of a head or a foot stay as they are printed.
func (w *docx) rowLine() string {
	named := 0
	for _, c := range w.grid.Rows[0] {
		if !c.Merged && c.Text != "" {
			named++
		}
	}
	var texts []string
	for _, c := range w.row {
		switch {
		case named > 2 && c.Merged:
			texts = append(texts, "")
		case named > 2:
			texts = append(texts, strings.Join(strings.Fields(c.Text), " "))
		case !c.Merged && c.Text != "":
			texts = append(texts, c.Text)
		}
	}
	return strings.Join(texts, "\t")
}

func (w *docx) closeRow() error {
	if w.grid == nil {
		return nil
	}
	w.grid.Rows = append(w.grid.Rows, w.row)
	w.lines = append(w.lines, w.rowLine())
	w.row = nil
	if len(w.grid.Rows) > MaxRows {
		return tooMany()
	}
	return nil
}
