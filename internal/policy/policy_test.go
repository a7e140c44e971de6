package policy_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"trucban/internal/checkin"
	"trucban/internal/policy"
)

func ptr[T any](v T) *T { return &v }

// TestDefaultsAreWithoutFault: what the product ships keeps its own rules.
func TestDefaultsAreWithoutFault(t *testing.T) {
	if f := policy.Default().Faults(); len(f) > 0 {
		t.Error(f)
	}
}

// full is a layer that says everything, each field other than the default.
func full() policy.Rules {
	rungs := []checkin.Rung{{After: time.Minute, Who: checkin.ToHead}}
	return policy.Rules{
		EveAt: ptr(time.Hour), Before: &[]time.Duration{time.Hour}, AtStart: ptr(false), OpenBefore: ptr(2 * time.Hour), Grace: ptr(time.Minute), Ladder: &rungs,
		Absent: ptr(2 * time.Hour), UndoWithin: ptr(time.Minute), Handover: &rungs, HandNeeded: ptr(true), Every: ptr(3 * time.Hour), Alone: ptr(false), Night: ptr(false),
		Rounds: &rungs, Nudges: ptr(9), Quiet: &policy.Quiet{From: 60, To: 300}, Person: ptr(7), Group: ptr(8),
	}
}

// TestLayers: each field a layer sets wins over what stands above it and leaves the
// other fields alone, whichever field it is.
func TestLayers(t *testing.T) {
	all := reflect.ValueOf(full())
	for i := range all.NumField() {
		name := all.Type().Field(i).Name
		if all.Field(i).IsNil() {
			t.Fatalf("%s: the test does not set it", name)
		}
		var one policy.Rules
		reflect.ValueOf(&one).Elem().Field(i).Set(all.Field(i))
		got := one.Over(policy.Default())
		if cmp.Equal(got, policy.Default()) {
			t.Errorf("%s over the defaults changes nothing", name)
		}
		// The others are as they were: what the layer says, said twice, is the same.
		if again := one.Over(got); !cmp.Equal(again, got) {
			t.Errorf("%s is not stable", name)
		}
		if both := (policy.Rules{}).With(one); !cmp.Equal(both, one) || !cmp.Equal(one.With(policy.Rules{}), one) || one.IsZero() {
			t.Errorf("%s is lost when layers are joined", name)
		}
		rest := full()
		reflect.ValueOf(&rest).Elem().Field(i).SetZero()
		if !cmp.Equal(one.Over(rest.Over(policy.Default())), rest.Over(got)) {
			t.Errorf("%s touches another field", name)
		}
	}
}

// TestFaults: every rule has a case on both sides of its bound.
func TestFaults(t *testing.T) {
	rungs := func(r ...checkin.Rung) *[]checkin.Rung { return &r }
	at := func(m int, l checkin.Level) checkin.Rung {
		return checkin.Rung{After: time.Duration(m) * time.Minute, Who: l}
	}
	for name, c := range map[string]struct {
		rules policy.Rules
		want  string // "" for no fault
	}{
		"eve at midnight":         {policy.Rules{EveAt: ptr(24 * time.Hour)}, "eve: 0s to 23h59m0s"},
		"no eve":                  {policy.Rules{EveAt: ptr(-time.Nanosecond)}, ""},
		"grace of 6 h":            {policy.Rules{Grace: ptr(6 * time.Hour), Absent: ptr(6 * time.Hour)}, ""},
		"grace of more":           {policy.Rules{Grace: ptr(6*time.Hour + 1), Absent: ptr(7 * time.Hour)}, "grace: 0s to 6h0m0s"},
		"negative grace":          {policy.Rules{Grace: ptr(-time.Second)}, "grace: "},
		"absent while on time":    {policy.Rules{Grace: ptr(2 * time.Hour)}, "absent: nobody is absent"},
		"window of a day":         {policy.Rules{OpenBefore: ptr(24 * time.Hour)}, ""},
		"window of more":          {policy.Rules{OpenBefore: ptr(24*time.Hour + 1)}, "open_before: "},
		"reminder of 30 s":        {policy.Rules{Before: &[]time.Duration{time.Hour, 30 * time.Second}}, "before: step 2"},
		"six reminders":           {policy.Rules{Before: &[]time.Duration{1 * time.Hour, 2 * time.Hour, 3 * time.Hour, 4 * time.Hour, 5 * time.Hour, 6 * time.Hour}}, "before: 0 to 5"},
		"undo for an hour":        {policy.Rules{UndoWithin: ptr(time.Hour)}, "undo_within: "},
		"ladder of nobody":        {policy.Rules{Ladder: rungs()}, ""},
		"ladder to the person":    {policy.Rules{Ladder: rungs(at(1, checkin.ToPerson))}, "ladder: the last step must tell head or leaders"},
		"ladder to a stranger":    {policy.Rules{Ladder: rungs(at(1, "boss"), at(2, checkin.ToHead))}, "ladder: step 1: tell is one of"},
		"ladder that stands":      {policy.Rules{Ladder: rungs(at(5, checkin.ToPerson), at(5, checkin.ToHead))}, "ladder: step 2: times must grow"},
		"ladder that falls":       {policy.Rules{Ladder: rungs(at(5, checkin.ToLeaders), at(6, checkin.ToHead))}, "ladder: step 2: who is told must not fall"},
		"ladder past a day":       {policy.Rules{Ladder: rungs(at(24*60+1, checkin.ToHead))}, "ladder: step 1: 0s to 24h0m0s"},
		"handover without steps":  {policy.Rules{Handover: rungs(), HandNeeded: ptr(true)}, "handover.ladder: the last step"},
		"rounds every 30 min":     {policy.Rules{Every: ptr(30 * time.Minute), Rounds: rungs(at(29, checkin.ToHead))}, ""},
		"rounds every 29 min":     {policy.Rules{Every: ptr(29 * time.Minute), Rounds: rungs(at(5, checkin.ToHead))}, "rounds.every: 30m0s to 12h0m0s"},
		"round past the next one": {policy.Rules{Every: ptr(30 * time.Minute)}, "rounds.ladder: step 2: the last step must come before the next round"},
		"rounds of nobody":        {policy.Rules{Every: ptr(2 * time.Hour), Rounds: rungs()}, "rounds.ladder: the last step"},
		"steps of no rounds":      {policy.Rules{Every: ptr(time.Duration(0)), Rounds: rungs()}, ""},
		"101 round nudges":        {policy.Rules{Every: ptr(2 * time.Hour), Nudges: ptr(101)}, "rounds.nudges: 0 to 100"},
		"quiet for 14 h":          {policy.Rules{Quiet: &policy.Quiet{From: 18 * 60, To: 8 * 60}}, ""},
		"quiet for 14 h 1 min":    {policy.Rules{Quiet: &policy.Quiet{From: 18 * 60, To: 8*60 + 1}}, "quiet: 10m0s to 14h0m0s"},
		"minus one nudge":         {policy.Rules{Person: ptr(-1)}, "nudges.person: 0 to 100"},
		"101 nudges":              {policy.Rules{Group: ptr(101)}, "nudges.group: 0 to 100"},
	} {
		faults := c.rules.Over(policy.Default()).Faults()
		switch {
		case c.want == "" && len(faults) > 0:
			t.Errorf("%s: %v", name, faults)
		case c.want != "" && (len(faults) != 1 || !strings.HasPrefix(faults[0].Error(), c.want)):
			t.Errorf("%s: %v, want %s", name, faults, c.want)
		}
	}
}
