package messages

import "time"

// RosterAsk asks for the roster file.
type RosterAsk struct{ Unit string }

// RosterRefused says why a file is not read at all.
type RosterRefused struct{ File, Reason string }

// RosterQuestion asks who is meant by a name of a file. Kind: which, short, unknown, phone.
type RosterQuestion struct {
	Kind, Name, Title, Unit string
	Places                  []string
	Times                   int
	Choices                 []string // numbered
	Left                    int      // further questions
}

// RosterChange is one shift a file adds, changes or removes.
type RosterChange struct {
	What               string // added, changed, removed
	Shift, People, Was string
}

// RosterProblem is one thing wrong in a file, with sheet and cell.
type RosterProblem struct {
	Place, Text string
	Fault       bool
}

// GapLine is one thing to be mended in a roster. Kind: those of roster.GapKind.
type GapLine struct {
	Kind, Unit, Shift, Other, Post, Name string
	From, To                             time.Time
}

// GapText is a GapLine by itself.
type GapText struct{ GapLine }

// RosterPreview shows what a file would change, before it does.
type RosterPreview struct {
	File, Unit                          string
	Added, Changed, Removed, Same, Past int
	Lines                               []RosterChange
	More                                int
	Problems                            []RosterProblem
	MoreProblems                        int
	Gaps                                []GapLine
	MoreGaps                            int
	Eves                                []EveLine
	MoreEves                            int
}

// RosterMoved says that the roster changed between the preview and the consent.
type RosterMoved struct{}

// RosterApplied confirms an import; Without names those no private message reaches.
type RosterApplied struct {
	File                    string
	Added, Changed, Removed int
	Without                 []string
}

// RosterForm comes with the workbook to fill in.
type RosterForm struct {
	Unit   string
	Shifts int
	Blank  bool
}

// MyChange is what changed for one person in one shift. Kind: gained, lost, moved, posted, mates.
type MyChange struct {
	Kind, Shift, Was, Post string
	With                   []string
}

// RosterYours tells one person what changed for them.
type RosterYours struct {
	Name, By string
	Lines    []MyChange
	More     int
}

// RosterUnit tells a unit's chat that its roster changed.
type RosterUnit struct {
	Unit, By                string
	Added, Changed, Removed int
}

// UndoAsk asks before a change somebody else made is taken back.
type UndoAsk struct {
	File, By, Unit string
	At             time.Time
}

// NothingToUndo answers an undo without an import before it.
type NothingToUndo struct{}

// UndoRefused says why an import cannot be undone any more.
type UndoRefused struct {
	File, Shift string
	Begun       bool
}

// Undone confirms that an import was taken back.
type Undone struct {
	File string
	At   time.Time
}

// NothingToAgree answers a yes that nothing waits for.
type NothingToAgree struct{}

// rosterLabels are the button words of rosters and check-ins.
func rosterLabels() []string {
	return []string{"undo", "takeover", "refuse", "roster.picture", "roster.book"}
}

func rosters() []any {
	at := time.Date(2027, 2, 5, 12, 0, 0, 0, time.UTC)
	shift := "Ca đêm 19h00–07h00, T6 05/02"
	gap := GapLine{"double", "VH-XH", shift, shift, "trực ban", "Nguyễn Văn An", at, at.Add(time.Hour)}
	eve := EveLine{"Văn phòng", 2027, []Bearer{{"Nguyễn Văn An", []string{"2024", "2026"}, nil, 0}, {"Lê Thị Bình", nil, nil, 0}}}
	return append(append(append(handovers(), swaps()...), persons()...),
		RosterAsk{"Văn phòng"}, RosterRefused{"lich.xlsx", "Không mở được tệp."},
		RosterQuestion{"which", "Bình", "PTP", "Văn phòng", []string{"Lịch, B7"}, 3, []string{"1. Phạm Thanh Bình (Văn phòng)"}, 1},
		GapText{gap},
		RosterPreview{"lich.xlsx", "Văn phòng", 2, 1, 1, 3, 1,
			[]RosterChange{{"added", shift, "đ/c Nguyễn Văn An", ""}, {"changed", shift, "đ/c Nguyễn Văn An", "đ/c Lê Thị Bình"}, {"removed", shift, "đ/c Lê Thị Bình", ""}}, 4,
			[]RosterProblem{{"Lịch, B7", "Ngày ghi không có thật.", true}, {"Lịch, B8", "Số điện thoại cũ.", false}}, 2, []GapLine{gap}, 1, []EveLine{eve}, 1},
		RosterMoved{}, RosterApplied{"lich.xlsx", 2, 1, 1, []string{"đ/c Lê Thị Bình"}}, RosterForm{"Văn phòng", 4, true},
		RosterYours{"Nguyễn Văn An", "Lê Thu Hương", []MyChange{{"gained", shift, "", "trực ban", []string{"đ/c Lê Thị Bình"}}, {"lost", "", shift, "", nil},
			{"moved", shift, shift, "", nil}, {"posted", shift, shift, "trực ban", nil}, {"mates", shift, shift, "", []string{"đ/c Lê Thị Bình"}}}, 2},
		RosterUnit{"Văn phòng", "Lê Thu Hương", 1, 2, 3}, NothingToUndo{}, UndoAsk{"lich.xlsx", "Nguyễn Thị Hoa", "Văn phòng", at}, UndoRefused{"lich.xlsx", shift, true}, Undone{"lich.xlsx", at}, NothingToAgree{},
	)
}
