package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"trucban/internal/chat/local"
	"trucban/internal/team"
	"trucban/internal/web"
)

// TestTheBoardShowsPhonesInsideOnly opens every page of the board as everybody, with
// somebody of each unit on duty: a number is on it for the person's own unit and for
// leaders, the desk and the owner above it.
func TestTheBoardShowsPhonesInsideOnly(t *testing.T) {
	clock := local.NewStill(time.Date(2027, 2, 5, 13, 0, 0, 0, time.UTC))
	town := scopeTown()
	var shifts strings.Builder
	shifts.WriteString("shifts:\n")
	for i, u := range scopeUnits {
		town += fmt.Sprintf("  - {id: truc.%s, name: Trực %s, unit: %s, roles: [officer], phone: 0912 000 60%d}\n", u.id, u.id, u.id, i)
		fmt.Fprintf(&shifts, "  - {unit: %s, name: Ca đêm, start: 2027-02-05 19:00, end: 2027-02-06 07:00, people: [{person: truc.%s}]}\n", u.id, u.id)
	}
	setup, err := parseTown([]byte(town + shifts.String()))
	if err != nil {
		t.Fatal(err)
	}
	st, err := newStage(t.Context(), clock, local.New(local.Options{Clock: clock}), &setup, zerolog.Nop())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	b := newBoard(st.app)
	org := setup.Town.Org
	pages, shown := 0, 0
	for _, m := range org.Members {
		for _, at := range append([]string{""}, "tinh", "phuong1", "vhxh", "phuong2", "congtt") {
			v, err := b.View(t.Context(), string(m.ID), web.Ask{Unit: at})
			if errors.Is(err, web.ErrForbidden) {
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			page, err := json.Marshal(v)
			if err != nil {
				t.Fatal(err)
			}
			pages++
			for i, u := range scopeUnits {
				unit := team.UnitID(u.id)
				may := m.Unit == unit || m.Level() >= team.LevelLeader && org.Within(unit, m.Unit)
				if !strings.Contains(string(page), fmt.Sprintf("0912 000 60%d", i)) {
					continue
				}
				if shown++; !may {
					t.Errorf("%s sees the number of somebody of %s on the page of %q", m.ID, unit, at)
				}
			}
		}
	}
	if pages < 60 || shown < 30 {
		t.Errorf("%d pages with %d numbers are too few to say anything", pages, shown)
	}
}
