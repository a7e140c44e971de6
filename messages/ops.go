package messages

import "time"

// LateItems tells the desk once what was not sent because its time had passed. Lines
// name how many of what and for whom; More is how many are not named.
type LateItems struct {
	Total    int
	From, To time.Time
	Lines    []string
	More     int
}

// SelfCheck tells the desk what the look through all open matters found: those that had no
// alarm and were given one, and those whose alarm nobody took for a quarter of an hour.
type SelfCheck struct {
	Planted, Overdue []string
	More             int
}

// DoorRejected tells the desk that a platform does not accept the bot's token any more.
type DoorRejected struct {
	Door string
	At   time.Time
}

// LogSeal is the day's seal over the log of what was done; Head is the chain's newest link.
type LogSeal struct {
	At   time.Time
	Head string
}

// BotSilent is what the watcher beside the bot tells the leaders. Store says that the
// store is away, Hangs that the program is there and does nothing.
type BotSilent struct {
	Since        time.Time
	Store, Hangs bool
}

// BotBack is the all-clear after BotSilent.
type BotBack struct{ From, To time.Time }

func operations() []any {
	at := time.Date(2027, 2, 5, 12, 0, 0, 0, time.UTC)
	return []any{
		LateItems{7, at, at.Add(20 * time.Minute), []string{"5 nhắc ca – Văn phòng", "2 báo cáo tổng hợp – đ/c Lê Thị Bình"}, 3},
		LateItems{Total: 1, From: at, To: at, Lines: []string{"1 nhắc ca – Văn phòng"}},
		SelfCheck{[]string{"ca trực Văn phòng, Ca đêm"}, []string{"sự cố SC-2027-0001 (muộn 20 phút)"}, 2},
		SelfCheck{Planted: []string{"ca trực Văn phòng, Ca đêm"}}, SelfCheck{Overdue: []string{"sự cố SC-2027-0001"}},
		DoorRejected{"Telegram", at}, LogSeal{at, "3f1c9a5be0d47a11"},
		BotSilent{Since: at}, BotSilent{at, true, false}, BotSilent{at, false, true}, BotBack{at, at.Add(time.Hour)},
	}
}
