package bot

import (
	"context"
	"fmt"
	"strings"
	"time"

	"trucban/internal/chat"
	"trucban/internal/checkin"
	"trucban/internal/hotline"
	"trucban/internal/team"
	"trucban/messages"
)

// sendPhoneTree sends the printable list: everybody's numbers to leaders and the
// desk, the own unit's to others, and the emergency contacts in any case.
func sendPhoneTree(ctx context.Context, t *turn, _ call) error {
	if t.b.Papers == nil {
		t.reply(messages.PaperRefused{Why: "off"})
		return nil
	}
	top := t.me.Unit
	if t.u.Kind == chat.Group {
		top = t.room.Unit
	}
	if !t.phonesFor(top) || t.u.Kind == chat.Group && !t.town.Org.May(t.me, team.LevelLeader, top) && t.me.Unit != top {
		t.reply(messages.PaperRefused{Why: "place"})
		return nil
	}
	all, err := t.watches(ctx, "watch/end", t.now, t.now.Add(longestShift))
	if err != nil {
		return err
	}
	whole := t.me.Level() >= team.LevelLeader && (t.u.Kind == chat.Private || t.room.Purpose != ForUnit)
	tree := t.phoneTree(top, whole, all)
	docx, text, err := t.b.Papers.PhoneTree(t.town.Org.Name, tree)
	if err != nil {
		return fmt.Errorf("make the phone list: %w", err)
	}
	t.note("phonetree.sent", Ref{"phonetree", string(top)}, top)
	m := messages.PhoneTree{Text: strings.TrimSpace(text), Whole: whole, At: t.now, File: t.caps(t.u.To).Upload}
	if !m.File {
		t.reply(m)
		return nil
	}
	t.sendFile(m, chat.Attachment{Name: "danh-ba-truc.docx", MIME: docxType, Data: docx})
	return nil
}

// PhoneTree is the whole list as of now, to be written to disk for a day without internet.
func (b *Bot) PhoneTree(ctx context.Context) (issuer string, tree hotline.Tree, err error) {
	t, err := b.aside(ctx, "phonetree")
	if err != nil {
		return "", tree, err
	}
	all, err := t.watches(ctx, "watch/end", t.now, t.now.Add(24*time.Hour))
	if err != nil {
		return "", tree, err
	}
	return t.town.Org.Name, t.phoneTree(t.town.Org.Root(), true, all), nil
}

// phoneTree puts whoever is on duty first, then the leaders and the people of the
// units, then the offices outside. Without whole only the unit's own people are in it.
func (t *turn) phoneTree(unit team.UnitID, whole bool, on []checkin.Watch) hotline.Tree {
	tree := hotline.Tree{At: t.now}
	in := func(u team.UnitID) bool { return u == unit || whole && t.town.Org.Within(u, unit) }
	duty := hotline.Section{Title: "ĐANG TRỰC"}
	for _, w := range on {
		if !w.Shift.Covers(t.now) || !in(w.Shift.Unit) {
			continue
		}
		for _, a := range w.Shift.People {
			m, _ := t.town.Org.Member(a.Member)
			duty.Rows = append(duty.Rows, hotline.Person(m.Name, joined(postName(a.Post), t.unitLabel(w.Shift.Unit)), m.Phone))
		}
	}
	tree.Sections = addSection(tree.Sections, duty)
	urgent, offices := hotline.Section{Title: "KHẨN CẤP"}, hotline.Section{Title: "CƠ QUAN, ĐƠN VỊ PHỐI HỢP"}
	for _, c := range t.b.contacts().Active() {
		rows := hotline.Rows([]hotline.Contact{c}, t.now)
		if len(c.Phones) > 0 && c.Phones[0].Short != "" {
			urgent.Rows = append(urgent.Rows, rows...)
		} else {
			offices.Rows = append(offices.Rows, rows...)
		}
	}
	tree.Sections = addSection(tree.Sections, urgent)
	for _, u := range t.town.Org.Units {
		if !in(u.ID) {
			continue
		}
		s := hotline.Section{Title: u.Name}
		for _, m := range t.town.Org.In(u.ID) {
			title := m.Title
			if title == "" {
				title = roleName(m)
			}
			s.Rows = append(s.Rows, hotline.Person(m.Name, title, m.Phone))
		}
		tree.Sections = addSection(tree.Sections, s)
	}
	tree.Sections = addSection(tree.Sections, offices)
	return tree
}

func addSection(list []hotline.Section, s hotline.Section) []hotline.Section {
	if len(s.Rows) == 0 {
		return list
	}
	return append(list, s)
}

func joined(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + ", " + b
}

func (t *turn) unitLabel(id team.UnitID) string {
	u, _ := t.town.Org.Unit(id)
	return u.Label()
}

// roleName is what a person without a title is for the office.
func roleName(m team.Member) string {
	switch {
	case m.Has(team.RoleLeader):
		return "lãnh đạo"
	case m.Has(team.RoleHead):
		return "thủ trưởng đơn vị"
	case m.Has(team.RoleDesk):
		return "quản lý trực"
	}
	return "cán bộ trực"
}
