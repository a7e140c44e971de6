package zalo_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"trucban/internal/chat"
	"trucban/internal/chat/chattest"
)

func TestOpenFetchesWhatPeopleSent(t *testing.T) {
	files := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/a.jpg":
			_, _ = io.WriteString(w, "0123456789")
		case "/endless":
			for range 100 {
				_, _ = io.WriteString(w, strings.Repeat("x", 100))
				w.(http.Flusher).Flush()
			}
		case "/away":
			http.Redirect(w, r, "https://127.0.0.1/secret", http.StatusFound)
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(files.Close)
	d := openOn(t, chattest.NewZalo(chattest.ZaloOptions{}), files.URL, nil)
	read := func(id string, limit int64) (string, error) {
		rc, err := d.Open(t.Context(), chat.File{ID: id}, limit)
		if err != nil {
			return "", err
		}
		defer func() { _ = rc.Close() }()
		b, err := io.ReadAll(rc)
		return string(b), err
	}
	if s, err := read(files.URL+"/a.jpg", 10); s != "0123456789" || err != nil {
		t.Errorf("%q, %v", s, err)
	}
	for name, c := range map[string]struct {
		id    string
		limit int64
	}{
		"too long by its head": {files.URL + "/a.jpg", 9},
		"too long":             {files.URL + "/endless", 5000},
		"redirected inwards":   {files.URL + "/away", 100},
		"gone":                 {files.URL + "/b.jpg", 100},
		"a number":             {"https://169.254.169.254/latest", 100},
		"plain":                {"http://photo.example/a.jpg", 100},
		"a file":               {"file:///etc/passwd", 100},
		"nothing":              {"", 100},
	} {
		if s, err := read(c.id, c.limit); err == nil {
			t.Errorf("%s: %q", name, s)
		}
	}
}
