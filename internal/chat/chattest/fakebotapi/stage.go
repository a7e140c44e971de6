package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"trucban/internal/chat/chattest"
)

// stage turns lines into what people do, and what the bot does into lines.
type stage struct {
	fake *chattest.Telegram

	mu     sync.Mutex // order: mu, then out
	people map[string]*chattest.TelegramUser
	groups map[string]*chattest.TelegramGroup
	names  map[string]string // chat id -> name
	seen   map[string]string // chat and message -> as shown

	outMu sync.Mutex
	out   io.Writer
}

func newStage(fake *chattest.Telegram, out io.Writer) *stage {
	return &stage{fake: fake, out: out, people: map[string]*chattest.TelegramUser{},
		groups: map[string]*chattest.TelegramGroup{}, names: map[string]string{}, seen: map[string]string{}}
}

func (s *stage) printf(format string, args ...any) {
	s.outMu.Lock()
	defer s.outMu.Unlock()
	_, _ = fmt.Fprintf(s.out, format, args...)
}

// handler is the Bot API and, beside it, POST /control with one line each.
func (s *stage) handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", s.fake)
	mux.HandleFunc("POST /control", func(w http.ResponseWriter, r *http.Request) {
		sc := bufio.NewScanner(http.MaxBytesReader(w, r.Body, 1<<20))
		for sc.Scan() {
			if err := s.do(sc.Text()); err != nil {
				http.Error(w, err.Error(), http.StatusBadRequest)
				return
			}
		}
		if sc.Err() != nil {
			http.Error(w, sc.Err().Error(), http.StatusBadRequest)
		}
	})
	return mux
}

var errLine = errors.New(`write "lan: text", "lan @to1: text", "lan @to1 press 12 1", "lan block" or "!502 sendMessage 3"`)

// do carries one line out; an empty line and one that begins with # do nothing.
func (s *stage) do(line string) (err error) {
	line = strings.TrimSpace(line)
	if line == "" || line[0] == '#' {
		return nil
	}
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%v", p)
		}
	}()
	if line[0] == '!' {
		return s.command(strings.Fields(line[1:]))
	}
	head, text, said := strings.Cut(line, ":")
	words := strings.Fields(head)
	who := s.person(words[0])
	where, words := who.ID(), words[1:]
	if len(words) > 0 && strings.HasPrefix(words[0], "@") {
		where, words = s.group(words[0][1:], who).ID(), words[1:]
	}
	if said {
		return s.say(who, where, words, strings.TrimSpace(text))
	}
	return s.act(who, where, words)
}

// say writes a message: plain, an answer, a picture, a document or a phone number.
func (s *stage) say(who *chattest.TelegramUser, where string, words []string, text string) error {
	post := chattest.TelegramPost{Text: strings.ReplaceAll(text, `\n`, "\n")}
	switch {
	case len(words) == 0:
	case words[0] == "reply" && len(words) == 2:
		post.ReplyTo = words[1]
	case words[0] == "photo":
		post.Photo, post.Data = true, []byte("a picture")
	case words[0] == "file":
		post.File, post.Data = "tep.txt", []byte("a document")
	case words[0] == "phone":
		post.Text, post.Phone = "", text
	default:
		return errLine
	}
	who.Post(where, post)
	return nil
}

// act presses a button, blocks or unblocks.
func (s *stage) act(who *chattest.TelegramUser, where string, words []string) error {
	switch {
	case len(words) == 1 && words[0] == "block":
		who.Block()
	case len(words) == 1 && words[0] == "unblock":
		who.Unblock()
	case len(words) == 3 && words[0] == "press":
		n, err := strconv.Atoi(words[2])
		if err != nil {
			return errLine
		}
		return s.press(who, where, words[1], n)
	default:
		return errLine
	}
	return nil
}

