package calendar

import (
	"regexp"
	"sort"
	"strconv"
	"strings"
	"time"
)

// found is one day named in a folded text.
type found struct {
	spec
	pos, end int
}

const (
	tailRE = `(?:\s*,?\s*\b(?:tet|nguyen dan|am lich|al)\b)*(?:\s*,?\s*(?:nam\s+)?(?:(\d{4})\b|((?:giap|at|binh|dinh|mau|ky|canh|tan|nham|quy) (?:ty|suu|dan|mao|thin|ngo|mui|than|dau|tuat|hoi)))\b)?`
	dayRE  = `(\d{1,2}|mot|hai|ba|bon|tu|nam|sau|bay|tam|chin|muoi)`
)

// rule is one way of writing a day: groups of the expression go to make.
type rule struct {
	re   *regexp.Regexp
	make func(g []string, ref Date) (spec, bool)
}

// rules are tried in order, each on what the ones before left over.
var rules = []rule{
	{regexp.MustCompile(`\b(\d{4})-(\d{1,2})-(\d{1,2})\b`), func(g []string, _ Date) (spec, bool) {
		return solar(g[3], g[2], g[1])
	}},
	{regexp.MustCompile(`\b(?:mung|mong) ?0?` + dayRE + `\b(?:\s*(?:thang|/)\s*(gieng|chap|\d{1,2})\b( nhuan\b)?)?` + tailRE), func(g []string, ref Date) (spec, bool) {
		return lunar(g[1], orElse(g[2], "1"), year(g[4], g[5], ref), g[3] != "")
	}},
	{regexp.MustCompile(`\b(\d{1,2})(?:/12)? tet\b` + tailRE), tetDay},
	{regexp.MustCompile(`\b(\d{1,2})\s*(?:/| thang )?\s*(chap|gieng)\b` + tailRE), func(g []string, ref Date) (spec, bool) {
		return lunar(g[1], g[2], year(g[3], g[4], ref), false)
	}},
	{regexp.MustCompile(`\bram thang (gieng|chap|\d{1,2})\b( nhuan\b)?` + tailRE), func(g []string, ref Date) (spec, bool) {
		return lunar("15", g[1], year(g[3], g[4], ref), g[2] != "")
	}},
	{regexp.MustCompile(`\b(\d{1,2})\s*(?:/|thang)\s*(\d{1,2})( nhuan)?(?:\s*(?:/|nam)\s*(\d{4}))?\s*\(?(?:am lich\b|al\b|a\.l\b)`), func(g []string, _ Date) (spec, bool) {
		return lunar(g[1], g[2], number(g[4]), g[3] != "")
	}},
	{regexp.MustCompile(`\bgiao thua\b` + tailRE), func(g []string, ref Date) (spec, bool) {
		return spec{kind: eveOfTet, y: tetYear(g[1], g[2], ref)}, true
	}},
	{regexp.MustCompile(`\b(\d{1,2})\s*thang\s*(\d{1,2})\b(?:\s*(?:nam|/|-|,)?\s*(\d{4})\b)?`), func(g []string, _ Date) (spec, bool) {
		return solar(g[1], g[2], g[3])
	}},
	{regexp.MustCompile(`\b(\d{1,2})\s*/\s*(\d{1,2})(?:\s*/\s*(\d{4}|\d{2}))?\b`), func(g []string, _ Date) (spec, bool) {
		return solar(g[1], g[2], g[3])
	}},
	{regexp.MustCompile(`\b(\d{1,2})\s?[.-]\s?(\d{1,2})\s?[.-]\s?(\d{4})\b`), func(g []string, _ Date) (spec, bool) {
		return solar(g[1], g[2], g[3])
	}},
	{regexp.MustCompile(`^\s*(\d{1,2})[.-](\d{1,2})\s*$`), func(g []string, _ Date) (spec, bool) {
		return solar(g[1], g[2], "")
	}},
	{regexp.MustCompile(`\b(hom nay|bua nay|hom qua|hom kia|ngay mai|hom sau|ngay kia|ngay mot)\b|^\s*(mai|mot|kia)\s*$`), func(g []string, _ Date) (spec, bool) {
		return spec{kind: relativeDay, offset: relatives[g[1]+g[2]]}, true
	}},
	{regexp.MustCompile(`\b(?:thu ?(hai|ba|tu|nam|sau|bay|[2-7])|t([2-7])|(cn|chu nhat))\b(?: (tuan (?:nay|sau|toi|truoc)))?`), func(g []string, _ Date) (spec, bool) {
		s := spec{kind: weekDay, weekday: weekdayOf[g[1]+g[2]+g[3]]}
		if g[4] != "" {
			s.y, s.offset = 1, weekOf[g[4]]
		}
		return s, true
	}},
	{regexp.MustCompile(`\bngay (\d{1,2})\b`), func(g []string, _ Date) (spec, bool) {
		return spec{kind: monthless, d: number(g[1])}, between(number(g[1]), 1, 31)
	}},
}

