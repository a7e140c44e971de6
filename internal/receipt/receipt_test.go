package receipt_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"trucban/internal/receipt"
	"trucban/internal/team"
)

var at = time.Date(2027, 2, 5, 12, 0, 0, 0, time.UTC)

func nobody(team.MemberID) bool { return false }

func TestPeopleAndUnitsAreCountedApart(t *testing.T) {
	r := receipt.Receipt{At: at, Lacking: []string{"chi", "an", "@tramyte"}}
	to := map[string]string{"an": "sent", "binh": "blocked", "dung": "waiting", "ha": "needless", "@vhxh": "sent", "@congan": "kicked"}
	want := receipt.Tally{
		People: receipt.Count{Reached: 1, All: 4}, Units: receipt.Count{Reached: 1, All: 3}, Waiting: 1,
		Missed: []receipt.Miss{{"@congan", "kicked"}, {"@tramyte", receipt.NoDoor}, {"binh", "blocked"}, {"chi", receipt.NoDoor}},
	}
	if diff := cmp.Diff(want, r.Count(to, nobody)); diff != "" {
		t.Error(diff)
	}
	got := r.Count(to, func(m team.MemberID) bool { return m == "binh" || m == "an" })
	if got.People != (receipt.Count{Reached: 1, All: 3}) || len(got.Missed) != 3 {
		t.Errorf("with one who came anyway: %+v", got)
	}
}

// TestWhoIsToldWhat walks one wave from the first look to the last.
func TestWhoIsToldWhat(t *testing.T) {
	r := receipt.Receipt{Wave: "watch:a/1", At: at}
	for i, step := range []struct {
		after  time.Duration
		missed []receipt.Miss
		wait   int
		say    bool
		again  time.Duration
	}{
		{5 * time.Minute, nil, 3, false, 10 * time.Minute},
		{10 * time.Minute, []receipt.Miss{{"binh", "blocked"}}, 1, true, 20 * time.Minute},
		{20 * time.Minute, []receipt.Miss{{"binh", "blocked"}}, 0, false, 40 * time.Minute},
		{21 * time.Minute, []receipt.Miss{{"binh", "blocked"}, {"chi", "late"}}, 0, true, 42 * time.Minute},
		{42 * time.Minute, nil, 0, true, 0},
	} {
		now := at.Add(step.after)
		next, say, again := r.Look(receipt.Tally{Missed: step.missed, Waiting: step.wait}, now)
		want := time.Time{}
		if step.again > 0 {
			want = at.Add(step.again)
		}
		if say != step.say || !again.Equal(want) {
			t.Errorf("step %d: says %t, looks again %s; want %t, %s", i, say, again.Sub(at), step.say, step.again)
		}
		r = next
	}
	if _, say, _ := r.Look(receipt.Tally{}, at.Add(time.Hour)); say {
		t.Error("the end is told twice")
	}
	r = r.Again(receipt.Receipt{Wave: "watch:a/2", At: at.Add(time.Hour), By: "huong"})
	if _, say, _ := r.Look(receipt.Tally{}, at.Add(2*time.Hour)); !say {
		t.Error("who sent it hears nothing")
	}
}

// TestANameInTheGroupIsNoNews: who has no private chat is told of by the unit's chat, where that has it.
func TestANameInTheGroupIsNoNews(t *testing.T) {
	r := receipt.Receipt{Wave: "watch:a/1", At: at, Lacking: []string{"chi"}}
	for state, want := range map[string]bool{"sent": false, "kicked": true, "waiting": true} {
		if _, say, _ := r.Look(r.Count(map[string]string{"@vhxh": state}, nobody), at.Add(receipt.After)); say != want {
			t.Errorf("the group is %s: says %t", state, say)
		}
	}
}

