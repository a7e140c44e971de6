package messages

import "time"

// LogLine is one event of a shift. What: a key of LogWords. For is whom Who stands in
// for. Told is who was alarmed: a key of LogTold.
type LogLine struct {
	At   time.Time
	What string
	Who  string
	Text string
	For  string
	Told string
}

// LogTold is who was alarmed, in the words of an exported log.
var LogTold = map[string]string{"person": "báo người trực", "head": "báo thủ trưởng", "leaders": "báo lãnh đạo"}

// LogWords are the events of a duty log in the words of an exported one.
var LogWords = map[string]string{
	"start": "Vào ca", "ladder": "Nhắc người chưa điểm danh", "absent": "Ghi vắng", "hand": "Nhắc nhận bàn giao", "ontime": "Điểm danh đúng giờ", "late": "Điểm danh muộn",
	"excused": "Vắng có lý do", "covered": "Có người trực thay", "note": "Ghi chú", "handed": "Bàn giao", "taken": "Nhận ca", "added": "Bổ sung sau nhận ca",
	"incident": "Sự cố", "closed": "Đóng sự cố", "round": "Báo ổn", "ask": "Hỏi báo ổn", "miss": "Chưa báo ổn", "give": "Nhắc bàn giao",
	"swap": "Trực thay", "joined": "Thêm vào ca", "left": "Thôi trực ca này", "moved": "Đổi giờ ca", "held": "Giữ tin trong giờ nghỉ", "wiped": "Xóa dữ liệu cá nhân",
}

// ShiftLog is the log of one shift; Earlier lines are left out.
type ShiftLog struct {
	Unit, Shift string
	Lines       []LogLine
	Earlier     int
}

// DutyLog answers /sotruc; More shifts are left out.
type DutyLog struct {
	Shifts []ShiftLog
	More   int
}

// HandRecord is a handover as it stands.
type HandRecord struct {
	Unit, Shift, By string
	At              time.Time
	Text            string
	Open            []string
	Taken, Remark   string
	TakenAt         time.Time
	Added           []LogLine
}

// HandGiven confirms a handover to its giver; To is who takes over.
type HandGiven struct {
	Record HandRecord
	To     []string
}

// HandOffer shows the record to those who take over.
type HandOffer struct{ Record HandRecord }

// HandTaken confirms the takeover, or shows that somebody took over before.
type HandTaken struct {
	Record HandRecord
	Again  bool
}

// HandSealed tells the giver and the unit who took over.
type HandSealed struct {
	Shift, By, Taken string
	At               time.Time
	Remark           string
}

// HandNotYours answers a takeover by somebody who is not on the next shift.
type HandNotYours struct {
	Shift string
	Who   []string
	Own   bool // the giver
}

// NothingToTake answers a takeover without a record.
type NothingToTake struct{}

// NoShiftToHand answers a handover by somebody without a shift.
type NoShiftToHand struct{}

// HandAdded confirms an addition to a sealed record.
type HandAdded struct {
	Shift string
	At    time.Time
}

// HandMore shows an addition to the one who took over.
type HandMore struct {
	Shift, By string
	At        time.Time
	Text      string
}

// HandWaits tells the head or the leaders that nobody takes over.
type HandWaits struct {
	To, Unit, Shift, By string
	At                  time.Time
	Next                []MissingLine
}

// WhoIsMeant asks which person a command is about.
type WhoIsMeant struct {
	Name, Command string
	Items         []string
}

// ReasonNeeded asks for the reason of an entry about somebody else.
type ReasonNeeded struct{ Name, Example string }

// MarkedFor tells a person that somebody vouched for them.
type MarkedFor struct{ Name, By, Shift, Reason string }

// ExcusedMark confirms an excuse; Nobody says that the shift has nobody left.
type ExcusedMark struct {
	Name, Shift, Reason string
	Nobody              bool
}

// ExcusedYou tells a person that their absence was excused.
type ExcusedYou struct{ Name, By, Shift, Reason string }

// Withdrawn confirms that a check-in was taken back.
type Withdrawn struct{ Shift string }

// WithdrawnAbove tells those who had got the all-clear.
type WithdrawnAbove struct{ Name, Unit, Shift string }

// NothingToWithdraw says why nothing is taken back.
type NothingToWithdraw struct{ Within int }

func handovers() []any {
	at := time.Date(2027, 2, 5, 12, 0, 0, 0, time.UTC)
	shift := "Ca đêm 19h00–07h00, T6 05/02"
	r := HandRecord{"Văn phòng", shift, "Nguyễn Văn An", at, "Ổn định.", []string{"SC-2027-0001: mất điện"}, "Lê Thị Bình", "đã rõ", at, []LogLine{{at, "added", "Nguyễn Văn An", "đã có điện", "", ""}}}
	log := ShiftLog{Unit: "Văn phòng", Shift: shift, Earlier: 2}
	for what := range LogWords {
		log.Lines = append(log.Lines, LogLine{at, what, "Nguyễn Văn An", "đã kiểm tra", "Lê Thị Bình", "head"})
	}
	return []any{
		DutyLog{[]ShiftLog{log}, 2}, HandGiven{r, []string{"đ/c Lê Thị Bình"}}, HandOffer{r}, HandTaken{r, true}, HandSealed{shift, "Nguyễn Văn An", "Lê Thị Bình", at, "đã rõ"},
		HandNotYours{shift, []string{"đ/c Lê Thị Bình"}, false}, NothingToTake{}, NoShiftToHand{}, HandAdded{shift, at}, HandMore{shift, "Nguyễn Văn An", at, "đã có điện"},
		HandWaits{"leaders", "Văn phòng", shift, "Nguyễn Văn An", at, []MissingLine{{"Lê Thị Bình", "0912 000 113"}}},
		WhoIsMeant{"Bình", "/vangphep", []string{"/vangphep #binh: lý do – đ/c Lê Thị Bình"}}, ReasonNeeded{"Lê Thị Bình", "/vangphep Lê Thị Bình: con ốm"},
		MarkedFor{"Lê Thị Bình", "Nguyễn Văn An", shift, "điện thoại hỏng"}, ExcusedMark{"Lê Thị Bình", shift, "con ốm", true}, ExcusedYou{"Lê Thị Bình", "Nguyễn Văn An", shift, "con ốm"},
		Withdrawn{shift}, WithdrawnAbove{"Lê Thị Bình", "Văn phòng", shift}, NothingToWithdraw{10},
	}
}
