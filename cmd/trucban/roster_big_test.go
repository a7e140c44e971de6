package main

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"
	"github.com/xuri/excelize/v2"

	"trucban/bot"
	"trucban/internal/calendar"
	"trucban/internal/chat"
	"trucban/internal/chat/local"
	"trucban/internal/roster"
	"trucban/internal/sheet"
	"trucban/internal/team"
)

// provinceRoster is an organisation of so many units with three people each, who can
// be reached or not, and its desk.
func provinceRoster(units int, reached bool) bot.Setup {
	s := bot.Setup{Town: *bot.EmptyTown(), Doors: map[team.MemberID][]bot.Door{}}
	s.Town.Rev = "province"
	org := &s.Town.Org
	add := func(m team.Member) {
		org.Members = append(org.Members, m)
		if !reached && m.ID != "desk" {
			return
		}
		a := chat.Address{Platform: "local", Chat: string(m.ID)}
		s.Doors[m.ID] = []bot.Door{{Account: chat.Account{Platform: "local", ID: string(m.ID)}.Key(), Addr: a, Started: true}}
	}
	org.Units = append(org.Units, team.Unit{ID: "tinh", Name: "UBND tỉnh"})
	add(team.Member{ID: "desk", Name: "Lê Thu Hương", Unit: "tinh", Roles: []team.Role{team.RoleDesk}})
	for u := range units {
		id := team.UnitID(fmt.Sprintf("u%03d", u))
		org.Units = append(org.Units, team.Unit{ID: id, Name: fmt.Sprintf("UBND xã Số %d", u), Parent: "tinh"})
		for p := range 3 {
			add(team.Member{ID: team.MemberID(fmt.Sprintf("%s-%d", id, p)), Name: fmt.Sprintf("Nguyễn Văn %c%c", 'A'+p, 'A'+u%26), Unit: id, Phone: fmt.Sprintf("+8491%03d%04d", u, p)})
		}
	}
	org.Index()
	return s
}

