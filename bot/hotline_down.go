package bot

import (
	"context"

	"trucban/internal/chat"
	"trucban/internal/outbox"
	"trucban/messages"
)

// Emergency reports whether the update asks for the emergency numbers, which are
// given whatever state the store is in.
func (b *Bot) Emergency(u chat.Update) bool {
	row, _, ok := b.routes.read(u.Text)
	return u.Event == chat.EventMessage && ok && row.cmd == "hotline"
}

// WithoutStore answers what can be answered from memory while the database is
// down: the emergency numbers at once, and once per chat the word that incoming
// messages are held. It reports whether the update needs nothing more.
func (b *Bot) WithoutStore(ctx context.Context, u chat.Update, held bool) (answered bool) {
	row, w, ok := b.routes.read(u.Text)
	switch {
	case ok && row.cmd == "hotline":
		b.direct(ctx, u, b.lastHotline(u, w.Arg))
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

// lastHotline is the list in memory, with a unit's people as the last copy knows them.
func (b *Bot) lastHotline(u chat.Update, query string) messages.Hotline {
	m := b.hotlineMessage(query)
	t, s, ok := b.lastTurn(u)
	if !ok {
		return m
	}
	if unit, meant := t.unitMeant(query); meant {
		m.Unit = t.unitNumbers(unit, s.Watches)
		m.Unit.Offline = s.At
	}
	return m
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
