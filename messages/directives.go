package messages

import "time"

// DraftGroup is one audience group of a draft directive.
type DraftGroup struct {
	Number, Audience string
	Units            []string // names of the units it maps to; empty: none found
	Tasks            []DraftTask
}

// DraftTask is one task of a draft directive.
type DraftTask struct {
	ID, Title, Kind string // once, standing, recurring
	Due             time.Time
	Dropped         bool
	Evidence        bool // a tick needs evidence
}

// DraftMend is one place where the reader changed the text.
type DraftMend struct {
	Line            int
	Printed, Mended string
}

// DirectiveDraft shows the desk what was read in a dispatch, before anything is issued.
type DirectiveDraft struct {
	ID                    string
	Title, Number, Issuer string
	Groups                []DraftGroup
	Tasks                 int
	Cited                 []string
	Contacts              []Contact
	Mended                []DraftMend
	Warnings              []string
	Vulns, Files, Reports []string
	Past                  []string // tasks whose deadline has passed
	Replaces, Extends     string
}

// DirectiveAsk asks for the text of a dispatch.
type DirectiveAsk struct{}

// DirectivePart says that the next part of a long text is waited for.
type DirectivePart struct{ Seconds int }

// DirectiveUnread refuses a text; Why is one of lost, secret, empty,
// toolong, none, refused (Detail is the sentence), big (Detail is the most), file (Detail is its name).
type DirectiveUnread struct{ Why, Detail string }

// DirectiveFull says that a draft takes no further file along.
type DirectiveFull struct {
	ID   string
	Most int
}

// NoDraft answers where there is no draft to change.
type NoDraft struct{ ID string }

// NoDirective answers where no directive was issued to the units the asker may see.
type NoDirective struct{ ID string }

// DirectiveAttached confirms a file that travels along.
type DirectiveAttached struct {
	ID, Name string
	Total    int
}

// DirectiveFile goes with a file of a directive; Here says that the file is attached.
type DirectiveFile struct {
	ID, Number, Name string
	Here             bool
}

// DraftChanged shows the line of a draft that was changed. What is the change.
type DraftChanged struct {
	ID    string
	What  string
	Task  DraftTask
	Group DraftGroup
	Due   time.Time // of the group
	Tasks int
	None  []string // numbers of the groups that reach no unit
}

// DraftList offers what can be changed in a draft.
type DraftList struct {
	ID, Title   string
	Page, Pages int
}

// DraftTaskCard is one task of a draft with its clause.
type DraftTaskCard struct {
	ID       string
	Task     DraftTask
	Text     string
	Cron     string
	Evidence []string
}

// DraftGroupCard is one group of a draft.
type DraftGroupCard struct {
	ID    string
	Group DraftGroup
	Due   time.Time
	Tags  []string
}

// DraftTied says what a draft changes in an earlier directive once it is issued.
type DraftTied struct {
	ID, Earlier, Title string
	Replaces           bool
	Due                []DraftTask
	Drop               []string
}

// DirectiveIssued tells the desk that the checklists are out.
type DirectiveIssued struct {
	ID                string
	Units             []string
	Tasks             int
	None              []string // groups without a unit
	Replaces, Extends string
	Reports           int // report duties the document asks for, not set yet
}

// DirectiveAmended confirms a change of an issued directive.
type DirectiveAmended struct {
	ID             string
	Task           DraftTask
	Group          string   // a unit was added to this group
	Units, Already []string // who was told; who had it before
}

// DirectiveClosing asks before a directive with open tasks is closed.
type DirectiveClosing struct {
	ID, Title  string
	Open, Late int
}

// DirectiveClosed confirms the end of a directive.
type DirectiveClosed struct {
	ID, Title string
	Units     int
	By        string
	At        time.Time
}

// PackLine is one ready pack.
type PackLine struct {
	ID, Name, About string
	Tasks           int
}

// PackList lists the ready packs.
type PackList struct {
	Unknown string
	Packs   []PackLine
}

// PackPeriod asks for the days a pack is used for.
type PackPeriod struct{ Name, ID, Bad string }

