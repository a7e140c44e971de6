package dispatch

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/goccy/go-yaml"
)

// Maybe is a text that may be unknown; unknown is "" here and null when written.
type Maybe string

// MarshalJSON writes null for an unknown text.
func (m Maybe) MarshalJSON() ([]byte, error) {
	if m == "" {
		return []byte("null"), nil
	}
	return plainJSON(string(m))
}

// MarshalYAML writes null for an unknown text.
func (m Maybe) MarshalYAML() (any, error) {
	if m == "" {
		return nil, nil
	}
	return string(m), nil
}

// Draft is what was found in one document. Its JSON and YAML keys are a
// contract; fields without a key are for the program only. Lists are never nil.
type Draft struct {
	Document    Document     `json:"document"`
	Groups      []Group      `json:"groups"`
	Cited       []Citation   `json:"cited"`
	Contacts    []Contact    `json:"contacts"`
	Windows     []Window     `json:"windows"`
	ReportTimes []ReportTime `json:"report_times"`
	Mended      []Mend       `json:"mended"`
	Warnings    []Warning    `json:"warnings"`
}

// Document is the head and the foot of the paper.
type Document struct {
	Type       Maybe    `json:"type"`   // công văn, công điện, thông báo, kế hoạch, ...
	Number     Maybe    `json:"number"` // 15/UBND-VHXH, without spaces
	Date       Maybe    `json:"date"`   // 2027-01-20
	Issuer     Maybe    `json:"issuer"`
	Subject    Maybe    `json:"subject"` // the V/v, or the title under the kind's name
	Urgency    Maybe    `json:"urgency"` // KHẨN, THƯỢNG KHẨN, HỎA TỐC
	Addressees []string `json:"addressees"`
	Recipients []string `json:"recipients"`
	Authority  Maybe    `json:"authority"` // TM. ỦY BAN NHÂN DÂN; where that is missing, KT. ...
	Title      Maybe    `json:"title"`
	Signer     Maybe    `json:"signer"`
}

// Group is the tasks given to one audience, or in one section.
type Group struct {
	Number   int    `json:"number"`         // by position, from 1
	Printed  Maybe  `json:"printed_number"` // as printed, "8." or "III."
	Audience Maybe  `json:"audience"`       // as printed, without the colon
	Tasks    []Task `json:"tasks"`

	Heading string   `json:"-"` // the heading as printed; the audience, or the section's title
	Tags    []string `json:"-"` // AudienceTags of the audience
	Lines   Span     `json:"-"`
}

// Kind is how a task lives.
type Kind string

// The kinds of a task.
const (
	Once      Kind = "once"      // done and finished
	Standing  Kind = "standing"  // holds on every shift, or whenever something happens
	Recurring Kind = "recurring" // comes back by the calendar
)

// Task is one duty.
type Task struct {
	ID    string   `json:"id"`    // "1.4": group and position
	Text  string   `json:"text"`  // the clause with its mends
	Title string   `json:"title"` // at most 40 characters (code points), a proposal
	Kind  Kind     `json:"kind"`  // a proposal
	Due   []string `json:"due"`   // 2027-02-12 or 2027-02-03T17:00, in the order printed
	Cites []string `json:"cites"` // document numbers and CVE ids; an attachment without number by its words

	Clause   string   `json:"-"` // the clause as printed, before mending, lines joined
	Lines    Span     `json:"-"`
	Mark     string   `json:"-"` // "I.1.a)": the printed markers down to the clause
	Audience string   `json:"-"` // where the clause names an audience narrower than the group's
	Evidence []string `json:"-"` // what would show that it is done, a proposal
	Every    string   `json:"-"` // hour, shift, day, week, month, quarter, year of a recurring task
	OnEvent  bool     `json:"-"` // to be done when something happens ("khi phát hiện")
	AtOnce   bool     `json:"-"` // "ngay", "khẩn trương", "kịp thời"
	Within   []string `json:"-"` // ISO 8601 durations: PT24H for "trong vòng 24 giờ"

	times []ReportTime
}

// Span is a range of physical lines of the text given, counted from 1.
type Span struct{ From, To int }

// Citation is a document the text refers to.
type Citation struct {
	Number Maybe `json:"number"`
	Date   Maybe `json:"date"`
	Issuer Maybe `json:"issuer"`
	About  Maybe `json:"about"`
}

// Contact is somebody to call or write to.
type Contact struct {
	Org    Maybe   `json:"org"`
	Role   Maybe   `json:"role"`
	Phones []Phone `json:"phones"`
	Email  Maybe   `json:"email"`
}

// Phone is a number as printed and, where it is a valid one, in E.164.
type Phone struct {
	Printed string `json:"printed"`
	E164    Maybe  `json:"e164"`
}

// Window is a span of days, both included.
type Window struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// ReportTime is a time of day or a day on which something has to be told:
// every day at 16:00, on one date, or by the 20th of each month.
type ReportTime struct {
	At    Maybe `json:"at"`    // 16:00
	Date  Maybe `json:"date"`  // 2022-02-02
	Every Maybe `json:"every"` // day, week, month, quarter, year
	Day   int   `json:"day,omitempty"`
	Task  Maybe `json:"task"` // id of the task that asks for it
}

// Mend is one place where the draft differs from the text.
type Mend struct {
	Line    int    `json:"line"`
	Printed string `json:"printed"`
	Mended  string `json:"mended"`
}

// plainJSON marshals without escaping &, < and >, which "TT&TT" would suffer from.
func plainJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, fmt.Errorf("encode: %w", err)
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}

// JSON is the draft in the contract's keys, indented, ending in a newline.
func (d Draft) JSON() ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(d); err != nil {
		return nil, fmt.Errorf("encode draft as JSON: %w", err)
	}
	return b.Bytes(), nil
}

// YAML is the draft in the same keys.
func (d Draft) YAML() ([]byte, error) {
	out, err := yaml.MarshalWithOptions(d, yaml.IndentSequence(true))
	if err != nil {
		return nil, fmt.Errorf("encode draft as YAML: %w", err)
	}
	return out, nil
}

// TaskCount is the number of tasks over all groups.
func (d Draft) TaskCount() int {
	n := 0
	for _, g := range d.Groups {
		n += len(g.Tasks)
	}
	return n
}

// ByAudience parts the groups where their tasks name narrower audiences, for
// issuing: each result has one audience and its tags; numbers and ids stay those
// of the draft. Tasks of one audience stay together in the order printed.
func (d Draft) ByAudience() []Group {
	out := []Group{}
	for _, g := range d.Groups {
		at := map[string]int{}
		for _, t := range g.Tasks {
			who := t.Audience
			if who == "" {
				who = string(g.Audience)
			}
			i, ok := at[who]
			if !ok {
				i = len(out)
				at[who] = i
				part := g
				part.Audience, part.Tags, part.Tasks = Maybe(who), AudienceTags(who), nil
				out = append(out, part)
			}
			out[i].Tasks = append(out[i].Tasks, t)
		}
	}
	return out
}
