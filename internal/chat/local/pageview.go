package local

import (
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"

	"trucban/internal/chat"
)

// What the page is sent. Moments are UTC milliseconds.

// pageMessages is how many messages of a chat the page shows.
const pageMessages = 120

type stateView struct {
	Rev      int64                    `json:"rev"`
	Bot      string                   `json:"bot"` // its name
	Me       string                   `json:"me"`  // who the page opens as
	People   []personView             `json:"people"`
	Chats    []chatView               `json:"chats"`
	Messages map[string][]messageView `json:"messages"`
	Clock    clockView                `json:"clock"`
	Commands []PageCommand            `json:"commands"`
}

type personView struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Note string `json:"note,omitempty"`
}

type chatView struct {
	ID      string    `json:"id"`
	Kind    chat.Kind `json:"kind"`
	Title   string    `json:"title"`
	Mine    bool      `json:"mine"`
	Members []string  `json:"members"`
}

type clockView struct {
	Now   int64   `json:"now"`
	Speed float64 `json:"speed"`
}

type messageView struct {
	ID      string         `json:"id"`
	Chat    string         `json:"chat"`
	From    string         `json:"from"`   // name
	Person  string         `json:"person"` // id; "" is the bot
	At      int64          `json:"at"`
	Body    []Node         `json:"body"`
	Buttons [][]buttonView `json:"buttons,omitempty"`
	File    *fileView      `json:"file,omitempty"`
	Contact *chat.Card     `json:"contact,omitempty"`
	Reply   *replyView     `json:"reply,omitempty"`
	Silent  bool           `json:"silent,omitempty"`
	Ask     string         `json:"ask,omitempty"`
	Edited  int64          `json:"edited,omitempty"`
}

type buttonView struct {
	Label  string `json:"label"`
	Action string `json:"action,omitempty"`
	URL    string `json:"url,omitempty"`
}

type fileView struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Size  int64  `json:"size"`
	Photo bool   `json:"photo,omitempty"`
}

type replyView struct {
	From string `json:"from"`
	Text string `json:"text"`
}

func (g *page) clockView() clockView {
	return clockView{Now: g.clock.Now().UnixMilli(), Speed: g.clock.Speed()}
}

// state is everything the person sees: all groups, and their own private chat.
func (g *page) state(w http.ResponseWriter, r *http.Request) {
	me := r.URL.Query().Get("me")
	v := stateView{Rev: g.p.Rev(), Bot: g.p.BotName(), Me: g.opts.Me, Messages: map[string][]messageView{}, Clock: g.clockView(), Commands: g.opts.Commands}
	names := map[string]string{}
	for _, who := range g.p.People() {
		v.People = append(v.People, personView{ID: who.ID, Name: who.Name, Note: who.Note})
		names[who.ID] = who.Name
	}
	for _, c := range g.p.Chats() {
		if !visible(c, me) {
			continue
		}
		cv := chatView{ID: c.ID, Kind: c.Kind, Title: c.Title, Mine: slices.Contains(c.Members, me)}
		for _, m := range c.Members {
			cv.Members = append(cv.Members, names[m])
		}
		v.Chats = append(v.Chats, cv)
		list := g.p.Messages(c.ID)
		list = list[max(0, len(list)-pageMessages):]
		views := make([]messageView, 0, len(list))
		for _, m := range list {
			views = append(views, g.message(m, names))
		}
		v.Messages[c.ID] = views
	}
	writeJSON(w, http.StatusOK, v)
}

func visible(c Chat, me string) bool {
	return c.Kind != chat.Private || slices.Contains(c.Members, me)
}

