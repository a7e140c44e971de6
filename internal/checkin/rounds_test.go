package checkin_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"trucban/internal/checkin"
	"trucban/internal/roster"
	"trucban/internal/team"
)

// guarded is a policy with a round every two hours: grace 15 minutes, the head at 30.
func guarded() checkin.Policy {
	p := checkin.DefaultPolicy()
	p.EveAt, p.Before, p.AtStart, p.Ladder = -1, nil, false, nil
	p.Rounds.Every = 2 * time.Hour
	return p
}

// alone is the night shift with one person, who is there.
func alone(t testing.TB, p checkin.Policy) checkin.Watch {
	t.Helper()
	s := night()
	s.People = s.People[:1]
	w, _, _, err := checkin.New(s).CheckIn("an", s.Start, "", p)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// late is a look after a downtime, and the one that follows when the alarms have waited.
func late(w checkin.Watch, at time.Time, p checkin.Policy) (checkin.Watch, []checkin.Effect) {
	w, effects, _ := w.Step(at, p)
	w, more, _ := w.Step(at.Add(checkin.Patience), p)
	return w, append(effects, more...)
}

// walk lets the clock go off until the plan is through, or until the bound, and lists
// what was said about rounds as "21:00 ask an".
func walk(w checkin.Watch, p checkin.Policy, until time.Time) (checkin.Watch, []string) {
	var out []string
	for at := w.NextAt(p); !at.IsZero() && !at.After(until); at = w.NextAt(p) {
		var effects []checkin.Effect
		w, effects, _ = w.Step(at, p)
		for _, e := range effects {
			if who := checkin.Asked(e.Key); who != "" {
				line := fmt.Sprintf("%s %s %s", at.In(roster.Zone).Format("15:04"), e.Kind, who)
				if e.Level != "" {
					line += " " + string(e.Level)
				}
				out = append(out, line)
			}
		}
	}
	return w, out
}

func TestRoundsOfANight(t *testing.T) {
	p := guarded()
	p.Rounds.Nudges = 2
	_, got := walk(alone(t, p), p, night().End)
	want := []string{
		"21:00 ask an", "21:15 miss an person", "21:30 miss an head", "23:00 ask an", "23:15 miss an person", "23:30 miss an head",
		"01:00 ask an", "01:30 miss an head", "03:00 ask an", "03:30 miss an head", "05:00 ask an", "05:30 miss an head", // the budget of two is spent
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestWhoIsAskedForRounds: only who is there, alone where the policy says so, by night
// where it says so, in the own hours.
func TestWhoIsAskedForRounds(t *testing.T) {
	p := guarded()
	p.Rounds.Ladder = nil
	in := func(w checkin.Watch, m team.MemberID, at time.Time) checkin.Watch {
		next, _, _, err := w.CheckIn(m, at, "", p)
		if err != nil {
			t.Fatal(err)
		}
		return next
	}
	s := night()
	two := checkin.New(s)
	day := s.Clone()
	day.Start, day.End = s.Start.Add(12*time.Hour), s.End.Add(12*time.Hour)
	cut := s.Start.Add(4 * time.Hour)
	split := s.Clone()
	split.People = []roster.Assignment{{Member: "an", To: cut}, {Member: "binh", From: cut}}
	for name, c := range map[string]struct {
		w    checkin.Watch
		set  func(*checkin.Policy)
		want []string
	}{
		"nobody is there":           {two, nil, nil},
		"the other one is not":      {in(two, "an", s.Start), nil, []string{"21:00 ask an", "23:00 ask an", "01:00 ask an", "03:00 ask an", "05:00 ask an"}},
		"both are there":            {in(in(two, "an", s.Start), "binh", s.Start), nil, nil},
		"both, and not only alone":  {in(in(two, "an", s.Start), "binh", s.Start), func(p *checkin.Policy) { p.Rounds.Alone, p.Rounds.Every = false, 5*time.Hour }, []string{"00:00 ask an", "00:00 ask binh", "05:00 ask an", "05:00 ask binh"}},
		"by day":                    {in(checkin.New(day), "an", day.Start), nil, nil},
		"by day, and not only then": {in(checkin.New(day), "an", day.Start), func(p *checkin.Policy) { p.Rounds.Night, p.Rounds.Every = false, 6*time.Hour }, []string{"13:00 ask an"}},
		"each in their own hours":   {in(in(checkin.New(split), "an", s.Start), "binh", cut), nil, []string{"21:00 ask an", "01:00 ask binh", "03:00 ask binh", "05:00 ask binh"}},
		"no rounds":                 {in(two, "an", s.Start), func(p *checkin.Policy) { p.Rounds.Every = 0 }, nil},
		"none near the end":         {in(two, "an", s.Start), func(p *checkin.Policy) { p.Rounds.Every = 11 * time.Hour }, nil},
	} {
		q := p
		if c.set != nil {
			c.set(&q)
		}
		if _, got := walk(c.w, q, c.w.Shift.End); !cmp.Equal(got, c.want) {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// TestAWordAtTheBoundary: a word counts for the round it comes a quarter of the interval
// before, to the millisecond, and stops the ladder of the one that was asked.
func TestAWordAtTheBoundary(t *testing.T) {
	p, s := guarded(), night()
	first := s.Start.Add(p.Rounds.Every)
	early := p.Rounds.Early()
	for after, asked := range map[time.Duration]bool{-early - time.Millisecond: true, -early: false, -early + time.Millisecond: false, -time.Millisecond: false} {
		w, _, err := alone(t, p).Report("an", first.Add(after), "", p)
		if err != nil {
			t.Fatal(err)
		}
		if _, got := walk(w, p, first); len(got) > 0 != asked {
			t.Errorf("a word %s after the round: %v", after, got)
		}
	}
	w, got := walk(alone(t, p), p, first.Add(30*time.Minute))
	if len(got) != 3 || !w.Waits("an", p) {
		t.Fatalf("without a word: %v", got)
	}
	w, cleared, err := w.Report("an", first.Add(31*time.Minute), "", p)
	if err != nil || !cmp.Equal(cleared, []checkin.Level{checkin.ToPerson, checkin.ToHead}) || w.Waits("an", p) {
		t.Errorf("the all-clear goes to %v, %v", cleared, err)
	}
	for who, at := range map[team.MemberID]time.Time{"hoa": first, "an": s.End} {
		if _, _, err := w.Report(who, at, "", p); !errors.Is(err, checkin.ErrNoRound) {
			t.Errorf("a word of %s at %s: %v", who, at, err)
		}
	}
}

// TestRoundsAfterADowntime: rounds the machine slept over are not asked for one by one,
// nobody is blamed for them, and a word sent meanwhile counts at its own time.
func TestRoundsAfterADowntime(t *testing.T) {
	p, s := guarded(), night()
	at := s.Start.Add(4*time.Hour + 40*time.Minute) // the rounds of 21h00 and 23h00 are past
	w, effects, next := alone(t, p).Step(at, p)
	if len(effects) != 1 || effects[0].Kind != checkin.AskRound || !effects[0].Round.Equal(s.Start.Add(4*time.Hour)) || effects[0].Late != 40*time.Minute {
		t.Fatalf("after the downtime: %+v", effects)
	}
	if want := at.Add(15 * time.Minute); !next.Equal(want) {
		t.Errorf("the grace counts from when it was asked: %s", next)
	}
	w, _, err := w.Report("an", s.Start.Add(4*time.Hour+2*time.Minute), "", p)
	if err != nil {
		t.Fatal(err)
	}
	if _, got := walk(w, p, s.Start.Add(6*time.Hour-time.Minute)); len(got) > 0 {
		t.Errorf("a word sent in time was held against somebody: %v", got)
	}
}

// TestRoundsFollowTheRoster: they go over to who stands in, from the own start on, and
// what waited for somebody who left waits no more.
func TestRoundsFollowTheRoster(t *testing.T) {
	p, s := guarded(), night()
	w, _ := walk(alone(t, p), p, s.Start.Add(2*time.Hour))
	if !w.Waits("an", p) {
		t.Fatal("the first round was not asked")
	}
	now := s.Start.Add(2*time.Hour + 10*time.Minute)
	next, err := w.Shift.Cover("an", "hoa", roster.Part{})
	if err != nil {
		t.Fatal(err)
	}
	w = w.Replan(next, now, p)
	if w.Waits("an", p) {
		t.Error("somebody who left is waited for")
	}
	w, _, _, err = w.CheckIn("hoa", now.Add(time.Minute), "", p)
	if err != nil {
		t.Fatal(err)
	}
	_, got := walk(w, p, s.Start.Add(7*time.Hour))
	if want := []string{"23:10 ask hoa", "23:25 miss hoa person", "23:40 miss hoa head", "01:10 ask hoa", "01:25 miss hoa person", "01:40 miss hoa head"}; !cmp.Equal(got, want) {
		t.Errorf("after the change: %v", got)
	}
	if len(w.Log) != 1 || w.Log[0].What != "swap" || w.Log[0].By != "hoa" || w.Log[0].For != "an" {
		t.Errorf("the duty log: %+v", w.Log)
	}
}

// TestEveryRoundIsAskedOrAnswered: whenever words come and however late the clock goes
// off, each round is answered, asked once, or overtaken by a later one that was due as
// well; the head is told of every round that was asked and got no word, unless the
// machine slept until the next one, which is asked instead.
func TestEveryRoundIsAskedOrAnswered(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := guarded()
		p.Rounds.Every = time.Duration(rapid.IntRange(40, 300).Draw(t, "every")) * time.Minute
		p.Rounds.Nudges = rapid.IntRange(0, 3).Draw(t, "nudges")
		s := night()
		s.People = s.People[:1]
		w, _, _, err := checkin.New(s).CheckIn("an", s.Start, "", p)
		if err != nil {
			t.Fatal(err)
		}
		asked, heads, nudges := map[time.Time]time.Time{}, map[time.Time]bool{}, 0
		words, looks, downs := []time.Time{s.Start}, []time.Time(nil), []time.Time(nil)
		now := s.Start
		for at := w.NextAt(p); !at.IsZero() && at.Before(s.End); at = w.NextAt(p) {
			if gap := at.Sub(now); gap > 2*time.Second && rapid.IntRange(0, 3).Draw(t, "a word") == 0 {
				now = now.Add(time.Duration(rapid.Int64Range(1, int64(gap/time.Second)-1).Draw(t, "seconds")) * time.Second)
				if w, _, err = w.Report("an", now, "", p); err != nil {
					t.Fatal(err)
				}
				words = append(words, now)
				continue
			}
			down := time.Duration(rapid.SampledFrom([]int{0, 0, 0, 1, 50, 200}).Draw(t, "late")) * time.Minute
			if now = maxTime(at, now).Add(down); down > 0 {
				downs = append(downs, now)
			}
			var effects []checkin.Effect
			if w, effects, _ = w.Step(now, p); now.After(s.End) {
				break
			}
			looks = append(looks, now)
			for _, e := range effects {
				switch {
				case e.Kind == checkin.AskRound:
					if _, twice := asked[e.Round]; twice {
						t.Fatalf("the round of %s is asked twice", e.Round)
					}
					asked[e.Round] = now
				case e.Kind == checkin.RoundMissed && e.Level == checkin.ToPerson:
					nudges++
				case e.Kind == checkin.RoundMissed:
					heads[e.Round] = true
				}
			}
		}
		within := func(list []time.Time, from, to time.Time) bool {
			return slices.ContainsFunc(list, func(at time.Time) bool { return !at.Before(from) && at.Before(to) })
		}
		said := func(from, to time.Time) bool { return within(words, from, to) }
		end := s.End.Add(-p.Rounds.Early())
		var last time.Time // of those passed by now
		for r := s.Start.Add(p.Rounds.Every); r.Before(end) && !r.After(now); r = r.Add(p.Rounds.Every) {
			last = r
		}
		for r := s.Start.Add(p.Rounds.Every); !last.IsZero() && !r.After(last) && now.Before(s.End); r = r.Add(p.Rounds.Every) {
			at, was := asked[r]
			next := r.Add(p.Rounds.Every)
			if !was && !said(r.Add(-p.Rounds.Early()), maxTime(next, now)) && r.Equal(last) {
				t.Fatalf("the round of %s was neither answered nor asked by %s", r, now)
			}
			told := at.Add(30 * time.Minute)
			after := func(from time.Time) bool { return within(looks, from, next) }
			seen := within(looks, told, told.Add(time.Minute)) && !within(downs, at, told.Add(time.Minute)) || slices.ContainsFunc(looks, func(l time.Time) bool { return !l.Before(told) && after(l.Add(checkin.Patience)) })
			if was && seen && !said(r.Add(-p.Rounds.Early()), maxTime(next, now)) && !heads[r] && next.Before(end) {
				t.Fatalf("nobody above knows of the round of %s", r)
			}
		}
		if nudges > p.Rounds.Nudges {
			t.Fatalf("%d nudges, %d are the budget", nudges, p.Rounds.Nudges)
		}
	})
}

// TestAnEndThatMovesIsClosedAgain: a shift that is drawn out after its end is watched to the new one.
func TestAnEndThatMovesIsClosedAgain(t *testing.T) {
	p, s := checkin.DefaultPolicy(), night()
	p.HandNeeded = true
	w, _ := late(checkin.New(s), s.End.Add(20*time.Minute), p)
	longer := s.Clone()
	longer.End = s.End.Add(3 * time.Hour)
	w = w.Replan(longer, s.End.Add(20*time.Minute), p)
	if w.Ended || !w.NextAt(p).Equal(longer.End) {
		t.Fatalf("ended %v, next look at %s", w.Ended, w.NextAt(p))
	}
	_, effects := late(w, longer.End.Add(15*time.Minute), p)
	kinds := map[checkin.EffectKind]int{}
	for _, e := range effects {
		kinds[e.Kind]++
	}
	if kinds[checkin.Closed] != 1 || kinds[checkin.HandMissing] != 1 {
		t.Errorf("at the new end: %v", kinds)
	}
}

// TestAlarmsWaitForWhatWasSentMeanwhile: found overdue after a downtime, nobody is
// blamed before the words sent in the meantime could be read; then everybody who is
// still missing is, at every level.
func TestAlarmsWaitForWhatWasSentMeanwhile(t *testing.T) {
	p, s := checkin.DefaultPolicy(), night()
	back := s.Start.Add(50 * time.Minute)
	w, effects, next := checkin.New(s).Step(back, p)
	if slices.ContainsFunc(effects, func(e checkin.Effect) bool { return e.Kind == checkin.Nudge }) || !next.Equal(back.Add(checkin.Patience)) {
		t.Fatalf("at once: %+v, next look at %s", effects, next)
	}
	w, mark, cleared, err := w.CheckIn("an", s.Start.Add(5*time.Minute), "", p)
	if err != nil || mark.Status != checkin.OnTime || len(cleared) > 0 {
		t.Fatalf("a word sent in time: %+v, %v, %v", mark, cleared, err)
	}
	_, effects, _ = w.Step(next, p)
	var levels []checkin.Level
	for _, e := range effects {
		if e.Kind == checkin.Nudge {
			if levels = append(levels, e.Level); !cmp.Equal(e.Missing, []team.MemberID{"binh"}) {
				t.Errorf("%s is told of %v", e.Level, e.Missing)
			}
		}
	}
	if !cmp.Equal(levels, checkin.Levels[:]) {
		t.Errorf("told: %v", levels)
	}
	// A look on time waits for nothing.
	_, effects, _ = checkin.New(s).Step(s.Start.Add(15*time.Minute), p)
	if !slices.ContainsFunc(effects, func(e checkin.Effect) bool { return e.Kind == checkin.Nudge }) {
		t.Error("an alarm at its time waits")
	}
}

// TestRenamedStepsAreTheSame: what was asked and said of somebody stands under the other
// name afterwards, and a second time nothing changes.
func TestRenamedStepsAreTheSame(t *testing.T) {
	p := guarded()
	w, _ := walk(alone(t, p), p, night().Start.Add(3*time.Hour))
	alias := func(m team.MemberID) team.MemberID {
		if m == "an" {
			return "p-1"
		}
		return m
	}
	next, changed := w.Rename(alias)
	if !changed || len(next.Fired) != len(w.Fired) || len(next.Said) != len(w.Said) {
		t.Fatalf("renamed: %v, %d steps of %d", changed, len(next.Fired), len(w.Fired))
	}
	n := 0
	for key := range next.Fired {
		switch checkin.Asked(key) {
		case "an":
			t.Errorf("%s still names the person", key)
		case "p-1":
			n++
			if !next.Took(key) {
				t.Errorf("%s was said and is forgotten", key)
			}
		}
	}
	if _, again := next.Rename(alias); n != 3 || again {
		t.Errorf("%d steps renamed, again %v", n, again)
	}
}
