package bot

import (
	"context"

	"trucban/internal/chat"
	"trucban/internal/hotline"
	"trucban/internal/outbox"
	"trucban/messages"
)

// showHotline answers from memory, so that it works for anyone in any chat and
// while everything else is down.
func showHotline(_ context.Context, t *turn, c call) error {
	t.reply(t.b.hotlineMessage(c.arg))
	return nil
}

func (b *Bot) hotlineMessage(query string) messages.Hotline {
	m := messages.Hotline{Query: query}
	b.mu.RLock()
	book := b.book
	b.mu.RUnlock()
	found := book.Active()
	if query != "" {
		found = book.Search(query)
	}
	now := b.Now()
	for _, c := range found {
		if len(c.Phones) == 0 {
			m.Missing = append(m.Missing, c.Label)
			continue
		}
		for _, p := range c.Phones {
			m.Contacts = append(m.Contacts, messages.Contact{
				Name: c.Label, Role: c.Role, Printed: p.Printed, Phone: p.Dial(), Email: c.Email,
				Source: c.Source, Checked: c.VerifiedOn.Time, Stale: c.Freshness(now) == hotline.Stale,
			})
		}
	}
	return m
}

// WithoutStore answers what can be answered from memory while the database is
// down: the emergency numbers at once, and once per chat the word that incoming
// messages are held. It reports whether the update needs nothing more.
func (b *Bot) WithoutStore(ctx context.Context, u chat.Update, held bool) (answered bool) {
	row, w, ok := b.routes.read(u.Text)
	switch {
	case ok && row.cmd == "hotline":
		b.direct(ctx, u, b.hotlineMessage(w.Arg))
		return true
	case ok && row.cmd == "trogiup":
		b.direct(ctx, u, messages.Down{})
		return true
	case ok && row.cmd == "aitruc":
		if m, have := b.lastOnDuty(u); have {
			b.direct(ctx, u, m)
			return true
		}
	}
	b.mu.Lock()
	told := b.gaps[u.To.Key()]
	b.gaps[u.To.Key()] = true
	b.mu.Unlock()
	if !told {
		b.direct(ctx, u, messages.Down{Held: held})
	}
	return false
}

// StoreBack forgets who was told about the outage.
func (b *Bot) StoreBack() {
	b.mu.Lock()
	b.gaps = map[string]bool{}
	b.mu.Unlock()
}

// direct sends without the outbox; only for answers that change nothing.
func (b *Bot) direct(ctx context.Context, u chat.Update, m any) {
	s, ok := b.Senders[u.To.Platform]
	if !ok {
		return
	}
	b.mu.RLock()
	lang := EmptyTown().Lang
	if b.town != nil {
		lang = b.town.Lang
	}
	b.mu.RUnlock()
	text, err := b.Texts.Render(lang, m)
	if err != nil {
		b.Log.Error().Err(err).Str("update", u.ID).Msg("text failed")
		return
	}
	if r := s.Send(ctx, u.To, chat.Message{Text: text}); r.Outcome != chat.Sent {
		b.Log.Warn().Err(r.Err).Str("update", u.ID).Str("outcome", string(r.Outcome)).Str("class", string(outbox.Reply)).Msg("direct answer failed")
	}
}
