package sheet

import (
	"fmt"
	"regexp"
	"strings"

	"trucban/internal/viet"
)

// head reads the row as the heading of a table with days as rows, together with
// the row below when the heading has two lines. next is the first row of data.
func (r *reader) head(row int) (cols []column, next int, ok bool) {
	two := r.secondLine(row)
	for c := range r.g.Rows[row] {
		sub := ""
		if two {
			sub = r.g.at(row+1, c)
		}
		cols = append(cols, r.heading(r.g.at(row, c), sub))
	}
	for c := len(cols); two && c < len(r.g.Rows[row+1]); c++ {
		cols = append(cols, r.heading("", r.g.at(row+1, c)))
	}
	r.settle(cols, row)
	if !isHead(cols) {
		return nil, 0, false
	}
	next = row + 1
	if two {
		next++
	}
	if next < len(r.g.Rows) && r.countRow(next) {
		next++
	}
	return cols, next, true
}

// secondLine reports whether the next row is a second line of headings: it holds
// heading words below merged headings and no day.
func (r *reader) secondLine(row int) bool {
	if row+1 >= len(r.g.Rows) || r.g.hiddenRows[row+1] {
		return false
	}
	words, plain := 0, 0
	for c := range r.g.Rows[row] {
		if h := r.oneHeading(r.g.own(row, c)); h.role != roleNone && !h.shift.known() && h.unit == "" {
			words++
		}
	}
	if words == 0 {
		return false
	}
	words = 0
	for c := range r.g.Rows[row+1] {
		t := r.g.own(row+1, c)
		if t == "" {
			continue
		}
		if r.oneHeading(t).role != roleNone {
			words++
		} else {
			plain++
		}
	}
	return words > 0 && plain == 0 && !r.countRow(row+1)
}

// countRow recognises the (1) (2) (3) row under headings.
func (r *reader) countRow(row int) bool {
	n := 0
	for c := range r.g.Rows[row] {
		t := r.g.own(row, c)
		if t == "" {
			continue
		}
		if n++; strings.Trim(t, "() ") != fmt.Sprint(n) && n > 1 || n == 1 && !countCell.MatchString(t) {
			return false
		}
	}
	return n > 1
}

var countCell = regexp.MustCompile(`^\(?[1A]\)?$`)

// settle mends what single headings cannot know: a second "Ngày" is the day
// shift, and where no column is called a date the one that holds dates is it.
func (r *reader) settle(cols []column, row int) {
	date := -1
	for i, c := range cols {
		if c.role != roleDate || i > 0 && cols[i-1].role == roleDate && r.g.Rows[row][min(i, len(r.g.Rows[row])-1)].Merged {
			continue
		}
		if date >= 0 && viet.Fold(c.text) == "ngay" {
			cols[i] = column{role: rolePerson, shift: hours{name: c.text}, text: c.text}
			continue
		}
		date = i
	}
	if date >= 0 {
		return
	}
	for i, c := range cols {
		if c.role != roleShift && c.role != roleWeekday && (c.role != roleNone || !dayWord.MatchString(viet.Fold(c.text))) {
			continue
		}
		for below := row + 1; below < min(row+5, len(r.g.Rows)); below++ {
			if d := r.date(r.g.at(below, i)); d.err == nil && len(d.days) > 0 && !d.weekdayOnly {
				cols[i].role = roleDate
				return
			}
		}
	}
}

// dayWord marks a heading of words we do not know that may still be one of days.
var dayWord = regexp.MustCompile(`^[^0-9]{0,12}\b(?:ngay|thu|thoi diem|thoi gian)\b[^0-9]{0,20}$`)
