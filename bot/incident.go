package bot

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"trucban/internal/calendar"
	"trucban/internal/chat"
	"trucban/internal/incident"
	"trucban/internal/outbox"
	"trucban/internal/roster"
	"trucban/internal/team"
	"trucban/messages"
)

func incidentRef(id incident.ID) Ref { return Ref{"incident", string(id)} }

// incidentPolicy joins the office's times with the rules the product ships with.
func (t *turn) incidentPolicy() incident.Policy {
	return incident.Policy{Rules: t.b.Rules, Times: t.town.Incident.Times, Regime: t.town.Incident.Regime}
}

// saveIncident takes what is due, saves the incident and says what is to be said.
func (t *turn) saveIncident(ctx context.Context, i incident.Incident) (incident.Incident, error) {
	next, effects, at := i.Step(t.now, t.incidentPolicy())
	for _, e := range effects {
		told, err := t.incidentEffect(ctx, next, e)
		if err != nil {
			return next, err
		}
		next = next.Alarmed(told...)
	}
	score := next.ReportedAt.UnixMilli()
	index := []Entry{{"incident/all", score}, {"incident/u/" + string(next.Unit), score}}
	if next.IsOpen() {
		index = append(index, Entry{"incident/open", score})
	}
	if !at.IsZero() {
		index = append(index, Entry{"open", score})
	}
	t.wake("incident", string(next.ID), at)
	return next, t.put(incidentRef(next.ID), next, Doc{Index: index, Marks: next.Marks()})
}

func dueIncident(ctx context.Context, t *turn) error {
	var i incident.Incident
	ok, err := t.get(ctx, incidentRef(incident.ID(t.job.ID)), &i)
	if err != nil || !ok {
		return err
	}
	next, err := t.saveIncident(ctx, i)
	if err != nil {
		return err
	}
	if len(next.Timeline) != len(i.Timeline) {
		return t.refreshIncident(ctx, next)
	}
	return nil
}

// reportIncident opens an incident from one line; without one it asks for it.
func reportIncident(ctx context.Context, t *turn, c call) error {
	text := strings.TrimSpace(c.arg)
	if text == "" && t.u.ReplyTo != nil && !t.u.ReplyTo.FromBot {
		text = t.u.ReplyTo.Text
	}
	if text == "" && t.u.Forward != nil {
		text = t.u.Forward.Text
	}
	if text == "" {
		t.reply(messages.IncidentAsk{})
		return t.ask(Dialog{Ask: "suco"})
	}
	year := calendar.DateOf(t.now).Year
	n, err := t.count(ctx, fmt.Sprintf("SC-%d", year))
	if err != nil {
		return err
	}
	report := t.b.Rules.Propose(text, t.now).Report(text)
	report.ID, report.Unit = incident.NewID(t.now, n), t.actingUnit()
	i := incident.New(report, t.act())
	if i, err = t.withEvidence(i); err != nil {
		return err
	}
	t.done()
	t.note("incident.reported", incidentRef(i.ID), i.Unit)
	i, err = t.saveIncident(ctx, i)
	if err != nil {
		return err
	}
	if err := t.announce(ctx, i); err != nil {
		return err
	}
	m := messages.IncidentTaken{ID: string(i.ID), Kind: t.kindLabel(i), Unit: t.unitName(i.Unit), At: t.now, Drill: i.Drill}
	if len(i.Deadlines) > 0 {
		m.Notice = i.Deadlines[0].At
	}
	t.reply(m)
	return nil
}

// act is who does something now, as the incident records it.
func (t *turn) act() incident.Act {
	return incident.Act{By: t.me.ID, At: t.now, From: t.u.To.Key()}
}

