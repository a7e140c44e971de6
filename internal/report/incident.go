package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"trucban/internal/incident"
	"trucban/internal/roster"
	"trucban/internal/team"
)

// Person is somebody to be asked.
type Person struct {
	Name  string
	Title string
	Phone string // E.164
	Email string
}

// Profile is what an office keeps on file about a unit and its systems; the
// rest of the form stays blank.
type Profile struct {
	Org, Address, Phone, Email     string // Phone is E.164
	Operator, Owner                string // đơn vị vận hành, cơ quan chủ quản
	System                         string // name, domain, address; the incident's own system when empty
	SystemLevel                    int    // cấp độ 1-5, 0 unknown
	SecurityVendor, UpstreamVendor string
	OS, OSVersion                  string
	PublicIPs, Domains, Purpose    string
}

// IncidentReport is what the two incident documents are filled from.
type IncidentReport struct {
	Office   Office
	Rules    incident.Rules
	Incident incident.Incident
	Profile  Profile
	Contact  Person
	Names    map[team.MemberID]string // of the people on the timeline
	Regime   string                   // the office's choice of regime; "" goes by the detection time
	At       time.Time                // when the document is made
	Request  string                   // kiến nghị, đề xuất
	FoundBy  []string                 // ticks of "Cách thức phát hiện", as the form prints them
	Notified []string                 // ticks of "Đã gửi thông báo sự cố cho", as the form prints them
	FirstNo  string                   // closing report: number of the initial one
	FirstAt  time.Time                // closing report: its date
}

// IncidentInitial is the initial report, in the layout of Mẫu 03 and under the
// title of the regime that holds at the detection time.
func IncidentInitial(in IncidentReport) ([]byte, error) {
	f, err := loadForm("mau-03")
	if err != nil {
		return nil, err
	}
	title := f.Title
	if rg := in.regimes(); len(rg) > 0 {
		title = rg[0].Title
	}
	return in.document(f, title, in.initial())
}

// IncidentClosing is the closing report, in the layout of Mẫu 04.
func IncidentClosing(in IncidentReport) ([]byte, error) {
	f, err := loadForm("mau-04")
	if err != nil {
		return nil, err
	}
	v := in.initial()
	v.text["first_report_no"] = in.FirstNo
	if !in.FirstAt.IsZero() {
		v.text["first_report_date"] = in.FirstAt.In(roster.Zone).Format("02/01/2006")
	}
	v.text["result"] = in.result()
	return in.document(f, f.Title, v)
}

// regimes are those that hold at the detection time; one that only applies
// besides another counts when a report is owed under it.
func (in IncidentReport) regimes() []incident.Regime {
	return slices.DeleteFunc(in.Rules.At(in.Incident.FoundAt, in.Regime), func(g incident.Regime) bool {
		owed := slices.ContainsFunc(in.Incident.Deadlines, func(d incident.Deadline) bool { return d.Regime == g.ID && !d.Dropped })
		return g.Besides && !owed
	})
}

func (in IncidentReport) document(f form, title string, v filled) ([]byte, error) {
	b := &body{}
	if in.Incident.Drill {
		b.para(para{align: centre, box: true, inset: 2600, after: 120, runs: []run{bold("DIỄN TẬP - KHÔNG PHẢI SỰ CỐ THẬT", 24)}})
	}
	b.heading(in.Office, "BC", in.At)
	b.title(title, "Mã theo dõi: "+string(in.Incident.ID))
	b.form(f, v)
	b.timeline(in)
	b.para(para{before: 120, runs: []run{{text: " ", size: 8}}})
	sign := []para{
		{align: centre, keepNext: true, runs: []run{bold(f.Signature.Role, 22)}},
		{align: centre, keepNext: true, runs: []run{{text: f.Signature.Note, italic: true, size: 24}}},
	}
	sign = append(sign, signature(in.Office.Signer)...)
	b.table(table{widths: []int{leftColumn, rightColumn}, rows: [][]cell{{{}, {paras: sign}}}})
	b.draftNote(in)
	return b.bytes(title+" "+string(in.Incident.ID), in.At)
}

func (in IncidentReport) initial() filled {
	i, p := in.Incident, in.Profile
	system := p.System
	if system == "" {
		system = i.System
	}
	v := filled{text: map[string]string{
		"org_name": p.Org, "org_address": p.Address, "org_phone": phone(p.Phone), "org_email": p.Email,
		"contact_name": in.Contact.Name, "contact_title": in.Contact.Title, "contact_phone": phone(in.Contact.Phone), "contact_email": in.Contact.Email,
		"operator": p.Operator, "owner": p.Owner, "system": system,
		"security_vendor": p.SecurityVendor, "upstream_vendor": p.UpstreamVendor,
		"summary": in.summary(),
		"os":      p.OS, "os_version": p.OSVersion, "public_ips": p.PublicIPs, "domains": p.Domains, "purpose": p.Purpose,
		"request": in.Request,
	}, ticks: map[string][]string{"found_by": in.FoundBy, "notified": in.Notified}}
	if !i.FoundAt.IsZero() {
		v.text["found_date"], v.text["found_time"] = i.FoundAt.In(roster.Zone).Format("02/01/06"), in.foundTime()
	}
	if !in.At.IsZero() {
		v.text["reported_at"] = in.At.In(roster.Zone).Format("02/01/2006, 15 giờ 04 phút")
	}
	if p.SystemLevel >= 1 && p.SystemLevel <= 5 {
		v.ticks["level"] = []string{fmt.Sprintf("Cấp độ %d", p.SystemLevel)}
	}
	switch {
	case !i.ResolvedAt.IsZero():
		v.ticks["state"] = []string{"Đã được xử lý"}
	case i.State != "":
		v.ticks["state"] = []string{"Chưa được xử lý"}
	}
	return v
}

