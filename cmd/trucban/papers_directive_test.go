package main

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"

	"trucban/bot"
	"trucban/internal/chat"
	"trucban/internal/chat/local"
	"trucban/internal/checklist"
	"trucban/internal/sheet"
	"trucban/internal/team"
)

// trips counts what is asked of the server: one for a call, one for a pipeline.
type trips struct{ n int }

func (h *trips) DialHook(next redis.DialHook) redis.DialHook { return next }

func (h *trips) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		h.n++
		return next(ctx, cmd)
	}
}

func (h *trips) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		h.n++
		return next(ctx, cmds)
	}
}

const (
	provinceUnits = 500
	provinceTasks = 20
)

// province is an office with a desk and 500 communes, each with its group.
func province(t *testing.T, door chat.Name) bot.Setup {
	t.Helper()
	s := bot.Setup{Town: *bot.EmptyTown(), Doors: map[team.MemberID][]bot.Door{}}
	s.Town.Rev = "province"
	s.Town.Org = team.Org{Name: "UBND tỉnh Sen Vàng", Units: []team.Unit{{ID: "tinh", Name: "UBND tỉnh Sen Vàng"}}, Members: []team.Member{{ID: "huong", Name: "Lê Thu Hương", Unit: "tinh", Roles: []team.Role{team.RoleDesk}}}}
	to := chat.Address{Platform: door, Chat: "huong"}
	s.Doors["huong"] = []bot.Door{{Account: string(door) + ":huong", Addr: to, Started: true}}
	for i := range provinceUnits {
		id := team.UnitID(fmt.Sprintf("xa%03d", i))
		s.Town.Org.Units = append(s.Town.Org.Units, team.Unit{ID: id, Name: fmt.Sprintf("UBND xã Hoa %03d", i), Short: fmt.Sprintf("Hoa %03d", i), Parent: "tinh", Tags: []string{"coquan"}})
		s.Rooms = append(s.Rooms, bot.Room{Addr: chat.Address{Platform: door, Chat: string(id)}, Kind: chat.Group, Unit: id, Purpose: bot.ForUnit})
	}
	s.Town.Org.Index()
	if err := s.Town.Org.Validate(); err != nil {
		t.Fatal(err)
	}
	return s
}

// TestMatrixOfAProvince issues a directive of 20 tasks to 500 units on a real
// server and compares them: the directive and all its runs come in one round trip,
// and the answer is ready within 200 ms.
func TestMatrixOfAProvince(t *testing.T) {
	server := startRedis(t)
	client := redis.NewClient(&redis.Options{Addr: server.addr})
	t.Cleanup(func() { _ = client.Close() })
	clock := local.NewStill(time.Date(2027, 2, 1, 1, 0, 0, 0, time.UTC))
	caps := local.FullCaps()
	door := local.New(local.Options{Clock: clock, Caps: &caps})
	setup := province(t, door.Name())
	app, err := NewApp(Parts{Redis: client, Namespace: "province", Doors: []chat.Platform{door}, Now: clock.Now, Log: zerolog.Nop(), Setup: &setup})
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	if err := app.prepare(ctx); err != nil {
		t.Fatal(err)
	}
	n := 0
	say := func(text string) {
		t.Helper()
		n++
		u := chat.Update{
			ID: fmt.Sprintf("%s:%d", door.Name(), n), Event: chat.EventMessage, From: chat.Account{Platform: door.Name(), ID: "huong"},
			To: chat.Address{Platform: door.Name(), Chat: "huong"}, Kind: chat.Private, SentAt: clock.Now(), Text: text,
		}
		if err := app.Handle(ctx, u); err != nil {
			t.Fatal(err)
		}
	}
	var doc strings.Builder
	doc.WriteString("/vanban UBND TỈNH SEN VÀNG\nSố: 12/UBND-NC\nV/v trực kỳ nghỉ\nKính gửi: Các cơ quan, đơn vị.\nUBND tỉnh yêu cầu:\n1. Các cơ quan, đơn vị:\n")
	for i := range provinceTasks {
		fmt.Fprintf(&doc, "- Kiểm tra hệ thống số %d và gửi kết quả về tỉnh.\n", i+1)
	}
	doc.WriteString("Yêu cầu các đơn vị nghiêm túc thực hiện./.")
	say(doc.String())
	began := time.Now()
	say("ban hành")
	issued := time.Since(began)

	docs, err := app.db.Find(ctx, bot.Range{Index: "run/d/VB-2027-001", To: 1 << 53})
	if err != nil || len(docs) != provinceUnits+1 {
		t.Fatalf("%d documents of the directive, %v; want it and %d runs", len(docs), err, provinceUnits)
	}
	say("/doichieu VB-2027-001") // the first one loads the script and fills the caches
	count := &trips{}
	client.AddHook(count)
	say("/trogiup") // an answer that reads nothing of its own
	plain := count.n
	count.n = 0
	best := time.Hour
	for range 5 {
		began := time.Now()
		say("/doichieu VB-2027-001")
		best = min(best, time.Since(began))
	}
	t.Logf("issued to %d units in %s; compared %d x %d in %s, %d calls an answer, %d without the matrix",
		provinceUnits, issued.Round(time.Millisecond), provinceUnits, provinceTasks, best.Round(time.Millisecond), count.n/5, plain)
	if count.n/5 != plain+1 {
		t.Errorf("%d calls an answer, %d without the matrix: it takes more than one", count.n/5, plain)
	}
}

