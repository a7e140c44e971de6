package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"trucban/bot"
	"trucban/internal/chat"
	"trucban/internal/chat/local"
	"trucban/internal/checkin"
	"trucban/internal/incident"
)

// retainTown has officers whose ids, accounts and numbers stand nowhere else, and
// more shifts than one batch takes.
func retainTown(shifts int) string {
	var b strings.Builder
	b.WriteString(`name: UBND phường Hoa Sen
policy: {people: {report: none, warn_eve: none, warn_before: [], keep_days: 60}, checkin: {eve: none, before: [], at_start: true, open_before: 1h, ladder: []}}
units:
  - {id: hoasen, name: UBND phường Hoa Sen, short: UBND phường}
  - {id: vhxh, name: Phòng Văn hóa - Xã hội, short: VH-XH, parent: hoasen, chats: {local: vhxh}}
people:
  - {id: huong, name: Lê Thu Hương, unit: hoasen, roles: [desk], phone: 0912 000 102, accounts: {local: acchuong}, started: [local]}
  - {id: idzzan, name: Nguyễn Văn Ân Zét, unit: vhxh, roles: [officer], phone: 0912 777 112, accounts: {local: acczzan}, started: [local]}
  - {id: idzzbinh, name: Phạm Thanh Bình Zét, unit: vhxh, roles: [officer], phone: 0912 777 113, accounts: {local: acczzbinh}, started: [local]}
shifts:
`)
	for i := range shifts {
		from := time.Date(2027, 2, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(i) * time.Hour)
		who := []string{"idzzan", "idzzbinh"}[i%2]
		fmt.Fprintf(&b, "  - {unit: vhxh, name: Ca %d, start: %s, end: %s, people: [{person: %s, post: desk}]}\n",
			i, from.In(local.Zone).Format("2006-01-02 15:04"), from.Add(time.Hour).In(local.Zone).Format("2006-01-02 15:04"), who)
	}
	return b.String()
}

// counted is what stays: how many people were how on their shifts, and incidents by state.
func counted(t *testing.T, s *stage) map[string]int {
	t.Helper()
	out := map[string]int{}
	docs, err := s.app.db.Find(t.Context(), bot.Range{Index: "watch/end", To: 1 << 53})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range docs {
		var w checkin.Watch
		if err := json.Unmarshal(d.Data, &w); err != nil {
			t.Fatal(err)
		}
		for _, m := range w.People() {
			out["shift "+string(w.Status(m, s.clock.Now(), checkin.DefaultPolicy()))]++
		}
	}
	if docs, err = s.app.db.Find(t.Context(), bot.Range{Index: "incident/all", To: 1 << 53}); err != nil {
		t.Fatal(err)
	}
	for _, d := range docs {
		var i incident.Incident
		if err := json.Unmarshal(d.Data, &i); err != nil {
			t.Fatal(err)
		}
		out["incident "+string(i.State)+" "+i.Kind+" "+string(i.Level)]++
	}
	return out
}

// leftovers lists the keys whose name or content holds one of the words.
func leftovers(t *testing.T, s *stage, words ...string) []string {
	t.Helper()
	var out []string
	for _, key := range s.mem.server.Keys() {
		text := key
		switch s.mem.server.Type(key) {
		case "string":
			v, err := s.mem.server.Get(key)
			if err != nil {
				t.Fatal(err)
			}
			text += v
		case "hash":
			fields, err := s.mem.server.HKeys(key)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range fields {
				text += f + s.mem.server.HGet(key, f)
			}
		case "zset":
			members, err := s.mem.server.ZMembers(key)
			if err != nil {
				t.Fatal(err)
			}
			text += strings.Join(members, " ")
		case "stream":
			entries, err := s.mem.server.Stream(key)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range entries {
				text += strings.Join(e.Values, " ")
			}
		}
		for _, w := range words {
			if strings.Contains(text, w) {
				out = append(out, key+" holds "+w)
			}
		}
	}
	slices.Sort(out)
	return out
}

