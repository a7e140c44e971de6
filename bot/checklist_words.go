package bot

import (
	"regexp"
	"strings"
	"time"

	"trucban/internal/calendar"
	"trucban/internal/viet"
)

// aim is what an answer is about: which list, which numbers, with which words.
type aim struct {
	id    string // of a run or a directive, "" when not said
	refs  []string
	words string
}

var (
	listID  = regexp.MustCompile(`(?i)^(VB-\d{4}-\d{3,})(/[a-z0-9_-]+)?$`)
	taskNum = regexp.MustCompile(`^\d{1,3}(\.\d{1,2})?\.?$`)
)

// readTarget reads "[VB-2027-001] 3 words", "2, 4" or the arguments of a button.
func readTarget(c call) aim {
	if c.act.Code != "" {
		g := aim{id: c.act.Arg(0)}
		if ref := c.act.Arg(1); ref != "" {
			g.refs = []string{ref}
		}
		return g
	}
	if len(c.refs) > 0 {
		return aim{refs: c.refs}
	}
	id, rest := cutListID(c.arg)
	if nums, ok := references(tokenize(rest), TakesNumber); ok {
		return aim{id: id, refs: nums}
	}
	ref, words, _ := strings.Cut(strings.TrimSpace(rest), " ")
	if taskWord := viet.Fold(ref); taskWord == "viec" || taskWord == "so" {
		ref, words, _ = strings.Cut(strings.TrimSpace(words), " ")
	}
	ref = strings.TrimRight(ref, ":,.")
	if !taskNum.MatchString(ref) {
		if ref == "" {
			return aim{id: id}
		}
		return aim{id: id, refs: []string{ref}, words: strings.TrimSpace(words)}
	}
	return aim{id: id, refs: []string{ref}, words: strings.TrimSpace(words)}
}

// cutListID takes the id of a directive or a run off the front.
func cutListID(s string) (id, rest string) {
	first, more, _ := strings.Cut(strings.TrimSpace(s), " ")
	m := listID.FindStringSubmatch(first)
	if m == nil {
		return "", strings.TrimSpace(s)
	}
	return strings.ToUpper(m[1]) + strings.ToLower(m[2]), strings.TrimSpace(more)
}

// cutMoment reads "đến 9h mai lý do": the longest beginning that is a moment, and what is left.
func cutMoment(s string, now time.Time) (at time.Time, rest string, ok bool) {
	words := strings.Fields(s)
	for len(words) > 0 && (viet.Fold(words[0]) == "den" || viet.Fold(words[0]) == "toi" || viet.Fold(words[0]) == "luc") {
		words = words[1:]
	}
	for n := min(len(words), 7); n > 0; n-- {
		m, _, err := calendar.ParseMoment(strings.TrimRight(strings.Join(words[:n], " "), ",.;:"), now)
		if err != nil {
			continue
		}
		rest := strings.Join(words[n:], " ")
		for _, lead := range []string{"vì ", "do ", "- ", "– "} {
			rest = strings.TrimPrefix(rest, lead)
		}
		return m, rest, true
	}
	return time.Time{}, "", false
}