// TestTheSameAreNotNamedTwice gives a second wave of one subject that misses the same person.
func TestTheSameAreNotNamedTwice(t *testing.T) {
	missed := receipt.Tally{Missed: []receipt.Miss{{"binh", "blocked"}}}
	r, say, _ := receipt.Receipt{Wave: "watch:a/1", At: at, Lacking: []string{"chi"}}.Look(missed, at.Add(receipt.After))
	if !say {
		t.Fatal("nothing is said")
	}
	r = r.Again(receipt.Receipt{Wave: "watch:a/2", At: at.Add(time.Hour)})
	if _, say, _ := r.Look(missed, at.Add(2*time.Hour)); say || len(r.Lacking) != 0 {
		t.Errorf("told again, or whom another wave lacked: %+v", r)
	}
	other := r.Again(receipt.Receipt{Wave: "watch:a/3", At: at.Add(2 * time.Hour)})
	left := other.Count(map[string]string{"an": "sent"}, nobody)
	if _, say, _ := other.Look(left, at.Add(3*time.Hour)); say || len(left.Left) != 1 {
		t.Errorf("a wave without binh says that binh was reached: %+v", left)
	}
	came := other.Count(map[string]string{"an": "sent"}, func(team.MemberID) bool { return true })
	if _, say, _ := other.Look(came, at.Add(3*time.Hour)); !say {
		t.Error("binh came, and nobody is told")
	}
	same := r.Again(receipt.Receipt{Wave: "watch:a/2", Lacking: []string{"x"}}).Again(receipt.Receipt{Wave: "watch:a/2", Lacking: []string{"x", "y"}})
	if len(same.Lacking) != 2 || !same.At.Equal(at.Add(time.Hour)) {
		t.Errorf("a wave that goes on: %+v", same)
	}
}

// Whatever becomes of a wave, the looks end, each later than the one before, and
// after a word about somebody comes one when nobody is left.
func TestLooksEnd(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r := receipt.Receipt{At: at}
		now, open := at.Add(receipt.After), false
		for n := 0; ; n++ {
			if n > 20 {
				rt.Fatal("the looks do not end")
			}
			var tally receipt.Tally
			for _, who := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "b", "c"}), 0, 3, rapid.ID).Draw(rt, "missed") {
				tally.Missed = append(tally.Missed, receipt.Miss{Whom: who, Reason: "blocked"})
			}
			tally.Waiting = rapid.IntRange(0, 1).Draw(rt, "waiting")
			next, say, again := r.Look(tally, now)
			over := len(tally.Missed) == 0 && tally.Waiting == 0
			if say && over && !open || over && open && !say {
				rt.Fatalf("over, told before: %t, says %t", open, say)
			}
			open = open && !over || say && len(tally.Missed) > 0
			if again.IsZero() {
				return
			}
			if !again.After(now) {
				rt.Fatalf("looks again at %s, now %s", again, now)
			}
			r, now = next, again
		}
	})
}

// TestWhoseMessageWaitsIsOnItsWay: kept back is not lost, is looked at again, and counts
// as sent once it was.
func TestWhoseMessageWaitsIsOnItsWay(t *testing.T) {
	r := receipt.Receipt{Wave: "w", At: at, Held: []string{"@vhxh", "an"}, Until: at.Add(7 * time.Hour), By: "huong"}
	tally := r.Count(map[string]string{"binh": "sent"}, nobody)
	if tally.Held != 2 || tally.Waiting != 2 || tally.People != (receipt.Count{Reached: 1, All: 2}) || len(tally.Missed) != 0 {
		t.Errorf("while it waits: %+v", tally)
	}
	if _, say, again := r.Look(tally, at.Add(receipt.After)); say || again.IsZero() {
		t.Errorf("a word about it: %v, again at %s", say, again)
	}
	tally = r.Count(map[string]string{"binh": "sent", "an": "sent", "@vhxh": "waiting"}, nobody)
	if tally.Held != 0 || tally.Waiting != 1 || tally.People.Reached != 2 {
		t.Errorf("once it is on its way: %+v", tally)
	}
	more := r.Again(receipt.Receipt{Wave: "w", Held: []string{"chi"}, Until: at.Add(time.Hour)})
	if len(more.Held) != 3 || len(r.Held) != 2 || !more.Until.Equal(r.Until) {
		t.Errorf("the wave goes on: %+v", more)
	}
}
