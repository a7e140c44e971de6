package dispatch

import (
	"regexp"
	"sort"
	"strings"
	"unicode"
)

// seg says that the runes from at on come from a physical line.
type seg struct{ at, line int }

// para is one paragraph: its lines joined, its mends made, its marker read.
type para struct {
	txt
	raw  string // as printed, lines joined
	segs []seg
	mark marker
	role role
	caps bool // a line in capitals only: a title
	row  *tableRow
}

func (p *para) span() Span { return Span{p.segs[0].line, p.segs[len(p.segs)-1].line} }

// words is the paragraph without its marker.
func (p *para) words() txt { return p.from(min(p.mark.width, p.len())).trim("") }

// lineOf is the physical line of a rune offset.
func lineOf(segs []seg, at int) int {
	i := sort.Search(len(segs), func(i int) bool { return segs[i].at > at })
	return segs[max(i-1, 0)].line
}

// shape is what tells wrapped lines from ended ones in one document.
type shape struct {
	wrap    int  // usual length of a full line in runes; 0: lines are not wrapped
	indents bool // paragraphs begin with a space, wrapped lines do not
	airy    bool // an empty line follows nearly every line, so it says nothing
}

func shapeOf(lines []line) shape {
	if len(lines) < 4 {
		return shape{}
	}
	var lens []int
	indented, gaps := 0, 0
	for i, l := range lines {
		lens = append(lens, l.len())
		if l.indent {
			indented++
		}
		if i > 0 && l.gap > 0 {
			gaps++
		}
	}
	sort.Ints(lens)
	s := shape{airy: gaps*10 >= (len(lines)-1)*7}
	s.indents = indented*10 >= len(lines)*2 && indented*10 <= len(lines)*8
	if top := lens[len(lens)*85/100]; top <= 130 && lens[len(lens)-1] <= 2*top {
		s.wrap = top
	}
	return s
}

// paragraphs joins lines, makes the mends and parts lists that stand in one line.
func (rd *reader) paragraphs(lines []line) []*para {
	sh, tables := shapeOf(lines), rd.tablesIn(lines)
	var out []*para
	addressing := false
	for i := 0; i < len(lines); {
		if t, ok := tables[i]; ok {
			out = append(out, rd.rows(t)...)
			i += len(t.lines)
			continue
		}
		j := i + 1
		for j < len(lines) && tables[j].lines == nil && !sh.breaks(lines[j-1], lines[j], lines[i]) {
			j++
		}
		for _, p := range partInline(joined(lines[i:j])) {
			p = rd.mended(p)
			addressing = p.starts("kinh gui") || addressing && p.mark.style.isBullet()
			if at := firstSentence(p.txt).len(); addressing && at < p.len() && basis.MatchString(p.f[at+1:]) {
				out = append(out, rd.mended(p.cut(0, at)), rd.mended(p.cut(at+1, p.len())))
				addressing = false
				continue
			}
			out = append(out, p)
		}
		i = j
	}
	return out
}

// joined makes one paragraph of lines that belong together.
func joined(lines []line) *para {
	p := &para{caps: true}
	var f strings.Builder
	for _, l := range lines {
		if len(p.r) > 0 {
			p.r = append(p.r, ' ')
			f.WriteByte(' ')
		}
		p.segs = append(p.segs, seg{len(p.r), l.no})
		p.r = append(p.r, l.r...)
		f.WriteString(l.f)
	}
	p.f = f.String()
	p.raw = string(p.r)
	return p
}

// mended makes the sure mends and reads the marker.
func (rd *reader) mended(p *para) *para {
	s := rd.mend(p.raw, p.segs)
	if s != p.raw {
		p.txt = newTxt(s)
	}
	p.mark = markOf(p.txt)
	p.caps = p.words().allCaps()
	return p
}

// breaks reports whether next begins a new paragraph after prev; first is the
// first line of the paragraph so far.
func (sh shape) breaks(prev, next, first line) bool {
	if next.starts("noi nhan") || next.starts("kinh gui") || signLine.MatchString(next.f) && next.allCaps() {
		return true
	}
	if next.allCaps() != prev.allCaps() && (next.isTitle() && !goesOn(prev.txt) || prev.isTitle() && next.upperAt(0)) {
		return true
	}
	ended := endsSentence(prev.txt)
	if m := markOf(next.txt); m.style != unmarked {
		return ended || !falseMark(prev, next, m)
	}
	if next.len() == 0 || !unicode.IsUpper(next.r[0]) && !strings.HasPrefix(next.f, `"`) {
		return !sh.airy && next.gap > 0 && ended && !unicode.IsLower(next.r[0])
	}
	if len(next.f) > 8 && endsList.MatchString(next.f) {
		return true
	}
	if first.starts("kinh gui") && (basis.MatchString(next.f) || askLead.MatchString(next.f)) {
		return true
	}
	if goesOn(prev.txt) {
		return false
	}
	switch {
	case sh.indents && next.indent && !prev.indent, sh.indents && next.indent && ended:
		return true
	case ended:
		full := sh.wrap > 0 && prev.len()*10 >= sh.wrap*9
		return !full || next.indent || next.gap > 0 || openers.MatchString(next.f)
	case !sh.airy && next.gap > 0:
		return true
	case openers.MatchString(next.f) && sh.short(prev):
		return true
	}
	return sh.wrap > 0 && first.no == prev.no && sh.short(prev) && !prev.has(":") && markOf(first.txt).style != unmarked
}

