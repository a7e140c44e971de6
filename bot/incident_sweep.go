package bot

import (
	"context"
	"fmt"
	"time"

	"trucban/internal/chat"
	"trucban/internal/incident"
	"trucban/internal/outbox"
	"trucban/messages"
)

// sweepGrace is how long an incident may be late before the sweep takes it for forgotten.
const sweepGrace = 5 * time.Minute

// SweepIncidents looks at every open incident apart from the alarm clock, and
// raises those that have no next moment or whose moment passed unnoticed: what
// is due is done, the next moment is named, and the desk is told. It returns how many it raised.
func (b *Bot) SweepIncidents(ctx context.Context) (int, error) {
	t, err := b.aside(ctx, "sweep")
	if err != nil {
		return 0, err
	}
	open, err := t.incidentsOf(ctx, "incident/open", time.Time{}, "")
	if err != nil {
		return 0, err
	}
	raised := 0
	for _, id := range incident.Stuck(open, t.now, sweepGrace) {
		if err := b.repeat(ctx, func(ctx context.Context) error { return b.raise(ctx, id) }); err != nil {
			return raised, fmt.Errorf("raise incident %s: %w", id, err)
		}
		raised++
	}
	return raised, nil
}

func (b *Bot) raise(ctx context.Context, id incident.ID) error {
	t, err := b.aside(ctx, "sweep:"+string(id))
	if err != nil {
		return err
	}
	var i incident.Incident
	ok, err := t.get(ctx, incidentRef(id), &i)
	if err != nil || !ok || len(incident.Stuck([]incident.Incident{i}, t.now, sweepGrace)) == 0 {
		return err // somebody else dealt with it meanwhile
	}
	since := i.Next
	if since.IsZero() {
		since = i.Touched
	}
	t.cause = fmt.Sprintf("sweep:%s@%d", id, since.UnixMilli())
	b.Log.Error().Str("incident", string(id)).Time("since", since).Msg("an open incident had no next step and is raised")
	t.note("incident.raised", incidentRef(id), i.Unit)
	next, err := t.saveIncident(ctx, i)
	if err != nil {
		return err
	}
	msg := chat.Message{Text: t.text(messages.IncidentStuck{ID: string(id), Unit: t.unitName(i.Unit), Since: since, Drill: i.Drill}), Buttons: t.incidentButtons(next)}
	if err := t.tellDesk(ctx, i.Unit, outbox.Missed, msg, "sự cố thiếu bước tiếp theo"); err != nil {
		return err
	}
	if err := t.refreshIncident(ctx, next); err != nil {
		return err
	}
	return t.commit(ctx)
}
