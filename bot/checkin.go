package bot

import (
	"context"
	"errors"
	"fmt"
	"time"

	"trucban/internal/chat"
	"trucban/internal/checkin"
	"trucban/internal/outbox"
	"trucban/internal/receipt"
	"trucban/internal/roster"
	"trucban/internal/team"
	"trucban/messages"
)

func watchRef(id roster.ShiftID) Ref { return Ref{"watch", string(id)} }

// cardOf is the card key of an aggregate: the live message that shows its state.
func cardOf(r Ref) string { return r.String() }

// saveWatch plans the write of a watch with its indexes, marks and next moment.
func (t *turn) saveWatch(w checkin.Watch) error {
	next := w.NextAt(t.rule(w.Shift.Unit))
	t.wake("watch", string(w.Shift.ID), next)
	if err := t.planLookout(w); err != nil {
		return err
	}
	return t.put(watchRef(w.Shift.ID), w, t.watchDoc(w, next))
}

// watchDoc is how a watch is stored that wants to be looked at next.
func (t *turn) watchDoc(w checkin.Watch, next time.Time) Doc {
	end, start := w.Shift.End.UnixMilli(), w.Shift.Start.UnixMilli()
	index := []Entry{{"watch/end", end}, {"watch/start", start}, {"watch/u/" + string(w.Shift.Unit), end}}
	for _, m := range w.People() {
		index = append(index, Entry{"watch/m/" + string(m), end})
	}
	if !next.IsZero() {
		index = append(index, Entry{"open", start}) // what stands on the clock
	}
	var marks []string
	if !w.Ended {
		marks = append(marks, "open")
	}
	pending := w.Pending()
	for _, m := range pending {
		marks = append(marks, "pending:"+string(m))
	}
	if len(pending) > 0 {
		marks = append(marks, "pending")
	}
	if w.Hand != nil && !w.Hand.Sealed() {
		marks = append(marks, "handing")
	}
	if w.Hand == nil {
		marks = append(marks, "unhanded")
	}
	rule := t.rule(w.Shift.Unit)
	for _, m := range w.People() {
		if w.Waits(m, rule) {
			marks = append(marks, roundMark(m))
		}
	}
	return Doc{Index: index, Marks: marks}
}

// watches reads the watches of an index whose shift ends after from and, for a
// bound other than zero, not after to.
func (t *turn) watches(ctx context.Context, index string, from, to time.Time) ([]checkin.Watch, error) {
	r := Range{Index: index, From: from.UnixMilli() + 1, To: maxScore}
	if !to.IsZero() {
		r.To = to.UnixMilli()
	}
	refs, err := t.find(ctx, r)
	if err != nil {
		return nil, err
	}
	out := make([]checkin.Watch, 0, len(refs))
	for _, ref := range refs {
		var w checkin.Watch
		if ok, err := t.read(ref, &w); err != nil {
			return nil, err
		} else if ok {
			out = append(out, w)
		}
	}
	return out, nil
}

// maxScore is the end of every index.
const maxScore = int64(1) << 53

// longestShift bounds how far back a shift that is still on may have started.
const longestShift = 48 * time.Hour

// checkIn records that the sender is at the post: on the shift of the card that
// was pressed or answered, else on the shift that is open for the sender.
func checkIn(ctx context.Context, t *turn, c call) error {
	w, ok, err := t.shiftFor(ctx, c)
	if err != nil || !ok {
		return err
	}
	next, mark, cleared, err := w.CheckIn(t.me.ID, t.now, c.arg, t.rule(w.Shift.Unit))
	if err != nil {
		return t.refuseCheckIn(ctx, w, mark, c, err)
	}
	if err := t.saveWatch(next); err != nil {
		return err
	}
	t.note("checkin."+string(mark.Status), watchRef(w.Shift.ID), w.Shift.Unit)
	if c.act.Code == "" || !t.caps(t.u.To).Edit {
		t.reply(messages.CheckedIn{
			Name: t.me.Name, At: mark.At, Late: mark.Status == checkin.Late, Minutes: mark.Minutes,
			Note: mark.Note, Shift: t.shiftName(w.Shift), Next: "",
		})
	}
	if err := t.refreshCard(ctx, next); err != nil {
		return err
	}
	return t.allClear(ctx, next, t.me.ID, mark, cleared)
}

