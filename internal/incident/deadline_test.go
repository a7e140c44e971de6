package incident

import (
	"slices"
	"testing"
	"time"
)

// due names the deadlines on the clock of an incident with their times, "id@dd/mm hh:mm".
func due(i Incident) []string {
	out := []string{}
	for _, d := range i.Deadlines {
		if d.Open() {
			out = append(out, d.ID+"@"+d.At.In(at("2027-01-01 00:00").Location()).Format("02/01 15:04"))
		}
	}
	return out
}

func TestRegimeGoesByDetectionTime(t *testing.T) {
	p := Policy{Rules: testRules(t)}
	for _, c := range []struct {
		name, found string
		kind        string
		level       Level
		force       string
		want        []string
	}{
		{"old law", "2026-06-30 23:59", "ddos", Medium, "", []string{"attt-2017.notice@05/07 23:59"}},
		{"old law, beyond own means", "2026-02-01 08:00", "ddos", Serious, "", []string{"attt-2017.first_report@01/02 08:00", "attt-2017.notice@06/02 08:00"}},
		{"gap, minor: the new law's detail besides the old notice", "2026-07-01 00:00", "ddos", Medium, "", []string{"anm-2026.h72@04/07 00:00", "attt-2017.notice@06/07 00:00"}},
		{"gap, serious: the sooner notice", "2026-08-18 23:00", "ddos", Serious, "", []string{"attt-2017.first_report@18/08 23:00", "anm-2026.h24@19/08 23:00", "anm-2026.h72@21/08 23:00"}},
		{"gap, critical: at once is asked for once", "2026-08-01 10:00", "ddos", Critical, "", []string{"anm-2026.immediate@01/08 10:00", "anm-2026.h24@02/08 10:00", "anm-2026.h72@04/08 10:00"}},
		{"new law", "2026-08-19 00:00", "ddos", Medium, "", []string{"anm-2026.h72@22/08 00:00"}},
		{"new law, personal data besides", "2027-02-06 21:15", "lo_lot", Serious, "", []string{"anm-2026.h24@07/02 21:15", "anm-2026.h72@09/02 21:15", "dlcn-2026.dlcn72@09/02 21:15"}},
		{"switched by the office", "2027-02-06 21:15", "ddos", Medium, "attt-2017", []string{"attt-2017.notice@11/02 21:15"}},
		{"a breakdown owes nothing", "2027-02-06 21:15", "ha_tang", Serious, "", []string{}},
		{"before any", "2016-02-06 21:15", "ddos", Serious, "", []string{}},
	} {
		p.Regime = c.force
		i := New(Report{ID: "x", Kind: c.kind, Level: c.level, FoundAt: at(c.found)}, act("an", at(c.found).Add(time.Minute)))
		i, _, _ = i.Step(i.ReportedAt, p)
		if got := due(i); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestDeadlineIsRemindedMissedAndOutlivesTheClose(t *testing.T) {
	p, t0 := Policy{Rules: testRules(t)}, at("2027-02-06 21:15")
	i := New(Report{ID: "x", Kind: "deface", Level: Serious}, act("an", t0))
	i, _, _ = i.Step(t0, p)
	i = must(i.Close("", act("an", t0.Add(time.Hour))))
	type event struct {
		kind  EffectKind
		id    string
		after time.Duration
	}
	var got []event
	now := t0.Add(time.Hour)
	for range 20 {
		var fx []Effect
		var next time.Time
		i, fx, next = i.Step(now, p)
		for _, e := range fx {
			if e.Deadline != "" {
				got = append(got, event{e.Kind, e.Deadline, now.Sub(t0)})
			}
		}
		if next.IsZero() {
			break
		}
		now = next
		if now.Sub(t0) == 66*time.Hour { // the long report is sent six hours before its time
			i = must(i.Met("anm-2026.h72", act("desk", now)))
		}
	}
	h := time.Hour
	want := []event{
		{RemindDeadline, "anm-2026.h24", 18 * h}, {RemindDeadline, "anm-2026.h24", 23 * h}, {DeadlineMissed, "anm-2026.h24", 24 * h},
		{RemindDeadline, "anm-2026.h72", 48 * h},
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v\nwant %v", got, want)
	}
	if late := i.Overdue(now); len(late) != 1 || late[0].ID != "anm-2026.h24" {
		t.Errorf("overdue: %+v", late)
	}
	if i.Next.IsZero() != true {
		t.Errorf("nothing is left, yet the next moment is %v", i.Next)
	}
}

func TestFalseAlarmOwesNothing(t *testing.T) {
	p, t0 := Policy{Rules: testRules(t)}, at("2027-02-06 21:15")
	i := New(Report{ID: "x", Kind: "deface", Level: Serious}, act("an", t0))
	i, _, _ = i.Step(t0, p)
	i = must(i.FalseAlarm("trang thử nghiệm", act("an", t0.Add(time.Minute))))
	i, _, next := i.Step(t0.Add(time.Minute), p)
	if got := due(i); len(got) != 0 || !next.IsZero() {
		t.Errorf("still due: %v, next %v", got, next)
	}
	i = must(i.Reopen("đúng là sự cố", act("an", t0.Add(time.Hour))))
	i, _, _ = i.Step(t0.Add(time.Hour), p)
	if got := due(i); len(got) != 2 {
		t.Errorf("after the reopening: %v", got)
	}
}

func TestAtOnceIsSaidAtOnce(t *testing.T) {
	p, t0 := Policy{Rules: testRules(t)}, at("2027-02-06 21:15")
	i := New(Report{ID: "x", Kind: "ket_hop", Level: Critical}, act("an", t0))
	i, fx, _ := i.Step(t0, p)
	if !slices.ContainsFunc(fx, func(e Effect) bool { return e.Kind == RemindDeadline && e.Deadline == "anm-2026.immediate" }) {
		t.Errorf("not reminded: %+v", fx)
	}
	_, fx, _ = i.Step(t0.Add(30*time.Minute), p)
	if !slices.ContainsFunc(fx, func(e Effect) bool { return e.Kind == DeadlineMissed && e.Deadline == "anm-2026.immediate" }) {
		t.Errorf("not missed: %+v", fx)
	}
}
