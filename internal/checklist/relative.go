package checklist

import (
	"fmt"
	"regexp"
	"strconv"
	"time"

	"trucban/internal/calendar"
	"trucban/internal/viet"
)

// officeEnd is the hour of a due that names none.
const officeEnd = 17 * time.Hour

// maxSearch bounds the walk over days to a working day.
const maxSearch = 60

// The words of a relative due, folded. The hour may follow any but the third.
var (
	dueBefore = regexp.MustCompile(`^truoc ky(?: nghi)?(?: (\d{1,2}) ngay( lam viec)?)?$`)
	dueAfter  = regexp.MustCompile(`^sau ky(?: nghi)?(?: (\d{1,2}) ngay( lam viec)?)?$`)
	dueIssued = regexp.MustCompile(`^sau khi ban hanh (\d{1,3}) (phut|gio|ngay)$`)
	dueNth    = regexp.MustCompile(`^ngay (?:(dau|cuoi) ky|thu (\d{1,2}) cua ky)$`)
)

// due reads a deadline in words, "" being none:
//
//	trước kỳ nghỉ 1 ngày 17h00 · trước kỳ nghỉ 3 ngày làm việc · sau kỳ nghỉ 1 ngày làm việc 9h00
//	ngày đầu kỳ 9h00 · ngày thứ 3 của kỳ 9h00 · ngày cuối kỳ 15h00 · hết kỳ
//	sau khi ban hành 2 giờ · mùng 2 9h00 · 02/9 9h00
//
// The hour is 17h00 when none is named. A day named by the calendar must lie
// within a month of the period.
func (b Binding) due(words string) (time.Time, error) {
	if squeeze(words) == "" {
		return time.Time{}, nil
	}
	folded := viet.Fold(words)
	if m := dueIssued.FindStringSubmatch(folded); m != nil {
		n, _ := strconv.Atoi(m[1])
		unit := map[string]time.Duration{"phut": time.Minute, "gio": time.Hour, "ngay": 24 * time.Hour}[m[2]]
		return b.Issued.Add(time.Duration(n) * unit).UTC(), nil
	}
	if folded == "het ky" {
		return b.Span().To, nil
	}
	clocks, rest := calendar.FindClocks(words)
	clock := officeEnd
	switch len(clocks) {
	case 0:
	case 1:
		clock = clocks[0]
	default:
		return time.Time{}, fmt.Errorf("due %q: more than one hour", words)
	}
	day, err := b.day(viet.Fold(rest), words)
	if err != nil {
		return time.Time{}, err
	}
	return day.At(clock).UTC(), nil
}

// day reads the day of a due from its folded words without the hour.
func (b Binding) day(folded, words string) (calendar.Date, error) {
	if m := dueBefore.FindStringSubmatch(folded); m != nil {
		return b.walk(b.Period.From, -1, m[1], m[2] != "")
	}
	if m := dueAfter.FindStringSubmatch(folded); m != nil {
		return b.walk(b.Period.To, 1, m[1], m[2] != "")
	}
	if m := dueNth.FindStringSubmatch(folded); m != nil {
		switch m[1] {
		case "dau":
			return b.Period.From, nil
		case "cuoi":
			return b.Period.To, nil
		}
		n, _ := strconv.Atoi(m[2])
		day := b.Period.From.AddDays(n - 1)
		if n < 1 || day.After(b.Period.To) {
			return calendar.Date{}, fmt.Errorf("due %q: the period has %d days", words, b.Period.Days())
		}
		return day, nil
	}
	r, rest, err := calendar.FindDate(folded, b.Period.From.Midnight())
	if err != nil {
		return calendar.Date{}, fmt.Errorf("due %q means nothing: %w", words, err)
	}
	if rest != "" {
		return calendar.Date{}, fmt.Errorf("due %q: %q means nothing", words, rest)
	}
	if r.Date.Before(b.Period.From.AddDays(-31)) || r.Date.After(b.Period.To.AddDays(31)) {
		return calendar.Date{}, fmt.Errorf("due %q: %s is far from the period", words, r.Date)
	}
	return r.Date, nil
}

// walk goes n days (1 when not said) away from the edge of the period, counting working days only if asked.
func (b Binding) walk(edge calendar.Date, dir int, count string, work bool) (calendar.Date, error) {
	n := 1
	if count != "" {
		n, _ = strconv.Atoi(count)
	}
	if !work {
		return edge.AddDays(dir * n), nil
	}
	day := edge
	for range maxSearch {
		day = day.AddDays(dir)
		if b.works(day) {
			n--
		}
		if n <= 0 {
			return day, nil
		}
	}
	return day, fmt.Errorf("no working day within %d days of the period", maxSearch)
}

func (b Binding) works(d calendar.Date) bool {
	if b.Workday != nil {
		return b.Workday(d)
	}
	w := d.Weekday()
	return w != time.Saturday && w != time.Sunday
}
