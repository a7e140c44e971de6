package calendar

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"trucban/internal/viet"
)

// Times as folded text: "7h30", "7g30'", "19 gio", "07:30", "7 ruoi", "2 gio ruoi chieu".
var (
	clockHour  = regexp.MustCompile(`\b(\d{1,2})\s*(?:gio\s*|h|g)(?:(\d{2})\b(?:\s*phut\b|p\b|'|’)?|\s*(ruoi)\b|\b)(?:\s*(sang|trua|chieu|toi|dem)\b)?`)
	clockColon = regexp.MustCompile(`\b(\d{1,2}):(\d{2})(?::\d{2})?\b()(?:\s*(sang|trua|chieu|toi|dem)\b)?`)
	clockHalf  = regexp.MustCompile(`\b(\d{1,2})()\s*(ruoi)\b(?:\s*(sang|trua|chieu|toi|dem)\b)?`)
)

// ParseClock reads one time of day as the time since midnight, 0 to 24 h: "7h30",
// "7g30", "07:30", "19h", "7 rưỡi", "7 giờ tối".
func ParseClock(text string) (time.Duration, error) {
	at, rest := clocks(viet.Fold(text))
	if len(at) != 1 || clockNoise.ReplaceAllString(rest, "") != "" {
		return 0, fmt.Errorf("%w: %q", ErrNoTime, text)
	}
	return at[0], nil
}

// ParseClockSpan reads "07h30 - 19h00" or "từ 19h đến 7h hôm sau" as the start
// since midnight and the length; an end at or before the start lies on the next day.
func ParseClockSpan(text string) (start, length time.Duration, err error) {
	at, rest := clocks(viet.Fold(text))
	if len(at) != 2 || !spanWords.MatchString(rest) {
		return 0, 0, fmt.Errorf("%w: %q", ErrNoTime, text)
	}
	length = at[1] - at[0]
	if length <= 0 {
		length += 24 * time.Hour
	}
	return at[0], length, nil
}

// FindClocks lists the times of day in a text, in order; the rest of the text comes back folded.
func FindClocks(text string) ([]time.Duration, string) { return clocks(viet.Fold(text)) }

var clockNoise = regexp.MustCompile(`[\s.,;'’()]|\b(?:luc|vao)\b`)

var spanWords = regexp.MustCompile(`^(?:[\s()\-–—>→,.;:'’]|\b(?:tu|den|toi|het|hom sau|ngay hom sau|sang hom sau|ngay sau)\b)*$`)

// clocks takes the times out of a folded text, leaving blanks where they stood.
func clocks(s string) (at []time.Duration, rest string) {
	type hit struct {
		pos int
		at  time.Duration
	}
	var hits []hit
	for _, re := range []*regexp.Regexp{clockHour, clockColon, clockHalf} {
		for _, m := range re.FindAllStringSubmatchIndex(s, -1) {
			if m[1] < len(s) && s[m[1]] == '/' && m[4] >= 0 { // "19 giờ 08/02": the digits are a date's
				m[1], m[4], m[5] = m[4], -1, -1
			}
			if d, ok := clockOf(sub(s, m, 1), sub(s, m, 2), sub(s, m, 3), sub(s, m, 4)); ok {
				hits = append(hits, hit{m[0], d})
				s = s[:m[0]] + strings.Repeat(" ", m[1]-m[0]) + s[m[1]:]
			}
		}
	}
	for len(hits) > 0 {
		first := 0
		for i, h := range hits {
			if h.pos < hits[first].pos {
				first = i
			}
		}
		at = append(at, hits[first].at)
		hits = append(hits[:first], hits[first+1:]...)
	}
	return at, s
}

func clockOf(hour, minute, half, part string) (time.Duration, bool) {
	h, _ := strconv.Atoi(hour)
	m, _ := strconv.Atoi(minute)
	if half != "" {
		m = 30
	}
	switch {
	case (part == "chieu" || part == "toi") && h < 12, part == "dem" && h >= 6 && h < 12, part == "trua" && h < 3:
		h += 12
	case part == "dem" && h == 12:
		h = 24
	}
	if m > 59 || h > 24 || h == 24 && m > 0 {
		return 0, false
	}
	return time.Duration(h)*time.Hour + time.Duration(m)*time.Minute, true
}

// sub is the i-th submatch, "" when it did not take part.
func sub(s string, m []int, i int) string {
	if 2*i+1 >= len(m) || m[2*i] < 0 {
		return ""
	}
	return s[m[2*i]:m[2*i+1]]
}

// ClockText is "07h30" for a time since midnight; times past 24 h are those of the next day.
func ClockText(at time.Duration) string {
	min := int(at/time.Minute) % (24 * 60)
	return fmt.Sprintf("%02dh%02d", min/60, min%60)
}

// TimeText is "07h30" in Zone.
func TimeText(t time.Time) string {
	t = t.In(Zone)
	return fmt.Sprintf("%02dh%02d", t.Hour(), t.Minute())
}