// withEvidence keeps what came along: a picture, a file, the message answered or forwarded.
func (t *turn) withEvidence(i incident.Incident) (incident.Incident, error) {
	e := incident.Evidence{Act: t.act(), Msg: t.u.Message}
	if t.u.File != nil {
		e.File, e.Name = t.u.File.ID, t.u.File.Name
	}
	quote := t.u.Forward
	if quote == nil && t.u.ReplyTo != nil && !t.u.ReplyTo.FromBot {
		quote = t.u.ReplyTo
	}
	if quote != nil {
		e.Text, e.Sender, e.SentAt = quote.Text, quote.From, quote.SentAt
	}
	if e.File == "" && quote == nil {
		return i, nil
	}
	next, err := i.Show(e)
	if err != nil {
		return i, fmt.Errorf("keep the evidence: %w", err)
	}
	return next, nil
}

// announce sends the live card to the unit's chats and, as an alarm, to the leaders'.
func (t *turn) announce(ctx context.Context, i incident.Incident) error {
	own, err := t.rooms(ctx, i.Unit, ForUnit)
	if err != nil {
		return err
	}
	above, err := t.roomsAbove(ctx, i.Unit, ForLeaders)
	if err != nil {
		return err
	}
	for _, r := range append(own, above...) {
		t.send(outbox.Item{
			To: r.Addr, Kind: r.Kind, Class: outbox.Alarm, Card: cardOf(incidentRef(i.ID)), Wave: cardOf(incidentRef(i.ID)),
			Message: t.incidentCard(i, r.Purpose == ForLeaders), About: "sự cố",
		})
	}
	if len(above) == 0 {
		return t.tellDesk(ctx, i.Unit, outbox.Alarm, t.incidentCard(i, true), "sự cố")
	}
	return nil
}

func (t *turn) kindLabel(i incident.Incident) string {
	if l := t.b.Rules.KindLabel(i.Kind); l != "" {
		return l
	}
	return "Chưa rõ loại"
}

// maxTimeline is how many of the newest events stand on a card.
const maxTimeline = 8

func (t *turn) incidentCard(i incident.Incident, leaders bool) chat.Message {
	m := messages.IncidentCard{
		ID: string(i.ID), Kind: t.kindLabel(i), Level: t.b.Rules.LevelLabel(i.Level), State: stateWord(i), Unit: t.unitName(i.Unit), Text: i.Text,
		Reporter: t.memberName(i.Reporter), ReportedAt: i.ReportedAt, Leaders: leaders, Drill: i.Drill,
	}
	if i.FoundSaid {
		m.FoundAt = i.FoundAt
	}
	if i.AckedBy != "" {
		m.Owner = t.memberName(i.AckedBy)
	}
	if i.Handler != "" {
		m.Owner = t.memberName(i.Handler)
	}
	for _, d := range i.Deadlines {
		if d.Dropped {
			continue
		}
		m.Deadlines = append(m.Deadlines, messages.DeadlineLine{What: d.What, At: d.At, Done: !d.MetAt.IsZero()})
		if rg, ok := t.b.Rules.Regime(d.Regime); ok && !rg.Checked {
			m.Uncertain = true
		}
	}
	for _, e := range i.Timeline[max(0, len(i.Timeline)-maxTimeline):] {
		l := messages.TimelineLine{At: e.At, What: string(e.What), Text: t.timelineText(e)}
		if e.By != "" {
			l.Who = t.memberName(e.By)
		}
		m.Timeline = append(m.Timeline, l)
	}
	return chat.Message{Text: t.text(m), Buttons: t.incidentButtons(i)}
}

// timelineText is what an entry says beside its kind; the report's own words stand at the top of the card.
func (t *turn) timelineText(e incident.Entry) string {
	switch e.What {
	case incident.WhatReported, incident.WhatDeadline, incident.WhatMissed:
		return ""
	case incident.WhatCalled:
		return map[string]string{
			"head": "thủ trưởng đơn vị", "duty": "trực lãnh đạo", "leaders": "nhóm lãnh đạo", "everyone": "tất cả cấp trên",
		}[e.Text]
	case incident.WhatTaken:
		return t.memberName(team.MemberID(e.Text))
	}
	return e.Text
}

func stateWord(i incident.Incident) string {
	if i.State == incident.StateClosed && i.Outcome != incident.OutcomeSolved {
		return string(i.Outcome)
	}
	return string(i.State)
}

