package dispatch

import (
	"regexp"
	"strings"
)

// task makes one task of an item, with what its sub-items and further paragraphs say.
func (rd *reader) task(n *node, in inherit) Task {
	var text, clause []string
	span := n.p.span()
	walk(n, func(p *para, kid bool) {
		if kid {
			text = append(text, p.String())
		} else {
			text = append(text, p.words().String())
		}
		clause = append(clause, p.raw)
		span.To = max(span.To, p.span().To)
	})
	t := newTxt(plainEnd(strings.Join(text, " ")))
	task := Task{
		Text: t.String(), Clause: strings.Join(clause, " "), Lines: span, Mark: in.marks + n.p.mark.printed,
		Cites: rd.citesOf(t),
	}
	dates := rd.stamps(t)
	if n.p.row != nil {
		if limit := n.p.row.stamps(rd); len(limit) > 0 {
			dates = limit
		}
	}
	for _, s := range dates {
		if s.date == "" || s.open {
			rd.warn(Warning{Code: WarnDate, Line: span.From, Printed: s.printed})
		}
	}
	task.Due, task.times = dues(dates), reportTimes(t, dates)
	if len(task.Due) == 0 {
		task.Due = append(task.Due, in.due...)
	}
	task.Due = orEmpty(task.Due)
	order := t
	if who, rest, ok := rd.audienceOf(t); ok {
		order = rest
		task.Audience = who
	} else {
		task.Audience = in.audience
	}
	if r := n.p.row; r != nil && r.lead != "" {
		task.Audience = r.lead
	} else if g := inCharge.FindStringSubmatchIndex(t.f); g != nil {
		task.Audience = t.slice(g[2], g[3]).trim("").String()
	}
	if inner, ok := rd.throughOthers(order); ok {
		order = inner
	}
	task.Title = rd.title(order)
	if topic := n.p.words().trim(":"); len(n.more) > 0 && topic.len() < 60 && !endsSentence(topic) {
		switch {
		case topic.starts("ve "):
			task.Title = rd.title(capitalized(topic.from(len("ve ")))) // "Về treo cờ" with its matter below it
		case len(wordsOf(topic, 4)) < 4:
			task.Title = rd.title(n.more[0].words()) // "Báo cáo"
		}
	}
	task.Kind, task.Every, task.OnEvent = rd.kind(order, t)
	if task.Kind == Once && len(task.Due) == 0 && keeps.MatchString(order.f) {
		task.Kind = Standing
	}
	task.AtOnce = urgently.in(t.f) || strings.Contains(t.f, " ngay") && ngayWord.MatchString(t.f)
	task.Within = withinOf(t)
	if len(task.Due) == 0 && len(task.Within) > 0 && !task.OnEvent {
		rd.warn(Warning{Code: WarnRelative, Line: span.From, Printed: relativeOf(t)})
	}
	task.Evidence = evidence(order)
	return task
}

// throughOthers finds the order itself in "chỉ đạo các đơn vị ... rà soát": what
// the others are to be made to do.
func (rd *reader) throughOthers(t txt) (txt, bool) {
	const lead = "chi dao "
	if at := strings.Index(t.f[:min(len(t.f), 40)], " "+lead); at > 0 && rd.verbLed(t) && fillers.match(t, wordsOf(t, 3), 0, rd.accentless) > 0 {
		t = t.from(at + 1) // "khẩn trương chỉ đạo"
	}
	if !t.starts(lead) || !rd.bodyLed(capitalized(t.from(len(lead)))) {
		return t, false
	}
	who := t.from(len(lead))
	at := rd.orderAt(who)
	if at < 0 {
		return t, false
	}
	return who.from(at), true
}

// capitalized is t with a capital first letter, as at the head of a clause.
func capitalized(t txt) txt {
	if t.len() == 0 {
		return t
	}
	return newTxt(capital(t.String()))
}

// walk visits an item's paragraphs in the order printed.
func walk(n *node, visit func(p *para, kid bool)) {
	visit(n.p, false)
	for _, m := range n.more {
		visit(m, true)
	}
	for _, k := range n.kids {
		walk(k, func(p *para, _ bool) { visit(p, true) })
	}
}

// plainEnd writes the end mark of a dispatch, "./.", as the full stop it contains.
func plainEnd(s string) string {
	s = strings.TrimSpace(s)
	if t, ok := strings.CutSuffix(s, "./."); ok {
		return t + "."
	}
	return s
}

// phraseList is a set of folded phrases looked for at word starts.
type phraseList []string

