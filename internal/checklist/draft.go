package checklist

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"trucban/internal/cadence"
)

// MaxTitle is the longest title of a task, in characters.
const MaxTitle = 40

// Faults of a draft; callers map them to words.
var (
	ErrNotDraft    = errors.New("the directive was issued and can no longer be edited")
	ErrUnknownTask = errors.New("no such task")
	ErrBadTitle    = errors.New("a title has 1 to 40 characters")
	ErrBadKind     = errors.New("a kind is once, standing or recurring")
	ErrBadCron     = errors.New("the cron spec cannot be used")
	ErrEmpty       = errors.New("there is no task in it")
)

// Plain is a directive in plain values, as a reader of documents or a pack
// hands it over. Ids of tasks that are empty or doubled are numbered anew.
type Plain struct {
	Title, Number, Issuer string
	Dated                 time.Time
	Period                Span
	Urgent                bool
	Groups                []Group
	Vulns                 []Vuln
	Attachments           []Attachment
}

// FromPlain makes a draft. It mends what must hold (unique ids, a kind, a title
// short enough), proposes the rhythm of recurring tasks that have none, and fails only where there is no task, no text or a cron spec that cannot be used.
func FromPlain(id string, p Plain) (Directive, error) {
	d := Directive{
		ID: id, Title: squeeze(p.Title), Number: p.Number, Issuer: p.Issuer, Dated: p.Dated,
		Period: p.Period, Urgent: p.Urgent, State: Draft, Groups: p.Groups, Vulns: p.Vulns, Attachments: p.Attachments,
	}.clone()
	var faults []error
	seen := map[string]bool{}
	for i := range d.Groups {
		g := &d.Groups[i]
		if g.Number == "" {
			g.Number = fmt.Sprint(i + 1)
		}
		for j := range g.Tasks {
			faults = append(faults, g.Tasks[j].settle(seen, g.Number, j+1))
		}
	}
	if err := errors.Join(faults...); err != nil {
		return Directive{}, err
	}
	if d.Count() == 0 {
		return Directive{}, ErrEmpty
	}
	return d, nil
}

// settle makes the task fit to be issued.
func (t *Task) settle(seen map[string]bool, group string, n int) error {
	if strings.TrimSpace(t.Text) == "" {
		return fmt.Errorf("task %d of group %s has no text", n, group)
	}
	for k := n; t.ID == "" || seen[t.ID]; k++ {
		t.ID = fmt.Sprintf("%s.%d", group, k)
	}
	seen[t.ID] = true
	if !t.Kind.Known() {
		t.Kind = Once
	}
	if squeeze(t.Title) == "" {
		t.Title = t.Text
	}
	t.Title = ShortTitle(t.Title)
	if t.Kind == Recurring && t.Cron == "" && t.Within == 0 {
		t.Cron, t.Within, _ = ProposeCron(t.Text)
	}
	if t.Cron != "" {
		if err := cadence.Cron(t.Cron).Validate(t.Due); err != nil {
			return fmt.Errorf("task %s: %w: %w", t.ID, ErrBadCron, err)
		}
	}
	return nil
}

// ShortTitle squeezes the text and cuts it at a word so that it has at most MaxTitle characters.
func ShortTitle(s string) string {
	s = strings.TrimRight(squeeze(s), ".;:,")
	if utf8.RuneCountInString(s) <= MaxTitle {
		return s
	}
	r := []rune(s)[:MaxTitle-1]
	cut := len(r)
	for i := len(r) - 1; i > MaxTitle/2; i-- {
		if r[i] == ' ' {
			cut = i
			break
		}
	}
	return strings.TrimRight(string(r[:cut]), " .;:,(") + "…"
}

func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }

// Edit is what the desk changes on a draft task; nil leaves a field as it is.
type Edit struct {
	Title        *string
	Kind         *Kind
	Due          *time.Time // pointing to zero takes the deadline away
	Cron         *string
	Within       *time.Duration // how long a round stays in time; zero: until the next
	Evidence     []string
	NeedEvidence *bool
	Drop         *bool
}

// EditTask changes one task of a draft. The confirmation falls: what is issued is what was confirmed.
func (d Directive) EditTask(id string, e Edit, s Stamp) (Directive, error) {
	if d.State != Draft {
		return d, ErrNotDraft
	}
	gi, ti, ok := d.locate(id)
	if !ok {
		return d, fmt.Errorf("%w: %s", ErrUnknownTask, id)
	}
	next := d.clone()
	t := &next.Groups[gi].Tasks[ti]
	if err := t.apply(e); err != nil {
		return d, err
	}
	next.Confirmed = nil
	next.note(s, "edit", id, e.fields())
	return next, nil
}

func (t *Task) apply(e Edit) error {
	if e.Title != nil {
		title := squeeze(*e.Title)
		if n := utf8.RuneCountInString(title); n == 0 || n > MaxTitle {
			return ErrBadTitle
		}
		t.Title = title
	}
	if e.Kind != nil {
		if !e.Kind.Known() {
			return ErrBadKind
		}
		t.Kind = *e.Kind
	}
	if e.Due != nil {
		t.Due = *e.Due
	}
	if e.Cron != nil {
		if *e.Cron != "" {
			if err := cadence.Cron(*e.Cron).Validate(t.Due); err != nil {
				return fmt.Errorf("%w: %w", ErrBadCron, err)
			}
		}
		t.Cron = *e.Cron
	}
	if e.Within != nil {
		t.Within = *e.Within
	}
	if e.Evidence != nil {
		t.Evidence = slices.Clone(e.Evidence)
	}
	if e.NeedEvidence != nil {
		t.NeedEvidence = *e.NeedEvidence
	}
	if e.Drop != nil {
		t.Dropped = *e.Drop
	}
	return nil
}

// fields names what was changed, for the history; never what was typed.
func (e Edit) fields() string {
	var f []string
	add := func(on bool, name string) {
		if on {
			f = append(f, name)
		}
	}
	add(e.Title != nil, "title")
	add(e.Kind != nil, "kind")
	add(e.Due != nil, "due")
	add(e.Cron != nil, "cron")
	add(e.Evidence != nil || e.NeedEvidence != nil, "evidence")
	add(e.Drop != nil, "drop")
	return strings.Join(f, ",")
}

// EditGroup sets the audience tags and the deadline of one group of a draft; nil leaves them.
func (d Directive) EditGroup(number string, tags []string, due *time.Time, s Stamp) (Directive, error) {
	if d.State != Draft {
		return d, ErrNotDraft
	}
	next := d.clone()
	for i := range next.Groups {
		if next.Groups[i].Number != number {
			continue
		}
		if tags != nil {
			next.Groups[i].Tags = slices.Clone(tags)
		}
		if due != nil {
			next.Groups[i].Due = *due
		}
		next.Confirmed = nil
		next.note(s, "edit", number, "group")
		return next, nil
	}
	return d, fmt.Errorf("%w: group %s", ErrUnknownTask, number)
}
