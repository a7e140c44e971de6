package bot

import (
	"context"
	"fmt"
	"hash/fnv"
	"maps"
	"slices"
	"strconv"

	"trucban/internal/chat"
	"trucban/internal/team"
	"trucban/messages"
)

// Command is one line of a platform's command menu.
type Command struct {
	Name  string `json:"n"` // without the slash
	About string `json:"a"` // what it does, in a few words
}

// Commands lists what a person of the level finds in the menu, in the given
// language: the rows of the route table they may use. Level zero is anyone.
func (b *Bot) Commands(level team.Level, lang string) []Command {
	var out []Command
	for _, name := range messages.Menu() {
		i, ok := b.routes.byKey[name]
		if !ok {
			continue
		}
		if row := b.routes.rows[i]; row.open || level >= row.need && level > 0 {
			out = append(out, Command{Name: name, About: b.Texts.About(lang, name)})
		}
	}
	return out
}

// Audience says who sees a menu; the narrowest that fits wins.
type Audience string

// The audiences of menus.
const (
	ForAnyone  Audience = "anyone"
	ForGroups  Audience = "groups"
	ForPrivate Audience = "private" // one person's private chat: Menu.Chat
)

// Menu is the list of commands of one audience in one language. Without commands
// it takes the audience's own menu away.
type Menu struct {
	For      Audience
	Chat     chat.Address
	Lang     string // of the person's app; "" is every other one
	Commands []Command
}

// mark is what is remembered of a menu that was set.
type mark struct {
	For   Audience     `json:"f"`
	Chat  chat.Address `json:"c,omitzero"`
	Lang  string       `json:"l,omitempty"`
	Print string       `json:"p"` // fingerprint of the commands
}

// key names the menu among those of a platform.
func (m Menu) key() string { return string(m.For) + "|" + m.Chat.Key() + "|" + m.Lang }

func (m Menu) mark() mark {
	h := fnv.New64a()
	for _, c := range m.Commands {
		_, _ = h.Write([]byte(c.Name + "\x00" + c.About + "\x00")) // a hash takes everything
	}
	return mark{m.For, m.Chat, m.Lang, strconv.FormatUint(h.Sum64(), 36)}
}

func menusRef(p chat.Name) Ref { return Ref{"menus", string(p)} }

// Menus lists what the menus of a platform have to be changed to: for anyone what
// is open to anyone, in groups what every officer may do, in a person's private
// chat what their level allows. Only what differs from the menus that were set is
// listed, so that asking often is cheap; roles that change show here.
func (b *Bot) Menus(ctx context.Context, p chat.Name) ([]Menu, error) {
	t, err := b.aside(ctx, "menus:"+string(p))
	if err != nil {
		return nil, err
	}
	want, err := t.menus(ctx, p)
	if err != nil {
		return nil, err
	}
	set := map[string]mark{}
	if _, err := t.get(ctx, menusRef(p), &set); err != nil {
		return nil, err
	}
	var out []Menu
	for _, m := range want {
		if set[m.key()] != m.mark() {
			out = append(out, m)
		}
		delete(set, m.key())
	}
	for _, key := range slices.Sorted(maps.Keys(set)) { // nobody shall have these any more
		out = append(out, Menu{For: set[key].For, Chat: set[key].Chat, Lang: set[key].Lang})
	}
	return out, nil
}

// MenusSet notes the menus that were set on a platform.
func (b *Bot) MenusSet(ctx context.Context, p chat.Name, menus []Menu) error {
	return b.repeat(ctx, func(ctx context.Context) error {
		t, err := b.aside(ctx, "menus:"+string(p))
		if err != nil {
			return err
		}
		set := map[string]mark{}
		if _, err := t.get(ctx, menusRef(p), &set); err != nil {
			return err
		}
		for _, m := range menus {
			if len(m.Commands) == 0 {
				delete(set, m.key())
			} else {
				set[m.key()] = m.mark()
			}
		}
		if err := t.put(menusRef(p), set, Doc{}); err != nil {
			return err
		}
		return t.commit(ctx)
	})
}

// menus is every menu the platform shall have.
func (t *turn) menus(ctx context.Context, p chat.Name) ([]Menu, error) {
	var out []Menu
	lists := map[string][]Command{}
	add := func(who Audience, a chat.Address, l team.Level) {
		for _, lang := range t.menuLangs() {
			key := fmt.Sprint(l, lang.words)
			if lists[key] == nil {
				lists[key] = t.b.Commands(l, lang.words)
			}
			out = append(out, Menu{For: who, Chat: a, Lang: lang.app, Commands: lists[key]})
		}
	}
	add(ForAnyone, chat.Address{}, 0)
	add(ForGroups, chat.Address{}, team.LevelLinked)
	refs := make([]Ref, 0, len(t.town.Org.Members))
	for _, m := range t.town.Org.Members {
		refs = append(refs, reachRef(m.ID))
	}
	if err := t.load(ctx, refs...); err != nil {
		return nil, err
	}
	for _, m := range t.town.Org.Members {
		var r Reach
		if _, err := t.read(reachRef(m.ID), &r); err != nil {
			return nil, err
		}
		for _, d := range r.Doors {
			if d.Addr.Platform == p && d.Started && !d.Blocked {
				add(ForPrivate, d.Addr, m.Level())
			}
		}
	}
	return out, nil
}

// menuLang is the language of the app a menu is for, and that of its words.
type menuLang struct{ app, words string }

// menuLangs has the office's language for everybody, and each other language for
// those whose app is set to it.
func (t *turn) menuLangs() []menuLang {
	out := []menuLang{{"", t.town.Lang}}
	for _, l := range messages.Languages() {
		if l != t.town.Lang {
			out = append(out, menuLang{l, l})
		}
	}
	return out
}
