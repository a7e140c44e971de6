package sheet

import (
	"fmt"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"trucban/internal/calendar"
	"trucban/internal/viet"
)

// duty is one person on one shift, the truth a layout is rendered from.
type duty struct {
	name, phone string
}

// plan is a small roster: people by day and shift.
type plan struct {
	days   []calendar.Date
	shifts []string // headings with hours
	start  []time.Duration
	length []time.Duration
	who    [][][]duty // day, shift, people
}

func drawPlan(t *rapid.T) plan {
	names := strings.Split("Nguyễn Văn An|Trần Thị Bình|Lê Hoàng Cường|Phạm Thị Ngọc Dung|Đặng Minh Đức|Vũ Huy Hoàng|Hoàng Thị Thuỷ|Lô Văn Tưởng|Vi Thị Nga|Trương Công Định|Tô Hiến Thành|Hồ Thị Kỷ|Cao Bá Quát|Y Moan Ênuôl", "|")
	sets := []plan{
		{shifts: []string{"Ca ngày (07h00 - 19h00)", "Ca đêm (19h00 - 07h00)"}, start: []time.Duration{7 * time.Hour, 19 * time.Hour}, length: []time.Duration{12 * time.Hour, 12 * time.Hour}},
		{shifts: []string{"07h30 - 07h30"}, start: []time.Duration{7*time.Hour + 30*time.Minute}, length: []time.Duration{24 * time.Hour}},
		{shifts: []string{"Ca 1: 6h-14h", "Ca 2: 14h-22h", "Ca 3: 22h-6h"}, start: []time.Duration{6 * time.Hour, 14 * time.Hour, 22 * time.Hour}, length: []time.Duration{8 * time.Hour, 8 * time.Hour, 8 * time.Hour}},
	}
	p := sets[rapid.IntRange(0, 2).Draw(t, "set")]
	first := calendar.Date{Year: 2024, Month: 1, Day: 25}.AddDays(rapid.IntRange(0, 1500).Draw(t, "first"))
	for i := range rapid.IntRange(2, 9).Draw(t, "days") {
		p.days = append(p.days, first.AddDays(i))
		var day [][]duty
		for range p.shifts {
			var cell []duty
			for _, n := range rapid.SliceOfNDistinct(rapid.SampledFrom(names), 1, 3, rapid.ID[string]).Draw(t, "people") {
				d := duty{name: n}
				if rapid.Bool().Draw(t, "phone") {
					d.phone = fmt.Sprintf("+849%08d", rapid.IntRange(10000000, 89999999).Draw(t, "number"))
				}
				cell = append(cell, d)
			}
			day = append(day, cell)
		}
		p.who = append(p.who, day)
	}
	return p
}

// truth lists the plan's duties.
func (p plan) truth() []string {
	var out []string
	for i, d := range p.days {
		for j := range p.shifts {
			for _, x := range p.who[i][j] {
				out = append(out, fmt.Sprintf("%v %v+%v %s %s", d, p.start[j], p.length[j], x.name, x.phone))
			}
		}
	}
	sort.Strings(out)
	return out
}

func heard(r Roster) []string {
	var out []string
	for _, x := range r.Rows {
		if !x.Empty {
			out = append(out, fmt.Sprintf("%v %v+%v %s %s", x.Date, x.Start, x.Length, x.Person.Name, strings.Join(x.Person.Phones, ",")))
		}
	}
	sort.Strings(out)
	return out
}

// cellText writes the people of a cell in one of the ways people do.
func cellText(t *rapid.T, people []duty) string {
	style := rapid.IntRange(0, 5).Draw(t, "style")
	var parts []string
	for i, d := range people {
		s := d.name
		if d.phone != "" {
			phone := viet.FormatPhone(d.phone)
			switch style {
			case 0:
				s += " - " + phone
			case 1:
				s += " (" + strings.ReplaceAll(phone, " ", ".") + ")"
			case 2:
				s += ", SĐT: " + strings.ReplaceAll(phone, " ", "")
			default:
				s += " " + phone
			}
		}
		switch style {
		case 3:
			s = fmt.Sprintf("%d. %s", i+1, s)
		case 4:
			s = "- đ/c " + s
		case 5:
			s = "Đồng chí " + s
		}
		parts = append(parts, s)
	}
	if style == 5 {
		return strings.Join(parts, "; ")
	}
	return strings.Join(parts, "\n")
}

