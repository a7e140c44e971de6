package redisdb

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime"
	"sort"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
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

// The benchmarks measure against the floor in the same run: the same commands sent
// to the same server without this package. Run them with
//
//	go test -run '^$' -bench . -benchtime 1x ./internal/redisdb
//
// and read the metrics; the time per operation says nothing.

// bare does what BenchmarkCommit's change does to Redis, and nothing else.
const bare = `
redis.call('SET', KEYS[1], '1', 'PX', 180000000)
redis.call('HMGET', KEYS[2], 'v', 'x', 'e')
local v = redis.call('INCR', KEYS[6])
redis.call('HSET', KEYS[2], 'v', v, 'd', ARGV[1], 'm', ARGV[2], 'x', 'open')
redis.call('ZADD', KEYS[3], ARGV[3], KEYS[2])
redis.call('ZADD', KEYS[4], ARGV[3], KEYS[2])
redis.call('SET', KEYS[7], '1', 'NX', 'PX', 172800000)
redis.call('HGETALL', KEYS[8])
local s = redis.call('INCR', KEYS[6])
redis.call('HSET', KEYS[9], 'j', ARGV[4], 'm', ARGV[5], 'p', 'local', 'c', 'c', 't', '', 'r', 3, 's', s, 'a', 0, 'u', 0, 'gd', '', 'gm', '', 'k', '', 'ed', '', 'fr', '', 'w', '', 'f', '')
redis.call('ZADD', KEYS[10], s, KEYS[9])
redis.call('HSET', KEYS[8], 'c3', 1)
redis.call('ZADD', KEYS[11], ARGV[3], KEYS[8])
redis.call('XADD', KEYS[5], 'MAXLEN', '~', 200000, '*', 'e', ARGV[6])
return v`

func BenchmarkCommit(b *testing.B) {
	s := startServer(b)
	db := realDB(b, s.addr(), chat.Limits{})
	const rounds, each, hands = 10, 500, 4
	data := json.RawMessage(`{"shift":"` + strings.Repeat("x", 300) + `"}`)
	message := chat.Message{Text: strings.Repeat("Đề nghị đ/c điểm danh. ", 12)}
	ours := func(ctx context.Context, i int) error {
		id := fmt.Sprint(i % 500)
		d := bot.Doc{Ref: bot.Ref{Kind: "watch", ID: id}, Version: bot.AnyVersion, Data: data, Marks: []string{"open"},
			Index: []bot.Entry{{Index: "open", Score: int64(i)}}}
		return db.Commit(ctx, bot.Change{
			Seen: fmt.Sprint("local:", i), Docs: []bot.Doc{d},
			Due: []due.Job{{Kind: "watch", ID: id, At: time.UnixMilli(int64(4e12) + int64(i))}},
			Out: []outbox.Item{{ID: fmt.Sprint("i", i), To: chatAddr(i % 500), Kind: chat.Private, Class: outbox.Reply, Message: message}},
			Log: []bot.Event{{What: "checkin", Subject: d.Ref, By: "m1"}},
		})
	}
	script := redis.NewScript(bare)
	item, text, event := strings.Repeat("i", 150), strings.Repeat("t", 400), strings.Repeat("e", 120)
	floor := func(ctx context.Context, i int) error {
		n, id := strconv.Itoa(i), strconv.Itoa(i%500)
		return script.Run(ctx, db.client, []string{"{r}seen" + n, "{r}d" + id, "{r}x", "{r}due", "{r}log", "{r}seq",
			"{r}m" + n, "{r}l" + id, "{r}i" + n, "{r}q" + id, "{r}r"}, string(data), "\nopen\n", n, item, text, event).Err()
	}
	var raw, made float64
	for b.Loop() {
		for i := range rounds { // in turns, so that other work on the machine hits both
			raw += rate(b, i*each, each, hands, floor)
			made += rate(b, i*each, each, hands, ours)
		}
		if err := db.client.FlushDB(b.Context()).Err(); err != nil {
			b.Fatal(err)
		}
	}
	raw, made = raw/rounds, made/rounds
	b.ReportMetric(made/float64(b.N), "commits/s")
	b.ReportMetric(raw/float64(b.N), "floor/s")
	b.ReportMetric(made/raw, "of_floor")
}

