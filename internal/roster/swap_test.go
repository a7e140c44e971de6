package roster

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"trucban/internal/team"
)

func swapRoster() []Shift {
	return []Shift{
		shift("2024-02-09 19:00", 12, "an"), shift("2024-02-10 19:00", 12, "ba"), shift("2024-02-12 19:00", 12, "cu"), shift("2024-02-13 07:00", 12, "du"),
	}
}

func TestSwapOfTwo(t *testing.T) {
	now := at("2024-02-05 08:00")
	all := swapRoster()
	w, err := Propose(all, Offer{ID: "1", By: "an", Give: all[0].ID, To: "du", Take: all[3].ID, Reason: "việc nhà"}, now)
	if err != nil || w.State != SwapAsked || !w.Expires.Equal(all[0].Start) {
		t.Fatal(w, err)
	}
	if _, err := w.Approve("head", now); !errors.Is(err, ErrWrongState) {
		t.Error("no approval before consent:", err)
	}
	if _, err := w.Consent("ba", now); !errors.Is(err, ErrNotParty) {
		t.Error("consent of a stranger:", err)
	}
	agreed, err := w.Consent("du", now)
	if err != nil || agreed.State != SwapAgreed {
		t.Fatal(err)
	}
	if again, err := agreed.Consent("du", now.Add(time.Hour)); err != nil || again != agreed {
		t.Error("a second yes changes nothing:", again, err)
	}
	if _, err := agreed.Approve("du", now); !errors.Is(err, ErrOwnApproval) {
		t.Error(err)
	}
	done, err := agreed.Approve("head", now)
	if err != nil || done.State != SwapApproved || !done.Final() {
		t.Fatal(err)
	}
	b, err := json.Marshal(done)
	var back Swap
	if err != nil || json.Unmarshal(b, &back) != nil || !cmp.Equal(back, done) {
		t.Errorf("JSON: %s %v", b, err)
	}
	changed, err := done.Apply(all, Rules{})
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"09/02 19h00 du", "13/02 07h00 an"}, lines(changed)); d != "" {
		t.Error(d)
	}
	if line(all[0]) != "09/02 19h00 an" {
		t.Error("the list given was changed")
	}
}

func TestOpenShift(t *testing.T) {
	now := at("2024-02-05 08:00")
	all := swapRoster()
	w, err := Propose(all, Offer{ID: "1", By: "an", Give: all[0].ID}, now)
	if err != nil || !w.Open {
		t.Fatal(err)
	}
	if _, err := w.Consent("an", now); !errors.Is(err, ErrSamePerson) {
		t.Error(err)
	}
	taken, err := w.Consent("cu", now)
	if err != nil || taken.To != "cu" {
		t.Fatal(err)
	}
	if _, err := taken.Consent("du", now); !errors.Is(err, ErrNotOpen) {
		t.Error("second taker:", err)
	}
	if _, err := w.Refuse("du", false, now); !errors.Is(err, ErrNotParty) {
		t.Error("an open shift is refused by nobody:", err)
	}
}

func TestVacantPost(t *testing.T) {
	now := at("2024-02-05 08:00")
	all := swapRoster()
	w, err := Vacant(all, "1", all[0].ID, PostLeader, now)
	if err != nil || w.Unit != "u" || !w.Expires.Equal(all[0].Start) {
		t.Fatal(w, err)
	}
	if w, err = w.Consent("cu", now); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Consent("du", now); !errors.Is(err, ErrNotOpen) {
		t.Error("the first taker wins:", err)
	}
	changed, err := w.Apply(all, Rules{})
	if err != nil || len(changed) != 1 || line(changed[0]) != "09/02 19h00 an,cu" || changed[0].People[1].Post != PostLeader {
		t.Error(lines(changed), err)
	}
	if _, err := Vacant(all, "1", "nix", PostLeader, now); !errors.Is(err, ErrNoShift) {
		t.Error(err)
	}
	if _, err := Vacant(all, "1", all[0].ID, PostLeader, all[0].End); !errors.Is(err, ErrShiftOver) {
		t.Error(err)
	}
}

func TestSwapEnds(t *testing.T) {
	now := at("2024-02-05 08:00")
	all := swapRoster()
	w, err := Propose(all, Offer{ID: "1", By: "an", Give: all[0].ID, To: "du"}, now)
	if err != nil {
		t.Fatal(err)
	}
	if x, err := w.Refuse("du", false, now); err != nil || x.State != SwapRefused {
		t.Error(err)
	}
	if x, err := w.Refuse("head", true, now); err != nil || x.EndedBy != "head" {
		t.Error(err)
	}
	if x, err := w.Withdraw("an", now); err != nil || x.State != SwapWithdrawn {
		t.Error(err)
	}
	if _, err := w.Withdraw("du", now); !errors.Is(err, ErrNotParty) {
		t.Error(err)
	}
	if x, err := w.Impose("head", "", now); err != nil || !x.Imposed || x.State != SwapApproved {
		t.Error(err)
	}
	if x, next := w.Step(now); x != w || !next.Equal(w.Expires) {
		t.Error("not yet:", next)
	}
	if x, next := w.Step(w.Expires); x.State != SwapExpired || !next.IsZero() {
		t.Error("expired:", x.State, next)
	}
	if _, err := w.Consent("du", w.Expires); !errors.Is(err, ErrExpired) {
		t.Error("at the very start it is too late:", err)
	}
	if _, err := w.Consent("du", w.Expires.Add(-time.Millisecond)); err != nil {
		t.Error(err)
	}
}

