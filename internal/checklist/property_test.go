package checklist_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"trucban/internal/checklist"
	"trucban/internal/roster"
	"trucban/internal/team"
)

// act draws one answer; refused ones leave the run as it was.
func act(rt *rapid.T, r checklist.Run, now time.Time) checklist.Run {
	s := checklist.Stamp{By: "an", At: now}
	ref := fmt.Sprint(rapid.IntRange(1, len(r.Tasks)+1).Draw(rt, "ref"))
	ev := checklist.Evidence{Kind: "text", Text: "x"}
	var next checklist.Run
	var err error
	switch rapid.IntRange(0, 10).Draw(rt, "answer") {
	case 0:
		next, err = r.Receive(s)
	case 1, 2:
		next, err = r.Done(ref, s, "", ev)
	case 3:
		next, err = r.Undo(ref, s)
	case 4:
		next, err = r.NotApplicable(ref, s, "lý do")
	case 5:
		next, err = r.RefuseNA(ref, s, "lý do")
	case 6:
		next, err = r.NeedHelp(ref, s, "")
	case 7:
		next, err = r.Snooze(ref, s, now.Add(time.Duration(rapid.IntRange(1, 1500).Draw(rt, "hold"))*time.Minute), "lý do")
	case 8:
		next, err = r.Raise(ref, fmt.Sprint("k", rapid.IntRange(1, 3).Draw(rt, "key")), s, now.Add(4*time.Hour))
	case 9:
		next, err = r.AnswerVuln("1943/CATTT-NCSC", s, checklist.VulnReply{Answer: checklist.VulnPatching, Until: now.Add(3 * time.Hour)})
	default:
		next, err = r.AnswerVuln("1943/CATTT-NCSC", s, checklist.VulnReply{Answer: checklist.VulnPatched})
	}
	if err != nil {
		return r
	}
	return next
}

// owes reports whether the run waits for an answer by a deadline, other than
// standing tasks, whose next shift takes over.
func owes(r checklist.Run) bool {
	for _, t := range r.Tasks {
		if t.Kind != checklist.Standing && !t.Dropped && !t.Due.IsZero() && !t.Unseen &&
			(t.State == checklist.StateTodo || t.State == checklist.StateDoing || t.State == checklist.StateNeedHelp) {
			return true
		}
	}
	for _, v := range r.Vulns {
		if v.Answer != checklist.VulnPatched && v.Answer != checklist.VulnNotUsed {
			return true
		}
	}
	return false
}

// Whatever people answer and whenever the clock looks, also after outages and a
// store in between: what is owed has a next moment ahead, what is settled has none,
// a second look does nothing, no effect has the key of another, settled tasks are
// not reminded of, and a level is never called before the one below it.
func TestStepProperties(t *testing.T) {
	_, runs := issued(t)
	p := checklist.DefaultPolicy()
	rapid.Check(t, func(rt *rapid.T) {
		unit := rapid.SampledFrom([]team.UnitID{"vp", "kt", "vnm"}).Draw(rt, "unit")
		r := runs[unit]
		r.Urgent = rapid.Bool().Draw(rt, "urgent")
		duty := shifts(t, unit, "04/02/2027", rapid.IntRange(0, 8).Draw(rt, "shifts"))
		now := r.Issued
		seen := map[string]bool{}
		for range rapid.IntRange(1, 30).Draw(rt, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(0, 1200).Draw(rt, "minutes")) * time.Minute)
			if rapid.Bool().Draw(rt, "act") {
				r = act(rt, r, now)
			}
			raw, err := json.Marshal(r)
			if err != nil {
				rt.Fatal(err)
			}
			var stored checklist.Run
			if err := json.Unmarshal(raw, &stored); err != nil {
				rt.Fatal(err)
			}
			before := string(raw)
			next, effects, wake := stored.Step(now, p, duty)
			if raw, _ = json.Marshal(stored); string(raw) != before {
				rt.Fatal("the step changed the value it was made from")
			}
			top := -1
			for _, e := range effects {
				if seen[e.Key] {
					rt.Fatalf("effect %s twice", e.Key)
				}
				seen[e.Key] = true
				if l := slices.Index(checklist.Levels[:], e.To); l < top {
					rt.Fatalf("levels out of order: %+v", effects)
				} else {
					top = l
				}
				for _, n := range e.Tasks {
					task, err := next.Find(fmt.Sprint(n))
					if err == nil && e.Kind == checklist.RemindTasks && (task.State == checklist.StateDone || task.State == checklist.StateNA) {
						rt.Fatalf("reminded of settled task %d", n)
					}
				}
			}
			if _, again, wake2 := next.Step(now, p, duty); len(again) != 0 || !wake2.Equal(wake) {
				rt.Fatalf("a second look at %s did %+v and wakes %s instead of %s", local(now), again, local(wake2), local(wake))
			}
			if !wake.IsZero() && !wake.After(now) {
				rt.Fatalf("wakes %s, now %s", local(wake), local(now))
			}
			if owes(next) && wake.IsZero() {
				rt.Fatalf("something is owed and nobody looks again: %s", before)
			}
			if next.Settled(now) && !wake.IsZero() {
				rt.Fatalf("settled, and wakes %s", local(wake))
			}
			r = next
		}
	})
}