func (t *turn) incidentButtons(i incident.Incident) [][]chat.Button {
	id := string(i.ID)
	switch {
	case i.Unacked():
		return [][]chat.Button{{t.button("ack", "tiếp nhận "+id, "ack", id), t.button("resolve", "đã xử lý "+id, "fix", id)}}
	case i.State == incident.StateAcked || i.State == incident.StateHandling:
		return [][]chat.Button{{t.button("resolve", "đã xử lý "+id, "fix", id)}}
	}
	return nil
}

// refreshIncident edits the card wherever it stands. Where cards cannot be
// edited, those who were alarmed get the all-clear as a message of its own.
func (t *turn) refreshIncident(ctx context.Context, i incident.Incident) error {
	own, err := t.rooms(ctx, i.Unit, ForUnit)
	if err != nil {
		return err
	}
	above, err := t.roomsAbove(ctx, i.Unit, ForLeaders)
	if err != nil {
		return err
	}
	for _, r := range append(own, above...) {
		t.send(outbox.Item{
			To: r.Addr, Kind: r.Kind, Class: outbox.Edit, Edit: true, Card: cardOf(incidentRef(i.ID)),
			Message: t.incidentCard(i, r.Purpose == ForLeaders), About: "thẻ sự cố",
		})
	}
	return nil
}

// incidentFor finds the incident meant: the button's, the one named, the card
// answered, or the newest open one of the sender's scope.
func (t *turn) incidentFor(ctx context.Context, c call) (incident.Incident, string, bool, error) {
	var i incident.Incident
	rest := strings.TrimSpace(c.arg)
	id := incident.ID(c.act.Arg(0))
	if id == "" {
		if found, ok := incident.FindID(rest, t.now); ok {
			id = found
			rest = t.afterID(rest)
		} else if ref, ok, err := t.subject(ctx); err != nil {
			return i, "", false, err
		} else if ok && ref.Kind == "incident" {
			id = incident.ID(ref.ID)
		}
	}
	if id != "" {
		ok, err := t.get(ctx, incidentRef(id), &i)
		if err == nil && (!ok || !t.mayTouch(i)) {
			t.reply(messages.IncidentRefused{Why: "none", ID: string(id)})
			ok = false
		}
		return i, rest, ok, err
	}
	refs, err := t.find(ctx, Range{Index: "incident/open", To: maxScore, Desc: true, Limit: 50})
	if err != nil {
		return i, "", false, err
	}
	for _, ref := range refs {
		if ok, err := t.read(ref, &i); err != nil {
			return i, "", false, err
		} else if ok && t.mayTouch(i) {
			return i, rest, true, nil
		}
	}
	t.reply(messages.IncidentRefused{Why: "noneopen"})
	return i, "", false, nil
}

// mayTouch: an incident concerns its unit and everybody above it.
func (t *turn) mayTouch(i incident.Incident) bool {
	return t.me.Unit == i.Unit || t.town.Org.May(t.me, team.LevelHead, i.Unit)
}

// afterID drops the words up to the incident's id.
func (t *turn) afterID(s string) string {
	f := strings.Fields(s)
	for n := len(f); n > 0; n-- {
		if _, ok := incident.FindID(strings.Join(f[n-1:], " "), t.now); ok {
			for k := n; k <= len(f); k++ {
				if _, ok := incident.FindID(strings.Join(f[n-1:k], " "), t.now); ok {
					return strings.Join(f[k:], " ")
				}
			}
		}
	}
	return s
}

func (t *turn) changeIncident(ctx context.Context, c call, what string, decide func(incident.Incident, string) (incident.Incident, error)) error {
	i, rest, ok, err := t.incidentFor(ctx, c)
	if err != nil || !ok {
		return err
	}
	next, err := decide(i, rest)
	if err != nil {
		return t.refuseIncident(i, err)
	}
	t.note("incident."+what, incidentRef(i.ID), i.Unit)
	next, err = t.saveIncident(ctx, next)
	if err != nil {
		return err
	}
	if c.act.Code == "" || !t.caps(t.u.To).Edit {
		t.reply(messages.IncidentChanged{ID: string(next.ID), State: stateWord(next), At: t.now})
	}
	return t.refreshIncident(ctx, next)
}

