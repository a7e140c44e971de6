package bot

import (
	"context"
	"slices"
	"strings"
	"time"

	"trucban/internal/chat"
	"trucban/internal/checkin"
	"trucban/internal/incident"
	"trucban/internal/outbox"
	"trucban/internal/receipt"
	"trucban/internal/roster"
	"trucban/internal/team"
	"trucban/internal/viet"
	"trucban/messages"
)

// How much of a receipt is written out, and how many are listed.
const (
	receiptTTL   = 7 * receipt.LookFor * 2
	receiptList  = 5
	receiptNames = 15 // of one receipt
	receiptFew   = 5  // of each in a list
)

// wave is the store's delivery receipt of all items of one wave: how it stands with each of them.
type wave struct {
	To map[string]string `json:"to,omitempty"`
}

func receiptRef(subject string) Ref { return Ref{"receipt", subject} }
func waveRef(id string) Ref         { return Ref{"wave", id} }

// waveSubject is what a wave is about: "watch:…" of "watch:…/3".
func waveSubject(id string) string {
	subject, _, _ := strings.Cut(id, "/")
	return subject
}

// lacks notes one of a wave's people or units (receipt.Unit) whom nothing can be sent to.
func (t *turn) lacks(wave, whom string) {
	if t.lacking == nil {
		t.lacking = map[string][]string{}
	}
	t.lacking[wave] = append(t.lacking[wave], whom)
}

// receipts keeps what the waves of this turn are about, and plans the look at each:
// one message to one chat is no wave.
func (t *turn) receipts(ctx context.Context) error {
	list, refs := t.waves()
	if len(list) == 0 || t.job != nil && t.job.Kind == waitingKind { // those have theirs
		return nil
	}
	if err := t.load(ctx, refs...); err != nil {
		return err
	}
	for i, r := range list {
		var had receipt.Receipt
		if _, err := t.read(refs[i], &had); err != nil {
			return err
		}
		if err := t.saveReceipt(had.Again(r)); err != nil {
			return err
		}
		t.wake("receipt", r.Subject, t.now.Add(receipt.After))
	}
	return nil
}

func (t *turn) saveReceipt(r receipt.Receipt) error {
	return t.put(receiptRef(r.Subject), r, Doc{TTL: receiptTTL, Index: []Entry{{"receipts", r.At.UnixMilli()}}})
}

// waves gathers the waves this turn sends, in order.
func (t *turn) waves() (list []receipt.Receipt, refs []Ref) {
	waves := map[string]*receipt.Receipt{}
	items := map[string]int{}
	var order []string
	add := func(id, about string) {
		items[id]++
		if waves[id] == nil {
			waves[id] = &receipt.Receipt{Subject: waveSubject(id), Wave: id, About: about, At: t.now, Unit: t.waveUnit(), Lacking: t.lacking[id]}
			order = append(order, id)
		}
		if waves[id].About == "" {
			waves[id].About = about
		}
	}
	for _, it := range t.change.Out {
		if it.Wave != "" && it.Class != outbox.Digest && !it.Edit {
			add(it.Wave, it.About)
		}
	}
	for _, it := range t.held {
		if it.Wave != "" && !it.Edit {
			add(it.Wave, it.About)
			waves[it.Wave].Held, waves[it.Wave].Until = append(waves[it.Wave].Held, it.For), it.until
		}
	}
	for id, whom := range t.lacking {
		if waves[id] != nil {
			items[id] += len(whom)
		}
	}
	for _, id := range order {
		r := waves[id]
		if strings.HasPrefix(r.Subject, "directive:") {
			r.By = t.me.ID
		}
		if items[id] > 1 || r.By != "" {
			list, refs = append(list, *r), append(refs, receiptRef(r.Subject))
		}
	}
	return list, refs
}

// waveUnit is the unit a wave comes from, as the turn's audit events name it; the root where none does.
func (t *turn) waveUnit() team.UnitID {
	for _, e := range t.change.Log {
		if e.Unit != "" {
			return team.UnitID(e.Unit)
		}
	}
	return t.town.Org.Root()
}

// dueReceipt looks at how a wave went and says it where that is worth a word: to
// who sent it, or to the desk.
func dueReceipt(ctx context.Context, t *turn) error {
	t.wake("receipt", t.job.ID, time.Time{})
	var r receipt.Receipt
	ok, err := t.get(ctx, receiptRef(t.job.ID), &r)
	if err != nil || !ok || r.Subject == "" {
		return err
	}
	tally, err := t.tally(ctx, r)
	if err != nil {
		return err
	}
	next, say, again := r.Look(tally, t.now)
	t.wake("receipt", r.Subject, again)
	if err := t.saveReceipt(next); err != nil || !say {
		return err
	}
	m, err := t.receiptMessage(ctx, r, tally, receiptNames)
	if err != nil {
		return err
	}
	m.Again = len(r.Told) > 0 && len(tally.Missed) == 0
	msg := chat.Message{Text: t.text(m)}
	t.gentle = true
	if d, ok, err := t.door(ctx, r.By); err != nil {
		return err
	} else if ok && r.By != "" {
		t.send(outbox.Item{To: d.Addr, Kind: chat.Private, Class: outbox.Digest, Message: msg, For: string(r.By), About: "kết quả gửi tin"})
		return nil
	}
	return t.tellDesk(ctx, r.Unit, outbox.Digest, msg, "kết quả gửi tin")
}

