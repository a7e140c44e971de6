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
}

// DraftMend is one place where the reader changed the text.
type DraftMend struct {
	Line            int
	Printed, Mended string
}

// DirectiveDraft shows the desk what was read in a dispatch, before anything is issued.
type DirectiveDraft struct {
	Title, Number, Issuer string
	Groups                []DraftGroup
	Tasks                 int
	Cited                 []string
	Contacts              []Contact
	Mended                []DraftMend
	Warnings              []string
}

// DirectiveAsk asks for the text of a dispatch.
type DirectiveAsk struct{}

// DirectiveUnread refuses a text; Why is one of lost, secret, empty, toolong, none, file.
type DirectiveUnread struct{ Why, Detail string }

// DirectiveIssued tells the desk that the checklists are out.
type DirectiveIssued struct {
	ID    string
	Units []string
	Tasks int
	None  []string // groups without a unit
}

// TaskLine is one line of a unit's checklist.
type TaskLine struct {
	N     int
	Title string
	State string // todo, doing, done, na, need_help, overdue
	Kind  string
	By    string
	At    time.Time
	Due   time.Time
	Note  string
}

// Checklist is the live card of a directive in one unit.
type Checklist struct {
	ID, Title, Unit string
	Tasks           []TaskLine
	Done, Total     int
	Received        string // who confirmed the receipt
	ReceivedAt      time.Time
	Due             time.Time
	Page, Pages     int
}

// NoChecklist answers /nhiemvu where there is nothing to do.
type NoChecklist struct{ Unit string }

// TaskDone confirms a tick; Total is what remains.
type TaskDone struct {
	N           int
	Title       string
	By          string
	At          time.Time
	Done, Total int
}

// TaskAlready answers a tick on a done task.
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

// RunReceived confirms that a unit has read a directive.
type RunReceived struct {
	ID, Name string
	At       time.Time
}

// TasksDue reminds a unit of open tasks before, at or after their deadline. To is unit, head or leaders.
type TasksDue struct {
	To, Unit, ID, Title string
	Open                []TaskLine
	Due                 time.Time
	Over                bool
	Receipt             bool // it is the receipt that is missing
}

func checklists() []any {
	at := time.Date(2027, 2, 3, 10, 0, 0, 0, time.UTC)
	lines := []TaskLine{{1, "Rà soát, vá lỗ hổng đã cảnh báo", "done", "once", "Nguyễn Văn An", at, at, ""}, {2, "Trực giám sát 24/7", "todo", "standing", "", time.Time{}, time.Time{}, ""}}
	return []any{
		DirectiveDraft{"Bảo đảm ATTT dịp Tết", "15/UBND", "UBND phường", []DraftGroup{{"1", "Các phòng", []string{"Văn phòng"}, []DraftTask{{"1.1", "Rà soát", "once", at}}}, {"2", "Doanh nghiệp", nil, nil}}, 1, []string{"07/STTTT-CĐS"}, []Contact{{Name: "NCSC", Phone: "+842432091616"}}, []DraftMend{{59, "Cụ", "Cục"}}, []string{"x"}},
		DirectiveAsk{}, DirectiveUnread{"lost", ""}, DirectiveUnread{"secret", ""}, DirectiveUnread{"empty", ""}, DirectiveUnread{"toolong", ""}, DirectiveUnread{"none", ""}, DirectiveUnread{"file", "x.bin"},
		DirectiveIssued{"VB-2027-001", []string{"Văn phòng"}, 6, []string{"Doanh nghiệp"}},
		Checklist{"VB-2027-001", "Bảo đảm ATTT dịp Tết", "Văn phòng", lines, 1, 2, "Lê Thị Bình", at, at, 1, 2}, NoChecklist{"Văn phòng"},
		TaskDone{1, "Rà soát", "Nguyễn Văn An", at, 1, 2}, TaskAlready{1, "Nguyễn Văn An", at}, NoSuchTask{"9", 2}, RunReceived{"VB-2027-001", "Nguyễn Văn An", at},
		TasksDue{"unit", "Văn phòng", "VB-2027-001", "Bảo đảm ATTT", lines, at, true, false}, TasksDue{"leaders", "Văn phòng", "VB-2027-001", "Bảo đảm ATTT", lines, at, false, true},
	}
}
