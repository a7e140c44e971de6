package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"

	"trucban/bot"
	"trucban/internal/calendar"
	"trucban/internal/chat"
	"trucban/internal/due"
	"trucban/internal/hotline"
	"trucban/internal/incident"
	"trucban/internal/memdb"
	"trucban/internal/outbox"
	"trucban/internal/redisdb"
	"trucban/internal/sheet"
	"trucban/internal/team"
	"trucban/internal/web"
	"trucban/messages"
)

// Parts are what an App is put together from; the trial mode and the tests hand
// in other doors, another store and another clock, and everything else is the same.
type Parts struct {
	Redis     redis.UniversalClient
	Namespace string
	// Memory keeps everything in this process instead of Redis: the App is stepped through and
	// never runs.
	Memory bool
	Doors  []chat.Platform
	Now    func() time.Time // nil: Redis's own clock
	Speed  func() float64   // how fast Now runs; nil: as the world does
	// Moved returns a channel that is closed when Now jumps or changes its speed; nil: never.
	Moved func() <-chan struct{}
	Setup *bot.Setup // the organisation to apply; nil: what the store has
	// Owner is told the first owner's one-time code, on the machine only; nil: no code is made.
	Owner func(code string)
	Log   zerolog.Logger
	Link  func(p chat.Name, code string) string
	Code  func() string
	Data  string // folder of the journal; "": updates are left to the platforms while Redis is away
	// BoardLink makes the board's links instead of the web server; nil: the server makes them.
	BoardLink func(team.MemberID) string
	// FeedLink makes the addresses of calendars instead of the web server; Token their secrets.
	FeedLink func(token string) string
	Token    func() string
	Front    *front // the web server; nil: there is none and every door is listened to
	// Replicas is how many copies of the store must have a commit before it counts; for Sentinel.
	Replicas int
	// Self tells this process from every other one that is alive; "": nothing does.
	Self string
	// Heartbeat is the address of a dead man's switch; "": there is none.
	Heartbeat string
	// Seals posts the day's seal over the log to the leaders.
	Seals bool
	// Daily looks at the rosters each morning.
	Daily bool
	Menus []menuDoor // the doors that show a menu of commands
}

// store is what the loops and the bot work on.
type store interface {
	bot.Store
	Due() due.Queue
	Outbox() outbox.Queue
	Until(t time.Time) time.Duration
	Stats(ctx context.Context, platforms ...chat.Name) (redisdb.Stats, error)
}

// App is the whole program: the store, the bot, its doors and the loops between them.
type App struct {
	parts  Parts
	store  store
	db     *redisdb.DB // the store as Redis; nil with Parts.Memory
	clock  *sharedClock
	bot    *bot.Bot
	runner *due.Runner
	relays []*outbox.Relay
	held   *holder
	health *doorHealth
	pulse  *pulse
	news   *news
	gate   *gate
	pages  atomic.Pointer[web.Server] // with the board; nil: it is not open
	wakers []waker
	treeAt time.Time // when the phone list on disk was made
}

// waker joins a wake-up of the store with the jumps of a clock that can be moved.
type waker struct {
	in  <-chan struct{}
	out chan struct{}
}

// NewApp wires the parts; it touches no network.
func NewApp(p Parts) (*App, error) {
	a := &App{parts: p, news: newNews(p.Log), gate: newGate()}
	a.pulse = newPulse(time.Now)
	a.health = &doorHealth{app: a, doors: map[chat.Name]*doorState{}}
	if err := a.openStore(); err != nil {
		return nil, fmt.Errorf("make the store: %w", err)
	}
	a.clock = newSharedClock(a.db, p.Now)
	var err error
	if a.bot, err = newBot(a); err != nil {
		return nil, err
	}
	a.runner = &due.Runner{
		Queue: dueBeating{a.store.Due(), func() { a.pulse.mark("due") }}, Handle: a.due, Wake: a.wake(redisdb.WakeDue), Until: a.until, Log: p.Log, OnBury: a.bot.JobBuried,
	}
	for _, d := range p.Doors {
		a.relays = append(a.relays, &outbox.Relay{
			Queue: outBeating{diverting{a.store.Outbox(), a}, func() { a.pulse.mark(string(d.Name())) }}, Sender: watched{d, a.health}, Wake: a.wake(string(d.Name())), Until: a.until, Log: p.Log,
			OnMoved: a.bot.ChatMoved, OnRefused: a.rejected(d.Name()),
			OnBury: func(ctx context.Context, c outbox.Claim, reason string) error {
				return a.bot.Undelivered(ctx, c, chat.Reason(reason))
			},
		})
	}
	if a.held, err = newHolder(a); err != nil {
		return nil, err
	}
	return a, nil
}