// MatrixTask is one task over all units.
type MatrixTask struct {
	N             int
	ID, Title     string
	Settled, Owed int
}

// Matrix is units by tasks in words. Blocks are drawn with one letter a column.
type Matrix struct {
	ID, Title                          string
	At                                 time.Time
	Percent, Settled, Owed, Late, Help int
	Units, Hidden                      int
	Blocks                             []string
	Tasks                              []MatrixTask
	Laggards, Unreceived               []string
	Vulns                              []VulnTotalLine
	Closed                             bool
	SupersededBy                       string
}

// MatrixFile goes with the matrix as a picture or a workbook.
type MatrixFile struct {
	ID, Title string
	At        time.Time
	Percent   int
}

// NoUpload says what to do where a platform takes no files.
type NoUpload struct{ What string }

// Nudged says who was reminded by hand.
type Nudged struct {
	ID            string
	Units, Lately []string
}

// ClosingReport goes with the closing report of a directive.
type ClosingReport struct {
	ID, Title, Number   string
	Issued              time.Time
	Settled, Owed, Late int
	Units, Received     int
	Clauses             []MatrixTask
}

// HandoutAsk asks for the lines of a list.
type HandoutAsk struct{}

// HandoutPartLine is one unit's share of a list.
type HandoutPartLine struct {
	Unit  string
	Lines int
	By    string
	At    time.Time
	Note  string
}

// HandoutDraft shows the desk who would get what; nobody sees it but the desk.
type HandoutDraft struct {
	ID, Title, Directive, Task string
	Due                        time.Time
	Parts                      []HandoutPartLine
	Unmatched                  []string
	More                       int
}

// HandoutSent confirms that a list was given out.
type HandoutSent struct {
	ID, Title string
	Units     int
}

// HandoutPart is a unit's own lines.
type HandoutPart struct {
	ID, Title, Unit string
	Lines           []string
	Due             time.Time
	N               int // of the task it belongs to; 0: none
}

// HandoutDone confirms that a unit dealt with its lines.
type HandoutDone struct {
	ID, Unit, By string
	At           time.Time
	Left         int
	Before       bool
}

// HandoutState is who has answered a list.
type HandoutState struct {
	ID, Title string
	Due       time.Time
	Done      int
	Parts     []HandoutPartLine
}

