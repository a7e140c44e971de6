package web

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
)

const (
	feedPath = "/lich/"
	feedExt  = ".ics"
	maxToken = 64 // bytes of a calendar's secret that are looked at
)

// FeedAddress is where the calendar with the secret is served below base.
func FeedAddress(base, token string) string {
	return strings.TrimRight(base, "/") + feedPath + token + feedExt
}

// feed serves a subscribed calendar. Calendars ask every hour or so: one that has not
// changed costs a word. The secret stands in the address alone and is never logged;
// an address that is revoked is answered like one that never was.
func (s *Server) feed(w http.ResponseWriter, r *http.Request) {
	token, ok := strings.CutSuffix(r.PathValue("file"), feedExt)
	if !ok || token == "" || len(token) > maxToken {
		http.NotFound(w, r)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), viewTimeout)
	defer cancel()
	body, ok, err := s.opts.Feed(ctx, token)
	if err != nil {
		w.Header().Set("Retry-After", "60")
		http.Error(w, "not now", http.StatusServiceUnavailable)
		return
	}
	if !ok {
		http.NotFound(w, r)
		return
	}
	sum := sha256.Sum256(body)
	h := w.Header()
	h.Set("Content-Type", "text/calendar; charset=utf-8")
	h.Set("ETag", `"`+hex.EncodeToString(sum[:12])+`"`)
	h.Set("Cache-Control", "private, no-cache")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Robots-Tag", "noindex")
	if tagged(r.Header.Get("If-None-Match"), h.Get("ETag")) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	_, _ = w.Write(body) // whoever asked and left needs nothing more
}

// tagged reports whether the tags a client has include the present one.
func tagged(header, tag string) bool {
	for have := range strings.SplitSeq(header, ",") {
		have = strings.TrimPrefix(strings.TrimSpace(have), "W/")
		if have == tag || have == "*" {
			return true
		}
	}
	return false
}
