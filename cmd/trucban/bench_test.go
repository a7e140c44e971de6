package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"trucban/internal/chat/chattest"
	"trucban/internal/chat/local"
)

// Sizes of the measurement.
const (
	crew   = 4   // people on duty in each unit
	rounds = 12  // bursts of each bot, in turns
	burst  = 200 // people who check in at once
	paced  = 1500
	beat   = 2 * time.Millisecond // between two of the paced
	people = (rounds+1)*burst + paced
)

// course is a fake Bot API with people who wait for answers, in front of one bot.
type course struct {
	b      *testing.B
	fake   *chattest.Telegram
	api    string
	people []*chattest.TelegramUser // who has not written yet

	mu    sync.Mutex
	begun map[string]time.Time // by chat
	waits []time.Duration
	menus int           // how many menus of commands were set
	got   chan struct{} // one for each answer somebody waited for
	ready chan struct{} // closed when everybody has a menu
}

func newCourse(b *testing.B) *course {
	b.Helper()
	c := &course{b: b, fake: chattest.NewTelegram(chattest.TelegramOptions{NoLimits: true}), begun: map[string]time.Time{}, got: make(chan struct{}, people+1), ready: make(chan struct{})}
	srv := httptest.NewServer(c)
	c.api = srv.URL
	b.Cleanup(func() { c.fake.Close(); srv.Close() })
	for i := range people {
		c.people = append(c.people, c.fake.User(fmt.Sprint("Người ", i)).Open())
	}
	return c
}

// town has everybody on duty, crew by crew; those who check in one after the other are of different units.
func (c *course) town() string {
	units := (people + crew - 1) / crew
	var all, members, shifts strings.Builder
	begin := time.Now().In(local.Zone).Add(25 * time.Minute)
	const day = "2006-01-02 15:04"
	for unit := range units {
		var who []string
		for i := unit; i < people; i += units {
			fmt.Fprintf(&members, "  - {id: p%d, name: Nguyễn Văn %d, unit: u%d, roles: [officer], accounts: {telegram: %q}, started: [telegram]}\n", i, i, unit, c.people[i].ID())
			who = append(who, fmt.Sprintf("{person: p%d}", i))
		}
		fmt.Fprintf(&all, "  - {id: u%d, name: Đơn vị %d, parent: root}\n", unit, unit)
		fmt.Fprintf(&shifts, "  - {unit: u%d, name: Ca trực, start: %s, end: %s, people: [%s]}\n", unit, begin.Format(day), begin.Add(8*time.Hour).Format(day), strings.Join(who, ", "))
	}
	return "name: UBND tỉnh\nunits:\n  - {id: root, name: UBND tỉnh}\n" + all.String() + "people:\n" + members.String() +
		"policy:\n  checkin: {eve: none, before: [], at_start: false, open_before: 2h}\nshifts:\n" + shifts.String()
}

// ServeHTTP is the fake Bot API; it notes when people have their answers.
func (c *course) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch path.Base(r.URL.Path) {
	case "sendMessage":
		c.sending(w, r)
	case "setMyCommands":
		c.fake.ServeHTTP(w, r)
		c.menu()
	default:
		c.fake.ServeHTTP(w, r)
	}
}

// menu counts the menus: in two languages, for everybody and for anyone and in groups besides.
func (c *course) menu() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.menus++; c.menus == 2*(people+2) {
		close(c.ready)
	}
}

