package bot

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"trucban/internal/chat"
	"trucban/internal/checkin"
	"trucban/internal/courtesy"
	"trucban/internal/outbox"
	"trucban/internal/receipt"
	"trucban/internal/roster"
	"trucban/internal/team"
	"trucban/messages"
)

// Messages that can wait are kept back in quiet hours, and when somebody has had
// enough of them for an hour; see courtesy. Which can wait is said where they are
// sent, by gently: news of the roster days ahead, of tasks, of what was entered
// about somebody. Never kept back are alarms, answers, what concerns an incident or
// a shift that runs or is about to begin (the reminder for a shift inside quiet
// hours is what brings its person there), and what would leave its reader less than
// an hour.

// waitingKind is the kind of the job that sends what was kept back for one chat.
const waitingKind = "waiting"

// waiting is what is known of one chat's nudges.
type waiting struct {
	Sent  []time.Time `json:"sent,omitempty"` // those of the last hour
	Items []heldItem  `json:"items,omitempty"`
	Until time.Time   `json:"until,omitzero"` // when Items are sent
}

type heldItem struct {
	Item outbox.Item `json:"item"`
	At   time.Time   `json:"at"`
}

// maxHeld bounds what is kept back for one chat; what is more goes at once.
const maxHeld = 60

func waitingRef(a chat.Address) Ref { return Ref{waitingKind, a.Key()} }

// gently marks what is sent within as able to wait; shifts are those it is about, in
// whose duty log it stands when it does wait.
func (t *turn) gently(send func() error, shifts ...roster.ShiftID) error {
	gentle, subjects := t.gentle, t.subjects
	t.gentle, t.subjects = true, shifts
	err := send()
	t.gentle, t.subjects = gentle, subjects
	return err
}

// unlessUrgent is gently, except where it is urgent.
func (t *turn) unlessUrgent(urgent bool, send func() error, shifts ...roster.ShiftID) error {
	if urgent {
		return send()
	}
	return t.gently(send, shifts...)
}

// keepBack takes out of what this turn sends what can wait and should, and keeps it for its time.
func (t *turn) keepBack(ctx context.Context) error {
	rules, err := t.manners(ctx)
	if err != nil || len(rules) == 0 {
		return err
	}
	awake, err := t.awake(ctx, rules)
	if err != nil {
		return err
	}
	state := map[Ref]*waiting{}
	var order []Ref
	out := t.change.Out[:0:0]
	for _, it := range t.change.Out {
		p, ok := rules[it.ID]
		if !ok {
			out = append(out, it)
			continue
		}
		ref := waitingRef(it.To)
		w := state[ref]
		if w == nil {
			w = &waiting{}
			if _, err := t.read(ref, w); err != nil {
				return err
			}
			w.Sent = courtesy.Recent(w.Sent, t.clock)
			state[ref], order = w, append(order, ref)
		}
		n := courtesy.Nudge{At: t.clock, NotAfter: it.NotAfter, Group: it.Kind != chat.Private, Awake: awake[team.MemberID(it.For)]}
		until := p.Until(n, w.Sent)
		if until.IsZero() || len(w.Items) >= maxHeld {
			w.Sent = append(w.Sent, t.clock.UTC())
			out = append(out, it)
			continue
		}
		if len(w.Items) == 0 || until.Before(w.Until) {
			w.Until = until.UTC()
		}
		w.Items = append(w.Items, heldItem{it, t.clock.UTC()})
		t.held = append(t.held, heldBack{it, w.Until})
	}
	t.change.Out = out
	for _, ref := range order {
		if err := t.saveWaiting(ref, *state[ref]); err != nil {
			return err
		}
	}
	return t.tellHeld(ctx)
}

// heldBack is an item of this turn that waits.
type heldBack struct {
	outbox.Item
	until time.Time
}

// saveWaiting plans the write: what waits stands on the clock, counts alone expire.
func (t *turn) saveWaiting(ref Ref, w waiting) error {
	if len(w.Items) == 0 {
		return t.put(ref, w, Doc{TTL: courtesy.Window})
	}
	t.wake(ref.Kind, ref.ID, w.Until)
	return t.put(ref, w, Doc{Index: []Entry{{"open", w.Until.UnixMilli()}}})
}

// manners says by what each item that can wait goes: what holds for its reader's unit.
// Items whose unit keeps neither quiet hours nor a budget are left out.
func (t *turn) manners(ctx context.Context) (map[string]courtesy.Policy, error) {
	if len(t.calm) == 0 {
		return nil, nil
	}
	var refs []Ref
	for _, it := range t.change.Out {
		if _, calm := t.calm[it.ID]; calm && it.Kind != chat.Private {
			refs = append(refs, roomRef(it.To))
		}
	}
	if err := t.load(ctx, refs...); err != nil {
		return nil, err
	}
	rules := map[string]courtesy.Policy{}
	refs = refs[:0]
	for _, it := range t.change.Out {
		if _, calm := t.calm[it.ID]; !calm || it.To == t.u.To { // who writes just now is awake
			continue
		}
		unit, err := t.readerUnit(it)
		if err != nil {
			return nil, err
		}
		if p := t.town.Policy(unit).Courtesy; unit != "" && !p.IsZero() {
			rules[it.ID] = p
			refs = append(refs, waitingRef(it.To))
		}
	}
	return rules, t.load(ctx, refs...)
}

