package dispatch

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

func itoa(n int) string { return strconv.Itoa(n) }

// All patterns run on folded text. A time of day stands before its day:
// "17 giờ 00 ngày 03/02/2027", "trước 09 giờ 00, các ngày 02/02/2022 (...), 04/02/2022".
const (
	hourPart = `(\d{1,2})\s?(?:gio|h|g|:)\s?(\d{2})?(?:\s?phut|')?`
	dayPart  = `(\d{1,2})\s?(?:[/.-]|thang)\s?(\d{1,2})(?:\s?(?:[/.-]|,? ?nam)\s?(\d{4}))?`
)

var (
	dateIn   = regexp.MustCompile(`(\d{1,2})\s?(?:[/.-]|thang)\s?(\d{1,2})\s?(?:[/.-]|,? ?nam)\s?(\d{4})`)
	hourIn   = regexp.MustCompile(`(?:^|[^\d/.:,])(\d{1,2})(?:\s?gio|\s?g|\s?h|:)\s?(\d{2})?(?:\s?phut|')?(?:[^a-z_\d]|$)`)
	windowIn = regexp.MustCompile(`\btu (?:` + hourPart + `,? ?)?(?:ngay )?` + dayPart + `(?: \([^)]*\))?,? (?:cho )?(?:den|toi)(?: het)? ?(?:` + hourPart + `,? ?)?(?:ngay )?` + dayPart)
	withinIn = regexp.MustCompile(`\btrong (?:vong |thoi han |thoi gian )?(\d{1,3}) ?(gio|h|phut|ngay|tuan)\b`)
)

// isoDate checks a day; year 0 means that none was printed.
func isoDate(day, month, year int) (string, bool) {
	t := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	if t.Day() != day || int(t.Month()) != month || year < 1945 || year > 2100 {
		return "", false
	}
	return t.Format("2006-01-02"), true
}

// firstDate is the first full date of a text.
func firstDate(t txt) (string, bool) {
	g := dateIn.FindStringSubmatch(t.f)
	if g == nil {
		return "", false
	}
	return isoDate(atoi(g[1]), atoi(g[2]), atoi(g[3]))
}

// stamp is one date found, with the time of day printed before it.
type stamp struct {
	at    int      // rune offset of the date
	end   int      // rune offset behind it
	date  string   // ISO; "" for a day that does not exist
	hours []string // 17:00; several for "lúc 7h00, 11h00 ngày ..."
	due   bool     // a word before it makes it a deadline
}

// stamps lists the dates of a text in order. Dates of cited documents ("Công văn
// số ... ngày ...") and both ends of a window are no deadlines.
func stamps(t txt) []stamp {
	t = t.slice(0, min(t.len(), maxScan))
	if !strings.ContainsAny(t.f, "123456789") || !strings.ContainsAny(t.f, "/.-") && !strings.Contains(t.f, "thang") {
		return nil
	}
	var out []stamp
	for _, g := range dateIn.FindAllStringSubmatchIndex(t.f, -1) {
		if g[0] > 0 && (isDigit(t.f[g[0]-1]) || t.f[g[0]-1] == '/') {
			continue
		}
		iso, ok := isoDate(atoi(t.f[g[2]:g[3]]), atoi(t.f[g[4]:g[5]]), atoi(t.f[g[6]:g[7]]))
		if !ok {
			out = append(out, stamp{at: g[0], end: g[1]})
			continue
		}
		last := 0
		if len(out) > 0 {
			last = out[len(out)-1].end
		}
		s := stamp{at: g[0], end: g[1], date: iso}
		s.hours, s.due = lead(t.f[max(last, s.at-90):s.at], out)
		out = append(out, s)
	}
	return out
}

// dueWords make the date behind them a deadline or an appointment.
var dueWords = []string{"truoc", "cham nhat", "muon nhat", "han cuoi", "thoi han", "hoan thanh", "xong", "trong", "vao", "han chot", "thoi gian bao cao", "thoi gian gui", "thoi gian hoan thanh", "luc"}

// leadSigns makes brackets and colons spaces, so that "(từ ngày" and "Hoàn thành:" are words.
var leadSigns = strings.NewReplacer("(", " ", ":", " ")

