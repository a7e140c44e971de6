package bot

import (
	"context"
	"slices"
	"strings"
	"time"

	"trucban/internal/chat"
	"trucban/internal/outbox"
	"trucban/internal/team"
	"trucban/internal/viet"
	"trucban/messages"
)

// saveReach plans the write of a person's doors. The marks name them, so that a
// message for the person that still waits does not go out by a door that was taken away.
func (t *turn) saveReach(m team.MemberID, r Reach) error {
	marks := []string{"doors"}
	for _, d := range r.Doors {
		marks = append(marks, "door:"+d.Addr.Key())
	}
	return t.put(reachRef(m), r, Doc{Marks: marks})
}

// giveAccount makes the account the person's, reached in that private chat. What
// it was before is taken off first: an account is one person's.
func (t *turn) giveAccount(ctx context.Context, acc chat.Account, to chat.Address, m team.Member) error {
	var had Link
	if ok, err := t.get(ctx, accountRef(acc.Key()), &had); err != nil {
		return err
	} else if ok && had.Member != m.ID {
		if err := t.dropDoor(ctx, acc.Key(), had.Member); err != nil {
			return err
		}
	}
	var r Reach
	if _, err := t.get(ctx, reachRef(m.ID), &r); err != nil {
		return err
	}
	for _, d := range r.Doors {
		if d.Account != acc.Key() && d.Started && !d.Blocked {
			msg := messages.AccountAdded{Name: m.Name, Door: doorName(acc.Platform), Account: viet.Line(acc.Name)}
			t.send(outbox.Item{To: d.Addr, Kind: chat.Private, Class: outbox.Reply, For: string(m.ID), Message: chat.Message{Text: t.text(msg)}, NotAfter: t.clock.Add(24 * time.Hour), About: "ghép tài khoản"})
		}
	}
	_, open := r.Best()
	r.set(Door{Account: acc.Key(), Addr: to, Started: true, Seen: t.now})
	if err := t.put(accountRef(acc.Key()), Link{Member: m.ID}, linkDoc()); err != nil {
		return err
	}
	t.note("link.made", reachRef(m.ID), m.Unit)
	if err := t.saveReach(m.ID, r); err != nil || open {
		return err
	}
	return t.reachedAgain(ctx, m)
}

// takeAccount makes the account nobody's.
func (t *turn) takeAccount(ctx context.Context, account string, m team.MemberID) error {
	if err := t.load(ctx, accountRef(account)); err != nil {
		return err
	}
	t.drop(accountRef(account))
	return t.dropDoor(ctx, account, m)
}

// dropDoor takes the account off the person's doors.
func (t *turn) dropDoor(ctx context.Context, account string, m team.MemberID) error {
	var r Reach
	if ok, err := t.get(ctx, reachRef(m), &r); err != nil || !ok {
		return err
	}
	r.Doors = slices.DeleteFunc(r.Doors, func(d Door) bool { return d.Account == account })
	who, _ := t.town.Org.Member(m)
	t.note("link.dropped", reachRef(m), who.Unit)
	return t.saveReach(m, r)
}

// redeemLink uses a linking code; it is single use because its removal is part of the same commit.
func (t *turn) redeemLink(ctx context.Context, text string) error {
	if stop, err := t.locked(ctx); err != nil || stop {
		return err
	}
	var code Code
	ref := codeRef(text)
	ok, err := t.get(ctx, ref, &code)
	if err != nil {
		return err
	}
	m, known := t.town.Org.Member(code.Member)
	if ok && code.Owner && t.u.Kind == chat.Private {
		if m, err = t.becomeOwner(); err != nil {
			return err
		}
		known = true
	}
	if !ok || !known || t.now.After(code.Until) || t.u.Kind != chat.Private {
		t.note("link.refused", ref, "")
		return t.wrongTry(ctx, messages.BadCode{})
	}
	t.drop(ref)
	t.me, t.linked = m, true
	if err := t.giveAccount(ctx, t.u.From, t.u.To, m); err != nil {
		return err
	}
	t.reply(messages.Linked{Name: m.Name, Unit: t.unitName(m.Unit)})
	return nil
}

// linkCode makes a code that gives an account to a person, "/maghep Nguyễn Văn An".
func linkCode(_ context.Context, t *turn, c call) error {
	m, ok := t.personMeant(strings.TrimSpace(c.arg), "/maghep", team.LevelDesk)
	if !ok {
		return nil
	}
	text := t.b.Code()
	code := Code{Member: m.ID, By: t.me.ID, Until: t.now.Add(codeTTL)}
	if err := t.put(codeRef(text), code, Doc{TTL: codeTTL}); err != nil {
		return err
	}
	t.note("code.made", reachRef(m.ID), m.Unit)
	t.reply(messages.LinkCode{Name: m.Name, Code: text, URL: t.b.Link(t.u.To.Platform, text), Until: code.Until})
	return nil
}

// rules reports whether the sender decides about the person's accounts: with that
// level over the person's unit, and never about somebody who may do more.
func (t *turn) rules(need team.Level, m team.Member) bool {
	return t.town.Org.May(t.me, need, m.Unit) && t.me.Level() >= m.Level()
}

// personMeant is the one person a name or an id stands for, whom the sender may
// decide about at that level. It answers and reports false when there is none.
func (t *turn) personMeant(name, command string, need team.Level) (team.Member, bool) {
	found := t.named(name)
	var mine []team.Member
	for _, m := range found {
		if t.rules(need, m) {
			mine = append(mine, m)
		}
	}
	switch {
	case len(mine) == 1:
		return mine[0], true
	case len(mine) > 1:
		msg := messages.WhichPerson{}
		for _, m := range mine {
			msg.Items = append(msg.Items, command+" "+string(m.ID)+" – "+m.Name+", "+t.unitName(m.Unit))
		}
		t.reply(msg)
	case len(found) > 0:
		t.reply(t.notAllowed(max(need, found[0].Level()), found[0].Unit))
	default:
		t.reply(messages.NoSuchPerson{Command: command})
	}
	return team.Member{}, false
}

// named lists the people of that id or full name; where there are none, those whose
// name ends in these words.
func (t *turn) named(name string) []team.Member {
	want := viet.NameKey(name)
	var full, part []team.Member
	for _, m := range t.town.Org.Members {
		key := viet.NameKey(m.Name)
		switch {
		case want == "":
		case key == want || strings.EqualFold(string(m.ID), name):
			full = append(full, m)
		case strings.HasSuffix(key, " "+want):
			part = append(part, m)
		}
	}
	if len(full) > 0 {
		return full
	}
	return part
}

// mostNamed is how many people a refusal names.
const mostNamed = 2

// notAllowed is a refusal that names who may do it: the nearest people with that
// level over the unit.
func (t *turn) notAllowed(need team.Level, unit team.UnitID) messages.NotAllowed {
	m := messages.NotAllowed{Need: t.need(need)}
	role := map[team.Level]team.Role{
		team.LevelHead: team.RoleHead, team.LevelLeader: team.RoleLeader, team.LevelDesk: team.RoleDesk, team.LevelOwner: team.RoleOwner,
	}[need]
	for _, p := range t.town.Org.Above(unit, role) {
		if p.ID != t.me.ID && len(m.Who) < mostNamed {
			m.Who = append(m.Who, "đ/c "+p.Name)
		}
	}
	return m
}