// readerUnit is the unit of the person or the room an item is for; "" when unknown.
func (t *turn) readerUnit(it outbox.Item) (team.UnitID, error) {
	if it.Kind == chat.Private {
		m, _ := t.town.Org.Member(team.MemberID(it.For))
		return m.Unit, nil
	}
	var room Room
	_, err := t.read(roomRef(it.To), &room)
	return room.Unit, err
}

// awake lists who is on duty now, where somebody's quiet hours make that matter.
func (t *turn) awake(ctx context.Context, rules map[string]courtesy.Policy) (map[team.MemberID]bool, error) {
	quiet := false
	for _, p := range rules {
		quiet = quiet || p.Quiet.Holds(t.clock)
	}
	if !quiet {
		return nil, nil
	}
	all, err := t.watches(ctx, "watch/end", t.clock, t.clock.Add(longestShift))
	if err != nil {
		return nil, err
	}
	on := map[team.MemberID]bool{}
	for _, w := range all {
		for _, a := range w.Shift.At(t.clock) {
			on[a.Member] = true
		}
	}
	return on, nil
}

// tellHeld notes what waits in the duty log of its shift, and says it to whoever brought it about.
func (t *turn) tellHeld(ctx context.Context) error {
	if len(t.held) == 0 {
		return nil
	}
	m := messages.HeldBack{N: len(t.held)}
	for _, h := range t.held {
		if m.Until.IsZero() || h.until.Before(m.Until) {
			m.Until = h.until
		}
		if err := t.logHeld(ctx, h); err != nil {
			return err
		}
	}
	if t.job == nil && !t.u.To.IsZero() {
		t.reply(m)
	}
	return nil
}

func (t *turn) logHeld(ctx context.Context, h heldBack) error {
	e := checkin.Entry{At: t.clock, What: "held", Text: h.About}
	if _, unit := receipt.UnitOf(h.For); !unit {
		e.By = team.MemberID(h.For)
	}
	unit, err := t.readerUnit(h.Item)
	if err != nil {
		return err
	}
	for _, id := range t.calm[h.ID] {
		var w checkin.Watch
		if ok, err := t.get(ctx, watchRef(id), &w); err != nil {
			return err
		} else if !ok || h.Kind != chat.Private && w.Shift.Unit != unit {
			continue
		}
		if err := t.saveWatch(w.Note(e)); err != nil {
			return err
		}
	}
	return nil
}

// dueWaiting sends what was kept back for one chat: the news of it in one message, a
// card or a file by itself. What no longer holds is left out.
func dueWaiting(ctx context.Context, t *turn) error {
	ref := Ref{waitingKind, t.job.ID}
	var w waiting
	ok, err := t.get(ctx, ref, &w)
	if err != nil || !ok {
		return err
	}
	if w.Until.After(t.now) {
		return t.saveWaiting(ref, w)
	}
	var guards []Ref
	for _, h := range w.Items {
		if g := h.Item.Guard; g != nil {
			guards = append(guards, Ref{g.Kind, g.ID})
		}
	}
	if err := t.load(ctx, guards...); err != nil {
		return err
	}
	var news []heldItem
	for _, h := range w.Items {
		it := h.Item
		switch {
		case !t.stands(it.Guard):
		case it.Wave != "" || it.Card != "" || it.Message.Attach != nil || it.Message.Contact != nil || !it.NotAfter.IsZero() && !it.NotAfter.After(t.now):
			t.send(it) // by itself; one whose time has passed is listed for the desk there
		default:
			if !slices.ContainsFunc(news, func(o heldItem) bool { return o.Item.Message.Text == it.Message.Text }) {
				news = append(news, h)
			}
		}
	}
	for len(news) > 0 {
		n := min(len(news), maxFold)
		t.send(t.fold(news[:n]))
		news = news[n:]
	}
	t.note("nudges.released", ref, "")
	return t.saveWaiting(ref, waiting{Sent: append(courtesy.Recent(w.Sent, t.now), t.now.UTC())})
}

// stands reports whether a guard's condition holds; its document must be loaded.
func (t *turn) stands(g *outbox.Guard) bool {
	if g == nil {
		return true
	}
	return slices.Contains(t.docs[Ref{g.Kind, g.ID}].Marks, g.Mark)
}

// maxFold keeps several messages folded into one readable on a phone.
const maxFold = 6

// fold makes one message of what was kept back; one alone stays as it was but for its time.
func (t *turn) fold(list []heldItem) outbox.Item {
	out := list[0].Item
	head := messages.HeldNews{N: len(list), From: list[0].At}
	if len(list) == 1 {
		out.Message.Text = t.text(head) + "\n" + out.Message.Text
		return out
	}
	parts := []string{t.text(head)}
	out.Guard, out.Message.Buttons = nil, nil
	for i, h := range list {
		parts = append(parts, fmt.Sprintf("%d. %s", i+1, h.Item.Message.Text))
		for _, row := range h.Item.Message.Buttons {
			var named []chat.Button
			for _, b := range row {
				b.Label += " (" + strconv.Itoa(i+1) + ")"
				named = append(named, b)
			}
			out.Message.Buttons = append(out.Message.Buttons, named)
		}
		if !h.Item.NotAfter.IsZero() && (out.NotAfter.IsZero() || h.Item.NotAfter.After(out.NotAfter)) {
			out.NotAfter = h.Item.NotAfter
		}
	}
	out.About = aboutHeld
	out.Message.Text = strings.Join(parts, "\n\n")
	return out
}

const aboutHeld = "tin giữ trong giờ nghỉ"
