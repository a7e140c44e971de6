package dispatch

import (
	"regexp"
	"strings"
	"unicode"
)

// orderAt is the rune offset of the verb that carries the order in a text that
// begins with an office ("Bộ Công an chỉ đạo ..."); -1 when there is none.
func (rd *reader) orderAt(t txt) int {
	ws := wordsOf(t, 60)
	for i := 1; i < len(ws); i++ {
		if ws[i].from > 0 && strings.IndexByte(".;", t.f[ws[i].from-1]) >= 0 && !isDigit(t.f[ws[i].from]) {
			return -1
		}
		n := rd.verbAt(t, ws, i)
		if n == 0 && afterLevel(t, ws, i) {
			return ws[i].from
		}
		if n == 0 || n == 1 && (i < 2 || t.upperAt(ws[i].from)) || properNoun(t, ws, i, n) {
			continue
		}
		return ws[i].from
	}
	return -1
}

// afterLevel reports the first word behind "tỉnh", "xã", "phường" and the like that
// is no name and goes on without a sign: there an office's name ends, whatever the verb.
func afterLevel(t txt, ws []word, i int) bool {
	switch strings.ToLower(string(t.r[ws[i-1].from:ws[i-1].to])) {
	case "tỉnh", "xã", "phường", "huyện", "quận", "trấn":
	default:
		return false
	}
	switch t.f[ws[i].from:ws[i].to] {
	case "uy", "doi", "hoi", "va", "tren", "thuoc", "co", "cung", "hoac", "noi", "o", "tai", "khong":
		return false
	}
	return i >= 2 && ws[i].from-ws[i-1].to == 1 && !t.upperAt(ws[i].from) && unicode.IsLetter(t.r[ws[i].from])
}

// properNoun reports a verb's words inside an office's name: "Trung tâm Giám sát",
// "phòng Đào tạo": they have capitals, an order has none.
func properNoun(t txt, ws []word, i, n int) bool {
	if t.upperAt(ws[i].from) {
		return true
	}
	last := min(i+max(n, 1), len(ws)) - 1
	verb, before := t.f[ws[i].from:ws[last].to], t.f[ws[i-1].from:ws[i-1].to]
	if verb == "truc" && last+1 < len(ws) && t.f[ws[last+1].from:ws[last+1].to] == "phai" {
		return true // "Lãnh đạo trực phải giữ liên lạc"
	}
	if verb == "to chuc" {
		return before == "cac" || before == "nhung" || before == "va" || t.f[ws[i].from-2] == ',' || t.f[ws[i].from-2] == ';'
	}
	return nominal[verb] && afterNoun[before]
}

// nominal verbs also stand inside names: "đơn vị quản lý chợ", "doanh nghiệp cung cấp dịch vụ".
var (
	nominal   = setOf("cung cap,quan ly,van hanh,giam sat,dieu hanh,bao ve,ho tro,tiep nhan,tham gia,dieu tra,xu ly,chi huy,chi dao,tuan tra,ung cuu,khai thac,su dung")
	afterNoun = setOf("nghiep,vi,quan,luc,nguoi,doi,to,ban,phong,tram,tam,phan,chuc,bo,luong,can,cac,nhung")
)

func setOf(words string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Split(words, ",") {
		set[w] = true
	}
	return set
}

var (
	leadBy = regexp.MustCompile(`,? (?:la (?:co quan|don vi|dau moi)|chu tri|co trach nhiem|phoi hop|chiu trach nhiem|thuc hien|trien khai|tiep tuc|tap trung|tang cuong|chi dao|de nghi|yeu cau|can|phai|khan truong|chu dong|kip thoi|thuong xuyen|theo (?:chuc nang|nhiem vu|tham quyen|linh vuc))\b`)
)

