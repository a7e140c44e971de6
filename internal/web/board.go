package web

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"trucban/internal/roster"
	"trucban/messages"
)

// language is the pages in one language.
type language struct {
	texts *messages.Catalogue
	code  string
	pages *template.Template
}

// newLanguage parses the pages with the words of the catalogue.
func newLanguage(texts *messages.Catalogue, code string) (*language, error) {
	l := &language{texts: texts, code: code}
	var err error
	l.pages, err = template.New("").Funcs(template.FuncMap{
		"say":   func(key string) string { return texts.Label(code, "board."+key) },
		"count": func(what string, n ...int) (string, error) { return l.count(what, n...) },
		"lang":  func() string { return code },
		"hm":    func(t time.Time) string { return t.In(roster.Zone).Format("15:04") },
		"day":   func(t time.Time) string { return t.In(roster.Zone).Format("02/01/2006") },
		"iso":   func(t time.Time) string { return t.In(roster.Zone).Format(time.RFC3339) },
		"when":  when,
		"pair":  func(list []Duty, now time.Time) duties { return duties{List: list, Now: now} },
		"age":   l.age,
		"add":   func(a, b int) int { return a + b },
		"last":  func(list []UnitLink) int { return len(list) - 1 },
		"clear": func(p boardPage) boardPage { p.Find = ""; return p },
		"words": func(light Light) string {
			if light == "" {
				return ""
			}
			return texts.Label(code, "board.light."+string(light))
		},
	}).ParseFS(files, "templates/*.html")
	if err != nil {
		return nil, fmt.Errorf("parse templates: %w", err)
	}
	return l, nil
}

// count is a figure in words; two figures are "3 of 12".
func (l *language) count(what string, n ...int) (string, error) {
	m := messages.BoardCount{What: what, N: n[0]}
	if len(n) > 1 {
		m.M = n[1]
	}
	s, err := l.texts.Render(l.code, m)
	if err != nil {
		return "", fmt.Errorf("words of the board: %w", err)
	}
	return s, nil
}

// duties are shifts and the moment they are looked at.
type duties struct {
	List []Duty
	Now  time.Time
}

// when is a moment as short as it is clear beside now.
func when(t, now time.Time) string {
	t, now = t.In(roster.Zone), now.In(roster.Zone)
	switch {
	case t.IsZero():
		return ""
	case t.Format("02/01/2006") == now.Format("02/01/2006"):
		return t.Format("15:04")
	case t.Year() == now.Year():
		return t.Format("15:04 02/01")
	}
	return t.Format("15:04 02/01/2006")
}

// age is how long ago t was, in the largest fitting unit.
func (l *language) age(t, now time.Time) (string, error) {
	d := now.Sub(t)
	switch {
	case d < time.Minute:
		return l.texts.Label(l.code, "board.justnow"), nil
	case d < time.Hour:
		return l.count("minutes", int(d/time.Minute))
	case d < 48*time.Hour:
		return l.count("hours", int(d/time.Hour))
	}
	return l.count("days", int(d/(24*time.Hour)))
}

// speak is the language of the organisation; the first one until it is known.
func (s *Server) speak(ctx context.Context) *language {
	if s.opts.Board != nil {
		if l, ok := s.languages[s.opts.Board.Lang(ctx)]; ok {
			return l
		}
	}
	return s.languages[messages.Languages()[0]]
}

