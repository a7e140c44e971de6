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

// ErrForbidden is what Board answers when the person may not see what was asked
// for, or is not known any more.
var ErrForbidden = errors.New("this person may not see it")

// Board gives the data of the board.
type Board interface {
	// View is what the member may see: of the unit asked for, or with unit "" of all
	// that is theirs. A unit that is not theirs is ErrForbidden.
	View(ctx context.Context, member, unit string) (BoardView, error)
}

// Light is how something stands.
type Light string

// The lights.
const (
	Green Light = "green"
	Amber Light = "amber"
	Red   Light = "red"
)

// BoardView is everything on the board, in plain values. Lists are shown in the
// order given; phone numbers are there only where the person may see them.
type BoardView struct {
	Title    string // the organisation
	Scope    string // what part of it this is, "toàn phường" or a unit's name
	Viewer   string // the person's name
	At       time.Time
	Light    Light
	Headline string // the point in one line
	Units    []UnitLink
	Counts   []Count
	Now      []Duty
	Next     []Duty
	Checkins []Checkin
	Matrices []Matrix
	Incident []Incident
	Reports  []Report
	Lost     []Lost
	Health   []Health
}

// UnitLink leads to a unit the person may look at.
type UnitLink struct {
	ID, Name string
}

// Count is one of the figures on top.
type Count struct {
	Label string
	Value string // "6/8"
	Light Light
}

// Duty is one shift with its people.
type Duty struct {
	Unit, Name string
	Start, End time.Time
	People     []DutyPerson
}

// DutyPerson is one of a shift's people and how they stand.
type DutyPerson struct {
	Name, Post, Phone string
	State             string // "có mặt 07:02", "chưa điểm danh"
	Light             Light
}

// Checkin is one check-in of today.
type Checkin struct {
	At         time.Time // zero: none yet
	Unit, Name string
	State      string // "đúng giờ", "muộn 5 phút", "vắng"
	Light      Light
	Note       string
}

// Matrix is the tasks of one directive by unit.
type Matrix struct {
	Title string
	Tasks []MatrixTask
	Rows  []MatrixRow
}

// MatrixTask heads one column.
type MatrixTask struct {
	Number, Title string
	Due           time.Time // zero: standing
}

// MatrixRow is one unit; Cells stand under Tasks.
type MatrixRow struct {
	Unit  string
	Done  string // "4/6"
	Cells []Cell
}

// Cell is how one task of one unit stands.
type Cell struct {
	Mark  string // one sign: "✓", "–", "·", "!"
	State string // in words: "xong 09:12, đ/c An"
	Light Light  // "" where the unit has no such task
}

// Incident is an open incident, or one closed today.
type Incident struct {
	ID, Unit, Text string
	Level, State   string
	Owner          string
	Since          time.Time
	Light          Light
}

// Report is a report window and who has filed.
type Report struct {
	Name    string
	Closes  time.Time
	Filed   string // "5/8"
	Missing []string
	Light   Light
}

// Lost is a message that could not be delivered.
type Lost struct {
	At                time.Time
	To, About, Reason string
}

// Health is the state of one part of the bot.
type Health struct {
	Name, State string
	Light       Light
}

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
