package dispatch

import (
	"regexp"
	"strings"

	"trucban/internal/viet"
)

var (
	signed     = regexp.MustCompile(`^\(?(?:da ky|ky ten|ky, ?dong dau|ky, ?ghi ro ho ten|da ky so)\)?\.?$`)
	signedIn   = regexp.MustCompile(`\((?:da ky|ky ten|da ky so)\)`)
	rightPart  = regexp.MustCompile(`(?:^|\s)((?:TM|KT|TL|TUQ|Q)\s?\.\s?\p{Lu}[\p{Lu}\s,-]+|(?:Q\. ?)?(?:PHÓ )?(?:CHỦ TỊCH|GIÁM ĐỐC|TỔNG GIÁM ĐỐC|CHÁNH VĂN PHÒNG|TRƯỞNG PHÒNG|TRƯỞNG BAN|CỤC TRƯỞNG|THỨ TRƯỞNG|BỘ TRƯỞNG|HIỆU TRƯỞNG|BÍ THƯ|VIỆN TRƯỞNG|CHỈ HUY TRƯỞNG|TRẠM TRƯỞNG|THỦ TƯỚNG|TRƯỞNG CÔNG AN)(?:\s\p{Lu}{2,})*)$`)
	personName = regexp.MustCompile(`^\p{Lu}\p{Ll}*(?: \p{Lu}\p{Ll}*){1,5}$`)
	signerTail = regexp.MustCompile(`(?:[.;)]) (\p{Lu}\p{Ll}+(?: \p{Lu}\p{Ll}+){1,4})$`)
	authority  = regexp.MustCompile(`^(?:(?:tm|kt|tl|tuq|q)\s?\.|[tk]/[mlt]\s)`)
)

// foot reads Nơi nhận on the left and the signature on the right; where both
// stand on one line they are told apart by the wide gap or by what they say.
func (rd *reader) foot(z zones, d *Document) {
	d.Addressees = orEmpty(d.Addressees)
	var left []line
	var right []string
	listing := false
	for _, l := range z.foot {
		s := rd.mend(l.String(), []seg{{0, l.no}})
		if len(l.cols) > 1 {
			right = append(right, l.cols[1:]...)
			s = l.cols[0]
		} else if t := newTxt(s); !signed.MatchString(t.f) {
			s, right = splitRight(s, right, listing || noiNhan.MatchString(t.f))
		}
		if s == "" {
			continue
		}
		c := line{txt: newTxt(s), no: l.no, gap: l.gap, indent: l.indent}
		switch {
		case noiNhan.MatchString(c.f):
			listing = true
			_, rest, _ := strings.Cut(c.String(), ":")
			if rest = strings.TrimSpace(rest); rest != "" {
				left = append(left, line{txt: newTxt(rest), no: l.no})
			}
		case listing && !rightish(c.txt, left):
			left = append(left, c)
		default:
			right = append(right, s)
		}
	}
	d.Recipients = recipients(left)
	signature(right, d)
}

// splitRight cuts the signature's words from the end of a recipients' line.
func splitRight(s string, right []string, listing bool) (string, []string) {
	if g := rightPart.FindStringSubmatchIndex(s); g != nil && g[2] > 0 {
		return strings.TrimSpace(s[:g[2]]), append(right, s[g[2]:g[3]])
	}
	if g := signerTail.FindStringSubmatchIndex(s); listing && g != nil && strings.HasPrefix(s, "-") {
		return strings.TrimSpace(s[:g[2]]), append(right, s[g[2]:g[3]])
	}
	if g := signatureIn(s); g != nil && (listing || g[0] == 0) {
		return strings.TrimSpace(s[:g[0]]), append(right, s[g[0]:])
	}
	return s, right
}

// signedTail is a whole signature in one line: "KT. GIÁM ĐỐC PHÓ GIÁM ĐỐC Đỗ Thị Châu".
var signedTail = regexp.MustCompile(`(?:^|\s)(?:TM|KT|TL|TUQ|Q)\s?\.\s?\p{Lu}[\p{Lu}\s.,/-]+((?:\s\p{Lu}\p{Ll}+){2,5})?$`)

// signatureIn is where such a signature stands; most lines have no authority's letters.
func signatureIn(s string) []int {
	if !strings.Contains(s, "T") && !strings.Contains(s, "Q") || !strings.Contains(s, "M.") && !strings.Contains(s, "T.") && !strings.Contains(s, "L.") && !strings.Contains(s, "Q.") {
		return nil
	}
	return signedTail.FindStringIndex(s)
}

