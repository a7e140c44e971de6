package dispatch

import (
	"regexp"
	"strings"
	"unicode"
)

// maxTitle is the longest title in code points; a button or a narrow table shows it whole.
const maxTitle = 40

// needless words carry nothing in a title.
var needless = regexp.MustCompile(` (?:cac|nhung|toan bo|day du|kip thoi|thuong xuyen,? lien tuc|thuong xuyen|khan truong|nghiem tuc|chu dong|tich cuc|lien tuc|noi dung|day manh viec|cong tac) `)

// title proposes a short order for a button: the verb with its object, in the
// offices' own abbreviations, cut where a phrase ends.
func (rd *reader) title(order txt) string {
	for _, n := range nounTitles {
		if g := n.re.FindString(order.f); g != "" {
			return rd.inMarks(n.to)
		}
	}
	if g := servesAs.FindString(order.f); g != "" {
		order = newTxt("làm " + order.from(len("la ")).String())
		if rest := order.from(len(g) + 1); strings.HasSuffix(g, ", ") && rd.verbLed(rest) {
			order = rest // "là cơ quan thường trực, theo dõi, đôn đốc"
		}
	}
	s := rd.shortTitle(order)
	if len(wordsOf(newTxt(s), 3)) > 2 {
		return s
	}
	if conditional.MatchString(order.f) {
		return rd.withCondition(s, order)
	}
	if beat := beats[everyOf(order)]; beat != "" {
		return s + rd.inMarks(beat)
	}
	return s
}

// inMarks is a wording of ours, without marks in a text that has none.
func (rd *reader) inMarks(s string) string {
	if rd.accentless {
		return plain(s)
	}
	return s
}

func (rd *reader) shortTitle(order txt) string {
	t := order
	if t.len() > 200 {
		t = t.slice(0, 200)
	}
	t = rd.leading(rd.withoutWhen(rd.behindName(t)))
	if w := watchTitle(t); w != "" {
		return w
	}
	full := whenless(whenless(t))
	t = rd.withoutFillers(full)
	if len(wordsOf(t, 3)) < 3 {
		t = full
	}
	if c := rd.bareVerbs(t); c != "" {
		t = newTxt(c)
	}
	t = rd.abbreviate(t)
	if cut := sentenceCut(t); cut > 0 {
		t = t.slice(0, cut)
	}
	if t.len() > maxTitle {
		t = replaceAll(t, needless, " ")
	}
	t = newTxt(strings.Join(strings.Fields(t.String()), " ")).trim(",;:.-")
	if t.len() > maxTitle {
		t = rd.cutTitle(t)
	}
	t = trailing(t.trim(",;:.-("))
	return capital(t.String())
}

// behindName is the order of "Ca sáng 7h-15h: kiểm tra máy chủ", which is for a name.
func (rd *reader) behindName(t txt) txt {
	c := strings.IndexByte(t.f, ':')
	if c < 3 || c > 60 || rd.verbLed(t) {
		return t
	}
	if rest := t.from(c + 1).trim(""); rd.verbLed(rest) {
		return rest
	}
	return t
}

// trailing drops the word that opened a list which is not part of the title.
func trailing(t txt) txt {
	for _, end := range []string{" gom", " bao gom", ", noi dung", " theo noi dung", " theo cac noi dung", " nhu sau", " cu the", " sau", " trong cac ngay", " cac ngay"} {
		if strings.HasSuffix(t.f, end) {
			t = t.slice(0, t.len()-len(end)).trim(",;:.-")
		}
	}
	return t
}

// whenFirst is one word of time at the head of an order: "Định kỳ", "trước 16h00", "thứ Sáu".
var whenFirst = regexp.MustCompile(`^(?:dinh ky|(?:vao |cuoi |dau )?(?:hang|moi) (?:gio|ca|ngay|tuan|thang|quy|nam)|(?:truoc |vao |luc |cham nhat )?(?:luc )?\d{1,2} ?(?:gio|h|g)(?: ?\d{2})?(?: ?phut)?(?: cac ngay)?|(?:truoc |vao )?(?:ngay )?\d{1,2}(?:/\d{1,2}(?:/\d{4})?)?|(?:vao )?(?:sang |chieu )?(?:thu (?:hai|ba|tu|nam|sau|bay)|chu nhat)|\d{1,2} (?:gio|ngay|thang|tuan|quy))[ ,]+`)

