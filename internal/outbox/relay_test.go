package outbox

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rs/zerolog"

	"trucban/internal/chat"
)

// queue hands its items out once each and keeps the verdicts.
type queue struct {
	mu       sync.Mutex
	items    []Claim
	verdicts map[string]Verdict
	down     int // settles that fail first
}

func (q *queue) Claim(_ context.Context, _ chat.Name, n int, _ time.Duration) ([]Claim, time.Time, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	n = min(n, len(q.items))
	out := q.items[:n]
	q.items = q.items[n:]
	return out, time.Time{}, nil
}

func (q *queue) Settle(_ context.Context, c Claim, v Verdict) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.down > 0 {
		q.down--
		return errors.New("no connection")
	}
	if q.verdicts == nil {
		q.verdicts = map[string]Verdict{}
	}
	q.verdicts[c.ID] = v
	return nil
}

// door is a platform that answers by function.
type door struct {
	send, edit func(ctx context.Context, m chat.Message) chat.Receipt
	noEdit     bool
}

func (d door) Name() chat.Name { return "local" }
func (d door) Caps() chat.Caps { return chat.Caps{Edit: !d.noEdit} }
func (d door) Send(ctx context.Context, _ chat.Address, m chat.Message) chat.Receipt {
	return d.send(ctx, m)
}
func (d door) Edit(ctx context.Context, _ chat.Address, _ string, m chat.Message) chat.Receipt {
	return d.edit(ctx, m)
}

func answer(r chat.Receipt) func(context.Context, chat.Message) chat.Receipt {
	return func(context.Context, chat.Message) chat.Receipt { return r }
}

func claim(id string, class Class) Claim {
	return Claim{Item: Item{ID: id, Class: class, To: chat.Address{Platform: "local", Chat: id}}, Attempt: 1}
}

func step(t *testing.T, r *Relay) int {
	t.Helper()
	n, _, err := r.Step(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestRelayEdits(t *testing.T) {
	sent, gone := answer(chat.Receipt{Outcome: chat.Sent, Message: "8"}), answer(chat.Receipt{Outcome: chat.Permanent, Reason: chat.ReasonGone})
	for _, tc := range []struct {
		name  string
		door  door
		claim func(*Claim)
		want  Verdict
	}{
		{"in place", door{edit: sent}, func(c *Claim) { c.Sent = "7" }, Verdict{Done: true, Message: "7", Spent: true}},
		{"gone and fresh", door{edit: gone, send: sent}, func(c *Claim) { c.Sent, c.Fresh = "7", true }, Verdict{Done: true, Message: "8", Spent: true}},
		{"gone", door{edit: gone}, func(c *Claim) { c.Sent = "7" }, Verdict{Done: true, Spent: true}},
		{"never shown", door{}, func(*Claim) {}, Verdict{Done: true}},
		{"never shown, fresh", door{send: sent}, func(c *Claim) { c.Fresh = true }, Verdict{Done: true, Message: "8", Spent: true}},
		{"no edits here", door{noEdit: true}, func(c *Claim) { c.Sent = "7" }, Verdict{Done: true}},
		{"no edits here, fresh", door{noEdit: true, send: sent}, func(c *Claim) { c.Sent, c.Fresh = "7", true }, Verdict{Done: true, Message: "8", Spent: true}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := claim("a", Edit)
			c.Edit, c.Card = true, "card"
			tc.claim(&c)
			q := &queue{items: []Claim{c}}
			step(t, &Relay{Queue: q, Sender: tc.door, Log: zerolog.Nop()})
			if diff := cmp.Diff(tc.want, q.verdicts["a"]); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestRelayTellsBeforeItBuries(t *testing.T) {
	deaf := errors.New("nobody there")
	for _, told := range []error{nil, deaf} {
		q := &queue{items: []Claim{claim("a", Alarm)}}
		var reasons []string
		r := &Relay{Queue: q, Sender: door{send: answer(chat.Receipt{Outcome: chat.Permanent, Reason: chat.ReasonKicked})}, Log: zerolog.Nop(),
			OnBury: func(_ context.Context, c Claim, reason string) error {
				if _, settled := q.verdicts[c.ID]; settled {
					t.Error("buried before anybody was told")
				}
				reasons = append(reasons, reason)
				return told
			}}
		step(t, r)
		want := Verdict{Bury: "kicked", Spent: true}
		if told != nil {
			want = Verdict{After: 30 * time.Second, Spent: true}
		}
		if diff := cmp.Diff(want, q.verdicts["a"]); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]string{"kicked"}, reasons); diff != "" {
			t.Error(diff)
		}
	}
}

// TestRelayRemembersWhatWasTaken: the store is away when the platform has taken a message.
func TestRelayRemembersWhatWasTaken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := &queue{items: []Claim{claim("a", Digest)}, down: 10}
		step(t, &Relay{Queue: q, Sender: door{send: answer(chat.Receipt{Outcome: chat.Sent, Message: "7"})}, Log: zerolog.Nop()})
		if diff := cmp.Diff(Verdict{Done: true, Message: "7", Spent: true}, q.verdicts["a"]); diff != "" {
			t.Error(diff)
		}
	})
}

