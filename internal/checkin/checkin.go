// Package checkin watches one shift: who has said "I am here", who is reminded
// when, and who is told that somebody is missing.
//
// It promises that every step of a shift's plan happens once and in order,
// whatever restarts, repeats or late wake-ups lie between; that the ladder stops
// at the check-in; and that whoever was alarmed gets the all-clear. It decides
// with values only: time is an argument, sending and storing are the bot's.
//
// Default times follow the usual practice of Vietnamese duty offices: reminded
// the evening before at 16:00, 30 minutes before and at the start; on time until
// 15 minutes after the start.
package checkin

import (
	"errors"
	"maps"
	"sort"
	"strings"
	"time"

	"trucban/internal/roster"
	"trucban/internal/team"
)

// Faults of a check-in. The bot answers each with its own sentence.
var (
	ErrNotOnShift = errors.New("person is not on this shift")
	ErrTooEarly   = errors.New("shift is not open for check-in yet")
	ErrAlready    = errors.New("person checked in already")
	ErrEnded      = errors.New("shift is over")
	ErrNoReason   = errors.New("a reason is needed")
	ErrNothing    = errors.New("nothing to undo")
)

// Status is where one person stands on one shift.
type Status string

// The closed set of statuses; the words are the field's own (commands and reports use them).
const (
	Expected Status = "expected" // has not checked in, may still be on time
	Missing  Status = "missing"  // past the grace, before absent
	OnTime   Status = "ontime"   // đúng giờ
	Late     Status = "late"     // muộn
	Absent   Status = "absent"   // vắng
	Excused  Status = "excused"  // vắng có lý do
	Covered  Status = "covered"  // người khác trực thay
)

// Mark is one recorded check-in (or excuse).
type Mark struct {
	Status  Status        `json:"status"`
	At      time.Time     `json:"at"`
	Minutes int           `json:"minutes,omitempty"` // late by, whole minutes begun
	Note    string        `json:"note,omitempty"`
	By      team.MemberID `json:"by,omitempty"`      // who recorded it, when not the person
	Cleared []Level       `json:"cleared,omitempty"` // who was told that an alarm about the person is over
}

// Watch is the aggregate of one shift.
type Watch struct {
	Shift   roster.Shift                  `json:"shift"`
	Marks   map[team.MemberID]Mark        `json:"marks,omitempty"`
	Fired   map[string]time.Time          `json:"fired,omitempty"`   // plan steps already taken, and when
	Alarmed map[team.MemberID][]Level     `json:"alarmed,omitempty"` // who was alarmed about whom and not cleared yet
	Ended   bool                          `json:"ended,omitempty"`
	Log     []Entry                       `json:"log,omitempty"`
	Hand    *Handover                     `json:"hand,omitempty"`
	Waited  []Level                       `json:"waited,omitempty"` // who was told that the handover is not done
	Rounds  map[team.MemberID][]time.Time `json:"rounds,omitempty"` // when each said on a round that all is well
	Said    map[string]bool               `json:"said,omitempty"`   // steps that had something to say
	Woke    time.Time                     `json:"woke,omitzero"`    // when alarms were found overdue that wait now; see Patience
	Heard   time.Time                     `json:"heard,omitzero"`   // alarms planned up to then have waited
	Joined  map[team.MemberID]time.Time   `json:"joined,omitempty"` // since when those stand in who came on after their hours began
}

// New starts the watch of a shift.
func New(s roster.Shift) Watch { return Watch{Shift: s} }

// Took reports whether the step was taken and had something to say: a rung of the
// ladder that found everybody there had not.
func (w Watch) Took(key string) bool { return w.Said[key] }

// Status says where a person stands at the moment.
func (w Watch) Status(m team.MemberID, at time.Time, p Policy) Status {
	if mark, ok := w.Marks[m]; ok {
		return mark.Status
	}
	switch {
	case w.Ended || !at.Before(w.Start(m).Add(p.Absent)) || !at.Before(w.Shift.End):
		return Absent
	case at.After(w.Start(m).Add(p.Grace)):
		return Missing
	}
	return Expected
}

