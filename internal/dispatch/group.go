package dispatch

import (
	"regexp"
	"slices"
	"strings"
)

// idle are sections that set out why and with what, not what to do.
var idle = regexp.MustCompile(`^(?:muc dich(?:,? (?:va )?yeu cau)?|muc dich|yeu cau|muc tieu|can cu(?: phap ly)?|co so phap ly|tinh hinh(?: chung)?|danh gia chung|quan diem|pham vi.{0,40}|doi tuong.{0,40}|kinh phi(?: thuc hien)?|nguon kinh phi|thanh phan.{0,30}|noi nhan|dac diem tinh hinh|danh gia.{0,40}|ket qua dat duoc|thoi gian(?: (?:truc|nghi|thuc hien|to chuc|trien khai).{0,20})?|thoi gian(?:,| va) (?:dia diem|thanh phan|doi tuong).{0,30}|dia diem.{0,30})$`)

// isIdle reports such a section. "Yêu cầu" is one beside "Mục đích" only: alone it is
// where the duties stand.
func isIdle(n *node) bool {
	t := n.p.words().trim(":.")
	if len(t.f) >= 60 || !idle.MatchString(t.f) {
		return false
	}
	if t.f != "yeu cau" || n.up == nil {
		return true
	}
	return slices.ContainsFunc(n.up.kids, func(k *node) bool { return k.p.words().starts("muc dich") })
}

// groups makes the groups: one for each top section, or one for all where the
// items are plain duties of the same people.
func (rd *reader) groups(roots []*node, body []*para, d Draft) []Group {
	roots = rd.descend(rd.withoutIdle(roots))
	lead := rd.leadAudience(body, d.Document.Addressees)
	out := []Group{}
	if !rd.grouped(roots) {
		g := Group{Number: 1, Audience: Maybe(lead)}
		for _, n := range roots {
			rd.collect(n, &g, inherit{})
		}
		out = append(out, g)
	} else {
		for _, n := range roots {
			out = append(out, rd.groupOf(n, lead))
		}
	}
	kept := []Group{}
	for _, g := range out {
		if len(g.Tasks) == 0 {
			continue
		}
		g.Number = len(kept) + 1
		g.Tags = AudienceTags(string(g.Audience))
		g.Lines = Span{g.Tasks[0].Lines.From, g.Tasks[len(g.Tasks)-1].Lines.To}
		for i := range g.Tasks {
			g.Tasks[i].ID = itoa(g.Number) + "." + itoa(i+1)
		}
		kept = append(kept, g)
	}
	return kept
}

// withoutIdle drops the sections that give no tasks, and says so.
func (rd *reader) withoutIdle(roots []*node) []*node {
	var out []*node
	for _, n := range roots {
		if isIdle(n) {
			rd.warn(Warning{Code: WarnSkipped, Line: n.p.span().From, Printed: n.p.String()})
			continue
		}
		out = append(out, n)
	}
	return out
}

// descend goes below a single section that holds everything.
func (rd *reader) descend(roots []*node) []*node {
	for len(roots) == 1 && rd.headingAudience(roots[0].p) == "" {
		deeper := false
		for _, k := range roots[0].kids {
			deeper = deeper || len(k.kids) > 0 && !rd.isContent(k)
		}
		if !deeper {
			break
		}
		roots = rd.withoutIdle(roots[0].kids)
	}
	return roots
}

// grouped reports whether the top items are sections or audiences rather than duties.
func (rd *reader) grouped(roots []*node) bool {
	sections := 0
	for _, n := range roots {
		parent := len(n.kids) > 0 && !rd.isContent(n)
		if parent && (rd.headingAudience(n.p) != "" || !rd.verbLed(n.p.words())) {
			return true
		}
		if _, _, ok := rd.audienceOf(n.p.words()); ok && len(roots) > 1 {
			sections++
			continue
		}
		if parent {
			sections++
		}
	}
	return sections*2 > len(roots)
}

// inherit is what a task takes from the headings above it.
type inherit struct {
	audience string
	marks    string
	due      []string
}

func (rd *reader) groupOf(n *node, lead string) Group {
	g := Group{Printed: Maybe(n.p.mark.printed), Heading: n.p.words().trim(":").String()}
	if len(n.kids) == 0 || rd.isContent(n) {
		who, _, _ := rd.audienceOf(n.p.words())
		g.Audience = Maybe(who)
		rd.collect(n, &g, inherit{audience: who})
	} else {
		g.Audience = Maybe(rd.headingAudience(n.p))
		if g.Audience != "" && !strings.HasSuffix(n.p.f, ":") && !n.p.caps && rd.orderAt(n.p.words()) < 0 {
			rd.warn(Warning{Code: WarnHeading, Line: n.p.span().From, Printed: g.Heading})
		}
		in := inherit{audience: string(g.Audience), marks: n.p.mark.printed, due: rd.duesOf(n.p.txt)}
		for _, k := range n.kids {
			rd.collect(k, &g, in)
		}
	}
	if g.Audience == "" {
		g.Audience = Maybe(lead)
	}
	return g
}

