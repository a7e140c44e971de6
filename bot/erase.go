package bot

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"trucban/internal/chat"
	"trucban/internal/outbox"
	"trucban/internal/team"
	"trucban/messages"
)

// Erasing one person goes in two steps: the desk's yes takes name, number and
// accounts away at once, in one commit; a job then goes through the documents in
// batches. The job's document holds the id until it is done, and goes with it.
const (
	eraseKind  = "erase"
	askErase   = "xoadulieu"
	eraseWaits = 72 * time.Hour // how long a request waits for the desk
)

// Erasure is a request of a person, and then the work of it.
type Erasure struct {
	ID     string        `json:"id"`
	Member team.MemberID `json:"member"`
	Name   string        `json:"name,omitempty"` // until it is done
	Unit   team.UnitID   `json:"unit"`
	Until  time.Time     `json:"until"`
	Agreed bool          `json:"agreed,omitempty"`
	Alias  string        `json:"alias,omitempty"`
	Stage  int           `json:"stage,omitempty"`
	At     int64         `json:"at,omitempty"` // where in the stage's index
	Docs   int           `json:"docs,omitempty"`
}

func erasureRef(id string) Ref { return Ref{eraseKind, strings.ToUpper(strings.TrimSpace(id))} }

// eraseMine is "/xoadulieu": a person asks that what is known of them is wiped.
func eraseMine(_ context.Context, t *turn, _ call) error {
	if t.u.Kind != chat.Private {
		t.reply(messages.PrivateOnly{Command: "/xoadulieu"})
		return nil
	}
	if err := t.ask(Dialog{Ask: askErase}); err != nil {
		return err
	}
	t.reply(messages.EraseAsk{Name: t.me.Name, Days: t.town.People.KeepDays}, []chat.Button{t.button("confirm", "đồng ý", "yes", askErase)})
	return nil
}

// eraseRequest puts the person's wish before the desk.
func (t *turn) eraseRequest(ctx context.Context) error {
	if t.u.Kind != chat.Private {
		return nil
	}
	t.done()
	e := Erasure{ID: t.b.Code(), Member: t.me.ID, Name: t.me.Name, Unit: t.me.Unit, Until: t.now.Add(eraseWaits)}
	if err := t.put(erasureRef(e.ID), e, Doc{TTL: eraseWaits}); err != nil {
		return err
	}
	t.note("erase.asked", reachRef(t.me.ID), t.me.Unit)
	t.reply(messages.EraseWaits{Until: e.Until})
	msg := chat.Message{
		Text:    t.text(messages.EraseDesk{Name: t.me.Name, Unit: t.unitName(t.me.Unit), Until: e.Until}),
		Buttons: [][]chat.Button{{t.button("eraseyes", "duyetxoa "+e.ID, "eok", e.ID), t.button("eraseno", "tuchoixoa "+e.ID, "eno", e.ID)}},
	}
	return t.tellDesk(ctx, t.me.Unit, outbox.Missed, msg, "xóa dữ liệu")
}

// erasing is the desk's yes or no.
func erasing(yes bool) func(context.Context, *turn, call) error {
	return func(ctx context.Context, t *turn, c call) error {
		id := c.act.Arg(0)
		if id == "" {
			id = strings.Join(append([]string{c.arg}, c.refs...), "")
		}
		var e Erasure
		ok, err := t.get(ctx, erasureRef(id), &e)
		if err != nil {
			return err
		}
		m, known := t.town.Org.Member(e.Member)
		switch {
		case !ok || !known || e.Agreed:
			t.reply(messages.EraseGone{})
			return nil
		case m.ID == t.me.ID || !t.rules(team.LevelDesk, m):
			t.reply(t.notAllowed(max(team.LevelDesk, m.Level()), m.Unit))
			return nil
		case !yes:
			t.drop(erasureRef(e.ID))
			t.note("erase.refused", reachRef(m.ID), m.Unit)
			t.reply(messages.EraseDenied{Name: m.Name})
			return t.tellPerson(ctx, m.ID, messages.EraseRefused{})
		}
		return t.erase(ctx, e, m)
	}
}

// tellPerson sends a word to every open private chat of the person.
func (t *turn) tellPerson(ctx context.Context, m team.MemberID, word any) error {
	var r Reach
	if _, err := t.get(ctx, reachRef(m), &r); err != nil {
		return err
	}
	for _, d := range r.Doors {
		if d.Started && !d.Blocked {
			t.send(outbox.Item{To: d.Addr, Kind: chat.Private, Class: outbox.Reply, For: string(m), Message: chat.Message{Text: t.text(word)}, NotAfter: t.clock.Add(24 * time.Hour), About: "xóa dữ liệu"})
		}
	}
	return nil
}

