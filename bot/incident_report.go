package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"trucban/internal/calendar"
	"trucban/internal/chat"
	"trucban/internal/incident"
	"trucban/internal/outbox"
	"trucban/internal/viet"
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

// questionButtons are the answers and the two ways not to answer.
func (t *turn) questionButtons(i incident.Incident, q incident.Question) [][]chat.Button {
	var items []string
	for _, c := range q.Choices {
		items = append(items, c.Label)
	}
	rows := t.choices(items, "q", string(i.ID), q.ID)
	return append(rows, []chat.Button{
		t.button("skip", "bỏ qua", "q", string(i.ID), q.ID, "s"), t.button("skipall", "/huy", "q", string(i.ID), q.ID, "x"),
	})
}

// pickItem is the item of that number, or the text as it is.
func pickItem(items []string, text string) string {
	if n, err := strconv.Atoi(strings.TrimSpace(text)); err == nil && n >= 1 && n <= len(items) {
		return items[n-1]
	}
	return text
}

// skips are the words that leave a question open.
var skips = map[string]bool{"bo qua": true, "bq": true, "khong ro": true, "chua ro": true, "khong biet": true}

// pressAnswer takes a pressed answer.
func pressAnswer(ctx context.Context, t *turn, c call) error {
	i, ok, err := t.incident(ctx, incident.ID(c.act.Arg(0)))
	if err != nil || !ok {
		return err
	}
	q := t.question(c.act.Arg(1))
	switch n := c.act.Arg(2); {
	case n == "x":
		t.done()
		t.editAsk(i, t.recordSays(i), nil)
		return nil
	case n == "s":
		return t.answerTo(ctx, i, q, "")
	default:
		return t.answerTo(ctx, i, q, choiceCode(q, n))
	}
}

// typedAnswer takes words or a number as the answer to the open question.
func typedAnswer(ctx context.Context, t *turn, c call) error {
	text := strings.TrimSpace(c.arg)
	q := t.question(t.asked.Data["q"])
	value := choiceCode(q, text)
	skip := skips[viet.Fold(text)]
	if value == text && !skip && !t.addressed() {
		return nil // talk among people, not an answer
	}
	i, ok, err := t.incident(ctx, incident.ID(t.asked.Data["id"]))
	if err != nil || !ok {
		return err
	}
	if skip {
		value = ""
	}
	return t.answerTo(ctx, i, q, value)
}

// question is the one of that id with the choices it is asked with.
func (t *turn) question(id string) incident.Question {
	for _, q := range t.b.Rules.Questions {
		if q.ID != id {
			continue
		}
		if id == incident.AskKind {
			for _, k := range t.b.Rules.Kinds {
				q.Choices = append(q.Choices, incident.Label{Code: k.Code, Label: k.Label})
			}
		}
		if id == incident.AskSystem {
			for _, s := range t.b.Rules.Systems {
				q.Choices = append(q.Choices, incident.Label{Code: s.Code, Label: s.Label})
			}
		}
		return q
	}
	return incident.Question{}
}

// choiceCode is the code of the choice with that number or label, or the text as it is.
func choiceCode(q incident.Question, text string) string {
	if n, err := strconv.Atoi(text); err == nil && n >= 1 && n <= len(q.Choices) {
		return q.Choices[n-1].Code
	}
	for _, c := range q.Choices {
		if viet.Fold(c.Label) == viet.Fold(text) {
			return c.Code
		}
	}
	return text
}

// answerTo records an answer, prepares what depends on it and asks the next question.
func (t *turn) answerTo(ctx context.Context, i incident.Incident, q incident.Question, text string) error {
	next, err := i.Answer(q.ID, text, t.b.Rules, t.act())
	if errors.Is(err, incident.ErrUnknown) || errors.Is(err, incident.ErrFuture) {
		if q.ID == "" {
			t.reply(messages.OldButton{})
			return nil
		}
		return t.askNext(i, q, true)
	}
	if err != nil {
		t.done()
		return t.refuseIncident(i, err)
	}
	if next, _, err = t.withEvidence(next); err != nil {
		return t.refuseIncident(i, err)
	}
	if q.ID == incident.AskKind {
		if next, err = t.prepareHour(ctx, next); err != nil {
			return err
		}
	}
	if next, err = t.saveIncident(ctx, next); err != nil {
		return err
	}
	if err := t.refreshIncident(ctx, next); err != nil {
		return err
	}
	if more, ok := next.NextQuestion(t.b.Rules); ok {
		return t.askNext(next, more, false)
	}
	t.done()
	t.editAsk(next, t.recordSays(next), nil)
	return nil
}

func (t *turn) askNext(i incident.Incident, q incident.Question, again bool) error {
	m := t.recordSays(i)
	m.Text, m.Again = q.Text, again
	t.editAsk(i, m, t.questionButtons(i, q))
	return t.ask(Dialog{Ask: "hoi", Data: map[string]string{"id": string(i.ID), "q": q.ID}})
}

func (t *turn) recordSays(i incident.Incident) messages.IncidentQuestion {
	m := messages.IncidentQuestion{ID: string(i.ID), Kind: t.kindLabel(i), Level: t.b.Rules.LevelLabel(i.Level), System: i.System, Drill: i.Drill}
	if i.FoundSaid {
		m.FoundAt = i.FoundAt
	}
	return m
}

// editAsk turns the pressed question into the next one; a typed answer gets a new message.
func (t *turn) editAsk(i incident.Incident, m messages.IncidentQuestion, buttons [][]chat.Button) {
	if t.u.Event != chat.EventPress {
		t.replyOn(besideCard(i.ID, "q"), m, buttons)
		return
	}
	t.send(outbox.Item{
		To: t.u.To, Kind: t.u.Kind, Class: outbox.Reply, Card: besideCard(i.ID, "q"), Edit: true, Fresh: true,
		Message: chat.Message{Text: t.text(m), Buttons: buttons}, NotAfter: t.clock.Add(replyFor), About: "trả lời",
	})
}
