package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"trucban/bot"
	"trucban/internal/calendar"
	"trucban/internal/chat"
	"trucban/internal/chat/local"
	"trucban/internal/roster"
)

type rehearseCmd struct {
	Town      string   `help:"Organisation file with the shifts to play; default: what the namespace of the settings holds, open directives included. It is only read." type:"existingfile" placeholder:"FILE"`
	Directive []string `help:"Dispatch (công văn) which the desk hands in at the beginning and issues as it was read; may be repeated." type:"existingfile" placeholder:"FILE"`
	From      string   `help:"First day, 2027-02-05; default: the day before the first shift, of a namespace this moment." placeholder:"DAY"`
	To        string   `help:"Last day; default: the day of the last shift's end, a month at most." placeholder:"DAY"`
	Absent    bool     `help:"Nobody checks in, so that every ladder is climbed; without this everybody does, on time."`
	Quiet     bool     `help:"Print only what is found, not every message."`
}

// mostDays bounds a rehearsal.
const mostDays = 31

// Run plays the coming period on a fast clock and prints what would be sent to whom.
// Nothing leaves this process.
func (c rehearseCmd) Run(ctx context.Context, s streams) error {
	setup, now, err := c.setup(ctx)
	if err != nil {
		return err
	}
	first := calendar.DateOf(time.Now())
	if len(setup.Shifts) > 0 {
		first = calendar.DateOf(slices.MinFunc(setup.Shifts, func(a, b roster.Shift) int { return a.Start.Compare(b.Start) }).Start)
	}
	if c.From != "" {
		if err := first.UnmarshalText([]byte(c.From)); err != nil {
			return usageError{err}
		}
	}
	if setup.Shifts, err = withBase(setup, first); err != nil {
		return usageError{err}
	}
	from, to, err := c.period(setup.Shifts)
	if err != nil {
		return usageError{err}
	}
	if from.Before(now) {
		from = now
	}
	if !to.After(from) {
		return usageError{errors.New("the last day is over")}
	}
	began := time.Now()
	out := bufio.NewWriter(s.out)
	messages := io.Writer(out)
	if c.Quiet {
		messages = nil
	}
	found, err := rehearse(ctx, rehearsal{setup: setup, from: from, to: to, absent: c.Absent, dispatches: c.Directive, out: messages})
	if err != nil {
		return fmt.Errorf("rehearse: %w", err)
	}
	found.print(out)
	fmt.Fprintf(out, "played %s to %s in %s\n", wall(from), wall(to), time.Since(began).Round(100*time.Millisecond))
	return out.Flush()
}

// setup is what is played, and before which moment nothing can be: the present one of a namespace.
func (c rehearseCmd) setup(ctx context.Context) (setup bot.Setup, now time.Time, err error) {
	if c.Town != "" {
		if setup, err = readTown(c.Town); err != nil {
			err = usageError{err}
		}
		return setup, now, err
	}
	db, client, cfg, err := toolStore("")
	if err != nil {
		return setup, now, err
	}
	defer closeQuietly(client, zerolog.Nop())
	if now, err = db.Now(ctx); err != nil {
		return setup, now, fmt.Errorf("rehearse: %w", err)
	}
	if setup, err = bot.InService(ctx, db, now); err != nil {
		return setup, now, fmt.Errorf("rehearse: %w", err)
	}
	if len(setup.Shifts) == 0 {
		err = usageError{fmt.Errorf("namespace %s has no shifts to come; name another with TRUCBAN_NAMESPACE, or a file with --town", cfg.Namespace)}
	}
	return setup, now, err
}

func wall(t time.Time) string { return t.In(calendar.Zone).Format("02/01/2006 15:04") }

