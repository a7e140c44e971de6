package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"

	tg "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"trucban/internal/chat"
)

// Command is one line of the menu.
type Command struct {
	Name        string `json:"command"`     // 1 to 32 of a-z, 0-9 and _, without the slash
	Description string `json:"description"` // 1 to 256 code points
}

// Scope says who sees a menu; the narrowest that fits wins.
type Scope struct {
	Kind ScopeKind
	Chat chat.Address // with ScopeChat, ScopeChatAdmins and ScopeMember
	User string       // account id, with ScopeMember
}

// ScopeKind is Telegram's name of a scope.
type ScopeKind string

// The scopes of menus.
const (
	ScopeAnyone     ScopeKind = "default"
	ScopePrivate    ScopeKind = "all_private_chats"
	ScopeGroups     ScopeKind = "all_group_chats"
	ScopeAdmins     ScopeKind = "all_chat_administrators"
	ScopeChat       ScopeKind = "chat"
	ScopeChatAdmins ScopeKind = "chat_administrators"
	ScopeMember     ScopeKind = "chat_member"
)

var (
	commandForm = regexp.MustCompile(`^[a-z0-9_]{1,32}$`)
	codeForm    = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)
)

// SetCommands sets the menu of a scope for people with the language lang ("" for
// all others); at most 100 commands, none takes the menu away.
func (b *Bot) SetCommands(ctx context.Context, s Scope, lang string, commands []Command) error {
	if len(commands) > 100 {
		return fmt.Errorf("%d commands are more than 100", len(commands))
	}
	for _, c := range commands {
		if n := chat.Length(chat.Escape(c.Description)); !commandForm.MatchString(c.Name) || n < 1 || n > 256 {
			return fmt.Errorf("command %q has a bad name or description", c.Name)
		}
	}
	scope, err := s.wire()
	if err != nil {
		return err
	}
	p := tg.Params{"scope": scope}
	p.AddNonEmpty("language_code", lang)
	method := "deleteMyCommands"
	if len(commands) > 0 {
		method = "setMyCommands"
		if err := p.AddInterface("commands", commands); err != nil {
			return fmt.Errorf("encode the commands: %w", err)
		}
	}
	if err := b.call(ctx, method, p, nil); err != nil {
		return fmt.Errorf("set the commands of %s: %w", s.Kind, err)
	}
	return nil
}

func (s Scope) wire() (string, error) {
	w := struct {
		Type ScopeKind `json:"type"`
		Chat int64     `json:"chat_id,omitempty"`
		User int64     `json:"user_id,omitempty"`
	}{Type: s.Kind}
	var err error
	switch s.Kind {
	case ScopeMember:
		if w.User, err = strconv.ParseInt(s.User, 10, 64); err != nil {
			return "", errors.New("a member's scope needs an account id")
		}
		fallthrough
	case ScopeChat, ScopeChatAdmins:
		if w.Chat, err = strconv.ParseInt(s.Chat.Chat, 10, 64); err != nil {
			return "", errors.New("a chat's scope needs a chat id")
		}
	}
	out, err := json.Marshal(w)
	return string(out), err
}

// DeepLink opens the private chat with "/start code"; "" while the bot's name is
// not known or when the code is not 1 to 64 letters, digits, _ or -.
func (b *Bot) DeepLink(code string) string { return b.link("start", code) }

// GroupLink lets a person choose a group to add the bot to, with "/start code" there.
func (b *Bot) GroupLink(code string) string { return b.link("startgroup", code) }

func (b *Bot) link(kind, code string) string {
	name := b.Username()
	if name == "" || !codeForm.MatchString(code) {
		return ""
	}
	return "https://t.me/" + name + "?" + kind + "=" + code
}
