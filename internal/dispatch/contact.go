package dispatch

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"trucban/internal/viet"
)

var (
	emailIn   = regexp.MustCompile(`[A-Za-z0-9][A-Za-z0-9._%+-]*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+`)
	callWord  = regexp.MustCompile(`\b(?:so )?(?:dien thoai|dt|sdt|so may|hotline|duong day nong|tong dai|di dong|zalo|tel|fax|lien he|email|e-mail|thu dien tu|hop thu|hom thu|dau moi|goi(?: dien| ngay)?)\b|\bso (?:\+84|0\d|truc|di dong|dd)|\b(?:anh|chi|ong|ba|d/c|dong chi) (?:[a-z]+ ?){1,4}(?:[:(]|- ) ?\+?(?:84|0)\d`)
	shortCall = regexp.MustCompile(`(?:dien thoai|dt|hotline|duong day nong|tong dai|goi|so)(?: so)?:? ?((?:1[89]00[ .]?\d{4}(?:\d{2})?|1[89]00[ .]?\d{2}[ .]?\d{2}|11[2-9])\b)`)
	orgEnd    = regexp.MustCompile(`(?::|,? \(?(?:so )?(?:dien thoai|dt|sdt|so may|hotline|duong day nong|email|e-mail|thu dien tu|so |qua )| ?[–-] (?:dt|sdt|so))`)
	contactBy = regexp.MustCompile(`^(?:moi (?:thong tin|chi tiet|vuong mac)[^,]*, ?)?(?:moi )?(?:thong tin |chi tiet )?(?:xin )?(?:de nghi )?(?:dau moi|lien he|can bo dau moi|nguoi lien he)(?: lien he| tiep nhan| ho tro| voi| ngay| truc tiep| qua| dau moi)* ?:? ?`)
	contactIn = regexp.MustCompile(`\bdau moi ?: ?|\b(?:lien he|lien lac|bao ngay|goi dien|bao cao ngay)(?: ngay| truc tiep| voi| cho| toi| den| ve| qua)*(?: ?: ?| )`)
	person    = regexp.MustCompile(`\b(dong chi|d/c|ong|ba|anh|chi) (?:[^,;:()~]{3,40})`)
	orgIn     = regexp.MustCompile(`(?:phong|ban|so|cuc|trung tam|van phong|ubnd|uy ban nhan dan|cong an|doi|chi cuc|bo|to) [^,;:()]{3,80}`)
	officeIn  = regexp.MustCompile(`(?:Phòng|Ban Chỉ huy|Ban Chỉ đạo|Ban|Sở|Cục|Trung tâm|Văn phòng|UBND|Ủy ban|Công an|Đội|Chi cục|Bộ|Tổ|Trạm)(?: [^,;:()\d]{2,80})?`)
	officeEnd = regexp.MustCompile(` (?:va qua|va|qua|theo|truoc|de|bang|so|dien thoai|sdt|dt|email|thu dien tu|hop thu|cham nhat|trong|va gui|hoac)\b`)
	roleWord  = regexp.MustCompile(`(?:so dien thoai |duong day nong |hotline )((?:truc|ho tro|ung cuu|tiep nhan|duong day)[^:,;\d]{3,70}?)(?: so)? ?:? ?\d`)
)

// reachable reports a text that holds a phone number beside a word for it, or an e-mail address.
func reachable(t txt) bool {
	t = t.slice(0, min(t.len(), maxScan))
	if emailOf(t.String()) != "" {
		return true
	}
	return dialable(t.f) && callWord.MatchString(t.f) && (len(viet.FindPhones(t.f)) > 0 || shortCall.MatchString(t.f) || printedCall.MatchString(t.f))
}

// dialable is the cheap first look: eight digits from a 0, a 1 or a plus on, with
// dots, spaces, dashes or brackets between them, or a short number (113, 1900...).
// Dates have slashes and do not pass.
func dialable(f string) bool {
	for i := 0; i < len(f); i++ {
		if f[i] != '0' && f[i] != '1' && f[i] != '+' && f[i] != '8' || i > 0 && (isDigit(f[i-1]) || f[i-1] == '/') {
			continue
		}
		digits, run := 0, 0
		for j := i; j < len(f) && j < i+20 && strings.IndexByte("0123456789 .-()+", f[j]) >= 0; j++ {
			if isDigit(f[j]) {
				digits++
				run++
			} else if run == digits && f[i] == '1' && run == 3 {
				return true
			}
			if digits == 8 {
				return true
			}
		}
		if f[i] == '1' && digits == 3 && run == 3 {
			return true
		}
	}
	return false
}

// emailOf is the first e-mail address of a text.
func emailOf(s string) string {
	if !strings.Contains(s, "@") {
		return ""
	}
	return strings.TrimRight(emailIn.FindString(s), ".")
}

// maxContacts bounds the work on a list of numbers that is no dispatch.
const maxContacts = 200

