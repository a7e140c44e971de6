package bot

import (
	"context"
	"fmt"
	"time"

	"trucban/internal/chat"
	"trucban/internal/outbox"
	"trucban/internal/roster"
	"trucban/messages"
)

var sealRef = Ref{"seal", "day"}

// sealed is when the day's seal was told last.
type sealed struct {
	At   time.Time `json:"at"`
	Head string    `json:"head"`
}

// nextSeal is the next time the day's seal is told, at UTC+7.
func nextSeal(at time.Time) time.Time {
	l := at.In(roster.Zone)
	next := time.Date(l.Year(), l.Month(), l.Day(), sealHour, 0, 0, 0, roster.Zone)
	if !next.After(at) {
		next = next.AddDate(0, 0, 1)
	}
	return next.UTC()
}

// PlanSeal puts the day's seal on the clock, once; its document is an open one, so
// that the look through the alarm clock notices when it falls off.
func (b *Bot) PlanSeal(ctx context.Context) error {
	if b.SealHead == nil {
		return nil
	}
	return b.repeat(ctx, func(ctx context.Context) error {
		t, err := b.aside(ctx, "seal:plan")
		if err != nil {
			return err
		}
		var s sealed
		if ok, err := t.get(ctx, sealRef, &s); ok || err != nil {
			return err
		}
		t.wake(sealRef.Kind, sealRef.ID, nextSeal(t.now))
		if err := t.put(sealRef, s, Doc{Index: []Entry{{Index: "open"}}}); err != nil {
			return err
		}
		return t.commit(ctx)
	})
}

// dueSeal posts the newest link of the chain over the log to the leaders: written
// down outside the store, it pins down everything before it.
func dueSeal(ctx context.Context, t *turn) error {
	t.wake(sealRef.Kind, sealRef.ID, nextSeal(t.now))
	if t.b.SealHead == nil {
		return nil
	}
	head, err := t.b.SealHead(ctx)
	if err != nil {
		return fmt.Errorf("seal the log: %w", err)
	}
	if err := t.load(ctx, sealRef); err != nil {
		return err
	}
	if err := t.put(sealRef, sealed{At: t.now, Head: head}, Doc{Index: []Entry{{Index: "open"}}}); err != nil {
		return err
	}
	root := t.town.Org.Root()
	if head == "" || root == "" {
		return nil
	}
	rooms, err := t.roomsAbove(ctx, root, ForLeaders)
	if err != nil {
		return err
	}
	msg := chat.Message{Text: t.text(messages.LogSeal{At: t.now, Head: head})}
	return t.gently(func() error {
		for _, r := range rooms {
			t.send(outbox.Item{To: r.Addr, Kind: r.Kind, Class: outbox.Digest, Message: msg, NotAfter: t.now.Add(sealNotAfter), About: "niêm nhật ký"})
		}
		if len(rooms) == 0 {
			return t.tellDesk(ctx, root, outbox.Digest, msg, "niêm nhật ký")
		}
		return nil
	})
}
