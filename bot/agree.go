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
	if kind == "" && t.asked != nil {
		kind, id = t.asked.Ask, t.asked.Data["id"]
	}
	if kind == "" {
		var err error
		if kind, id, err = t.awaited(ctx); err != nil {
			return err
		}
	}
	if kind == askImport && id != "" {
		return t.applyImport(ctx, id)
	}
	if c.act.Code == "" && t.u.Kind == chat.Group {
		return nil // people in a group agree with each other
	}
	t.reply(messages.NothingToAgree{})
	return nil
}

// awaited is the one thing that waits for the sender's yes.
func (t *turn) awaited(ctx context.Context) (kind, id string, err error) {
	var d Import
	if ok, err := t.get(ctx, importRef(t.me.ID), &d); err != nil || !ok || d.Digest == "" {
		return "", "", err
	}
	return askImport, d.ID, nil
}
