package bot

import (
	"context"
	"errors"
	"slices"

	"trucban/internal/chat"
	"trucban/internal/checkin"
	"trucban/internal/outbox"
	"trucban/internal/team"
	"trucban/messages"
)

// roundMark holds while a round that was asked of the person has no answer.
func roundMark(m team.MemberID) string { return "round:" + string(m) }

// allWell takes a word from somebody who has checked in already as the answer to a
// round, where rounds are asked; ok is false where none are.
func (t *turn) allWell(ctx context.Context, w checkin.Watch, note string) (ok bool, err error) {
	rule := t.rule(w.Shift.Unit)
	next, cleared, err := w.Report(t.me.ID, t.now, note, rule)
	if errors.Is(err, checkin.ErrNoRound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if err := t.saveWatch(next); err != nil {
		return false, err
	}
	t.note("round.kept", watchRef(next.Shift.ID), next.Shift.Unit)
	t.reply(messages.RoundKept{At: t.now, Next: next.NextRound(t.me.ID, t.now, rule), Note: note})
	text := chat.Message{Text: t.text(messages.RoundClear{Name: t.me.Name, Unit: t.unitName(next.Shift.Unit), Shift: t.shiftName(next.Shift), At: t.now})}
	for _, l := range cleared {
		if err := t.clearLevel(ctx, next, l, text); err != nil {
			return true, err
		}
	}
	return true, nil
}

// askRound asks somebody at the post whether all is well: privately, or in the unit's
// chats where there is no private one.
func (t *turn) askRound(ctx context.Context, w checkin.Watch, e checkin.Effect) error {
	who := e.Missing[0]
	msg := messages.RoundAsk{Name: t.memberName(who), Shift: t.shiftName(w.Shift), Round: e.Round, Late: e.Late}
	return t.toPost(ctx, w, e, chat.Message{Text: t.text(msg), Buttons: t.roundButtons(w)})
}

// roundButtons are the two answers to a round.
func (t *turn) roundButtons(w checkin.Watch) [][]chat.Button {
	return [][]chat.Button{{
		t.button("allwell", "báo ổn", "in", string(w.Shift.ID)),
		t.button("coviec", "suco", "inc", string(w.Shift.ID)),
	}}
}

// toPost sends a word about a round to the person it is about.
func (t *turn) toPost(ctx context.Context, w checkin.Watch, e checkin.Effect, m chat.Message) error {
	who := e.Missing[0]
	it := outbox.Item{
		Class: outbox.Missed, Message: m, For: string(who), NotAfter: e.Until, About: "báo ổn", Guard: while("watch", string(w.Shift.ID), roundMark(who)),
	}
	d, ok, err := t.door(ctx, who)
	if err != nil {
		return err
	}
	if ok {
		it.To, it.Kind = d.Addr, chat.Private
		t.send(it)
		return nil
	}
	rooms, err := t.rooms(ctx, w.Shift.Unit, ForUnit)
	if err != nil {
		return err
	}
	for _, r := range rooms {
		it.To, it.Kind = r.Addr, r.Kind
		t.send(it)
	}
	return nil
}

// missedRound tells one level that a round has no answer. Where the head is the one at
// the post, or cannot be reached, the leaders are told instead.
func (t *turn) missedRound(ctx context.Context, w checkin.Watch, e checkin.Effect) error {
	who := e.Missing[0]
	if e.Level == checkin.ToPerson {
		msg := messages.RoundNudge{Name: t.memberName(who), Shift: t.shiftName(w.Shift), Round: e.Round}
		return t.toPost(ctx, w, e, chat.Message{Text: t.text(msg), Buttons: t.roundButtons(w)})
	}
	msg := messages.RoundMissed{To: string(e.Level), Unit: t.unitName(w.Shift.Unit), Shift: t.shiftTitle(w.Shift), People: t.ring(e.Missing), Round: e.Round, At: t.now}
	it := outbox.Item{Class: outbox.Missed, NotAfter: e.Until, About: "báo ổn", Guard: while("watch", string(w.Shift.ID), roundMark(who))}
	if e.Level == checkin.ToHead {
		it.Message.Text = t.text(msg)
		if reached, err := t.tellHeads(ctx, w.Shift.Unit, e.Missing, it); err != nil || reached {
			return err
		}
		msg.To = string(checkin.ToLeaders)
	}
	it.Message.Text = t.text(msg)
	rooms, err := t.roomsAbove(ctx, w.Shift.Unit, ForLeaders)
	if err != nil {
		return err
	}
	for _, r := range rooms {
		it.To, it.Kind = r.Addr, r.Kind
		t.send(it)
	}
	if len(rooms) > 0 {
		return nil
	}
	return t.tellDesk(ctx, w.Shift.Unit, it.Class, it.Message, it.About)
}

// tellHeads sends to the heads of the unit except those it is about; reached is false
// when none of them could be written to.
func (t *turn) tellHeads(ctx context.Context, unit team.UnitID, except []team.MemberID, it outbox.Item) (reached bool, err error) {
	for _, h := range t.town.Org.With(unit, team.RoleHead) {
		if slices.Contains(except, h.ID) {
			continue
		}
		d, ok, err := t.door(ctx, h.ID)
		if err != nil {
			return reached, err
		}
		if ok {
			it.To, it.Kind, it.For = d.Addr, chat.Private, string(h.ID)
			t.send(it)
			reached = true
		}
	}
	return reached, nil
}
