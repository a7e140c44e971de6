package web

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"trucban/messages"
)

//go:embed templates assets
var files embed.FS

// How long things take and last.
const (
	readyTimeout = 2 * time.Second
	viewTimeout  = 5 * time.Second
	linkLife     = 10 * time.Minute
	sessionLife  = 12 * time.Hour
	defaultBeat  = 5 * time.Second
	maxStreams   = 200
)

// Bounds of what comes in, in bytes.
const (
	MaxHook  = 1 << 20  // what a platform delivers
	MaxForm  = 16 << 10 // what a page sends: a link's token, a Mini App's data
	MaxQuery = 2 << 10  // what is asked of the board
)

// Options are what a Server is made of.
type Options struct {
	Now func() time.Time // the clock links and sessions are checked with
	// Base is the address people reach the server by, "https://truc.example.vn"; links begin with it.
	Base string
	// Secret signs links and cookies; at least 32 bytes, the same on every replica.
	Secret []byte
	// Ready says whether a commit can be made now; nil is always ready.
	Ready func(ctx context.Context) error
	// Hooks are the webhook receivers by path, such as "/hook/telegram".
	Hooks map[string]http.Handler
	// Stats are figures for /metrics; Collectors are further ones.
	Stats      Stats
	Collectors []prometheus.Collector
	// MetricsToken, when set, is demanded as a bearer token by /metrics.
	MetricsToken string
	// Board is the data of the board; without it there is none.
	Board Board
	// Texts are the words of the board's pages.
	Texts *messages.Catalogue
	// Once remembers links that were used, for all replicas.
	Once Once
	// MiniApp opens the board inside Telegram; nil switches it off.
	MiniApp *MiniApp
	// Feed makes the calendar behind the secret of an address; ok is false where there is
	// none. nil serves no calendars.
	Feed func(ctx context.Context, token string) (calendar []byte, ok bool, err error)
	// Refresh is how often an open board is looked at for news; 5 s when zero.
	Refresh time.Duration
}

// Server is the handler of everything.
type Server struct {
	opts      Options
	signer    signer
	languages map[string]*language
	streams   chan struct{} // one slot per open stream
	mux       *http.ServeMux
	secure    bool
}

// New checks the options, all faults at once, and builds the server.
func New(o Options) (*Server, error) {
	var faults []error
	if o.Now == nil {
		faults = append(faults, errors.New("web: Now is needed"))
	}
	if o.Board != nil {
		if u, err := url.Parse(o.Base); err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
			faults = append(faults, fmt.Errorf("web: Base is an address like https://truc.example.vn, not %q", o.Base))
		}
		if len(o.Secret) < 32 {
			faults = append(faults, errors.New("web: Secret has at least 32 bytes"))
		}
		if o.Texts == nil {
			faults = append(faults, errors.New("web: Texts are needed for the board"))
		}
		if o.Once == nil {
			faults = append(faults, errors.New("web: Once is needed for links that work once"))
		}
	}
	if o.MiniApp != nil && (o.Board == nil || o.MiniApp.Who == nil || o.MiniApp.Token == "" && o.MiniApp.BotID == 0) {
		faults = append(faults, errors.New("web: MiniApp needs Board, Who, and Token or BotID"))
	}
	if err := errors.Join(faults...); err != nil {
		return nil, err
	}
	if o.Refresh <= 0 {
		o.Refresh = defaultBeat
	}
	s := &Server{opts: o, signer: signer{secret: o.Secret, now: o.Now}, streams: make(chan struct{}, maxStreams),
		mux: http.NewServeMux(), secure: strings.HasPrefix(o.Base, "https://")}
	if o.Board != nil {
		s.languages = map[string]*language{}
		for _, code := range messages.Languages() {
			l, err := newLanguage(o.Texts, code)
			if err != nil {
				return nil, err
			}
			s.languages[code] = l
		}
	}
	return s, s.routes()
}

func (s *Server) routes() error {
	s.mux.HandleFunc("GET /healthz", alive)
	s.mux.HandleFunc("GET /readyz", s.ready)
	metrics, err := metricsHandler(s.opts)
	if err != nil {
		return err
	}
	s.mux.Handle("GET /metrics", metrics)
	for path, h := range s.opts.Hooks {
		s.mux.Handle("POST "+path, http.MaxBytesHandler(h, MaxHook))
	}
	if s.opts.Feed != nil {
		s.mux.HandleFunc("GET "+feedPath+"{file}", s.feed)
	}
	if s.opts.Board == nil {
		return nil
	}
	assets, err := fs.Sub(files, "assets")
	if err != nil {
		return fmt.Errorf("open assets: %w", err)
	}
	page := func(pattern string, h http.HandlerFunc) { s.mux.Handle(pattern, s.boxed(h)) }
	page("GET /assets/", http.StripPrefix("/assets/", http.FileServerFS(assets)).ServeHTTP)
	page("GET /b/{token}", s.askOpen)
	page("POST /open", s.open)
	page("POST /logout", s.logout)
	page("GET /board", s.board)
	page("GET /board/part", s.boardPart)
	page("GET /board/events", s.boardEvents)
	if s.opts.MiniApp != nil {
		page("GET /app", s.miniApp)
		page("POST /app", s.miniAppLogin)
	}
	return nil
}

// ServeHTTP serves everything.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

// boxed sets the headers that keep a page in its box and refuses what other sites post.
func (s *Server) boxed(next http.Handler) http.Handler {
	frames := "'none'"
	if s.opts.MiniApp != nil {
		frames = "https://web.telegram.org"
	}
	policy := "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
		"base-uri 'none'; form-action 'self'; frame-ancestors " + frames
	return http.NewCrossOriginProtection().Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		h.Set("X-Robots-Tag", "noindex")
		if len(r.URL.RawQuery) > MaxQuery {
			s.fail(w, r, http.StatusRequestURITooLong, "long")
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, MaxForm)
		if err := r.ParseForm(); err != nil {
			s.fail(w, r, http.StatusRequestEntityTooLarge, "long")
			return
		}
		next.ServeHTTP(w, r)
	}))
}

func alive(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte("ok\n")) // whoever asked and left needs nothing more
}

// ready says whether the bot can do its work. The cause stays in the log of whoever gave it.
func (s *Server) ready(w http.ResponseWriter, r *http.Request) {
	if s.opts.Ready != nil {
		ctx, cancel := context.WithTimeout(r.Context(), readyTimeout)
		defer cancel()
		if err := s.opts.Ready(ctx); err != nil {
			http.Error(w, "cannot commit", http.StatusServiceUnavailable)
			return
		}
	}
	alive(w, r)
}

// fail shows an error page; why is one of messages.BoardRefused.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, code int, why string) {
	l := s.speak(r.Context())
	text, err := l.texts.Render(l.code, messages.BoardRefused{Why: why})
	if err != nil {
		http.Error(w, "template", http.StatusInternalServerError)
		return
	}
	title, advice, _ := strings.Cut(text, "\n")
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(code)
	_ = l.pages.ExecuteTemplate(w, "fail.html", map[string]string{"Title": title, "Advice": advice}) // the status is out already
}
