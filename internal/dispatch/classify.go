package dispatch

import (
	"regexp"
	"strings"
)

// role is what a paragraph is in the body.
type role int

const (
	preamble  role = iota // before the list: why, on what basis
	addressee             // Kính gửi and what follows it
	topic                 // an unnumbered line that opens a list
	entry                 // an item of a list
	more                  // carries the item before it on
	closer                // after the list: who replies, who is thanked
	contact               // whom to call
	table                 // a row of a table
)

var (
	closing      = regexp.MustCompile(`^(?:yeu cau |de nghi |kinh de nghi|nhan duoc|tren day|tran trong|trong qua trinh|qua trinh|trong truong hop|truong hop co|truong hop vuong|truong hop phat sinh|neu co |moi (?:chi tiet|thong tin|vuong mac|y kien|phan anh)|van ban nay|cong van nay|cong dien nay|thong bao nay|ke hoach nay|ubnd .{0,60}(?:yeu cau|de nghi|thong bao|mong|giao)|uy ban nhan dan .{0,60}(?:yeu cau|de nghi|thong bao|giao)|noi dung nay|can cu |thu truong cac .{0,80}chiu trach nhiem|khi (?:gap|co|xay ra) (?:su co|van de|vuong mac|kho khan).{0,160}lien he|rat mong|xin cam on|kinh mong)`)
	contactIntro = regexp.MustCompile(`(?:dau moi|lien he|lien lac|duong day nong|hotline|so dien thoai|thong tin ho tro)`)
	contactHead  = regexp.MustCompile(`^(?:dau moi|lien he|thong tin lien he|thong tin dau moi|can bo dau moi|nguoi lien he|chi tiet (?:xin )?lien he|moi (?:chi tiet|thong tin|vuong mac)|so dien thoai|duong day nong|dien thoai|hotline|email|thu dien tu)`)
	basis        = regexp.MustCompile(`^(?:can cu|thuc hien (?:cong van|cong dien|chi thi|ke hoach|thong bao|van ban|nghi quyet|quyet dinh|y kien|chi dao|luat|nghi dinh|chuong trinh|ket luan)|theo (?:de nghi|thong tin|cong van|chi dao|du bao|noi dung|ke hoach)|nham |de (?:kip|chu|bao dam|dam bao|tang|phong|ung|thuc|trien|nang|dap|han)|xet |tiep theo |ngay \d|vao khoang|thoi gian qua|trong thoi gian qua|hien nay|qua theo doi|ubnd .{0,80}nhan duoc)`)
	asList       = regexp.MustCompile(`(?:nhu sau|sau day|sau|nhiem vu|noi dung|yeu cau|de nghi|cu the|thong bao|ke hoach|viec|giai phap) ?:$`)
	givesTo      = regexp.MustCompile(`^(?:giao|de nghi|yeu cau|doi voi|d/v|rieng|ve phia|kinh de nghi|tran trong de nghi|giao cho|kinh giao|gop y) `)
)

// classify gives each paragraph its role and returns the addressees.
func (rd *reader) classify(body []*para) []string {
	addressees, next := rd.addressed(body)
	listed, calling := false, false
	for i := next; i < len(body); i++ {
		p := body[i]
		switch {
		case p.mark.style == cells:
			p.role = table
		case p.mark.style == row || p.mark.style == section:
			p.role, listed = entry, true
		case p.mark.style != unmarked:
			calling = calling && p.mark.style.isBullet()
			if p.role = rd.markedRole(p, calling); p.role == entry {
				listed = true
			}
		default:
			p.role = rd.unmarkedRole(body, i, listed)
			calling = p.role == contact || p.role == closer && contactIntro.MatchString(p.f) && strings.HasSuffix(p.f, ":")
			listed = listed || p.role == topic
		}
	}
	rd.tellsOnly(body[next:])
	return addressees
}

// tellsOnly takes bullets that only tell what happened for what they are: they
// stand before the sentence that asks, and give no order and name nobody.
func (rd *reader) tellsOnly(body []*para) {
	lead := 0
	for i, p := range body {
		if i+1 < len(body) && p.mark.style == unmarked && (p.role == topic || p.role == preamble || p.role == closer || p.role == more) && strings.HasSuffix(p.f, ":") && leadsIn.MatchString(p.f) && body[i+1].mark.value == 1 {
			lead = i
			break
		}
	}
	orders, told := 0, 0
	for _, p := range body[:lead] {
		if p.role != entry {
			continue
		}
		if !p.mark.style.isBullet() || rd.bodyLed(p.words()) {
			return
		}
		if told++; rd.verbLed(p.words()) {
			orders++
		}
	}
	if orders*2 >= max(told, 1) {
		return
	}
	for _, p := range body[:lead+min(1, lead)] {
		p.role = preamble
	}
}

// leadsIn is in the sentence that opens the list of duties.
var leadsIn = regexp.MustCompile(`(?:yeu cau|de nghi|khuyen nghi|khuyen cao|chi dao|thuc hien|nhiem vu|giai phap|thong bao)`)