// audienceOf is the office a clause addresses, and where the order itself begins.
func (rd *reader) audienceOf(t txt) (string, txt, bool) {
	if c := strings.IndexByte(t.f, ':'); t.starts("ve ") && c > 0 && c < 120 {
		if who, rest, ok := rd.audienceOf(capitalized(t.from(c + 1).trim(""))); ok {
			return who, rest, ok
		}
	}
	at := 0
	given := givesTo.FindString(t.f)
	if given != "" {
		at = len(given)
	}
	who := t.from(at)
	if given == "" && rd.verbLed(who) {
		return "", t, false
	}
	if !rd.bodyLed(who) {
		return rd.namedBefore(t)
	}
	end := rd.orderAt(who)
	if c := strings.IndexByte(who.f, ':'); c > 0 && c < 260 && (end < 0 || c < end) && strings.Count(who.f[:c], "(") == strings.Count(who.f[:c], ")") {
		end = c
	}
	if end < 0 {
		return "", t, false
	}
	name := who.slice(0, end)
	if g := leadBy.FindStringIndex(name.f); g != nil {
		name = name.slice(0, g[0])
	}
	if i := strings.Index(name.f, " ("); i > 0 && dialable(name.f[i:]) {
		name = name.slice(0, i) // whom to call there
	}
	name = name.trim(",:-")
	if name.len() < 3 || name.len() > 320 {
		return "", t, false
	}
	return name.String(), who.from(end).trim(":,"), true
}

// namedBefore reads "X: làm ..." where X is no known kind of office but what
// follows the colon is an order.
func (rd *reader) namedBefore(t txt) (string, txt, bool) {
	c := strings.IndexByte(t.f, ':')
	if c < 3 || c > 160 || contentHead.MatchString(t.f[:c]) || infoHead.MatchString(t.f) || startsWhen(t.f) {
		return "", t, false
	}
	rest := t.from(c + 1).trim("")
	if !t.upperAt(0) || !rest.upperAt(0) && !personLed.MatchString(t.f) || !rd.verbLed(rest) {
		return "", t, false
	}
	return t.slice(0, c).String(), rest, true
}

// infoHead begins an item that states something rather than naming who acts.
var infoHead = regexp.MustCompile(`^(?:thoi gian|dia diem|thanh phan|noi dung|hinh thuc|phuong thuc|phuong phap|che do|muc dich|yeu cau|kinh phi|luu y|ghi chu|cong tac|ve |han|thoi han|doi tuong|trong|truoc|sau|khi|don vi)\b`)

// headingAudience is the audience a heading names, as printed; "" for a topic or a phase.
func (rd *reader) headingAudience(p *para) string {
	t := p.words().trim(":")
	if g := dutiesOf.FindString(t.f); g != "" && rd.bodyLed(capitalized(t.from(len(g)))) && rd.orderAt(t.from(len(g))) < 0 {
		return t.from(len(g)).String()
	}
	given := givesTo.FindString(t.f)
	who := t.from(len(given))
	if !rd.bodyLed(who) || given == "" && rd.verbLed(who) {
		return ""
	}
	if p.caps && given == "" && !committeeName.MatchString(who.f) {
		return rd.natural(t.String())
	}
	if g := leadBy.FindStringIndex(who.f); g != nil {
		who = who.slice(0, g[0])
		if given = strings.TrimSpace(given); given != "" {
			return string(t.r[:len(given)]) + " " + who.trim(",").String()
		}
		return who.trim(",").String()
	}
	return t.String()
}

// dutiesOf begins a heading that names its audience last: "Trách nhiệm của Công an xã".
var dutiesOf = regexp.MustCompile(`^(?:nhiem vu|trach nhiem|phan cong nhiem vu)(?: cu the)? (?:cua|doi voi|cho) `)

var committeeName = regexp.MustCompile(`^(?:ubnd|uy ban)`)

