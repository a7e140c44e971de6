package main

import (
	"context"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"trucban/bot"
	"trucban/internal/chat"
	"trucban/internal/chat/local"
)

// stageDoor is a platform in memory under the real platform's name and limits; what it is told to send is noted.
type stageDoor struct {
	*local.Platform
	note func(stageCall)
}

// stageCall is one call of a platform and what became of it.
type stageCall struct {
	to   chat.Address
	m    chat.Message
	edit bool
	chat.Receipt
}

// Send implements chat.Sender.
func (d stageDoor) Send(ctx context.Context, to chat.Address, m chat.Message) chat.Receipt {
	r := d.Platform.Send(ctx, to, m)
	d.note(stageCall{to, m, false, r})
	return r
}

// Edit implements chat.Sender.
func (d stageDoor) Edit(ctx context.Context, to chat.Address, id string, m chat.Message) chat.Receipt {
	r := d.Platform.Edit(ctx, to, id, m)
	d.note(stageCall{to, m, true, r})
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
	clock *local.Clock
	out   io.Writer
	names map[string]string
	kinds map[string]bool // address -> private

	mu     sync.Mutex
	f      *findings
	minute map[chat.Name]int // calls in the minute under way, of each platform
	since  int64             // that minute
	lines  []spoken          // messages of the moment at
	at     time.Time
}

// spoken is one message of the transcript.
type spoken struct{ to, text string }

func (r *recorder) note(c stageCall) {
	r.mu.Lock()
	defer r.mu.Unlock()
	p := c.to.Platform
	now := r.clock.Now()
	if c.Outcome == chat.Throttled {
		r.f.refused[p]++
	}
	if c.Outcome != chat.Sent {
		return
	}
	if m := now.Unix() / 60; m != r.since {
		r.since = m
		clear(r.minute)
	}
	if r.minute[p]++; r.minute[p] > r.f.busiest[p].n {
		r.f.busiest[p] = peak{r.minute[p], time.Unix(r.since*60, 0)}
	}
	if c.edit {
		r.f.edits++
		return
	}
	r.f.sent[p]++
	if r.kinds[c.to.Key()] {
		r.f.private++
	}
	if !now.Equal(r.at) {
		r.flush()
		r.at = now
	}
	r.lines = append(r.lines, spoken{r.names[c.to.Key()], markup.ReplaceAllString(c.m.Text, "")})
}

// flush prints the messages of one moment: they leave at once, so they are put into the order of
// their readers. Those to one reader keep their own.
func (r *recorder) flush() {
	slices.SortStableFunc(r.lines, func(a, b spoken) int { return strings.Compare(a.to, b.to) })
	for _, l := range r.lines {
		fmt.Fprintf(r.out, "%s  %s: %s\n", wall(r.at), l.to, strings.ReplaceAll(l.text, "\n", "\n                    "))
	}
	r.lines = r.lines[:0]
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
