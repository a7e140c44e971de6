package messages

import "time"

// DigestItem is one thing in a summary that is not as it should be. Topic is
// attendance, tasks, incidents, reports or unreachable; State chooses the words.
type DigestItem struct {
	Topic, State  string
	Light         string // green, amber or red
	Unit, Subject string // Subject: a person, a document, an incident's number, a report's name
	Kind          string // of an incident
	Owner         string // of an incident; "" nobody yet
	Reason        string // of an unreachable person
	Phone         string // only in private, for those who may see it
	N             int    // minutes late, tasks overdue
	Age           time.Duration
	Change        string // new, changed or gone; "" where it is no news
}

// OpenIncident is one open incident in a list.
type OpenIncident struct {
	ID, Kind, Unit, State, Owner string
	Age                          time.Duration
}

// DigestLine is one of the six lines: its light and the first of what it lists.
type DigestLine struct {
	Light string
	Items []DigestItem
	More  int // further ones that are left out
}

// DigestCount are the totals of a summary.
type DigestCount struct {
	Expected, Present, Pending, OnTime, Late, Missed int
	Settled, Owed, Percent                           int
	Open, Waiting, Closed                            int
	Asked, Missing, Tardy, None                      int
	Unreachable                                      int
}

// DigestAck is one leader who took note of the summary.
type DigestAck struct {
	Name string
	At   time.Time
}

// Digest is the leaders' summary: what changed, then the six lines.
type Digest struct {
	At          time.Time
	Day, Scope  string // Scope: the unit it is of
	Light       string
	Since       time.Time // of the summary before it; zero: there was none
	Late        time.Duration
	Now         bool // asked for, not sent by itself
	Quiet       bool // one line
	News        []DigestItem
	MoreNews    int
	Count       DigestCount
	People      DigestLine
	Attendance  DigestLine
	Tasks       DigestLine
	Incidents   DigestLine
	Reports     DigestLine
	Unreachable DigestLine
	Acks        []DigestAck
}

// DigestPicture goes with the picture of how the units stand.
type DigestPicture struct {
	Scope             string
	At                time.Time
	Red, Amber, Green int
}

// DetailUnit is one unit in the detail of a summary.
type DetailUnit struct {
	Unit, Light string
	Count       DigestCount
}

// DigestDetail is one page of what lies behind a summary. What is units, people,
// tasks, incidents, reports or unit.
type DigestDetail struct {
	What  string
	Unit  string
	At    time.Time
	Units []DetailUnit
	Items []DigestItem
	Page  int
	Pages int
}

// DetailSent tells a group that the answer went to the person's private chat; Sent is false where there is none.
type DetailSent struct {
	Name string
	Sent bool
}

// Noted confirms that a leader has taken note of a summary.
type Noted struct {
	Name string
	At   time.Time
}

// NotedBefore answers a second "Đã nắm"; None: there is no summary to take note of.
type NotedBefore struct {
	Name string
	None bool
}