// isTitle reports a line of several words in capitals, which a number or an abbreviation is not.
func (l line) isTitle() bool {
	return l.len() > 6 && unicode.IsLetter(l.r[0]) && strings.Contains(l.f, " ") && l.allCaps()
}

// goesOn reports a line whose last word or sign calls for more: "Sở Thông tin và".
func goesOn(t txt) bool {
	if t.len() == 0 {
		return false
	}
	if t.f[t.len()-1] == ',' {
		return true
	}
	i := strings.LastIndexByte(t.f, ' ') + 1
	w := string(t.r[i:])
	return dangling.single[w]
}

// short reports whether a line ended before the right margin.
func (sh shape) short(l line) bool { return sh.wrap == 0 || l.len()*10 < sh.wrap*7 }

// endsList begins what stands below a list whose items have no full stop.
var endsList = regexp.MustCompile(`^(?:moi (?:vuong mac|thac mac|chi tiet|thong tin|y kien)|xin (?:chan thanh )?cam on|(?:xin )?tran trong|chan thanh cam on|cam on (?:cac|anh|quy)|hotline|thong tin (?:ho tro|lien he)|(?:dau moi )?lien he ?:)`)

// askLead begins the sentence that asks, which no addressee's name does.
var askLead = regexp.MustCompile(`^(?:ubnd|uy ban nhan dan|chu tich ubnd|so|phong|cong an) [^,;:]{0,60}\b(?:yeu cau|de nghi|thong bao|nhan duoc)\b`)

// openers begin the paragraphs that stand around the lists of a dispatch.
var openers = regexp.MustCompile(`^(?:can cu|thuc hien|theo|nham|de |de nghi|yeu cau|tren day|nhan duoc|tran trong|ubnd|uy ban nhan dan|giao|doi voi|qua trinh|trong qua trinh|truong hop|khi gap|moi |dau moi|thong tin lien he|lien he|trien khai|xet |kinh |so:|v/v|ve viec|phu luc)`)

func endsSentence(t txt) bool {
	t = t.trimRight(`"')`)
	if t.len() == 0 {
		return true
	}
	switch t.f[t.len()-1] {
	case '.', ';', ':', '!', '?':
		return true
	case '/':
		return strings.HasSuffix(t.f, "./")
	}
	return false
}

var refersTo = regexp.MustCompile(`(?:diem|khoan|muc|dieu|so|ngay|thang|tu|den|nam|phu luc|mau|va|,|-|lan thu|truoc|gio)$`)

// falseMark reports a wrapped line that only looks like an item: the "- xã hội"
// of "chính trị - xã hội", the "5." of "ngày 5.", the "a)" of "điểm a)".
func falseMark(prev, next line, m marker) bool {
	after := next.from(min(m.width, next.len()))
	end := prev.f[max(0, len(prev.f)-20):] // longer than any word that is looked for at its end
	switch {
	case strings.LastIndexByte(prev.f, '(') > strings.LastIndexByte(prev.f, ')'):
		return m.style != parenLet && m.style != paren
	case m.style == dash && nameTail.MatchString(after.f) && nameHead.MatchString(end):
		return true
	case m.style == dash || m.style == plus || m.style == bulletDot:
		return after.len() > 0 && unicode.IsLower(after.r[0]) && !next.indent && next.gap == 0 ||
			after.len() > 0 && unicode.IsLower(after.r[0]) && !hasMark(prev)
	case refersTo.MatchString(end) && refers(prev.txt):
		return !next.indent
	}
	return false
}

// refers tells "và", "số" and "đến" from the "vá", "sổ" and "đèn" that fold to the same.
func refers(t txt) bool {
	w := strings.ToLower(string(t.r[strings.LastIndexByte(t.f, ' ')+1:]))
	return !strings.ContainsFunc(w, vietnamese) || referring[w]
}

var referring = setOf("điểm,khoản,mục,điều,số,ngày,tháng,từ,đến,năm,lục,mẫu,và,thứ,trước,giờ")

// nameHead and nameTail are the halves of names with a dash: "Văn hóa - Xã hội".
var (
	nameHead = regexp.MustCompile(`(?:van hoa|lao dong|buu chinh|phat thanh|tai chinh|kinh te|chinh tri|nong nghiep|doc lap|tu do|giao duc|thuong binh|khoa hoc|cong nghe|phong vh|hanh chinh)$`)
	nameTail = regexp.MustCompile(`^(?:xa hoi|thuong binh|vien thong|truyen hinh|ke hoach|tu do|hanh phuc|dao tao|ky thuat|moi truong|quan tri|to chuc|thong tin|the thao)\b`)
)

func hasMark(l line) bool { return markOf(l.txt).style.isBullet() }
