package forget_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"trucban/internal/forget"
	"trucban/internal/team"
)

type entry struct {
	By   team.MemberID
	What string
	Text string
}

type base struct{ By team.MemberID }

type report struct {
	base
	Words []string
}

type state string

type thing struct {
	ID      string
	State   state
	At      time.Time
	Who     team.MemberID
	Note    string
	Log     []entry
	Marks   map[team.MemberID]entry
	Seen    map[string]bool
	Alarmed map[team.MemberID][]state
	Hand    *entry
	Report  report
}

func sample() thing {
	return thing{
		ID: "t1", State: "open", At: time.Unix(0, 0).UTC(), Who: "an", Note: "An nghỉ",
		Log:   []entry{{"an", "note", "của An"}, {"binh", "note", "của Bình"}},
		Marks: map[team.MemberID]entry{"an": {"", "in", "ốm"}, "binh": {"", "in", "muộn"}},
		Seen:  map[string]bool{"eve": true}, Alarmed: map[team.MemberID][]state{"an": {"head"}},
		Hand: &entry{"binh", "hand", "yên"}, Report: report{base{"an"}, []string{"một", "hai"}},
	}
}

func rules(only team.MemberID) forget.Rules {
	return forget.Rules{
		Only: only,
		Alias: func(m team.MemberID) team.MemberID {
			if only != "" && m != only || strings.HasPrefix(string(m), "p-") {
				return m
			}
			return "p-" + m[:1]
		},
		Keep: func(field string, _ reflect.Value) bool {
			return field == "forget_test.thing.ID" || field == "forget_test.entry.What"
		},
	}
}

// TestEverythingPersonalGoes blanks all words and names nobody.
func TestEverythingPersonalGoes(t *testing.T) {
	got := sample()
	if !rules("").Apply(&got) {
		t.Error("nothing changed")
	}
	want := thing{
		ID: "t1", State: "open", At: time.Unix(0, 0).UTC(), Who: "p-a",
		Log:   []entry{{"p-a", "note", ""}, {"p-b", "note", ""}},
		Marks: map[team.MemberID]entry{"p-a": {"", "in", ""}, "p-b": {"", "in", ""}},
		Seen:  map[string]bool{"eve": true}, Alarmed: map[team.MemberID][]state{"p-a": {"head"}},
		Hand: &entry{"p-b", "hand", ""}, Report: report{base{"p-a"}, []string{"", ""}},
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(report{}, base{})); diff != "" {
		t.Error(diff)
	}
	if rules("").Apply(&got) {
		t.Error("done twice it changes something")
	}
}

// TestOnePersonGoes leaves what is not theirs.
func TestOnePersonGoes(t *testing.T) {
	got := sample()
	rules("binh").Apply(&got)
	want := sample()
	want.Log[1] = entry{"p-b", "note", ""}
	want.Marks = map[team.MemberID]entry{"an": want.Marks["an"], "p-b": {"", "in", ""}}
	want.Hand = &entry{"p-b", "hand", ""}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(report{}, base{})); diff != "" {
		t.Error(diff)
	}
	if rules("chi").Apply(&got) {
		t.Error("somebody who is not there changes something")
	}
}
