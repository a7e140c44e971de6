package checklist

import (
	"fmt"
	"slices"
	"time"

	"trucban/internal/team"
)

// Kind says how often a task is asked for.
type Kind string

// The closed set of kinds.
const (
	Once      Kind = "once"      // done is done
	Standing  Kind = "standing"  // confirmed anew on each shift of the unit
	Recurring Kind = "recurring" // by cron, or each time it is raised
)

// Known reports whether k is one of the closed set.
func (k Kind) Known() bool { return k == Once || k == Standing || k == Recurring }

// Stamp is who did something and when.
type Stamp struct {
	By team.MemberID `json:"by"`
	At time.Time     `json:"at"`
}

// Phase is how far a directive is.
type Phase string

// Phases of a directive.
const (
	Draft  Phase = "draft"
	Issued Phase = "issued"
	Closed Phase = "closed"
)

// Span is a stretch of time [From, To); a zero side is open.
type Span struct {
	From time.Time `json:"from,omitzero"`
	To   time.Time `json:"to,omitzero"`
}

// Covers reports whether at lies in the span.
func (s Span) Covers(at time.Time) bool {
	return (s.From.IsZero() || !at.Before(s.From)) && (s.To.IsZero() || at.Before(s.To))
}

// Task is one clause of a directive.
type Task struct {
	ID    string    `json:"id"`             // "1.2": group and clause, or whatever the document prints
	Text  string    `json:"text"`           // the clause, word for word
	Title string    `json:"title"`          // at most MaxTitle characters
	Kind  Kind      `json:"kind"`           //
	Due   time.Time `json:"due,omitzero"`   // UTC; zero: the group's, or none
	Cites []string  `json:"cites,omitzero"` // document numbers
	// Evidence lists what would show that it is done, in the desk's words; with
	// NeedEvidence a tick without any is not taken.
	Evidence     []string `json:"evidence,omitzero"`
	NeedEvidence bool     `json:"need_evidence,omitzero"`
	// Cron opens the rounds of a recurring task; each is due Within after it opened,
	// or when the next one opens. A recurring task without Cron opens when raised.
	Cron    string        `json:"cron,omitzero"`
	Within  time.Duration `json:"within,omitzero"`
	Dropped bool          `json:"dropped,omitzero"` // taken out by the desk, kept for the record
}

// Group is the tasks of one audience.
type Group struct {
	Number   string    `json:"number"`
	Audience string    `json:"audience"`     // as the document says it
	Tags     []string  `json:"tags"`         // units with any of these are addressed
	Due      time.Time `json:"due,omitzero"` // for once tasks without their own
	Tasks    []Task    `json:"tasks"`
}

// Vuln is a weakness each unit answers for: a CVE or the document that warned of it.
type Vuln struct {
	ID    string    `json:"id"`
	About string    `json:"about,omitzero"`
	Task  string    `json:"task,omitzero"` // the task that names it
	Due   time.Time `json:"due,omitzero"`
}

// Attachment is a file that travels along with the directive.
type Attachment struct {
	Name     string `json:"name"`
	File     string `json:"file"` // id on its platform
	Platform string `json:"platform,omitzero"`
}

// Choice is one unit the directive goes to, with the groups that address it.
type Choice struct {
	Unit    team.UnitID `json:"unit"`
	Groups  []string    `json:"groups"`
	Added   bool        `json:"added,omitzero"`    // by the desk, not by its tags
	LeftOut bool        `json:"left_out,omitzero"` // by the desk, though its tags fit
}

// Entry is one line of a history. Task is the task's id or a vulnerability's, "" for the whole.
type Entry struct {
	Stamp
	What string `json:"what"`
	Task string `json:"task,omitzero"`
	Note string `json:"note,omitzero"`
}

// Directive is a document turned into tasks for units.
type Directive struct {
	ID          string       `json:"id"` // "VB-2027-001"
	Title       string       `json:"title"`
	Number      string       `json:"number,omitzero"` // the document's own
	Issuer      string       `json:"issuer,omitzero"`
	Dated       time.Time    `json:"dated,omitzero"`  // the document's own date
	Period      Span         `json:"period,omitzero"` // standing and recurring tasks live in it
	Urgent      bool         `json:"urgent,omitzero"` // reminders keep no quiet time
	State       Phase        `json:"state"`
	Groups      []Group      `json:"groups"`
	Vulns       []Vuln       `json:"vulns,omitzero"`
	Attachments []Attachment `json:"attachments,omitzero"`
	Units       []Choice     `json:"units,omitzero"`

	Confirmed *Stamp `json:"confirmed,omitzero"` // cleared by every change of a draft
	Issued    *Stamp `json:"issued,omitzero"`
	Closed    *Stamp `json:"closed,omitzero"`

	Supersedes   []string `json:"supersedes,omitzero"`    // earlier directives this one replaces
	SupersededBy string   `json:"superseded_by,omitzero"` //
	Extends      []string `json:"extends,omitzero"`       // earlier directives this one adds to
	ExtendedBy   []string `json:"extended_by,omitzero"`   //
	History      []Entry  `json:"history,omitzero"`
}

// ID makes the id of the n-th directive of a year, "VB-2027-001".
func ID(year, n int) string { return fmt.Sprintf("VB-%d-%03d", year, n) }

// IssuedAt is when it was issued, zero before that.
func (d Directive) IssuedAt() time.Time {
	if d.Issued == nil {
		return time.Time{}
	}
	return d.Issued.At
}

// Task finds a task and its group by the task's id.
func (d Directive) Task(id string) (Task, Group, bool) {
	g, t, ok := d.locate(id)
	if !ok {
		return Task{}, Group{}, false
	}
	return d.Groups[g].Tasks[t], d.Groups[g], true
}

func (d Directive) locate(id string) (group, task int, ok bool) {
	for i, g := range d.Groups {
		for j, t := range g.Tasks {
			if t.ID == id {
				return i, j, true
			}
		}
	}
	return 0, 0, false
}

// Count is the number of tasks that were not dropped.
func (d Directive) Count() int {
	n := 0
	for _, g := range d.Groups {
		for _, t := range g.Tasks {
			if !t.Dropped {
				n++
			}
		}
	}
	return n
}

// DueOf is the deadline of a task in its group: its own, else, for a task done
// once, the group's. A recurring task with a deadline of its own has a first round
// from the issue to it; one whose rhythm brings none soon has one to the group's.
func (g Group) DueOf(t Task) time.Time {
	if !t.Due.IsZero() || t.Kind != Once {
		return t.Due
	}
	return g.Due
}

// clone copies what decisions change, so that the value decided on stays as it was.
func (d Directive) clone() Directive {
	d.Groups = slices.Clone(d.Groups)
	for i := range d.Groups {
		d.Groups[i].Tasks = slices.Clone(d.Groups[i].Tasks)
	}
	d.Vulns = slices.Clone(d.Vulns)
	d.Units = slices.Clone(d.Units)
	d.History = slices.Clone(d.History)
	d.Supersedes = slices.Clone(d.Supersedes)
	d.Extends = slices.Clone(d.Extends)
	d.ExtendedBy = slices.Clone(d.ExtendedBy)
	return d
}

func (d *Directive) note(s Stamp, what, task, note string) {
	d.History = append(d.History, Entry{Stamp: s, What: what, Task: task, Note: note})
}