func (g *page) message(m Message, names map[string]string) messageView {
	v := messageView{
		ID: m.ID, Chat: m.Chat, Person: m.From, From: names[m.From], At: m.At.UnixMilli(),
		Body: []Node{{Text: m.Text}}, Contact: m.Contact, Silent: m.Silent, Ask: m.AskPhone,
	}
	if m.From == "" {
		v.From = g.p.BotName()
	}
	if m.Markup {
		// What Send took is well formed; anything else is shown as the text it is.
		if nodes, err := parseMarkup(m.Text); err == nil {
			v.Body = nodes
		}
	}
	if m.Edits > 0 {
		v.Edited = m.EditedAt.UnixMilli()
	}
	if m.File != nil {
		v.File = &fileView{ID: m.File.ID, Name: m.File.Name, Size: m.File.Size, Photo: m.File.Photo}
	}
	for _, row := range m.Buttons {
		var keys []buttonView
		for _, b := range row {
			keys = append(keys, buttonView{Label: b.Label, Action: b.Action, URL: safeLink(b.URL)})
		}
		v.Buttons = append(v.Buttons, keys)
	}
	v.Reply = g.replied(m, names)
	return v
}

func (g *page) replied(m Message, names map[string]string) *replyView {
	if m.ReplyTo == "" {
		return nil
	}
	for _, q := range g.p.Messages(m.Chat) {
		if q.ID == m.ReplyTo {
			from := names[q.From]
			if q.From == "" {
				from = g.p.BotName()
			}
			first, _, _ := strings.Cut(q.plain(), "\n")
			return &replyView{From: from, Text: first}
		}
	}
	return nil
}

// beat is how often a quiet stream says that it is alive.
const beat = 15 * time.Second

// events streams changes the person may see, and the clock's.
func (g *page) events(w http.ResponseWriter, r *http.Request) {
	s := stream{w: w, c: http.NewResponseController(w)}
	rev, err := revision(r)
	if err != nil {
		http.Error(w, "rev?", http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
	wake, end := g.p.Subscribe()
	defer end()
	pulse := time.NewTicker(beat)
	defer pulse.Stop()
	for tell := true; s.err == nil; {
		changed := g.clockChanged() // taken before the clock is read, so that no change falls between
		if tell {
			s.send("clock", rev, g.clockView())
		}
		rev = g.flush(&s, rev, r.URL.Query().Get("me"))
		select {
		case <-r.Context().Done():
			return
		case <-wake:
			tell = false
		case <-changed:
			tell = true
		case <-pulse.C:
			tell = true
		}
	}
}

// clockChanged is nil, which never is ready, when the clock does not tell.
func (g *page) clockChanged() <-chan struct{} {
	if c, ok := g.clock.(interface{ Changed() <-chan struct{} }); ok {
		return c.Changed()
	}
	return nil
}

// flush sends what happened after rev and returns the new one.
func (g *page) flush(s *stream, rev int64, me string) int64 {
	list, ok := g.p.Changes(rev)
	if !ok {
		rev = g.p.Rev()
		s.send("reload", rev, nil)
		return rev
	}
	if len(list) == 0 {
		return rev
	}
	names := map[string]string{}
	for _, who := range g.p.People() {
		names[who.ID] = who.Name
	}
	rooms := map[string]Chat{}
	for _, c := range g.p.Chats() {
		rooms[c.ID] = c
	}
	for _, c := range list {
		rev = c.Rev
		switch room, ok := rooms[c.Chat]; {
		case c.Kind == ChangeRooms:
			s.send("reload", rev, nil)
		case ok && visible(room, me):
			s.send("message", rev, g.message(c.Message, names))
		}
	}
	return rev
}

// revision is where a stream goes on: after what the browser saw last.
func revision(r *http.Request) (int64, error) {
	text := r.Header.Get("Last-Event-ID")
	if text == "" {
		text = r.URL.Query().Get("rev")
	}
	var rev int64
	_, err := fmt.Sscanf(text, "%d", &rev)
	return rev, err
}

// stream writes server-sent events; after a fault it writes nothing more.
type stream struct {
	w   http.ResponseWriter
	c   *http.ResponseController
	err error
}

func (s *stream) send(event string, rev int64, v any) {
	if s.err != nil {
		return
	}
	data, err := json.Marshal(v)
	if err == nil {
		_, err = fmt.Fprintf(s.w, "id: %d\nevent: %s\ndata: %s\n\n", rev, event, data)
	}
	if err == nil {
		err = s.c.Flush()
	}
	s.err = err
}

func attachmentName(name string) string {
	if h := mime.FormatMediaType("attachment", map[string]string{"filename": name}); h != "" {
		return h
	}
	return "attachment"
}
