package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"trucban/bot"
	"trucban/internal/calendar"
	"trucban/internal/chat"
	"trucban/internal/chat/local"
	"trucban/internal/roster"
	"trucban/internal/team"
)

type rehearseCmd struct {
	Town   string `required:"" help:"Organisation file with the shifts to play." type:"existingfile" placeholder:"FILE"`
	From   string `help:"First day, 2027-02-05; default: the day before the first shift." placeholder:"DAY"`
	To     string `help:"Last day; default: the day of the last shift's end, a month at most." placeholder:"DAY"`
	Absent bool   `help:"Nobody checks in, so that every ladder is climbed; without this everybody does, on time."`
	Quiet  bool   `help:"Print only what is found, not every message."`
}

// mostDays bounds a rehearsal.
const mostDays = 31

// Run plays the coming period on a fast clock and prints what would be sent to whom.
// Nothing leaves this process.
func (c rehearseCmd) Run(ctx context.Context, s streams) error {
	setup, err := readTown(c.Town)
	if err != nil {
		return usageError{err}
	}
	from, to, err := c.period(setup.Shifts)
	if err != nil {
		return usageError{err}
	}
	began := time.Now()
	out := bufio.NewWriter(s.out)
	messages := io.Writer(out)
	if c.Quiet {
		messages = io.Discard
	}
	found, err := rehearse(ctx, rehearsal{setup: setup, from: from, to: to, absent: c.Absent, out: messages})
	if err != nil {
		return fmt.Errorf("rehearse: %w", err)
	}
	found.print(out)
	fmt.Fprintf(out, "played %s to %s in %s\n", wall(from), wall(to), time.Since(began).Round(100*time.Millisecond))
	return out.Flush()
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
	out      io.Writer
}

// findings are what a rehearsal found.
type findings struct {
	sent      map[string]int // messages by platform
	private   int
	busiest   int // messages in the busiest minute
	busyAt    time.Time
	late      int // messages that would come too late and so would not be sent
	dead      int
	gaps      []string
	conflicts []string
	unreached []string // people with neither a private chat nor a group of their unit
	limits    []string
}

// stageDoor is a platform in memory under the real platform's name and limits; what it is told to send is printed.
type stageDoor struct {
	*local.Platform
	note func(chat.Address, chat.Message, bool)
}

// Send implements chat.Sender.
func (d stageDoor) Send(ctx context.Context, to chat.Address, m chat.Message) chat.Receipt {
	r := d.Platform.Send(ctx, to, m)
	d.note(to, m, r.Outcome == chat.Sent)
	return r
}

// realLimits are the documented limits of the platforms; others have none.
func realLimits(p chat.Name) chat.Limits {
	switch p {
	case "telegram":
		return chat.Limits{ChatEvery: time.Second, GroupPerMinute: 20, PerSecond: 30}
	case "zalo":
		return chat.Limits{ChatEvery: time.Second, GroupPerMinute: 20, PerSecond: 10, PerMonth: 3000}
	}
	return chat.Limits{}
}

var markup = regexp.MustCompile(`<[^>]+>`)

// recorder prints and counts what is sent.
type recorder struct {
	mu    sync.Mutex
	clock *local.Clock
	out   io.Writer
	names map[string]string
	at    map[int64]int // messages by minute
	f     *findings
	kinds map[string]bool // address -> private
}

func (r *recorder) note(to chat.Address, m chat.Message, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !ok {
		return
	}
	now := r.clock.Now()
	r.f.sent[string(to.Platform)]++
	if r.kinds[to.Key()] {
		r.f.private++
	}
	minute := now.Unix() / 60
	if r.at[minute]++; r.at[minute] > r.f.busiest {
		r.f.busiest, r.f.busyAt = r.at[minute], time.Unix(minute*60, 0)
	}
	text := markup.ReplaceAllString(m.Text, "")
	fmt.Fprintf(r.out, "%s  %s: %s\n", wall(now), r.names[to.Key()], strings.ReplaceAll(text, "\n", "\n                    "))
}