func (c *course) sending(w http.ResponseWriter, r *http.Request) {
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

// next are n people who have not written yet.
func (c *course) next(n int) []*chattest.TelegramUser {
	who := c.people[:n]
	c.people = c.people[n:]
	return who
}

// answered waits for n answers and returns how long people waited, the shortest first.
func (c *course) answered(n int) []time.Duration {
	c.b.Helper()
	end := time.NewTimer(serviceTime)
	defer end.Stop()
	for i := range n {
		select {
		case <-c.got:
		case <-end.C:
			c.b.Fatalf("%d of %d have an answer", i, n)
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	waits := c.waits
	c.waits = nil
	slices.Sort(waits)
	return waits
}

// burst lets people check in all at once and returns how many a second are answered.
func (c *course) burst() float64 {
	c.b.Helper()
	begin := time.Now()
	for _, u := range c.next(burst) {
		c.write(u, "/ondanh")
	}
	c.answered(burst)
	return burst / time.Since(begin).Seconds()
}

// paced lets people check in one after the other and returns how long they waited.
func (c *course) paced() []time.Duration {
	c.b.Helper()
	tick := time.NewTicker(beat)
	defer tick.Stop()
	for _, u := range c.next(paced) {
		<-tick.C
		c.write(u, "/ondanh")
	}
	return c.answered(paced)
}

// process runs a bot by itself and returns its process and how it is ended.
func process(b *testing.B, exe string, env ...string) (pid int, end func(os.Signal)) {
	b.Helper()
	cmd := exec.Command(exe, "run")
	cmd.Env = append(os.Environ(), env...)
	var said bytes.Buffer
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	var once sync.Once
	end = func(s os.Signal) {
		once.Do(func() {
			_ = cmd.Process.Signal(s)
			if err := cmd.Wait(); err != nil && s != os.Kill {
				b.Errorf("%s ended with %v: %s", exe, err, said.String())
			}
		})
	}
	b.Cleanup(func() { end(os.Kill) })
	return cmd.Process.Pid, end
}

// program builds the program as it is shipped and returns its path.
func program(b *testing.B) string {
	b.Helper()
	exe := filepath.Join(b.TempDir(), "trucban")
	if out, err := exec.Command("go", "build", "-o", exe, ".").CombinedOutput(); err != nil {
		b.Fatalf("build the program: %v\n%s", err, out)
	}
	return exe
}

// settings are the environment of the program between a course and a store. Telegram's
// rate over all chats is lifted; everything else is as it comes.
func (c *course) settings(r *redisServer) []string {
	c.b.Helper()
	dir := c.b.TempDir()
	town := filepath.Join(dir, "town.yaml")
	if err := os.WriteFile(town, []byte(c.town()), 0o600); err != nil {
		c.b.Fatal(err)
	}
	return []string{
		"TRUCBAN_TELEGRAM_TOKEN=" + c.fake.Token(), "TRUCBAN_TELEGRAM_API=" + c.api, "TRUCBAN_TELEGRAM_PER_SECOND=99999",
		"TRUCBAN_REDIS_URL=redis://" + r.addr + "/0", "TRUCBAN_NAMESPACE=bench", "TRUCBAN_TOWN=" + town, "TRUCBAN_DATA=" + filepath.Join(dir, "data"),
		"TRUCBAN_LISTEN=" + net.JoinHostPort("127.0.0.1", strconv.Itoa(freePort(c.b))),
	}
}

// checkedIn is a shift's document after a check-in, as the program wrote it: what the minimal bot writes too.
func checkedIn(b *testing.B, r *redisServer) string {
	b.Helper()
	client := redis.NewClient(&redis.Options{Addr: r.addr})
	defer func() { _ = client.Close() }()
	keys, _, err := client.Scan(b.Context(), 0, "{bench}:d:watch:*", 10000).Result()
	if err != nil {
		b.Fatal(err)
	}
	longest := map[string]string{}
	for _, key := range keys {
		doc, err := client.HGetAll(b.Context(), key).Result()
		if err != nil {
			b.Fatal(err)
		}
		if len(doc["d"]) > len(longest["d"]) {
			longest = doc
		}
	}
	data, err := json.Marshal(longest)
	if err != nil || longest["d"] == "" {
		b.Fatalf("no document of a shift: %v", err)
	}
	return string(data)
}

// status reads a figure of the process in kB; 0 where the system does not tell.
func status(pid int, name string) (kb float64) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(data)) {
		if rest, ok := strings.CutPrefix(line, name+":"); ok {
			_, _ = fmt.Sscan(rest, &kb)
		}
	}
	return kb
}

// worked is how much processor time the process has had; 0 where the system does not tell.
func worked(pid int) time.Duration {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(data), ") ")
	f := strings.Fields(rest)
	if len(f) < 13 {
		return 0
	}
	user, _ := strconv.Atoi(f[11])
	system, _ := strconv.Atoi(f[12])
	return time.Duration(user+system) * 10 * time.Millisecond // of a hundredth of a second each
}

