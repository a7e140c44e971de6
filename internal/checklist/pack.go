package checklist

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/goccy/go-yaml"

	"trucban/internal/cadence"
	"trucban/internal/calendar"
)

// Pack is a ready directive whose dates are relative to a duty period, so that it
// serves again each year. The texts are the project's own and bind nobody; the
// desk reads and confirms the draft like any other.
type Pack struct {
	ID      string       `yaml:"id"`
	Name    string       `yaml:"name"`   // what the desk picks from
	Title   string       `yaml:"title"`  // of the directive; "{ky}" is the period's name
	Period  string       `yaml:"period"` // what the period is called when nobody says
	About   string       `yaml:"about"`
	Urgent  bool         `yaml:"urgent"`
	Groups  []PackGroup  `yaml:"groups"`
	Reports []PackReport `yaml:"reports"`
}

// PackGroup is the tasks of one audience.
type PackGroup struct {
	Number   string     `yaml:"number"`
	Audience string     `yaml:"audience"`
	Tags     []string   `yaml:"tags"`
	Due      string     `yaml:"due"` // for once tasks without their own, in the words of ParseDue
	Tasks    []PackTask `yaml:"tasks"`
}

// PackTask is one clause.
type PackTask struct {
	Title        string   `yaml:"title"`
	Text         string   `yaml:"text"`
	Kind         Kind     `yaml:"kind"`
	Due          string   `yaml:"due"`
	Cron         string   `yaml:"cron"`
	Within       string   `yaml:"within"` // "4h"
	Evidence     []string `yaml:"evidence"`
	NeedEvidence bool     `yaml:"need_evidence"`
}

// PackReport is a report duty that goes with the directive.
type PackReport struct {
	Name  string   `yaml:"name"`
	Full  bool     `yaml:"full"`
	Cron  string   `yaml:"cron"`  // daily ones, inside the period
	Dates []string `yaml:"dates"` // single ones, in the words of ParseDue or a lunar day
	Lead  string   `yaml:"lead"`  // "3h"
}

