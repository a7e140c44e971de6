package telegram

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"sync"
	"time"

	tg "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"trucban/internal/chat"
)

// samePress is how long an identical press counts as the same one.
const samePress = time.Minute

// press maps a button. Telegram gives no time for it, so the moment it came in counts.
func (b *Bot) press(c *wireCallback) (chat.Update, bool, error) {
	if c.From == nil || c.ID == "" {
		return chat.Update{}, false, errors.New("a press without a person")
	}
	m := c.Message
	if m == nil || m.Chat == nil || c.Data == "" {
		return chat.Update{}, false, nil // on an inline message or a game: not ours
	}
	now := b.opt.Now().UTC()
	u := place(m.Chat)
	u.Event, u.Action, u.SentAt = chat.EventPress, c.Data, now
	u.Message = strconv.FormatInt(m.ID, 10)
	// An anonymous administrator's press names the person: no account here is anonymous.
	u.From = person(c.From)
	u.Lang = c.From.Lang
	if m.InTopic && m.Thread != 0 {
		u.To.Thread = strconv.FormatInt(m.Thread, 10)
	}
	subject := strings.Join([]string{u.From.ID, u.To.Chat, u.Message, c.Data, strconv.FormatInt(m.EditDate, 10)}, ":")
	u.ID = strings.Join([]string{string(Platform), "press", u.From.ID, u.To.Chat, u.Message, c.Data, b.presses.first(subject, c.ID, now)}, ":")
	return u, true, nil
}

// presses gives a press that a client sent twice one identity.
//
// A client that lost its connection sends the press again with a new update id
// and a new callback id, so neither tells a repeat from a second press. The same
// person pressing the same button of the same version of a card within samePress
// is taken for a repeat and gets the callback id of the first; later, or after
// the card was edited, it is a press of its own. The identity is made of what
// Telegram delivers and so is the same when an update is delivered again. The
// memory is this process's: identical presses that waited for it together count
// as one, and a repeat that reaches another process counts as a press, which the
// state it meets there has to bear.
type presses struct {
	mu   sync.Mutex
	seen map[string]firstPress
}

type firstPress struct {
	id string
	at time.Time
}

func (p *presses) first(subject, id string, now time.Time) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if f, ok := p.seen[subject]; ok && now.Sub(f.at) < samePress {
		return f.id
	}
	if p.seen == nil || len(p.seen) >= 4096 {
		p.prune(now)
	}
	p.seen[subject] = firstPress{id, now}
	return id
}

func (p *presses) prune(now time.Time) {
	kept := make(map[string]firstPress)
	for k, f := range p.seen {
		if now.Sub(f.at) < samePress {
			kept[k] = f
		}
	}
	p.seen = kept
}

// answer stops the clock on the pressed button, beside the work for the press.
// It is a courtesy: when it fails, or when too many are under way, nothing is lost.
func (b *Bot) answer(id string) {
	if id == "" || b.done.Err() != nil {
		return
	}
	select {
	case b.slots <- struct{}{}:
	default:
		b.health.unanswered.Add(1)
		return
	}
	b.answers.Add(1)
	go func() {
		defer func() { <-b.slots; b.answers.Done() }()
		ctx, cancel := context.WithTimeout(b.done, 10*time.Second)
		defer cancel()
		if err := b.call(ctx, "answerCallbackQuery", tg.Params{"callback_query_id": id}, nil); err != nil {
			b.health.unanswered.Add(1)
			b.opt.Log.Debug().Err(err).Msg("a press was not answered")
		}
	}()
}
