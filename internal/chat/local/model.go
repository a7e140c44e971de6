package local

import (
	"slices"
	"time"

	"trucban/internal/chat"
)

// Person is somebody who can chat.
type Person struct {
	ID   string
	Name string
	Lang string // language of their program, "vi" when empty
	// Phone is the number they share when asked; Note says on the page who they are.
	Phone string
	Note  string
	// Anonymous makes every message of this person one the platform does not put a name to.
	Anonymous bool
}

// Chat is a room: a group, or the private chat of one person with the bot.
type Chat struct {
	ID      string
	Kind    chat.Kind
	Title   string
	Members []string // person ids; of a private chat exactly one
	// Dormant marks a private chat its person has not opened yet: the bot may not
	// write into it until the person has said something.
	Dormant bool
}

// Message is a message as it stands in a chat.
type Message struct {
	ID      string
	Chat    string
	From    string // person id; "" is the bot
	At      time.Time
	Text    string // the bot's: the HTML subset of chat.Message where Caps.Markup; otherwise plain
	Markup  bool   // Text is in the HTML subset
	Buttons [][]chat.Button
	File    *chat.File // an attachment of the bot or a file somebody sent; Open has its bytes
	Contact *chat.Card
	ReplyTo string
	Silent  bool
	// AskPhone is the label of the control that shares the reader's own number.
	AskPhone string
	Edits    int       // how often it was changed
	EditedAt time.Time // zero while Edits is 0
}

func (m *Message) clone() Message {
	c := *m
	c.Buttons = cloneButtons(m.Buttons)
	return c
}

func cloneButtons(rows [][]chat.Button) [][]chat.Button {
	out := slices.Clone(rows)
	for i := range out {
		out[i] = slices.Clone(out[i])
	}
	return out
}
