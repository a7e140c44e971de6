package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"

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
	frugal()
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
	self, release, err := claimSelf(cfg.Data)
	if err != nil {
		return usageError{fmt.Errorf("TRUCBAN_DATA: %w", err)}
	}
	defer func() { _ = release() }() // the system gives back what this process leaves
	late := &lateApp{}
	doors, err := openDoors(cfg, late, log)
	if err != nil {
		return usageError{err}
	}
	front, err := newFront(ctx, cfg, doors.hooks, log)
	if err != nil {
		return usageError{err}
	}
	defer front.Close()
	defer doors.Close()
	late.app, err = NewApp(Parts{
		Redis: client, Namespace: cfg.Namespace, Doors: doors.platforms, Log: log, Link: doors.link, Data: cfg.Data, Setup: setup, Front: front, Owner: tellOwner,
		Seals: true, Daily: true, Menus: doors.menus(), Replicas: replicas(opt), Heartbeat: cfg.Heartbeat, Self: self,
	})
	if err != nil {
		return err
	}
	go reload(ctx, cfg.Town, late.app, log)
	return late.app.Run(ctx)
}

// openedDoors are the platforms with what goes with them.
type openedDoors struct {
	platforms []chat.Platform
	hooks     []hook // of those that call us
	telegram  *telegram.Bot
}

// Close ends what the doors still do beside their loops.
func (d openedDoors) Close() {
	if d.telegram != nil {
		d.telegram.Close()
	}
}

// link opens the private chat with a code, where the platform has such addresses.
func (d openedDoors) link(p chat.Name, code string) string {
	if p == telegram.Platform && d.telegram != nil {
		return d.telegram.DeepLink(code)
	}
	return ""
}

// menus are the doors that show a menu of commands.
func (d openedDoors) menus() []menuDoor {
	if d.telegram == nil {
		return nil
	}
	return []menuDoor{telegramMenus{d.telegram}}
}

// tellOwner shows the operator the first owner's code; it goes to the terminal, not to the log.
func tellOwner(code string) {
	fmt.Fprintf(os.Stderr, "Chưa có người quản trị. Nhắn riêng cho bot: /start %s (dùng một lần, trong 24 giờ).\n", code)
}

// openDoors makes the platforms the settings have tokens for.
func openDoors(cfg Config, late *lateApp, log zerolog.Logger) (openedDoors, error) {
	var d openedDoors
	var faults []error
	if cfg.TelegramToken != "" {
		limits := telegram.Limits()
		if n, err := strconv.Atoi(cfg.TelegramRate); err == nil { // checked with the settings
			limits.PerSecond = n
		}
		t, err := telegram.New(telegram.Options{
			Token: string(cfg.TelegramToken), API: cfg.TelegramAPI, Log: log, Now: late.Now, Deaf: late.deaf(telegram.Platform), Park: late.park, Limits: &limits,
		})
		if err != nil {
			faults = append(faults, fmt.Errorf("telegram: %w", err))
		} else {
			d.telegram, d.platforms = t, append(d.platforms, t)
			if cfg.TelegramSecret != "" {
				d.hooks = append(d.hooks, hookTelegram(t, cfg))
			}
		}
	}
	if cfg.ZaloToken != "" {
		hold := late.hold(zalo.Platform)
		monthly, _ := strconv.Atoi(cfg.ZaloMonthly) // checked with the settings; 0 is the platform's own default
		z, err := zalo.New(zalo.Options{
			Token: string(cfg.ZaloToken), API: cfg.ZaloAPI, Log: log, Now: late.Now, Monthly: monthly,
			Hold: hold, OnDeaf: late.deaf(zalo.Platform), OnQuota: late.refused(zalo.Platform),
		})
		if err != nil {
			faults = append(faults, fmt.Errorf("zalo: %w", err))
		} else {
			d.platforms = append(d.platforms, z)
			if cfg.ZaloSecret != "" {
				d.hooks = append(d.hooks, hookZalo(z, cfg, hold))
			}
		}
	}
	return d, errors.Join(faults...)
}

func closeQuietly(c io.Closer, log zerolog.Logger) {
	if err := c.Close(); err != nil {
		log.Debug().Err(err).Msg("closing")
	}
}
