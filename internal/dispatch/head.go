package dispatch

import (
	"regexp"
	"strings"
)

var (
	headNumberIs = regexp.MustCompile(`(?:^|[^\p{L}])(?:Số|SỐ|số|So|SO)\s?:?\s*(\d{0,6}(?:\.\d{1,3})?\s?(?:/|-)\s?(?:(?:19|20)\d\d\s?/\s?)?\p{Lu}[\p{L}\p{N}&]*(?:\s?[-/]\s?\p{Lu}[\p{L}\p{N}&]*)*)`)
	headNumberNo = regexp.MustCompile(`(?:^|[^\p{L}])(?:Số|SỐ|So|SO)\s?:\s*(/\s?\p{Lu}[\p{L}\p{N}&]*(?:\s?-\s?\p{Lu}[\p{L}\p{N}&]*)*)`)
	placeDate    = regexp.MustCompile(`(?:(?:^|[^\p{L}])(?:TP\.? ?)?(?:\p{Lu}\p{Ll}*\.? ){0,5}\p{Lu}\p{Ll}*,\s*(?:hồi [^,]{0,25} )?)?(?i:ngày|ngay)\s*\d{0,2}[\s.…]*(?i:tháng|thang)\s*\d{0,2}[\s.…]*(?i:năm|nam)\s*\d{0,4}`)
	slashDate    = regexp.MustCompile(`(?:^|[^\p{L}])(?:TP\.? ?)?(?:\p{Lu}\p{Ll}*\.? ){0,5}\p{Lu}\p{Ll}*,\s*(?i:ngày|ngay) \d{1,2}/\d{1,2}/\d{4}$`)
	mottoPart    = regexp.MustCompile(`cong ?hoa xa ?hoi chu nghia viet nam|doc lap ?- ?tu do ?- ?hanh phuc|dang cong san viet nam`)
	urgentPart   = regexp.MustCompile(`(?:^|[^\p{L}])(HỎA TỐC|HOẢ TỐC|THƯỢNG KHẨN|KHẨN)(?:$|[^\p{L}])`)
	kindOfCode   = map[string]string{
		"CĐ": "công điện", "TB": "thông báo", "KH": "kế hoạch", "CT": "chỉ thị", "QĐ": "quyết định", "BC": "báo cáo",
		"TTr": "tờ trình", "HD": "hướng dẫn", "GM": "giấy mời", "NQ": "nghị quyết", "CV": "công văn", "PA": "phương án", "CTr": "chương trình",
	}
	kindNames = []string{
		"công điện", "thông báo", "kế hoạch", "chỉ thị", "quyết định", "báo cáo", "tờ trình", "hướng dẫn", "giấy mời",
		"công văn", "phương án", "chương trình", "nghị quyết", "thông tri", "kết luận",
	}
)

// headParts are the lines of the head by what they say.
type headParts struct {
	bodies  []txt // the left column's names, top first
	about   []txt
	inside  bool // the subject goes on
	kind    string
	urgency string
}

// head reads number, date, issuer, kind, subject and urgency. Two columns glued
// to one line are told apart by what they say: what is taken out leaves the rest.
func (rd *reader) head(z zones) Document {
	d := Document{Addressees: []string{}, Recipients: []string{}}
	var h headParts
	for _, l := range z.head {
		if l.len() > 400 {
			continue // no line of a head is that long
		}
		for _, s := range rd.headLines(l, &d) {
			t := newTxt(s).trim("-_ ")
			if i := strings.Index(t.f, " v/v "); i > 0 {
				h.take(t.slice(0, i))
				t = t.from(i + 1)
			}
			if t.len() > 1 {
				h.take(t)
			}
		}
	}
	d.Issuer = Maybe(rd.natural(h.issuer()))
	d.Subject = Maybe(subject(h.about))
	d.Type = Maybe(h.kind)
	if d.Urgency == "" {
		d.Urgency = Maybe(h.urgency)
	}
	if d.Type == "" {
		d.Type = Maybe(kindByCode(string(d.Number)))
	}
	return d
}

// headLines takes the marks of the head out of a line, column by column, and
// returns what stood between them.
func (rd *reader) headLines(l line, d *Document) []string {
	var out []string
	for i, c := range l.cols {
		if i+1 < len(l.cols) && strings.HasSuffix(fold(c), "so:") { // the number is left blank
			l.cols[i+1] = c + " " + l.cols[i+1]
			continue
		}
		for _, s := range strings.Split(rd.headLine(rd.mend(c, []seg{{0, l.no}}), l, d), "\n") {
			out = append(out, strings.Join(strings.Fields(s), " "))
		}
	}
	return out
}

