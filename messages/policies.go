package messages

import "time"

// RungLine is one step of a ladder. Who: person, head, leaders.
type RungLine struct {
	After time.Duration
	Who   string
}

// PolicyView is what a unit goes by. Clock times are since midnight.
type PolicyView struct {
	Unit      string   // "" for the organisation as a whole
	Own       []string // the fields the unit set itself, as PolicyFault names them
	EveAt     time.Duration
	Eve       bool
	Before    []time.Duration
	AtStart   bool
	Open      time.Duration
	Grace     time.Duration
	Absent    time.Duration
	Ladder    []RungLine
	Hand      bool // a handover is demanded
	Handover  []RungLine
	Every     time.Duration // 0: no rounds
	Alone     bool
	Night     bool
	Rounds    []RungLine
	Nudges    int
	Quiet     bool
	QuietFrom time.Duration
	QuietTo   time.Duration
	Person    int // 0: no limit
	Group     int
}

// PolicySet confirms a change, as it was asked for, by what holds now. Part says what
// of it is shown: remind, checkin, missing, hand, rounds, quiet, or all of it.
type PolicySet struct {
	What   string
	Part   string
	ID     string // of the unit
	Policy PolicyView
}

// PolicyShown answers "/caidat xem"; Inherited says that the unit set nothing itself.
type PolicyShown struct {
	Policy    PolicyView
	Inherited bool
}

// PolicyFault is one thing a policy must not say. Rule: range, growing, level, falling, up, round, absent.
type PolicyFault struct {
	Unit, Field, Rule string
	Step              int
	Min, Max          time.Duration
	Most              int
}

// PolicyRefused says why a policy was not changed. Unread is the part nobody could
// read; NoUnit the name of a unit there is not.
type PolicyRefused struct {
	Unread, NoUnit string
	Faults         []PolicyFault
	Example        string
}

func policies() []any {
	rungs := []RungLine{{15 * time.Minute, "person"}, {30 * time.Minute, "head"}, {time.Hour, "leaders"}}
	p := PolicyView{
		"Phòng VH-XH", []string{"grace", "rounds.every"}, 16 * time.Hour, true, []time.Duration{30 * time.Minute}, true, time.Hour, 15 * time.Minute, time.Hour, rungs,
		true, rungs, 2 * time.Hour, true, true, rungs, 3, true, 22 * time.Hour, 5*time.Hour + 30*time.Minute, 6, 20,
	}
	out := []any{PolicySet{"báo ổn 2 giờ", "rounds", "vhxh", p}, PolicySet{"bỏ riêng vhxh", "", "", PolicyView{}}, PolicyShown{p, true}, PolicyRefused{"2 gi", "abc", nil, "/caidat báo ổn 2 giờ"}}
	for _, rule := range []string{"range", "growing", "level", "falling", "up", "round", "absent"} {
		out = append(out, PolicyRefused{"", "", []PolicyFault{{"Phòng VH-XH", "rounds.ladder", rule, 2, time.Minute, time.Hour, 0}, {"", "before", rule, 0, 0, 0, 5}}, "/caidat báo ổn 2 giờ"})
	}
	return out
}
