package hotline

import (
	"strings"
	"unicode/utf8"
)

// VCard is the contact as a vCard 3.0 (RFC 2426), lines folded at 75 octets.
// What people typed is escaped, so that no value can add a line of its own.
func (c Contact) VCard() string {
	var b strings.Builder
	line := func(name, value string) {
		if value != "" {
			b.WriteString(fold(name+":"+value) + "\r\n")
		}
	}
	line("BEGIN", "VCARD")
	line("VERSION", "3.0")
	line("N", escape(c.Label)+";;;;")
	line("FN", escape(c.Label))
	line("ORG", escape(c.Org))
	line("TITLE", escape(c.Role))
	for _, p := range c.Phones {
		line("TEL;TYPE=WORK,VOICE", escape(p.Dial()))
	}
	line("EMAIL;TYPE=INTERNET", escape(c.Email))
	line("NOTE", escape(c.Note))
	line("END", "VCARD")
	return b.String()
}

func escape(s string) string {
	s = strings.NewReplacer("\r\n", `\n`, "\r", `\n`, "\n", `\n`, `\`, `\\`, ",", `\,`, ";", `\;`).Replace(s)
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, s)
}

// fold breaks a line after at most 75 octets, never inside a character.
func fold(s string) string {
	var b strings.Builder
	n := 0
	for _, r := range s {
		size := utf8.RuneLen(r)
		if size < 0 {
			continue
		}
		if n+size > 75 {
			b.WriteString("\r\n ")
			n = 1
		}
		b.WriteRune(r)
		n += size
	}
	return b.String()
}
