package web

import (
	"context"
	"errors"
	"time"
)

// ErrForbidden is what Board answers when the person may not see what was asked
// for, or is not known any more.
var ErrForbidden = errors.New("this person may not see it")

// Board gives the data of the board.
type Board interface {
	// View is what the member may see: of the unit asked for, or with no unit of all
	// that is theirs. A unit that is not theirs is ErrForbidden.
	View(ctx context.Context, member string, ask Ask) (BoardView, error)
	// Lang is the language of the pages.
	Lang(ctx context.Context) string
}

// Ask is what of the tree is asked for.
type Ask struct {
	Unit string // "": the member's own
	Find string // a part of a unit's name, looked for below Unit
	Page int    // of the units below, from 0
}

// Light is how something stands.
type Light string

// The lights.
const (
	Green Light = "green"
	Amber Light = "amber"
	Red   Light = "red"
)

// BoardView is everything on the board, in plain values, cut to what a page can
// hold: the More fields count what is left out. Lists are shown in the order given;
// phone numbers are there only where the person may see them.
type BoardView struct {
	Title     string // the organisation
	Scope     string // what part of it this is, "toàn phường" or a unit's name
	Viewer    string // the person's name
	At        time.Time
	Light     Light
	Headline  string     // the point in one line
	Path      []UnitLink // from the top the person may see down to the unit shown
	Below     Below
	Counts    []Count
	Now       []Duty
	Next      []Duty
	Checkins  []Checkin
	Matrices  []Matrix
	Incidents []Incident
	Reports   []Report
	Lost      []Lost
	Health    []Health
	More      More
}

// More is how many are left out of each list.
type More struct{ Now, Next, Checkins, Incidents, Reports int }

// Below are the units below the one shown, worst first: its own, or with Find all
// of its subtree that were found; the page then holds nothing else.
type Below struct {
	Find        string
	Of          int // all of them
	Page, Pages int // from 1
	Units       []UnitRow
}

// UnitLink leads to a unit the person may look at.
type UnitLink struct {
	ID, Name string
}

// UnitRow is one unit with everything below it.
type UnitRow struct {
	UnitLink
	Light   Light
	Present string   // "6/8"; "" where nobody is expected
	Amiss   []string // in words, worst first
}

// Count is one of the figures on top.
type Count struct {
	Label string
	Value string // "6/8"
	Light Light
}

// Duty is one shift with its people.
type Duty struct {
	Unit, Name string
	Start, End time.Time
	People     []DutyPerson
	More       int // people
}

// DutyPerson is one of a shift's people and how they stand.
type DutyPerson struct {
	Name, Post, Phone string
	State             string // "có mặt 07:02", "chưa điểm danh"
	Light             Light
}

// Checkin is one check-in of today.
type Checkin struct {
	At         time.Time // zero: none yet
	Unit, Name string
	State      string // "đúng giờ", "muộn 5 phút", "vắng"
	Light      Light
	Note       string
}

// Matrix is the tasks of one directive by unit.
type Matrix struct {
	Title string
	Tasks []MatrixTask
	Rows  []MatrixRow
	// MoreTasks and MoreRows are left out.
	MoreTasks, MoreRows int
}

// MatrixTask heads one column.
type MatrixTask struct {
	Number, Title string
	Due           time.Time // zero: standing
}

// MatrixRow is one unit; Cells stand under Tasks.
type MatrixRow struct {
	Unit  string
	Done  string // "4/6"
	Cells []Cell
}

// Cell is how one task of one unit stands.
type Cell struct {
	Mark  string // one sign: "✓", "–", "·", "!"
	State string // in words: "xong 09:12, đ/c An"
	Light Light  // "" where the unit has no such task
}

// Incident is an open incident, or one closed today.
type Incident struct {
	ID, Unit, Text string
	Level, State   string
	Owner          string
	Since          time.Time
	Light          Light
}

// Report is a report window and who has filed.
type Report struct {
	Name    string
	Closes  time.Time
	Filed   string // "5/8"
	Missing []string
	More    int // of the missing
	Light   Light
}

// Lost is a message that could not be delivered.
type Lost struct {
	At                time.Time
	To, About, Reason string
}

// Health is the state of one part of the bot.
type Health struct {
	Name, State string
	Light       Light
}
