package outbox

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"trucban/internal/chat"
)

// TestDecide is the table of the outbox: outcome x class x attempt -> verdict.
func TestDecide(t *testing.T) {
	moved := chat.Address{Platform: "local", Chat: "-1002"}
	hold := func(d time.Duration) Verdict { return Verdict{After: d, Hold: true} }
	bury := func(reason string) Verdict { return Verdict{Bury: reason} }
	every := func(v Verdict) map[Class]Verdict {
		m := map[Class]Verdict{}
		for _, c := range Classes {
			m[c] = v
		}
		return m
	}
	for _, tc := range []struct {
		name    string
		receipt chat.Receipt
		attempt int
		want    map[Class]Verdict
	}{
		{"sent", chat.Receipt{Outcome: chat.Sent, Message: "7"}, 1, every(Verdict{Done: true, Message: "7"})},
		{"throttled", chat.Receipt{Outcome: chat.Throttled, RetryAfter: 5 * time.Minute}, 99, every(hold(5 * time.Minute))},
		{"throttled, no time given", chat.Receipt{Outcome: chat.Throttled}, 3, every(hold(4 * time.Second))},
		{"the bot throttled", chat.Receipt{Outcome: chat.Throttled, Whole: true, RetryAfter: time.Second}, 1, every(Verdict{After: time.Second, HoldAll: true})},
		{"temporary, first", chat.Receipt{Outcome: chat.Temporary}, 1, every(hold(time.Second))},
		{"temporary, third", chat.Receipt{Outcome: chat.Temporary}, 3, every(hold(4 * time.Second))},
		{"temporary, fourth", chat.Receipt{Outcome: chat.Temporary}, 4, every(Verdict{After: 8 * time.Second})},
		{"temporary, eleventh", chat.Receipt{Outcome: chat.Temporary}, 11, every(Verdict{After: time.Minute})},
		{"temporary, twelfth", chat.Receipt{Outcome: chat.Temporary}, 12, every(bury("temporary"))},
		{"blocked", chat.Receipt{Outcome: chat.Permanent, Reason: chat.ReasonBlocked}, 1, every(bury("blocked"))},
		{"permanent without a reason", chat.Receipt{Outcome: chat.Permanent}, 1, every(bury("rejected"))},
		{"token", chat.Receipt{Outcome: chat.Permanent, Reason: chat.ReasonToken}, 50, every(Verdict{After: time.Minute, HoldAll: true})},
		{"migrated", chat.Receipt{Outcome: chat.Migrated, MovedTo: moved}, 1, every(Verdict{MovedTo: moved})},
		{"migrated to nowhere", chat.Receipt{Outcome: chat.Migrated}, 1, every(bury("no_chat"))},
		{"migrated to itself", chat.Receipt{Outcome: chat.Migrated, MovedTo: chat.Address{Chat: "here"}}, 1, every(bury("no_chat"))},
		{"migrated in a circle", chat.Receipt{Outcome: chat.Migrated, MovedTo: moved}, 13, every(bury("no_chat"))},
		{"unknown", chat.Receipt{Outcome: chat.Unknown}, 1, map[Class]Verdict{
			Alarm: hold(time.Second), Missed: hold(time.Second), Reminder: hold(time.Second),
			Reply: bury("unknown"), Digest: bury("unknown"), Edit: bury("unknown"),
		}},
		{"unknown for the twelfth time", chat.Receipt{Outcome: chat.Unknown}, 12, every(bury("unknown"))},
		{"not of the closed set", chat.Receipt{Outcome: "odd"}, 12, every(bury("unknown"))},
	} {
		for _, class := range Classes {
			got := Decide(Claim{Item: Item{Class: class, To: chat.Address{Chat: "here"}}, Attempt: tc.attempt}, tc.receipt)
			if diff := cmp.Diff(tc.want[class], got); diff != "" {
				t.Errorf("%s, %s: %s", tc.name, class, diff)
			}
		}
	}
}

func TestDecideEdits(t *testing.T) {
	edit := func(fresh bool, sent string) Claim {
		return Claim{Item: Item{Class: Edit, Edit: true, Fresh: fresh, Card: "c"}, Attempt: 1, Sent: sent}
	}
	gone := chat.Receipt{Outcome: chat.Permanent, Reason: chat.ReasonGone}
	for _, tc := range []struct {
		name    string
		claim   Claim
		receipt chat.Receipt
		want    Verdict
	}{
		{"the message is gone", edit(false, "7"), gone, Verdict{Done: true}},
		{"the message is gone, fresh", edit(true, "7"), gone, Verdict{Anew: true}},
		{"unknown in place is repeated", edit(false, "7"), chat.Receipt{Outcome: chat.Unknown}, Verdict{After: time.Second, Hold: true}},
		{"unknown anew is not", edit(true, ""), chat.Receipt{Outcome: chat.Unknown}, Verdict{Bury: "unknown"}},
	} {
		if diff := cmp.Diff(tc.want, Decide(tc.claim, tc.receipt)); diff != "" {
			t.Errorf("%s: %s", tc.name, diff)
		}
	}
}
