package report

import (
	"fmt"
	"strings"
	"time"

	"trucban/internal/roster"
)

// Period is the town's report on a span of duty: figures and names, nothing guessed.
type Period struct {
	Office    Office
	Title     string   // "Kết quả trực bảo đảm an toàn thông tin mạng dịp Tết Nguyên đán Đinh Mùi 2027"
	Basis     []string // "Công văn số … ngày … của …"
	From, To  time.Time
	At        time.Time
	Overview  string // tình hình chung, as written by the desk
	Units     []UnitDuty
	Absences  []string // "đ/c …, đơn vị, ca đêm 09/02"
	Tasks     []TaskLine
	Incidents []IncidentLine
	Incident  IncidentSums
	Missing   []string // units whose reports are missing
	Problems  []string // khó khăn, vướng mắc
	Proposals []string // kiến nghị, đề xuất
}

// UnitDuty is the attendance of one unit.
type UnitDuty struct {
	Unit                           string
	Shifts, OnTime, Late, Missed   int
	TasksDone, TasksAll, Incidents int
}

// TaskLine is how one task of a directive stands over all units.
type TaskLine struct {
	Task                         string
	Done, All, Overdue, NotApply int
}

// IncidentLine is one incident in a list.
type IncidentLine struct {
	ID, Unit, Kind, Level, State string
	Found                        time.Time
}

// IncidentSums are the figures beside the list; drills are not in them.
type IncidentSums struct {
	Total, Open, False, Merged int
	ToAck, ToResolve           time.Duration // medians; 0 unknown
}

// PeriodReport is the BÁO CÁO on a span of duty.
func PeriodReport(in Period) ([]byte, error) {
	b := &body{}
	b.heading(in.Office, "BC", in.At)
	b.title("Báo cáo", in.Title)
	for _, s := range in.Basis {
		b.para(para{align: justify, first: 567, after: 60, runs: []run{{text: "Căn cứ " + s + ";", italic: true}}})
	}
	b.say(fmt.Sprintf("%s báo cáo kết quả trực từ %s đến %s như sau:", or(in.Office.Issuer, 12), clock(in.From), clock(in.To)))
	b.section("1. Tình hình chung")
	b.sayOr(in.Overview)
	b.attendance(in)
	b.tasks(in)
	b.incidents(in)
	b.list("5. Khó khăn, vướng mắc", in.Problems)
	b.list("6. Kiến nghị, đề xuất", in.Proposals)
	b.say(fmt.Sprintf("Trên đây là báo cáo của %s./.", or(in.Office.Issuer, 12)))
	b.foot(in.Office)
	return b.bytes("Báo cáo: "+in.Title, in.At)
}

func (b *body) attendance(in Period) {
	b.section("2. Quân số, điểm danh")
	var rows [][]string
	var sum UnitDuty
	for n, u := range in.Units {
		rows = append(rows, []string{num(n + 1), u.Unit, num(u.Shifts), num(u.OnTime), num(u.Late), num(u.Missed)})
		sum.Shifts += u.Shifts
		sum.OnTime += u.OnTime
		sum.Late += u.Late
		sum.Missed += u.Missed
	}
	if len(rows) == 0 {
		b.say("Không có số liệu trong kỳ.")
	} else {
		rows = append(rows, []string{"", "Cộng", num(sum.Shifts), num(sum.OnTime), num(sum.Late), num(sum.Missed)})
		b.grid([]int{650, textWidth - 650 - 4*1150, 1150, 1150, 1150, 1150}, []string{"TT", "Đơn vị", "Lượt trực", "Đúng giờ", "Muộn", "Vắng"}, rows)
	}
	if len(in.Absences) > 0 {
		b.list("Vắng, muộn cần lưu ý:", in.Absences)
	}
	if len(in.Missing) > 0 {
		b.say("Chưa gửi báo cáo: " + strings.Join(in.Missing, "; ") + ".")
	}
}

func (b *body) tasks(in Period) {
	b.section("3. Thực hiện nhiệm vụ được giao")
	if len(in.Tasks) == 0 {
		b.say("Không có nhiệm vụ theo văn bản chỉ đạo trong kỳ.")
		return
	}
	b.grid([]int{650, textWidth - 650 - 3*1250, 1250, 1250, 1250}, []string{"TT", "Nhiệm vụ", "Đã xong", "Quá hạn", "Không áp dụng"}, taskRows(in.Tasks))
}

func taskRows(tasks []TaskLine) [][]string {
	var rows [][]string
	for n, t := range tasks {
		rows = append(rows, []string{num(n + 1), t.Task, fmt.Sprintf("%d/%d", t.Done, t.All), num(t.Overdue), num(t.NotApply)})
	}
	return rows
}