func median[T cmp.Ordered](list []T) T {
	slices.Sort(list)
	return list[len(list)/2]
}

// BenchmarkCheckIns runs the program, built as it is shipped, and a minimal bot in
// turns, each in a process of its own in front of a fake Bot API of its own, on one
// real redis-server that puts every write on the disk before it answers. Four people
// are on duty in each unit; everybody checks in once, by polling, and waits for the
// answer, in private: no unit has a group.
//
//	go test ./cmd/trucban -run '^$' -bench CheckIns -benchtime 1x
//
// It prints
//
//	p50-ms, p99-ms       how long people wait at 500 check-ins a second
//	RSS-MB               the most memory the program had during that
//	anon-MB              its memory at the end of that, without the pages of its own file, which it shares
//	app/s, minimal/s     check-ins a second when 200 come at once, the median of its rounds
//	ratio                the program to the minimal bot, the median of the pairs of rounds
//	*-cpu-us, *-redis-us  processor time of a bot and of the store for a check-in
//	start-s, again-s     from the start to the first answer, when it was stopped and when it was killed before
func BenchmarkCheckIns(b *testing.B) {
	exe := program(b)
	for b.Loop() {
		measure(b, exe)
	}
}

func measure(b *testing.B, exe string) {
	r := startRedis(b)
	ours, theirs := newCourse(b), newCourse(b)
	env := ours.settings(r)
	app, endApp := process(b, exe, env...)
	<-ours.ready // what a first start has to do is done
	ours.burst() // connections are open, the store is warm
	minimal, endMinimal := process(b, os.Args[0], minimalEnv+"="+theirs.api+"/bot"+theirs.fake.Token()+"/", minimalRedis+"="+r.addr, minimalDoc+"="+checkedIn(b, r))
	theirs.burst()

	if err := os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", app), []byte("5"), 0); err != nil {
		b.Logf("the most memory is that since the start: %v", err)
	}
	waits := ours.paced()
	b.ReportMetric(float64(waits[len(waits)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(waits[len(waits)*99/100].Microseconds())/1000, "p99-ms")
	b.ReportMetric(status(app, "VmHWM")/1024, "RSS-MB")
	b.ReportMetric(status(app, "RssAnon")/1024, "anon-MB")

	turns(b, side{ours, app}, side{theirs, minimal}, r.cmd.Process.Pid)
	endMinimal(os.Kill)

	for _, how := range []struct {
		end  os.Signal
		name string
	}{{os.Interrupt, "start-s"}, {os.Kill, "again-s"}} {
		endApp(how.end)
		stranger := ours.fake.User("Khách").Open() // what was under way in a chat when the program was killed holds that chat
		begin := time.Now()
		ours.write(stranger, "/hotline")
		_, endApp = process(b, exe, env...)
		ours.answered(1)
		b.ReportMetric(time.Since(begin).Seconds(), how.name)
	}
	endApp(os.Interrupt)
}

// side is a bot under measurement.
type side struct {
	*course
	pid int
}

// turns lets bursts of people check in with one bot and the other in turns.
func turns(b *testing.B, app, minimal side, store int) {
	b.Helper()
	speed, cpu := map[int][]float64{}, map[int]time.Duration{}
	var ratio []float64
	for range rounds {
		for _, s := range []side{app, minimal} {
			before, stored := worked(s.pid), worked(store)
			speed[s.pid] = append(speed[s.pid], s.burst())
			cpu[s.pid] += worked(s.pid) - before
			cpu[-s.pid] += worked(store) - stored
		}
		ratio = append(ratio, speed[app.pid][len(ratio)]/speed[minimal.pid][len(ratio)])
	}
	each := func(pid int) float64 { return float64(cpu[pid].Microseconds()) / (rounds * burst) }
	b.ReportMetric(median(speed[app.pid]), "app/s")
	b.ReportMetric(median(speed[minimal.pid]), "minimal/s")
	b.ReportMetric(median(ratio), "ratio")
	b.ReportMetric(each(app.pid), "app-cpu-us")
	b.ReportMetric(each(-app.pid), "app-redis-us")
	b.ReportMetric(each(minimal.pid), "minimal-cpu-us")
	b.ReportMetric(each(-minimal.pid), "minimal-redis-us")
}
