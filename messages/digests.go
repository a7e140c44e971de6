package messages

import "time"

// DigestLine is one of the six lines of a summary. Colour is green, amber or red.
type DigestLine struct{ Colour, Text string }

// UnitProgress is one unit in the detail of a summary.
type UnitProgress struct {
	Unit                        string
	OnTime, Late, Missed, Total int
	Done, Tasks                 int
}

// OpenIncident is one open incident in a summary.
type OpenIncident struct {
	ID, Kind, Unit, State, Owner string
	Age                          time.Duration
}

// Digest is the leaders' summary.
type Digest struct {
	At          time.Time
	Day         string
	Changed     []string
	Expected    int
	OnTime      int
	Late        []string
	Missed      []string
	Waiting     int
	Done, Tasks int
	Behind      []string
	Incidents   []OpenIncident
	Unreachable []string
	Units       []UnitProgress
	Colour      string
	Quiet       bool
	Since       time.Time
}

// Noted confirms that a leader has taken note of a summary.
type Noted struct {
	Name string
	At   time.Time
}

func digests() []any {
	at := time.Date(2027, 2, 5, 9, 0, 0, 0, time.UTC)
	d := Digest{At: at, Day: "thứ Sáu 05/02 (29 Chạp)", Changed: []string{"Ca đêm Văn phòng: vắng 1"}, Expected: 4, OnTime: 2, Late: []string{"Nguyễn Văn An (12 phút)"},
		Missed: []string{"Lê Thị Bình"}, Waiting: 1, Done: 3, Tasks: 12, Behind: []string{"Văn phòng 1/6"},
		Incidents:   []OpenIncident{{"SC-2027-0001", "Thay đổi giao diện", "Văn phòng", "new", "", time.Hour}},
		Unreachable: []string{"Lê Thị Bình"}, Units: []UnitProgress{{"Văn phòng", 1, 1, 0, 2, 3, 6}}, Colour: "red", Since: at}
	return []any{d, Digest{At: at, Day: "thứ Sáu 05/02", Quiet: true, Colour: "green"}, Noted{"Nguyễn Văn An", at}}
}
