package dispatch

import (
	"regexp"
	"strings"
)

// zones are the parts of a paper by lines: head, addressees, body, foot, annex.
type zones struct {
	head  []line
	body  []line // from Kính gửi, or the first line after the head, to Nơi nhận
	foot  []line
	annex []line
}

var (
	kinhGui    = regexp.MustCompile(`^\(?(?:kinh g[uy]i\b ?[:;.]?|dien ?:)`)
	dienLine   = regexp.MustCompile(`\bdien ?:$|^(?:bo truong|cuc truong|chu tich|thu tuong|giam doc|truong ban|ban chi huy|chi huy truong|tong cuc truong)[^.;]{0,80} gui ?:$`)
	noiNhan    = regexp.MustCompile(`^noi nhan ?(?:[:;.]|$| \S)`)
	noiNhanIn  = regexp.MustCompile(`\bnoi nhan ?:`)
	signLine   = regexp.MustCompile(`^(?:(?:tm|kt|tl|tuq|q)\s?\.|[tk]/[ml t]\s)\s?\S`)
	postLine   = regexp.MustCompile(`^(?:q\. ?)?(?:pho )?(?:chu tich|giam doc|tong giam doc|chanh van phong|truong phong|truong ban|cuc truong|thu truong|bo truong|hieu truong|bi thu|vien truong|chi huy truong|tram truong|thu tuong|hieu truong|truong cong an|tong thu ky|doi truong)\b`)
	annexLine  = regexp.MustCompile(`^(?:phu luc|mau so|danh muc|bieu mau)\b`)
	headMotto  = regexp.MustCompile(`cong ?hoa xa ?hoi chu nghia viet nam|doc lap ?- ?tu do ?- ?hanh phuc|dang cong san viet nam`)
	headNumber = regexp.MustCompile(`^so ?: ?|^so \d{1,6} ?[-/] ?[a-z]|\bso ?: ?\d*\s*(?:/|-)`)
	headDate   = regexp.MustCompile(`\bngay\s*\d{0,2}[\s.…]*thang\s*\d{0,2}[\s.…]*nam\s*\d{0,4}`)
	headAbout  = regexp.MustCompile(`^\(?v/v\b|^ve viec\b|^v/ v `)
	kindLine   = regexp.MustCompile(`^(cong dien(?: khan| hoa toc)?|thong bao|ke hoach|chi thi|quyet dinh|bao cao|to trinh|huong dan|giay moi|cong van|phuong an|chuong trinh|nghi quyet|ban ghi nho|thu moi|thong tri|ket luan)\b`)
	urgentLine = regexp.MustCompile(`^[\[("]?(hoa toc(?: hen gio)?|thuong khan|khan)[\])"]?(?: ?[:!.].*)?$`)
)

// maxFoot is the longest foot in lines; more than that is something else.
const maxFoot = 150

// zones finds the parts. Each mark is looked for where it belongs: the foot after the
// body has begun, the head before the first sentence.
func (rd *reader) zones() zones {
	ls := rd.lines
	start := bodyStart(ls)
	z := zones{head: ls[:start]}
	end := len(ls)
	for i := start; i < len(ls); i++ {
		if noiNhan.MatchString(ls[i].f) && (strings.HasPrefix(ls[i].f, "noi nhan:") || ls[i].len() < 90) || noiNhanIn.MatchString(ls[i].f) && len(ls[i].cols) > 1 || rd.signs(ls, i, start) {
			end = i
			break
		}
	}
	z.body = ls[start:end]
	z.foot = ls[end:]
	for i, l := range z.foot {
		annex := annexLine.MatchString(l.f) && (l.allCaps() || l.len() < 30)
		if i > 0 && (annex || kinhGui.MatchString(l.f) || i == maxFoot) {
			z.foot, z.annex = z.foot[:i], z.foot[i:]
			break
		}
	}
	return z
}

// signs reports the signature where Nơi nhận is missing: a line in capitals that
// names an authority or a post, after the body has begun.
func (rd *reader) signs(ls []line, i, start int) bool {
	l := ls[i]
	if i > start && i+2 == len(ls) && l.len() < 40 && (postLine.MatchString(l.f) || l.starts("to truong")) && !endsSentence(l.txt) && personName.MatchString(ls[i+1].String()) {
		return true
	}
	if i == start || !l.allCaps() && !rd.accentless || l.len() > 70 {
		return false
	}
	return signLine.MatchString(l.f) && l.allCaps() || postLine.MatchString(l.f) && l.allCaps() && i+8 >= len(ls)
}

// bodyStart is the index of Kính gửi, of "... điện:", or of the first line that is no head.
func bodyStart(ls []line) int {
	limit := min(len(ls), 60)
	for i := 0; i < limit; i++ {
		f := ls[i].f
		if kinhGui.MatchString(f) {
			return i
		}
		if dienLine.MatchString(f) && ls[i].len() < 120 {
			return i
		}
	}
	for i := 0; i < limit; i++ {
		if !isHead(ls, i) {
			return i
		}
	}
	return min(limit, len(ls))
}

// isHead reports whether a line can be part of the head: the motto, a number, a
// date, V/v, a kind, an urgency, a line in capitals, or the rest of a title above.
func isHead(ls []line, i int) bool {
	l := ls[i]
	if l.len() > 400 {
		return false
	}
	if headMotto.MatchString(l.f) || headNumber.MatchString(l.f) && !basis.MatchString(l.f) || headAbout.MatchString(l.f) || urgentLine.MatchString(l.f) {
		return true
	}
	if headDate.MatchString(l.f) && l.len() < 80 && !endsSentence(l.txt) {
		return true
	}
	if markOf(l.txt).style != unmarked {
		return false
	}
	if l.allCaps() || kindLine.MatchString(l.f) && (l.len() < 40 || kindAndTitle(l.txt)) && !endsSentence(l.txt) {
		return true
	}
	if i > 0 && ls[i-1].allCaps() && ls[i-1].len() < 40 && kindLine.MatchString(ls[i-1].f) && !endsSentence(l.txt) && l.len() < 200 && l.upperAt(0) && !l.has("de nghi") && !l.has("yeu cau") && !bodyName(l.txt) {
		return true
	}
	if i == 0 || openers.MatchString(l.f) && !headAbout.MatchString(l.f) && !strings.HasPrefix(l.f, "ve ") {
		return false
	}
	return titleGoesOn(ls, i)
}

// kindAndTitle reports a title that stands in one line with the kind's name: "CHỈ THỊ Về việc ...".
func kindAndTitle(t txt) bool {
	k := kindLine.FindString(t.f)
	return k != "" && t.slice(0, len(k)).allCaps() && strings.HasPrefix(t.f[len(k):], " ve ") && t.len() < 300
}

// titleGoesOn reports a line that carries on the subject: below the kind's name or
// the V/v, without the end of a sentence, until the first blank or full line.
func titleGoesOn(ls []line, i int) bool {
	if endsSentence(ls[i].txt) || ls[i].len() > 200 {
		return false
	}
	for k := i - 1; k >= 0 && k >= i-4; k-- {
		if kindLine.MatchString(ls[k].f) && ls[k].len() < 40 || headAbout.MatchString(ls[k].f) {
			return true
		}
		if endsSentence(ls[k].txt) {
			return false
		}
	}
	return false
}

// body joins the body's lines.
func (rd *reader) body(z zones) []*para { return rd.paragraphs(z.body) }
