package bot

import (
	"context"
	"strings"
	"time"

	"trucban/internal/calendar"
	"trucban/internal/chat"
	"trucban/internal/incident"
	"trucban/internal/outbox"
	"trucban/internal/team"
	"trucban/internal/viet"
	"trucban/messages"
)

// suggestSame tells the leaders and the desk when other units reported alike within the half hour.
func (t *turn) suggestSame(ctx context.Context, i incident.Incident) error {
	recent, err := t.incidentsOf(ctx, "incident/open", t.now.Add(-incident.SameWithin), "")
	if err != nil {
		return err
	}
	ids := i.SameCause(recent, t.b.Rules)
	if len(ids) == 0 {
		return nil
	}
	m := messages.IncidentSame{ID: string(i.ID), Drill: i.Drill, Items: []messages.OpenIncident{t.openLine(i)}}
	with := ids[0]
	for _, o := range recent {
		for _, id := range ids {
			if o.ID != id {
				continue
			}
			m.Items = append(m.Items, t.openLine(o))
			if len(o.Children) > 0 {
				m.Town, with = string(o.ID), o.ID
			}
		}
	}
	msg := chat.Message{Text: t.text(m), Buttons: [][]chat.Button{{
		t.button("join", "/gop "+string(i.ID)+" vào "+string(with)+" cùng nguyên nhân", "join", string(i.ID), string(with)),
	}}}
	it := outbox.Item{Class: outbox.Reminder, NotAfter: t.now.Add(2 * time.Hour), About: "có thể cùng nguyên nhân", Guard: while("incident", string(i.ID), "open"), Message: msg}
	rooms, err := t.roomsAbove(ctx, i.Unit, ForLeaders)
	if err != nil {
		return err
	}
	for _, r := range rooms {
		it.To, it.Kind = r.Addr, r.Kind
		t.send(it)
	}
	if len(rooms) == 0 {
		return t.tellDesk(ctx, i.Unit, it.Class, msg, it.About)
	}
	return nil
}

func (t *turn) openLine(i incident.Incident) messages.OpenIncident {
	return messages.OpenIncident{
		ID: string(i.ID), Kind: t.kindLabel(i), Unit: t.unitName(i.Unit), State: stateWord(i), Owner: t.incidentOwner(i), Age: t.now.Sub(i.ReportedAt),
	}
}

// joinIncidents takes the suggestion: the reports go on under one incident of the
// unit above both. One that unites others already takes the new one in.
func joinIncidents(ctx context.Context, t *turn, c call) error {
	a, ok, err := t.incident(ctx, incident.ID(c.act.Arg(0)))
	if err != nil || !ok {
		return err
	}
	b, ok, err := t.incident(ctx, incident.ID(c.act.Arg(1)))
	if err != nil || !ok {
		return err
	}
	const why = "cùng nguyên nhân"
	if len(b.Children) > 0 || b.Unit != a.Unit && t.town.Org.Within(a.Unit, b.Unit) {
		return t.merge(ctx, b, []incident.Incident{a}, why)
	}
	n, err := t.count(ctx, "SC-"+t.now.In(calendar.Zone).Format("2006"))
	if err != nil {
		return err
	}
	first := a
	if b.ReportedAt.Before(a.ReportedAt) {
		first = b
	}
	town := incident.New(incident.Report{
		ID: incident.NewID(t.now, n), Unit: t.above(a.Unit, b.Unit), Text: first.Text, Kind: first.Kind, Level: first.Level,
		System: first.System, FoundAt: first.FoundAt, Drill: first.Drill,
	}, t.act())
	if town, err = town.Ack(t.act()); err != nil {
		return t.refuseIncident(town, err)
	}
	return t.merge(ctx, town, []incident.Incident{b, a}, why)
}

// above is the lowest unit that holds both.
func (t *turn) above(a, b team.UnitID) team.UnitID {
	for n := 0; n <= len(t.town.Org.Units) && a != ""; n++ {
		if t.town.Org.Within(b, a) {
			return a
		}
		u, _ := t.town.Org.Unit(a)
		a = u.Parent
	}
	return t.town.Org.Root()
}

// mergeIncident merges by hand, "/gop SC-2027-0002 vào SC-2027-0001 trùng tin".
func mergeIncident(ctx context.Context, t *turn, c call) error {
	left, right := cutInto(c.arg)
	childID, ok := incident.FindID(left, t.now)
	parentID, both := incident.FindID(right, t.now)
	if !ok || !both {
		t.reply(messages.Usage{What: t.label("say.joinhow"), Example: "/gop SC-2027-0002 vào SC-2027-0001 trùng tin báo"})
		return nil
	}
	child, ok, err := t.incident(ctx, childID)
	if err != nil || !ok {
		return err
	}
	parent, ok, err := t.incident(ctx, parentID)
	if err != nil || !ok {
		return err
	}
	return t.merge(ctx, parent, []incident.Incident{child}, strings.TrimSpace(t.afterID(right)))
}

// cutInto splits "SC-2 vào SC-1 lý do" at the word between, or behind the first id.
func cutInto(s string) (left, right string) {
	f := strings.Fields(s)
	for n, w := range f {
		if viet.Fold(w) == "vao" {
			return strings.Join(f[:n], " "), strings.Join(f[n+1:], " ")
		}
	}
	if len(f) == 0 {
		return "", ""
	}
	return f[0], strings.Join(f[1:], " ")
}

// merge closes the children as parts of the parent, which keeps their reporters; all in this commit.
func (t *turn) merge(ctx context.Context, parent incident.Incident, children []incident.Incident, why string) error {
	m := messages.IncidentJoined{By: t.me.Name, Drill: parent.Drill}
	for n, child := range children {
		if !t.town.Org.May(t.me, team.LevelHead, child.Unit) || !t.town.Org.May(t.me, team.LevelHead, parent.Unit) && parent.Reporter != t.me.ID {
			return t.refuseIncident(child, errRights)
		}
		if parent.Drill != child.Drill {
			t.reply(messages.IncidentRefused{Why: "drill", ID: string(child.ID)})
			return nil
		}
		var err error
		if parent, children[n], err = incident.Merge(parent, child, why, t.act()); err != nil {
			return t.refuseIncident(child, err)
		}
	}
	for _, child := range children {
		t.note("incident.merged", incidentRef(child.ID), child.Unit)
		saved, err := t.saveIncident(ctx, child)
		if err != nil {
			return err
		}
		if err := t.refreshIncident(ctx, saved); err != nil {
			return err
		}
		m.Children = append(m.Children, string(child.ID))
	}
	fresh := len(t.docs[incidentRef(parent.ID)].Data) == 0
	t.note("incident.adopted", incidentRef(parent.ID), parent.Unit)
	parent, err := t.saveIncident(ctx, parent)
	if err != nil {
		return err
	}
	m.ID, m.Unit, m.Others = string(parent.ID), t.unitName(parent.Unit), t.otherReporters(parent)
	t.reply(m)
	if fresh {
		return t.announce(ctx, parent)
	}
	return t.refreshIncident(ctx, parent)
}
