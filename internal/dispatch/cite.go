package dispatch

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The patterns of document numbers; RE2 has no look-behind, so the sign before
// belongs to the match. Party papers (19-CT/TW) come first.
var (
	partyNumber = regexp.MustCompile(`(?:^|[^\p{L}\p{N}/.\-])(\d{1,5}\s?-\s?\p{Lu}{2,5}\s?/\s?\p{Lu}{2,6}(?:-\p{Lu}+)?)`)
	paperNumber = regexp.MustCompile(`(?:^|[^\p{L}\p{N}/.\-])(\d{1,6}(?:\.\d{1,3})?\s?/\s?(?:(?:19|20)\d\d\s?/\s?)?\p{Lu}[\p{L}\p{N}&]*(?:\s?-\s?\p{Lu}[\p{L}\p{N}&]*)*)`)
	cveID       = regexp.MustCompile(`\b(?:CVE|cve)-\d{4}-\d{4,7}\b`)
	attached    = regexp.MustCompile(`\(([^()]*?(?:gui kem|kem theo|dinh kem)[^()]*)\)`)
	citedDate   = regexp.MustCompile(`^,? ?(?:ngay )?(\d{1,2})\s?(?:[/.-]|thang)\s?(\d{1,2})\s?(?:[/.-]|,? ?nam)\s?(\d{4})`)
	citedBy     = regexp.MustCompile(`^,? ?cua ([^,.;:()]+?)(?: (?:ve|v/v|len|thi|da|de|do|den|toi|gui|quy dinh|yeu cau|huong dan|trong|tai|va (?:cong van|cong dien|chi thi|ke hoach|nghi|quyet dinh|thong|van ban|luat|y kien|chi dao))\b|[,.;:()]|$)`)
	citedAbout  = regexp.MustCompile(`^[^.;()\d]{0,60}?\b(?:ve viec|v/v|quy dinh ve|ve) ([^.;()]+)`)
	lawBefore   = regexp.MustCompile(`((?:bo )?luat [^,.;:()]{3,80}?)(?: so)? ?$`)
)

// found is one number with its place in a paragraph, in runes.
type found struct {
	at, end int
	number  string
	from    int // where its context begins: the end of the one before
}

// numbersIn lists the document numbers of a text in order.
func numbersIn(t txt) []found {
	t = t.slice(0, min(t.len(), maxScan))
	if !codeAhead(t) {
		return nil
	}
	s := t.String()
	var out []found
	taken := map[int]bool{}
	for _, re := range []*regexp.Regexp{partyNumber, paperNumber} {
		for _, g := range re.FindAllStringSubmatchIndex(s, -1) {
			if taken[g[2]] || !papery(s[g[2]:g[3]]) {
				continue
			}
			taken[g[2]] = true
			out = append(out, found{at: g[2], end: g[3], number: strings.ReplaceAll(s[g[2]:g[3]], " ", "")})
		}
	}
	slices.SortFunc(out, func(a, b found) int { return a.at - b.at })
	inRunes(s, out)
	return out
}

// codeAhead reports a slash with a capital behind it, without which there is no number.
func codeAhead(t txt) bool {
	for i := 0; i+1 < t.len(); i++ {
		if t.f[i] == '/' && (t.upperAt(i+1) || t.f[i+1] == ' ' && t.upperAt(i+2)) {
			return true
		}
	}
	return false
}

// inRunes turns byte offsets into rune offsets in one pass and notes where each context begins.
func inRunes(s string, out []found) {
	bytes, runes := 0, 0
	for i := range out {
		runes += utf8.RuneCountInString(s[bytes:out[i].at])
		n := utf8.RuneCountInString(s[out[i].at:out[i].end])
		bytes = out[i].end
		out[i].at, out[i].end = runes, runes+n
		runes += n
		if i > 0 {
			out[i].from = out[i-1].end
		}
	}
}

// papery keeps out what only looks like a number: the "1/Các" of an item, "3/H".
func papery(s string) bool {
	_, code, _ := strings.Cut(s, "/")
	capitals := 0
	for _, r := range code {
		if unicode.IsUpper(r) || unicode.IsDigit(r) {
			capitals++
		}
	}
	return capitals >= 2
}

