package sheet

import (
	"regexp"
	"strings"
	"time"

	"trucban/internal/calendar"
	"trucban/internal/roster"
	"trucban/internal/viet"
)

// role is what a column (or the label of a row) means.
type role int

const (
	roleNone role = iota
	roleIndex
	roleDate
	roleWeekday
	roleShift
	rolePerson
	roleTitle
	rolePhone
	roleUnit
	roleNote
	roleUntilDate // "Đến ngày" beside "Từ ngày"
	roleFromTime  // "Từ giờ"
	roleUntilTime // "Đến giờ"
	roleLunar     // the lunar day beside the date
)

// column is a heading understood.
type column struct {
	role
	post  roster.Post // of a person column; "" takes the row's
	unit  string      // when the heading itself is a unit whose people stand below
	shift hours       // when the heading itself is a shift ("Ca đêm 19h00-07h00")
	text  string      // as printed, for problems
}

// headings are the folded words of column headings, the longest match wins. Words
// in brackets and times are taken off first.
var headings = []struct {
	role role
	post roster.Post
	word string
}{
	{roleIndex, "", "stt|tt|so tt|so thu tu|#"},
	{roleDate, "", "ngay|ngay thang|ngay truc|thoi gian truc|ngay, thang|ngay thang nam|ngay, thang, nam|ngay duong lich|ngay duong|thu, ngay|thu ngay|thu/ngay|ngay/thu|ngay, thu|thu, ngay, thang|thu ngay thang|ngay/thang|ngay - thang|ngay,thang|ngay/thang/nam|thu - ngay|ngay thang truc|ngay lam viec|ngay (duong lich)|date"},
	{roleDate, "", "tu ngay|ngay bat dau"},
	{roleLunar, "", "am lich|ngay am|ngay am lich|lich am"},
	{roleUntilDate, "", "den ngay|ngay ket thuc|den het ngay"},
	{roleFromTime, "", "tu gio|gio bat dau|bat dau|gio vao ca|gio den"},
	{roleUntilTime, "", "den gio|gio ket thuc|ket thuc|gio het ca|gio ve"},
	{roleWeekday, "", "thu|thu trong tuan"},
	{roleShift, "", "ca|ca truc|buoi|kip|kip truc|gio|gio truc|ca/gio|ca/thoi gian|khung gio|ten ca|thoi gian|buoi truc|shift"},
	{rolePerson, roster.PostLeader, "lanh dao truc|truc lanh dao|lanh dao|truc chi huy|chi huy truc|lanh dao truc ban|lanh dao uy ban truc|lanh dao ubnd|lanh dao truc chi huy|lanh dao phu trach|ld truc|truc ld|lanh dao don vi truc"},
	{rolePerson, roster.PostDesk, "truc ban|can bo truc ban|nguoi truc ban|truc van phong|truc ban tac chien"},
	{rolePerson, roster.PostTech, "truc ky thuat|can bo ky thuat|ky thuat|truc giam sat|can bo truc ky thuat|truc cntt|truc ky thuat/giam sat"},
	{rolePerson, roster.PostDuty, "can bo truc|nguoi truc|ho va ten|ho ten|truc chuyen mon|can bo, cong chuc truc|cong chuc truc|nhan vien truc|ho va ten can bo truc|ho ten can bo truc|ho va ten nguoi truc|" +
		"nguoi truc ca|can bo, chien si truc|cb truc|can bo|truc|thanh phan truc|ten|ho va ten, chuc vu|ho ten, chuc vu|can bo chuyen mon|cbcc truc|nhan su|ho va ten can bo|can bo, cong chuc|cong chuc|nguoi duoc phan cong|dong chi|luc luong|bao ve|lai xe"},
	{roleTitle, "", "chuc vu|chuc danh|chuc vu, don vi|chuc vu/don vi|cap bac|chuc vu, chuc danh"},
	{rolePhone, "", "dien thoai|so dien thoai|sdt|so dt|dt|di dong|dtdd|dien thoai lien he|lien he|so dien thoai lien he|dien thoai di dong|sdt lien he|so may"},
	{roleUnit, "", "don vi|bo phan|co quan|don vi truc|phong|phong ban|phong, ban|ten don vi|co quan, don vi|don vi/bo phan|noi truc|dia diem truc|dia diem"},
	{roleNote, "", "ghi chu|gc|ghi chu them|noi dung|nhiem vu|luu y"},
}

// meaning is one entry of the table above.
type meaning struct {
	role role
	post roster.Post
}

// dictionary turns headings into a map; built once for a reading.
func dictionary() map[string]meaning {
	m := map[string]meaning{}
	for _, h := range headings {
		for _, w := range strings.Split(h.word, "|") {
			m[w] = meaning{h.role, h.post}
		}
	}
	return m
}

