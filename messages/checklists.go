package messages

import "time"

// Cut shortens a text to n code points, at a word where it can.
func Cut(n int, s string) string { return cut(n, s) }

// TaskLine is one line of a unit's checklist.
type TaskLine struct {
	N            int
	Title        string
	State        string // waiting, todo, doing, done, na, need_help, overdue
	Kind         string
	By           string
	At           time.Time
	Due          time.Time
	Note         string
	Refused      string    // why the desk did not accept "not applicable"
	Held         time.Time // reminders are silent until then
	Files        int       // photos and files shown as evidence
	NeedEvidence bool
}

// VulnLine is one weakness in one unit. State is empty, not_used, patched, patching or need_help.
type VulnLine struct {
	N           int
	Name, About string
	State       string
	Until, Due  time.Time
	By          string
	At          time.Time
	Note        string
}

// Checklist is the live card of a directive in one unit.
type Checklist struct {
	ID, Title, Unit  string
	Tasks            []TaskLine
	Done, Total      int
	Received         string // who confirmed the receipt
	ReceivedAt       time.Time
	Page, Pages      int
	Left             bool // only what is left is shown
	Closed           bool
	Vulns, VulnsDone int
}

// NoChecklist answers /nhiemvu where there is nothing to do.
type NoChecklist struct{ Unit string }

// OtherUnit refuses an answer for a unit the sender does not belong to.
type OtherUnit struct{ Unit string }

// TaskAnswered confirms an answer. What is done, evidence, doing, na, help, hold or undo.
type TaskAnswered struct {
	What       string
	N          int
	Title      string
	By         string
	At         time.Time
	Note       string
	Due, Until time.Time
	Done, Left int
	Files      int
}

// TasksAnswered confirms one answer to several tasks. What is as in TaskAnswered.
type TasksAnswered struct {
	What       string
	Numbers    []string
	By         string
	At         time.Time
	Done, Left int
}

// TaskAlready answers a tick on a settled task.
type TaskAlready struct {
	N  int
	By string
	At time.Time
}

// NoSuchTask answers a number that is not on the list.
type NoSuchTask struct {
	Ref   string
	Total int
}

// TaskHow says how something is written. What names the command.
type TaskHow struct{ What, Example string }

// TaskAsk asks for what an answer lacks. What is done, na, help, hold, which, nare, until or edit.*.
type TaskAsk struct {
	What  string
	N     int
	Title string
}

// RunLine is one of several lists.
type RunLine struct{ ID, Title string }

// WhichRun asks which of several lists is meant.
type WhichRun struct {
	Ref     string
	Items   []RunLine
	Example string
}

// TaskPick asks which task is going to be answered.
type TaskPick struct{ ID, Title string }

// TaskDetail is one task with the clause it came from.
type TaskDetail struct {
	ID, Clause, Text string
	Line             TaskLine
	Evidence         []string
}

// RunReceived confirms that a unit has read a directive.
type RunReceived struct {
	ID, Name string
	At       time.Time
}

// TasksDue reminds a unit of open tasks before, at or after their deadline. To is unit, head or leaders.
type TasksDue struct {
	To, Unit, ID, Title string
	Open                []TaskLine
	Vulns               []VulnLine
	Due                 time.Time
	Over                bool
	Receipt             bool   // it is the receipt that is missing
	Lapsed              bool   // a shift ended without its standing tasks
	By                  string // somebody reminds by hand
	Late                time.Duration
}

// TasksLagging tells leaders of many units of one directive at once: Units names the first of
// Total, More is how many are not named.
type TasksLagging struct {
	ID, Title   string
	Units       []string
	Total, More int
	Over        bool
	Receipt     bool // it is the receipt that is missing
}

// ShiftTasks stands on the card of a shift: the standing tasks asked for on it.
type ShiftTasks struct{ Tasks []TaskLine }

// TasksOpened asks for recurring tasks whose round has come, or for standing ones in a unit without a roster.
type TasksOpened struct {
	Unit, ID, Title string
	Tasks           []TaskLine
}

// TaskForDesk tells the desk of an answer it has to look at. What is na or help.
type TaskForDesk struct {
	What          string
	Unit, ID, Run string
	N             int
	Title         string
	By            string
	At            time.Time
	Note          string
}

// DeskAnswered tells a unit what the desk says to its answer, and the desk that
// it was told. What is nare or helped.
type DeskAnswered struct {
	What     string
	Unit, ID string
	N        int
	Title    string
	By, Note string
	Due      time.Time
	Desk     bool
}

// TasksChanged tells a unit what a later document changed in its list.
type TasksChanged struct {
	ID, By, Title    string
	Changed, Dropped []TaskLine
}

// Vulns lists the weaknesses a unit answers for; One shows a single one with its answers.
type Vulns struct {
	ID, Unit string
	Lines    []VulnLine
	One      bool
}

// NoVulns answers where no weakness is asked about.
type NoVulns struct{ Unit string }

// VulnAnswered confirms an answer; Left is how many have none yet.
type VulnAnswered struct {
	Line VulnLine
	Left int
}

// VulnForDesk tells the desk that a unit needs help with a weakness.
type VulnForDesk struct{ Unit, ID, Name, By, Note string }

// VulnTotalLine is one weakness over all units.
type VulnTotalLine struct {
	Name, About                              string
	NotUsed, Patched, Patching, Help, Silent int
	Exposed, Unheard                         []string
}

// VulnTotals is the answer of all units.
type VulnTotals struct {
	ID, Title string
	Rows      []VulnTotalLine
}