// shiftFor finds the watch a check-in is about; when there is none it answers and reports false.
func (t *turn) shiftFor(ctx context.Context, c call) (checkin.Watch, bool, error) {
	var w checkin.Watch
	if id := c.act.Arg(0); id != "" {
		ok, err := t.get(ctx, watchRef(roster.ShiftID(id)), &w)
		if err == nil && !ok {
			t.reply(messages.OldButton{})
		}
		return w, ok, err
	}
	mine, err := t.watches(ctx, "watch/m/"+string(t.me.ID), t.now, time.Time{})
	if err != nil {
		return w, false, err
	}
	opens := func(w checkin.Watch) time.Duration { return t.rule(w.Shift.Unit).OpenBefore }
	for _, w := range mine {
		if mark, done := w.Marks[t.me.ID]; done && mark.Status != checkin.Excused && len(mine) > 1 && w.Shift.End.Sub(t.now) < opens(w) {
			continue // the next shift is open already
		}
		if !t.now.Before(w.Shift.Start.Add(-opens(w))) {
			return w, true, nil
		}
		break
	}
	if len(mine) > 0 {
		first := mine[0]
		for _, w := range mine {
			if _, done := w.Marks[t.me.ID]; !done {
				first = w
				break
			}
		}
		if opens := first.Shift.Start.Add(-t.rule(first.Shift.Unit).OpenBefore); opens.Sub(t.now) < 12*time.Hour {
			t.reply(messages.TooEarly{Opens: opens, Shift: t.shiftTitle(first.Shift)})
			return w, false, nil
		}
		t.reply(messages.NoShiftNow{Next: t.shiftTitle(first.Shift)})
		return w, false, nil
	}
	t.reply(messages.NoShiftNow{})
	return w, false, nil
}

// refuseCheckIn answers each fault of a check-in with its own sentence. A note
// sent after the check-in is kept in the duty log.
func (t *turn) refuseCheckIn(ctx context.Context, w checkin.Watch, mark checkin.Mark, c call, err error) error {
	switch {
	case errors.Is(err, checkin.ErrAlready):
		if ok, err := t.allWell(ctx, w, c.arg); err != nil || ok {
			return err
		}
		if c.arg != "" {
			w.Log = append(w.Log, checkin.Entry{At: t.now, What: "note", By: t.me.ID, Text: c.arg})
			if err := t.saveWatch(w); err != nil {
				return err
			}
		}
		t.reply(messages.AlreadyIn{At: mark.At, Note: c.arg != ""})
	case errors.Is(err, checkin.ErrNotOnShift):
		who := make([]string, 0, len(w.Shift.People))
		for _, m := range w.People() {
			who = append(who, "đ/c "+t.memberName(m))
		}
		t.reply(messages.NotYourShift{Shift: t.shiftTitle(w.Shift), Who: who})
	case errors.Is(err, checkin.ErrTooEarly):
		t.reply(messages.TooEarly{Opens: w.Shift.Start.Add(-t.rule(w.Shift.Unit).OpenBefore), Shift: t.shiftTitle(w.Shift)})
	case errors.Is(err, checkin.ErrEnded):
		t.reply(messages.ShiftOver{Shift: t.shiftTitle(w.Shift)})
	default:
		return fmt.Errorf("check in: %w", err)
	}
	return nil
}

// dueWatch takes the steps of a shift that are due.
func dueWatch(ctx context.Context, t *turn) error {
	var w checkin.Watch
	ok, err := t.get(ctx, watchRef(roster.ShiftID(t.job.ID)), &w)
	if err != nil || !ok {
		return err // a shift that is gone needs no clock
	}
	next, effects, _ := w.Step(t.now, t.rule(w.Shift.Unit))
	if next, effects, err = t.withHandover(ctx, next, effects); err != nil {
		return err
	}
	if err := t.saveWatch(next); err != nil {
		return err
	}
	for _, e := range effects {
		if err := t.watchEffect(ctx, next, e); err != nil {
			return err
		}
	}
	return nil
}

func (t *turn) watchEffect(ctx context.Context, w checkin.Watch, e checkin.Effect) error {
	t.note("watch."+e.Key, watchRef(w.Shift.ID), w.Shift.Unit)
	switch e.Kind {
	case checkin.RemindEve, checkin.RemindBefore, checkin.RemindStart:
		return t.remindShift(ctx, w, e)
	case checkin.Nudge:
		return t.nudge(ctx, w, e)
	case checkin.HandWaits:
		return t.remindHandover(ctx, w, e)
	case checkin.HandMissing:
		return t.remindGiver(ctx, w, e)
	case checkin.AskRound:
		return t.askRound(ctx, w, e)
	case checkin.RoundMissed:
		return t.missedRound(ctx, w, e)
	case checkin.MarkAbsent, checkin.Closed:
		return t.refreshCard(ctx, w)
	}
	return fmt.Errorf("no handling for effect %q", e.Kind)
}