// lead reads the words before a date: its hour and whether it is a deadline. A
// further date of an enumeration shares both with the one before it.
func lead(before string, prev []stamp) (hours []string, due bool) {
	if len(prev) > 0 && enumerates(before) {
		return prev[len(prev)-1].hours, prev[len(prev)-1].due
	}
	if i := max(strings.LastIndex(before, "; "), strings.LastIndex(before, ". ")); i >= 0 {
		before = before[i+2:]
	}
	whole := before
	before = leadSigns.Replace(before)
	near := strings.TrimRight(strings.TrimSuffix(strings.TrimRight(before, " "), "ngay"), " ,")
	if endsInCode(near) || strings.HasSuffix(near, "ban hanh") || strings.HasSuffix(near, "thong qua") {
		return nil, false
	}
	at := -1
	for _, w := range dueWords {
		if i := strings.LastIndex(" "+before, " "+w+" "); i > at {
			at = i
		}
	}
	if from := max(strings.LastIndex(" "+before, " tu "), strings.LastIndex(before, "ke tu ")); at < 0 || from >= 0 && from > at-6 {
		return nil, false
	}
	tail := whole[at:]
	if strings.Contains(tail, " so ") && strings.Contains(tail, "/") {
		return nil, false
	}
	return hoursOf(newTxt(tail)), true
}

// enumerates reports words that join a date to the one before: ", ", " và ngày ", "(mùng 02 Tết), ".
func enumerates(s string) bool {
	s = strings.TrimSpace(s)
	if strings.HasPrefix(s, "(") {
		_, s, _ = strings.Cut(s, ")")
		s = strings.TrimSpace(s)
	}
	s = strings.TrimSpace(strings.TrimSuffix(s, "ngay"))
	return s == "," || s == "va" || s == ";" || s == ", va"
}

// endsInCode reports a document number at the end: "so 88/ubnd-nc".
func endsInCode(s string) bool {
	w := s[strings.LastIndexByte(s, ' ')+1:]
	i := strings.LastIndexByte(w, '/')
	return i >= 0 && i+1 < len(w) && w[i+1] >= 'a' && w[i+1] <= 'z'
}

// clock is hh:mm; "" when it is no time of day.
func clock(h, m string) string {
	hh, mm := atoi(h), 0
	if m != "" {
		mm = atoi(m)
	}
	if hh > 24 || mm > 59 {
		return ""
	}
	return fmt.Sprintf("%02d:%02d", hh%24, mm)
}

// duesOf lists the deadlines of a text in ISO 8601.
func duesOf(t txt) []string { return dues(stamps(t)) }

func dues(list []stamp) []string {
	var out []string
	for _, s := range list {
		if !s.due {
			continue
		}
		if n := len(s.hours); n > 0 {
			out = append(out, s.date+"T"+s.hours[n-1])
		} else {
			out = append(out, s.date)
		}
	}
	return out
}

// windowsOf lists the spans "từ ... đến hết ..." of a text; a first date without
// a year takes the year of the second, or the one before across the new year.
func windowsOf(t txt) []Window {
	t = t.slice(0, min(t.len(), maxScan))
	if !strings.Contains(t.f, "tu ") || !strings.ContainsAny(t.f, "123456789") {
		return nil
	}
	var out []Window
	for _, g := range windowIn.FindAllStringSubmatch(t.f, -1) {
		d1, m1, y1 := atoi(g[3]), atoi(g[4]), atoi(g[5])
		d2, m2, y2 := atoi(g[8]), atoi(g[9]), atoi(g[10])
		if y2 == 0 {
			y2 = y1
		}
		if y1 == 0 {
			y1 = y2
			if m1 > m2 {
				y1--
			}
		}
		from, ok1 := isoDate(d1, m1, y1)
		to, ok2 := isoDate(d2, m2, y2)
		if ok1 && ok2 && from <= to {
			out = append(out, Window{from, to})
		}
	}
	return out
}

// withinOf lists the spans "trong vòng 24 giờ" as ISO 8601 durations.
func withinOf(t txt) []string {
	out := []string{}
	if !strings.Contains(t.f, "trong ") {
		return out
	}
	for _, g := range withinIn.FindAllStringSubmatch(t.f, -1) {
		switch g[2] {
		case "gio", "h":
			out = append(out, "PT"+g[1]+"H")
		case "phut":
			out = append(out, "PT"+g[1]+"M")
		case "ngay":
			out = append(out, "P"+g[1]+"D")
		case "tuan":
			out = append(out, "P"+g[1]+"W")
		}
	}
	return out
}
