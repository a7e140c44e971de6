package zalo

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"trucban/internal/chat"
)

// body is an update as it comes: bare, or inside the envelope of a result.
type body struct {
	OK     *bool           `json:"ok"`
	Result json.RawMessage `json:"result"`
	Event  flexString      `json:"event_name"`
	Msg    message         `json:"message"`
}

type message struct {
	ID   flexString `json:"message_id"`
	Date flexString `json:"date"`
	From struct {
		ID    flexString `json:"id"`
		Name  flexString `json:"display_name"`
		IsBot flexBool   `json:"is_bot"`
	} `json:"from"`
	Chat struct {
		ID   flexString `json:"id"`
		Type flexString `json:"chat_type"`
	} `json:"chat"`
	Text     flexString `json:"text"`
	Caption  flexString `json:"caption"`
	Photo    flexString `json:"photo"`
	PhotoURL flexString `json:"photo_url"`
	VoiceURL flexString `json:"voice_url"`
}

// flexBool is true for true, "true" and 1.
type flexBool bool

// UnmarshalJSON implements json.Unmarshaler.
func (f *flexBool) UnmarshalJSON(b []byte) error {
	v, err := strconv.ParseBool(strings.Trim(string(b), `"`))
	*f = flexBool(err == nil && v)
	return nil
}

// Decode reads one update as delivered or journalled. ok is false for what the
// bot has nothing to do with: probes, events it does not know, stickers, content
// Zalo does not pass on, messages of bots. An error means that it is no JSON.
func (b *Bot) Decode(raw []byte) (u chat.Update, ok bool, err error) {
	if len(bytes.TrimSpace(raw)) == 0 {
		return u, false, nil
	}
	w, err := unwrap(raw)
	if err != nil {
		return u, false, err
	}
	m := w.Msg
	u = chat.Update{
		Event:    chat.EventMessage,
		From:     chat.Account{Platform: Platform, ID: string(m.From.ID), Name: clip(string(m.From.Name), maxName), Anonymous: m.From.ID == ""},
		To:       chat.Address{Platform: Platform, Chat: string(m.Chat.ID)},
		Kind:     kindOf(m),
		SentAt:   b.sentAt(m.Date),
		Message:  string(m.ID),
		Received: b.o.Now().UTC(),
	}
	text := string(m.Text)
	switch w.Event {
	case "message.text.received":
	case "message.image.received":
		text = string(m.Caption)
		u.File = photoFile(m)
	case "message.voice.received":
		if m.VoiceURL != "" {
			u.File = &chat.File{ID: string(m.VoiceURL), Name: "voice.aac", MIME: "audio/aac"}
		}
	default:
		b.noteDropped(string(w.Event))
		return chat.Update{}, false, nil
	}
	if u.To.Chat == "" || bool(m.From.IsBot) {
		return chat.Update{}, false, nil
	}
	u.Text = stripMentions(norm.NFC.String(text), b.mentionNames())
	if u.ID = string(Platform) + ":" + u.Message; u.Message == "" {
		// Without a message id only the body itself tells a redelivery from a new message.
		sum := sha256.Sum256(raw)
		u.ID += "body-" + hex.EncodeToString(sum[:12])
	}
	return u, true, nil
}

// maxName bounds a display name, in runes.
const maxName = 100

// unwrap finds the update in a wrapped or bare body. Fields of a wrong type are
// read as absent: one odd field must not cost a message.
func unwrap(raw []byte) (body, error) {
	var w body
	if err := lenient(raw, &w); err != nil {
		return body{}, err
	}
	if w.OK != nil && !*w.OK {
		return body{}, nil
	}
	if inner := bytes.TrimSpace(w.Result); len(inner) > 0 && inner[0] == '{' {
		w = body{}
		if err := lenient(inner, &w); err != nil {
			return body{}, err
		}
	}
	return w, nil
}

func lenient(raw []byte, v any) error {
	err := json.Unmarshal(raw, v)
	if odd := (*json.UnmarshalTypeError)(nil); err == nil || errors.As(err, &odd) {
		return nil
	}
	return fmt.Errorf("read zalo update of %d bytes: no valid JSON", len(raw))
}

// kindOf tells a private chat from a group. What is neither by name is a group
// unless the chat is the sender: a group is trusted with less.
func kindOf(m message) chat.Kind {
	switch strings.ToUpper(string(m.Chat.Type)) {
	case "PRIVATE":
		return chat.Private
	case "GROUP":
		return chat.Group
	}
	if m.Chat.ID == m.From.ID && m.From.ID != "" {
		return chat.Private
	}
	return chat.Group
}

// sentAt reads a date in milliseconds, or in seconds where it is below 1e12.
func (b *Bot) sentAt(date flexString) time.Time {
	f, err := strconv.ParseFloat(string(date), 64)
	switch {
	case err != nil, f <= 0, f > 1e15:
		return b.o.Now().UTC()
	case f < 1e12:
		return time.Unix(int64(f), 0).UTC()
	}
	return time.UnixMilli(int64(f)).UTC()
}

func photoFile(m message) *chat.File {
	id := m.Photo
	if id == "" {
		id = m.PhotoURL
	}
	if id == "" {
		return nil
	}
	return &chat.File{ID: string(id), Name: "photo.jpg", MIME: "image/jpeg", Photo: true}
}

func (b *Bot) noteDropped(event string) {
	if event != "" {
		b.health.dropped.Add(1)
		b.o.Log.Info().Str("event", b.cleanText(clip(event, 60))).Msg("zalo update without work for the bot")
	}
}

// clip keeps the first n runes.
func clip(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}