func (s *Server) render(w http.ResponseWriter, r *http.Request, name string, data any) {
	var page bytes.Buffer
	if err := s.speak(r.Context()).pages.ExecuteTemplate(&page, name, data); err != nil {
		http.Error(w, "template", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Vary", "Accept-Encoding")
	if !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		_, _ = w.Write(page.Bytes()) // a reader that went away needs nothing more
		return
	}
	w.Header().Set("Content-Encoding", "gzip")
	z := gzip.NewWriter(w)
	_, _ = z.Write(page.Bytes())
	_ = z.Close()
}

// boardPage is what the board's template is given.
type boardPage struct {
	BoardView
	Ask
}

// Here is the address of another page of the units below.
func (p boardPage) Here(page int) string {
	q := url.Values{}
	for k, v := range map[string]string{"unit": p.Unit, "find": p.Find} {
		if v != "" {
			q.Set(k, v)
		}
	}
	if page > 1 {
		q.Set("page", strconv.Itoa(page))
	}
	if len(q) == 0 {
		return "/board"
	}
	return "/board?" + q.Encode()
}

// maxFind is how much of a name is looked for.
const maxFind = 60

// asked reads what of the tree the address asks for.
func asked(r *http.Request) Ask {
	q := r.URL.Query()
	a := Ask{Unit: q.Get("unit"), Find: strings.TrimSpace(q.Get("find"))}
	if f := []rune(a.Find); len(f) > maxFind {
		a.Find = string(f[:maxFind])
	}
	if n, err := strconv.Atoi(q.Get("page")); err == nil && n > 1 {
		a.Page = n - 1
	}
	return a
}

// view asks Board for what the request's person may see of the unit asked for.
func (s *Server) view(r *http.Request) (boardPage, error) {
	member, ok := s.member(r)
	if !ok {
		return boardPage{}, errExpired
	}
	ctx, cancel := context.WithTimeout(r.Context(), viewTimeout)
	defer cancel()
	ask := asked(r)
	v, err := s.opts.Board.View(ctx, member, ask)
	if err != nil {
		return boardPage{}, fmt.Errorf("view board: %w", err)
	}
	return boardPage{BoardView: v, Ask: ask}, nil
}

func (s *Server) refuseView(w http.ResponseWriter, r *http.Request, err error) {
	switch {
	case errors.Is(err, errExpired):
		s.fail(w, r, http.StatusUnauthorized, "session")
	case errors.Is(err, ErrForbidden):
		s.fail(w, r, http.StatusForbidden, "scope")
	default:
		s.fail(w, r, http.StatusServiceUnavailable, "busy")
	}
}

// board is the whole page.
func (s *Server) board(w http.ResponseWriter, r *http.Request) {
	v, err := s.view(r)
	if err != nil {
		s.refuseView(w, r, err)
		return
	}
	s.render(w, r, "board.html", v)
}

// boardPart is the part of the page that changes.
func (s *Server) boardPart(w http.ResponseWriter, r *http.Request) {
	v, err := s.view(r)
	if err != nil {
		s.refuseView(w, r, err)
		return
	}
	s.render(w, r, "part", v)
}

// boardEvents tells an open board when to fetch its part anew.
func (s *Server) boardEvents(w http.ResponseWriter, r *http.Request) {
	select {
	case s.streams <- struct{}{}:
		defer func() { <-s.streams }()
	default:
		http.Error(w, "too many boards are open", http.StatusServiceUnavailable)
		return
	}
	last, err := s.print(r)
	if err != nil {
		s.refuseView(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
	w.Header().Set("X-Accel-Buffering", "no")
	out := http.NewResponseController(w)
	// The page was made a moment ago, or long before the stream was opened again.
	if event(w, out, "news") != nil {
		return
	}
	beat := time.NewTicker(s.opts.Refresh)
	defer beat.Stop()
	for {
		select {
		case <-r.Context().Done():
			return
		case <-beat.C:
		}
		what := "alive"
		now, err := s.print(r)
		switch {
		case errors.Is(err, errExpired), errors.Is(err, ErrForbidden):
			_ = event(w, out, "closed") // the stream ends either way
			return
		case err != nil:
			what = "stale"
		case now != last:
			what, last = "news", now
		}
		if event(w, out, what) != nil {
			return
		}
	}
}

func event(w http.ResponseWriter, out *http.ResponseController, name string) error {
	if _, err := fmt.Fprintf(w, "event: %s\ndata: \n\n", name); err != nil {
		return fmt.Errorf("write event: %w", err)
	}
	return out.Flush()
}

// print is the fingerprint of what the person sees, the clock aside.
func (s *Server) print(r *http.Request) ([sha256.Size]byte, error) {
	v, err := s.view(r)
	if err != nil {
		return [sha256.Size]byte{}, err
	}
	v.At = v.At.Truncate(time.Minute)
	var part bytes.Buffer
	if err := s.speak(r.Context()).pages.ExecuteTemplate(&part, "part", v); err != nil {
		return [sha256.Size]byte{}, fmt.Errorf("render board: %w", err)
	}
	return sha256.Sum256(part.Bytes()), nil
}
