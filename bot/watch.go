package bot

import (
	"context"

	"trucban/internal/team"
)

// LeadersRooms lists the leaders' chats of the organisation's root, or of the first
// units that have any: who is told when the bot itself cannot speak.
func LeadersRooms(ctx context.Context, s Store) ([]Room, error) {
	town := EmptyTown()
	if err := loadInto(ctx, s, townRef, town); err != nil {
		return nil, err
	}
	town.Org.Index()
	units := []team.UnitID{town.Org.Root()}
	for _, u := range town.Org.Units {
		units = append(units, u.ID)
	}
	for _, u := range units {
		var all, out []Room
		if err := loadInto(ctx, s, roomsRef(u), &all); err != nil {
			return nil, err
		}
		for _, r := range all {
			if r.Purpose == ForLeaders {
				out = append(out, r)
			}
		}
		if len(out) > 0 {
			return out, nil
		}
	}
	return nil, nil
}
