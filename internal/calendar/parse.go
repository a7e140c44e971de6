package calendar

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"trucban/internal/viet"
)

// Reading is a day read from words.
type Reading struct {
	Date  Date
	Year  bool   // the text said the year; otherwise it was chosen
	Lunar bool   // the text named the day by the lunar calendar only
	Notes []Note // what should be told about the reading
}

// Has reports whether the reading carries the note.
func (r Reading) Has(n Note) bool {
	for _, have := range r.Notes {
		if have == n {
			return true
		}
	}
	return false
}

// noise are folded words that may stand around a date without changing it.
var noise = regexp.MustCompile(`[\s()\[\],.;:_\-–—"'’/]|\b(?:ngay|nam|tet|nguyen dan|am lich|duong lich|al|dl|nham|tuc|la|vao|sang|trua|chieu|toi|dem|truc|\d{4}|` +
	`(?:giap|at|binh|dinh|mau|ky|canh|tan|nham|quy) (?:ty|suu|dan|mao|thin|ngo|mui|than|dau|tuat|hoi))\b`)

// ParseDate reads a text that is one day and nothing else: "08/02", "8/2/2024",
// "ngày 8 tháng 2", "thứ Năm 08/02/2024 (29 Tết)", "mùng 1", "30 Tết", "mai",
// "thứ 5 tuần sau". A weekday or lunar day beside a date is checked, and
// disagreement is a note. Missing years are those nearest to ref.
func ParseDate(text string, ref time.Time) (Reading, error) {
	r, rest, err := FindDate(text, ref)
	if err != nil {
		return Reading{}, err
	}
	if rest != "" {
		return Reading{}, fmt.Errorf("%w: %q", ErrNoDate, text)
	}
	return r, nil
}

// FindDate reads the day named in a text that may hold other words too; those
// come back folded. More than one different day is ErrTwoDates.
func FindDate(text string, ref time.Time) (Reading, string, error) {
	folded := aroundClock.ReplaceAllString(viet.Fold(text), "$1")
	days, rest := scan(folded, DateOf(ref))
	rest = strings.Join(strings.Fields(noise.ReplaceAllString(rest, " ")), " ")
	if len(days) == 0 {
		return Reading{}, rest, fmt.Errorf("%w: %q", ErrNoDate, text)
	}
	r, err := one(days, DateOf(ref), DateOf(ref).AddDays(-back))
	return r, rest, err
}

// aroundClock is "24/7" after words of standing watch: no date is meant.
var aroundClock = regexp.MustCompile(`\b((?:truc|giam sat|lien tuc|ho tro|che do|duy tri|bao dam|dam bao|hoat dong)\b[^/\d]{0,30})24/7h?\b`)

// one reads days that stand together as one: the most telling leads, the others must agree with it.
func one(days []found, ref, from Date) (Reading, error) {
	lead := 0
	for i, d := range days {
		if rank(d.kind) < rank(days[lead].kind) {
			lead = i
		}
	}
	d, notes, err := days[lead].resolve(ref, from)
	if err != nil {
		return Reading{}, err
	}
	k := days[lead].kind
	r := Reading{Date: d, Notes: notes, Year: days[lead].y != 0 && k != weekDay, Lunar: k == lunarDay || k == eveOfTet}
	for i, other := range days {
		switch {
		case i == lead || other.agrees(d):
		case other.kind == weekDay:
			r.Notes = append(r.Notes, NoteWeekday)
		case other.kind == lunarDay || other.kind == eveOfTet:
			r.Notes = append(r.Notes, NoteLunar)
		default:
			return Reading{}, fmt.Errorf("%w: %v", ErrTwoDates, d)
		}
		if i != lead && other.d == 30 && other.m == 12 && other.kind == lunarDay && d.Lunar().Eve() && d.Lunar().Day == 29 {
			r.Notes = append(r.Notes, NoteEve)
		}
	}
	return r, nil
}

// rank orders kinds by how much they say.
func rank(k kind) int {
	return map[kind]int{solarDay: 0, lunarDay: 1, eveOfTet: 2, relativeDay: 3, monthless: 4, weekDay: 5}[k]
}

var (
	joiner   = regexp.MustCompile(`\s*(?:\bden het\b|\bden\b|\btoi\b|\bcho den\b|->|→|–|—|\s-\s|~)\s*`)
	dashDays = regexp.MustCompile(`\b(\d{1,2})\s*-\s*(\d{1,2}\s*(?:/|thang|tet|chap))`)
	dashFull = regexp.MustCompile(`(\d{1,2}/\d{1,2}(?:/\d{2,4})?)\s*-\s*(\d{1,2}/\d{1,2})`)
	lead     = regexp.MustCompile(`^\s*(?:ke\s+)?(?:tu|ke tu)\s+`)
	bareDay  = regexp.MustCompile(`^\s*(?:ngay\s+)?(\d{1,2})\s*$`)
	monthOf  = regexp.MustCompile(`^thang (\d{1,2})(?:(?:\s*/\s*|\s+(?:nam\s+)?)(\d{4}))?$`)
)

