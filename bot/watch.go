package bot

import (
	"context"
	"encoding/json"
	"fmt"

	"trucban/internal/team"
)

// LeadersRooms lists the leaders' chats of the organisation's root, or of the first
// units that have any: who is told when the bot itself cannot speak.
func LeadersRooms(ctx context.Context, s Store) ([]Room, error) {
	docs, err := s.Load(ctx, townRef)
	if err != nil {
		return nil, fmt.Errorf("load the organisation: %w", err)
	}
	town := EmptyTown()
	if len(docs[0].Data) > 0 {
		if err := json.Unmarshal(docs[0].Data, town); err != nil {
			return nil, fmt.Errorf("decode the organisation: %w", err)
		}
	}
	town.Org.Index()
	units := []team.UnitID{town.Org.Root()}
	for _, u := range town.Org.Units {
		units = append(units, u.ID)
	}
	for _, u := range units {
		docs, err := s.Load(ctx, roomsRef(u))
		if err != nil {
			return nil, fmt.Errorf("load the chats of %s: %w", u, err)
		}
		var all, out []Room
		if len(docs[0].Data) > 0 {
			if err := json.Unmarshal(docs[0].Data, &all); err != nil {
				return nil, fmt.Errorf("decode the chats of %s: %w", u, err)
			}
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