// erase takes the person off the organisation and the accounts off the person, unless
// there are shifts ahead that somebody else has to take first.
func (t *turn) erase(ctx context.Context, e Erasure, m team.Member) error {
	if t.b.Alias == nil {
		return fmt.Errorf("erase a person: there are no pseudonyms")
	}
	ahead, err := t.watches(ctx, "watch/m/"+string(m.ID), t.now, time.Time{})
	if err != nil {
		return err
	}
	if len(ahead) > 0 {
		msg := messages.EraseOnDuty{Name: m.Name, N: len(ahead), First: t.shiftTitle(ahead[0].Shift), ID: e.ID}
		t.reply(msg)
		return nil
	}
	if e.Alias, err = t.b.Alias(ctx, string(m.ID)); err != nil {
		return fmt.Errorf("name a pseudonym: %w", err)
	}
	t.note("erase.agreed", reachRef(m.ID), m.Unit)
	if _, err := t.forgetReach(ctx, m.ID, messages.Erased{}); err != nil {
		return err
	}
	if err := t.forgetRosters(ctx, m); err != nil {
		return err
	}
	town := t.town.clone()
	town.leaveRosters(m.ID)
	town.Org.Members = slices.DeleteFunc(town.Org.Members, func(have team.Member) bool { return have.ID == m.ID })
	if err := t.saveTown(town); err != nil {
		return err
	}
	e.Agreed = true
	t.wake(eraseKind, e.ID, t.now.Add(nextBatch))
	t.reply(messages.EraseBegun{Name: m.Name})
	return t.put(erasureRef(e.ID), e, Doc{Index: []Entry{{Index: "open"}}})
}

// eraseStages lists the indexes the work goes through.
func (t *turn) eraseStages(m team.MemberID) []string {
	out := []string{"watch/m/" + string(m), "incident/all"}
	for _, u := range t.town.Org.Units {
		out = append(out, "run/u/"+string(u.ID))
	}
	return append(out, indexDead, "stale")
}

// dueErase takes one batch of the work; its place is part of the same commit.
func dueErase(ctx context.Context, t *turn) error {
	var e Erasure
	ok, err := t.get(ctx, erasureRef(t.job.ID), &e)
	if err != nil || !ok || !e.Agreed {
		return err
	}
	stages := t.eraseStages(e.Member)
	if e.Stage >= len(stages) {
		return t.erased(ctx, e)
	}
	refs, next, done, err := t.page(ctx, stages[e.Stage], e.At, maxScore)
	if err != nil {
		return err
	}
	rules, fault := t.forgetting(ctx, e.Member, nil)
	for _, ref := range refs {
		if ref.Kind == indexDead || ref.Kind == "stale" {
			if gone, err := t.eraseLetter(ref, e.Member); err != nil {
				return err
			} else if gone {
				e.Docs++
			}
			continue
		}
		changed, err := t.forgetDoc(ref, rules)
		if err != nil || *fault != nil {
			return fmt.Errorf("erase from %s: %w", ref, firstError(err, *fault))
		}
		if changed {
			e.Docs++
		}
	}
	if e.At = next; done {
		e.Stage, e.At = e.Stage+1, 0
	}
	t.wake(eraseKind, e.ID, t.now.Add(nextBatch))
	return t.put(erasureRef(e.ID), e, Doc{Index: []Entry{{Index: "open"}}})
}

// eraseLetter drops a message that was given up or came too late when it was for the person.
func (t *turn) eraseLetter(ref Ref, m team.MemberID) (bool, error) {
	var d struct {
		Item outbox.Item `json:"item"`
	}
	if ok, err := t.read(ref, &d); err != nil || !ok || d.Item.For != string(m) {
		return false, err
	}
	t.drop(ref)
	return true, nil
}

// erased ends the work and tells the desk; the request itself goes too.
func (t *turn) erased(ctx context.Context, e Erasure) error {
	t.drop(erasureRef(e.ID))
	t.wake(eraseKind, e.ID, time.Time{})
	t.note("erase.done", Ref{"reach", e.Alias}, e.Unit)
	return t.tellDesk(ctx, e.Unit, outbox.Digest, chat.Message{Text: t.text(messages.EraseDone{Name: e.Name, Docs: e.Docs})}, "xóa dữ liệu")
}
