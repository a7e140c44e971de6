// Package digest rolls the facts of all concepts up into what a leader reads: six
// lines with a light each, what changed since the last time first, and one line
// on a quiet day.
//
// It promises that the same facts give the same summary whatever order they come
// in, that work grows with the number of facts (and the sorting of the few that are
// not in order), and that nothing outside the scope's subtree is counted or named. It computes only:
// the caller gathers the facts in a bounded number of reads and keeps the summary
// for the next comparison.
//
// The facts are plain values of its own, so that a figure on the board, in a chat
// and in a report is counted in one place.
package digest

import (
	"time"

	"trucban/internal/team"
)

// Topic is one of the six lines.
type Topic string

// The six lines, in the order they are read.
const (
	People      Topic = "people"      // present of expected
	Attendance  Topic = "attendance"  // on time, late and missed, by name
	Tasks       Topic = "tasks"       // share of checklists done, units that lag
	Incidents   Topic = "incidents"   // open ones with age and owner
	Reports     Topic = "reports"     // missing and late ones
	Unreachable Topic = "unreachable" // people no message reaches
)

// Topics lists the six in order.
var Topics = [...]Topic{People, Attendance, Tasks, Incidents, Reports, Unreachable}

func (t Topic) rank() int {
	for i, x := range Topics {
		if x == t {
			return i
		}
	}
	return len(Topics)
}

// Light says how bad a line is.
type Light string

// Lights, from good to bad.
const (
	Green Light = "green"
	Amber Light = "amber"
	Red   Light = "red"
)

func (l Light) rank() int {
	switch l {
	case Red:
		return 2
	case Amber:
		return 1
	}
	return 0
}

// worse is the worse of two lights; the zero light counts as green.
func worse(a, b Light) Light {
	if b.rank() > a.rank() {
		return b
	}
	if a == "" {
		return Green
	}
	return a
}

// UnitFact is one unit of the tree; the order of Facts.Units is the order of the totals.
type UnitFact struct {
	ID     team.UnitID
	Name   string
	Parent team.UnitID
}

// PersonFact is a person on a shift.
type PersonFact struct {
	ID      team.MemberID
	Name    string
	Minutes int // late by, of those who came late
}

// ShiftFact is one shift that began in the span.
type ShiftFact struct {
	ID         string // of the shift, for comparison with the last summary
	Unit       team.UnitID
	Name       string
	Start, End time.Time
	Expected   int // people assigned, without those excused
	OnTime     int
	Late       []PersonFact
	Missed     []PersonFact // whose check-in is overdue, or who were absent
}

// RunFact is one directive in one unit.
type RunFact struct {
	Directive string // id
	Title     string // the document's number, or its title
	Unit      team.UnitID
	Settled   int // done or not applicable
	Owed      int // asked for so far
	Overdue   int // past their deadline
	Help      int // the unit asked for help
	Received  bool
}

// IncidentFact is one incident that is open, or was closed in the span.
type IncidentFact struct {
	ID      string
	Kind    string // label
	Level   string // label
	Unit    team.UnitID
	Since   time.Time
	Owner   string // name of who has it; "" nobody yet
	State   string
	Open    bool
	Grave   bool // serious or worse
	Waiting bool // nobody acknowledged it
}

// ReportFact is what one unit owes in one report window whose deadline lies in the span.
type ReportFact struct {
	Window string // id and deadline
	Name   string
	Unit   team.UnitID
	Closes time.Time
	Filed  bool
	Late   bool
	None   bool // "không có sự cố"
}

// UnreachableFact is a person no message reaches.
type UnreachableFact struct {
	ID     team.MemberID
	Unit   team.UnitID
	Name   string
	Reason string
	Since  time.Time
	OnDuty bool // on a shift now or next
}

// Facts is everything a summary is made from.
type Facts struct {
	Scope       team.UnitID // top of the subtree; "" the whole tree
	From        time.Time
	Units       []UnitFact
	Shifts      []ShiftFact
	Runs        []RunFact
	Incidents   []IncidentFact
	Reports     []ReportFact
	Unreachable []UnreachableFact
	// Alphabet, when it is known, spares asking the alphabet again; the result is the same.
	Alphabet *Alphabet
}

