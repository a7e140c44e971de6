package incident

import (
	"fmt"
	"slices"
	"time"
)

// Rung is whom one step of the ladder calls.
type Rung string

// The rungs, in the order they are called.
const (
	RungHead     Rung = "head"     // the unit's head and its people on duty
	RungDuty     Rung = "duty"     // the leader on duty
	RungLeaders  Rung = "leaders"  // the leaders' group
	RungEveryone Rung = "everyone" // everybody above, with phones to be rung by hand
)

// Rungs lists them in order.
var Rungs = []Rung{RungHead, RungDuty, RungLeaders, RungEveryone}

// Times are the ladder of one level, counted from the report (or the reopening).
type Times struct {
	Head     time.Duration
	Duty     time.Duration
	Leaders  time.Duration
	Everyone time.Duration
	Repeat   time.Duration // everyone again, until somebody acknowledges; at least a minute
	Tell     bool          // the leaders are told at once, acknowledged or not
	Idle     time.Duration // an open, acknowledged incident without a word for so long is asked after
}

// at is when the n-th rung is due; a rung is never due before the one below it.
func (t Times) at(n int) time.Duration {
	all := []time.Duration{t.Head, t.Duty, t.Leaders, t.Everyone}
	return max(0, slices.Max(all[:n+1]))
}

// defaultTimes serve levels the policy does not name, so that no gap in the data loses a ladder.
var defaultTimes = map[Level]Times{
	Low:      {Duty: 30 * time.Minute, Leaders: time.Hour, Everyone: 2 * time.Hour, Repeat: 2 * time.Hour, Idle: 12 * time.Hour},
	Medium:   {Duty: 10 * time.Minute, Leaders: 20 * time.Minute, Everyone: 40 * time.Minute, Repeat: 30 * time.Minute, Idle: 4 * time.Hour},
	Serious:  {Duty: 5 * time.Minute, Leaders: 10 * time.Minute, Everyone: 20 * time.Minute, Repeat: 15 * time.Minute, Tell: true, Idle: 2 * time.Hour},
	Critical: {Leaders: 5 * time.Minute, Everyone: 10 * time.Minute, Repeat: 10 * time.Minute, Tell: true, Idle: time.Hour},
}

// DefaultTimes is the ladder used for a level the policy does not name.
func DefaultTimes(l Level) Times {
	if t, ok := defaultTimes[l]; ok {
		return t
	}
	return defaultTimes[Medium]
}

// Policy is what an office decides about its incidents.
type Policy struct {
	Rules  Rules
	Times  map[Level]Times // levels that are missing have DefaultTimes
	Regime string          // legal regime to apply whatever the detection time; "" goes by the time
	// Grace is how late a step may be without being called late; zero is two minutes.
	Grace time.Duration
	// ToClose is how long a resolved incident may wait to be closed before the desk is asked; zero is a day.
	ToClose time.Duration
}

func (p Policy) times(l Level) Times {
	t, ok := p.Times[l]
	if !ok {
		t = DefaultTimes(l)
	}
	t.Repeat = max(t.Repeat, time.Minute)
	if t.Idle <= 0 {
		t.Idle = DefaultTimes(l).Idle
	}
	return t
}

func (p Policy) grace() time.Duration { return orDefault(p.Grace, 2*time.Minute) }

func orDefault(d, def time.Duration) time.Duration {
	if d <= 0 {
		return def
	}
	return d
}

// Ladder is how far the calling got.
type Ladder struct {
	From    time.Time `json:"from"`              // the climb began
	Climb   int       `json:"climb"`             // 1, and one more at every reopening
	Done    int       `json:"done,omitempty"`    // rungs called
	Repeats int       `json:"repeats,omitempty"` // times everyone was called again
	Last    time.Time `json:"last,omitzero"`     // the last time everyone was called
	Told    bool      `json:"told,omitempty"`    // the leaders were told besides the rungs
	Alarmed []string  `json:"alarmed,omitempty"` // whom the calls went to, as the caller names them
	Cleared bool      `json:"cleared,omitempty"` // the all-clear was given
}

// EffectKind says what shall be said.
type EffectKind string

// The closed set of effects.
const (
	Call           EffectKind = "call"            // alarm the people of Rung
	TellLeaders    EffectKind = "tell"            // a grave incident, told to the leaders at once
	AllClear       EffectKind = "all_clear"       // to everyone in To: no need to come any more
	RemindDeadline EffectKind = "remind_deadline" // Deadline comes near
	DeadlineMissed EffectKind = "deadline_missed" // Deadline passed without its report
	Nudge          EffectKind = "nudge"           // nothing heard for long: ask whoever has it
	AskClose       EffectKind = "ask_close"       // resolved long ago: ask the desk to close it
)

// Effect is one thing to say, as a value.
type Effect struct {
	// ID is the same whenever the same state is planned, so that a plan made twice says a thing once.
	ID       string
	Kind     EffectKind
	Rung     Rung          // of a Call
	Repeat   int           // of a Call: 0 the first time
	To       []string      // of an AllClear: exactly the Alarmed
	Why      string        // of an AllClear: "acked", "false_alarm", "merged" or "solved"
	Deadline string        // id of the deadline
	Planned  time.Time     // the moment it was due
	Late     time.Duration // how late it is said; zero within the grace
	Mark     string        // the mark it is only worth saying under, "" for always
}

