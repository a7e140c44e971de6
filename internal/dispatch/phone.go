package dispatch

import (
	"regexp"
	"slices"
	"strings"

	"trucban/internal/viet"
)

// phones reads the numbers of a text, as printed and in E.164.
func (rd *reader) phones(t txt, p *para) []Phone {
	out := []Phone{}
	if p.role != contact && !callWord.MatchString(t.f) {
		return out
	}
	seen := map[string]bool{}
	for _, ph := range viet.FindPhones(t.f) {
		printed := strings.TrimLeft(t.f[ph.Start:ph.End], "( ")
		if strings.Contains(printed, ")") && !strings.Contains(printed, "(") {
			printed = t.f[ph.Start:ph.End]
		}
		if seen[ph.E164] || strings.HasSuffix(t.f[:ph.Start], "so ") && strings.HasPrefix(t.f[ph.End:], "/") {
			continue
		}
		seen[ph.E164] = true
		out = append(out, Phone{Printed: printed, E164: Maybe(ph.E164)})
		line := lineOf(p.segs, max(strings.Index(p.f, printed), 0))
		if ph.Was != "" {
			rd.warn(Warning{Code: WarnPhone, Line: line, Printed: printed})
		}
		if right, ok := dotted(printed, ph.E164); ok {
			rd.mends = append(rd.mends, Mend{Line: line, Printed: printed, Mended: right})
		}
	}
	out = append(out, rd.unresolved(t, p, out)...)
	for _, g := range shortCall.FindAllStringSubmatch(t.f, -1) {
		if !seen[g[1]] {
			seen[g[1]] = true
			out = append(out, Phone{Printed: g[1]})
		}
	}
	return out
}

var printedCall = regexp.MustCompile(`(?:so may|dien thoai|dt|sdt|hotline|duong day nong|tong dai|fax)(?: so)?(?: cua[^\d,;]{0,60})?:? ?(\(?0[\d .()-]{6,14}\d)`)

// unresolved are the numbers after a word for them that are in no use today, such as
// those with an area code of before 2017: as printed, with a warning.
func (rd *reader) unresolved(t txt, p *para, known []Phone) []Phone {
	var out []Phone
	for _, g := range printedCall.FindAllStringSubmatchIndex(t.f, -1) {
		printed := strings.TrimRight(t.f[g[2]:g[3]], " .-(")
		digits := len(printed) - strings.Count(printed, " ") - strings.Count(printed, ".") - strings.Count(printed, "-") - strings.Count(printed, "(") - strings.Count(printed, ")")
		taken := slices.ContainsFunc(known, func(k Phone) bool {
			return strings.Contains(printed, k.Printed) || strings.Contains(k.Printed, printed)
		})
		if taken || digits < 9 || digits > 11 {
			continue
		}
		out = append(out, Phone{Printed: printed})
		rd.warn(Warning{Code: WarnPhone, Line: lineOf(p.segs, min(g[2], p.len())), Printed: printed})
	}
	return out
}

// dotted reports a number whose dot stands inside the area code's neighbour:
// "02383.500027" has the area code 0238.
func dotted(printed, e164 string) (string, bool) {
	head, rest, ok := strings.Cut(printed, ".")
	if !ok || strings.Contains(rest, ".") || !strings.HasPrefix(head, "02") {
		return "", false
	}
	area, _, _ := strings.Cut(viet.FormatPhone(e164), " ")
	if len(head) <= len(area) || !strings.HasPrefix(head, area) {
		return "", false
	}
	return area + "." + head[len(area):] + rest, true
}