// headLine takes number, date, motto and urgency out of a text; each leaves a line break.
func (rd *reader) headLine(s string, l line, d *Document) string {
	if g := headNumberIs.FindStringSubmatchIndex(s); g != nil && d.Number == "" {
		n := strings.ReplaceAll(s[g[2]:g[3]], " ", "")
		if n[0] == '/' {
			rd.warn(Warning{Code: WarnNoNumber, Line: l.no, Printed: n})
			d.Type = Maybe(kindByCode(n))
		} else {
			d.Number = Maybe(n)
		}
		s = s[:g[0]] + "\n" + s[g[1]:]
	} else if g := headNumberNo.FindStringIndex(s); g != nil {
		s = s[:g[0]] + "\n" + s[g[1]:]
	}
	if g := slashDate.FindStringIndex(s); g != nil && d.Date == "" {
		if on, ok := firstDate(newTxt(s[g[0]:g[1]])); ok {
			d.Date = Maybe(on)
			s = s[:g[0]]
		}
	}
	if g := placeDate.FindStringIndex(s); g != nil && d.Date == "" && (!strings.Contains(fold(s[:g[0]]), "v/v") || g[1] == len(s) && strings.Contains(s[g[0]:g[1]], ",")) {
		if on, ok := firstDate(newTxt(s[g[0]:g[1]])); ok {
			d.Date = Maybe(on)
		}
		s = s[:g[0]] + "\n" + s[g[1]:]
	}
	t := newTxt(s)
	if on, ok := firstDate(t); ok && d.Date == "" && t.starts("hoi ") {
		d.Date = Maybe(on)
		return ""
	}
	for g := mottoPart.FindStringIndex(t.f); g != nil; g = mottoPart.FindStringIndex(t.f) {
		t = newTxt(string(t.r[:g[0]]) + "\n" + string(t.r[g[1]:]))
	}
	s = t.String()
	if g := urgentPart.FindStringSubmatchIndex(s); g != nil && d.Urgency == "" && (len(strings.Fields(s)) <= 3 || len(l.cols) > 1) && !strings.Contains(s, "CÔNG ĐIỆN") {
		d.Urgency = Maybe(s[g[2]:g[3]])
		s = s[:g[2]] + s[g[3]:]
	}
	return s
}

// take files a line under the issuer's names, the kind or the subject.
func (h *headParts) take(t txt) {
	if g := headAbout.FindString(t.f); g != "" && h.kind == "" {
		h.inside = true
		h.about = append(h.about, t.from(len(g)).trim(":"))
		return
	}
	if h.kind == "" && !h.inside && t.starts("ve ") && t.upperAt(0) && !t.allCaps() && len(h.bodies) > 0 { // a party paper has no "V/v"
		h.inside = true
		h.about = append(h.about, t.from(len("ve ")))
		return
	}
	if k := kindLine.FindString(t.f); k != "" && h.kind == "" && (t.allCaps() || t.len() < 25 || kindAndTitle(t)) && !h.inside && kindName(string(t.r[:len(k)])) != "" {
		h.kind = kindName(string(t.r[:len(k)]))
		h.urgency = urgencyIn(t)
		h.inside = true
		if rest := t.from(len(k)).trim(":-"); rest.len() > 2 {
			h.about = append(h.about, rest)
		}
		return
	}
	if h.inside && h.kind == "" && len(h.about) > 0 && !h.about[0].allCaps() && t.allCaps() && !bodyName(t) {
		return // no part of a "V/v ...", which is never in capitals
	}
	if h.inside {
		if bodyName(t) && t.allCaps() && (h.kind == "" || postLine.MatchString(t.f)) {
			h.bodies = append(h.bodies, t)
			return
		}
		h.about = append(h.about, t)
		return
	}
	if t.allCaps() {
		h.bodies = append(h.bodies, t)
	}
}

// urgencyIn reads the "KHẨN" of "CÔNG ĐIỆN KHẨN".
func urgencyIn(t txt) string {
	for _, u := range []string{"HỎA TỐC", "HOẢ TỐC", "THƯỢNG KHẨN", "KHẨN"} {
		if strings.Contains(t.String(), u) {
			return u
		}
	}
	return ""
}

// kindName is the name of a kind as printed in any case; without marks it may be any
// text's, with other marks it is another word: "phường An Phú" is no "phương án".
func kindName(printed string) string {
	lower := strings.ToLower(printed)
	for _, k := range kindNames {
		if strings.HasPrefix(lower, k) || strings.HasPrefix(fold(lower), fold(k)) && !strings.ContainsFunc(lower, vietnamese) {
			return k
		}
	}
	return ""
}

// kindByCode reads the kind out of a number: 47/CĐ-TTg; "" for a công văn's.
func kindByCode(number string) string {
	parts := strings.Split(number, "/")
	if len(parts) < 2 {
		return ""
	}
	code, _, _ := strings.Cut(parts[len(parts)-1], "-")
	if k, ok := kindOfCode[code]; ok {
		return k
	}
	return ""
}

// subject joins the subject's lines and drops the "Về việc" of a title.
func subject(about []txt) string {
	var parts []string
	for _, t := range about {
		parts = append(parts, t.String())
	}
	t := newTxt(strings.Join(parts, " ")).trim(".:")
	if !t.has("(") {
		t = t.trim(")") // "(V/v ...)"
	}
	for _, lead := range []string{"ve viec ", "v/v "} {
		if t.starts(lead) {
			t = t.from(len(lead))
		}
	}
	return t.String()
}
