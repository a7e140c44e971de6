package web

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"strconv"
	"time"

	"trucban/internal/roster"
)

var funcs = template.FuncMap{
	"hm":    func(t time.Time) string { return t.In(roster.Zone).Format("15:04") },
	"hms":   func(t time.Time) string { return t.In(roster.Zone).Format("15:04:05") },
	"day":   func(t time.Time) string { return t.In(roster.Zone).Format("02/01/2006") },
	"iso":   func(t time.Time) string { return t.In(roster.Zone).Format(time.RFC3339) },
	"when":  when,
	"pair":  func(list []Duty, now time.Time) duties { return duties{List: list, Now: now} },
	"age":   age,
	"words": lightWords,
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
func age(t, now time.Time) string {
	d := now.Sub(t)
	switch {
	case d < time.Minute:
		return "vừa xong"
	case d < time.Hour:
		return strconv.Itoa(int(d/time.Minute)) + " phút"
	case d < 48*time.Hour:
		return strconv.Itoa(int(d/time.Hour)) + " giờ"
	}
	return strconv.Itoa(int(d/(24*time.Hour))) + " ngày"
}

// lightWords says a light to those who do not see its colour.
func lightWords(l Light) string {
	switch l {
	case Green:
		return "ổn"
	case Amber:
		return "cần chú ý"
	case Red:
		return "khẩn"
	}
	return ""
}

func (s *Server) render(w http.ResponseWriter, name string, data any) {
	var page bytes.Buffer
	if err := s.pages.ExecuteTemplate(&page, name, data); err != nil {
		http.Error(w, "template", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(page.Bytes()) // a reader that went away needs nothing more
}

// boardPage is what the board's template is given.
type boardPage struct {
	BoardView
	Unit string
}

// view asks Board for what the request's person may see of the unit asked for.
func (s *Server) view(r *http.Request) (boardPage, error) {
	member, ok := s.member(r)
	if !ok {
		return boardPage{}, errExpired
	}
	ctx, cancel := context.WithTimeout(r.Context(), viewTimeout)
	defer cancel()
	unit := r.URL.Query().Get("unit")
	v, err := s.opts.Board.View(ctx, member, unit)
	if err != nil {
		return boardPage{}, fmt.Errorf("view board: %w", err)
	}
	return boardPage{BoardView: v, Unit: unit}, nil
}

func (s *Server) refuseView(w http.ResponseWriter, err error) {
	switch {
	case errors.Is(err, errExpired):
		s.fail(w, http.StatusUnauthorized, "Đề nghị đ/c mở bảng từ bot", "Phiên xem đã hết hạn hoặc chưa mở. Đề nghị đ/c lấy liên kết mới từ bot.")
	case errors.Is(err, ErrForbidden):
		s.fail(w, http.StatusForbidden, "Không thuộc phạm vi của đ/c", "Đ/c chỉ xem được đơn vị mình và đơn vị trực thuộc.")
	default:
		s.fail(w, http.StatusServiceUnavailable, "Chưa lấy được số liệu", "Hệ thống đang bận. Trang sẽ có lại khi đ/c tải lại sau ít phút.")
	}
}

// board is the whole page.
func (s *Server) board(w http.ResponseWriter, r *http.Request) {
	v, err := s.view(r)
	if err != nil {
		s.refuseView(w, err)
		return
	}
	s.render(w, "board.html", v)
}

// boardPart is the part of the page that changes.
func (s *Server) boardPart(w http.ResponseWriter, r *http.Request) {
	v, err := s.view(r)
	if err != nil {
		s.refuseView(w, err)
		return
	}
	s.render(w, "part", v)
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
		s.refuseView(w, err)
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
	if err := s.pages.ExecuteTemplate(&part, "part", v); err != nil {
		return [sha256.Size]byte{}, fmt.Errorf("render board: %w", err)
	}
	return sha256.Sum256(part.Bytes()), nil
}
