package bot

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"trucban/internal/chat"
	"trucban/internal/hotline"
	"trucban/internal/team"
	"trucban/internal/viet"
	"trucban/messages"
)

// bookRef is the contact list as the desk changed it, with its history.
var bookRef = Ref{"hotline", "book"}

// withShipped adds the contacts the product ships with and the stored list does not know.
func withShipped(stored, shipped hotline.Book) hotline.Book {
	out := hotline.Book{Contacts: slices.Clone(stored.Contacts)}
	for _, c := range shipped.Contacts {
		if _, known := stored.Get(c.ID); !known {
			out.Contacts = append(out.Contacts, c)
		}
	}
	return out
}

// useBook reads the stored list into memory, from where it is answered.
func (t *turn) useBook(ctx context.Context) (hotline.Book, error) {
	var stored hotline.Book
	if _, err := t.get(ctx, bookRef, &stored); err != nil {
		return hotline.Book{}, err
	}
	return withShipped(stored, t.b.Hotlines), nil
}

func (b *Bot) setBook(book hotline.Book) {
	b.mu.Lock()
	b.book = book
	b.mu.Unlock()
}

// editHotline is the desk's way to keep the numbers right: "/suahotline" lists
// what has to be checked, "/suahotline MÃ …" changes one contact.
func editHotline(ctx context.Context, t *turn, c call) error {
	book, err := t.useBook(ctx)
	if err != nil {
		return err
	}
	id, rest, _ := strings.Cut(strings.TrimSpace(viet.Clean(c.arg)), " ")
	rest = strings.TrimSpace(rest)
	if a := c.act.Arg(0); a != "" {
		id, rest = a, "đúng"
	}
	if id == "" {
		t.showDesk(book)
		return nil
	}
	act := hotline.Act{By: string(t.me.ID), At: t.now}
	var next hotline.Book
	if viet.Fold(id) == "them" {
		id, next, err = addContact(book, rest, act)
	} else {
		id = strings.ToLower(id)
		if _, known := book.Get(id); !known {
			t.reply(messages.HotlineRefused{Why: "unknown", ID: id})
			return nil
		}
		what, value := contactVerb(rest)
		if what == "" || what == "history" {
			t.showHistory(book, id)
			return nil
		}
		next, err = changeContact(book, id, what, value, act)
	}
	if err != nil {
		return t.refuseContact(id, err)
	}
	return t.saveBook(next, id)
}

// saveBook stores the list and, once that is committed, answers from it.
func (t *turn) saveBook(book hotline.Book, id string) error {
	if err := t.put(bookRef, book, Doc{}); err != nil {
		return err
	}
	c, _ := book.Get(id)
	last := c.History[len(c.History)-1]
	e := Ref{"contact", id}
	t.note("hotline."+string(last.What), e, t.me.Unit)
	t.reply(t.changeLine(c, last))
	t.after = func() { t.b.setBook(book) }
	return nil
}

func (t *turn) changeLine(c hotline.Contact, ch hotline.Change) messages.HotlineChanged {
	m := messages.HotlineChanged{What: string(ch.What), ID: c.ID, Name: c.Label, By: t.memberName(team.MemberID(ch.By)), Reason: ch.Reason, At: ch.At}
	for _, f := range ch.Fields {
		m.Fields = append(m.Fields, messages.HotlineField{What: f.Name, Was: f.Was, Is: f.Is})
	}
	return m
}

// showDesk lists what has to be checked, with a button for each number that was rung.
func (t *turn) showDesk(book hotline.Book) {
	m := messages.HotlineDesk{Total: len(book.Active())}
	var rows [][]chat.Button
	for _, c := range book.Unsure(t.now) {
		r := t.contactRow(c)
		m.Unsure = append(m.Unsure, r)
		if r.Phone != "" && len(rows) < 8 {
			b := t.button("right", "/suahotline "+c.ID+" đúng", "hok", c.ID)
			b.Label += ": " + r.Name
			rows = append(rows, []chat.Button{b})
		}
	}
	t.reply(m, rows...)
}

func (t *turn) contactRow(c hotline.Contact) messages.HotlineRow {
	r := messages.HotlineRow{ID: c.ID, Name: c.Label, State: string(c.Freshness(t.now)), Checked: c.VerifiedOn.Time}
	if c.Retired {
		r.State = "retired"
	}
	if len(c.Phones) > 0 {
		r.Phone = c.Phones[0].Show()
	}
	return r
}

func (t *turn) showHistory(book hotline.Book, id string) {
	c, _ := book.Get(id)
	m := messages.HotlineHistory{Row: t.contactRow(c)}
	for _, ch := range c.History {
		m.Lines = append(m.Lines, t.changeLine(c, ch))
	}
	t.reply(m)
}

