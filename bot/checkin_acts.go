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
	"trucban/internal/viet"
	"trucban/messages"
)

// checkInRoutes is what can be asked about check-ins, handovers and the duty log.
func checkInRoutes() []route {
	return []route{
		{cmd: "diemdanhho", urgent: true, aliases: []string{"diem_danh_ho", "diemdanhthay"}, need: team.LevelLinked, run: checkInFor},
		{cmd: "vangphep", aliases: []string{"vang_phep", "vanglydo"}, need: team.LevelHead, run: excuse},
		{cmd: "rutlai", aliases: []string{"rut_lai"}, words: []string{"rút lại"}, need: team.LevelLinked, run: withdraw},
		{cmd: "bangiao", takes: TakesText, aliases: []string{"ban_giao", "bangiaoca"}, words: []string{"bàn giao"}, need: team.LevelLinked, run: handOver},
		{cmd: "nhanca", aliases: []string{"nhan_ca"}, words: []string{"nhận ca"}, code: "hnd", need: team.LevelLinked, run: takeOver},
		{cmd: "nguoi", takes: TakesNote, aliases: []string{"nguoitruc"}, need: team.LevelHead, run: showPeople},
		{cmd: "sotruc", aliases: []string{"so_truc", "nhatkytruc"}, words: []string{"sổ trực"}, need: team.LevelLinked, run: dutyLog},
	}
}

// absent is a person without a mark on a shift.
type absent struct {
	who team.MemberID
	w   checkin.Watch
}

// split takes "Bình: điện thoại hỏng" apart.
func splitReason(arg string) (name, reason string) {
	i := strings.IndexAny(arg, ":,;")
	if i < 0 {
		return strings.TrimSpace(arg), ""
	}
	return strings.TrimSpace(arg[:i]), strings.TrimSpace(arg[i+1:])
}

// pendingPeople lists who has not checked in on shifts that begin before ahead and
// that the sender may speak for.
func (t *turn) pendingPeople(ctx context.Context, ahead time.Duration, may func(roster.Shift) bool) ([]absent, error) {
	all, err := t.watches(ctx, "watch/end", t.now, t.now.Add(ahead+longestShift))
	if err != nil {
		return nil, err
	}
	var out []absent
	for _, w := range all {
		if w.Shift.Start.After(t.now.Add(ahead)) || !may(w.Shift) {
			continue
		}
		for _, m := range w.Pending() {
			out = append(out, absent{m, w})
		}
	}
	return out, nil
}

// pick finds the one person a name means among those who could be meant: the full
// name, or the last words of it. It answers and reports false when there is not exactly one.
func (t *turn) pick(list []absent, name, command string) (absent, bool) {
	var found []absent
	want := viet.NameKey(name)
	for _, a := range list {
		key := viet.NameKey(t.memberName(a.who))
		if name != "" && (key == want || string(a.who) == strings.TrimPrefix(name, "#") || strings.HasSuffix(key, " "+want)) {
			found = append(found, a)
		}
	}
	if len(found) > 0 && !slices.ContainsFunc(found, func(a absent) bool { return a.who != found[0].who }) {
		return found[0], true // the earliest shift of the one person
	}
	msg := messages.WhoIsMeant{Name: name, Command: command}
	if len(found) > 0 {
		list = found
	}
	for _, a := range list {
		if len(msg.Items) == maxChoices {
			break
		}
		msg.Items = append(msg.Items, command+" #"+string(a.who)+": lý do – đ/c "+t.memberName(a.who)+", "+t.shiftTitle(a.w.Shift))
	}
	t.reply(msg)
	return absent{}, false
}

// mostOpen is the longest time before a shift at which its check-in may open.
const mostOpen = 24 * time.Hour

// checkInFor is "/diemdanhho Bình: điện thoại hỏng": a person on the same shift, the
// head or the desk vouches for somebody's presence; it is marked as such.
func checkInFor(ctx context.Context, t *turn, c call) error {
	name, reason := splitReason(c.arg)
	list, err := t.pendingPeople(ctx, mostOpen, func(s roster.Shift) bool {
		return !s.Start.After(t.now.Add(t.rule(s.Unit).OpenBefore)) && (s.Has(t.me.ID) || t.town.Org.May(t.me, team.LevelHead, s.Unit))
	})
	if err != nil {
		return err
	}
	list = slices.DeleteFunc(list, func(a absent) bool { return a.who == t.me.ID })
	a, ok := t.pick(list, name, "/diemdanhho")
	if !ok {
		return nil
	}
	next, mark, cleared, err := a.w.CheckInFor(a.who, t.me.ID, t.now, reason, t.rule(a.w.Shift.Unit))
	if errors.Is(err, checkin.ErrNoReason) {
		t.reply(messages.ReasonNeeded{Name: t.memberName(a.who), Example: "/diemdanhho " + t.memberName(a.who) + ": điện thoại hỏng"})
		return nil
	}
	if err != nil {
		return t.refuseCheckIn(ctx, a.w, mark, call{}, err)
	}
	if err := t.saveWatch(next); err != nil {
		return err
	}
	t.note("checkin.for."+string(mark.Status), watchRef(next.Shift.ID), next.Shift.Unit)
	t.reply(messages.CheckedIn{Name: t.memberName(a.who), At: mark.At, Late: mark.Status == checkin.Late, Minutes: mark.Minutes, Note: mark.Note, Shift: t.shiftName(next.Shift), For: true, By: t.me.Name})
	if err := t.tellMember(ctx, a.who, messages.MarkedFor{Name: t.memberName(a.who), By: t.me.Name, Shift: t.shiftTitle(next.Shift), Reason: reason}, "điểm danh hộ"); err != nil {
		return err
	}
	if err := t.refreshCard(ctx, next); err != nil {
		return err
	}
	return t.allClear(ctx, next, a.who, mark, cleared)
}

