package sheet

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"trucban/internal/calendar"
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
		t := viet.Fold(r.g.own(row, c))
		if t == "" {
			continue
		}
		if titleLine.MatchString(t) || footer.MatchString(t) && (c >= len(cols) || cols[c].role != roleTitle || blank) {
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
	if len(text) > 4*maxLabel {
		return false
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

	from    time.Duration // of a column for the start alone
	hasFrom bool
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
			if d.weekdayOnly && d.err != nil {
				d = r.dateBelow(text, row, c)
			}
			if d.err != nil {
				return r.badDate(text, row, c, blank)
			}
			if r.g.own(row, c) != "" {
				r.tell(d, row, c)
			}
			e.days, dated = d.days, true
		case roleShift:
			e.shift.add(r.shiftCell(text, row, c))
		case roleLunar:
			r.checkLunar(&e, text, row, c)
		case roleUntilDate:
			r.until(&e, text, row, c)
		case roleFromTime, roleUntilTime:
			r.clock(&e, col.role, text, row, c)
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
