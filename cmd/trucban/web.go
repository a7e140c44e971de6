package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/rs/zerolog"

	"trucban/internal/chat"
	"trucban/internal/chat/telegram"
	"trucban/internal/chat/zalo"
	"trucban/internal/web"
)

// hook is a door that is called by its platform instead of being listened to.
type hook struct {
	name    chat.Name
	path    string // under the server's address
	address string // as the platform calls it
	handler func(chat.Handler) http.Handler
	// set makes the platform call the address, and learns what the door needs to know.
	set func(ctx context.Context, address string) error
}

// telegramHook and zaloHook are the doors' paths.
const (
	telegramHook = "/telegram"
	zaloHook     = "/zalo"
)

func hookTelegram(t *telegram.Bot, cfg Config) hook {
	secret := string(cfg.TelegramSecret)
	return hook{
		name: telegram.Platform, path: telegramHook, address: hookAddress(cfg, telegramHook),
		handler: func(h chat.Handler) http.Handler { return t.Webhook(h, secret) },
		set:     func(ctx context.Context, address string) error { return t.SetWebhook(ctx, address, secret) },
	}
}

func hookZalo(z *zalo.Bot, cfg Config, hold func([]byte) error) hook {
	secret := string(cfg.ZaloSecret)
	return hook{
		name: zalo.Platform, path: zaloHook, address: hookAddress(cfg, zaloHook),
		handler: func(h chat.Handler) http.Handler { return z.Webhook(h, secret, hold) },
		set: func(ctx context.Context, address string) error {
			// Without the bot's name a mention in front of a command is not understood.
			if _, err := z.Check(ctx); err != nil {
				return fmt.Errorf("ask Zalo who the bot is: %w", err)
			}
			return z.SetWebhook(ctx, address, secret)
		},
	}
}

func hookAddress(cfg Config, path string) string {
	base := cfg.PublicURL
	for len(base) > 0 && base[len(base)-1] == '/' {
		base = base[:len(base)-1]
	}
	return base + path
}

// Time limits of the web server. Writing has none: an open board is a stream.
const (
	maxHead  = 32 << 10 // bytes of a request's head
	headTime = 5 * time.Second
	bodyTime = 30 * time.Second
	idleTime = 2 * time.Minute
	stopTime = 10 * time.Second
)

// front is the web server: health and metrics for whoever watches the program,
// and the doors that are called by their platforms.
type front struct {
	listener net.Listener
	server   *http.Server
	hooks    []hook
	board    boardAt
	log      zerolog.Logger
}

// newFront takes the address, so that one in use is told before anything starts.
func newFront(ctx context.Context, cfg Config, hooks []hook, log zerolog.Logger) (*front, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", cfg.Listen)
	if err != nil {
		return nil, fmt.Errorf("TRUCBAN_LISTEN: %w", err)
	}
	at := boardAt{base: cfg.PublicURL, key: []byte(cfg.BoardKey), token: string(cfg.TelegramToken)}
	return &front{listener: l, hooks: hooks, board: at, log: log}, nil
}

// hooked reports whether the door is called by its platform.
func (f *front) hooked(p chat.Name) bool {
	for _, h := range f.hooks {
		if h.name == p {
			return true
		}
	}
	return false
}

// Close gives the address back where run was never called.
func (f *front) Close() { _ = f.listener.Close() } // run may have closed it already

// run serves until ctx ends, then lets what is under way finish.
func (f *front) run(ctx context.Context, a *App) error {
	o := web.Options{Now: a.clock.Now, Ready: a.ready, Stats: figures{a}, Feed: a.feed, Hooks: map[string]http.Handler{}}
	for _, h := range f.hooks {
		o.Hooks[h.path] = lasting(h.handler(a.delivered))
	}
	pages, err := web.New(o)
	if err != nil {
		return fmt.Errorf("make the web server: %w", err)
	}
	f.server = &http.Server{
		Handler: a.withBoard(ctx, f.board, o, pages), ReadHeaderTimeout: headTime, ReadTimeout: bodyTime, IdleTimeout: idleTime, MaxHeaderBytes: maxHead,
		BaseContext: func(net.Listener) context.Context { return ctx }, // open boards end with ctx
	}
	f.log.Info().Str("address", f.listener.Addr().String()).Msg("web server")
	stopped := make(chan error, 1)
	go func() {
		<-ctx.Done()
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTime)
		defer cancel()
		stopped <- f.server.Shutdown(end)
	}()
	for _, h := range f.hooks {
		go f.register(ctx, h)
	}
	if err := f.server.Serve(f.listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve: %w", err)
	}
	return <-stopped
}

// lasting lets a delivery that has begun be committed while the server stops.
func lasting(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.ServeHTTP(w, r.WithContext(context.WithoutCancel(r.Context())))
	})
}

// register tries to set the webhook until the platform takes it; it may be out of reach at the start.
func (f *front) register(ctx context.Context, h hook) {
	for wait := time.Second; ctx.Err() == nil; wait = min(2*wait, time.Minute) {
		err := h.set(ctx, h.address)
		if err == nil {
			f.log.Info().Str("platform", string(h.name)).Str("path", h.path).Msg("the platform delivers by webhook")
			return
		}
		if ctx.Err() != nil {
			return
		}
		f.log.Error().Err(err).Str("platform", string(h.name)).Msg("the webhook is not set yet")
		t := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-t.C:
		}
		t.Stop()
	}
}

// ready says whether a commit could be made now.
func (a *App) ready(ctx context.Context) error {
	if err := a.parts.Redis.Ping(ctx).Err(); err != nil {
		return fmt.Errorf("ask the store: %w", err)
	}
	return nil
}