// The ladder of one deadline, looked at only when it asks to be: every rung once, at its time, in order.
func TestLadderOrder(t *testing.T) {
	p := checklist.DefaultPolicy()
	rapid.Check(t, func(rt *rapid.T) {
		issue := at(t, "01/02/2027 00:00").Add(time.Duration(rapid.IntRange(0, 1439).Draw(rt, "issue")) * time.Minute)
		due := issue.Add(time.Duration(rapid.IntRange(60, 6000).Draw(rt, "due")) * time.Minute)
		d, err := checklist.FromPlain("VB-2027-009", checklist.Plain{Title: "x", Groups: []checklist.Group{{
			Number: "1", Tags: []string{"coquan"}, Tasks: []checklist.Task{{Text: "x", Due: due}},
		}}})
		if err != nil {
			rt.Fatal(err)
		}
		d, _ = d.SelectUnits(org(t)).Confirm(checklist.Stamp{By: "desk", At: issue})
		_, runs, err := d.Issue(checklist.Stamp{By: "desk", At: issue})
		if err != nil {
			rt.Fatal(err)
		}
		r, _ := runs[0].Receive(checklist.Stamp{By: "an", At: issue})
		r.Urgent = rapid.Bool().Draw(rt, "urgent")
		now := issue
		var levels []checklist.Level
		var times []time.Time
		for range 12 {
			next, effects, wake := r.Step(now, p, nil)
			for _, e := range effects {
				if e.Late != 0 {
					rt.Fatalf("late although looked at in time: %+v", e)
				}
				levels, times = append(levels, e.To), append(times, now)
				if m := now.In(roster.Zone).Hour()*60 + now.In(roster.Zone).Minute(); !r.Urgent && (m >= 21*60+30 || m < 6*60+30) {
					rt.Fatalf("called at %s, in quiet time", local(now))
				}
			}
			r, now = next, wake
		}
		head := slices.Index(levels, checklist.ToHead)
		leaders := slices.Index(levels, checklist.ToLeaders)
		if head < 1 || leaders != head+1 || levels[head-1] != checklist.ToUnit {
			rt.Fatalf("order: %v", levels)
		}
		if times[head].Before(due) || times[leaders].Sub(times[head]) < time.Hour {
			rt.Fatalf("due %s, head %s, leaders %s", local(due), local(times[head]), local(times[leaders]))
		}
		for _, l := range levels[leaders+1:] {
			if l != checklist.ToUnit {
				rt.Fatalf("after the top: %v", levels)
			}
		}
	})
}
