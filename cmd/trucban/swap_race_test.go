package main

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"trucban/internal/calendar"
	"trucban/internal/chat"
	"trucban/internal/chat/local"
)

// TestFirstTakerWins lets ten people take an open shift at the same moment: one has it,
// each of the others hears that somebody was first, and the shift has one more person.
func TestFirstTakerWins(t *testing.T) {
	const takers = 10
	text, err := os.ReadFile("testdata/phuong-thieu.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var people strings.Builder
	for i := range takers {
		fmt.Fprintf(&people, "  - {id: t%d, name: Trần Văn Số%c, unit: congtt, roles: [officer], accounts: {local: t%d}, started: [local]}\n", i, 'A'+i, i)
	}
	setup, err := parseTown([]byte(strings.Replace(string(text), "policy:\n", people.String()+"policy:\n", 1)))
	if err != nil {
		t.Fatal(err)
	}
	clock := local.NewStill(time.Date(2027, 2, 9, 9, 0, 0, 0, calendar.Zone))
	door := local.New(local.Options{Now: clock.Now})
	st, err := newStage(t.Context(), clock, door, &setup, zerolog.Nop())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	f := &follower{t: t, st: st, door: door}
	f.do(door.Say("lan", "lan", "/doica trống 14/02 ca ngày"))
	var updates []chat.Update
	for i := range takers {
		id := fmt.Sprintf("t%d", i)
		u, err := door.Say(id, id, "/dongy DC-1")
		if err != nil {
			t.Fatal(err)
		}
		updates = append(updates, u)
	}
	var together sync.WaitGroup
	faults := make([]error, takers)
	for i, u := range updates {
		together.Go(func() {
			for try := 0; try < takers; try++ { // a conflict that was lost too often is delivered again
				if faults[i] = st.Handle(t.Context(), u); faults[i] == nil {
					return
				}
			}
		})
	}
	together.Wait()
	for i, err := range faults {
		if err != nil {
			t.Fatalf("taker %d: %v", i, err)
		}
	}
	if err := st.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	won, late := 0, 0
	for i := range takers {
		for _, m := range door.Messages(fmt.Sprintf("t%d", i)) {
			switch {
			case strings.Contains(m.Text, "Đã đổi ca DC-1"):
				won++
			case strings.Contains(m.Text, "đã có người nhận trước"):
				late++
			}
		}
	}
	if won != 1 || late != takers-1 {
		t.Errorf("%d have it, %d were late, of %d", won, late, takers)
	}
	f.do(door.Say("lan", "lan", "/lichtruc 14/02"))
	if got := lastMessage(t, door, "lan").Text; strings.Count(got, "Trần Văn Số") != 1 {
		t.Errorf("the shift afterwards: %s", got)
	}
}
