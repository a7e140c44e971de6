package bot

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"time"

	"trucban/internal/checkin"
	"trucban/internal/checklist"
	"trucban/internal/roster"
	"trucban/internal/team"
)

// Setup is an organisation to be applied: the tree, its policies, and the chats,
// accounts and shifts that are known beforehand.
type Setup struct {
	Town   Town
	Rooms  []Room
	Doors  map[team.MemberID][]Door
	Shifts []roster.Shift
	// Work is what is under way at the beginning, for a rehearsal; an organisation file has none.
	Work Work
}

// Work is what directives ask for and what became of it.
type Work struct {
	Directives []checklist.Directive
	Runs       []checklist.Run // of these directives
}

// Apply makes the organisation the one in force. What was set up in chat stays:
// rooms and accounts are added, not replaced; shifts are added, changed and, when
// they came from an earlier set-up and have not begun, removed. The revision is
// written last, so that a crash in between applies it again from the start. A file
// that was applied before is passed over, so that a restart does not undo what was
// changed in chat since.
func (b *Bot) Apply(ctx context.Context, s Setup) error {
	t, err := b.aside(ctx, "apply:"+s.Town.Rev)
	if err != nil {
		return err
	}
	if t.town.File == s.Town.Rev && s.Town.Rev != "" {
		return nil
	}
	town := s.Town
	town.File = town.Rev
	town.Org.Index()
	for _, step := range []func(context.Context, *Town, Setup) error{b.applyRooms, b.applyDoors, b.applyPolicies, b.applyShifts, b.applyBase, b.applyWork, b.applyPlans} {
		if err := step(ctx, &town, s); err != nil {
			return err
		}
	}
	return b.repeat(ctx, func(ctx context.Context) error {
		t, err := b.applying(ctx, &town, "rev")
		if err != nil {
			return err
		}
		if err := t.put(townRef, town, Doc{Version: AnyVersion}); err != nil {
			return err
		}
		if err := t.put(revRef, town.Rev, Doc{Version: AnyVersion}); err != nil {
			return err
		}
		t.note("town.applied", townRef, town.Org.Root())
		return t.commit(ctx)
	})
}

// applying begins a turn that already decides with the new organisation.
func (b *Bot) applying(ctx context.Context, town *Town, part string) (*turn, error) {
	t, err := b.aside(ctx, "apply:"+town.Rev+":"+part)
	if err != nil {
		return nil, err
	}
	t.town = town
	return t, nil
}

// applyPolicies puts the shifts that stand under the policies to come.
func (b *Bot) applyPolicies(ctx context.Context, town *Town, _ Setup) error {
	err := b.repeat(ctx, func(ctx context.Context) error {
		t, err := b.aside(ctx, "apply:"+town.Rev+":policies")
		if err != nil {
			return err
		}
		was := t.town
		if t.town = town; reflect.DeepEqual(was.Whole(), town.Whole()) && reflect.DeepEqual(was.Local, town.Local) {
			return nil
		}
		if err := t.replanWatches(ctx, was); err != nil {
			return err
		}
		return t.commit(ctx)
	})
	if err != nil {
		return fmt.Errorf("apply the policies: %w", err)
	}
	return nil
}

func (b *Bot) applyRooms(ctx context.Context, town *Town, s Setup) error {
	for _, room := range s.Rooms {
		err := b.repeat(ctx, func(ctx context.Context) error {
			t, err := b.applying(ctx, town, "room")
			if err != nil {
				return err
			}
			var have Room
			if ok, err := t.get(ctx, roomRef(room.Addr), &have); err != nil {
				return err
			} else if ok && have == room {
				return nil
			}
			if err := t.bind(ctx, room); err != nil {
				return err
			}
			return t.commit(ctx)
		})
		if err != nil {
			return fmt.Errorf("apply the chat %s: %w", room.Addr.Key(), err)
		}
	}
	return nil
}

func (b *Bot) applyDoors(ctx context.Context, town *Town, s Setup) error {
	for m, doors := range s.Doors {
		err := b.repeat(ctx, func(ctx context.Context) error {
			t, err := b.applying(ctx, town, "door")
			if err != nil {
				return err
			}
			var r Reach
			if _, err := t.get(ctx, reachRef(m), &r); err != nil {
				return err
			}
			for _, d := range doors {
				if _, have := r.door(d.Account); !have {
					r.set(d)
				}
				var had Link
				if ok, err := t.get(ctx, accountRef(d.Account), &had); err != nil {
					return err
				} else if ok && had.Member != m {
					if err := t.dropDoor(ctx, d.Account, had.Member); err != nil {
						return err
					}
				}
				if err := t.put(accountRef(d.Account), Link{Member: m}, linkDoc()); err != nil {
					return err
				}
			}
			if err := t.saveReach(m, r); err != nil {
				return err
			}
			return t.commit(ctx)
		})
		if err != nil {
			return fmt.Errorf("apply the accounts of %s: %w", m, err)
		}
	}
	return nil
}

