package hotline

import (
	"errors"
	"slices"
	"strings"
	"time"
)

// Refusals of a change.
var (
	ErrLabel   = errors.New("id and label are needed")
	ErrPhone   = errors.New("a number is neither E.164 nor a short number")
	ErrNoPhone = errors.New("there is no number to check")
	ErrUnknown = errors.New("no such contact")
	ErrExists  = errors.New("a contact of that id exists")
	ErrRetired = errors.New("contact is retired")
	ErrReason  = errors.New("a reason is needed")
	ErrNothing = errors.New("nothing would change")
)

// Act is who changes the list and when.
type Act struct {
	By string    `json:"by"` // member id
	At time.Time `json:"at"`
}

// What says what a line of the history records.
type What string

// The closed set of changes.
const (
	Added    What = "added"
	Edited   What = "edited"
	Verified What = "verified"
	Retired  What = "retired"
	Restored What = "restored"
)

// Change is one line of a contact's history.
type Change struct {
	Act
	What   What    `json:"what"`
	Reason string  `json:"reason,omitempty"`
	Fields []Field `json:"fields,omitempty"`
}

// Field is one value that was changed.
type Field struct {
	Name string `json:"name"` // label, org, role, phones, email, source, note, unit
	Was  string `json:"was,omitempty"`
	Is   string `json:"is,omitempty"`
}

// Edit is what shall change; nil leaves a value as it is.
type Edit struct {
	Label, Org, Role, Email, Source, Note, Unit *string
	Phones                                      []Phone // nil leaves them; empty takes them away
}

// with replaces the contact of that id in a copy of the list.
func (b Book) with(c Contact) Book {
	b.Contacts = slices.Clone(b.Contacts)
	for n := range b.Contacts {
		if b.Contacts[n].ID == c.ID {
			b.Contacts[n] = c
		}
	}
	return b
}

func (c Contact) note(ch Change) Contact {
	ch.At = ch.At.UTC().Truncate(time.Millisecond)
	c.History = append(slices.Clip(c.History), ch)
	return c
}

// Add puts a new contact at the end of the list; it counts as never checked.
func (b Book) Add(c Contact, a Act) (Book, error) {
	if err := c.check(); err != nil {
		return b, err
	}
	if _, ok := b.Get(c.ID); ok {
		return b, ErrExists
	}
	c.VerifiedOn, c.VerifiedBy, c.Retired, c.History = Date{}, "", false, nil
	b.Contacts = append(slices.Clip(b.Contacts), c.note(Change{Act: a, What: Added}))
	return b, nil
}

// Verify records that somebody made sure the number answers.
func (b Book) Verify(id string, a Act) (Book, error) {
	c, err := b.inUse(id)
	if err != nil {
		return b, err
	}
	if len(c.Phones) == 0 {
		return b, ErrNoPhone
	}
	c.VerifiedOn, c.VerifiedBy = Date{a.At.UTC().Truncate(time.Millisecond)}, a.By
	c.Note, c.Why = "", ""
	return b.with(c.note(Change{Act: a, What: Verified})), nil
}

// Change applies an edit. New numbers take the check date away: nobody rang them yet.
func (b Book) Change(id string, e Edit, a Act) (Book, error) {
	c, err := b.inUse(id)
	if err != nil {
		return b, err
	}
	var fields []Field
	set := func(name string, old *string, val *string) {
		if val == nil || strings.TrimSpace(*val) == *old {
			return
		}
		fields = append(fields, Field{Name: name, Was: *old, Is: strings.TrimSpace(*val)})
		*old = strings.TrimSpace(*val)
	}
	set("label", &c.Label, e.Label)
	set("org", &c.Org, e.Org)
	set("role", &c.Role, e.Role)
	set("email", &c.Email, e.Email)
	set("source", &c.Source, e.Source)
	set("note", &c.Note, e.Note)
	set("unit", &c.Unit, e.Unit)
	if e.Phones != nil && !slices.Equal(e.Phones, c.Phones) {
		fields = append(fields, Field{Name: "phones", Was: dials(c.Phones), Is: dials(e.Phones)})
		c.Phones = slices.Clone(e.Phones)
		c.VerifiedOn, c.VerifiedBy = Date{}, ""
	}
	if len(fields) == 0 {
		return b, ErrNothing
	}
	if err := c.check(); err != nil {
		return b, err
	}
	return b.with(c.note(Change{Act: a, What: Edited, Fields: fields})), nil
}

func dials(ps []Phone) string {
	out := make([]string, len(ps))
	for n, p := range ps {
		out[n] = p.Dial()
	}
	return strings.Join(out, ", ")
}

// Retire takes a contact out of use and keeps it with the reason.
func (b Book) Retire(id, reason string, a Act) (Book, error) {
	c, err := b.inUse(id)
	if err != nil {
		return b, err
	}
	reason = strings.TrimSpace(reason)
	if reason == "" {
		return b, ErrReason
	}
	c.Retired = true
	return b.with(c.note(Change{Act: a, What: Retired, Reason: reason})), nil
}

// Restore takes a retired contact back; it has to be checked anew.
func (b Book) Restore(id string, a Act) (Book, error) {
	c, ok := b.Get(id)
	if !ok {
		return b, ErrUnknown
	}
	if !c.Retired {
		return b, ErrNothing
	}
	c.Retired, c.VerifiedOn, c.VerifiedBy = false, Date{}, ""
	return b.with(c.note(Change{Act: a, What: Restored})), nil
}

func (b Book) inUse(id string) (Contact, error) {
	c, ok := b.Get(id)
	switch {
	case !ok:
		return c, ErrUnknown
	case c.Retired:
		return c, ErrRetired
	}
	return c, nil
}
