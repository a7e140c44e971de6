package sheet

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"trucban/internal/calendar"
	"trucban/internal/viet"
)

// frame is what the lines around a table say about its dates and hours.
type frame struct {
	ref   time.Time     // what missing years are measured from
	days  calendar.Span // the days the title names, zero when it names none
	month calendar.Date // first of the month the title names, zero when none
	hours hours         // "Thời gian trực: từ 7h30 đến 7h30 hôm sau"
}

var (
	frameRange = regexp.MustCompile(`\btu\s[^()]*\bden\b[^()]*`)
	frameDays  = regexp.MustCompile(`\d{1,2}(?:/\d{1,2})?(?:/\d{4})?\s*-\s*\d{1,2}/\d{1,2}/\d{4}`)
	frameMonth = regexp.MustCompile(`\b(?:thang|t)\s?(\d{1,2})\s*(?:/|nam|-|\.)\s*(20\d\d)\b`)
	frameYear  = regexp.MustCompile(`\b(20\d\d)\b`)
	frameTet   = regexp.MustCompile(`\b(?:tet|nguyen dan)\b`)
	frameHours = regexp.MustCompile(`\b(?:thoi gian|gio) (?:truc|giao ca|nhan ca)|\bca truc\b|\btruc tu\b|\b24/24`)
)

// frameOf reads the lines above a table. The surest word wins: days from … to …,
// then a month, then a year, then any date of the document, then now.
func frameOf(lines []string, now time.Time) frame {
	f := frame{ref: now}
	folded := make([]string, len(lines))
	for i, l := range lines {
		folded[i] = viet.Fold(l)
	}
	f.ref = yearRef(folded, now)
	for _, l := range folded {
		if m := frameMonth.FindStringSubmatch(l); m != nil && f.month.IsZero() {
			mon, _ := strconv.Atoi(m[1])
			year, _ := strconv.Atoi(m[2])
			if d, err := calendar.NewDate(year, time.Month(mon), 1); err == nil && !strings.Contains(l, "ngay "+m[1]) && !dayBefore(l, m[0]) {
				f.month = d
			}
		}
		if frameHours.MatchString(l) && !f.hours.known() {
			if at, _ := calendar.FindClocks(l); len(at) == 2 {
				h, _ := readHours(calendar.ClockText(at[0]) + " - " + calendar.ClockText(at[1]))
				f.hours = h
			}
		}
	}
	if !f.month.IsZero() {
		f.ref = f.month.Midnight()
	}
	for _, l := range folded {
		_, l = calendar.FindClocks(l)
		for _, m := range []string{frameRange.FindString(l), frameDays.FindString(l)} {
			a, b, err := calendar.ParseRange(strings.TrimSpace(m), f.ref)
			if m != "" && err == nil && b.Date.DaysSince(a.Date) <= 400 {
				f.days = calendar.Span{From: a.Date, To: b.Date}
				f.ref = a.Date.Midnight()
				return f
			}
		}
	}
	return f
}

// dayBefore reports whether the month belongs to a whole date ("ngày 02 tháng 01 năm 2024").
func dayBefore(line, month string) bool {
	i := strings.Index(line, month)
	return i > 0 && wholeDate.MatchString(line[:i])
}

var wholeDate = regexp.MustCompile(`\d{1,2}\s*$`)

// yearRef is a moment in the year the lines speak of.
func yearRef(folded []string, now time.Time) time.Time {
	for _, tet := range []bool{true, false} {
		for _, l := range folded {
			if tet && !frameTet.MatchString(l) || !tet && !titleLine.MatchString(l) {
				continue
			}
			if m := frameYear.FindAllString(l, -1); m != nil {
				y, _ := strconv.Atoi(m[len(m)-1])
				if tet {
					return calendar.Tet(y).AddDays(-30).Midnight()
				}
				return calendar.Date{Year: y, Month: 4, Day: 1}.Midnight() // with 90 days back, the whole year
			}
		}
	}
	for _, l := range folded {
		if r, _, err := calendar.FindDate(l, now); err == nil && r.Year {
			return r.Date.Midnight()
		}
	}
	for _, l := range folded {
		if m := frameYear.FindString(l); m != "" {
			y, _ := strconv.Atoi(m)
			if calendar.DateOf(now).Year != y {
				return calendar.Date{Year: y, Month: 4, Day: 1}.Midnight()
			}
		}
	}
	return now
}

// dateCell is a date cell as read.
type dateCell struct {
	days        []calendar.Date
	notes       []calendar.Note
	weekdayOnly bool
	err         error
}

// isoTime is a date cell as some programs store or export it, with the hour zero.
var isoTime = regexp.MustCompile(`^(\d{4}-\d{2}-\d{2})[T ]\d{2}:\d{2}`)

var listSplit = regexp.MustCompile(`\s*[,;\n+]\s*|\s+và\s+|\s+va\s+`)

// date reads a date cell: a date in any words, an Excel serial, a day of the
// month the title names, a weekday of the week the title names, a list or a
// range of days. Equal texts are read once.
func (r *reader) date(text string) dateCell {
	if d, ok := r.dates[text]; ok {
		return d
	}
	if r.spent += len(text); len(text) > maxLabel || r.spent > maxWork {
		return dateCell{err: calendar.ErrNoDate}
	}
	d := r.readDate(text)
	r.dates[text] = d
	return d
}

