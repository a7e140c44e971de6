package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"time"

	"trucban/internal/calendar"
	"trucban/internal/outbox"
)

type simulateCmd struct {
	Groups    []int         `default:"100,1000,10000" help:"Numbers of groups to try, at most 20000 each." placeholder:"N,N"`
	Days      int           `default:"9" help:"Days to play, at most 31."`
	Provinces int           `default:"34" help:"Provinces the groups are shared out among; each is one namespace with one bot token."`
	Play      int           `help:"Where there are more groups than this, play some of the provinces, from the largest to the smallest, and count the others in proportion; 0: play all." placeholder:"N"`
	From      string        `default:"2027-02-03" help:"First day, 2027-02-03."`
	Bound     time.Duration `default:"60s" help:"How long 99 of 100 reminders may wait for the platforms, for the number of tokens that are needed."`
	Seed      uint64        `default:"1" help:"Another seed makes other people do other things."`
	Redis     bool          `default:"true" negatable:"" help:"Measure on a redis-server, where one is installed, how much memory it needs."`
	habits
}

// What one simulation may ask for.
const (
	mostGroups = 20_000
	mostHour   = time.Hour
)

// check says what is wrong with the flags, all at once.
func (c simulateCmd) check() error {
	var faults []error
	wrong := func(bad bool, format string, args ...any) {
		if bad {
			faults = append(faults, fmt.Errorf(format, args...))
		}
	}
	wrong(len(c.Groups) == 0, "--groups names at least one number")
	wrong(c.Provinces < 1 || c.Provinces > allProvinces, "--provinces %d: from 1 to %d", c.Provinces, allProvinces)
	for _, n := range c.Groups {
		wrong(n < c.Provinces || n > mostGroups, "--groups %d: at least one for each of the %d provinces and at most %d", n, c.Provinces, mostGroups)
	}
	wrong(c.Days < 1 || c.Days > mostDays, "--days %d: from 1 to %d", c.Days, mostDays)
	wrong(c.Play < 0, "--play %d: a number of groups, 0 for all", c.Play)
	wrong(c.Bound < time.Second || c.Bound > mostHour, "--bound %s: from 1s to %s", c.Bound, mostHour)
	for _, h := range []struct {
		name        string
		value, most float64
	}{{"late", c.Late, 100 - c.Absent}, {"absent", c.Absent, 100}, {"unreached", c.Unreached, 100}, {"incidents", c.Incidents, 100}, {"refused", c.Refused, 50}, {"zalo", c.Zalo, 100}} {
		wrong(!(h.value >= 0 && h.value <= h.most), "--%s %g: from 0 to %g of a hundred", h.name, h.value, h.most)
	}
	return errors.Join(faults...)
}

// Run plays a made-up country and prints what it would take.
func (c simulateCmd) Run(ctx context.Context, s streams) error {
	day, err := time.ParseInLocation(time.DateOnly, c.From, calendar.Zone)
	if err != nil {
		err = fmt.Errorf("--from %q is not a day like 2027-02-03", c.From)
	}
	if err := errors.Join(c.check(), err); err != nil {
		return usageError{err}
	}
	sim := simulation{simulateCmd: c, first: calendar.DateOf(day), say: func(format string, args ...any) { _, _ = fmt.Fprintf(s.err, format+"\n", args...) }}
	report := simulated{cmd: c}
	if c.Redis && hasRedis() {
		if report.redis, err = sim.weigh(ctx); err != nil {
			return fmt.Errorf("measure a redis-server: %w", err)
		}
	}
	for _, n := range c.Groups {
		col, err := sim.country(ctx, n)
		if err != nil {
			return fmt.Errorf("simulate %d groups: %w", n, err)
		}
		report.columns = append(report.columns, col)
	}
	if report.token, err = sim.carries(ctx); err != nil {
		return fmt.Errorf("find what one token carries: %w", err)
	}
	report.print(s.out)
	return nil
}

// simulation is what is tried.
type simulation struct {
	simulateCmd
	first calendar.Date
	say   func(format string, args ...any)
}

// column is what became of one number of groups.
type column struct {
	groups    int
	districts []district
	played    []*played
	took      time.Duration
}

// country plays the provinces, as many at once as there are processors.
func (s simulation) country(ctx context.Context, groups int) (column, error) {
	all := country(groups, s.Provinces)
	col := column{groups: groups, districts: all}
	chosen := all
	if few := max(2, len(all)*s.Play/groups); s.Play > 0 && few < len(all) {
		chosen = nil
		for i := range few { // spread from the largest to the smallest
			chosen = append(chosen, all[i*(len(all)-1)/(few-1)])
		}
	}
	began := time.Now()
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	slots := make(chan struct{}, runtime.GOMAXPROCS(0))
	var mu sync.Mutex
	var under sync.WaitGroup
	col.played = make([]*played, len(chosen))
	for i, d := range chosen {
		slots <- struct{}{}
		under.Go(func() {
			defer func() { <-slots }()
			p, err := s.play(ctx, d, s.Days, newMemoryStage)
			if err != nil {
				stop(err)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			col.played[i] = p
			s.say("%d groups: province %d, %d groups, %d messages", groups, d.number, d.groups, p.messages())
		})
	}
	under.Wait()
	col.took = time.Since(began)
	return col, context.Cause(ctx)
}

// carries looks for the most groups one token carries below the bound, by playing one day with
// ever better guesses, and says what the last one that kept it took.
func (s simulation) carries(ctx context.Context) (carried, error) {
	best := carried{}
	low, high := 0, 3*mostGroups
	for guess := 50; ; {
		p, err := s.play(ctx, district{number: allProvinces + 1, groups: guess, communes: guess}, 1, newMemoryStage)
		if err != nil {
			return best, err
		}
		wait := p.f.waits.quantile(0.99, outbox.Reminder)
		s.say("one token: %d groups, 99 of 100 reminders wait at most %s", guess, wait)
		if wait <= s.Bound {
			low, best = guess, carried{guess, wait}
		} else {
			high = guess
		}
		if high-low <= max(1, low/20) {
			return best, nil
		}
		// The wait grows with the groups, so the next guess is in proportion, well inside of what is known.
		next := int(float64(guess) * s.Bound.Seconds() / max(wait.Seconds(), 0.1))
		margin := max(1, (high-low)/10)
		if guess = min(max(next, low+margin), high-margin, mostGroups, 4*guess); guess <= low {
			return best, nil
		}
	}
}
