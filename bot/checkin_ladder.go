package bot

import (
	"context"
	"slices"
	"time"

	"trucban/internal/chat"
	"trucban/internal/checkin"
	"trucban/internal/outbox"
	"trucban/internal/receipt"
	"trucban/internal/team"
	"trucban/internal/viet"
	"trucban/messages"
)

// while is the guard that lets an item go out only while the document holds the mark.
func while(kind, id, mark string) *outbox.Guard { return &outbox.Guard{Kind: kind, ID: id, Mark: mark} }

// nudge tells one level that somebody is missing.
func (t *turn) nudge(ctx context.Context, w checkin.Watch, e checkin.Effect) error {
	switch e.Level {
	case checkin.ToPerson:
		return t.nudgePeople(ctx, w, e)
	case checkin.ToHead:
		return t.nudgeHead(ctx, w, e)
	}
	msg := messages.MissedLeaders{Unit: t.unitName(w.Shift.Unit), Shift: t.shiftTitle(w.Shift), People: t.ring(e.Missing), At: t.now}
	rooms, err := t.roomsAbove(ctx, w.Shift.Unit, ForLeaders)
	if err != nil {
		return err
	}
	if len(rooms) == 0 {
		return t.tellDesk(ctx, w.Shift.Unit, outbox.Missed, chat.Message{Text: t.text(msg)}, "vắng điểm danh")
	}
	for _, r := range rooms {
		t.sendMissed(w, e, outbox.Item{To: r.Addr, Kind: r.Kind, For: receipt.Unit(r.Unit), Message: chat.Message{Text: t.text(msg)}})
	}
	return nil
}

// sendMissed queues a word about missing people; it is not sent any more once all of them came.
func (t *turn) sendMissed(w checkin.Watch, e checkin.Effect, it outbox.Item) {
	it.Class, it.NotAfter, it.About, it.Wave = outbox.Missed, e.Until, "vắng điểm danh", cardOf(watchRef(w.Shift.ID))+"/"+e.Key
	if it.Guard == nil {
		it.Guard = while("watch", string(w.Shift.ID), "pending")
	}
	t.send(it)
}

func (t *turn) nudgePeople(ctx context.Context, w checkin.Watch, e checkin.Effect) error {
	names := make([]string, 0, len(e.Missing))
	for _, m := range e.Missing {
		names = append(names, t.memberName(m))
		d, ok, err := t.door(ctx, m)
		if err != nil {
			return err
		}
		if !ok {
			t.lacks(cardOf(watchRef(w.Shift.ID))+"/"+e.Key, string(m))
			continue
		}
		msg := messages.MissedPerson{Name: t.memberName(m), Shift: t.shiftName(w.Shift), Start: w.Start(m), At: t.now}
		t.sendMissed(w, e, outbox.Item{
			To: d.Addr, Kind: chat.Private, For: string(m), Guard: while("watch", string(w.Shift.ID), "pending:"+string(m)),
			Message: chat.Message{Text: t.text(msg), Buttons: t.watchButtons(w, false)},
		})
	}
	rooms, err := t.rooms(ctx, w.Shift.Unit, ForUnit)
	if err != nil {
		return err
	}
	msg := chat.Message{Text: t.text(messages.MissedGroup{Shift: t.shiftName(w.Shift), Names: names, At: t.now}), Buttons: t.watchButtons(w, false)}
	for _, r := range rooms {
		t.sendMissed(w, e, outbox.Item{To: r.Addr, Kind: r.Kind, For: receipt.Unit(r.Unit), Message: msg})
	}
	return t.refreshCard(ctx, w)
}

func (t *turn) nudgeHead(ctx context.Context, w checkin.Watch, e checkin.Effect) error {
	msg := messages.MissedHead{Unit: t.unitName(w.Shift.Unit), Shift: t.shiftTitle(w.Shift), People: t.ring(e.Missing), At: t.now}
	reached := false
	for _, h := range t.town.Org.With(w.Shift.Unit, team.RoleHead) {
		if slices.Contains(e.Missing, h.ID) {
			continue // the missing head cannot be asked to look after the shift
		}
		d, ok, err := t.door(ctx, h.ID)
		if err != nil {
			return err
		}
		if ok {
			reached = true
			t.sendMissed(w, e, outbox.Item{To: d.Addr, Kind: chat.Private, For: string(h.ID), Message: chat.Message{Text: t.text(msg)}})
		}
	}
	if reached {
		return nil
	}
	msg.NoHead = true
	rooms, err := t.rooms(ctx, w.Shift.Unit, ForUnit)
	if err != nil {
		return err
	}
	for _, r := range rooms {
		t.sendMissed(w, e, outbox.Item{To: r.Addr, Kind: r.Kind, For: receipt.Unit(r.Unit), Message: chat.Message{Text: t.text(msg)}})
	}
	return nil
}

