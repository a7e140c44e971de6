// Package sheet reads the rosters offices make for themselves, Excel and Word
// tables and CSV, and writes workbooks they can open.
//
// It promises that a file is read as a whole or refused with a sentence, that
// nothing in a file can crash the program or make it use more than bounded
// memory, and that what is doubtful comes back as a Problem with its sheet and
// cell or as a Question, never as a guess. Nothing here changes a roster: Read
// gives rows, Match gives shifts to be compared and agreed to.
//
// Limits: .xls and .doc are refused; pictures and scanned pages are not read;
// formulas count by the value saved with them; hidden rows and columns are left
// out and said so.
package sheet

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/xuri/excelize/v2"
)

// Bounds of a file; an office's roster stays far below all of them.
const (
	MaxFile   = 10 << 20 // bytes as sent
	MaxPlain  = 24 << 20 // bytes unpacked
	MaxParts  = 2000     // files in the package
	MaxRows   = 20000    // rows of one table
	MaxCells  = 1 << 20  // cells of all tables
	MaxCols   = 1200     // columns of one table
	MaxGrids  = 60       // tables of one file
	maxText   = 1000     // runes of one cell
	maxFaults = 300      // problems listed; the rest are counted
	maxWork   = 2 << 20  // bytes of different texts looked into; equal cells count once
	maxLabel  = 160      // bytes of a text that may be a heading, a date or a shift
)

// Refusal is why a whole file is not read. Code is stable; Text is a sentence for the person who sent it.
type Refusal struct{ Code, Text string }

// Error is the code, so that logs hold nothing of the file.
func (r *Refusal) Error() string { return "file refused: " + r.Code }

func refuse(code, text string) error { return &Refusal{code, text} }

// Level is how much a problem weighs.
type Level string

// The levels of problems.
const (
	Warning Level = "warning" // shown; the file may be applied
	Fault   Level = "fault"   // what the cell says is not in the result; it must be mended or agreed to
)

// Problem is one thing wrong in a file, with the place to look at.
type Problem struct {
	Level Level  `json:"level"`
	Code  string `json:"code"`
	Sheet string `json:"sheet,omitempty"`
	Cell  string `json:"cell,omitempty"`
	Text  string `json:"text"`
}

// Place is the sheet and cell together as people say it.
func (p Problem) Place() string {
	switch {
	case p.Sheet == "":
		return p.Cell
	case p.Cell == "":
		return p.Sheet
	}
	return p.Sheet + ", " + p.Cell
}

// Cell is one cell of a grid.
type Cell struct {
	Text   string // on possibly several lines; numbers as stored, not as shown
	Merged bool   // repeats the first cell of the merged area it lies in
}

// Grid is one table: a worksheet, a CSV file, a Word table.
type Grid struct {
	Name  string
	Above []string // the paragraphs before a Word table
	Rows  [][]Cell
	Words bool // cells are named by row and column, not by letters

	hiddenRows map[int]bool
	hiddenCols map[int]bool
	date1904   bool
}

// Ref names a cell: "B7", or "hàng 7, cột 2" where there are no letters.
func (g Grid) Ref(row, col int) string {
	if g.Words {
		return fmt.Sprintf("hàng %d, cột %d", row+1, col+1)
	}
	name, err := excelize.CoordinatesToCellName(col+1, row+1)
	if err != nil {
		return "hàng " + strconv.Itoa(row+1)
	}
	return name
}

// at is the cell's text, "" outside the grid and in hidden rows and columns.
func (g Grid) at(row, col int) string {
	if row < 0 || row >= len(g.Rows) || col < 0 || col >= len(g.Rows[row]) || g.hiddenRows[row] || g.hiddenCols[col] {
		return ""
	}
	return g.Rows[row][col].Text
}

// own is at for cells that do not merely repeat a merged neighbour.
func (g Grid) own(row, col int) string {
	if t := g.at(row, col); t != "" && !g.Rows[row][col].Merged {
		return t
	}
	return ""
}

// width is the number of columns of the widest row.
func (g Grid) width() int {
	n := 0
	for _, r := range g.Rows {
		n = max(n, len(r))
	}
	return n
}

// list is a growing list of problems that stays readable.
type list struct {
	problems []Problem
	more     int // left out
}

func (l *list) add(p Problem) {
	if len(l.problems) >= maxFaults {
		l.more++
		return
	}
	l.problems = append(l.problems, p)
}

// all is the list, with a last word on what was left out.
func (l *list) all() []Problem {
	if l.more == 0 {
		return l.problems
	}
	return append(slices.Clip(l.problems), Problem{Level: Fault, Code: "more", Text: fmt.Sprintf("Còn %d lỗi khác chưa liệt kê. Đề nghị sửa các lỗi trên rồi nạp lại.", l.more)})
}
