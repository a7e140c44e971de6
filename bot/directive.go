package bot

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"trucban/internal/calendar"
	"trucban/internal/chat"
	"trucban/internal/checklist"
	"trucban/internal/dispatch"
	"trucban/internal/outbox"
	"trucban/messages"
)

func directiveRef(id string) Ref { return Ref{"directive", id} }

// maxDocument bounds what is fetched of a document somebody sent.
const maxDocument = 8 << 20

// readDirective turns the text or file of a dispatch into a draft and shows it;
// nothing is issued before the desk says so.
func readDirective(ctx context.Context, t *turn, c call) error {
	text, done, err := t.document(ctx, c.arg)
	if err != nil || done {
		return err
	}
	if strings.TrimSpace(text) == "" {
		t.reply(messages.DirectiveAsk{})
		return t.ask(Dialog{Ask: "vanban"})
	}
	draft, err := dispatch.Parse(text, dispatch.Options{})
	if err != nil {
		why, known := unread(err)
		if !known {
			return fmt.Errorf("read a dispatch: %w", err)
		}
		t.reply(messages.DirectiveUnread{Why: why})
		return nil
	}
	plain := plainDirective(draft)
	n, err := t.count(ctx, fmt.Sprintf("VB-%d", calendar.DateOf(t.now).Year))
	if err != nil {
		return err
	}
	d, err := checklist.FromPlain(checklist.ID(calendar.DateOf(t.now).Year, n), plain)
	if errors.Is(err, checklist.ErrEmpty) {
		t.reply(messages.DirectiveUnread{Why: "none"})
		return nil
	}
	if err != nil {
		return fmt.Errorf("make a draft: %w", err)
	}
	d = d.SelectUnits(&t.town.Org)
	if err := t.put(directiveRef(d.ID), d, Doc{Index: []Entry{{"directive/draft", t.now.UnixMilli()}}}); err != nil {
		return err
	}
	t.note("directive.read", directiveRef(d.ID), "")
	t.reply(t.draftMessage(d, draft), []chat.Button{
		t.button("issue", "ban hành", "iss", d.ID), t.button("cancel", "hủy", "huy"),
	})
	return t.ask(Dialog{Ask: "vanban", Data: map[string]string{"draft": d.ID}})
}

// document is the text of the update: its file's content, the message it
// answers or forwards, or the words beside the command. done means that the
// person was told why there is none.
func (t *turn) document(ctx context.Context, arg string) (text string, done bool, err error) {
	if t.u.File == nil || t.u.File.Photo {
		if arg == "" && t.u.ReplyTo != nil && !t.u.ReplyTo.FromBot {
			arg = t.u.ReplyTo.Text
		}
		return arg, false, nil
	}
	files, ok := t.b.Files[t.u.To.Platform]
	if !ok {
		t.reply(messages.DirectiveUnread{Why: "file", Detail: t.u.File.Name})
		return "", true, nil
	}
	data, err := fetch(ctx, files, *t.u.File)
	if err == nil {
		text, err = t.b.ReadText(ctx, t.u.File.Name, data)
	}
	if err != nil {
		t.b.Log.Warn().Err(err).Str("update", t.u.ID).Msg("document not read")
		t.reply(messages.DirectiveUnread{Why: "file", Detail: t.u.File.Name})
		return "", true, nil
	}
	return text, false, nil
}

func fetch(ctx context.Context, files chat.Files, f chat.File) ([]byte, error) {
	r, err := files.Open(ctx, f, maxDocument)
	if err != nil {
		return nil, fmt.Errorf("open the file: %w", err)
	}
	defer func() { _ = r.Close() }()
	data, err := io.ReadAll(io.LimitReader(r, maxDocument))
	if err != nil {
		return nil, fmt.Errorf("read the file: %w", err)
	}
	return data, nil
}

// unread classes the faults of a whole text for the message.
func unread(err error) (string, bool) {
	for why, fault := range map[string]error{
		"lost": dispatch.ErrLostLetters, "secret": dispatch.ErrSecret, "empty": dispatch.ErrEmpty,
		"toolong": dispatch.ErrTooLong, "none": dispatch.ErrNoDispatch,
	} {
		if errors.Is(err, fault) {
			return why, true
		}
	}
	return "", false
}

// plainDirective carries what was read over to the values a directive is made of.
func plainDirective(d dispatch.Draft) checklist.Plain {
	p := checklist.Plain{
		Title: sentence(string(d.Document.Subject)), Number: string(d.Document.Number), Issuer: string(d.Document.Issuer),
		Urgent: d.Document.Urgency != "",
	}
	if day, err := time.ParseInLocation("2006-01-02", string(d.Document.Date), calendar.Zone); err == nil {
		p.Dated = day
	}
	if p.Title == "" && d.Document.Type != "" {
		p.Title = strings.TrimSpace(string(d.Document.Type) + " " + p.Number)
	}
	if len(d.Windows) > 0 {
		p.Period = checklist.Span{From: dayStart(d.Windows[0].From), To: dayStart(d.Windows[0].To).AddDate(0, 0, 1)}
	}
	for _, g := range d.Groups {
		group := checklist.Group{Number: fmt.Sprint(g.Number), Audience: string(g.Audience), Tags: g.Tags}
		if group.Audience == "" {
			group.Audience = g.Heading
		}
		for _, task := range g.Tasks {
			item := checklist.Task{
				ID: task.ID, Text: task.Text, Title: task.Title, Kind: checklist.Kind(task.Kind), Cites: task.Cites, Evidence: task.Evidence,
			}
			if len(task.Due) > 0 {
				item.Due = moment(task.Due[len(task.Due)-1])
			}
			group.Tasks = append(group.Tasks, item)
		}
		p.Groups = append(p.Groups, group)
	}
	return p
}

