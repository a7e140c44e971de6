package zalo

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
	"unicode"
)

// kind says how far a call came.
type kind int

const (
	unsent  kind = iota // no request left this machine
	lost                // it left, no whole answer was seen
	foreign             // somebody answered who does not speak the API: a gateway, a proxy
	refused             // the API answered ok:false
)

// fault is a call that did not succeed. Its text holds no token.
type fault struct {
	method string
	kind   kind
	status int // HTTP status; 0 without an answer
	code   int // error_code, with refused
	text   string
	after  time.Duration // Retry-After, when a header gave one
}

func (f *fault) Error() string {
	switch f.kind {
	case refused:
		return fmt.Sprintf("zalo %s: code %d: %s", f.method, f.code, f.text)
	case foreign:
		return fmt.Sprintf("zalo %s: HTTP %d without an answer of the API", f.method, f.status)
	case lost:
		return fmt.Sprintf("zalo %s: no answer: %s", f.method, f.text)
	}
	return fmt.Sprintf("zalo %s: not reached: %s", f.method, f.text)
}

// maxAnswer bounds what is read of an answer, in bytes.
const maxAnswer = 1 << 20

// newClient makes the client used when none is given. Idle connections are kept
// shorter than servers keep them, so that a send rarely meets one that is closing:
// such a send ends without an answer.
func newClient() *http.Client {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.IdleConnTimeout = 15 * time.Second
	t.MaxIdleConnsPerHost = 8
	return &http.Client{
		Transport:     t,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// call posts one method and returns its result.
func (b *Bot) call(ctx context.Context, method string, params any, limit time.Duration) (json.RawMessage, *fault) {
	body, err := json.Marshal(params)
	if err != nil {
		return nil, &fault{method: method, text: "parameters cannot be written"}
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	// The request counts as out from its first header on: what breaks later may have been taken.
	var out atomic.Bool
	traced := httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		WroteHeaderField: func(string, []string) { out.Store(true) },
		WroteHeaders:     func() { out.Store(true) },
	})
	req, err := http.NewRequestWithContext(traced, http.MethodPost, b.base+method, bytes.NewReader(body))
	if err != nil {
		return nil, &fault{method: method, text: b.clean(err)}
	}
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	res, err := b.http.Do(req)
	if err != nil {
		f := &fault{method: method, text: b.clean(err)}
		if out.Load() {
			f.kind = lost
		}
		return nil, f
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil {
		return nil, &fault{method: method, kind: lost, status: res.StatusCode, text: b.clean(err)}
	}
	return b.readAnswer(method, res, raw)
}

// readAnswer opens the envelope {"ok","result","description","error_code"}.
func (b *Bot) readAnswer(method string, res *http.Response, raw []byte) (json.RawMessage, *fault) {
	var env struct {
		OK          *bool           `json:"ok"`
		Result      json.RawMessage `json:"result"`
		Description flexString      `json:"description"`
		Code        flexString      `json:"error_code"`
	}
	f := &fault{method: method, kind: foreign, status: res.StatusCode}
	if secs, err := strconv.Atoi(res.Header.Get("Retry-After")); err == nil && secs > 0 {
		f.after = time.Duration(min(secs, 3600)) * time.Second
	}
	if err := json.Unmarshal(raw, &env); err != nil || env.OK == nil {
		return nil, f
	}
	if *env.OK {
		return env.Result, nil
	}
	f.kind, f.text = refused, b.cleanText(string(env.Description))
	f.code, _ = strconv.Atoi(string(env.Code))
	if f.code == 0 {
		f.code = res.StatusCode
	}
	return nil, f
}

// ask is call for the methods whose result is read into v.
func (b *Bot) ask(ctx context.Context, method string, params, v any) error {
	raw, f := b.call(ctx, method, params, b.o.Timeout)
	if f != nil {
		return f
	}
	if err := json.Unmarshal(raw, v); err != nil {
		return fmt.Errorf("read answer of zalo %s: %s", method, b.clean(err))
	}
	return nil
}

// clean is an error's text without the address called, which holds the token.
func (b *Bot) clean(err error) string {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	return b.cleanText(err.Error())
}

// cleanText makes one short line of it and cuts the token out.
func (b *Bot) cleanText(s string) string {
	s = strings.ReplaceAll(s, b.o.Token, "<token>")
	s = strings.ReplaceAll(s, url.QueryEscape(b.o.Token), "<token>")
	if _, secret, ok := strings.Cut(b.o.Token, ":"); ok && len(secret) >= 6 {
		s = strings.ReplaceAll(s, secret, "<token>")
	}
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s)
	if r := []rune(s); len(r) > 200 {
		s = string(r[:200])
	}
	return s
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// flexString reads a JSON string or number; anything else is empty.
type flexString string

// UnmarshalJSON implements json.Unmarshaler.
func (s *flexString) UnmarshalJSON(b []byte) error {
	var text string
	var num json.Number
	switch {
	case json.Unmarshal(b, &text) == nil:
		*s = flexString(text)
	case json.Unmarshal(b, &num) == nil:
		*s = flexString(num.String())
	default:
		*s = ""
	}
	return nil
}