// tagRules map words of an audience to the tags a unit can bear.
var tagRules = []struct {
	tag string
	re  *regexp.Regexp
}{
	{"coquan", regexp.MustCompile(`\bco quan, don vi|\bcac co quan|\bcac don vi|\bco quan chuyen mon|\btat ca|\btoan the`)},
	{"phongban", regexp.MustCompile(`\bphong, ban|\bcac phong|\bphong (?:van hoa|kinh te|noi vu|tai chinh|giao duc|tu phap|tai nguyen|quan ly|lao dong|y te|chuyen mon|ha tang|nong nghiep)|\bban, nganh|\bvan phong`)},
	{"ubnd_xa", regexp.MustCompile(`\b(?:ubnd|uy ban nhan dan) (?:cac )?(?:xa|phuong|thi tran|dac khu)|\bcac xa, phuong|\bcap xa|\bcac dia phuong`)},
	{"congttdt", regexp.MustCompile(`\bcong (?:ttdt|thong tin dien tu)|\bcong/trang`)},
	{"trang_xa", regexp.MustCompile(`\btrang (?:ttdt|thong tin dien tu)|/trang`)},
	{"dn_vienthong", regexp.MustCompile(`\bvien thong|\binternet|\bnha mang|\bvnpt|\bviettel|\bmobifone|\bfpt`)},
	{"dn_nentang", regexp.MustCompile(`\bnen tang|\bchuyen doi so|\bphan mem|\bgiai phap so`)},
	{"doanhnghiep", regexp.MustCompile(`\bdoanh nghiep|\bhop tac xa|\bcong ty`)},
	{"congan", regexp.MustCompile(`\bcong an`)},
	{"quansu", regexp.MustCompile(`\bquan su|\bbo chi huy|\bban chqs|\bbien phong`)},
	{"truonghoc", regexp.MustCompile(`\btruong hoc|\bcac truong|\bnha truong|\btruong (?:mam non|tieu hoc|thcs|thpt|trung hoc|cao dang|dai hoc)|\bco so giao duc`)},
	{"yte", regexp.MustCompile(`\btram y te|\btrung tam y te|\bbenh vien|\bco so y te|\bnganh y te`)},
	{"khupho", regexp.MustCompile(`\bkhu pho|\bto dan pho|\bcac thon|\bthon,|\bcac khoi|\bap,`)},
	{"doanthe", regexp.MustCompile(`\bdoan the|\bmat tran|\bmttq|\bhoi phu nu|\bhoi nong dan|\bhoi cuu|\bdoan thanh nien|\bto chuc chinh tri`)},
	{"truyenthanh", regexp.MustCompile(`\bdai (?:truyen|phat)|\btruyen thanh|\btruyen thong,? van hoa|\bvan hoa, the thao`)},
	{"hcc", regexp.MustCompile(`\bhanh chinh cong|\bmot cua`)},
	{"dienluc", regexp.MustCompile(`\bdien luc`)},
}

// AudienceTags proposes the tags of the units an audience means: coquan, phongban,
// ubnd_xa, congttdt, trang_xa, dn_vienthong, dn_nentang, doanhnghiep, congan, quansu,
// truonghoc, yte, khupho, doanthe, truyenthanh, hcc, dienluc. A general tag is left
// out where the same words gave a narrower one. Empty when nothing is known.
func AudienceTags(audience string) []string {
	f := fold(audience)
	found := map[string]bool{}
	tags := []string{}
	for _, r := range tagRules {
		if r.re.MatchString(f) {
			found[r.tag] = true
		}
	}
	if found["dn_vienthong"] || found["dn_nentang"] {
		delete(found, "doanhnghiep")
	}
	if found["trang_xa"] || found["congttdt"] {
		delete(found, "ubnd_xa")
	}
	if found["phongban"] && !strings.Contains(f, "doan the") && !strings.Contains(f, "mat tran") {
		delete(found, "doanthe")
	}
	if found["truyenthanh"] && strings.HasPrefix(f, "phong van hoa") {
		delete(found, "truyenthanh")
	}
	for _, r := range tagRules {
		if found[r.tag] {
			tags = append(tags, r.tag)
		}
	}
	return tags
}
