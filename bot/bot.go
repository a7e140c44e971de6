package bot

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"trucban/internal/calendar"
	"trucban/internal/chat"
	"trucban/internal/checklist"
	"trucban/internal/digest"
	"trucban/internal/due"
	"trucban/internal/hotline"
	"trucban/internal/incident"
	"trucban/internal/team"
	"trucban/messages"
)

// Deps is what a Bot is made of; every field is needed unless it says otherwise.
type Deps struct {
	Store    Store
	Texts    *messages.Catalogue
	Hotlines hotline.Book
	Rules    incident.Rules
	Now      func() time.Time // the shared clock
	Log      zerolog.Logger
	Senders  map[chat.Name]chat.Sender // for their Caps, and to answer without the store
	Files    map[chat.Name]chat.Files  // to fetch what people send
	// ReadText turns a document people sent into plain text; its error is a sentence for people.
	ReadText func(ctx context.Context, name string, data []byte) (string, error)
	// Link makes the address that opens the private chat with a code; "" where a platform has none.
	Link func(p chat.Name, code string) string
	// Prints makes the pictures and documents of directives; nil: there are words only.
	Prints DirectivePrinter
	Packs  []checklist.Pack // ready directives
	// Holidays says which days are worked, for the dates of packs.
	Holidays calendar.Holidays
	// Queues reads the machinery's figures for /suckhoe; nil leaves them out.
	Queues func(ctx context.Context) (Queues, error)
	// Papers makes documents; nil: there are none to be had.
	Papers Papers
	// SealHead seals the log of what was done and returns the newest link; nil leaves the daily word out.
	SealHead func(ctx context.Context) (string, error)
	// Code makes an unguessable one-time code.
	Code func() string
	// Exports makes the leaders' documents and pictures; nil: there are none to be had.
	Exports Exports
	// Rehearse plays a period beside the store and returns what would be sent, in order; nil: that cannot be done.
	Rehearse func(ctx context.Context, r Rehearsal) ([]Rehearsed, error)
	// Retry puts messages that were given up back on their way and says how many there
	// were; one whose time has passed gets the time until. nil: they cannot be sent again.
	Retry func(ctx context.Context, until time.Time, items ...string) (int, error)
	// Alias is the pseudonym of a person's id, the one the log has; nil: nothing is forgotten.
	Alias func(ctx context.Context, id string) (string, error)
	// Board makes the address that opens the board for a person, once; ErrNoBoard where there is none.
	Board func(m team.MemberID) (string, error)
	// FeedLink is the address of the calendar with the secret; ErrNoBoard where none is
	// served. Token makes such a secret, which nobody can guess. nil: there are no calendars.
	FeedLink func(token string) (string, error)
	Token    func() string
}

// Bot answers updates and alarms. It is safe for concurrent use; the order of
// one chat's updates is the caller's.
type Bot struct {
	Deps
	routes routes
	jobs   map[string]func(context.Context, *turn) error

	mu      sync.RWMutex
	town    *Town
	abc     *digest.Alphabet // of abcOf
	abcOf   *Town
	gaps    map[string]bool         // chats that were told about the outage
	failing map[chat.Name]time.Time // platforms that take nothing, until when that is believed
	book    hotline.Book
	last    *Snapshot
}

// New checks the dependencies and builds the route table.
func New(d Deps) (*Bot, error) {
	var faults []error
	for name, missing := range map[string]bool{
		"store": d.Store == nil, "texts": d.Texts == nil, "clock": d.Now == nil,
		"senders": d.Senders == nil, "codes": d.Code == nil, "reader": d.ReadText == nil,
	} {
		if missing {
			faults = append(faults, fmt.Errorf("bot needs its %s", name))
		}
	}
	if err := errors.Join(faults...); err != nil {
		return nil, err
	}
	if d.Board == nil {
		d.Board = func(team.MemberID) (string, error) { return "", ErrNoBoard }
	}
	if d.Link == nil {
		d.Link = func(chat.Name, string) string { return "" }
	}
	b := &Bot{Deps: d, gaps: map[string]bool{}, failing: map[chat.Name]time.Time{}, book: d.Hotlines}
	r, err := newRoutes(b.table())
	if err != nil {
		return nil, err
	}
	b.routes = r
	b.jobs = b.jobTable()
	return b, nil
}

// tries bounds how often a change is decided again after a version conflict.
const tries = 6

// Handle takes one update from a platform. Nil means that it is committed (or
// needs nothing); an error means that it must be delivered again.
func (b *Bot) Handle(ctx context.Context, u chat.Update) error {
	err := b.repeat(ctx, func(ctx context.Context) error { return b.update(ctx, u) })
	if errors.Is(err, ErrSeen) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("handle update %s: %w", u.ID, err)
	}
	return nil
}

// Due takes one alarm. The commit it ends in settles the alarm.
func (b *Bot) Due(ctx context.Context, c due.Claim) error {
	err := b.repeat(ctx, func(ctx context.Context) error { return b.job(ctx, c) })
	if errors.Is(err, ErrLeaseLost) {
		return nil // another replica has it
	}
	if err != nil {
		return fmt.Errorf("handle job %s: %w", c.Key(), err)
	}
	return nil
}

func (b *Bot) repeat(ctx context.Context, once func(context.Context) error) error {
	var err error
	for range tries {
		if err = once(ctx); !errors.Is(err, ErrConflict) {
			return err
		}
	}
	return err
}

func (b *Bot) update(ctx context.Context, u chat.Update) error {
	t, err := b.begin(ctx, u)
	if err != nil {
		return err
	}
	if err := b.dispatch(ctx, t); err != nil {
		if isStore(err) {
			return err
		}
		if t, err = b.apologise(ctx, t, err); err != nil {
			return err
		}
	}
	return t.commit(ctx)
}

func (b *Bot) job(ctx context.Context, c due.Claim) error {
	run, ok := b.jobs[c.Kind]
	if !ok {
		return fmt.Errorf("no handler for jobs of kind %q", c.Kind)
	}
	t, err := b.beginJob(ctx, c)
	if err != nil {
		return err
	}
	if err := run(ctx, t); err != nil {
		return err
	}
	return t.commit(ctx)
}

// isStore tells faults of the database from faults of a decision: the first are
// tried again, the second get an apology.
func isStore(err error) bool {
	return errors.Is(err, ErrUnavailable) || errors.Is(err, ErrConflict) || errors.Is(err, ErrSeen) ||
		errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// apologise drops whatever the handler had prepared and answers with a reference
// that stands in the log beside the cause.
func (b *Bot) apologise(ctx context.Context, t *turn, cause error) (*turn, error) {
	h := fnv.New32a()
	_, _ = h.Write([]byte(t.cause + cause.Error()))
	ref := fmt.Sprintf("%04X", h.Sum32()&0xffff)
	b.Log.Error().Err(cause).Str("ref", ref).Str("update", t.u.ID).Str("chat", t.u.To.Key()).Msg("update failed")
	fresh, err := b.begin(ctx, t.u)
	if err != nil {
		return nil, err
	}
	fresh.reply(messages.Apology{Ref: ref})
	return fresh, nil
}
