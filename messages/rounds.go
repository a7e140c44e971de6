package messages

import "time"

// RoundAsk asks who is at the post whether all is well; Round is the time of the round.
type RoundAsk struct {
	Name, Shift string
	Round       time.Time
	Late        time.Duration
}

// RoundKept confirms the answer; Next is zero when nothing is asked on this shift any more.
type RoundKept struct {
	At, Next time.Time
	Note     string
}

// RoundNudge reminds of a round without an answer.
type RoundNudge struct {
	Name, Shift string
	Round       time.Time
}

// RoundMissed tells somebody above. To: head, leaders.
type RoundMissed struct {
	To, Unit, Shift string
	People          []MissingLine
	Round, At       time.Time
}

// RoundClear tells those who were told that the person has answered.
type RoundClear struct {
	Name, Unit, Shift string
	At                time.Time
}

// HandMissing tells that a shift was not handed over. To: giver, head, leaders.
type HandMissing struct {
	To, Unit, Shift string
	People          []MissingLine
	At              time.Time
}

func rounds() []any {
	at := time.Date(2027, 2, 5, 14, 0, 0, 0, time.UTC)
	who := []MissingLine{{"Nguyễn Văn An", "0912 000 112"}}
	shift := "Ca đêm 19h00–07h00, T6 05/02"
	out := []any{
		RoundAsk{"Nguyễn Văn An", "Ca đêm", at, time.Hour}, RoundKept{at, at.Add(2 * time.Hour), "mất điện 5 phút"}, RoundKept{At: at}, RoundNudge{"Nguyễn Văn An", "Ca đêm", at},
		RoundClear{"Nguyễn Văn An", "Văn phòng", "Ca đêm", at},
	}
	for _, to := range []string{"giver", "head", "leaders"} {
		out = append(out, RoundMissed{to, "Văn phòng", shift, who, at, at.Add(30 * time.Minute)}, HandMissing{to, "Văn phòng", shift, who, at})
	}
	return out
}
