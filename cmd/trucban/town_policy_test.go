package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"trucban/bot"
	"trucban/internal/checkin"
	"trucban/internal/policy"
	"trucban/internal/team"
)

// policyTown is an organisation of three levels; the words are put at their places.
func policyTown(whole, middle, leaf string) string {
	return fmt.Sprintf(`name: X
units:
  - {id: top, name: Top}
  - id: mid
    name: Mid
    parent: top
    checkin: {%s}
  - id: low
    name: Low
    parent: mid
    checkin: {%s}
  - {id: other, name: Other, parent: top}
policy:
  checkin: {%s}
`, middle, leaf, whole)
}

// TestPolicyIsLaidInLayers: defaults, organisation, subtree, unit, each over the one above.
func TestPolicyIsLaidInLayers(t *testing.T) {
	s, err := parseTown([]byte(policyTown(
		`grace: 20m, quiet: "22:00-05:30", nudges: {person: 6, group: 20}`,
		`grace: 25m, rounds: {every: 2h}, handover: {required: true}`,
		`rounds: {every: 0s}, quiet: none, eve: none, before: []`)))
	if err != nil {
		t.Fatal(err)
	}
	want := map[team.UnitID]policy.Policy{}
	p := policy.Default()
	p.Checkin.Grace = 20 * time.Minute
	p.Courtesy.Quiet, p.Courtesy.Person, p.Courtesy.Group = policy.Quiet{From: 22 * 60, To: 5*60 + 30}, 6, 20
	want["top"], want["other"] = p, p
	p.Checkin.Grace, p.Checkin.Rounds.Every, p.Checkin.HandNeeded = 25*time.Minute, 2*time.Hour, true
	want["mid"] = p
	p.Checkin.Rounds.Every, p.Courtesy.Quiet, p.Checkin.EveAt, p.Checkin.Before = 0, policy.Quiet{}, -1, []time.Duration{}
	want["low"] = p
	for unit, want := range want {
		if got := s.Town.Policy(unit); !cmp.Equal(got, want) {
			t.Errorf("%s: %s", unit, cmp.Diff(want, got))
		}
	}
}

// TestPolicyFaultsHaveLines: every wrong value, at any layer, is refused with the line
// it stands on and a sentence.
func TestPolicyFaultsHaveLines(t *testing.T) {
	for _, c := range []struct{ value, want string }{
		{`eve: "25:00"`, `"25:00" is not an hour`},
		{`grace: 7h, absent: 8h`, "grace: 0s to 6h0m0s"},
		{`grace: soon`, "soon: a length of time like 15m or 2h stands here"},
		{`grace: 2h`, "nobody is absent before the grace is over"},
		{`open_before: 25h`, "open_before: "},
		{`absent: 25h`, "absent: "},
		{`undo_within: 1h`, "undo_within: "},
		{`before: [30m, 30s]`, "before: step 2"},
		{`ladder: [{after: 15m, tell: person}]`, "must tell head or leaders"},
		{`ladder: [{after: 15m, tell: boss}, {after: 20m, tell: head}]`, "ladder: step 1: tell is one of person, head, leaders"},
		{`ladder: [{after: 15m, tell: head}, {after: 10m, tell: leaders}]`, "ladder: step 2: times must grow"},
		{`handover: {required: true, ladder: []}`, "handover.ladder: the last step"},
		{`handover: {required: perhaps}`, "true or false is needed here"},
		{`rounds: {every: 10m}`, "rounds.every: 30m0s to 12h0m0s"},
		{`rounds: {every: 30m}`, "rounds.ladder: step 2: the last step must come before the next round"},
		{`rounds: {every: 2h, nudges: 1000}`, "rounds.nudges: 0 to 100"},
		{`quiet: "by night"`, `"by night" is not a span`},
		{`quiet: "18:00-09:00"`, "quiet: 10m0s to 14h0m0s"},
		{`nudges: {person: -1}`, "nudges.person: 0 to 100"},
		{`nudges: {group: many}`, "a number is needed here"},
		{`round: {every: 2h}`, "round"},
	} {
		for line, file := range map[int]string{
			7: policyTown("", c.value, ""), 11: policyTown("", "", c.value), 14: policyTown(c.value, "", ""),
		} {
			_, err := parseTown([]byte(file))
			if err == nil {
				t.Errorf("%s in line %d is taken", c.value, line)
				continue
			}
			if said := err.Error(); !strings.Contains(said, c.want) || !strings.Contains(said, fmt.Sprintf("line %d:", line)) && !strings.Contains(said, fmt.Sprintf("[%d:", line)) {
				t.Errorf("%s in line %d: %v", c.value, line, err)
			}
		}
	}
}

// TestPolicyReadsBack: whatever a unit sets is written as the file says it, and read
// back the same.
func TestPolicyReadsBack(t *testing.T) {
	for _, value := range []string{
		`eve: none, before: [], at_start: false, open_before: 30m, grace: 0s, absent: 2h, undo_within: 0s`,
		`eve: "06:05", ladder: [], handover: {required: true, ladder: [{after: 0s, tell: head}]}`,
		`rounds: {every: 90m, alone: false, night: false, nudges: 0, ladder: [{after: 10m, tell: person}, {after: 80m, tell: leaders}]}`,
		`quiet: "12:00-13:30", nudges: {person: 0, group: 100}`,
	} {
		s, err := parseTown([]byte(policyTown(value, value, "")))
		if err != nil {
			t.Fatal(value, err)
		}
		r := townReader{}
		back := r.rules(checkinOf(s.Town.Local["mid"]), "$")
		if len(r.faults) > 0 || !cmp.Equal(back, s.Town.Local["mid"]) {
			t.Errorf("%s: %v\n%s", value, r.faults, cmp.Diff(s.Town.Local["mid"], back))
		}
		if whole := r.rules(checkinOf(everything(s.Town.Whole())), "$").Over(policy.Default()); !cmp.Equal(whole, s.Town.Whole()) {
			t.Errorf("%s, for everybody:\n%s", value, cmp.Diff(s.Town.Whole(), whole))
		}
	}
}

// TestPolicyOfAStoredTown: what was stored before there were layers goes by the defaults
// for what it does not say.
func TestPolicyOfAStoredTown(t *testing.T) {
	town := *bot.EmptyTown()
	if got := town.Policy("anywhere"); !cmp.Equal(got, policy.Default()) {
		t.Error(cmp.Diff(policy.Default(), got))
	}
	town.Local = map[team.UnitID]policy.Rules{"gone": {Grace: new(time.Duration)}}
	if got := town.Policy("gone").Checkin.Grace; got != 0 {
		t.Errorf("a unit's own grace is %s", got)
	}
	if got := town.Policy("nowhere").Checkin; !cmp.Equal(got, checkin.DefaultPolicy()) {
		t.Error("a unit there is not goes by something else")
	}
}
