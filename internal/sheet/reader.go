package sheet

import (
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"trucban/internal/calendar"
	"trucban/internal/roster"
	"trucban/internal/viet"
)

// Row is one person at one post of one shift as the file says it, or an empty place.
type Row struct {
	Sheet  string
	Cell   string // of the person
	Date   calendar.Date
	Shift  string        // name as printed, "" for the whole day
	Start  time.Duration // since the midnight of Date
	Length time.Duration
	Post   roster.Post
	Unit   string // as printed, "" when the file has none
	Person Person
	Empty  bool // nobody stands there
	Note   string
}

// Roster is what a file says.
type Roster struct {
	Title    string
	Rows     []Row
	Problems []Problem
}

// Read reads an office's roster file: days as rows or as columns, people in
// cells or as rows with marks. now decides years the file leaves out. A file
// that cannot be read at all is a *Refusal.
func Read(name string, data []byte, now time.Time) (Roster, error) {
	grids, problems, err := Open(name, data)
	if err != nil {
		return Roster{}, err
	}
	r := reader{words: dictionary(), heads: map[string]column{}, cells: map[string]nameCell{}, shifts: map[string]hours{}, now: now,
		problems: list{problems: problems}, said: map[string]bool{}, file: viet.Line(strings.TrimSuffix(path.Base(name), path.Ext(name)))}
	for _, g := range grids {
		r.grid(g)
	}
	if r.spent > maxWork {
		return Roster{}, tooMany()
	}
	if !r.tables {
		return Roster{}, refuse("no_roster", "Không thấy bảng lịch trực trong tệp: cần một dòng tiêu đề có cột Ngày và cột người trực, hoặc các ngày ghi ở hàng đầu.")
	}
	r.out.Problems = r.problems.all()
	return r.out, nil
}

// reader goes through the tables of a file.
type reader struct {
	words    map[string]meaning
	heads    map[string]column   // headings read before
	cells    map[string]nameCell // cells of people read before
	shifts   map[string]hours    // cells of shifts read before
	now      time.Time
	file     string
	out      Roster
	problems list
	said     map[string]bool // problems told once only
	tables   bool            // a roster table was found
	spent    int             // bytes looked into so far

	g     Grid
	frame frame
	dates map[string]dateCell
	carry label // section headings in force
}

// nameCell is a cell of people as read.
type nameCell struct {
	people  []Person
	strange []string
}

// names is readPeople, once for equal texts.
func (r *reader) names(text string) nameCell {
	if c, ok := r.cells[text]; ok {
		return c
	}
	if r.spent += 4 * len(text); r.spent > maxWork { // names cost the most; Read refuses the file in the end
		return nameCell{}
	}
	people, strange := readPeople(text)
	for i := range people { // rows share these; what is added to one must not show in another
		people[i].Phones = slices.Clip(people[i].Phones)
	}
	c := nameCell{people, strange}
	r.cells[text] = c
	return c
}

// label is what section rows and row labels say of the cells after them.
type label struct {
	unit  string
	post  roster.Post
	shift hours
	date  []calendar.Date
}

// grid reads every roster table of one grid; other text is heading or signature.
func (r *reader) grid(g Grid) {
	r.g = g
	lines := append([]string(nil), g.Above...)
	for row := 0; row < len(g.Rows); {
		if g.hiddenRows[row] {
			r.hidden(row)
			row++
			continue
		}
		r.frame = frameOf(append(lines, g.Name, r.file), r.now)
		r.dates, r.carry = map[string]dateCell{}, label{}
		if days, next, ok := r.dayHead(row); ok {
			r.found(lines)
			row = r.byColumns(days, row, next)
			lines = nil
			continue
		}
		if cols, next, ok := r.head(row); ok {
			r.found(lines)
			row = r.byRows(cols, next)
			lines = nil
			continue
		}
		if t := r.rowText(row); t != "" {
			lines = append(lines, t)
		}
		row++
	}
	for c := range g.width() {
		if g.hiddenCols[c] && r.columnHasText(c) {
			r.problem(Warning, "hidden_column", 0, c, "Cột đang ẩn, không đọc.")
		}
	}
}

// found notes that there is a table and takes its title from the lines above.
func (r *reader) found(lines []string) {
	r.tables = true
	for _, l := range lines {
		f := viet.Fold(l)
		if r.out.Title == "" && titleLine.MatchString(f) {
			r.out.Title = l
		}
	}
}

var titleLine = regexp.MustCompile(`\b(?:lich truc|lich phan cong|bang phan cong|phan cong truc|danh sach truc|bang truc|danh sach phan cong|lich lam viec|phan cong can bo)\b`)

func (r *reader) hidden(row int) {
	for _, c := range r.g.Rows[row] {
		if c.Text != "" && !c.Merged {
			r.problem(Warning, "hidden_row", row, 0, "Hàng đang ẩn, không đọc.")
			return
		}
	}
}

func (r *reader) columnHasText(col int) bool {
	for _, row := range r.g.Rows {
		if col < len(row) && row[col].Text != "" {
			return true
		}
	}
	return false
}

// rowText is the row's own texts on one line.
func (r *reader) rowText(row int) string {
	var parts []string
	for c := range r.g.Rows[row] {
		if t := r.g.own(row, c); t != "" {
			parts = append(parts, viet.Line(t))
		}
	}
	return strings.Join(parts, " ")
}

// problem notes a fault of a cell.
func (r *reader) problem(level Level, code string, row, col int, text string) {
	r.problems.add(Problem{level, code, r.g.Name, r.g.Ref(row, col), text})
}

// once is problem for things that hold for a whole table.
func (r *reader) once(level Level, code string, row, col int, text string) {
	if key := r.g.Name + code + text; !r.said[key] {
		r.said[key] = true
		r.problem(level, code, row, col, text)
	}
}
