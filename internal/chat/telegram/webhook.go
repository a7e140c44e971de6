package telegram

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strconv"

	tg "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"trucban/internal/chat"
)

// MaxWebhook bounds the body of one delivery, in bytes.
const MaxWebhook = 1 << 20

// SecretHeader carries the secret Telegram was given with SetWebhook.
const SecretHeader = "X-Telegram-Bot-Api-Secret-Token"

var secretForm = regexp.MustCompile(`^[A-Za-z0-9_-]{16,256}$`)

// Webhook takes updates that Telegram delivers by itself. It answers 200 only
// when h has returned nil, so that Telegram delivers again what was not committed.
// The updates of one chat reach h one at a time. A delivery without the secret is
// turned away; an empty secret turns away all.
func (b *Bot) Webhook(h chat.Handler, secret string) http.Handler {
	want := sha256.Sum256([]byte(secret))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			w.Header().Set("Allow", http.MethodPost)
			http.Error(w, "only POST", http.StatusMethodNotAllowed)
			return
		}
		got := sha256.Sum256([]byte(r.Header.Get(SecretHeader)))
		if subtle.ConstantTimeCompare(got[:], want[:]) != 1 || secret == "" {
			http.Error(w, "not from Telegram", http.StatusUnauthorized)
			return
		}
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, MaxWebhook))
		if err != nil {
			http.Error(w, "the body is too long or broken", http.StatusRequestEntityTooLarge)
			return
		}
		if err := b.deliver(r.Context(), h, body); err != nil {
			b.opt.Log.Error().Err(err).Msg("a delivered update was not committed")
			w.Header().Set("Retry-After", "2")
			http.Error(w, "try again", http.StatusServiceUnavailable)
		}
	})
}

// deliver hands one delivered update over once; Telegram repeats what failed.
func (b *Bot) deliver(ctx context.Context, h chat.Handler, raw []byte) error {
	it := b.decode(raw)
	b.answer(it.press)
	if errors.Is(it.err, errNoUsername) {
		if err := b.Connect(ctx); err != nil {
			return err
		}
		it = b.decode(raw)
	}
	unlock, err := b.order.lock(ctx, it.update.To.Chat)
	if err != nil {
		return err
	}
	defer unlock()
	return b.once(ctx, h, it)
}

// SetWebhook makes Telegram deliver updates to an https address with this secret,
// 16 to 256 letters, digits, _ or -. Updates that wait stay. It learns the bot's name
// where that is not known yet, because commands that name a bot need it.
func (b *Bot) SetWebhook(ctx context.Context, address, secret string) error {
	if !secretForm.MatchString(secret) {
		return errors.New("the webhook secret must be 16 to 256 letters, digits, _ or -")
	}
	if u, err := url.Parse(address); err != nil || u.Scheme != "https" && b.base == DefaultAPI || u.Host == "" {
		return errors.New("the webhook needs an https address")
	}
	p := tg.Params{"url": address, "secret_token": secret, "allowed_updates": allowed, "max_connections": strconv.Itoa(40)}
	if err := b.call(ctx, "setWebhook", p, nil); err != nil {
		return fmt.Errorf("set the webhook: %w", err)
	}
	if b.Username() == "" {
		return b.Connect(ctx)
	}
	return nil
}

// DeleteWebhook goes back to polling. Updates that wait stay.
func (b *Bot) DeleteWebhook(ctx context.Context) error {
	if err := b.call(ctx, "deleteWebhook", nil, nil); err != nil {
		return fmt.Errorf("delete the webhook: %w", err)
	}
	return nil
}

// Pending is how many updates wait at Telegram. It may be asked while polling and
// shows from outside that the bot is deaf.
func (b *Bot) Pending(ctx context.Context) (int, error) {
	var info struct {
		Pending int `json:"pending_update_count"`
	}
	if err := b.call(ctx, "getWebhookInfo", nil, &info); err != nil {
		return 0, fmt.Errorf("ask for pending updates: %w", err)
	}
	return info.Pending, nil
}
