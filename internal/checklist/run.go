package checklist

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"trucban/internal/cadence"
	"trucban/internal/team"
)

// State is how far a task is in one unit.
type State string

// The closed set of states. StateOverdue is never stored for a task that can
// still be answered: it is what Shown says of an open one past its deadline, and
// what a round that ended unanswered is kept as.
const (
	StateWaiting  State = "waiting" // its first or next round has not opened
	StateTodo     State = "todo"
	StateDoing    State = "doing"
	StateDone     State = "done"
	StateNA       State = "na" // does not apply, with a reason
	StateNeedHelp State = "need_help"
	StateOverdue  State = "overdue"
)

// settled reports whether nothing more is asked for.
func (s State) settled() bool { return s == StateDone || s == StateNA }

// open reports whether an answer is asked for now.
func (s State) open() bool { return s == StateTodo || s == StateDoing || s == StateNeedHelp }

// Evidence is what shows that a task is done.
type Evidence struct {
	Kind     string    `json:"kind"` // "text", "photo", "file", "link"
	Text     string    `json:"text,omitzero"`
	File     string    `json:"file,omitzero"` // id on its platform
	Platform string    `json:"platform,omitzero"`
	By       string    `json:"by,omitzero"`
	At       time.Time `json:"at,omitzero"`
}

// Round is one time a task is asked for: a once task has one, a standing one a
// round per shift, a recurring one a round per moment of its cron or per trigger.
type Round struct {
	Key      string        `json:"key,omitzero"` // shift id, moment or trigger
	Opened   time.Time     `json:"opened,omitzero"`
	Due      time.Time     `json:"due,omitzero"`
	State    State         `json:"state"`
	By       team.MemberID `json:"by,omitzero"`
	At       time.Time     `json:"at,omitzero"`
	Note     string        `json:"note,omitzero"`
	Reason   string        `json:"reason,omitzero"` // of StateNA
	Evidence []Evidence    `json:"evidence,omitzero"`
	// Unseen marks a round that ended before anybody could be shown it, because
	// the bot was down; it is nobody's fault.
	Unseen bool `json:"unseen,omitzero"`
}

// Hold is one snooze.
type Hold struct {
	Stamp
	Until  time.Time `json:"until"`
	Reason string    `json:"reason"`
}

// Refusal is the desk's no to "not applicable".
type Refusal struct {
	Stamp
	Reason string `json:"reason"`
}

// ladder is how far the reminders of one deadline were climbed. Every rung whose
// moment is not after Told was sent or is needless, so that a change of policy
// or a second look repeats nothing.
type ladder struct {
	Base time.Time `json:"base,omitzero"` // rungs count from here: the deadline, or later
	Told time.Time `json:"told,omitzero"`
}

// TaskState is one task in one unit.
type TaskState struct {
	N            int           `json:"n"` // 1..n inside the run, for "xong 3" and buttons
	ID           string        `json:"id"`
	Title        string        `json:"title"`
	Kind         Kind          `json:"kind"`
	Cron         string        `json:"cron,omitzero"`
	Within       time.Duration `json:"within,omitzero"`
	NeedEvidence bool          `json:"need_evidence,omitzero"`
	Dropped      bool          `json:"dropped,omitzero"` // by a later document
	Round
	ladder
	Refused *Refusal `json:"refused,omitzero"`
	Holds   []Hold   `json:"holds,omitzero"`
	Past    []Round  `json:"past,omitzero"` // earlier rounds, oldest first
}

// Shown is the state to show at the moment.
func (t TaskState) Shown(now time.Time) State {
	if t.State.open() && !t.Due.IsZero() && !now.Before(t.Due) {
		return StateOverdue
	}
	return t.State
}

// behind reports whether the unit owes an answer whose deadline has passed.
func (t TaskState) behind(now time.Time) bool {
	return !t.Dropped && t.Shown(now) == StateOverdue
}

// Run is one directive in one unit.
type Run struct {
	Directive string      `json:"directive"`
	Unit      team.UnitID `json:"unit"`
	Title     string      `json:"title"`
	Number    string      `json:"number,omitzero"`
	Issued    time.Time   `json:"issued"`
	Period    Span        `json:"period,omitzero"`
	Urgent    bool        `json:"urgent,omitzero"`
	Received  *Stamp      `json:"received,omitzero"` // "Đã nhận - đã quán triệt"
	Receipt   ladder      `json:"receipt,omitzero"`  // of the receipt
	Tasks     []TaskState `json:"tasks"`
	Vulns     []VulnState `json:"vulns,omitzero"`
	Nudged    time.Time   `json:"nudged,omitzero"` // the last nudge by hand
	Closed    *Stamp      `json:"closed,omitzero"`
	Seq       int         `json:"seq,omitzero"` // counts steps with effects; part of their keys
	Log       []Entry     `json:"log,omitzero"`
}

// Faults of answers; callers map them to words.
var (
	ErrNoTask         = errors.New("no task of that number")
	ErrSettled        = errors.New("the task is settled already")
	ErrNotSettled     = errors.New("the task is not settled")
	ErrReceived       = errors.New("receipt was confirmed already")
	ErrNeedEvidence   = errors.New("the task asks for evidence")
	ErrNeedReason     = errors.New("a reason is needed")
	ErrNotRefusable   = errors.New("only \"not applicable\" can be refused")
	ErrNoDeadline     = errors.New("the task has no deadline to hold")
	ErrHoldTooLong    = errors.New("a snooze ends within a day and lies ahead")
	ErrTooManyHolds   = errors.New("the task was snoozed too often")
	ErrNoVuln         = errors.New("no such vulnerability")
	ErrBadAnswer      = errors.New("an answer is not_used, patched, patching or need_help")
	ErrNeedUntil      = errors.New("patching needs the time until when")
	ErrNotHelpWanted  = errors.New("no help was asked for")
	ErrRaiseNotRaised = errors.New("only a recurring task can be raised")
)

