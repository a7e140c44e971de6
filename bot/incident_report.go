package bot

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"trucban/internal/calendar"
	"trucban/internal/chat"
	"trucban/internal/incident"
	"trucban/internal/outbox"
	"trucban/messages"
)

// reportIncident opens an incident from one line, a picture, or a message
// answered or forwarded; without any of them it asks for it.
func reportIncident(ctx context.Context, t *turn, c call) error {
	return t.report(ctx, strings.TrimSpace(c.arg), reportAs{})
}

// reportAs says what a report counts as beside what the unit's drill mode says.
type reportAs struct{ drill, real bool }

func (t *turn) report(ctx context.Context, text string, as reportAs) error {
	if t.asked != nil && t.asked.Ask == "chuyentiep" {
		t.restoreShown()
	}
	if text == "" {
		text = t.quotedText()
	}
	if text == "" && (t.u.File != nil || t.u.Forward != nil || t.u.ReplyTo != nil && !t.u.ReplyTo.FromBot) {
		text = t.label("evidence")
	}
	if text == "" {
		t.reply(messages.IncidentAsk{})
		return t.ask(Dialog{Ask: "suco"})
	}
	i, mode, err := t.openIncident(ctx, text, as)
	if err != nil {
		return err
	}
	i, shown, err := t.withEvidence(i)
	if err != nil {
		return fmt.Errorf("keep the evidence: %w", err)
	}
	t.done()
	if i.Kind != "" {
		if i, err = t.prepareHour(ctx, i); err != nil {
			return err
		}
	}
	t.note("incident.reported", incidentRef(i.ID), i.Unit)
	if i, err = t.saveNew(ctx, i); err != nil {
		return err
	}
	if err := t.confirmReport(i, shown, mode); err != nil {
		return err
	}
	return t.suggestSame(ctx, i)
}

// saveNew saves an incident nobody has seen yet; its card goes before the first alarms.
func (t *turn) saveNew(ctx context.Context, i incident.Incident) (incident.Incident, error) {
	before := len(t.change.Out)
	i, err := t.saveIncident(ctx, i)
	if err != nil {
		return i, err
	}
	alarms := slices.Clone(t.change.Out[before:])
	t.change.Out = t.change.Out[:before]
	err = t.announce(ctx, i)
	t.change.Out = append(t.change.Out, alarms...)
	return i, err
}

// openIncident proposes kind, level, system and time from the words.
func (t *turn) openIncident(ctx context.Context, text string, as reportAs) (incident.Incident, bool, error) {
	n, err := t.count(ctx, fmt.Sprintf("SC-%d", calendar.DateOf(t.now).Year))
	if err != nil {
		return incident.Incident{}, false, err
	}
	report := t.b.Rules.Propose(text, t.now).Report(text)
	report.ID, report.Unit = incident.NewID(t.now, n), t.actingUnit()
	mode := false
	if !as.real && !as.drill {
		if mode, err = t.drilling(ctx, report.Unit); err != nil {
			return incident.Incident{}, false, err
		}
	}
	report.Drill = as.drill || mode
	return incident.New(report, t.act()), mode, nil
}

// quotedText is what the message answered or forwarded says.
func (t *turn) quotedText() string {
	if t.u.ReplyTo != nil && !t.u.ReplyTo.FromBot {
		return strings.TrimSpace(t.u.ReplyTo.Text)
	}
	if t.u.Forward != nil {
		return strings.TrimSpace(t.u.Forward.Text)
	}
	return ""
}

// withEvidence keeps what came along: a picture, a file, the message answered or
// forwarded with its sender and time. It reports whether there was anything.
func (t *turn) withEvidence(i incident.Incident) (incident.Incident, bool, error) {
	e := incident.Evidence{Act: t.act(), Msg: t.u.Message}
	if t.u.File != nil {
		e.File, e.Name = t.u.File.ID, t.u.File.Name
		if e.Name == "" {
			e.Name = "ảnh"
		}
	}
	quote := t.u.Forward
	if quote == nil && t.u.ReplyTo != nil && !t.u.ReplyTo.FromBot {
		quote = t.u.ReplyTo
	}
	if quote != nil {
		e.Text, e.Sender, e.SentAt = quote.Text, quote.From, quote.SentAt
		if quote.Message != "" {
			e.Msg = quote.Message
		}
		if e.Name == "" {
			e.Name = "tin của " + quote.From + quoteTime(quote.SentAt)
		}
	}
	if e.File == "" && quote == nil {
		return i, false, nil
	}
	next, err := i.Show(e)
	return next, err == nil, err
}

func quoteTime(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return ", " + at.In(calendar.Zone).Format("15h04 02/01")
}

// confirmReport tells the reporter that it was taken, with the first question.
func (t *turn) confirmReport(i incident.Incident, shown, mode bool) error {
	m := messages.IncidentTaken{
		ID: string(i.ID), Kind: t.kindLabel(i), Level: t.b.Rules.LevelLabel(i.Level), Unit: t.unitName(i.Unit),
		At: t.now, Evidence: shown, Drill: i.Drill, DrillMode: mode,
	}
	for _, d := range i.Deadlines {
		if !d.Dropped && !d.AtOnce {
			m.Notice, m.NoticeWhat = d.At, d.What
			break
		}
	}
	q, more := i.NextQuestion(t.b.Rules)
	if !more {
		t.replyOn(besideCard(i.ID, "q"), m, nil)
		return nil
	}
	m.Question = q.Text
	t.replyOn(besideCard(i.ID, "q"), m, t.questionButtons(i, q))
	return t.ask(Dialog{Ask: "hoi", Data: map[string]string{"id": string(i.ID), "q": q.ID}})
}

// replyOn answers with a message that can be edited in place later.
func (t *turn) replyOn(card string, m any, buttons [][]chat.Button) {
	msg := chat.Message{Text: t.text(m), Buttons: buttons}
	if t.u.Kind == chat.Group && t.u.Event == chat.EventMessage {
		msg.ReplyTo = t.u.Message
	}
	t.send(outbox.Item{To: t.u.To, Kind: t.u.Kind, Class: outbox.Reply, Card: card, Message: msg, NotAfter: t.clock.Add(replyFor), About: "trả lời"})
}
