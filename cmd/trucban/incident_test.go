package main

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"trucban/bot"
	"trucban/internal/chat"
	"trucban/internal/chat/local"
	"trucban/internal/incident"
)

// incidentStage is the ward of the conversations on incidents, at 21:00 of a duty day.
func incidentStage(t *testing.T) *stage {
	t.Helper()
	script, err := local.LoadScript("testdata/su-co-ket-thuc.txt")
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
	t.Cleanup(func() {
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	return st
}

// take hands an update to the program and sends what it caused.
func take(t *testing.T, st *stage, u chat.Update, err error) {
	t.Helper()
	if err == nil {
		err = st.door.DeliverPending(t.Context(), st.Handle)
	}
	if err == nil {
		err = st.Settle(t.Context())
	}
	if err != nil {
		t.Fatal(u.Text, err)
	}
}

func readIncident(t *testing.T, st *stage, id string) incident.Incident {
	t.Helper()
	docs, err := st.app.db.Load(t.Context(), bot.Ref{Kind: "incident", ID: id})
	if err != nil {
		t.Fatal(err)
	}
	var i incident.Incident
	if err := json.Unmarshal(docs[0].Data, &i); err != nil {
		t.Fatal(err)
	}
	return i
}

// TestTwoAcknowledgeAtOnce lets people press at the same moment, from several
// goroutines: one of them has the incident, every other one is told who.
func TestTwoAcknowledgeAtOnce(t *testing.T) {
	st := incidentStage(t)
	u, err := st.door.Say("an", "vhxh", "/suco web phường bị đổi giao diện từ 20h30, vẫn còn")
	take(t, st, u, err)
	people := []string{"hoa", "binh", "an"}
	var presses []chat.Update
	for _, who := range people {
		room := st.door.PrivateChat(who)
		p, err := st.door.Say(who, room, "/tiepnhan SC-2027-0001")
		if err != nil {
			t.Fatal(err)
		}
		presses = append(presses, p)
	}
	var wg sync.WaitGroup
	for _, p := range presses {
		wg.Go(func() {
			if err := st.app.Handle(t.Context(), p); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if err := st.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	i := readIncident(t, st, "SC-2027-0001")
	acks := 0
	for _, e := range i.Timeline {
		if e.What == incident.WhatAcked {
			acks++
		}
	}
	if acks != 1 || i.AckedBy == "" {
		t.Fatalf("%d acknowledgements, by %q", acks, i.AckedBy)
	}
	for _, who := range people {
		said := ""
		for _, m := range st.door.Messages(st.door.PrivateChat(who)) {
			if m.From == "" {
				said += chat.Plain(m.Text) + "\n"
			}
		}
		if told := strings.Contains(said, "đã được đ/c"); told == (string(i.AckedBy) == who) {
			t.Errorf("%s (acknowledged by %s) read:\n%s", who, i.AckedBy, said)
		}
	}
}

// TestHeldAckStopsALateLadder: an acknowledgement that was sent while the store was
// away counts before the alarms that became due meanwhile.
func TestHeldAckStopsALateLadder(t *testing.T) {
	st := incidentStage(t)
	ctx := t.Context()
	u, err := st.door.Say("an", "vhxh", "/suco web phường bị đổi giao diện từ 20h30, vẫn còn")
	take(t, st, u, err)
	if err := st.Do(ctx, "redis", []string{"down"}); err != nil {
		t.Fatal(err)
	}
	u, err = st.door.Say("hoa", "vhxh", "/tiepnhan SC-2027-0001")
	take(t, st, u, err)
	st.clock.Set(st.clock.Now().Add(30 * time.Minute))
	st.mem.server.SetError("")
	var wg sync.WaitGroup
	wg.Go(func() {
		if _, _, err := st.app.runner.Step(ctx); err != nil {
			t.Error(err)
		}
	})
	if err := st.app.held.step(ctx); err != nil {
		t.Fatal(err)
	}
	wg.Wait()
	if err := st.Settle(ctx); err != nil {
		t.Fatal(err)
	}
	i := readIncident(t, st, "SC-2027-0001")
	if i.AckedBy != "hoa" || i.Ladder.Done != 1 || i.AckedAt.After(i.ReportedAt.Add(time.Minute)) {
		t.Errorf("acknowledged by %q at %v after %d rungs", i.AckedBy, i.AckedAt, i.Ladder.Done)
	}
	for _, m := range st.door.Messages("lanhdao") {
		if strings.Contains(chat.Plain(m.Text), "chưa ai tiếp nhận: SC") {
			t.Errorf("the leaders were called: %s", chat.Plain(m.Text))
		}
	}
}

// TestSweepRaisesAForgottenIncident takes the alarm of an open incident away: the
// sweep finds it, calls the rungs it owes and tells the desk, once.
func TestSweepRaisesAForgottenIncident(t *testing.T) {
	st := incidentStage(t)
	u, err := st.door.Say("an", "vhxh", "/suco web phường bị đổi giao diện từ 20h30, vẫn còn")
	take(t, st, u, err)
	ctx := t.Context()
	for _, key := range st.mem.server.Keys() {
		if strings.HasSuffix(key, ":due") {
			if _, err := st.mem.server.ZRem(key, "incident:SC-2027-0001"); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := st.AdvanceTo(ctx, st.clock.Now().Add(11*time.Minute)); err != nil {
		t.Fatal(err)
	}
	if n := readIncident(t, st, "SC-2027-0001").Ladder.Done; n != 1 {
		t.Fatalf("%d rungs were called without an alarm", n)
	}
	for pass, want := range []int{1, 0} {
		n, err := st.app.bot.SweepIncidents(ctx)
		if err != nil || n != want {
			t.Fatalf("pass %d raised %d incidents, %v; want %d", pass, n, err, want)
		}
	}
	if err := st.Settle(ctx); err != nil {
		t.Fatal(err)
	}
	if n := readIncident(t, st, "SC-2027-0001").Ladder.Done; n != 3 {
		t.Errorf("after the sweep %d rungs are called, want 3", n)
	}
	told := slices.ContainsFunc(st.door.Messages("quanly"), func(m local.Message) bool {
		return strings.Contains(chat.Plain(m.Text), "không còn bước nhắc tiếp theo")
	})
	late := slices.ContainsFunc(st.door.Messages("lanhdao"), func(m local.Message) bool {
		return strings.Contains(chat.Plain(m.Text), "Sau 11 phút chưa ai tiếp nhận")
	})
	if !told || !late {
		t.Errorf("the desk was told: %v, the leaders were called: %v", told, late)
	}
	if _, next, err := st.app.db.Due().Claim(ctx, 0, time.Second); err != nil || next.IsZero() {
		t.Errorf("no alarm stands after the sweep: %v %v", next, err)
	}
}

// TestReportSentIsTheRecord opens the document the bot sends and looks for what the
// record says, and for nothing it does not say.
func TestReportSentIsTheRecord(t *testing.T) {
	st := incidentStage(t)
	for _, text := range []string{"/suco web phường bị đổi giao diện từ 20h30, vẫn còn", "/xuat SC-2027-0001"} {
		u, err := st.door.Say("an", "vhxh", text)
		take(t, st, u, err)
	}
	body := sentDocument(t, st, "vhxh", "bao-cao-ban-dau-SC-2027-0001.docx")
	for _, want := range []string{"DỰ THẢO", "SC-2027-0001", "web phường bị đổi giao diện", "Nguyễn Văn An", "20 giờ 30 phút", "Phòng Văn hóa - Xã hội"} {
		if !strings.Contains(body, want) {
			t.Errorf("the initial report does not say %q", want)
		}
	}
	u, err := st.door.Say("hoa", "vhxh", "/daxuly SC-2027-0001 đã khôi phục từ bản sao lưu")
	take(t, st, u, err)
	u, err = st.door.Say("hoa", "vhxh", "/xuat SC-2027-0001")
	take(t, st, u, err)
	body = sentDocument(t, st, "vhxh", "bao-cao-ket-thuc-SC-2027-0001.docx")
	if !strings.Contains(body, "đã khôi phục từ bản sao lưu") {
		t.Error("the closing report does not say how it ended")
	}
}

// sentDocument is the text of the newest file of that name in the chat.
func sentDocument(t *testing.T, st *stage, room, name string) string {
	t.Helper()
	for _, m := range slices.Backward(st.door.Messages(room)) {
		if m.File == nil || m.File.Name != name {
			continue
		}
		r, err := st.door.Open(t.Context(), *m.File, 10<<20)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = r.Close() }()
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			t.Fatal(err)
		}
		f, err := z.Open("word/document.xml")
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(f)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	t.Fatalf("no file %s in %s", name, room)
	return ""
}
