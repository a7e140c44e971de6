package sheet

import (
	"fmt"
	"regexp"
	"strings"

	"trucban/internal/calendar"
	"trucban/internal/roster"
	"trucban/internal/viet"
)

// footer are the folded beginnings of the lines under a table.
var footer = regexp.MustCompile(`^(?:nguoi lap|nguoi lam|thu truong|noi nhan|tm\.|tm |kt\.|tl\.|tuq\.|chu tich|pho chu tich|truong phong|ky ten|nguoi duyet|phe duyet|xac nhan|luu y|ghi chu ?[:(]|\*|tong cong|tong so|giam doc|pho giam doc|chanh van phong|truong ban|lap bang|lap bieu|` +
	`.{0,40}, ngay \d{1,2} thang \d{1,2} nam \d{4}$|\(ky)`)

var section = regexp.MustCompile(`^(?:[IVX]+|[A-Z])[.)/]\s*(.+)$|^(?:[Đđ]ơn vị|[Bb]ộ phận)\s*:\s*(.+)$`)

// byRows reads the rows of a table with days as rows and returns the row after its end.
func (r *reader) byRows(cols []column, row int) int {
	names := r.shiftNames(cols, row)
	r.strange(cols, row)
	blank, first := false, row
	for ; row < len(r.g.Rows); row++ {
		if r.g.hiddenRows[row] {
			r.hidden(row)
			continue
		}
		if r.rowText(row) == "" && !r.filled(row) {
			blank = true
			continue
		}
		if row > first && r.newHead(row, blank) || r.isFooter(cols, row, blank) {
			break
		}
		if r.section(cols, row) {
			blank = false
			continue
		}
		if !r.dataRow(cols, row, names, blank) {
			break
		}
		blank = false
	}
	return row
}

// filled reports whether merged cells reach into the row.
func (r *reader) filled(row int) bool {
	for c := range r.g.Rows[row] {
		if r.g.at(row, c) != "" {
			return true
		}
	}
	return false
}

// newHead reports whether another table begins at the row. A line of days begins
// one only after a blank row: rows of people may hold several days too.
func (r *reader) newHead(row int, blank bool) bool {
	if _, _, ok := r.head(row); ok {
		return true
	}
	if !blank {
		return false
	}
	_, _, ok := r.dayHead(row)
	return ok
}

// isFooter recognises the first line under the table: words of signatures or notes in a row that has no date.
func (r *reader) isFooter(cols []column, row int, blank bool) bool {
	for c, col := range cols {
		if col.role == roleDate && r.g.at(row, c) != "" && r.date(r.g.at(row, c)).err == nil {
			return false
		}
	}
	for c := range r.g.Rows[row] {
		if t := r.g.own(row, c); t != "" && footer.MatchString(viet.Fold(t)) && (c >= len(cols) || cols[c].role != roleTitle || blank) {
			return true
		}
	}
	return false
}

// section reads a row that is one text only, across the table: a day, or the unit of the rows below.
func (r *reader) section(cols []column, row int) bool {
	text, at := "", 0
	for c := range r.g.Rows[row] {
		if t := r.g.at(row, c); t != "" && t != text {
			if text != "" {
				return false
			}
			text, at = t, c
		}
	}
	if d := r.date(text); d.err == nil && !d.weekdayOnly && (at >= len(cols) || cols[at].role != roleDate || len(r.g.Rows[row]) > at+1 && r.g.at(row, at+1) == text) {
		r.tell(d, row, at)
		r.carry.date = d.days
		return true
	}
	if m := section.FindStringSubmatch(viet.Line(text)); m != nil {
		r.carry.unit = m[1] + m[2]
		return true
	}
	if at < len(cols) && cols[at].role == roleUnit {
		r.carry.unit = viet.Line(text)
		return true
	}
	return at >= len(cols) || cols[at].role == roleIndex || cols[at].role == roleNote
}

// shiftNames are the folded names of the shifts a table speaks of, for the hours of those that give none.
func (r *reader) shiftNames(cols []column, row int) map[string]bool {
	names := map[string]bool{}
	add := func(h hours) { names[strings.TrimPrefix(strings.TrimPrefix(viet.Fold(h.name), "ca "), "buoi ")] = true }
	for c, col := range cols {
		add(col.shift)
		for i := row; col.role == roleShift && i < min(row+12, len(r.g.Rows)); i++ {
			if h, ok := readHours(r.g.at(i, c)); ok {
				add(h)
			}
		}
	}
	return names
}