// RunID is the id of a unit's run, "VB-2027-001/tayhieu".
func RunID(directive string, unit team.UnitID) string { return directive + "/" + string(unit) }

// ID is the run's own id.
func (r Run) ID() string { return RunID(r.Directive, r.Unit) }

// newRun numbers the tasks of the unit's groups in the document's order.
func newRun(d Directive, c Choice) Run {
	r := Run{
		Directive: d.ID, Unit: c.Unit, Title: d.Title, Number: d.Number,
		Issued: d.IssuedAt(), Period: d.Period, Urgent: d.Urgent,
	}
	r.Receipt = ladder{Base: r.Issued, Told: r.Issued}
	r.fill(d, c)
	return r
}

// fill appends the tasks and vulnerabilities the run does not have yet.
func (r *Run) fill(d Directive, c Choice) {
	for _, g := range d.Groups {
		if !slices.Contains(c.Groups, g.Number) {
			continue
		}
		for _, t := range g.Tasks {
			if t.Dropped || r.has(t.ID) {
				continue
			}
			r.Tasks = append(r.Tasks, r.newTask(t, g))
		}
	}
	for _, v := range d.Vulns {
		if (v.Task == "" || r.has(v.Task)) && r.vuln(v.ID) < 0 {
			r.Vulns = append(r.Vulns, VulnState{ID: v.ID, About: v.About, Due: v.Due, ladder: ladder{Base: v.Due, Told: r.Issued}})
		}
	}
}

func (r Run) has(id string) bool {
	return slices.ContainsFunc(r.Tasks, func(t TaskState) bool { return t.ID == id })
}

func (r Run) newTask(t Task, g Group) TaskState {
	due := g.DueOf(t)
	s := TaskState{
		N: len(r.Tasks) + 1, ID: t.ID, Title: t.Title, Kind: t.Kind, Cron: t.Cron, Within: t.Within, NeedEvidence: t.NeedEvidence,
		Round: Round{State: StateWaiting}, ladder: ladder{Told: r.Issued},
	}
	if t.Kind == Standing {
		return s
	}
	if t.Kind == Recurring && due.IsZero() {
		if r.comesSoon(t.Cron) {
			return s
		}
		due = g.Due
	}
	s.Round = Round{Opened: r.Issued, Due: due, State: StateTodo}
	s.ladder = ladder{Base: due, Told: r.Issued}
	return s
}

// soon is how far the first round of a recurring task may lie ahead without a
// round from the issue on.
const soon = 48 * time.Hour

// comesSoon reports whether the cron brings a round into the period, and early in
// it. A clause that comes monthly, or whose rhythm is not known, would otherwise
// not be asked for at all in the week of a holiday.
func (r Run) comesSoon(spec string) bool {
	from := r.Issued
	if r.Period.From.After(from) {
		from = r.Period.From
	}
	at := cadence.Cron(spec).Next(from.Add(-time.Nanosecond))
	return spec != "" && !at.IsZero() && r.Period.Covers(at) && at.Sub(from) <= soon
}

// Find reads a task reference: its number in the run ("3") or its id ("1.2").
func (r Run) Find(ref string) (TaskState, error) {
	i, err := r.index(ref)
	if err != nil {
		return TaskState{}, err
	}
	return r.Tasks[i], nil
}

func (r Run) index(ref string) (int, error) {
	ref = strings.TrimSuffix(strings.TrimSpace(ref), ".")
	n, err := strconv.Atoi(ref)
	for i, t := range r.Tasks {
		if (err == nil && t.N == n || err != nil && strings.EqualFold(t.ID, ref)) && !t.Dropped {
			return i, nil
		}
	}
	return 0, ErrNoTask
}

// over reports whether no round of a standing or recurring task opens any more.
func (r Run) over(now time.Time) bool {
	return r.Closed != nil || (!r.Period.To.IsZero() && !now.Before(r.Period.To))
}

// Settled reports whether nothing is owed and nothing will be: every task done
// or not applicable with no round to come, every vulnerability answered for
// good, and the receipt confirmed or needless.
func (r Run) Settled(now time.Time) bool {
	if r.Closed != nil {
		return true
	}
	for _, t := range r.Tasks {
		if t.Dropped || t.State == StateNA {
			continue
		}
		if t.Kind == Once && t.State != StateDone {
			return false
		}
		if t.Kind != Once && (!r.over(now) || t.State.open()) {
			return false
		}
	}
	for _, v := range r.Vulns {
		if !v.Answer.settled() {
			return false
		}
	}
	return true
}

// clone copies what decisions change.
func (r Run) clone() Run {
	r.Tasks = slices.Clone(r.Tasks)
	r.Vulns = slices.Clone(r.Vulns)
	r.Log = slices.Clone(r.Log)
	return r
}

func (r *Run) note(s Stamp, what, task, note string) {
	r.Log = append(r.Log, Entry{Stamp: s, What: what, Task: task, Note: note})
}

// Since lists what was logged after the older value of the same run, for the audit.
func (r Run) Since(old Run) []Entry {
	if len(old.Log) >= len(r.Log) {
		return nil
	}
	return r.Log[len(old.Log):]
}
