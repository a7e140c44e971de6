package dispatch

import (
	"regexp"
	"slices"
	"sort"
	"unicode"
)

// inlineMark finds items that follow each other in one line, as when a chat
// swallowed the line breaks: after the end of a sentence, a mark and its words.
var inlineMark = regexp.MustCompile(`[.;:] (?:([-+~*] )|(\d{1,2})([.)/]) ?|([ivxl]{1,4})([.)]) |([a-z])\) ?|\((\d{1,2})\) ?|(?:thu (?:nhat|hai|ba|tu|nam|sau|bay|tam|chin)|(?:mot|hai|ba|bon|nam|sau|bay|tam|chin) la)[,:] ?)`)

// partInline cuts a joined paragraph where a further item begins.
func partInline(p *para) []*para {
	cuts := p.closingCut()
	for at := 0; at < p.len(); {
		g := inlineMark.FindStringIndex(p.f[at:])
		if g == nil {
			break
		}
		start, end := at+g[0]+2, at+g[1]
		if p.beginsItem(start, end) {
			cuts = append(cuts, start)
		}
		at += g[0] + 2
	}
	if len(cuts) == 0 {
		return []*para{p}
	}
	slices.Sort(cuts)
	var out []*para
	from := 0
	for _, c := range append(cuts, p.len()) {
		out = append(out, p.cut(from, c))
		from = c
	}
	return out
}

var closingIn = regexp.MustCompile(`[.;] (?:(?:nhan duoc (?:cong van|van ban|thong bao|cong dien)|tren day la|tran trong)|(?:yeu cau|de nghi) (?:cac|thu truong)[^.]{0,120}(?:nghiem tuc|to chuc|trien khai|thuc hien|biet)[^.]{0,40}\./|[^.;]{0,160}\bbiet,? (?:va )?(?:to chuc |trien khai )?thuc hien[^.;]{0,30}\./)`)

// closingCut is where a closing formula follows an item in the same line.
func (p *para) closingCut() []int {
	if p.len() < 40 {
		return nil
	}
	tail := max(0, p.len()-400)
	if g := closingIn.FindStringIndex(p.f[tail:]); g != nil {
		return []int{tail + g[0] + 2}
	}
	return nil
}

// beginsItem is strict, since a cut in a sentence costs more than a missed item:
// bullets and numbers need a capital after them, letters and (1) a letter.
func (p *para) beginsItem(start, end int) bool {
	m := markOf(p.slice(start, min(p.len(), start+40)))
	if m.style == unmarked || end >= p.len() {
		return false
	}
	next := p.r[start+m.width : min(start+m.width+1, p.len())]
	if len(next) == 0 || !unicode.IsLetter(next[0]) {
		return false
	}
	switch m.style {
	case letter, paren, parenLet:
		return m.value > 0
	}
	return unicode.IsUpper(next[0])
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
