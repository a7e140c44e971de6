package bot

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"trucban/internal/chat"
	"trucban/internal/incident"
	"trucban/internal/team"
	"trucban/internal/viet"
	"trucban/messages"
)

// decision changes an incident, with the words that came along.
type decision func(i incident.Incident, text string) (incident.Incident, error)

// changeIncident finds the incident meant, decides, saves and shows the new state.
// After a press the edited card is the answer.
func (t *turn) changeIncident(ctx context.Context, c call, what string, decide decision) error {
	i, rest, ok, err := t.incidentFor(ctx, c)
	if err != nil || !ok {
		return err
	}
	next, err := decide(i, rest)
	if err != nil {
		return t.refuseIncident(i, err)
	}
	return t.settleIncident(ctx, c, what, next)
}

// settleIncident saves a decided incident, answers and edits the cards.
func (t *turn) settleIncident(ctx context.Context, c call, what string, next incident.Incident) error {
	t.note("incident."+what, incidentRef(next.ID), next.Unit)
	next, err := t.saveIncident(ctx, next)
	if err != nil {
		return err
	}
	if c.act.Code == "" || !t.caps(t.u.To).Edit {
		t.reply(messages.IncidentChanged{ID: string(next.ID), State: stateWord(next), At: t.now, Drill: next.Drill})
	}
	return t.refreshIncident(ctx, next)
}

// ackIncident also makes the first hour's list when the kind was never said.
func ackIncident(ctx context.Context, t *turn, c call) error {
	return t.changeIncident(ctx, c, "acked", func(i incident.Incident, _ string) (incident.Incident, error) {
		next, err := i.Ack(t.act())
		if err != nil || len(next.Tasks) > 0 {
			return next, err
		}
		return t.prepareHour(ctx, next)
	})
}

func takeIncident(ctx context.Context, t *turn, c call) error {
	return t.changeIncident(ctx, c, "taken", func(i incident.Incident, _ string) (incident.Incident, error) {
		next, err := i.Take(t.act())
		if err != nil || len(next.Tasks) > 0 {
			return next, err
		}
		return t.prepareHour(ctx, next)
	})
}

func resolveIncident(ctx context.Context, t *turn, c call) error {
	return t.changeIncident(ctx, c, "resolved", func(i incident.Incident, text string) (incident.Incident, error) { return i.Resolve(text, t.act()) })
}

func closeIncident(ctx context.Context, t *turn, c call) error {
	return t.changeIncident(ctx, c, "closed", func(i incident.Incident, text string) (incident.Incident, error) { return i.Close(text, t.act()) })
}

// assignIncident gives the work to a person of the units concerned, "/giao SC-2027-0001 Nguyễn Văn An".
func assignIncident(ctx context.Context, t *turn, c call) error {
	if t.handsOut(c) {
		return handOut(ctx, t, c)
	}
	return t.changeIncident(ctx, c, "assigned", func(i incident.Incident, text string) (incident.Incident, error) {
		if !t.town.Org.May(t.me, team.LevelHead, i.Unit) {
			return i, errRights
		}
		want := viet.NameKey(text)
		for _, m := range t.town.Org.Members {
			if want != "" && (viet.NameKey(m.Name) == want || viet.Fold(string(m.ID)) == viet.Fold(text)) && (m.Unit == i.Unit || t.town.Org.Within(i.Unit, m.Unit) || t.town.Org.Within(m.Unit, i.Unit)) {
				return i.Assign(m.ID, t.act())
			}
		}
		return i, errPerson
	})
}

// Refusals of the handlers beside those of the concept.
var (
	errRights = errors.New("the sender may not do this with the incident")
	errPerson = errors.New("no person of that name")
)

// reasons are the steps that need one: pressed or typed without it, it is asked for.
var reasons = map[string]string{"false": "false_alarm", "reopen": "reopened"}

