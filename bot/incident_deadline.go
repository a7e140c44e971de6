package bot

import (
	"context"
	"strings"

	"trucban/internal/chat"
	"trucban/internal/incident"
	"trucban/internal/outbox"
	"trucban/internal/viet"
	"trucban/messages"
)

// deadline reminds the unit of a report it owes, and tells the leaders as well when it was missed.
func (t *turn) deadline(ctx context.Context, i incident.Incident, e incident.Effect) error {
	for _, d := range i.Deadlines {
		if d.ID != e.Deadline {
			continue
		}
		id, code := string(i.ID), deadlineCode(d.ID)
		m := messages.IncidentDeadline{
			ID: id, Unit: t.unitName(i.Unit), What: d.What, Code: code, At: d.At, Over: e.Kind == incident.DeadlineMissed, AtOnce: d.AtOnce,
			Note: t.deadlineNote(i), Drill: i.Drill,
		}
		msg := chat.Message{Text: t.text(m), Buttons: [][]chat.Button{{
			t.button("met", "/dabaocao "+id+" "+code, "met", id, d.ID), t.button("paper", "/xuat "+id, "paper", id),
		}}}
		it := outbox.Item{Class: outbox.Reminder, About: "hạn báo cáo sự cố", Card: besideCard(i.ID, "due")}
		if e.Mark != "" {
			it.Guard = while("incident", id, e.Mark)
		}
		if err := t.toLevel(ctx, i.Unit, "unit", it, msg); err != nil || !m.Over {
			return err
		}
		return t.toLevel(ctx, i.Unit, "leaders", it, msg)
	}
	return nil
}

// reportSent records that a report of law was sent, "/dabaocao SC-2027-0001 h24".
func reportSent(ctx context.Context, t *turn, c call) error {
	i, rest, ok, err := t.incidentFor(ctx, c)
	if err != nil || !ok {
		return err
	}
	d, ok := t.deadlineMeant(i, c.act.Arg(1), rest)
	if !ok {
		return nil
	}
	next, err := i.Met(d.ID, t.act())
	if err != nil {
		return t.refuseIncident(i, err)
	}
	t.note("incident.reported_out", incidentRef(i.ID), i.Unit)
	if next, err = t.saveIncident(ctx, next); err != nil {
		return err
	}
	m := messages.IncidentMet{ID: string(i.ID), What: d.What, At: t.now, Late: !d.AtOnce && t.now.After(d.At), Drill: i.Drill}
	for _, l := range t.deadlineLines(next) {
		if !l.Done {
			m.Left = append(m.Left, l)
		}
	}
	t.reply(m)
	return t.refreshIncident(ctx, next)
}

// deadlineMeant is the one of that id or code, or the only one still owed; when it is not clear it asks.
func (t *turn) deadlineMeant(i incident.Incident, id, text string) (incident.Deadline, bool) {
	var owed []incident.Deadline
	word, _, _ := strings.Cut(viet.Fold(strings.TrimSpace(text)), " ")
	for _, d := range i.Deadlines {
		named := word != "" && (deadlineCode(d.ID) == word || strings.Contains(viet.Fold(d.What), viet.Fold(strings.TrimSpace(text))))
		if d.ID == id || id == "" && named {
			return d, true
		}
		if d.Open() {
			owed = append(owed, d)
		}
	}
	if len(owed) == 1 {
		return owed[0], true
	}
	p := messages.Pick{What: string(i.ID) + ": " + t.label("say.nothingowed")}
	if len(owed) > 0 {
		p.What = string(i.ID) + ": " + t.label("say.whichreport")
	}
	for _, d := range owed {
		p.Items = append(p.Items, "/dabaocao "+string(i.ID)+" "+deadlineCode(d.ID)+" – "+d.What)
	}
	t.reply(p)
	return incident.Deadline{}, false
}
