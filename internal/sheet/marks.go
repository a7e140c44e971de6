package sheet

import (
	"fmt"
	"strings"

	"trucban/internal/roster"
	"trucban/internal/viet"
)

// Marks of a person's row: on duty, and in which shift.
var markShift = map[string]string{
	"x": "", "v": "", "✓": "", "✔": "", "*": "", "1": "", "t": "", "tr": "", "truc": "", "24": "", "24h": "", "24/24": "",
	"s": "Sáng", "sang": "Sáng", "c": "Chiều", "chieu": "Chiều", "d": "Đêm", "dem": "Đêm", "toi": "Đêm", "n": "Ngày", "ngay": "Ngày",
}

// Marks that mean the person is not on duty.
var markOff = map[string]bool{"-": true, "0": true, "o": true, "p": true, "nb": true, "nl": true, "nghi": true, "np": true, "off": true, "/": true, "h": true, "ct": true}

// marked reports whether the days of the row hold marks rather than names: short texts, most of them known.
func (r *reader) marked(days []dayColumn, row int) bool {
	known, other := 0, 0
	for _, d := range days {
		t := viet.Fold(r.g.at(row, d.col))
		if t == "" {
			continue
		}
		if len([]rune(t)) > 6 {
			return false
		}
		all := true
		for _, m := range markFields(t) {
			_, on := markShift[m]
			all = all && (on || markOff[m])
		}
		if all {
			known++
		} else {
			other++
		}
	}
	return known >= other
}

// markFields splits a cell with several marks: "N,Đ", "S+C".
func markFields(folded string) []string {
	return strings.FieldsFunc(folded, func(x rune) bool { return x == ',' || x == '+' || x == ' ' || x == '\n' })
}

// marks reads a row that is a person, with a mark on each day of duty.
func (r *reader) marks(days []dayColumn, labels []column, person, row int, names map[string]bool) {
	people, strange := readPeople(r.g.at(row, person))
	if len(people) != 1 || len(strange) > 0 {
		l, _ := r.labelOf(labels, row) // a line across the table names the unit of those below
		if l.unit == "" && len(people)+len(strange) > 0 && r.anyDay(days, row) {
			r.problem(Fault, "person", row, person, fmt.Sprintf("Không đọc được tên người trong “%s”.", viet.Line(r.g.at(row, person))))
		}
		return
	}
	p := people[0]
	l := label{unit: r.carry.unit, post: roster.PostDuty}
	for c, head := range labels {
		switch text := r.g.at(row, c); {
		case text == "":
		case head.role == rolePhone:
			p.Phones = append(p.Phones, viet.ParsePhones(text)...)
		case head.role == roleTitle:
			p.Title = viet.Line(text)
		case head.role == roleUnit:
			l.unit = viet.Line(text)
			r.carry.unit = l.unit
		}
	}
	night := r.nightMarks(days, row)
	for _, d := range days {
		text := r.g.at(row, d.col)
		for _, m := range markFields(viet.Fold(text)) {
			shift, on := markShift[m]
			if markOff[m] {
				continue
			}
			if !on || (m == "n" && !night) {
				r.problem(Fault, "mark", row, d.col, fmt.Sprintf("Không hiểu ký hiệu “%s”.", viet.Line(text)))
				continue
			}
			l.shift = hours{name: shift}
			out := r.row(d.col, entry{row: row}, l, d.date, names)
			out.Person = p
			r.out.Rows = append(r.out.Rows, out)
		}
	}
}

// nightMarks reports whether the table marks nights, so that N beside them means the day shift and not a day off.
func (r *reader) nightMarks(days []dayColumn, row int) bool {
	for i := max(0, row-60); i < min(row+60, len(r.g.Rows)); i++ {
		for _, d := range days {
			if t := viet.Fold(r.g.at(i, d.col)); t == "d" || t == "dem" || t == "n,d" || t == "n+d" {
				return true
			}
		}
	}
	return false
}