func (b *body) incidents(in Period) {
	b.section("4. Sự cố")
	s := in.Incident
	if s.Total+s.False+s.Merged == 0 && len(in.Incidents) == 0 {
		b.say("Trong kỳ không có sự cố được báo.")
		return
	}
	line := fmt.Sprintf("Trong kỳ có %d sự cố", s.Total)
	if s.Open > 0 {
		line += fmt.Sprintf(", %d chưa đóng", s.Open)
	}
	line += fmt.Sprintf("; %d báo động giả; %d báo cáo trùng được gộp.", s.False, s.Merged)
	if s.ToAck > 0 {
		line += " Thời gian tiếp nhận (trung vị): " + span(s.ToAck) + "."
	}
	if s.ToResolve > 0 {
		line += " Thời gian xử lý (trung vị): " + span(s.ToResolve) + "."
	}
	b.say(line)
	var rows [][]string
	for _, i := range in.Incidents {
		found := dots(6)
		if !i.Found.IsZero() {
			found = i.Found.In(roster.Zone).Format("15h04 02/01")
		}
		rows = append(rows, []string{i.ID, found, i.Unit, i.Kind, i.Level, i.State})
	}
	if len(rows) > 0 {
		b.grid([]int{1720, 1400, 1900, 1551, 1200, 1300}, []string{"Mã", "Phát hiện", "Đơn vị", "Loại", "Mức độ", "Trạng thái"}, rows)
	}
}

// list is a heading with dashes below, or a blank line to be filled in.
func (b *body) list(title string, items []string) {
	b.section(title)
	if len(items) == 0 {
		b.sayOr("")
	}
	for _, s := range items {
		b.para(para{align: justify, first: 567, after: 60, runs: []run{plain("- " + s)}})
	}
}

func num(n int) string { return fmt.Sprint(n) }

// span writes a duration the way people say it: "6 phút", "2 giờ 05 phút", "3 ngày 4 giờ".
func span(d time.Duration) string {
	m := int(d.Round(time.Minute) / time.Minute)
	switch {
	case m < 1:
		return "dưới 1 phút"
	case m < 60:
		return fmt.Sprintf("%d phút", m)
	case m < 24*60:
		return fmt.Sprintf("%d giờ %02d phút", m/60, m%60)
	}
	return fmt.Sprintf("%d ngày %d giờ", m/(24*60), m/60%24)
}

// DirectiveClosing is what an office reports on how a directive was carried out.
type DirectiveClosing struct {
	Office  Office
	Number  string // số, ký hiệu of the directive; blank when it has none
	Issuer  string
	Date    time.Time
	About   string // trích yếu
	At      time.Time
	Tasks   []TaskLine
	Results []UnitResult
	Open    []string // what is not done, with the reason
	Next    []string // what remains to be done
}

// UnitResult is one unit's result with one task.
type UnitResult struct {
	Unit, Task, State, Note string // Note: evidence or the reason it does not apply
}

// DirectiveReport is the BÁO CÁO on the execution of a directive.
func DirectiveReport(in DirectiveClosing) ([]byte, error) {
	b := &body{}
	name := "văn bản số " + or(in.Number, 8)
	if !in.Date.IsZero() {
		name += " " + day(in.Date)
	}
	if in.Issuer != "" {
		name += " của " + in.Issuer
	}
	b.heading(in.Office, "BC", in.At)
	b.title("Báo cáo", "Kết quả thực hiện "+name)
	if in.About != "" {
		b.say("Thực hiện " + name + " " + in.About + ", " + or(in.Office.Issuer, 12) + " báo cáo kết quả như sau:")
	} else {
		b.say("Thực hiện " + name + ", " + or(in.Office.Issuer, 12) + " báo cáo kết quả như sau:")
	}
	b.section("1. Kết quả chung")
	b.grid([]int{650, textWidth - 650 - 3*1250, 1250, 1250, 1250}, []string{"TT", "Nhiệm vụ", "Đã xong", "Quá hạn", "Không áp dụng"}, taskRows(in.Tasks))
	if len(in.Results) > 0 {
		b.section("2. Kết quả theo đơn vị")
		var rows [][]string
		for n, r := range in.Results {
			rows = append(rows, []string{num(n + 1), r.Unit, r.Task, r.State, r.Note})
		}
		b.grid([]int{650, 2000, 3000, 1350, textWidth - 7000}, []string{"TT", "Đơn vị", "Nhiệm vụ", "Kết quả", "Ghi chú"}, rows)
	}
	b.list("3. Việc chưa hoàn thành, lý do", in.Open)
	b.list("4. Việc tiếp tục thực hiện", in.Next)
	b.say(fmt.Sprintf("Trên đây là báo cáo của %s./.", or(in.Office.Issuer, 12)))
	b.foot(in.Office)
	return b.bytes("Báo cáo kết quả thực hiện "+name, in.At)
}
