package messages

import "time"

// HeldBack tells who brought it about that messages which can wait are kept for later.
type HeldBack struct {
	N     int
	Until time.Time
}

// HeldNews heads what was kept back, one message or several folded into one; From is the time of the first.
type HeldNews struct {
	N    int
	From time.Time
}

func courtesies() []any {
	at := time.Date(2027, 2, 5, 16, 10, 0, 0, time.UTC)
	return []any{HeldBack{3, at.Add(7 * time.Hour)}, HeldNews{1, at}, HeldNews{3, at}}
}
