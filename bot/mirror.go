package bot

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"trucban/internal/chat"
	"trucban/internal/checkin"
	"trucban/internal/incident"
	"trucban/internal/outbox"
	"trucban/internal/team"
	"trucban/messages"
)

// mirrorFor is how long a changed state is worth telling.
const mirrorFor = 12 * time.Hour

// mirror settles the edits of cards for platforms that cannot edit. A card is not
// sent again: where its state has changed for those who read it there (an incident
// was taken over, a missing person is there), one line says so; every other edit
// is left out. A chat that gets a word about it in this turn anyway gets no second
// one, nor an all-clear beside the answer to whoever brought it about: messages
// are counted there.
func (t *turn) mirror() error {
	out := t.change.Out[:0:0]
	for _, it := range t.change.Out {
		if t.caps(it.To).Edit || it.Fresh {
			out = append(out, it)
			continue
		}
		if !it.Edit {
			if !isClear(it) || !t.answers(it.To) && !t.mine(it) {
				out = append(out, it)
			}
			continue
		}
		if t.tellsOf(it) {
			continue
		}
		m, err := t.mirrored(it)
		if err != nil {
			return err
		}
		if m == nil {
			continue
		}
		it.Edit, it.Card, it.Class, it.About = false, "", outbox.Missed, "thay đổi trạng thái"
		it.Message.Text, it.Message.Buttons, it.NotAfter = t.text(m), nil, t.clock.Add(mirrorFor)
		out = append(out, it)
	}
	t.change.Out = out
	return nil
}

// isClear reports whether the item only ends an alarm.
func isClear(it outbox.Item) bool { return it.About == aboutClear || it.About == aboutThere }

// What the items that end an alarm are about.
const (
	aboutClear = "hết báo động"
	aboutThere = "hết cảnh báo"
)

// answers reports whether the chat gets an answer in this turn; it says how things stand.
func (t *turn) answers(a chat.Address) bool {
	for _, it := range t.change.Out {
		if it.Class == outbox.Reply && it.To == a {
			return true
		}
	}
	return false
}

// mine reports an item for the private chat of whoever acts in this turn: they know.
func (t *turn) mine(it outbox.Item) bool {
	return it.Kind == chat.Private && it.To.Platform == t.u.From.Platform && it.To.Chat == t.u.From.ID
}

// tellsOf reports whether the chat gets another message in this turn.
func (t *turn) tellsOf(edit outbox.Item) bool {
	for _, it := range t.change.Out {
		if !it.Edit && it.To == edit.To {
			return true
		}
	}
	return false
}

// mirrored is what to say of the card's subject; nil where nothing changed that matters there.
func (t *turn) mirrored(it outbox.Item) (any, error) {
	kind, id, _ := strings.Cut(it.Card, ":")
	switch ref := (Ref{kind, id}); kind {
	case "incident":
		var was, now incident.Incident
		if ok, err := t.across(ref, &was, &now); !ok || err != nil {
			return nil, err
		}
		if stateWord(was) == stateWord(now) {
			return nil, nil
		}
		return messages.CardChanged{ID: string(now.ID), Unit: t.unitName(now.Unit), State: stateWord(now), By: t.me.Name, At: t.now, Drill: now.Drill}, nil
	case "watch":
		var was, now checkin.Watch
		if ok, err := t.across(ref, &was, &now); !ok || err != nil {
			return nil, err
		}
		return t.arrived(was, now), nil
	}
	return nil, nil
}

// across reads a document as it was before this turn and as the turn leaves it.
func (t *turn) across(ref Ref, was, now any) (bool, error) {
	before, after := t.was[ref], t.docs[ref].Data
	if len(before) == 0 || len(after) == 0 {
		return false, nil
	}
	if err := json.Unmarshal(before, was); err != nil {
		return false, fmt.Errorf("decode %s as it was: %w", ref, err)
	}
	if err := json.Unmarshal(after, now); err != nil {
		return false, fmt.Errorf("decode %s: %w", ref, err)
	}
	return true, nil
}

// arrived is the word about somebody the chat was alarmed about and who is there now; nil when there is nobody.
func (t *turn) arrived(was, now checkin.Watch) any {
	for _, m := range was.People() {
		mark, done := now.Marks[m]
		if _, before := was.Marks[m]; before || !done || len(was.Alarmed[m]) == 0 {
			continue
		}
		return t.clearText(now, m, mark)
	}
	return nil
}

// clearText says that a missing person is there.
func (t *turn) clearText(w checkin.Watch, who team.MemberID, mark checkin.Mark) messages.AllClear {
	m := messages.AllClear{
		Name: t.memberName(who), Unit: t.unitName(w.Shift.Unit), Shift: t.shiftName(w.Shift), At: mark.At,
		Late: mark.Status == checkin.Late, Minutes: mark.Minutes,
	}
	if mark.Status == checkin.Excused {
		m.Excused = mark.Note
	}
	return m
}