// cited lists the documents the body refers to, each number once, in order, and
// attachments that have no number. The document's own number is none of them.
func (rd *reader) cited(body []*para, own Maybe) []Citation {
	out := []Citation{}
	seen := map[string]int{}
	for _, p := range body {
		if p.role == addressee {
			continue
		}
		for _, f := range numbersIn(p.txt) {
			if f.number == string(own) {
				continue
			}
			c := citation(p.txt, f)
			if i, ok := seen[f.number]; ok {
				out[i] = fuller(out[i], c)
				continue
			}
			seen[f.number] = len(out)
			out = append(out, c)
		}
		for _, g := range attachments(p.txt) {
			out = append(out, Citation{About: Maybe(aboutBefore(p.txt, max(0, g[0]-300), g[0]) + " (" + p.slice(g[2], g[3]).String() + ")")})
		}
	}
	return out
}

func fuller(a, b Citation) Citation {
	if a.Date == "" {
		a.Date = b.Date
	}
	if a.Issuer == "" {
		a.Issuer = b.Issuer
	}
	if a.About == "" {
		a.About = b.About
	}
	return a
}

// citation reads the date, the issuer and the matter around a number.
func citation(t txt, f found) Citation {
	c := Citation{Number: Maybe(f.number)}
	rest := t.slice(f.end, min(t.len(), f.end+400))
	if g := citedDate.FindStringSubmatch(rest.f); g != nil {
		if iso, ok := isoDate(atoi(g[1]), atoi(g[2]), atoi(g[3])); ok {
			c.Date = Maybe(iso)
		}
		rest = rest.from(len(g[0]))
	}
	if g := citedBy.FindStringSubmatchIndex(rest.f); g != nil {
		c.Issuer = Maybe(rest.slice(g[2], g[3]).trim("").String())
		rest = rest.from(g[3])
	}
	before := t.slice(max(f.from, f.at-200), f.at)
	if g := lawBefore.FindStringSubmatchIndex(before.f); g != nil {
		c.About = Maybe(before.slice(g[2], g[3]).trim("").String())
		return c
	}
	if i := strings.LastIndexByte(before.f, '('); i >= 0 && !strings.Contains(before.f[i:], ")") && before.len()-i < 40 {
		c.About = Maybe(aboutBefore(before, 0, i))
		return c
	}
	c.About = Maybe(aboutAfter(rest))
	return c
}

var aboutEnds = regexp.MustCompile(`, (?:ubnd|uy ban nhan dan|so|phong|cong an|bo|van phong|ban chi dao|chu tich|giam doc|thu tuong) | len (?:cong|trang)|; | va (?:cong van|chi thi|ke hoach|luat|nghi dinh)`)

// aboutAfter is the matter printed behind a number: "về việc tăng cường ...". The
// mark tells "về" from the "vệ" of "bảo vệ".
func aboutAfter(rest txt) string {
	g := citedAbout.FindStringSubmatchIndex(rest.f)
	if g == nil || rest.r[g[2]-2] == 'ệ' {
		return ""
	}
	about := rest.slice(g[2], g[3])
	if e := aboutEnds.FindStringIndex(about.f); e != nil {
		about = about.slice(0, e[0])
	}
	return about.trim(",;").String()
}

// aboutBefore is the phrase that ends at a bracket: what the document in the bracket is about.
func aboutBefore(t txt, from, to int) string {
	s := t.slice(from, to)
	cut := 0
	for _, stop := range []string{": ", "; ", ", ", ") ", " va cac ", ". "} {
		if i := strings.LastIndex(s.f, stop); i >= 0 && i+len(stop) > cut {
			cut = i + len(stop)
		}
	}
	p := s.from(cut).trim(",;: ")
	for _, lead := range []string{"va cac ", "va ", "cac "} {
		if p.starts(lead) {
			p = p.from(len(lead))
		}
	}
	return p.String()
}

// attachments finds the brackets that name an enclosure without a number.
func attachments(t txt) [][]int {
	f := t.f[:min(len(t.f), maxScan)]
	if !strings.Contains(f, "kem") {
		return nil
	}
	var out [][]int
	for _, g := range attached.FindAllStringSubmatchIndex(f, -1) {
		if !strings.Contains(f[g[2]:g[3]], "/") {
			out = append(out, g)
		}
	}
	return out
}

// citesOf lists what one task refers to: numbers, CVE ids, attachments by their words.
func (rd *reader) citesOf(t txt) []string {
	out := []string{}
	seen := map[string]bool{}
	add := func(s string) {
		if s != "" && !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	for _, f := range numbersIn(t) {
		add(f.number)
	}
	if strings.Contains(t.f, "cve-") {
		for _, id := range cveID.FindAllString(t.String(), -1) {
			add(strings.ToUpper(id))
		}
	}
	for _, g := range attachments(t) {
		add(t.slice(g[2], g[3]).String())
	}
	return out
}
