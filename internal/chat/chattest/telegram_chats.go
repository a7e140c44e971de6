package chattest

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// tgChat is one chat as the server keeps it.
type tgChat struct {
	id       int64
	kind     string // private, group, supergroup, channel
	title    string
	user     *TelegramUser // of a private chat
	bot      string        // the bot's status: "", member, administrator, restricted, left, kicked
	started  bool          // private: the person has opened it
	blocked  bool
	deleted  bool // the group is gone
	members  map[int64]string
	forum    bool
	topics   map[int64]*tgTopic
	moved    int64 // supergroup this group became
	messages map[int64]*tgMessage
	order    []int64
	nextID   int64
	taken    []time.Time // messages and edits of the last minute
}

type tgTopic struct {
	name   string
	closed bool
}

// tgMessage is one message as the server keeps it.
type tgMessage struct {
	id       int64
	from     map[string]any // User
	sender   map[string]any // Chat, of an anonymous sender
	own      bool
	date     int64
	edited   int64
	thread   int64
	reply    int64
	text     string
	caption  bool // text is a caption
	entities []tgEntity
	extra    map[string]any // photo, document, contact, forward_origin, service fields
	buttons  [][]tgButton
	keyboard bool // sent with a reply keyboard
	silent   bool
	gone     bool
}

type tgButton struct {
	Text string `json:"text"`
	Data string `json:"callback_data,omitempty"`
	URL  string `json:"url,omitempty"`
}

// chat finds the chat of a call and says why the bot may not speak there.
func (f *Telegram) chat(id string) (*tgChat, *tgError) {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return nil, bad("chat not found")
	}
	c := f.chats[n]
	if c == nil {
		return nil, bad("chat not found")
	}
	return c, nil
}

// speak finds the chat a message goes to. The order of the refusals is the server's.
func (f *Telegram) speak(id string) (*tgChat, *tgError) {
	c, fail := f.chat(id)
	if fail != nil {
		return nil, fail
	}
	kind := c.kind + " chat"
	switch {
	case c.moved != 0:
		return nil, &tgError{code: 400, text: "Bad Request: group chat was upgraded to a supergroup chat", migrate: c.moved}
	case c.kind == "private" && c.user.deactivated:
		return nil, forbidden("user is deactivated")
	case c.kind == "private" && c.blocked:
		return nil, forbidden("bot was blocked by the user")
	case c.kind == "private" && !c.started:
		return nil, forbidden("bot can't initiate conversation with a user")
	case c.kind == "private":
		return c, nil
	case c.deleted:
		return nil, forbidden("the group chat was deleted")
	case c.bot == "kicked":
		return nil, forbidden("bot was kicked from the " + kind)
	case c.bot == "" || c.bot == "left":
		return nil, forbidden("bot is not a member of the " + kind)
	case c.bot == "restricted":
		return nil, bad("not enough rights to send text messages to the chat")
	}
	return c, nil
}

// admit counts a message or an edit against the limits: about one a second in a
// chat with short bursts, 20 a minute in a group, 30 a second for the bot.
func (f *Telegram) admit(c *tgChat) *tgError {
	if f.opt.NoLimits {
		return nil
	}
	now := f.opt.Now()
	wait := time.Duration(0)
	f.global = recent(f.global, now, time.Second)
	if len(f.global) >= 30 {
		wait = time.Second
	}
	c.taken = recent(c.taken, now, time.Minute)
	if last := recent(c.taken, now, 3*time.Second); len(last) >= 3 {
		wait = max(wait, last[len(last)-3].Add(3*time.Second).Sub(now))
	}
	if c.kind != "private" && len(c.taken) >= 20 {
		wait = max(wait, c.taken[len(c.taken)-20].Add(time.Minute).Sub(now))
	}
	if wait > 0 {
		return flood(int(math.Ceil(wait.Seconds())))
	}
	f.global = append(f.global, now)
	c.taken = append(c.taken, now)
	return nil
}

func flood(seconds int) *tgError {
	seconds = max(seconds, 1)
	return &tgError{code: 429, text: "Too Many Requests: retry after " + strconv.Itoa(seconds), retry: seconds}
}

func recent(times []time.Time, now time.Time, window time.Duration) []time.Time {
	for len(times) > 0 && now.Sub(times[0]) >= window {
		times = times[1:]
	}
	return times
}

// add gives a message its number and puts it into the chat.
func (f *Telegram) add(c *tgChat, m *tgMessage) *tgMessage {
	c.nextID++
	m.id = c.nextID
	m.date = f.opt.Now().Unix()
	c.messages[m.id] = m
	c.order = append(c.order, m.id)
	return m
}

// wireChat is the Chat object.
func (c *tgChat) wire() map[string]any {
	w := map[string]any{"id": c.id, "type": c.kind}
	if c.kind == "private" {
		w["first_name"] = c.user.Name
		return w
	}
	w["title"] = c.title
	if c.forum {
		w["is_forum"] = true
	}
	return w
}

// wire is the Message object; an answered message is given once, without what it answers.
func (f *Telegram) wire(c *tgChat, m *tgMessage, deep bool) map[string]any {
	w := map[string]any{"message_id": m.id, "date": m.date, "chat": c.wire()}
	if m.from != nil {
		w["from"] = m.from
	}
	if m.sender != nil {
		w["sender_chat"] = m.sender
	}
	if m.edited != 0 {
		w["edit_date"] = m.edited
	}
	if m.thread != 0 {
		w["message_thread_id"] = m.thread
		if c.forum {
			w["is_topic_message"] = true
		}
	}
	name, marks := "text", "entities"
	if m.caption {
		name, marks = "caption", "caption_entities"
	}
	if m.text != "" {
		w[name] = m.text
		if all := append(tgCommands(m.text), m.entities...); len(all) > 0 {
			w[marks] = all
		}
	}
	for k, v := range m.extra {
		w[k] = v
	}
	if len(m.buttons) > 0 {
		w["reply_markup"] = map[string]any{"inline_keyboard": m.buttons}
	}
	if r := c.messages[m.reply]; r != nil && deep && !r.gone {
		w["reply_to_message"] = f.wire(c, r, false)
	}
	return w
}

// tgCommands marks a leading command, as clients do.
func tgCommands(text string) []tgEntity {
	if !strings.HasPrefix(text, "/") || len(text) == 1 {
		return nil
	}
	word, _, _ := strings.Cut(strings.ReplaceAll(text, "\n", " "), " ")
	return []tgEntity{{Type: "bot_command", Offset: 0, Length: tgUnits(word)}}
}

// me is the bot's User object.
func (f *Telegram) me() map[string]any {
	return map[string]any{"id": f.id, "is_bot": true, "first_name": "Trực Ban", "username": f.opt.Username}
}