// Alarmed adds those whom a Call went to; the all-clear goes to exactly them.
func (i Incident) Alarmed(to ...string) Incident {
	list := slices.Clone(i.Ladder.Alarmed)
	for _, t := range to {
		if !slices.Contains(list, t) {
			list = append(list, t)
		}
	}
	i.Ladder.Alarmed = list
	return i
}

// Who a call went to, where that is not its rung.
const (
	CalledCrew = "crew" // the unit's people on duty, in place of its head
	CalledRoom = "room" // the unit's chat, since none of its people could be reached
	CalledDesk = "desk" // the duty desk, since there was nobody else
)

// Called corrects the newest call of a rung by whom it really went to: the name of
// a rung or one of the Called words; "" says that nobody could be reached.
func (i Incident) Called(r Rung, whom string) Incident {
	i.Timeline = slices.Clone(i.Timeline)
	for n := len(i.Timeline) - 1; n >= 0; n-- {
		if e := &i.Timeline[n]; e.What == WhatCalled && e.Text == string(r) {
			if e.Text = whom; whom == "" {
				e.What, e.Text = WhatUnreached, string(r)
			}
			break
		}
	}
	return i
}

// Step says what has to be said by now and when to look again. Planned twice it
// says nothing new; after a standstill it says every rung it owes, as late. The
// next moment is zero only when the incident is closed and nothing is left.
func (i Incident) Step(now time.Time, p Policy) (Incident, []Effect, time.Time) {
	now = now.UTC().Truncate(time.Millisecond)
	s := stepper{i: i.replan(p), now: now, p: p}
	if s.i.Unacked() {
		s.climb()
	} else {
		s.clear()
	}
	if s.i.IsOpen() {
		s.tell()
		s.idle()
	}
	s.deadlines()
	s.i.Next = s.next
	return s.i, s.out, s.next
}

// stepper is the one run of Step.
type stepper struct {
	i    Incident
	now  time.Time
	p    Policy
	out  []Effect
	next time.Time
}

func (s *stepper) say(e Effect) {
	e.ID = fmt.Sprintf("%s/%d/%s", s.i.ID, s.i.Ladder.Climb, e.ID)
	if late := s.now.Sub(e.Planned); late > s.p.grace() {
		e.Late = late
	}
	s.out = append(s.out, e)
}

// look asks to be called again at that moment.
func (s *stepper) look(at time.Time) {
	if s.next.IsZero() || at.Before(s.next) {
		s.next = at
	}
}

func (s *stepper) climb() {
	l, t := &s.i.Ladder, s.p.times(s.i.Level)
	mark := fmt.Sprintf("unacked:%d", l.Climb)
	for l.Done < len(Rungs) {
		at := l.From.Add(t.at(l.Done))
		if at.After(s.now) {
			s.look(at)
			return
		}
		r := Rungs[l.Done]
		s.say(Effect{ID: "call/" + string(r), Kind: Call, Rung: r, Planned: at, Mark: mark})
		s.i = s.i.note(Act{At: s.now}, WhatCalled, string(r))
		l.Done++
		if r == RungEveryone {
			l.Last = s.now
		}
	}
	at := l.Last.Add(t.Repeat)
	if !at.After(s.now) {
		l.Repeats++
		s.say(Effect{ID: fmt.Sprintf("again/%d", l.Repeats), Kind: Call, Rung: RungEveryone, Repeat: l.Repeats, Planned: at, Mark: mark})
		l.Last = s.now
		at = s.now.Add(t.Repeat)
	}
	s.look(at)
}

// clear gives the all-clear once, when somebody was called at all.
func (s *stepper) clear() {
	l := &s.i.Ladder
	if l.Cleared {
		return
	}
	l.Cleared = true
	if l.Done == 0 && len(l.Alarmed) == 0 {
		return
	}
	why := "acked"
	if s.i.State == StateClosed {
		why = string(s.i.Outcome)
	}
	s.say(Effect{ID: "clear", Kind: AllClear, To: slices.Clone(l.Alarmed), Why: why, Planned: s.now})
}

func (s *stepper) tell() {
	l := &s.i.Ladder
	if l.Told || !s.p.times(s.i.Level).Tell {
		return
	}
	l.Told = true
	if l.Done > slices.Index(Rungs, RungLeaders) {
		return // they were called already
	}
	s.say(Effect{ID: "tell", Kind: TellLeaders, Planned: s.now, Mark: "open"})
}

// idle keeps an acknowledged incident from being forgotten.
func (s *stepper) idle() {
	if s.i.Unacked() {
		return
	}
	kind, wait := Nudge, s.p.times(s.i.Level).Idle
	if s.i.State == StateResolved {
		kind, wait = AskClose, orDefault(s.p.ToClose, 24*time.Hour)
	}
	last := s.i.Touched
	if s.i.Nudged.After(last) {
		last = s.i.Nudged
	}
	at := last.Add(wait)
	if !at.After(s.now) {
		s.say(Effect{ID: fmt.Sprintf("%s/%d", kind, at.UnixMilli()), Kind: kind, Planned: at, Mark: "state:" + string(s.i.State)})
		s.i.Nudged = s.now
		at = s.now.Add(wait)
	}
	s.look(at)
}

// Stuck lists the open incidents that nothing would ever look at again: without
// a next moment, or with one that passed longer than grace ago. It is the sweep
// that does not trust the alarm clock.
func Stuck(all []Incident, now time.Time, grace time.Duration) []ID {
	var out []ID
	for _, i := range all {
		if i.IsOpen() && (i.Next.IsZero() || i.Next.Add(grace).Before(now)) {
			out = append(out, i.ID)
		}
	}
	return out
}
