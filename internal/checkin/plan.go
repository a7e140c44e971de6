package checkin

import (
	"fmt"
	"slices"
	"sort"
	"time"

	"trucban/internal/roster"
	"trucban/internal/team"
)

// EffectKind says what the bot has to do at a step.
type EffectKind string

// The closed set of effects.
const (
	RemindEve    EffectKind = "eve"    // the evening before
	RemindBefore EffectKind = "before" // minutes before the start
	RemindStart  EffectKind = "start"  // the shift begins; the live card is sent
	Nudge        EffectKind = "nudge"  // somebody is missing: tell Level
	MarkAbsent   EffectKind = "absent" // the card shows who is absent
	Closed       EffectKind = "closed" // the shift is over; the card shows the result
	HandWaits    EffectKind = "hand"   // a record waits for the next shift: tell Level
	HandMissing  EffectKind = "give"   // the shift was not handed over: tell Level
	AskRound     EffectKind = "ask"    // the person says whether all is well
	RoundMissed  EffectKind = "miss"   // nobody answered a round: tell Level
)

// Effect is one thing to do now.
type Effect struct {
	Kind    EffectKind
	Key     string          // unique within the shift; part of the outgoing items' ids
	Level   Level           // with Nudge
	Part    bool            // it is about people who begin after the shift did
	Missing []team.MemberID // whom it is about: those of them who have not checked in
	Planned time.Time
	Round   time.Time     // with AskRound and RoundMissed: when the round was planned
	Late    time.Duration // how much later than planned it is done; more than a minute is said
	Until   time.Time     // after this the message is stale
}

type step struct {
	from  time.Time // the start of the people it is about
	key   string
	at    time.Time
	kind  EffectKind
	level Level
	until time.Time
	round round // with AskRound and RoundMissed
}

// plan lists the steps of the shift in order of time.
func (w Watch) plan(p Policy) []step {
	s := w.Shift
	var out []step
	if p.EveAt >= 0 {
		at := s.Date().AddDate(0, 0, -1).Add(p.EveAt)
		out = append(out, step{key: "eve", at: at, kind: RemindEve, until: s.Start})
	}
	for _, from := range w.starts() {
		out = append(out, w.begin(from, p)...)
	}
	out = append(out,
		step{key: "end", at: s.End, kind: Closed, until: s.End.Add(24 * time.Hour)})
	out = append(out, w.handSteps(p)...)
	out = append(out, w.roundSteps(p)...)
	sort.SliceStable(out, func(i, j int) bool { return out[i].at.Before(out[j].at) })
	return out
}

// handSteps are those of a handover that is not done: written and not taken over, or,
// where one is demanded, not even written.
func (w Watch) handSteps(p Policy) []step {
	kind, from := HandWaits, w.Shift.End
	switch {
	case w.Hand.Sealed() || w.Hand == nil && !p.HandNeeded:
		return nil
	case w.Hand == nil:
		kind = HandMissing
	case w.Hand.At.After(from):
		from = w.Hand.At
	}
	out := make([]step, 0, len(p.Handover))
	for i, r := range p.Handover {
		out = append(out, step{key: fmt.Sprintf("%s:%d", kind, i), at: from.Add(r.After), kind: kind, level: r.Who, until: w.Shift.End.Add(24 * time.Hour)})
	}
	return out
}

// begin is the part of the plan about those who begin at from: the start of the
// shift, or a later one where somebody stands for a part of it.
func (w Watch) begin(from time.Time, p Policy) []step {
	var out []step
	suffix := ""
	if !from.Equal(w.Shift.Start) {
		suffix = "@" + from.In(roster.Zone).Format("1504")
	}
	for _, d := range p.Before {
		out = append(out, step{key: "before:" + d.String() + suffix, at: from.Add(-d), kind: RemindBefore, until: from})
	}
	if p.AtStart {
		out = append(out, step{key: "start" + suffix, at: from, kind: RemindStart, until: from.Add(p.Absent)})
	}
	for i, r := range p.Ladder {
		out = append(out, step{key: fmt.Sprintf("ladder:%d%s", i, suffix), at: from.Add(r.After), kind: Nudge, level: r.Who, until: w.Shift.End})
	}
	out = append(out, step{key: "absent" + suffix, at: from.Add(p.Absent), kind: MarkAbsent, until: w.Shift.End})
	for i := range out {
		out[i].from = from
	}
	return out
}