// tally is how a wave stands now.
func (t *turn) tally(ctx context.Context, r receipt.Receipt) (receipt.Tally, error) {
	var w wave
	if _, err := t.get(ctx, waveRef(r.Wave), &w); err != nil {
		return receipt.Tally{}, err
	}
	settled, err := t.settled(ctx, r.Subject)
	return r.Count(w.To, settled), err
}

// settled answers for the people of a wave whether it still matters that they were
// not reached: who checked in knows of the shift, and an incident somebody has needs no more calls.
func (t *turn) settled(ctx context.Context, subject string) (func(team.MemberID) bool, error) {
	kind, id, _ := strings.Cut(subject, ":")
	switch kind {
	case "watch":
		var w checkin.Watch
		if ok, err := t.get(ctx, watchRef(roster.ShiftID(id)), &w); err != nil || !ok {
			return func(team.MemberID) bool { return true }, err
		}
		pending := w.Pending()
		return func(m team.MemberID) bool { return !slices.Contains(pending, m) }, nil
	case "incident":
		var i incident.Incident
		if _, err := t.get(ctx, incidentRef(incident.ID(id)), &i); err != nil {
			return nil, err
		}
		return func(team.MemberID) bool { return !i.Unacked() }, nil
	}
	return func(team.MemberID) bool { return false }, nil
}

// receiptMessage is a wave's receipt in words, with the numbers of those to be
// called; at most so many of them are named.
func (t *turn) receiptMessage(ctx context.Context, r receipt.Receipt, c receipt.Tally, names int) (messages.Receipt, error) {
	m := messages.Receipt{
		About: t.about(r.About), Unit: t.unitName(r.Unit), At: r.At, People: c.People.Reached, OfPeople: c.People.All,
		ID: waveID(r.Subject), Units: c.Units.Reached, OfUnits: c.Units.All, Waiting: c.Waiting - c.Held, Held: c.Held, HeldUntil: r.Until, Lost: len(c.Missed),
	}
	for n, miss := range c.Missed {
		if n == names {
			m.More = len(c.Missed) - n
			break
		}
		line, err := t.receiptMiss(ctx, miss)
		if err != nil {
			return m, err
		}
		m.Missed = append(m.Missed, line)
	}
	return m, nil
}

// waveID is the number of the document or incident a wave is about; shifts have none that people know.
func waveID(subject string) string {
	kind, id, _ := strings.Cut(subject, ":")
	if kind == "watch" {
		return ""
	}
	return id
}

func (t *turn) receiptMiss(ctx context.Context, miss receipt.Miss) (messages.ReceiptMiss, error) {
	if u, ok := receipt.UnitOf(miss.Whom); ok {
		m := messages.ReceiptMiss{Name: t.unitName(u), Unit: true, Reason: t.reason(miss.Reason)}
		if miss.Reason == receipt.NoDoor {
			m.Reason = t.label("reach.noroom")
		}
		return m, nil
	}
	id := team.MemberID(miss.Whom)
	m := messages.ReceiptMiss{Name: t.memberName(id), Phone: t.phoneFor(id), Reason: t.reason(miss.Reason)}
	if miss.Reason == receipt.NoDoor {
		why, lost, err := t.unreached(ctx, id)
		if err != nil {
			return m, err
		}
		if m.Reason = why; !lost {
			m.Reason = t.label("reach.none")
		}
	}
	return m, nil
}

// reason is why something was not delivered, in the words of the desk.
func (t *turn) reason(code string) string {
	if w := t.label("why." + code); w != "why."+code {
		return w
	}
	return t.label("why.unknown")
}

// showReceipts answers /danhan with the newest waves of the desk's subtree, in private.
func showReceipts(ctx context.Context, t *turn, _ call) error {
	refs, err := t.find(ctx, Range{Index: "receipts", To: maxScore, Desc: true, Limit: 10 * receiptList})
	if err != nil {
		return err
	}
	var list []receipt.Receipt
	var waves []Ref
	for _, ref := range refs {
		var r receipt.Receipt
		if ok, err := t.read(ref, &r); err != nil {
			return err
		} else if ok && r.Subject != "" && t.town.Org.May(t.me, team.LevelDesk, r.Unit) && len(list) < receiptList {
			list, waves = append(list, r), append(waves, waveRef(r.Wave))
		}
	}
	if err := t.load(ctx, waves...); err != nil {
		return err
	}
	m := messages.Receipts{}
	for _, r := range list {
		tally, err := t.tally(ctx, r)
		if err != nil {
			return err
		}
		line, err := t.receiptMessage(ctx, r, tally, receiptFew)
		if err != nil {
			return err
		}
		m.Waves = append(m.Waves, line)
	}
	return t.inPrivate(ctx, chat.Message{Text: t.text(m)})
}

func (t *turn) phoneFor(id team.MemberID) string {
	if m, ok := t.town.Org.Member(id); ok && m.Phone != "" {
		return viet.FormatPhone(m.Phone)
	}
	return ""
}