func checklists() []any {
	at := time.Date(2027, 2, 3, 10, 0, 0, 0, time.UTC)
	done := TaskLine{N: 1, Title: "Rà soát, vá lỗ hổng đã cảnh báo", State: "done", Kind: "once", By: "Nguyễn Văn An", At: at, Due: at, Note: "đã vá", Files: 1}
	lines := []TaskLine{done, {N: 2, Title: "Trực giám sát 24/7", State: "todo", Kind: "standing", Refused: "phải trực", Held: at, NeedEvidence: true}}
	vulns := []VulnLine{{N: 1, Name: "CVE-2024-21410", About: "Microsoft Exchange", State: "patching", Until: at, Due: at, By: "Nguyễn Văn An", At: at, Note: "chờ"}}
	out := []any{
		Checklist{ID: "VB-2027-001", Title: "Bảo đảm ATTT dịp Tết", Unit: "Văn phòng", Tasks: lines, Done: 1, Total: 2, Received: "Lê Thị Bình", ReceivedAt: at, Page: 1, Pages: 2, Vulns: 2, VulnsDone: 1},
		Checklist{ID: "VB-2027-001", Title: "Bảo đảm ATTT dịp Tết", Unit: "Văn phòng", Tasks: lines, Done: 1, Total: 2, Left: true, Closed: true}, NoChecklist{"Văn phòng"}, OtherUnit{"Văn phòng"},
		TaskAlready{1, "Nguyễn Văn An", at}, NoSuchTask{"9", 2}, RunReceived{"VB-2027-001", "Nguyễn Văn An", at},
		WhichRun{"3", []RunLine{{"VB-2027-001", "Tết"}}, "/xong VB-2027-001 3"}, TaskPick{"VB-2027-001", "Tết"},
		TaskDetail{"VB-2027-001", "1.2", "Rà soát máy chủ.", lines[1], []string{"Biên bản"}},
		TasksDue{To: "unit", Unit: "Văn phòng", ID: "VB-2027-001", Title: "Bảo đảm ATTT", Open: lines, Vulns: vulns, Due: at, Over: true, Late: time.Hour},
		TasksDue{To: "leaders", Unit: "Văn phòng", ID: "VB-2027-001", Title: "Bảo đảm ATTT", Due: at, Receipt: true},
		TasksDue{To: "head", Unit: "Văn phòng", ID: "VB-2027-001", Title: "Bảo đảm ATTT", Open: lines, Lapsed: true},
		TasksLagging{"VB-2027-001", "Bảo đảm ATTT", []string{"Văn phòng", "VH-XH"}, 2, 0, true, false}, TasksLagging{"VB-2027-001", "Bảo đảm ATTT", []string{"Văn phòng", "VH-XH"}, 294, 292, false, true},
		TasksLagging{"VB-2027-001", "Bảo đảm ATTT", []string{"Văn phòng", "VH-XH"}, 2, 0, false, false},
		TasksDue{To: "unit", Unit: "Văn phòng", ID: "VB-2027-001", Title: "Bảo đảm ATTT", Open: lines, By: "Lê Thu Hương", Over: true},
		TasksOpened{"Văn phòng", "VB-2027-001", "Bảo đảm ATTT", lines}, ShiftTasks{lines},
		TasksChanged{"VB-2027-001", "VB-2027-002", "Tết", lines, lines}, TasksChanged{"VB-2027-001", "", "Tết", lines, nil},
		Vulns{"VB-2027-001", "Văn phòng", vulns, false}, Vulns{"VB-2027-001", "Văn phòng", vulns, true}, NoVulns{"Văn phòng"},
		VulnAnswered{vulns[0], 1}, VulnForDesk{"Văn phòng", "VB-2027-001", "CVE-2024-21410", "An", "thiếu người"},
		VulnTotals{"VB-2027-001", "Tết", []VulnTotalLine{{"CVE-2024-21410", "Exchange", 1, 2, 3, 4, 5, []string{"VP"}, []string{"VH"}}}},
	}
	for _, what := range []string{"done", "evidence", "doing", "na", "help", "hold", "undo"} {
		out = append(out, TasksAnswered{what, []string{"1", "2"}, "An", at, 1, 2}, TaskAnswered{what, 1, "Rà soát", "Nguyễn Văn An", at, "ghi chú", at, at, 1, 2, 1})
	}
	for _, what := range []string{"done", "na", "help", "hold", "which", "nare", "until", "edit.due", "edit.title", "edit.add", "edit.leave"} {
		out = append(out, TaskAsk{what, 3, "Rà soát"})
	}
	for _, what := range []string{"done", "doing", "na", "help", "hold", "holdreason", "undo", "nare", "helped", "vuln", "until", "edit", "baddue", "pastdue", "badunit", "badtask", "badtitle", "badcron", "notissued", "close", "export", "handout", "nopart"} {
		out = append(out, TaskHow{what, "/xong 3"})
	}
	for _, what := range []string{"na", "help"} {
		out = append(out, TaskForDesk{what, "Văn phòng", "VB-2027-001", "VB-2027-001/vp", 3, "Rà soát", "An", at, "lý do"})
	}
	for _, what := range []string{"nare", "helped"} {
		out = append(out, DeskAnswered{what, "Văn phòng", "VB-2027-001", 3, "Rà soát", "Hương", "lý do", at, false}, DeskAnswered{what, "Văn phòng", "VB-2027-001", 3, "Rà soát", "Hương", "lý do", at, true})
	}
	return out
}
