package checkin_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"trucban/internal/checkin"
	"trucban/internal/roster"
	"trucban/internal/team"
)

// world is one shift as an office lives with it: its roster and its policy change, the
// machine is down for hours, people come, go and keep silent.
type world struct {
	t     *rapid.T
	p     checkin.Policy
	w     checkin.Watch
	now   time.Time
	alarm time.Time // what stands on the clock
	// joined is since when those stand in who came on late: the next full minute.
	joined map[team.MemberID]time.Time
	// owed are alarms that were found overdue and wait for what people sent meanwhile.
	owed []owed
}

type owed struct {
	debt
	until time.Time
}

var everybody = []team.MemberID{"an", "binh", "chi", "dung"}

// debt is something somebody has to be told at a moment, worked out from the roster and
// the policy alone.
type debt struct {
	what string
	at   time.Time
	who  team.MemberID // "" for the shift
	// until is when it is stale; zero: never.
	until time.Time
	level checkin.Level
}

// debts lists what a shift owes. A person's hours begin with the first piece of the shift
// that is theirs, or when they were put on it, if that was later.
func (x *world) debts() []debt {
	s, p := x.w.Shift, x.p
	begins := map[team.MemberID]time.Time{}
	for _, a := range s.People {
		from, _ := s.Hours(a)
		if have, ok := begins[a.Member]; !ok || from.Before(have) {
			begins[a.Member] = from
		}
	}
	var out []debt
	for m, from := range begins {
		if joined, ok := x.joined[m]; ok && joined.After(from) {
			from = joined
		}
		if p.EveAt >= 0 {
			y, mo, d := s.Start.In(roster.Zone).Date()
			out = append(out, debt{"remind", time.Date(y, mo, d-1, 0, 0, 0, 0, roster.Zone).Add(p.EveAt), m, s.Start, ""})
		}
		for _, b := range p.Before {
			out = append(out, debt{"remind", from.Add(-b), m, from, ""})
		}
		if p.AtStart {
			out = append(out, debt{"remind", from, m, from.Add(p.Absent), ""})
		}
		for _, r := range p.Ladder {
			out = append(out, debt{"missing", from.Add(r.After), m, time.Time{}, r.Who})
		}
	}
	out = append(out, debt{"close", s.End, "", time.Time{}, ""})
	if p.HandNeeded && x.w.Hand == nil {
		for _, r := range p.Handover {
			out = append(out, debt{"handover", s.End.Add(r.After), "", s.End.Add(24 * time.Hour), r.Who})
		}
	}
	return out
}

// holds checks what must be true whenever the watch was saved: the clock wakes it before
// anything it owes in future, and never goes off for the past again and again.
func (x *world) holds(after string) {
	x.t.Helper()
	x.alarm = x.w.NextAt(x.p)
	if x.alarm.IsZero() && x.now.Before(x.w.Shift.End) {
		x.t.Fatalf("after %s nothing stands on the clock before the end of the shift", after)
	}
	for _, d := range x.debts() {
		slack := time.Duration(0)
		if d.level != "" {
			slack = checkin.Patience // an alarm may wait for those found overdue before it
		}
		if d.at.After(x.now) && (x.alarm.IsZero() || x.alarm.After(d.at.Add(slack))) {
			x.t.Fatalf("after %s the next look is at %s, but %s of %q is due at %s", after, x.alarm, d.what, d.who, d.at)
		}
	}
}

