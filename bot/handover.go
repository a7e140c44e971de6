package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"trucban/internal/chat"
	"trucban/internal/checkin"
	"trucban/internal/outbox"
	"trucban/internal/roster"
	"trucban/internal/team"
	"trucban/messages"
)

// handFor is how long after its end a shift may still be handed over.
const handFor = 12 * time.Hour

// handOver is "/bangiao [tình hình]": the shift's state goes to the next shift,
// with the open incidents and tasks of the unit. Said again it is added to.
func handOver(ctx context.Context, t *turn, c call) error {
	w, ok, err := t.handShift(ctx)
	if err != nil {
		return err
	}
	if !ok {
		t.reply(messages.NoShiftToHand{})
		return nil
	}
	text := strings.TrimSpace(c.arg)
	if w.Hand.Sealed() {
		return t.addToRecord(ctx, w, text)
	}
	open, err := t.openMatters(ctx, w.Shift.Unit)
	if err != nil {
		return err
	}
	next, err := w.HandOver(t.me.ID, t.now, text, open)
	if err != nil {
		return fmt.Errorf("hand over: %w", err)
	}
	if err := t.saveWatch(next); err != nil {
		return err
	}
	t.note("handover.given", watchRef(next.Shift.ID), next.Shift.Unit)
	following, has, err := t.following(ctx, next.Shift)
	if err != nil {
		return err
	}
	var who []team.MemberID
	if has {
		who = checkin.New(following).People()
	}
	t.reply(messages.HandGiven{Record: t.record(next), To: t.names(slices.DeleteFunc(slices.Clone(who), func(m team.MemberID) bool { return m == t.me.ID }))})
	if w.Hand == nil {
		return t.offerRecord(ctx, next, who)
	}
	for _, m := range who {
		msg := messages.HandMore{Shift: t.shiftTitle(next.Shift), By: t.me.Name, At: t.now, Text: text}
		if m == t.me.ID || text == "" {
			continue
		}
		if err := t.tellMember(ctx, m, msg, "bàn giao ca"); err != nil {
			return err
		}
	}
	return nil
}

// handShift is the shift the sender hands over: the one that runs, else the last
// one; one that is handed over already comes after one that is not.
func (t *turn) handShift(ctx context.Context) (w checkin.Watch, ok bool, err error) {
	mine, err := t.watches(ctx, "watch/m/"+string(t.me.ID), t.now.Add(-handFor), time.Time{})
	if err != nil {
		return w, false, err
	}
	for _, have := range mine {
		if have.Shift.Start.After(t.now) {
			continue
		}
		if !ok || !have.Hand.Sealed() || w.Hand.Sealed() {
			if !ok || w.Hand.Sealed() || have.Shift.End.Before(w.Shift.End) {
				w, ok = have, true
			}
		}
	}
	return w, ok, nil
}

// following finds the shift that takes over.
func (t *turn) following(ctx context.Context, s roster.Shift) (roster.Shift, bool, error) {
	all, err := t.watches(ctx, "watch/u/"+string(s.Unit), s.End, s.End.Add(2*longestShift))
	if err != nil {
		return roster.Shift{}, false, err
	}
	list := make([]roster.Shift, 0, len(all))
	for _, w := range all {
		list = append(list, w.Shift)
	}
	next, ok := checkin.Following(s, list)
	return next, ok, nil
}

// maxMatters keeps a record on a phone's screen.
const maxMatters = 12

// openMatters lists what goes on in the unit: open incidents, lists with open tasks.
func (t *turn) openMatters(ctx context.Context, unit team.UnitID) ([]checkin.Matter, error) {
	var out []checkin.Matter
	open, err := t.incidentsOf(ctx, "incident/open", time.Time{}, unit)
	if err != nil {
		return nil, err
	}
	for _, i := range open {
		out = append(out, checkin.Matter{ID: string(i.ID), Text: firstLine(i.Text)})
	}
	runs, err := t.openRuns(ctx, unit)
	if err != nil {
		return nil, err
	}
	for _, r := range runs {
		if p := r.Progress(t.now); p.Open > 0 {
			out = append(out, checkin.Matter{ID: r.Directive, Text: fmt.Sprintf("%s: còn %d việc", firstLine(r.Title), p.Open)})
		}
	}
	if len(out) > maxMatters {
		out = out[:maxMatters]
	}
	return out, nil
}

// firstLine is the beginning of a text people typed, for a list.
func firstLine(s string) string {
	s, _, _ = strings.Cut(strings.TrimSpace(s), "\n")
	if r := []rune(s); len(r) > 80 {
		s = string(r[:79]) + "…"
	}
	return s
}

