package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rs/zerolog"

	"trucban/bot"
	"trucban/internal/calendar"
	"trucban/internal/chat"
	"trucban/internal/chat/local"
)

const rehearseTown = `name: UBND phường Hoa Sen
units:
  - {id: hoasen, name: UBND phường Hoa Sen, leaders: {telegram: "-100"}}
  - {id: vhxh, name: Phòng Văn hóa - Xã hội, parent: hoasen, chats: {telegram: "-101"}}
  - {id: congan, name: Công an phường, parent: hoasen}
people:
  - {id: minh, name: Trần Quang Minh, unit: hoasen, roles: [leader], accounts: {telegram: "12"}, started: [telegram]}
  - {id: an, name: Nguyễn Văn An, unit: vhxh, roles: [officer], accounts: {telegram: "13"}, started: [telegram]}
  - {id: khanh, name: Lê Quốc Khánh, unit: congan, roles: [officer]}
digest: ["0 21 * * *"]
shifts:
  - {unit: vhxh, name: Ca đêm, start: 2027-02-05 19:00, end: 2027-02-06 07:00, people: [{person: an, post: desk}]}
  - {unit: vhxh, name: Ca ngày, start: 2027-02-06 08:00, end: 2027-02-06 19:00, people: [{person: an, post: desk}]}
  - {unit: congan, name: Ca đêm, start: 2027-02-05 19:00, end: 2027-02-06 07:00, people: [{person: khanh, post: desk}, {person: an, post: tech}]}
`

// TestRehearse plays two days: every message is printed with its time and reader, and what is wrong with the roster is named.
func TestRehearse(t *testing.T) {
	path := filepath.Join(t.TempDir(), "town.yaml")
	if err := os.WriteFile(path, []byte(rehearseTown), 0o600); err != nil {
		t.Fatal(err)
	}
	code, out := tool(t, "rehearse", "--town", path)
	if code != 0 {
		t.Fatal(out)
	}
	for _, want := range []string{
		"05/02/2027 18:30  [telegram] đ/c Nguyễn Văn An: Kính gửi đ/c Nguyễn Văn An: Ca đêm",
		"05/02/2027 19:00  [telegram] Phòng Văn hóa - Xã hội: Vào ca: Ca đêm",
		"[telegram] Lãnh đạo UBND phường Hoa Sen: BÁO CÁO NHANH 21h00",
		"Phòng Văn hóa - Xã hội: no shift from 06/02/2027 07:00 to 06/02/2027 08:00",
		"Nguyễn Văn An on two shifts at once",
		"cannot be reached: 1\n  Lê Quốc Khánh",
		"too late to send: 0",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("not said: %q", want)
		}
	}
	if t.Failed() {
		t.Log(out)
	}
	if strings.Contains(out, "chưa điểm danh Ca ngày") {
		t.Error("whoever checks in on time is reported missing")
	}
	if code, out := tool(t, "rehearse", "--town", path, "--absent", "--to", "2027-02-05"); code != 0 || !strings.Contains(out, "chưa điểm danh") || strings.Contains(out, "06/02/2027 10") {
		t.Errorf("exit code %d\n%s", code, out)
	}
}

// onMiniredis is the stage conversation scripts are played on.
func onMiniredis(ctx context.Context, clock *local.Clock, doors []chat.Platform, setup *bot.Setup) (*stage, error) {
	return newStageOn(ctx, clock, doors, setup, zerolog.Nop())
}

