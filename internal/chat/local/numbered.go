package local

import (
	"regexp"
	"strings"
)

var (
	numberedLabel = regexp.MustCompile(`^(\d+)(?:\. |$)`)
	numberedForm  = regexp.MustCompile(`/([a-z]+(?: [A-Z]+-[0-9]{4}-[0-9]+)?) \d+`)
)

// numbered is what a person types for a numbered line of a message that names the
// form once for all of them: "xong 2" for the line "2. Sao lưu" above "gửi /xong 3".
func (m Message) numbered(label string) string {
	n := numberedLabel.FindStringSubmatch(label)
	form := numberedForm.FindStringSubmatch(m.plain())
	if n == nil || form == nil || !strings.Contains(m.plain(), " "+n[1]+". ") {
		return ""
	}
	return form[1] + " " + n[1]
}
