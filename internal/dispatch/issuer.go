package dispatch

import (
	"regexp"
	"strings"
	"unicode"
)

var (
	bodyWord  = regexp.MustCompile(`^(?:ubnd|uy ban|hdnd|hoi dong|so |bo |phong |ban |van phong|cuc |tong cuc|chi cuc|cong an|trung tam|truong |tram |dang uy|chu tich (?:uy ban|ubnd)|thu tuong|chinh phu|tinh uy|huyen uy|thanh uy|quoc hoi|mat tran|hoi |doan |vien |dai |bch |bo chi huy|ban chi huy|vu |toa an|kho bac|benh vien|cong ty|tap doan|nha )`)
	unitLevel = regexp.MustCompile(`^(?:tinh|thanh pho|tp|quan|huyen|thi xa|thi tran|phuong|xa|dac khu)\b`)
	committee = regexp.MustCompile(`^(?:UBND|Ủy ban nhân dân|Uỷ ban nhân dân|ỦY BAN NHÂN DÂN) (tỉnh|thành phố|quận|huyện|thị xã|thị trấn|phường|xã|đặc khu)((?: \p{Lu}\p{L}*)+)`)
	asks      = regexp.MustCompile(`(?:^|[.,;] )((?:ubnd|uy ban nhan dan|so |phong |cong an |van phong |thu tuong|chu tich |giam doc |truong |ban chi huy|ban chi dao|bo |cuc |trung tam |dang uy )[^,.;:]{0,60}?) (?:yeu cau|de nghi|thong bao|huong dan|giao|chi dao|kinh de nghi|ban hanh|trien khai|xay dung|ket luan|co y kien)\b`)
)

func bodyName(t txt) bool { return bodyWord.MatchString(t.f) || unitLevel.MatchString(t.f) }

// issuer is the lowest of the names in the head: the first may be the superior.
// A name broken over two lines ("ỦY BAN NHÂN DÂN / PHƯỜNG HOA SEN") is one.
func (h *headParts) issuer() string {
	var names []string
	for _, b := range h.bodies {
		if n := len(names); n > 0 && (!bodyWord.MatchString(b.f) || unitLevel.MatchString(b.f)) {
			names[n-1] += " " + b.String()
			continue
		}
		if bodyName(b) {
			names = append(names, b.String())
		}
	}
	if len(names) == 0 {
		return ""
	}
	return names[len(names)-1]
}

// natural writes a name in capitals the way the body writes it, and a committee
// the way offices write it; another name stays as printed.
func (rd *reader) natural(name string) string {
	t := newTxt(name)
	if !t.allCaps() {
		return name
	}
	if s := rd.spelled(t); s != "" {
		return s
	}
	for _, o := range officeNames {
		if rest, ok := strings.CutPrefix(t.f, o.folded); ok && unitLevel.MatchString(rest) {
			return o.name + unitCase(string(t.r[len(o.folded):]))
		}
	}
	return name
}

// maxNamed bounds the searches for names, of which a dispatch has a few.
const maxNamed = 40

// spelled is a name as the text has it in mixed case, also across a line break; "" when it does not.
func (rd *reader) spelled(name txt) string {
	if rd.named++; rd.named > maxNamed {
		return ""
	}
	if rd.flat.len() == 0 {
		var words []string
		for _, l := range rd.lines {
			words = append(words, l.String())
		}
		rd.flat = newTxt(strings.Join(words, " "))
	}
	for from := 0; ; {
		i := strings.Index(rd.flat.f[from:], name.f)
		if i < 0 || name.len() == 0 {
			return ""
		}
		from += i + name.len()
		if s := rd.flat.slice(from-name.len(), from); !s.allCaps() && unicode.IsUpper(s.r[0]) {
			return s.String()
		}
	}
}

// officeNames are the offices named by their unit, as the body would write them.
var officeNames = []struct{ folded, name string }{
	{"uy ban nhan dan ", "UBND "}, {"ubnd ", "UBND "}, {"cong an ", "Công an "},
	{"chu tich uy ban nhan dan ", "Chủ tịch UBND "}, {"chu tich ubnd ", "Chủ tịch UBND "},
	{"hoi dong nhan dan ", "HĐND "}, {"van phong ubnd ", "Văn phòng UBND "},
}

// unitCase writes "PHƯỜNG HOA SEN" as "phường Hoa Sen".
func unitCase(s string) string {
	level := len(strings.Fields(unitLevel.FindString(fold(s))))
	words := strings.Fields(strings.ToLower(s))
	for i := range words {
		if i >= level {
			r := []rune(words[i])
			r[0] = unicode.ToUpper(r[0])
			words[i] = string(r)
		}
	}
	return strings.Join(words, " ")
}

// issuer fills in what a missing head leaves open: who asks in the lead sentence,
// with the full name found elsewhere; and the kind, by Kính gửi.
func (rd *reader) issuer(body []*para, d *Document) {
	if d.Type == "" && len(body) > 0 && body[0].starts("dien") {
		d.Type = "công điện"
	}
	if d.Type == "" && len(body) > 0 && kinhGui.MatchString(body[0].f) {
		d.Type = "công văn"
	}
	if d.Type == "" && len(body) > 0 && dienLine.MatchString(body[0].f) {
		d.Type = "công điện"
	}
	if d.Issuer != "" {
		return
	}
	who := ""
	for _, p := range body {
		if g := asks.FindStringSubmatchIndex(p.f[:min(len(p.f), 1000)]); g != nil && p.mark.style == unmarked {
			who = withoutVerb(p.slice(g[2], g[3])).String()
			break
		}
	}
	if full := fullName(who, body); full != "" {
		who = full
	}
	if rest, ok := strings.CutPrefix(who, "Ủy ban nhân dân "); ok {
		who = "UBND " + rest
	}
	if who != "" {
		d.Issuer = Maybe(who)
		rd.warn(Warning{Code: WarnIssuer, Mended: who})
	}
}

// fullName is the committee of the same level that the text names in full, when it names one only.
func fullName(who string, body []*para) string {
	level := strings.TrimPrefix(strings.TrimPrefix(fold(who), "uy ban nhan dan "), "ubnd ")
	if level == "" {
		return ""
	}
	found, tried := "", 0
	for _, p := range body {
		for _, office := range []string{"ubnd " + level, "uy ban nhan dan " + level} {
			for from := 0; tried < maxNamed; tried++ {
				i := strings.Index(p.f[from:], office)
				if i < 0 {
					break
				}
				from += i
				g := committee.FindStringSubmatch(p.slice(from, min(from+120, p.len())).String())
				from += len(office)
				if g == nil || fold(g[1]) != level {
					continue
				}
				name := "UBND " + g[1] + g[2]
				if found != "" && found != name {
					return ""
				}
				found = name
			}
		}
	}
	return found
}

// withoutVerb ends a name before "gửi", "vừa nhận được" and the like.
func withoutVerb(t txt) txt {
	for _, v := range []string{" gui ", " vua ", " nhan duoc ", " co ", " da ", " tiep tuc", " kinh"} {
		if i := strings.Index(t.f, v); i > 0 {
			t = t.slice(0, i)
		}
	}
	return t.trim("")
}
