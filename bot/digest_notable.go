package bot

import (
	"context"
	"strings"

	"trucban/internal/team"
)

// notable says whether leaders want a summary soon after an event of the audit log.
func notable(what string) bool {
	switch what {
	case "incident.reported", "incident.resolved", "incident.closed", "watch.absent", "window.closed":
		return true
	}
	return strings.HasPrefix(what, "run.") && strings.HasSuffix(what, ".leaders")
}

// notables asks for a summary in every subtree in which something notable happened
// in this turn. Offices without times for summaries get none by events either.
func (t *turn) notables(ctx context.Context) error {
	why := map[team.UnitID]string{}
	var refs []Ref
	for _, e := range t.change.Log {
		if !notable(e.What) {
			continue
		}
		for unit, n := team.UnitID(e.Unit), 0; unit != "" && n <= len(t.town.Org.Units); n++ {
			if _, have := why[unit]; !have {
				why[unit] = e.What
				refs = append(refs, digestRef(unit))
			}
			u, ok := t.town.Org.Unit(unit)
			if !ok {
				break
			}
			unit = u.Parent
		}
	}
	if len(refs) == 0 || len(t.town.Digest) == 0 {
		return nil
	}
	if err := t.load(ctx, refs...); err != nil {
		return err
	}
	for _, ref := range refs {
		p, ok, err := t.digestPlan(ctx, team.UnitID(ref.ID))
		if err != nil {
			return err
		}
		if !ok || !p.Asked.IsZero() {
			continue
		}
		next, _ := p.Notable(t.now, why[p.Scope])
		if err := t.saveDigest(next); err != nil {
			return err
		}
	}
	return nil
}
