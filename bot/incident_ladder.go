package bot

import (
	"context"
	"fmt"
	"strings"
	"time"

	"trucban/internal/chat"
	"trucban/internal/incident"
	"trucban/internal/outbox"
	"trucban/internal/team"
	"trucban/messages"
)

// A target of the ladder is remembered as its kind and address, so that the
// all-clear goes to exactly those who were alarmed.
func target(kind chat.Kind, a chat.Address) string { return string(kind) + "|" + a.Key() }

func parseTarget(s string) (chat.Kind, chat.Address, bool) {
	kind, key, ok := strings.Cut(s, "|")
	if !ok {
		return "", chat.Address{}, false
	}
	a, ok := chat.ParseAddress(key)
	return chat.Kind(kind), a, ok
}

// incidentEffect says one thing and reports whom it went to.
func (t *turn) incidentEffect(ctx context.Context, i incident.Incident, e incident.Effect) ([]string, error) {
	switch e.Kind {
	case incident.Call:
		return t.callRung(ctx, i, e)
	case incident.TellLeaders:
		return nil, nil // the leaders have the card from the first moment
	case incident.AllClear:
		return nil, t.clearIncident(i, e)
	case incident.RemindDeadline, incident.DeadlineMissed:
		return nil, t.deadline(ctx, i, e)
	case incident.Nudge, incident.AskClose:
		return nil, t.askAfter(ctx, i, e)
	}
	return nil, fmt.Errorf("no handling for effect %q", e.Kind)
}

// callRung alarms the people of one rung. Where no leader on duty can be reached
// the leaders' chat is called instead; the card stands there from the first moment.
func (t *turn) callRung(ctx context.Context, i incident.Incident, e incident.Effect) ([]string, error) {
	var people []team.MemberID
	switch e.Rung {
	case incident.RungHead:
		for _, m := range t.town.Org.With(i.Unit, team.RoleHead) {
			people = append(people, m.ID)
		}
	case incident.RungDuty:
		var err error
		if people, err = t.leadersOnDuty(ctx, i.Unit); err != nil {
			return nil, err
		}
	case incident.RungLeaders, incident.RungEveryone:
		return t.callLeaders(ctx, i, e)
	}
	var told []string
	for _, m := range people {
		if m == i.Reporter {
			continue
		}
		d, ok, err := t.door(ctx, m)
		if err != nil {
			return nil, err
		}
		if ok {
			told = append(told, t.alarm(i, e, outbox.Item{To: d.Addr, Kind: chat.Private, For: string(m)}, nil))
		}
	}
	if len(told) == 0 && e.Rung == incident.RungDuty {
		return t.callLeaders(ctx, i, e)
	}
	return told, nil
}

func (t *turn) callLeaders(ctx context.Context, i incident.Incident, e incident.Effect) ([]string, error) {
	var ring []team.MemberID
	if e.Rung == incident.RungEveryone {
		for _, m := range append(t.town.Org.Above(i.Unit, team.RoleHead), t.town.Org.Above(i.Unit, team.RoleLeader)...) {
			ring = append(ring, m.ID)
		}
	}
	rooms, err := t.roomsAbove(ctx, i.Unit, ForLeaders)
	if err != nil {
		return nil, err
	}
	var told []string
	for _, r := range rooms {
		told = append(told, t.alarm(i, e, outbox.Item{To: r.Addr, Kind: r.Kind}, ring))
	}
	if len(rooms) == 0 {
		return nil, t.tellDesk(ctx, i.Unit, outbox.Alarm, t.alarmMessage(i, e, ring), "sự cố")
	}
	return told, nil
}

func (t *turn) alarm(i incident.Incident, e incident.Effect, it outbox.Item, ring []team.MemberID) string {
	it.Class, it.About, it.Message = outbox.Alarm, "sự cố chưa tiếp nhận", t.alarmMessage(i, e, ring)
	if e.Mark != "" {
		it.Guard = while("incident", string(i.ID), e.Mark)
	}
	t.send(it)
	return target(it.Kind, it.To)
}

func (t *turn) alarmMessage(i incident.Incident, e incident.Effect, ring []team.MemberID) chat.Message {
	m := messages.IncidentAlarm{
		To: string(e.Rung), ID: string(i.ID), Kind: t.kindLabel(i), Level: t.b.Rules.LevelLabel(i.Level), Unit: t.unitName(i.Unit), Text: i.Text,
		Open: openFor(i, t.now), Ring: t.ring(ring), Drill: i.Drill,
	}
	return chat.Message{Text: t.text(m), Buttons: t.incidentButtons(i)}
}

func (t *turn) clearIncident(i incident.Incident, e incident.Effect) error {
	m := messages.IncidentClear{ID: string(i.ID), Unit: t.unitName(i.Unit), By: t.memberName(i.AckedBy), State: e.Why, At: i.AckedAt, Drill: i.Drill}
	msg := chat.Message{Text: t.text(m)}
	for _, s := range e.To {
		kind, a, ok := parseTarget(s)
		if !ok {
			return fmt.Errorf("all-clear of %s: target %q", i.ID, s)
		}
		t.send(outbox.Item{To: a, Kind: kind, Class: outbox.Alarm, Message: msg, NotAfter: t.now.Add(12 * time.Hour), About: "hết báo động"})
	}
	return nil
}

func (t *turn) deadline(ctx context.Context, i incident.Incident, e incident.Effect) error {
	for _, d := range i.Deadlines {
		if d.ID != e.Deadline {
			continue
		}
		m := messages.IncidentDeadline{ID: string(i.ID), Unit: t.unitName(i.Unit), What: d.What, At: d.At, Over: e.Kind == incident.DeadlineMissed, AtOnce: d.AtOnce}
		it := outbox.Item{Class: outbox.Reminder, About: "hạn báo cáo sự cố"}
		if e.Mark != "" {
			it.Guard = while("incident", string(i.ID), e.Mark)
		}
		level := "unit"
		if m.Over {
			level = "leaders"
		}
		return t.toLevel(ctx, i.Unit, level, it, chat.Message{Text: t.text(m)})
	}
	return nil
}

// askAfter asks whoever has the incident what became of it.
func (t *turn) askAfter(ctx context.Context, i incident.Incident, e incident.Effect) error {
	m := messages.IncidentAskAfter{ID: string(i.ID), Unit: t.unitName(i.Unit), Close: e.Kind == incident.AskClose, Last: i.Touched}
	if i.Handler != "" {
		m.Owner = t.memberName(i.Handler)
	} else if i.AckedBy != "" {
		m.Owner = t.memberName(i.AckedBy)
	}
	it := outbox.Item{Class: outbox.Reminder, About: "hỏi tiến độ sự cố", NotAfter: t.now.Add(6 * time.Hour)}
	if e.Mark != "" {
		it.Guard = while("incident", string(i.ID), e.Mark)
	}
	return t.toLevel(ctx, i.Unit, "unit", it, chat.Message{Text: t.text(m), Buttons: t.incidentButtons(i)})
}
