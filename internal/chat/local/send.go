package local

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"time"

	"trucban/internal/chat"
)

// maxAction is the longest payload of a button, in bytes; the tightest platform's limit.
const maxAction = 64

// Send puts the message into the chat. What the platform cannot show comes in
// words, as chat.Flatten gives them; a text over Caps.MaxText comes in parts, the
// buttons and the id being the last one's.
func (p *Platform) Send(ctx context.Context, to chat.Address, m chat.Message) chat.Receipt {
	p.mu.Lock()
	defer p.mu.Unlock()
	r, receipt, fault := p.admit(ctx, to)
	if r == nil {
		return receipt
	}
	m = chat.Flatten(m, p.caps)
	parts, err := p.check(m)
	if err != nil {
		return chat.Receipt{Outcome: chat.Permanent, Reason: chat.ReasonRejected, Err: err}
	}
	if m.ReplyTo != "" && r.message(m.ReplyTo) == nil {
		m.ReplyTo = "" // the platforms send without the quote when its message is gone
	}
	p.sends.note(to.Chat, p.now())
	id := ""
	for i, text := range parts {
		part := Message{Text: text, Markup: p.caps.Markup, Silent: m.Silent}
		if i == 0 {
			part.ReplyTo = m.ReplyTo
		}
		if i == len(parts)-1 {
			part.Buttons, part.Contact, part.AskPhone = cloneButtons(m.Buttons), m.Contact, m.AskPhone
			part.File = p.attach(m.Attach)
		}
		id = p.put(r, part).ID
	}
	if fault.Kind == FaultUnknown {
		return fault.receipt()
	}
	return chat.Receipt{Outcome: chat.Sent, Message: id}
}

// Edit changes one of the bot's own messages in place. An edit that changes
// nothing is Sent; on a platform without edits it is refused as ReasonGone.
func (p *Platform) Edit(ctx context.Context, to chat.Address, id string, m chat.Message) chat.Receipt {
	p.mu.Lock()
	defer p.mu.Unlock()
	r, receipt, fault := p.admit(ctx, to)
	if r == nil {
		return receipt
	}
	old := r.message(id)
	if !p.caps.Edit || old == nil || old.From != "" {
		return chat.Receipt{Outcome: chat.Permanent, Reason: chat.ReasonGone, Err: errors.New("message to edit not found")}
	}
	m = chat.Flatten(m, p.caps)
	parts, err := p.check(m)
	if err == nil && len(parts) != 1 {
		err = fmt.Errorf("text of %d characters is too long for one message", chat.Length(m.Text))
	}
	if err != nil {
		return chat.Receipt{Outcome: chat.Permanent, Reason: chat.ReasonRejected, Err: err}
	}
	p.sends.note(to.Chat, p.now())
	if changed := p.revise(old, m); changed {
		p.changed(Change{Kind: ChangeEdit, Chat: r.ID, Message: old.clone()})
	}
	if fault.Kind == FaultUnknown {
		return fault.receipt()
	}
	return chat.Receipt{Outcome: chat.Sent, Message: id}
}

// revise writes m over old and reports whether that changed anything a reader sees.
func (p *Platform) revise(old *Message, m chat.Message) bool {
	next := *old
	next.Text, next.Buttons, next.Contact = m.Text, cloneButtons(m.Buttons), m.Contact
	if m.Attach != nil {
		data := m.Attach.Data
		if have, ok := p.files[fileID(old.File)]; !ok || !slices.Equal(have.data, data) {
			next.File = p.attach(m.Attach)
		}
	}
	if len(next.Buttons) == 0 && len(old.Buttons) == 0 {
		next.Buttons = old.Buttons
	}
	if reflect.DeepEqual(next, *old) {
		return false
	}
	next.Edits++
	next.EditedAt = p.stamp()
	*old = next
	return true
}

// admit finds the room the bot may speak in now, or says why it may not.
func (p *Platform) admit(ctx context.Context, to chat.Address) (*room, chat.Receipt, Fault) {
	if err := ctx.Err(); err != nil {
		return nil, chat.Receipt{Outcome: chat.Temporary, Err: err}, Fault{}
	}
	refuse := func(why chat.Reason) (*room, chat.Receipt, Fault) {
		return nil, chat.Receipt{Outcome: chat.Permanent, Reason: why, Err: errors.New(string(why))}, Fault{}
	}
	fault := p.strike(to.Chat)
	if fault.Kind != "" && fault.Kind != FaultUnknown {
		return nil, fault.receipt(), fault
	}
	r := p.rooms[to.Chat]
	switch {
	case r == nil || to.Thread != "" || to.Platform != p.name:
		return refuse(chat.ReasonNoChat)
	case r.movedTo != "":
		return nil, chat.Receipt{Outcome: chat.Migrated, MovedTo: p.address(r.movedTo), Err: errors.New("the group has a new id")}, fault
	case r.kicked:
		return refuse(chat.ReasonKicked)
	case r.blocked:
		return refuse(chat.ReasonBlocked)
	case r.Dormant:
		return refuse(chat.ReasonNotStarted)
	}
	if receipt, held := p.sends.held(p.caps.Limits, r.Chat, p.now()); held {
		return nil, receipt, fault
	}
	return r, chat.Receipt{}, fault
}

