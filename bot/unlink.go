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

// askUnlink is the question whether the sender's own account shall be taken off.
const askUnlink = "boghep"

// unlink is "/boghep" for the account it is written from, after a yes, and
// "/boghep Nguyễn Văn An: đổi máy" for somebody the sender decides about; a
// platform's name behind the person's takes off the account there only.
func unlink(ctx context.Context, t *turn, c call) error {
	if strings.TrimSpace(c.arg) == "" {
		if t.u.Kind != chat.Private {
			t.reply(messages.PrivateOnly{Command: "/boghep"})
			return nil
		}
		if err := t.ask(Dialog{Ask: askUnlink}); err != nil {
			return err
		}
		t.reply(messages.UnlinkAsk{Name: t.me.Name, Door: doorName(t.u.To.Platform)}, []chat.Button{t.button("confirm", "đồng ý", "yes", askUnlink)})
		return nil
	}
	name, reason := splitReason(c.arg)
	name, platform := t.cutPlatform(name)
	m, ok := t.personMeant(name, "/boghep", team.LevelHead)
	if !ok {
		return nil
	}
	if reason == "" {
		t.reply(messages.ReasonNeeded{Name: m.Name, Example: "/boghep " + m.Name + ": đổi máy"})
		return nil
	}
	var r Reach
	if _, err := t.get(ctx, reachRef(m.ID), &r); err != nil {
		return err
	}
	gone := slices.DeleteFunc(slices.Clone(r.Doors), func(d Door) bool { return platform != "" && d.Addr.Platform != platform })
	if len(gone) == 0 {
		t.reply(messages.NothingLinked{Name: m.Name})
		return nil
	}
	left, err := t.takeDoors(ctx, m, gone, viet.Line(reason))
	if err != nil {
		return err
	}
	msg, err := t.unlinked(ctx, m, left, viet.Line(reason))
	if err != nil {
		return err
	}
	t.reply(msg)
	return t.tellOthers(ctx, m.Unit, msg)
}

// cutPlatform takes the name of one of the platforms off the end.
func (t *turn) cutPlatform(name string) (string, chat.Name) {
	i := strings.LastIndexByte(name, ' ')
	if i < 0 {
		return name, ""
	}
	for p := range t.b.Senders {
		if viet.Fold(name[i+1:]) == viet.Fold(string(p)) {
			return strings.TrimSpace(name[:i]), p
		}
	}
	return name, ""
}

// unlinkSelf takes off the account the yes came from.
func (t *turn) unlinkSelf(ctx context.Context) error {
	if t.u.Kind != chat.Private {
		return nil
	}
	t.done()
	m := t.me
	left, err := t.takeDoors(ctx, m, []Door{{Account: t.u.From.Key(), Addr: t.u.To}}, "")
	if err != nil {
		return err
	}
	msg, err := t.unlinked(ctx, m, left, "")
	if err != nil {
		return err
	}
	return t.tellOthers(ctx, m.Unit, msg)
}

// takeDoors takes the accounts off the person, tells each of them, and says how
// many ways to reach the person are left.
func (t *turn) takeDoors(ctx context.Context, m team.Member, gone []Door, reason string) (left int, err error) {
	for _, d := range gone {
		if err := t.takeAccount(ctx, d.Account, m.ID); err != nil {
			return 0, err
		}
		if d.Blocked || !d.Started && d.Addr != t.u.To {
			continue // nothing gets there
		}
		msg := messages.Unlinked{Name: m.Name, Reason: reason}
		if t.me.ID != m.ID {
			msg.By = t.me.Name
		}
		t.send(outbox.Item{To: d.Addr, Kind: chat.Private, Class: outbox.Reply, Message: chat.Message{Text: t.text(msg)}, NotAfter: t.clock.Add(24 * time.Hour), About: "bỏ ghép"})
	}
	var r Reach
	if _, err := t.get(ctx, reachRef(m.ID), &r); err != nil {
		return 0, err
	}
	for _, d := range r.Doors {
		if !d.Started || d.Blocked {
			continue
		}
		left++
		msg := messages.AccountDropped{Name: m.Name, Doors: doorNames(gone)}
		if t.me.ID != m.ID {
			msg.By, msg.Reason = t.me.Name, reason
		}
		t.send(outbox.Item{To: d.Addr, Kind: chat.Private, Class: outbox.Reply, For: string(m.ID), Message: chat.Message{Text: t.text(msg)}, NotAfter: t.clock.Add(24 * time.Hour), About: "bỏ ghép"})
	}
	if left == 0 {
		t.lookNow()
	}
	return left, nil
}

// unlinked is what the desk has to know: how the person is reached now, and the next shift.
func (t *turn) unlinked(ctx context.Context, m team.Member, left int, reason string) (messages.UnlinkedPerson, error) {
	msg := messages.UnlinkedPerson{Name: m.Name, Unit: t.unitName(m.Unit), Left: left, Reason: reason, Phone: t.phoneFor(m.ID)}
	if t.me.ID != m.ID {
		msg.By = t.me.Name
	}
	mine, err := t.watches(ctx, "watch/m/"+string(m.ID), t.now, time.Time{})
	if err != nil {
		return msg, err
	}
	if len(mine) > 0 {
		msg.Next = t.shiftTitle(mine[0].Shift)
	}
	return msg, nil
}

// tellOthers tells the desk, except the chat that gets the answer anyway.
func (t *turn) tellOthers(ctx context.Context, unit team.UnitID, m any) error {
	before := len(t.change.Out)
	if err := t.tellDesk(ctx, unit, outbox.Missed, chat.Message{Text: t.text(m)}, "bỏ ghép"); err != nil {
		return err
	}
	t.change.Out = append(t.change.Out[:before:before], slices.DeleteFunc(slices.Clone(t.change.Out[before:]), func(it outbox.Item) bool {
		return it.To == t.u.To
	})...)
	return nil
}

// doorNames are the platforms of accounts in the words of the desk, each once.
func doorNames(doors []Door) string {
	var out []string
	for _, d := range doors {
		if n := doorName(d.Addr.Platform); !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	return strings.Join(out, ", ")
}
