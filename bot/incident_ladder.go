package bot

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"trucban/internal/chat"
	"trucban/internal/incident"
	"trucban/internal/outbox"
	"trucban/internal/receipt"
	"trucban/internal/team"
	"trucban/messages"
)

// A target of the ladder is remembered as its kind and address, so that the
// all-clear goes to exactly those who were alarmed.
func alarmTarget(kind chat.Kind, a chat.Address) string { return string(kind) + "|" + a.Key() }

func parseTarget(s string) (chat.Kind, chat.Address, bool) {
	kind, key, ok := strings.Cut(s, "|")
	if !ok {
		return "", chat.Address{}, false
	}
	a, ok := chat.ParseAddress(key)
	return chat.Kind(kind), a, ok
}

// incidentEffect says one thing and writes back whom it went to.
func (t *turn) incidentEffect(ctx context.Context, i incident.Incident, e incident.Effect) (incident.Incident, error) {
	switch e.Kind {
	case incident.Call:
		told, whom, err := t.callRung(ctx, i, e)
		if e.Repeat == 0 {
			i = i.Called(e.Rung, whom)
		}
		return i.Alarmed(told...), err
	case incident.TellLeaders:
		return i, nil // the leaders have the card from the first moment
	case incident.AllClear:
		return i, t.clearIncident(i, e)
	case incident.RemindDeadline, incident.DeadlineMissed:
		return i, t.deadline(ctx, i, e)
	case incident.Nudge, incident.AskClose:
		return i, t.askAfter(ctx, i, e)
	}
	return i, fmt.Errorf("no handling for effect %q", e.Kind)
}

// callRung alarms the people of one rung and says whom it reached. A rung nobody
// of which can be reached is called in a chat instead.
func (t *turn) callRung(ctx context.Context, i incident.Incident, e incident.Effect) (told []string, whom string, err error) {
	switch e.Rung {
	case incident.RungHead:
		return t.callUnit(ctx, i, e)
	case incident.RungDuty:
		people, err := t.leadersOnDuty(ctx, i.Unit)
		if err != nil {
			return nil, "", err
		}
		if told, err = t.alarmPeople(ctx, i, e, people, nil); err != nil || len(told) > 0 {
			return told, string(e.Rung), err
		}
		return t.callLeaders(ctx, i, e, people)
	case incident.RungLeaders:
		return t.callLeaders(ctx, i, e, nil)
	}
	return t.callEveryone(ctx, i, e)
}

// callUnit alarms the head; where the head has no private chat, or is the
// reporter, the unit's people on duty, and where they have none, the unit's chat
// or the desk, with the numbers to ring.
func (t *turn) callUnit(ctx context.Context, i incident.Incident, e incident.Effect) ([]string, string, error) {
	var heads, duty []team.MemberID
	for _, m := range t.town.Org.With(i.Unit, team.RoleHead) {
		heads = append(heads, m.ID)
	}
	told, err := t.alarmPeople(ctx, i, e, heads, nil)
	if err != nil || len(told) > 0 {
		return told, string(e.Rung), err
	}
	on, err := t.onDutyFor(ctx, i.Unit)
	if err != nil {
		return nil, "", err
	}
	for _, w := range on {
		if w.Shift.Unit == i.Unit {
			duty = append(duty, w.People()...)
		}
	}
	if told, err = t.alarmPeople(ctx, i, e, duty, nil); err != nil || len(told) > 0 {
		return told, incident.CalledCrew, err
	}
	rooms, err := t.rooms(ctx, i.Unit, ForUnit)
	if err != nil {
		return nil, "", err
	}
	ring := slices.DeleteFunc(append(heads, duty...), func(m team.MemberID) bool { return m == i.Reporter })
	slices.Sort(ring)
	ring = slices.Compact(ring)
	if len(rooms) > 0 {
		return t.alarmRooms(i, e, rooms, ring, true), incident.CalledRoom, nil
	}
	return t.alarmDesk(ctx, i, e, t.alarmMessage(i, e, ring, true))
}

// alarmRooms alarms chats that follow the incident. The card that has only just
// come says it all, unless there is somebody to ring; then it is the alarm, and its
// next state the all-clear, where cards can be edited.
func (t *turn) alarmRooms(i incident.Incident, e incident.Effect, rooms []Room, ring []team.MemberID, unreached bool) (told []string) {
	msg := t.alarmMessage(i, e, ring, unreached)
	for _, r := range rooms {
		switch {
		case openFor(i, t.now) > 0 || len(ring) > 0:
			told = append(told, t.alarm(i, e, outbox.Item{To: r.Addr, Kind: r.Kind, For: receipt.Unit(r.Unit), Message: msg}))
		case !t.caps(r.Addr).Edit:
			told = append(told, alarmTarget(r.Kind, r.Addr))
		}
	}
	return told
}

// alarmPeople alarms those who have a private chat; the reporter knows already.
// The numbers to ring are for leaders and the desk only.
func (t *turn) alarmPeople(ctx context.Context, i incident.Incident, e incident.Effect, people, ring []team.MemberID) ([]string, error) {
	var told []string
	for _, m := range people {
		if m == i.Reporter {
			continue
		}
		d, ok, err := t.door(ctx, m)
		if err != nil {
			return nil, err
		}
		if !ok {
			t.lacks(t.alarmWave(i), string(m))
			continue
		}
		numbers := ring
		if who, _ := t.town.Org.Member(m); who.Level() < team.LevelLeader {
			numbers = nil
		}
		to := alarmTarget(chat.Private, d.Addr)
		if !slices.Contains(told, to) {
			told = append(told, t.alarm(i, e, outbox.Item{To: d.Addr, Kind: chat.Private, For: string(m), Message: t.alarmMessage(i, e, numbers, false)}))
		}
	}
	return told, nil
}

