package courtesy_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"trucban/internal/cadence"
	"trucban/internal/courtesy"
	"trucban/internal/roster"
)

func at(t testing.TB, s string) time.Time {
	t.Helper()
	v, err := time.ParseInLocation("02/01/2006 15:04", s, roster.Zone)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestUntil(t *testing.T) {
	night := courtesy.Policy{Quiet: cadence.Quiet{From: 22 * 60, To: 5*60 + 30}, Person: 2, Group: 3}
	for _, c := range []struct {
		name, at, notAfter string
		group, awake       bool
		sent               []string
		want               string // "" for now
	}{
		{name: "by day", at: "01/02/2027 21:59", want: ""},
		{name: "at the first minute of quiet", at: "01/02/2027 22:00", want: "02/02/2027 05:30"},
		{name: "at its end", at: "02/02/2027 05:30", want: ""},
		{name: "awake on duty", at: "01/02/2027 23:00", awake: true, want: ""},
		{name: "an hour is left", at: "01/02/2027 23:00", notAfter: "02/02/2027 06:30", want: "02/02/2027 05:30"},
		{name: "less than an hour is left", at: "01/02/2027 23:00", notAfter: "02/02/2027 06:29", want: ""},
		{name: "over before the morning", at: "01/02/2027 23:00", notAfter: "02/02/2027 02:00", want: ""},
		{name: "one of two", at: "01/02/2027 09:00", sent: []string{"01/02/2027 08:30"}, want: ""},
		{name: "the third", at: "01/02/2027 09:00", sent: []string{"01/02/2027 08:30", "01/02/2027 08:10"}, want: "01/02/2027 09:10"},
		{name: "the third, an hour later", at: "01/02/2027 09:10", sent: []string{"01/02/2027 08:30", "01/02/2027 08:10"}, want: ""},
		{name: "a group's third", at: "01/02/2027 09:00", group: true, sent: []string{"01/02/2027 08:30", "01/02/2027 08:10"}, want: ""},
		{name: "the budget ends in quiet time", at: "01/02/2027 21:50", sent: []string{"01/02/2027 21:30", "01/02/2027 21:40"}, want: "02/02/2027 05:30"},
	} {
		n := courtesy.Nudge{At: at(t, c.at), Group: c.group, Awake: c.awake}
		if c.notAfter != "" {
			n.NotAfter = at(t, c.notAfter)
		}
		var sent []time.Time
		for _, s := range c.sent {
			sent = append(sent, at(t, s))
		}
		var want time.Time
		if c.want != "" {
			want = at(t, c.want)
		}
		if got := night.Until(n, sent); !got.Equal(want) {
			t.Errorf("%s: %s, want %s", c.name, got.In(roster.Zone), want)
		}
	}
	if got := (courtesy.Policy{}).Until(courtesy.Nudge{At: at(t, "01/02/2027 23:00")}, nil); !got.IsZero() {
		t.Errorf("no policy puts off until %s", got)
	}
}

// TestPutOffIsNeverSilence: whatever the policy, a message that is put off goes outside
// quiet hours, within the budget, and leaves its reader an hour; one that is not put off
// either may go or could not wait.
func TestPutOffIsNeverSilence(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		minute := func(name string) int { return rapid.IntRange(0, 24*60-1).Draw(rt, name) }
		p := courtesy.Policy{
			Quiet:  cadence.Quiet{From: minute("from"), To: minute("to")},
			Person: rapid.IntRange(0, 4).Draw(rt, "person"), Group: rapid.IntRange(0, 4).Draw(rt, "group"),
		}
		now := at(t, "01/02/2027 00:00").Add(time.Duration(rapid.IntRange(0, 3*24*60).Draw(rt, "now")) * time.Minute)
		n := courtesy.Nudge{At: now, Group: rapid.Bool().Draw(rt, "to a group"), Awake: rapid.Bool().Draw(rt, "awake")}
		if rapid.Bool().Draw(rt, "limited") {
			n.NotAfter = now.Add(time.Duration(rapid.IntRange(1, 2*24*60).Draw(rt, "life")) * time.Minute)
		}
		var sent []time.Time
		for range rapid.IntRange(0, 6).Draw(rt, "sent") {
			sent = append(sent, now.Add(-time.Duration(rapid.IntRange(0, 90).Draw(rt, "ago"))*time.Minute))
		}
		limit := p.Person
		if n.Group {
			limit = p.Group
		}
		full := func(at time.Time) bool {
			count := 0
			for _, s := range sent {
				if !s.After(at) && s.After(at.Add(-courtesy.Window)) {
					count++
				}
			}
			return limit > 0 && count >= limit
		}
		blocked := func(at time.Time) bool { return !n.Awake && p.Quiet.Holds(at) || full(at) }
		until := p.Until(n, sent)
		switch {
		case until.IsZero() && blocked(now):
			// It could not wait: the first free moment leaves too little time.
			free := now
			for blocked(free) {
				free = free.Add(time.Minute)
			}
			if n.NotAfter.IsZero() || n.NotAfter.Sub(free) >= courtesy.Useful {
				rt.Fatalf("sent into quiet time or over the budget, though %s would do", free)
			}
		case until.IsZero():
		case !until.After(now), blocked(until):
			rt.Fatalf("put off until %s, which is no better", until)
		case !n.NotAfter.IsZero() && n.NotAfter.Sub(until) < courtesy.Useful:
			rt.Fatalf("put off until %s, %s before its end", until, n.NotAfter.Sub(until))
		case !blocked(now):
			rt.Fatal("put off without need")
		}
		if kept := courtesy.Recent(sent, now); len(kept) > len(sent) {
			rt.Fatal("more is remembered than was sent")
		} else if again := p.Until(n, kept); !again.Equal(until) {
			rt.Fatalf("with what is remembered it is %s, not %s", again, until)
		}
	})
}
