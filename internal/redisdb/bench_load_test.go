package redisdb

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"

	"trucban/bot"
	"trucban/internal/chat"
	"trucban/internal/due"
	"trucban/internal/outbox"
)

// strict is a platform that refuses what comes faster than its rate: a bucket of one second.
type strict struct {
	mu      sync.Mutex
	rate    float64
	tokens  float64
	last    time.Time
	refused int
	at      map[string]time.Time
	n       int
	want    int
	all     chan struct{}
}

func (s *strict) Name() chat.Name { return "local" }
func (s *strict) Caps() chat.Caps { return chat.Caps{} }
func (s *strict) Edit(context.Context, chat.Address, string, chat.Message) chat.Receipt {
	return chat.Receipt{Outcome: chat.Sent}
}

func (s *strict) Send(_ context.Context, _ chat.Address, m chat.Message) chat.Receipt {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	s.tokens = min(s.rate, s.tokens+now.Sub(s.last).Seconds()*s.rate)
	s.last = now
	if s.tokens < 1 {
		s.refused++
		return chat.Receipt{Outcome: chat.Throttled, RetryAfter: time.Second}
	}
	s.tokens--
	s.at[m.Text] = now
	if s.n++; s.n == s.want {
		close(s.all)
	}
	return chat.Receipt{Outcome: chat.Sent, Message: "1"}
}

// BenchmarkFanOut sends to 5,000 chats at an enforced 300 a second, while people ask.
func BenchmarkFanOut(b *testing.B) {
	s := startServer(b)
	const chats, replies, perSecond = 5000, 150, 300
	var ratio, refused, p99 float64
	for b.Loop() {
		db := realDB(b, s.addr(), chat.Limits{ChatEvery: time.Second, GroupPerMinute: 20, PerSecond: perSecond})
		p := &strict{rate: perSecond, tokens: perSecond, last: time.Now(), at: map[string]time.Time{}, all: make(chan struct{}), want: chats + replies}
		r := &outbox.Relay{Queue: db.Outbox(), Sender: p, Wake: db.Wake("local"), Until: db.Until, Log: zerolog.Nop()}
		ctx, stop := context.WithCancel(b.Context())
		var wg sync.WaitGroup
		wg.Go(func() { db.Listen(ctx) })
		var fan []outbox.Item
		for i := range chats {
			fan = append(fan, item(fmt.Sprint(i), chatAddr(i), outbox.Reminder))
		}
		mustCommit(b, db, bot.Change{Out: fan})
		start := time.Now()
		wg.Go(func() { r.Run(ctx) })
		asked := map[string]time.Time{}
		tick := time.NewTicker(100 * time.Millisecond)
		for i := range replies {
			<-tick.C
			id := fmt.Sprint("reply", i)
			asked[id] = time.Now()
			mustCommit(b, db, bot.Change{Out: []outbox.Item{item(id, chatAddr(chats-1-i), outbox.Reply)}})
		}
		<-p.all
		ratio += time.Since(start).Seconds() / (float64(chats+replies) / perSecond)
		tick.Stop()
		stop()
		wg.Wait()
		var waits []time.Duration
		for id, at := range asked {
			waits = append(waits, p.at[id].Sub(at))
		}
		p99 += quantile(waits, 0.99)
		refused += float64(p.refused)
		if err := db.client.FlushDB(b.Context()).Err(); err != nil {
			b.Fatal(err)
		}
	}
	n := float64(b.N)
	b.ReportMetric(ratio/n, "of_ideal_time")
	b.ReportMetric(refused/n, "refused")
	b.ReportMetric(p99/n, "reply_p99_ms")
}

// info reads one number of INFO.
func info(b *testing.B, c redis.UniversalClient, section, name string) float64 {
	b.Helper()
	text, err := c.Info(b.Context(), section).Result()
	if err != nil {
		b.Fatal(err)
	}
	for line := range strings.Lines(text) {
		if v, ok := strings.CutPrefix(strings.TrimSpace(line), name+":"); ok {
			f, err := strconv.ParseFloat(v, 64)
			if err != nil {
				b.Fatal(err)
			}
			return f
		}
	}
	b.Fatalf("no %s", name)
	return 0
}

// BenchmarkIdle is what a replica costs when nothing happens: loops of the alarm clock and two platforms.
func BenchmarkIdle(b *testing.B) {
	s := startServer(b)
	db := realDB(b, s.addr(), chat.Limits{})
	ctx, stop := context.WithCancel(b.Context())
	defer stop()
	go db.Listen(ctx)
	r := &due.Runner{Queue: db.Due(), Wake: db.Wake(WakeDue), Until: db.Until, Log: zerolog.Nop()}
	go r.Run(ctx)
	for range 2 {
		relay := &outbox.Relay{Queue: db.Outbox(), Sender: &gauge{}, Wake: db.Wake("local"), Until: db.Until, Log: zerolog.Nop()}
		go relay.Run(ctx)
	}
	const span = 5 * time.Second
	var commands, cpu float64
	for b.Loop() {
		pause(ctx, time.Second)
		var a, z syscall.Rusage
		before := info(b, db.client, "stats", "total_commands_processed")
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &a); err != nil {
			b.Fatal(err)
		}
		pause(ctx, span)
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &z); err != nil {
			b.Fatal(err)
		}
		// A script's own commands count as well.
		commands += (info(b, db.client, "stats", "total_commands_processed") - before) / span.Seconds()
		used := time.Duration(z.Utime.Nano() - a.Utime.Nano() + z.Stime.Nano() - a.Stime.Nano())
		cpu += 100 * used.Seconds() / span.Seconds()
	}
	b.ReportMetric(commands/float64(b.N), "redis_commands/s")
	b.ReportMetric(cpu/float64(b.N), "percent_of_a_core")
}

// BenchmarkMemory holds 10,000 groups and 100,000 future shifts with their alarms.
func BenchmarkMemory(b *testing.B) {
	s := startServer(b)
	db := realDB(b, s.addr(), chat.Limits{})
	for b.Loop() {
		var docs []bot.Doc
		var jobs []due.Job
		flush := func() {
			mustCommit(b, db, bot.Change{Docs: docs, Due: jobs})
			docs, jobs = nil, nil
		}
		add := func(kind string, i int, data string, index string) {
			docs = append(docs, bot.Doc{Ref: bot.Ref{Kind: kind, ID: fmt.Sprint(kind, "-2026-", i)}, Version: bot.AnyVersion,
				Data: json.RawMessage(data), Index: []bot.Entry{{Index: index, Score: int64(i)}}})
			if len(docs) == 500 {
				flush()
			}
		}
		for i := range 10000 {
			add("group", i, fmt.Sprintf(`{"id":"-100%d","unit":"u%d","title":"Tổ trực số %d","admitted":true}`, i, i, i), "groups")
		}
		for i := range 100000 {
			add("watch", i, fmt.Sprintf(`{"id":"s%d","unit":"u%d","member":"m%d","from":"2026-12-01T00:00:00Z","to":"2026-12-02T00:00:00Z","lead":"m%d"}`, i, i%10000, i%30000, i%999), "open")
			jobs = append(jobs, due.Job{Kind: "watch", ID: fmt.Sprint("watch-2026-", i), At: time.UnixMilli(4e12 + int64(i))})
		}
		flush()
	}
	b.ReportMetric(info(b, db.client, "memory", "used_memory")/1e6, "redis_MB")
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(m.Sys-m.HeapReleased)/1e6, "replica_MB")
}
