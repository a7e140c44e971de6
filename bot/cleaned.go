package bot

import (
	"trucban/internal/chat"
	"trucban/internal/viet"
)

// cleaned takes out of everything people typed what cannot be seen and changes how
// the rest is read: direction marks that turn a name around, zero-width characters
// that make two names look alike, control characters. Names are on one line. No
// letter changes.
func cleaned(u chat.Update) chat.Update {
	u.Text, u.Title = viet.Clean(u.Text), viet.Line(u.Title)
	u.From.Name = viet.Line(u.From.Name)
	for _, q := range []**chat.Quote{&u.ReplyTo, &u.Forward} {
		if *q != nil {
			c := **q
			c.From, c.Text = viet.Line(c.From), viet.Clean(c.Text)
			*q = &c
		}
	}
	if u.File != nil {
		f := *u.File
		f.Name = viet.Line(f.Name)
		u.File = &f
	}
	if u.Contact != nil {
		c := *u.Contact
		c.Name = viet.Line(c.Name)
		u.Contact = &c
	}
	return u
}