func falseAlarm(ctx context.Context, t *turn, c call) error {
	return t.withReason(ctx, c, "false", func(i incident.Incident, why string) (incident.Incident, error) {
		if !t.mayEnd(i) {
			return i, errRights
		}
		return i.FalseAlarm(why, t.act())
	})
}

func reopenIncident(ctx context.Context, t *turn, c call) error {
	return t.withReason(ctx, c, "reopen", func(i incident.Incident, why string) (incident.Incident, error) { return i.Reopen(why, t.act()) })
}

func (t *turn) withReason(ctx context.Context, c call, step string, decide decision) error {
	i, rest, ok, err := t.incidentFor(ctx, c)
	if err != nil || !ok {
		return err
	}
	next, err := decide(i, rest)
	if errors.Is(err, incident.ErrReason) {
		t.reply(messages.IncidentReason{ID: string(i.ID), What: reasons[step]})
		return t.ask(Dialog{Ask: "lydo", Data: map[string]string{"id": string(i.ID), "step": step}})
	}
	if err != nil {
		return t.refuseIncident(i, err)
	}
	t.done()
	return t.settleIncident(ctx, call{}, reasons[step], next)
}

// answerReason takes the sentence that was asked for.
func answerReason(ctx context.Context, t *turn, c call) error {
	if !t.addressed() {
		return nil
	}
	again := call{arg: c.arg, act: Action{Args: []string{t.asked.Data["id"]}}}
	if t.asked.Data["step"] == "reopen" {
		return reopenIncident(ctx, t, again)
	}
	return falseAlarm(ctx, t, again)
}

// addressed reports whether a message without a command is meant for the bot:
// always in private, in a group when it answers the bot or the platform delivers nothing else.
func (t *turn) addressed() bool {
	return t.u.Kind == chat.Private || t.caps(t.u.To).Mention || t.u.ReplyTo != nil && t.u.ReplyTo.FromBot
}

// updateIncident puts words and evidence on the timeline; what is sent about a
// merged incident goes on where it was merged into.
func updateIncident(ctx context.Context, t *turn, c call) error {
	i, rest, ok, err := t.incidentFor(ctx, c)
	if err != nil || !ok {
		return err
	}
	into := ""
	for n := 0; i.MergedInto != "" && n < 5; n++ {
		into = string(i.ID)
		if ok, err := t.get(ctx, incidentRef(i.MergedInto), &i); err != nil || !ok {
			return err
		}
	}
	next := i
	if rest != "" {
		if next, err = i.Update(rest, t.act()); err != nil {
			return t.refuseIncident(i, err)
		}
	}
	next, shown, err := t.withEvidence(next)
	if err != nil {
		return t.refuseIncident(i, err)
	}
	if rest == "" && !shown {
		return t.refuseIncident(i, incident.ErrEmpty)
	}
	t.note("incident.updated", incidentRef(next.ID), next.Unit)
	if next, err = t.saveIncident(ctx, next); err != nil {
		return err
	}
	t.reply(messages.IncidentChanged{ID: string(next.ID), State: stateWord(next), At: t.now, Into: into, Added: true, Shown: shown, Drill: next.Drill})
	return t.refreshIncident(ctx, next)
}