// sampleMatrix is a small directive in three states.
func sampleMatrix(t *testing.T) (checklist.Directive, []checklist.Run, *team.Org, time.Time) {
	t.Helper()
	at := time.Date(2027, 2, 1, 1, 0, 0, 0, time.UTC)
	org := &team.Org{Units: []team.Unit{{ID: "vhxh", Name: "Phòng Văn hóa - Xã hội", Tags: []string{"coquan"}}, {ID: "yte", Name: "Trạm Y tế", Tags: []string{"coquan"}}}, Members: []team.Member{{ID: "an", Name: "Nguyễn Văn An", Unit: "vhxh"}}}
	org.Index()
	d, err := checklist.FromPlain("VB-2027-001", checklist.Plain{Title: "Trực kỳ nghỉ", Number: "12/UBND-NC", Groups: []checklist.Group{{
		Number: "1", Audience: "Các cơ quan", Tags: []string{"coquan"}, Due: at.Add(time.Hour),
		Tasks: []checklist.Task{{ID: "1.1", Text: "Lập lịch trực.", Title: "Lập lịch trực"}, {ID: "1.2", Text: "Sao lưu dữ liệu.", Title: "Sao lưu dữ liệu"}},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	s := checklist.Stamp{By: "an", At: at}
	if d, err = d.SelectUnits(org).Confirm(s); err != nil {
		t.Fatal(err)
	}
	d, runs, err := d.Issue(s)
	if err != nil {
		t.Fatal(err)
	}
	if runs[0], err = runs[0].Done("1", s, "=HYPERLINK(\"x\")", checklist.Evidence{Kind: "photo", Text: "lich.jpg", File: "f1"}); err != nil {
		t.Fatal(err)
	}
	if runs[0], err = runs[0].NotApplicable("2", s, "không có máy chủ"); err != nil {
		t.Fatal(err)
	}
	return d, runs, org, at.Add(2 * time.Hour)
}

// TestDirectivePrints holds the picture, the workbook and the report against what the units did.
func TestDirectivePrints(t *testing.T) {
	d, runs, org, now := sampleMatrix(t)
	m := checklist.NewMatrix(d, runs, org, now)
	png, words, err := directivePrints{}.MatrixPicture(m)
	if err != nil || !bytes.HasPrefix(png, []byte("\x89PNG")) || !strings.Contains(words, "quá hạn 2") {
		t.Errorf("picture: %d bytes, %q, %v", len(png), words, err)
	}
	book, err := directivePrints{}.MatrixBook(m)
	if err != nil {
		t.Fatal(err)
	}
	grids, _, err := sheet.Open("m.xlsx", book)
	if err != nil || len(grids) != 1 {
		t.Fatalf("workbook: %d sheets, %v", len(grids), err)
	}
	report, err := directivePrints{}.ClosingReport(checklist.CloseReport(d, runs, org, now), d, "UBND phường Hoa Sen")
	if err != nil {
		t.Fatal(err)
	}
	text, err := sheet.Text(t.Context(), "r.docx", report)
	if err != nil {
		t.Fatal(err)
	}
	first, second := strings.Index(text, "1.1 Lập lịch trực"), strings.Index(text, "1.2 Sao lưu dữ liệu")
	if first < 0 || second < first {
		t.Errorf("the clauses are not in the document's order:\n%s", text)
	}
	for _, want := range []string{"đ/c Nguyễn Văn An", "ảnh lich.jpg", "lý do: không có máy chủ", "Trạm Y tế chưa xác nhận đã nhận"} {
		if !strings.Contains(text, want) {
			t.Errorf("the report does not say %q:\n%s", want, text)
		}
	}
}

// TestReadyPacks reads every pack the program ships with.
func TestReadyPacks(t *testing.T) {
	ready, err := readyPacks()
	if err != nil || len(ready) < 5 {
		t.Fatalf("%d packs, %v", len(ready), err)
	}
}
