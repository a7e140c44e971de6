package report

import (
	"fmt"
	"strings"
	"unicode"

	"trucban/internal/roster"
	"trucban/internal/window"
)

// WindowReport is the office's BÁO CÁO on one deadline of a report duty: who
// reported, what they say by heading, and who did not. Nothing is summed up in
// words that no unit wrote.
func WindowReport(o Office, d window.Draft) ([]byte, error) {
	b := &body{}
	b.heading(o, "BC", d.At)
	b.title("Báo cáo", "Tổng hợp "+lowerFirst(or(d.Name, 12))+", hạn "+clock(d.Closes))
	b.section("1. Tình hình gửi báo cáo")
	b.filing(d)
	b.voices("2. Tình hình chung", d.Filed, func(f window.Form) string { return f.Situation })
	if len(d.Quiet) > 0 {
		b.say("Không có sự cố: " + names(d.Quiet) + ".")
	}
	b.voices("3. Vấn đề phát sinh", d.Filed, func(f window.Form) string { return f.Issues })
	b.voices("4. Kiến nghị, đề xuất", d.Filed, func(f window.Form) string { return f.Proposals })
	b.section("5. Nhận xét, đánh giá")
	b.sayOr("")
	b.say(fmt.Sprintf("Trên đây là báo cáo của %s./.", or(o.Issuer, 12)))
	b.foot(o)
	return b.bytes("Báo cáo tổng hợp "+d.Name, d.At)
}

// filing says how many reported, who is missing, and lists when each report came.
func (b *body) filing(d window.Draft) {
	if d.Unseen {
		b.say("Hệ thống không hoạt động lúc đến hạn nên chưa hỏi đơn vị nào; số liệu cần thu thập trực tiếp.")
		return
	}
	b.say(fmt.Sprintf("Có %d/%d đơn vị gửi báo cáo, trong đó %d đơn vị gửi muộn, %d đơn vị không có sự cố.", len(d.Filed)+len(d.Quiet), d.Asked, d.Late, d.None))
	if len(d.Missing) > 0 {
		b.say(fmt.Sprintf("Chưa gửi báo cáo (%d): %s.", len(d.Missing), names(d.Missing)))
	}
	var rows [][]string
	for _, l := range append(append([]window.Line(nil), d.Filed...), d.Quiet...) {
		state := "đúng hạn"
		if l.Late > 0 {
			state = "muộn"
		}
		rows = append(rows, []string{num(len(rows) + 1), l.Name, "đ/c " + or(l.By, 8), l.At.In(roster.Zone).Format("15h04 02/01"), state})
	}
	if len(rows) > 0 {
		b.grid([]int{650, textWidth - 650 - 2600 - 1500 - 1200, 2600, 1500, 1200}, []string{"TT", "Đơn vị", "Người báo cáo", "Lúc", "Hạn"}, rows)
	}
}

// voices is a heading with what each unit wrote under it, in the unit's words.
func (b *body) voices(title string, lines []window.Line, of func(window.Form) string) {
	var out []string
	for _, l := range lines {
		if s := strings.TrimSpace(of(l.Form)); s != "" {
			out = append(out, l.Name+": "+s)
		}
	}
	b.section(title)
	if len(out) == 0 {
		b.say("Các đơn vị không nêu.")
	}
	for _, s := range out {
		b.para(para{align: justify, first: 567, after: 60, runs: []run{plain("- " + s)}})
	}
}

// lowerFirst makes a name fit into a sentence: "báo cáo nhanh"; abbreviations stay.
func lowerFirst(s string) string {
	r := []rune(s)
	if len(r) > 1 && unicode.IsUpper(r[1]) {
		return s
	}
	r[0] = unicode.ToLower(r[0])
	return string(r)
}

func names(lines []window.Line) string {
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = l.Name
	}
	return strings.Join(out, "; ")
}
