package local

import (
	"context"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"time"

	"trucban/internal/chat"
)

// direct does a "*" line.
func (pl *player) direct(ctx context.Context, verb []string) (chat.Update, error) {
	name, args := verb[0], verb[1:]
	switch name {
	case "stop":
		pl.stopped = true
		if pl.p.clock == nil {
			return chat.Update{}, fmt.Errorf("* stop needs a platform made with a Clock")
		}
		return chat.Update{}, nil
	case "start", "restart":
		pl.stopped = false
		return chat.Update{}, pl.sys.Restart(ctx)
	case "again":
		if pl.last.ID == "" {
			return chat.Update{}, fmt.Errorf("there was no update to deliver again")
		}
		return chat.Update{}, pl.p.Deliver(ctx, pl.sys.Handle, pl.last)
	case "fault":
		return chat.Update{}, pl.fault(args)
	case "heal":
		id, err := pl.faultChat(args)
		pl.p.Heal(id)
		return chat.Update{}, err
	case "kick", "admit", "block", "unblock", "move":
		return pl.membership(name, args)
	}
	if d, ok := pl.sys.(Doer); ok {
		return chat.Update{}, d.Do(ctx, name, args)
	}
	return chat.Update{}, fmt.Errorf("the verb %q is not known", name)
}

func (pl *player) membership(verb string, args []string) (chat.Update, error) {
	want := map[string]int{"kick": 2, "admit": 2, "block": 1, "unblock": 1, "move": 3}[verb]
	if len(args) != want {
		return chat.Update{}, fmt.Errorf("* %s takes %d words after it", verb, want)
	}
	who, err := pl.person(args[0])
	if err != nil {
		return chat.Update{}, err
	}
	switch verb {
	case "block":
		return pl.p.Block(who.ID)
	case "unblock":
		return pl.p.Start(who.ID)
	case "kick":
		return pl.p.Kick(who.ID, args[1])
	case "admit":
		return pl.p.Admit(who.ID, args[1])
	}
	return pl.p.Move(who.ID, args[1], args[2])
}

// fault reads "<chat|all> <kind> [times | wait]".
func (pl *player) fault(args []string) error {
	id, err := pl.faultChat(args)
	if err != nil || len(args) < 2 || len(args) > 3 {
		return fmt.Errorf("* fault takes a chat or \"all\", a kind (%v) and perhaps a number of times or a wait like 30s", faultKinds)
	}
	f := Fault{Kind: FaultKind(args[1])}
	if len(args) == 3 {
		if n, err := strconv.Atoi(args[2]); err == nil && n > 0 {
			f.Times = n
		} else if d, err := time.ParseDuration(args[2]); err == nil {
			f.RetryAfter, f.Times = d, 1
		} else {
			return fmt.Errorf("%q is neither a number of times nor a wait like 30s", args[2])
		}
	}
	return pl.p.Break(id, f)
}

func (pl *player) faultChat(args []string) (string, error) {
	if len(args) == 0 {
		return "", fmt.Errorf("a chat or \"all\" is missing")
	}
	if args[0] == "all" {
		return "", nil
	}
	c, err := pl.room(args[0], Person{})
	return c.ID, err
}

// place finds the person and the chat of a step.
func (pl *player) place(it item) (Person, Chat, error) {
	who, err := pl.person(it.who)
	if err != nil {
		return Person{}, Chat{}, err
	}
	c, err := pl.room(it.chat, who)
	return who, c, err
}

// person finds somebody by id, full name, or the last words of the name when only one has them.
func (pl *player) person(name string) (Person, error) {
	var found []Person
	for _, w := range pl.p.People() {
		if w.ID == name || w.Name == name {
			return w, nil
		}
		if strings.HasSuffix(w.Name, " "+name) {
			found = append(found, w)
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return Person{}, fmt.Errorf("%q: %w", name, ErrNoPerson)
	}
	return Person{}, fmt.Errorf("%q is the name of %d people; write more of it, or the id", name, len(found))
}

// room finds a chat by id or title; "private" is who's own, "private An" is An's.
func (pl *player) room(name string, who Person) (Chat, error) {
	id := name
	if rest, ok := strings.CutPrefix(name, "private"); ok && (rest == "" || rest[0] == ' ') {
		if rest = strings.TrimSpace(rest); rest != "" {
			var err error
			if who, err = pl.person(rest); err != nil {
				return Chat{}, err
			}
		}
		id = pl.p.PrivateChat(who.ID)
	}
	chats := pl.p.Chats()
	i := slices.IndexFunc(chats, func(c Chat) bool { return c.ID == id })
	if i < 0 {
		i = slices.IndexFunc(chats, func(c Chat) bool { return c.Title == id && id != "" })
	}
	if i < 0 {
		return Chat{}, fmt.Errorf("%q: %w", name, ErrNoChat)
	}
	return chats[i], nil
}

func (s *Script) readFile(name string) ([]byte, error) {
	if s.Files == nil {
		return nil, fmt.Errorf("the file %q is named, but the script was not loaded from a folder", name)
	}
	data, err := fs.ReadFile(s.Files, name)
	if err != nil {
		return nil, fmt.Errorf("read file of the script: %w", err)
	}
	return data, nil
}
