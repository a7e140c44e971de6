package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
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

// indexDead holds the messages that were given up, by the moment.
const indexDead = "dead"

// deadLetter is the store's document of a message that was given up.
type deadLetter struct {
	Item    outbox.Item `json:"item"`
	Attempt int         `json:"attempt"`
	Reason  string      `json:"reason"`
	At      time.Time   `json:"at"`
}

// lostLetter names whom a message that was given up was meant for.
func (t *turn) lostLetter(ctx context.Context, d deadLetter) (LostLetter, error) {
	l := LostLetter{At: d.At, About: d.Item.About, Reason: reasonText(chat.Reason(d.Reason)), To: string(d.Item.To.Platform)}
	if m, ok := t.town.Org.Member(team.MemberID(d.Item.For)); ok {
		l.Unit, l.Member, l.To = m.Unit, m.ID, m.Name
		return l, nil
	}
	var room Room
	if ok, err := t.get(ctx, roomRef(d.Item.To), &room); err != nil {
		return l, err
	} else if ok {
		l.Unit, l.To = room.Unit, t.unitName(room.Unit)
	}
	return l, nil
}

// A wave is what one event sends to many. Its receipt is looked at once, some
// minutes later, when it was large enough for somebody to be overlooked in it.
const (
	receiptAfter = 5 * time.Minute
	receiptFrom  = 5
	receiptTTL   = 7 * 24 * time.Hour
	receiptList  = 5
)

// receipt says what a wave was about; the counts are the store's own document.
type receipt struct {
	Wave  string      `json:"wave"`
	About string      `json:"about"`
	Unit  team.UnitID `json:"unit,omitempty"`
	At    time.Time   `json:"at"`
	Items int         `json:"items"`
}

// wave is the store's delivery receipt of all items of one wave.
type wave struct {
	Total    int `json:"total"`
	Sent     int `json:"sent"`
	Failed   int `json:"failed"`
	Late     int `json:"late"`
	Needless int `json:"needless"`
	Missed   []struct {
		For    string `json:"for"`
		Reason string `json:"reason"`
	} `json:"missed,omitempty"`
}

func receiptRef(id string) Ref { return Ref{"receipt", id} }
func waveRef(id string) Ref    { return Ref{"wave", id} }

// receipts keeps what the waves of this turn are about, and plans the look at the large ones.
func (t *turn) receipts() error {
	waves := map[string]receipt{}
	var order []string
	for _, it := range t.change.Out {
		if it.Wave == "" || it.Class == outbox.Digest || it.Edit {
			continue
		}
		r, ok := waves[it.Wave]
		if !ok {
			r = receipt{Wave: it.Wave, About: it.About, At: t.now, Unit: t.waveUnit()}
			order = append(order, it.Wave)
		}
		r.Items++
		waves[it.Wave] = r
	}
	for _, id := range order {
		r := waves[id]
		if r.Items < 2 {
			continue
		}
		if err := t.put(receiptRef(id), r, Doc{Version: AnyVersion, TTL: receiptTTL, Index: []Entry{{"receipts", t.now.UnixMilli()}}}); err != nil {
			return err
		}
		if r.Items >= receiptFrom {
			t.wake("receipt", id, t.now.Add(receiptAfter))
		}
	}
	return nil
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

// dueReceipt tells the desk how a large wave went, when somebody was not reached.
func dueReceipt(ctx context.Context, t *turn) error {
	var r receipt
	t.wake("receipt", t.job.ID, time.Time{})
	ok, err := t.get(ctx, receiptRef(t.job.ID), &r)
	if err != nil || !ok {
		return err
	}
	m, err := t.receiptMessage(ctx, r)
	if err != nil || len(m.Missed)+m.Failed+m.Late == 0 {
		return err
	}
	return t.tellDesk(ctx, r.Unit, outbox.Digest, chat.Message{Text: t.text(m)}, "kết quả gửi tin")
}

// receiptMessage is a wave's receipt in words, with the numbers of those to be called.
func (t *turn) receiptMessage(ctx context.Context, r receipt) (messages.Receipt, error) {
	var w wave
	if _, err := t.get(ctx, waveRef(r.Wave), &w); err != nil {
		return messages.Receipt{}, err
	}
	m := messages.Receipt{
		About: r.About, Unit: t.unitName(r.Unit), At: r.At, Total: w.Total - w.Needless, Sent: w.Sent, Failed: w.Failed, Late: w.Late,
		Waiting: w.Total - w.Sent - w.Failed - w.Late - w.Needless,
	}
	for _, miss := range w.Missed {
		id := team.MemberID(miss.For)
		m.Missed = append(m.Missed, messages.ReceiptMiss{Name: t.memberName(id), Phone: t.phoneFor(id), Reason: reasonText(chat.Reason(miss.Reason))})
	}
	m.Failed = max(0, m.Failed-len(m.Missed)) // what failed in groups has no name
	return m, t.addDoorless(ctx, r, &m)
}

// addDoorless adds the people of a shift for whom nothing could be sent at all.
func (t *turn) addDoorless(ctx context.Context, r receipt, m *messages.Receipt) error {
	rest, ok := strings.CutPrefix(r.Wave, "watch:")
	if !ok {
		return nil
	}
	var w checkin.Watch
	id, _, _ := strings.Cut(rest, "/")
	if ok, err := t.get(ctx, watchRef(roster.ShiftID(id)), &w); err != nil || !ok {
		return err
	}
	for _, p := range w.Pending() {
		reason, lost, err := t.unreached(ctx, p)
		if err != nil {
			return err
		}
		if lost && !slices.ContainsFunc(m.Missed, func(x messages.ReceiptMiss) bool { return x.Name == t.memberName(p) }) {
			m.Total++
			m.Missed = append(m.Missed, messages.ReceiptMiss{Name: t.memberName(p), Phone: t.phoneFor(p), Reason: reason})
		}
	}
	return nil
}

// showReceipts answers /danhan with the newest waves of the desk's subtree, in private.
func showReceipts(ctx context.Context, t *turn, _ call) error {
	refs, err := t.find(ctx, Range{Index: "receipts", To: maxScore, Desc: true, Limit: 10 * receiptList})
	if err != nil {
		return err
	}
	var list []receipt
	for _, ref := range refs {
		var r receipt
		if ok, err := t.read(ref, &r); err != nil {
			return err
		} else if ok && t.town.Org.May(t.me, team.LevelDesk, r.Unit) && len(list) < receiptList {
			list = append(list, r)
		}
	}
	waves := make([]Ref, len(list))
	for i, r := range list {
		waves[i] = waveRef(r.Wave)
	}
	if err := t.load(ctx, waves...); err != nil {
		return err
	}
	m := messages.Receipts{}
	for _, r := range list {
		line, err := t.receiptMessage(ctx, r)
		if err != nil {
			return err
		}
		m.Waves = append(m.Waves, line)
	}
	return t.inPrivate(ctx, chat.Message{Text: t.text(m)})
}

// deadList is how many undelivered messages are listed at once.
const deadList = 8

// dead reads the messages of the desk's subtree that were given up, the newest first.
func (t *turn) dead(ctx context.Context) (letters []deadLetter, lost []LostLetter, err error) {
	docs, err := t.b.Store.Find(ctx, Range{Index: indexDead, To: maxScore, Desc: true, Limit: 10 * deadList})
	if err != nil {
		return nil, nil, fmt.Errorf("find in %s: %w", indexDead, err)
	}
	for _, d := range docs {
		var dead deadLetter
		if err := json.Unmarshal(d.Data, &dead); err != nil {
			return nil, nil, fmt.Errorf("decode %s: %w", d.Ref, err)
		}
		if dead.Item.Class == outbox.Edit {
			continue // the card's next state replaces it
		}
		l, err := t.lostLetter(ctx, dead)
		if err != nil {
			return nil, nil, err
		}
		if l.Unit == "" {
			l.Unit = t.town.Org.Root()
		}
		if t.town.Org.May(t.me, team.LevelDesk, l.Unit) {
			letters, lost = append(letters, dead), append(lost, l)
		}
	}
	return letters, lost, nil
}

// letterCode is a short name of an undelivered message that does not change while others come and go.
func letterCode(item string) string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(item)) // a hash takes everything
	return fmt.Sprintf("%05X", h.Sum32()&0xfffff)
}

