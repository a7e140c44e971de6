package chattest

import "reflect"

// edit changes a message of the bot: its text, its caption or only its buttons.
func (f *Telegram) edit(p tgParams, field string) (any, *tgError) {
	c, fail := f.speak(p.str("chat_id"))
	if fail != nil {
		return nil, fail
	}
	old := c.messages[p.num("message_id")]
	switch {
	case p.num("message_id") == 0:
		return nil, bad("message identifier is not specified")
	case old == nil || old.gone:
		return nil, bad("message to edit not found")
	case !old.own || old.keyboard:
		return nil, bad("message can't be edited")
	case field == "text" && (old.caption || old.extra != nil):
		return nil, bad("there is no text in the message to edit")
	case field == "caption" && !old.caption:
		return nil, bad("there is no caption in the message to edit")
	}
	m := *old
	if fail := m.setMarkup(p.str("reply_markup"), c); fail != nil {
		return nil, fail
	}
	if field != "" {
		limit := map[string]int{"text": 4096, "caption": 1024}[field]
		if m.text, m.entities, fail = formatted(p, field, limit); fail != nil {
			return nil, fail
		}
		if field == "text" && m.text == "" {
			return nil, bad("message text is empty")
		}
	}
	if m.text == old.text && reflect.DeepEqual(m.entities, old.entities) && reflect.DeepEqual(m.buttons, old.buttons) {
		return nil, bad("message is not modified: specified new message content and reply markup are exactly the same " +
			"as a current content and reply markup of the message")
	}
	if fail := f.admit(c); fail != nil {
		return nil, fail
	}
	m.edited = f.opt.Now().Unix()
	*old = m
	return f.wire(c, old, true), nil
}

func (f *Telegram) deleteMessage(p tgParams) (any, *tgError) {
	c, fail := f.speak(p.str("chat_id"))
	if fail != nil {
		return nil, fail
	}
	m := c.messages[p.num("message_id")]
	if m == nil || m.gone {
		return nil, bad("message to delete not found")
	}
	if f.opt.Now().Unix()-m.date > 48*3600 || !m.own && c.bot != "administrator" {
		return nil, bad("message can't be deleted")
	}
	m.gone = true
	return true, nil
}
