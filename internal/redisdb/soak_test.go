package redisdb

import (
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"

	"trucban/bot"
	"trucban/internal/due"
	"trucban/internal/outbox"
)

var long = flag.Bool("soak", false, "run the kill test in its long form: 2,000 aggregates, 100 kills of replicas, 10 of Redis")

// steps is how often each aggregate wants to be looked at.
const steps = 4

// ledger is the platform: it writes down every message it takes, loses some of its answers,
// and delivers updates until they are confirmed.
type ledger struct {
	mu      sync.Mutex
	took    map[string][]time.Time // message -> when
	lost    map[string]int         // answers lost by message
	open    map[string]bool        // updates not confirmed yet
	kills   []time.Time            // of replicas and of Redis
	dropped int
}

func (l *ledger) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	switch r.URL.Path {
	case "/send":
		id := string(b)
		l.took[id] = append(l.took[id], time.Now())
		if rand.IntN(20) == 0 {
			l.lost[id]++
			l.dropped++
			panic(http.ErrAbortHandler) // taken, but nobody will know
		}
		answer(w, fmt.Sprint(len(l.took)))
	case "/update":
		for id := range l.open { // in any order, and to several replicas at once
			answer(w, id)
			return
		}
	case "/confirm":
		delete(l.open, string(b))
	}
}

// answer answers a worker; one that was killed meanwhile does not hear it.
func answer(w io.Writer, text string) { _, _ = io.WriteString(w, text) }

// replica is a worker process.
func replica(t *testing.T, base, addr string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), "TRUCBAN_TEST_WORKER="+base, "TRUCBAN_TEST_REDIS="+addr)
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd
}

