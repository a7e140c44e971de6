package dispatch

import (
	"regexp"
	"strings"
	"unicode"
)

// maxSentences bounds the tasks cut from prose; a letter without a list has a few.
const maxSentences = 300

// sentences cuts a body without any list: each sentence that gives an order, or
// asks somebody for one, is an item.
func (rd *reader) sentences(body []*para) []*para {
	var out []*para
	for _, p := range body {
		if p.role == addressee || p.role == contact || p.role == table {
			continue
		}
		for _, s := range p.split() {
			if len(out) < maxSentences && rd.orders(s.txt) {
				s.role = entry
				out = append(out, s)
			}
		}
	}
	if len(out) > 0 {
		rd.warn(Warning{Code: WarnNoList, Line: out[0].span().From})
	}
	return out
}

// split cuts a paragraph after ". " before a capital; clauses joined by ";" stay
// together, for the later ones say when and to whom.
func (p *para) split() []*para {
	var out []*para
	from := 0
	for i := 1; i+1 < p.len(); i++ {
		if p.f[i] != ' ' {
			continue
		}
		if p.f[i-1] == '.' && unicode.IsUpper(p.r[i+1]) && !abbreviation(p.f[:i]) {
			out = append(out, p.cut(from, i))
			from = i + 1
		}
	}
	return append(out, p.cut(from, p.len()))
}

// announces is a sentence that only leads in to what follows.
var announces = regexp.MustCompile(`(?:noi dung|nhiem vu|viec|giai phap|yeu cau)(?: trong tam| cu the)? (?:sau|duoi day|sau day)\b|nhu sau\b`)

func abbreviation(f string) bool {
	for _, a := range []string{" tp.", " ts.", " ths.", " bs.", " tt.", " tx.", " p.", " q."} {
		if strings.HasSuffix(f, a) {
			return true
		}
	}
	return false
}

// orders reports a sentence that gives an order and is not the closing formula.
func (rd *reader) orders(t txt) bool {
	if t.len() < 12 || basis.MatchString(t.f) || rd.formula(t) || asList.MatchString(t.f[max(0, len(t.f)-40):]) {
		return false
	}
	if announces.MatchString(t.f[:min(len(t.f), 600)]) && len(rd.duesOf(t)) == 0 {
		return false
	}
	if rd.verbLed(t) && !strings.HasPrefix(t.f, "can cu") {
		return true
	}
	_, _, ok := rd.audienceOf(t)
	return ok
}

// formula is the closing sentence that repeats the order in general.
func (rd *reader) formula(t txt) bool {
	for _, s := range []string{"nghiem tuc trien khai", "nghiem tuc thuc hien", "trien khai thuc hien./", "to chuc thuc hien./", "biet, thuc hien", "biet va thuc hien", "tran trong"} {
		if strings.Contains(t.f, s) && t.len() < 200 && len(rd.duesOf(t)) == 0 {
			return true
		}
	}
	return false
}