// dateText writes a date in one of the ways people do; the title carries the year.
func dateText(t *rapid.T, d calendar.Date) string {
	switch rapid.IntRange(0, 5).Draw(t, "date") {
	case 0:
		return d.Short()
	case 1:
		return fmt.Sprintf("%d/%d", d.Day, int(d.Month))
	case 2:
		return calendar.WeekdayName(d.Weekday()) + "\n" + d.Text()
	case 3:
		return fmt.Sprintf("Ngày %d tháng %d", d.Day, int(d.Month))
	case 4:
		return d.Text() + "\n(" + d.Lunar().String() + ")"
	}
	return d.Text()
}

// TestAnyLayout renders one roster in every form and hears the same from each.
func TestAnyLayout(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPlan(t)
		title := fmt.Sprintf("LỊCH TRỰC từ ngày %s đến ngày %s", p.days[0].Text(), p.days[len(p.days)-1].Text())
		byRow := [][]string{{"TT", "Ngày", "Ca trực", "Cán bộ trực", "Ghi chú"}}
		byShift := [][]string{append([]string{"Ngày"}, p.shifts...)}
		byDay := [][]string{{"Ca trực"}}
		for j, s := range p.shifts {
			byDay = append(byDay, []string{s})
			for i := range p.days {
				byDay[j+1] = append(byDay[j+1], cellText(t, p.who[i][j]))
			}
		}
		merged := rapid.Bool().Draw(t, "merged")
		for i, d := range p.days {
			text := dateText(t, d)
			byDay[0] = append(byDay[0], text)
			line := []string{text}
			for j, s := range p.shifts {
				if j > 0 && merged {
					text = "" // the day stands once, the rows below are merged or blank
				}
				byRow = append(byRow, []string{fmt.Sprint(len(byRow)), text, s, cellText(t, p.who[i][j]), ""})
				line = append(line, cellText(t, p.who[i][j]))
			}
			byShift = append(byShift, line)
		}
		for i, form := range []string{"rows", "shift columns", "day columns"} {
			rows := [][][]string{byRow, byShift, byDay}[i]
			switch file := rapid.SampledFrom([]string{"a.xlsx", "a.csv", "a.docx"}).Draw(t, form); file {
			case "a.xlsx":
				check(t, p, form, file, excel(t, title, rows))
			case "a.csv":
				check(t, p, form, file, separated(title, rows))
			default:
				check(t, p, form, file, document(t, []string{"UBND", title}, append(words(rows...), []wordCell{{text: "Người lập biểu: Lê Văn Tám", span: len(rows[0])}})))
			}
		}
	})
}

func check(t *rapid.T, p plan, form, file string, data []byte) {
	r, err := Read(file, data, now)
	if err != nil {
		t.Fatalf("%s: %v", form, err)
	}
	if d := cmp.Diff(p.truth(), heard(r)); d != "" {
		t.Fatalf("%s:\n%s\n%v", form, d, r.Problems)
	}
	for _, x := range r.Problems {
		if x.Level == Fault {
			t.Fatalf("%s: %v", form, x)
		}
	}
}

func excel(t *rapid.T, title string, rows [][]string) []byte {
	f := excelize.NewFile()
	put := func(row int, cells []string) {
		for c, text := range cells {
			name, err := excelize.CoordinatesToCellName(c+1, row)
			if err == nil {
				err = f.SetCellStr("Sheet1", name, text)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	put(1, []string{"UBND PHƯỜNG", "", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"})
	put(2, []string{title})
	for i, r := range rows {
		put(i+4, r)
	}
	put(len(rows)+5, []string{"", "NGƯỜI LẬP BIỂU", "", "CHỦ TỊCH"})
	put(len(rows)+8, []string{"", "Lê Văn Tám", "", "Đoàn Thế Quang"})
	b, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func separated(title string, rows [][]string) []byte {
	var b strings.Builder
	b.WriteString("\ufeff" + title + "\r\n")
	for _, r := range rows {
		for i, c := range r {
			if i > 0 {
				b.WriteByte(';')
			}
			b.WriteString(`"` + strings.ReplaceAll(c, `"`, `""`) + `"`)
		}
		b.WriteString("\r\n")
	}
	return []byte(b.String())
}
