package main

import (
	"context"
	"fmt"
	"io"
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
	// refuse, where set, answers calls that the platform shall not take though its limits are kept.
	refuse func(chat.Address) (r chat.Receipt, refused bool)
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
	r, refused := d.refused(to)
	if !refused {
		r = d.Platform.Send(ctx, to, m)
	}
	d.note(stageCall{to, m, false, r})
	return r
}

// Edit implements chat.Sender.
func (d stageDoor) Edit(ctx context.Context, to chat.Address, id string, m chat.Message) chat.Receipt {
	r, refused := d.refused(to)
	if !refused {
		r = d.Platform.Edit(ctx, to, id, m)
	}
	d.note(stageCall{to, m, true, r})
	return r
}

func (d stageDoor) refused(to chat.Address) (chat.Receipt, bool) {
	if d.refuse == nil {
		return chat.Receipt{}, false
	}
	return d.refuse(to)
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

// recorder prints and counts what is sent.
type recorder struct {
	clock *local.Clock
	out   io.Writer // nil: the messages are only counted
	names map[string]string
	kinds map[string]bool // address -> private

	mu     sync.Mutex
	f      *findings
	minute map[chat.Name]int // calls in the minute under way, of each platform
	since  int64             // that minute
	lines  []spoken          // messages of the moment at
	at     time.Time
	each   func(at time.Time, to, text string) // is handed each message; nil: it is printed
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
	r.f.hours[now.Unix()/3600]++
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
	if r.out == nil && r.each == nil {
		return
	}
	if !now.Equal(r.at) {
		r.flush()
		r.at = now
	}
	r.lines = append(r.lines, spoken{r.names[c.to.Key()], chat.Plain(c.m.Text)})
}

// flush prints the messages of one moment: they leave at once, so they are put into the order of
// their readers. Those to one reader keep their own.
func (r *recorder) flush() {
	slices.SortStableFunc(r.lines, func(a, b spoken) int { return strings.Compare(a.to, b.to) })
	for _, l := range r.lines {
		if r.each != nil {
			r.each(r.at, l.to, l.text)
			continue
		}
		fmt.Fprintf(r.out, "%s  %s: %s\n", wall(r.at), l.to, strings.ReplaceAll(l.text, "\n", "\n                    "))
	}
	r.lines = r.lines[:0]
}

func newRecorder(clock *local.Clock, out io.Writer) *recorder {
	return &recorder{
		clock: clock, out: out, names: map[string]string{}, kinds: map[string]bool{}, minute: map[chat.Name]int{},
		f: &findings{sent: map[chat.Name]int{}, busiest: map[chat.Name]peak{}, refused: map[chat.Name]int{}, hours: map[int64]int{}, waits: newWaits(clock.Now)},
	}
}

func platforms(doors []stageDoor) []chat.Platform {
	out := make([]chat.Platform, len(doors))
	for i, d := range doors {
		out[i] = d
	}
	return out
}

// rehearsalDoors are one platform in memory for each the organisation names.
func rehearsalDoors(s bot.Setup, clock *local.Clock, rec *recorder) ([]stageDoor, error) {
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
	var out []stageDoor
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
		out = append(out, stageDoor{Platform: p, note: rec.note})
	}
	slices.SortFunc(out, func(a, b stageDoor) int { return strings.Compare(string(a.Name()), string(b.Name())) })
	return out, nil
}
