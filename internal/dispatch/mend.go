package dispatch

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// mendRule is one sure fault of scanning or typing. hint must be in the text
// for the rule to be tried; group 1 of re is what is replaced.
type mendRule struct {
	hint string
	re   *regexp.Regexp
	to   string
}

// rule compiles a mend of whole words: after is context that must be there and stays.
func rule(hint, wrong, to, after string) mendRule {
	return mendRule{hint: hint, re: regexp.MustCompile(`(?:^|[^\p{L}])(` + wrong + `)` + after), to: to}
}

const wordEnd = `(?:$|[^\p{L}])`

// mendRules is conservative: each wrong form is no Vietnamese wording at that
// place, with as much of its context as a reader needs to see what was meant.
var mendRules = []mendRule{
	rule("Cụ ", `Cụ An toàn thông tin`, "Cục An toàn thông tin", wordEnd),
	rule("Cụ ", `Cụ Viễn thông`, "Cục Viễn thông", wordEnd),
	rule("Cụ ", `Cụ An ninh mạng`, "Cục An ninh mạng", wordEnd),
	rule("Cụ ", `Cụ Chuyển đổi số`, "Cục Chuyển đổi số", wordEnd),
	rule("cá bộ", `cá bộ`, "cán bộ", wordEnd),
	rule("Cá bộ", `Cá bộ`, "Cán bộ", wordEnd),
	rule("cán bô", `cán bô`, "cán bộ", wordEnd),
	rule("Zimba", `Zimba`, "Zimbra", wordEnd),
	rule("zeroday", `zeroday`, "zero-day", wordEnd),
	rule("Tế ", `dịp Tế Dương lịch`, "dịp Tết Dương lịch", wordEnd),
	rule("Tế ", `Tế (?:Dương|Nguyên|Âm)`, "", wordEnd),
	rule("tết ", `tết Nguyên [đĐ]án`, "Tết Nguyên đán", wordEnd),
	rule("Nguyên Đán", `Tết Nguyên Đán`, "Tết Nguyên đán", wordEnd),
	rule("khi cho nhu", `khi cho nhu cầu`, "khi có nhu cầu", wordEnd),
	rule("xã phường", `các xã phường`, "các xã, phường", wordEnd),
	rule("trị xã hội", `chính trị xã hội`, "chính trị - xã hội", wordEnd),
	rule("trịxã hội", `chính trịxã hội`, "chính trị - xã hội", wordEnd),
	rule("XàHỘI", `XàHỘI`, "XÃ HỘI", wordEnd),
	rule("Xà", `Xà\p{Lu}{2,}`, "", ``),
	rule("Xà ", `Xà`, "XÃ", ` \p{Lu}{2}`),
	rule("Kinh gửi", `Kinh gửi`, "Kính gửi", wordEnd),
	rule("Kính gủi", `Kính gủi`, "Kính gửi", wordEnd),
	rule("Nơi nhân", `Nơi nhân`, "Nơi nhận", `\s*:`),
	rule("địa bàn;", `địa bàn; Các`, "địa bàn; các", ` phòng`),
	rule("an toan", `an toan thông tin`, "an toàn thông tin", wordEnd),
	rule("thông tín", `an toàn thông tín`, "an toàn thông tin", wordEnd),
	rule("hệ thông ", `hệ thông (?:thông tin|mạng|giám sát)`, "", wordEnd),
	rule("lổ hổng", `lổ hổng`, "lỗ hổng", wordEnd),
	rule("lỗ hỏng", `lỗ hỏng`, "lỗ hổng", wordEnd),
	rule("rà sóat", `rà sóat`, "rà soát", wordEnd),
	rule("Rà sóat", `Rà sóat`, "Rà soát", wordEnd),
	rule("sữ dụng", `sữ dụng`, "sử dụng", wordEnd),
	rule("xữ lý", `xữ lý`, "xử lý", wordEnd),
	rule("xử lỷ", `xử lỷ`, "xử lý", wordEnd),
	rule("đãm bảo", `đãm bảo`, "đảm bảo", wordEnd),
	rule("bão đảm", `bão đảm`, "bảo đảm", wordEnd),
	rule("Bão đảm", `Bão đảm`, "Bảo đảm", wordEnd),
	rule("bảo mât", `bảo mât`, "bảo mật", wordEnd),
	rule("công ván", `công ván`, "công văn", wordEnd),
	rule("báo các ", `báo các (?:kết quả|UBND|Ủy ban|Chủ tịch|Sở)`, "", wordEnd),
	rule("triền khai", `triền khai`, "triển khai", wordEnd),
	rule("khăc phục", `khăc phục`, "khắc phục", wordEnd),
	rule("kip thời", `kip thời`, "kịp thời", wordEnd),
	{hint: "[at]", re: regexp.MustCompile(`[\p{L}\p{N}](\s?\[at\]\s?)[\p{L}\p{N}]`), to: "@"},
	{hint: "(at)", re: regexp.MustCompile(`[\p{L}\p{N}](\s?\(at\)\s?)[\p{L}\p{N}]`), to: "@"},
	rule("Ủy bạn", `Ủy bạn nhân dân`, "Ủy ban nhân dân", wordEnd),
	rule("Uỷ ban nhân đân", `Uỷ ban nhân đân`, "Uỷ ban nhân dân", wordEnd),
}

