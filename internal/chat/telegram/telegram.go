// Package telegram is the Telegram door: go-telegram-bot-api behind chat.Platform.
//
// It promises that an update is confirmed to Telegram only after its handler
// returned nil, that the updates of one chat reach the handler in order and one
// at a time, that one undecodable update delays no other, that a button press is
// answered before any work is done for it, that every Send and Edit ends in
// bounded time in one of the outcomes of package chat, and that neither an error
// nor a log line holds the bot's token or a text.
//
// Of the library it uses only what talks to one method (MakeRequest, UploadFiles):
// its polling confirms updates nobody has handled, its types know neither topics
// nor reply parameters, and its requests know no context. New touches no network;
// the bot starts while Telegram cannot be reached.
//
// Limits: no albums, no inline mode, no payments; a file larger than 20 MB cannot
// be fetched and one larger than 50 MB cannot be sent, which is Telegram's rule.
package telegram

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	tg "github.com/go-telegram-bot-api/telegram-bot-api/v5"
	"github.com/rs/zerolog"

	"trucban/internal/chat"
)

// Platform is the name in addresses and update ids.
const Platform chat.Name = "telegram"

// DefaultAPI is Telegram's own endpoint.
const DefaultAPI = "https://api.telegram.org"

// Options are what New needs. Only Token is required.
type Options struct {
	Token string
	API   string // base address of the Bot API or of a relay of it; DefaultAPI when empty
	// Username is the bot's name without @. It is learned with getMe when empty,
	// and so is whether privacy mode is on.
	Username string
	// Transport carries the requests; nil makes one that honours HTTPS_PROXY and keeps connections.
	Transport http.RoundTripper
	Log       zerolog.Logger
	// Now stamps presses, for which Telegram gives no time, and the watch on the polls. Required by nothing else.
	Now func() time.Time
	// Wait sleeps between attempts; nil waits in real time. It returns early with an error when ctx ends.
	Wait func(ctx context.Context, d time.Duration) error
	// PollTimeout is how long Telegram may hold an empty poll, 1 s to 50 s; 0 means 30 s.
	PollTimeout time.Duration
	// PollGrace is how much longer than PollTimeout a poll may take before its
	// connection counts as dead; 0 means 15 s.
	PollGrace time.Duration
	// CallTimeout bounds every other request; 0 means 20 s. Uploads get more by their size.
	CallTimeout time.Duration
	// HandlerTimeout bounds one attempt of a handler through its context; 0 means 1 minute.
	HandlerTimeout time.Duration
	// Workers is how many chats are handled at the same time; 0 means 32: the store
	// puts what many commit at once on the disk in one go.
	Workers int
	Limits  *chat.Limits // how fast Telegram may be spoken to; nil means Limits()
	// Park keeps an update that cannot be handled, for a person to look at. An error
	// means that it could not be kept and is asked again. Nil only counts and logs.
	Park func(ctx context.Context, p Parked) error
	// Deaf is told once after a silence: from the last good poll to the first good one.
	// It is called only when that took longer than DeafAfter (0: 2 minutes).
	Deaf      func(from, to time.Time)
	DeafAfter time.Duration
}

// Parked is an update nobody can handle.
type Parked struct {
	UpdateID int64
	Raw      []byte // as Telegram sent it: it may hold texts and names
	Err      error  // holds neither
}

// Bot is one Telegram bot. Its methods may be called from many goroutines.
type Bot struct {
	opt     Options
	api     *tg.BotAPI // template; every request runs on a copy with its own client
	base    string
	client  *http.Client
	id      int64
	me      atomic.Pointer[me]
	steps   progress
	floods  floods
	health  health
	order   keyed
	answers sync.WaitGroup
	slots   chan struct{} // bounds the answers under way
	done    context.Context
	stop    context.CancelFunc
}

type me struct {
	username string
	readsAll bool
}

var tokenForm = regexp.MustCompile(`^(\d{3,20}):[A-Za-z0-9_-]{10,100}$`)

// ErrTokenForm is New's answer to a token that cannot be one; it does not show it.
var ErrTokenForm = errors.New("the Telegram token must look like 123456:ABC-DEF")

