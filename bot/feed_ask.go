package bot

import (
	"context"
	"errors"
	"strings"

	"trucban/internal/chat"
	"trucban/internal/team"
	"trucban/internal/viet"
	"trucban/messages"
)

// followRoster is "/dongbolich", "/dongbolich vhxh", "/dongbolich mới", "/dongbolich
// hủy", and for a head "/dongbolich hủy Nguyễn Văn An": the address by which a phone's
// own calendar follows the roster. It goes to the private chat only.
func followRoster(ctx context.Context, t *turn, c call) error {
	arg := strings.TrimSpace(c.arg)
	word, rest := viet.Fold(arg), ""
	if i := strings.IndexByte(arg, ' '); i > 0 {
		word, rest = viet.Fold(arg[:i]), strings.TrimSpace(arg[i:])
	}
	if word == "huy" {
		return t.unfollow(ctx, rest)
	}
	fresh := word == "moi"
	if fresh {
		arg = rest
	}
	of := Subject{Member: t.me.ID}
	if arg != "" {
		u, ok := t.findUnit(arg)
		if of = (Subject{Unit: u.ID}); !ok || !t.mayFollow(t.me, of) {
			t.reply(messages.Usage{What: t.label("say.nounitmine"), Example: "/dongbolich, /dongbolich " + string(t.me.Unit)})
			return nil
		}
	}
	m := messages.FeedAddress{Who: t.whose(of), Unit: string(of.Unit)}
	if !fresh {
		all, err := t.feedsBy(ctx, t.me.ID)
		if err != nil {
			return err
		}
		for _, f := range all {
			if f.Of == of {
				m.Since = f.Made
				return t.inPrivate(ctx, chat.Message{Text: t.text(m)})
			}
		}
	}
	url, err := t.newFeed(ctx, of)
	if err != nil && !errors.Is(err, ErrNoBoard) {
		return err
	}
	m.URL = url
	return t.inPrivate(ctx, chat.Message{Text: t.text(m)})
}

// unfollow ends the sender's own addresses, or for a head those of somebody below.
func (t *turn) unfollow(ctx context.Context, name string) error {
	who := t.me
	if name != "" {
		m, ok := t.colleague(name)
		if !ok || m.ID != t.me.ID && !t.town.Org.May(t.me, team.LevelHead, m.Unit) {
			t.reply(messages.SwapFault{Why: "who", Name: name})
			return nil
		}
		who = m
	}
	n, err := t.endFeeds(ctx, who.ID, nil)
	if err != nil {
		return err
	}
	t.reply(messages.FeedEnded{Name: who.Name, Count: n})
	return nil
}
