package bot

import (
	"context"
	"strings"
	"time"

	"trucban/internal/chat"
	"trucban/internal/outbox"
	"trucban/internal/team"
	"trucban/internal/viet"
	"trucban/messages"
)

// peopleRoutes is what can be asked about people and their accounts.
func peopleRoutes() []route {
	return []route{
		{code: "me", words: []string{"đúng là tôi"}, open: true, run: claimOffer},
		{code: "notme", words: []string{"không phải tôi"}, open: true, run: declineOffer},
		{cmd: "duyetghep", takes: TakesNote, code: "lok", need: team.LevelHead, run: deciding(true)},
		{cmd: "tuchoighep", takes: TakesNote, code: "lno", need: team.LevelHead, run: deciding(false)},
		{cmd: "boghep", takes: TakesNote, aliases: []string{"bo_ghep", "bolienket"}, words: []string{"bỏ ghép"}, need: team.LevelLinked, run: unlink},
		{cmd: "xoadulieu", aliases: []string{"xoa_du_lieu"}, words: []string{"xóa dữ liệu của tôi"}, need: team.LevelLinked, run: eraseMine},
		{cmd: "duyetxoa", takes: TakesNote, code: "eok", need: team.LevelDesk, run: erasing(true)},
		{cmd: "tuchoixoa", takes: TakesNote, code: "eno", need: team.LevelDesk, run: erasing(false)},
	}
}

// requestLink puts the wish of the account before the head of the unit; an account has one wish at a time.
func (t *turn) requestLink(ctx context.Context, m team.Member, vouched bool) error {
	var id string
	if _, err := t.get(ctx, linkWishRef(t.u.From.Key()), &id); err != nil {
		return err
	}
	if id != "" {
		var had LinkRequest
		ok, err := t.get(ctx, linkRequestRef(id), &had)
		if err != nil {
			return err
		}
		waits := ok && had.State == "" && t.now.Before(had.Until)
		if waits && had.Member == m.ID {
			t.reply(messages.LinkWaits{Name: m.Name, Unit: t.unitName(m.Unit), Again: true, Until: had.Until})
			return nil
		}
		if waits {
			had.State, had.Decided = "replaced", t.now
			if err := t.saveRequest(had); err != nil {
				return err
			}
		}
	}
	r := LinkRequest{ID: t.b.Code(), Member: m.ID, Account: t.u.From, Addr: t.u.To, Vouched: vouched, At: t.now, Until: t.now.Add(linkWaits)}
	if err := t.put(linkWishRef(t.u.From.Key()), r.ID, Doc{TTL: linkKept, Version: AnyVersion}); err != nil {
		return err
	}
	t.note("link.asked", linkRequestRef(r.ID), m.Unit)
	asked, err := t.askHeads(ctx, r, m)
	if err != nil {
		return err
	}
	r.Desk = !asked
	if err := t.saveRequest(r); err != nil {
		return err
	}
	if r.Desk {
		if err := t.askDesk(ctx, r, m); err != nil {
			return err
		}
	}
	t.reply(messages.LinkWaits{Name: m.Name, Unit: t.unitName(m.Unit), Head: asked, Until: r.Until})
	return nil
}

// saveRequest plans the write of a wish and its next moment.
func (t *turn) saveRequest(r LinkRequest) error {
	doc, next := Doc{TTL: linkKept}, time.Time{}
	if r.State == "" {
		doc.Marks = []string{"waits"}
		doc.Index = []Entry{{Index: "open"}}
		if next = r.At.Add(linkDeskIn); !next.After(t.now) {
			next = r.Until
		}
	}
	t.wake(linkRequest, r.ID, next)
	return t.put(linkRequestRef(r.ID), r, doc)
}

// linkCard is a wish as who decides sees it.
func (t *turn) linkCard(r LinkRequest, m team.Member) chat.Message {
	text := t.text(messages.LinkAsk{
		Name: m.Name, Unit: t.unitName(m.Unit), Door: doorName(r.Account.Platform), Sender: viet.Line(r.Account.Name),
		Phone: t.phoneFor(m.ID), Vouched: r.Vouched, Until: r.Until,
	})
	return chat.Message{Text: text, Buttons: [][]chat.Button{{t.button("linkyes", "duyetghep "+r.ID, "lok", r.ID), t.button("linkno", "tuchoighep "+r.ID, "lno", r.ID)}}}
}

