package dispatch

import (
	"errors"
	"fmt"
)

// MaxText is the longest text read where Options does not say: some
// 80 pages, beyond any dispatch.
const MaxText = 256 << 10

// Limits of what is taken for one dispatch; the longest plans have a third of it.
const (
	MaxLines      = 10000 // lines with words
	MaxParagraphs = 1200  // paragraphs
	maxScan       = 6000  // characters of one paragraph that are searched for dates, numbers and contacts
)

// Options bound and steer the reading. The zero value is right for most uses.
type Options struct {
	MaxBytes int // 0: MaxText
}

// Faults of a text as a whole. Everything smaller is a Warning in the draft.
var (
	ErrEmpty       = errors.New("the text is empty")
	ErrTooLong     = errors.New("the text is too long")
	ErrLostLetters = errors.New("the letters of the text are lost; ask for another copy")
	ErrSecret      = errors.New("the text bears a mark of secrecy and must not be handled here")
	ErrNoDispatch  = errors.New("the text does not look like a dispatch")
)

// Parse reads the text of one document. The error, if any, wraps one of the
// sentinels above and the draft is then empty.
func Parse(text string, opt Options) (Draft, error) {
	limit := opt.MaxBytes
	if limit <= 0 {
		limit = MaxText
	}
	if len(text) > limit {
		return Draft{}, fmt.Errorf("%w: %d bytes, at most %d", ErrTooLong, len(text), limit)
	}
	lines := cleanLines(text)
	if len(lines) == 0 {
		return Draft{}, ErrEmpty
	}
	if len(lines) > MaxLines {
		return Draft{}, fmt.Errorf("%w: more than %d lines", ErrTooLong, MaxLines)
	}
	h := examine(lines)
	switch {
	case h.lost():
		return Draft{}, ErrLostLetters
	case h.secret:
		return Draft{}, ErrSecret
	}
	rd := &reader{accentless: h.accentless(), lines: lines, whole: map[string]bool{}}
	d, err := rd.read()
	if err != nil {
		return Draft{}, err
	}
	if !d.looksLikeDispatch() {
		return Draft{}, ErrNoDispatch
	}
	return d, nil
}

// reader carries what one reading collects.
type reader struct {
	lines      []line
	accentless bool
	date       string          // the document's own date, by which dates without a year are read; "" unknown
	whole      map[string]bool // words already seen to be in order
	flat       txt             // the whole text in one line, once it was asked for
	named      int             // searches for names so far
	mends      []Mend
	warnings   []Warning
}

func (rd *reader) warn(w Warning) { rd.warnings = append(rd.warnings, w) }

// read takes the document apart: zones, head, foot, outline, groups, and what
// is scattered over the text.
func (rd *reader) read() (Draft, error) {
	z := rd.zones()
	d := Draft{Document: rd.head(z)}
	rd.date = string(d.Document.Date)
	body := append(rd.body(z), rd.annex(z.annex)...)
	if len(body) > MaxParagraphs {
		return Draft{}, fmt.Errorf("%w: %d paragraphs, at most %d", ErrTooLong, len(body), MaxParagraphs)
	}
	d.Document.Addressees = rd.classify(body)
	rd.foot(z, &d.Document)
	rd.issuer(body, &d.Document)
	roots := rd.outline(body)
	d.Cited = rd.cited(body, d.Document.Number)
	d.Groups = rd.groups(roots, body, d)
	d.Contacts = rd.contacts(body)
	rd.times(&d, body)
	rd.finish(&d)
	return d, nil
}

// looksLikeDispatch asks for a task, or for enough of a head to be one.
func (d Draft) looksLikeDispatch() bool {
	if d.TaskCount() > 0 {
		return true
	}
	doc := d.Document
	return len(doc.Addressees) > 0 && (doc.Number != "" || doc.Signer != "") || doc.Number != "" && doc.Type != ""
}
