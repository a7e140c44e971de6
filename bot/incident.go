package bot

import (
	"context"
	"time"

	"trucban/internal/checkin"
	"trucban/internal/incident"
	"trucban/internal/roster"
	"trucban/internal/team"
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
		var err error
		if next, err = t.incidentEffect(ctx, next, e); err != nil {
			return next, err
		}
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

// act is who does something now, as the incident records it.
func (t *turn) act() incident.Act {
	return incident.Act{By: t.me.ID, At: t.now, From: t.u.To.Key()}
}

// mayTouch: an incident concerns the units that reported it and everybody above them.
func (t *turn) mayTouch(i incident.Incident) bool {
	if t.me.Unit == i.Unit || t.town.Org.May(t.me, team.LevelHead, i.Unit) {
		return true
	}
	for _, r := range i.Reporters {
		if t.me.Unit == r.Unit {
			return true
		}
	}
	return false
}

// mayEnd: whoever reported or has the incident, and the head and everybody above, say how it ends.
func (t *turn) mayEnd(i incident.Incident) bool {
	switch t.me.ID {
	case i.Reporter, i.AckedBy, i.Handler:
		return true
	}
	return t.town.Org.May(t.me, team.LevelHead, i.Unit)
}

// onDutyFor lists the watches of shifts that are on now in the unit or above it, the unit's own first.
func (t *turn) onDutyFor(ctx context.Context, unit team.UnitID) ([]checkin.Watch, error) {
	all, err := t.watches(ctx, "watch/end", t.now, t.now.Add(longestShift))
	if err != nil {
		return nil, err
	}
	var own, above []checkin.Watch
	for _, w := range all {
		switch {
		case !w.Shift.Covers(t.now) || !t.town.Org.Within(unit, w.Shift.Unit):
		case w.Shift.Unit == unit:
			own = append(own, w)
		default:
			above = append(above, w)
		}
	}
	return append(own, above...), nil
}

// leadersOnDuty are the people at the leader's post of the shifts that are on in the unit or above it.
func (t *turn) leadersOnDuty(ctx context.Context, unit team.UnitID) ([]team.MemberID, error) {
	on, err := t.onDutyFor(ctx, unit)
	if err != nil {
		return nil, err
	}
	var out []team.MemberID
	for _, w := range on {
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

// incidentsOf reads the incidents of an index reported since from whose unit lies
// in the sender's scope, newest first.
func (t *turn) incidentsOf(ctx context.Context, index string, from time.Time, scope team.UnitID) ([]incident.Incident, error) {
	r := Range{Index: index, To: maxScore, Desc: true, Limit: 5000}
	if !from.IsZero() {
		r.From = from.UnixMilli()
	}
	refs, err := t.find(ctx, r)
	if err != nil {
		return nil, err
	}
	var out []incident.Incident
	for _, ref := range refs {
		var i incident.Incident
		if ok, err := t.read(ref, &i); err != nil {
			return nil, err
		} else if ok && t.town.Org.Within(i.Unit, scope) {
			out = append(out, i)
		}
	}
	return out, nil
}
