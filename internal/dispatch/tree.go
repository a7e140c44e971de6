package dispatch

import (
	"strings"
	"unicode"
)

// node is one item of the outline with what hangs below it.
type node struct {
	p    *para
	mark marker
	up   *node
	kids []*node
	more []*para // paragraphs that carry it on
}

// rank orders the styles as they nest in practice; it is used only where a
// style appears that is not open yet.
var rank = map[style]int{
	part: 0, article: 0, roman: 1, heading: 2, ordinal: 3, arabic: 3, decimal: 4, decimal3: 5,
	letter: 6, paren: 6, section: 6, parenLet: 7, row: 7, dash: 8, bulletDot: 9, plus: 10, prose: 11,
}

// outline builds the tree of the body's items, whatever styles it uses: an item
// of an open style is the sibling of the open one, any other goes below.
func (rd *reader) outline(body []*para) []*node {
	root := &node{}
	top := root
	entries := rd.entriesOf(body)
	for i, p := range entries {
		n := &node{p: p, mark: p.mark}
		if p.role == more {
			if top == root {
				continue
			}
			if !rd.openHeading(top) {
				top.more = append(top.more, p)
				continue
			}
			n.mark.style = prose
			n.p.role = entry
		}
		if p.role == topic || n.mark.style == unmarked {
			n.mark.style = heading
		}
		if rd.headsBullets(n, entries, i) {
			n.mark.style = heading
		}
		n.up = place(root, top, n)
		n.up.kids = append(n.up.kids, n)
		top = n
	}
	rd.renumber(root)
	return root.kids
}

// openHeading reports a heading whose matter stands below it in plain paragraphs:
// in capitals, or a short title that is no order, without items so far.
func (rd *reader) openHeading(n *node) bool {
	if n.mark.style == prose {
		return true
	}
	t := n.p.words()
	if len(n.kids) > 0 || len(n.more) > 0 || n.mark.style.isBullet() || t.len() > 120 {
		return false
	}
	return n.p.caps || !rd.verbLed(t) && (!endsSentence(t) || strings.HasSuffix(t.f, ":")) && !contentHead.MatchString(t.f)
}

// entriesOf keeps what belongs to the outline; a text without any list is cut at its sentences.
func (rd *reader) entriesOf(body []*para) []*para {
	var out []*para
	found := false
	for _, p := range body {
		if p.role == entry || p.role == topic || p.role == more {
			out = append(out, p)
			found = found || p.role == entry
		}
	}
	fixLoneRoman(out)
	if found {
		return out
	}
	return rd.sentences(body)
}

// headsBullets reports a bullet that is itself a heading of bullets of the same
// sign: "- Công an xã:" followed by "- Tuần tra ...".
func (rd *reader) headsBullets(n *node, entries []*para, i int) bool {
	t := n.p.words()
	return n.mark.style.isBullet() && strings.HasSuffix(t.f, ":") && rd.bodyLed(t) && rd.orderAt(t) < 0 &&
		i+1 < len(entries) && entries[i+1].mark.style == n.mark.style
}

// fixLoneRoman reads a single "I." before 2., 3. as the 1. it is.
func fixLoneRoman(entries []*para) {
	var only *para
	ones, twos := 0, 0
	for _, p := range entries {
		switch {
		case p.mark.style == roman && only != nil:
			return
		case p.mark.style == roman:
			only = p
		case p.mark.style == arabic && p.mark.value == 1:
			ones++
		case p.mark.style == arabic && p.mark.value == 2:
			twos++
		}
	}
	if only != nil && only.mark.value == 1 && ones == 0 && twos > 0 {
		only.mark.style, only.mark.misread = arabic, "1."
	}
}

// place finds the parent of a new item: above the open item of its own style,
// or below the last item when the style is new there.
func place(root, top, n *node) *node {
	for at := top; at != root; at = at.up {
		if at.mark.style != n.mark.style {
			continue
		}
		if n.mark.style == heading && at.up != root && n.p.mark.style == unmarked {
			return root
		}
		return at.up
	}
	at := top
	if n.mark.style == heading && n.p.mark.style == unmarked {
		return placeTopic(root, top)
	}
	opens := at != root && strings.HasSuffix(at.p.f, ":") && (n.mark.value <= 1)
	for at != root && !opens && rank[at.mark.style] >= rank[n.mark.style] {
		at = at.up
	}
	return at
}

// placeTopic puts an unnumbered heading below the numbered one above it while
// that has no items of its own, and beside it otherwise.
func placeTopic(root, top *node) *node {
	at := top
	for at != root && (at.mark.style.isBullet() || len(at.kids) > 0 || rank[at.mark.style] > rank[heading]) {
		at = at.up
	}
	return at
}

// renumber checks each numbered list and reports what is out of order. Position
// counts; the printed number is kept beside it.
func (rd *reader) renumber(n *node) {
	last, pos := map[style]int{}, map[style]int{}
	for _, k := range n.kids {
		s := k.p.mark.style
		v := k.p.mark.value
		if v == 0 || s == unmarked || s.isBullet() {
			rd.renumber(k)
			continue
		}
		pos[s]++
		if k.p.mark.misread != "" {
			rd.misnumbered(k, k.p.mark.misread, true)
		} else if !inOrder(s, last[s], v, pos[s]) {
			rd.misnumbered(k, ordinalText(k.p.mark, pos[s]), last[s] > 0)
		}
		last[s] = v
		rd.renumber(k)
	}
}

func inOrder(s style, last, v, pos int) bool {
	return v == pos || last > 0 && v == last+1 || s == letter && last == 4 && v == 6
}

// misnumbered warns, and lists a mend where the list had begun right.
func (rd *reader) misnumbered(k *node, right string, mend bool) {
	line := k.p.span().From
	rd.warn(Warning{Code: WarnRenumbered, Line: line, Printed: k.p.mark.printed, Mended: right})
	if !mend {
		return
	}
	t := k.p.words()
	first := t.String()
	if ws := wordsOf(t, 4); len(ws) > 3 {
		first = string(t.r[:ws[2].to])
	}
	rd.mends = append(rd.mends, Mend{Line: line, Printed: k.p.mark.printed + " " + first, Mended: right + " " + first})
}

// ordinalText writes a count in the style of a mark: 3 as "3.", "III.", "c)".
func ordinalText(m marker, n int) string {
	tail := strings.TrimLeftFunc(m.printed, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '|' || r == '(' })
	switch m.style {
	case roman:
		return romanText(n) + tail
	case letter:
		if r := []rune(letterOrder); n <= len(r) {
			return string(r[n-1]) + tail
		}
	case paren:
		return "(" + itoa(n) + ")"
	case decimal, decimal3, ordinal, part, article, parenLet:
		return itoa(n)
	}
	return itoa(n) + tail
}

func romanText(n int) string {
	var b strings.Builder
	for _, d := range []struct {
		v int
		s string
	}{{10, "X"}, {9, "IX"}, {5, "V"}, {4, "IV"}, {1, "I"}} {
		for ; n >= d.v; n -= d.v {
			b.WriteString(d.s)
		}
	}
	return b.String()
}