// callLeaders alarms the leaders' chats above, or, where there are none, the desk.
// ring are the people to be rung by hand.
func (t *turn) callLeaders(ctx context.Context, i incident.Incident, e incident.Effect, ring []team.MemberID) ([]string, string, error) {
	rooms, err := t.roomsAbove(ctx, i.Unit, ForLeaders)
	if err != nil {
		return nil, "", err
	}
	unreached := e.Rung == incident.RungDuty && len(ring) > 0
	if len(rooms) == 0 {
		return t.alarmDesk(ctx, i, e, t.alarmMessage(i, e, ring, unreached))
	}
	return t.alarmRooms(i, e, rooms, ring, unreached), string(incident.RungLeaders), nil
}

// callEveryone alarms the leaders' chats with the numbers to be rung by hand, and
// every head, leader and person of the desk above privately.
func (t *turn) callEveryone(ctx context.Context, i incident.Incident, e incident.Effect) ([]string, string, error) {
	var ring, people []team.MemberID
	for _, role := range []team.Role{team.RoleHead, team.RoleLeader, team.RoleDesk} {
		for _, m := range t.town.Org.Above(i.Unit, role) {
			if slices.Contains(people, m.ID) {
				continue
			}
			people = append(people, m.ID)
			if role != team.RoleDesk {
				ring = append(ring, m.ID)
			}
		}
	}
	told, whom, err := t.callLeaders(ctx, i, e, ring)
	if err != nil {
		return nil, "", err
	}
	private, err := t.alarmPeople(ctx, i, e, people, ring)
	if len(private) > 0 {
		whom = string(e.Rung)
	}
	for _, to := range private {
		if !slices.Contains(told, to) {
			told = append(told, to)
		}
	}
	return told, whom, err
}

// alarmDesk alarms the desk's chats above the unit, or the desk's and the owners' people privately.
func (t *turn) alarmDesk(ctx context.Context, i incident.Incident, e incident.Effect, msg chat.Message) ([]string, string, error) {
	rooms, err := t.roomsAbove(ctx, i.Unit, ForDesk)
	if err != nil {
		return nil, "", err
	}
	var told []string
	for _, r := range rooms {
		told = append(told, t.alarm(i, e, outbox.Item{To: r.Addr, Kind: r.Kind, For: receipt.Unit(r.Unit), Message: msg}))
	}
	if len(rooms) > 0 {
		return told, incident.CalledDesk, nil
	}
	for _, m := range append(t.town.Org.Above(i.Unit, team.RoleDesk), t.town.Org.Above(i.Unit, team.RoleOwner)...) {
		d, ok, err := t.door(ctx, m.ID)
		if err != nil {
			return nil, "", err
		}
		if to := alarmTarget(chat.Private, d.Addr); ok && !slices.Contains(told, to) {
			told = append(told, t.alarm(i, e, outbox.Item{To: d.Addr, Kind: chat.Private, For: string(m.ID), Message: msg}))
		}
	}
	if len(told) == 0 {
		return nil, "", nil // nobody at all: the card and the timeline say so
	}
	return told, incident.CalledDesk, nil
}

// alarmWave joins what is sent about an incident at one moment for its receipt.
func (t *turn) alarmWave(i incident.Incident) string {
	return cardOf(incidentRef(i.ID)) + "/" + stamp(t.now)
}

// alarm queues one call and names whom it goes to. An answer to it lands on the timeline.
func (t *turn) alarm(i incident.Incident, e incident.Effect, it outbox.Item) string {
	it.Class, it.About, it.Card, it.Wave = outbox.Alarm, "sự cố chưa tiếp nhận", besideCard(i.ID, "call"), t.alarmWave(i)
	if e.Mark != "" {
		it.Guard = while("incident", string(i.ID), e.Mark)
	}
	t.send(it)
	return alarmTarget(it.Kind, it.To)
}

func (t *turn) alarmMessage(i incident.Incident, e incident.Effect, ring []team.MemberID, unreached bool) chat.Message {
	m := messages.IncidentAlarm{
		To: string(e.Rung), ID: string(i.ID), Kind: t.kindLabel(i), Level: t.b.Rules.LevelLabel(i.Level), Unit: t.unitName(i.Unit), Text: i.Text,
		Open: openFor(i, t.now), Late: e.Late, Unreached: unreached, Ring: t.ring(ring), Drill: i.Drill,
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
		t.send(outbox.Item{To: a, Kind: kind, Class: outbox.Alarm, Message: msg, NotAfter: t.now.Add(12 * time.Hour), About: aboutClear})
	}
	return nil
}

// askAfter asks whoever has the incident what became of it.
func (t *turn) askAfter(ctx context.Context, i incident.Incident, e incident.Effect) error {
	m := messages.IncidentAskAfter{
		ID: string(i.ID), Unit: t.unitName(i.Unit), Owner: t.incidentOwner(i), Close: e.Kind == incident.AskClose, Last: i.Touched, Drill: i.Drill,
	}
	it := outbox.Item{Class: outbox.Reminder, About: "hỏi tiến độ sự cố", NotAfter: t.now.Add(6 * time.Hour), Card: besideCard(i.ID, "ask")}
	if e.Mark != "" {
		it.Guard = while("incident", string(i.ID), e.Mark)
	}
	return t.toLevel(ctx, i.Unit, "unit", it, chat.Message{Text: t.text(m), Buttons: t.incidentButtons(i)})
}