// ParseRange reads days from … to …, both included: "từ 28 tháng Chạp đến hết
// mùng 6", "08-14/02/2024", "08/02 - 14/02", "tuần này", "tuần sau", "tháng 2",
// "tháng này", or one day. What one end leaves out is taken from the other.
func ParseRange(text string, ref time.Time) (from, to Reading, err error) {
	folded := viet.Fold(text)
	today := DateOf(ref)
	if s, ok := whole(folded, today); ok {
		return Reading{Date: s.From}, Reading{Date: s.To}, nil
	}
	folded = lead.ReplaceAllString(folded, "")
	folded = dashFull.ReplaceAllString(folded, "$1 den $2")
	folded = dashDays.ReplaceAllString(folded, "$1 den $2")
	ends := joiner.Split(folded, -1)
	if len(ends) == 1 {
		from, err = ParseDate(text, ref)
		return from, from, err
	}
	if len(ends) != 2 {
		return from, to, fmt.Errorf("%w: %q", ErrNoDate, text)
	}
	a, errA := endOf(ends[0], today)
	b, errB := endOf(ends[1], today)
	if errA != nil || errB != nil {
		return from, to, fmt.Errorf("%w: %q", ErrNoDate, text)
	}
	if from, to, err = between2(a, b, today); err != nil {
		return from, to, err
	}
	if to.Date.Before(from.Date) {
		return from, to, fmt.Errorf("%w: %s - %s", ErrBackwards, from.Date, to.Date)
	}
	return from, to, nil
}

// endOf scans one end of a range.
func endOf(s string, ref Date) ([]found, error) {
	if m := bareDay.FindStringSubmatch(s); m != nil {
		if d := number(m[1]); between(d, 1, 31) {
			return []found{{spec: spec{kind: monthless, d: d}}}, nil
		}
	}
	days, rest := scan(s, ref)
	if len(days) == 0 || strings.TrimSpace(noise.ReplaceAllString(rest, "")) != "" {
		return nil, ErrNoDate
	}
	return days, nil
}

// between2 reads the two ends, letting the one that says its year or month lend it to the other.
func between2(a, b []found, ref Date) (from, to Reading, err error) {
	start := ref.AddDays(-back)
	first := &a[leadOf(a)]
	second := b[leadOf(b)]
	if first.kind == monthless && second.kind != monthless {
		lend(&first.spec, second.spec)
	}
	if first.y == 0 && second.y != 0 && second.kind != weekDay {
		if to, err = one(b, ref, start); err != nil {
			return from, to, err
		}
		from, err = one(a, ref, to.Date.AddDays(-340))
		return from, to, err
	}
	if from, err = one(a, ref, start); err != nil {
		return from, to, err
	}
	if second.kind == weekDay && second.y == 0 {
		ref = from.Date
	}
	to, err = one(b, ref, from.Date)
	return from, to, err
}

// lend fills a bare day from the other end: its month, or the one before when the day is the later.
func lend(s *spec, from spec) {
	if from.kind == eveOfTet {
		from = spec{kind: lunarDay, d: 30, m: 12, y: from.y}
	}
	s.kind, s.m, s.y = from.kind, from.m, from.y
	if s.kind != lunarDay && s.kind != solarDay || s.d <= from.d {
		return
	}
	if s.m--; s.m == 0 {
		s.m = 12
		if s.y != 0 {
			s.y--
		}
	}
}

func leadOf(days []found) int {
	best := 0
	for i, d := range days {
		if rank(d.kind) < rank(days[best].kind) {
			best = i
		}
	}
	return best
}

// whole reads the words for a week or a month.
func whole(folded string, today Date) (Span, bool) {
	if n, ok := weekOf[folded]; ok {
		m := today.Monday().AddDays(7 * n)
		return Span{m, m.AddDays(6)}, true
	}
	y, m := today.Year, int(today.Month)
	switch folded {
	case "thang nay":
	case "thang sau", "thang toi":
		m++
	case "thang truoc":
		m--
	default:
		g := monthOf.FindStringSubmatch(folded)
		if g == nil || !between(number(g[1]), 1, 12) {
			return Span{}, false
		}
		d, _, err := spec{kind: solarDay, d: 28, m: number(g[1]), y: number(g[2])}.resolveSolar(today.AddDays(-back))
		if err != nil {
			return Span{}, false
		}
		y, m = d.Year, int(d.Month)
	}
	first := DateOf(time.Date(y, time.Month(m), 1, 0, 0, 0, 0, Zone))
	next := DateOf(time.Date(y, time.Month(m)+1, 1, 0, 0, 0, 0, Zone))
	return Span{first, next.AddDays(-1)}, true
}

// ParseWeekday reads "thứ Hai", "T2", "Thứ 7", "CN", "Chủ nhật" standing alone.
func ParseWeekday(text string) (time.Weekday, bool) {
	days, rest := scan(viet.Fold(text), Date{2024, 1, 1})
	if len(days) != 1 || days[0].kind != weekDay || strings.Trim(rest, " .,") != "" {
		return 0, false
	}
	return days[0].weekday, true
}

// ParseMoment reads a day with a time, "19h 08/02", "7h30 mai", "mùng 1 lúc 7 rưỡi".
// Without a day it is the next such time at or after ref; without a time it is ErrNoTime.
func ParseMoment(text string, ref time.Time) (time.Time, Reading, error) {
	at, rest := clocks(viet.Fold(text))
	if len(at) != 1 {
		return time.Time{}, Reading{}, fmt.Errorf("%w: %q", ErrNoTime, text)
	}
	rest = strings.TrimSpace(atWords.ReplaceAllString(rest, " "))
	if rest == "" {
		d := DateOf(ref)
		if d.At(at[0]).Before(ref) {
			d = d.AddDays(1)
		}
		return d.At(at[0]), Reading{Date: d}, nil
	}
	r, err := ParseDate(rest, ref)
	if err != nil {
		return time.Time{}, Reading{}, err
	}
	return r.Date.At(at[0]), r, nil
}

// atWords join a time to its day.
var atWords = regexp.MustCompile(`\b(?:luc|vao luc|tu)\b`)