// Count is the totals of a summary or of one unit.
type Count struct {
	Shifts   int `json:"shifts"`
	Expected int `json:"expected"`
	OnTime   int `json:"on_time"`
	Late     int `json:"late"`
	Missed   int `json:"missed"`

	Settled    int `json:"settled"`
	Owed       int `json:"owed"`
	Overdue    int `json:"overdue"`
	Help       int `json:"help"`
	Laggards   int `json:"laggards"`   // units with anything overdue
	Unreceived int `json:"unreceived"` // runs whose receipt was not confirmed

	Open    int `json:"open"`    // incidents
	Waiting int `json:"waiting"` // of them not acknowledged
	Closed  int `json:"closed"`

	Asked   int `json:"asked"` // reports
	Missing int `json:"missing"`
	Tardy   int `json:"tardy"`
	None    int `json:"none"`

	Unreachable int `json:"unreachable"`
}

// Present is everybody who checked in.
func (c Count) Present() int { return c.OnTime + c.Late }

// Pending is everybody expected who is neither present nor missed yet.
func (c Count) Pending() int { return max(0, c.Expected-c.Present()-c.Missed) }

// Percent is the settled share of the tasks asked for, rounded down; 100 when none was.
func (c Count) Percent() int {
	if c.Owed == 0 {
		return 100
	}
	return c.Settled * 100 / c.Owed
}

// Item is one thing that is not as it should be.
type Item struct {
	Key     string      `json:"key"` // the same in the next summary
	Topic   Topic       `json:"topic"`
	Light   Light       `json:"light"`
	Unit    team.UnitID `json:"unit"`
	Name    string      `json:"unit_name"`
	Subject string      `json:"subject"`          // a person, a directive, an incident's id, a report's name
	State   string      `json:"state"`            // "late", "missed", "overdue", "help", "unreceived", "missing", an incident's own
	N       int         `json:"n,omitzero"`       // minutes late, tasks overdue
	Since   time.Time   `json:"since,omitzero"`   // for the age
	Owner   string      `json:"owner,omitzero"`   // of an incident
	Kind    string      `json:"kind,omitzero"`    // of an incident
	Level   string      `json:"level,omitzero"`   // of an incident
	Reason  string      `json:"reason,omitzero"`  // of an unreachable person
	Context string      `json:"context,omitzero"` // the shift, the directive's id, the window
}

// Line is one of the six lines.
type Line struct {
	Topic Topic  `json:"topic"`
	Light Light  `json:"light"`
	Items []Item `json:"items,omitzero"` // red first, then by unit and name
}

// ChangeKind says how an item changed.
type ChangeKind string

// The closed set of changes.
const (
	Appeared ChangeKind = "new"
	Altered  ChangeKind = "changed"
	Resolved ChangeKind = "gone"
)

// Change is one item that is not as it was in the last summary.
type Change struct {
	Kind ChangeKind `json:"change"`
	Item Item       `json:"item"`
	Was  *Item      `json:"was,omitzero"` // with Altered
}

// UnitCount is the totals of one unit.
type UnitCount struct {
	Unit  team.UnitID `json:"unit"`
	Name  string      `json:"name"`
	Light Light       `json:"light"`
	Count Count       `json:"count"`
}

// Summary is what a leader reads.
type Summary struct {
	Scope   team.UnitID `json:"scope,omitzero"`
	From    time.Time   `json:"from"`
	At      time.Time   `json:"at"`
	Light   Light       `json:"light"`
	Quiet   bool        `json:"quiet"`   // all green and nothing changed: one line
	First   bool        `json:"first"`   // there was none to compare with
	Changes []Change    `json:"changes"` // worst first
	Count   Count       `json:"count"`
	Was     *Count      `json:"was,omitzero"` // of the last summary
	Lines   []Line      `json:"lines"`        // the six, in order
	Units   []UnitCount `json:"units,omitzero"`
}

// Compact is the summary without what the next comparison does not need.
func (s Summary) Compact() Summary {
	s.Units, s.Changes, s.Was = nil, nil, nil
	return s
}

// Line is the line of a topic.
func (s Summary) Line(t Topic) Line {
	for _, l := range s.Lines {
		if l.Topic == t {
			return l
		}
	}
	return Line{Topic: t, Light: Green}
}

// Of lists the items of one unit, for drilling down.
func (s Summary) Of(u team.UnitID) []Item {
	var out []Item
	for _, l := range s.Lines {
		for _, it := range l.Items {
			if it.Unit == u {
				out = append(out, it)
			}
		}
	}
	return out
}