func (a *App) openStore() error {
	p, stale := a.parts, due.Job{Kind: bot.StaleKind, ID: bot.StaleID}
	if p.Memory {
		db, err := memdb.New(memdb.Options{Now: p.Now, Limits: a.limits, StaleJob: stale})
		a.store = db
		return err
	}
	db, err := redisdb.New(redisdb.Options{
		Client: p.Redis, Namespace: p.Namespace, Now: p.Now, Log: p.Log, Limits: a.limits, Replicas: p.Replicas, Self: p.Self, StaleJob: stale,
	})
	a.store, a.db = db, db
	return err
}

func newBot(a *App) (*bot.Bot, error) {
	p := a.parts
	texts, err := messages.Load()
	if err != nil {
		return nil, fmt.Errorf("load the texts: %w", err)
	}
	book, err := hotline.Parse(messages.Hotlines())
	if err != nil {
		return nil, fmt.Errorf("load the emergency contacts: %w", err)
	}
	rules, err := incident.ParseRules(messages.Rules())
	if err != nil {
		return nil, fmt.Errorf("load the incident rules: %w", err)
	}
	ready, err := readyPacks()
	if err != nil {
		return nil, fmt.Errorf("load the ready packs: %w", err)
	}
	days, err := calendar.BuiltinHolidays()
	if err != nil {
		return nil, fmt.Errorf("load the holidays: %w", err)
	}
	d := bot.Deps{
		Prints: directivePrints{}, Packs: ready, Holidays: days,
		Store: a.store, Texts: texts, Hotlines: book, Rules: rules, Now: a.clock.Now, Log: p.Log,
		Senders: map[chat.Name]chat.Sender{}, Files: map[chat.Name]chat.Files{},
		ReadText: sheet.Text, Papers: papers{}, Link: p.Link, Code: p.Code, Board: a.boardLink, Exports: exports{},
	}
	d.Queues, d.Rehearse = a.queues, playBeside
	if a.db != nil {
		d.Retry, d.Alias = a.db.RetryDead, a.db.Alias
	}
	d.FeedLink, d.Token = a.feedLink, p.Token
	if p.Seals {
		d.SealHead = a.sealHead
	}
	if d.Code == nil {
		d.Code = randomCode
	}
	if d.Token == nil {
		d.Token = rand.Text
	}
	for _, door := range p.Doors {
		d.Senders[door.Name()], d.Files[door.Name()] = door, door
	}
	b, err := bot.New(d)
	if err != nil {
		return nil, fmt.Errorf("make the bot: %w", err)
	}
	return b, nil
}

func (a *App) limits(n chat.Name) chat.Limits {
	for _, d := range a.parts.Doors {
		if d.Name() == n {
			return d.Caps().Limits
		}
	}
	return chat.Limits{}
}

// until is how long the loops have to sleep before a moment of the shared clock.
func (a *App) until(t time.Time) time.Duration {
	d := a.store.Until(t)
	if a.parts.Speed == nil {
		return d
	}
	if s := a.parts.Speed(); s > 0 {
		return time.Duration(float64(d) / s)
	}
	return time.Hour
}

// Run works until ctx ends. The order matters: the store is checked first, since
// nothing may be accepted that cannot be kept; the loops that send and wake run
// before the doors open, so that what an update causes is carried at once; the
// doors open last and close first.
func (a *App) Run(ctx context.Context) error {
	if err := a.prepare(ctx); err != nil {
		return err
	}
	go debug.FreeOSMemory() // the start took more than the work does
	inner, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	var loops sync.WaitGroup
	loops.Go(func() { a.db.Listen(inner) })
	loops.Go(func() { a.clock.keep(inner) })
	for _, w := range a.wakers {
		loops.Go(func() { w.run(inner, a.parts.Moved) })
	}
	loops.Go(func() { a.runner.Run(inner) })
	for _, r := range a.relays {
		loops.Go(func() { r.Run(inner) })
	}
	loops.Go(func() { a.held.run(inner) })
	loops.Go(func() { a.news.run(inner) })
	loops.Go(func() { every(inner, 30*time.Second, a.seal) })
	loops.Go(func() { every(inner, time.Minute, a.snapshot) })
	loops.Go(func() { (&sweeper{app: a}).run(inner) })
	loops.Go(func() { every(inner, beatEvery, a.beat) })
	loops.Go(func() { every(inner, time.Minute, a.heartbeat) })
	loops.Go(func() { every(inner, time.Minute, a.watchBudget) })
	for _, d := range a.parts.Menus {
		loops.Go(func() { every(inner, menuEvery, a.keepMenus(d)) })
	}
	err := a.receive(ctx)
	stop()
	loops.Wait()
	return errors.Join(err, a.held.Close())
}