// look is the clock going off at now, on time or late: everything that fell due since
// the last look and still matters is said, and nothing twice.
func (x *world) look(now time.Time) {
	x.t.Helper()
	before, last := x.w, x.now
	x.now = now
	pending := before.Pending()
	var effects []checkin.Effect
	var next time.Time
	x.w, effects, next = before.Step(now, x.p)
	if again, more, _ := x.w.Step(now, x.p); len(more) > 0 || !cmp.Equal(again, x.w) {
		x.t.Fatal("a second look at the same moment does something")
	}
	if !next.Equal(x.w.NextAt(x.p)) || !next.IsZero() && !next.After(now) {
		x.t.Fatalf("the look at %s names %s as the next", now, next)
	}
	seen := map[string]bool{}
	for _, e := range effects {
		if seen[e.Key] || e.Planned.After(now) {
			x.t.Fatalf("%s is said twice, or before its time", e.Key)
		}
		seen[e.Key] = true
	}
	told := func(m team.MemberID, kinds ...checkin.EffectKind) bool {
		return slices.ContainsFunc(effects, func(e checkin.Effect) bool {
			return slices.Contains(kinds, e.Kind) && (m == "" || slices.Contains(e.Missing, m))
		})
	}
	due := x.owed
	x.owed = nil
	for _, d := range x.debts() {
		if d.at.After(last) && !d.at.After(now) {
			due = append(due, owed{d, now.Add(checkin.Patience)})
		}
	}
	for _, d := range due {
		if !d.debt.until.IsZero() && !now.Before(d.debt.until) {
			continue
		}
		if d.level != "" && now.Before(d.until) && (now.Sub(d.at) > time.Minute || now.Before(x.w.Woke.Add(checkin.Patience))) && !x.alarmed(effects, d.debt) {
			x.owed = append(x.owed, d)
			continue
		}
		switch d.what {
		case "remind":
			if slices.Contains(pending, d.who) && !told(d.who, checkin.RemindEve, checkin.RemindBefore, checkin.RemindStart) {
				x.t.Fatalf("%s is not reminded at %s of %s", d.who, now, d.at)
			}
		case "missing":
			if slices.Contains(pending, d.who) && !x.alarmed(effects, d.debt) {
				x.t.Fatalf("nobody asks at %s for %s, missing since %s", now, d.who, d.at)
			}
		case "close":
			if !told("", checkin.Closed) {
				x.t.Fatalf("the shift that ended at %s is not closed at %s", d.at, now)
			}
		case "handover":
			if x.w.Hand == nil && x.p.HandNeeded && !x.alarmed(effects, d.debt) {
				x.t.Fatalf("nobody asks at %s for the handover due at %s", now, d.at)
			}
		}
	}
	x.holds("a look")
}

// alarmed reports whether one of the effects is the alarm that is owed.
func (x *world) alarmed(effects []checkin.Effect, d debt) bool {
	kind := checkin.Nudge
	if d.what == "handover" {
		kind = checkin.HandMissing
	}
	return slices.ContainsFunc(effects, func(e checkin.Effect) bool {
		return e.Kind == kind && e.Level == d.level && (d.who == "" || slices.Contains(e.Missing, d.who))
	})
}

// happen lets one thing happen at the present moment.
func (x *world) happen() {
	t := x.t
	who := rapid.SampledFrom(everybody).Draw(t, "who")
	what := rapid.SampledFrom([]string{"come", "excuse", "undo", "swap", "part", "join", "leave", "move", "policy", "restart", "hand", "nothing"}).Draw(t, "what")
	s := x.w.Shift
	replan := func(next roster.Shift) {
		for _, a := range next.People {
			at := x.now.Add(59 * time.Second).Truncate(time.Minute)
			if from, to := next.Hours(a); !s.Has(a.Member) && !from.After(x.now) && at.Before(to) {
				x.joined[a.Member] = at
			}
		}
		for m := range x.joined {
			if !next.Has(m) {
				delete(x.joined, m)
			}
		}
		x.w = x.w.Replan(next, x.now, x.p)
	}
	switch what {
	case "come":
		if next, _, _, err := x.w.CheckIn(who, x.now, "", x.p); err == nil {
			x.w = next
		}
	case "excuse":
		if next, _, err := x.w.Excuse(who, "chi", x.now, "ốm"); err == nil {
			x.w = next
		}
	case "undo":
		if next, _, err := x.w.Undo(who, x.now, x.p); err == nil {
			x.w = next
		}
	case "swap", "part":
		if len(s.People) == 0 || !x.now.Before(s.End) {
			return
		}
		part := roster.Part{}
		if what == "part" {
			part.From = s.Start.Add(time.Duration(rapid.IntRange(1, 11).Draw(t, "from")) * time.Hour)
		}
		if next, err := s.Cover(s.People[0].Member, who, part); err == nil {
			replan(next)
		}
	case "join":
		if next, err := s.Fill(roster.PostDuty, who); err == nil && x.now.Before(s.End) {
			replan(next)
		}
	case "leave":
		if len(s.People) > 1 && x.now.Before(s.End) {
			next := s.Clone()
			next.People = next.People[1:]
			replan(next)
		}
	case "move":
		if next := s.Clone(); x.now.Before(s.End) {
			d := time.Duration(rapid.IntRange(-4, 4).Draw(t, "hours")) * time.Hour
			next.Start, next.End = s.Start.Add(d), s.End.Add(d)
			for i := range next.People {
				next.People[i].From, next.People[i].To = time.Time{}, time.Time{}
			}
			if next.End.After(x.now) {
				replan(next)
			}
		}
	case "policy":
		p := randomPolicy(t)
		x.w = x.w.Adjust(x.p, p, x.now)
		x.p = p
	case "hand":
		if next, err := x.w.HandOver(who, x.now, "ổn", nil); err == nil && !x.now.Before(s.Start) {
			x.w = next
		}
	case "restart":
		data, err := json.Marshal(x.w)
		if err != nil {
			t.Fatal(err)
		}
		x.w = checkin.Watch{}
		if err := json.Unmarshal(data, &x.w); err != nil {
			t.Fatal(err)
		}
	}
	if !slices.Contains([]string{"come", "excuse", "undo", "restart", "hand", "nothing"}, what) {
		x.owed = nil // what was owed is worked out anew
	}
	x.holds(what)
}

