package dispatch

import (
	"regexp"
	"slices"
	"sort"
	"strings"
	"unicode"
)

// partInline cuts a joined paragraph where a further item begins, as when a chat
// swallowed the line breaks: after the end of a sentence, a mark and its words.
func partInline(p *para) []*para {
	cuts := p.closingCut()
	for i := 2; i+2 < p.len(); i++ {
		if p.f[i-1] == ' ' && strings.IndexByte(".;:", p.f[i-2]) >= 0 && (p.beginsItem(i) || contactHere.MatchString(p.f[i:min(i+40, p.len())])) {
			cuts = append(cuts, i)
		}
	}
	if len(cuts) == 0 {
		return []*para{p}
	}
	slices.Sort(cuts)
	cuts = slices.Compact(cuts)
	var out []*para
	from := 0
	for _, c := range append(cuts, p.len()) {
		out = append(out, p.cut(from, c))
		from = c
	}
	return out
}

// contactHere begins a sentence of its own about whom to call, which is no part of the order before it.
var contactHere = regexp.MustCompile(`^(?:(?:can bo )?dau moi|thong tin lien he|dau moi lien he|lien he(?: [a-z]+){0,3}) ?: `)

var closingIn = regexp.MustCompile(`[.;] (?:(?:nhan duoc (?:cong van|van ban|thong bao|cong dien)|tren day la|tran trong)|(?:yeu cau|de nghi) (?:cac|thu truong)[^.]{0,120}(?:nghiem tuc|to chuc|trien khai|thuc hien|biet)[^.]{0,40}\./|[^.;]{0,160}\bbiet,? (?:va )?(?:to chuc |trien khai )?thuc hien[^.;]{0,30}\./)`)

// closingCut is where a closing formula follows an item in the same line.
func (p *para) closingCut() []int {
	tail := max(0, p.len()-400)
	end := p.f[tail:]
	if p.len() < 40 || !strings.Contains(end, "./") && !strings.Contains(end, "nhan duoc") && !strings.Contains(end, "tren day") && !strings.Contains(end, "tran trong") {
		return nil
	}
	if g := closingIn.FindStringIndex(end); g != nil {
		return []int{tail + g[0] + 2}
	}
	return nil
}

// beginsItem is strict, since a cut in a sentence costs more than a missed item:
// bullets and numbers need a capital after them, letters and (1) a letter.
func (p *para) beginsItem(start int) bool {
	m := markOf(p.slice(start, min(p.len(), start+40)))
	next := start + m.width
	if m.style == unmarked || next >= p.len() || !unicode.IsLetter(p.r[next]) {
		return false
	}
	switch m.style {
	case letter, paren, parenLet:
		return m.value > 0
	case part, article:
		return false
	}
	return unicode.IsUpper(p.r[next]) || m.style == ordinal
}

// cut is the part of a paragraph between two rune offsets, with its lines.
func (p *para) cut(from, to int) *para {
	t := p.slice(from, to).trim("")
	q := &para{txt: t, raw: t.String()}
	first := sort.Search(len(p.segs), func(i int) bool { return p.segs[i].at > from })
	for _, s := range p.segs[max(first-1, 0):] {
		if s.at >= to {
			break
		}
		q.segs = append(q.segs, seg{max(0, s.at-from), s.line})
	}
	return q
}
