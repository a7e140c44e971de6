package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"trucban/internal/calendar"
	"trucban/internal/roster"
	"trucban/internal/team"
	"trucban/internal/viet"
	"trucban/messages"
)

// refuseSwap answers each rule with its own sentence.
func (t *turn) refuseSwap(ctx context.Context, err error) error {
	var rule roster.Broken
	if errors.As(err, &rule) {
		return t.refuseRule(ctx, rule)
	}
	for why, fault := range map[string]error{
		"on": roster.ErrOnShift, "part": roster.ErrBadPart,
		"over": roster.ErrShiftOver, "gone": roster.ErrNotOnShift, "noshift": roster.ErrNoShift, "taken": roster.ErrNotOpen, "state": roster.ErrWrongState,
		"party": roster.ErrNotParty, "own": roster.ErrOwnApproval, "expired": roster.ErrExpired, "same": roster.ErrSamePerson,
	} {
		if errors.Is(err, fault) {
			t.reply(messages.SwapFault{Why: why})
			return nil
		}
	}
	return fmt.Errorf("swap: %w", err)
}

// refuseRule says which of the rules somebody would break, with both shifts.
func (t *turn) refuseRule(ctx context.Context, b roster.Broken) error {
	why := map[roster.ConflictKind]string{roster.DoubleBooked: "double", roster.TwoNights: "nights", roster.OnLeave: "leave"}[b.Kind]
	m := messages.SwapFault{Why: why, Name: t.memberName(b.Member)}
	for _, id := range []roster.ShiftID{b.Shift, b.Other} {
		s, ok, err := t.shift(ctx, id)
		if err != nil {
			return err
		}
		if ok {
			m.Shifts = append(m.Shifts, t.shiftTitle(s))
		}
	}
	t.reply(m)
	return nil
}

// vacancy is a post of a shift that nobody holds.
type vacancy struct {
	shift roster.Shift
	post  roster.Post
}

// openVacant is the head's "/doica trống 14/02", "/doica trống 14/02 ca đêm": the post
// nobody holds goes to the first of the unit who takes it.
func (t *turn) openVacant(ctx context.Context, arg, reason string) error {
	if t.me.Level() < team.LevelHead {
		t.reply(t.notAllowed(team.LevelHead, t.me.Unit))
		return nil
	}
	day, _, err := calendar.FindDate(arg, t.now)
	if err != nil {
		return t.refused(messages.SwapFault{Why: "vacantday", Name: arg})
	}
	from := day.Date.Midnight()
	all, err := t.watches(ctx, "watch/start", from.Add(-1), from.AddDate(0, 0, 1).Add(-1))
	if err != nil {
		return err
	}
	var found, named []vacancy
	for _, w := range all {
		s := w.Shift
		if !t.town.Org.May(t.me, team.LevelHead, s.Unit) || !s.End.After(t.now) {
			continue
		}
		found = append(found, t.vacancies(s)...)
		if strings.Contains(viet.Fold(arg), viet.Fold(nameOf(s))) {
			named = append(named, t.vacancies(s)...)
		}
	}
	if len(named) > 0 {
		found = named
	}
	switch len(found) {
	case 0:
		t.reply(messages.SwapFault{Why: "novacant", Name: day.Date.Heading()})
		return nil
	case 1:
		return t.offerVacant(ctx, found[0], reason)
	}
	pick := messages.Pick{What: "Có nhiều ca trống hôm đó. Đề nghị ghi thêm tên ca:"}
	for _, v := range found[:min(len(found), maxChoices)] {
		pick.Items = append(pick.Items, "/doica trống "+day.Date.Short()+" "+nameOf(v.shift)+" – "+t.unitName(v.shift.Unit)+" "+postName(v.post))
	}
	t.reply(pick)
	return nil
}

// vacancies lists the posts of a shift that nobody holds; one without anybody has at least one.
func (t *turn) vacancies(s roster.Shift) []vacancy {
	posts := t.postsOf(s)
	if len(posts) == 0 && len(s.People) == 0 {
		posts = []roster.Post{roster.PostDuty}
	}
	var out []vacancy
	for _, p := range posts {
		if !slices.ContainsFunc(s.People, func(a roster.Assignment) bool { return a.Post == p }) {
			out = append(out, vacancy{s, p})
		}
	}
	return out
}

func (t *turn) offerVacant(ctx context.Context, v vacancy, reason string) error {
	n, err := t.count(ctx, "DC")
	if err != nil {
		return err
	}
	w, err := roster.Vacant([]roster.Shift{v.shift}, fmt.Sprintf("DC-%d", n), v.shift.ID, v.post, t.now)
	if err != nil {
		return t.refuseSwap(ctx, err)
	}
	w.Reason = reason
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