// Pending lists the assigned people without a mark, in the order of the roster.
func (w Watch) Pending() []team.MemberID {
	var out []team.MemberID
	seen := map[team.MemberID]bool{}
	for _, a := range w.Shift.People {
		if _, ok := w.Marks[a.Member]; !ok && !seen[a.Member] {
			out = append(out, a.Member)
			seen[a.Member] = true
		}
	}
	return out
}

// CheckIn records that the person is at the post. at is the platform's own
// timestamp of the message. cleared lists who had been alarmed about this person
// and has to get the all-clear.
func (w Watch) CheckIn(by team.MemberID, at time.Time, note string, p Policy) (next Watch, mark Mark, cleared []Level, err error) {
	if err := w.open(by, at, p); err != nil {
		return w, w.Marks[by], nil, err
	}
	mark = Mark{Status: OnTime, At: at.UTC(), Note: note}
	if late := at.Sub(w.Start(by)); late > p.Grace {
		mark.Status = Late
		mark.Minutes = int((late + time.Minute - 1) / time.Minute)
	}
	next, cleared = w.mark(by, mark)
	return next, mark, cleared, nil
}

// CheckInFor records somebody else's presence, with a reason, marked as such.
func (w Watch) CheckInFor(m, by team.MemberID, at time.Time, reason string, p Policy) (Watch, Mark, []Level, error) {
	if reason == "" {
		return w, Mark{}, nil, ErrNoReason
	}
	next, mark, cleared, err := w.CheckIn(m, at, reason, p)
	if err != nil {
		return w, mark, nil, err
	}
	mark.By, mark.Cleared = by, cleared
	next.Marks[m] = mark
	return next, mark, cleared, nil
}

// Excuse records an absence with a reason; it stops the ladder for the person.
func (w Watch) Excuse(m, by team.MemberID, at time.Time, reason string) (Watch, []Level, error) {
	switch {
	case !w.Shift.Has(m):
		return w, nil, ErrNotOnShift
	case reason == "":
		return w, nil, ErrNoReason
	}
	if _, done := w.Marks[m]; done {
		return w, nil, ErrAlready
	}
	next, cleared := w.mark(m, Mark{Status: Excused, At: at.UTC(), Note: reason, By: by})
	return next, cleared, nil
}

// Undo takes a person's own check-in back within Policy.UndoWithin. told lists who
// had got the all-clear by it: their alarm stands again and they have to be told.
func (w Watch) Undo(m team.MemberID, at time.Time, p Policy) (next Watch, told []Level, err error) {
	mark, ok := w.Marks[m]
	if !ok || mark.By != "" || at.Sub(mark.At) > p.UndoWithin {
		return w, nil, ErrNothing
	}
	next = w.clone()
	delete(next.Marks, m)
	if len(mark.Cleared) > 0 {
		next.Alarmed[m] = append([]Level(nil), mark.Cleared...)
	}
	return next, mark.Cleared, nil
}

func (w Watch) open(by team.MemberID, at time.Time, p Policy) error {
	switch mark, done := w.Marks[by]; {
	case !w.Shift.Has(by):
		return ErrNotOnShift
	case done && mark.Status != Excused:
		return ErrAlready
	case at.Before(w.Start(by).Add(-p.OpenBefore)):
		return ErrTooEarly
	case !at.Before(w.Shift.End):
		return ErrEnded
	}
	return nil
}

func (w Watch) mark(m team.MemberID, mark Mark) (Watch, []Level) {
	next := w.clone()
	cleared := next.Alarmed[m]
	mark.Cleared = cleared
	next.Marks[m] = mark
	delete(next.Alarmed, m)
	return next, cleared
}

