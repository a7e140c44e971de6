package bot

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"trucban/internal/calendar"
	"trucban/internal/chat"
	"trucban/internal/checklist"
	"trucban/internal/dispatch"
	"trucban/internal/sheet"
	"trucban/internal/team"
	"trucban/messages"
)

func directiveRef(id string) Ref { return Ref{"directive", id} }

// readingRef is what was read of a directive's document beside its tasks.
func readingRef(id string) Ref { return Ref{"reading", id} }

// Reading is kept beside a directive: what the document says that is no task, and
// what a follow-up changes in an earlier directive once it is issued.
type Reading struct {
	Read    dispatch.Draft          `json:"read"`
	Past    []string                `json:"past,omitempty"` // tasks whose deadline lay before the reading
	Reports []checklist.BoundReport `json:"reports,omitempty"`
	Tie     Tie                     `json:"tie,omitzero"`
}

// Tie is how a follow-up changes an earlier directive.
type Tie struct {
	Replaces string               `json:"replaces,omitempty"`
	Extends  string               `json:"extends,omitempty"`
	Due      map[string]time.Time `json:"due,omitempty"` // new deadlines by task of the earlier one
	Drop     []string             `json:"drop,omitempty"`
}

// readDirective turns the text or file of a dispatch into a draft and shows it;
// nothing is issued before the desk says so.
func readDirective(ctx context.Context, t *turn, c call) error {
	if rest, ok := cutWord(c.arg, "mau"); ok && t.u.File == nil {
		return t.packs(ctx, rest)
	}
	if id, rest := cutListID(c.arg); id != "" && rest == "" {
		return t.openDirective(ctx, id)
	}
	text, done := t.document(ctx, c.arg)
	if done {
		return nil
	}
	if strings.TrimSpace(text) == "" {
		t.reply(messages.DirectiveAsk{})
		return t.ask(Dialog{Ask: "vanban"})
	}
	if t.u.File == nil {
		return t.pasted(ctx, Paste{}, text)
	}
	_, err := t.readText(ctx, "", text)
	return err
}

// readText makes a draft of a text: the directive id again when a pasted text
// grew, else a new one. It reports whether there is a draft now.
func (t *turn) readText(ctx context.Context, id, text string) (bool, error) {
	read, err := dispatch.Parse(text, dispatch.Options{})
	if err != nil {
		why, known := unread(err)
		if !known {
			return false, fmt.Errorf("read a dispatch: %w", err)
		}
		t.reply(messages.DirectiveUnread{Why: why})
		return false, nil
	}
	plain := plainDirective(read)
	if f := t.u.File; f != nil {
		plain.Attachments = []checklist.Attachment{{Name: f.Name, File: f.ID, Platform: string(t.u.To.Platform)}}
	}
	return t.newDraft(ctx, id, plain, Reading{Read: read})
}

// newDraft saves a draft and shows it.
func (t *turn) newDraft(ctx context.Context, id string, plain checklist.Plain, reading Reading) (bool, error) {
	if id == "" {
		year := calendar.DateOf(t.now).Year
		n, err := t.count(ctx, fmt.Sprintf("VB-%d", year))
		if err != nil {
			return false, err
		}
		id = checklist.ID(year, n)
	}
	plain.Vulns = checklist.FindVulns(plain.Groups)
	d, err := checklist.FromPlain(id, plain)
	if errors.Is(err, checklist.ErrEmpty) {
		t.reply(messages.DirectiveUnread{Why: "none"})
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("make a draft: %w", err)
	}
	d = t.choose(d)
	for _, g := range d.Groups {
		for _, task := range g.Tasks {
			if due := g.DueOf(task); !due.IsZero() && !due.After(t.now) && !slices.Contains(reading.Past, task.ID) {
				reading.Past = append(reading.Past, task.ID)
			}
		}
	}
	if err := t.saveDirective(d); err != nil {
		return false, err
	}
	if err := t.put(readingRef(id), reading, Doc{Version: AnyVersion}); err != nil {
		return false, err
	}
	t.note("directive.read", directiveRef(id), "")
	return true, t.showDraft(d, reading)
}