func directives() []any {
	at := time.Date(2027, 2, 3, 10, 0, 0, 0, time.UTC)
	task := DraftTask{"1.1", "Rà soát", "once", at, false, true}
	group := DraftGroup{"1", "Các phòng", []string{"Văn phòng"}, []DraftTask{task, {"1.2", "Trực", "standing", time.Time{}, true, false}}}
	mt := []MatrixTask{{1, "1.1", "Rà soát", 3, 5}}
	vt := []VulnTotalLine{{"CVE-2024-21410", "Exchange", 1, 2, 3, 4, 5, nil, nil}}
	parts := []HandoutPartLine{{"Văn phòng", 3, "An", at, "xong"}, {"VH-XH", 2, "", time.Time{}, ""}}
	return []any{
		DirectiveDraft{ID: "VB-2027-001", Title: "Bảo đảm ATTT dịp Tết", Number: "15/UBND", Issuer: "UBND phường", Groups: []DraftGroup{group, {"2", "Doanh nghiệp", nil, nil}}, Tasks: 1,
			Cited: []string{"07/STTTT-CĐS"}, Contacts: []Contact{{Name: "NCSC", Phone: "+842432091616"}}, Mended: []DraftMend{{59, "Cụ", "Cục"}}, Warnings: []string{"x"},
			Vulns: []string{"CVE-2024-21410"}, Files: []string{"cv.docx"}, Reports: []string{"hằng ngày 16h00"}, Past: []string{"1.1"}, Replaces: "VB-2026-001", Extends: "VB-2026-002"},
		DirectiveAsk{}, DirectivePart{20}, DirectiveUnread{"lost", ""}, DirectiveUnread{"secret", ""}, DirectiveUnread{"empty", ""}, DirectiveUnread{"toolong", ""}, DirectiveUnread{"none", ""}, DirectiveUnread{"file", "x.bin"},
		DirectiveUnread{"refused", "Tệp có đặt mật khẩu, không đọc được."}, DirectiveUnread{"big", "8 MB"}, DirectiveFull{"VB-2", 20},
		NoDraft{""}, NoDraft{"VB-2027-009"}, NoDirective{""}, NoDirective{"VB-2027-009"}, DirectiveAttached{"VB-2027-001", "phu-luc.docx", 2},
		DirectiveFile{"VB-2027-001", "15/UBND", "cv.docx", true}, DirectiveFile{"VB-2027-001", "", "cv.docx", false},
		DraftChanged{"VB-2027-001", "due", task, DraftGroup{}, time.Time{}, 5, []string{"3"}}, DraftChanged{"VB-2027-001", "add", DraftTask{}, group, at, 5, nil},
		DraftList{"VB-2027-001", "Tết", 1, 2}, DraftTaskCard{"VB-2027-001", task, "Rà soát máy chủ.", "0 8 * * *", []string{"Biên bản"}}, DraftGroupCard{"VB-2027-001", group, at, []string{"coquan"}},
		DraftTied{"VB-2027-002", "VB-2027-001", "Tết", true, nil, nil}, DraftTied{"VB-2027-002", "VB-2027-001", "Tết", false, []DraftTask{task}, []string{"1.3"}},
		DirectiveIssued{"VB-2027-001", []string{"Văn phòng"}, 6, []string{"Doanh nghiệp"}, "VB-2026-001", "", 0}, DirectiveIssued{"VB-2027-001", []string{"Văn phòng"}, 6, nil, "", "VB-2026-001", 2},
		DirectiveAmended{"VB-2027-001", task, "", []string{"Văn phòng"}, nil}, DirectiveAmended{"VB-2027-001", DraftTask{}, "3", []string{"Văn phòng"}, []string{"VH-XH"}},
		DirectiveClosing{"VB-2027-001", "Tết", 3, 1}, DirectiveClosed{"VB-2027-001", "Tết", 3, "Lê Thu Hương", at},
		PackList{"", []PackLine{{"tet", "Tết Nguyên đán", "Trực", 14}}}, PackList{"lễ", []PackLine{{"tet", "Tết Nguyên đán", "Trực", 14}}}, PackPeriod{"Tết", "tet", ""}, PackPeriod{"Tết", "tet", "hôm kia"},
		Matrix{ID: "VB-2027-001", Title: "Tết", At: at, Percent: 60, Settled: 3, Owed: 5, Late: 1, Help: 1, Units: 30, Hidden: 28, Blocks: []string{"VP ✅"}, Tasks: mt, Laggards: []string{"VP"}, Unreceived: []string{"VH"}, Vulns: vt},
		Matrix{ID: "VB-2027-001", Title: "Tết", At: at, Closed: true, SupersededBy: "VB-2027-002"},
		MatrixFile{"VB-2027-001", "Tết", at, 60}, NoUpload{"/doichieu VB-2027-001"}, Nudged{"VB-2027-001", []string{"VP"}, []string{"VH"}}, Nudged{"VB-2027-001", nil, nil},
		ClosingReport{"VB-2027-001", "Tết", "15/UBND", at, 3, 5, 1, 2, 1, mt},
		HandoutAsk{}, HandoutDraft{"DS-2027-001", "Địa chỉ IP", "VB-2027-001", "1.5", at, parts, []string{"3: x"}, 2}, HandoutDraft{"", "Địa chỉ IP", "", "", time.Time{}, nil, []string{"3: x"}, 0},
		HandoutSent{"DS-2027-001", "Địa chỉ IP", 2}, HandoutPart{"DS-2027-001", "Địa chỉ IP", "Văn phòng", []string{"10.0.0.1"}, at, 5},
		HandoutDone{"DS-2027-001", "Văn phòng", "An", at, 1, false}, HandoutDone{"DS-2027-001", "Văn phòng", "An", at, 0, true}, HandoutState{"DS-2027-001", "Địa chỉ IP", at, 1, parts},
	}
}