func phrases(s string) phraseList { return strings.Split(s, ",") }

// in reports whether a folded text has one of the phrases, at the start of a word.
func (p phraseList) in(f string) bool {
	for _, w := range p {
		if i := strings.Index(f, w); i == 0 || i > 0 && (!isLower(f[i-1]) || strings.Contains(f, " "+w)) {
			return true
		}
	}
	return false
}

func isLower(c byte) bool { return c >= 'a' && c <= 'z' }

// startsWhen reports a clause that begins with its condition.
func startsWhen(f string) bool {
	return strings.HasPrefix(f, "khi ") || strings.HasPrefix(f, "truong hop ") || strings.HasPrefix(f, "neu ") || strings.HasPrefix(f, "ngay khi ")
}

// stands reports words of watch, readiness or prohibition.
func stands(f string) bool {
	return standing.in(strings.ReplaceAll(f, "thuong xuyen cua", "")) || strings.HasPrefix(f, "khong ") || strings.HasPrefix(f, "tuyet doi khong ")
}

var (
	inCharge = regexp.MustCompile(`\b(?:don vi|co quan|bo phan) (?:chu tri|thuc hien|phu trach|dau moi)(?: thuc hien)? ?: ?([^.;:()]{3,200})`)
	times    = regexp.MustCompile(`\b\d{1,2} (gio|ngay|tuan|thang)(?: bao cao)?(?: it nhat)? (?:1|01|mot) lan\b|\b\d{1,2} ?(gio|ngay|tuan|thang) ?/ ?lan\b|\b\d{1,2} lan ?(?:/|moi|trong|mot) ?(gio|ca|ngay|tuan|thang|quy|nam)\b`)
	recurs   = regexp.MustCompile(`\b(?:hang|moi) (gio|ca|ngay|tuan|thang|quy|nam)\b`)
	ngayWord = regexp.MustCompile(`(?:thuc hien|trien khai|bao cao|xu ly|lien he|thong bao|truc|gui) ngay(?: ?[^\s\d]|$)`)
	standing = phrases("thuong xuyen,lien tuc,duy tri,tuan thu,24/7,24/24,san sang,truc giam sat,truc ban,truc chi huy,truc lanh dao,truc tet,truc co quan,truc bao ve,truc chien dau,truc ky thuat,truc su co,to chuc truc,bo tri can bo,bo tri ky thuat,bo tri day du,bo tri luc luong,bo tri nhan luc,bo tri nguon,bo tri nguoi,chap hanh nghiem,nghiem cam,trong suot")
	keeps    = regexp.MustCompile(`^(?:(?:tang cuong|chu dong|tiep tuc|to chuc|phan cong|bo tri)(?: [a-z0-9]+){0,3}? )*(?:theo doi|tuan tra|canh gac|giu (?:thong tin )?lien lac|chiu trach nhiem|truc dem|thuong truc)\b`)
	awaits   = phrases("khi phat hien,khi co su co,khi xay ra,khi gap su co,khi co dau hieu,khi co tinh huong,khi phat sinh,ngay khi")
	answers  = phrases("ngan chan kip thoi,kip thoi phat hien,kip thoi xu ly,kip thoi ngan chan,kip thoi ung cuu,kip thoi khac phuc,kip thoi bao cao,kip thoi phan anh,xu ly kip thoi,bao dam phat hien,khong de")
	urgently = phrases("ngay khi,ngay sau,ngay lap tuc,khan truong,kip thoi,tuc thoi,lap tuc")
	oneOff   = newLexicon(`rà soát, kiểm tra, đăng tải, tuyên truyền, lập, xây dựng, ban hành, gửi, báo cáo, cập nhật, sao lưu, hoàn thành, hoàn thiện, đổi,
thay đổi, cài đặt, nâng cấp, thành lập, kiện toàn, phổ biến, quán triệt, niêm yết, công bố, điều tra, thống kê, tập huấn, diễn tập, vá, đăng, nộp, trình, tổng kết, sơ kết, ký cam kết, lập danh sách, rà quét, bóc gỡ, kiểm kê, tổng hợp, xác minh, treo cờ, treo, vệ sinh, thông báo, tham mưu, kiểm đếm, thiết lập, tắt, bật, xóa, cử`)
)

var everyName = map[string]string{"gio": "hour", "ca": "shift", "ngay": "day", "tuan": "week", "thang": "month", "quy": "quarter", "nam": "year"}

