// Package incident holds what becomes of a reported incident: who knows of it,
// who deals with it, whom to call while nobody does, and which report is due when.
//
// It promises that an incident nobody acknowledged is called upwards until
// somebody does, that an acknowledgement ends the calling for good and is told
// to exactly those who were called, that a late press never undoes a decision
// somebody else made, and that every open incident names a next moment at which
// it wants to be looked at.
//
// It decides with values: no clock, no store, no platform. Whoever a rung of the
// ladder means is resolved outside and written back with Alarmed. The words a
// reader sees (kinds, levels, report deadlines, first-hour steps) are data, read
// by ParseRules; the legal deadlines in that data say themselves how certain they are.
package incident

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"trucban/internal/roster"
	"trucban/internal/team"
)

// ID names an incident: "SC-2027-0001", the year being the local year of the report.
type ID string

// NewID is the id of the n-th incident of the local year of at.
func NewID(at time.Time, n int) ID {
	return ID(fmt.Sprintf("SC-%d-%04d", at.In(roster.Zone).Year(), n))
}

var idPattern = regexp.MustCompile(`(?i)(?:^|[^\pL\pN])sc[\s\-–_]*(?:(20\d\d)[\s\-–_]*)?0*(\d{1,6})(?:[^\pL\pN]|$)`)

// FindID reads the first incident id in the text as people type it ("sc 2027 1", "SC-0001");
// a missing year is the local year of now.
func FindID(text string, now time.Time) (ID, bool) {
	m := idPattern.FindStringSubmatch(text)
	if m == nil {
		return "", false
	}
	n, err := strconv.Atoi(m[2])
	if err != nil || n == 0 {
		return "", false
	}
	year := now.In(roster.Zone).Year()
	if m[1] != "" {
		year, _ = strconv.Atoi(m[1])
	}
	return ID(fmt.Sprintf("SC-%d-%04d", year, n)), true
}

// State is where an incident stands in its life.
type State string

// The closed set of states.
const (
	StateNew      State = "new"      // reported, nobody said they have seen it
	StateAcked    State = "acked"    // somebody has seen it
	StateHandling State = "handling" // somebody works on it
	StateResolved State = "resolved" // the trouble is over, papers may be open
	StateClosed   State = "closed"   // done: solved, a false alarm, or merged
	StateReopened State = "reopened" // it came back; counts as not seen again
)

// Outcome says how a closed incident ended.
type Outcome string

// The closed set of outcomes.
const (
	OutcomeSolved Outcome = "solved"
	OutcomeFalse  Outcome = "false_alarm"
	OutcomeMerged Outcome = "merged" // merged into MergedInto
)

// Level is the office's own scale of severity; it is not the law's.
type Level string

// Levels, lowest first.
const (
	Low      Level = "low"
	Medium   Level = "medium"
	Serious  Level = "serious"
	Critical Level = "critical"
)

// Levels lists all of them, lowest first.
var Levels = []Level{Low, Medium, Serious, Critical}

// Rank is the level's place in Levels, -1 for one that is not known.
func (l Level) Rank() int { return slices.Index(Levels, l) }

// AtLeast reports whether l is not below the other level.
func (l Level) AtLeast(other Level) bool { return l.Rank() >= other.Rank() }

// Act is who did something, when, and from which chat.
type Act struct {
	By   team.MemberID `json:"by,omitempty"` // "" is the system itself
	At   time.Time     `json:"at"`           // the platform's own timestamp, UTC
	From string        `json:"from,omitempty"`
}

func (a Act) stamp() Act {
	a.At = a.At.UTC().Truncate(time.Millisecond)
	return a
}

// What says what an entry of the timeline records.
type What string

// The closed set of entries.
const (
	WhatReported  What = "reported"
	WhatAcked     What = "acked"
	WhatTaken     What = "taken"
	WhatUpdated   What = "updated"
	WhatKind      What = "kind"  // Text is the new kind
	WhatLevel     What = "level" // Text is the new level
	WhatFound     What = "found" // Text is the new detection time, RFC 3339
	WhatSystem    What = "system"
	WhatEvidence  What = "evidence"
	WhatAnswer    What = "answer" // Text is "question: answer"
	WhatTask      What = "task"   // Text is the task of the first hour that was done
	WhatResolved  What = "resolved"
	WhatClosed    What = "closed"
	WhatFalse     What = "false_alarm" // Text is the reason
	WhatMerged    What = "merged"      // Text is "into: reason"
	WhatAdopted   What = "adopted"     // Text is the id of the incident merged into this one
	WhatReopened  What = "reopened"    // Text is the reason
	WhatReal      What = "real"        // what was taken for a drill is none
	WhatCalled    What = "called"      // Text is the rung, or whom it really went to
	WhatUnreached What = "unreached"   // Text is the rung: nobody of it could be reached by a message
	WhatDeadline  What = "deadline"    // Text is the id of the deadline that was met
	WhatMissed    What = "missed"      // Text is the id of the deadline that was not
)

// Entry is one line of the timeline.
type Entry struct {
	Act
	What What   `json:"what"`
	Text string `json:"text,omitempty"`
}

