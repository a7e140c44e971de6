package messages

import "time"

// Start greets a person the bot knows.
type Start struct{ Name, Unit, Next string }

// StartUnknown greets a person the bot does not know.
type StartUnknown struct {
	Account string
	Ask     bool // the own number can be shared here
}

// GroupHello is said when the bot joins a group.
type GroupHello struct {
	Admitted bool
	Mention  bool // the platform delivers only mentions and replies
	// CommandsOnly says that the bot sees only commands and replies to it, until it is an administrator.
	CommandsOnly bool
}

// Help lists what the person may do.
type Help struct {
	Known    bool
	Admitted bool
	Desk     bool
}

// Cancelled answers /huy.
type Cancelled struct{ Had bool }

// NotLinked refuses an action of somebody the bot does not know.
type NotLinked struct{ Account string }

// NotAdmitted refuses an action in a group nobody admitted.
type NotAdmitted struct{}

// NotAllowed refuses an action and says who may do it.
type NotAllowed struct {
	Need string   // the level in words
	Who  []string // the nearest people who have it
}

// AnonymousSender refuses a check-in by an anonymous administrator or a channel.
type AnonymousSender struct{}

// NotUnderstood answers a private message or a mention that is no command.
type NotUnderstood struct{ Suggest string }

// OldButton answers a press on a button whose subject is gone.
type OldButton struct{}

// Apology answers when something unforeseen went wrong; Ref is in the log.
type Apology struct{ Ref string }

// Admitted tells a group that it now belongs to a unit.
type Admitted struct {
	Unit    string
	Leaders bool
	Mention bool
	// CommandsOnly is as in GroupHello.
	CommandsOnly bool
	Test         bool // for rehearsals only
}

// AdmissionCode tells the desk a code for /ketnoi.
type AdmissionCode struct {
	Code, Unit string
	Until      time.Time
}

// BadCode answers a code that is wrong, used or expired.
type BadCode struct{}

// Linked tells a person that the account is theirs now.
type Linked struct{ Name, Unit string }

// LinkCode tells the desk a code that links a person's account.
type LinkCode struct {
	Name, Code, URL string
	Until           time.Time
}

// Usage says how a command is written.
type Usage struct{ What, Example string }

// Pick asks which of several things is meant.
type Pick struct {
	What  string
	Items []string
}

// Down answers while the database cannot be reached.
type Down struct{ Held bool }

// Gap tells the desk from when to when the bot was deaf.
type Gap struct {
	From, To   time.Time
	Late, Held int
}

// JobFailed tells the desk that something automatic stopped working for one thing.
type JobFailed struct{ Kind, ID string }

// Unreached tells the desk that a message did not arrive.
type Unreached struct{ Who, Where, About, Reason string }

func basics() []any {
	at := time.Date(2027, 2, 5, 12, 2, 0, 0, time.UTC)
	return []any{
		Start{"Nguyễn Văn An", "Văn phòng", "Ca đêm 05/02, 19h00–07h00"}, StartUnknown{"123456", true}, StartUnknown{Account: "123456"},
		GroupHello{true, false, true}, Help{true, true, true},
		Cancelled{true}, NotLinked{"123456"}, NotAdmitted{}, NotAllowed{"quản lý trực", []string{"đ/c Lê Thu Hương"}}, NotAllowed{Need: "quản lý trực"}, AnonymousSender{},
		NotUnderstood{"/ondanh"}, OldButton{}, Apology{"7F3A"}, Admitted{"Văn phòng", false, false, true, false}, Admitted{Unit: "Văn phòng", Test: true},
		AdmissionCode{"482913", "Văn phòng", at}, BadCode{}, Linked{"Nguyễn Văn An", "Văn phòng"},
		LinkCode{"Nguyễn Văn An", "K7P2QX", "https://example.vn", at}, Usage{"Ghi rõ số việc.", "/xong 3"},
		Pick{"Đ/c muốn báo việc nào?", []string{"1. Vá lỗ hổng"}}, Down{true}, Gap{at, at.Add(35 * time.Minute), 2, 1}, JobFailed{"ca trực", "vhxh.270205-1900"},
		Unreached{"Nguyễn Văn An", "Zalo", "nhắc ca", "chặn tin"},
	}
}
