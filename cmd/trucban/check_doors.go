package main

import (
	"context"
	"fmt"
	"time"

	"github.com/rs/zerolog"

	"trucban/internal/chat/telegram"
	"trucban/internal/chat/zalo"
)

// checkDoors asks each platform whether it accepts the token.
func checkDoors(ctx context.Context, cfg Config) []finding {
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	var out []finding
	if cfg.TelegramToken != "" {
		out = append(out, checkTelegram(ctx, cfg))
	}
	if cfg.ZaloToken != "" {
		out = append(out, checkZalo(ctx, cfg))
	}
	return out
}

func checkTelegram(ctx context.Context, cfg Config) finding {
	mend := "take the token from BotFather again; where carriers block Telegram set TRUCBAN_TELEGRAM_API to a relay or HTTPS_PROXY"
	b, err := telegram.New(telegram.Options{Token: string(cfg.TelegramToken), API: cfg.TelegramAPI, Log: zerolog.Nop(), Now: time.Now})
	if err != nil {
		return failed("telegram", err, mend)
	}
	if err := b.Connect(ctx); err != nil {
		return failed("telegram", err, mend)
	}
	return finding{"telegram", "answers as @" + b.Username(), "", true}
}

func checkZalo(ctx context.Context, cfg Config) finding {
	mend := "take the token from Zalo Bot Creator again; the older host is https://bot-api.zapps.me (TRUCBAN_ZALO_API)"
	b, err := zalo.New(zalo.Options{Token: string(cfg.ZaloToken), API: cfg.ZaloAPI, Log: zerolog.Nop(), Now: time.Now})
	if err != nil {
		return failed("zalo", err, mend)
	}
	me, err := b.Check(ctx)
	if err != nil {
		return failed("zalo", err, mend)
	}
	if !me.CanJoinGroups {
		return finding{"zalo", fmt.Sprintf("answers as %s, but may not join groups", me.DisplayName), "let the bot into groups in Zalo Bot Creator, or use private chats only", false}
	}
	return finding{"zalo", "answers as " + me.DisplayName, "", true}
}
