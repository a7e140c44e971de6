package main

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"trucban/internal/chat/local"
	"trucban/internal/due"
)

// TestASummaryHoldsNoReminderUp stops a summary in the middle of its work and sees
// that the reminder due at the same moment reaches its chat all the same.
func TestASummaryHoldsNoReminderUp(t *testing.T) {
	setup, err := parseTown([]byte(`name: UBND phường Hoa Sen
digest: ["0 19 * * *"]
units:
  - {id: hoasen, name: UBND phường Hoa Sen, leaders: {local: lanhdao}}
  - {id: vhxh, name: Phòng VH-XH, parent: hoasen, chats: {local: vhxh}}
people:
  - {id: minh, name: Trần Quang Minh, unit: hoasen, roles: [leader], accounts: {local: minh}, started: [local]}
  - {id: an, name: Nguyễn Văn An, unit: vhxh, accounts: {local: an}, started: [local]}
shifts:
  - {unit: vhxh, name: Ca đêm, start: 2027-02-05 19:00, end: 2027-02-06 07:00, people: [{person: an}]}
`))
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2027, 2, 5, 19, 0, 0, 0, local.Zone)
	clock := local.NewStill(at.Add(-time.Minute))
	door := local.New(local.Options{Clock: clock})
	st, err := newStage(t.Context(), clock, door, &setup, zerolog.New(zerolog.NewTestWriter(t)).Level(zerolog.ErrorLevel))
	if err != nil {
		t.Fatal(err)
	}
	began, release := make(chan struct{}), make(chan struct{})
	var once sync.Once
	handle := st.app.runner.Handle
	st.app.runner.Handle = func(ctx context.Context, c due.Claim) error {
		if c.Kind == "digest" {
			once.Do(func() { close(began) })
			select {
			case <-release:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return handle(ctx, c)
	}
	running, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- st.app.Run(running) }()
	changes, unsubscribe := door.Subscribe()
	defer unsubscribe()
	clock.Set(at)
	bound, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	select {
	case <-began:
	case <-bound.Done():
		t.Fatal("the summary did not begin")
	}
	said := func(room, words string) bool {
		for _, m := range door.Messages(room) {
			if strings.Contains(m.Text, words) {
				return true
			}
		}
		return false
	}
	until := func(room, words string) {
		t.Helper()
		for !said(room, words) {
			select {
			case <-changes:
			case <-bound.Done():
				t.Fatalf("%s never heard %q", room, words)
			}
		}
	}
	until("vhxh", "Vào ca")
	until("an", "đã đến giờ nhận ca")
	if said("lanhdao", "BÁO CÁO NHANH") {
		t.Error("the summary was sent though it is held")
	}
	close(release)
	until("lanhdao", "BÁO CÁO NHANH")
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if err := st.Close(); err != nil {
		t.Error(err)
	}
}
