package local

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"trucban/internal/chat"
)

// System is the program a script is played to.
type System interface {
	// Handle takes one update; an error means that it is delivered again.
	Handle(ctx context.Context, u chat.Update) error
	// AdvanceTo moves the scene's clock to t and lets everything that is due on the
	// way happen at its moment, in order, messages sent included.
	AdvanceTo(ctx context.Context, t time.Time) error
	// Settle sends what waits and may be sent at the present moment.
	Settle(ctx context.Context) error
	// Restart ends the program as a crash would and starts it again on the same store.
	Restart(ctx context.Context) error
}

// Doer is a System that knows further verbs of "*" lines, such as "redis down".
type Doer interface {
	Do(ctx context.Context, verb string, args []string) error
}

const notTaken = "(not taken, it will be delivered again)"

// maxFaults is how many wrong steps a play reports.
const maxFaults = 10

// Play plays the script and writes the transcript as it goes: the script below its
// header, with what the bot really showed. The error lists every step after which
// something else was shown than expected.
func (s *Script) Play(ctx context.Context, sys System, p *Platform, w io.Writer) error {
	pl := player{script: s, sys: sys, p: p, w: w}
	var faults []error
	for i := 0; i < len(s.items); {
		step := s.items[i]
		if step.kind == remark {
			pl.print(step.lines)
			i++
			continue
		}
		zone := s.zone(i + 1)
		pl.print(step.lines)
		shown, err := pl.step(ctx, step)
		if err != nil {
			faults = append(faults, fmt.Errorf("%s:%d: %w", s.Name, step.line, err))
			pl.printRest(s.items[i+1:])
			break
		}
		if err := pl.compare(zone, shown); err != nil {
			faults = append(faults, fmt.Errorf("%s:%d: after %q %w", s.Name, step.line, step.lines[0], err))
		}
		i += 1 + len(zone)
	}
	if more := len(faults) - maxFaults; more > 0 {
		faults = append(faults[:maxFaults], fmt.Errorf("%s: and %d more steps", s.Name, more))
	}
	return errors.Join(append(faults, pl.err)...)
}

// zone is what stands between a step and the next one: expectations, and the
// remarks among and after them.
func (s *Script) zone(from int) []item {
	last, i := from, from
	for ; i < len(s.items); i++ {
		if k := s.items[i].kind; k == expected {
			last = i + 1
		} else if k != remark {
			break
		}
	}
	return s.items[from:last]
}

type player struct {
	script  *Script
	sys     System
	p       *Platform
	w       io.Writer
	err     error // of writing
	stopped bool
	last    chat.Update
}

func (pl *player) print(lines []string) {
	if _, err := io.WriteString(pl.w, strings.Join(lines, "\n")+"\n"); err != nil && pl.err == nil {
		pl.err = fmt.Errorf("write transcript: %w", err)
	}
}

func (pl *player) printRest(items []item) {
	for _, it := range items {
		pl.print(it.lines)
	}
}

// step does one step and returns what was shown after it.
func (pl *player) step(ctx context.Context, it item) ([]shown, error) {
	rev := pl.p.Rev()
	u, err := pl.act(ctx, it)
	if err != nil {
		return nil, err
	}
	if u.ID != "" {
		pl.last = u
	}
	waits := false
	if !pl.stopped {
		// An update that is refused is shown as such; the cause is the system's own log.
		_ = pl.p.DeliverPending(ctx, pl.sys.Handle)
		if err := pl.sys.Settle(ctx); err != nil {
			return nil, fmt.Errorf("settle: %w", err)
		}
		waits = u.ID != "" && slices.ContainsFunc(pl.p.Pending(), func(w chat.Update) bool { return w.ID == u.ID })
	}
	list, ok := pl.p.Changes(rev)
	if !ok {
		return nil, fmt.Errorf("more than %d messages in one step", keepChanges)
	}
	out := pl.render(list)
	if waits {
		out = append([]shown{{lines: []string{notTaken}}}, out...)
	}
	return out, nil
}

func (pl *player) act(ctx context.Context, it item) (chat.Update, error) {
	switch it.kind {
	case moveTo:
		return chat.Update{}, pl.move(ctx, it.when)
	case stage:
		return pl.direct(ctx, it.verb)
	case typed:
		return pl.say(it)
	case pressed:
		return pl.press(it)
	}
	return chat.Update{}, fmt.Errorf("not a step: %q", it.lines[0])
}

