package incident

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"trucban/internal/roster"
	"trucban/internal/viet"
)

var (
	clockPattern = regexp.MustCompile(`(?:^|[^0-9a-z.:/])(?:(tu|luc|khoang|hoi|vao|tam)\s(?:khoang\s|luc\s|hoi\s|tam\s)?)?(\d{1,2})(?:\s?(?:gio|h|g)\s?(\d{2}|ruoi)?|:(\d{2}))(?:\s?(?:phut|p))?(?:\s(truoc))?(?:[^0-9a-z:/]|$)`)
	agoPattern   = regexp.MustCompile(`(?:^|[^0-9a-z])(\d{1,3})\s?(phut|p|tieng|gio|h|ngay)\s(?:truoc|nay|roi)(?:[^a-z]|$)`)
	datePattern  = regexp.MustCompile(`(?:^|[^0-9/.\-])(\d{1,2})[/\-](\d{1,2})(?:[/\-](\d{4}))?(?:[^0-9/]|$)`)
	nowPattern   = regexp.MustCompile(`(?:^|[^a-z])(?:vua (?:xong|moi|phat hien|bi|thay)|moi (?:bi|day|phat hien)|bay gio|ngay luc nay)(?:[^a-z]|$)`)
)

// FoundAt reads when something was noticed out of a text sent at that time:
// "từ 21h", "lúc 7h30 sáng", "tối qua 22 giờ", "30 phút trước", "20h ngày 9/2".
// Without a date it is the last such hour before the text was sent; it is never
// later than sent. The second result is false when the text names no time.
func FoundAt(text string, sent time.Time) (time.Time, bool) {
	folded := viet.Fold(text)
	if t, ok := ago(folded, sent); ok {
		return t, true
	}
	h, m, ok := clock(folded)
	day, dated := date(folded, sent.In(roster.Zone))
	if !ok {
		if nowPattern.MatchString(folded) {
			return sent, true
		}
		return time.Time{}, false
	}
	at := time.Date(day.Year(), day.Month(), day.Day(), h, m, 0, 0, roster.Zone)
	if at.After(sent) {
		if dated {
			return time.Time{}, false
		}
		at = at.AddDate(0, 0, -1)
	}
	return at.UTC(), true
}

// ago reads "30 phút trước", "2 tiếng nay".
func ago(folded string, sent time.Time) (time.Time, bool) {
	m := agoPattern.FindStringSubmatch(folded)
	if m == nil {
		return time.Time{}, false
	}
	n, _ := strconv.Atoi(m[1])
	unit := map[string]time.Duration{"phut": time.Minute, "p": time.Minute, "ngay": 24 * time.Hour}[m[2]]
	if unit == 0 {
		unit = time.Hour
	}
	return sent.Add(-time.Duration(n) * unit).UTC(), true
}

// clock reads the hour that is led in ("từ 21h"), or else the first one. A part
// of the day named beside it makes "9h tối" 21:00.
func clock(folded string) (hour, minute int, ok bool) {
	var best []string
	for _, m := range clockPattern.FindAllStringSubmatch(folded, -1) {
		if best == nil || best[1] == "" && m[1] != "" {
			best = m
		}
	}
	if best == nil {
		return 0, 0, false
	}
	hour, _ = strconv.Atoi(best[2])
	switch {
	case best[3] == "ruoi":
		minute = 30
	case best[3] != "":
		minute, _ = strconv.Atoi(best[3])
	default:
		minute, _ = strconv.Atoi(best[4])
	}
	if hour > 23 || minute > 59 {
		return 0, 0, false
	}
	return partOfDay(folded, hour), minute, true
}

// partOfDay moves an hour of the twelve-hour clock to where the text says it lies.
func partOfDay(folded string, hour int) int {
	has := func(w string) bool { return strings.Contains(" "+folded+" ", " "+w+" ") }
	switch {
	case hour >= 12 || has("sang"):
		return hour
	case has("trua") && hour <= 2, has("chieu"), has("toi") && hour >= 5, (has("dem") || has("khuya")) && hour >= 6:
		return hour + 12
	}
	return hour
}

// date reads the day a text names; dated is false when it names none.
func date(folded string, local time.Time) (day time.Time, dated bool) {
	if m := datePattern.FindStringSubmatch(folded); m != nil {
		d, _ := strconv.Atoi(m[1])
		mo, _ := strconv.Atoi(m[2])
		y := local.Year()
		if m[3] != "" {
			y, _ = strconv.Atoi(m[3])
		}
		t := time.Date(y, time.Month(mo), d, 0, 0, 0, 0, roster.Zone)
		if t.Day() == d && int(t.Month()) == mo {
			if m[3] == "" && t.After(local) {
				t = time.Date(y-1, time.Month(mo), d, 0, 0, 0, 0, roster.Zone)
			}
			return t, true
		}
	}
	switch padded := " " + folded + " "; {
	case strings.Contains(padded, " hom kia "):
		return local.AddDate(0, 0, -2), true
	case strings.Contains(padded, " hom qua "), strings.Contains(padded, " toi qua "),
		strings.Contains(padded, " dem qua "), strings.Contains(padded, " chieu qua "):
		return local.AddDate(0, 0, -1), true
	}
	return local, false
}