func (t *turn) refuseContact(id string, err error) error {
	for _, f := range []struct {
		err error
		why string
	}{
		{hotline.ErrExists, "exists"}, {hotline.ErrPhone, "phone"}, {hotline.ErrNoPhone, "nophone"}, {hotline.ErrRetired, "retired"},
		{hotline.ErrReason, "reason"}, {hotline.ErrNothing, "nothing"}, {hotline.ErrLabel, "usage"}, {errVerb, "usage"},
	} {
		if errors.Is(err, f.err) {
			t.reply(messages.HotlineRefused{Why: f.why, ID: id})
			return nil
		}
	}
	return fmt.Errorf("change contact %s: %w", id, err)
}

// contactVerbs are the words of a change, folded; longer ones first.
var contactVerbs = []struct{ words, what string }{
	{"da kiem tra", "verify"}, {"da goi thu", "verify"}, {"khoi phuc", "restore"}, {"kiem tra", "verify"}, {"lich su", "history"}, {"lay lai", "restore"},
	{"vai tro", "role"}, {"ghi chu", "note"}, {"co quan", "org"}, {"don vi", "unit"}, {"dung", "verify"}, {"email", "email"}, {"nguon", "source"},
	{"ten", "label"}, {"so", "phones"}, {"bo", "retire"},
}

var errVerb = errors.New("no such change of a contact")

// contactVerb splits the words of a change from its value.
func contactVerb(s string) (what, value string) {
	words := strings.Fields(s)
	for _, v := range contactVerbs {
		n := len(strings.Fields(v.words))
		if len(words) >= n && viet.Fold(strings.Trim(strings.Join(words[:n], " "), ":")) == v.words {
			return v.what, strings.Join(words[n:], " ")
		}
	}
	if s == "" {
		return "", ""
	}
	return "?", s
}

func changeContact(book hotline.Book, id, what, value string, act hotline.Act) (hotline.Book, error) {
	var e hotline.Edit
	switch what {
	case "verify":
		return book.Verify(id, act)
	case "retire":
		return book.Retire(id, value, act)
	case "restore":
		return book.Restore(id, act)
	case "phones":
		e.Phones = readPhones(value)
		if len(e.Phones) == 0 {
			return book, hotline.ErrPhone
		}
	case "label":
		e.Label = &value
	case "org":
		e.Org = &value
	case "role":
		e.Role = &value
	case "email":
		e.Email = &value
	case "source":
		e.Source = &value
	case "note":
		e.Note = &value
	case "unit":
		e.Unit = &value
	default:
		return book, errVerb
	}
	return book.Change(id, e, act)
}

var shortNumber = regexp.MustCompile(`^\d{3,10}$`)

// readPhones reads numbers as people write them; short ones like 113 are no E.164.
func readPhones(s string) []hotline.Phone {
	var out []hotline.Phone
	for _, part := range strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == '/' }) {
		if found := viet.ParsePhones(part); len(found) > 0 {
			for _, n := range found {
				out = append(out, hotline.Phone{E164: n, Printed: strings.TrimSpace(part)})
			}
			continue
		}
		if d := strings.NewReplacer(" ", "", ".", "").Replace(part); shortNumber.MatchString(d) {
			out = append(out, hotline.Phone{Short: d, Printed: strings.TrimSpace(part)})
		}
	}
	return out
}

// addContact reads "Tên; số; vai trò; nguồn"; only the name is needed.
func addContact(book hotline.Book, s string, act hotline.Act) (string, hotline.Book, error) {
	parts := strings.Split(s, ";")
	for len(parts) < 4 {
		parts = append(parts, "")
	}
	for n := range parts {
		parts[n] = strings.TrimSpace(parts[n])
	}
	c := hotline.Contact{Label: parts[0], Role: parts[2], Source: parts[3], Phones: readPhones(parts[1])}
	if parts[1] != "" && len(c.Phones) == 0 {
		return "MÃ", book, hotline.ErrPhone
	}
	base := contactID(c.Label)
	c.ID = base
	for n := 2; ; n++ {
		if _, taken := book.Get(c.ID); !taken {
			break
		}
		c.ID = fmt.Sprintf("%s-%d", base, n)
	}
	next, err := book.Add(c, act)
	return c.ID, next, err
}

// contactID makes an id of a name, "cong-an-phuong", short enough for a button.
func contactID(name string) string {
	id := strings.Join(strings.FieldsFunc(viet.Fold(name), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') }), "-")
	if len(id) > 24 {
		id = strings.TrimRight(id[:24], "-")
	}
	return id
}
