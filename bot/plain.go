package bot

import (
	"context"
	"regexp"
	"strings"

	"trucban/internal/chat"
	"trucban/internal/incident"
	"trucban/internal/outbox"
)

var (
	// numbered is a label that begins with the number of a line in the message.
	numbered = regexp.MustCompile(`^\d+\. `)
	number   = regexp.MustCompile(`^\d+$`)
)

// repeats reports a button for one numbered line of the text, where the text names
// the form for all of them: "xong 2" for "2. Sao lưu", "/giodau SC-2027-0001 2" for "2".
func repeats(b chat.Button, text string) bool {
	switch {
	case b.Hint == "":
		return false
	case numbered.MatchString(b.Label):
		return strings.Contains(text, b.Label)
	case number.MatchString(b.Label):
		stem, ok := strings.CutSuffix(b.Hint, " "+b.Label)
		return ok && strings.Contains(text, stem+" ") && strings.Contains(text, " "+b.Label+". ")
	}
	return false
}

// spell fits a message to its platform: words about pressing go where there is
// nothing to press, the text forms are headed by how to answer in this chat, and
// buttons that only repeat the numbered lines of the text are left out, since the
// text names the form for all of them.
func (t *turn) spell(it *outbox.Item) {
	caps := t.caps(it.To)
	it.Message.Text = press(it.Message.Text, caps.Buttons)
	if caps.Buttons || len(it.Message.Buttons) == 0 {
		return
	}
	if it.Message.Ask == "" {
		key := "answer"
		if caps.Mention && it.Kind == chat.Group {
			key = "answer.reply"
		}
		it.Message.Ask = t.label(key) + ":"
	}
	text := chat.Plain(it.Message.Text)
	var rows [][]chat.Button
	for _, row := range it.Message.Buttons {
		var keep []chat.Button
		for _, b := range row {
			if !repeats(b, text) {
				keep = append(keep, b)
			}
		}
		if len(keep) > 0 {
			rows = append(rows, keep)
		}
	}
	it.Message.Buttons = rows
}

// pressMark encloses the words about buttons in a rendered text (invisible
// separator, which nobody types); see the "press" function of the templates.
const pressMark = "\u2063"

// press keeps the words about buttons, or takes them out.
func press(text string, buttons bool) string {
	if !strings.Contains(text, pressMark) {
		return text
	}
	parts := strings.Split(text, pressMark)
	var b strings.Builder
	for i, p := range parts {
		if i%2 == 0 || buttons {
			b.WriteString(p)
		}
	}
	return b.String()
}

// talk reports words that people in a group say to each other: "xong rồi" without
// a number, where the list has buttons.
func (t *turn) talk(row route, w Words) bool {
	return t.u.Kind == chat.Group && t.caps(t.u.To).Buttons && row.code == "tick" && !w.Slash && w.Arg == "" && len(w.Refs) == 0
}

// suggestion is what may have been meant by words that are not understood. Where a
// reply does not say what it answers, a sentence in a unit's group may belong to
// its newest open incident: that is offered, never done.
func (t *turn) suggestion(ctx context.Context, w Words) (string, error) {
	s := t.b.routes.suggestion(w)
	if s != "" || t.u.Kind != chat.Group || t.caps(t.u.To).Replies || !t.linked || !t.admitted || w.Slash || len(strings.Fields(t.u.Text)) < 3 {
		return s, nil
	}
	refs, err := t.find(ctx, Range{Index: "incident/open", To: maxScore, Desc: true, Limit: 20})
	if err != nil {
		return "", err
	}
	for _, ref := range refs {
		var i incident.Incident
		if ok, err := t.read(ref, &i); err != nil {
			return "", err
		} else if ok && t.mayTouch(i) {
			return "/capnhat " + ref.ID + " và nội dung vừa gửi", nil
		}
	}
	return "", nil
}
