package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"time"

	"trucban/bot"
	"trucban/internal/calendar"
	"trucban/internal/chat"
	"trucban/internal/chat/local"
	"trucban/internal/team"
)

// issue has somebody at the desk hand in each dispatch at eight in the morning and issue it as it was
// read, in the same words as in service.
func (r rehearsal) issue(ctx context.Context, st *stage, doors []stageDoor) error {
	if len(r.dispatches) == 0 {
		return nil
	}
	door, who, err := r.desk(doors)
	if err != nil {
		return usageError{err}
	}
	if morning := calendar.DateOf(r.from).Midnight().Add(8 * time.Hour); morning.Before(r.to) {
		if err := st.AdvanceTo(ctx, morning); err != nil {
			return err
		}
	}
	for i, path := range r.dispatches {
		data, err := os.ReadFile(path)
		if err != nil {
			return fmt.Errorf("read the dispatch: %w", err)
		}
		handed, err := door.Upload(who, who, local.Attachment{Name: filepath.Base(path), Data: data, Caption: "/vanban"})
		if err != nil {
			return fmt.Errorf("hand in %s: %w", filepath.Base(path), err)
		}
		said, err := door.Say(who, who, "ban hành")
		if err != nil {
			return fmt.Errorf("issue %s: %w", filepath.Base(path), err)
		}
		for _, u := range []chat.Update{handed, said} {
			if err := st.Handle(ctx, u); err != nil {
				return err
			}
			if err := st.Settle(ctx); err != nil {
				return err
			}
		}
		issued, err := st.app.store.Find(ctx, bot.Range{Index: "directive/issued", To: math.MaxInt64})
		if err != nil {
			return fmt.Errorf("look for the directive: %w", err)
		}
		if len(issued) <= len(r.setup.Work.Directives)+i {
			return usageError{fmt.Errorf("%s was not issued; what the desk was told: trucban dispatch %s", path, path)}
		}
	}
	return nil
}

// desk is somebody who may issue directives, at a platform that is played.
func (r rehearsal) desk(doors []stageDoor) (*stageDoor, string, error) {
	for _, m := range r.setup.Town.Org.Members {
		if !m.Has(team.RoleDesk) && !m.Has(team.RoleOwner) {
			continue
		}
		for _, d := range r.setup.Doors[m.ID] {
			for i := range doors {
				if doors[i].Name() == d.Addr.Platform {
					return &doors[i], d.Addr.Chat, nil
				}
			}
		}
	}
	return nil, "", errors.New("nobody at the desk (role desk) has an account, so no directive can be issued")
}
