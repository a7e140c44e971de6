package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"trucban/internal/chat"
	"trucban/internal/chat/chattest"
	"trucban/internal/chat/telegram"
)

// TestAPressThatReachesTwoReplicasCountsOnce: two programs on one store take Telegram's
// deliveries. A client that lost its connection sends a press again, as an update with
// another number, and it reaches the other program: nothing happens twice. A minute
// later the same press is a new one.
func TestAPressThatReachesTwoReplicasCountsOnce(t *testing.T) {
	s, c := newTelegramStage(t, opening{at: "2027-02-05 18:20"})
	s.until("18:31:00")
	card := s.want(c.unit.ID(), 1, "Ca đêm", "Nguyễn Văn An")[0]
	const secret = "a-secret-of-telegram"
	replicas := []http.Handler{s.door.Webhook(s.st.app.delivered, secret), secondReplica(t, s, secret)}
	presses := 0
	press := func(by http.Handler) {
		t.Helper()
		presses++
		body := fmt.Sprintf(`{"update_id": %d, "callback_query": {"id": "%d", "from": {"id": %s, "first_name": "An"}, "data": %q,
			"message": {"message_id": %s, "date": 1, "chat": {"id": %s, "type": "supergroup"}}}}`,
			900_000_000+presses, 7_000_000+presses, c.an.ID(), checkInButton(t, card), card.ID, c.unit.ID())
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/telegram", strings.NewReader(body))
		r.Header.Set(telegram.SecretHeader, secret)
		w := httptest.NewRecorder()
		if by.ServeHTTP(w, r); w.Code != http.StatusOK {
			t.Fatalf("press %d: %d %s", presses, w.Code, w.Body)
		}
	}
	for _, r := range append(replicas, replicas...) {
		press(r)
	}
	s.until("18:31:30")
	s.want(c.unit.ID(), 1, "Ca đêm", "18h31, đúng giờ")
	s.want(c.unit.ID(), 0, "đã điểm danh lúc")
	s.until("18:33:00")
	press(replicas[1])
	s.until("18:33:30")
	s.want(c.unit.ID(), 1, "đã điểm danh lúc")
}

// secondReplica is another program on the stage's store, as its platform calls it.
func secondReplica(t *testing.T, s *telegramStage, secret string) http.Handler {
	t.Helper()
	srv := httptest.NewServer(s.fake)
	t.Cleanup(srv.Close)
	door, err := telegram.New(telegram.Options{Token: s.fake.Token(), API: srv.URL, Username: s.fake.Username(), Now: s.st.clock.Now, Log: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	parts := s.st.parts
	parts.Doors, parts.Data = []chat.Platform{door}, t.TempDir()
	app, err := NewApp(parts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		door.Close()
		if err := app.held.Close(); err != nil {
			t.Error(err)
		}
	})
	return door.Webhook(app.delivered, secret)
}

// checkInButton is what the card's button to check in with says to the bot.
func checkInButton(t *testing.T, m chattest.TelegramMessage) string {
	t.Helper()
	for _, row := range m.Buttons {
		for _, b := range row {
			if strings.HasPrefix(b.Data, "1:in:") {
				return b.Data
			}
		}
	}
	t.Fatalf("no button to check in on %+v", m)
	return ""
}
