package telegram

import (
	"errors"

	"trucban/internal/chat"
)

// membership is what happened to the bot itself.
func (b *Bot) membership(w *wireMembership) (chat.Update, bool, error) {
	u, err := change(w)
	if err != nil {
		return u, false, err
	}
	if w.From != nil {
		u.From = person(w.From)
		u.Lang = w.From.Lang
	}
	in := w.New.present()
	switch {
	case u.Kind == chat.Private && in:
		u.Event = chat.EventStarted
	case u.Kind == chat.Private:
		u.Event = chat.EventBlocked
	case in:
		u.Event = chat.EventAdded
		u.Admin = w.New.Status == "administrator" || w.New.Status == "creator"
		known := b.me.Load()
		u.CommandsOnly = !u.Admin && known != nil && !known.readsAll
	default:
		u.Event = chat.EventRemoved
	}
	return u, true, nil
}

// othersMembership is what happened to a person in a group the bot administers.
// A change of rights alone concerns nobody.
func othersMembership(w *wireMembership) (chat.Update, bool, error) {
	u, err := change(w)
	if err != nil {
		return u, false, err
	}
	was, is := w.Old.present(), w.New.present()
	if w.New.User == nil || was == is {
		return u, false, nil
	}
	u.From = person(w.New.User)
	u.Event = chat.EventLeft
	if is {
		u.Event = chat.EventJoined
	}
	return u, true, nil
}

func change(w *wireMembership) (chat.Update, error) {
	if w.Chat == nil {
		return chat.Update{}, errors.New("a membership without a chat")
	}
	u := place(w.Chat)
	u.SentAt = unix(w.Date)
	return u, nil
}
