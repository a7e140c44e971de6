package messages

import "time"

// TimelineLine is one event of an incident.
type TimelineLine struct {
	At   time.Time
	Who  string
	What string // as incident.What
	Text string
}

// DeadlineLine is one legal deadline of an incident. Code is what /dabaocao takes.
type DeadlineLine struct {
	What, Code string
	At         time.Time
	Done       bool
	Over       bool
	AtOnce     bool
}

// IncidentCard is the live card of an incident, in the unit's group and in the leaders'.
type IncidentCard struct {
	ID, Kind, Level, State, Unit, Text, Reporter string
	ReportedAt, FoundAt                          time.Time
	Owner                                        string
	Reason                                       string   // of a false alarm, a merge or a reopening
	Into                                         string   // the incident it was merged into
	Others                                       []string // who else reported it, with their units
	Timeline                                     []TimelineLine
	Deadlines                                    []DeadlineLine
	Note                                         string // what has not been checked about the deadlines
	Leaders                                      bool
	Drill                                        bool
}

// IncidentTaken confirms a report to the person who made it. Question is what is worth knowing next, "" when nothing is.
type IncidentTaken struct {
	ID, Kind, Level, Unit string
	At                    time.Time
	Notice                time.Time
	NoticeWhat            string
	Evidence              bool
	Drill                 bool
	DrillMode             bool // it is a drill because the unit holds one
	Question              string
}

// IncidentQuestion is the next question, or, with an empty text, what the record says now.
type IncidentQuestion struct {
	ID, Text            string
	Kind, Level, System string
	FoundAt             time.Time
	Again               bool // the answer was not understood
	Drill               bool
}

// IncidentAsk asks for the one line of a report.
type IncidentAsk struct{}

// IncidentForwarded offers to report what was forwarded or shown in private.
type IncidentForwarded struct{ From, Text string }

// IncidentAlarm is one rung of the acknowledge ladder. To is head, duty, leaders or everyone.
type IncidentAlarm struct {
	To, ID, Kind, Level, Unit, Text string
	Open                            time.Duration // since the report
	Late                            time.Duration // it comes so late because the system was away
	Unreached                       bool          // nobody of the rung could be reached privately
	Ring                            []MissingLine
	Drill                           bool
}

// IncidentClear tells those who were alarmed that somebody has taken it over.
type IncidentClear struct {
	ID, Unit, By, State string
	At                  time.Time
	Drill               bool
}

// IncidentRefused answers a step that is not possible; Why is acked, taken, resolved,
// closed, open, merged, order, reason, rights, done, drill, none or noneopen.
type IncidentRefused struct {
	Why, ID, By, Into string
	At                time.Time
}

// IncidentChanged confirms a step to the person who made it.
type IncidentChanged struct {
	ID, State string
	At        time.Time
	Into      string // it was put on this incident, into which the one meant was merged
	Added     bool   // words or evidence were put on the timeline
	Shown     bool   // evidence was kept
	Kind      string
	Level     string
	Drill     bool
}

// IncidentReason asks for the reason of a step; What is false_alarm, reopened or merged.
type IncidentReason struct{ ID, What string }

// IncidentChoose asks which kind or level it is; What is kind or level.
type IncidentChoose struct {
	ID, What, Now string
	Items         []string
}

// IncidentDeadline reminds of a legal deadline, or says that it was missed.
type IncidentDeadline struct {
	ID, Unit, What, Code string
	At                   time.Time
	Over                 bool
	AtOnce               bool
	Note                 string
	Drill                bool
}

// IncidentMet confirms that a report was sent.
type IncidentMet struct {
	ID, What string
	At       time.Time
	Late     bool
	Left     []DeadlineLine
	Drill    bool
}

// IncidentAskAfter asks what became of an incident nobody has spoken of for long.
type IncidentAskAfter struct {
	ID, Unit, Owner string
	Close           bool // resolved long ago: may it be closed
	Last            time.Time
	Drill           bool
}

