package sheet

import (
	"fmt"
	"strings"

	"trucban/internal/calendar"
	"trucban/internal/roster"
	"trucban/internal/viet"
)

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
		unit := e.unit
		if col.unit != "" {
			unit = col.unit
		}
		found := r.cell(c, e, label{unit: unit, post: post, shift: shift}, names)
		r.beside(cols, c, e, r.out.Rows[len(r.out.Rows)-found:])
		if found == 0 && col.shift.known() { // a shift column left empty is a shift without people
			r.empty(c, e, label{unit: unit, post: post, shift: shift}, names)
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