// choose maps the groups to units by their tags, as far as the sender's desk reaches.
func (t *turn) choose(d checklist.Directive) checklist.Directive {
	d = d.SelectUnits(&t.town.Org)
	d.Units = slices.DeleteFunc(d.Units, func(c checklist.Choice) bool { return !t.town.Org.May(t.me, team.LevelDesk, c.Unit) })
	return d
}

// saveDirective plans the write of a directive with its indexes.
func (t *turn) saveDirective(d checklist.Directive) error {
	score := t.now.UnixMilli()
	var index []Entry
	switch d.State {
	case checklist.Draft:
		index = []Entry{{"directive/draft/" + string(t.me.ID), score}}
	default:
		index = []Entry{{"directive/" + string(d.State), d.IssuedAt().UnixMilli()}, {directiveIndex(d.ID), 0}}
	}
	return t.put(directiveRef(d.ID), d, Doc{Index: index, Marks: []string{string(d.State)}})
}

// document is the text of the update: its file's content, the message it
// answers or forwards, or the words beside the command. done means that the
// person was told why there is none.
func (t *turn) document(ctx context.Context, arg string) (text string, done bool) {
	if t.u.File == nil || t.u.File.Photo {
		if arg == "" && t.u.ReplyTo != nil && !t.u.ReplyTo.FromBot {
			arg = t.u.ReplyTo.Text
		}
		if arg == "" && t.u.File != nil {
			t.reply(messages.DirectiveUnread{Why: "empty"})
			return "", true
		}
		return arg, false
	}
	files, ok := t.b.Files[t.u.To.Platform]
	if !ok {
		t.reply(messages.DirectiveUnread{Why: "file", Detail: t.u.File.Name})
		return "", true
	}
	data, err := fetch(ctx, files, *t.u.File, MaxDocument)
	if err == nil {
		text, err = t.b.ReadText(ctx, t.u.File.Name, data)
	}
	if err == nil {
		return text, false
	}
	t.b.Log.Warn().Err(err).Str("update", t.u.ID).Msg("document not read")
	m := messages.DirectiveUnread{Why: "file", Detail: t.u.File.Name}
	if no := (*sheet.Refusal)(nil); errors.As(err, &no) {
		m = messages.DirectiveUnread{Why: "refused", Detail: no.Text}
	} else if errors.Is(err, chat.ErrTooLarge) {
		m = messages.DirectiveUnread{Why: "big", Detail: megabytes(MaxDocument)}
	}
	t.reply(m)
	return "", true
}

// fetch reads a whole file; one of more than most bytes is chat.ErrTooLarge.
func fetch(ctx context.Context, files chat.Files, f chat.File, most int64) ([]byte, error) {
	if f.Size > most {
		return nil, chat.ErrTooLarge
	}
	r, err := files.Open(ctx, f, most)
	if err != nil {
		return nil, fmt.Errorf("open the file: %w", err)
	}
	defer func() { _ = r.Close() }()
	data, err := io.ReadAll(io.LimitReader(r, most+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("read the file: %w", err)
	case int64(len(data)) > most: // a door that does not keep to its word
		return nil, chat.ErrTooLarge
	}
	return data, nil
}

func megabytes(n int64) string { return strconv.FormatInt(n>>20, 10) + " MB" }

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
		p.Title = strings.TrimSpace(sentence(string(d.Document.Type)) + " " + p.Number)
	}
	if len(d.Windows) > 0 {
		p.Period = checklist.Span{From: dayStart(d.Windows[0].From), To: dayStart(d.Windows[0].To).AddDate(0, 0, 1)}
	}
	parts := map[int]int{}
	for _, g := range d.ByAudience() {
		group := checklist.Group{Number: fmt.Sprint(g.Number), Audience: string(g.Audience), Tags: g.Tags}
		if n := parts[g.Number]; n > 0 && n < 26 {
			group.Number += string(rune('a' + n)) // "3", "3b": one section that names two audiences
		}
		parts[g.Number]++
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