// rehearse plays the period on a clock that jumps from one thing that happens to the next.
func rehearse(ctx context.Context, r rehearsal) (findings, error) {
	f := findings{sent: map[string]int{}}
	clock := local.NewStill(r.from)
	rec := &recorder{clock: clock, out: r.out, names: map[string]string{}, at: map[int64]int{}, f: &f, kinds: map[string]bool{}}
	doors, err := rehearsalDoors(r.setup, clock, rec)
	if err != nil {
		return f, err
	}
	st, err := newStageOn(ctx, clock, doors, &r.setup, zerolog.Nop())
	if err != nil {
		return f, err
	}
	defer func() { _ = st.Close() }()
	st.coarse = 10 * time.Minute
	if err := play(ctx, st, r); err != nil {
		return f, err
	}
	stats, err := st.app.db.Stats(ctx)
	if err != nil {
		return f, fmt.Errorf("read the figures: %w", err)
	}
	f.late, f.dead = int(stats.Counters["out.late"]), stats.Dead
	f.look(r)
	return f, nil
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

// rehearsalDoors are one platform in memory for each the organisation names.
func rehearsalDoors(s bot.Setup, clock *local.Clock, rec *recorder) ([]chat.Platform, error) {
	used := map[chat.Name]bool{}
	for _, r := range s.Rooms {
		used[r.Addr.Platform] = true
		rec.names[r.Addr.Key()] = fmt.Sprintf("[%s] %s", r.Addr.Platform, roomTitle(s.Town, r))
	}
	for m, doors := range s.Doors {
		who, _ := s.Town.Org.Member(m)
		for _, d := range doors {
			used[d.Addr.Platform] = true
			rec.names[d.Addr.Key()] = fmt.Sprintf("[%s] đ/c %s", d.Addr.Platform, who.Name)
			rec.kinds[d.Addr.Key()] = true
		}
	}
	var out []chat.Platform
	for name := range used {
		caps := local.FullCaps()
		if name == "zalo" {
			caps = local.ZaloCaps()
		}
		caps.Limits = realLimits(name)
		p := local.New(local.Options{Clock: clock, Name: name, Caps: &caps})
		if err := furnish(p, s); err != nil {
			return nil, err
		}
		out = append(out, stageDoor{p, rec.note})
	}
	slices.SortFunc(out, func(a, b chat.Platform) int { return strings.Compare(string(a.Name()), string(b.Name())) })
	return out, nil
}

// look adds what the roster itself and the limits show.
func (f *findings) look(r rehearsal) {
	name := func(m team.MemberID) string { p, _ := r.setup.Town.Org.Member(m); return p.Name }
	unit := func(u team.UnitID) string { v, _ := r.setup.Town.Org.Unit(u); return v.Name }
	for _, c := range (roster.Rules{}).Conflicts(r.setup.Shifts) {
		what := map[roster.ConflictKind]string{roster.DoubleBooked: "on two shifts at once", roster.TwoNights: "on two nights running"}[c.Kind]
		f.conflicts = append(f.conflicts, fmt.Sprintf("%s %s, %s to %s", name(c.Member), what, wall(c.From), wall(c.To)))
	}
	byUnit := map[team.UnitID][]roster.Shift{}
	grouped := map[team.UnitID]bool{}
	for _, room := range r.setup.Rooms {
		grouped[room.Unit] = grouped[room.Unit] || room.Purpose == bot.ForUnit
	}
	lost := map[team.MemberID]bool{}
	for _, sh := range r.setup.Shifts {
		byUnit[sh.Unit] = append(byUnit[sh.Unit], sh)
		if len(sh.People) == 0 {
			f.gaps = append(f.gaps, fmt.Sprintf("%s: nobody on %s, %s", unit(sh.Unit), sh.Name, wall(sh.Start)))
		}
		for _, a := range sh.People {
			if len(r.setup.Doors[a.Member]) == 0 && !grouped[sh.Unit] && !lost[a.Member] {
				lost[a.Member] = true
				f.unreached = append(f.unreached, name(a.Member))
			}
		}
	}
	for u, list := range byUnit {
		slices.SortFunc(list, func(a, b roster.Shift) int { return a.Start.Compare(b.Start) })
		end := list[0].End
		for _, sh := range list[1:] {
			if sh.Start.After(end) {
				f.gaps = append(f.gaps, fmt.Sprintf("%s: no shift from %s to %s", unit(u), wall(end), wall(sh.Start)))
			}
			if sh.End.After(end) {
				end = sh.End
			}
		}
	}
	slices.Sort(f.gaps)
	for p, n := range f.sent {
		if most := realLimits(chat.Name(p)).PerMonth; most > 0 && n > most*9/10 {
			f.limits = append(f.limits, fmt.Sprintf("%s: %d messages of %d a month; summaries stop at 90%%, reminders at 98%%", p, n, most))
		}
		if s := realLimits(chat.Name(p)).PerSecond; s > 0 && f.busiest > s*60 {
			f.limits = append(f.limits, fmt.Sprintf("%s: the busiest minute needs %d messages, the platform takes %d", p, f.busiest, s*60))
		}
	}
	slices.Sort(f.limits)
}

// print says what was found, most important first.
func (f *findings) print(w io.Writer) {
	total := 0
	for _, n := range f.sent {
		total += n
	}
	fmt.Fprintf(w, "\n%d messages (%d private)", total, f.private)
	for p, n := range f.sent {
		fmt.Fprintf(w, ", %s %d", p, n)
	}
	fmt.Fprintf(w, "; busiest minute %d at %s\n", f.busiest, wall(f.busyAt))
	fmt.Fprintf(w, "too late to send: %d; given up: %d\n", f.late, f.dead)
	for _, part := range []struct {
		name string
		list []string
	}{{"gaps", f.gaps}, {"collisions", f.conflicts}, {"cannot be reached", f.unreached}, {"platform limits met", f.limits}} {
		fmt.Fprintf(w, "%s: %d\n", part.name, len(part.list))
		for _, l := range part.list {
			fmt.Fprintln(w, "  "+l)
		}
	}
}
