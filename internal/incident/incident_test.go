package incident

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func act(by string, when time.Time) Act { return Act{By: teamID(by), At: when, From: "local:g1"} }

func TestSecondAckLearnsWhoWasFirst(t *testing.T) {
	t0 := at("2027-02-06 21:00")
	i := New(Report{ID: "SC-2027-0001", Unit: "p1", Text: "web bị đổi giao diện", Level: Serious}, act("an", t0))
	i, err := i.Ack(act("binh", t0.Add(3*time.Minute)))
	if err != nil {
		t.Fatal(err)
	}
	after, err := i.Ack(act("cuong", t0.Add(4*time.Minute)))
	var r *RefusedError
	if !errors.Is(err, ErrAcked) || !errors.As(err, &r) || r.By != "binh" || !r.At.Equal(t0.Add(3*time.Minute)) {
		t.Fatalf("second ack: %v %+v", err, r)
	}
	if d := cmp.Diff(i, after); d != "" {
		t.Errorf("the late press changed the incident:\n%s", d)
	}
}

func TestAckStopsTheLadderAndClearsExactlyThoseAlarmed(t *testing.T) {
	t0, p := at("2027-02-06 21:00"), Policy{}
	i := New(Report{ID: "SC-2027-0001", Unit: "p1", Level: Medium}, act("an", t0))
	i, fx, next := i.Step(t0, p)
	if got := calls(fx); !slices.Equal(got, []Rung{RungHead}) || !next.Equal(t0.Add(10*time.Minute)) {
		t.Fatalf("first step calls %v, next %v", got, next)
	}
	i = i.Alarmed("telegram:head", "telegram:duty1")
	i, fx, _ = i.Step(t0.Add(10*time.Minute), p)
	if got := calls(fx); !slices.Equal(got, []Rung{RungDuty}) {
		t.Fatalf("second step calls %v", got)
	}
	i = i.Alarmed("telegram:leader", "telegram:head")
	i, err := i.Ack(act("binh", t0.Add(11*time.Minute)))
	if err != nil {
		t.Fatal(err)
	}
	i, fx, next = i.Step(t0.Add(11*time.Minute), p)
	if len(fx) != 1 || fx[0].Kind != AllClear || fx[0].Why != "acked" ||
		!slices.Equal(fx[0].To, []string{"telegram:head", "telegram:duty1", "telegram:leader"}) {
		t.Fatalf("after the ack: %+v", fx)
	}
	if next.IsZero() {
		t.Fatal("the open incident has no next moment")
	}
	_, fx, _ = i.Step(t0.Add(3*time.Hour), p)
	if len(fx) != 0 {
		t.Fatalf("said after the ack: %+v", fx)
	}
}

func TestLateStepsAreSaidLateAndOnce(t *testing.T) {
	t0, p := at("2027-02-06 21:00"), Policy{}
	i := New(Report{ID: "SC-2027-0001", Level: Serious}, act("an", t0))
	i, _, _ = i.Step(t0, p)
	now := t0.Add(25 * time.Minute) // nothing ran for 25 minutes
	j, fx, _ := i.Step(now, p)
	if got := calls(fx); !slices.Equal(got, []Rung{RungDuty, RungLeaders, RungEveryone}) {
		t.Fatalf("calls %v", got)
	}
	if fx[0].Late != 20*time.Minute || fx[2].Late != 5*time.Minute {
		t.Errorf("late by %v and %v", fx[0].Late, fx[2].Late)
	}
	again, same, _ := i.Step(now, p) // the crash came before the commit
	if d := cmp.Diff(fx, same) + cmp.Diff(j, again); d != "" {
		t.Errorf("the repeated plan differs:\n%s", d)
	}
	if _, fx, _ = j.Step(now, p); len(fx) != 0 {
		t.Errorf("the committed plan says it again: %+v", fx)
	}
}