func ackIncident(ctx context.Context, t *turn, c call) error {
	return t.changeIncident(ctx, c, "acked", func(i incident.Incident, _ string) (incident.Incident, error) { return i.Ack(t.act()) })
}

func resolveIncident(ctx context.Context, t *turn, c call) error {
	return t.changeIncident(ctx, c, "resolved", func(i incident.Incident, text string) (incident.Incident, error) { return i.Resolve(text, t.act()) })
}

func closeIncident(ctx context.Context, t *turn, c call) error {
	return t.changeIncident(ctx, c, "closed", func(i incident.Incident, text string) (incident.Incident, error) { return i.Close(text, t.act()) })
}

func updateIncident(ctx context.Context, t *turn, c call) error {
	return t.changeIncident(ctx, c, "updated", func(i incident.Incident, text string) (incident.Incident, error) {
		next, err := i.Update(text, t.act())
		if err != nil {
			return i, fmt.Errorf("add to the timeline: %w", err)
		}
		return t.withEvidence(next)
	})
}

func (t *turn) refuseIncident(i incident.Incident, err error) error {
	var r *incident.RefusedError
	m := messages.IncidentRefused{ID: string(i.ID), Why: "order"}
	if errors.As(err, &r) {
		m.By, m.At = t.memberName(r.By), r.At
	}
	switch {
	case errors.Is(err, incident.ErrAcked), errors.Is(err, incident.ErrTaken):
		m.Why = "acked"
	case errors.Is(err, incident.ErrResolved):
		m.Why = "resolved"
	case errors.Is(err, incident.ErrClosed), errors.Is(err, incident.ErrMerged):
		m.Why = "closed"
	case errors.Is(err, incident.ErrReason), errors.Is(err, incident.ErrEmpty):
		m.Why = "reason"
	default:
		return fmt.Errorf("change incident %s: %w", i.ID, err)
	}
	t.reply(m)
	return nil
}

// subject is what the message answered is about, when it is one of our cards.
func (t *turn) subject(ctx context.Context) (Ref, bool, error) {
	if t.u.ReplyTo == nil || t.u.ReplyTo.Message == "" {
		return Ref{}, false, nil
	}
	var key string
	ok, err := t.get(ctx, Ref{"card", t.u.To.Key() + "#" + t.u.ReplyTo.Message}, &key)
	if err != nil || !ok {
		return Ref{}, false, err
	}
	kind, id, ok := strings.Cut(key, ":")
	return Ref{kind, id}, ok, nil
}

// onCard takes a reply to an incident's card as an entry of its timeline.
func (t *turn) onCard(ctx context.Context) (bool, error) {
	if !t.linked || t.u.Kind == chat.Group && !t.admitted || strings.TrimSpace(t.u.Text) == "" && t.u.File == nil {
		return false, nil
	}
	ref, ok, err := t.subject(ctx)
	if err != nil || !ok || ref.Kind != "incident" {
		return false, err
	}
	return true, updateIncident(ctx, t, call{arg: t.u.Text, act: Action{Code: "", Args: []string{ref.ID}}})
}

// leadersOnDuty are the people at the leader's post of the shifts that are on in the unit or above it.
func (t *turn) leadersOnDuty(ctx context.Context, unit team.UnitID) ([]team.MemberID, error) {
	all, err := t.watches(ctx, "watch/end", t.now, t.now.Add(longestShift))
	if err != nil {
		return nil, err
	}
	var out []team.MemberID
	for _, w := range all {
		if !w.Shift.Covers(t.now) || !t.town.Org.Within(unit, w.Shift.Unit) {
			continue
		}
		for _, a := range w.Shift.People {
			if a.Post == roster.PostLeader {
				out = append(out, a.Member)
			}
		}
	}
	return out, nil
}

// openFor is how long an incident has waited; under a minute it is new.
func openFor(i incident.Incident, now time.Time) time.Duration {
	if d := now.Sub(i.ReportedAt); d >= time.Minute {
		return d
	}
	return 0
}