var (
	relatives = map[string]int{"hom nay": 0, "bua nay": 0, "hom qua": -1, "hom kia": -2, "ngay mai": 1, "mai": 1, "hom sau": 1, "ngay kia": 2, "kia": 2, "ngay mot": 2, "mot": 2}
	weekdayOf = map[string]time.Weekday{
		"hai": 1, "ba": 2, "tu": 3, "nam": 4, "sau": 5, "bay": 6, "2": 1, "3": 2, "4": 3, "5": 4, "6": 5, "7": 6, "cn": 0, "chu nhat": 0,
	}
	weekOf = map[string]int{"tuan nay": 0, "tuan sau": 1, "tuan toi": 1, "tuan truoc": -1}
	digits = map[string]int{"mot": 1, "hai": 2, "ba": 3, "bon": 4, "tu": 4, "nam": 5, "sau": 6, "bay": 7, "tam": 8, "chin": 9, "muoi": 10, "gieng": 1, "chap": 12}
)

// scan finds every day in a folded text, in order, and blanks them out of the rest.
func scan(s string, ref Date) (days []found, rest string) {
	for _, r := range rules {
		for _, m := range r.re.FindAllStringSubmatchIndex(s, -1) {
			g := make([]string, len(m)/2)
			for i := range g {
				g[i] = sub(s, m, i)
			}
			sp, ok := r.make(g, ref)
			if !ok {
				continue
			}
			days = append(days, found{sp, m[0], m[1]})
			s = s[:m[0]] + strings.Repeat(" ", m[1]-m[0]) + s[m[1]:]
		}
	}
	sort.SliceStable(days, func(i, j int) bool { return days[i].pos < days[j].pos })
	return days, s
}

// tetDay reads "30 Tết", "28 Tết" (of Chạp) and "3 Tết" (mùng 3). A year said with it is the one Tết opens.
func tetDay(g []string, ref Date) (spec, bool) {
	d := number(g[1])
	y := year(g[2], g[3], ref)
	if d <= 10 {
		return lunar(g[1], "1", y, false)
	}
	return lunar(g[1], "12", tetYear(g[2], g[3], ref), false)
}

// tetYear is the lunar year that ends at the Tết of the year said.
func tetYear(y, canchi string, ref Date) int {
	if y != "" {
		return number(y) - 1
	}
	return year("", canchi, ref)
}

// year reads a year in digits or by its can-chi name, the one of that name nearest to ref; 0 when not said.
func year(y, canchi string, ref Date) int {
	if y != "" || canchi == "" {
		return number(y)
	}
	for off := range 31 {
		for _, c := range []int{ref.Year + off, ref.Year - off} {
			if foldedCanChi(c) == canchi {
				return c
			}
		}
	}
	return 0
}

// foldedCanChi is CanChi folded; Tý and Tỵ fold alike, but no stem goes with both.
func foldedCanChi(y int) string {
	return [...]string{"giap", "at", "binh", "dinh", "mau", "ky", "canh", "tan", "nham", "quy"}[(y+6)%10] + " " +
		[...]string{"ty", "suu", "dan", "mao", "thin", "ty", "ngo", "mui", "than", "dau", "tuat", "hoi"}[(y+8)%12]
}

func solar(d, m, y string) (spec, bool) {
	s := spec{kind: solarDay, d: number(d), m: number(m), y: number(y)}
	if len(y) == 2 {
		s.y += 2000
	}
	return s, between(s.d, 1, 31) && between(s.m, 1, 12) && (s.y == 0 || between(s.y, 1900, 2100))
}

func lunar(d, m string, y int, leap bool) (spec, bool) {
	s := spec{kind: lunarDay, d: number(d), m: number(m), y: y, leap: leap}
	return s, between(s.d, 1, 30) && between(s.m, 1, 12) && (y == 0 || between(y, 1900, 2100))
}

// number reads digits or one of the number words of dates; 0 when neither.
func number(s string) int {
	if n, ok := digits[s]; ok {
		return n
	}
	n, _ := strconv.Atoi(s)
	return n
}

func between(n, lo, hi int) bool { return lo <= n && n <= hi }

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}
