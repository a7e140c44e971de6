package bot

import (
	"context"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"trucban/internal/chat"
	"trucban/internal/checklist"
	"trucban/internal/team"
	"trucban/internal/viet"
	"trucban/messages"
)

// Paste is a dispatch on its way in several messages: a chat cuts what is pasted
// at its own limit, and people paste page by page.
type Paste struct {
	Draft string        `json:"draft,omitempty"` // made of the text so far
	Text  string        `json:"text"`
	Last  string        `json:"last"` // the newest part
	Parts int           `json:"parts"`
	By    team.MemberID `json:"by"`
	To    chat.Address  `json:"to"`
	Kind  chat.Kind     `json:"kind"`
	From  chat.Account  `json:"from"`
}

const (
	// pasteCut is the length from which a message may have been cut by its chat, in characters.
	pasteCut = 1800
	// pasteLeast is the length from which words beside an open draft are its next
	// part, or a document of their own, and no slip in changing it.
	pasteLeast = 80
	// pasteWait is how long the next part is waited for.
	pasteWait = 20 * time.Second
)

func pasteRef(a chat.Address, f chat.Account) Ref { return Ref{"paste", a.Key() + "|" + f.Key()} }

// continueDirective takes a message after /vanban or after a draft was shown: a
// change of the draft, a file that travels along, the text or its next part.
func continueDirective(ctx context.Context, t *turn, c call) error {
	id := t.asked.Data["draft"]
	if t.u.File != nil && id != "" {
		return t.attach(ctx, id)
	}
	if t.u.File != nil {
		return readDirective(ctx, t, call{})
	}
	if id != "" {
		if e, ok := parseEdit(c.arg); ok && e.known() {
			e.id = id
			return t.editDirective(ctx, e)
		}
		if utf8.RuneCountInString(c.arg) < pasteLeast {
			t.reply(messages.TaskHow{What: "edit", Example: "1.2 hạn 03/02 17h"})
			return nil
		}
	}
	var p Paste
	if _, err := t.get(ctx, pasteRef(t.u.To, t.u.From), &p); err != nil {
		return err
	}
	return t.pasted(ctx, p, c.arg)
}

// pasted takes one more part of a text. A part that looks cut waits for the next
// one; a whole text is read at once.
func (t *turn) pasted(ctx context.Context, p Paste, text string) error {
	waiting := p.Parts > 0 && p.Draft == ""
	p.Last = text
	if p.Text != "" {
		text = p.Text + "\n" + text
	}
	p.Text, p.By, p.To, p.Kind, p.From = text, t.me.ID, t.u.To, t.u.Kind, t.u.From
	p.Parts++
	ref := pasteRef(t.u.To, t.u.From)
	if len(text) > MaxPaste {
		t.forgetPaste()
		t.reply(messages.DirectiveUnread{Why: "toolong"})
		return nil
	}
	cut := utf8.RuneCountInString(t.u.Text) >= pasteCut || waiting
	if cut && !ends(text) {
		t.wake("paste", ref.ID, t.now.Add(pasteWait))
		if !waiting {
			t.reply(messages.DirectivePart{Seconds: int(pasteWait.Seconds())})
		}
		if err := t.put(ref, p, Doc{TTL: dialogTTL, Version: AnyVersion}); err != nil {
			return err
		}
		return t.ask(Dialog{Ask: "vanban", Data: map[string]string{"draft": p.Draft}})
	}
	return t.readPaste(ctx, p)
}

// ends reports whether a text has come to the end of a dispatch.
func ends(text string) bool {
	tail := viet.Fold(text[max(0, len(text)-2500):])
	return strings.Contains(tail, "./.") || strings.Contains(tail, "noi nhan:")
}

// duePaste reads a text whose next part did not come.
func duePaste(ctx context.Context, t *turn) error {
	var p Paste
	ok, err := t.get(ctx, Ref{"paste", t.job.ID}, &p)
	if err != nil {
		return err
	}
	t.wake("paste", t.job.ID, time.Time{})
	if !ok {
		return nil
	}
	t.u = chat.Update{To: p.To, Kind: p.Kind, From: p.From}
	if t.me, t.linked = t.town.Org.Member(p.By); !t.linked {
		return nil
	}
	return t.readPaste(ctx, p)
}

func (t *turn) readPaste(ctx context.Context, p Paste) error {
	if p.Draft != "" {
		var d checklist.Directive
		if ok, err := t.get(ctx, directiveRef(p.Draft), &d); err != nil {
			return err
		} else if ok && (d.State != checklist.Draft || len(d.History) > 0) {
			// The first part was issued or changed by hand: this is a document of its own.
			p.Draft, p.Text = "", p.Last
		}
	}
	ok, err := t.readText(ctx, p.Draft, p.Text)
	if err != nil {
		return err
	}
	if ok {
		p.Draft = t.asked.Data["draft"]
	}
	ref := pasteRef(t.u.To, t.u.From)
	if p.Parts > 1 || t.job != nil {
		t.wake("paste", ref.ID, time.Time{})
	}
	if !ok {
		t.forgetPaste()
		return nil
	}
	return t.put(ref, p, Doc{TTL: dialogTTL, Version: AnyVersion})
}

// forgetPaste drops the text put together so far.
func (t *turn) forgetPaste() { t.write(Doc{Ref: pasteRef(t.u.To, t.u.From), Version: AnyVersion}) }

// onDispatch takes a long text or a forwarded one that the desk drops into the
// private chat for what it looks like: making a draft binds nobody.
func (t *turn) onDispatch(ctx context.Context) (bool, error) {
	if !t.linked || t.u.Kind != chat.Private || t.me.Level() < team.LevelDesk || t.u.File != nil || utf8.RuneCountInString(t.u.Text) < 200 {
		return false, nil
	}
	folded := viet.Fold(t.u.Text)
	for _, sign := range []string{"kinh gui", "noi nhan", "yeu cau", "so:"} {
		if strings.Contains(folded, sign) {
			return true, t.pasted(ctx, Paste{}, t.u.Text)
		}
	}
	return false, nil
}

// attach adds a file to the draft; it travels to the units with the directive.
func (t *turn) attach(ctx context.Context, id string) error {
	d, ok, err := t.draftNamed(ctx, id)
	if err != nil || !ok {
		return err
	}
	if len(d.Attachments) >= MaxAttachments {
		t.reply(messages.DirectiveFull{ID: d.ID, Most: MaxAttachments}, t.draftButtons(d))
		return t.askDraft(d)
	}
	f := t.u.File
	name := f.Name
	if name == "" {
		name = "phu-luc-" + strconv.Itoa(len(d.Attachments)+1)
	}
	d.Attachments = append(append([]checklist.Attachment(nil), d.Attachments...), checklist.Attachment{Name: name, File: f.ID, Platform: string(t.u.To.Platform)})
	d.Confirmed = nil
	if err := t.saveDirective(d); err != nil {
		return err
	}
	t.reply(messages.DirectiveAttached{ID: d.ID, Name: name, Total: len(d.Attachments)}, t.draftButtons(d))
	return t.askDraft(d)
}