func (r *reader) readDate(text string) dateCell {
	if text == "" {
		return dateCell{err: calendar.ErrNoDate}
	}
	if n, err := strconv.ParseFloat(text, 64); err == nil {
		return r.numberDate(n)
	}
	if m := isoTime.FindStringSubmatch(text); m != nil {
		text = m[1]
	}
	if w, ok := calendar.ParseWeekday(text); ok {
		return r.weekday(w)
	}
	one, err := calendar.ParseDate(text, r.frame.ref)
	if err == nil {
		return dateCell{days: []calendar.Date{r.within(one)}, notes: one.Notes}
	}
	if errors.Is(err, calendar.ErrNoSuchDay) {
		return dateCell{err: err}
	}
	if a, b, err := calendar.ParseRange(text, r.frame.ref); err == nil && b.Date.DaysSince(a.Date) <= 62 {
		d := dateCell{notes: append(a.Notes, b.Notes...)}
		for day := a.Date; !day.After(b.Date); day = day.AddDays(1) {
			d.days = append(d.days, day)
		}
		return d
	}
	return r.listDate(text, err)
}

// listDate reads "08/02, 11/02, 14/02" and "08, 11, 14/02/2024".
func (r *reader) listDate(text string, err error) dateCell {
	parts := listSplit.Split(strings.TrimSpace(text), -1)
	if len(parts) < 2 || len(parts) > 31 {
		return dateCell{err: err}
	}
	var d dateCell
	last := parts[len(parts)-1]
	for _, p := range parts {
		one, err := calendar.ParseDate(p, r.frame.ref)
		if n, numErr := strconv.Atoi(p); err != nil && numErr == nil {
			if lead, lastErr := calendar.ParseDate(last, r.frame.ref); lastErr == nil {
				one.Date, err = calendar.NewDate(lead.Date.Year, lead.Date.Month, n)
			}
		}
		if err != nil {
			return dateCell{err: err}
		}
		d.days = append(d.days, one.Date)
		d.notes = append(d.notes, one.Notes...)
	}
	return d
}

// within moves a day whose year was not said into the days the title names, where one fits.
func (r *reader) within(one calendar.Reading) calendar.Date {
	if one.Year || one.Lunar || r.frame.days.From.IsZero() || r.frame.days.Holds(one.Date) {
		return one.Date
	}
	for _, y := range []int{r.frame.days.From.Year, r.frame.days.To.Year} {
		if d, err := calendar.NewDate(y, one.Date.Month, one.Date.Day); err == nil && r.frame.days.Holds(d) {
			return d
		}
	}
	return one.Date
}

// numberDate reads a number as an Excel serial date or as a day of the month the title names.
func (r *reader) numberDate(n float64) dateCell {
	switch {
	case n > 36000 && n < 75000: // 1998 to 2105
		base := calendar.Date{Year: 1899, Month: 12, Day: 30}
		if r.g.date1904 {
			base = calendar.Date{Year: 1904, Month: 1, Day: 1}
		}
		return dateCell{days: []calendar.Date{base.AddDays(int(n))}}
	case n >= 1 && n <= 31 && n == float64(int(n)) && !r.frame.month.IsZero():
		d, err := calendar.NewDate(r.frame.month.Year, r.frame.month.Month, int(n))
		return dateCell{days: []calendar.Date{d}, err: err}
	case n >= 1 && n <= 31 && n == float64(int(n)) && !r.frame.days.From.IsZero() && r.frame.days.Days() <= 28:
		for d := r.frame.days.From; !d.After(r.frame.days.To); d = d.AddDays(1) {
			if d.Day == int(n) {
				return dateCell{days: []calendar.Date{d}}
			}
		}
	}
	return dateCell{err: fmt.Errorf("%w: %v", calendar.ErrNoDate, n)}
}

// weekday is that day of the week the title names; without one a weekday is no date.
func (r *reader) weekday(w time.Weekday) dateCell {
	span := r.frame.days
	if span.From.IsZero() || span.Days() > 7 {
		return dateCell{weekdayOnly: true, err: calendar.ErrNoDate}
	}
	for d := span.From; !d.After(span.To); d = d.AddDays(1) {
		if d.Weekday() == w {
			return dateCell{days: []calendar.Date{d}, weekdayOnly: true}
		}
	}
	return dateCell{weekdayOnly: true, err: calendar.ErrNoDate}
}

// tell reports what was odd about a date cell.
func (r *reader) tell(d dateCell, row, col int) {
	text := viet.Line(r.g.at(row, col))
	for _, n := range d.notes {
		switch n {
		case calendar.NoteEve:
			r.once(Warning, "eve", row, col, fmt.Sprintf("“%s” được hiểu là %s.", text, d.days[0].Long()))
		case calendar.NoteWeekday:
			r.once(Warning, "weekday", row, col, fmt.Sprintf("“%s”: ngày này là %s. Đang lấy theo ngày, đề nghị kiểm tra.", text, calendar.WeekdayName(d.days[0].Weekday())))
		case calendar.NoteLunar:
			r.once(Warning, "lunar", row, col, fmt.Sprintf("“%s”: ngày này là %s. Đang lấy theo dương lịch, đề nghị kiểm tra.", text, d.days[0].Lunar()))
		}
	}
}