// showDead answers /chuagui in private: what was given up, why, and how to send it again.
func showDead(ctx context.Context, t *turn, _ call) error {
	letters, lost, err := t.dead(ctx)
	if err != nil {
		return err
	}
	m := messages.DeadLetters{Total: len(letters)}
	var rows [][]chat.Button
	for i, l := range lost[:min(len(lost), deadList)] {
		code := letterCode(letters[i].Item.ID)
		m.Letters = append(m.Letters, messages.DeadLetter{Code: code, To: l.To, About: l.About, Reason: l.Reason, At: l.At, Phone: t.phoneFor(l.Member)})
		b := t.button("again", "guilai "+code, "again", code)
		b.Label += " " + code
		rows = append(rows, []chat.Button{b})
	}
	if len(rows) > 1 {
		rows = append(rows, []chat.Button{t.button("againall", "guilai hết", "again", "all")})
	}
	return t.inPrivate(ctx, chat.Message{Text: t.text(m), Buttons: rows})
}

func (t *turn) phoneFor(id team.MemberID) string {
	if m, ok := t.town.Org.Member(id); ok && m.Phone != "" {
		return viet.FormatPhone(m.Phone)
	}
	return ""
}

// retryFor is how long a message that is sent again is worth sending.
const retryFor = 2 * time.Hour

// retryDead puts undelivered messages back on their way: the one named, or all.
func retryDead(ctx context.Context, t *turn, c call) error {
	code := c.act.Arg(0)
	if code == "" {
		code = strings.ToUpper(strings.TrimSpace(c.arg))
	}
	if w := viet.Fold(code); w == "het" || w == "tat ca" {
		code = "all"
	}
	letters, _, err := t.dead(ctx)
	if err != nil {
		return err
	}
	var ids []string
	for _, l := range letters {
		if code == "all" || code == letterCode(l.Item.ID) {
			ids = append(ids, l.Item.ID)
		}
	}
	if len(ids) == 0 || t.b.Retry == nil {
		t.reply(messages.Retried{})
		return nil
	}
	n, err := t.b.Retry(ctx, t.clock.Add(retryFor), ids...)
	if err != nil {
		return fmt.Errorf("send again: %w", err)
	}
	t.note("letters.again", Ref{"dead", code}, t.me.Unit)
	t.reply(messages.Retried{N: n})
	return nil
}
