package bot

import (
	"context"

	"trucban/internal/chat"
	"trucban/internal/roster"
	"trucban/internal/team"
	"trucban/messages"
)

// agreeSwap is the yes of the other person, of the first taker, or of the head.
func (t *turn) agreeSwap(ctx context.Context, id string) error {
	w, ok, err := t.swapOf(ctx, id)
	if err != nil || !ok {
		return err
	}
	party := t.me.ID == w.From || t.me.ID == w.To
	head := t.town.Org.May(t.me, team.LevelHead, w.Unit) && !party
	if head && w.To != "" && !w.Final() {
		return t.finishSwap(ctx, w)
	}
	if w.Open && t.me.Unit != w.Unit && !head {
		return t.refuseSwap(ctx, roster.ErrNotParty)
	}
	next, err := w.Consent(t.me.ID, t.now)
	if err != nil {
		return t.refuseSwap(ctx, err)
	}
	if w.State == roster.SwapAgreed { // said twice
		t.reply(messages.SwapWaits{ID: w.ID})
		return nil
	}
	shifts, err := t.concerned(ctx, next)
	if err != nil {
		return err
	}
	if _, err := next.Apply(shifts, roster.Rules{}); err != nil {
		return t.refuseSwap(ctx, err)
	}
	if w.From == "" { // the head has opened it to the first who comes
		done, err := next.Impose(t.me.ID, t.me.ID, t.now)
		if err != nil {
			return t.refuseSwap(ctx, err)
		}
		return t.makeSwap(ctx, done)
	}
	if err := t.saveSwap(next); err != nil {
		return err
	}
	t.note("swap.agreed", swapRef(w.ID), w.Unit)
	t.reply(messages.SwapWaits{ID: w.ID})
	view, err := t.swapView(ctx, next)
	if err != nil {
		return err
	}
	return t.askSwap(ctx, next, view)
}

// finishSwap is the head's yes: the shifts change and everybody touched is told.
func (t *turn) finishSwap(ctx context.Context, w roster.Swap) error {
	next, err := w.Approve(t.me.ID, t.now)
	if w.State == roster.SwapAsked {
		next, err = w.Impose(t.me.ID, w.To, t.now)
	}
	if err != nil {
		return t.refuseSwap(ctx, err)
	}
	return t.makeSwap(ctx, next)
}

// makeSwap changes the shifts of an approved request and tells everybody touched.
func (t *turn) makeSwap(ctx context.Context, next roster.Swap) error {
	w := next
	shifts, err := t.concerned(ctx, next)
	if err != nil {
		return err
	}
	changed, err := next.Apply(shifts, roster.Rules{})
	if err != nil {
		return t.refuseSwap(ctx, err)
	}
	var d roster.Diff
	for _, s := range changed {
		if i := roster.Find(shifts, s.ID); i >= 0 {
			d.Changed = append(d.Changed, roster.Pair{Old: shifts[i], New: s})
		}
	}
	if err := t.changeRoster(ctx, d); err != nil {
		return err
	}
	if err := t.saveSwap(next); err != nil {
		return err
	}
	t.note("swap.approved", swapRef(w.ID), w.Unit)
	without, err := t.tellChange(ctx, d)
	if err != nil {
		return err
	}
	view, err := t.swapView(ctx, next)
	if err != nil {
		return err
	}
	t.reply(messages.SwapDone{Swap: view, Without: t.names(without)})
	return nil
}

// refuse is the no to a request: the other person's, the head's, or the withdrawal by who asked.
func refuse(ctx context.Context, t *turn, c call) error {
	id := c.act.Arg(1)
	if c.act.Code == "" {
		id = c.arg
	}
	if id == "" {
		kind, found, err := t.awaited(ctx)
		if err != nil {
			return err
		}
		if kind == askSwap {
			id = found
		}
	}
	if id == "" {
		if c.act.Code == "" && t.u.Kind == chat.Group {
			return nil
		}
		t.reply(messages.NothingToAgree{})
		return nil
	}
	w, ok, err := t.swapOf(ctx, id)
	if err != nil || !ok {
		return err
	}
	var next roster.Swap
	if t.me.ID == w.From {
		next, err = w.Withdraw(t.me.ID, t.now)
	} else {
		next, err = w.Refuse(t.me.ID, t.town.Org.May(t.me, team.LevelHead, w.Unit), t.now)
	}
	if err != nil {
		return t.refuseSwap(ctx, err)
	}
	return t.endSwap(ctx, next, true)
}

// endSwap saves a request that came to nothing and tells both.
func (t *turn) endSwap(ctx context.Context, w roster.Swap, answer bool) error {
	if err := t.saveSwap(w); err != nil {
		return err
	}
	t.note("swap."+string(w.State), swapRef(w.ID), w.Unit)
	view, err := t.swapView(ctx, w)
	if err != nil {
		return err
	}
	msg := messages.SwapEnded{Swap: view, State: string(w.State)}
	if w.EndedBy != "" {
		msg.By = t.memberName(w.EndedBy)
	}
	if answer {
		t.reply(msg)
	}
	for _, m := range []team.MemberID{w.From, w.To} {
		if m != "" && m != t.me.ID {
			if err := t.tellMember(ctx, m, msg, "đổi ca"); err != nil {
				return err
			}
		}
	}
	return nil
}

// dueSwap ends a request nobody decided in time.
func dueSwap(ctx context.Context, t *turn) error {
	var w roster.Swap
	ok, err := t.get(ctx, swapRef(t.job.ID), &w)
	if err != nil || !ok {
		return err
	}
	next, _ := w.Step(t.now)
	if next.State == w.State {
		return t.saveSwap(next)
	}
	return t.endSwap(ctx, next, false)
}