// Evidence is something shown: a picture, a file, somebody else's message.
type Evidence struct {
	Act
	File   string    `json:"file,omitempty"`   // the platform's file id
	Name   string    `json:"name,omitempty"`   // file name
	Text   string    `json:"text,omitempty"`   // the message forwarded or answered
	Sender string    `json:"sender,omitempty"` // its sender's display name
	SentAt time.Time `json:"sent,omitzero"`
	Msg    string    `json:"msg,omitempty"` // message id in the chat of Act.From
}

// Answer is what was said to one of the questions; an empty text is a skip.
type Answer struct {
	Question string `json:"q"`
	Text     string `json:"text,omitempty"`
}

// Incident is the aggregate.
type Incident struct {
	ID         ID            `json:"id"`
	Unit       team.UnitID   `json:"unit"`
	Reporter   team.MemberID `json:"reporter"`
	Kind       string        `json:"kind"` // code of Rules.Kinds, "" while unknown
	KindSet    bool          `json:"kind_set,omitempty"`
	Level      Level         `json:"level"`
	LevelSet   bool          `json:"level_set,omitempty"` // chosen by a person, not proposed from words
	System     string        `json:"system,omitempty"`
	Text       string        `json:"text"`
	State      State         `json:"state"`
	Outcome    Outcome       `json:"outcome,omitempty"`
	ReportedAt time.Time     `json:"reported"`
	FoundAt    time.Time     `json:"found"` // T0 of the legal clock; the report's time unless said otherwise
	FoundSaid  bool          `json:"found_said,omitempty"`
	Drill      bool          `json:"drill,omitempty"`

	AckedBy    team.MemberID `json:"acked_by,omitempty"`
	AckedAt    time.Time     `json:"acked,omitzero"`
	Handler    team.MemberID `json:"handler,omitempty"`
	HandledAt  time.Time     `json:"handled,omitzero"`
	ResolvedBy team.MemberID `json:"resolved_by,omitempty"`
	ResolvedAt time.Time     `json:"resolved,omitzero"`
	ClosedBy   team.MemberID `json:"closed_by,omitempty"`
	ClosedAt   time.Time     `json:"closed,omitzero"`
	Reason     string        `json:"reason,omitempty"` // of a false alarm, a merge or a reopening
	MergedInto ID            `json:"merged_into,omitempty"`
	Children   []ID          `json:"children,omitempty"`
	Reporters  []Reporter    `json:"reporters,omitempty"` // of the incidents merged into this one

	Timeline  []Entry    `json:"timeline"`
	Evidence  []Evidence `json:"evidence,omitempty"`
	Answers   []Answer   `json:"answers,omitempty"`
	Tasks     []Task     `json:"tasks,omitempty"` // the first hour
	Ladder    Ladder     `json:"ladder"`
	Deadlines []Deadline `json:"deadlines,omitempty"`
	Touched   time.Time  `json:"touched"` // last act of a person
	Nudged    time.Time  `json:"nudged,omitzero"`
	Next      time.Time  `json:"next,omitzero"` // as the last Step said
}

// Reporter is somebody who reported an incident that was merged into this one.
type Reporter struct {
	Member team.MemberID `json:"member"`
	Unit   team.UnitID   `json:"unit"`
	ID     ID            `json:"id"`
}

// Report is what an incident begins with. Kind, Level and FoundAt may be empty.
type Report struct {
	ID      ID
	Unit    team.UnitID
	Text    string
	Kind    string
	Level   Level
	System  string
	FoundAt time.Time
	Drill   bool
}

// New begins an incident; an unknown level becomes Medium, a detection time after the report is dropped.
func New(r Report, a Act) Incident {
	a = a.stamp()
	if r.Level.Rank() < 0 {
		r.Level = Medium
	}
	i := Incident{
		ID: r.ID, Unit: r.Unit, Reporter: a.By, Kind: r.Kind, Level: r.Level, System: r.System,
		Text: strings.TrimSpace(r.Text), State: StateNew, ReportedAt: a.At, FoundAt: a.At, Drill: r.Drill,
		Ladder: Ladder{From: a.At, Climb: 1},
	}
	if !r.FoundAt.IsZero() && !r.FoundAt.After(a.At) {
		i.FoundAt, i.FoundSaid = r.FoundAt.UTC().Truncate(time.Millisecond), true
	}
	return i.note(a, WhatReported, i.Text)
}

// IsOpen reports whether the incident is not closed.
func (i Incident) IsOpen() bool { return i.State != StateClosed }

// Unacked reports whether nobody said yet that they have seen it.
func (i Incident) Unacked() bool { return i.State == StateNew || i.State == StateReopened }

// Marks are the conditions that hold now; a message waiting to be sent asks for one of them.
func (i Incident) Marks() []string {
	var out []string
	if i.IsOpen() {
		out = append(out, "open")
	}
	if i.Unacked() {
		out = append(out, fmt.Sprintf("unacked:%d", i.Ladder.Climb))
	}
	if i.IsOpen() {
		out = append(out, "state:"+string(i.State))
	}
	for _, d := range i.Deadlines {
		if d.Open() {
			out = append(out, "deadline:"+d.ID)
		}
	}
	return out
}

// note adds an entry without touching the slice of the incident it was copied from.
func (i Incident) note(a Act, w What, text string) Incident {
	a = a.stamp()
	i.Timeline = append(slices.Clip(i.Timeline), Entry{Act: a, What: w, Text: text})
	if a.By != "" && a.At.After(i.Touched) {
		i.Touched = a.At
	}
	return i
}