func TestEveryoneIsCalledAgainUntilAcked(t *testing.T) {
	t0, p := at("2027-02-06 21:00"), Policy{}
	i := New(Report{ID: "SC-2027-0001", Level: Critical}, act("an", t0))
	now, repeats := t0, 0
	for n := 0; n < 12; n++ {
		var fx []Effect
		var next time.Time
		i, fx, next = i.Step(now, p)
		for _, e := range fx {
			if e.Kind == Call && e.Repeat > 0 {
				repeats++
			}
		}
		if !next.After(now) {
			t.Fatalf("next %v is not after %v", next, now)
		}
		now = next
	}
	if repeats < 8 {
		t.Errorf("everyone was called again %d times", repeats)
	}
	if len(i.Timeline) > 6 {
		t.Errorf("repeats fill the timeline: %d entries", len(i.Timeline))
	}
}

func TestLifeRefusesWhatCameTooLate(t *testing.T) {
	t0 := at("2027-02-06 21:00")
	fresh := New(Report{ID: "SC-2027-0001"}, act("an", t0))
	a := act("binh", t0.Add(time.Hour))
	taken := must(fresh.Take(a))
	resolved := must(taken.Resolve("khôi phục từ bản sao lưu", a))
	closed := must(resolved.Close("", a))
	falseAlarm := must(fresh.FalseAlarm("nhầm trang thử nghiệm", a))
	late := act("cuong", t0.Add(2*time.Hour))
	for _, c := range []struct {
		name string
		do   func() (Incident, error)
		want error
	}{
		{"take taken", func() (Incident, error) { return taken.Take(late) }, ErrTaken},
		{"ack taken", func() (Incident, error) { return taken.Ack(late) }, ErrAcked},
		{"take resolved", func() (Incident, error) { return resolved.Take(late) }, ErrResolved},
		{"assign resolved", func() (Incident, error) { return resolved.Assign("dung", late) }, ErrResolved},
		{"resolve resolved", func() (Incident, error) { return resolved.Resolve("", late) }, ErrResolved},
		{"ack closed", func() (Incident, error) { return closed.Ack(late) }, ErrClosed},
		{"take closed", func() (Incident, error) { return closed.Take(late) }, ErrClosed},
		{"close closed", func() (Incident, error) { return closed.Close("", late) }, ErrClosed},
		{"false closed", func() (Incident, error) { return closed.FalseAlarm("x", late) }, ErrClosed},
		{"resolve false alarm", func() (Incident, error) { return falseAlarm.Resolve("", late) }, ErrClosed},
		{"false without reason", func() (Incident, error) { return fresh.FalseAlarm(" ", late) }, ErrReason},
		{"reopen open", func() (Incident, error) { return taken.Reopen("x", late) }, ErrOpen},
		{"reopen without reason", func() (Incident, error) { return closed.Reopen("", late) }, ErrReason},
		{"level unknown", func() (Incident, error) { return taken.SetLevel("huge", late) }, ErrUnknown},
		{"found later", func() (Incident, error) { return taken.SetFound(late.At.Add(time.Second), late) }, ErrFuture},
		{"empty update", func() (Incident, error) { return taken.Update("  ", late) }, ErrEmpty},
		{"deadline unknown", func() (Incident, error) { return taken.Met("x", late) }, ErrUnknown},
	} {
		if _, err := c.do(); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
	again := must(closed.Reopen("trang lại bị đổi", late))
	if again.State != StateReopened || !again.Unacked() || again.Ladder.Climb != 2 || !again.Ladder.From.Equal(late.At.UTC()) {
		t.Errorf("reopened: %+v", again.Ladder)
	}
	if got := must(closed.Update("bổ sung nhật ký", late)); len(got.Timeline) != len(closed.Timeline)+1 {
		t.Error("an update after the close is not on the record")
	}
	if taken.AckedBy != "binh" || taken.Handler != "binh" {
		t.Error("taking does not imply seeing")
	}
}

func TestMergeKeepsReportersAndTheHigherLevel(t *testing.T) {
	t0 := at("2027-02-06 21:00")
	parent := New(Report{ID: "SC-2027-0001", Unit: "p1", Level: Low}, act("an", t0))
	child := New(Report{ID: "SC-2027-0002", Unit: "p2", Level: Serious, Kind: "deface", FoundAt: t0.Add(-time.Hour)}, act("binh", t0.Add(time.Minute)))
	child, _, _ = child.Alarmed("telegram:head2").Step(t0.Add(time.Minute), Policy{})
	p, c, err := Merge(parent, child, "cùng một máy chủ", act("desk", t0.Add(5*time.Minute)))
	if err != nil {
		t.Fatal(err)
	}
	if p.Level != Serious || p.Kind != "deface" || !p.FoundAt.Equal(t0.Add(-time.Hour)) ||
		!slices.Equal(p.Reporters, []Reporter{{Member: "binh", Unit: "p2", ID: "SC-2027-0002"}}) {
		t.Errorf("parent: %+v", p)
	}
	if !p.Unacked() {
		t.Error("the merge acknowledged the parent")
	}
	if c.MergedInto != p.ID || c.IsOpen() {
		t.Errorf("child: %+v", c)
	}
	_, fx, next := c.Step(t0.Add(5*time.Minute), Policy{})
	if len(fx) != 1 || fx[0].Why != "merged" || !slices.Equal(fx[0].To, []string{"telegram:head2"}) || !next.IsZero() {
		t.Errorf("child after the merge: %+v, next %v", fx, next)
	}
	for name, err := range map[string]error{
		"self":       third(Merge(parent, parent, "x", act("d", t0))),
		"reason":     third(Merge(parent, child, "", act("d", t0))),
		"merged one": third(Merge(p, c, "x", act("d", t0))),
		"into it":    third(Merge(c, p, "x", act("d", t0))),
	} {
		if err == nil {
			t.Errorf("%s: merged", name)
		}
	}
	var r *RefusedError
	if _, err := c.Update("thêm", act("binh", t0)); !errors.As(err, &r) || r.Into != p.ID {
		t.Errorf("an update of the merged one does not name the other: %v", err)
	}
	if _, err := c.Reopen("x", act("binh", t0)); !errors.Is(err, ErrMerged) {
		t.Errorf("a merged one was reopened: %v", err)
	}
}

func TestSurvivesJSON(t *testing.T) {
	r, t0 := testRules(t), at("2027-02-06 21:00")
	p := Policy{Rules: r}
	i := New(r.Propose("web phường bị đổi giao diện từ 20h", t0).Report("web phường bị đổi giao diện từ 20h"), act("an", t0))
	i.ID = "SC-2027-0001"
	i, _, _ = i.Step(t0, p)
	b, err := json.Marshal(i)
	if err != nil {
		t.Fatal(err)
	}
	var back Incident
	if err := json.Unmarshal(b, &back); err != nil {
		t.Fatal(err)
	}
	now := t0.Add(30 * time.Hour)
	x, fx, nx := i.Step(now, p)
	y, fy, ny := back.Step(now, p)
	if d := cmp.Diff(x, y) + cmp.Diff(fx, fy); d != "" || !nx.Equal(ny) {
		t.Errorf("a reload changes the plan:\n%s", d)
	}
}

func TestFindID(t *testing.T) {
	now := at("2027-02-06 21:00")
	for text, want := range map[string]ID{
		"SC-2027-0001": "SC-2027-0001", "sc 2027 12": "SC-2027-0012", "đã xử lý SC-2026-0100.": "SC-2026-0100",
		"sc-3": "SC-2027-0003", "SC3 xong": "SC-2027-0003", "disc 5": "", "sc-0": "", "sc": "", "scan 12": "",
	} {
		if got, _ := FindID(text, now); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	if NewID(at("2027-01-01 03:00"), 7) != "SC-2027-0007" {
		t.Error("the year is not the local one")
	}
}

func TestStuckFindsWhatNothingLooksAt(t *testing.T) {
	now := at("2027-02-06 21:00")
	open := New(Report{ID: "a"}, act("an", now.Add(-time.Hour)))
	looked := open
	looked.ID, looked.Next = "b", now.Add(time.Minute)
	past := open
	past.ID, past.Next = "c", now.Add(-10*time.Minute)
	closed := must(open.Close("", act("an", now)))
	closed.ID = "d"
	if got := Stuck([]Incident{open, looked, past, closed}, now, 5*time.Minute); !slices.Equal(got, []ID{"a", "c"}) {
		t.Errorf("stuck: %v", got)
	}
}
