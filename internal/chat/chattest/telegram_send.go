package chattest

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"
)

// tgMethods are the methods the fake plays; getUpdates is apart because it waits.
var tgMethods = map[string]func(*Telegram, tgParams) (any, *tgError){
	"getMe": func(f *Telegram, _ tgParams) (any, *tgError) {
		me := f.me()
		me["can_join_groups"], me["can_read_all_group_messages"] = true, !f.opt.Privacy
		me["supports_inline_queries"] = false
		return me, nil
	},
	"sendMessage":            (*Telegram).sendMessage,
	"sendPhoto":              func(f *Telegram, p tgParams) (any, *tgError) { return f.sendFile(p, "photo") },
	"sendDocument":           func(f *Telegram, p tgParams) (any, *tgError) { return f.sendFile(p, "document") },
	"sendContact":            (*Telegram).sendContact,
	"sendChatAction":         (*Telegram).sendChatAction,
	"editMessageText":        func(f *Telegram, p tgParams) (any, *tgError) { return f.edit(p, "text") },
	"editMessageCaption":     func(f *Telegram, p tgParams) (any, *tgError) { return f.edit(p, "caption") },
	"editMessageReplyMarkup": func(f *Telegram, p tgParams) (any, *tgError) { return f.edit(p, "") },
	"deleteMessage":          (*Telegram).deleteMessage,
	"answerCallbackQuery":    (*Telegram).answerCallback,
	"getFile":                (*Telegram).getFile,
	"setMyCommands":          (*Telegram).setCommands,
	"deleteMyCommands":       (*Telegram).setCommands,
	"getMyCommands":          (*Telegram).getCommands,
	"getChat":                (*Telegram).getChat,
	"getChatMember":          (*Telegram).getChatMember,
	"getChatMemberCount":     (*Telegram).getChatMemberCount,
	"leaveChat":              (*Telegram).leaveChat,
	"createForumTopic":       (*Telegram).createForumTopic,
	"closeForumTopic":        (*Telegram).closeForumTopic,
	"setWebhook":             (*Telegram).setWebhook,
	"deleteWebhook":          (*Telegram).deleteWebhook,
	"getWebhookInfo":         (*Telegram).webhookInfo,
}

// tgDraft is what the sending methods have in common, checked.
type tgDraft struct {
	chat *tgChat
	msg  *tgMessage
}

// draft checks chat, topic, reply and keyboard of a message to come.
func (f *Telegram) draft(p tgParams) (*tgDraft, *tgError) {
	c, fail := f.speak(p.str("chat_id"))
	if fail != nil {
		return nil, fail
	}
	m := &tgMessage{own: true, from: f.me(), silent: p.yes("disable_notification")}
	if m.thread = p.num("message_thread_id"); m.thread != 0 {
		topic := c.topics[m.thread]
		if topic == nil {
			return nil, bad("message thread not found")
		}
		if topic.closed {
			return nil, bad("TOPIC_CLOSED")
		}
	}
	if raw := p.str("reply_parameters"); raw != "" && raw != "null" {
		var r struct {
			Message int64 `json:"message_id"`
			Anyway  bool  `json:"allow_sending_without_reply"`
		}
		_ = json.Unmarshal([]byte(raw), &r)
		if old := c.messages[r.Message]; old != nil && !old.gone {
			m.reply = r.Message
		} else if !r.Anyway {
			return nil, bad("message to be replied not found")
		}
	}
	if fail := m.setMarkup(p.str("reply_markup"), c); fail != nil {
		return nil, fail
	}
	return &tgDraft{c, m}, nil
}

// setMarkup reads an inline keyboard, or notes that it is one below the text field.
func (m *tgMessage) setMarkup(raw string, c *tgChat) *tgError {
	m.buttons = nil
	if raw == "" || raw == "null" {
		return nil
	}
	var k struct {
		Inline   [][]tgButton `json:"inline_keyboard"`
		Keyboard [][]struct {
			Contact bool `json:"request_contact"`
		} `json:"keyboard"`
	}
	_ = json.Unmarshal([]byte(raw), &k)
	n := 0
	for _, row := range k.Inline {
		for _, b := range row {
			n++
			if fail := b.check(); fail != nil {
				return fail
			}
		}
	}
	if n > 100 || len(raw) > 10_000 {
		return bad("reply markup is too long")
	}
	for _, row := range k.Keyboard {
		for _, b := range row {
			if b.Contact && c.kind != "private" {
				return bad("phone number can be requested in private chats only")
			}
		}
	}
	m.buttons = k.Inline
	m.keyboard = k.Inline == nil
	return nil
}