// TestRehearseSameOnRedis: a period played in memory alone is the one played on Redis, message for message.
func TestRehearseSameOnRedis(t *testing.T) {
	for name, play := range map[string]struct {
		town   string
		absent bool
	}{"everybody comes": {rehearseTown, false}, "nobody comes": {rehearseTown, true}, "many at once": {bigTown(3, 1), true}} {
		t.Run(name, func(t *testing.T) {
			setup, err := parseTown([]byte(play.town))
			if err != nil {
				t.Fatal(err)
			}
			from, to, err := rehearseCmd{}.period(setup.Shifts)
			if err != nil {
				t.Fatal(err)
			}
			var texts [2]strings.Builder
			for i, on := range []func(context.Context, *local.Clock, []chat.Platform, *bot.Setup) (*stage, error){newMemoryStage, onMiniredis} {
				f, err := rehearse(t.Context(), rehearsal{setup: setup, from: from, to: to, absent: play.absent, out: &texts[i], on: on})
				if err != nil {
					t.Fatal(err)
				}
				f.print(&texts[i])
			}
			if diff := cmp.Diff(texts[1].String(), texts[0].String()); diff != "" || texts[0].Len() < 1000 {
				t.Errorf("on Redis -, in memory +\n%s", diff)
			}
		})
	}
}

