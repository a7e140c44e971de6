package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"trucban/internal/chat"
	"trucban/internal/checkin"
	"trucban/internal/outbox"
	"trucban/internal/reach"
	"trucban/internal/roster"
	"trucban/internal/team"
	"trucban/messages"
)

// A look ahead finds the people of coming shifts whom no private message reaches.
// One job takes all shifts that want a look at its moment, so that a head and the
// desk get one message for all of them.
const (
	lookoutKind  = "lookout"
	aboutLookout = "liên lạc trước ca"
	maxAhead     = 10 // people named in one message
)

func lookoutRef(id roster.ShiftID) Ref { return Ref{lookoutKind, string(id)} }

// planLookout wakes the look ahead at the moments of a shift that is new or was
// changed; where the first has passed already, at once.
func (t *turn) planLookout(w checkin.Watch) error {
	s := w.Shift
	if !t.now.Before(s.Start) {
		return nil
	}
	var had checkin.Watch
	if data := t.docs[watchRef(s.ID)].Data; len(data) > 0 {
		if err := json.Unmarshal(data, &had); err != nil {
			return fmt.Errorf("decode %s: %w", watchRef(s.ID), err)
		}
	}
	if had.Shift.Start.Equal(s.Start) && slices.Equal(had.Shift.People, s.People) {
		return nil
	}
	t.lookAt(s.Start)
	return nil
}

// lookAt wakes the look ahead at every moment a shift that begins at start wants it.
func (t *turn) lookAt(start time.Time) {
	for _, at := range t.town.People.Moments(start) {
		if at.Before(t.now) {
			at = t.now
		}
		t.wake(lookoutKind, stamp(at), at)
	}
}

// lookNow has the people of coming shifts looked at again, after somebody was lost.
func (t *turn) lookNow() { t.wake(lookoutKind, stamp(t.now), t.now) }

// replanLookouts plans the looks ahead of all shifts to come anew, after the policy was changed.
func (t *turn) replanLookouts(ctx context.Context) error {
	all, err := t.watches(ctx, "watch/start", t.now, time.Time{})
	if err != nil {
		return err
	}
	for _, w := range all {
		t.lookAt(w.Shift.Start)
	}
	return nil
}

// aheadLine is one person of a coming shift whom no private message reaches.
type aheadLine struct {
	shift roster.Shift
	who   team.MemberID
	lack  string
	again bool
}

// dueLookout warns heads and the desk about people of coming shifts who cannot be
// reached, before the shift and not at it, and gives the all-clear for those who can.
func dueLookout(ctx context.Context, t *turn) error {
	t.wake(lookoutKind, t.job.ID, time.Time{})
	all, err := t.watches(ctx, "watch/start", t.now, t.now.Add(reach.Lead))
	if err != nil {
		return err
	}
	refs := make([]Ref, 0, 3*len(all))
	for _, w := range all {
		refs = append(refs, lookoutRef(w.Shift.ID))
		for _, m := range w.Pending() {
			refs = append(refs, reachRef(m))
		}
	}
	if err := t.load(ctx, refs...); err != nil {
		return err
	}
	if len(all) == 0 {
		return nil
	}
	if err := t.loadAudience(ctx); err != nil {
		return err
	}
	warn := newLetters[aheadLine]()
	for _, w := range all {
		if err := t.lookAhead(ctx, w, warn); err != nil {
			return err
		}
	}
	return warn.each(func(to outbox.Item, lines []aheadLine) error {
		to.Class, to.About, to.NotAfter = outbox.Missed, aboutLookout, lines[0].shift.Start
		to.Message = chat.Message{Text: t.text(t.aheadText(lines))}
		t.send(to)
		return nil
	})
}