var (
	brackets  = regexp.MustCompile(`\([^)]*\)`)
	countMark = regexp.MustCompile(`\s*\d+$`)
)

// heading reads one column heading; sub is the second line of a two-line heading, "" when there is none.
func (r *reader) heading(text, sub string) column {
	c := r.oneHeading(text)
	if sub == "" || sub == text {
		return c
	}
	s := r.oneHeading(sub)
	switch {
	case c.role == rolePerson && s.role == rolePerson && s.post == roster.PostDuty: // "Lãnh đạo trực" over "Họ và tên"
		s.post, s.shift = c.post, c.shift
	case s.role == rolePerson && c.role == roleShift && c.shift.known(): // "Ca đêm" over "Họ và tên"
		s.shift = c.shift
	case c.role == rolePerson && (s.role == roleTitle || s.role == rolePhone || s.role == roleUnit):
	case s.role == roleNone:
		return c
	}
	s.text = text + " / " + sub
	return s
}

// oneHeading reads a heading of one line; equal texts are read once, because
// every row is looked at for whether it begins a table.
func (r *reader) oneHeading(text string) column {
	if c, ok := r.heads[text]; ok {
		return c
	}
	if len(text) > maxLabel {
		return column{text: viet.Line(text[:maxLabel])}
	}
	if r.spent += len(text); r.spent > maxWork {
		return column{}
	}
	c := r.readHeading(text)
	r.heads[text] = c
	return c
}

func (r *reader) readHeading(text string) column {
	c := column{text: viet.Line(text)}
	f := viet.Fold(text)
	bare := strings.Trim(strings.Join(strings.Fields(brackets.ReplaceAllString(f, " ")), " "), " .:*-")
	if m, ok := r.words[bare]; ok {
		c.role, c.post = m.role, m.post
		return c
	}
	if m, ok := r.words[countMark.ReplaceAllString(bare, "")]; ok && m.role == rolePerson { // "Cán bộ trực 2"
		c.role, c.post = m.role, m.post
		return c
	}
	if len(f) > 60 {
		return c
	}
	if watch.MatchString(bare) && len(strings.Fields(bare)) <= 7 && !titleLine.MatchString(bare) {
		c.role, c.post = rolePerson, watchPost(bare)
		return c
	}
	if unitHead.MatchString(bare) && !strings.ContainsAny(bare, "0123456789") {
		c.role, c.unit = rolePerson, c.text
		return c
	}
	if h, ok := readHours(text); ok && h.known() && !bareMark.MatchString(bare) {
		c.role, c.shift = rolePerson, h // a shift as a heading holds the people of that shift
	}
	return c
}

// watch marks a heading of our own kind whose exact words we do not know: "Dân quân trực", "Trực chỉ huy BCH".
var watch = regexp.MustCompile(`^(?:truc (?:chi huy|lanh dao|tac chien|bao ve|cap cuu|san sang|co quan|chinh|phu|phong|ca)|(?:lanh dao|chi huy|can bo|bac si|dieu duong|dan quan|luc luong|nguoi|nhan vien|cong an|bao ve)[a-z ,/&-]* truc\b|(?:lanh dao|chi huy) )`)

// watchPost is the post such a heading speaks of.
func watchPost(bare string) roster.Post {
	switch {
	case strings.Contains(bare, "lanh dao"), strings.Contains(bare, "chi huy"):
		return roster.PostLeader
	case strings.Contains(bare, "ky thuat"), strings.Contains(bare, "giam sat"), strings.Contains(bare, "cntt"):
		return roster.PostTech
	case strings.Contains(bare, "truc ban"):
		return roster.PostDesk
	}
	return roster.PostDuty
}

// unitHead are the folded beginnings of the names of units. Match holds them
// against the organisation, so that a heading taken wrongly is reported there.
var unitHead = regexp.MustCompile(`^(?:cong an|quan su|bch|ban chi huy|ban cong an|tram y te|phong|van phong|doi|to|truong|ubnd|uy ban nhan dan|trung tam|khoa|chi cuc|xa|phuong|benh vien|mttq|so)\s+\S|^tram y te$`)

// bareMark is a number or letter alone, which names a shift only in a column of shifts.
var bareMark = regexp.MustCompile(`^(?:\d+|[a-z]|[ivx]+)$`)

