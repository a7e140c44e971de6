package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"strings"
	"time"

	"trucban/internal/chat"
	"trucban/internal/outbox"
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
	l := LostLetter{At: d.At, About: t.about(d.Item.About), Reason: t.reason(d.Reason), To: string(d.Item.To.Platform)}
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
			if l.Item.Wave != "" {
				t.wake("receipt", waveSubject(l.Item.Wave), t.clock.Add(time.Minute))
			}
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
