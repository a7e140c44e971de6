package chattest

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"unicode/utf8"
)

// tgPress is a callback query that waits for its answer.
type tgPress struct {
	at       int64 // Unix time
	answered bool
	text     string
}

func (f *Telegram) answerCallback(p tgParams) (any, *tgError) {
	press := f.presses[p.str("callback_query_id")]
	if press == nil || press.answered || f.opt.Now().Unix()-press.at > 150 {
		return nil, bad("query is too old and response timeout expired or query ID is invalid")
	}
	if utf8.RuneCountInString(p.str("text")) > 200 {
		return nil, bad("MESSAGE_TOO_LONG")
	}
	press.answered, press.text = true, p.str("text")
	return true, nil
}

func (f *Telegram) sendChatAction(p tgParams) (any, *tgError) {
	_, fail := f.speak(p.str("chat_id"))
	return fail == nil, fail
}

func (f *Telegram) getFile(p tgParams) (any, *tgError) {
	file, ok := f.files[p.str("file_id")]
	if !ok {
		return nil, bad("invalid file_id")
	}
	if file.size > 20<<20 {
		return nil, bad("file is too big")
	}
	return map[string]any{"file_id": file.id, "file_unique_id": "u" + file.id[len(file.id)-8:], "file_size": file.size,
		"file_path": "documents/" + file.id}, nil
}

func (f *Telegram) serveFile(w http.ResponseWriter, path string) {
	id := strings.TrimPrefix(path, "documents/")
	f.mu.Lock()
	file, ok := f.files[id]
	f.mu.Unlock()
	if !ok {
		(&tgError{code: 404, text: "Not Found"}).write(w)
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	_, _ = w.Write(file.data)
}

var tgCommandForm = regexp.MustCompile(`^[a-z0-9_]{1,32}$`)

// setCommands sets or deletes the commands of a scope and language.
func (f *Telegram) setCommands(p tgParams) (any, *tgError) {
	raw := p.str("commands")
	if raw == "" {
		raw = "[]"
	}
	var list []struct {
		Command     string `json:"command"`
		Description string `json:"description"`
	}
	_ = json.Unmarshal([]byte(raw), &list)
	if len(list) > 100 {
		return nil, bad("BOT_COMMANDS_TOO_MUCH")
	}
	for _, c := range list {
		if !tgCommandForm.MatchString(c.Command) {
			return nil, bad("BOT_COMMAND_INVALID")
		}
		if n := utf8.RuneCountInString(c.Description); n < 1 || n > 256 {
			return nil, bad("BOT_COMMAND_DESCRIPTION_INVALID")
		}
	}
	f.commands[commandKey(p)] = json.RawMessage(raw)
	return true, nil
}

func (f *Telegram) getCommands(p tgParams) (any, *tgError) {
	if raw, ok := f.commands[commandKey(p)]; ok {
		return raw, nil
	}
	return []any{}, nil
}

// Menu is the menu of a scope (its JSON) and language as it was set: descriptions by command.
func (f *Telegram) Menu(scope, lang string) map[string]string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var list []struct{ Command, Description string }
	_ = json.Unmarshal(f.commands[menuKey(scope, lang)], &list) // none was set
	menu := make(map[string]string, len(list))
	for _, c := range list {
		menu[c.Command] = c.Description
	}
	return menu
}

func commandKey(p tgParams) string { return menuKey(p.str("scope"), p.str("language_code")) }

func menuKey(scope, lang string) string {
	if scope == "" || scope == "null" {
		scope = `{"type":"default"}`
	}
	var canonical any
	_ = json.Unmarshal([]byte(scope), &canonical)
	return string(tgJSON(canonical)) + " " + lang
}

func (f *Telegram) getChat(p tgParams) (any, *tgError) {
	c, fail := f.chat(p.str("chat_id"))
	if fail != nil {
		return nil, fail
	}
	w := c.wire()
	w["accent_color_id"], w["max_reaction_count"] = 0, 11
	w["accepted_gift_types"] = map[string]any{"unlimited_gifts": false, "limited_gifts": false, "unique_gifts": false,
		"premium_subscription": false, "gifts_from_channels": false}
	return w, nil
}

func (f *Telegram) getChatMember(p tgParams) (any, *tgError) {
	c, fail := f.speak(p.str("chat_id"))
	if fail != nil {
		return nil, fail
	}
	id := p.num("user_id")
	if id == f.id {
		return tgMember(f.me(), c.bot), nil
	}
	for _, u := range f.users {
		if u.id == id {
			status := c.members[id]
			if status == "" {
				status = "left"
			}
			return tgMember(u.wire(), status), nil
		}
	}
	return nil, bad("user not found")
}

func (f *Telegram) getChatMemberCount(p tgParams) (any, *tgError) {
	c, fail := f.speak(p.str("chat_id"))
	if fail != nil {
		return nil, fail
	}
	return len(c.members) + 1, nil
}

func (f *Telegram) leaveChat(p tgParams) (any, *tgError) {
	c, fail := f.speak(p.str("chat_id"))
	if fail != nil {
		return nil, fail
	}
	f.setBot(c, nil, "left")
	return true, nil
}

func (f *Telegram) createForumTopic(p tgParams) (any, *tgError) {
	c, fail := f.speak(p.str("chat_id"))
	if fail != nil {
		return nil, fail
	}
	if !c.forum {
		return nil, bad("the chat is not a forum")
	}
	if c.bot != "administrator" {
		return nil, bad("not enough rights to create a topic")
	}
	return map[string]any{"message_thread_id": f.addTopic(c, p.str("name")), "name": p.str("name"), "icon_color": 7322096}, nil
}

func (f *Telegram) closeForumTopic(p tgParams) (any, *tgError) {
	c, fail := f.speak(p.str("chat_id"))
	if fail != nil {
		return nil, fail
	}
	topic := c.topics[p.num("message_thread_id")]
	if topic == nil {
		return nil, bad("message thread not found")
	}
	topic.closed = true
	return true, nil
}

// addTopic opens a topic; its number is that of the service message that opens it.
func (f *Telegram) addTopic(c *tgChat, name string) int64 {
	m := f.add(c, &tgMessage{own: true, from: f.me(), extra: map[string]any{
		"forum_topic_created": map[string]any{"name": name, "icon_color": 7322096}}})
	m.thread = m.id
	c.topics[m.id] = &tgTopic{name: name}
	return m.id
}

// tgMember is a ChatMember object of that status.
func tgMember(user map[string]any, status string) map[string]any {
	w := map[string]any{"user": user, "status": status}
	no := func(names ...string) {
		for _, n := range names {
			w[n] = false
		}
	}
	switch status {
	case "administrator":
		no("is_anonymous", "can_manage_video_chats", "can_promote_members", "can_change_info", "can_post_stories",
			"can_edit_stories", "can_delete_stories", "can_restrict_members", "can_be_edited")
		w["can_manage_chat"], w["can_delete_messages"], w["can_invite_users"] = true, true, true
	case "creator":
		no("is_anonymous")
	case "restricted":
		for name := range TelegramSchema().Types["ChatMemberRestricted"].Fields {
			if strings.HasPrefix(name, "can_") {
				w[name] = false
			}
		}
		w["is_member"], w["until_date"] = true, 0
	case "kicked":
		w["until_date"] = 0
	}
	return w
}