// sentence begins a text with a capital: a "V/v" is printed without one.
func sentence(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 {
		return s
	}
	return string(unicode.ToUpper(r)) + s[n:]
}

// endOfWork is the hour a deadline without one is meant for: the end of the office day.
const endOfWork = 17 * time.Hour

// moment reads an ISO date or local date and time; a date alone means the end of its office day.
func moment(s string) time.Time {
	if at, err := time.ParseInLocation("2006-01-02T15:04", s, calendar.Zone); err == nil {
		return at
	}
	if day := dayStart(s); !day.IsZero() {
		return day.Add(endOfWork)
	}
	return time.Time{}
}

func dayStart(s string) time.Time {
	day, err := time.ParseInLocation("2006-01-02", s, calendar.Zone)
	if err != nil {
		return time.Time{}
	}
	return day
}

func (t *turn) draftMessage(d checklist.Directive, read dispatch.Draft) messages.DirectiveDraft {
	m := messages.DirectiveDraft{Title: d.Title, Number: d.Number, Issuer: d.Issuer, Tasks: d.Count()}
	for _, g := range d.Groups {
		dg := messages.DraftGroup{Number: g.Number, Audience: g.Audience, Units: t.unitsOf(d, g.Number)}
		for _, task := range g.Tasks {
			dg.Tasks = append(dg.Tasks, messages.DraftTask{ID: task.ID, Title: task.Title, Kind: string(task.Kind), Due: g.DueOf(task)})
		}
		m.Groups = append(m.Groups, dg)
	}
	for _, c := range read.Cited {
		if c.Number != "" {
			m.Cited = append(m.Cited, string(c.Number))
		} else {
			m.Cited = append(m.Cited, string(c.About))
		}
	}
	for _, c := range read.Contacts {
		phones := make([]string, 0, len(c.Phones))
		for _, p := range c.Phones {
			phones = append(phones, p.Printed)
		}
		m.Contacts = append(m.Contacts, messages.Contact{Name: string(c.Org), Phone: strings.Join(phones, ", ")})
	}
	for _, mend := range read.Mended {
		m.Mended = append(m.Mended, messages.DraftMend{Line: mend.Line, Printed: mend.Printed, Mended: mend.Mended})
	}
	for _, w := range read.Warnings {
		m.Warnings = append(m.Warnings, w.String())
	}
	return m
}

func (t *turn) unitsOf(d checklist.Directive, group string) []string {
	var out []string
	for _, c := range d.Addressed() {
		for _, g := range c.Groups {
			if g == group {
				if u, ok := t.town.Org.Unit(c.Unit); ok {
					out = append(out, u.Label())
				}
			}
		}
	}
	return out
}

// count hands out the next number of a series, inside this turn's commit.
func (t *turn) count(ctx context.Context, series string) (int, error) {
	n := 0
	ref := Ref{"count", series}
	if _, err := t.get(ctx, ref, &n); err != nil {
		return 0, err
	}
	n++
	return n, t.put(ref, n, Doc{})
}

// issueDirective makes the draft binding and sends each unit its checklist.
func issueDirective(ctx context.Context, t *turn, c call) error {
	id := c.act.Arg(0)
	if id == "" && t.asked != nil {
		id = t.asked.Data["draft"]
	}
	var d checklist.Directive
	ok, err := t.get(ctx, directiveRef(id), &d)
	if err != nil {
		return err
	}
	if id == "" || !ok {
		t.reply(messages.OldButton{})
		return nil
	}
	by := checklist.Stamp{By: t.me.ID, At: t.now}
	confirmed, err := d.Confirm(by)
	if err == nil {
		var issued checklist.Directive
		var runs []checklist.Run
		if issued, runs, err = confirmed.Issue(by); err == nil {
			return t.issued(ctx, issued, runs)
		}
	}
	return t.refuse(err)
}

func (t *turn) issued(ctx context.Context, d checklist.Directive, runs []checklist.Run) error {
	if err := t.put(directiveRef(d.ID), d, Doc{Index: []Entry{{"directive/issued", t.now.UnixMilli()}}}); err != nil {
		return err
	}
	m := messages.DirectiveIssued{ID: d.ID, Tasks: d.Count()}
	for _, r := range runs {
		m.Units = append(m.Units, t.unitName(r.Unit))
		if err := t.stepRun(ctx, r); err != nil {
			return err
		}
		if err := t.sendRun(ctx, r, "giao nhiệm vụ"); err != nil {
			return err
		}
	}
	for _, g := range d.Unaddressed() {
		m.None = append(m.None, g.Number+". "+g.Audience)
	}
	t.note("directive.issued", directiveRef(d.ID), t.me.Unit)
	t.done()
	t.reply(m)
	return nil
}

// sendRun sends a unit its checklist as a new live card; a unit without a chat is told upwards.
func (t *turn) sendRun(ctx context.Context, r checklist.Run, about string) error {
	rooms, err := t.rooms(ctx, r.Unit, ForUnit)
	if err != nil {
		return err
	}
	for _, room := range rooms {
		t.send(outbox.Item{
			To: room.Addr, Kind: room.Kind, Class: outbox.Reminder, Card: cardOf(runRef(r.ID())), Wave: "directive:" + r.Directive,
			Message: t.runCard(r, 0), About: about, Guard: while("run", r.ID(), "open"),
		})
	}
	if len(rooms) > 0 {
		return nil
	}
	msg := messages.Unreached{Who: t.unitName(r.Unit), About: about, Reason: "đơn vị chưa có nhóm"}
	return t.tellDesk(ctx, r.Unit, outbox.Missed, chat.Message{Text: t.text(msg)}, aboutUnreached)
}