// applyWork takes up work that is under way; each run is looked at at once.
func (b *Bot) applyWork(ctx context.Context, town *Town, s Setup) error {
	for _, d := range s.Work.Directives {
		err := b.repeat(ctx, func(ctx context.Context) error {
			t, err := b.applying(ctx, town, "work")
			if err != nil {
				return err
			}
			if err := t.load(ctx, directiveRef(d.ID)); err != nil {
				return err
			}
			if err := t.saveDirective(d); err != nil {
				return err
			}
			for _, r := range s.Work.Runs {
				if r.Directive != d.ID {
					continue
				}
				if err := t.load(ctx, runRef(r.ID())); err != nil {
					return err
				}
				if err := t.saveRun(r, t.now); err != nil {
					return err
				}
			}
			return t.commit(ctx)
		})
		if err != nil {
			return fmt.Errorf("apply the directive %s: %w", d.ID, err)
		}
	}
	return nil
}

// shiftBatch bounds how many shifts one commit writes.
const shiftBatch = 200

func (b *Bot) applyShifts(ctx context.Context, town *Town, s Setup) error {
	for batch := range slices.Chunk(s.Shifts, shiftBatch) {
		err := b.repeat(ctx, func(ctx context.Context) error {
			t, err := b.applying(ctx, town, "shifts")
			if err != nil {
				return err
			}
			refs := make([]Ref, len(batch))
			for i, sh := range batch {
				refs[i] = watchRef(sh.ID)
			}
			if err := t.load(ctx, refs...); err != nil {
				return err
			}
			if err := t.loadFeeds(ctx, batch); err != nil {
				return err
			}
			for _, sh := range batch {
				if mine, err := t.imported(sh.ID); err != nil {
					return err
				} else if mine {
					continue
				}
				if err := t.planShift(sh); err != nil {
					return err
				}
			}
			return t.commit(ctx)
		})
		if err != nil {
			return fmt.Errorf("apply shifts: %w", err)
		}
	}
	return b.dropShifts(ctx, town, s.Shifts)
}

// imported reports whether the shift, which must be loaded, came from a roster
// somebody sent since; the organisation file does not overwrite it.
func (t *turn) imported(id roster.ShiftID) (bool, error) {
	var have checkin.Watch
	ok, err := t.read(watchRef(id), &have)
	return ok && have.Shift.Origin == roster.OriginImport, err
}

// planShift puts a shift under watch, or changes the one that is; the document must be loaded.
// A shift that was over before it was known is left out.
func (t *turn) planShift(sh roster.Shift) error {
	var have checkin.Watch
	ok, err := t.read(watchRef(sh.ID), &have)
	sh.Changed = t.now.UTC()
	if ok && sh.Equal(have.Shift) {
		sh.Changed = have.Shift.Changed
	}
	switch {
	case err != nil:
		return err
	case ok:
		if err := t.trace(have.Shift, &sh); err != nil {
			return err
		}
		return t.saveWatch(have.Replan(sh, t.now, t.rule(sh.Unit)))
	case !sh.End.After(t.now):
		return nil
	}
	return t.saveWatch(checkin.Adopt(sh, t.now, t.rule(sh.Unit)))
}

// dropShifts removes the planned shifts of earlier set-ups that the new one does not have.
func (b *Bot) dropShifts(ctx context.Context, town *Town, keep []roster.Shift) error {
	have := make(map[roster.ShiftID]bool, len(keep))
	for _, sh := range keep {
		have[sh.ID] = true
	}
	return b.repeat(ctx, func(ctx context.Context) error {
		t, err := b.applying(ctx, town, "drop")
		if err != nil {
			return err
		}
		all, err := t.watches(ctx, "watch/start", t.now, time.Time{})
		if err != nil {
			return err
		}
		all = slices.DeleteFunc(all, func(w checkin.Watch) bool { return w.Shift.Origin != roster.OriginFile || have[w.Shift.ID] })
		if err := t.loadFeeds(ctx, shiftsOf(all)); err != nil {
			return err
		}
		for _, w := range all {
			if err := t.dropShift(w.Shift); err != nil {
				return err
			}
		}
		return t.commit(ctx)
	})
}

// dropShift takes a shift out of the store and off the clock.
func (t *turn) dropShift(s roster.Shift) error {
	t.drop(watchRef(s.ID))
	t.wake("watch", string(s.ID), time.Time{})
	t.note("shift.removed", watchRef(s.ID), s.Unit)
	return t.trace(s, nil)
}

// applyPlans sets the next summary of every unit that has a leaders' chat.
func (b *Bot) applyPlans(ctx context.Context, town *Town, _ Setup) error {
	return b.repeat(ctx, func(ctx context.Context) error {
		t, err := b.applying(ctx, town, "plans")
		if err != nil {
			return err
		}
		refs := make([]Ref, 0, len(town.Org.Units))
		for _, u := range town.Org.Units {
			refs = append(refs, roomsRef(u.ID), digestRef(u.ID))
		}
		if err := t.load(ctx, refs...); err != nil {
			return err
		}
		for _, u := range town.Org.Units {
			rooms, err := t.rooms(ctx, u.ID, ForLeaders)
			if err != nil {
				return err
			}
			if len(rooms) > 0 {
				if err := t.planDigest(ctx, u.ID); err != nil {
					return err
				}
			}
		}
		if err := t.planPeople(ctx); err != nil {
			return err
		}
		if err := t.replanLookouts(ctx); err != nil {
			return err
		}
		return t.commit(ctx)
	})
}
