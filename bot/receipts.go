package bot

import (
	"context"
	"time"

	"trucban/internal/chat"
	"trucban/internal/outbox"
	"trucban/internal/team"
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
