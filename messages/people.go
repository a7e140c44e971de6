package messages

import "time"

// PeopleUnit names the people of a unit no message reaches for certain.
type PeopleUnit struct {
	Unit                                   string
	Unlinked, NotStarted, Blocked, NoPhone []string
}

// PeopleMatrix answers /nguoi.
type PeopleMatrix struct {
	Unit         string
	Total, Ready int
	Units        []PeopleUnit
	More         int // units left out
}

// PeopleReport is the daily list; with Period a run of days off begins within days.
type PeopleReport struct {
	PeopleMatrix
	Period   bool
	From, To time.Time
}

// AheadLine is somebody on a coming shift whom no private message reaches.
type AheadLine struct {
	Name, Unit, Shift, Lack, Phone string
	Again                          bool // it was told before
}

// UnreachedAhead warns heads and the desk before the shift.
type UnreachedAhead struct {
	Total int
	Lines []AheadLine
	More  int
}

// ReachedAgain is the all-clear after it.
type ReachedAgain struct{ Name, Unit, Shift string }

// CodeLocked tells an account that it has tried too many wrong codes.
type CodeLocked struct{ Account string }

// CodeGuessing tells the desk of it.
type CodeGuessing struct {
	Account, Name string
	Times         int
	Since         time.Time
}

// ForeignContact refuses a contact card that is not the sender's own.
type ForeignContact struct{ Ask bool }

// LinkOffer offers the person the shared number belongs to.
type LinkOffer struct{ Name, Unit string }

// LinkNoMatch says what to do when a number names nobody for certain. Why: nobody,
// several, typed (name and number do not fit together), declined.
type LinkNoMatch struct{ Why, Account string }

// LinkTaken refuses a second account of a person on one platform.
type LinkTaken struct{ Door string }

// LinkFailed tells the desk of it; Why as in LinkNoMatch, and taken.
type LinkFailed struct {
	Why, Door, Account, Sender, Name, Phone, Member string
	People                                          []string
}

// ClaimNeedsName answers a number typed without a name.
type ClaimNeedsName struct{}

// NothingOffered answers a yes to an offer that is gone.
type NothingOffered struct{}

// AlreadyLinked answers an account that is somebody's already.
type AlreadyLinked struct{ Name, Unit string }

// LinkWaits tells the account that its wish is with the head or, without Head, the desk.
type LinkWaits struct {
	Name, Unit  string
	Head, Again bool
	Until       time.Time
}

// LinkAsk asks the head or the desk. Vouched says that the platform vouches for the number.
type LinkAsk struct {
	Name, Unit, Door, Sender, Phone string
	Vouched                         bool
	Until                           time.Time
}

// LinkGone answers a decision about a wish that is not known.
type LinkGone struct{}

// LinkDecided answers a decision that comes too late. State: linked, refused, late, replaced, or "".
type LinkDecided struct {
	Name, State, By string
	At              time.Time
}

// LinkOvertaken answers a yes after the account or the person was linked otherwise.
type LinkOvertaken struct{ Name, Door, Member string }

// LinkConfirmed and LinkDenied answer who decided.
type LinkConfirmed struct{ Name, Unit, Door string }

// LinkDenied answers who said no.
type LinkDenied struct{ Name string }

// LinkRefused tells the account of the no.
type LinkRefused struct{ Account string }

// LinkLate tells the account that nobody decided.
type LinkLate struct{ Account string }

// AccountAdded tells a person's other chats of a new account.
type AccountAdded struct{ Name, Door, Account string }

// AccountDropped tells a person's other chats that accounts were taken off.
type AccountDropped struct{ Name, Doors, By, Reason string }

// UnlinkAsk asks before the own account is taken off.
type UnlinkAsk struct{ Name, Door string }

// Unlinked tells an account that it is nobody's now. By is empty when the person did it.
type Unlinked struct{ Name, By, Reason string }

// UnlinkedPerson tells the desk, with how the person is reached now.
type UnlinkedPerson struct {
	Name, Unit, By, Reason string
	Left                   int // ways left to reach the person privately
	Next, Phone            string
}

// NothingLinked answers when the person has no such account.
type NothingLinked struct{ Name string }

// NoSuchPerson answers a name nobody has.
type NoSuchPerson struct{ Command string }

// WhichPerson asks which of several people of one name is meant.
type WhichPerson struct{ Items []string }

// PrivateOnly says that a command is for the private chat.
type PrivateOnly struct{ Command string }

// AccountForgotten tells an account that it is not kept any more: no duty for so many days.
type AccountForgotten struct{ Days int }

// DataRetained tells the desk whose number and accounts went, and how many documents were cleared.
type DataRetained struct {
	Days, Docs int
	People     []string
}

// EraseAsk asks a person once more before the request goes to the desk.
type EraseAsk struct {
	Name string
	Days int
}

// EraseWaits confirms the request.
type EraseWaits struct{ Until time.Time }

// EraseDesk asks the desk.
type EraseDesk struct {
	Name, Unit string
	Until      time.Time
}

// EraseGone answers a decision about a request that is not known.
type EraseGone struct{}

// EraseDenied answers the desk's no, EraseRefused tells the person of it.
type EraseDenied struct{ Name string }

// EraseRefused tells the person of the desk's no.
type EraseRefused struct{}

