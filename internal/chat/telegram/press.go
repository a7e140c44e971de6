package telegram

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	tg "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"trucban/internal/chat"
)

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
	subject := strings.Join([]string{string(Platform), "press", u.From.ID, u.To.Chat, u.Message, c.Data}, ":")
	u.ID = subject + ":" + c.ID
	// A client that lost its connection sends the press again with a new update id and a
	// new callback id, so neither tells a repeat from a second press. The same person
	// pressing the same button of the same version of a card is taken for a repeat.
	u.Same = subject + ":" + strconv.FormatInt(m.EditDate, 10)
	return u, true, nil
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
