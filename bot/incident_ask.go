package bot

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"trucban/internal/chat"
	"trucban/internal/incident"
	"trucban/internal/outbox"
	"trucban/internal/viet"
	"trucban/messages"
)

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
	switch n := c.act.Arg(2); n {
	case "x":
		t.done()
		t.editAsk(i, t.recordSays(i), nil)
		return nil
	case "s":
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