// ring lists people with the number to call.
func (t *turn) ring(ids []team.MemberID) []messages.MissingLine {
	out := make([]messages.MissingLine, 0, len(ids))
	for _, id := range ids {
		l := messages.MissingLine{Name: t.memberName(id)}
		if m, ok := t.town.Org.Member(id); ok && m.Phone != "" {
			l.Phone = viet.FormatPhone(m.Phone)
		}
		out = append(out, l)
	}
	return out
}

// allClear tells each level that was alarmed about the person that it is over.
func (t *turn) allClear(ctx context.Context, w checkin.Watch, who team.MemberID, mark checkin.Mark, levels []checkin.Level) error {
	if len(levels) == 0 {
		return nil
	}
	text := chat.Message{Text: t.text(t.clearText(w, who, mark))}
	for _, l := range levels {
		if err := t.clearLevel(ctx, w, l, text); err != nil {
			return err
		}
	}
	return nil
}

// clearFor is how long after its shift the end of an alarm is worth telling.
const clearFor = 12 * time.Hour

func (t *turn) clearLevel(ctx context.Context, w checkin.Watch, l checkin.Level, m chat.Message) error {
	it := outbox.Item{Class: outbox.Missed, Message: m, NotAfter: w.Shift.End.Add(clearFor), About: aboutThere}
	switch l {
	case checkin.ToLeaders:
		rooms, err := t.roomsAbove(ctx, w.Shift.Unit, ForLeaders)
		if err != nil {
			return err
		}
		for _, r := range rooms {
			it.To, it.Kind = r.Addr, r.Kind
			t.send(it)
		}
	case checkin.ToHead:
		for _, h := range t.town.Org.With(w.Shift.Unit, team.RoleHead) {
			d, ok, err := t.door(ctx, h.ID)
			if err != nil {
				return err
			}
			if ok && h.ID != t.me.ID { // who brought it about knows
				it.To, it.Kind, it.For = d.Addr, chat.Private, string(h.ID)
				t.send(it)
			}
		}
	case checkin.ToPerson: // the person knows, and the group sees the card or, without edits, a line of its own
	}
	return nil
}

// watchButtons are the two gestures of a shift; the evening before there is nothing to press yet.
func (t *turn) watchButtons(w checkin.Watch, eve bool) [][]chat.Button {
	if eve || w.Ended {
		return nil
	}
	return [][]chat.Button{{
		t.button("ondanh", "ondanh", "in", string(w.Shift.ID)),
		t.button("coviec", "suco", "inc", string(w.Shift.ID)),
	}}
}

// shiftCard renders the live card.
func (t *turn) shiftCard(w checkin.Watch, when string, late time.Duration) chat.Message {
	card := messages.ShiftCard{
		When: when, Unit: t.unitName(w.Shift.Unit), Name: t.shiftName(w.Shift), Start: w.Shift.Start, End: w.Shift.End,
		Day: dayName(w.Shift), In: w.Shift.Start.Sub(t.now), Late: late, People: t.people(w, t.now),
	}
	return chat.Message{Text: t.text(card), Buttons: t.watchButtons(w, when == string(checkin.RemindEve))}
}

// refreshCard edits the card in every chat of the unit to the newest state.
// Where cards cannot be edited nothing is sent: the answer says it all.
func (t *turn) refreshCard(ctx context.Context, w checkin.Watch) error {
	rooms, err := t.rooms(ctx, w.Shift.Unit, ForUnit)
	if err != nil || len(rooms) == 0 {
		return err
	}
	when := string(checkin.RemindStart)
	switch {
	case w.Ended:
		when = string(checkin.Closed)
	case t.now.Before(w.Shift.Start):
		when = string(checkin.RemindBefore)
	}
	card, err := t.shiftMessage(ctx, w, when, 0)
	if err != nil {
		return err
	}
	for _, r := range rooms {
		t.send(outbox.Item{
			To: r.Addr, Kind: r.Kind, Class: outbox.Edit, Edit: true, Card: cardOf(watchRef(w.Shift.ID)),
			Message: card, NotAfter: w.Shift.End.Add(24 * time.Hour), About: "thẻ ca trực",
		})
	}
	return nil
}
