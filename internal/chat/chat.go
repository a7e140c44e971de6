// Package chat is the port between the bot and the platforms people chat on.
//
// It promises one vocabulary for both directions: an Update is whatever a
// platform delivered, a Message whatever the bot wants to be shown, a Receipt
// one of a closed set of delivery outcomes. Differences between platforms are
// stated as Caps, so that nothing above this package asks which platform it is
// talking to. The package holds values only: no network, no clock, no state.
package chat

import (
	"context"
	"errors"
	"io"
	"strings"
	"time"
)

// Name is a platform's name: "telegram", "zalo", "local".
type Name string

// Address is where a message goes: a chat, and inside it a topic where there are topics.
type Address struct {
	Platform Name   `json:"p"`
	Chat     string `json:"c"`
	Thread   string `json:"t,omitempty"`
}

// Key is the address as one string, "telegram:-1001" or "telegram:-1001/7"; the inverse is ParseAddress.
func (a Address) Key() string {
	s := string(a.Platform) + ":" + a.Chat
	if a.Thread != "" {
		s += "/" + a.Thread
	}
	return s
}

// IsZero reports whether the address names no chat.
func (a Address) IsZero() bool { return a.Chat == "" }

// ParseAddress reads what Key wrote.
func ParseAddress(s string) (Address, bool) {
	p, rest, ok := strings.Cut(s, ":")
	if !ok || p == "" || rest == "" {
		return Address{}, false
	}
	c, t, _ := strings.Cut(rest, "/")
	return Address{Platform: Name(p), Chat: c, Thread: t}, c != ""
}

// Kind tells a private chat from a group.
type Kind string

// Kinds of chats.
const (
	Private Kind = "private"
	Group   Kind = "group"
	Channel Kind = "channel"
)

// Account is a person as the platform knows them.
type Account struct {
	Platform Name   `json:"p"`
	ID       string `json:"id"`
	Name     string `json:"name,omitempty"`
	// Anonymous marks a sender the platform does not name: an anonymous group
	// administrator or a channel. Such a message can never count as a person's.
	Anonymous bool `json:"anon,omitempty"`
	IsBot     bool `json:"bot,omitempty"`
}

// Key is "telegram:12345".
func (a Account) Key() string { return string(a.Platform) + ":" + a.ID }

// Event says what an Update is about.
type Event string

// The closed set of events.
const (
	EventMessage Event = "message" // text, caption, file, contact
	EventPress   Event = "press"   // a button; Action holds its payload, MessageID the card it stands on
	EventEdited  Event = "edited"  // a person changed a message; never acted on, kept for the record
	EventAdded   Event = "added"   // the bot was added to a group or its rights changed there
	EventRemoved Event = "removed" // the bot was removed from a group
	EventStarted Event = "started" // a person opened or unblocked the private chat
	EventBlocked Event = "blocked" // a person blocked the bot
	EventMoved   Event = "moved"   // a group got a new address: MovedTo
	EventJoined  Event = "joined"  // From came into a group; only where the bot is an administrator
	EventLeft    Event = "left"    // From left a group or was removed; only where the bot is an administrator
)

// Update is one thing that happened on a platform.
type Update struct {
	// ID is unique on its platform for at least a day and the same at every
	// redelivery; it carries the platform's name as a prefix.
	ID string `json:"id"`
	// Same is what a client may send once more as another update, with an ID of its own:
	// updates with one Same within a minute are one. Empty: it is not sent again.
	Same     string    `json:"same,omitempty"`
	Event    Event     `json:"event"`
	From     Account   `json:"from"`
	To       Address   `json:"to"` // the chat it happened in
	Kind     Kind      `json:"kind"`
	Title    string    `json:"title,omitempty"`
	SentAt   time.Time `json:"at"` // the platform's own timestamp, UTC; the moment that counts
	Text     string    `json:"text,omitempty"`
	Action   string    `json:"action,omitempty"`
	Message  string    `json:"msg,omitempty"` // id of the message, or of the card pressed on
	ReplyTo  *Quote    `json:"reply,omitempty"`
	Forward  *Quote    `json:"fwd,omitempty"`
	File     *File     `json:"file,omitempty"`
	Contact  *Contact  `json:"contact,omitempty"`
	MovedTo  Address   `json:"moved,omitempty"`
	Lang     string    `json:"lang,omitempty"`
	Received time.Time `json:"-"`
	// Admin, with EventAdded, says that the bot is an administrator there and sees every message.
	Admin bool `json:"admin,omitempty"`
	// CommandsOnly, with EventAdded, says that of what people write there only commands
	// and replies to the bot reach it (Telegram's privacy mode), until it is an administrator.
	CommandsOnly bool `json:"cmdonly,omitempty"`
}

// Quote is a message another one answers or forwards.
type Quote struct {
	Message string    `json:"msg,omitempty"`
	From    string    `json:"from,omitempty"` // display name
	FromBot bool      `json:"bot,omitempty"`  // it is one of our own messages
	Text    string    `json:"text,omitempty"`
	SentAt  time.Time `json:"at,omitempty"`
}

// File is something sent along; its bytes are fetched with Files.Open.
type File struct {
	ID    string `json:"id"`
	Name  string `json:"name,omitempty"`
	MIME  string `json:"mime,omitempty"`
	Size  int64  `json:"size,omitempty"`
	Photo bool   `json:"photo,omitempty"`
}

// Contact is a phone number a person shared with the platform's own contact button or card.
type Contact struct {
	Phone   string `json:"phone"`
	Account string `json:"acc,omitempty"` // account id the platform vouches for; "" when it is somebody else's card
	Name    string `json:"name,omitempty"`
}