func TestRelayRefusedAsAWhole(t *testing.T) {
	var told chat.Reason
	q := &queue{items: []Claim{claim("a", Reply)}}
	step(t, &Relay{Queue: q, Sender: door{send: answer(chat.Receipt{Outcome: chat.Permanent, Reason: chat.ReasonToken})}, Log: zerolog.Nop(),
		OnRefused: func(_ context.Context, r chat.Reason) { told = r }})
	if v := q.verdicts["a"]; !v.HoldAll || told != chat.ReasonToken {
		t.Errorf("verdict %+v, told %q", v, told)
	}
}

func TestRelayOutlivesAPanic(t *testing.T) {
	q := &queue{items: []Claim{claim("a", Alarm), claim("b", Alarm)}}
	d := door{send: func(_ context.Context, m chat.Message) chat.Receipt { panic("boom") }}
	if n := step(t, &Relay{Queue: q, Sender: d, Log: zerolog.Nop()}); n != 2 {
		t.Fatalf("%d handed out", n)
	}
	for id, v := range q.verdicts {
		if v.Done || v.Bury != "" || v.After == 0 {
			t.Errorf("%s: %+v", id, v)
		}
	}
}

// TestRelayFrozenPastItsLease: a relay that wakes up too late does not speak.
func TestRelayFrozenPastItsLease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		first := make(chan struct{})
		var spoke []string
		var mu sync.Mutex
		d := door{send: func(ctx context.Context, m chat.Message) chat.Receipt {
			mu.Lock()
			spoke = append(spoke, m.Text)
			mu.Unlock()
			<-ctx.Done() // the platform hangs until the bound of a send
			return chat.Receipt{Outcome: chat.Unknown}
		}}
		a := claim("a", Reply)
		a.Message.Text = "a"
		frozen := &frozenQueue{queue: queue{items: []Claim{a}}, until: first}
		r := &Relay{Queue: frozen, Sender: d, Log: zerolog.Nop(), Lease: time.Minute}
		go func() {
			<-time.After(31 * time.Second) // in the bubble's clock: the process stands still for half a lease
			close(first)
		}()
		step(t, r)
		if len(spoke) != 0 {
			t.Errorf("spoke after the lease: %v", spoke)
		}
		if diff := cmp.Diff(Verdict{}, frozen.verdicts["a"]); diff != "" {
			t.Error(diff)
		}
	})
}

// frozenQueue answers a claim only after a while, as when the process was stopped meanwhile.
type frozenQueue struct {
	queue
	until <-chan struct{}
}

func (q *frozenQueue) Claim(ctx context.Context, p chat.Name, n int, l time.Duration) ([]Claim, time.Time, error) {
	items, next, err := q.queue.Claim(ctx, p, n, l)
	<-q.until
	return items, next, err
}

// TestRelayRunIsNotHeldUpByAHangingSend: one chat hangs, the others go on meanwhile.
func TestRelayRunIsNotHeldUpByAHangingSend(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		q := &queue{items: []Claim{claim("hang", Alarm)}}
		for i := range 20 {
			c := claim(string(rune('a'+i)), Alarm)
			q.items = append(q.items, c)
		}
		d := door{send: func(ctx context.Context, m chat.Message) chat.Receipt {
			return chat.Receipt{Outcome: chat.Sent}
		}}
		hung := false
		var mu sync.Mutex
		d.send = func(ctx context.Context, m chat.Message) chat.Receipt {
			mu.Lock()
			mine := !hung
			hung = true
			mu.Unlock()
			if mine {
				<-ctx.Done()
				return chat.Receipt{Outcome: chat.Unknown}
			}
			return chat.Receipt{Outcome: chat.Sent}
		}
		r := &Relay{Queue: q, Sender: d, Log: zerolog.Nop(), Workers: 2, Until: func(time.Time) time.Duration { return 0 }}
		done := make(chan struct{})
		go func() { r.Run(ctx); close(done) }()
		synctest.Wait()
		<-time.After(5 * time.Second) // the bubble's clock, far below the bound of a send
		q.mu.Lock()
		n := len(q.verdicts)
		q.mu.Unlock()
		if n != 20 {
			t.Errorf("%d of 20 settled while one hangs", n)
		}
		stop()
		<-done
		if len(q.verdicts) != 21 {
			t.Errorf("%d settled at the stop", len(q.verdicts))
		}
	})
}
