package messages

import "time"

// PersonLine is one person on a shift card.
type PersonLine struct {
	Name, Post, Status string // Status: expected, missing, ontime, late, absent, excused, covered
	At                 time.Time
	Minutes            int
	Note               string
	By                 string
}

// ShiftCard is the live card of a shift in the unit's group. When says which
// reminder it is: eve, before, start, now, closed.
type ShiftCard struct {
	When       string
	Unit, Name string
	Start, End time.Time
	Day        string // "thứ Bảy 06/02 (mùng 1 Tết)"
	In         time.Duration
	Late       time.Duration
	People     []PersonLine
}

// ShiftReminder is the private reminder of one person.
type ShiftReminder struct {
	When       string
	Name       string
	Unit       string
	Shift      string
	Start, End time.Time
	Day        string
	In         time.Duration
	Late       time.Duration
	Post       string
}

// CheckedIn confirms a check-in.
type CheckedIn struct {
	Name    string
	At      time.Time
	Late    bool
	Minutes int
	Note    string
	Shift   string
	For     bool // recorded by somebody else
	By      string
	Next    string // next shift of the person, or ""
}

// AlreadyIn answers a second check-in.
type AlreadyIn struct {
	At   time.Time
	Note bool // the note was added to the record
}

// NoShiftNow answers a check-in of a person without an open shift.
type NoShiftNow struct{ Next string }

// TooEarly answers a check-in before the window.
type TooEarly struct {
	Opens time.Time
	Shift string
}

// NotYourShift answers a press on a card of a shift the person is not on.
type NotYourShift struct {
	Shift string
	Who   []string
}

// ShiftOver answers a press on the card of a shift that ended.
type ShiftOver struct{ Shift string }

// MissedPerson asks a missing person, privately, to check in.
type MissedPerson struct {
	Name, Shift string
	Start       time.Time
	At          time.Time
}

// MissedGroup tells the unit's group who is missing.
type MissedGroup struct {
	Shift string
	Names []string
	At    time.Time
}

// MissingLine is a missing person with the phone to ring.
type MissingLine struct{ Name, Phone string }

// MissedHead tells the head of the unit.
type MissedHead struct {
	Unit, Shift string
	People      []MissingLine
	At          time.Time
	NoHead      bool
}

// MissedLeaders tells the leaders' group.
type MissedLeaders struct {
	Unit, Shift string
	People      []MissingLine
	At          time.Time
}

// AllClear tells those who were alarmed that the person is there.
type AllClear struct {
	Name, Unit, Shift string
	At                time.Time
	Late              bool
	Minutes           int
	Excused           string
}

// OnDutyLine is one shift in /aitruc and /lichtruc.
type OnDutyLine struct {
	Unit, Shift string
	Start, End  time.Time
	Day         string
	People      []PersonLine
	Phones      []string // beside People; "" where not to be shown
}

// OnDuty answers /aitruc.
type OnDuty struct {
	At        time.Time
	Now, Next []OnDutyLine
	Snapshot  time.Time // non-zero: from a snapshot of that time
}

// RosterView answers /lichtruc. More shifts are in the workbook that Book asks for.
type RosterView struct {
	Title, Unit string
	Days        []RosterDay
	More        int
	Book        string
	NoFile      bool // no picture and no file can be sent here
}

// RosterFile goes with the roster as a picture or, with Book, as a workbook.
type RosterFile struct {
	Title, Unit string
	Shifts      int
	Book, Edit  bool // Edit: who asked may send a changed one back
}

// RosterDay is one day of RosterView.
type RosterDay struct {
	Day    string
	Shifts []OnDutyLine
}

// MyShifts answers /catoi.
type MyShifts struct {
	Name   string
	Shifts []OnDutyLine
}

func checkins() []any {
	at := time.Date(2027, 2, 5, 12, 2, 0, 0, time.UTC)
	end := at.Add(12 * time.Hour)
	people := []PersonLine{{"Nguyễn Văn An", "trực ban", "late", at, 12, "mất điện", ""}, {"Lê Thị Bình", "trực kỹ thuật", "expected", time.Time{}, 0, "", ""}}
	line := OnDutyLine{"Văn phòng", "Ca đêm", at, end, "thứ Sáu 05/02 (29 Chạp)", people, []string{"0912 000 111", ""}}
	missing := []MissingLine{{"Nguyễn Văn An", "0912 000 111"}}
	return []any{
		ShiftCard{"start", "Văn phòng", "Ca đêm", at, end, "thứ Sáu 05/02", 30 * time.Minute, 5 * time.Minute, people},
		ShiftReminder{"before", "Nguyễn Văn An", "Văn phòng", "Ca đêm", at, end, "thứ Sáu 05/02", 30 * time.Minute, 0, "trực ban"},
		CheckedIn{"Nguyễn Văn An", at, true, 12, "mất điện", "Ca đêm", true, "Lê Thị Bình", "Ca ngày 07/02"},
		AlreadyIn{at, true}, NoShiftNow{"Ca đêm 07/02"}, TooEarly{at, "Ca đêm"}, NotYourShift{"Ca đêm", []string{"Lê Thị Bình"}}, ShiftOver{"Ca đêm"},
		MissedPerson{"Nguyễn Văn An", "Ca đêm", at, at}, MissedGroup{"Ca đêm", []string{"Nguyễn Văn An"}, at},
		MissedHead{"Văn phòng", "Ca đêm", missing, at, true}, MissedLeaders{"Văn phòng", "Ca đêm", missing, at},
		AllClear{"Nguyễn Văn An", "Văn phòng", "Ca đêm", at, true, 50, ""},
		OnDuty{at, []OnDutyLine{line}, []OnDutyLine{line}, at}, RosterView{"hôm nay", "Văn phòng", []RosterDay{{"thứ Sáu 05/02", []OnDutyLine{line}}}, 4, "/lichtruc tuần excel", true}, RosterFile{"7 ngày tới", "Văn phòng", 14, true, true}, MyShifts{"Nguyễn Văn An", []OnDutyLine{line}},
	}
}