func digests() []any {
	at := time.Date(2027, 2, 5, 9, 0, 0, 0, time.UTC)
	late := DigestItem{Topic: "attendance", State: "late", Light: "amber", Unit: "Văn phòng", Subject: "Nguyễn Văn An", N: 12}
	missed := DigestItem{Topic: "attendance", State: "missed", Light: "red", Unit: "Văn phòng", Subject: "Lê Thị Bình", Phone: "0912 000 113", Change: "new"}
	over := DigestItem{Topic: "tasks", State: "overdue", Light: "red", Unit: "Văn phòng", Subject: "214/UBND-VX", N: 2}
	help := DigestItem{Topic: "tasks", State: "help", Light: "amber", Unit: "Công an", Subject: "214/UBND-VX", N: 1}
	unread := DigestItem{Topic: "tasks", State: "unreceived", Light: "amber", Unit: "Trạm y tế", Subject: "214/UBND-VX"}
	open := DigestItem{Topic: "incidents", State: "new", Light: "red", Unit: "Văn phòng", Subject: "SC-2027-0001", Kind: "Thay đổi giao diện", Age: time.Hour, Change: "changed"}
	report := DigestItem{Topic: "reports", State: "missing", Light: "red", Unit: "Trạm y tế", Subject: "Báo cáo nhanh"}
	tardy := DigestItem{Topic: "reports", State: "late", Light: "amber", Unit: "Công an", Subject: "Báo cáo nhanh", Change: "gone"}
	lost := DigestItem{Topic: "unreachable", State: "unreachable", Light: "red", Unit: "Văn phòng", Subject: "Lê Thị Bình", Reason: "chưa kết nối tài khoản"}
	d := Digest{
		At: at, Day: "thứ Sáu 05/02 (29 Chạp)", Scope: "UBND phường", Light: "red", Since: at.Add(-time.Hour), Late: 5 * time.Minute,
		News: []DigestItem{missed, open, tardy}, MoreNews: 2,
		Count: DigestCount{4, 2, 1, 1, 1, 1, 3, 12, 25, 1, 1, 1, 8, 1, 1, 5, 1}, People: DigestLine{Light: "red"},
		Attendance: DigestLine{"red", []DigestItem{missed, late}, 1}, Tasks: DigestLine{"red", []DigestItem{over, help, unread}, 2},
		Incidents: DigestLine{"red", []DigestItem{open}, 0}, Reports: DigestLine{"red", []DigestItem{report}, 0},
		Unreachable: DigestLine{"red", []DigestItem{lost}, 0}, Acks: []DigestAck{{"Trần Quang Minh", at}},
	}
	quiet := Digest{At: at, Day: "thứ Sáu 05/02", Scope: "UBND phường", Quiet: true, Light: "green", Count: DigestCount{Expected: 8, Present: 8, Percent: 100}}
	var gone []DigestItem
	for _, it := range []DigestItem{missed, over, open, report, lost} {
		it.Change = "gone"
		gone = append(gone, it)
	}
	return []any{
		d, quiet, Digest{At: at, Day: "thứ Sáu 05/02", Scope: "UBND phường", Now: true, Light: "amber", News: gone},
		DigestDetail{What: "units", Unit: "UBND phường", At: at, Units: []DetailUnit{{"Văn phòng", "red", d.Count}, {"Công an", "green", quiet.Count}}, Page: 1, Pages: 2},
		DigestDetail{What: "people", Unit: "UBND phường", At: at, Items: []DigestItem{missed, late, lost}, Page: 1, Pages: 1},
		DigestDetail{What: "unit", Unit: "Văn phòng", At: at, Units: []DetailUnit{{"Văn phòng", "red", d.Count}}, Items: []DigestItem{missed, over}, Page: 1, Pages: 1},
		DigestDetail{What: "tasks", Unit: "UBND phường", At: at, Page: 1, Pages: 1}, DigestDetail{What: "incidents", Unit: "UBND phường", At: at, Page: 1, Pages: 1},
		DigestDetail{What: "reports", Unit: "UBND phường", At: at, Page: 1, Pages: 1},
		DigestPicture{"UBND phường", at, 1, 2, 3}, DigestPicture{Scope: "UBND phường", At: at},
		DetailSent{"Trần Quang Minh", true}, DetailSent{"Trần Quang Minh", false},
		Noted{"Nguyễn Văn An", at}, NotedBefore{"Nguyễn Văn An", false}, NotedBefore{None: true},
	}
}

// digestLabels are the button words and fixed words of summaries.
func digestLabels() []string {
	return []string{"people", "tasks", "incidents", "reports", "reach.none", "reach.blocked", "reach.closed", "reach.noroom", "reach.out", "light.green", "light.amber", "light.red", "topic.people", "topic.tasks", "topic.incidents", "topic.reports", "topic.reach",
		"why.late", "why.blocked", "why.not_started", "why.kicked", "why.no_rights", "why.no_chat", "why.gone", "why.rejected", "why.token", "why.quota", "why.temporary", "why.unknown",
		"detail.usage", "board", "again", "againall", "report.none", "report.some", "report.name", "report.end", "report.set",
		"export.period", "export.log", "export.matrix", "export.roster", "export.strip", "export.chart", "export.raw"}
}
