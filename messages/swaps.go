package messages

import "time"

// SwapLine is a request to change who is on a shift.
type SwapLine struct {
	ID, From, To, Give, Take, Part, Reason, Post string // without From a post nobody holds
	Until                                        time.Time
	Open, Imposed                                bool
}

// SwapHelp lists the shifts one can give away.
type SwapHelp struct {
	Name   string
	Shifts []string
}

// SwapFault says which rule forbids it.
type SwapFault struct {
	Why, Name string
	Shifts    []string // the two that do not go together
}

// SwapAsked confirms a request to who made it.
type SwapAsked struct{ Swap SwapLine }

// SwapAsk asks the other person or, with Decide, the head.
type SwapAsk struct {
	Swap   SwapLine
	Decide bool
}

// SwapWaits confirms a consent that waits for the head.
type SwapWaits struct{ ID string }

// SwapDone confirms the change to the head.
type SwapDone struct {
	Swap    SwapLine
	Without []string
}

// SwapEnded tells that a request came to nothing. State: refused, withdrawn, expired.
type SwapEnded struct {
	Swap      SwapLine
	State, By string
}

func swaps() []any {
	l := SwapLine{"DC-1", "Nguyễn Văn An", "Lê Thị Bình", "Ca đêm 19h00–07h00, T6 05/02", "Ca ngày 07h00–19h00, CN 07/02", "19h00–23h00", "con ốm", "trực ban", time.Date(2027, 2, 5, 12, 0, 0, 0, time.UTC), false, true}
	out := []any{SwapHelp{"Nguyễn Văn An", []string{l.Give}}, SwapAsked{l}, SwapAsk{l, true}, SwapWaits{"DC-1"}, SwapDone{l, []string{"đ/c Lê Thị Bình"}}, SwapEnded{l, "refused", "Lê Thu Hương"}}
	vacant := l
	vacant.From, vacant.To, vacant.Open = "", "", true
	out = append(out, SwapAsked{vacant}, SwapAsk{vacant, false})
	for _, why := range []string{"double", "nights", "leave", "on", "part", "over", "gone", "noshift", "taken", "state", "party", "own", "expired", "same", "who", "take", "novacant", "vacantday"} {
		out = append(out, SwapFault{why, "Phạm Thanh Bình", []string{l.Give, l.Take}})
	}
	return out
}
