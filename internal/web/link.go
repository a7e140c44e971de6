package web

import (
	"context"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Once remembers what may be used one time only.
type Once interface {
	// Use reports whether id is used for the first time; it is remembered at least until the moment given.
	Use(ctx context.Context, id string, until time.Time) (first bool, err error)
}

// Faults of a link or a cookie.
var (
	errForged  = errors.New("signature does not fit")
	errExpired = errors.New("expired")
)

// purposes of a token; one made for one purpose is worth nothing for another.
const (
	forLink    = "link"
	forSession = "session"
)

// token is what a link or a cookie says.
type token struct {
	Member string `json:"m"`
	Until  int64  `json:"u"` // UTC seconds
	ID     string `json:"i"` // random; what Once remembers
}

type signer struct {
	secret []byte
	now    func() time.Time
}

// sign is the token as text: payload and signature in base64url.
func (s signer) sign(purpose, member string, life time.Duration) (string, error) {
	payload, err := json.Marshal(token{Member: member, Until: s.now().Add(life).Unix(), ID: rand.Text()})
	if err != nil {
		return "", fmt.Errorf("sign token: %w", err)
	}
	mac, err := s.mac(purpose, payload)
	if err != nil {
		return "", err
	}
	return encode(payload) + "." + encode(mac), nil
}

func (s signer) verify(purpose, text string) (token, error) {
	head, tail, _ := strings.Cut(text, ".")
	payload, err := base64.RawURLEncoding.Strict().DecodeString(head)
	if err != nil {
		return token{}, errForged
	}
	given, err := base64.RawURLEncoding.Strict().DecodeString(tail)
	if err != nil {
		return token{}, errForged
	}
	mac, err := s.mac(purpose, payload)
	if err != nil || !hmac.Equal(mac, given) {
		return token{}, errForged
	}
	var t token
	if err := json.Unmarshal(payload, &t); err != nil {
		return token{}, errForged
	}
	if !s.now().Before(time.Unix(t.Until, 0)) {
		return token{}, errExpired
	}
	return t, nil
}

// mac signs with a key of the purpose's own.
func (s signer) mac(purpose string, payload []byte) ([]byte, error) {
	key, err := hkdf.Key(sha256.New, s.secret, nil, "trucban web "+purpose, sha256.Size)
	if err != nil {
		return nil, fmt.Errorf("derive key: %w", err)
	}
	h := hmac.New(sha256.New, key)
	h.Write(payload)
	return h.Sum(nil), nil
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// Link is an address that opens the board for the member, once and within ten minutes.
func (s *Server) Link(member string) (string, error) {
	t, err := s.signer.sign(forLink, member, linkLife)
	if err != nil {
		return "", err
	}
	return strings.TrimRight(s.opts.Base, "/") + "/b/" + t, nil
}

// askOpen answers a link with a page whose button uses it up: the program that
// fetches a preview of a link must not be the one who opens it.
func (s *Server) askOpen(w http.ResponseWriter, r *http.Request) {
	text := r.PathValue("token")
	if _, err := s.signer.verify(forLink, text); err != nil {
		s.refuseLink(w, r, err)
		return
	}
	s.render(w, r, "open.html", text)
}

// open uses the link up and starts the session.
func (s *Server) open(w http.ResponseWriter, r *http.Request) {
	t, err := s.signer.verify(forLink, r.PostFormValue("token"))
	if err != nil {
		s.refuseLink(w, r, err)
		return
	}
	first, err := s.opts.Once.Use(r.Context(), t.ID, time.Unix(t.Until, 0))
	switch {
	case err != nil:
		s.fail(w, r, http.StatusServiceUnavailable, "failed")
	case !first:
		s.fail(w, r, http.StatusGone, "used")
	default:
		s.start(w, r, t.Member)
	}
}

func (s *Server) refuseLink(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, errExpired) {
		s.fail(w, r, http.StatusGone, "late")
		return
	}
	s.fail(w, r, http.StatusForbidden, "forged")
}

// start gives the browser its session and leads it to the board.
func (s *Server) start(w http.ResponseWriter, r *http.Request, member string) {
	if err := s.setSession(w, member); err != nil {
		s.fail(w, r, http.StatusInternalServerError, "failed")
		return
	}
	http.Redirect(w, r, "/board", http.StatusSeeOther)
}

func (s *Server) setSession(w http.ResponseWriter, member string) error {
	text, err := s.signer.sign(forSession, member, sessionLife)
	if err != nil {
		return err
	}
	http.SetCookie(w, s.cookie(text, int(sessionLife/time.Second)))
	return nil
}

// cookie binds the session to this host where there is HTTPS. Inside Telegram's
// web client the board stands in a frame, which only SameSite=None allows;
// nothing can be changed through the board, so nothing is lost by it.
func (s *Server) cookie(value string, age int) *http.Cookie {
	c := &http.Cookie{Name: s.cookieName(), Value: value, Path: "/", MaxAge: age, HttpOnly: true, Secure: s.secure, SameSite: http.SameSiteLaxMode}
	if s.secure && s.opts.MiniApp != nil {
		c.SameSite, c.Partitioned = http.SameSiteNoneMode, true
	}
	return c
}

func (s *Server) cookieName() string {
	if s.secure {
		return "__Host-trucban"
	}
	return "trucban"
}

// member is who the session is for.
func (s *Server) member(r *http.Request) (string, bool) {
	c, err := r.Cookie(s.cookieName())
	if err != nil {
		return "", false
	}
	t, err := s.signer.verify(forSession, c.Value)
	return t.Member, err == nil
}

func (s *Server) logout(w http.ResponseWriter, r *http.Request) {
	http.SetCookie(w, s.cookie("", -1))
	s.fail(w, r, http.StatusOK, "out")
}

// MemoryOnce is a Once for a single process.
type MemoryOnce struct {
	now  func() time.Time
	mu   sync.Mutex
	used map[string]time.Time
}

// NewMemoryOnce makes an empty one.
func NewMemoryOnce(now func() time.Time) *MemoryOnce {
	return &MemoryOnce{now: now, used: map[string]time.Time{}}
}

// Use implements Once.
func (o *MemoryOnce) Use(_ context.Context, id string, until time.Time) (bool, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	now := o.now()
	for k, t := range o.used {
		if t.Before(now) {
			delete(o.used, k)
		}
	}
	if _, ok := o.used[id]; ok {
		return false, nil
	}
	o.used[id] = until
	return true, nil
}