func (b tgButton) check() *tgError {
	switch {
	case b.Text == "":
		return bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
	case b.Data == "" && b.URL == "":
		return bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
	case len(b.Data) > 64:
		return bad("BUTTON_DATA_INVALID")
	}
	if u, err := url.Parse(b.URL); b.URL != "" && (err != nil || u.Host == "" && u.Scheme != "tg") {
		return bad("inline keyboard button URL %q is invalid: Wrong HTTP URL", b.URL)
	}
	return nil
}

// formatted reads text or caption with its markup and counts it in code points.
func formatted(p tgParams, name string, limit int) (string, []tgEntity, *tgError) {
	raw := p.str(name)
	if len(raw) > 32_768 {
		return "", nil, bad("Text is too long")
	}
	if !utf8.ValidString(raw) {
		return "", nil, bad("strings must be encoded in UTF-8")
	}
	var entities []tgEntity
	text := raw
	switch mode := p.str("parse_mode"); strings.ToLower(mode) {
	case "":
	case "html":
		var fault string
		if text, entities, fault = tgParseHTML(raw); fault != "" {
			return "", nil, bad("can't parse entities: %s", fault)
		}
	default:
		return "", nil, bad("this fake reads HTML only, not %s", mode)
	}
	text, entities = tgTrim(text, entities)
	if n := utf8.RuneCountInString(text); n > limit {
		if name == "caption" {
			return "", nil, bad("message caption is too long")
		}
		return "", nil, bad("message is too long")
	}
	return text, entities, nil
}

func (f *Telegram) sendMessage(p tgParams) (any, *tgError) {
	d, fail := f.draft(p)
	if fail != nil {
		return nil, fail
	}
	d.msg.text, d.msg.entities, fail = formatted(p, "text", 4096)
	if fail == nil && d.msg.text == "" {
		fail = bad("message text is empty")
	}
	return f.put(d, fail)
}

// put accepts a checked message, unless the limits are reached.
func (f *Telegram) put(d *tgDraft, fail *tgError) (any, *tgError) {
	if fail != nil {
		return nil, fail
	}
	if fail := f.admit(d.chat); fail != nil {
		return nil, fail
	}
	return f.wire(d.chat, f.add(d.chat, d.msg), true), nil
}

func (f *Telegram) sendFile(p tgParams, field string) (any, *tgError) {
	d, fail := f.draft(p)
	if fail != nil {
		return nil, fail
	}
	d.msg.caption = true
	if d.msg.text, d.msg.entities, fail = formatted(p, "caption", 1024); fail != nil {
		return nil, fail
	}
	file, fail := f.keep(p[field], field == "photo")
	if fail != nil {
		return nil, fail
	}
	d.msg.extra = file.wire(field == "photo")
	return f.put(d, nil)
}

// keep stores an upload, or finds a file by its id.
func (f *Telegram) keep(v tgParam, photo bool) (tgFile, *tgError) {
	limit := 50 << 20
	if photo {
		limit = 10 << 20
	}
	switch {
	case v.file == nil:
		if file, ok := f.files[v.text]; ok {
			return file, nil
		}
		return tgFile{}, bad("wrong file identifier/HTTP URL specified")
	case len(v.file.data) > limit:
		return tgFile{}, &tgError{code: 413, text: "Request Entity Too Large"}
	case len(v.file.data) == 0:
		return tgFile{}, bad("file must be non-empty")
	}
	return f.store(*v.file), nil
}

func (f *Telegram) store(file tgFile) tgFile {
	f.serial++
	file.id = fmt.Sprintf("BQACAgUAAx%08d", f.serial)
	f.files[file.id] = file
	return file
}

// wire is the part of a message that holds the file.
func (file tgFile) wire(photo bool) map[string]any {
	doc := map[string]any{"file_id": file.id, "file_unique_id": "u" + file.id[len(file.id)-8:], "file_size": file.size}
	if !photo {
		doc["file_name"], doc["mime_type"] = file.name, "application/octet-stream"
		return map[string]any{"document": doc}
	}
	doc["width"], doc["height"] = 1280, 720
	small := map[string]any{"file_id": file.id + "s", "file_unique_id": "s" + file.id[len(file.id)-8:], "width": 90, "height": 51}
	return map[string]any{"photo": []any{small, doc}}
}

func (f *Telegram) sendContact(p tgParams) (any, *tgError) {
	d, fail := f.draft(p)
	if fail != nil {
		return nil, fail
	}
	if p.str("phone_number") == "" || p.str("first_name") == "" {
		return nil, bad("contact is incomplete")
	}
	d.msg.extra = map[string]any{"contact": map[string]any{
		"phone_number": strings.TrimPrefix(p.str("phone_number"), "+"), "first_name": p.str("first_name")}}
	return f.put(d, nil)
}

func tgID(n int64) string { return strconv.FormatInt(n, 10) }