// isHead reports whether the columns are those of a table with days as rows:
// somebody to be on duty, and a day, shift or unit to be on duty at.
func isHead(cols []column) bool {
	people, where, words := 0, 0, 0
	for _, c := range cols {
		if c.role != roleNone && !c.shift.known() && c.unit == "" {
			words++
		}
		switch c.role {
		case rolePerson:
			people++
		case roleDate:
			where += 2
		case roleShift, roleUnit, roleWeekday, roleIndex, rolePhone, roleTitle:
			where++
		}
	}
	return people > 0 && where >= 2 && words > 0
}

// hours is when a shift is, as far as a text says.
type hours struct {
	name   string
	start  time.Duration
	length time.Duration // 0: not said
	whole  bool          // "24/24": the whole day, from the hour the table gives
}

func (h hours) known() bool { return h.name != "" || h.length > 0 || h.whole }

var (
	daysAfter = regexp.MustCompile(`\(?sau (\d) ngay\)?`)
	shiftWord = regexp.MustCompile(`^(?:ca|buoi|kip|truc)?\s*(?:truc\s*)?(sang|trua|chieu|toi|dem|ngay|ca ngay|hanh chinh|24/24|24/24h|24h/24h|24h/24|24/7|\d|[ivx]+|[a-e])$`)
	ofHours   = regexp.MustCompile(`[\s():;,.\-–—→>]+|\b(?:tu|den|luc|hom sau|ngay hom sau|sang hom sau|ngay sau|gio)\b`)
	roundDay  = regexp.MustCompile(`24\s*h?\s*/\s*(?:24|7)\s*h?`)
)

// readHours reads a shift cell: "Ca 1 (06h00 - 14h00)", "Sáng", "19h đến 7h hôm
// sau", "24/24". ok is false when the text is something else.
func readHours(text string) (hours, bool) {
	f := viet.Fold(text)
	extra := 0
	if m := daysAfter.FindStringSubmatch(f); m != nil {
		extra = int(m[1][0] - '0')
		f = strings.Replace(f, m[0], " ", 1)
	}
	var h hours
	if roundDay.MatchString(f) {
		f = roundDay.ReplaceAllString(f, " 24/24 ")
	}
	at, rest := calendar.FindClocks(f)
	switch len(at) {
	case 0:
	case 2:
		h.start, h.length = at[0], at[1]-at[0]
		if extra > 0 {
			h.length += time.Duration(extra) * 24 * time.Hour
		} else if h.length <= 0 {
			h.length += 24 * time.Hour
		}
	default:
		return h, false
	}
	word := strings.TrimSpace(ofHours.ReplaceAllString(rest, " "))
	if word == "" {
		return h, h.length > 0
	}
	m := shiftWord.FindStringSubmatch(word)
	if m == nil && len(at) == 0 {
		return h, false
	}
	if m == nil && len(word) > 30 {
		return h, false
	}
	h.name = shiftName(text)
	if m != nil && m[1] == "24/24" {
		h.name, h.whole = "", h.length == 0
	}
	return h, true
}

// shiftName is the words of a shift cell without its times, as printed.
func shiftName(text string) string {
	text = viet.Line(text)
	if at, _ := calendar.FindClocks(text); len(at) == 0 {
		return text
	}
	text = brackets.ReplaceAllStringFunc(text, func(b string) string {
		if at, _ := calendar.FindClocks(b); len(at) > 0 {
			return " "
		}
		return b
	})
	return strings.Trim(viet.Line(clockText.ReplaceAllString(text, " ")), " :;,.-–—→>()")
}

var clockText = regexp.MustCompile(`(?i)\d{1,2}\s*(?:giờ|gio|h|g|:)\s*(?:\d{2})?(?:\s*phút)?|(?:ngày |sáng )?hôm sau|ngày sau|đến|từ`)

// usual are the hours of shifts that say only their name, by usual office practice;
// taking them is told as a warning.
func usual(name string, among map[string]bool) (start, length time.Duration, ok bool) {
	switch f := strings.TrimPrefix(strings.TrimPrefix(viet.Fold(name), "ca "), "buoi "); f {
	case "sang":
		return 7*time.Hour + 30*time.Minute, 4 * time.Hour, true
	case "chieu":
		return 13*time.Hour + 30*time.Minute, 3*time.Hour + 30*time.Minute, true
	case "ngay":
		return 7 * time.Hour, 12 * time.Hour, true
	case "hanh chinh":
		return 7*time.Hour + 30*time.Minute, 9*time.Hour + 30*time.Minute, true
	case "dem", "toi":
		if among["sang"] || among["chieu"] {
			return 17 * time.Hour, 14 * time.Hour, true
		}
		return 19 * time.Hour, 12 * time.Hour, true
	case "", "ca ngay":
		return 7*time.Hour + 30*time.Minute, 24 * time.Hour, true
	}
	return 0, 0, false
}
