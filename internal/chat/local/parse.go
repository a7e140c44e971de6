package local

import (
	"fmt"
	"io"
	"io/fs"
	"regexp"
	"strings"
	"time"
)

// itemKind says what a piece of a script is.
type itemKind int

const (
	remark   itemKind = iota // blank lines and comments
	moveTo                   // @
	typed                    // who > chat
	pressed                  // who ! chat
	stage                    // * verb
	expected                 // bot > chat, bot ~ chat, (not taken ...)
)

// item is one step, one expectation or one remark, with its lines as they stand.
type item struct {
	kind  itemKind
	line  int // of the first line, from 1
	lines []string

	when      string // moveTo, and the time before an expectation
	who, chat string
	opt, arg  string // what stands in brackets: reply "x", file x, phone x, on "x"
	file      string // sent with a reply
	text      string
	verb      []string
}

var (
	speechHead = regexp.MustCompile(`^(\S[^>!~]*?) ([>!]) ([^:("]+?)(?: \((\w+) (?:"([^"]*)"(?: with (\S+))?|([^")]*))\))?(?::(?: (.*))?)?$`)
	expectHead = regexp.MustCompile(`^(?:((?:\d{4}-\d\d-\d\d )?\d\d:\d\d(?::\d\d)?) )?bot ([>~]) ([^:("]+?)(?: \(.*?\))?:(?: .*)?$`)
	noteHead   = regexp.MustCompile(`^\(.*\)$`)
)

// ParseScript reads a script; errors name its line. A script that names files needs LoadScript.
func ParseScript(r io.Reader) (*Script, error) { return parseScript(r, "script", nil) }

func parseScript(r io.Reader, name string, files fs.FS) (*Script, error) {
	data, err := io.ReadAll(io.LimitReader(r, 4<<20))
	if err != nil {
		return nil, fmt.Errorf("read script: %w", err)
	}
	s := &Script{Name: name, Files: files}
	text := strings.ReplaceAll(string(data), "\r\n", "\n")
	head, body, ok := strings.Cut(text, "\n---\n")
	if !ok {
		return nil, fmt.Errorf("%s:1: no line \"---\" ends the header", name)
	}
	s.header = head + "\n---\n"
	if err := s.readHeader(head); err != nil {
		return nil, fmt.Errorf("%s:1: %w", name, err)
	}
	for _, it := range cutItems(body, strings.Count(s.header, "\n")+1) {
		if err := it.read(); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, it.line, err)
		}
		if it.kind == expected && !s.hasStep() {
			return nil, fmt.Errorf("%s:%d: a message is expected before the first step", name, it.line)
		}
		s.items = append(s.items, it)
	}
	return s, nil
}

func (s *Script) hasStep() bool {
	for _, it := range s.items {
		if it.kind != remark {
			return true
		}
	}
	return false
}

// cutItems groups lines: one that begins at the margin starts an item, indented
// ones (and blank ones between them) belong to it.
func cutItems(body string, first int) []item {
	if body == "" {
		return nil
	}
	lines := strings.Split(strings.TrimSuffix(body, "\n"), "\n")
	var out []item
	for i := 0; i < len(lines); {
		it := item{line: first + i, lines: []string{lines[i]}}
		j := i + 1
		for end := j; end < len(lines) && !isRemark(lines[i]); end++ {
			if strings.TrimSpace(lines[end]) == "" {
				continue // belongs to the item only when an indented line follows
			}
			if lines[end][0] != ' ' {
				break
			}
			j = end + 1
		}
		it.lines = append(it.lines, lines[i+1:j]...)
		out = append(out, it)
		i = j
	}
	return out
}

// isRemark reports whether the line is blank or a comment.
func isRemark(line string) bool {
	return strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#")
}

func (it *item) read() error {
	head := strings.TrimRight(it.lines[0], " ")
	switch {
	case isRemark(head):
		it.kind = remark
		return nil
	case head[0] == ' ':
		return fmt.Errorf("an indented line belongs to nothing: %q", strings.TrimSpace(head))
	case strings.HasPrefix(head, "@ "):
		it.kind, it.when = moveTo, strings.TrimSpace(head[2:])
		return nil
	case strings.HasPrefix(head, "* "):
		it.kind, it.verb = stage, strings.Fields(head[2:])
		if len(it.verb) == 0 {
			return fmt.Errorf("a verb is missing after *")
		}
		return nil
	case noteHead.MatchString(head):
		it.kind = expected
		return nil
	}
	if m := expectHead.FindStringSubmatch(head); m != nil {
		it.kind, it.when, it.chat = expected, m[1], m[3]
		return nil
	}
	m := speechHead.FindStringSubmatch(head)
	if m == nil {
		return fmt.Errorf("not understood: %q (a step is like \"An > chat: words\", \"An ! chat: [Button]\", \"@ 16:00\", \"* restart\")", head)
	}
	it.who, it.chat, it.opt, it.arg, it.file = m[1], m[3], m[4], m[5]+m[7], m[6]
	it.kind, it.text = typed, strings.Join(append(nonEmpty(m[8]), it.body()...), "\n")
	if m[2] == "!" {
		it.kind = pressed
	}
	return it.checkOpt()
}

func (it *item) checkOpt() error {
	allowed := " reply file phone card forward "
	if it.kind == pressed {
		allowed = " on "
		if !strings.HasPrefix(it.text, "[") || !strings.HasSuffix(it.text, "]") {
			return fmt.Errorf("what is pressed stands in square brackets, not %q", it.text)
		}
	}
	if it.file != "" && it.opt != "reply" {
		return fmt.Errorf("only a reply is written (%s \"words\" with %s)", it.opt, it.file)
	}
	if it.opt != "" && !strings.Contains(allowed, " "+it.opt+" ") {
		return fmt.Errorf("(%s ...) is not one of%s", it.opt, strings.TrimRight(allowed, " "))
	}
	return nil
}

func nonEmpty(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

// body is the indented lines without their indent.
func (it *item) body() []string {
	var out []string
	for _, l := range it.lines[1:] {
		l = strings.TrimRight(l, " ")
		l = strings.TrimPrefix(l, " ")
		out = append(out, strings.TrimPrefix(l, " "))
	}
	return out
}

// moment reads the time of an @ step, seen from where the clock stands.
func moment(when string, now time.Time) (time.Time, error) {
	now = now.In(Zone)
	if d, ok := strings.CutPrefix(when, "+"); ok {
		add, err := time.ParseDuration(d)
		if err != nil || add < 0 {
			return time.Time{}, fmt.Errorf("%q is not a span like +20m", when)
		}
		return now.Add(add), nil
	}
	for _, layout := range []string{"2006-01-02 15:04:05", clockLayout} {
		if t, err := time.ParseInLocation(layout, when, Zone); err == nil {
			return forward(t, now)
		}
		if t, err := time.ParseInLocation(layout, now.Format("2006-01-02 ")+when, Zone); err == nil {
			return forward(t, now)
		}
	}
	return time.Time{}, fmt.Errorf("%q is not a time like 2027-02-05 16:00, 16:00 or +20m", when)
}

func forward(t, now time.Time) (time.Time, error) {
	if t.Before(now) {
		return t, fmt.Errorf("the clock stands at %s and does not go back to %s", now.Format(clockLayout), t.Format(clockLayout))
	}
	return t, nil
}