// kind proposes how a task lives: the calendar's words make it recurring; words
// of watch and readiness make it standing unless its verb is a single act; a duty
// that waits for an event stands too.
func (rd *reader) kind(order, whole txt) (Kind, string, bool) {
	event := startsWhen(order.f) || awaits.in(order.f)
	if every := everyOf(whole); every != "" {
		return Recurring, every, event
	}
	if strings.Contains(whole.f, "dinh ky") {
		return Recurring, "", event
	}
	act := rd.singleAct(order)
	switch {
	case stands(order.f) && (!act || stands(firstClause(order).f)):
		if act && rd.plans(order) {
			return Once, "", event
		}
		return Standing, "", event
	case event && !act:
		return Standing, "", true
	case !act && answers.in(order.f):
		return Standing, "", true
	}
	return Once, "", event
}

// everyOf reads the beat of a recurring task. "hàng" is taken with its mark or
// without any: "hang" in "ngân hàng năm" is excluded by the word before.
func everyOf(t txt) string {
	if strings.Contains(t.f, " lan") || strings.Contains(t.f, "/lan") {
		if g := times.FindStringSubmatch(t.f); g != nil {
			return everyName[g[1]+g[2]+g[3]]
		}
	}
	if strings.Contains(t.f, "thang cuoi quy") || strings.Contains(t.f, "cuoi moi quy") {
		return "quarter"
	}
	if !strings.Contains(t.f, "hang ") && !strings.Contains(t.f, "moi ") {
		return ""
	}
	for _, g := range recurs.FindAllStringSubmatchIndex(t.f, -1) {
		before := strings.TrimRight(t.f[:g[0]], " ")
		if strings.HasSuffix(before, "ngan") || strings.HasSuffix(before, "nha") || strings.HasSuffix(before, "khach") {
			continue
		}
		unit := everyName[t.f[g[2]:g[3]]]
		if t.f[g[0]] == 'm' && unit == "shift" {
			continue // "mỗi ca 01 lãnh đạo" counts people, not times
		}
		return unit
	}
	return ""
}

// firstClause is a text up to its first sign.
func firstClause(t txt) txt {
	if i := strings.IndexAny(t.f, ",;.:"); i > 0 {
		return t.slice(0, i)
	}
	return t
}

// singleAct reports an order whose verb, after fillers, is done once and finished.
func (rd *reader) singleAct(t txt) bool {
	ws := wordsOf(t, 8)
	for i := 0; i < len(ws); {
		if oneOff.match(t, ws, i, rd.accentless) > 0 {
			return true
		}
		n := fillers.match(t, ws, i, rd.accentless)
		if n == 0 {
			return false
		}
		i += n
	}
	return false
}

// plans reports an order to write something down, which is done once even where
// what is written is a watch: "Lập lịch trực 24/7".
func (rd *reader) plans(t txt) bool {
	return planned.MatchString(t.f) && (!t.starts("cu ") || !strings.Contains(t.f, " truc "))
}

var planned = regexp.MustCompile(`^(?:chu dong |khan truong |tiep tuc )?(?:lap|xay dung|ban hanh|gui|dang|hoan thanh|hoan thien|phe duyet|cu|thanh lap|kien toan|cap nhat|bao cao) `)

// proofs propose, by the verb, what would show that a task is done.
var proofs = []struct {
	words phraseList
	what  []string
}{
	{phrases("dang tai,dang toan van,dang bai"), []string{"đường dẫn bài đăng", "ảnh chụp màn hình có ngày"}},
	{phrases("tuyen truyen,pho bien,quan triet,tap huan"), []string{"ảnh hoặc đường dẫn bài tuyên truyền", "số người tham dự"}},
	{phrases("lo hong,ban va"), []string{"bảng hệ thống, lỗ hổng, ngày vá, người làm"}},
	{phrases("ma doc,phan mem doc hai,botnet"), []string{"số máy đã quét, số máy nhiễm, đã xử lý"}},
	{phrases("sao luu"), []string{"biên bản sao lưu, thử khôi phục"}},
	{phrases("lich truc,phan cong,bo tri,truc giam sat"), []string{"bảng phân công trực có chữ ký", "nhật ký trực"}},
	{phrases("bao cao,tong hop"), []string{"số, ngày báo cáo đã gửi"}},
	{phrases("ra soat,kiem tra"), []string{"biên bản rà soát, kiểm tra"}},
	{phrases("ket noi"), []string{"trạng thái kết nối mỗi ca"}},
}

func evidence(order txt) []string {
	for _, p := range proofs {
		if p.words.in(order.f) {
			return append([]string{}, p.what...)
		}
	}
	return []string{}
}