// foundTime says so when nobody named a time and the report's own stands in.
func (in IncidentReport) foundTime() string {
	s := in.Incident.FoundAt.In(roster.Zone).Format("15 giờ 04 phút")
	if !in.Incident.FoundSaid {
		s += " (giờ nhận báo)"
	}
	return s
}

func (in IncidentReport) summary() string {
	i := in.Incident
	if i.Text == "" {
		return ""
	}
	parts := []string{strings.TrimSuffix(i.Text, ".") + "."}
	if k := in.Rules.KindLabel(i.Kind); k != "" {
		parts = append(parts, "Loại sự cố: "+k+".")
	}
	parts = append(parts, "Mức độ (theo thang của cơ quan): "+in.Rules.LevelLabel(i.Level)+".")
	for _, a := range i.Answers {
		switch {
		case a.Question == incident.AskSeen && a.Text != "":
			parts = append(parts, "Biểu hiện: "+strings.TrimSuffix(a.Text, ".")+".")
		case a.Question == incident.AskOngoing && a.Text == "yes":
			parts = append(parts, "Khi báo, sự cố còn tiếp diễn.")
		case a.Question == incident.AskOngoing && a.Text == "no":
			parts = append(parts, "Khi báo, sự cố đã dừng.")
		}
	}
	if len(i.Children) > 0 {
		parts = append(parts, fmt.Sprintf("Có %d báo cáo khác cùng nguyên nhân được gộp vào.", len(i.Children)))
	}
	return strings.Join(parts, " ")
}

// result is what the people who solved and closed it wrote; nothing is made up.
func (in IncidentReport) result() string {
	var out []string
	for _, e := range in.Incident.Timeline {
		if (e.What == incident.WhatResolved || e.What == incident.WhatClosed || e.What == incident.WhatFalse) && e.Text != "" {
			out = append(out, strings.TrimSuffix(e.Text, "."))
		}
	}
	if len(out) == 0 {
		return ""
	}
	return strings.Join(out, ". ") + "."
}

// happened are the words for the entries of the timeline that a reader outside needs.
var happened = map[incident.What]string{
	incident.WhatReported: "Báo sự cố", incident.WhatAcked: "Tiếp nhận", incident.WhatTaken: "Nhận xử lý",
	incident.WhatUpdated: "Cập nhật", incident.WhatEvidence: "Gửi minh chứng", incident.WhatTask: "Đã làm",
	incident.WhatResolved: "Xử lý xong", incident.WhatClosed: "Đóng sự cố", incident.WhatFalse: "Kết luận báo động giả",
	incident.WhatMerged: "Gộp vào", incident.WhatAdopted: "Nhận gộp", incident.WhatReopened: "Mở lại",
	incident.WhatDeadline: "Đã gửi báo cáo",
}

func (b *body) timeline(in IncidentReport) {
	var rows [][]string
	for _, e := range in.Incident.Timeline {
		what, ok := happened[e.What]
		if !ok {
			continue
		}
		switch {
		case e.What == incident.WhatTaken, e.Text == "":
		case e.What == incident.WhatDeadline:
			what += ": " + in.deadlineName(e.Text)
		default:
			what += ": " + e.Text
		}
		who := in.Names[e.By]
		if who == "" && e.By == "" {
			who = "Hệ thống trực"
		}
		rows = append(rows, []string{e.At.In(roster.Zone).Format("15h04 02/01/2006"), or(who, 6), what})
	}
	b.section("DIỄN BIẾN (trích từ nhật ký)")
	b.grid([]int{1900, 2300, textWidth - 4200}, []string{"Thời gian", "Người thực hiện", "Nội dung"}, rows)
}

func (in IncidentReport) deadlineName(id string) string {
	for _, d := range in.Incident.Deadlines {
		if d.ID == id {
			return d.What
		}
	}
	return id
}

// draftNote tells whoever signs what the deadlines are and how sure they are.
func (b *body) draftNote(in IncidentReport) {
	if in.Incident.Drill {
		return
	}
	b.para(para{before: 240, keepNext: true, runs: []run{{text: "Ghi chú của dự thảo (xóa trước khi ký)", bold: true, italic: true, size: 22}}})
	for _, d := range in.Incident.Deadlines {
		if d.Dropped {
			continue
		}
		s := "- " + d.What + ": hạn " + clock(d.At)
		if d.AtOnce {
			s = "- " + d.What + ": ngay"
		}
		if !d.MetAt.IsZero() {
			s += ", đã gửi " + clock(d.MetAt)
		}
		b.para(para{align: justify, runs: []run{{text: s + ".", italic: true, size: 22}}})
	}
	for _, g := range in.regimes() {
		s := "- Căn cứ: " + strings.Join(g.Basis, "; ")
		if !g.Checked {
			s += " (" + in.Rules.Note + ")"
		}
		b.para(para{align: justify, runs: []run{{text: s + ".", italic: true, size: 22}}})
	}
}