// refuseIncident answers each refusal with its own sentence.
func (t *turn) refuseIncident(i incident.Incident, err error) error {
	var r *incident.RefusedError
	m := messages.IncidentRefused{ID: string(i.ID), Why: "order"}
	if errors.As(err, &r) {
		m.By, m.At, m.Into = t.memberName(r.By), r.At, string(r.Into)
	}
	for _, f := range []struct {
		err error
		why string
	}{
		{incident.ErrAcked, "acked"}, {incident.ErrTaken, "taken"}, {incident.ErrResolved, "resolved"}, {incident.ErrClosed, "closed"},
		{incident.ErrMerged, "merged"}, {incident.ErrOpen, "open"}, {incident.ErrReason, "reason"}, {incident.ErrDone, "done"}, {errRights, "rights"},
	} {
		if errors.Is(err, f.err) {
			m.Why = f.why
			t.reply(m)
			return nil
		}
	}
	switch {
	case errors.Is(err, incident.ErrEmpty):
		t.reply(messages.Usage{What: t.label("say.updateempty"), Example: "/capnhat " + string(i.ID) + " đã ngắt mạng"})
	case errors.Is(err, errPerson):
		t.reply(messages.Usage{What: t.label("say.noperson"), Example: "/giao " + string(i.ID) + " Nguyễn Văn An"})
	case errors.Is(err, incident.ErrUnknown), errors.Is(err, incident.ErrSelf), errors.Is(err, incident.ErrFuture):
		t.reply(m)
	default:
		return fmt.Errorf("change incident %s: %w", i.ID, err)
	}
	return nil
}

// setKind and setLevel take the new value from the words, or offer the choices.
func setKind(ctx context.Context, t *turn, c call) error { return t.setBy(ctx, c, "kind") }

func setLevel(ctx context.Context, t *turn, c call) error { return t.setBy(ctx, c, "level") }

func (t *turn) setBy(ctx context.Context, c call, what string) error {
	i, rest, ok, err := t.incidentFor(ctx, c)
	if err != nil || !ok {
		return err
	}
	if n := c.act.Arg(1); n != "" {
		rest = pickItem(t.incidentLabels(what), n)
	}
	rest = pickItem(t.incidentLabels(what), rest)
	next, err := t.setTo(i, what, rest)
	if errors.Is(err, incident.ErrUnknown) {
		m := messages.IncidentChoose{ID: string(i.ID), What: what, Now: t.kindLabel(i), Items: t.incidentLabels(what)}
		if what == "level" {
			m.Now = "mức " + t.b.Rules.LevelLabel(i.Level)
		}
		t.reply(m, t.choices(m.Items, what, string(i.ID))...)
		return t.ask(Dialog{Ask: "chon", Data: map[string]string{"id": string(i.ID), "what": what}})
	}
	if err != nil {
		return t.refuseIncident(i, err)
	}
	t.done()
	if what == "kind" {
		if next, err = t.prepareHour(ctx, next); err != nil {
			return err
		}
	}
	t.note("incident."+what, incidentRef(i.ID), i.Unit)
	if next, err = t.saveIncident(ctx, next); err != nil {
		return err
	}
	t.reply(messages.IncidentChanged{ID: string(next.ID), At: t.now, Kind: t.kindLabel(next), Level: t.b.Rules.LevelLabel(next.Level), Drill: next.Drill})
	return t.refreshIncident(ctx, next)
}

func (t *turn) setTo(i incident.Incident, what, text string) (incident.Incident, error) {
	if what == "level" {
		l, ok := t.b.Rules.FindLevel(text)
		if !ok {
			return i, incident.ErrUnknown
		}
		return i.SetLevel(l, t.act())
	}
	code, ok := t.b.Rules.FindKind(text)
	if !ok {
		return i, incident.ErrUnknown
	}
	return i.SetKind(code, t.b.Rules, t.act())
}

func (t *turn) incidentLabels(what string) []string {
	var out []string
	if what == "level" {
		for _, l := range t.b.Rules.Levels {
			out = append(out, l.Label)
		}
		return out
	}
	for _, k := range t.b.Rules.Kinds {
		out = append(out, k.Label)
	}
	return out
}

// answerChoice takes a number or words for the kind or level that was asked for.
func answerChoice(ctx context.Context, t *turn, c call) error {
	text := strings.TrimSpace(c.arg)
	if pickItem(t.incidentLabels(t.asked.Data["what"]), text) == text && !t.addressed() {
		return nil // talk among people
	}
	return t.setBy(ctx, call{arg: text, act: Action{Args: []string{t.asked.Data["id"]}}}, t.asked.Data["what"])
}
