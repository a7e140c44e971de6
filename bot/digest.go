package bot

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"trucban/internal/cadence"
	"trucban/internal/chat"
	"trucban/internal/digest"
	"trucban/internal/outbox"
	"trucban/internal/team"
	"trucban/internal/viet"
	"trucban/messages"
)

func digestRef(unit team.UnitID) Ref { return Ref{"digest", string(unit)} }

// shownRef holds the text of the summary that stands in the leaders' chats, to add
// to it who took note.
func shownRef(unit team.UnitID) Ref { return Ref{"digestcard", string(unit)} }

// shownDigest is the summary sent last.
type shownDigest struct {
	Seq    int             `json:"seq"`
	Digest messages.Digest `json:"digest"`
}

// planDigest gives the leaders of a unit their summaries at the office's times; a
// plan that stands keeps what was said last.
func (t *turn) planDigest(ctx context.Context, unit team.UnitID) error {
	p, ok, err := t.digestPlan(ctx, unit)
	if err != nil {
		return err
	}
	times := cadence.Cron(t.town.Digest...)
	if ok {
		p.Times = times
	} else if p, err = digest.NewPlan(string(unit), unit, times, t.now); err != nil {
		return fmt.Errorf("plan the summaries of %s: %w", unit, err)
	}
	return t.saveDigest(p)
}

func (t *turn) digestPlan(ctx context.Context, unit team.UnitID) (p digest.Plan, ok bool, err error) {
	ok, err = t.get(ctx, digestRef(unit), &p)
	return p, ok, err
}

// saveDigest plans the write of a plan and its next moment.
func (t *turn) saveDigest(p digest.Plan) error {
	_, due, at := p.Step(t.now)
	if due != nil {
		at = t.now
	}
	t.wake("digest", p.ID, at)
	return t.put(digestRef(p.Scope), p, Doc{})
}

// dueDigest sends the summary to the leaders' rooms of the unit it is planned for.
func dueDigest(ctx context.Context, t *turn) error {
	p, ok, err := t.digestPlan(ctx, team.UnitID(t.job.ID))
	if err != nil || !ok {
		return err
	}
	next, due, _ := p.Step(t.now)
	if due == nil {
		return t.saveDigest(next)
	}
	rooms, err := t.rooms(ctx, p.Scope, ForLeaders)
	if err != nil {
		return err
	}
	if len(rooms) == 0 {
		return t.saveDigest(next)
	}
	s, err := t.summary(ctx, p.Scope, p.Last)
	if err != nil {
		return err
	}
	show, drawn := next.Show(s), false
	if due.Why != "" && len(s.Changes) == 0 {
		show = digest.QuietSkip // what happened is over already, or was an exercise
	}
	if show == digest.QuietFull && s.Light != digest.Green {
		if next, drawn = next.Picture(t.town.Picture, *due, t.now); drawn {
			t.wake(pictureKind, t.job.ID, t.now)
		}
	}
	if show != digest.QuietSkip {
		m := t.digestMessage(s)
		m.Quiet, m.Late = show == digest.QuietLine, due.Late
		if p.Last != nil {
			m.Since = due.From
		}
		if err := t.sendDigest(rooms, next, m); err != nil {
			return err
		}
	}
	return t.saveDigest(next.Record(s))
}

// sendDigest sends the summary as a card of its own, so that "Đã nắm" can be shown on it.
func (t *turn) sendDigest(rooms []Room, p digest.Plan, m messages.Digest) error {
	t.note("digest.sent", digestRef(p.Scope), p.Scope)
	msg := t.digestCard(p, m)
	for _, r := range rooms {
		t.send(outbox.Item{
			To: r.Addr, Kind: r.Kind, Class: outbox.Digest, Message: msg, NotAfter: t.now.Add(2 * time.Hour), About: "báo cáo tổng hợp",
			Wave: "digest:" + t.cause, Card: cardOf(digestRef(p.Scope)) + "/" + strconv.Itoa(p.Seq),
		})
	}
	return t.put(shownRef(p.Scope), shownDigest{Seq: p.Seq, Digest: m}, Doc{Version: AnyVersion})
}

