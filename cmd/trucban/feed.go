package main

import (
	"context"
	"errors"

	"trucban/bot"
	"trucban/internal/report"
	"trucban/internal/web"
)

// feedLink is the address of the calendar with the secret.
func (a *App) feedLink(token string) (string, error) {
	switch {
	case a.parts.FeedLink != nil:
		return a.parts.FeedLink(token), nil
	case a.parts.Front == nil || a.parts.Front.board.base == "":
		return "", bot.ErrNoBoard
	}
	return web.FeedAddress(a.parts.Front.board.base, token), nil
}

// feed makes the calendar behind a secret.
func (a *App) feed(ctx context.Context, token string) ([]byte, bool, error) {
	c, err := a.bot.Calendar(ctx, token)
	if errors.Is(err, bot.ErrNoFeed) {
		return nil, false, nil
	}
	if err != nil {
		a.parts.Log.Warn().Err(err).Msg("a calendar is not served")
		return nil, false, err
	}
	in := report.Feed{Name: c.Name, Scope: a.parts.Namespace + " " + c.Of.String()}
	if f := a.parts.Front; f != nil {
		in.Scope = f.board.base + " " + in.Scope
	}
	for _, e := range c.Events {
		in.Events = append(in.Events, report.FeedEvent{
			Key: e.Key, Start: e.Start, End: e.End, Summary: e.Summary, Place: e.Place, Text: e.Text, Changed: e.Changed, Cancelled: e.Cancelled,
		})
	}
	return report.ICalendar(in), true, nil
}