// strange tells of columns with a heading nobody understands, when they hold something.
func (r *reader) strange(cols []column, row int) {
	for c, col := range cols {
		if col.role == roleNone && col.text != "" {
			for i := row; i < min(row+3, len(r.g.Rows)); i++ {
				if r.g.own(i, c) != "" {
					r.once(Warning, "column", row-1, c, fmt.Sprintf("Không hiểu tiêu đề cột “%s”, cột này không đọc.", col.text))
					break
				}
			}
		}
	}
}

// entry is what a row says for all its people.
type entry struct {
	days  []calendar.Date
	shift hours
	unit  string
	note  string
	row   int
}

// dataRow reads one row of days, people and the rest; false ends the table.
func (r *reader) dataRow(cols []column, row int, names map[string]bool, blank bool) bool {
	e := entry{row: row, unit: r.carry.unit, days: r.carry.date}
	hasDate, dated := false, false
	for c, col := range cols {
		text := r.g.at(row, c)
		switch col.role {
		case roleDate:
			hasDate = true
			if text == "" {
				continue
			}
			d := r.date(text)
			if d.err != nil {
				return r.badDate(text, row, c, blank)
			}
			if r.g.own(row, c) != "" {
				r.tell(d, row, c)
			}
			e.days, dated = d.days, true
		case roleShift:
			e.shift.add(r.shiftCell(text, row, c))
		case roleUnit:
			if text != "" {
				r.carry.unit = viet.Line(text)
				e.unit = r.carry.unit
			}
		case roleNote:
			e.note = viet.Line(text)
		}
	}
	if hasDate && !dated && blank {
		return false
	}
	for c, col := range cols {
		if col.role == roleWeekday {
			r.checkWeekday(&e, row, c, hasDate)
		}
	}
	if hasDate {
		r.carry.date = e.days
	}
	if len(e.days) == 0 {
		r.once(Fault, "no_date", row, 0, "Không biết ngày trực của hàng này và các hàng cùng bảng.")
		return true
	}
	r.people(cols, e, names)
	return true
}

// badDate reports a date cell that cannot be read; after a blank row it is text under the table.
func (r *reader) badDate(text string, row, col int, blank bool) bool {
	if blank {
		return false
	}
	r.problem(Fault, "date", row, col, fmt.Sprintf("Không đọc được ngày “%s”, hàng này không nạp.", viet.Line(text)))
	r.carry.date = nil
	return true
}

// shiftCell reads the shift of a row; words that are not understood stay as its name.
func (r *reader) shiftCell(text string, row, col int) hours {
	if text == "" {
		return hours{}
	}
	if h, ok := r.shifts[text]; ok {
		return h
	}
	if h, ok := readHours(text); ok {
		r.shifts[text] = h
		return h
	}
	if len([]rune(text)) <= 60 {
		return hours{name: viet.Line(text)}
	}
	r.once(Warning, "shift", row, col, fmt.Sprintf("Không hiểu ca trực “%s”.", viet.Line(text)))
	return hours{}
}

// add takes what another column of the row says of the shift: one may hold its name, another its hours.
func (h *hours) add(o hours) {
	if o.name != "" {
		h.name = o.name
	}
	if o.length > 0 {
		h.start, h.length = o.start, o.length
	}
	h.whole = h.whole || o.whole
}

// checkWeekday compares the weekday column with the date, or makes it the date where there is no other.
func (r *reader) checkWeekday(e *entry, row, col int, hasDate bool) {
	text := r.g.at(row, col)
	if text == "" {
		return
	}
	if !hasDate {
		if d := r.date(text); d.err == nil {
			e.days = d.days
		}
		return
	}
	w, ok := calendar.ParseWeekday(text)
	if !ok {
		w, ok = calendar.ParseWeekday("thứ " + text)
	}
	if ok && len(e.days) == 1 && e.days[0].Weekday() != w && r.g.own(row, col) != "" {
		r.problem(Warning, "weekday", row, col, fmt.Sprintf("Cột Thứ ghi “%s”, nhưng %s là %s. Đang lấy theo ngày, đề nghị kiểm tra.",
			viet.Line(text), e.days[0].Text(), calendar.WeekdayName(e.days[0].Weekday())))
	}
}

// people makes the rows of everybody named in a data row.
func (r *reader) people(cols []column, e entry, names map[string]bool) {
	before := len(r.out.Rows)
	for c, col := range cols {
		if col.role != rolePerson || c > 0 && cols[c-1].text == col.text && r.g.at(e.row, c) == r.g.at(e.row, c-1) && r.g.at(e.row, c) != "" && r.g.Rows[e.row][c].Merged {
			continue
		}
		shift := e.shift
		if col.shift.known() {
			shift = col.shift
		}
		post := col.post
		if post == "" {
			post = roster.PostDuty
		}
		found := r.cell(c, e, label{unit: e.unit, post: post, shift: shift}, names)
		r.beside(cols, c, e, r.out.Rows[len(r.out.Rows)-found:])
		if found == 0 && col.shift.known() { // a shift column left empty is a shift without people
			r.empty(c, e, label{unit: e.unit, post: post, shift: shift}, names)
		}
	}
	if len(r.out.Rows) == before {
		r.empty(0, e, label{unit: e.unit, post: roster.PostDuty, shift: e.shift}, names)
	}
}

