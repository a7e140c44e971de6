package bot

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"trucban/internal/chat"
	"trucban/internal/incident"
	"trucban/internal/outbox"
	"trucban/internal/receipt"
	"trucban/internal/roster"
	"trucban/internal/team"
	"trucban/messages"
)

// cardRooms are the chats that follow an incident: those of the units that
// reported it and the leaders' above.
func (t *turn) cardRooms(ctx context.Context, i incident.Incident) ([]Room, error) {
	units := []team.UnitID{i.Unit}
	for _, r := range i.Reporters {
		if !slices.Contains(units, r.Unit) {
			units = append(units, r.Unit)
		}
	}
	var out []Room
	for _, u := range units {
		own, err := t.rooms(ctx, u, ForUnit)
		if err != nil {
			return nil, err
		}
		out = append(out, own...)
	}
	above, err := t.roomsAbove(ctx, i.Unit, ForLeaders)
	return append(out, above...), err
}

// announce sends the live card to the unit's chats and, as an alarm, to the leaders'.
func (t *turn) announce(ctx context.Context, i incident.Incident) error {
	rooms, err := t.cardRooms(ctx, i)
	if err != nil {
		return err
	}
	leaders := false
	for _, r := range rooms {
		leaders = leaders || r.Purpose == ForLeaders
		t.send(outbox.Item{
			To: r.Addr, Kind: r.Kind, Class: outbox.Alarm, Card: cardOf(incidentRef(i.ID)), Wave: t.alarmWave(i), For: receipt.Unit(r.Unit),
			Message: t.incidentCard(i, r.Purpose == ForLeaders), About: "sự cố",
		})
	}
	if !leaders {
		return t.tellDesk(ctx, i.Unit, outbox.Alarm, t.incidentCard(i, true), "sự cố")
	}
	return nil
}

// refreshIncident edits the card wherever it stands. Where cards cannot be
// edited, those who were alarmed get the all-clear as a message of its own.
func (t *turn) refreshIncident(ctx context.Context, i incident.Incident) error {
	rooms, err := t.cardRooms(ctx, i)
	if err != nil {
		return err
	}
	for _, r := range rooms {
		t.send(outbox.Item{
			To: r.Addr, Kind: r.Kind, Class: outbox.Edit, Edit: true, Card: cardOf(incidentRef(i.ID)),
			Message: t.incidentCard(i, r.Purpose == ForLeaders), About: "thẻ sự cố",
		})
	}
	return nil
}

func (t *turn) kindLabel(i incident.Incident) string {
	if l := t.b.Rules.KindLabel(i.Kind); l != "" {
		return l
	}
	return t.sheet("kind.unknown")
}

// maxTimeline is how many of the newest events stand on a card.
const maxTimeline = 8

func (t *turn) incidentCard(i incident.Incident, leaders bool) chat.Message {
	m := messages.IncidentCard{
		ID: string(i.ID), Kind: t.kindLabel(i), Level: t.b.Rules.LevelLabel(i.Level), State: stateWord(i), Unit: t.unitName(i.Unit), Text: i.Text,
		Reporter: t.memberName(i.Reporter), ReportedAt: i.ReportedAt, Owner: t.incidentOwner(i), Leaders: leaders, Drill: i.Drill,
		Reason: i.Reason, Into: string(i.MergedInto), Others: t.otherReporters(i), Deadlines: t.deadlineLines(i), Note: t.deadlineNote(i),
	}
	if i.FoundSaid {
		m.FoundAt = i.FoundAt
	}
	var shown []incident.Entry
	for _, e := range i.Timeline {
		if e.What == incident.WhatAnswer && !t.tells(e) {
			continue
		}
		shown = append(shown, e)
	}
	for _, e := range shown[max(0, len(shown)-maxTimeline):] {
		l := messages.TimelineLine{At: e.At, What: string(e.What), Text: t.timelineText(i, e)}
		if e.By != "" {
			l.Who = t.memberName(e.By)
		}
		m.Timeline = append(m.Timeline, l)
	}
	return chat.Message{Text: t.text(m), Buttons: t.incidentButtons(i)}
}

// incidentOwner is who has the incident, "" while nobody does.
func (t *turn) incidentOwner(i incident.Incident) string {
	switch {
	case i.Handler != "":
		return t.memberName(i.Handler)
	case i.AckedBy != "":
		return t.memberName(i.AckedBy)
	}
	return ""
}

func (t *turn) otherReporters(i incident.Incident) []string {
	var out []string
	for _, r := range i.Reporters {
		out = append(out, "đ/c "+t.memberName(r.Member)+" ("+t.unitName(r.Unit)+")")
	}
	return out
}

// deadlineCode is what people type for a deadline: "h24" of "anm-2026.h24".
func deadlineCode(id string) string { return id[strings.LastIndexByte(id, '.')+1:] }

