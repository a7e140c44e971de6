package checklist

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"trucban/internal/calendar"
	"trucban/internal/viet"
)

// Rhythm words of a clause, folded.
var (
	everyDay     = regexp.MustCompile(`\b(?:hang|moi) ngay\b`)
	everyWeek    = regexp.MustCompile(`\b(?:hang|moi) tuan\b`)
	everyMonth   = regexp.MustCompile(`\b(?:hang|moi) thang\b`)
	everyQuarter = regexp.MustCompile(`\b(?:hang|moi) quy\b`)
	weekdayWord  = regexp.MustCompile(`\b(?:thu (hai|ba|tu|nam|sau|bay|[2-7])|(chu nhat))\b`)
	beforeDay    = regexp.MustCompile(`\btruoc ngay (\d{1,2})\b(?:/| thang)?`)
)

var weekdayNumbers = map[string]int{
	"hai": 1, "2": 1, "ba": 2, "3": 2, "tu": 3, "4": 3, "nam": 4, "5": 4, "sau": 5, "6": 5, "bay": 6, "7": 6,
}

// morning is when a round opens whose clause names no hour.
const morning = 8

// ProposeCron reads how often a clause comes again out of its words ("hằng ngày",
// "thứ Sáu hàng tuần", "trước ngày 20 hàng tháng", "hàng quý") and proposes when
// its rounds open and how long they stay in time; within is zero where the next
// round is the end. ok is false where the words do not say.
func ProposeCron(text string) (spec string, within time.Duration, ok bool) {
	folded := viet.Fold(text)
	switch {
	case everyDay.MatchString(folded):
		return daily(text)
	case everyWeek.MatchString(folded):
		day := 1
		if m := weekdayWord.FindStringSubmatch(folded); m != nil {
			day = weekdayNumbers[m[1]]
		}
		return fmt.Sprintf("0 %d * * %d", morning, day), 0, true
	case everyMonth.MatchString(folded):
		return monthly(folded)
	case everyQuarter.MatchString(folded):
		return fmt.Sprintf("0 %d 1 1,4,7,10 *", morning), 0, true
	}
	return "", 0, false
}

// daily opens in the morning, or two hours before an early deadline.
func daily(text string) (string, time.Duration, bool) {
	clocks, _ := calendar.FindClocks(text)
	if len(clocks) != 1 || !strings.Contains(viet.Fold(text), "truoc") {
		return fmt.Sprintf("0 %d * * *", morning), 0, true
	}
	opens := morning * time.Hour
	if clocks[0]-opens < 2*time.Hour {
		opens = max(0, clocks[0]-2*time.Hour).Truncate(time.Hour)
	}
	if clocks[0] <= opens {
		return fmt.Sprintf("0 %d * * *", morning), 0, true
	}
	return fmt.Sprintf("0 %d * * *", opens/time.Hour), clocks[0] - opens, true
}

// monthly opens on the first, or five days before the day named; "trước ngày 20" ends with the 19th's office hours.
func monthly(folded string) (string, time.Duration, bool) {
	m := beforeDay.FindStringSubmatch(folded)
	if m == nil || strings.HasSuffix(m[0], "/") {
		return fmt.Sprintf("0 %d 1 * *", morning), 0, true
	}
	day, _ := strconv.Atoi(m[1])
	opens := max(1, day-5)
	if day <= opens || day > 28 {
		return fmt.Sprintf("0 %d 1 * *", morning), 0, true
	}
	within := time.Duration(day-1-opens)*24*time.Hour + officeEnd - morning*time.Hour
	return fmt.Sprintf("0 %d %d * *", morning, opens), within, true
}
