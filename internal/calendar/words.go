package calendar

import (
	"fmt"
	"time"
)

// Weekdays as written in a sentence and at the head of a narrow column, Sunday first.
var (
	weekdayNames  = [...]string{"Chủ nhật", "thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy"}
	weekdayShorts = [...]string{"CN", "T2", "T3", "T4", "T5", "T6", "T7"}
)

// WeekdayName is "thứ Hai" … "thứ Bảy", "Chủ nhật".
func WeekdayName(w time.Weekday) string { return weekdayNames[w%7] }

// WeekdayShort is "T2" … "T7", "CN".
func WeekdayShort(w time.Weekday) string { return weekdayShorts[w%7] }

// Short is "10/02".
func (d Date) Short() string { return fmt.Sprintf("%02d/%02d", d.Day, int(d.Month)) }

// Text is "10/02/2024".
func (d Date) Text() string { return fmt.Sprintf("%02d/%02d/%04d", d.Day, int(d.Month), d.Year) }

// Long is "thứ Bảy 10/02/2024", and around Tết "thứ Bảy 10/02/2024 (mùng 1 Tết)".
func (d Date) Long() string {
	s := WeekdayName(d.Weekday()) + " " + d.Text()
	if l := d.Lunar(); l.aroundTet() {
		s += " (" + l.String() + ")"
	}
	return s
}

// Heading is Long for narrow places: "T7 10/02 (mùng 1 Tết)".
func (d Date) Heading() string {
	s := WeekdayShort(d.Weekday()) + " " + d.Short()
	if l := d.Lunar(); l.aroundTet() {
		s += " (" + l.String() + ")"
	}
	return s
}

// Night names the night that begins on the day: "đêm 30 Tết", "đêm mùng 1 Tết", "đêm 15/03".
func (d Date) Night() string {
	if l := d.Lunar(); l.aroundTet() {
		return "đêm " + l.String()
	}
	return "đêm " + d.Short()
}

// aroundTet is 20 Chạp to mùng 10, when offices count by the lunar calendar.
func (l Lunar) aroundTet() bool {
	return !l.Leap && (l.Month == 12 && l.Day >= 20 || l.Month == 1 && l.Day <= 10)
}

// Eve reports whether the day is giao thừa, the last of the lunar year: 30 Tết,
// or 29 Chạp in the years whose Chạp has no 30th (2025 to 2032 all lack it).
func (l Lunar) Eve() bool {
	return l.Month == 12 && !l.Leap && l.Day == MonthDays(l.Year, 12, false)
}

// String names the day as people do: "mùng 1 Tết", "30 Tết", "29 Chạp, giao thừa"
// when there is no 30th, "28 tháng Chạp", "rằm tháng Giêng", "mùng 10 tháng 3 âm lịch".
func (l Lunar) String() string {
	switch {
	case l.Month == 1 && l.Day <= 10 && !l.Leap:
		return fmt.Sprintf("mùng %d Tết", l.Day)
	case l.Eve() && l.Day == 30:
		return "30 Tết"
	case l.Eve():
		return "29 Chạp, giao thừa"
	}
	day := fmt.Sprint(l.Day)
	switch {
	case l.Day <= 10:
		day = "mùng " + day
	case l.Day == 15:
		day = "rằm"
	}
	leap := ""
	if l.Leap {
		leap = " nhuận"
	}
	switch l.Month {
	case 1:
		return day + " tháng Giêng" + leap
	case 12:
		return day + " tháng Chạp" + leap
	}
	return fmt.Sprintf("%s tháng %d%s âm lịch", day, l.Month, leap)
}

// YearName is the can-chi name of the lunar year the day lies in.
func (l Lunar) YearName() string { return CanChi(l.Year) }

// Text is "08/02/2024 - 14/02/2024", or the one date when there is only one.
func (s Span) Text() string {
	if s.From == s.To {
		return s.From.Text()
	}
	return s.From.Text() + " - " + s.To.Text()
}
