// Package zalo is the Zalo Bot Platform behind the chat port.
//
// It promises that every text goes out plain and in parts the platform takes,
// that every answer of the platform becomes one of the port's outcomes (errors
// come inside HTTP 200, and a send without an answer is Unknown, never repeated
// here), that the token, which is part of every path, is in no error and no log
// line, and that an update is confirmed only once it is committed or journalled,
// because Zalo delivers nothing a second time.
//
// Its limits are the platform's: no buttons, no edits, no uploads, replies that
// do not say what they answer, and from groups only messages that mention the bot
// or answer one of its own. While no poll is open what people write is lost; a
// webhook is the better door. One bot has one poller: the caller sees to it that
// only one process listens.
package zalo

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"trucban/internal/chat"
)

// Platform is the platform's name in addresses and accounts.
const Platform chat.Name = "zalo"

// DefaultAPI is the platform's own endpoint.
const DefaultAPI = "https://bot-api.zaloplatforms.com"

const (
	// partUnits is what we put into one message, in UTF-16 units: of the 2000 it may
	// hold, some are left for how Zalo may count.
	partUnits = 1900
	// basicMonthly is the message budget of the free tier.
	basicMonthly = 3000
)

// Options configure a Bot. Only Token is needed.
type Options struct {
	Token string // "numeric_id:secret" as Bot Creator gives it
	API   string // base URL, default DefaultAPI
	// Names are the display names people mention the bot by; Check adds those the platform tells.
	Names   []string
	Monthly int // messages a calendar month, default 3000 (Basic tier)
	Log     zerolog.Logger
	Now     func() time.Time // the clock; required

	// HTTP carries all calls; nil makes a client of its own that honours the
	// proxy environment. It must not follow redirects into other hosts: the path holds the token.
	HTTP *http.Client
	// Timeout bounds one call (default 20 s), PhotoTimeout a sendPhoto, during
	// which Zalo fetches the picture (default 60 s), Poll is how long an idle
	// poll is held open (whole seconds, default 30 s).
	Timeout, PhotoTimeout, Poll time.Duration

	// OnQuota is told when the platform begins to refuse sends for their number
	// (429); it is told again only after a send went through. It must not block.
	OnQuota func(err error)
	// OnDeaf is told, when polling works again, from when to when it did not:
	// what people wrote meanwhile is lost. It must not block.
	OnDeaf func(from, to time.Time)
	// Hold journals an update whose handling failed while polling; without it
	// Listen keeps trying until the handler takes it or the context ends.
	Hold func(raw []byte) error
	// Pause waits for d or until ctx ends; nil is a timer. Tests pass their own.
	Pause func(ctx context.Context, d time.Duration)
}

// Bot is one Zalo bot. It is safe for concurrent use.
type Bot struct {
	o       Options
	base    string // API + "/bot" + Token + "/"
	http    *http.Client
	files   *http.Client
	polling atomic.Bool
	chats   [64]sync.Mutex // one update of a chat at a time

	unfinished progress
	health     health

	mu      sync.Mutex
	names   []string
	known   bool // getMe has answered
	refused int  // sends refused with 429 since the last that went through
}

var _ chat.Platform = (*Bot)(nil)

// New checks the options. It does not touch the network.
func New(o Options) (*Bot, error) {
	var faults []error
	if o.Token == "" || url.PathEscape(o.Token) != o.Token || !strings.Contains(o.Token, ":") {
		faults = append(faults, errors.New(`the Zalo token must look like "12345689:abc-xyz", as Bot Creator shows it`))
	}
	if o.API == "" {
		o.API = DefaultAPI
	}
	api, err := url.Parse(strings.TrimRight(o.API, "/"))
	if err != nil || api.Host == "" || api.Scheme != "https" && api.Scheme != "http" || api.RawQuery != "" || api.User != nil {
		faults = append(faults, fmt.Errorf("the Zalo base URL must look like %q", DefaultAPI))
	}
	if o.Monthly < 0 || o.Timeout < 0 || o.PhotoTimeout < 0 || o.Poll < 0 {
		faults = append(faults, errors.New("the Zalo budget and time limits must not be negative"))
	}
	if o.Now == nil {
		faults = append(faults, errors.New("the Zalo door needs a clock: set Now"))
	}
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	o.setDefaults()
	b := &Bot{o: o, base: api.String() + "/bot" + o.Token + "/", http: o.HTTP}
	if b.http == nil {
		b.http = newClient()
	}
	b.files = b.fileClient()
	b.addNames(o.Names...)
	if api.Scheme == "http" && !isLoopback(api.Hostname()) {
		o.Log.Warn().Str("host", api.Host).Msg("the Zalo base URL is not https: the token travels in the clear")
	}
	return b, nil
}

func (o *Options) setDefaults() {
	if o.Monthly == 0 {
		o.Monthly = basicMonthly
	}
	if o.Timeout == 0 {
		o.Timeout = 20 * time.Second
	}
	if o.PhotoTimeout == 0 {
		o.PhotoTimeout = 60 * time.Second
	}
	if o.Poll < time.Second {
		o.Poll = 30 * time.Second
	}
	if o.Pause == nil {
		o.Pause = pause
	}
}

func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// Name implements chat.Platform.
func (b *Bot) Name() chat.Name { return Platform }

// Caps implements chat.Platform. Zalo documents no rates; the paces are cautious guesses.
func (b *Bot) Caps() chat.Caps {
	return chat.Caps{
		Mention: true,
		MaxText: partUnits,
		Limits: chat.Limits{
			ChatEvery:      time.Second,
			GroupPerMinute: 20,
			PerSecond:      10,
			PerMonth:       b.o.Monthly,
		},
	}
}

// Me is what the platform says about the bot.
type Me struct {
	ID            string
	AccountName   string
	DisplayName   string
	CanJoinGroups bool
}

// Check asks the platform who the bot is, learns the names people mention it by,
// and warns where the bot cannot be added to groups.
func (b *Bot) Check(ctx context.Context) (Me, error) {
	var w struct {
		ID          flexString `json:"id"`
		AccountName flexString `json:"account_name"`
		DisplayName flexString `json:"display_name"`
		Name        flexString `json:"name"`
		CanJoin     *bool      `json:"can_join_groups"`
	}
	if err := b.ask(ctx, "getMe", struct{}{}, &w); err != nil {
		return Me{}, err
	}
	me := Me{ID: string(w.ID), AccountName: string(w.AccountName), DisplayName: string(w.DisplayName), CanJoinGroups: w.CanJoin == nil || *w.CanJoin}
	if me.DisplayName == "" {
		me.DisplayName = string(w.Name)
	}
	b.addNames(me.DisplayName, me.AccountName)
	b.mu.Lock()
	b.known = true
	b.mu.Unlock()
	if !me.CanJoinGroups {
		b.o.Log.Warn().Msg("Zalo says that this bot cannot join groups")
	}
	return me, nil
}
