package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"

	"trucban/internal/chat"
	"trucban/internal/chat/chattest"
	"trucban/internal/chat/local"
	"trucban/internal/chat/telegram"
)

// What a measured process is told by its environment.
const (
	benchBot   = "TRUCBAN_BENCH_BOT" // "app" or "minimal"
	benchAPI   = "TRUCBAN_BENCH_API"
	benchToken = "TRUCBAN_BENCH_TOKEN"
	benchRedis = "TRUCBAN_BENCH_REDIS"
	benchTown  = "TRUCBAN_BENCH_TOWN"
)

// TestMain lets this binary be the bot under measurement, in a process of its own.
func TestMain(m *testing.M) {
	var err error
	switch os.Getenv(benchBot) {
	case "app":
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
		err = measuredApp(ctx)
		stop()
	case "minimal":
		err = minimalBot(context.Background(), os.Getenv(benchAPI)+"/bot"+os.Getenv(benchToken)+"/")
	default:
		os.Exit(m.Run())
	}
	if err != nil {
		_, _ = fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// measuredApp is the program on a real store, with Telegram's limits lifted.
func measuredApp(ctx context.Context) error {
	setup, err := readTown(os.Getenv(benchTown))
	if err != nil {
		return err
	}
	door, err := telegram.New(telegram.Options{
		Token: os.Getenv(benchToken), API: os.Getenv(benchAPI), Now: time.Now, Log: zerolog.Nop(), Limits: &chat.Limits{},
	})
	if err != nil {
		return err
	}
	client := redis.NewClient(&redis.Options{Addr: os.Getenv(benchRedis)})
	app, err := NewApp(Parts{Redis: client, Namespace: "bench", Doors: []chat.Platform{door}, Setup: &setup, Log: zerolog.Nop()})
	if err != nil {
		return err
	}
	return app.Run(ctx)
}

// minimalBot is the least a bot can be: poll, one durable write of what was said
// in one round trip, answer; one after the other, with nothing but net/http.
func minimalBot(ctx context.Context, api string) error {
	db := redis.NewClient(&redis.Options{Addr: os.Getenv(benchRedis)})
	offset := int64(0)
	for {
		var got struct {
			Result []struct {
				ID      int64 `json:"update_id"`
				Message struct {
					Text string `json:"text"`
					Chat struct {
						ID int64 `json:"id"`
					} `json:"chat"`
				} `json:"message"`
			} `json:"result"`
		}
		if err := call(ctx, api+"getUpdates", url.Values{"timeout": {"20"}, "offset": {strconv.FormatInt(offset, 10)}}, &got); err != nil {
			return err
		}
		for _, u := range got.Result {
			who := strconv.FormatInt(u.Message.Chat.ID, 10)
			_, err := db.TxPipelined(ctx, func(p redis.Pipeliner) error {
				p.Set(ctx, "min:seen:"+strconv.FormatInt(u.ID, 10), 1, 24*time.Hour)
				p.Set(ctx, "min:in:"+who, u.Message.Text, 0)
				p.XAdd(ctx, &redis.XAddArgs{Stream: "min:log", Values: []string{"who", who}})
				return nil
			})
			if err != nil {
				return fmt.Errorf("write: %w", err)
			}
			var sent struct{ OK bool }
			if err := call(ctx, api+"sendMessage", url.Values{"chat_id": {who}, "text": {"Đã ghi nhận"}}, &sent); err != nil {
				return err
			}
			offset = u.ID + 1
		}
	}
}

func call(ctx context.Context, address string, form url.Values, out any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	return json.NewDecoder(resp.Body).Decode(out)
}

// course is a fake Bot API with people who wait for answers, and a real store.
type course struct {
	b      *testing.B
	fake   *chattest.Telegram
	api    string
	redis  *redisServer
	town   string
	people []*chattest.TelegramUser

	mu    sync.Mutex
	begun map[string]time.Time // by chat
	waits []time.Duration
	got   chan struct{} // one for each answer somebody waited for
}

// crew is how many people are on duty in each unit.
const crew = 4

func newCourse(b *testing.B, people int) *course {
	b.Helper()
	c := &course{b: b, fake: chattest.NewTelegram(chattest.TelegramOptions{NoLimits: true}), redis: startRedis(b), begun: map[string]time.Time{}, got: make(chan struct{}, people+1)}
	srv := httptest.NewServer(c)
	c.api = srv.URL
	b.Cleanup(func() { c.fake.Close(); srv.Close() })
	var units, members, shifts strings.Builder
	begin := time.Now().In(local.Zone).Add(25 * time.Minute)
	const day = "2006-01-02 15:04"
	for i := range people {
		u := c.fake.User(fmt.Sprint("Người ", i)).Open()
		c.people = append(c.people, u)
		unit := i / crew
		if i%crew == 0 {
			fmt.Fprintf(&units, "  - {id: u%d, name: Đơn vị %d, parent: root}\n", unit, unit)
			fmt.Fprintf(&shifts, "  - {unit: u%d, name: Ca trực, start: %s, end: %s, people: [", unit, begin.Format(day), begin.Add(8*time.Hour).Format(day))
		}
		fmt.Fprintf(&members, "  - {id: p%d, name: Nguyễn Văn %d, unit: u%d, roles: [officer], accounts: {telegram: %q}, started: [telegram]}\n", i, i, unit, u.ID())
		fmt.Fprintf(&shifts, "{person: p%d}", i)
		if i%crew == crew-1 || i == people-1 {
			shifts.WriteString("]}\n")
		} else {
			shifts.WriteString(", ")
		}
	}
	town := "name: UBND tỉnh\nunits:\n  - {id: root, name: UBND tỉnh}\n" + units.String() + "people:\n" + members.String() +
		"policy:\n  checkin: {eve: none, before: [], at_start: false, open_before: 2h}\nshifts:\n" + shifts.String()
	c.town = b.TempDir() + "/town.yaml"
	if err := os.WriteFile(c.town, []byte(town), 0o600); err != nil {
		b.Fatal(err)
	}
	return c
}

// ServeHTTP is the fake Bot API; it notes when people have their answers.
func (c *course) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !strings.HasSuffix(r.URL.Path, "/sendMessage") {
		c.fake.ServeHTTP(w, r)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	c.fake.ServeHTTP(w, r)
	now := time.Now()
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	id := form.Get("chat_id")
	if at, waits := c.begun[id]; waits {
		delete(c.begun, id)
		c.waits = append(c.waits, now.Sub(at))
		c.got <- struct{}{}
	}
}

func (c *course) write(u *chattest.TelegramUser, text string) {
	c.mu.Lock()
	c.begun[u.ID()] = time.Now()
	c.mu.Unlock()
	u.Send(u.ID(), text)
}

// answered waits for n answers and returns how long people waited.
func (c *course) answered(n int) []time.Duration {
	c.b.Helper()
	end := time.NewTimer(serviceTime)
	defer end.Stop()
	for range n {
		select {
		case <-c.got:
		case <-end.C:
			c.b.Fatal("not everybody has an answer")
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	waits := c.waits
	c.waits = nil
	slices.Sort(waits)
	return waits
}

// start runs a bot in a process of its own and returns how it is ended.
func (c *course) start(bot string) (cmd *exec.Cmd, end func()) {
	c.b.Helper()
	cmd = exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), benchBot+"="+bot, benchAPI+"="+c.api, benchToken+"="+c.fake.Token(), benchRedis+"="+c.redis.addr, benchTown+"="+c.town)
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		c.b.Fatal(err)
	}
	return cmd, func() {
		if bot == "minimal" {
			_ = cmd.Process.Kill()
		} else if err := cmd.Process.Signal(os.Interrupt); err != nil {
			c.b.Error(err)
		}
		_ = cmd.Wait() // a killed one says so
	}
}

// burst lets people check in all at once and returns how many a second are answered.
func (c *course) burst(people []*chattest.TelegramUser) float64 {
	begin := time.Now()
	for _, u := range people {
		c.write(u, "/ondanh")
	}
	c.answered(len(people))
	return float64(len(people)) / time.Since(begin).Seconds()
}

// resident is the most memory the process had, in MB; 0 where the system does not tell.
func resident(pid int) float64 {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(data)) {
		var kb float64
		if n, _ := fmt.Sscanf(line, "VmHWM: %f kB", &kb); n == 1 {
			return kb / 1024
		}
	}
	return 0
}