// prepare checks the store once. A store that cannot be reached is no reason not
// to start: the emergency numbers are answered without it.
func (a *App) prepare(ctx context.Context) error {
	if there, err := a.checkStore(ctx); err != nil || !there {
		return err
	}
	if err := a.applySetup(ctx); stopped(ctx) {
		return nil // an end asked for is no fault; a set-up half applied is taken up at the next start
	} else if err != nil {
		return err
	}
	a.snapshot(ctx)
	if err := a.bot.PlanSeal(ctx); err != nil && ctx.Err() == nil {
		a.parts.Log.Warn().Err(err).Msg("the day's seal is not planned")
	}
	if err := a.bot.PlanPeople(ctx); err != nil && ctx.Err() == nil {
		a.parts.Log.Warn().Err(err).Msg("the daily look at the people is not planned")
	}
	if a.parts.Daily {
		if err := a.bot.PlanLook(ctx); err != nil && ctx.Err() == nil {
			a.parts.Log.Warn().Err(err).Msg("the daily look at the rosters is not planned")
		}
	}
	if a.parts.Owner == nil {
		return nil
	}
	code, err := a.bot.OwnerCode(ctx)
	if err != nil {
		return fmt.Errorf("make the first owner's code: %w", err)
	}
	if code != "" {
		a.parts.Owner(code)
	}
	return nil
}

// checkStore brings the store up to date; there is false while it cannot be reached.
func (a *App) checkStore(ctx context.Context) (there bool, err error) {
	if a.db == nil {
		return true, nil
	}
	servers, err := a.db.CheckServer(ctx)
	switch {
	case stopped(ctx):
		return false, nil
	case errors.Is(err, bot.ErrUnavailable):
		a.parts.Log.Error().Err(err).Msg("the store cannot be reached; answering the emergency numbers only")
		a.held.away(ctx) // its return is waited for, with the organisation to be applied
		return false, nil
	case err != nil:
		return false, fmt.Errorf("check the store: %w", err)
	}
	for _, s := range servers {
		a.parts.Log.Info().Str("durability", s.Durable()).Msg("store")
	}
	if err := a.db.Migrate(ctx); err != nil && ctx.Err() == nil {
		return false, fmt.Errorf("bring the store up to date: %w", err)
	}
	return true, nil
}

// applySetup makes the organisation file the one in force; when the store is away
// at the start this happens on its return.
func (a *App) applySetup(ctx context.Context) error {
	if a.parts.Setup == nil {
		return nil
	}
	if err := a.bot.Apply(ctx, *a.parts.Setup); err != nil {
		return fmt.Errorf("apply the organisation: %w", err)
	}
	return nil
}

// wake is the wake-up of one loop.
func (a *App) wake(topic string) <-chan struct{} {
	if a.db == nil {
		return nil
	}
	in := a.db.Wake(topic)
	if a.parts.Moved == nil {
		return in
	}
	w := waker{in: in, out: make(chan struct{}, 1)}
	a.wakers = append(a.wakers, w)
	return w.out
}

func (w waker) run(ctx context.Context, moved func() <-chan struct{}) {
	for {
		jump := moved()
		select {
		case <-ctx.Done():
			return
		case <-w.in:
		case <-jump:
		}
		select {
		case w.out <- struct{}{}:
		default: // one pending signal says it all
		}
	}
}

// every calls f now and then, until ctx ends.
func every(ctx context.Context, pause time.Duration, f func(context.Context)) {
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for {
		f(ctx)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// seal seals the audit log in batches, apart from the commits.
func (a *App) seal(ctx context.Context) {
	if _, err := a.db.Seal(ctx); err != nil && ctx.Err() == nil {
		a.parts.Log.Warn().Err(err).Msg("the audit log was not sealed")
	}
}

// snapshot keeps beside the store what can be answered without it.
func (a *App) snapshot(ctx context.Context) {
	s, err := a.bot.Snapshot(ctx)
	if err == nil {
		err = a.held.keepSnapshot(s)
	}
	if err != nil && ctx.Err() == nil {
		a.parts.Log.Warn().Err(err).Msg("no new snapshot")
	}
	a.nightly(ctx)
}

// nextMoment is when the next thing will happen by itself; zero when nothing is planned.
func (a *App) nextMoment(ctx context.Context) (time.Time, error) {
	_, next, err := a.store.Due().Claim(ctx, 0, time.Second)
	if err != nil {
		return time.Time{}, fmt.Errorf("ask for the next moment: %w", err)
	}
	return next, nil
}

// queues are the machinery's figures for /suckhoe.
func (a *App) queues(ctx context.Context) (bot.Queues, error) {
	names := make([]chat.Name, 0, len(a.parts.Doors))
	for _, d := range a.parts.Doors {
		names = append(names, d.Name())
	}
	s, err := a.store.Stats(ctx, names...)
	if err != nil {
		return bot.Queues{}, fmt.Errorf("read the figures: %w", err)
	}
	q := bot.Queues{Dead: s.Dead, Buried: s.Buried, Lag: s.Lag, Aside: a.held.kept()}
	for _, o := range s.Outboxes {
		for _, n := range o.Waiting {
			q.Waiting += n
		}
	}
	return q, nil
}

// stopped reports whether the program was told to end.
func stopped(ctx context.Context) bool { return ctx.Err() != nil }
