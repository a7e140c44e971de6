package messages

import "time"

// ReceiptMiss is a person a wave did not reach.
type ReceiptMiss struct{ Name, Phone, Reason string }

// Receipt is how a wave of messages went.
type Receipt struct {
	About, Unit          string
	At                   time.Time
	Total, Sent, Waiting int
	Failed, Late         int // without a name: groups, and what came too late
	Missed               []ReceiptMiss
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
	r := Receipt{"nhắc ca trực", "Văn phòng", at, 130, 126, 1, 1, 1, []ReceiptMiss{{"Lê Thị Bình", "0912 000 113", "đã chặn hệ thống"}, {"Vũ Hà", "", "chưa mở trò chuyện riêng"}}}
	return []any{
		r, Receipts{[]Receipt{r, {About: "sự cố", Unit: "Công an", At: at, Total: 2, Sent: 2}}}, Receipts{},
		DeadLetters{[]DeadLetter{{"A1B2C", "Lê Thị Bình", "0912 000 113", "nhắc ca trực", "đã chặn hệ thống", at}}, 9}, DeadLetters{}, Retried{3}, Retried{},
	}
}
