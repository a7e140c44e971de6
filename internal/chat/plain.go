package chat

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// Plain is the text as people read it where there is no markup: tags are gone,
// entities are characters, and a link whose label is not its address is
// followed by the address in brackets.
func Plain(text string) string {
	if !strings.ContainsAny(text, "<&") {
		return text
	}
	var b strings.Builder
	var link string
	var from int
	for text != "" {
		p := next(text)
		text = text[len(p.raw):]
		switch {
		case p.tag == "":
			b.WriteString(p.char)
		case p.tag == "a" && !p.end:
			link, from = p.href(), b.Len()
		case p.tag == "a" && link != "":
			if label := b.String()[from:]; strings.HasPrefix(link, "http") && !strings.Contains(link, label) {
				b.WriteString(" (" + link + ")")
			}
			link = ""
		}
	}
	return b.String()
}

// Length is the number of code points a platform counts: tags are free and an entity is one.
func Length(text string) int {
	if !strings.ContainsAny(text, "<&") {
		return utf8.RuneCountInString(text)
	}
	n := 0
	for text != "" {
		p := next(text)
		text = text[len(p.raw):]
		n += utf8.RuneCountInString(p.char)
	}
	return n
}

// Escape makes what people typed safe inside a Message's Text.
func Escape(s string) string {
	return escaper.Replace(s)
}

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;")

// defaultAsk heads the text forms of buttons when Message.Ask is empty.
const defaultAsk = "Trả lời:"

// Flatten turns a message into one that a platform with these caps can show.
// Nothing is lost that has a form in words: buttons become the words to answer
// with, an attachment its Fallback, a contact card a line with its number.
func Flatten(m Message, caps Caps) Message {
	var more []string
	if !caps.Buttons && len(m.Buttons) > 0 {
		if s := textForms(m.Buttons, m.Ask); s != "" {
			more = append(more, s)
		}
		m.Buttons = nil
	}
	if !caps.Upload && m.Attach != nil {
		if s := m.Attach.Fallback; s != "" {
			more = append(more, s)
		}
		m.Attach = nil
	}
	if !caps.Contacts && m.Contact != nil {
		more = append(more, Escape(m.Contact.Name+": "+m.Contact.Phone))
		m.Contact = nil
	}
	if !caps.AskPhone {
		m.AskPhone = ""
	}
	if m.Text != "" {
		more = append([]string{m.Text}, more...)
	}
	m.Text = strings.Join(more, "\n\n")
	if !caps.Markup {
		m.Text = Plain(m.Text)
	}
	return m
}

// textForms lists buttons in words, escaped: one button as "Trả lời: ondanh (Ổn định)",
// several as one line each, "ondanh = Ổn định". A button without a hint is
// numbered by its place among the actions, and an address stands by itself.
func textForms(rows [][]Button, ask string) string {
	if ask == "" {
		ask = defaultAsk
	}
	var answers, links []string
	var only string
	n := 0
	for _, row := range rows {
		for _, b := range row {
			if b.URL != "" {
				links = append(links, Escape(b.Label+": "+b.URL))
				continue
			}
			n++
			word := b.Hint
			if word == "" {
				word = strconv.Itoa(n)
			}
			answers = append(answers, Escape(word+" = "+b.Label))
			only = Escape(word + " (" + b.Label + ")")
		}
	}
	switch len(answers) {
	case 0:
		return strings.Join(links, "\n")
	case 1:
		answers[0] = Escape(ask) + " " + only
	default:
		answers = append([]string{Escape(ask)}, answers...)
	}
	return strings.Join(append(answers, links...), "\n")
}
