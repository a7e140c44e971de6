// Package messages holds every word a user reads: one Go struct per message,
// whose fields are the placeholders, and one template per message and language.
//
// It promises that a catalogue that loaded has every text in every language,
// and that whatever people typed is escaped before it is shown. Texts are in the
// small HTML subset of the chat port. Vietnamese is the first language; the
// first line of each message carries its point.
package messages

import (
	"embed"
	"fmt"
	"html/template"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"
)

//go:embed vi/*.tmpl en/*.tmpl
var texts embed.FS

//go:embed hotlines.yaml
var hotlines []byte

//go:embed rules.yaml
var rules []byte

// Rules are the incident kinds, words and legal deadlines the product ships with.
func Rules() []byte { return rules }

// Hotlines is the emergency contact list the product ships with.
func Hotlines() []byte { return hotlines }

// Languages the catalogue has; the first is the default.
var languages = []string{"vi", "en"}

// Languages lists the languages of the catalogue, the default first.
func Languages() []string { return append([]string(nil), languages...) }

// Catalogue renders messages. It is safe for concurrent use.
type Catalogue struct{ sets map[string]*template.Template }

// Load parses the texts and checks that every message has one in every language.
func Load() (*Catalogue, error) {
	c := &Catalogue{sets: map[string]*template.Template{}}
	for _, lang := range languages {
		t, err := template.New(lang).Funcs(funcs(lang)).Option("missingkey=error").ParseFS(texts, lang+"/*.tmpl")
		if err != nil {
			return nil, fmt.Errorf("parse the texts in %q: %w", lang, err)
		}
		for _, m := range All() {
			if t.Lookup(nameOf(m)) == nil {
				return nil, fmt.Errorf("message %s has no text in %q", nameOf(m), lang)
			}
		}
		c.sets[lang] = t
	}
	return c, nil
}

func nameOf(m any) string {
	t := reflect.TypeOf(m)
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.Name()
}

var (
	blank  = regexp.MustCompile(`\n{3,}`)
	spaces = regexp.MustCompile(`[ \t]+\n`)
)

// Render writes the message in the language; an unknown language gets the default one.
func (c *Catalogue) Render(lang string, m any) (string, error) {
	set, ok := c.sets[lang]
	if !ok {
		set = c.sets[languages[0]]
	}
	var b strings.Builder
	if err := set.ExecuteTemplate(&b, nameOf(m), m); err != nil {
		return "", fmt.Errorf("render %s: %w", nameOf(m), err)
	}
	s := spaces.ReplaceAllString(strings.TrimSpace(b.String()), "\n")
	return blank.ReplaceAllString(s, "\n\n"), nil
}

// Label is the word on a button; an unknown key is returned as it is, which the catalogue test forbids.
func (c *Catalogue) Label(lang, key string) string {
	set, ok := c.sets[lang]
	if !ok {
		set = c.sets[languages[0]]
	}
	if set.Lookup("label."+key) == nil {
		return key
	}
	var b strings.Builder
	if err := set.ExecuteTemplate(&b, "label."+key, nil); err != nil {
		return key
	}
	return strings.TrimSpace(template.HTMLEscapeString(b.String()))
}

// Labels lists the keys of all button words and of the levels in refusals.
func Labels() []string {
	return append([]string{
		"ondanh", "allwell", "coviec", "confirm", "cancel", "more", "back", "received", "ack", "resolve", "noted", "units", "issue",
		"take", "false", "end", "reopen", "kind", "level", "skip", "skipall", "join", "report", "met", "paper", "hour", "evidence", "right",
		"answer", "answer.reply", "otheranswer", "vulns", "helped", "refusena", "answer.done", "answer.doing", "answer.na", "answer.help", "answer.hold", "answer.undo",
		"vuln.n", "vuln.p", "vuln.g", "vuln.h", "edit", "matrix", "matrix.picture", "matrix.book", "nudge", "closingreport", "handout", "handled",
		"edit.due", "edit.title", "edit.add", "edit.leave", "edit.drop", "edit.keep", "edit.once", "edit.standing", "edit.recurring", "edit.proof", "edit.noproof",
		"need.linked", "need.head", "need.leader", "need.desk", "need.owner",
	}, slices.Concat(digestLabels(), rosterLabels(), boardLabels(), sayLabels(), peopleLabels())...)
}

// zone is the wall clock of every text: Vietnam, UTC+7, no daylight saving.
var zone = time.FixedZone("ICT", 7*60*60)

func funcs(lang string) template.FuncMap {
	return template.FuncMap{
		"hm":   func(t time.Time) string { return clock(t) },
		"dm":   func(t time.Time) string { return t.In(zone).Format("02/01") },
		"dmy":  func(t time.Time) string { return t.In(zone).Format("02/01/2006") },
		"dhm":  func(t time.Time) string { return clock(t) + " " + t.In(zone).Format("02/01") },
		"span": func(a, b time.Time) string { return clock(a) + "–" + clock(b) },
		"dur":  func(d time.Duration) string { return duration(lang, d) },
		// sinceMidnight is a clock time given as the time since midnight.
		"sinceMidnight": func(d time.Duration) string { return clock(time.Date(2000, 1, 1, 0, 0, 0, 0, zone).Add(d)) },
		"add":           func(a, b int) int { return a + b },
		"sec":           func(d time.Duration) int { return int(d.Round(time.Second) / time.Second) },
		"join":          strings.Join,
		// press encloses words about buttons; they are shown only where there are some.
		"press": func(words string) string { return "\u2063" + words + "\u2063" },
		"cut":   cut,
	}
}

// clock is the way hours are written in Vietnamese offices: 19h02, 07h00.
func clock(t time.Time) string { return t.In(zone).Format("15h04") }

func duration(lang string, d time.Duration) string {
	mins := int(d.Round(time.Minute) / time.Minute)
	h, m := mins/60, mins%60
	hour, minute := " giờ", " phút"
	if lang == "en" {
		hour, minute = " h", " min"
	}
	switch {
	case h == 0:
		return fmt.Sprintf("%d%s", m, minute)
	case m == 0:
		return fmt.Sprintf("%d%s", h, hour)
	}
	return fmt.Sprintf("%d%s %02d%s", h, hour, m, minute)
}

// cut shortens a text to n code points, at a word where it can.
func cut(n int, s string) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	short := string(r[:n-1])
	if i := strings.LastIndexByte(short, ' '); i > n/2 {
		short = short[:i]
	}
	return short + "…"
}

// All lists one sample of every message, as the catalogue checks and the tests render them.
func All() []any {
	var out []any
	for _, list := range [][]any{
		basics(),
		checkins(),
		rounds(),
		checklists(),
		directives(),
		incidents(),
		hotlineTexts(),
		digests(),
		boards(),
		says(),
		receipts(),
		windows(),
		exportTexts(),
		configs(),
		policies(),
		courtesies(),
		doors(),
		rosters(),
		feeds(),
		periods(),
		operations(),
	} {
		out = append(out, list...)
	}
	return out
}
