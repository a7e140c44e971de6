package report

import (
	"fmt"
	"strings"
	"time"

	"trucban/internal/hotline"
	"trucban/internal/roster"
)

// Handover is the record of one shift given to the next.
type Handover struct {
	Office     Office
	Unit       string
	Shift      string // "Ca đêm 09/02/2027, 19h00 - 07h00"
	At         time.Time
	From, To   []Person // who hands over, who takes over
	Staff      string   // quân số
	Equipment  string   // tài sản, trang thiết bị
	Events     []string // sự vụ trong ca
	Pending    []string // nhiệm vụ tồn đọng
	Remarks    string   // kiến nghị của bên nhận
	ReceivedAt time.Time
}

// HandoverRecord is the BIÊN BẢN bàn giao ca trực.
func HandoverRecord(in Handover) ([]byte, error) {
	b := &body{}
	b.heading(in.Office, "BB", in.At)
	b.title("Biên bản", "Bàn giao ca trực")
	b.say(fmt.Sprintf("Hôm nay, vào lúc %s, tại %s, chúng tôi gồm:", clock(in.At), or(in.Unit, 12)))
	b.people("Bên giao", in.From)
	b.people("Bên nhận", in.To)
	b.say("Tiến hành bàn giao ca trực: " + or(in.Shift, 20) + ", với các nội dung sau:")
	b.section("1. Quân số")
	b.sayOr(in.Staff)
	b.section("2. Tài sản, trang thiết bị")
	b.sayOr(in.Equipment)
	b.list("3. Sự vụ trong ca", in.Events)
	b.list("4. Nhiệm vụ tồn đọng", in.Pending)
	b.section("5. Ý kiến của bên nhận")
	b.sayOr(in.Remarks)
	if in.ReceivedAt.IsZero() {
		b.say("Bên nhận xác nhận lúc: " + dots(12) + ".")
	} else {
		b.say("Bên nhận xác nhận trên hệ thống lúc " + clock(in.ReceivedAt) + ".")
	}
	b.say("Biên bản được lập thành 02 bản, mỗi bên giữ 01 bản./.")
	side := func(title string, who []Person) cell {
		name := ""
		if len(who) == 1 {
			name = who[0].Name
		}
		return cell{paras: append([]para{
			{align: centre, keepNext: true, before: 120, runs: []run{bold(title, 26)}},
			{align: centre, keepNext: true, runs: []run{{text: "(Ký, ghi rõ họ tên)", italic: true, size: 24}}},
		}, signature(name)...)}
	}
	b.table(table{widths: []int{textWidth / 2, textWidth - textWidth/2}, rows: [][]cell{{side("BÊN GIAO", in.From), side("BÊN NHẬN", in.To)}}})
	return b.bytes("Biên bản bàn giao ca trực", in.At)
}

func (b *body) people(title string, list []Person) {
	if len(list) == 0 {
		list = []Person{{}}
	}
	for n, p := range list {
		s := fmt.Sprintf("%s: đ/c %s, chức vụ %s", title, or(p.Name, 16), or(p.Title, 8))
		if len(list) > 1 {
			s = fmt.Sprintf("%s (%d): đ/c %s, chức vụ %s", title, n+1, or(p.Name, 16), or(p.Title, 8))
		}
		b.para(para{align: justify, first: 567, after: 60, runs: []run{plain(s + ";")}})
	}
}

// Words for how far a number may be trusted.
func trust(r hotline.Row) string {
	switch r.State {
	case hotline.Never:
		return "CHƯA KIỂM TRA"
	case hotline.Stale:
		return fmt.Sprintf("kiểm tra %d ngày trước, cần kiểm tra lại", r.Age)
	case hotline.Missing:
		return "chưa có số"
	}
	return ""
}

// PhoneTree is the one-page phone tree to hang beside the telephone; it is a
// working paper, so it has neither number nor signature.
func PhoneTree(office Office, tree hotline.Tree) ([]byte, error) {
	b := &body{}
	b.para(para{align: centre, runs: []run{bold(strings.ToUpper(or(office.Issuer, 12)), 24)}})
	b.para(para{align: centre, before: 60, runs: []run{bold("DANH BẠ TRỰC KHẨN CẤP", 30)}})
	b.para(para{align: centre, after: 80, runs: []run{{text: "Lập lúc " + clock(tree.At) + ". Chỉ dùng nội bộ.", italic: true, size: 22}}})
	t := table{widths: []int{3100, 2571, 1800, 1600}, lines: true}
	for _, s := range tree.Sections {
		t.rows = append(t.rows, []cell{{span: 4, paras: []para{{align: left, keepNext: true, runs: []run{bold(s.Title, 22)}}}}})
		for _, r := range s.Rows {
			t.rows = append(t.rows, []cell{
				{paras: []para{{runs: []run{{text: r.Name, size: 20}}}}},
				{paras: []para{{runs: []run{{text: r.Role, size: 18}}}}},
				{paras: []para{{runs: []run{bold(or(strings.Join(r.Phones, "\n"), 6), 24)}}}},
				{paras: []para{{runs: []run{{text: trust(r), italic: true, size: 17}}}}},
			})
		}
	}
	if len(t.rows) > 0 {
		b.table(t)
	}
	return b.bytes("Danh bạ trực khẩn cấp", tree.At)
}

// PhoneTreeText is the phone tree as plain text, for a chat or a printer without a word processor.
func PhoneTreeText(office Office, tree hotline.Tree) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\nDANH BẠ TRỰC KHẨN CẤP\nLập lúc %s\n", strings.ToUpper(or(office.Issuer, 12)), tree.At.In(roster.Zone).Format("15h04 ngày 02/01/2006"))
	for _, s := range tree.Sections {
		fmt.Fprintf(&b, "\n%s\n", s.Title)
		for _, r := range s.Rows {
			line := "- " + r.Name
			if r.Role != "" {
				line += " (" + r.Role + ")"
			}
			line += ": " + or(strings.Join(r.Phones, ", "), 10)
			if w := trust(r); w != "" && r.State != hotline.Missing {
				line += " [" + w + "]"
			}
			b.WriteString(line + "\n")
		}
	}
	return b.String()
}
