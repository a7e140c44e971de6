package sheet

import (
	"fmt"
	"strings"

	"trucban/internal/calendar"
	"trucban/internal/roster"
	"trucban/internal/viet"
)

// dayColumn is a column that belongs to a day.
type dayColumn struct {
	col  int
	date calendar.Date
}

// dayHead reads the row as the heading of a table with days as columns: at least
// two different days, all but the leading labels being days. next is the first row of data.
func (r *reader) dayHead(row int) (days []dayColumn, next int, ok bool) {
	distinct := map[calendar.Date]bool{}
	other, numbers := 0, 0
	for c := range r.g.Rows[row] {
		text := r.g.at(row, c)
		if text == "" {
			continue
		}
		d := r.date(text)
		if d.err != nil || len(d.days) != 1 {
			if len(days) > 0 && r.g.own(row, c) != "" && r.oneHeading(text).role != roleNote {
				other++
			}
			continue
		}
		if len(text) <= 2 {
			numbers++
		}
		days = append(days, dayColumn{c, d.days[0]})
		distinct[d.days[0]] = true
	}
	if len(distinct) < 2 || other > 1 || numbers > 0 && len(distinct) < 5 || days[0].col == 0 {
		return nil, 0, false
	}
	for _, d := range days {
		r.tell(r.date(r.g.at(row, d.col)), row, d.col)
	}
	next = row + 1
	for next < len(r.g.Rows) && (r.weekdayRow(days, next) || r.countRow(next)) {
		next++
	}
	r.weekdayRow(days, row-1)
	return days, next, true
}

// weekdayRow recognises a row of weekdays above or below the days, and checks them.
func (r *reader) weekdayRow(days []dayColumn, row int) bool {
	if row < 0 || row >= len(r.g.Rows) {
		return false
	}
	n := 0
	for _, d := range days {
		w, ok := calendar.ParseWeekday(r.g.at(row, d.col))
		if !ok {
			continue
		}
		if n++; w != d.date.Weekday() && r.g.own(row, d.col) != "" {
			r.once(Warning, "weekday", row, d.col, fmt.Sprintf("Ghi “%s”, nhưng %s là %s. Đang lấy theo ngày, đề nghị kiểm tra.",
				viet.Line(r.g.at(row, d.col)), d.date.Text(), calendar.WeekdayName(d.date.Weekday())))
		}
	}
	return n == len(days)
}

// made is the stretch of rows the last cell of a column gave, for a line of phones below it.
type made struct{ from, to int }

// byColumns reads a table with days as columns and returns the row after its end.
func (r *reader) byColumns(days []dayColumn, head, row int) int {
	labels := r.labelColumns(days, head)
	names := map[string]bool{}
	for i := row; i < min(row+20, len(r.g.Rows)); i++ {
		if h, ok := readHours(r.g.at(i, 0)); ok {
			names[strings.TrimPrefix(viet.Fold(h.name), "ca ")] = true
		}
	}
	matrix := -1
	for c, l := range labels {
		if l.role == rolePerson && l.post == roster.PostDuty {
			matrix = c
		}
	}
	blank, first := false, row
	last := make([]made, len(days))
	for ; row < len(r.g.Rows); row++ {
		switch {
		case r.g.hiddenRows[row]:
			r.hidden(row)
			continue
		case r.rowText(row) == "" && !r.filled(row):
			blank = true
			continue
		}
		if row > first && r.newHead(row, blank) || r.columnFooter(days, row, blank) {
			break
		}
		blank = false
		if matrix >= 0 && r.marked(days, row) {
			r.marks(days, labels, matrix, row, names)
			continue
		}
		r.labelledRow(days, labels, row, names, last)
	}
	return row
}

// labelColumns reads the headings of the columns before the first day.
func (r *reader) labelColumns(days []dayColumn, head int) []column {
	var out []column
	for c := range days[0].col {
		l := r.oneHeading(r.g.at(head, c))
		if l.role == roleNone && head > 0 {
			if up := r.oneHeading(r.g.at(head-1, c)); up.role != roleNone {
				l = up
			}
		}
		out = append(out, l)
	}
	return out
}

