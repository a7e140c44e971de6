package zalo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"

	"trucban/internal/chat"
)

// Open implements chat.Platform. A file's id is the address Zalo gave for it.
// Only https addresses by name are fetched, or ones on the API's own host; a
// file longer than limit bytes is an error, not a shorter file.
func (b *Bot) Open(ctx context.Context, f chat.File, limit int64) (io.ReadCloser, error) {
	u, err := url.Parse(f.ID)
	if err != nil || !b.mayFetch(u) {
		return nil, errors.New("open zalo file: not an address to fetch from")
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, fmt.Errorf("open zalo file: %s", b.clean(err))
	}
	res, err := b.files.Do(req)
	if err != nil {
		return nil, fmt.Errorf("open zalo file: %s", b.clean(err))
	}
	if res.StatusCode != http.StatusOK {
		_ = res.Body.Close()
		return nil, fmt.Errorf("open zalo file: HTTP %d", res.StatusCode)
	}
	if res.ContentLength > limit {
		_ = res.Body.Close()
		return nil, chat.ErrTooLarge
	}
	return atMost{http.MaxBytesReader(nil, res.Body, limit)}, nil
}

// atMost names the fault of a body that is longer than announced.
type atMost struct{ io.ReadCloser }

// Read implements io.Reader.
func (r atMost) Read(p []byte) (int, error) {
	n, err := r.ReadCloser.Read(p)
	if big := (*http.MaxBytesError)(nil); errors.As(err, &big) {
		err = chat.ErrTooLarge
	}
	return n, err
}

// mayFetch keeps a forged address from reaching machines of the inner network by number.
func (b *Bot) mayFetch(u *url.URL) bool {
	if api, err := url.Parse(b.base); err == nil && api.Host == u.Host && api.Scheme == u.Scheme {
		return true
	}
	host := u.Hostname()
	return u.Scheme == "https" && host != "" && host != "localhost" && net.ParseIP(host) == nil
}

// fileClient fetches files over the transport of the API calls.
func (b *Bot) fileClient() *http.Client {
	return &http.Client{
		Transport: b.http.Transport,
		Timeout:   b.o.PhotoTimeout,
		CheckRedirect: func(r *http.Request, via []*http.Request) error {
			if len(via) >= 5 || !b.mayFetch(r.URL) {
				return errors.New("redirected too far")
			}
			return nil
		},
	}
}