// contacts lists whom to call: one for each paragraph that holds a number or an address.
func (rd *reader) contacts(body []*para) []Contact {
	out := []Contact{}
	for _, p := range body {
		if p.role == addressee || !strings.Contains(p.f, "@") && !dialable(p.f) {
			continue
		}
		if len(out) >= maxContacts {
			break
		}
		t := p.words()
		for _, t := range perContact(t.slice(0, min(t.len(), maxScan))) {
			if c, ok := rd.contact(t, p); ok {
				out = append(out, c)
			}
		}
	}
	return out
}

// perContact parts a paragraph that names several people at its semicolons.
func perContact(t txt) []txt {
	parts := []txt{}
	from := 0
	for i := 0; i <= t.len(); i++ {
		if i == t.len() || t.f[i] == ';' {
			if s := t.slice(from, i).trim(""); s.len() > 0 {
				parts = append(parts, s)
			}
			from = i + 1
		}
	}
	reach := 0
	for _, s := range parts {
		if g := callWord.FindStringIndex(s.f); reachable(s) && (g == nil || g[0] > 0) {
			reach++
		}
	}
	if reach > 1 && reach == len(parts) {
		return parts
	}
	return []txt{t}
}

func (rd *reader) contact(t txt, p *para) (Contact, bool) {
	c := Contact{Phones: rd.phones(t, p)}
	c.Email = Maybe(emailOf(t.String()))
	if len(c.Phones) == 0 && c.Email == "" {
		return c, false
	}
	c.Org, c.Role = whose(t, p.role == contact)
	return c, true
}

// whose reads the office and the role from the words before the first number.
func whose(t txt, own bool) (Maybe, Maybe) {
	role := ""
	if g := roleWord.FindStringSubmatchIndex(t.f); g != nil {
		role = t.slice(g[2], g[3]).trim("").String()
	}
	if !own {
		return Maybe(lastOffice(t)), Maybe(firstOf(role, personIn(t)))
	}
	if g := contactBy.FindString(t.f); g != "" && len(g) < t.len() {
		t = t.from(len(g)).trim(":")
	} else if g := contactIn.FindAllStringIndex(t.f, -1); g != nil {
		t = t.from(g[len(g)-1][1])
	}
	end := t.len()
	if g := orgEnd.FindStringIndex(t.f); g != nil && g[0] > 2 {
		end = g[0]
	}
	for i := 0; i < end; i++ {
		if isDigit(t.f[i]) && (i == 0 || t.f[i-1] == ' ' || t.f[i-1] == '(') && i+3 < t.len() && t.f[i] == '0' || t.f[i] == '@' {
			end = strings.LastIndexByte(t.f[:i+1], ' ')
			break
		}
	}
	name := t.slice(0, max(end, 0)).trim(",;:-(")
	if closing.MatchString(name.f) {
		return Maybe(lastOffice(t)), Maybe(firstOf(role, personIn(t)))
	}
	if g := findPerson(name); g != nil {
		who := name.slice(g[0], g[1]).trim(",-").String()
		rest := newTxt(string(name.r[:g[0]]) + " " + string(name.r[g[1]:])).trim(",;:-– ")
		if o := orgIn.FindStringIndex(rest.f); o != nil {
			return Maybe(rest.slice(o[0], o[1]).trim(",-").String()), Maybe(who)
		}
		if rest.len() > 3 {
			return Maybe(rest.String()), Maybe(who)
		}
		return "", Maybe(who)
	}
	if utf8.RuneCountInString(name.String()) > 200 {
		return "", Maybe(role)
	}
	return Maybe(name.String()), Maybe(role)
}

// lastOffice is the office named last before the first number or address.
func lastOffice(t txt) string {
	head := t.slice(0, reachAt(t))
	found := officeIn.FindAllString(head.String(), -1)
	if len(found) == 0 {
		return ""
	}
	office := newTxt(found[len(found)-1])
	if g := officeEnd.FindStringIndex(office.f); g != nil {
		office = office.slice(0, g[0])
	}
	return office.trim(",-").String()
}

// personIn is the person named last before the first number or address.
func personIn(t txt) string {
	head := t.slice(0, reachAt(t))
	g := findPerson(head)
	if g == nil {
		return ""
	}
	return head.slice(g[0], g[1]).trim(",-(").String()
}

// findPerson is the place of the last form of address with a name behind it: "đ/c
// Mai", not the "ánh về" of "phản ánh về".
func findPerson(t txt) []int {
	var last []int
	for _, g := range person.FindAllStringSubmatchIndex(t.f, -1) {
		how := strings.ToLower(string(t.r[g[2]:g[3]]))
		if t.upperAt(g[3]+1) && (honorific[how] || !strings.ContainsFunc(how, vietnamese)) {
			last = g[:2]
		}
	}
	return last
}

var honorific = setOf("đồng chí,đ/c,ông,bà,anh,chị")

// reachAt is where the first number or address begins.
func reachAt(t txt) int {
	at := t.len()
	if p := viet.FindPhones(t.f); len(p) > 0 {
		at = p[0].Start
	}
	if i := strings.IndexByte(t.f, '@'); i >= 0 && i < at {
		at = i
	}
	return at
}

// firstOf is the first text that is not empty.
func firstOf(list ...string) string {
	for _, s := range list {
		if s != "" {
			return s
		}
	}
	return ""
}