// remindShift sends the live card to the unit's chats and a private reminder to
// each person who still has to come.
func (t *turn) remindShift(ctx context.Context, w checkin.Watch, e checkin.Effect) error {
	rooms, err := t.rooms(ctx, w.Shift.Unit, ForUnit)
	if err != nil {
		return err
	}
	card, err := t.shiftMessage(ctx, w, string(e.Kind), e.Late)
	if err != nil {
		return err
	}
	wave := cardOf(watchRef(w.Shift.ID)) + "/" + e.Key
	for _, r := range rooms {
		if e.Part {
			break // the card of the shift is out already
		}
		t.send(outbox.Item{
			To: r.Addr, Kind: r.Kind, Class: outbox.Reminder, Message: card,
			Card: cardOf(watchRef(w.Shift.ID)), NotAfter: e.Until, Wave: wave, For: receipt.Unit(w.Shift.Unit), About: "nhắc ca trực",
			Guard: while("watch", string(w.Shift.ID), "open"),
		})
	}
	var unreached []team.MemberID
	for _, who := range e.Missing {
		a, from, to := w.Duty(who)
		m, _ := t.town.Org.Member(a.Member)
		d, ok, err := t.door(ctx, a.Member)
		if err != nil {
			return err
		}
		if !ok {
			unreached = append(unreached, a.Member)
			t.lacks(wave, string(a.Member))
			continue
		}
		msg := messages.ShiftReminder{
			When: string(e.Kind), Name: m.Name, Unit: t.unitName(w.Shift.Unit), Shift: t.shiftName(w.Shift), Start: from, End: to,
			Day: dayName(w.Shift), In: from.Sub(t.now), Late: e.Late, Post: postName(a.Post),
		}
		t.send(outbox.Item{
			To: d.Addr, Kind: chat.Private, Class: outbox.Reminder, Wave: wave, For: string(a.Member), NotAfter: e.Until, About: "nhắc ca trực",
			Message: chat.Message{Text: t.text(msg), Buttons: t.watchButtons(w, e.Kind == checkin.RemindEve)},
			Guard:   while("watch", string(w.Shift.ID), "pending:"+string(a.Member)),
		})
	}
	if len(rooms) == 0 && len(unreached) > 0 {
		return t.tellUnreached(ctx, w, unreached)
	}
	return nil
}

// tellUnreached keeps the promise where neither the unit nor the person has a
// chat: somebody above is told that the reminder reached nobody.
func (t *turn) tellUnreached(ctx context.Context, w checkin.Watch, who []team.MemberID) error {
	for _, m := range who {
		msg := messages.Unreached{Who: t.comrade(t.memberName(m)), Where: t.unitName(w.Shift.Unit), About: t.about("nhắc ca trực"), Reason: t.label("reach.none") + ", " + t.label("reach.noroom")}
		if err := t.tellAbove(ctx, w.Shift.Unit, outbox.Missed, chat.Message{Text: t.text(msg)}, "không liên lạc được"); err != nil {
			return err
		}
	}
	return nil
}

// tellAbove sends to the leaders' chats above the unit, or, where there are none, to the desk's people.
func (t *turn) tellAbove(ctx context.Context, unit team.UnitID, class outbox.Class, m chat.Message, about string) error {
	rooms, err := t.roomsAbove(ctx, unit, ForLeaders)
	if err != nil {
		return err
	}
	for _, r := range rooms {
		t.send(outbox.Item{To: r.Addr, Kind: r.Kind, Class: class, Message: m, About: about})
	}
	if len(rooms) > 0 {
		return nil
	}
	return t.tellDesk(ctx, unit, class, m, about)
}

// tellDesk sends to the desk's chats above the unit and privately to the desk's people there.
func (t *turn) tellDesk(ctx context.Context, unit team.UnitID, class outbox.Class, m chat.Message, about string) error {
	if class == outbox.Digest {
		return t.gently(func() error { return t.putDesk(ctx, unit, class, m, about) })
	}
	return t.putDesk(ctx, unit, class, m, about)
}

func (t *turn) putDesk(ctx context.Context, unit team.UnitID, class outbox.Class, m chat.Message, about string) error {
	to, err := t.desk(ctx, unit)
	if err != nil {
		return err
	}
	for _, it := range to {
		it.Class, it.Message, it.About = class, m, about
		t.send(it)
	}
	return nil
}

// desk lists where the desk of the unit is told: its chats above the unit, or,
// where there are none, its people there in private.
func (t *turn) desk(ctx context.Context, unit team.UnitID) ([]outbox.Item, error) {
	rooms, err := t.roomsAbove(ctx, unit, ForDesk)
	if err != nil {
		return nil, err
	}
	out := make([]outbox.Item, 0, len(rooms))
	for _, r := range rooms {
		out = append(out, outbox.Item{To: r.Addr, Kind: r.Kind})
	}
	if len(rooms) > 0 {
		return out, nil
	}
	for _, p := range append(t.town.Org.Above(unit, team.RoleDesk), t.town.Org.Above(unit, team.RoleOwner)...) {
		d, ok, err := t.door(ctx, p.ID)
		if err != nil {
			return nil, err
		}
		if ok {
			out = append(out, outbox.Item{To: d.Addr, Kind: chat.Private, For: string(p.ID)})
		}
	}
	return out, nil
}
