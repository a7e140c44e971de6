package checklist

import (
	"regexp"
	"slices"
	"strings"

	"trucban/internal/viet"
)

var (
	cve = regexp.MustCompile(`(?i)\bCVE-\d{4}-\d{4,7}\b`)
	// leadIn are the words that only introduce the number of a document.
	leadIn    = regexp.MustCompile(`(?i)(?:\s+(?:đã )?được cảnh báo)?(?:\s+(?:tại|theo|trong|ở))?(?:\s+(?:công văn|văn bản|thông báo|cảnh báo))?\s+số$`)
	weakWords = []string{"lo hong", "diem yeu", "cve-"}
)

// FindVulns proposes the vulnerabilities that units are asked about: every CVE and
// every cited document in a clause that speaks of weaknesses ("lỗ hổng", "điểm
// yếu"), each once, in the order of the clauses. Each is described by the phrase
// that stands before it.
func FindVulns(groups []Group) []Vuln {
	var out []Vuln
	for _, g := range groups {
		for _, t := range g.Tasks {
			folded := viet.Fold(t.Text)
			if t.Dropped || !slices.ContainsFunc(weakWords, func(w string) bool { return strings.Contains(folded, w) }) {
				continue
			}
			ids := slices.Concat(t.Cites, cve.FindAllString(t.Text, -1))
			slices.SortStableFunc(ids, func(a, b string) int { return strings.Index(t.Text, a) - strings.Index(t.Text, b) })
			for _, id := range ids {
				if strings.HasPrefix(strings.ToUpper(id), "CVE-") {
					id = strings.ToUpper(id)
				}
				if !slices.ContainsFunc(out, func(v Vuln) bool { return v.ID == id }) {
					out = append(out, Vuln{ID: id, About: phraseBefore(t.Text, id), Task: t.ID, Due: g.DueOf(t)})
				}
			}
		}
	}
	return out
}

// phraseBefore is the part of the sentence that leads up to the id: from the last
// comma, semicolon, colon or "và" before its bracket.
func phraseBefore(text, id string) string {
	at := regexp.MustCompile("(?i)" + regexp.QuoteMeta(id)).FindStringIndex(text)
	if at == nil {
		return ""
	}
	before := text[:at[0]]
	if open := strings.LastIndex(before, "("); open >= 0 && !strings.Contains(before[open:], ")") {
		before = before[:open]
	}
	start := 0
	for _, stop := range []string{", ", "; ", ": ", " và ", ") ", ". "} {
		if at := strings.LastIndex(strings.TrimRight(before, " "), stop); at >= 0 {
			start = max(start, at+len(stop))
		}
	}
	return strings.Trim(leadIn.ReplaceAllString(squeeze(before[start:]), ""), " ,;:(.")
}