func randomPolicy(t *rapid.T) checkin.Policy {
	minutes := func(name string, least, most int) time.Duration {
		return time.Duration(rapid.IntRange(least, most).Draw(t, name)) * time.Minute
	}
	p := checkin.DefaultPolicy()
	p.EveAt = minutes("eve", -1, 24*60-1)
	p.Before = nil
	for i := range rapid.IntRange(0, 3).Draw(t, "reminders") {
		p.Before = append(p.Before, minutes(fmt.Sprint("before ", i), 1, 600))
	}
	slices.Sort(p.Before)
	p.Before = slices.Compact(p.Before)
	p.AtStart = rapid.Bool().Draw(t, "at start")
	p.OpenBefore, p.Grace = minutes("open", 0, 120), minutes("grace", 0, 60)
	p.Absent = p.Grace + minutes("absent", 1, 60)
	p.Ladder = randomLadder(t, "ladder", rapid.IntRange(0, 4).Draw(t, "rungs"), 60)
	p.HandNeeded = rapid.Bool().Draw(t, "hand")
	p.Handover = randomLadder(t, "handover", rapid.IntRange(1, 3).Draw(t, "hand rungs"), 60)
	if rapid.Bool().Draw(t, "rounds") {
		p.Rounds.Every, p.Rounds.Alone = minutes("every", 30, 240), rapid.Bool().Draw(t, "alone")
		p.Rounds.Ladder = randomLadder(t, "round", 2, 14)
	}
	return p
}

func randomLadder(t *rapid.T, name string, n, most int) []checkin.Rung {
	var out []checkin.Rung
	at := time.Duration(0)
	for i := range n {
		at += time.Duration(rapid.IntRange(1, most).Draw(t, fmt.Sprint(name, i))) * time.Minute
		out = append(out, checkin.Rung{After: at, Who: checkin.Levels[min(i, len(checkin.Levels)-1)]})
	}
	return out
}

// TestNoShiftWithoutItsNextReminder: over random rosters, policies, changes of both and
// hours of downtime, a shift never sleeps past something it owes somebody; whoever is
// missing is asked for at every step however late the look, and nobody is told twice.
func TestNoShiftWithoutItsNextReminder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := night()
		s.People = nil
		for _, m := range everybody[:rapid.IntRange(1, 3).Draw(t, "people")] {
			a := roster.Assignment{Post: roster.PostDuty, Member: m}
			if rapid.IntRange(0, 3).Draw(t, "a part") == 0 {
				a.From = s.Start.Add(time.Duration(rapid.IntRange(1, 10).Draw(t, "hour")) * time.Hour)
			}
			s.People = append(s.People, a)
		}
		x := &world{t: t, p: randomPolicy(t), w: checkin.New(s), now: s.Start.Add(-40 * time.Hour), joined: map[team.MemberID]time.Time{}}
		x.holds("the first plan")
		for range 120 {
			if x.alarm.IsZero() {
				break
			}
			// The next thing is the alarm, at once or after a downtime, or something that happens before it.
			if gap := x.alarm.Sub(x.now); gap > time.Minute && rapid.IntRange(0, 2).Draw(t, "before the alarm") == 0 {
				x.now = x.now.Add(time.Duration(rapid.Int64Range(1, int64(gap/time.Second)-1).Draw(t, "seconds")) * time.Second)
				x.happen()
				continue
			}
			at := x.alarm
			if at.Before(x.now) {
				at = x.now
			}
			if rapid.IntRange(0, 4).Draw(t, "down") == 0 {
				at = at.Add(time.Duration(rapid.IntRange(1, 400).Draw(t, "minutes")) * time.Minute)
			}
			x.look(at)
			if rapid.Bool().Draw(t, "then") {
				x.happen()
			}
		}
		for !x.alarm.IsZero() {
			x.look(maxTime(x.alarm, x.now))
		}
		if !x.w.Ended {
			t.Fatal("the plan is through and the shift is not closed")
		}
		for key := range x.w.Said {
			if kind, _, _ := strings.Cut(key, ":"); kind == "" {
				t.Fatalf("a step without a name: %q", key)
			}
		}
	})
}