// record is the handover of a shift in words.
func (t *turn) record(w checkin.Watch) messages.HandRecord {
	r := messages.HandRecord{Unit: t.unitName(w.Shift.Unit), Shift: t.shiftTitle(w.Shift)}
	h := w.Hand
	if h == nil {
		return r
	}
	r.By, r.At, r.Text, r.Remark, r.TakenAt = t.memberName(h.By), h.At, h.Text, h.Remark, h.TakenAt
	if h.Taken != "" {
		r.Taken = t.memberName(h.Taken)
	}
	for _, m := range h.Open {
		r.Open = append(r.Open, m.ID+": "+m.Text)
	}
	for _, e := range h.Appended {
		r.Added = append(r.Added, messages.LogLine{At: e.At, Who: t.memberName(e.By), Text: e.Text})
	}
	return r
}

// offerRecord shows the record to those who take over, privately and in the unit's chats.
func (t *turn) offerRecord(ctx context.Context, w checkin.Watch, who []team.MemberID) error {
	m := chat.Message{Text: t.text(messages.HandOffer{Record: t.record(w)}), Buttons: [][]chat.Button{{t.button("takeover", "/nhanca", "hnd", string(w.Shift.ID))}}}
	it := outbox.Item{Class: outbox.Reminder, Message: m, NotAfter: t.clock.Add(handFor), About: "bàn giao ca", Guard: while("watch", string(w.Shift.ID), "handing")}
	return t.handMessage(ctx, w, it, slices.DeleteFunc(slices.Clone(who), func(p team.MemberID) bool { return p == w.Hand.By }))
}

// handMessage sends a word about a handover to the people and to the unit's chats.
func (t *turn) handMessage(ctx context.Context, w checkin.Watch, it outbox.Item, who []team.MemberID) error {
	for _, p := range who {
		d, ok, err := t.door(ctx, p)
		if err != nil {
			return err
		}
		if ok {
			it.To, it.Kind, it.For = d.Addr, chat.Private, string(p)
			t.send(it)
		}
	}
	rooms, err := t.rooms(ctx, w.Shift.Unit, ForUnit)
	if err != nil {
		return err
	}
	it.For = ""
	for _, r := range rooms {
		if r.Addr != t.u.To {
			it.To, it.Kind = r.Addr, r.Kind
			t.send(it)
		}
	}
	return nil
}

// takeOver is "/nhanca [ý kiến]": somebody of the next shift takes over.
func takeOver(ctx context.Context, t *turn, c call) error {
	w, ok, err := t.handedShift(ctx, c.act.Arg(0))
	if err != nil {
		return err
	}
	if !ok {
		t.reply(messages.NothingToTake{})
		return nil
	}
	following, has, err := t.following(ctx, w.Shift)
	if err != nil {
		return err
	}
	next, cleared, err := w.TakeOver(t.me.ID, t.now, strings.TrimSpace(c.arg), following)
	switch {
	case errors.Is(err, checkin.ErrSealed):
		t.reply(messages.HandTaken{Record: t.record(w), Again: true})
		return nil
	case errors.Is(err, checkin.ErrNotNext), errors.Is(err, checkin.ErrOwnRecord):
		msg := messages.HandNotYours{Shift: t.shiftTitle(w.Shift), Own: errors.Is(err, checkin.ErrOwnRecord)}
		if has {
			msg.Who = t.names(checkin.New(following).People())
		}
		t.reply(msg)
		return nil
	case err != nil:
		return fmt.Errorf("take over: %w", err)
	}
	if err := t.saveWatch(next); err != nil {
		return err
	}
	t.note("handover.taken", watchRef(next.Shift.ID), next.Shift.Unit)
	t.reply(messages.HandTaken{Record: t.record(next)})
	return t.gently(func() error { return t.tellTaken(ctx, next, cleared) }, next.Shift.ID)
}

// tellTaken tells the giver, the unit's chats and whoever was told that the handover
// was not done that the record is sealed.
func (t *turn) tellTaken(ctx context.Context, w checkin.Watch, cleared []checkin.Level) error {
	m := chat.Message{Text: t.text(messages.HandSealed{Shift: t.shiftTitle(w.Shift), By: t.memberName(w.Hand.By), Taken: t.memberName(w.Hand.Taken), At: w.Hand.TakenAt, Remark: w.Hand.Remark})}
	for _, l := range cleared {
		if err := t.clearLevel(ctx, w, l, m); err != nil {
			return err
		}
	}
	it := outbox.Item{Class: outbox.Reminder, Message: m, NotAfter: t.clock.Add(handFor), About: "bàn giao ca"}
	if d, ok, err := t.door(ctx, w.Hand.By); err != nil {
		return err
	} else if ok && d.Addr != t.u.To {
		to := it
		to.To, to.Kind, to.For = d.Addr, chat.Private, string(w.Hand.By)
		t.send(to)
	}
	rooms, err := t.rooms(ctx, w.Shift.Unit, ForUnit)
	if err != nil {
		return err
	}
	for _, r := range rooms {
		if r.Addr != t.u.To {
			it.To, it.Kind = r.Addr, r.Kind
			t.send(it)
		}
	}
	return nil
}

