package outbox

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"trucban/internal/chat"
	"trucban/internal/loop"
)

// Relay carries the items of one platform to its Sender. Fill the fields, then
// call Run, or Step from a test that moves the clock.
type Relay struct {
	Queue  Queue
	Sender chat.Sender
	// OnBury tells upwards that an item is given up, before it is; when it fails the
	// item stays and is given up later. May be nil.
	OnBury func(ctx context.Context, c Claim, reason string) error
	// OnMoved is told that a chat has a new address, before the outbox is rewritten. May be nil.
	OnMoved func(ctx context.Context, from, to chat.Address) error
	// OnRefused is told, at most once a minute, that the platform refuses the bot as a whole
	// (its token): nothing goes out there until that is mended. May be nil.
	OnRefused func(ctx context.Context, reason chat.Reason)
	// Lease is twice what a send may take; 0 means 60 s.
	Lease time.Duration
	// Workers is how many chats are spoken to at once; 0 means 32.
	Workers int
	// Wake signals that new work arrived; may be nil.
	Wake <-chan struct{}
	// Until is how long it is to a moment of the shared clock; Run needs it.
	Until func(time.Time) time.Duration
	Log   zerolog.Logger
}

// grace is how long a send under way may go on when the relay is stopped: cut off, its
// outcome would be unknown.
const grace = 8 * time.Second

func (r *Relay) lease() time.Duration {
	if r.Lease <= 0 {
		return time.Minute
	}
	return r.Lease
}

func (r *Relay) workers() int {
	if r.Workers <= 0 {
		return 32
	}
	return r.Workers
}

// Step sends one batch and waits for it: one message a chat, chats at once. n counts
// the items handed out; n of 0 without an error means that no chat may speak at the
// queue's present moment. next is when to look again, zero when nothing waits.
func (r *Relay) Step(ctx context.Context) (n int, next time.Time, err error) {
	b, next, err := r.claim(ctx, r.workers())
	if err != nil {
		return 0, time.Time{}, err
	}
	var wg sync.WaitGroup
	for _, c := range b.items {
		wg.Go(func() { b.do(ctx, r, c) })
	}
	wg.Wait()
	return len(b.items), next, nil
}

// Run sends until ctx ends, then waits for what is under way. A send that hangs
// keeps one worker busy and delays no other chat.
func (r *Relay) Run(ctx context.Context) {
	loop.Loop[task]{
		Workers: r.workers(), Wake: r.Wake, Until: r.Until, Frees: true,
		Claim: func(ctx context.Context, n int) ([]task, time.Time, error) {
			b, next, err := r.claim(ctx, n)
			tasks := make([]task, 0, len(b.items))
			for _, c := range b.items {
				tasks = append(tasks, task{b, c})
			}
			return tasks, next, err
		},
		Do: func(ctx context.Context, t task) { t.from.do(ctx, r, t.claim) },
		Fault: func(err error) {
			r.Log.Warn().Err(err).Str("platform", string(r.Sender.Name())).Msg("the outbox cannot be read")
		},
	}.Run(ctx)
}

// task is one claim of a batch.
type task struct {
	from  *batch
	claim Claim
}

// batch is what one claim handed out, with the moment after which none of it may be sent.
type batch struct {
	items []Claim
	fresh context.Context // ends half a lease after the claim was asked for
	end   func()
	left  atomic.Int32
}

// claim asks for items. The clock of their freshness runs from before the question, so
// that a process frozen at any point afterwards knows it.
func (r *Relay) claim(ctx context.Context, n int) (*batch, time.Time, error) {
	fresh, cancel := context.WithTimeout(context.WithoutCancel(ctx), r.lease()/2)
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(grace, cancel) })
	b := &batch{fresh: fresh, end: func() { stop(); cancel() }}
	var next time.Time
	var err error
	b.items, next, err = r.Queue.Claim(ctx, r.Sender.Name(), n, r.lease())
	if b.left.Store(int32(len(b.items))); err != nil || len(b.items) == 0 {
		b.end()
	}
	return b, next, err
}

func (b *batch) do(ctx context.Context, r *Relay, c Claim) {
	if ctx.Err() != nil {
		r.settle(ctx, c, Verdict{}, r.Log) // stopped before it was said: for the others
	} else {
		r.do(ctx, b.fresh, c)
	}
	if b.left.Add(-1) == 0 {
		b.end()
	}
}

