package messages

import "time"

// TimelineLine is one event of an incident.
type TimelineLine struct {
	At   time.Time
	Who  string
	What string // reported, acked, handling, resolved, closed, reopened, false_alarm, merged, update, level, kind
	Text string
}

// DeadlineLine is one legal deadline of an incident.
type DeadlineLine struct {
	What string
	At   time.Time
	Done bool
}

// IncidentCard is the live card of an incident, in the unit's group and in the leaders'.
type IncidentCard struct {
	ID, Kind, Level, State, Unit, Text, Reporter string
	ReportedAt, FoundAt                          time.Time
	Owner                                        string
	Timeline                                     []TimelineLine
	Deadlines                                    []DeadlineLine
	Uncertain                                    bool // deadlines not checked against the decree's own text
	Leaders                                      bool
	Drill                                        bool
}

// IncidentTaken confirms a report to the person who made it.
type IncidentTaken struct {
	ID, Kind, Unit string
	At             time.Time
	Notice         time.Time
	Drill          bool
}

// IncidentAsk asks for the one line of a report.
type IncidentAsk struct{}

// IncidentAlarm is one rung of the acknowledge ladder. To is head, duty, leaders or everyone.
type IncidentAlarm struct {
	To, ID, Kind, Level, Unit, Text string
	Open                            time.Duration // since the report
	Ring                            []MissingLine
	Drill                           bool
}

// IncidentClear tells those who were alarmed that somebody has taken it over.
type IncidentClear struct {
	ID, Unit, By, State string
	At                  time.Time
	Drill               bool
}

// IncidentRefused answers a step that is not possible; Why is acked,
// resolved, closed, order, reason, none or noneopen.
type IncidentRefused struct {
	Why, ID, By string
	At          time.Time
}

// IncidentChanged confirms a step to the person who made it.
type IncidentChanged struct {
	ID, State string
	At        time.Time
}

// IncidentDeadline reminds of a legal deadline, or says that it was missed.
type IncidentDeadline struct {
	ID, Unit, What string
	At             time.Time
	Over           bool
	AtOnce         bool
}

// IncidentAskAfter asks what became of an incident nobody has spoken of for long.
type IncidentAskAfter struct {
	ID, Unit, Owner string
	Close           bool // resolved long ago: may it be closed
	Last            time.Time
}

func incidents() []any {
	at := time.Date(2027, 2, 5, 14, 15, 0, 0, time.UTC)
	return []any{
		IncidentCard{"SC-2027-0001", "Thay đổi giao diện", "Trung bình", "new", "Văn phòng", "web bị đổi giao diện", "Nguyễn Văn An", at, at, "Lê Thị Bình",
			[]TimelineLine{{at, "Nguyễn Văn An", "reported", ""}, {at, "Lê Thị Bình", "update", "đã ngắt máy chủ"}}, []DeadlineLine{{"Thông báo ban đầu", at, false}}, true, true, true},
		IncidentTaken{"SC-2027-0001", "Thay đổi giao diện", "Văn phòng", at, at, false}, IncidentAsk{},
		IncidentAlarm{"leaders", "SC-2027-0001", "Thay đổi giao diện", "Trung bình", "Văn phòng", "web bị đổi giao diện", 10 * time.Minute, []MissingLine{{"Lê Thị Bình", "0912 000 111"}}, true},
		IncidentClear{"SC-2027-0001", "Văn phòng", "Lê Thị Bình", "acked", at, false},
		IncidentRefused{"acked", "SC-2027-0001", "Lê Thị Bình", at}, IncidentChanged{"SC-2027-0001", "resolved", at},
		IncidentDeadline{"SC-2027-0001", "Văn phòng", "Thông báo ban đầu", at, true, false},
		IncidentAskAfter{"SC-2027-0001", "Văn phòng", "Lê Thị Bình", true, at},
	}
}
