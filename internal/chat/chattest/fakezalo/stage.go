package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	"trucban/internal/chat/chattest"
)

// stage knows people and groups by the short names they are typed with.
type stage struct {
	fake *chattest.Zalo

	mu     sync.Mutex
	out    io.Writer
	people map[string]*chattest.ZaloUser
	groups map[string]*chattest.ZaloGroup
	names  map[string]string // chat id -> short name
	last   string            // id of the last update
}

func newStage(fake *chattest.Zalo, out io.Writer) *stage {
	return &stage{
		fake: fake, out: out,
		people: map[string]*chattest.ZaloUser{}, groups: map[string]*chattest.ZaloGroup{}, names: map[string]string{},
	}
}

func (s *stage) printf(format string, a ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, _ = fmt.Fprintf(s.out, format, a...)
}

// show prints what the bot sends until ctx ends.
func (s *stage) show(ctx context.Context) {
	for {
		m, err := s.fake.Next(ctx)
		if err != nil {
			return
		}
		s.mu.Lock()
		name := s.names[m.Chat]
		s.mu.Unlock()
		text := m.Text
		if m.Photo != "" {
			text = "[" + m.Photo + "] " + text
		}
		s.printf("  bot -> %s: %s\n", name, strings.ReplaceAll(text, "\n", "\n      "))
	}
}

// do plays one line.
func (s *stage) do(line string) {
	line = strings.TrimSpace(line)
	switch {
	case line == "":
	case line == "again":
		s.report(s.fake.Redeliver(s.last))
	case strings.HasPrefix(line, "!"):
		if err := s.order(strings.Fields(line[1:])); err != nil {
			s.printf("  %v\n", err)
		}
	default:
		s.say(line)
	}
}

// say plays "who [where]: text".
func (s *stage) say(line string) {
	head, text, ok := cutColon(line)
	words := strings.Fields(head)
	if !ok || len(words) == 0 || len(words) > 3 {
		s.printf("  write \"an: text\", \"an @doi1: text\", \"an >doi1: text\" or \"!help\"\n")
		return
	}
	who, p := s.person(words[0]), chattest.ZaloPost{Text: text}
	for i, w := range words[1:] {
		switch {
		case w == "photo" && i+2 < len(words):
			p.Photo = words[i+2]
		case p.Photo == w:
		case strings.HasPrefix(w, "@"):
			p.Group, p.Mention = s.group(w[1:], who), true
		case strings.HasPrefix(w, ">"):
			p.Group, p.Reply = s.group(w[1:], who), true
		default:
			p.Group = s.group(w, who)
		}
	}
	s.report(who.Post(p))
}

// cutColon splits at the first ": "; the colon of an address does not count.
func cutColon(line string) (head, text string, ok bool) {
	head, text, ok = strings.Cut(line, ": ")
	return head, strings.TrimSpace(text), ok
}

func (s *stage) report(d chattest.ZaloDelivery) {
	switch {
	case d.Err != nil:
		s.printf("  %v\n", d.Err)
	case !d.Emitted:
		s.printf("  (the bot does not learn of it: no mention, no reply)\n")
	case d.Lost:
		s.printf("  (lost: nobody polls and the webhook did not take it, HTTP %d)\n", d.Status)
	}
	if d.Emitted {
		s.last = d.ID
	}
}

func (s *stage) person(name string) *chattest.ZaloUser {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.people[name] == nil {
		s.people[name] = s.fake.User(name)
		s.names[s.people[name].ID] = name
	}
	return s.people[name]
}

// group is the group of that name, with the person in it.
func (s *stage) group(name string, who *chattest.ZaloUser) *chattest.ZaloGroup {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.groups[name] == nil {
		s.groups[name] = s.fake.Group(name)
		s.names[s.groups[name].ID] = name
	}
	s.groups[name].Join(who)
	return s.groups[name]
}

// order plays a line that begins with "!".
func (s *stage) order(words []string) error {
	if len(words) == 0 || words[0] == "help" {
		s.printf("  !502|504|403|stored|hang|cut|quota [method] [times], !clear, !wrapped|photo_url|seconds|queue on|off,\n  !kick|invite group, !probe, !used\n")
		return nil
	}
	arg := ""
	if len(words) > 1 {
		arg = words[1]
	}
	switch words[0] {
	case "clear":
		s.fake.ClearFaults()
	case "probe":
		s.report(s.fake.Probe())
	case "used":
		s.printf("  %d messages this month\n", s.fake.Used())
	case "kick", "invite":
		s.mu.Lock()
		g := s.groups[arg]
		s.mu.Unlock()
		if g == nil {
			return fmt.Errorf("no group %q", arg)
		}
		if words[0] == "kick" {
			g.RemoveBot()
		} else {
			g.AddBot()
		}
	case "wrapped", "photo_url", "seconds", "queue":
		s.fake.Switch(func(sw *chattest.ZaloSwitches) {
			*map[string]*bool{"wrapped": &sw.Wrapped, "photo_url": &sw.PhotoURL, "seconds": &sw.Seconds, "queue": &sw.Queue}[words[0]] = arg != "off"
		})
	default:
		return s.fault(words)
	}
	return nil
}

// fault plays "!kind [method] [times]".
func (s *stage) fault(words []string) error {
	f := chattest.ZaloFault{Method: "sendMessage"}
	kinds := map[string]func(){
		"stored": func() { f.Stored, f.Cut = true, true },
		"hang":   func() { f.Hang = true },
		"cut":    func() { f.Cut = true },
		"quota":  func() { f.Code, f.Text = 429, "Quota exceeded" },
	}
	status, err := strconv.Atoi(words[0])
	switch set := kinds[words[0]]; {
	case set != nil:
		set()
	case err == nil && status >= 100 && status < 600:
		f.HTTP = status
	default:
		return fmt.Errorf("no fault %q; there are HTTP codes and %v", words[0], slices.Sorted(maps.Keys(kinds)))
	}
	if len(words) > 1 {
		f.Method = words[1]
	}
	if len(words) > 2 {
		if f.Times, err = strconv.Atoi(words[2]); err != nil {
			return fmt.Errorf("%q is no number of calls", words[2])
		}
	}
	s.fake.Inject(f)
	return nil
}
