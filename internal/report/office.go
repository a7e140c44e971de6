package report

import (
	"fmt"
	"strings"
	"time"

	"trucban/internal/roster"
	"trucban/internal/viet"
)

// Office is who issues the documents; whatever is empty is left blank or out.
type Office struct {
	Superior  string   // cơ quan chủ quản trực tiếp
	Issuer    string   // cơ quan ban hành
	Code      string   // of the issuer in document numbers: "UBND"
	Place     string   // địa danh
	Authority []string // lines above the signature: "TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"
	Signer    string   // name under the signature
	Receivers []string // Nơi nhận, without the archive line
	Archive   string   // "VT, VHXH"
	Address   string
	Phone     string // E.164
	Email     string
}

// dots is a blank to be filled in by hand, n characters wide.
func dots(n int) string { return strings.Repeat("…", n) }

// or gives the text, or a blank where there is none.
func or(s string, n int) string {
	if strings.TrimSpace(s) == "" {
		return dots(n)
	}
	return s
}

// day writes a local date; the zero time gives blanks. A day under ten and the
// first two months take a leading zero, as the rules of presentation ask.
func day(t time.Time) string {
	if t.IsZero() {
		return "ngày …… tháng …… năm ………"
	}
	t = t.In(roster.Zone)
	month := fmt.Sprint(int(t.Month()))
	if t.Month() <= time.February {
		month = "0" + month
	}
	return fmt.Sprintf("ngày %02d tháng %s năm %d", t.Day(), month, t.Year())
}

// clock writes a moment for running text: "21h15 ngày 06/02/2027".
func clock(t time.Time) string {
	if t.IsZero() {
		return dots(10)
	}
	return t.In(roster.Zone).Format("15h04 ngày 02/01/2006")
}

func phone(e164 string) string {
	if e164 == "" {
		return ""
	}
	return viet.FormatPhone(e164)
}

// widths of the two columns of heading and footer; the text is 9071 wide.
const (
	leftColumn  = 3771
	rightColumn = 5300
	textWidth   = leftColumn + rightColumn
)

func bold(s string, size int) run { return run{text: s, bold: true, size: size} }

func plain(s string) run { return run{text: s} }

// heading is the two-column head of every document; kind is the code of the
// document in its number ("BC"), "" for one without.
func (b *body) heading(o Office, kind string, at time.Time) {
	number := "Số: " + dots(4) + "/"
	if kind != "" {
		number += kind + "-"
	}
	number += or(o.Code, 4)
	var issuer []para
	if o.Superior != "" {
		issuer = append(issuer, para{align: centre, runs: []run{{text: strings.ToUpper(o.Superior), size: 24}}})
	}
	issuer = append(issuer,
		para{align: centre, runs: []run{bold(strings.ToUpper(or(o.Issuer, 12)), 24)}},
		para{align: centre, inset: 1250, rule: true, after: 100, runs: []run{{text: " ", size: 4}}},
	)
	motto := []para{
		{align: centre, runs: []run{bold("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 24)}},
		{align: centre, runs: []run{bold("Độc lập - Tự do - Hạnh phúc", 26)}},
		{align: centre, inset: 1180, rule: true, after: 100, runs: []run{{text: " ", size: 4}}},
	}
	place := or(o.Place, 8) + ", " + day(at)
	b.table(table{widths: []int{leftColumn, rightColumn}, rows: [][]cell{
		{{paras: issuer}, {paras: motto}},
		{
			{paras: []para{
				{align: centre, runs: []run{plain(number)}, after: 80},
				{align: centre, box: true, inset: 1150, runs: []run{bold("DỰ THẢO", 24)}},
			}},
			{paras: []para{{align: centre, runs: []run{{text: place, italic: true}}}}},
		},
	}})
}

// title is the kind of document in capitals, what it is about, and a short rule.
func (b *body) title(kind, about string) {
	b.para(para{align: centre, before: 240, keepNext: true, runs: []run{bold(strings.ToUpper(kind), 28)}})
	if about != "" {
		b.para(para{align: centre, keepNext: true, runs: []run{bold(about, 26)}})
	}
	b.para(para{align: centre, inset: 3400, rule: true, after: 200, runs: []run{{text: " ", size: 4}}})
}

// section is a numbered or plain heading inside the text.
func (b *body) section(s string) {
	b.para(para{align: left, before: 160, after: 60, keepNext: true, runs: []run{bold(s, 26)}})
}

// say is a paragraph of running text.
func (b *body) say(s string) {
	b.para(para{align: justify, first: 567, after: 120, runs: []run{plain(s)}})
}

// sayOr is a paragraph of running text, or a line to be filled in by hand.
func (b *body) sayOr(s string) {
	if strings.TrimSpace(s) == "" {
		b.para(para{align: left, after: 120, leader: true})
		return
	}
	b.say(s)
}

// field is "label: value", or the label and a line to be filled in by hand.
func (b *body) field(label, value string) {
	blank := strings.TrimSpace(value) == ""
	b.para(para{align: left, after: 60, leader: blank, runs: []run{plain(label + ": "), plain(value)}})
}

// grid is a table with lines, a bold head and left-aligned cells.
func (b *body) grid(widths []int, head []string, rows [][]string) {
	t := table{widths: widths, lines: true, head: 1}
	mk := func(values []string, is func(string) para) []cell {
		var out []cell
		for _, v := range values {
			out = append(out, cell{paras: []para{is(v)}})
		}
		return out
	}
	t.rows = append(t.rows, mk(head, func(v string) para { return para{align: centre, before: 20, after: 20, runs: []run{bold(v, 24)}} }))
	for _, r := range rows {
		t.rows = append(t.rows, mk(r, func(v string) para {
			p := para{align: left, before: 20, after: 20, runs: []run{{text: v, size: 24}}}
			if len(v) <= 7 && strings.Trim(v, "0123456789/") == "" {
				p.align = centre // figures
			}
			return p
		}))
	}
	b.table(t)
	b.para(para{after: 60, runs: []run{{text: " ", size: 8}}})
}

// foot is Nơi nhận on the left and the signature on the right.
func (b *body) foot(o Office) {
	receivers := []para{{runs: []run{{text: "Nơi nhận:", bold: true, italic: true, size: 24}}}}
	list := o.Receivers
	if len(list) == 0 {
		list = []string{dots(12)}
	}
	for _, r := range list {
		receivers = append(receivers, para{runs: []run{{text: "- " + r + ";", size: 22}}})
	}
	receivers = append(receivers, para{runs: []run{{text: "- Lưu: " + or(o.Archive, 8) + ".", size: 22}}})
	var sign []para
	authority := o.Authority
	if len(authority) == 0 {
		authority = []string{dots(14)}
	}
	for _, a := range authority {
		sign = append(sign, para{align: centre, keepNext: true, runs: []run{bold(strings.ToUpper(a), 26)}})
	}
	sign = append(sign, signature(o.Signer)...)
	b.para(para{before: 120, runs: []run{{text: " ", size: 8}}})
	b.table(table{widths: []int{leftColumn, rightColumn}, rows: [][]cell{{{paras: receivers}, {paras: sign}}}})
}

// signature leaves the room for a hand and puts the name, when it is known, under it.
func signature(name string) []para {
	out := make([]para, 0, 5)
	for range 4 {
		out = append(out, para{align: centre, runs: []run{plain(" ")}})
	}
	if name == "" {
		return append(out, para{align: centre, runs: []run{plain(" ")}})
	}
	return append(out, para{align: centre, runs: []run{bold(name, 26)}})
}