// partMends completes the rules whose wrong form keeps some of its words.
var partMends = []struct{ from, to string }{
	{"Tế ", "Tết "}, {"hệ thông ", "hệ thống "}, {"báo các ", "báo cáo "}, {"Xà", "XÃ "},
}

// edit is one replacement: at is the rune offset before the pass, by the growth in runes.
type edit struct{ at, by int }

// mend applies the rules to a text whose lines segs tells; segs follow the changes.
func (rd *reader) mend(s string, segs []seg) string {
	for _, m := range mendRules {
		if strings.Contains(s, m.hint) {
			s = rd.mendOne(s, m, segs)
		}
	}
	return rd.mendWords(rd.mendNumbers(s, segs), segs)
}

func (rd *reader) mendOne(s string, m mendRule, segs []seg) string {
	var b strings.Builder
	var edits []edit
	rest, at := s, 0
	for from := 0; ; {
		i := strings.Index(rest[from:], m.hint)
		if i < 0 {
			break
		}
		lo, hi := around(rest, from+i, m.hint)
		g := m.re.FindStringSubmatchIndex(rest[lo:hi])
		if g == nil {
			from += i + len(m.hint)
			continue
		}
		wrong := rest[lo+g[2] : lo+g[3]]
		right := m.right(wrong)
		at += utf8.RuneCountInString(rest[:lo+g[2]])
		edits = append(edits, rd.note(wrong, right, at, segs))
		at += utf8.RuneCountInString(wrong)
		b.WriteString(rest[:lo+g[2]])
		b.WriteString(right)
		rest = rest[lo+g[3]:]
		from = 0
	}
	b.WriteString(rest)
	shift(segs, edits)
	return b.String()
}

// around is the neighbourhood of a hint in bytes, from a space on, where the
// rule is tried: a few words on both sides.
func around(s string, i int, hint string) (int, int) {
	lo := strings.LastIndexByte(s[:max(0, i-30)], ' ') + 1
	hi := min(len(s), i+len(hint)+60)
	for hi < len(s) && !utf8.RuneStart(s[hi]) {
		hi++
	}
	return lo, hi
}

// right is what the rule makes of a wrong form.
func (m mendRule) right(wrong string) string {
	if m.to != "" {
		return m.to
	}
	for _, p := range partMends {
		wrong = strings.Replace(wrong, p.from, p.to, 1)
	}
	return wrong
}

// note records a mend, which is what keeps it from being silent.
func (rd *reader) note(printed, mended string, at int, segs []seg) edit {
	rd.mends = append(rd.mends, Mend{Line: lineOf(segs, at), Printed: printed, Mended: mended})
	return edit{at, utf8.RuneCountInString(mended) - utf8.RuneCountInString(printed)}
}

// shift moves the line starts behind each edit; edits are in order.
func shift(segs []seg, edits []edit) {
	by, k := 0, 0
	for i := range segs {
		for k < len(edits) && edits[k].at < segs[i].at {
			by += edits[k].by
			k++
		}
		segs[i].at += by
	}
}