func (t *turn) deadlineLines(i incident.Incident) []messages.DeadlineLine {
	var out []messages.DeadlineLine
	for _, d := range i.Deadlines {
		if !d.Dropped {
			out = append(out, messages.DeadlineLine{What: d.What, Code: deadlineCode(d.ID), At: d.At, Done: !d.MetAt.IsZero(), Over: d.OverdueAt(t.now), AtOnce: d.AtOnce})
		}
	}
	return out
}

// deadlineNote says what has not been checked, when a deadline of the incident rests on it.
func (t *turn) deadlineNote(i incident.Incident) string {
	for _, d := range i.Deadlines {
		if rg, ok := t.b.Rules.Regime(d.Regime); ok && !rg.Checked && !d.Dropped {
			return t.b.Rules.Note
		}
	}
	return ""
}

// tells leaves out answers that stand on the timeline as what they changed.
func (t *turn) tells(e incident.Entry) bool {
	q, _, _ := strings.Cut(e.Text, ":")
	return q != incident.AskKind && q != incident.AskSystem && q != incident.AskSince
}

// rungWords are the rungs in the words of the office.
var rungWords = map[string]string{
	"head": "thủ trưởng đơn vị", "duty": "trực lãnh đạo", "leaders": "nhóm lãnh đạo", "everyone": "tất cả cấp trên",
	incident.CalledCrew: "cán bộ trực đơn vị (thủ trưởng chưa nhận tin riêng)", incident.CalledRoom: "nhóm đơn vị (chưa nhắn riêng được ai)",
	incident.CalledDesk: "quản lý trực (chưa nhắn được đơn vị)",
}

// timelineText is what an entry says beside its kind; the report's own words stand at the top of the card.
func (t *turn) timelineText(i incident.Incident, e incident.Entry) string {
	switch e.What {
	case incident.WhatReported:
		return ""
	case incident.WhatDeadline, incident.WhatMissed:
		for _, d := range i.Deadlines {
			if d.ID == e.Text {
				return d.What
			}
		}
		return deadlineCode(e.Text)
	case incident.WhatCalled, incident.WhatUnreached:
		return rungWords[e.Text]
	case incident.WhatTaken:
		if e.Text == string(e.By) {
			return ""
		}
		return "giao đ/c " + t.memberName(team.MemberID(e.Text))
	case incident.WhatKind:
		return t.b.Rules.KindLabel(e.Text)
	case incident.WhatLevel:
		return t.b.Rules.LevelLabel(incident.Level(e.Text))
	case incident.WhatFound:
		if at, err := time.Parse(time.RFC3339, e.Text); err == nil {
			return at.In(roster.Zone).Format("15h04 02/01")
		}
	case incident.WhatAnswer:
		return t.answerText(e.Text)
	}
	return e.Text
}

// answerText shows an answer by the words of its choice.
func (t *turn) answerText(s string) string {
	q, text, _ := strings.Cut(s, ": ")
	for _, known := range t.b.Rules.Questions {
		if known.ID != q {
			continue
		}
		for _, c := range known.Choices {
			if c.Code == text {
				return known.Text + " " + c.Label
			}
		}
	}
	return text
}

func stateWord(i incident.Incident) string {
	if i.State == incident.StateClosed && i.Outcome != incident.OutcomeSolved {
		return string(i.Outcome)
	}
	return string(i.State)
}

// incidentButtons are the next steps; each has a short text form.
func (t *turn) incidentButtons(i incident.Incident) [][]chat.Button {
	id := string(i.ID)
	take := t.button("take", "/nhanxuly "+id, "take", id)
	fix := t.button("resolve", "đã xử lý "+id, "fix", id)
	wrong := t.button("false", "/baonham "+id, "false", id)
	hour := t.button("hour", "/giodau "+id, "hour", id)
	switch {
	case i.Unacked():
		return [][]chat.Button{{t.button("ack", "tiếp nhận "+id, "ack", id), take}, {fix, wrong}}
	case i.State == incident.StateAcked:
		return [][]chat.Button{{take, fix}, {hour, wrong}}
	case i.State == incident.StateHandling:
		return [][]chat.Button{{fix, hour}}
	case i.State == incident.StateResolved:
		return [][]chat.Button{{t.button("end", "/dongsuco "+id, "end", id), t.button("reopen", "/molai "+id, "reopen", id)}}
	case i.MergedInto != "":
		return nil
	}
	return [][]chat.Button{{t.button("reopen", "/molai "+id, "reopen", id)}}
}

// choices lays out answers as buttons of one column, numbered where there are none.
func (t *turn) choices(items []string, code string, args ...string) [][]chat.Button {
	var out [][]chat.Button
	for n, s := range items {
		b := t.button("", "", code, append(slices.Clone(args), strconv.Itoa(n+1))...)
		b.Label = s
		if n%2 == 1 && len([]rune(s)) < 22 && len([]rune(items[n-1])) < 22 {
			out[len(out)-1] = append(out[len(out)-1], b)
			continue
		}
		out = append(out, []chat.Button{b})
	}
	return out
}
