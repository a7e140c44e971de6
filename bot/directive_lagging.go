package bot

import (
	"context"
	"fmt"
	"slices"
	"time"

	"trucban/internal/chat"
	"trucban/internal/checklist"
	"trucban/internal/outbox"
	"trucban/internal/team"
	"trucban/messages"
)

// laggingNamed is how many units are named in one word to the leaders; the others are counted.
const laggingNamed = 10

// laggingRef holds which units one word to the leaders was about.
func laggingRef(r checklist.Run, e checklist.Effect, leaders team.UnitID) Ref {
	return Ref{"lagging", fmt.Sprintf("%s/%s/%s/%d", r.Directive, leaders, e.Kind, e.Planned.UnixMilli())}
}

// laggingTogether tells the leaders in one word of all units that are called to them for one
// directive at one moment: a province has hundreds. Whichever run comes first speaks for all; done is
// true when this run needs no word of its own.
func (t *turn) laggingTogether(ctx context.Context, r checklist.Run, e checklist.Effect) (done bool, err error) {
	if e.To != checklist.ToLeaders || e.Kind != checklist.RemindTasks && e.Kind != checklist.RemindReceipt {
		return false, nil
	}
	rooms, err := t.roomsAbove(ctx, r.Unit, ForLeaders)
	if err != nil || len(rooms) == 0 {
		return false, err
	}
	ref := laggingRef(r, e, rooms[0].Unit)
	var told []team.UnitID
	if ok, err := t.get(ctx, ref, &told); err != nil || ok {
		return slices.Contains(told, r.Unit), err
	}
	units, m, err := t.lagging(ctx, r, e, rooms[0].Unit)
	if err != nil {
		return false, err
	}
	// Written even for one alone: where another run has spoken meanwhile, this is a conflict and decided again.
	if err := t.put(ref, units, Doc{TTL: 7 * 24 * time.Hour}); err != nil || len(units) < 2 {
		return false, err
	}
	for _, room := range rooms {
		t.send(outbox.Item{
			To: room.Addr, Kind: room.Kind, Class: outbox.Reminder, NotAfter: e.Until, About: "đôn đốc nhiệm vụ", Message: chat.Message{Text: t.text(m)},
		})
	}
	return true, nil
}

// lagging are the units of the same directive that are called to the same leaders at the same moment, r's among them.
func (t *turn) lagging(ctx context.Context, r checklist.Run, e checklist.Effect, leaders team.UnitID) ([]team.UnitID, messages.TasksLagging, error) {
	m := messages.TasksLagging{ID: r.Directive, Title: r.Title, Over: e.Overdue, Receipt: e.Kind == checklist.RemindReceipt}
	if err := t.loadRooms(ctx); err != nil {
		return nil, m, err
	}
	found, err := t.find(ctx, Range{Index: directiveIndex(r.Directive), To: maxScore})
	if err != nil {
		return nil, m, err
	}
	var units []team.UnitID
	for _, ref := range found {
		var peer checklist.Run
		if ref.Kind != "run" { // the directive stands there as well
			continue
		}
		if _, err := t.read(ref, &peer); err != nil {
			return nil, m, err
		}
		if peer.Unit == r.Unit {
			peer = r // this turn has taken its step already
		} else if !t.lags(peer, e) {
			continue
		}
		rooms, err := t.roomsAbove(ctx, peer.Unit, ForLeaders)
		if err != nil {
			return nil, m, err
		}
		if len(rooms) == 0 || rooms[0].Unit != leaders {
			continue
		}
		units = append(units, peer.Unit)
		if len(m.Units) < laggingNamed {
			m.Units = append(m.Units, t.unitLabel(peer.Unit))
		}
	}
	m.Total, m.More = len(units), len(units)-len(m.Units)
	return units, m, nil
}

// lags reports whether the run's own step says the same at the same moment.
func (t *turn) lags(r checklist.Run, e checklist.Effect) bool {
	_, effects, _ := r.Step(t.now, t.town.Tasks, nil)
	return slices.ContainsFunc(effects, func(o checklist.Effect) bool {
		return o.Kind == e.Kind && o.To == e.To && o.Overdue == e.Overdue && o.Planned.Equal(e.Planned)
	})
}

// loadRooms reads the rooms of all units in one round trip.
func (t *turn) loadRooms(ctx context.Context) error {
	refs := make([]Ref, len(t.town.Org.Units))
	for i, u := range t.town.Org.Units {
		refs[i] = roomsRef(u.ID)
	}
	return t.load(ctx, refs...)
}