// TestPersonalDataGoesAndCountsStay plays a period, lets the days pass, and stops
// the program between any two batches of the night's work: at the end no number, no
// account, no id of a person without a later duty and no word they typed is left in
// the store; what was counted is counted the same; and the log is what was sealed.
func TestPersonalDataGoesAndCountsStay(t *testing.T) {
	const shifts = 130
	clock := local.NewStill(time.Date(2027, 1, 31, 23, 30, 0, 0, time.UTC))
	setup, err := parseTown([]byte(retainTown(shifts)))
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
	n := 0
	say := func(account, text string) {
		t.Helper()
		n++
		u := chat.Update{
			ID: fmt.Sprintf("local:hand-%d", n), Event: chat.EventMessage, Kind: chat.Private, SentAt: clock.Now(), Text: text,
			From: chat.Account{Platform: "local", ID: account, Name: "Zét"}, To: chat.Address{Platform: "local", Chat: account},
		}
		if err := st.Handle(t.Context(), u); err != nil {
			t.Fatal(err)
		}
		if err := st.Settle(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 40 { // every second shift is checked in for, with a word
		if err := st.AdvanceTo(t.Context(), time.Date(2027, 2, 1, i, 5, 0, 0, time.UTC)); err != nil {
			t.Fatal(err)
		}
		if i%4 < 2 {
			say([]string{"acczzan", "acczzbinh"}[i%2], "/ondanh bimatzz có mặt")
		}
	}
	say("acczzan", "/suco bimatzz mất điện phòng máy")
	say("acczzbinh", "/capnhat SC-2027-0001 bimatzz đang sửa")
	say("acczzbinh", "/daxuly SC-2027-0001")
	say("acchuong", "/dongsuco SC-2027-0001")
	secrets := []string{"idzzan", "idzzbinh", "acczzan", "acczzbinh", "+84912777", "bimatzz"}
	if len(leftovers(t, st, secrets...)) < 100 {
		t.Fatal("the play left too little to forget")
	}
	if err := st.AdvanceTo(t.Context(), time.Date(2027, 2, 12, 0, 0, 0, 0, time.UTC)); err != nil {
		t.Fatal(err)
	}
	before := counted(t, st)
	if before["shift ontime"]+before["shift late"] < 15 || before["shift absent"] < 80 {
		t.Fatalf("counted before: %v", before)
	}
	// The night 60 days later, one job at a time, with a crash after each.
	if err := st.AdvanceTo(t.Context(), time.Date(2027, 4, 20, 19, 29, 0, 0, time.UTC)); err != nil {
		t.Fatal(err)
	}
	for i := range 400 {
		next, err := st.app.nextMoment(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if next.IsZero() || next.After(time.Date(2027, 4, 21, 0, 0, 0, 0, time.UTC)) {
			break
		}
		if next.After(clock.Now()) {
			clock.Set(next)
		}
		if _, _, err := st.app.runner.Step(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := st.Restart(t.Context()); err != nil {
			t.Fatal(err)
		}
		if i == 399 {
			t.Fatal("the night's work does not end")
		}
	}
	if err := st.AdvanceTo(t.Context(), time.Date(2027, 4, 25, 0, 0, 0, 0, time.UTC)); err != nil { // what was sent expires too
		t.Fatal(err)
	}
	if left := leftovers(t, st, slices.DeleteFunc(slices.Clone(secrets), func(s string) bool { return strings.HasPrefix(s, "idzz") })...); len(left) > 0 {
		t.Errorf("%d keys still hold personal data: %v", len(left), left[:min(len(left), 20)])
	}
	for _, key := range leftovers(t, st, "idzzan", "idzzbinh") { // the organisation's list of people is the office's own
		if !strings.Contains(key, ":d:town:main ") {
			t.Errorf("a person is named: %s", key)
		}
	}
	if after := counted(t, st); !maps.Equal(before, after) {
		t.Errorf("counted before %v, after %v", before, after)
	}
	if _, err := st.app.db.Seal(t.Context()); err != nil {
		t.Fatal(err)
	}
	v, err := st.app.db.Verify(t.Context())
	if err != nil || v.Links == 0 || v.Open != 0 {
		t.Errorf("the log: %+v, %v", v, err)
	}
}