// cell makes rows of the people of one cell for every day of the entry, and returns how many.
func (r *reader) cell(c int, e entry, l label, names map[string]bool) int {
	text := r.g.at(e.row, c)
	read := r.names(text)
	for _, s := range read.strange {
		r.problem(Fault, "person", e.row, c, fmt.Sprintf("Không đọc được tên người trong “%s”.", s))
	}
	n := 0
	for _, p := range read.people {
		if p.Old {
			r.once(Warning, "old_phone", e.row, c, "Số di động 11 số đã được đổi sang đầu số 10 số: "+viet.FormatPhone(p.Phones[len(p.Phones)-1])+".")
		}
		for _, d := range e.days {
			row := r.row(c, e, l, d, names)
			row.Person = p
			r.out.Rows = append(r.out.Rows, row)
			n++
		}
	}
	return n
}

// empty makes rows that say nobody is there.
func (r *reader) empty(c int, e entry, l label, names map[string]bool) {
	for _, d := range e.days {
		row := r.row(c, e, l, d, names)
		row.Empty = true
		r.out.Rows = append(r.out.Rows, row)
	}
}

// row fills in the hours: the cell's own, the table's, or the usual ones with a warning.
func (r *reader) row(c int, e entry, l label, d calendar.Date, names map[string]bool) Row {
	row := Row{Sheet: r.g.Name, Cell: r.g.Ref(e.row, c), Date: d, Shift: l.shift.name, Start: l.shift.start, Length: l.shift.length,
		Post: l.post, Unit: l.unit, Note: e.note}
	if row.Length > 0 {
		return row
	}
	if f := r.frame.hours; f.length > 0 && l.shift.name == "" {
		row.Start, row.Length = f.start, f.length
		return row
	}
	start, length, ok := usual(l.shift.name, names)
	if !ok {
		start, length, _ = usual("", nil)
	}
	row.Start, row.Length = start, length
	what := "Bảng không ghi giờ trực"
	if l.shift.name != "" {
		what = fmt.Sprintf("Ca “%s” không ghi giờ", l.shift.name)
	}
	r.once(Warning, "hours", e.row, c, fmt.Sprintf("%s, đang lấy %s - %s.", what, calendar.ClockText(start), calendar.ClockText(start+length)))
	return row
}

// beside adds the phones and titles of the columns that belong to a person column: those after it up to the next person column.
func (r *reader) beside(cols []column, c int, e entry, rows []Row) {
	if len(rows) == 0 {
		return
	}
	for i := c + 1; i < len(cols) && cols[i].role != rolePerson; i++ {
		text := r.g.at(e.row, i)
		if text == "" {
			continue
		}
		switch cols[i].role {
		case rolePhone:
			r.phones(rows, text, len(e.days), e.row, i)
		case roleTitle:
			lines := strings.Split(text, "\n")
			for k := range rows {
				if p := k / len(e.days); p < len(lines) && rows[k].Person.Title == "" {
					rows[k].Person.Title = viet.Line(lines[p])
				}
			}
		}
	}
}

// phones deals the numbers of a phone cell out to the people of the cell beside: line by line, or in order.
func (r *reader) phones(rows []Row, text string, days, row, col int) {
	people := len(rows) / days
	lines := strings.FieldsFunc(text, func(x rune) bool { return x == '\n' || x == ';' })
	if len(lines) != people {
		lines = nil
		if all := viet.ParsePhones(text); people == 1 {
			lines = []string{text}
		} else if len(all) == people {
			lines = all
		}
	}
	found := len(viet.ParsePhones(text)) > 0
	for k := range rows {
		if p := k / days; p < len(lines) {
			rows[k].Person.Phones = append(rows[k].Person.Phones, viet.ParsePhones(lines[p])...)
		}
	}
	switch {
	case !found:
		r.once(Warning, "phone", row, col, fmt.Sprintf("“%s” không phải số điện thoại.", viet.Line(text)))
	case lines == nil:
		r.problem(Warning, "phones", row, col, fmt.Sprintf("Có %d người mà số điện thoại không khớp số người, không ghép được.", people))
	}
}
