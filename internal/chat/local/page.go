package local

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"html/template"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"
)

//go:embed page
var pageFiles embed.FS

// What one request of the page may carry.
const (
	maxBody   = 64 << 10
	maxUpload = 20 << 20
)

// ClockControl is the clock as the page shows and moves it. When it also has
// Changed, as Clock does, the page hears of a change at once.
type ClockControl interface {
	Now() time.Time
	Speed() float64
	SetSpeed(speed float64)
	// Jump moves the clock to the next thing that will happen.
	Jump(ctx context.Context) error
}

// PageOptions dress the page.
type PageOptions struct {
	Title  string // "Trực Ban" when empty
	Notice string // one plain sentence below the title: what is made up, what is lost on exit
	// Me is the person the page opens as; the first one when empty.
	Me string
	// Commands are offered above the text box, and again when somebody types "/".
	Commands []PageCommand
	// Hosts are further names the page may be reached by; the loopback addresses always are.
	Hosts []string
}

// PageCommand is one line of the command menu.
type PageCommand struct {
	Name string `json:"name"` // without the slash
	Text string `json:"text"`
}

// page serves the trial page of one platform.
type page struct {
	p     *Platform
	clock ClockControl
	opts  PageOptions
	index *template.Template
}

// Page is the trial page: every chat of the platform, as any of its people.
//
// It answers to loopback names only and takes presses and words only from itself,
// so that another web page in the same browser can neither read nor act. Streams
// end with their request's context: a server that shall stop at once ends its BaseContext.
func Page(p *Platform, clock ClockControl, opts PageOptions) http.Handler {
	if opts.Title == "" {
		opts.Title = "Trực Ban"
	}
	if opts.Notice == "" {
		opts.Notice = "Bản dùng thử: người và đơn vị là mẫu; mọi dữ liệu chỉ ở trong bộ nhớ và mất khi thoát chương trình."
	}
	g := &page{p: p, clock: clock, opts: opts,
		index: template.Must(template.ParseFS(pageFiles, "page/index.html"))}
	assets, err := fs.Sub(pageFiles, "page")
	if err != nil {
		panic(err) // the folder is compiled in
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", g.home)
	mux.Handle("GET /assets/", http.StripPrefix("/assets/", http.FileServerFS(assets)))
	mux.HandleFunc("GET /api/state", g.state)
	mux.HandleFunc("GET /api/events", g.events)
	mux.HandleFunc("GET /file/{id}", g.file)
	mux.HandleFunc("POST /api/say", g.say)
	mux.HandleFunc("POST /api/press", g.press)
	mux.HandleFunc("POST /api/contact", g.contact)
	mux.HandleFunc("POST /api/clock", g.setClock)
	mux.HandleFunc("POST /api/upload", g.upload)
	return g.guard(http.NewCrossOriginProtection().Handler(mux))
}

// guard refuses foreign host names (a name that was made to point at this machine)
// and requests other sites make, and sets the headers that keep the page in its box.
func (g *page) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "+
			"base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		if !g.ours(r.Host) {
			http.Error(w, "Trang dùng thử chỉ mở tại máy này (127.0.0.1).", http.StatusForbidden)
			return
		}
		if s := r.Header.Get("Sec-Fetch-Site"); s == "cross-site" && r.Header.Get("Sec-Fetch-Mode") != "navigate" {
			http.Error(w, "Yêu cầu đến từ trang khác.", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (g *page) ours(host string) bool {
	name := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = h
	}
	name = strings.Trim(name, "[]")
	if ip, err := netip.ParseAddr(name); err == nil && ip.IsLoopback() {
		return true
	}
	return name == "localhost" || slices.Contains(g.opts.Hosts, name)
}

func (g *page) home(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if err := g.index.Execute(w, g.opts); err != nil {
		http.Error(w, "", http.StatusInternalServerError)
	}
}

func (g *page) say(w http.ResponseWriter, r *http.Request) {
	var in struct{ Me, Chat, Text, Reply string }
	if !readJSON(w, r, &in) {
		return
	}
	if strings.TrimSpace(in.Text) == "" {
		refuse(w, http.StatusBadRequest, "Tin trống.")
		return
	}
	var err error
	if in.Reply != "" {
		_, err = g.p.Reply(in.Me, in.Chat, in.Reply, in.Text)
	} else {
		_, err = g.p.Say(in.Me, in.Chat, in.Text)
	}
	finish(w, err)
}

func (g *page) press(w http.ResponseWriter, r *http.Request) {
	var in struct{ Me, Chat, Message, Action string }
	if !readJSON(w, r, &in) {
		return
	}
	if !g.offers(in.Chat, in.Message, in.Action) {
		refuse(w, http.StatusConflict, "Nút này không còn.")
		return
	}
	_, err := g.p.Press(in.Me, in.Chat, in.Message, in.Action)
	finish(w, err)
}

// offers reports whether the message has a button with the action now.
func (g *page) offers(chatID, messageID, action string) bool {
	for _, m := range g.p.Messages(chatID) {
		if m.ID != messageID {
			continue
		}
		for _, row := range m.Buttons {
			for _, b := range row {
				if b.Action == action && action != "" {
					return true
				}
			}
		}
	}
	return false
}

func (g *page) contact(w http.ResponseWriter, r *http.Request) {
	var in struct{ Me, Chat string }
	if !readJSON(w, r, &in) {
		return
	}
	for _, who := range g.p.People() {
		if who.ID == in.Me && who.Phone != "" {
			_, err := g.p.ShareContact(in.Me, in.Chat, who.Phone)
			finish(w, err)
			return
		}
	}
	refuse(w, http.StatusConflict, "Người mẫu này không có số điện thoại.")
}

func (g *page) upload(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxUpload)
	f, head, err := r.FormFile("file")
	if err != nil {
		refuse(w, http.StatusBadRequest, "Không đọc được tệp (tối đa 20 MB).")
		return
	}
	defer func() { _ = f.Close() }()
	data, err := io.ReadAll(f)
	if err != nil {
		refuse(w, http.StatusBadRequest, "Không đọc được tệp (tối đa 20 MB).")
		return
	}
	_, err = g.p.Upload(r.FormValue("me"), r.FormValue("chat"), Attachment{Name: head.Filename, Data: data, Caption: r.FormValue("text")})
	finish(w, err)
}