// period is the time to be played, from the day before the first shift to the end of the last.
func (c rehearseCmd) period(shifts []roster.Shift) (from, to time.Time, err error) {
	if len(shifts) == 0 {
		return from, to, fmt.Errorf("the organisation file has no shifts to play")
	}
	from, to = shifts[0].Start, shifts[0].End
	for _, sh := range shifts {
		if sh.Start.Before(from) {
			from = sh.Start
		}
		if sh.End.After(to) {
			to = sh.End
		}
	}
	from = calendar.DateOf(from).AddDays(-1).Midnight()
	for _, d := range []struct {
		text string
		at   *time.Time
		add  int
	}{{c.From, &from, 0}, {c.To, &to, 1}} {
		if d.text == "" {
			continue
		}
		day, err := time.ParseInLocation(time.DateOnly, d.text, calendar.Zone)
		if err != nil {
			return from, to, fmt.Errorf("%q is not a day like 2027-02-05", d.text)
		}
		*d.at = day.AddDate(0, 0, d.add)
	}
	if last := from.AddDate(0, 0, mostDays); to.After(last) {
		to = last
	}
	if !to.After(from) {
		return from, to, fmt.Errorf("the last day lies before the first")
	}
	return from.UTC(), to.UTC(), nil
}

// rehearsal is what is played.
type rehearsal struct {
	setup    bot.Setup
	from, to time.Time
	absent   bool
	// dispatches are files the desk hands in and issues at the beginning.
	dispatches []string
	out        io.Writer
	// each is handed each message instead of out.
	each func(at time.Time, to, text string)
	// on makes the stage; nil: one in memory.
	on func(context.Context, *local.Clock, []chat.Platform, *bot.Setup) (*stage, error)
}

// rehearse plays the period on a clock that jumps from one thing that happens to the next.
func rehearse(ctx context.Context, r rehearsal) (*findings, error) {
	clock := local.NewStill(r.from)
	rec := newRecorder(clock, r.out)
	rec.each = r.each
	f := rec.f
	doors, err := rehearsalDoors(r.setup, clock, rec)
	if err != nil {
		return f, err
	}
	if r.on == nil {
		r.on = newMemoryStage
	}
	st, err := r.on(ctx, clock, platforms(doors), &r.setup)
	if err != nil {
		return f, err
	}
	defer func() { _ = st.Close() }()
	st.inOrder()
	f.waits.measure(st)
	if err := r.issue(ctx, st, doors); err != nil {
		return f, err
	}
	if err := play(ctx, st, r); err != nil {
		return f, err
	}
	rec.flush()
	stats, err := st.app.store.Stats(ctx)
	if err != nil {
		return f, fmt.Errorf("read the figures: %w", err)
	}
	f.late, f.dead = int(stats.Counters["out.late"]), stats.Dead
	f.look(r)
	return f, nil
}

// playBeside plays a period for people to see, in the memory of this process.
func playBeside(ctx context.Context, r bot.Rehearsal) ([]bot.Rehearsed, error) {
	var out []bot.Rehearsed
	_, err := rehearse(ctx, rehearsal{setup: r.Setup, from: r.From, to: r.To, absent: r.Absent, each: func(at time.Time, to, text string) {
		_, to, _ = strings.Cut(to, "] ") // the platform does not matter to people
		out = append(out, bot.Rehearsed{At: at, To: to, Text: text})
	}})
	return out, err
}

// play lets everybody check in two minutes after the start of the shift, unless nobody shall.
func play(ctx context.Context, st *stage, r rehearsal) error {
	shifts := slices.Clone(r.setup.Shifts)
	slices.SortFunc(shifts, func(a, b roster.Shift) int { return a.Start.Compare(b.Start) })
	for _, sh := range shifts {
		at := sh.Start.Add(2 * time.Minute)
		if r.absent || at.Before(r.from) || at.After(r.to) {
			continue
		}
		if err := st.AdvanceTo(ctx, at); err != nil {
			return err
		}
		for _, a := range sh.People {
			for _, d := range r.setup.Doors[a.Member] {
				u := chat.Update{
					ID: fmt.Sprintf("rehearse:%s:%s", sh.ID, a.Member), Event: chat.EventMessage, From: chat.Account{Platform: d.Addr.Platform, ID: d.Addr.Chat},
					To: d.Addr, Kind: chat.Private, SentAt: at, Text: "ổn định",
				}
				if err := st.Handle(ctx, u); err != nil {
					return err
				}
				break
			}
		}
	}
	return st.AdvanceTo(ctx, r.to)
}