// IncidentSame tells that several units report alike.
type IncidentSame struct {
	ID    string
	Items []OpenIncident
	Town  string // the town incident they would join, "" when one would be made
	Drill bool
}

// IncidentJoined tells that incidents go on under one.
type IncidentJoined struct {
	ID, By, Unit string
	Children     []string
	Others       []string
	Drill        bool
}

// StepLine is one step of the first hour.
type StepLine struct {
	N           int
	Text, Owner string
	Post        string
	By          string
	At          time.Time
}

// FirstHour is the checklist of the first hour with whom to ring and what to read to them.
type FirstHour struct {
	ID, Title, Unit string
	Steps           []StepLine
	Done            int
	Ring            []Contact
	Missing         []string
	Script          string
	Drill           bool
}

// IncidentList lists the open incidents of a unit and the deadlines that were missed.
type IncidentList struct {
	Unit   string
	At     time.Time
	Items  []OpenIncident
	Missed []MissedDeadline
}

// MissedDeadline is a report that was not sent in time.
type MissedDeadline struct {
	ID, Unit, What, Code string
	At                   time.Time
}

// Tally is one line of a count.
type Tally struct {
	Name string
	N    int
}

// IncidentStats sums up the incidents of a span; drills are not in it.
type IncidentStats struct {
	Unit                                             string
	From, To                                         time.Time
	Total, Open, False, Merged, Unacked, Missed      int
	Kinds, Levels, Units                             []Tally
	Acked, Resolved                                  int
	AckMedian, AckMax, ResolveMedian, ResolveLongest time.Duration
}

// DrillMode tells that a drill begins or ends in a unit and all below it.
type DrillMode struct {
	On       bool
	Unit, By string
	Until    time.Time
	Open     []string // drill incidents that are still open
	Already  bool
}

// PlayBegins tells a test group that a rehearsal of the coming day is about to be shown: Count
// messages, More are not shown, and it takes Takes.
type PlayBegins struct {
	Unit        string
	From, To    time.Time
	Count, More int
	Absent      bool // as if nobody checked in
	Takes       time.Duration
}

// PlayLine is one message of a rehearsal: when and to whom it would be sent.
type PlayLine struct {
	At       time.Time
	To, Text string
}

// PlayEnds tells that a rehearsal was shown, Count messages of it.
type PlayEnds struct {
	Unit        string
	Count, More int
	Stopped     bool
}

// PlayRefused says why no rehearsal is shown. Why is room, none, many, idle or off.
type PlayRefused struct{ Why, Unit string }

// TestGroup answers what cannot be done in a test group.
type TestGroup struct{ Unit string }

// IncidentPaper comes with a report document.
type IncidentPaper struct {
	ID      string
	Closing bool
	Drill   bool
}

// PaperRefused says why no document is sent here; Why is place, none or off.
type PaperRefused struct{ Why string }

// IncidentStuck tells the desk that the sweep found an incident nothing would have looked at again.
type IncidentStuck struct {
	ID, Unit string
	Since    time.Time
	Drill    bool
}