// columnFooter ends the table at signatures, which stand in rows without a label
// or with little in the days, and at text under a blank row that has nothing in the days.
func (r *reader) columnFooter(days []dayColumn, row int, blank bool) bool {
	inDays, labelled := 0, false
	for _, d := range days {
		if r.g.own(row, d.col) != "" {
			inDays++
		}
	}
	for c := range days[0].col {
		labelled = labelled || r.g.at(row, c) != ""
	}
	for c := range r.g.Rows[row] {
		t := viet.Fold(r.g.own(row, c))
		if t != "" && (footer.MatchString(t) || titleLine.MatchString(t)) && (!labelled || inDays < 2) {
			return true
		}
	}
	return blank && inDays == 0
}

// labelOf reads what the labels of a row say: a unit, a post, a shift.
func (r *reader) labelOf(labels []column, row int) (l label, kind role) {
	l = label{unit: r.carry.unit}
	for c, head := range labels {
		text := r.g.at(row, c)
		if text == "" || head.role == roleIndex || c > 0 && text == r.g.at(row, c-1) && r.g.Rows[row][c].Merged {
			continue
		}
		word := r.oneHeading(text)
		h, isHours := readHours(text)
		switch {
		case isHours && h.known():
			l.shift = h
		case word.role == rolePerson && !word.shift.known() && word.unit == "":
			l.post = word.post
			if h.length > 0 || h.name != "" {
				l.shift = h
			}
		case word.role == rolePhone || word.role == roleTitle || word.role == roleNote || word.role == roleWeekday:
			kind = word.role
		case head.role == roleShift && len(text) <= 40:
			l.shift = hours{name: viet.Line(text)}
		case head.role == rolePhone || head.role == roleTitle:
		case isNumber(text):
		default:
			if m := section.FindStringSubmatch(viet.Line(text)); m != nil {
				text = m[1] + m[2]
			}
			l.unit = viet.Line(text)
			r.carry.unit = l.unit
		}
		if at, rest := calendar.FindClocks(text); len(at) == 2 && l.shift.length == 0 && strings.TrimSpace(rest) != "" {
			if t, _ := readHours(calendar.ClockText(at[0]) + "-" + calendar.ClockText(at[1])); t.length > 0 {
				l.shift.start, l.shift.length = t.start, t.length
			}
		}
	}
	if l.post == "" {
		l.post = roster.PostDuty
	}
	return l, kind
}

func isNumber(s string) bool { return strings.Trim(s, "0123456789.() ") == "" }

// labelledRow reads a row whose day cells hold people, or the phones or titles of the people above.
func (r *reader) labelledRow(days []dayColumn, labels []column, row int, names map[string]bool, last []made) {
	l, kind := r.labelOf(labels, row)
	if kind == rolePhone {
		r.phoneLine(days, row, last)
		return
	}
	if kind != roleNone || !r.anyDay(days, row) {
		return
	}
	for i, d := range days {
		if i > 0 && days[i-1].date == d.date && r.sameCell(row, days[i-1].col, d.col) {
			continue
		}
		e := entry{days: []calendar.Date{d.date}, row: row, unit: l.unit}
		n := r.cell(d.col, e, l, names)
		if n == 0 {
			r.empty(d.col, e, l, names)
			n = 1
		}
		last[i] = made{len(r.out.Rows) - n, len(r.out.Rows)}
	}
}

func (r *reader) sameCell(row, a, b int) bool {
	return b < len(r.g.Rows[row]) && r.g.Rows[row][b].Merged && r.g.at(row, a) == r.g.at(row, b)
}

// anyDay reports whether the row has something in a day's column.
func (r *reader) anyDay(days []dayColumn, row int) bool {
	for _, d := range days {
		if r.g.at(row, d.col) != "" {
			return true
		}
	}
	return false
}

// phoneLine gives the phones of a line labelled so to the people in the cells above.
func (r *reader) phoneLine(days []dayColumn, row int, last []made) {
	for i, d := range days {
		rows := r.out.Rows[last[i].from:last[i].to]
		if text := r.g.at(row, d.col); text != "" && len(rows) > 0 && !rows[0].Empty {
			r.phones(rows, text, 1, row, d.col)
		}
	}
}