// Message is what the bot wants to be shown.
type Message struct {
	// Text is in the small HTML subset b, i, u, s, code, pre, a[href]; whatever people
	// typed is escaped already. Platforms without markup show Plain(Text).
	Text    string      `json:"text"`
	Buttons [][]Button  `json:"buttons,omitempty"`
	Attach  *Attachment `json:"attach,omitempty"`
	Contact *Card       `json:"contact,omitempty"`
	ReplyTo string      `json:"reply,omitempty"` // message id to answer, in the same chat
	Silent  bool        `json:"silent,omitempty"`
	// Ask heads the text forms of the buttons where there are none to press; empty is "Trả lời:".
	Ask string `json:"ask,omitempty"`
	// AskPhone shows the platform's own "share my number" control where Caps.AskPhone.
	AskPhone string `json:"ask_phone,omitempty"`
}

// Button is one inline button. Exactly one of Action and URL is set.
type Button struct {
	Label  string `json:"l"`
	Action string `json:"a,omitempty"` // at most 64 bytes
	URL    string `json:"u,omitempty"`
	// Hint is the text form of the action, "xong 3"; platforms without buttons print it.
	Hint string `json:"h,omitempty"`
}

// Attachment is a picture or document made by the bot.
type Attachment struct {
	Name   string `json:"name"`
	MIME   string `json:"mime"`
	Photo  bool   `json:"photo,omitempty"`
	Data   []byte `json:"data,omitempty"`
	FileID string `json:"file,omitempty"` // or a file the platform already has
	// Fallback is sent as text where the platform takes no uploads: a link or the content in words.
	Fallback string `json:"fallback,omitempty"`
}

// Card is a contact card (vCard).
type Card struct {
	Name  string `json:"name"`
	Phone string `json:"phone"` // E.164
}

// Caps says what a platform can do; zero limits mean none.
type Caps struct {
	Buttons  bool // inline buttons with callbacks
	Edit     bool // own messages can be edited in place
	Upload   bool // photos and documents by upload
	Contacts bool // contact cards
	AskPhone bool // can ask for the sender's own phone number
	Replies  bool // incoming replies name the message they answer
	Markup   bool // the HTML subset is shown; otherwise Plain
	Mention  bool // in groups only mentions and replies are delivered
	Replays  bool // updates nobody took are delivered again later
	MaxText  int  // code points
	MaxKeys  int  // buttons on one message
	Limits   Limits
}

// Limits is how fast a platform may be spoken to.
type Limits struct {
	ChatEvery      time.Duration // least time between two messages or edits in one chat
	GroupPerMinute int           // messages and edits in one group per minute
	PerSecond      int           // messages of the whole bot per second
	PerMonth       int           // messages of the whole bot per calendar month
}

// Outcome is what became of a Send or an Edit.
type Outcome string

// The closed set of outcomes.
const (
	Sent      Outcome = "sent"      // the platform confirmed it (an edit without change is Sent)
	Throttled Outcome = "throttled" // not taken; try again after RetryAfter
	Temporary Outcome = "temporary" // certainly not taken; try again
	Permanent Outcome = "permanent" // never will be; Reason says why
	Unknown   Outcome = "unknown"   // it may have been taken: no answer was seen
	Migrated  Outcome = "migrated"  // the chat has a new address, MovedTo
)

// Reason classes a permanent failure; the desk is told in these words.
type Reason string

// Reasons of permanent failures.
const (
	ReasonBlocked    Reason = "blocked"     // the person blocked the bot
	ReasonNotStarted Reason = "not_started" // the person never opened the private chat
	ReasonKicked     Reason = "kicked"      // the bot is no longer in the group, or the group is gone
	ReasonNoRights   Reason = "no_rights"   // in the group, but may not write
	ReasonNoChat     Reason = "no_chat"     // unknown chat or topic
	ReasonGone       Reason = "gone"        // the message to edit is gone or cannot be edited
	ReasonRejected   Reason = "rejected"    // the platform refuses this content
	ReasonToken      Reason = "token"       // the bot's token is not accepted: nothing goes out any more
	ReasonQuota      Reason = "quota"       // the platform's message budget is used up
)

// Receipt is the result of one Send or Edit.
type Receipt struct {
	Outcome    Outcome
	Message    string        // id of the sent message
	Parts      int           // messages this call made on the platform, as counted against Limits.PerMonth; with Unknown also the one that may have been taken
	RetryAfter time.Duration // with Throttled; zero means the caller's own back-off
	Whole      bool          // with Throttled: the whole bot is held, not this chat only
	MovedTo    Address       // with Migrated
	Reason     Reason        // with Permanent
	Err        error         // for the log; never holds a token or a text
}

// Sender delivers messages. Both methods return in bounded time and never panic;
// the outbox is their only caller.
type Sender interface {
	Name() Name
	Caps() Caps
	Send(ctx context.Context, to Address, m Message) Receipt
	Edit(ctx context.Context, to Address, id string, m Message) Receipt
}

// Handler takes one update. Returning nil means it is committed; only then may
// the receiver confirm it to the platform. An error means: deliver it again.
type Handler func(ctx context.Context, u Update) error

// Receiver takes updates from a platform until ctx ends. It calls h for the
// updates of one chat in order, one at a time, and returns nil when ctx ended.
type Receiver interface {
	Name() Name
	Listen(ctx context.Context, h Handler) error
}

// ErrTooLarge means that a file is larger than the limit of who opens it, or than
// its platform gives out.
var ErrTooLarge = errors.New("the file is too large")

// Files fetches what people sent. A file of more than limit bytes is ErrTooLarge,
// from Open or from the reader, never a shorter file.
type Files interface {
	Open(ctx context.Context, f File, limit int64) (io.ReadCloser, error)
}

// Platform is a whole door.
type Platform interface {
	Sender
	Receiver
	Files
}