// BenchmarkCheckIns runs the whole program between the fake Bot API and a real
// redis-server that puts every write on the disk before it answers, each in a
// process of its own and without Telegram's limits. 2000 people are on duty in 500
// units. It prints how long people wait at 500 check-ins a second (from writing to
// the answer standing in their chat), the program's memory, check-ins a second when
// 250 come at once beside those of a minimal bot with one write each, and how long
// a start takes to the first answer.
func BenchmarkCheckIns(b *testing.B) {
	for b.Loop() {
		const paced, burst = 1500, 250
		c := newCourse(b, 2000)
		_, end := c.start("minimal")
		c.burst(c.people[:burst]) // connections are open, the store is warm
		minimal := c.burst(c.people[:burst])
		end()

		cmd, end := c.start("app")
		stranger := c.fake.User("Khách").Open()
		c.write(stranger, "/hotline")
		c.answered(1)
		tick := time.NewTicker(2 * time.Millisecond)
		for _, u := range c.people[:paced] {
			<-tick.C
			c.write(u, "/ondanh")
		}
		tick.Stop()
		waits := c.answered(paced)
		b.ReportMetric(float64(waits[len(waits)/2].Microseconds())/1000, "p50-ms")
		b.ReportMetric(float64(waits[len(waits)*99/100].Microseconds())/1000, "p99-ms")
		b.ReportMetric(resident(cmd.Process.Pid), "RSS-MB")
		app := max(c.burst(c.people[paced:paced+burst]), c.burst(c.people[paced+burst:]))
		b.ReportMetric(app, "app/s")
		b.ReportMetric(minimal, "minimal/s")
		b.ReportMetric(app/minimal, "ratio")
		end()

		begin := time.Now()
		c.write(stranger, "/hotline")
		_, end = c.start("app")
		c.answered(1)
		b.ReportMetric(time.Since(begin).Seconds(), "start-s")
		end()
	}
}
