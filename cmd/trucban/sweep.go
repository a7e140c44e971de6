package main

import "context"

// maxSwept bounds how many open documents one sweep looks at.
const maxSwept = 100_000

// sweep audits what the alarm clock should know, apart from the code that plans:
// open documents without an alarm get one, open incidents that nothing would look
// at again are raised.
func (a *App) sweep(ctx context.Context) {
	found, err := a.db.Sweep(ctx, maxSwept)
	for _, f := range found {
		a.parts.Log.Error().Str("document", f.Ref.String()).Str("fault", string(f.Fault)).Dur("late", f.Late).Msg("an open document was not looked after")
	}
	if err == nil {
		_, err = a.bot.SweepIncidents(ctx)
	}
	if err != nil && ctx.Err() == nil {
		a.parts.Log.Warn().Err(err).Msg("the sweep was not finished")
	}
}