// markedRole tells an item from a contact: the bullets below "qua các đầu mối sau:",
// and an item that names somebody and his number without any order.
func (rd *reader) markedRole(p *para, calling bool) role {
	t := p.words()
	switch {
	case calling && (reachable(t) || rd.bodyLed(t) || personLed.MatchString(t.f) && dialable(t.f)):
		return contact
	case reachable(t) && offersHelp.MatchString(t.f):
		return contact
	case reachable(t) && contactHead.MatchString(t.f) && !strings.HasPrefix(t.f, "lien he ngay"):
		return contact
	case reachable(t) && !rd.verbLed(t) && (rd.bodyLed(t) && rd.orderAt(t) < 0 || personLed.MatchString(t.f)):
		return contact
	case basis.MatchString(t.f) && p.mark.style.isBullet() && strings.HasPrefix(t.f, "can cu"):
		return preamble
	}
	return entry
}

// offersHelp begins an item that only says whom to ask: "Trường hợp cần thiết, liên hệ ...".
var offersHelp = regexp.MustCompile(`^(?:trong )?(?:truong hop|qua trinh|neu|khi)[^.:;]{0,20}(?:can thiet|can ho tro|vuong mac|kho khan|can trao doi|thac mac)[^.:;]{0,80}(?:lien he|lien lac)`)

var personLed = regexp.MustCompile(`^(?:dong chi|d/c|ong|ba|anh|chi) `)

// unmarkedRole reads a paragraph without a mark by its place and its first words.
func (rd *reader) unmarkedRole(body []*para, i int, listed bool) role {
	p := body[i]
	f := p.f[:min(len(p.f), 600)]
	opensList := i+1 < len(body) && body[i+1].mark.style != unmarked
	colon := strings.HasSuffix(p.f, ":")
	switch {
	case reachable(p.txt) && contactIntro.MatchString(f) || contactHead.MatchString(p.f) && !rd.givesDuty(p.txt):
		return contact
	case opensList && colon && contactIntro.MatchString(f) && listed:
		return closer
	case opensList && rd.isTopic(p, body[i+1], listed):
		return topic
	case !listed:
		return preamble
	case closing.MatchString(p.f) || strings.HasSuffix(p.f, "./.") && !givesTo.MatchString(p.f):
		return closer
	case givesTo.MatchString(p.f) && rd.bodyLed(p.from(len(givesTo.FindString(p.f)))):
		return entry
	case i > 0 && body[i-1].role == closer, i > 0 && body[i-1].role == contact:
		return closer
	}
	return more
}

func (rd *reader) givesDuty(t txt) bool { return rd.verbLed(t) && !contactHead.MatchString(t.f) }

// isTopic reports an unnumbered heading: a line in capitals, an audience with or
// without its colon, or a short line with one. The lead sentence of the whole
// list ("... thực hiện các nhiệm vụ sau:") is none.
func (rd *reader) isTopic(p, next *para, listed bool) bool {
	colon := strings.HasSuffix(p.f, ":")
	if p.caps && p.len() < 160 && !basis.MatchString(p.f) {
		return true
	}
	to := givesTo.FindString(p.f)
	if !listed && asks.MatchString(p.f[:min(len(p.f), 600)]) {
		return false
	}
	audience := to != "" && rd.bodyLed(p.from(len(to))) || to == "" && rd.bodyLed(p.txt)
	switch {
	case audience && colon && p.len() < 260 && !asList.MatchString(p.f):
		return to != "" || rd.orderAt(p.txt) < 0 || strings.HasSuffix(p.f, "chu tri:") || strings.HasSuffix(p.f, "co trach nhiem:") || strings.HasSuffix(p.f, "thuc hien:") && listed
	case audience && !endsSentence(p.txt) && p.len() < 160 && next.mark.style.isBullet():
		return true
	}
	return listed && colon && p.len() < 160
}

// addressed reads Kính gửi, on its own line or in items, and returns them and
// the index of the first paragraph behind them.
func (rd *reader) addressed(body []*para) ([]string, int) {
	out := []string{}
	if len(body) == 0 {
		return out, 0
	}
	first := body[0]
	g := kinhGui.FindString(first.f)
	if g == "" && !dienLine.MatchString(first.f) {
		return out, 0
	}
	first.role = addressee
	if g != "" {
		for _, it := range splitItems(firstSentence(first.from(len(g)).trim(":"))) {
			out = append(out, strings.TrimRight(it.text, " .:"))
		}
	}
	inline := len(out) > 0
	for i := 1; i < len(body); i++ {
		p := body[i]
		t := p.words()
		bullet := p.mark.style.isBullet()
		if !bullet && (inline || p.mark.style != unmarked || basis.MatchString(p.f) || openers.MatchString(p.f) && !rd.bodyLed(t) || t.len() > 200) {
			return out, i
		}
		if bullet && inline && rd.verbLed(t) || strings.HasSuffix(p.f, ":") {
			return out, i
		}
		p.role = addressee
		if bullet {
			out = append(out, t.trim(".;").String())
		} else {
			for _, it := range splitItems(t) {
				out = append(out, strings.TrimRight(it.text, " .;"))
			}
		}
		if strings.HasSuffix(t.f, ".") {
			return out, i + 1
		}
	}
	return out, len(body)
}

// firstSentence keeps the basis out of Kính gửi where both stand on one line.
func firstSentence(t txt) txt {
	for i := 1; i+1 < t.len(); i++ {
		if t.f[i] == ' ' && t.f[i-1] == '.' && t.upperAt(i+1) && !abbreviation(" "+t.f[:i]) {
			return t.slice(0, i)
		}
	}
	return t
}