// handedShift is the record named by a button, else the one of the sender's unit
// that waits; the newest when several do.
func (t *turn) handedShift(ctx context.Context, id string) (w checkin.Watch, ok bool, err error) {
	if id != "" {
		ok, err = t.get(ctx, watchRef(roster.ShiftID(id)), &w)
		return w, ok && w.Hand != nil, err
	}
	units := []team.UnitID{t.me.Unit}
	mine, err := t.watches(ctx, "watch/m/"+string(t.me.ID), t.now, t.now.Add(longestShift))
	if err != nil {
		return w, false, err
	}
	for _, have := range mine {
		if !slices.Contains(units, have.Shift.Unit) {
			units = append(units, have.Shift.Unit)
		}
	}
	for _, u := range units {
		all, err := t.watches(ctx, "watch/u/"+string(u), t.now.Add(-longestShift), t.now.Add(longestShift))
		if err != nil {
			return w, false, err
		}
		for _, have := range all {
			if have.Hand != nil && (!ok || w.Hand.Sealed() || !have.Hand.Sealed()) {
				w, ok = have, true
			}
		}
	}
	return w, ok, nil
}

// addToRecord adds a line to a record that was taken over, or shows it.
func (t *turn) addToRecord(ctx context.Context, w checkin.Watch, text string) error {
	if text == "" {
		t.reply(messages.HandTaken{Record: t.record(w), Again: true})
		return nil
	}
	next, err := w.AddToRecord(t.me.ID, t.now, text)
	if err != nil {
		return fmt.Errorf("add to the record: %w", err)
	}
	if err := t.saveWatch(next); err != nil {
		return err
	}
	t.note("handover.added", watchRef(next.Shift.ID), next.Shift.Unit)
	t.reply(messages.HandAdded{Shift: t.shiftTitle(next.Shift), At: t.now})
	return t.tellMember(ctx, next.Hand.Taken, messages.HandMore{Shift: t.shiftTitle(next.Shift), By: t.me.Name, At: t.now, Text: text}, "bàn giao ca")
}

// withHandover leaves out the steps about a shift that nobody handed over where there
// is no shift to hand it to.
func (t *turn) withHandover(ctx context.Context, w checkin.Watch, effects []checkin.Effect) (checkin.Watch, []checkin.Effect, error) {
	if !slices.ContainsFunc(effects, func(e checkin.Effect) bool { return e.Kind == checkin.HandMissing }) {
		return w, effects, nil
	}
	if _, has, err := t.following(ctx, w.Shift); err != nil || has {
		return w, effects, err
	}
	var left []checkin.Effect
	for _, e := range effects {
		if e.Kind == checkin.HandMissing {
			w = w.Unsay(e)
		} else {
			left = append(left, e)
		}
	}
	return w, left, nil
}

// remindGiver tells one level that a shift, which has to be, was not handed over.
func (t *turn) remindGiver(ctx context.Context, w checkin.Watch, e checkin.Effect) error {
	msg := messages.HandMissing{To: "giver", Unit: t.unitName(w.Shift.Unit), Shift: t.shiftTitle(w.Shift), People: t.ring(w.People()), At: t.now}
	it := outbox.Item{Class: outbox.Missed, NotAfter: e.Until, About: "bàn giao ca", Guard: while("watch", string(w.Shift.ID), "unhanded")}
	if e.Level == checkin.ToPerson {
		it.Class, it.Message.Text = outbox.Reminder, t.text(msg)
		return t.handMessage(ctx, w, it, w.People())
	}
	if msg.To = string(e.Level); e.Level == checkin.ToHead {
		it.Message.Text = t.text(msg)
		if reached, err := t.tellHeads(ctx, w.Shift.Unit, nil, it); err != nil || reached {
			return err
		}
		msg.To = string(checkin.ToLeaders)
	}
	return t.tellAbove(ctx, w.Shift.Unit, it.Class, chat.Message{Text: t.text(msg)}, it.About)
}

// remindHandover tells one level that a record waits for the next shift.
func (t *turn) remindHandover(ctx context.Context, w checkin.Watch, e checkin.Effect) error {
	following, has, err := t.following(ctx, w.Shift)
	if err != nil {
		return err
	}
	var who []team.MemberID
	if has {
		who = checkin.New(following).People()
	}
	msg := messages.HandWaits{Unit: t.unitName(w.Shift.Unit), Shift: t.shiftTitle(w.Shift), By: t.memberName(w.Hand.By), At: w.Hand.At, Next: t.ring(who)}
	switch e.Level {
	case checkin.ToPerson:
		return t.offerRecord(ctx, w, who)
	case checkin.ToHead:
		msg.To = "head"
		m := chat.Message{Text: t.text(msg)}
		it := outbox.Item{Class: outbox.Missed, Message: m, NotAfter: e.Until, About: "bàn giao ca", Guard: while("watch", string(w.Shift.ID), "handing")}
		if reached, err := t.tellHeads(ctx, w.Shift.Unit, nil, it); err != nil || reached {
			return err
		}
	}
	msg.To = "leaders"
	return t.tellAbove(ctx, w.Shift.Unit, outbox.Missed, chat.Message{Text: t.text(msg)}, "bàn giao ca")
}
