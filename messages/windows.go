package messages

import "time"

// ReportPrompt asks a unit for its report; Again: it has not filed yet, Head: its head is told.
type ReportPrompt struct {
	Name, Unit        string
	Closes            time.Time
	In                time.Duration
	Again, Head, Full bool
}

// ReportAsk is one question of the short form; What is situation, issues or proposals.
type ReportAsk struct{ What string }

// ReportFiled confirms a report. What is the window's name.
type ReportFiled struct {
	Name, Unit, What string
	At               time.Time
	None, Again      bool
	Late             time.Duration
}

// ReportNotAsked answers a report nobody asked the unit for.
type ReportNotAsked struct{ Unit string }

// ReportLine is what one unit filed.
type ReportLine struct {
	Unit, By                     string
	At                           time.Time
	Late                         bool
	Situation, Issues, Proposals string
}

// ReportDraft is the town's report on one deadline, with who is missing.
type ReportDraft struct {
	Name           string
	Closes         time.Time
	Asked          int
	Filed          []ReportLine
	Quiet, Missing []string
	Unseen         bool
}

// ReportPaper goes with the same report as a document.
type ReportPaper struct {
	ID, Name string
	Closes   time.Time
}

// ReportNone answers who asks for the document of a duty that has none for them.
type ReportNone struct{ ID string }

// WindowSet is one report duty.
type WindowSet struct {
	ID, Name     string
	Units        []string
	Next         []time.Time
	Lead         time.Duration
	Open         bool
	Closes       time.Time
	Filed, Asked int
}

// WindowList lists the report duties.
type WindowList struct{ Windows []WindowSet }

// WindowEnded confirms that a report duty was ended.
type WindowEnded struct{ ID, Name string }

// WindowHow says how to set one; Past: every deadline lies behind, Directive: the document names no times.
type WindowHow struct {
	Past      bool
	Directive string
}

func windows() []any {
	at := time.Date(2027, 2, 5, 8, 0, 0, 0, time.UTC)
	w := WindowSet{ID: "BC-2027-01", Name: "Báo cáo nhanh", Units: []string{"Văn phòng", "Công an"}, Next: []time.Time{at, at.AddDate(0, 0, 1)}, Lead: 2 * time.Hour, Open: true, Closes: at, Filed: 1, Asked: 2}
	return []any{
		ReportPrompt{"Báo cáo nhanh", "Văn phòng", at, 2 * time.Hour, false, false, false}, ReportPrompt{"Báo cáo nhanh", "Văn phòng", at, 10 * time.Minute, true, true, true},
		ReportAsk{"situation"}, ReportAsk{"issues"}, ReportAsk{"proposals"},
		ReportFiled{"Nguyễn Văn An", "Văn phòng", "Báo cáo nhanh", at, true, false, 0}, ReportFiled{"Nguyễn Văn An", "Văn phòng", "Báo cáo nhanh", at, false, true, 12 * time.Minute},
		ReportNotAsked{"Văn phòng"},
		ReportDraft{"Báo cáo nhanh", at, 4, []ReportLine{{"Văn phòng", "Nguyễn Văn An", at, true, "Ổn định", "Mất điện 30 phút", "Cấp thêm máy phát"}}, []string{"Công an"}, []string{"Trạm Y tế"}, false},
		ReportDraft{Name: "Báo cáo nhanh", Closes: at, Unseen: true}, w, WindowList{[]WindowSet{w}}, WindowList{}, WindowEnded{"BC-2027-01", "Báo cáo nhanh"},
		ReportPaper{"BC-2027-01", "Báo cáo nhanh", at}, ReportNone{"BC-2027-01"}, WindowHow{}, WindowHow{Past: true}, WindowHow{Directive: "VB-2027-001"},
	}
}