// provinceFile is the workbook of its roster: three shifts a day for nine days.
func provinceFile(t testing.TB, org *team.Org) []byte {
	t.Helper()
	var shifts []roster.Shift
	first := calendar.Date{Year: 2027, Month: 2, Day: 4}
	for u := range len(org.Units) - 1 {
		id := team.UnitID(fmt.Sprintf("u%03d", u))
		for d := range 9 {
			for i, hour := range []int{6, 14, 22} {
				name, start := fmt.Sprintf("Ca %d", i+1), first.AddDays(d).At(time.Duration(hour)*time.Hour)
				shifts = append(shifts, roster.Shift{ID: roster.ID(id, start, name), Unit: id, Name: name, Start: start, End: start.Add(8 * time.Hour),
					People: []roster.Assignment{{Post: roster.PostDesk, Member: team.MemberID(fmt.Sprintf("%s-%d", id, i))}}})
			}
		}
	}
	data, err := sheet.WriteRoster("LỊCH TRỰC TẾT", shifts, org, true)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// Sizes of a province, and of more than one step of the store usually writes.
const (
	rosterUnits  = 500
	rosterShifts = rosterUnits * 3 * 9
	manyUnits    = 100
)

// BenchmarkProvincePreview reads the workbook of 13,500 shifts, matches its people and
// says what it would change. Beside it stands the floor: the same file read cell by
// cell by the Excel library alone.
func BenchmarkProvincePreview(b *testing.B) {
	s := provinceRoster(rosterUnits, false)
	org := &s.Town.Org
	data := provinceFile(b, org)
	now := time.Date(2027, 2, 1, 9, 0, 0, 0, calendar.Zone)
	var floor, whole time.Duration
	for b.Loop() {
		at := time.Now()
		rawRead(b, data)
		floor += time.Since(at)
		at = time.Now()
		rows, err := sheet.Read("lich.xlsx", data, now)
		if err != nil {
			b.Fatal(err)
		}
		m := sheet.Match(rows, org, sheet.Options{Unit: "tinh"})
		if p := bot.CompareRoster(org, m, nil, now, roster.Check{}).Preview("lich.xlsx", "tỉnh"); p.Added != rosterShifts || !m.Ready() {
			b.Fatalf("%d shifts, %d questions, problems %+v", p.Added, len(m.Questions), p.Problems)
		}
		whole += time.Since(at)
	}
	b.ReportMetric(whole.Seconds()/float64(b.N), "preview-s")
	b.ReportMetric(floor.Seconds()/float64(b.N), "floor-s")
	b.ReportMetric(float64(whole)/float64(floor), "ratio")
}

// rawRead is the least a reader of the file does.
func rawRead(t testing.TB, data []byte) {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range f.GetSheetList() {
		rows, err := f.Rows(name)
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			if _, err := rows.Columns(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestManyShiftsAtOnce imports 2,700 shifts on a real redis-server: they are shown, one
// yes makes all of them stand in one step of the store, and they are undone likewise.
func TestManyShiftsAtOnce(t *testing.T) {
	importMany(t, provinceRoster(manyUnits, false), func(what string, took, held time.Duration) {
		t.Logf("%s: %v, of that the longest hold of the server %v", what, took.Round(time.Millisecond), held.Round(time.Millisecond))
	})
}

// BenchmarkProvinceImport is the same for a province, 13,500 shifts and 1,500 people
// who are told. It prints how long each answer takes and for how long one script
// holds the server.
func BenchmarkProvinceImport(b *testing.B) {
	for b.Loop() {
		importMany(b, provinceRoster(rosterUnits, true), func(what string, took, held time.Duration) {
			b.ReportMetric(took.Seconds(), what+"-s")
			b.ReportMetric(held.Seconds(), what+"-held-s")
		})
	}
}

func importMany(t testing.TB, s bot.Setup, figure func(what string, took, held time.Duration)) {
	t.Helper()
	data := provinceFile(t, &s.Town.Org)
	clock := local.NewStill(time.Date(2027, 2, 1, 9, 0, 0, 0, calendar.Zone))
	door := local.New(local.Options{Now: clock.Now})
	if err := furnish(door, s); err != nil {
		t.Fatal(err)
	}
	client := redis.NewClient(&redis.Options{Addr: startRedis(t).addr, ReadTimeout: time.Minute})
	defer func() { _ = client.Close() }()
	app, err := NewApp(Parts{Redis: client, Namespace: "big", Doors: []chat.Platform{door}, Now: clock.Now, Setup: &s, Log: zerolog.Nop(), Code: func() string { return "K1" }})
	if err != nil {
		t.Fatal(err)
	}
	if err := app.prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	count := func(key string) int64 {
		n, err := client.ZCard(t.Context(), "{big}:"+key).Result()
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	alarms := func() int64 { // of shifts; looks ahead have their own, a few a day
		all, err := client.ZRange(t.Context(), "{big}:due", 0, -1).Result()
		if err != nil {
			t.Fatal(err)
		}
		n := int64(0)
		for _, key := range all {
			if strings.HasPrefix(key, "watch:") {
				n++
			}
		}
		return n
	}
	say := func(what string, want int, u chat.Update, err error) {
		t.Helper()
		if err == nil {
			err = client.Do(t.Context(), "SLOWLOG", "RESET").Err()
		}
		if err != nil {
			t.Fatal(err)
		}
		at := time.Now()
		if err := app.Handle(t.Context(), u); err != nil {
			t.Fatal(err)
		}
		took := time.Since(at)
		slow, err := client.SlowLogGet(t.Context(), 20).Result()
		if err != nil {
			t.Fatal(err)
		}
		var held time.Duration
		for _, c := range slow {
			held = max(held, c.Duration)
		}
		figure(what, took, held)
		if n := count("x:watch/end"); n != int64(want) {
			t.Fatalf("after %s %d shifts stand, want %d", what, n, want)
		}
		if n := alarms(); n != int64(want) {
			t.Fatalf("after %s there are %d alarms for %d shifts", what, n, want)
		}
	}
	all := (len(s.Town.Org.Units) - 1) * 3 * 9
	u, err := door.Upload("desk", "desk", local.Attachment{Name: "lich.xlsx", Data: data, Caption: "/naplich"})
	say("preview", 0, u, err)
	u, err = door.Say("desk", "desk", "đồng ý")
	say("apply", all, u, err)
	u, err = door.Say("desk", "desk", "hoàn tác lịch")
	say("undo", 0, u, err)
}
