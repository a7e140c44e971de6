package incident

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"trucban/internal/roster"
)

// Rules are the data the package decides with: legal regimes, kinds, words,
// questions and first-hour steps. They are read once and not changed.
type Rules struct {
	Note      string              `yaml:"note"` // what has not been checked; shown beside every deadline
	Regimes   []Regime            `yaml:"regimes"`
	Gap       Gap                 `yaml:"gap"`
	Levels    []Label             `yaml:"levels"`
	States    []Label             `yaml:"states"`
	Outcomes  []Label             `yaml:"outcomes"`
	Kinds     []Kind              `yaml:"kinds"`
	Systems   []System            `yaml:"systems"`
	Words     map[Level][]string  `yaml:"level_words"`
	Ongoing   map[string][]string `yaml:"ongoing_words"` // "yes" and "no"
	Questions []Question          `yaml:"questions"`
	Playbooks []Playbook          `yaml:"playbooks"`
}

// Label is a code and what a reader sees for it.
type Label struct {
	Code  string `yaml:"code"`
	Label string `yaml:"label"`
}

// Regime is one body of law with its deadlines.
type Regime struct {
	ID        string     `yaml:"id"`
	Title     string     `yaml:"title"` // heading of the documents
	From      Day        `yaml:"from"`
	Until     Day        `yaml:"until"`   // last day; zero: still in force
	Besides   bool       `yaml:"besides"` // applies next to another regime
	Basis     []string   `yaml:"basis"`
	Certainty string     `yaml:"certainty"`
	Checked   bool       `yaml:"checked"` // read in the official text itself
	ReportTo  []string   `yaml:"report_to"`
	Deadlines []Duty     `yaml:"deadlines"`
	Periodic  []Periodic `yaml:"periodic"`
}

// Moments a deadline counts from.
const (
	FromFound    = "found"
	FromResolved = "resolved"
	FromClosed   = "closed"
)

// Duty is one report a regime asks for.
type Duty struct {
	ID       string   `yaml:"id"`
	What     string   `yaml:"what"`
	When     string   `yaml:"when"` // the law's own condition, for the reader
	Within   Within   `yaml:"within"`
	From     string   `yaml:"from"`  // FromFound when empty
	Stage    string   `yaml:"stage"` // duties of one stage compete where two regimes meet
	MinLevel Level    `yaml:"min_level"`
	Kinds    []string `yaml:"kinds"` // only these; empty: any attack
}

// Periodic is a report due on fixed days of the year whatever happened.
type Periodic struct {
	What string   `yaml:"what"`
	On   []string `yaml:"on"` // "12-20"
}

// Gap is a span for which the rules of two regimes are to be joined.
type Gap struct {
	From  Day      `yaml:"from"`
	Until Day      `yaml:"until"`
	Use   []string `yaml:"use"`
	Note  string   `yaml:"note"`
}

// Kind is a sort of incident.
type Kind struct {
	Code      string   `yaml:"code"`
	Label     string   `yaml:"label"`
	Form      string   `yaml:"form"` // row of the official statistics form
	Level     Level    `yaml:"level"`
	Words     []string `yaml:"words"`
	NotAttack bool     `yaml:"not_attack"` // a breakdown; no report is owed by law
}

// System is a sort of system people speak of.
type System struct {
	Code  string   `yaml:"code"`
	Label string   `yaml:"label"`
	Words []string `yaml:"words"`
}

// Within is a span as the data writes it: "at_once", "24h", "5d".
type Within struct {
	AtOnce   bool
	Duration time.Duration
}

// UnmarshalYAML reads the span.
func (w *Within) UnmarshalYAML(b []byte) error {
	s := strings.Trim(strings.TrimSpace(string(b)), `"'`)
	if s == "at_once" {
		w.AtOnce = true
		return nil
	}
	if n, err := strconv.Atoi(strings.TrimSuffix(s, "d")); err == nil && strings.HasSuffix(s, "d") && n > 0 {
		w.Duration = time.Duration(n) * 24 * time.Hour
		return nil
	}
	d, err := time.ParseDuration(s)
	if err != nil || d <= 0 {
		return fmt.Errorf("span %q is not at_once, 24h or 5d", s)
	}
	w.Duration = d
	return nil
}

// Day is a local date; the zero Day is no date.
type Day struct{ time.Time }

// UnmarshalYAML reads "2026-08-19".
func (d *Day) UnmarshalYAML(b []byte) error {
	s := strings.Trim(strings.TrimSpace(string(b)), `"'`)
	if s == "" || s == "null" || s == "~" {
		return nil
	}
	t, err := time.ParseInLocation(time.DateOnly, s, roster.Zone)
	if err != nil {
		return fmt.Errorf("date %q is not YYYY-MM-DD", s)
	}
	d.Time = t
	return nil
}