// EraseOnDuty says that shifts have to be taken over first.
type EraseOnDuty struct {
	Name  string
	N     int
	First string
	ID    string
}

// EraseBegun answers the desk's yes.
type EraseBegun struct{ Name string }

// Erased tells the person's accounts.
type Erased struct{}

// EraseDone tells the desk that the work is done.
type EraseDone struct {
	Name string
	Docs int
}

// peopleLabels are the button words about people and accounts.
func peopleLabels() []string {
	return []string{"sharephone", "itsme", "notme", "linkyes", "linkno", "eraseyes", "eraseno", "forgotten"}
}

func persons() []any {
	at := time.Date(2027, 2, 5, 12, 0, 0, 0, time.UTC)
	out := []any{
		ForeignContact{true}, ForeignContact{}, LinkOffer{"Nguyễn Văn An", "Văn phòng"}, LinkTaken{"Telegram"}, ClaimNeedsName{}, NothingOffered{},
		AlreadyLinked{"Nguyễn Văn An", "Văn phòng"}, LinkWaits{"Nguyễn Văn An", "Văn phòng", true, false, at}, LinkWaits{"Nguyễn Văn An", "Văn phòng", false, true, at},
		LinkAsk{"Nguyễn Văn An", "Văn phòng", "Telegram", "An", "0912 000 112", true, at}, LinkAsk{"Nguyễn Văn An", "Văn phòng", "Zalo", "An", "0912 000 112", false, at},
		LinkGone{}, LinkOvertaken{"Nguyễn Văn An", "Telegram", "an"}, LinkConfirmed{"Nguyễn Văn An", "Văn phòng", "Telegram"}, LinkDenied{"Nguyễn Văn An"},
		LinkRefused{"12345"}, LinkLate{"12345"}, AccountAdded{"Nguyễn Văn An", "Zalo", "An"}, AccountDropped{"Nguyễn Văn An", "Zalo", "Nguyễn Thị Hoa", "đổi máy"},
		AccountDropped{Name: "Nguyễn Văn An", Doors: "Zalo"}, UnlinkAsk{"Nguyễn Văn An", "Zalo"}, Unlinked{"Nguyễn Văn An", "Nguyễn Thị Hoa", "đổi máy"}, Unlinked{Name: "Nguyễn Văn An"},
		UnlinkedPerson{"Nguyễn Văn An", "Văn phòng", "Nguyễn Thị Hoa", "đổi máy", 0, "Ca đêm 19h00–07h00, T6 05/02", "0912 000 112"}, UnlinkedPerson{Name: "Nguyễn Văn An", Unit: "Văn phòng", Left: 1},
		NothingLinked{"Nguyễn Văn An"}, NoSuchPerson{"/maghep"}, WhichPerson{[]string{"/maghep an – Nguyễn Văn An, Văn phòng"}}, PrivateOnly{"/boghep"},
	}
	for _, why := range []string{"nobody", "several", "typed", "declined"} {
		out = append(out, LinkNoMatch{why, "12345"})
	}
	for _, why := range []string{"nobody", "several", "typed", "declined", "taken"} {
		out = append(out, LinkFailed{why, "Telegram", "12345", "A B", "Nguyễn Văn An", "0912 000 112", "an", []string{"đ/c Nguyễn Văn An (Văn phòng)"}})
	}
	for _, state := range []string{"linked", "refused", "late", "replaced", ""} {
		out = append(out, LinkDecided{"Nguyễn Văn An", state, "Nguyễn Thị Hoa", at})
	}
	out = append(out, AccountForgotten{180}, DataRetained{180, 12, []string{"Nguyễn Văn An"}}, EraseAsk{"Nguyễn Văn An", 180}, EraseWaits{at}, EraseDesk{"Nguyễn Văn An", "Văn phòng", at}, EraseGone{},
		EraseDenied{"Nguyễn Văn An"}, EraseRefused{}, EraseOnDuty{"Nguyễn Văn An", 2, "Ca đêm 19h00–07h00, T6 05/02", "K1"}, EraseBegun{"Nguyễn Văn An"}, Erased{}, EraseDone{"Nguyễn Văn An", 12})
	matrix := PeopleMatrix{"UBND phường", 9, 8, []PeopleUnit{{Unit: "Văn phòng", Unlinked: []string{"Nguyễn Văn An"}}}, 0}
	ahead := AheadLine{"Nguyễn Văn An", "Văn phòng", "Ca đêm 19h00–07h00, T6 05/02", "đã chặn bot", "0912 000 112", true}
	out = append(out, PeopleReport{PeopleMatrix: matrix}, PeopleReport{matrix, true, at, at.AddDate(0, 0, 8)}, UnreachedAhead{3, []AheadLine{ahead, {Name: "Lê Thị Bình", Unit: "Văn phòng", Shift: ahead.Shift, Lack: "chưa ghép tài khoản"}}, 1}, ReachedAgain{"Nguyễn Văn An", "Văn phòng", ahead.Shift})
	return append(out,
		PeopleMatrix{"UBND phường", 9, 4, []PeopleUnit{{"Văn phòng", []string{"Nguyễn Văn An"}, []string{"Lê Thị Bình"}, []string{"Phạm Văn Cường"}, []string{"Đỗ Thị Dung"}}}, 2},
		CodeLocked{"12345"}, CodeGuessing{"12345", "A B", 5, at},
	)
}
