package chattest

import (
	"context"
	"strings"
	"testing"
	"time"

	"trucban/internal/chat"
)

// Harness opens a fresh door, with nobody behind it, for one test. It closes it
// with t.Cleanup.
type Harness func(t *testing.T) Door

// Door is a platform under test together with the hands of the people behind it.
// Its methods fail the test by themselves when the fake refuses.
type Door interface {
	// Platform is the one under test. After Restart it is a new one.
	Platform() chat.Platform
	// Restart gives up the platform as a crash would and makes a new one on the
	// same service. Listen has ended before.
	Restart()
	// Secrets are strings no error may show: the token.
	Secrets() []string
	// Person makes somebody who has opened the private chat with the bot.
	Person(name string) Person
	// Group makes a group of the bot and these people, in which what they write is delivered.
	Group(title string, members ...Person) chat.Address
	// Say writes a text in a chat and returns the message's id, or "" where there is none.
	// Where only mentions are delivered it mentions the bot; the Update's Text is text all the same.
	Say(p Person, in chat.Address, text string) string
	// Reply writes an answer to a message. Only called where Caps.Replies.
	Reply(p Person, in chat.Address, to, text string)
	// Press presses the button with this action. Only called where Caps.Buttons.
	Press(p Person, in chat.Address, message, action string)
	// Shown lists what the bot has put into a chat, oldest first, as it stands now.
	Shown(in chat.Address) []Shown
	// Fail makes the following sends into a chat end like that, until Fault "" heals
	// it; false means that the fake cannot do it.
	Fail(in chat.Address, f Fault) bool
	// Pace lets the time pass after which the platform may be spoken to again.
	Pace()
}

// Person is somebody on the platform.
type Person struct {
	ID      string // account id
	Name    string
	Private chat.Address
}

// Shown is one message of the bot as people see it.
type Shown struct {
	ID      string
	Text    string // what is read: no markup
	Buttons []chat.Button
	File    string // name of the picture or document
	Phone   string // of a contact card
}

// Fault is a way in which sends fail.
type Fault string

// Faults and the receipts they must end in.
const (
	Healed       Fault = ""
	Flood        Fault = "flood"          // Throttled with RetryAfter
	Down         Fault = "down"           // Temporary: cannot be connected to
	Gateway      Fault = "gateway"        // Temporary: an answer the platform did not write
	Lost         Fault = "lost"           // Unknown: taken, but the answer is never seen
	Blocked      Fault = "blocked"        // Permanent, ReasonBlocked
	Kicked       Fault = "kicked"         // Permanent, ReasonKicked
	BadToken     Fault = "bad token"      // Permanent, ReasonToken
	MovedAway    Fault = "moved"          // Migrated with MovedTo
	QuotaUsed    Fault = "quota"          // Permanent, ReasonQuota
	contractWait       = 15 * time.Second // longest a test waits for anything
)

// Run runs the contract suite.
func Run(t *testing.T, open Harness) {
	for _, c := range []struct {
		name string
		run  func(t *testing.T, d Door)
	}{
		{"caps", testCaps},
		{"send", testSend},
		{"escaped", testEscaped},
		{"order", testSendOrder},
		{"buttons", testButtons},
		{"long text", testLongText},
		{"attachment", testAttachment},
		{"card", testCard},
		{"nothing to show", testEmpty},
		{"edit", testEdit},
		{"edit nowhere", testEditNowhere},
		{"message", testMessage},
		{"group message", testGroupMessage},
		{"reply", testReply},
		{"press", testPress},
		{"listen order", testListenOrder},
		{"commit", testCommit},
		{"restart", testRestart},
		{"stop", testStop},
		{"faults", testFaults},
		{"cancelled", testCancelled},
	} {
		t.Run(c.name, func(t *testing.T) { c.run(t, open(t)) })
	}
}

// listener runs Listen and keeps what came.
type listener struct {
	t    *testing.T
	got  chan chat.Update
	end  chan error
	stop context.CancelFunc
}

// listen starts Listen; h sees an update before it is kept and may refuse it.
func listen(t *testing.T, d Door, h chat.Handler) *listener {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	l := &listener{t: t, got: make(chan chat.Update, 1000), end: make(chan error, 1), stop: cancel}
	p := d.Platform()
	go func() {
		l.end <- p.Listen(ctx, func(ctx context.Context, u chat.Update) error {
			if h != nil {
				if err := h(ctx, u); err != nil {
					return err
				}
			}
			l.got <- u
			return nil
		})
	}()
	t.Cleanup(func() { cancel() })
	return l
}

// next is the next committed update of these events (none: any message or press).
func (l *listener) next(events ...chat.Event) chat.Update {
	l.t.Helper()
	if len(events) == 0 {
		events = []chat.Event{chat.EventMessage, chat.EventPress}
	}
	deadline := time.NewTimer(contractWait)
	defer deadline.Stop()
	for {
		select {
		case u := <-l.got:
			for _, e := range events {
				if u.Event == e {
					return u
				}
			}
		case err := <-l.end:
			l.t.Fatalf("Listen ended with %v", err)
		case <-deadline.C:
			l.t.Fatalf("no update came")
		}
	}
}

// done ends Listen and checks that it ends at once and without an error.
func (l *listener) done() {
	l.t.Helper()
	l.stop()
	deadline := time.NewTimer(contractWait)
	defer deadline.Stop()
	select {
	case err := <-l.end:
		if err != nil {
			l.t.Errorf("Listen after its context ended: %v", err)
		}
	case <-deadline.C:
		l.t.Fatal("Listen does not end")
	}
}

// must sends and demands that it was sent.
func must(t *testing.T, d Door, to chat.Address, m chat.Message) chat.Receipt {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), contractWait)
	defer cancel()
	r := d.Platform().Send(ctx, to, m)
	check(t, d, r)
	if r.Outcome != chat.Sent {
		t.Fatalf("Send ended %s %s: %v", r.Outcome, r.Reason, r.Err)
	}
	d.Pace()
	return r
}

// check demands of any receipt that it belongs to the closed set and shows no secret.
func check(t *testing.T, d Door, r chat.Receipt) {
	t.Helper()
	switch r.Outcome {
	case chat.Sent, chat.Throttled, chat.Temporary, chat.Unknown:
		if r.Reason != "" {
			t.Errorf("%s with reason %s", r.Outcome, r.Reason)
		}
	case chat.Permanent:
		if r.Reason == "" {
			t.Error("permanent without a reason")
		}
	case chat.Migrated:
		if r.MovedTo.IsZero() {
			t.Error("migrated to nowhere")
		}
	default:
		t.Errorf("outcome %q", r.Outcome)
	}
	if r.Outcome != chat.Sent && r.Err == nil {
		t.Errorf("%s without an error for the log", r.Outcome)
	}
	if r.Err == nil {
		return
	}
	for _, s := range d.Secrets() {
		if strings.Contains(r.Err.Error(), s) {
			t.Errorf("an error shows a secret: %s", strings.ReplaceAll(r.Err.Error(), s, "<secret>"))
		}
	}
}

// last is the newest message the bot has put into a chat.
func last(t *testing.T, d Door, in chat.Address) Shown {
	t.Helper()
	all := d.Shown(in)
	if len(all) == 0 {
		t.Fatalf("nothing is shown in %s", in.Key())
	}
	return all[len(all)-1]
}