func (pl *player) move(ctx context.Context, when string) error {
	t, err := moment(when, pl.p.Now())
	if err != nil {
		return err
	}
	if pl.stopped {
		pl.p.clock.Set(t)
		return nil
	}
	if err := pl.sys.AdvanceTo(ctx, t.UTC()); err != nil {
		return fmt.Errorf("advance to %s: %w", when, err)
	}
	if now := pl.p.Now(); !now.Equal(t) {
		return fmt.Errorf("advance to %s: the system left the clock at %s", when, now.In(Zone).Format(clockLayout))
	}
	return nil
}

func (pl *player) say(it item) (chat.Update, error) {
	who, room, err := pl.place(it)
	if err != nil {
		return chat.Update{}, err
	}
	text := it.text
	if pl.p.caps.Mention && room.Kind == chat.Group && it.opt != "reply" {
		text = pl.p.mention() + " " + text
	}
	switch it.opt {
	case "reply":
		m, err := pl.find(room.ID, func(m Message) bool { return strings.Contains(m.plain(), it.arg) })
		if err != nil {
			return chat.Update{}, fmt.Errorf("no message holds %q", it.arg)
		}
		if it.file == "" {
			return pl.p.Reply(who.ID, room.ID, m.ID, text)
		}
		data, err := pl.script.readFile(it.file)
		if err != nil {
			return chat.Update{}, err
		}
		return pl.p.ReplyFile(who.ID, room.ID, m.ID, Attachment{Name: it.file, Data: data, Caption: text})
	case "file":
		data, err := pl.script.readFile(it.arg)
		if err != nil {
			return chat.Update{}, err
		}
		return pl.p.Upload(who.ID, room.ID, Attachment{Name: it.arg, Data: data, Caption: text})
	case "phone":
		return pl.p.ShareContact(who.ID, room.ID, it.arg)
	case "card":
		phone, name, _ := strings.Cut(it.arg, " ")
		return pl.p.SendCard(who.ID, room.ID, chat.Contact{Phone: phone, Name: name})
	case "forward":
		return pl.p.Forward(who.ID, room.ID, chat.Quote{From: it.arg, Text: it.text, SentAt: pl.p.stamp()})
	}
	return pl.p.Say(who.ID, room.ID, text)
}

// press presses a button by its label; where there are no buttons it answers with
// the words the message names for it, as a person would.
func (pl *player) press(it item) (chat.Update, error) {
	who, room, err := pl.place(it)
	if err != nil {
		return chat.Update{}, err
	}
	label := it.text[1 : len(it.text)-1]
	var action, words string
	m, err := pl.find(room.ID, func(m Message) bool {
		if it.opt == "on" && !strings.Contains(m.plain(), it.arg) {
			return false
		}
		action, words = m.button(label)
		return action != "" || words != ""
	})
	if err != nil {
		return chat.Update{}, fmt.Errorf("no message in %s has a button [%s]", it.chat, label)
	}
	if action == "" {
		return pl.p.Reply(who.ID, room.ID, m.ID, words)
	}
	return pl.p.Press(who.ID, room.ID, m.ID, action)
}

// find is the newest message of the bot, or of anybody, for which ok holds.
func (pl *player) find(chatID string, ok func(Message) bool) (Message, error) {
	list := pl.p.Messages(chatID)
	for i := len(list) - 1; i >= 0; i-- {
		if ok(list[i]) {
			return list[i], nil
		}
	}
	return Message{}, ErrNoMessage
}

// button finds what a label stands for: the action of a button, or the words to answer with.
func (m Message) button(label string) (action, words string) {
	for _, row := range m.Buttons {
		for _, b := range row {
			if b.Label == label && b.Action != "" {
				return b.Action, ""
			}
		}
	}
	if m.From != "" {
		return "", ""
	}
	for line := range strings.Lines(m.plain()) {
		line = strings.TrimSpace(line)
		if w, ok := strings.CutSuffix(line, " = "+label); ok {
			return "", w
		}
		if w, ok := strings.CutSuffix(line, " ("+label+")"); ok {
			if _, w, ok = strings.Cut(w, ": "); ok {
				return "", w
			}
		}
	}
	return "", m.numbered(label)
}

func (m Message) plain() string {
	if m.Markup {
		return chat.Plain(m.Text)
	}
	return m.Text
}
