package bot

import (
	"context"
	"strconv"
	"strings"

	"trucban/internal/chat"
	"trucban/internal/incident"
	"trucban/internal/outbox"
	"trucban/internal/roster"
	"trucban/internal/team"
	"trucban/messages"
)

// prepareHour puts the steps of the first hour on the incident, with whoever is
// on duty now, and shows them in the unit's chat: whom to ring and what to read.
func (t *turn) prepareHour(ctx context.Context, i incident.Incident) (incident.Incident, error) {
	p, ok := t.b.Rules.Playbook(i.Kind)
	if !ok {
		return i, nil
	}
	posts, err := t.posts(ctx, i.Unit)
	if err != nil {
		return i, err
	}
	i = i.Prepare(p, posts)
	rooms, err := t.rooms(ctx, i.Unit, ForUnit)
	if err != nil {
		return i, err
	}
	msg := t.hourMessage(i)
	for _, r := range rooms {
		t.send(outbox.Item{To: r.Addr, Kind: r.Kind, Class: outbox.Reminder, Card: besideCard(i.ID, "hour"), Message: msg, About: "việc giờ đầu", NotAfter: t.now.Add(replyFor)})
	}
	if len(rooms) == 0 && !t.u.To.IsZero() && t.u.Kind == chat.Private {
		t.send(outbox.Item{To: t.u.To, Kind: t.u.Kind, Class: outbox.Reply, Card: besideCard(i.ID, "hour"), Message: msg, About: "việc giờ đầu", NotAfter: t.clock.Add(replyFor)})
	}
	return i, nil
}

// posts is who holds each post of the unit's shift now; the leader on duty may be of a unit above.
func (t *turn) posts(ctx context.Context, unit team.UnitID) (map[roster.Post]team.MemberID, error) {
	on, err := t.onDutyFor(ctx, unit)
	if err != nil {
		return nil, err
	}
	out := map[roster.Post]team.MemberID{}
	for _, w := range on {
		for _, a := range w.Shift.People {
			if _, taken := out[a.Post]; !taken && (w.Shift.Unit == unit || a.Post == roster.PostLeader) {
				out[a.Post] = a.Member
			}
		}
	}
	// A roster that knows one post only means all of it by that.
	for _, pair := range [][2]roster.Post{{roster.PostDuty, roster.PostDesk}, {roster.PostDesk, roster.PostDuty}, {roster.PostTech, roster.PostDuty}, {roster.PostTech, roster.PostDesk}} {
		if m, ok := out[pair[1]]; ok && out[pair[0]] == "" {
			out[pair[0]] = m
		}
	}
	return out, nil
}

func (t *turn) hourMessage(i incident.Incident) chat.Message {
	p, _ := t.b.Rules.Playbook(i.Kind)
	m := messages.FirstHour{ID: string(i.ID), Title: p.Title, Unit: t.unitName(i.Unit), Drill: i.Drill}
	var row []chat.Button
	var rows [][]chat.Button
	for n, task := range i.Tasks {
		l := messages.StepLine{N: n + 1, Text: task.Text, Post: postName(task.Post)}
		if task.Owner != "" {
			l.Owner = t.memberName(task.Owner)
		}
		if !task.DoneAt.IsZero() {
			l.By, l.At = t.memberName(task.DoneBy), task.DoneAt
			m.Done++
		} else if b := t.button("", "", "hour", string(i.ID), strconv.Itoa(n+1)); i.IsOpen() {
			b.Label, b.Hint = strconv.Itoa(n+1), "/giodau "+string(i.ID)+" "+strconv.Itoa(n+1)
			row = append(row, b)
		}
		if len(row) == 4 || n == len(i.Tasks)-1 && len(row) > 0 {
			rows, row = append(rows, row), nil
		}
		m.Steps = append(m.Steps, l)
	}
	t.b.mu.RLock()
	book := t.b.book
	t.b.mu.RUnlock()
	m.Ring, m.Missing = contactLines(book.Ring(p.Ring), t.now)
	m.Script = p.Script(i, t.b.Rules, t.unitName(i.Unit), "đ/c "+t.memberName(i.Reporter))
	return chat.Message{Text: t.text(m), Buttons: rows}
}

// firstHour shows the list, or ticks one step of it, "/giodau SC-2027-0001 2".
func firstHour(ctx context.Context, t *turn, c call) error {
	i, rest, ok, err := t.incidentFor(ctx, c)
	if err != nil || !ok {
		return err
	}
	n, err := strconv.Atoi(c.act.Arg(1) + strings.TrimSpace(rest))
	if err != nil {
		return t.showHour(ctx, i)
	}
	next, err := i.Tick(n, t.act())
	if err != nil {
		return t.refuseIncident(i, err)
	}
	t.note("incident.step", incidentRef(i.ID), i.Unit)
	if next, err = t.saveIncident(ctx, next); err != nil {
		return err
	}
	if c.act.Code == "" || !t.caps(t.u.To).Edit {
		t.sendHour(next)
	}
	rooms, err := t.rooms(ctx, next.Unit, ForUnit)
	if err != nil {
		return err
	}
	for _, r := range rooms {
		t.editHour(r.Addr, r.Kind, next)
	}
	if t.u.Kind == chat.Private && c.act.Code != "" {
		t.editHour(t.u.To, t.u.Kind, next)
	}
	return t.refreshIncident(ctx, next)
}

func (t *turn) editHour(to chat.Address, kind chat.Kind, i incident.Incident) {
	t.send(outbox.Item{To: to, Kind: kind, Class: outbox.Edit, Edit: true, Card: besideCard(i.ID, "hour"), Message: t.hourMessage(i), About: "việc giờ đầu"})
}

// showHour shows the list where it was asked for, and makes it when there is none yet.
func (t *turn) showHour(ctx context.Context, i incident.Incident) error {
	if p, ok := t.b.Rules.Playbook(i.Kind); ok && len(i.Tasks) == 0 {
		posts, err := t.posts(ctx, i.Unit)
		if err != nil {
			return err
		}
		if i, err = t.saveIncident(ctx, i.Prepare(p, posts)); err != nil {
			return err
		}
	}
	t.sendHour(i)
	return nil
}

// sendHour answers with the list as it stands; it is the live one from now on.
func (t *turn) sendHour(i incident.Incident) {
	t.send(outbox.Item{
		To: t.u.To, Kind: t.u.Kind, Class: outbox.Reply, Card: besideCard(i.ID, "hour"), Message: t.hourMessage(i), NotAfter: t.clock.Add(replyFor), About: "trả lời",
	})
}