func incidents() []any {
	at := time.Date(2027, 2, 5, 14, 15, 0, 0, time.UTC)
	id, kind, level, unit := "SC-2027-0001", "Thay đổi giao diện", "Nghiêm trọng", "Văn phòng"
	line := DeadlineLine{"Thông báo ban đầu", "h24", at, false, true, false}
	open := OpenIncident{ID: id, Kind: kind, Unit: unit, State: "new", Age: 10 * time.Minute, Owner: "Lê Thị Bình"}
	ring := Contact{Name: "VNCERT/CC", Role: "Trực ứng cứu sự cố", Phone: "086 910 0317", Never: true, Source: "2024"}
	return []any{
		IncidentCard{ID: id, Kind: kind, Level: level, State: "new", Unit: unit, Text: "web bị đổi giao diện", Reporter: "Nguyễn Văn An",
			ReportedAt: at, FoundAt: at, Owner: "Lê Thị Bình", Reason: "trùng", Into: "SC-2027-0002", Others: []string{"Trần Văn Hai (Phòng Nội vụ)"},
			Timeline:  []TimelineLine{{at, "Nguyễn Văn An", "reported", ""}, {at, "Lê Thị Bình", "updated", "đã ngắt máy chủ"}},
			Deadlines: []DeadlineLine{line}, Note: "chưa đối chiếu văn bản gốc", Leaders: true, Drill: true},
		IncidentTaken{id, kind, level, unit, at, at, "Thông báo ban đầu", true, true, true, "Phát hiện từ lúc nào?"}, IncidentAsk{},
		IncidentQuestion{id, "Phát hiện từ lúc nào?", kind, level, "Máy chủ", at, true, true}, IncidentForwarded{"Trần Văn Hai", "máy chủ treo"},
		IncidentAlarm{"leaders", id, kind, level, unit, "web bị đổi giao diện", 10 * time.Minute, 7 * time.Minute, true, []MissingLine{{"Lê Thị Bình", "0912 000 111"}}, true},
		IncidentClear{id, unit, "Lê Thị Bình", "acked", at, false},
		IncidentRefused{"acked", id, "Lê Thị Bình", "SC-2027-0002", at}, IncidentChanged{ID: id, State: "resolved", At: at, Into: "SC-2027-0002"}, IncidentChanged{ID: id, State: "new", At: at, Added: true, Shown: true},
		IncidentReason{id, "false_alarm"}, IncidentChoose{id, "kind", kind, []string{"Mã độc"}},
		IncidentDeadline{id, unit, "Thông báo ban đầu", "h24", at, true, false, "chưa đối chiếu văn bản gốc", true},
		IncidentMet{id, "Thông báo ban đầu", at, true, []DeadlineLine{line}, true},
		IncidentAskAfter{id, unit, "Lê Thị Bình", true, at, true},
		IncidentSame{id, []OpenIncident{open}, "SC-2027-0003", true}, IncidentJoined{id, "Trần Quang Minh", unit, []string{"SC-2027-0002"}, []string{"Trần Văn Hai (Phòng Nội vụ)"}, true},
		FirstHour{id, kind, unit, []StepLine{{1, "Chụp màn hình", "Nguyễn Văn An", "cán bộ trực", "Nguyễn Văn An", at}}, 1, []Contact{ring}, []string{"A05"}, "Tôi là Nguyễn Văn An.", true},
		IncidentList{unit, at, []OpenIncident{open}, []MissedDeadline{{id, unit, "Thông báo ban đầu", "h24", at}}},
		IncidentStats{unit, at, at, 3, 1, 1, 1, 1, 1, []Tally{{kind, 2}}, []Tally{{level, 2}}, []Tally{{unit, 2}}, 2, 1, 5 * time.Minute, 9 * time.Minute, time.Hour, 2 * time.Hour},
		PlayBegins{unit, at, at, 23, 4, true, 2 * time.Minute}, PlayBegins{Unit: unit, From: at, To: at, Count: 3, Takes: time.Minute},
		PlayLine{at, "đ/c Nguyễn Văn An (nhắn riêng)", "Vào ca: Ca đêm\nĐề nghị nhắn \"ổn định\""},
		PlayEnds{unit, 23, 4, false}, PlayEnds{unit, 5, 18, true}, PlayEnds{unit, 5, 0, false},
		PlayRefused{"room", ""}, PlayRefused{"none", unit}, PlayRefused{"many", unit}, PlayRefused{"idle", ""}, PlayRefused{"off", ""}, TestGroup{unit},
		DrillMode{true, unit, "Lê Thu Hương", at, []string{id}, false}, IncidentPaper{id, true, true}, PaperRefused{"place"},
		IncidentStuck{id, unit, at, true},
	}
}