func (s *stage) press(who *chattest.TelegramUser, where, message string, n int) error {
	for _, m := range s.fake.Messages(where) {
		if m.ID != message {
			continue
		}
		for _, row := range m.Buttons {
			for _, b := range row {
				if n--; n > 0 {
					continue
				}
				if b.URL != "" {
					return fmt.Errorf("that button opens %s", b.URL)
				}
				_, err := who.Press(where, message, b.Data)
				return err
			}
		}
	}
	return fmt.Errorf("message %s has no such button", message)
}

// person makes people when they are named; writing in private opens the chat.
func (s *stage) person(name string) *chattest.TelegramUser {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.people[name]
	if u == nil {
		u = s.fake.User(name).Open()
		s.people[name] = u
		s.names[u.ID()] = name
	}
	return u
}

// group makes groups when they are named and lets people in.
func (s *stage) group(name string, who *chattest.TelegramUser) *chattest.TelegramGroup {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.groups[name]
	switch {
	case g == nil && who != nil:
		g = s.fake.BasicGroup(name, who)
		s.groups[name] = g
		s.names[g.ID()] = "@" + name
	case g != nil && who != nil && !g.Has(who):
		g.Join(who)
	}
	return g
}

var standings = map[string]string{"admin": "administrator", "member": "member", "restrict": "restricted", "kick": "kicked"}

// command changes the server: the bot's standing, a group's upgrade, faults.
func (s *stage) command(words []string) error {
	if len(words) == 0 {
		return errLine
	}
	status, isStanding := standings[words[0]]
	switch {
	case words[0] == "heal":
		s.fake.Heal()
		return nil
	case isStanding || words[0] == "upgrade":
		if len(words) != 2 || s.group(words[1], nil) == nil {
			return fmt.Errorf("!%s needs a group that exists", words[0])
		}
		g := s.group(words[1], nil)
		if isStanding {
			g.Bot(nil, status)
			return nil
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.groups[words[1]] = g.Upgrade()
		s.names[s.groups[words[1]].ID()] = "@" + words[1]
		return nil
	}
	return s.fault(words)
}

func (s *stage) fault(words []string) error {
	x := chattest.TelegramFault{Times: 1}
	switch words[0] {
	case "hang":
		x.Hang = true
	case "cut":
		x.Cut = true
	case "lost":
		x.Done, x.Cut = true, true
	case "429":
		x.Code, x.Text, x.Retry = 429, "Too Many Requests: retry after 5", 5
	default:
		code, err := strconv.Atoi(words[0])
		if err != nil || code < 300 || code > 599 {
			return errLine
		}
		x.HTTP = code
	}
	if len(words) > 1 {
		x.Method = words[1]
	}
	if len(words) > 2 {
		x.Times, _ = strconv.Atoi(words[2])
	}
	s.fake.Fault(x)
	return nil
}

// show prints what the bot writes and edits until ctx ends.
func (s *stage) show(ctx context.Context) {
	for {
		changed := s.fake.Changed()
		for _, id := range s.fake.Chats() {
			for _, m := range s.fake.Messages(id) {
				s.showOne(id, m)
			}
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return
		}
	}
}

func (s *stage) showOne(id string, m chattest.TelegramMessage) {
	var b strings.Builder
	if m.File != "" {
		fmt.Fprintf(&b, "[%s] ", m.File)
	}
	if m.Phone != "" {
		fmt.Fprintf(&b, "[contact +%s] ", m.Phone)
	}
	b.WriteString(strings.ReplaceAll(m.Text, "\n", "\n    "))
	n := 0
	for _, row := range m.Buttons {
		b.WriteString("\n   ")
		for _, k := range row {
			n++
			fmt.Fprintf(&b, " [%d %s]", n, k.Text)
		}
	}
	if m.Keyboard {
		b.WriteString("\n    [asks for the phone number]")
	}
	s.mu.Lock()
	old, known := s.seen[id+"/"+m.ID]
	s.seen[id+"/"+m.ID] = b.String()
	name := s.names[id]
	s.mu.Unlock()
	switch {
	case !known:
		s.printf("%s #%s: %s\n", name, m.ID, b.String())
	case old != b.String():
		s.printf("%s #%s is now: %s\n", name, m.ID, b.String())
	}
}