// check says whether the platform takes the content, and in which parts.
func (p *Platform) check(m chat.Message) ([]string, error) {
	keys := 0
	for _, row := range m.Buttons {
		for _, b := range row {
			keys++
			if b.Label == "" || (b.Action == "") == (b.URL == "") || len(b.Action) > maxAction {
				return nil, fmt.Errorf("button %d has no label, or not exactly one of action and address, or too long an action", keys)
			}
		}
	}
	if p.caps.MaxKeys > 0 && keys > p.caps.MaxKeys {
		return nil, fmt.Errorf("%d buttons are more than %d", keys, p.caps.MaxKeys)
	}
	if p.caps.Markup {
		if _, err := parseMarkup(m.Text); err != nil {
			return nil, err
		}
	}
	parts := chat.Split(m.Text, p.caps.MaxText)
	if len(parts) == 0 && (m.Attach != nil || m.Contact != nil) {
		parts = []string{""}
	}
	if len(parts) == 0 {
		return nil, errors.New("message has no content")
	}
	return parts, nil
}

// attach keeps the attachment's bytes and returns how people see it.
func (p *Platform) attach(a *chat.Attachment) *chat.File {
	if a == nil {
		return nil
	}
	if have, ok := p.files[a.FileID]; ok && a.FileID != "" {
		f := have.meta
		return &f
	}
	return p.keep(chat.File{Name: a.Name, MIME: a.MIME, Photo: a.Photo}, a.Data)
}

// keep stores bytes under a new id, dropping the oldest files beyond keepBytes.
func (p *Platform) keep(f chat.File, data []byte) *chat.File {
	p.nextFile++
	f.ID, f.Size = "f"+strconv.Itoa(p.nextFile), int64(len(data))
	p.files[f.ID] = file{meta: f, data: slices.Clone(data)}
	p.fileIDs = append(p.fileIDs, f.ID)
	p.bytes += len(data)
	for p.bytes > keepBytes && len(p.fileIDs) > 1 {
		p.bytes -= len(p.files[p.fileIDs[0]].data)
		delete(p.files, p.fileIDs[0])
		p.fileIDs = p.fileIDs[1:]
	}
	return &f
}

func fileID(f *chat.File) string {
	if f == nil {
		return ""
	}
	return f.ID
}

// sendLog remembers recent sends, as far back as the limits look.
type sendLog struct {
	chats map[string][]time.Time // newest last, one minute back
	all   []time.Time            // one second back
	month string
	count int
}

func (l *sendLog) note(chatID string, now time.Time) {
	if l.chats == nil {
		l.chats = map[string][]time.Time{}
	}
	l.chats[chatID] = append(since(l.chats[chatID], now.Add(-time.Minute)), now)
	l.all = append(since(l.all, now.Add(-time.Second)), now)
	if m := now.UTC().Format("2006-01"); m != l.month {
		l.month, l.count = m, 0
	}
	l.count++
}

// held says whether the limits keep the bot from speaking in the chat now.
func (l *sendLog) held(lim chat.Limits, c Chat, now time.Time) (chat.Receipt, bool) {
	wait := func(d time.Duration, whole bool) (chat.Receipt, bool) {
		return chat.Receipt{Outcome: chat.Throttled, RetryAfter: d, Whole: whole, Err: errors.New("too many requests")}, true
	}
	if lim.PerMonth > 0 && l.month == now.UTC().Format("2006-01") && l.count >= lim.PerMonth {
		return chat.Receipt{Outcome: chat.Permanent, Reason: chat.ReasonQuota, Err: errors.New("month's budget used up")}, true
	}
	recent := since(l.chats[c.ID], now.Add(-time.Minute))
	if n := len(recent); n > 0 && now.Sub(recent[n-1]) < lim.ChatEvery {
		return wait(lim.ChatEvery-now.Sub(recent[n-1]), false)
	}
	if n := lim.GroupPerMinute; n > 0 && c.Kind == chat.Group && len(recent) >= n {
		return wait(time.Minute-now.Sub(recent[len(recent)-n]), false)
	}
	if all := since(l.all, now.Add(-time.Second)); lim.PerSecond > 0 && len(all) >= lim.PerSecond {
		return wait(time.Second-now.Sub(all[len(all)-lim.PerSecond]), true)
	}
	return chat.Receipt{}, false
}

// since drops the moments at or before t from the front of a sorted list.
func since(list []time.Time, t time.Time) []time.Time {
	i := 0
	for i < len(list) && !list[i].After(t) {
		i++
	}
	return list[i:]
}