var (
	packID  = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,31}$`)
	packTag = regexp.MustCompile(`^[a-z0-9_]{2,32}$`)
)

// ParsePack reads a pack and lists everything that is wrong with it: unknown
// keys with their line, titles too long, dues in words that mean nothing, cron
// specs that cannot be used.
func ParsePack(data []byte) (Pack, error) {
	var p Pack
	if err := yaml.UnmarshalWithOptions(data, &p, yaml.Strict()); err != nil {
		return Pack{}, fmt.Errorf("read pack: %w", err)
	}
	if err := p.validate(); err != nil {
		return Pack{}, fmt.Errorf("pack %q: %w", p.ID, err)
	}
	return p, nil
}

// sample is a period to try the dues on; any one does.
var sample = Binding{
	Period: calendar.Span{From: calendar.Date{Year: 2027, Month: 2, Day: 4}, To: calendar.Date{Year: 2027, Month: 2, Day: 10}},
	Issued: time.Date(2027, 1, 10, 2, 0, 0, 0, time.UTC),
}

func (p Pack) validate() error {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if !packID.MatchString(p.ID) {
		fault("id must be small letters, digits and hyphens")
	}
	if p.Name == "" || p.Title == "" || p.Period == "" {
		fault("name, title and period are needed")
	}
	if len(p.Groups) == 0 {
		fault("there is no group")
	}
	seen := map[string]bool{}
	for i, g := range p.Groups {
		where := fmt.Sprintf("group %q (%d)", g.Number, i+1)
		if g.Number == "" || seen[g.Number] {
			fault("%s: the number is missing or used twice", where)
		}
		seen[g.Number] = true
		if g.Audience == "" || len(g.Tags) == 0 || len(g.Tasks) == 0 {
			fault("%s: audience, tags and tasks are needed", where)
		}
		for _, tag := range g.Tags {
			if !packTag.MatchString(tag) {
				fault("%s: tag %q must be small letters, digits and underscores", where, tag)
			}
		}
		for j, t := range g.Tasks {
			if err := t.validate(); err != nil {
				fault("%s, task %d: %w", where, j+1, err)
			}
		}
	}
	if len(faults) == 0 {
		if _, err := p.Bind(sample); err != nil {
			faults = append(faults, err)
		}
	}
	return errors.Join(faults...)
}

func (t PackTask) validate() error {
	var faults []error
	if n := utf8.RuneCountInString(t.Title); n == 0 || n > MaxTitle {
		faults = append(faults, ErrBadTitle)
	}
	if strings.TrimSpace(t.Text) == "" {
		faults = append(faults, errors.New("text is needed"))
	}
	if !t.Kind.Known() {
		faults = append(faults, ErrBadKind)
	}
	if (t.Cron != "" || t.Within != "") && t.Kind != Recurring {
		faults = append(faults, errors.New("cron and within are for recurring tasks"))
	}
	if t.Kind == Standing && t.Due != "" {
		faults = append(faults, errors.New("a standing task has no due of its own, it lives in the shifts of the period"))
	}
	if t.Within != "" {
		if d, err := time.ParseDuration(t.Within); err != nil || d <= 0 {
			faults = append(faults, fmt.Errorf("within %q is not a duration such as 4h", t.Within))
		}
	}
	return errors.Join(faults...)
}

// Binding is what makes a pack's relative dates real.
type Binding struct {
	Name   string        // the period's name, "Tết Nguyên đán Đinh Mùi"; "" takes the pack's
	Period calendar.Span // the days off, or the days of the alert
	Issued time.Time     // when it is going to be issued
	// Workday says whether offices work on a day; nil takes Monday to Friday.
	Workday func(calendar.Date) bool
}

// Bound is a pack with real dates.
type Bound struct {
	Plain   Plain
	Reports []BoundReport
	// Past names the tasks whose deadline lies before the issue; the desk has to
	// change or drop them.
	Past []string
}

// BoundReport is a report duty with real deadlines.
type BoundReport struct {
	Name     string
	Full     bool
	Schedule cadence.Cadence
	Lead     time.Duration
	Span     Span // of the deadlines
}

// Span is the period as moments: from midnight of its first day to midnight after its last.
func (b Binding) Span() Span {
	return Span{From: b.Period.From.Midnight().UTC(), To: b.Period.To.AddDays(1).Midnight().UTC()}
}

// Bind gives the pack its dates.
func (p Pack) Bind(b Binding) (Bound, error) {
	if b.Period.From.IsZero() || b.Period.To.Before(b.Period.From) {
		return Bound{}, errors.New("the period has no days")
	}
	name := b.Name
	if name == "" {
		name = p.Period
	}
	fill := func(s string) string { return squeeze(strings.ReplaceAll(s, "{ky}", name)) }
	out := Bound{Plain: Plain{Title: fill(p.Title), Period: b.Span(), Urgent: p.Urgent}}
	var faults []error
	for _, g := range p.Groups {
		bound := Group{Number: g.Number, Audience: fill(g.Audience), Tags: g.Tags}
		var err error
		if bound.Due, err = b.due(g.Due); err != nil {
			faults = append(faults, fmt.Errorf("group %s: %w", g.Number, err))
		}
		for i, t := range g.Tasks {
			task, err := b.task(t, fill)
			if err != nil {
				faults = append(faults, fmt.Errorf("group %s, task %d: %w", g.Number, i+1, err))
			}
			task.ID = fmt.Sprintf("%s.%d", g.Number, i+1)
			if due := bound.DueOf(task); !due.IsZero() && !due.After(b.Issued) {
				out.Past = append(out.Past, task.ID)
			}
			bound.Tasks = append(bound.Tasks, task)
		}
		out.Plain.Groups = append(out.Plain.Groups, bound)
	}
	for _, r := range p.Reports {
		bound, err := b.report(r)
		if err != nil {
			faults = append(faults, fmt.Errorf("report %q: %w", r.Name, err))
		}
		out.Reports = append(out.Reports, bound)
	}
	return out, errors.Join(faults...)
}

func (b Binding) task(t PackTask, fill func(string) string) (Task, error) {
	out := Task{
		Text: fill(t.Text), Title: fill(t.Title), Kind: t.Kind, Cron: t.Cron,
		Evidence: t.Evidence, NeedEvidence: t.NeedEvidence,
	}
	var err error
	if out.Due, err = b.due(t.Due); err != nil {
		return out, err
	}
	if t.Within != "" {
		if out.Within, err = time.ParseDuration(t.Within); err != nil {
			return out, fmt.Errorf("within: %w", err)
		}
	}
	if t.Cron != "" {
		err = cadence.Cron(t.Cron).Validate(b.Period.From.Midnight())
	}
	return out, err
}

func (b Binding) report(r PackReport) (BoundReport, error) {
	out := BoundReport{Name: r.Name, Full: r.Full, Span: b.Span()}
	var err error
	if r.Lead != "" {
		if out.Lead, err = time.ParseDuration(r.Lead); err != nil {
			return out, fmt.Errorf("lead: %w", err)
		}
	}
	var dates []time.Time
	for _, words := range r.Dates {
		at, err := b.due(words)
		if err != nil {
			return out, err
		}
		dates = append(dates, at)
		if !at.Before(out.Span.To) {
			out.Span.To = at.Add(time.Minute) // a closing report is due after the period
		}
		if at.Before(out.Span.From) {
			out.Span.From = at
		}
	}
	out.Schedule = cadence.On(dates...)
	if r.Cron != "" {
		out.Schedule.Specs = []string{r.Cron}
	}
	if out.Schedule.IsZero() {
		return out, errors.New("cron or dates are needed")
	}
	return out, out.Schedule.Validate(b.Period.From.Midnight())
}