// askHeads asks the heads of the person's unit who may decide; asked is false when none can be reached.
func (t *turn) askHeads(ctx context.Context, r LinkRequest, m team.Member) (asked bool, err error) {
	for _, h := range t.town.Org.With(m.Unit, team.RoleHead) {
		if h.ID == m.ID || h.Level() < m.Level() {
			continue
		}
		d, ok, err := t.door(ctx, h.ID)
		if err != nil {
			return asked, err
		}
		if ok {
			asked = true
			t.send(outbox.Item{
				To: d.Addr, Kind: chat.Private, Class: outbox.Reminder, For: string(h.ID), Message: t.linkCard(r, m), NotAfter: r.Until,
				Guard: while(linkRequest, r.ID, "waits"), About: "ghép tài khoản",
			})
		}
	}
	return asked, nil
}

func (t *turn) askDesk(ctx context.Context, r LinkRequest, m team.Member) error {
	return t.tellDesk(ctx, m.Unit, outbox.Reminder, t.linkCard(r, m), "ghép tài khoản")
}

// deciding is the yes or the no of the head or the desk to a wish.
func deciding(yes bool) func(context.Context, *turn, call) error {
	return func(ctx context.Context, t *turn, c call) error {
		id := c.act.Arg(0)
		if id == "" {
			id = strings.Join(append([]string{c.arg}, c.refs...), "")
		}
		var r LinkRequest
		ok, err := t.get(ctx, linkRequestRef(id), &r)
		if err != nil {
			return err
		}
		m, known := t.town.Org.Member(r.Member)
		switch {
		case !ok || !known:
			t.reply(messages.LinkGone{})
			return nil
		case t.me.ID == m.ID || !t.rules(team.LevelHead, m):
			t.note("link.notallowed", linkRequestRef(r.ID), m.Unit)
			t.reply(t.notAllowed(max(team.LevelHead, m.Level()), m.Unit))
			return nil
		case r.State != "" || !t.now.Before(r.Until):
			t.reply(messages.LinkDecided{Name: m.Name, State: r.State, By: t.byName(r.By), At: r.Decided})
			return nil
		case !yes:
			return t.refuseLink(r, m)
		}
		return t.confirmLink(ctx, r, m)
	}
}

func (t *turn) byName(m team.MemberID) string {
	if m == "" {
		return ""
	}
	return t.memberName(m)
}

// confirmLink links the account, unless it or the person was linked otherwise since.
func (t *turn) confirmLink(ctx context.Context, r LinkRequest, m team.Member) error {
	var had Link
	other, err := t.get(ctx, accountRef(r.Account.Key()), &had)
	if err != nil {
		return err
	}
	held, err := t.heldOn(ctx, m.ID, r.Account)
	if err != nil {
		return err
	}
	r.State, r.By, r.Decided = "linked", t.me.ID, t.now
	if held || other && had.Member != m.ID {
		r.State, r.By = "replaced", ""
		t.reply(messages.LinkOvertaken{Name: m.Name, Door: doorName(r.Account.Platform), Member: string(m.ID)})
		return t.saveRequest(r)
	}
	if err := t.giveAccount(ctx, r.Account, r.Addr, m); err != nil {
		return err
	}
	t.answerWish(r, messages.Linked{Name: m.Name, Unit: t.unitName(m.Unit)})
	t.reply(messages.LinkConfirmed{Name: m.Name, Unit: t.unitName(m.Unit), Door: doorName(r.Account.Platform)})
	return t.saveRequest(r)
}

// refuseLink tells the account what to do, and the desk that somebody was not who they said.
func (t *turn) refuseLink(r LinkRequest, m team.Member) error {
	r.State, r.By, r.Decided = "refused", t.me.ID, t.now
	t.note("link.denied", linkRequestRef(r.ID), m.Unit)
	t.answerWish(r, messages.LinkRefused{Account: r.Account.ID})
	t.reply(messages.LinkDenied{Name: m.Name})
	return t.saveRequest(r)
}

// answerWish tells the account what became of its wish.
func (t *turn) answerWish(r LinkRequest, m any) {
	t.send(outbox.Item{To: r.Addr, Kind: chat.Private, Class: outbox.Reply, Message: chat.Message{Text: t.text(m)}, NotAfter: t.clock.Add(24 * time.Hour), About: "ghép tài khoản"})
}

// dueLinkRequest asks the desk when no head decided, and ends a wish nobody decided about.
func dueLinkRequest(ctx context.Context, t *turn) error {
	var r LinkRequest
	ok, err := t.get(ctx, linkRequestRef(t.job.ID), &r)
	if err != nil || !ok || r.State != "" {
		return err
	}
	m, known := t.town.Org.Member(r.Member)
	if !known || !t.now.Before(r.Until) {
		r.State, r.Decided = "late", t.now
		t.note("link.late", linkRequestRef(r.ID), m.Unit)
		t.answerWish(r, messages.LinkLate{Account: r.Account.ID})
		return t.saveRequest(r)
	}
	told := r.Desk
	r.Desk = true
	if err := t.saveRequest(r); err != nil || told {
		return err
	}
	return t.askDesk(ctx, r, m)
}
