package zalo

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"net/http"
	"net/url"

	"trucban/internal/chat"
)

const (
	// MaxWebhook bounds a webhook call, in bytes.
	MaxWebhook = 256 << 10
	// minSecret and maxSecret bound a webhook secret, as the platform does.
	minSecret, maxSecret = 8, 256
)

// Webhook receives updates. It answers 200 only once the handler has committed
// the update or, where that fails, hold has journalled the body as it came
// (Decode reads it again); Zalo replays nothing, so 503 is the last resort.
// Probes and events without work for the bot get 200. A secret outside 8 to 256
// characters lets nobody in.
func (b *Bot) Webhook(h chat.Handler, secret string, hold func(raw []byte) error) http.Handler {
	if len(secret) < minSecret || len(secret) > maxSecret {
		b.o.Log.Error().Msg("the Zalo webhook secret must have 8 to 256 characters; every call is refused")
		secret = ""
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !genuine(r, secret) {
			http.Error(w, "forbidden", http.StatusForbidden)
			return
		}
		if r.Method != http.MethodPost {
			w.Header().Set("Allow", http.MethodPost)
			http.Error(w, "POST only", http.StatusMethodNotAllowed)
			return
		}
		raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, MaxWebhook))
		if tooLong := (*http.MaxBytesError)(nil); errors.As(err, &tooLong) {
			b.o.Log.Error().Int64("limit", tooLong.Limit).Msg("zalo webhook call is too long")
			http.Error(w, "too long", http.StatusRequestEntityTooLarge)
			return
		}
		if err != nil {
			http.Error(w, "unreadable", http.StatusBadRequest)
			return
		}
		b.health.heard.Store(b.o.Now().UnixMilli())
		b.answer(w, b.receive(r.Context(), raw, h, hold))
	})
}

func (b *Bot) answer(w http.ResponseWriter, status int) {
	w.Header().Set("Content-Type", "application/json")
	if status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "5")
	}
	w.WriteHeader(status)
	if status == http.StatusOK {
		_, _ = io.WriteString(w, `{"message":"Success"}`)
		return
	}
	_, _ = fmt.Fprintf(w, `{"message":%q}`, http.StatusText(status))
}

// genuine compares the one secret header in constant time.
func genuine(r *http.Request, secret string) bool {
	v := r.Header.Values("X-Bot-Api-Secret-Token")
	return secret != "" && len(v) == 1 && subtle.ConstantTimeCompare([]byte(v[0]), []byte(secret)) == 1
}

// receive takes one body and returns the HTTP status to answer.
func (b *Bot) receive(ctx context.Context, raw []byte, h chat.Handler, hold func([]byte) error) int {
	u, ok, err := b.Decode(raw)
	if err != nil {
		b.o.Log.Error().Err(err).Msg("zalo webhook call cannot be read")
		return http.StatusBadRequest
	}
	if !ok {
		return http.StatusOK
	}
	turn := b.turn(u.To.Chat)
	turn.Lock()
	defer turn.Unlock()
	// The caller may hang up before the commit is made; the update is kept all the same.
	err = b.handle(context.WithoutCancel(ctx), u, h)
	if err == nil {
		return http.StatusOK
	}
	log := b.o.Log.Error().Err(err).Str("update", u.ID)
	if hold != nil {
		held := hold(raw)
		if held == nil {
			b.health.held.Add(1)
			log.Msg("zalo update journalled")
			return http.StatusOK
		}
		log = log.AnErr("journal", held)
	}
	b.health.lost.Add(1)
	log.Msg("zalo update neither committed nor journalled")
	return http.StatusServiceUnavailable
}

// turn is the lock that keeps the updates of one chat apart.
func (b *Bot) turn(chatID string) interface {
	Lock()
	Unlock()
} {
	h := fnv.New32a()
	_, _ = io.WriteString(h, chatID)
	return &b.chats[h.Sum32()%uint32(len(b.chats))]
}

// SetWebhook makes Zalo call addr with the secret; polling is refused from then
// on. Nothing in this package calls it by itself.
func (b *Bot) SetWebhook(ctx context.Context, addr, secret string) error {
	u, err := url.Parse(addr)
	if err != nil || u.Scheme != "https" || u.Host == "" {
		return errors.New("set zalo webhook: the address must be a public https URL")
	}
	if len(secret) < minSecret || len(secret) > maxSecret {
		return errors.New("set zalo webhook: the secret must have 8 to 256 characters")
	}
	_, f := b.call(ctx, "setWebhook", map[string]string{"url": addr, "secret_token": secret}, b.o.Timeout)
	if f != nil {
		return f
	}
	return nil
}

// DeleteWebhook takes the webhook away, which polling needs. Nothing in this package calls it by itself.
func (b *Bot) DeleteWebhook(ctx context.Context) error {
	if _, f := b.call(ctx, "deleteWebhook", struct{}{}, b.o.Timeout); f != nil {
		return f
	}
	return nil
}

// WebhookURL is the address Zalo calls, empty when there is none.
func (b *Bot) WebhookURL(ctx context.Context) (string, error) {
	var w struct {
		URL flexString `json:"url"`
	}
	err := b.ask(ctx, "getWebhookInfo", struct{}{}, &w)
	if f := (*fault)(nil); errors.As(err, &f) && f.kind == refused && f.code == http.StatusNotFound {
		return "", nil // none was ever set
	}
	return string(w.URL), err
}
