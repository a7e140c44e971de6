package sheet

import (
	"fmt"
	"strconv"
	"time"

	"trucban/internal/calendar"
	"trucban/internal/viet"
)

// dateBelow finds the date of a row whose date cell holds the weekday only, the
// date itself being in the row below, as some offices write it.
func (r *reader) dateBelow(text string, row, col int) dateCell {
	w, _ := calendar.ParseWeekday(text)
	for below := row + 1; below <= row+2; below++ {
		if d := r.date(r.g.at(below, col)); d.err == nil && len(d.days) == 1 && d.days[0].Weekday() == w {
			return d
		}
	}
	return dateCell{err: calendar.ErrNoDate}
}

// until widens the day of a row to the last one its second date column names.
func (r *reader) until(e *entry, text string, row, col int) {
	if text == "" || len(e.days) == 0 {
		return
	}
	const longest = 62
	d := r.date(text)
	if d.err != nil || len(d.days) != 1 || d.days[0].Before(e.days[0]) || d.days[0].DaysSince(e.days[0]) > longest {
		r.problem(Fault, "date", row, col, fmt.Sprintf("Không đọc được ngày cuối “%s”, chỉ nạp ngày đầu.", viet.Line(text)))
		return
	}
	first := e.days[0]
	e.days = nil
	for day := first; !day.After(d.days[0]); day = day.AddDays(1) {
		e.days = append(e.days, day)
	}
}

// clock reads a column that holds only the start or only the end of the shift; the
// start stands in the column before.
func (r *reader) clock(e *entry, which role, text string, row, col int) {
	if text == "" {
		return
	}
	at, err := calendar.ParseClock(text)
	if f, numErr := strconv.ParseFloat(text, 64); err != nil && numErr == nil && f >= 0 && f <= 1 { // a time as Excel stores it
		at, err = time.Duration(f*24*60+0.5)*time.Minute, nil
	}
	if err != nil {
		r.once(Warning, "clock", row, col, fmt.Sprintf("Không đọc được giờ “%s”.", viet.Line(text)))
		return
	}
	if which == roleFromTime {
		e.from, e.hasFrom = at, true
		return
	}
	if e.hasFrom {
		length := at - e.from
		if length <= 0 {
			length += 24 * time.Hour
		}
		e.shift.add(hours{start: e.from, length: length})
	}
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
	if len(text) <= maxLabel {
		if h, ok := readHours(text); ok {
			r.shifts[text] = h
			return h
		}
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

// checkLunar compares the column of lunar days with the date: "29/12", "30 Tết", "Mùng 1".
func (r *reader) checkLunar(e *entry, text string, row, col int) {
	if text == "" || len(e.days) != 1 || r.g.own(row, col) == "" {
		return
	}
	one, err := calendar.ParseDate(text, e.days[0].Midnight())
	if err != nil || !one.Lunar {
		one, err = calendar.ParseDate(text+" âm lịch", e.days[0].Midnight())
	}
	if err == nil && one.Lunar && one.Date != e.days[0] {
		r.problem(Warning, "lunar", row, col, fmt.Sprintf("Cột âm lịch ghi “%s”, nhưng %s là %s. Đang lấy theo dương lịch, đề nghị kiểm tra.",
			viet.Line(text), e.days[0].Text(), e.days[0].Lunar()))
	}
}