// Start is when the person's own duty on the shift begins; that of the shift for others.
func (w Watch) Start(m team.MemberID) time.Time {
	var first time.Time
	for _, a := range w.Shift.People {
		if a.Member == m {
			if from, _ := w.Shift.Hours(a); first.IsZero() || from.Before(first) {
				first = from
			}
		}
	}
	if first.IsZero() {
		return w.Shift.Start
	}
	if joined := w.Joined[m]; joined.After(first) {
		return joined
	}
	return first
}

// starts lists the moments at which somebody begins, the shift's own first.
func (w Watch) starts() []time.Time {
	out := []time.Time{w.Shift.Start}
	for _, m := range w.People() {
		if at := w.Start(m); !slices.ContainsFunc(out, at.Equal) {
			out = append(out, at)
		}
	}
	return out
}

// pendingFrom lists who begins at from and has no mark; the zero time is everybody.
func (w Watch) pendingFrom(from time.Time) []team.MemberID {
	var out []team.MemberID
	for _, m := range w.Pending() {
		if from.IsZero() || w.Start(m).Equal(from) {
			out = append(out, m)
		}
	}
	return out
}

// Patience is how long alarms that are found overdue wait once: the machine was down,
// and what people sent meanwhile has to be read before anybody is blamed for silence.
const Patience = 30 * time.Second

// overdue is how late an alarm is found for the machine to have been down.
const overdue = time.Minute

// alarms reports whether the step blames somebody for silence.
func (st step) alarms() bool {
	return st.kind == Nudge || st.kind == RoundMissed || st.kind == HandWaits || st.kind == HandMissing
}

// due is when the step is taken: at its time, an overdue alarm after the Patience.
func (w Watch) due(st step) time.Time {
	if until := w.Woke.Add(Patience); st.alarms() && !w.Woke.IsZero() && st.at.After(w.Heard) && st.at.Before(until) {
		return until
	}
	return st.at
}

// wake notes at a look whether the machine was down: whether there are overdue alarms
// that have not waited yet.
func (w *Watch) wake(now time.Time, p Policy) {
	if until := w.Woke.Add(Patience); !w.Woke.IsZero() && !now.Before(until) {
		w.Heard, w.Woke = until, time.Time{}
	}
	if w.Woke.IsZero() && slices.ContainsFunc(w.left(p), func(st step) bool {
		return st.alarms() && now.Sub(st.at) > overdue && st.at.After(w.Heard)
	}) {
		w.Woke = now.UTC()
	}
}

// left lists the steps not taken yet.
func (w Watch) left(p Policy) []step {
	return slices.DeleteFunc(w.plan(p), func(st step) bool { _, done := w.Fired[st.key]; return done })
}

// Step takes every step that is due and says when to look again; the zero time
// means never. Called twice at the same moment it does nothing the second time.
// Reminders that were overtaken by a later one of the same shift are not sent;
// the ladder's steps are all taken, however late.
func (w Watch) Step(now time.Time, p Policy) (Watch, []Effect, time.Time) {
	next := w.clone()
	next.wake(now, p)
	var effects []Effect
	for {
		steps := next.left(p) // a step may bring others with it
		i := slices.IndexFunc(steps, func(st step) bool { return !next.due(st).After(now) })
		if i < 0 {
			next.Ended = next.Ended || len(steps) == 0
			return next, effects, next.NextAt(p)
		}
		st := steps[i]
		next.Fired[st.key] = now.UTC()
		if e, ok := next.take(st, steps[i+1:], now, p); ok {
			effects = append(effects, e)
			next.Said[st.key] = true
		}
	}
}

