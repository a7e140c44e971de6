package redisdb

import (
	"context"
	"encoding/json"
	"fmt"
	"sort"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
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

// BenchmarkCommit compares commits with the bare script, from a few callers and from as many
// as a busy hour has: those that come together go to Redis as one call.
func BenchmarkCommit(b *testing.B) {
	for _, hands := range []int{4, 16} {
		b.Run(fmt.Sprintf("callers=%d", hands), func(b *testing.B) { benchCommit(b, hands) })
	}
}

func benchCommit(b *testing.B, hands int) {
	b.Helper()
	s := startServer(b)
	db := realDB(b, s.addr(), chat.Limits{})
	const rounds, each = 10, 500
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
