package messages

import "time"

// ReceiptMiss is a person or a unit a wave did not reach.
type ReceiptMiss struct {
	Name, Phone, Reason string
	Unit                bool
}

// Receipt is how a wave of messages went; people and units are counted apart.
// Again: somebody was named as not reached before, and now nobody is left.
type Receipt struct {
	About, ID, Unit  string // ID: of the document or incident
	At               time.Time
	People, OfPeople int
	Units, OfUnits   int
	Waiting, Lost    int
	Missed           []ReceiptMiss
	More             int // of the lost, not named
	Again            bool
	Held             int // kept back until HeldUntil
	HeldUntil        time.Time
}

// Receipts are the newest waves.
type Receipts struct{ Waves []Receipt }

// DeadLetter is a message that was given up.
type DeadLetter struct {
	Code, To, Phone, About, Reason string
	At                             time.Time
}

// DeadLetters lists them.
type DeadLetters struct {
	Letters []DeadLetter
	Total   int
}

// Retried says how many messages are on their way again.
type Retried struct{ N int }

func receipts() []any {
	at := time.Date(2027, 2, 5, 9, 0, 0, 0, time.UTC)
	r := Receipt{"nhắc ca trực", "", "Văn phòng", at, 126, 130, 1, 2, 1, 4, []ReceiptMiss{
		{Name: "Lê Thị Bình", Phone: "0912 000 113", Reason: "đã chặn hệ thống"}, {Name: "Vũ Hà", Reason: "chưa mở trò chuyện riêng"},
		{Name: "Trạm Y tế", Reason: "đơn vị chưa có nhóm", Unit: true},
	}, 1, false, 2, at}
	return []any{
		r, Receipts{[]Receipt{r, {About: "sự cố", ID: "SC-2027-0001", Unit: "Công an", At: at, OfUnits: 2, Units: 2}}}, Receipt{About: "giao nhiệm vụ", Unit: "Công an", At: at, OfUnits: 2, Units: 2, Again: true}, Receipts{},
		DeadLetters{[]DeadLetter{{"A1B2C", "Lê Thị Bình", "0912 000 113", "nhắc ca trực", "đã chặn hệ thống", at}}, 9}, DeadLetters{}, Retried{3}, Retried{},
	}
}