// rate does f n times, counting on from first, from several hands and says how often it went a second.
func rate(b *testing.B, first, n, hands int, f func(context.Context, int) error) float64 {
	b.Helper()
	var next atomic.Int64
	next.Store(int64(first))
	var wg sync.WaitGroup
	start := time.Now()
	for range hands {
		wg.Go(func() {
			for i := int(next.Add(1)); i <= first+n; i = int(next.Add(1)) {
				if err := f(b.Context(), i); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	return float64(n) / time.Since(start).Seconds()
}

// gauge is a platform that takes everything at once and checks the order of each chat.
type gauge struct {
	mu    sync.Mutex
	last  map[string]int
	wrong int
	n     atomic.Int64
	all   chan struct{}
	want  int64
}

func (g *gauge) Name() chat.Name { return "local" }
func (g *gauge) Caps() chat.Caps { return chat.Caps{} }
func (g *gauge) Edit(context.Context, chat.Address, string, chat.Message) chat.Receipt {
	return chat.Receipt{Outcome: chat.Sent}
}

func (g *gauge) Send(_ context.Context, to chat.Address, m chat.Message) chat.Receipt {
	i, err := strconv.Atoi(m.Text)
	g.mu.Lock()
	if err != nil || g.last[to.Chat] > i {
		g.wrong++
	}
	g.last[to.Chat] = i
	g.mu.Unlock()
	if g.n.Add(1) == g.want {
		close(g.all)
	}
	return chat.Receipt{Outcome: chat.Sent, Message: "1"}
}

func BenchmarkOutbox(b *testing.B) {
	s := startServer(b)
	const n, chats = 20000, 500
	var speed, floor float64
	script := redis.NewScript(`return redis.call('HGETALL', KEYS[1])`)
	for b.Loop() {
		db := realDB(b, s.addr(), chat.Limits{})
		floor += rate(b, 0, n, 32, func(ctx context.Context, _ int) error {
			return script.Run(ctx, db.client, []string{"{r}x"}).Err()
		})
		var batch []outbox.Item
		for i := range n {
			batch = append(batch, outbox.Item{ID: fmt.Sprint(i), To: chatAddr(i % chats), Kind: chat.Private, Class: outbox.Reminder, Message: chat.Message{Text: fmt.Sprint(i)}})
			if len(batch) == 200 {
				mustCommit(b, db, bot.Change{Out: batch})
				batch = nil
			}
		}
		g := &gauge{last: map[string]int{}, all: make(chan struct{}), want: n}
		r := &outbox.Relay{Queue: db.Outbox(), Sender: g, Until: db.Until, Log: zerolog.Nop(), Workers: 64}
		ctx, stop := context.WithCancel(b.Context())
		done := make(chan struct{})
		start := time.Now()
		go func() { r.Run(ctx); close(done) }()
		<-g.all
		speed += n / time.Since(start).Seconds()
		stop()
		<-done
		if g.wrong > 0 {
			b.Errorf("%d messages out of order", g.wrong)
		}
		if err := db.client.FlushDB(b.Context()).Err(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(speed/float64(b.N), "messages/s")
	b.ReportMetric(floor/float64(b.N), "bare_evalsha/s")
	b.ReportMetric(speed/floor, "of_floor")
}

// quantile is in milliseconds.
func quantile(d []time.Duration, q float64) float64 {
	if len(d) == 0 {
		return 0
	}
	sort.Slice(d, func(i, j int) bool { return d[i] < d[j] })
	return float64(d[min(int(q*float64(len(d))), len(d)-1)].Microseconds()) / 1000
}

// BenchmarkAlarms measures how long after its moment an alarm fires at 65 a second, and how long a
// burst of 2,000 takes.
func BenchmarkAlarms(b *testing.B) {
	s := startServer(b)
	db := realDB(b, s.addr(), chat.Limits{})
	var mu sync.Mutex
	var late []time.Duration
	var left atomic.Int64
	var all chan struct{}
	r := &due.Runner{Queue: db.Due(), Wake: db.Wake(WakeDue), Until: db.Until, Log: zerolog.Nop(),
		Handle: func(ctx context.Context, c due.Claim) error {
			now, err := db.Now(ctx)
			if err != nil {
				return err
			}
			mu.Lock()
			late = append(late, now.Sub(c.At))
			mu.Unlock()
			err = db.Commit(ctx, bot.Change{Settle: &c})
			if left.Add(-1) == 0 {
				close(all)
			}
			return err
		}}
	ctx, stop := context.WithCancel(b.Context())
	var wg sync.WaitGroup
	wg.Go(func() { db.Listen(ctx) })
	wg.Go(func() { r.Run(ctx) })
	put := func(n int, gap time.Duration) time.Time {
		now, err := db.Now(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		first := now.Add(200 * time.Millisecond)
		var jobs []due.Job
		for i := range n {
			jobs = append(jobs, due.Job{Kind: "k", ID: fmt.Sprint(i), At: first.Add(time.Duration(i) * gap)})
		}
		all = make(chan struct{})
		left.Store(int64(n))
		mustCommit(b, db, bot.Change{Due: jobs})
		return first
	}
	var p50, p99, burst, bare50, bare99 float64
	for b.Loop() {
		timers := bareTimers(b, db, 260, time.Second/65)
		bare50 += quantile(timers, 0.5)
		bare99 += quantile(timers, 0.99)
		late = nil
		put(260, time.Second/65)
		<-all
		p50 += quantile(late, 0.5)
		p99 += quantile(late, 0.99)
		first := put(2000, 0)
		<-all
		now, err := db.Now(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		burst += float64(now.Sub(first).Milliseconds())
	}
	stop()
	wg.Wait()
	n := float64(b.N)
	b.ReportMetric(bare50/n, "floor_p50_ms")
	b.ReportMetric(bare99/n, "floor_p99_ms")
	b.ReportMetric(p50/n, "p50_late_ms")
	b.ReportMetric(p99/n, "p99_late_ms")
	b.ReportMetric(burst/n, "burst_of_2000_ms")
}

// bareTimers is the floor of the alarms: a timer of the process and two round trips.
func bareTimers(b *testing.B, db *DB, n int, gap time.Duration) []time.Duration {
	b.Helper()
	late := make([]time.Duration, n)
	start := time.Now()
	var wg sync.WaitGroup
	for i := range n {
		at := start.Add(time.Duration(i) * gap)
		pause(b.Context(), time.Until(at))
		wg.Go(func() {
			for range 2 {
				if err := db.client.Time(b.Context()).Err(); err != nil {
					b.Error(err)
				}
			}
			late[i] = time.Since(at)
		})
	}
	wg.Wait()
	return late
}

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