// clone copies what decisions change, so that a value handed out stays as it was.
func (w Watch) clone() Watch {
	marks := make(map[team.MemberID]Mark, len(w.Marks)+1)
	for k, v := range w.Marks {
		marks[k] = v
	}
	fired := make(map[string]time.Time, len(w.Fired)+1)
	for k, v := range w.Fired {
		fired[k] = v
	}
	alarmed := make(map[team.MemberID][]Level, len(w.Alarmed)+1)
	for k, v := range w.Alarmed {
		alarmed[k] = append([]Level(nil), v...)
	}
	said := make(map[string]bool, len(w.Said)+1)
	for k := range w.Said {
		said[k] = true
	}
	w.Marks, w.Fired, w.Alarmed, w.Said = marks, fired, alarmed, said
	w.Rounds, w.Joined = maps.Clone(w.Rounds), maps.Clone(w.Joined)
	return w
}

// Replan puts a changed shift under the watch: marks of people who stay are
// kept, steps of the old plan are taken again only when the start, or the end, moved
// later, and new steps that lie in the past are passed over in silence. Whoever comes
// on after their hours began is reminded and waited for from now on.
func (w Watch) Replan(s roster.Shift, now time.Time, p Policy) Watch {
	next := w.clone()
	if s.Start.After(w.Shift.Start) {
		clear(next.Fired)
		clear(next.Said)
	}
	if s.End.After(w.Shift.End) {
		for k := range next.Fired {
			if kind, _, _ := strings.Cut(k, ":"); kind == "end" || kind == string(HandMissing) || kind == string(HandWaits) {
				delete(next.Fired, k)
			}
		}
	}
	known := map[string]bool{}
	for _, st := range w.plan(p) {
		known[st.key] = true
	}
	next = next.noteChange(s, now)
	next.join(s, now)
	next.Shift = s
	for _, st := range next.plan(p) {
		if !known[st.key] && !st.at.After(now) {
			next.Fired[st.key] = now.UTC()
		}
	}
	for m := range next.Marks {
		if !s.Has(m) {
			delete(next.Marks, m)
		}
	}
	for m := range next.Alarmed {
		if !s.Has(m) {
			delete(next.Alarmed, m)
		}
	}
	next.Ended = next.Ended && !s.End.After(now)
	return next
}

// join notes since when those stand in who are new on the shift and whose hours have
// begun: from the next full minute on.
func (w *Watch) join(s roster.Shift, now time.Time) {
	for _, a := range s.People {
		from, to := s.Hours(a)
		at := now.Add(time.Minute - time.Nanosecond).Truncate(time.Minute)
		if w.Shift.Has(a.Member) || from.After(now) || !at.Before(to) {
			continue
		}
		if w.Joined == nil {
			w.Joined = map[team.MemberID]time.Time{}
		}
		w.Joined[a.Member] = at.UTC()
	}
	maps.DeleteFunc(w.Joined, func(m team.MemberID, _ time.Time) bool { return !s.Has(m) })
}

// People lists the assigned persons once each, in roster order.
func (w Watch) People() []team.MemberID {
	var out []team.MemberID
	seen := map[team.MemberID]bool{}
	for _, a := range w.Shift.People {
		if !seen[a.Member] {
			out = append(out, a.Member)
			seen[a.Member] = true
		}
	}
	return out
}

// Duty is the person's first assignment on the shift with its hours.
func (w Watch) Duty(m team.MemberID) (a roster.Assignment, from, to time.Time) {
	start := w.Start(m)
	for _, a := range w.Shift.People {
		if from, to := w.Shift.Hours(a); a.Member == m && !from.After(start) && start.Before(to) {
			return a, start, to
		}
	}
	return roster.Assignment{Member: m}, w.Shift.Start, w.Shift.End
}

// Marked lists the people with a mark, earliest first.
func (w Watch) Marked() []team.MemberID {
	out := make([]team.MemberID, 0, len(w.Marks))
	for m := range w.Marks {
		out = append(out, m)
	}
	sort.Slice(out, func(i, j int) bool {
		a, b := w.Marks[out[i]], w.Marks[out[j]]
		if !a.At.Equal(b.At) {
			return a.At.Before(b.At)
		}
		return out[i] < out[j]
	})
	return out
}
