package bot

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"trucban/internal/calendar"
	"trucban/internal/chat"
	"trucban/internal/outbox"
	"trucban/internal/roster"
	"trucban/internal/team"
	"trucban/internal/viet"
	"trucban/messages"
)

const askSwap = "doica"

func swapRef(id string) Ref { return Ref{"swap", id} }

// saveSwap plans the write of a request: it stands with those whose yes it waits for, and on the clock until it ends.
func (t *turn) saveSwap(w roster.Swap) error {
	d := Doc{Marks: []string{string(w.State)}}
	if w.Final() {
		d.TTL = t.keep()
	} else {
		at := w.Expires.UnixMilli()
		d.Index = []Entry{{"open", at}}
		for _, m := range t.swapWaits(w) {
			d.Index = append(d.Index, Entry{"swap/w/" + string(m), at})
		}
	}
	_, next := w.Step(t.now)
	t.wake("swap", w.ID, next)
	return t.put(swapRef(w.ID), w, d)
}

// swapWaits lists whose yes a request waits for: the other person's, then the head's.
func (t *turn) swapWaits(w roster.Swap) []team.MemberID {
	if w.State == roster.SwapAsked {
		if w.To != "" {
			return []team.MemberID{w.To}
		}
		return nil
	}
	return t.deciders(w)
}

// deciders are the heads of the unit who are no party, else the desk above it.
func (t *turn) deciders(w roster.Swap) []team.MemberID {
	var out []team.MemberID
	for _, role := range []team.Role{team.RoleHead, team.RoleDesk} {
		for _, m := range t.town.Org.Above(w.Unit, role) {
			if m.ID != w.From && m.ID != w.To && !slices.Contains(out, m.ID) {
				out = append(out, m.ID)
			}
		}
		if len(out) > 0 {
			return out
		}
	}
	return out
}

var (
	swapNumber = regexp.MustCompile(`^(\d{1,2})(?:\s+|$)`)
	swapHours  = regexp.MustCompile(`\d{1,2}(?:h|g|:)\d{0,2}\s*[-–]\s*\d{1,2}(?:h|g|:)\d{0,2}`)
	swapTake   = regexp.MustCompile(`(?i)\s(?:lấy|lay)\s+(.+)$`)
	swapFor    = regexp.MustCompile(`(?i)^cho\s+([^\d]+?)(?:\s+(\d.*))?$`)
	swapVacant = regexp.MustCompile(`(?i)^(?:trống|trong)\s+(.+)$`)
)

// swapShift is "/doica 1 Bình: con ốm", "/doica 1 19h00-23h00 Bình", "/doica 1 Bình lấy
// 06/02", "/doica 1" for whoever takes it; "/doica cho An 1 Bình" is the head doing it
// for them, "/doica trống 14/02" the head looking for somebody at a post nobody holds.
func swapShift(ctx context.Context, t *turn, c call) error {
	arg, reason, _ := strings.Cut(strings.TrimSpace(c.arg), ": ")
	giver := t.me
	if m := swapVacant.FindStringSubmatch(arg); m != nil {
		return t.openVacant(ctx, m[1], strings.TrimSpace(reason))
	}
	if m := swapFor.FindStringSubmatch(arg); m != nil {
		who, ok := t.colleague(m[1])
		if !ok || !t.town.Org.May(t.me, team.LevelHead, who.Unit) {
			t.reply(messages.SwapFault{Why: "who", Name: m[1]})
			return nil
		}
		giver, arg = who, m[2]
	}
	mine, err := t.upcoming(ctx, giver.ID)
	if err != nil {
		return err
	}
	num := swapNumber.FindStringSubmatch(arg)
	if num == nil {
		t.reply(t.swapHelp(giver, mine))
		return nil
	}
	n, _ := strconv.Atoi(num[1])
	if n < 1 || n > len(mine) {
		t.reply(t.swapHelp(giver, mine))
		return nil
	}
	o := roster.Offer{By: giver.ID, Give: mine[n-1].ID, Reason: strings.TrimSpace(reason)}
	if ok, err := t.readOffer(ctx, &o, mine[n-1], strings.TrimSpace(arg[len(num[0]):])); err != nil || !ok {
		return err
	}
	return t.propose(ctx, o, giver)
}

