package bot

import (
	"context"
	"strconv"
	"time"

	"trucban/internal/chat"
	"trucban/internal/due"
	"trucban/internal/outbox"
	"trucban/internal/team"
	"trucban/messages"
)

// Gap tells the leaders and the desk from when to when the bot was deaf or mute;
// held is how many updates were kept meanwhile and are recorded with their own time.
func (b *Bot) Gap(ctx context.Context, from, to time.Time, held int) error {
	return b.repeat(ctx, func(ctx context.Context) error {
		t, err := b.aside(ctx, "gap:"+strconv.FormatInt(from.UnixMilli(), 36))
		if err != nil {
			return err
		}
		t.change.Seen = t.cause // two replicas that saw the same gap tell it once
		late, err := t.overdueSince(ctx, from)
		if err != nil {
			return err
		}
		msg := chat.Message{Text: t.text(messages.Gap{From: from, To: to, Late: late, Held: held})}
		root := t.town.Org.Root()
		if root == "" {
			return nil
		}
		if err := t.tellAbove(ctx, root, outbox.Digest, msg, "gián đoạn"); err != nil {
			return err
		}
		t.note("gap", Ref{"gap", t.cause}, root)
		return t.commit(ctx)
	})
}

// overdueSince counts the shifts with a step that fell into the gap.
func (t *turn) overdueSince(ctx context.Context, from time.Time) (int, error) {
	all, err := t.watches(ctx, "watch/end", from, t.now.Add(longestShift))
	if err != nil {
		return 0, err
	}
	n := 0
	for _, w := range all {
		if at := w.NextAt(t.rule(w.Shift.Unit)); !at.IsZero() && at.After(from) && at.Before(t.now) {
			n++
		}
	}
	return n, nil
}

// JobBuried tells the desk that the alarm clock gave up on an aggregate.
func (b *Bot) JobBuried(ctx context.Context, c due.Claim, cause error) error {
	return b.repeat(ctx, func(ctx context.Context) error {
		t, err := b.aside(ctx, "buried:"+c.Key()+"@"+strconv.FormatInt(c.At.UnixMilli(), 36))
		if err != nil {
			return err
		}
		t.change.Seen = t.cause
		root := t.town.Org.Root()
		if root == "" {
			return nil
		}
		b.Log.Error().Err(cause).Str("job", c.Key()).Msg("the desk is told about a job given up")
		msg := chat.Message{Text: t.text(messages.JobFailed{Kind: jobName(c.Kind), ID: c.ID})}
		if err := t.tellDesk(ctx, root, outbox.Missed, msg, "việc tự động hỏng"); err != nil {
			return err
		}
		t.note("job.buried", Ref{c.Kind, c.ID}, team.UnitID(""))
		return t.commit(ctx)
	})
}

func jobName(kind string) string {
	names := map[string]string{"watch": "ca trực", "run": "nhiệm vụ", "incident": "sự cố", "digest": "báo cáo tổng hợp", "window": "chế độ báo cáo", "stale": "tin quá giờ", "seal": "niêm nhật ký", waitingKind: "tin giữ lại", rosterLookKind: "kiểm tra lịch trực"}
	if n, ok := names[kind]; ok {
		return n
	}
	return kind
}