// New makes a bot without touching the network.
func New(o Options) (*Bot, error) {
	match := tokenForm.FindStringSubmatch(o.Token)
	if match == nil {
		return nil, ErrTokenForm
	}
	id, err := strconv.ParseInt(match[1], 10, 64)
	if err != nil {
		return nil, ErrTokenForm
	}
	if o, err = o.filled(); err != nil {
		return nil, err
	}
	b := &Bot{opt: o, base: o.API, id: id, slots: make(chan struct{}, 64)}
	b.done, b.stop = context.WithCancel(context.Background())
	b.client = &http.Client{
		Transport:     o.Transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	b.api = &tg.BotAPI{Token: o.Token}
	b.api.SetAPIEndpoint(strings.ReplaceAll(o.API, "%", "%%") + "/bot%s/%s")
	if o.Username != "" {
		b.me.Store(&me{username: strings.TrimPrefix(o.Username, "@"), readsAll: true})
	}
	return b, nil
}

// Limits is how fast Telegram may be spoken to as it documents it: a message a
// second in a chat, 20 a minute in a group, 30 a second in all.
func Limits() chat.Limits {
	return chat.Limits{ChatEvery: time.Second, GroupPerMinute: 20, PerSecond: 30}
}

func (o Options) filled() (Options, error) {
	if o.API == "" {
		o.API = DefaultAPI
	}
	o.API = strings.TrimRight(o.API, "/")
	u, err := url.Parse(o.API)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return o, errors.New("the Telegram endpoint must be an http or https address")
	}
	if o.PollTimeout == 0 {
		o.PollTimeout = 30 * time.Second
	}
	if o.PollTimeout < time.Second || o.PollTimeout > 50*time.Second {
		return o, fmt.Errorf("poll timeout %s is outside 1s to 50s", o.PollTimeout)
	}
	if o.Now == nil {
		return o, errors.New("a clock is needed: set Now")
	}
	o.PollGrace = orElse(o.PollGrace, 15*time.Second)
	o.CallTimeout = orElse(o.CallTimeout, 20*time.Second)
	o.HandlerTimeout = orElse(o.HandlerTimeout, time.Minute)
	o.DeafAfter = orElse(o.DeafAfter, 2*time.Minute)
	o.Workers = orElse(o.Workers, 32)
	if o.Limits == nil {
		limits := Limits()
		o.Limits = &limits
	}
	if o.Wait == nil {
		o.Wait = wait
	}
	if o.Transport == nil {
		o.Transport = newTransport()
	}
	return o, nil
}

func orElse[T time.Duration | int](v, fallback T) T {
	if v <= 0 {
		return fallback
	}
	return v
}

// Close ends the answers under way and gives back idle connections. Listen ends by its own context.
func (b *Bot) Close() {
	b.stop()
	b.answers.Wait()
	b.client.CloseIdleConnections()
}

// Name is Platform.
func (b *Bot) Name() chat.Name { return Platform }

// Caps says what Telegram can do. Mention is false although privacy mode holds
// back most of what is written in a group: a mention is no way round it, and where
// the bot is an administrator everything arrives. Update.CommandsOnly tells.
func (b *Bot) Caps() chat.Caps {
	return chat.Caps{
		Buttons: true, Edit: true, Upload: true, Contacts: true, AskPhone: true, Replies: true, Markup: true,
		Replays: true,
		MaxText: maxText,
		MaxKeys: maxKeys,
		Limits:  *b.opt.Limits,
	}
}

// ID is the bot's own account id, the number in front of its token.
func (b *Bot) ID() int64 { return b.id }

// Username is the bot's name without @, or "" while it is not known.
func (b *Bot) Username() string {
	if m := b.me.Load(); m != nil {
		return m.username
	}
	return ""
}

// Connect asks Telegram once who the bot is. ErrToken means that no retry will help.
func (b *Bot) Connect(ctx context.Context) error {
	var u struct {
		Username string `json:"username"`
		ReadsAll bool   `json:"can_read_all_group_messages"`
	}
	if err := b.call(ctx, "getMe", nil, &u); err != nil {
		return fmt.Errorf("ask who the bot is: %w", err)
	}
	b.me.Store(&me{username: u.Username, readsAll: u.ReadsAll})
	return nil
}

var _ chat.Platform = (*Bot)(nil)