func (w *Watch) take(st step, rest []step, now time.Time, p Policy) (Effect, bool) {
	if st.kind == AskRound || st.kind == RoundMissed {
		return w.takeRound(st, rest, now, p)
	}
	e := Effect{Kind: st.kind, Key: st.key, Level: st.level, Planned: st.at, Until: st.until}
	if late := now.Sub(st.at); late > time.Minute {
		e.Late = late
	}
	e.Missing = w.pendingFrom(st.from)
	e.Part = !st.from.IsZero() && !st.from.Equal(w.Shift.Start)
	switch st.kind {
	case Nudge:
		if len(e.Missing) == 0 {
			return e, false
		}
		for _, m := range e.Missing {
			w.alarm(m, st.level)
		}
		return e, true
	case Closed:
		w.Ended = true
		return e, true
	case HandWaits, HandMissing:
		if !now.Before(st.until) {
			return e, false
		}
		if !slices.Contains(w.Waited, st.level) {
			w.Waited = append(slices.Clone(w.Waited), st.level)
		}
		return e, true
	case MarkAbsent:
		return e, len(e.Missing) > 0
	}
	if !now.Before(st.until) || overtaken(st, rest, now) {
		return e, false
	}
	if len(e.Missing) == 0 && (st.kind != RemindStart || !st.from.Equal(w.Shift.Start)) {
		return e, false
	}
	return e, true
}

// alarm notes that the level was alarmed about the person.
func (w *Watch) alarm(m team.MemberID, l Level) {
	if !slices.Contains(w.Alarmed[m], l) {
		w.Alarmed[m] = append(w.Alarmed[m], l)
	}
}

// overtaken reports whether a later reminder of the same people is due as well.
func overtaken(of step, rest []step, now time.Time) bool {
	for _, st := range rest {
		if st.at.After(now) {
			return false
		}
		if (st.kind == RemindBefore || st.kind == RemindStart) && (of.from.IsZero() || st.from.Equal(of.from)) {
			return true
		}
	}
	return false
}

// Unsay takes an effect back that turned out to have nothing to say.
func (w Watch) Unsay(e Effect) Watch {
	next := w.clone()
	delete(next.Said, e.Key)
	next.Waited = slices.DeleteFunc(slices.Clone(next.Waited), func(l Level) bool { return l == e.Level })
	return next
}

// Adopt starts the watch of a shift that was made known only now: steps that lie
// in the past are passed over in silence, so that nobody is alarmed for them.
func Adopt(s roster.Shift, now time.Time, p Policy) Watch {
	w := New(s).clone()
	for _, st := range w.plan(p) {
		if !st.at.After(now) {
			w.Fired[st.key] = now.UTC()
		}
	}
	w.Ended = !s.End.After(now)
	return w
}

// Adjust puts the watch under another policy: steps that only the new one has and that
// lie in the past are passed over in silence; those that lie in the future by the new
// times are taken then, whatever was said by the old ones.
func (w Watch) Adjust(was, is Policy, now time.Time) Watch {
	known := map[string]bool{}
	for _, st := range w.plan(was) {
		known[st.key] = true
	}
	next := w.clone()
	for _, st := range next.plan(is) {
		switch _, done := next.Fired[st.key]; {
		case st.at.After(now):
			delete(next.Fired, st.key)
			delete(next.Said, st.key)
		case !done && !known[st.key]:
			next.Fired[st.key] = now.UTC()
		}
	}
	return next
}

// NextAt is the moment at which the first step not taken yet is due; zero when there is none.
func (w Watch) NextAt(p Policy) time.Time {
	var first time.Time
	for _, st := range w.left(p) {
		if at := w.due(st); first.IsZero() || at.Before(first) {
			first = at
		}
	}
	return first
}

// WallDay is the shift's local date as "2006-01-02".
func WallDay(s roster.Shift) string { return s.Start.In(roster.Zone).Format("2006-01-02") }
