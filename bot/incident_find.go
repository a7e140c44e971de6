package bot

import (
	"context"
	"strings"

	"trucban/internal/chat"
	"trucban/internal/incident"
	"trucban/messages"
)

// incidentFor finds the incident meant: the button's, the one named, the card
// answered, or the newest open one of the sender's scope. When there is none it
// answers and reports false.
func (t *turn) incidentFor(ctx context.Context, c call) (incident.Incident, string, bool, error) {
	rest := strings.TrimSpace(c.arg)
	id := incident.ID(c.act.Arg(0))
	if id == "" {
		if found, ok := incident.FindID(rest, t.now); ok {
			id = found
			rest = t.afterID(rest)
		} else if ref, ok, err := t.subject(ctx); err != nil {
			return incident.Incident{}, "", false, err
		} else if ok && ref.Kind == "incident" {
			id = incident.ID(ref.ID)
		}
	}
	if id != "" {
		i, ok, err := t.incident(ctx, id)
		return i, rest, ok, err
	}
	open, err := t.incidentsOf(ctx, "incident/open", t.now.AddDate(-1, 0, 0), "")
	if err != nil {
		return incident.Incident{}, "", false, err
	}
	for _, i := range open {
		if t.mayTouch(i) {
			return i, rest, true, nil
		}
	}
	t.reply(messages.IncidentRefused{Why: "noneopen"})
	return incident.Incident{}, "", false, nil
}

// incident reads one the sender may see; otherwise it answers as if there were none.
func (t *turn) incident(ctx context.Context, id incident.ID) (incident.Incident, bool, error) {
	var i incident.Incident
	ok, err := t.get(ctx, incidentRef(id), &i)
	if err == nil && (!ok || !t.mayTouch(i)) {
		t.reply(messages.IncidentRefused{Why: "none", ID: string(id)})
		ok = false
	}
	return i, ok, err
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

// subject is what the message answered is about, when it is one of our cards.
// Cards beside the main one are named "incident:SC-2027-0001/hour".
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
	if kind == "incident" {
		id, _, _ = strings.Cut(id, "/")
	}
	return Ref{kind, id}, ok, nil
}

// besideCard is the key of a card beside an incident's main one.
func besideCard(id incident.ID, part string) string { return cardOf(incidentRef(id)) + "/" + part }

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
