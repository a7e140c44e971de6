package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"trucban/bot"
	"trucban/internal/chat"
	"trucban/internal/chat/telegram"
)

// menuDoor is a platform that shows a menu of commands.
type menuDoor interface {
	Name() chat.Name
	SetMenu(ctx context.Context, m bot.Menu) error
}

// errMenuRefused means that the platform will never take this menu.
var errMenuRefused = errors.New("the menu is refused")

// telegramMenus is the menu of the Telegram door.
type telegramMenus struct{ *telegram.Bot }

// SetMenu implements menuDoor.
func (t telegramMenus) SetMenu(ctx context.Context, m bot.Menu) error {
	scope := telegram.Scope{Kind: telegram.ScopeAnyone}
	switch m.For {
	case bot.ForGroups:
		scope.Kind = telegram.ScopeGroups
	case bot.ForPrivate:
		scope = telegram.Scope{Kind: telegram.ScopeChat, Chat: m.Chat}
	}
	commands := make([]telegram.Command, 0, len(m.Commands))
	for _, c := range m.Commands {
		commands = append(commands, telegram.Command{Name: c.Name, Description: c.About})
	}
	err := t.SetCommands(ctx, scope, m.Lang, commands)
	var api *telegram.APIError
	if errors.As(err, &api) && (api.Code == 400 || api.Code == 403) && api.RetryAfter == 0 {
		return errors.Join(errMenuRefused, err)
	}
	return err
}

// menuEvery is how soon a change of roles shows in the menus; menuBatch bounds how
// many are set before they are noted, which writes all of them.
const (
	menuEvery = 30 * time.Second
	menuBatch = 500
)

// setMenus brings the menus of a platform up to date. It never keeps the program
// from starting: what cannot be set now is set at the next look.
func (a *App) setMenus(ctx context.Context, d menuDoor) error {
	menus, err := a.bot.Menus(ctx, d.Name())
	if err != nil {
		return fmt.Errorf("look at the menus: %w", err)
	}
	for len(menus) > 0 {
		n := min(menuBatch, len(menus))
		done, fault := 0, error(nil)
		for _, m := range menus[:n] {
			if fault = d.SetMenu(ctx, m); fault != nil && !errors.Is(fault, errMenuRefused) {
				break
			}
			done, fault = done+1, nil // a chat that is gone needs no menu
		}
		if done > 0 {
			if err := a.bot.MenusSet(ctx, d.Name(), menus[:done]); err != nil {
				return fmt.Errorf("note the menus: %w", err)
			}
		}
		if fault != nil {
			return fmt.Errorf("set the menus: %w", fault)
		}
		menus = menus[n:]
	}
	return nil
}

// keepMenus looks at the menus now and then; the log has the first failure of a row.
func (a *App) keepMenus(d menuDoor) func(context.Context) {
	failed := false
	return func(ctx context.Context) {
		err := a.setMenus(ctx, d)
		if err != nil && ctx.Err() == nil && !failed {
			a.parts.Log.Warn().Err(err).Str("platform", string(d.Name())).Msg("the menus are set later")
		}
		failed = err != nil
	}
}