func TestSwapRules(t *testing.T) {
	now := at("2024-02-05 08:00")
	all := swapRoster()
	rules := Rules{Leave: []Leave{{Member: "du", Days: span("2024-02-09", "2024-02-09")}}}
	for _, c := range []struct {
		offer Offer
		who   team.MemberID
		want  error
	}{
		{Offer{By: "an", Give: all[0].ID}, "ba", ErrTwoNights},
		{Offer{By: "an", Give: all[0].ID}, "du", ErrAway},
		{Offer{By: "an", Give: all[0].ID}, "cu", nil},
		{Offer{By: "ba", Give: all[1].ID, To: "an", Take: all[0].ID}, "an", nil}, // each gives the night the other gets
	} {
		w, err := Propose(all, c.offer, now)
		if err != nil {
			t.Fatal(err)
		}
		if w, err = w.Consent(c.who, now); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Apply(all, rules); !errors.Is(err, c.want) {
			t.Errorf("%+v by %s: %v, want %v", c.offer, c.who, err, c.want)
		}
	}
	busy := append(all, shift("2024-02-09 20:00", 2, "cu"))
	w, _ := Propose(all, Offer{By: "an", Give: all[0].ID}, now)
	w, _ = w.Consent("cu", now)
	if _, err := w.Apply(busy, Rules{}); !errors.Is(err, ErrDoubleBook) {
		t.Error(err)
	}
	if _, err := w.Apply(all[1:], Rules{}); !errors.Is(err, ErrNoShift) {
		t.Error("the shift has gone meanwhile:", err)
	}
	for _, c := range []struct {
		o    Offer
		at   string
		want error
	}{
		{Offer{By: "an", Give: "nix"}, "2024-02-05 08:00", ErrNoShift},
		{Offer{By: "ba", Give: all[0].ID}, "2024-02-05 08:00", ErrNotOnShift},
		{Offer{By: "an", Give: all[0].ID}, "2024-02-10 07:00", ErrShiftOver},
		{Offer{By: "an", Give: all[0].ID, To: "an"}, "2024-02-05 08:00", ErrSamePerson},
		{Offer{By: "an", Give: all[0].ID, To: "ba", Take: all[2].ID}, "2024-02-05 08:00", ErrNotOnShift},
		{Offer{By: "an", Give: all[0].ID, Part: Part{From: at("2024-02-09 12:00")}}, "2024-02-05 08:00", ErrBadPart},
		{Offer{By: "an", Give: all[0].ID}, "2024-02-09 23:00", nil}, // running: the rest may be handed on
	} {
		if _, err := Propose(all, c.o, at(c.at)); !errors.Is(err, c.want) {
			t.Errorf("%+v: %v, want %v", c.o, err, c.want)
		}
	}
}

// TestSwapMachine drives requests at random: a final state stays, only approved
// ones may change shifts, and everybody stays on as many shifts as there were.
func TestSwapMachine(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := swapRoster()
		now := at("2024-02-05 08:00")
		to := rapid.SampledFrom([]team.MemberID{"", "ba", "cu", "du"}).Draw(t, "to")
		w, err := Propose(all, Offer{ID: "1", By: "an", Give: all[0].ID, To: to}, now)
		if err != nil {
			t.Fatal(err)
		}
		for range rapid.IntRange(1, 12).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(0, 40).Draw(t, "hours")) * time.Hour)
			by := rapid.SampledFrom([]team.MemberID{"an", "ba", "cu", "du", "head"}).Draw(t, "by")
			was := w
			var err error
			switch rapid.IntRange(0, 5).Draw(t, "act") {
			case 0:
				w, err = w.Consent(by, now)
			case 1:
				w, err = w.Refuse(by, by == "head", now)
			case 2:
				w, err = w.Withdraw(by, now)
			case 3:
				w, err = w.Approve(by, now)
			case 4:
				w, err = w.Impose("head", by, now)
			default:
				w, _ = w.Step(now)
			}
			if err != nil {
				w = was
			}
			if was.Final() && w != was {
				t.Fatalf("%s moved on to %s", was.State, w.State)
			}
			if w.State == SwapApproved && !was.Final() && (!now.Before(w.Expires) || w.To == "" || w.To == w.From) {
				t.Fatalf("approved: %+v at %v", w, now)
			}
			if w.State == SwapApproved && !w.Imposed && w.Agreed.IsZero() {
				t.Fatalf("approved without consent: %+v", w)
			}
			if !was.Final() && was.To != "" && w.To != was.To {
				t.Fatal("the taker changed")
			}
		}
	})
}
