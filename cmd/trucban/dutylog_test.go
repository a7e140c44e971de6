package main

import (
	"io"
	"slices"
	"testing"

	"github.com/rs/zerolog"
	"github.com/xuri/excelize/v2"

	"trucban/internal/chat/local"
	"trucban/messages"
)

// TestDutyLogHasEveryEvent plays a shift on which everything happens and reads the
// workbook of its log: one line for each event, in order, with who and what.
func TestDutyLogHasEveryEvent(t *testing.T) {
	script, err := local.LoadScript("testdata/so-truc.txt")
	if err != nil {
		t.Fatal(err)
	}
	scene, err := script.Scene()
	if err != nil {
		t.Fatal(err)
	}
	st, err := scriptStage(t.Context(), scene, zerolog.Nop())
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	}()
	if err := script.Play(t.Context(), st, scene.Platform, io.Discard); err != nil {
		t.Fatal(err)
	}
	rows := sheetRows(t, scene.Platform, scene.Platform.PrivateChat("dung"), "so-truc.xlsx")
	got := map[string]int{}
	for _, r := range rows {
		if len(r) > 3 {
			got[r[3]]++
		}
	}
	for what, n := range map[string]int{
		"start": 1, "swap": 1, "ladder": 1, "late": 1, "ask": 5, "round": 5, "incident": 1, "handed": 1, "taken": 1,
	} {
		if got[messages.LogWords[what]] != n {
			t.Errorf("%s stands %d times, not %d", what, got[messages.LogWords[what]], n)
		}
	}
	if !slices.ContainsFunc(rows, func(r []string) bool {
		return len(r) > 5 && r[3] == messages.LogWords["swap"] && r[4] == "Ngô Minh Hải" && r[5] == "Bùi Hoài Nam"
	}) {
		t.Errorf("nobody stands in for anybody:\n%v", rows)
	}
}

// sheetRows are the rows of the newest workbook of that name in a chat.
func sheetRows(t *testing.T, p *local.Platform, room, name string) [][]string {
	t.Helper()
	list := p.Messages(room)
	for i := len(list) - 1; i >= 0; i-- {
		f := list[i].File
		if f == nil || f.Name != name {
			continue
		}
		r, err := p.Open(t.Context(), *f, 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = r.Close() }()
		book, err := excelize.OpenReader(r)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := book.GetRows(book.GetSheetName(0))
		if err != nil {
			t.Fatal(err)
		}
		return rows
	}
	t.Fatalf("no file %s in %s", name, room)
	return nil
}
