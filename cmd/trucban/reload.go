package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/rs/zerolog"
)

// reload applies the organisation file again at SIGHUP, until ctx ends. A file
// with a fault is rejected whole and the one in force stays.
func reload(ctx context.Context, path string, a *App, log zerolog.Logger) {
	if path == "" {
		return
	}
	hup := make(chan os.Signal, 1)
	signal.Notify(hup, syscall.SIGHUP)
	defer signal.Stop(hup)
	for {
		select {
		case <-ctx.Done():
			return
		case <-hup:
		}
		setup, err := readTown(path)
		if err == nil {
			err = a.bot.Apply(ctx, setup)
		}
		if err != nil {
			log.Error().Err(err).Msg("the organisation file was not applied; the one in force stays")
			continue
		}
		log.Info().Int("units", len(setup.Town.Org.Units)).Int("people", len(setup.Town.Org.Members)).Int("shifts", len(setup.Shifts)).Msg("the organisation file is applied")
	}
}
