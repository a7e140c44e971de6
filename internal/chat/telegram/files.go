package telegram

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

	tg "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"trucban/internal/chat"
)

// Open fetches a file people sent, from the same endpoint as everything else. The
// reader ends with chat.ErrTooLarge instead of going past limit bytes; it must be
// closed and lives no longer than ctx.
func (b *Bot) Open(ctx context.Context, f chat.File, limit int64) (io.ReadCloser, error) {
	if f.Size > limit {
		return nil, chat.ErrTooLarge
	}
	var info struct {
		Path string `json:"file_path"`
		Size int64  `json:"file_size"`
	}
	if err := b.call(ctx, "getFile", tg.Params{"file_id": f.ID}, &info); err != nil {
		var api *APIError
		if errors.As(err, &api) && api.Description == "Bad Request: file is too big" {
			return nil, chat.ErrTooLarge
		}
		return nil, fmt.Errorf("ask for a file: %w", err)
	}
	if info.Size > limit {
		return nil, chat.ErrTooLarge
	}
	return b.download(ctx, info.Path, limit)
}

func (b *Bot) download(ctx context.Context, path string, limit int64) (io.ReadCloser, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, b.base+"/file/bot"+b.opt.Token+"/"+path, nil)
	if err != nil {
		return nil, b.scrub(err, "file")
	}
	resp, err := b.client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("fetch a file: %w", b.scrub(err, "file"))
	}
	if resp.StatusCode != http.StatusOK {
		_ = resp.Body.Close()
		return nil, &NotJSONError{Method: "file", Status: resp.StatusCode, RetryAfter: retryAfter(resp.Header)}
	}
	return &bounded{body: resp.Body, left: limit, scrub: func(err error) error { return b.scrub(err, "file") }}, nil
}

// bounded fails when a body is longer than announced.
type bounded struct {
	body  io.ReadCloser
	left  int64
	scrub func(error) error
}

// Read reads up to the bound and one byte to see whether there is more.
func (r *bounded) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if int64(len(p)) > r.left+1 {
		p = p[:r.left+1]
	}
	n, err := r.body.Read(p)
	if int64(n) > r.left {
		n = int(r.left)
		r.left = 0
		return n, chat.ErrTooLarge
	}
	r.left -= int64(n)
	if err != nil && !errors.Is(err, io.EOF) {
		err = r.scrub(err)
	}
	return n, err
}

// Close gives the connection back.
func (r *bounded) Close() error { return r.body.Close() }
