package dispatch

import (
	"fmt"
	"regexp"
	"slices"
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
	spanIn   = regexp.MustCompile(`(?:^|[^\d/])(\d{1,2})(?:/(\d{1,2}))?(?:/(\d{4}))? ?- ?(?:ngay )?(\d{1,2})/(\d{1,2})(?:/(\d{4}))?(?:[^\d/]|$)`)
	withinIn = regexp.MustCompile(`\b(?:trong (?:vong |thoi han |thoi gian |khoang )?|cham nhat (?:la |sau |trong |khong qua )?|muon nhat (?:la |sau )?|khong qua |toi da )(?:khong qua |toi da )?(\d{1,3}) ?(?:\([a-z]+\) )?(gio|h|phut|ngay|tuan)(?: lam viec)?\b`)
	sharing  = regexp.MustCompile(`(?:^|[ (])((?:ngay )?\d{1,2}(?:/\d{1,2})?(?: \([^()]*\))?(?:(?:, ?| va |; ?)(?:ngay )?\d{1,2}(?:/\d{1,2})?(?: \([^()]*\))?)*)(?:, ?| va |; ?)(?:ngay )?$`)
	sharedIn = regexp.MustCompile(`(\d{1,2})(?:/(\d{1,2}))?(?: \([^()]*\))?(?:,|;| va |$)`)
	openDate = regexp.MustCompile(`\b(truoc|cham nhat|muon nhat|den het|han cuoi|han chot|thoi han ?:|vao)(?: (?:la|vao|truoc|luc))?(?: \d{1,2} ?(?:gio|h|g) ?(?:\d{2})?(?: ?phut|')?,?)?( ngay)? (\d{1,2})(?:/| thang )(\d{1,2})(?:[^\d/]|$)`)
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
	at      int    // rune offset of the date
	end     int    // rune offset behind it
	date    string // ISO; "" for a day that does not exist
	printed string
	hours   []string // 17:00; several for "lúc 7h00, 11h00 ngày ..."
	due     bool     // a word before it makes it a deadline
	open    bool     // no year was printed; it is the first such day from the document's date on
}

