package zalo_test

import (
	"testing"

	"trucban/internal/chat/zalo"
)

func TestVerifyOA(t *testing.T) {
	const (
		app  = "360846524940903967"
		ts   = "1761890400000"
		key  = "OA_SECRET_TEST_ONLY"
		body = `{"app_id":"360846524940903967","sender":{"id":"246845883529197922"},"recipient":{"id":"zgmf-group-1"},"event_name":"user_send_group_text","message":{"text":"/ondanh","msg_id":"96d3cdf3af150460909"},"timestamp":"1761890400000"}`
		mac  = "d0ae55c59e09b007f4f2ae4e347b70ba0726205ab824aa718fe68ed06017541f"
	)
	for name, c := range map[string]struct {
		header, app, ts, key, body string
		want                       bool
	}{
		"as documented":    {"mac=" + mac, app, ts, key, body, true},
		"without mac=":     {mac, app, ts, key, body, true},
		"spaces, capitals": {" MAC=D0AE55C59E09B007F4F2AE4E347B70BA0726205AB824AA718FE68ED06017541F ", app, ts, key, body, true},
		"another body":     {"mac=" + mac, app, ts, key, body + " ", false},
		"another time":     {"mac=" + mac, app, "1761890400001", key, body, false},
		"another app":      {"mac=" + mac, "1", ts, key, body, false},
		"another key":      {"mac=" + mac, app, ts, "x", body, false},
		"shortened":        {"mac=" + mac[:40], app, ts, key, body, false},
		"nothing":          {"", app, ts, key, body, false},
		"no key set":       {"mac=1ce0dc0f0dde5bb5a3bee6ff0ad0f7ad2f97ec6e0d5e51ac0ce3a6d0c1a4a0ff", app, ts, "", body, false},
	} {
		if got := zalo.VerifyOA(c.header, c.app, c.ts, c.key, []byte(c.body)); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