// readOffer reads whom, which hours and what for; it answers and reports false where that cannot be read.
func (t *turn) readOffer(ctx context.Context, o *roster.Offer, s roster.Shift, rest string) (bool, error) {
	if h := swapHours.FindString(rest); h != "" {
		start, length, err := calendar.ParseClockSpan(h)
		if err != nil {
			return false, t.refused(messages.SwapFault{Why: "part"})
		}
		from := s.Day().At(start)
		if from.Before(s.Start) {
			from = s.Day().AddDays(1).At(start)
		}
		o.Part = roster.Part{From: from, To: from.Add(length)}
		rest = strings.TrimSpace(strings.Replace(rest, h, "", 1))
	}
	var take string
	if m := swapTake.FindStringSubmatch(" " + rest); m != nil {
		take = m[1]
		rest = strings.TrimSpace(swapTake.ReplaceAllString(" "+rest, ""))
	}
	if rest == "" {
		return true, nil
	}
	who, ok := t.colleague(rest)
	if !ok {
		t.reply(messages.SwapFault{Why: "who", Name: rest})
		return false, nil
	}
	o.To = who.ID
	if take == "" {
		return true, nil
	}
	day, err := calendar.ParseDate(take, t.now)
	if err != nil {
		return false, t.refused(messages.SwapFault{Why: "take", Name: take})
	}
	theirs, err := t.upcoming(ctx, who.ID)
	if err != nil {
		return false, err
	}
	for _, s := range theirs {
		if s.Day() == day.Date {
			o.Take = s.ID
			return true, nil
		}
	}
	t.reply(messages.SwapFault{Why: "take", Name: take})
	return false, nil
}

// colleague finds one person of the sender's subtree, or of their unit, by the full
// name or its last words.
func (t *turn) colleague(name string) (team.Member, bool) {
	want := viet.NameKey(name)
	var found []team.Member
	for _, m := range t.town.Org.Members {
		key := viet.NameKey(m.Name)
		if want == "" || m.Unit != t.me.Unit && !t.town.Org.May(t.me, team.LevelHead, m.Unit) {
			continue
		}
		if key == want {
			return m, true
		}
		if strings.HasSuffix(key, " "+want) || "#"+string(m.ID) == name {
			found = append(found, m)
		}
	}
	if len(found) != 1 {
		return team.Member{}, false
	}
	return found[0], true
}

// upcoming lists a person's shifts that are not over, earliest first, as /catoi does.
func (t *turn) upcoming(ctx context.Context, m team.MemberID) ([]roster.Shift, error) {
	all, err := t.watches(ctx, "watch/m/"+string(m), t.now, time.Time{})
	if err != nil {
		return nil, err
	}
	var out []roster.Shift
	for _, w := range all {
		out = append(out, w.Shift)
	}
	roster.Sort(out)
	return out, nil
}

func (t *turn) swapHelp(giver team.Member, mine []roster.Shift) messages.SwapHelp {
	m := messages.SwapHelp{Name: giver.Name}
	for i, s := range mine {
		if i < maxChoices {
			m.Shifts = append(m.Shifts, t.shiftTitle(s))
		}
	}
	return m
}

// concerned lists the shifts of everybody a request touches, of all units.
func (t *turn) concerned(ctx context.Context, w roster.Swap) ([]roster.Shift, error) {
	var out []roster.Shift
	for _, m := range []team.MemberID{w.From, w.To} {
		all, err := t.watches(ctx, "watch/m/"+string(m), t.now.Add(-longestShift), time.Time{})
		if err != nil {
			return nil, err
		}
		for _, have := range all {
			if roster.Find(out, have.Shift.ID) < 0 {
				out = append(out, have.Shift)
			}
		}
	}
	if roster.Find(out, w.Give) >= 0 || w.Give == "" {
		return out, nil
	}
	give, ok, err := t.shift(ctx, w.Give) // nobody concerned is on it yet
	if ok {
		out = append(out, give)
	}
	return out, err
}

