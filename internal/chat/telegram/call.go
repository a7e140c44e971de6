package telegram

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

	tg "github.com/go-telegram-bot-api/telegram-bot-api/v5"
)

const (
	maxAnswer   = 32 << 20 // bytes of one answer; a poll holds at most 100 updates
	uploadSpeed = 32 << 10 // bytes a second an upload must make at least
)

// newTransport keeps connections, honours the proxy variables and notices a dead HTTP/2 connection.
func newTransport() *http.Transport {
	return &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 15 * time.Second}).DialContext,
		ForceAttemptHTTP2:     true,
		MaxIdleConnsPerHost:   64,
		IdleConnTimeout:       90 * time.Second,
		TLSHandshakeTimeout:   10 * time.Second,
		ExpectContinueTimeout: time.Second,
		HTTP2:                 &http.HTTP2Config{SendPingTimeout: 20 * time.Second, PingTimeout: 10 * time.Second},
	}
}

// wait sleeps in real time.
func wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// exchange is one request. It is the library's HTTP client for that request
// only, so that the request has a context, and what the library drops is kept.
type exchange struct {
	ctx     context.Context
	bot     *Bot
	method  string
	written atomic.Bool // the whole request has left for the server
	status  int
	after   time.Duration // of the Retry-After header
}

// Do sends the request and answers with a body that is read, closed and at least
// begins as JSON; one that breaks off fails in the library's decoder.
func (x *exchange) Do(req *http.Request) (*http.Response, error) {
	trace := &httptrace.ClientTrace{WroteRequest: func(i httptrace.WroteRequestInfo) {
		if i.Err == nil {
			x.written.Store(true)
		}
	}}
	resp, err := x.bot.client.Do(req.WithContext(httptrace.WithClientTrace(x.ctx, trace)))
	if err != nil {
		return nil, x.bot.scrub(err, x.method)
	}
	defer func() { _ = resp.Body.Close() }()
	x.status, x.after = resp.StatusCode, retryAfter(resp.Header)
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return nil, fmt.Errorf("read the answer to %s: %w", x.method, x.bot.scrub(err, x.method))
	}
	if trimmed := bytes.TrimLeft(body, " \r\n\t"); len(trimmed) == 0 || trimmed[0] != '{' {
		return nil, &NotJSONError{Method: x.method, Status: resp.StatusCode, RetryAfter: x.after}
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, nil
}

func retryAfter(h http.Header) time.Duration {
	n, err := strconv.Atoi(h.Get("Retry-After"))
	if err != nil || n < 0 {
		return 0
	}
	return time.Duration(min(n, 24*3600)) * time.Second
}

// scrub takes the token out of an error of the transport.
func (b *Bot) scrub(err error, method string) error {
	var u *url.Error
	if errors.As(err, &u) {
		u.URL = b.base + "/bot<token>/" + method
	}
	if strings.Contains(err.Error(), b.opt.Token) {
		return errors.New(strings.ReplaceAll(err.Error(), b.opt.Token, "<token>"))
	}
	return err
}

// call makes one plain request and decodes its result into out, unless out is nil.
func (b *Bot) call(ctx context.Context, method string, p tg.Params, out any) error {
	_, err := b.request(ctx, request{method: method, params: p, limit: b.opt.CallTimeout, out: out})
	return err
}

// request is what goes into an exchange.
type request struct {
	method string
	params tg.Params
	files  []tg.RequestFile
	size   int           // bytes of the files
	limit  time.Duration // deadline of the whole exchange, without the time for the files
	out    any
}

// request runs one exchange. The exchange is returned with the error, because
// how far it came decides whether the request may be made again.
func (b *Bot) request(ctx context.Context, r request) (*exchange, error) {
	ctx, cancel := context.WithTimeout(ctx, r.limit+time.Duration(r.size/uploadSpeed)*time.Second)
	defer cancel()
	x := &exchange{ctx: ctx, bot: b, method: r.method}
	api := *b.api
	api.Client = x
	var resp *tg.APIResponse
	var err error
	if len(r.files) > 0 {
		resp, err = api.UploadFiles(r.method, r.params, r.files)
	} else {
		resp, err = api.MakeRequest(r.method, r.params)
	}
	if err != nil {
		return x, x.typed(err)
	}
	if err := decodeResult(resp.Result, r.out); err != nil {
		return x, fmt.Errorf("decode the result of %s: %w", r.method, err)
	}
	return x, nil
}

// decodeResult reads a result, which the library has found to be JSON already: a
// type that reads itself is spared a second look at the whole.
func decodeResult(raw json.RawMessage, out any) error {
	if out == nil {
		return nil
	}
	if u, ok := out.(json.Unmarshaler); ok {
		return u.UnmarshalJSON(raw)
	}
	return json.Unmarshal(raw, out)
}

// typed turns the library's error into ours: it knows the method, and the code of a failed upload.
func (x *exchange) typed(err error) error {
	var e *tg.Error
	if !errors.As(err, &e) {
		return x.bot.scrub(err, x.method)
	}
	code := e.Code
	if code == 0 {
		code = x.status
	}
	after := time.Duration(e.RetryAfter) * time.Second
	if after == 0 {
		after = x.after
	}
	return &APIError{Method: x.method, Code: code, Description: e.Message, RetryAfter: after, MigrateTo: e.MigrateToChatID}
}
