package local

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"trucban/internal/chat"
)

// shown is one thing the bot showed, as lines of a script.
type shown struct {
	at    string // time prefix, "" for the present moment
	chat  int    // place of the chat in the platform's order
	lines []string
}

// render turns the bot's part of the history into lines, in the canonical order:
// by moment, then chat, then as they came.
func (pl *player) render(list []Change) []shown {
	chats := pl.p.Chats()
	now := pl.p.Now().In(Zone)
	type entry struct {
		at time.Time
		s  shown
	}
	var out []entry
	for _, c := range list {
		if c.Kind == ChangeRooms || c.Message.From != "" {
			continue
		}
		m := c.Message
		at, mark, aside := m.At, ">", ""
		if c.Kind == ChangeEdit {
			at, mark, aside = m.EditedAt, "~", " ("+clockText(m.At, now)+")"
		}
		i := slices.IndexFunc(chats, func(r Chat) bool { return r.ID == m.Chat })
		head := fmt.Sprintf("bot %s %s%s:", mark, pl.chatName(chats, i, m.Chat), aside)
		e := entry{at: at, s: shown{chat: i}}
		if at := at.In(Zone); !at.Equal(now) {
			e.s.at = clockText(at, now)
			head = e.s.at + " " + head
		}
		e.s.lines = layOut(head, pl.content(m))
		out = append(out, e)
	}
	slices.SortStableFunc(out, func(a, b entry) int {
		if c := a.at.Compare(b.at); c != 0 {
			return c
		}
		return a.s.chat - b.s.chat
	})
	res := make([]shown, len(out))
	for i, e := range out {
		res[i] = e.s
	}
	return res
}

// clockText is a moment as short as it is clear beside now.
func clockText(t, now time.Time) string {
	t = t.In(Zone)
	layout := "15:04"
	if t.Truncate(time.Minute) != t {
		layout = "15:04:05"
	}
	if t.Format("2006-01-02") != now.Format("2006-01-02") {
		layout = "2006-01-02 " + layout
	}
	return t.Format(layout)
}

// chatName is how a script names a chat: groups by id, private ones by their person.
func (pl *player) chatName(chats []Chat, i int, id string) string {
	if i < 0 || chats[i].Kind != chat.Private {
		return id
	}
	people := pl.p.People()
	at := slices.IndexFunc(people, func(w Person) bool { return w.ID == chats[i].Members[0] })
	words := strings.Fields(people[at].Name)
	for n := 1; n <= len(words); n++ {
		short := strings.Join(words[len(words)-n:], " ")
		if who, err := pl.person(short); err == nil && who.ID == people[at].ID {
			return "private " + short
		}
	}
	return "private " + people[at].ID
}

// content is the message as a reader sees it, line by line.
func (pl *player) content(m Message) []string {
	var out []string
	if m.ReplyTo != "" {
		if q, err := pl.find(m.Chat, func(x Message) bool { return x.ID == m.ReplyTo }); err == nil {
			first, _, _ := strings.Cut(q.plain(), "\n")
			out = append(out, fmt.Sprintf("(answers %q)", first))
		}
	}
	if m.Silent {
		out = append(out, "(silent)")
	}
	if m.Text != "" {
		for line := range strings.SplitSeq(m.plain(), "\n") {
			out = append(out, strings.TrimRight(line, " "))
		}
	}
	if f := m.File; f != nil {
		kind := "file"
		if f.Photo {
			kind = "picture"
		}
		out = append(out, fmt.Sprintf("(%s %s)", kind, f.Name))
	}
	if m.Contact != nil {
		out = append(out, fmt.Sprintf("(contact %s %s)", m.Contact.Name, m.Contact.Phone))
	}
	if m.AskPhone != "" {
		out = append(out, fmt.Sprintf("(asks for the phone number: %s)", m.AskPhone))
	}
	for _, row := range m.Buttons {
		var keys []string
		for _, b := range row {
			if b.URL != "" {
				keys = append(keys, "["+b.Label+" "+b.URL+"]")
			} else {
				keys = append(keys, "["+b.Label+"]")
			}
		}
		out = append(out, strings.Join(keys, " "))
	}
	return out
}

// layOut puts a single line beside the head and several below it, indented.
func layOut(head string, content []string) []string {
	if len(content) == 1 && content[0] != "" {
		return []string{head + " " + content[0]}
	}
	lines := []string{head}
	for _, l := range content {
		if l != "" {
			l = "  " + l
		}
		lines = append(lines, l)
	}
	return lines
}

// compare holds what was shown against the zone's expectations and prints the
// zone: as it stands when it fits, otherwise with what was really shown.
func (pl *player) compare(zone []item, got []shown) error {
	want := pl.expectations(zone)
	fits := len(want) == len(got)
	for i := 0; fits && i < len(got); i++ {
		fits = match(want[i].lines, got[i].lines)
	}
	if fits {
		pl.printRest(zone)
		return nil
	}
	var wantLines, gotLines []string
	for _, w := range want {
		wantLines = append(wantLines, w.lines...)
	}
	for _, g := range got {
		gotLines = append(gotLines, g.lines...)
	}
	pl.printRest(remarks(zone, true))
	if len(gotLines) > 0 {
		pl.print(gotLines)
	}
	pl.printRest(remarks(zone, false))
	if pl.script.record {
		return nil
	}
	return fmt.Errorf("the bot showed something else (- expected, + shown):\n%s", diff(wantLines, gotLines))
}

// remarks are those of a zone before its first expectation, or after it.
func remarks(zone []item, before bool) []item {
	first := slices.IndexFunc(zone, func(it item) bool { return it.kind == expected })
	if first < 0 {
		first = len(zone)
	}
	if before {
		return zone[:first]
	}
	var out []item
	for _, it := range zone[first:] {
		if it.kind == remark {
			out = append(out, it)
		}
	}
	return out
}

// expectations brings those of a zone into the order of render.
func (pl *player) expectations(zone []item) []shown {
	chats := pl.p.Chats()
	now := pl.p.Now().In(Zone)
	var out []shown
	for _, it := range zone {
		if it.kind != expected {
			continue
		}
		s := shown{at: it.when, chat: -1}
		if it.chat != "" {
			if c, err := pl.room(it.chat, Person{}); err == nil {
				s.chat = slices.IndexFunc(chats, func(r Chat) bool { return r.ID == c.ID })
			}
		}
		for i, l := range it.lines {
			if l = strings.TrimRight(l, " "); i > 0 && l != "" {
				l = "  " + strings.TrimPrefix(strings.TrimPrefix(l, " "), " ")
			}
			s.lines = append(s.lines, l)
		}
		out = append(out, s)
	}
	full := func(s shown) string { // sorts as text: the date first, the present moment last
		switch {
		case s.chat < 0:
			return ""
		case s.at == "":
			return now.Format("2006-01-02 15:04:05")
		case len(s.at) < len("2006-01-02 "):
			return now.Format("2006-01-02 ") + s.at
		}
		return s.at
	}
	slices.SortStableFunc(out, func(a, b shown) int {
		if c := strings.Compare(full(a), full(b)); c != 0 {
			return c
		}
		return a.chat - b.chat
	})
	return out
}
