package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"

	"trucban/bot"
	"trucban/internal/chat"
	"trucban/internal/chat/telegram"
	"trucban/internal/chat/zalo"
)

type runCmd struct {
	Verbose bool `short:"v" help:"Log more."`
}

// Run is the service: it ends when ctx does.
func (c runCmd) Run(ctx context.Context, s streams) error {
	cfg, err := readConfig(os.Getenv)
	if err != nil {
		return usageError{fmt.Errorf("settings:\n%w", err)}
	}
	level := zerolog.InfoLevel
	if c.Verbose {
		level = zerolog.DebugLevel
	}
	return serve(ctx, cfg, newLog(s.err, level))
}

// serve puts the parts of the service together and runs them.
func serve(ctx context.Context, cfg Config, log zerolog.Logger) error {
	var setup *bot.Setup
	if cfg.Town != "" {
		read, err := readTown(cfg.Town)
		if err != nil {
			return usageError{err}
		}
		setup = &read
	}
	opt, err := redisOptions(string(cfg.RedisURL))
	if err != nil {
		return usageError{err}
	}
	client := redis.NewUniversalClient(opt)
	defer closeQuietly(client, log)
	clock := &lateClock{}
	doors, link, err := openDoors(cfg, clock, log)
	if err != nil {
		return usageError{err}
	}
	app, err := NewApp(Parts{
		Redis: client, Namespace: cfg.Namespace, Doors: doors, Log: log, Link: link, Data: cfg.Data, Setup: setup,
	})
	if err != nil {
		return err
	}
	clock.now = app.clock.Now
	return app.Run(ctx)
}

// openDoors makes the platforms the settings have tokens for.
func openDoors(cfg Config, clock *lateClock, log zerolog.Logger) ([]chat.Platform, func(chat.Name, string) string, error) {
	var doors []chat.Platform
	link := func(chat.Name, string) string { return "" }
	var faults []error
	if cfg.TelegramToken != "" {
		t, err := telegram.New(telegram.Options{Token: string(cfg.TelegramToken), API: cfg.TelegramAPI, Log: log, Now: clock.Now})
		if err != nil {
			faults = append(faults, fmt.Errorf("telegram: %w", err))
		} else {
			doors = append(doors, t)
			link = func(p chat.Name, code string) string {
				if p == telegram.Platform {
					return t.DeepLink(code)
				}
				return ""
			}
		}
	}
	if cfg.ZaloToken != "" {
		z, err := zalo.New(zalo.Options{Token: string(cfg.ZaloToken), API: cfg.ZaloAPI, Log: log, Now: clock.Now})
		if err != nil {
			faults = append(faults, fmt.Errorf("zalo: %w", err))
		} else {
			doors = append(doors, z)
		}
	}
	return doors, link, errors.Join(faults...)
}

func closeQuietly(c io.Closer, log zerolog.Logger) {
	if err := c.Close(); err != nil {
		log.Debug().Err(err).Msg("closing")
	}
}
