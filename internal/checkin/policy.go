package checkin

import "time"

// Policy says when things happen; all durations are relative to the shift's start
// unless it says otherwise. What is allowed in it is internal/policy's to say.
type Policy struct {
	EveAt      time.Duration   `json:"eve_at"`      // wall time of the reminder on the day before, since midnight; negative: none
	Before     []time.Duration `json:"before"`      // reminders before the start, e.g. 30m
	AtStart    bool            `json:"at_start"`    // remind at the start
	OpenBefore time.Duration   `json:"open_before"` // check-in opens this long before the start
	Grace      time.Duration   `json:"grace"`       // on time until start+Grace, inclusive
	Ladder     []Rung          `json:"ladder"`      // who is told of a missing person, and when
	Absent     time.Duration   `json:"absent"`      // absent from start+Absent on (still may come late)
	UndoWithin time.Duration   `json:"undo_within"` // a check-in may be taken back this long
	// Handover is who is told of a record nobody took over, since the later of its writing and
	// the shift's end; where HandNeeded, also of a shift that was not handed over, since its end.
	Handover   []Rung `json:"handover"`
	HandNeeded bool   `json:"hand_needed"` // every shift that has a following one is handed over
	Rounds     Rounds `json:"rounds"`
}

// Rounds says when somebody at the post says again that all is well (báo ổn). Who
// has not checked in is not asked: the ladder is about them.
type Rounds struct {
	Every  time.Duration `json:"every"`  // counted from the person's own start; 0: no rounds
	Alone  bool          `json:"alone"`  // only of who is at the post alone at that moment
	Night  bool          `json:"night"`  // only on shifts that cover 02h00
	Ladder []Rung        `json:"ladder"` // who is told of a round nobody answered, since it was asked; the first step ends the grace
	Nudges int           `json:"nudges"` // how often one person is nudged on one shift; then the steps above them speak alone
}

// Rung is one step of a ladder.
type Rung struct {
	After time.Duration `json:"after"`
	Who   Level         `json:"who"`
}

// Level is whom a rung tells.
type Level string

// Levels of a ladder, lowest first.
const (
	ToPerson  Level = "person"  // the person concerned and the unit's group
	ToHead    Level = "head"    // the head of the unit
	ToLeaders Level = "leaders" // the leaders' group, with the phone to ring
)

// Levels lists them, lowest first.
var Levels = [...]Level{ToPerson, ToHead, ToLeaders}

// Rank is the level's place in Levels; -1 when it is none of them.
func (l Level) Rank() int {
	for i, have := range Levels {
		if have == l {
			return i
		}
	}
	return -1
}

// DefaultPolicy is what an office gets that sets nothing: no handover is demanded
// and there are no rounds; where rounds are set, they are for who is alone at night.
func DefaultPolicy() Policy {
	return Policy{
		EveAt: 16 * time.Hour, Before: []time.Duration{30 * time.Minute}, AtStart: true,
		OpenBefore: time.Hour, Grace: 15 * time.Minute,
		Ladder: []Rung{
			{15 * time.Minute, ToPerson}, {30 * time.Minute, ToHead}, {45 * time.Minute, ToLeaders},
		},
		Absent: time.Hour, UndoWithin: 10 * time.Second,
		Handover: []Rung{{15 * time.Minute, ToPerson}, {30 * time.Minute, ToHead}, {time.Hour, ToLeaders}},
		Rounds: Rounds{
			Alone: true, Night: true, Nudges: 3,
			Ladder: []Rung{{15 * time.Minute, ToPerson}, {30 * time.Minute, ToHead}},
		},
	}
}
