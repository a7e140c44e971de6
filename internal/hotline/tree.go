package hotline

import (
	"time"

	"trucban/internal/viet"
)

// Tree is the one-page phone tree for a day without internet: whom to ring, in
// order, under a few headings. It is rendered elsewhere.
type Tree struct {
	At       time.Time // the lists are as of
	Sections []Section
}

// Section is one heading with its people or offices.
type Section struct {
	Title string
	Rows  []Row
}

// Row is one line of the tree.
type Row struct {
	Name   string
	Role   string
	Phones []string // as people read them
	State  Freshness
	Age    int // days since the check; 0 unless checked
}

// Rows turns contacts into lines of the tree.
func Rows(list []Contact, now time.Time) []Row {
	out := make([]Row, 0, len(list))
	for _, c := range list {
		r := Row{Name: c.Label, Role: c.Role, State: c.Freshness(now)}
		if !c.VerifiedOn.IsZero() {
			r.Age = max(0, int(now.Sub(c.VerifiedOn.Time).Hours()/24))
		}
		for _, p := range c.Phones {
			r.Phones = append(r.Phones, p.Show())
		}
		out = append(out, r)
	}
	return out
}

// Person is a line for somebody of the roster, whose number the office keeps
// itself; phone is E.164 and may be empty.
func Person(name, title, phone string) Row {
	r := Row{Name: name, Role: title, State: Missing}
	if phone != "" {
		r.Phones, r.State = []string{viet.FormatPhone(phone)}, Fresh
	}
	return r
}