// withoutWhen drops a leading time or condition: "Khi có sự cố: báo lãnh đạo" is
// about telling.
func (rd *reader) withoutWhen(t txt) txt {
	rest := t
	for g := whenFirst.FindString(rest.f); g != ""; g = whenFirst.FindString(rest.f) {
		rest = rest.from(len(g))
	}
	if rest.len() < t.len() && rd.verbLed(rest) {
		return rest
	}
	if !conditional.MatchString(t.f) {
		return t
	}
	if i := strings.IndexAny(t.f, ":,"); i > 0 && i+3 < t.len() && i < 120 {
		if rest := t.from(i + 1).trim(""); rd.verbLed(rest) {
			return rest
		}
	}
	if i := strings.Index(t.f, " phai "); i > 0 && i < 120 {
		if rest := t.from(i + len(" phai ")); rd.verbLed(rest) && rd.verbAt(rest, wordsOf(rest, 3), 0) > 0 {
			return rest
		}
	}
	return t
}

var conditional = regexp.MustCompile(`^(?:ve|khi|truong hop|truoc|trong|tu|sau) `)

var jointly = regexp.MustCompile(`^(?:truc tiep )?chu tri,? phoi hop(?: chat che)?(?: voi| cung)? `)

// leading finds the order itself behind "chủ trì, phối hợp với ...".
func (rd *reader) leading(t txt) txt {
	g := jointly.FindString(t.f)
	if g == "" || len(g) >= t.len() {
		return t
	}
	rest := t.from(len(g))
	if at := rd.orderAt(rest); at > 0 {
		return rest.from(at)
	}
	return t
}

var watch = regexp.MustCompile(`^(?:chu dong |khan truong )?(?:phan cong|bo tri|to chuc)\b[^.;:]{0,60}?\b(truc(?: giam sat| ban| chi huy| lanh dao| ky thuat)*(?: (?:24/24|24/7)(?: ?gio)?(?: ?/ ?ngay)?))`)

// watchTitle names a round-the-clock duty by what it is.
func watchTitle(t txt) string {
	g := watch.FindStringSubmatchIndex(t.f)
	if g == nil || g[3]-g[2] > maxTitle {
		return ""
	}
	return capital(t.slice(g[2], g[3]).String())
}

// withoutFillers drops words before the verb that carries the order, as long as a verb follows.
func (rd *reader) withoutFillers(t txt) txt {
	for range 4 {
		ws := wordsOf(t, 6)
		n := fillers.match(t, ws, 0, rd.accentless)
		if n == 0 || n >= len(ws) || verbs.match(t, ws, n, rd.accentless) == 0 && t.f[ws[n].from-1] != ',' {
			return t
		}
		if t.f[ws[n-1].to] == ',' && verbs.match(t, ws, n, rd.accentless) == 0 {
			return t
		}
		t = t.from(ws[n].from)
	}
	return t
}

var whenIn = regexp.MustCompile(`,? (?:trong|cham nhat|khong qua|muon nhat)(?: vong| thoi han| la| sau)? \d{1,3} ?(?:gio|phut|ngay|tuan)(?: lam viec)?(?:,? (?:ke )?tu (?:khi|ngay|thoi diem)[^,;.:]*| sau khi[^,;.:]*)?|,?(?: truoc| vao| trong)? ngay \d{1,2} thang \d{1,2}(?: nam \d{4})?|,? (?:dinh ky )?(?:hang (?:gio|ca|ngay|tuan|thang|quy|nam)|moi (?:gio|ngay|tuan|thang|quy|nam))\b|,? (?:hoan thanh |xong )?(?:truoc|vao|luc|cham nhat|tu|den|trong)(?: (?:vao|luc|hoi|het))?(?: ngay)? \d[\d/:.hg']*(?:,? ?(?:gio|phut|h|ngay|thang|nam|va|cac ngay|den|het|\d[\d/:.hg']*)\b)*(?: \([^)]*\) (?:den|toi)(?: het)?(?: ngay)? \d[\d/]*)?(?: cung ngay| (?:hang|moi) (?:ngay|thang|tuan|quy))?(?: \([^)]*\))?| cham nhat\b| vao (?:thu|chu nhat)[^,;.]*`)