// tellMember sends one person a private word about themselves, where there is a door.
func (t *turn) tellMember(ctx context.Context, m team.MemberID, msg any, about string) error {
	d, ok, err := t.door(ctx, m)
	if err != nil || !ok || d.Addr == t.u.To {
		return err
	}
	t.send(outbox.Item{To: d.Addr, Kind: chat.Private, Class: outbox.Reminder, For: string(m), About: about, NotAfter: t.clock.Add(24 * time.Hour), Message: chat.Message{Text: t.text(msg)}})
	return nil
}

// excuseAhead is how long before its shift an absence can be excused.
const excuseAhead = 48 * time.Hour

// excuse is "/vangphep Bình: con ốm": the head records an absence with a reason,
// which ends the ladder for the person.
func excuse(ctx context.Context, t *turn, c call) error {
	name, reason := splitReason(c.arg)
	list, err := t.pendingPeople(ctx, excuseAhead, func(s roster.Shift) bool { return t.town.Org.May(t.me, team.LevelHead, s.Unit) })
	if err != nil {
		return err
	}
	a, ok := t.pick(list, name, "/vangphep")
	if !ok {
		return nil
	}
	next, cleared, err := a.w.Excuse(a.who, t.me.ID, t.now, reason)
	if errors.Is(err, checkin.ErrNoReason) {
		t.reply(messages.ReasonNeeded{Name: t.memberName(a.who), Example: "/vangphep " + t.memberName(a.who) + ": con ốm"})
		return nil
	}
	if err != nil {
		return fmt.Errorf("excuse: %w", err)
	}
	if err := t.saveWatch(next); err != nil {
		return err
	}
	t.note("checkin.excused", watchRef(next.Shift.ID), next.Shift.Unit)
	left := 0
	for _, m := range next.People() {
		if next.Marks[m].Status != checkin.Excused {
			left++
		}
	}
	t.reply(messages.ExcusedMark{Name: t.memberName(a.who), Shift: t.shiftTitle(next.Shift), Reason: reason, Nobody: left == 0})
	if err := t.tellMember(ctx, a.who, messages.ExcusedYou{Name: t.memberName(a.who), By: t.me.Name, Shift: t.shiftTitle(next.Shift), Reason: reason}, "vắng có lý do"); err != nil {
		return err
	}
	if len(next.Fired) > 0 {
		if err := t.refreshCard(ctx, next); err != nil {
			return err
		}
	}
	return t.allClear(ctx, next, a.who, next.Marks[a.who], cleared)
}

// withdraw is "/rutlai": the own check-in is taken back within seconds; whoever was
// told that the person is there is told again.
func withdraw(ctx context.Context, t *turn, _ call) error {
	mine, err := t.watches(ctx, "watch/m/"+string(t.me.ID), t.now, t.now.Add(longestShift))
	if err != nil {
		return err
	}
	for _, w := range mine {
		next, told, err := w.Undo(t.me.ID, t.now, t.rule(w.Shift.Unit))
		if err != nil {
			continue
		}
		if err := t.saveWatch(next); err != nil {
			return err
		}
		t.note("checkin.withdrawn", watchRef(next.Shift.ID), next.Shift.Unit)
		t.reply(messages.Withdrawn{Shift: t.shiftTitle(next.Shift)})
		if err := t.refreshCard(ctx, next); err != nil {
			return err
		}
		text := chat.Message{Text: t.text(messages.WithdrawnAbove{Name: t.me.Name, Unit: t.unitName(next.Shift.Unit), Shift: t.shiftName(next.Shift)})}
		for _, l := range told {
			if err := t.clearLevel(ctx, next, l, text); err != nil {
				return err
			}
		}
		return nil
	}
	t.reply(messages.NothingToWithdraw{Within: int(t.rule(t.me.Unit).UndoWithin / time.Second)})
	return nil
}