// TestRehearseDirectives: a dispatch handed in as a file, and one that is under way in the namespace, are followed
// like in service; a file nobody could issue is an error that names it.
func TestRehearseDirectives(t *testing.T) {
	path := filepath.Join(t.TempDir(), "town.yaml")
	town := strings.Replace(rehearseTown, "parent: hoasen, chats", "parent: hoasen, tags: [coquan], chats", 1)
	town = strings.Replace(town, "roles: [leader]", "roles: [leader, desk]", 1)
	if err := os.WriteFile(path, []byte(town), 0o600); err != nil {
		t.Fatal(err)
	}
	code, out := tool(t, "rehearse", "--town", path, "--directive", "testdata/cong-van-214.in", "--to", "2027-02-05")
	for _, want := range []string{
		"04/02/2027 08:00  [telegram] Phòng Văn hóa - Xã hội: VB-2027-001: 0/5 việc đã xong",
		"04/02/2027 10:00  [telegram] Phòng Văn hóa - Xã hội: Đơn vị chưa xác nhận đã nhận VB-2027-001.",
	} {
		if code != 0 || !strings.Contains(out, want) {
			t.Errorf("exit code %d, not said: %q\n%s", code, want, out)
		}
	}
	if code, out := tool(t, "rehearse", "--town", path, "--directive", path); code != exitUsage || !strings.Contains(out, path+" was not issued") {
		t.Errorf("a file that is no dispatch: exit code %d\n%s", code, out)
	}

	setup, err := parseTown([]byte(town))
	if err != nil {
		t.Fatal(err)
	}
	from, to, err := rehearseCmd{}.period(setup.Shifts)
	if err != nil {
		t.Fatal(err)
	}
	clock := local.NewStill(from)
	doors, err := rehearsalDoors(setup, clock, newRecorder(clock, nil))
	if err != nil {
		t.Fatal(err)
	}
	st, err := newMemoryStage(t.Context(), clock, platforms(doors), &setup)
	if err != nil {
		t.Fatal(err)
	}
	if err := (rehearsal{setup: setup, from: from, to: to, dispatches: []string{"testdata/cong-van-214.in"}}).issue(t.Context(), st, doors); err != nil {
		t.Fatal(err)
	}
	inService, err := bot.InService(t.Context(), st.app.store, clock.Now())
	if err != nil || len(inService.Work.Runs) != 1 || len(inService.Shifts) != len(setup.Shifts) {
		t.Fatal(err, inService.Work)
	}
	var text strings.Builder
	if _, err := rehearse(t.Context(), rehearsal{setup: inService, from: clock.Now(), to: to, out: &text}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(text.String(), "04/02/2027 10:00  [telegram] Phòng Văn hóa - Xã hội: Đơn vị chưa xác nhận đã nhận VB-2027-001.") {
		t.Errorf("the directive under way is not followed:\n%s", text.String())
	}
}

// TestRehearseNamespace: without a file the namespace of the settings is played from this moment on, and stays as it is.
func TestRehearseNamespace(t *testing.T) {
	db := storeTools(t)
	if code, out := tool(t, "rehearse"); code != exitUsage || !strings.Contains(out, "namespace xa has no shifts to come") {
		t.Errorf("an empty namespace: exit code %d\n%s", code, out)
	}
	tomorrow := time.Now().In(calendar.Zone).AddDate(0, 0, 1).Format(time.DateOnly)
	town := strings.NewReplacer("2027-02-06", tomorrow, "2027-02-05 19:00", tomorrow+" 05:00").Replace(rehearseTown)
	path := filepath.Join(t.TempDir(), "town.yaml")
	if err := os.WriteFile(path, []byte(town), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, out := tool(t, "apply", path, "--yes"); code != 0 {
		t.Fatal(out)
	}
	before, err := db.Stats(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	code, out := tool(t, "rehearse")
	if code != 0 || !strings.Contains(out, "Vào ca: Ca ngày") {
		t.Errorf("exit code %d\n%s", code, out)
	}
	after, err := db.Stats(t.Context())
	if err != nil || after.Due != before.Due || after.LogLength != before.LogLength {
		t.Errorf("%v: %+v became %+v", err, before, after)
	}
}

// bigTown is a made-up province: every unit has a group, two people and two shifts a day.
func bigTown(units, days int) string {
	var b strings.Builder
	b.WriteString("name: Tỉnh mẫu\nunits:\n  - {id: tinh, name: Tỉnh mẫu, leaders: {telegram: \"-1\"}}\n")
	for u := range units {
		fmt.Fprintf(&b, "  - {id: u%d, name: Đơn vị %d, parent: tinh, chats: {telegram: \"-%d\"}}\n", u, u, 1000+u)
	}
	b.WriteString("people:\n  - {id: ld, name: Trần Quang Minh, unit: tinh, roles: [leader], accounts: {telegram: \"1\"}, started: [telegram]}\n")
	for u := range units {
		for p := range 2 {
			fmt.Fprintf(&b, "  - {id: p%d-%d, name: Cán bộ %d %d, unit: u%d, roles: [officer], accounts: {telegram: \"%d\"}, started: [telegram]}\n", u, p, u, p, u, 100000+2*u+p)
		}
	}
	b.WriteString("digest: [\"30 7 * * *\", \"0 16 * * *\"]\nshifts:\n")
	first := time.Date(2027, 2, 5, 7, 0, 0, 0, time.UTC)
	for u := range units {
		for s := range 2 * days {
			start := first.Add(time.Duration(s) * 12 * time.Hour)
			fmt.Fprintf(&b, "  - {unit: u%d, name: Ca %d, start: %s, end: %s, people: [{person: p%d-%d, post: desk}]}\n",
				u, s%2, start.Format("2006-01-02 15:04"), start.Add(12*time.Hour).Format("2006-01-02 15:04"), u, s%2)
		}
	}
	return b.String()
}

// cpuTime is how long the processors have worked for this process: other work on the machine does not count.
func cpuTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkRehearse plays a week of two shifts a day; the time of the processors per unit says how it grows.
func BenchmarkRehearse(b *testing.B) {
	for _, units := range []int{50, 200, 500} {
		b.Run(fmt.Sprint(units), func(b *testing.B) {
			setup, err := parseTown([]byte(bigTown(units, 7)))
			if err != nil {
				b.Fatal(err)
			}
			from, to, err := rehearseCmd{}.period(setup.Shifts)
			if err != nil {
				b.Fatal(err)
			}
			before := cpuTime(b)
			for b.Loop() {
				f, err := rehearse(b.Context(), rehearsal{setup: setup, from: from, to: to, out: io.Discard})
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(f.sent["telegram"]), "messages")
				b.ReportMetric(float64(f.late), "late")
			}
			work := float64(cpuTime(b)-before) / float64(b.N)
			b.ReportMetric(work/1e9, "cpu-s/op")
			b.ReportMetric(work/1e6/float64(units), "cpu-ms/unit")
		})
	}
}
