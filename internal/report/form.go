package report

import (
	"embed"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
)

//go:embed forms/*.yaml
var forms embed.FS

// form is an official form as data: its labels, in order.
type form struct {
	Form      string        `yaml:"form"`
	Title     string        `yaml:"title"`
	Sections  []formSection `yaml:"sections"`
	Signature struct {
		Role string `yaml:"role"`
		Note string `yaml:"note"`
	} `yaml:"signature"`
	Notes []string `yaml:"notes"`
}

type formSection struct {
	Title  string      `yaml:"title"`
	Note   string      `yaml:"note"`
	Fields []formField `yaml:"fields"`
}

type formField struct {
	Key      string   `yaml:"key"`
	Label    string   `yaml:"label"`
	Required bool     `yaml:"required"`
	Hint     string   `yaml:"hint"`
	Choice   []string `yaml:"choice"` // one of them
	Multi    []string `yaml:"multi"`  // any of them
}

func loadForm(name string) (form, error) {
	data, err := forms.ReadFile("forms/" + name + ".yaml")
	if err != nil {
		return form{}, fmt.Errorf("read form %s: %w", name, err)
	}
	var f form
	if err := yaml.UnmarshalWithOptions(data, &f, yaml.Strict()); err != nil {
		return form{}, fmt.Errorf("read form %s: %w", name, err)
	}
	return f, nil
}

// filled is what goes into a form: texts by key, and the choices ticked by key.
type filled struct {
	text  map[string]string
	ticks map[string][]string
}

func (b *body) form(f form, in filled) {
	for _, s := range f.Sections {
		b.section(s.Title)
		if s.Note != "" {
			b.para(para{align: left, after: 60, runs: []run{{text: s.Note, italic: true}}})
		}
		for _, fd := range s.Fields {
			b.formField(fd, in)
		}
	}
	for _, n := range f.Notes {
		b.para(para{align: justify, before: 120, runs: []run{{text: n, italic: true, size: 22}}})
	}
}

func (b *body) formField(fd formField, in filled) {
	label := fd.Label
	if fd.Required {
		label += " (*)"
	}
	choices := fd.Choice
	if len(choices) == 0 {
		choices = fd.Multi
	}
	if len(choices) == 0 {
		b.field(label, in.text[fd.Key])
		return
	}
	b.para(para{align: left, after: 40, keepNext: true, runs: []run{plain(label + ":")}})
	var marked []string
	width := 0
	for _, c := range choices {
		mark := "☐ "
		if slices.Contains(in.ticks[fd.Key], c) {
			mark = "☒ "
		}
		// the open choice ("Khác, đó là …") takes the text of its field
		if t := in.text[fd.Key]; t != "" && strings.HasSuffix(c, "…") {
			c = strings.TrimSuffix(c, "…") + t
		}
		marked = append(marked, mark+c)
		width += utf8.RuneCountInString(c) + 6
	}
	if width <= 80 { // short choices stand on one line
		marked = []string{strings.Join(marked, "     ")}
	}
	for n, m := range marked {
		b.para(para{align: left, inset: 400, after: 30, keepNext: n < len(marked)-1, runs: []run{plain(m)}})
	}
}