func (t *turn) digestCard(p digest.Plan, m messages.Digest) chat.Message {
	for _, a := range p.AcksOf(p.Seq) {
		m.Acks = append(m.Acks, messages.DigestAck{Name: t.memberName(a.By), At: a.At})
	}
	msg := chat.Message{Text: t.text(m)}
	if !m.Quiet {
		unit := string(p.Scope)
		msg.Buttons = append(t.detailButtons(p.Scope), nil)
		copy(msg.Buttons[1:], msg.Buttons)
		msg.Buttons[0] = []chat.Button{t.button("noted", "đã nắm", "noted", unit, strconv.Itoa(p.Seq))}
	}
	return msg
}

// showDigest answers /baocao with the state of the sender's subtree; it does not
// count as a summary sent, so that the next automatic one still says what is new.
func showDigest(ctx context.Context, t *turn, c call) error {
	if arg := strings.TrimSpace(c.arg); arg != "" {
		return t.reportOrDetail(ctx, viet.Fold(arg), c)
	}
	unit := t.scope()
	p, ok, err := t.digestPlan(ctx, unit)
	if err != nil {
		return err
	}
	s, err := t.summary(ctx, unit, p.Last)
	if err != nil {
		return err
	}
	m := t.digestMessage(s)
	m.Now = true
	if p.Last != nil {
		m.Since = p.Made
	}
	if ok && p.Seq > 0 {
		for _, a := range p.AcksOf(p.Seq) {
			m.Acks = append(m.Acks, messages.DigestAck{Name: t.memberName(a.By), At: a.At})
		}
	}
	t.reply(m, t.detailButtons(unit)...)
	return nil
}

// noted records that a leader has taken note of the summary pressed on, or of the newest.
func noted(ctx context.Context, t *turn, c call) error {
	unit := team.UnitID(c.act.Arg(0))
	if unit == "" {
		unit = t.scope()
	}
	p, ok, err := t.digestPlan(ctx, unit)
	if err != nil {
		return err
	}
	seq := p.Seq
	if n, err := strconv.Atoi(c.act.Arg(1)); err == nil {
		seq = n
	}
	if !t.me.Has(team.RoleLeader) {
		t.reply(t.notAllowed(team.LevelLeader, unit)) // the desk cannot take note for a leader
		return nil
	}
	if !ok || !t.town.Org.May(t.me, team.LevelLeader, unit) {
		t.reply(messages.NotedBefore{None: true})
		return nil
	}
	next, err := p.Acknowledge(seq, t.me.ID, t.now)
	switch {
	case errors.Is(err, digest.ErrAcked):
		t.reply(messages.NotedBefore{Name: t.me.Name})
		return nil
	case errors.Is(err, digest.ErrNoSummary):
		t.reply(messages.NotedBefore{None: true})
		return nil
	case err != nil:
		return fmt.Errorf("take note of a summary: %w", err)
	}
	t.note("digest.noted", digestRef(unit), unit)
	if c.act.Code == "" || !t.caps(t.u.To).Edit || seq != p.Seq {
		t.reply(messages.Noted{Name: t.me.Name, At: t.now})
	}
	if err := t.refreshDigest(ctx, next, seq); err != nil {
		return err
	}
	return t.saveDigest(next)
}

// refreshDigest adds to the newest summary who took note of it.
func (t *turn) refreshDigest(ctx context.Context, p digest.Plan, seq int) error {
	var shown shownDigest
	ok, err := t.get(ctx, shownRef(p.Scope), &shown)
	if err != nil || !ok || shown.Seq != seq || p.Seq != seq {
		return err
	}
	rooms, err := t.rooms(ctx, p.Scope, ForLeaders)
	if err != nil {
		return err
	}
	msg := t.digestCard(p, shown.Digest)
	for _, r := range rooms {
		t.send(outbox.Item{
			To: r.Addr, Kind: r.Kind, Class: outbox.Edit, Edit: true, Card: cardOf(digestRef(p.Scope)) + "/" + strconv.Itoa(seq),
			Message: msg, NotAfter: t.now.Add(24 * time.Hour), About: "báo cáo tổng hợp",
		})
	}
	return nil
}