// posts part such a line: before each of them another line of the signature begins.
var posts = regexp.MustCompile(`\s(KT\.|TL\.|TUQ\.|Q\.|PHÓ |THỨ TRƯỞNG|CHÁNH VĂN PHÒNG|(?:\p{Lu}\p{Ll}+ )+\p{Lu}\p{Ll}+$)|NHÂN DÂN (CHỦ TỊCH)`)

// postAndName is a post with the name behind it: "THỨ TRƯỞNG Nguyễn Huy".
var postAndName = regexp.MustCompile(`^(\p{Lu}[\p{Lu}\s,-]+\p{Lu}) ((?:\p{Lu}\p{Ll}+ ?){2,5})$`)

// signedLines parts a whole signature in one line; any other text stays one.
func signedLines(s string) []string {
	if g := postAndName.FindStringSubmatch(s); g != nil && postLine.MatchString(fold(g[1])) {
		return g[1:]
	}
	if signatureIn(s) == nil {
		return []string{s}
	}
	var out []string
	from := 0
	for _, g := range posts.FindAllStringSubmatchIndex(s, -1) {
		at := max(g[2], g[4])
		out = append(out, strings.TrimSpace(s[from:at]))
		from = at
	}
	return append(out, strings.TrimSpace(s[from:]))
}

// rightish reports a line of the signature below the recipients.
func rightish(t txt, left []line) bool {
	if markOf(t).style.isBullet() {
		return false
	}
	if authority.MatchString(t.f) || postLine.MatchString(t.f) || signed.MatchString(t.f) || signedIn.MatchString(t.f) {
		return true
	}
	if len(left) == 0 {
		return false
	}
	last := left[len(left)-1]
	ended := endsSentence(last.txt) && !strings.HasSuffix(last.f, ":")
	return personName.MatchString(viet.StripHonorifics(t.String())) && (ended || last.starts("- luu")) || t.allCaps() && ended
}

// recipients are the items of Nơi nhận; a line without a mark carries the last one on.
func recipients(lines []line) []string {
	items := []string{}
	fresh := true
	for _, l := range lines {
		for _, part := range splitItems(l.txt) {
			if len(items) > 0 && !fresh && !part.marked {
				items[len(items)-1] += " " + part.text
			} else if part.text != "" {
				items = append(items, part.text)
			}
			fresh = part.ended
		}
	}
	for i := range items {
		items[i] = strings.TrimRight(items[i], " .;,")
		items[i] = strings.Replace(items[i], "; (", " (", 1)
	}
	return items
}

type item struct {
	text          string
	marked, ended bool
}

// splitItems parts one line at its semicolons and reads off the bullets.
func splitItems(t txt) []item {
	var out []item
	for from := 0; from < t.len(); {
		to := strings.IndexByte(t.f[from:], ';')
		end := t.len()
		if to >= 0 {
			end = from + to + 1
			if rest := strings.TrimLeft(t.f[end:], " "); strings.HasPrefix(rest, "(") {
				end = t.len()
			}
		}
		p := t.slice(from, end).trim("")
		m := markOf(p)
		it := item{marked: m.style.isBullet(), ended: strings.HasSuffix(p.f, ";") || strings.HasSuffix(p.f, ")")}
		if it.marked {
			p = p.from(m.width)
		}
		it.text = p.trim(";").String()
		if it.text != "" {
			out = append(out, it)
		}
		from = end
	}
	return out
}

// signature reads authority, post and name from the right column, top down.
func signature(right []string, d *Document) {
	var lines []string
	for _, s := range right {
		lines = append(lines, signedLines(s)...)
	}
	for i, s := range lines {
		t := newTxt(s).trim(".")
		t0 := newTxt(s).trim("")
		switch {
		case t.len() == 0 || signed.MatchString(t0.f) || signedIn.MatchString(t0.f):
		case t0.starts("to truong") && d.Title == "" && i == 0:
			d.Title = Maybe(t0.String())
		case authority.MatchString(t0.f):
			if d.Authority == "" {
				d.Authority = Maybe(t0.String())
			}
		case d.Signer == "" && (postLine.MatchString(t0.f) || t0.allCaps()):
			if d.Title == "" || postLine.MatchString(t0.f) && !postLine.MatchString(fold(string(d.Title))) {
				d.Title = Maybe(t0.String())
			}
		case d.Title != "" || d.Authority != "":
			if name := viet.Line(viet.StripHonorifics(t.String())); d.Signer == "" && personName.MatchString(name) {
				d.Signer = Maybe(name)
			}
		}
	}
}

// orEmpty keeps a list from being null.
func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
