package bot

import (
	"context"

	"trucban/internal/chat"
	"trucban/messages"
)

// agree is the yes to whatever waits for the sender's consent: what the button
// names, else the question asked last in this chat, else the one thing that waits.
func agree(ctx context.Context, t *turn, c call) error {
	kind, id := c.act.Arg(0), c.act.Arg(1)
	if kind == "" && c.arg != "" {
		return t.agreeSwap(ctx, c.arg)
	}
	if kind == "" && t.asked != nil && t.asked.Data["id"] != "" && (t.asked.Ask == askImport || t.asked.Ask == askUndo || t.asked.Ask == askPeriod) {
		kind, id = t.asked.Ask, t.asked.Data["id"]
	}
	if kind == "" && t.asked != nil && (t.asked.Ask == askUnlink || t.asked.Ask == askErase) {
		kind = t.asked.Ask
	}
	if kind == "" {
		var err error
		if kind, id, err = t.awaited(ctx); err != nil {
			return err
		}
	}
	if kind == askErase {
		return t.eraseRequest(ctx)
	}
	if kind == askUnlink {
		return t.unlinkSelf(ctx)
	}
	if kind == askSwap && id != "" {
		return t.agreeSwap(ctx, id)
	}
	if kind == askImport && id != "" {
		return t.applyImport(ctx, id)
	}
	if kind == askPeriod && id != "" {
		return t.applyPeriod(ctx, id)
	}
	if kind == askUndo && id != "" {
		return t.undoAgreed(ctx, id)
	}
	if c.act.Code == "" && t.u.Kind == chat.Group {
		return nil // people in a group agree with each other
	}
	t.reply(messages.NothingToAgree{})
	return nil
}

// awaited is the one thing that waits for the sender's yes; nothing is meant where there are several.
func (t *turn) awaited(ctx context.Context) (kind, id string, err error) {
	refs, err := t.find(ctx, Range{Index: "swap/w/" + string(t.me.ID), From: t.now.UnixMilli(), To: maxScore, Limit: 2})
	if err != nil {
		return "", "", err
	}
	var d Import
	ok, err := t.get(ctx, importRef(t.me.ID), &d)
	if err != nil {
		return "", "", err
	}
	switch waits := ok && d.Digest != ""; {
	case waits && len(refs) == 0:
		return askImport, d.ID, nil
	case !waits && len(refs) == 1:
		return askSwap, refs[0].ID, nil
	}
	return "", "", nil
}