func between(at time.Time, from, until Day) bool {
	return !at.Before(from.Time) && (until.IsZero() || at.Before(until.AddDate(0, 0, 1)))
}

// ParseRules reads the data and lists every fault in it at once.
func ParseRules(data []byte) (Rules, error) {
	var r Rules
	if err := yaml.UnmarshalWithOptions(data, &r, yaml.Strict()); err != nil {
		return Rules{}, fmt.Errorf("read incident rules: %w", err)
	}
	if err := r.check(); err != nil {
		return Rules{}, fmt.Errorf("check incident rules: %w", err)
	}
	return r, nil
}

func (r Rules) check() error {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	seen := map[string]bool{}
	once := func(what, id string) {
		if id == "" || seen[what+id] {
			fault("%s %q: missing or used twice", what, id)
		}
		seen[what+id] = true
	}
	for _, k := range r.Kinds {
		once("kind", k.Code)
		if k.Label == "" || k.Level.Rank() < 0 {
			fault("kind %q: label and a level are needed", k.Code)
		}
	}
	for _, rg := range r.Regimes {
		once("regime", rg.ID)
		if rg.From.IsZero() || rg.Title == "" {
			fault("regime %q: title and first day are needed", rg.ID)
		}
		for _, d := range rg.Deadlines {
			once("deadline", rg.ID+"."+d.ID)
			if d.What == "" || !d.Within.AtOnce && d.Within.Duration == 0 {
				fault("deadline %q: what and within are needed", d.ID)
			}
			if d.MinLevel != "" && d.MinLevel.Rank() < 0 {
				fault("deadline %q: level %q is not known", d.ID, d.MinLevel)
			}
			for _, k := range d.Kinds {
				if _, ok := r.Kind(k); !ok {
					fault("deadline %q: kind %q is not known", d.ID, k)
				}
			}
		}
	}
	for _, id := range r.Gap.Use {
		if !seen["regime"+id] {
			fault("gap: regime %q is not known", id)
		}
	}
	if len(r.Questions) > 5 {
		fault("questions: %d are too many, at most five are asked", len(r.Questions))
	}
	for _, p := range r.Playbooks {
		for _, k := range p.Kinds {
			if _, ok := r.Kind(k); !ok {
				fault("playbook: kind %q is not known", k)
			}
		}
	}
	return errors.Join(faults...)
}

// Kind returns the kind of that code.
func (r Rules) Kind(code string) (Kind, bool) {
	n := slices.IndexFunc(r.Kinds, func(k Kind) bool { return k.Code == code })
	if n < 0 {
		return Kind{}, false
	}
	return r.Kinds[n], true
}

// KindLabel is what a reader sees for the kind, "" for an unknown one.
func (r Rules) KindLabel(code string) string { k, _ := r.Kind(code); return k.Label }

// LevelLabel is what a reader sees for the level.
func (r Rules) LevelLabel(l Level) string { return label(r.Levels, string(l)) }

// StateLabel is what a reader sees for the state.
func (r Rules) StateLabel(s State) string { return label(r.States, string(s)) }

// OutcomeLabel is what a reader sees for the outcome.
func (r Rules) OutcomeLabel(o Outcome) string { return label(r.Outcomes, string(o)) }

func label(list []Label, code string) string {
	for _, l := range list {
		if l.Code == code {
			return l.Label
		}
	}
	return code
}

// Regime returns the regime of that id.
func (r Rules) Regime(id string) (Regime, bool) {
	n := slices.IndexFunc(r.Regimes, func(g Regime) bool { return g.ID == id })
	if n < 0 {
		return Regime{}, false
	}
	return r.Regimes[n], true
}

// InGap reports whether a detection time lies where two regimes are to be joined.
func (r Rules) InGap(found time.Time) bool {
	return len(r.Gap.Use) > 0 && between(found, r.Gap.From, r.Gap.Until)
}

// At lists the regimes for a detection time: those in force, in the gap both
// neighbours, or the forced one with those that apply besides.
func (r Rules) At(found time.Time, force string) []Regime {
	var out []Regime
	for _, g := range r.Regimes {
		in := between(found, g.From, g.Until)
		switch {
		case g.Besides:
		case force != "":
			in = g.ID == force
		case r.InGap(found):
			in = slices.Contains(r.Gap.Use, g.ID)
		}
		if in {
			out = append(out, g)
		}
	}
	return out
}