// stamps lists the dates of a text in order. Dates of cited documents ("Công văn
// số ... ngày ...") and both ends of a window are no deadlines.
func (rd *reader) stamps(t txt) []stamp {
	t = t.slice(0, min(t.len(), maxScan))
	if !strings.ContainsAny(t.f, "123456789") || !strings.ContainsAny(t.f, "/.-") && !strings.Contains(t.f, "thang") {
		return nil
	}
	var out []stamp
	for _, g := range dateIn.FindAllStringSubmatchIndex(t.f, -1) {
		if g[0] > 0 && (isDigit(t.f[g[0]-1]) || t.f[g[0]-1] == '/') || endsSpan(t.f[:g[0]]) {
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
		out = append(out, sharedDays(t, last, g[0], iso, out)...)
		if n := len(out); n > 0 {
			last = out[n-1].end
		}
		s := stamp{at: g[0], end: g[1], date: iso}
		s.hours, s.due = lead(t.f[max(last, s.at-90):s.at], out)
		out = append(out, s)
	}
	out = rd.openDays(t, out)
	for i := range out {
		out[i].printed = t.slice(out[i].at, out[i].end).String()
	}
	return out
}

// endsSpan reports a text that ends in the first half of "04-10/02/2027".
func endsSpan(f string) bool {
	f = strings.TrimRight(f, " ")
	head, ok := strings.CutSuffix(f, "-")
	head = strings.TrimRight(head, " ")
	return ok && head != "" && isDigit(head[len(head)-1])
}

// sharedDays are the days of an enumeration that share the month or the year of the
// full date at its end: "các ngày 02, 04, 06/02/2022", "05/02, 07/02 và 10/02/2027".
func sharedDays(t txt, from, to int, iso string, before []stamp) []stamp {
	from = max(from, to-90)
	g := sharing.FindStringSubmatchIndex(t.f[from:to])
	if g == nil {
		return nil
	}
	list := t.f[from+g[2] : from+g[3]]
	if !strings.Contains(list, "/") && !strings.HasPrefix(list, "ngay ") && !strings.HasSuffix(t.f[:from+g[2]], "ngay ") {
		return nil
	}
	days := sharedIn.FindAllStringSubmatchIndex(list, -1)
	out := make([]stamp, len(days))
	month := iso[5:7]
	for i := len(days) - 1; i >= 0; i-- {
		d := days[i]
		if d[4] >= 0 {
			month = list[d[4]:d[5]]
		}
		day, ok := isoDate(atoi(list[d[2]:d[3]]), atoi(month), atoi(iso[:4]))
		if !ok {
			return nil
		}
		out[i] = stamp{at: from + g[2] + d[0], end: from + g[2] + max(d[3], d[5]), date: day}
	}
	hours, due := lead(strings.TrimSuffix(t.f[max(0, out[0].at-90):out[0].at], "cac ngay "), before)
	for i := range out {
		out[i].hours, out[i].due = hours, due
	}
	return out
}

// openDays adds the deadlines without a year, when the document has a date to read
// them by: "trước 30/7" is the first 30 July from then on.
func (rd *reader) openDays(t txt, dated []stamp) []stamp {
	if rd.date == "" || !strings.Contains(t.f, "/") && !strings.Contains(t.f, " thang ") {
		return dated
	}
	for _, g := range openDate.FindAllStringSubmatchIndex(t.f, -1) {
		if word := t.f[g[2]:g[3]]; word == "vao" && g[4] < 0 {
			continue
		}
		rest := strings.TrimLeft(t.f[g[9]:], " ")
		if strings.HasPrefix(rest, "hang") || strings.HasPrefix(rest, "moi nam") || strings.HasPrefix(rest, "nam") || strings.HasPrefix(rest, "va 0") ||
			slices.ContainsFunc(dated, func(s stamp) bool { return s.at < g[9] && g[6] < s.end }) {
			continue
		}
		if day := rd.from(atoi(t.f[g[6]:g[7]]), atoi(t.f[g[8]:g[9]])); day != "" {
			s := stamp{at: g[6], end: g[9], date: day, due: true, open: true}
			s.hours = hoursOf(t.slice(g[0], g[6]))
			dated = append(dated, s)
		}
	}
	slices.SortStableFunc(dated, func(a, b stamp) int { return a.at - b.at })
	return dated
}

// from is the first such day of a year from the document's date on; "" for no day.
func (rd *reader) from(day, month int) string {
	year := atoi(rd.date[:4])
	for y := year; y <= year+1; y++ {
		if iso, ok := isoDate(day, month, y); ok && iso >= rd.date {
			return iso
		}
	}
	return ""
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
func (rd *reader) duesOf(t txt) []string { return dues(rd.stamps(t)) }

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

// relativeOf is the first span counted from an event, as printed with what it is
// counted from: "trong vòng 05 ngày làm việc kể từ ngày nhận được văn bản".
func relativeOf(t txt) string {
	g := withinIn.FindStringIndex(t.f)
	if g == nil {
		return ""
	}
	end := g[1]
	if rest := t.f[end:]; strings.HasPrefix(rest, " ke tu") || strings.HasPrefix(rest, " sau khi") || strings.HasPrefix(rest, ", ke tu") || strings.HasPrefix(rest, " tu khi") {
		if i := strings.IndexAny(rest[1:], ",.;:()"); i >= 0 {
			end += i + 1
		} else {
			end = t.len()
		}
	}
	return t.slice(g[0], min(end, g[0]+120)).trim(",").String()
}

// withinOf lists the spans "trong vòng 24 giờ", "chậm nhất 03 ngày làm việc" as ISO
// 8601 durations. They are no dues: nobody knows yet when they begin.
func withinOf(t txt) []string {
	out := []string{}
	if !strings.Contains(t.f, "trong ") && !strings.Contains(t.f, "nhat ") && !strings.Contains(t.f, "khong qua") && !strings.Contains(t.f, "toi da") {
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
