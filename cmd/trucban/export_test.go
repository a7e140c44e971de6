package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"trucban/bot"
	"trucban/internal/chat"
)

const exportTown = `name: UBND phường Hoa Sen
lang: vi
units:
  - {id: hoasen, name: UBND phường Hoa Sen, leaders: {telegram: "-1001234567890"}}
  - {id: vhxh, name: Phòng Văn hóa - Xã hội, short: VH-XH, parent: hoasen, tags: [coquan, phongban], chats: {telegram: ["-1009", "-1008"], zalo: zgr-01}, checkin: {grace: 20m, quiet: "21:30-06:00", handover: {required: true}, rounds: {every: 2h}}}
people:
  - {id: minh, name: Trần Quang Minh, title: Chủ tịch, unit: hoasen, roles: [leader], phone: 0912 000 101, accounts: {telegram: "12", zalo: z-1}, started: [telegram]}
  - {id: an, name: Nguyễn Văn An, unit: vhxh, roles: [officer, head]}
policy:
  checkin: {eve: "16:30", before: [30m, 2h], grace: 10m, ladder: [{after: 15m, tell: person}, {after: 40m, tell: leaders}], absent: 1h}
  incident: {regime: anm-2026, times: {serious: {duty: 5m, leaders: 10m}}}
digest: ["30 7 * * *", "0 16 * * *"]
shifts:
  - {unit: vhxh, name: Ca đêm, start: 2047-02-05 19:00, end: 2047-02-06 07:00, people: [{person: an, post: desk}], note: mang đèn}
`

// TestExportReadsBack applies a file, exports what is in force and applies that: no
// change. A changed file shows its plan first and is applied only when told to.
func TestExportReadsBack(t *testing.T) {
	db := storeTools(t)
	path := filepath.Join(t.TempDir(), "town.yaml")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	apply := func(want string, more ...string) {
		t.Helper()
		if code, out := tool(t, append([]string{"apply", path}, more...)...); code != 0 || !strings.Contains(out, want) {
			t.Fatalf("exit code %d, want %q:\n%s", code, want, out)
		}
	}
	write(exportTown)
	apply("+ shift vhxh 2047-02-05 19:00 Ca đêm")
	if s, err := bot.InForce(t.Context(), db, time.Now()); err != nil || len(s.Town.Org.Units) != 0 {
		t.Fatalf("showing the plan applied it: %v", err)
	}
	apply("changes applied", "--yes")
	apply("no change")

	code, exported := tool(t, "export")
	if code != 0 {
		t.Fatal(exported)
	}
	write(exported)
	apply("no change")

	// Where it is read into an empty store, the same organisation comes out.
	t.Setenv("TRUCBAN_NAMESPACE", "xa2")
	apply("changes applied", "--yes")
	if _, again := tool(t, "export"); again != exported {
		t.Errorf("exported again:\n%s\nwas:\n%s", again, exported)
	}

	edited := strings.NewReplacer("Phòng Văn hóa - Xã hội", "Phòng VHXH", "2047-02-06 07:00", "2047-02-06 06:00").Replace(exportTown)
	edited = strings.Replace(edited, "  - {id: an,", "  - {id: binh, name: Phạm Thanh Bình, unit: vhxh, roles: [officer]}\n  - {id: an,", 1)
	edited = strings.Replace(edited, "rounds: {every: 2h}", "rounds: {every: 3h}", 1)
	edited = strings.Replace(edited, "grace: 10m", "grace: 12m", 1)
	edited = strings.Replace(edited, `, leaders: {telegram: "-1001234567890"}`, "", 1)
	write(edited)
	_, out := tool(t, "apply", path)
	for _, want := range []string{
		`; name: "Phòng Văn hóa - Xã hội" -> Phòng VHXH`, "+ person binh",
		"~ policy checkin grace: 10m0s -> 12m0s", `~ unit vhxh checkin: {grace: 20m0s, handover: {required: true}, rounds: {every: 2h0m0s}, quiet: "21:30-06:00"} -> {grace: 20m0s, handover: {required: true}, rounds: {every: 3h0m0s}, quiet: "21:30-06:00"}`,
		"~ shift vhxh 2047-02-05 19:00 Ca đêm end: ", "4 changes; nothing is applied yet",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("the plan does not say %q:\n%s", want, out)
		}
	}
	apply("4 changes applied", "--yes")
	apply("no change")

	setup, err := bot.InForce(t.Context(), db, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if d := setup.Doors["minh"]; len(d) != 2 || !d[0].Started && !d[1].Started {
		t.Errorf("accounts: %+v", d)
	}
	want := chat.Address{Platform: "telegram", Chat: "-1001234567890"}
	rooms, err := bot.LeadersRooms(t.Context(), db)
	if err != nil || len(rooms) != 1 || rooms[0].Addr != want {
		t.Errorf("the leaders' chats: %+v, %v", rooms, err)
	}
}