// TestKill is the proof of the promise: replicas and Redis are killed and frozen at random while
// aggregates are stepped, updates are counted and messages are sent to a platform that loses
// answers. Then the ledger is compared line by line: nothing is lost, and nothing happened
// twice except a reminder whose answer was never seen.
func TestKill(t *testing.T) {
	aggregates, updates, kills, redisKills, freezes := 250, 300, 12, 2, 3
	if *long {
		aggregates, updates, kills, redisKills, freezes = 2000, 3000, 100, 10, 20
	}
	s := startServer(t, "--appendonly", "yes", "--appendfsync", "always")
	l := &ledger{took: map[string][]time.Time{}, lost: map[string]int{}, open: map[string]bool{}}
	web := httptest.NewServer(l)
	defer web.Close()
	db := soakDB(t, s.addr())
	for i := range updates {
		l.open[fmt.Sprint("u", i)] = true
	}
	now, err := db.Now(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var plan []due.Job
	for i := range aggregates {
		plan = append(plan, due.Job{Kind: "agg", ID: fmt.Sprint(i), At: now.Add(time.Duration(i%1000) * time.Millisecond)})
	}
	mustCommit(t, db, bot.Change{Due: plan})

	crowd := make([]*exec.Cmd, 3)
	for i := range crowd {
		crowd[i] = replica(t, web.URL, s.addr())
	}
	defer func() {
		for _, c := range crowd {
			if c.Process.Kill() == nil {
				_ = c.Wait() // the signal is its exit status
			}
		}
	}()
	torment(t, s, l, crowd, web.URL, []int{kills, redisKills, freezes})
	eventually(t, "everything is done", func() bool {
		st, err := db.Stats(t.Context(), "local")
		if err != nil {
			return false
		}
		waiting := st.Outboxes["local"].Aside
		for _, n := range st.Outboxes["local"].Waiting {
			waiting += n
		}
		l.mu.Lock()
		defer l.mu.Unlock()
		return st.Due == 0 && waiting == 0 && len(l.open) == 0
	})
	l.compare(t, db, aggregates, updates)
}

func soakDB(t *testing.T, addr string) *DB {
	t.Helper()
	client := redis.NewClient(&redis.Options{Addr: addr, DialerRetries: 1, MaxRetries: 1})
	t.Cleanup(func() { shut(t, client) })
	db, err := New(Options{Client: client, Namespace: "soak", Log: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// torment kills and freezes in random order, with a short pause between.
func torment(t *testing.T, s *server, l *ledger, crowd []*exec.Cmd, base string, counts []int) {
	t.Helper()
	var deeds []int
	for deed, n := range counts {
		for range n {
			deeds = append(deeds, deed)
		}
	}
	rand.Shuffle(len(deeds), func(i, j int) { deeds[i], deeds[j] = deeds[j], deeds[i] })
	for _, deed := range deeds {
		pause(t.Context(), time.Duration(50+rand.IntN(350))*time.Millisecond)
		l.mu.Lock()
		l.kills = append(l.kills, time.Now())
		l.mu.Unlock()
		i := rand.IntN(len(crowd))
		switch deed {
		case 0:
			if err := crowd[i].Process.Kill(); err != nil {
				t.Fatal(err)
			}
			_ = crowd[i].Wait() // the signal is its exit status
			crowd[i] = replica(t, base, s.addr())
		case 1:
			s.kill()
			s.start()
		case 2:
			if err := crowd[i].Process.Signal(syscall.SIGSTOP); err != nil {
				t.Fatal(err)
			}
			pause(t.Context(), 1200*time.Millisecond) // past the lease of its jobs
			if err := crowd[i].Process.Signal(syscall.SIGCONT); err != nil {
				t.Fatal(err)
			}
			l.mu.Lock()
			l.kills = append(l.kills, time.Now())
			l.mu.Unlock()
		}
	}
}

// compare holds the ledger against what should have happened, line by line.
func (l *ledger) compare(t *testing.T, db *DB, aggregates, updates int) {
	t.Helper()
	dead := map[string]string{}
	for _, d := range find[Dead](t, db, IndexDead) {
		dead[d.Item.ID] = d.Reason
	}
	repeats, unknown := 0, 0
	for i := range aggregates {
		if d := load1(t, db, "agg", fmt.Sprint(i)); string(d.Data) != fmt.Sprint(steps) {
			t.Errorf("aggregate %d was stepped to %s, not %d", i, d.Data, steps)
		}
		for n := 1; n <= steps; n++ {
			class := outbox.Reminder
			if n%2 == 1 {
				class = outbox.Digest
			}
			id := fmt.Sprintf("%d.%d.%s", i, n, class)
			took := l.took[id]
			delete(l.took, id)
			switch {
			case len(took) == 0 && dead[id] != "unknown":
				t.Errorf("%s is lost", id)
			case len(took) == 0 && class.Resend():
				t.Errorf("%s was given up although it may be repeated", id)
			case len(took) > 1 && !class.Resend():
				t.Errorf("%s came %d times", id, len(took))
			case len(took) > 1+l.lost[id] && !l.killedBetween(took):
				t.Errorf("%s came %d times, %d answers were lost", id, len(took), l.lost[id])
			}
			if len(took) > 1 {
				repeats++
			}
			if dead[id] != "" {
				unknown++
			}
		}
	}
	for id := range l.took {
		t.Errorf("%s was never asked for", id)
	}
	if d := load1(t, db, "count", "all"); string(d.Data) != fmt.Sprint(updates) {
		t.Errorf("%s of %d updates are counted", d.Data, updates)
	}
	events, err := db.client.XLen(t.Context(), db.keys.log()).Result()
	if err != nil || int(events) != aggregates*steps {
		t.Errorf("%d audit events for %d steps, %v", events, aggregates*steps, err)
	}
	t.Logf("%d messages, %d answers lost, %d kills and freezes: 0 lost, %d reminders repeated and %d digests listed as unknown",
		aggregates*steps, l.dropped, len(l.kills), repeats, unknown)
}

// killedBetween reports whether somebody was killed or frozen between two deliveries, which
// explains an answer nobody saw.
func (l *ledger) killedBetween(took []time.Time) bool {
	for _, k := range l.kills {
		if k.After(took[0].Add(-5*time.Second)) && k.Before(took[len(took)-1]) {
			return true
		}
	}
	return false
}
