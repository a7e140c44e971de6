package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"time"

	"trucban/bot"
	"trucban/internal/team"
	"trucban/internal/web"
)

// boardKey is how many random bytes sign links where the settings name no key.
const boardKey = 32

// boardAt says where the board is reached and what signs its links.
type boardAt struct {
	base  string // address people reach it by; "": there is no board
	key   []byte // empty: the store keeps one for all replicas
	token string // of the Telegram bot, to check Mini App data with; "": no Mini App
}

// boardPages adds the board to a server's options and hands out its links from now on.
func (a *App) boardPages(ctx context.Context, at boardAt, o web.Options) (*web.Server, error) {
	key := at.key
	if len(key) == 0 {
		fresh := make([]byte, boardKey)
		if _, err := rand.Read(fresh); err != nil {
			return nil, fmt.Errorf("make the board's key: %w", err)
		}
		var err error
		if key, err = a.db.Secret(ctx, "board", fresh); err != nil {
			return nil, fmt.Errorf("read the board's key: %w", err)
		}
	}
	b := newBoard(a)
	o.Now, o.Base, o.Secret, o.Board, o.Once, o.Texts = a.clock.Now, at.base, key, b, a.db, a.bot.Texts
	if at.token != "" {
		o.MiniApp = &web.MiniApp{Token: at.token, Who: b.Who}
	}
	pages, err := web.New(o)
	if err != nil {
		return nil, fmt.Errorf("make the board: %w", err)
	}
	a.pages.Store(pages)
	return pages, nil
}

// boardLink is the address that opens the board for a person, once.
func (a *App) boardLink(m team.MemberID) (string, error) {
	if a.parts.BoardLink != nil {
		return a.parts.BoardLink(m), nil
	}
	pages := a.pages.Load()
	if pages == nil {
		return "", bot.ErrNoBoard
	}
	link, err := pages.Link(string(m))
	if err != nil {
		return "", fmt.Errorf("sign a link: %w", err)
	}
	return link, nil
}

// boardRetry is how long is waited for the store before the board's key is asked for again.
const boardRetry = 5 * time.Second

// withBoard serves what plain has until the board can be opened, which needs the
// store once, and everything from then on.
func (a *App) withBoard(ctx context.Context, at boardAt, o web.Options, plain http.Handler) http.Handler {
	if at.base == "" {
		return plain
	}
	go func() {
		for ctx.Err() == nil {
			_, err := a.boardPages(ctx, at, o)
			if err == nil {
				return
			}
			a.parts.Log.Warn().Err(err).Msg("the board is not open yet")
			t := time.NewTimer(boardRetry)
			select {
			case <-ctx.Done():
			case <-t.C:
			}
			t.Stop()
		}
	}()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if pages := a.pages.Load(); pages != nil {
			pages.ServeHTTP(w, r)
			return
		}
		plain.ServeHTTP(w, r)
	})
}
