package report

import (
	"fmt"
	"slices"
	"strings"
)

// Mark is how one check-in went.
type Mark string

// The closed set of marks; any other is drawn as none.
const (
	MarkNone    Mark = ""        // not on duty
	MarkOnTime  Mark = "on_time" // đúng giờ
	MarkLate    Mark = "late"    // muộn
	MarkMissed  Mark = "missed"  // vắng
	MarkExcused Mark = "excused" // vắng có lý do
	MarkCovered Mark = "covered" // người khác trực thay
	MarkAhead   Mark = "ahead"   // still to come
)

type markKey struct {
	mark Mark
	key
}

var markKeys = []markKey{
	{MarkOnTime, key{"✓", "Đúng giờ", green}}, {MarkLate, key{"M", "Muộn", amber}}, {MarkMissed, key{"V", "Vắng", red}},
	{MarkExcused, key{"P", "Vắng có lý do", purple}}, {MarkCovered, key{"T", "Trực thay", blue}}, {MarkAhead, key{"·", "Chưa đến ca", grey}},
}

// Strip is the attendance of a period: one row a person or unit, one column a shift.
type Strip struct {
	Title, Sub string
	Columns    []string // "06/02"
	Rows       []StripRow
}

// StripRow is one row of the strip.
type StripRow struct {
	Name  string
	Marks []Mark
}

// AttendancePicture draws the strip.
func AttendancePicture(in Strip) (Picture, error) {
	g := grid{title: in.Title, sub: in.Sub, columns: in.Columns}
	var sums [6]int
	var late []string
	for _, r := range in.Rows {
		row := gridRow{name: r.Name}
		good, due := 0, 0
		for _, m := range r.Marks {
			k := slices.IndexFunc(markKeys, func(k markKey) bool { return k.mark == m })
			if k < 0 {
				row.cells = append(row.cells, key{})
				continue
			}
			sums[k]++
			row.cells = append(row.cells, markKeys[k].key)
			if m != MarkAhead {
				due++
			}
			if m == MarkOnTime || m == MarkCovered {
				good++
			}
		}
		row.sum = fmt.Sprintf("%d/%d", good, due)
		if good < due {
			late = append(late, r.Name+" ("+row.sum+")")
		}
		g.rows = append(g.rows, row)
	}
	alt := in.Title + ":"
	for n, k := range markKeys {
		g.keys = append(g.keys, k.key)
		if sums[n] > 0 {
			alt += fmt.Sprintf(" %s %d,", strings.ToLower(k.label), sums[n])
		}
	}
	alt = strings.TrimSuffix(alt, ",") + "."
	if len(late) > 0 {
		alt += "\nCần lưu ý: " + listed(late) + "."
	}
	return g.draw(alt)
}

// Cell is how one unit stands with one task.
type Cell string

// The closed set of cells; any other is drawn as none.
const (
	CellNone    Cell = "" // not addressed
	CellDone    Cell = "done"
	CellDoing   Cell = "doing"
	CellTodo    Cell = "todo"
	CellOverdue Cell = "overdue"
	CellNotApp  Cell = "na"
)

var cellKeys = []struct {
	cell Cell
	key
}{
	{CellDone, key{"✓", "Đã xong", green}}, {CellDoing, key{"…", "Đang làm", blue}}, {CellTodo, key{"○", "Chưa làm", grey}},
	{CellOverdue, key{"!", "Quá hạn", red}}, {CellNotApp, key{"–", "Không áp dụng", pale}},
}

// TaskMatrix is units by tasks.
type TaskMatrix struct {
	Title, Sub string
	Tasks      []string // numbered in the picture, written out below it
	Rows       []MatrixRow
}

// MatrixRow is one unit.
type MatrixRow struct {
	Unit  string
	Cells []Cell
}

// MatrixPicture draws the matrix with the share of each unit.
func MatrixPicture(in TaskMatrix) (Picture, error) {
	g := grid{title: in.Title, sub: in.Sub, notes: in.Tasks}
	for n := range in.Tasks {
		g.columns = append(g.columns, fmt.Sprint(n+1))
	}
	done, due, overdue := 0, 0, 0
	var behind []string
	for _, r := range in.Rows {
		row, d, all, over := matrixRow(r)
		g.rows = append(g.rows, row)
		done, due, overdue = done+d, due+all, overdue+over
		if over > 0 {
			behind = append(behind, fmt.Sprintf("%s (%d)", r.Unit, over))
		}
	}
	for _, k := range cellKeys {
		g.keys = append(g.keys, k.key)
	}
	alt := fmt.Sprintf("%s: xong %d/%d, quá hạn %d.", in.Title, done, due, overdue)
	if len(behind) > 0 {
		alt += "\nQuá hạn: " + listed(behind) + "."
	}
	return g.draw(alt)
}

func matrixRow(r MatrixRow) (row gridRow, done, due, overdue int) {
	row.name = r.Unit
	for _, s := range r.Cells {
		var k key
		for _, c := range cellKeys {
			if c.cell == s {
				k = c.key
			}
		}
		row.cells = append(row.cells, k)
		switch s {
		case CellDone:
			done++
			due++
		case CellOverdue:
			overdue++
			due++
		case CellDoing, CellTodo:
			due++
		}
	}
	row.sum = "–"
	if due > 0 {
		row.sum = fmt.Sprintf("%d%%", done*100/due)
	}
	return row, done, due, overdue
}

// listed names the first ten and counts the rest, so that the words stay a message.
func listed(items []string) string {
	const most = 10
	if len(items) <= most {
		return strings.Join(items, ", ")
	}
	return fmt.Sprintf("%s và %d đơn vị khác", strings.Join(items[:most], ", "), len(items)-most)
}