// lookAhead looks at one shift and puts whom to warn about into the letters.
func (t *turn) lookAhead(ctx context.Context, w checkin.Watch, warn letters[aheadLine]) error {
	stage := t.town.People.Stage(w.Shift.Start, t.now)
	if stage == 0 || w.Ended {
		return nil
	}
	var had reach.Lookout
	if _, err := t.read(lookoutRef(w.Shift.ID), &had); err != nil {
		return err
	}
	var away []team.MemberID
	for _, m := range w.Pending() {
		if !t.reachable(m) {
			away = append(away, m)
		}
	}
	next, tell, clear := had.Look(stage, away)
	if len(tell)+len(clear) == 0 {
		return nil
	}
	if err := t.saveLookout(w.Shift, next); err != nil {
		return err
	}
	heads, err := t.headsOf(ctx, w.Shift.Unit, away)
	if err != nil {
		return err
	}
	desk, err := t.desk(ctx, w.Shift.Unit)
	if err != nil {
		return err
	}
	for _, m := range tell {
		who, _ := t.town.Org.Member(m)
		lack, err := t.lack(who)
		if err != nil {
			return err
		}
		t.note("lookout.warned", reachRef(m), w.Shift.Unit)
		warn.add(aheadLine{w.Shift, m, lack, had.Warned[m] > 0}, append(heads, desk...))
	}
	return nil
}

// saveLookout plans the write of who was warned about; it is found by its people until the shift begins.
func (t *turn) saveLookout(s roster.Shift, l reach.Lookout) error {
	ref := lookoutRef(s.ID)
	if len(l.Warned) == 0 {
		t.drop(ref)
		return nil
	}
	d := Doc{TTL: max(s.Start.Sub(t.clock), time.Minute), Version: 0}
	for m := range l.Warned {
		d.Index = append(d.Index, Entry{"lookout/m/" + string(m), s.Start.UnixMilli()})
	}
	return t.put(ref, l, d)
}

// aheadText names the people with the number to call, the earliest shift first.
func (t *turn) aheadText(lines []aheadLine) messages.UnreachedAhead {
	slices.SortStableFunc(lines, func(a, b aheadLine) int { return a.shift.Start.Compare(b.shift.Start) })
	m := messages.UnreachedAhead{Total: len(lines), More: max(0, len(lines)-maxAhead)}
	for _, l := range lines[:min(len(lines), maxAhead)] {
		m.Lines = append(m.Lines, messages.AheadLine{
			Name: t.memberName(l.who), Unit: t.unitName(l.shift.Unit), Shift: t.shiftTitle(l.shift), Lack: t.lackWord(l.lack), Phone: t.phoneFor(l.who), Again: l.again,
		})
	}
	return m
}

// reachedAgain gives the all-clear about a person who was warned about and can be reached now.
func (t *turn) reachedAgain(ctx context.Context, m team.Member) error {
	refs, err := t.find(ctx, Range{Index: "lookout/m/" + string(m.ID), From: t.now.UnixMilli(), To: maxScore})
	if err != nil {
		return err
	}
	told := map[chat.Address]bool{}
	for _, ref := range refs {
		var l reach.Lookout
		var w checkin.Watch
		if ok, err := t.read(ref, &l); err != nil {
			return err
		} else if !ok {
			continue
		}
		if ok, err := t.get(ctx, watchRef(roster.ShiftID(ref.ID)), &w); err != nil {
			return err
		} else if !ok {
			continue
		}
		delete(l.Warned, m.ID)
		if err := t.saveLookout(w.Shift, l); err != nil {
			return err
		}
		heads, err := t.headsOf(ctx, w.Shift.Unit, []team.MemberID{m.ID})
		if err != nil {
			return err
		}
		desk, err := t.desk(ctx, w.Shift.Unit)
		if err != nil {
			return err
		}
		text := t.text(messages.ReachedAgain{Name: m.Name, Unit: t.unitName(m.Unit), Shift: t.shiftTitle(w.Shift)})
		for _, to := range append(heads, desk...) {
			if told[to.To] || to.To == t.u.To {
				continue
			}
			told[to.To] = true
			to.Class, to.About, to.NotAfter, to.Message = outbox.Missed, aboutLookout, w.Shift.End, chat.Message{Text: text}
			t.send(to)
		}
	}
	return nil
}