// collect adds the tasks of an item and of what is below it.
func (rd *reader) collect(n *node, g *Group, in inherit) {
	if len(n.kids) == 0 || rd.isContent(n) {
		if len(n.kids) == 0 && (n.p.words().trim(":.").len() < 4 || isIdle(n)) {
			return
		}
		if rd.states(n) {
			rd.warn(Warning{Code: WarnSkipped, Line: n.p.span().From, Printed: n.p.words().slice(0, strings.IndexByte(n.p.words().f, ':')).String()})
			return
		}
		g.Tasks = append(g.Tasks, rd.task(n, in))
		return
	}
	if isIdle(n) {
		rd.warn(Warning{Code: WarnSkipped, Line: n.p.span().From, Printed: n.p.String()})
		return
	}
	below := inherit{audience: in.audience, marks: in.marks + n.p.mark.printed, due: in.due}
	if who := rd.headingAudience(n.p); who != "" {
		below.audience = who
	}
	if due := rd.duesOf(n.p.txt); len(due) > 0 {
		below.due = due
	}
	for _, k := range n.kids {
		rd.collect(k, g, below)
	}
}

// stated begins an item that says when, where or with whom, which is nobody's duty;
// the time of a holiday is one, for the units have to let their people off.
var stated = regexp.MustCompile(`^(?:thoi gian|dia diem|thanh phan|doi tuong|kinh phi|trang phuc)(?:(?:,? va)? (?:truc|thuc hien|to chuc|treo co|hop|bao tri|tham gia|tham du|ap dung|le|tet|dia diem|thanh phan)){0,3} ?: ?`)

// states reports such an item, unless an order stands behind its colon.
func (rd *reader) states(n *node) bool {
	t := n.p.words()
	g := stated.FindString(t.f)
	return g != "" && len(g) < t.len() && len(n.kids) == 0 && !rd.verbLed(t.from(len(g)))
}

var contentHead = regexp.MustCompile(`noi dung bao cao|bao cao (?:gom|cac noi dung|theo cac noi dung)|(?:bao )?gom(?: co| cac)?(?: noi dung| thong tin)?(?: sau)?:$|cac thong tin sau:$|thanh phan`)

// isContent reports an item whose sub-items only list what it is about: what a
// report contains, which systems are meant. Such an item is one task.
func (rd *reader) isContent(n *node) bool {
	if len(n.kids) == 0 {
		return false
	}
	head := n.p.words()
	if strings.HasSuffix(head.f, ":") && contentHead.MatchString(head.f) {
		return true
	}
	if !rd.verbLed(head) && rd.headingAudience(n.p) == "" && rd.orderAt(head) < 0 || !strings.HasSuffix(head.f, ":") {
		return false
	}
	nouns, letters := 0, 0
	for _, k := range n.kids {
		if !k.mark.style.isBullet() {
			return false
		}
		t := k.p.words()
		letters += t.len()
		if orders := rd.verbLed(t) || rd.bodyLed(t) && rd.orderAt(t) > 0; !orders {
			nouns++
		}
	}
	return nouns*2 > len(n.kids) && letters < 100*len(n.kids)
}

var leadObject = regexp.MustCompile(`(?:yeu cau|de nghi|giao) ((?:cac |ubnd|thu truong|don vi|co quan|toan the|ban |so |chu tich|giam doc|truong |lanh dao|phong |quy ).*?)(?: (?:quan triet|thuc hien|trien khai|khan truong|tap trung|chu dong|nghiem tuc|tiep tuc|can )|:$|\.$|$)`)

// leadAudience is whom the lead sentence asks; failing that, Kính gửi.
func (rd *reader) leadAudience(body []*para, addressees []string) string {
	for _, p := range body {
		if p.role == entry || p.role == topic {
			break
		}
		if p.role != preamble || !strings.HasSuffix(p.f, ":") {
			continue
		}
		if g := leadObject.FindStringSubmatchIndex(p.f); g != nil && g[3]-g[2] < 260 {
			who := p.slice(g[2], g[3])
			if at := rd.orderAt(capitalized(who)); at > 0 {
				who = who.slice(0, at)
			}
			return who.trim(",:").String()
		}
	}
	return strings.Join(addressees, "; ")
}