// whenless leaves the times out: they stand beside the title as the due.
func whenless(t txt) txt {
	if !strings.ContainsAny(t.f, "0123456789") && !strings.Contains(t.f, "hang ") && !strings.Contains(t.f, "moi ") && !strings.Contains(t.f, "cham nhat") && !strings.Contains(t.f, " vao ") {
		return t
	}
	g := whenIn.FindStringIndex(t.f[:min(len(t.f), 110)])
	if g == nil || g[0] < 6 {
		return t
	}
	if strings.HasSuffix(t.f[:g[1]], " va") {
		g[1] -= len(" va")
	}
	return newTxt(string(t.r[:g[0]]) + string(t.r[g[1]:]))
}

// abbreviate writes the offices' abbreviations, without marks in a text that has none.
func (rd *reader) abbreviate(t txt) txt {
	for _, s := range shortForms {
		if !strings.Contains(t.f, s.hint) {
			continue
		}
		t = replaceAll(t, s.re, rd.inMarks(s.to))
	}
	return t
}

// plain is a text without marks, its capitals kept, for texts that have none.
func plain(s string) string {
	f := []byte(fold(s))
	for i, r := range []rune(s) {
		if unicode.IsUpper(r) && f[i] >= 'a' && f[i] <= 'z' {
			f[i] -= 'a' - 'A'
		}
	}
	return string(f)
}

func replaceAll(t txt, re *regexp.Regexp, to string) txt {
	found := re.FindAllStringIndex(t.f, -1)
	if found == nil {
		return t
	}
	var b strings.Builder
	at := 0
	for _, g := range found {
		b.WriteString(string(t.r[at:g[0]]))
		b.WriteString(to)
		at = g[1]
	}
	b.WriteString(string(t.r[at:]))
	return newTxt(b.String())
}

var objectLater = regexp.MustCompile(`\bdoi voi (?:he thong |viec )?([^,.;:]{3,40})`)

// bareVerbs finds the object of an order whose first clauses are verbs only:
// "Kiểm tra, rà soát, kịp thời có phương án xử lý đối với hệ thống Cổng".
func (rd *reader) bareVerbs(t txt) string {
	head := t
	if i := strings.IndexAny(t.f, ".;:"); i > 0 {
		head = t.slice(0, i)
	}
	ws := wordsOf(head, 8)
	i, end := 0, 0
	for i < len(ws) {
		n := verbs.match(head, ws, i, rd.accentless)
		if n == 0 || fillers.match(head, ws, i, rd.accentless) > 0 && i > 0 {
			break
		}
		i += n
		end = ws[i-1].to
	}
	if end == 0 || end >= head.len() || head.f[end] != ',' || !strings.Contains(head.f, "doi voi") {
		return ""
	}
	g := objectLater.FindStringSubmatchIndex(head.f)
	if g == nil {
		return ""
	}
	object := head.slice(g[2], g[3])
	if j := strings.Index(object.f, " cua "); j > 0 {
		object = object.slice(0, j)
	}
	return head.slice(0, end).String() + " " + object.String()
}

// sentenceCut is where the first sentence ends, when it leaves a title behind.
func sentenceCut(t txt) int {
	for i := 0; i < t.len(); i++ {
		switch t.f[i] {
		case ';', ':':
			if i > 8 {
				return i
			}
		case '.':
			if i > 8 && (i+1 == t.len() || t.f[i+1] == ' ') {
				return i
			}
		case '(':
			if i > 12 {
				return i
			}
		}
	}
	return 0
}

// capital begins a title with a capital.
func capital(s string) string {
	r := []rune(s)
	if len(r) == 0 {
		return s
	}
	r[0] = unicode.ToUpper(r[0])
	return string(r)
}
