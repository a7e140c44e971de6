// Package outbox carries committed messages to the platforms.
//
// It promises order per chat and class, pacing that stays under the platform's
// limits, that a slow, throttled or dead chat delays no other, that nothing goes
// out after its time or against its guard, and that whatever cannot be delivered
// is kept with its reason and told upwards. A message is sent once in normal
// running; it is sent again only when the platform's answer was never seen and
// its class says that a repeat is better than silence.
package outbox

import (
	"context"
	"fmt"
	"slices"
	"time"

	"trucban/internal/chat"
)

// Class orders what goes first and says what an unknown outcome does.
type Class string

// Classes, most urgent first.
const (
	Alarm    Class = "alarm"    // incident, escalation
	Missed   Class = "missed"   // somebody is not at his post
	Reminder Class = "reminder" // shift and deadline reminders, checklists
	Reply    Class = "reply"    // answer to a person who waits
	Digest   Class = "digest"   // summaries, reports
	Edit     Class = "edit"     // a card's newest state
)

// Classes lists all of them, most urgent first.
var Classes = []Class{Alarm, Missed, Reminder, Reply, Digest, Edit}

// Resend reports whether an item of the class is sent again when its outcome
// was never seen: where silence is worse than a repeat.
func (c Class) Resend() bool { return c == Alarm || c == Missed || c == Reminder }

// Guard is a condition checked just before sending: the document still holds the mark.
type Guard struct {
	Kind string `json:"k"`
	ID   string `json:"i"`
	Mark string `json:"m"`
}

// Item is one message on its way.
type Item struct {
	// ID is unique in the namespace and derived from its cause, so that the same
	// commit made twice makes the same item.
	ID      string       `json:"id"`
	To      chat.Address `json:"to"`
	Kind    chat.Kind    `json:"kind"` // private or group: pacing differs
	Class   Class        `json:"class"`
	Message chat.Message `json:"msg"`
	// Card names the live card this is a version of. The id the platform gave is
	// kept under (Card, To), so that an Edit finds it and a reply to it finds its subject.
	Card string `json:"card,omitempty"`
	// Edit asks to change the card's message in place instead of sending a new one;
	// items of one card that still wait coalesce to the newest.
	Edit bool `json:"edit,omitempty"`
	// Fresh sends the card anew where it cannot be edited (platform, message gone);
	// without it such an edit is dropped.
	Fresh    bool      `json:"fresh,omitempty"`
	NotAfter time.Time `json:"until,omitempty"` // zero: no limit
	Guard    *Guard    `json:"guard,omitempty"`
	// Wave groups items for a delivery receipt: "127 of 130 reached".
	Wave string `json:"wave,omitempty"`
	// For is whom it is meant for, to name who was not reached: a member's id, or "@"
	// and a unit's id for a chat of the unit.
	For string `json:"for,omitempty"`
	// About is the subject in a few fixed words for the dead letter list, never a text of a user.
	About string `json:"about,omitempty"`
}

// Check says what keeps the item from being queued.
func (it Item) Check() error {
	switch {
	case it.ID == "" || it.To.IsZero() || it.To.Platform == "":
		return fmt.Errorf("item %q: id and address are needed", it.ID)
	case !slices.Contains(Classes, it.Class):
		return fmt.Errorf("item %q: class %q is not one of %v", it.ID, it.Class, Classes)
	case it.Edit && it.Card == "":
		return fmt.Errorf("item %q: an edit names its card", it.ID)
	}
	return nil
}

// Claim is an item handed to one relay until its lease ends.
type Claim struct {
	Item
	Token   string
	Attempt int
	Now     time.Time
	Sent    string // id of the card's message in that chat, when there is one
	// Known is the receipt when it stands without asking the platform: Unknown when
	// the relay that had the item before never said what became of it.
	Known *chat.Receipt
}

// Verdict is what the relay decided after the platform's receipt.
type Verdict struct {
	Done    bool          // delivered or needless
	Message string        // id the platform gave
	After   time.Duration // not done: try again after this
	Hold    bool          // hold the chat (not only the item) for After
	HoldAll bool          // hold the whole platform for After
	Bury    string        // not done: give up with this reason
	MovedTo chat.Address  // rewrite the chat's address and try again at once
	Anew    bool          // send the card anew at once, its message cannot be edited
	Spent   bool          // the platform was asked: pacing and budget count it
}

// Queue is the store of items. Enqueueing happens only in the bot's commit.
type Queue interface {
	// Claim hands out at most n items of chats on that platform that may speak now,
	// at most one a chat, and leases them. Items past NotAfter or whose guard no
	// longer holds are taken out and counted as stale on the way. next is the
	// earliest moment at which more may be had, zero when nothing waits.
	Claim(ctx context.Context, platform chat.Name, n int, lease time.Duration) (items []Claim, next time.Time, err error)
	// Settle applies the verdict; it does nothing when the lease was lost.
	Settle(ctx context.Context, c Claim, v Verdict) error
}