// do brings one claim to its verdict and settles it.
func (r *Relay) do(ctx, fresh context.Context, c Claim) {
	log := r.Log.With().Str("item", c.ID).Str("chat", c.To.Key()).Str("class", string(c.Class)).Int("attempt", c.Attempt).Logger()
	if c.Known != nil {
		r.settle(ctx, c, Decide(c, *c.Known), log)
		return
	}
	receipt, asked := r.deliver(fresh, c)
	v := Decide(c, receipt)
	if v.Anew {
		receipt, asked = r.send(fresh, c)
		v = Decide(c, receipt)
	}
	if !asked && receipt.Outcome != chat.Sent {
		r.settle(ctx, c, Verdict{}, log) // nothing was said: whoever is awake may have it
		return
	}
	v.Spent = asked
	if receipt.Outcome != chat.Sent {
		log.Warn().Err(receipt.Err).Str("outcome", string(receipt.Outcome)).Str("reason", string(receipt.Reason)).
			Dur("retry_after", receipt.RetryAfter).Msg("a message was not delivered")
	}
	if receipt.Reason == chat.ReasonToken && r.OnRefused != nil {
		r.OnRefused(ctx, receipt.Reason)
	}
	r.settle(ctx, c, v, log)
}

// settle writes the verdict down. What the platform took must not be forgotten, so it is
// tried until the lease is nearly over, even while we are stopping.
func (r *Relay) settle(ctx context.Context, c Claim, v Verdict, log zerolog.Logger) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), r.lease()*2/5)
	defer cancel()
	if !v.MovedTo.IsZero() && r.OnMoved != nil {
		if err := r.OnMoved(ctx, c.To, v.MovedTo); err != nil {
			log.Error().Err(err).Msg("a chat's new address could not be noted")
			v = Verdict{After: 10 * time.Second, Hold: true, Spent: v.Spent}
		}
	}
	if v.Bury != "" {
		log.Error().Str("reason", v.Bury).Msg("a message is given up")
		if r.OnBury != nil {
			if err := r.OnBury(ctx, c, v.Bury); err != nil {
				log.Error().Err(err).Msg("nobody could be told about a message given up")
				v = Verdict{After: 30 * time.Second, Spent: v.Spent}
			}
		}
	}
	for pause := 50 * time.Millisecond; ; pause = min(2*pause, time.Second) {
		err := r.Queue.Settle(ctx, c, v)
		if err == nil {
			return
		}
		t := time.NewTimer(pause)
		select {
		case <-t.C:
		case <-ctx.Done():
			t.Stop()
			log.Error().Err(err).Msg("the outcome of a message was not written down")
			return
		}
	}
}

// deliver asks the platform; asked is false when it was not spoken to.
func (r *Relay) deliver(ctx context.Context, c Claim) (receipt chat.Receipt, asked bool) {
	if !c.Edit {
		return r.send(ctx, c)
	}
	if c.Sent != "" && r.Sender.Caps().Edit {
		return r.ask(ctx, c, func(ctx context.Context) chat.Receipt {
			receipt := r.Sender.Edit(ctx, c.To, c.Sent, c.Message)
			receipt.Message = c.Sent
			return receipt
		})
	}
	if c.Fresh {
		return r.send(ctx, c)
	}
	return chat.Receipt{Outcome: chat.Sent}, false
}

func (r *Relay) send(ctx context.Context, c Claim) (chat.Receipt, bool) {
	return r.ask(ctx, c, func(ctx context.Context) chat.Receipt { return r.Sender.Send(ctx, c.To, c.Message) })
}

// ask calls the platform in bounded time. A worker that was frozen since the claim
// says nothing: by now another one may have the item.
func (r *Relay) ask(fresh context.Context, c Claim, call func(context.Context) chat.Receipt) (receipt chat.Receipt, asked bool) {
	// The deadline is looked at itself: after a freeze its timer may not have fired yet.
	if end, ok := fresh.Deadline(); fresh.Err() != nil || ok && time.Until(end) <= 0 {
		return chat.Receipt{Outcome: chat.Temporary, Err: context.DeadlineExceeded}, false
	}
	defer func() {
		if p := recover(); p != nil {
			r.Log.Error().Str("item", c.ID).Bytes("stack", debug.Stack()).Msg("a platform panicked")
			receipt, asked = chat.Receipt{Outcome: chat.Unknown, Err: fmt.Errorf("platform panicked: %v", p)}, true
		}
	}()
	return call(fresh), true
}