func (t *turn) propose(ctx context.Context, o roster.Offer, giver team.Member) error {
	shifts, err := t.concerned(ctx, roster.Swap{From: o.By, To: o.To})
	if err != nil {
		return err
	}
	w, err := roster.Propose(shifts, o, t.now)
	if err == nil && w.To != "" {
		_, err = w.Apply(shifts, roster.Rules{})
	}
	if err != nil {
		return t.refuseSwap(ctx, err)
	}
	n, err := t.count(ctx, "DC")
	if err != nil {
		return err
	}
	w.ID = fmt.Sprintf("DC-%d", n)
	if giver.ID != t.me.ID {
		if w.To == "" {
			return t.refuseSwap(ctx, roster.ErrNotParty)
		}
		return t.finishSwap(ctx, w)
	}
	if err := t.saveSwap(w); err != nil {
		return err
	}
	t.note("swap.asked", swapRef(w.ID), w.Unit)
	view, err := t.swapView(ctx, w)
	if err != nil {
		return err
	}
	t.reply(messages.SwapAsked{Swap: view})
	return t.askSwap(ctx, w, view)
}

// swapView is a request in words.
func (t *turn) swapView(ctx context.Context, w roster.Swap) (messages.SwapLine, error) {
	l := messages.SwapLine{ID: w.ID, Reason: w.Reason, Until: w.Expires, Open: w.To == "", Imposed: w.Imposed}
	if w.From != "" {
		l.From = t.memberName(w.From)
	}
	l.Post = postName(w.Post)
	if w.To != "" {
		l.To = t.memberName(w.To)
	}
	for id, into := range map[roster.ShiftID]*string{w.Give: &l.Give, w.Take: &l.Take} {
		s, ok, err := t.shift(ctx, id)
		if err != nil {
			return l, err
		}
		if ok {
			*into = t.shiftTitle(s)
		}
	}
	if !w.Part.From.IsZero() {
		l.Part = w.Part.From.In(roster.Zone).Format("15h04") + "–" + w.Part.To.In(roster.Zone).Format("15h04")
	}
	return l, nil
}

func (t *turn) shift(ctx context.Context, id roster.ShiftID) (roster.Shift, bool, error) {
	var w struct {
		Shift roster.Shift `json:"shift"`
	}
	if id == "" {
		return w.Shift, false, nil
	}
	ok, err := t.get(ctx, watchRef(id), &w)
	return w.Shift, ok, err
}

// swapButtons are the yes and the no to a request.
func (t *turn) swapButtons(w roster.Swap) [][]chat.Button {
	yes := t.button("confirm", "/dongy "+w.ID, "yes", askSwap, w.ID)
	if w.To == "" {
		return [][]chat.Button{{yes}}
	}
	return [][]chat.Button{{yes, t.button("refuse", "/khongdongy "+w.ID, "no", askSwap, w.ID)}}
}

// askSwap asks those a request waits for: the other person, the unit's chats for
// an open shift, or the head.
func (t *turn) askSwap(ctx context.Context, w roster.Swap, l messages.SwapLine) error {
	give, ok, err := t.shift(ctx, w.Give)
	if err != nil {
		return err
	}
	return t.unlessUrgent(!ok || give.Start.Before(t.clock.Add(soon)), func() error { return t.putSwap(ctx, w, l) }, w.Give)
}

func (t *turn) putSwap(ctx context.Context, w roster.Swap, l messages.SwapLine) error {
	it := outbox.Item{Class: outbox.Reminder, NotAfter: w.Expires, About: "đổi ca", Guard: while("swap", w.ID, string(w.State)),
		Message: chat.Message{Text: t.text(messages.SwapAsk{Swap: l, Decide: w.State == roster.SwapAgreed}), Buttons: t.swapButtons(w)}}
	reached := false
	for _, m := range t.swapWaits(w) {
		d, ok, err := t.door(ctx, m)
		if err != nil {
			return err
		}
		if ok {
			it.To, it.Kind, it.For = d.Addr, chat.Private, string(m)
			t.send(it)
			reached = true
		}
	}
	if reached {
		return nil
	}
	rooms, err := t.rooms(ctx, w.Unit, ForUnit)
	if err != nil {
		return err
	}
	it.For = ""
	for _, r := range rooms {
		it.To, it.Kind = r.Addr, r.Kind
		t.send(it)
	}
	return nil
}

// swapOf reads a request named by a button or typed.
func (t *turn) swapOf(ctx context.Context, id string) (roster.Swap, bool, error) {
	var w roster.Swap
	ok, err := t.get(ctx, swapRef(strings.ToUpper(strings.TrimSpace(id))), &w)
	if err == nil && !ok {
		t.reply(messages.NothingToAgree{})
	}
	return w, ok, err
}