func (g *page) setClock(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Speed *float64
		Jump  bool
	}
	if !readJSON(w, r, &in) {
		return
	}
	if in.Speed != nil {
		g.clock.SetSpeed(*in.Speed)
	}
	if in.Jump {
		if err := g.clock.Jump(r.Context()); err != nil {
			refuse(w, http.StatusConflict, "Chưa có việc nào kế tiếp.")
			return
		}
	}
	finish(w, nil)
}

// file serves what was sent. Only plain pictures are shown in the page; everything
// else is handed over for saving and can run nothing.
func (g *page) file(w http.ResponseWriter, r *http.Request) {
	g.p.mu.Lock()
	f, ok := g.p.files[r.PathValue("id")]
	g.p.mu.Unlock()
	if !ok {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	kind := http.DetectContentType(f.data)
	if !f.meta.Photo || !slices.Contains([]string{"image/png", "image/jpeg", "image/gif", "image/webp"}, kind) {
		kind = "application/octet-stream"
		h.Set("Content-Disposition", attachmentName(f.meta.Name))
	}
	h.Set("Content-Type", kind)
	_, _ = w.Write(f.data) // a reader that went away needs nothing more
}

func readJSON(w http.ResponseWriter, r *http.Request, into any) bool {
	if kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";"); kind != "application/json" {
		refuse(w, http.StatusUnsupportedMediaType, "Cần application/json.")
		return false
	}
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		refuse(w, http.StatusBadRequest, "Yêu cầu không đọc được.")
		return false
	}
	return true
}

func finish(w http.ResponseWriter, err error) {
	switch {
	case err == nil:
		writeJSON(w, http.StatusOK, map[string]bool{"ok": true})
	case errors.Is(err, ErrNotMember):
		refuse(w, http.StatusForbidden, "Người này không ở trong nhóm.")
	default:
		refuse(w, http.StatusNotFound, "Không còn cuộc trò chuyện hoặc tin này.")
	}
}

func refuse(w http.ResponseWriter, code int, why string) {
	writeJSON(w, code, map[string]string{"error": why})
}

func writeJSON(w http.ResponseWriter, code int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(v) // a reader that went away needs nothing more
}
