package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"trucban/internal/checkin"
	"trucban/internal/checklist"
	"trucban/internal/roster"
	"trucban/internal/team"
)

// InForce reads the organisation as it stands: the tree and its policies, the chats,
// everybody's accounts, and the shifts of the organisation file that are not over.
// Shifts that came in another way are not the file's and are left out.
func InForce(ctx context.Context, s Store, now time.Time) (Setup, error) {
	return inForce(ctx, s, now, func(sh roster.Shift) bool { return sh.Origin == roster.OriginFile })
}

// InService reads what InForce does, with the shifts whichever way they came in and the open
// directives with what became of them: what a rehearsal of the coming days begins with.
func InService(ctx context.Context, s Store, now time.Time) (Setup, error) {
	out, err := inForce(ctx, s, now, func(roster.Shift) bool { return true })
	if err != nil {
		return out, err
	}
	if out.Work.Directives, err = found[checklist.Directive](ctx, s, "directive/"+string(checklist.Issued)); err != nil {
		return out, err
	}
	out.Work.Runs, err = found[checklist.Run](ctx, s, "run/open")
	return out, err
}

// found decodes every document of an index.
func found[T any](ctx context.Context, s Store, index string) ([]T, error) {
	docs, err := s.Find(ctx, Range{Index: index, To: maxScore})
	if err != nil {
		return nil, fmt.Errorf("find in %s: %w", index, err)
	}
	out := make([]T, 0, len(docs))
	for _, d := range docs {
		var v T
		if len(d.Data) == 0 {
			continue
		}
		if err := json.Unmarshal(d.Data, &v); err != nil {
			return nil, fmt.Errorf("decode %s: %w", d.Ref, err)
		}
		out = append(out, v)
	}
	return out, nil
}

func inForce(ctx context.Context, s Store, now time.Time, wanted func(roster.Shift) bool) (Setup, error) {
	out := Setup{Doors: map[team.MemberID][]Door{}}
	town := EmptyTown()
	if err := loadInto(ctx, s, townRef, town); err != nil {
		return out, err
	}
	town.Org.Index()
	out.Town = *town
	for _, u := range town.Org.Units {
		var rooms []Room
		if err := loadInto(ctx, s, roomsRef(u.ID), &rooms); err != nil {
			return out, err
		}
		out.Rooms = append(out.Rooms, rooms...)
	}
	for _, m := range town.Org.Members {
		var r Reach
		if err := loadInto(ctx, s, reachRef(m.ID), &r); err != nil {
			return out, err
		}
		if len(r.Doors) > 0 {
			out.Doors[m.ID] = r.Doors
		}
	}
	docs, err := s.Find(ctx, Range{Index: "watch/end", From: now.UnixMilli() + 1, To: maxScore})
	if err != nil {
		return out, fmt.Errorf("find the shifts: %w", err)
	}
	for _, d := range docs {
		var w checkin.Watch
		if len(d.Data) == 0 {
			continue
		}
		if err := json.Unmarshal(d.Data, &w); err != nil {
			return out, fmt.Errorf("decode %s: %w", d.Ref, err)
		}
		if wanted(w.Shift) {
			out.Shifts = append(out.Shifts, w.Shift)
		}
	}
	return out, nil
}

// loadInto decodes one document; an absent one leaves v as it is.
func loadInto(ctx context.Context, s Store, r Ref, v any) error {
	docs, err := s.Load(ctx, r)
	if err != nil {
		return fmt.Errorf("load %s: %w", r, err)
	}
	if len(docs[0].Data) == 0 {
		return nil
	}
	if err := json.Unmarshal(docs[0].Data, v); err != nil {
		return fmt.Errorf("decode %s: %w", r, err)
	}
	return nil
}
