package main

import (
	"bytes"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"trucban/internal/calendar"
	"trucban/internal/chat/local"
)

// TestBaseComesBackFromItsFile: rotations, periods in lunar words and the eves of Tết are
// read, written and read again to the same.
func TestBaseComesBackFromItsFile(t *testing.T) {
	text, err := os.ReadFile("testdata/phuong-nen.yaml")
	if err != nil {
		t.Fatal(err)
	}
	more := `
periods:
  - {id: tet-2027, name: Tết Đinh Mùi, days: từ 28 tháng Chạp đến hết mùng 6, year: 2027}
  - {id: quoc-khanh, name: Quốc khánh, days: 02/09 - 05/09, year: 2027, units: [vhxh]}
  - {id: tet-2030, name: Tết Canh Tuất, days: 29 tháng Chạp đến mùng 3, year: 2030}
  - {id: noel, name: Cuối năm, days: 24/12 - 31/12/2027}
`
	s, err := parseTown([]byte(string(text) + more))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range s.Town.Base.Periods {
		got = append(got, p.ID+" "+p.Days.Text()+" "+string(p.Units[0]))
	}
	want := []string{"tet-2027 04/02/2027 - 11/02/2027 vhxh", "quoc-khanh 02/09/2027 - 05/09/2027 vhxh", "tet-2030 01/02/2030 - 04/02/2030 vhxh", "noel 24/12/2027 - 31/12/2027 vhxh"}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("periods:\n%s", strings.Join(got, "\n"))
	}
	now := time.Date(2027, 1, 25, 9, 0, 0, 0, calendar.Zone)
	out, err := yaml.Marshal(fileOf(s, now))
	if err != nil {
		t.Fatal(err)
	}
	back, err := parseTown(out)
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var plan strings.Builder
	if n := printPlan(&plan, fileOf(s, now), fileOf(back, now)); n != 0 {
		t.Errorf("read again it changes:\n%s", plan.String())
	}
	if n := printPlan(io.Discard, fileOf(s, now), townFile{}); n == 0 {
		t.Error("a file without them takes them away")
	}
}

// TestBaseFaultsInTheFile: what is wrong is said with its place.
func TestBaseFaultsInTheFile(t *testing.T) {
	text, err := os.ReadFile("testdata/phuong-nen.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for more, want := range map[string]string{
		"periods: [{id: a, name: A, days: từ 28 tháng Chạp đến mùng 6}]":                                 "says no year",
		"periods: [{id: a, name: A, days: hôm nào đó, year: 2027}]":                                      "is not a range of days",
		"periods: [{id: a, name: A, days: 02/09 - 03/09, year: 2027, units: [nào]}]":                     "is not a unit",
		"periods: [{id: a, name: A, days: 02/09/2027}, {id: b, name: B, days: 01/09/2027 - 02/09/2027}]": "lies over days of A",
	} {
		if _, err := parseTown([]byte(string(text) + more + "\n")); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", more, err, want)
		}
	}
	for was, broken := range map[string]string{
		"people: [an, binh, hoa]": "people: [an, nobody]", "hours: 07:00-07:00": "hours: morning", "start: 2027-01-04": "start: soon", "turn: day": "turn: often", "unit: vhxh\n    start": "unit: nowhere\n    start",
	} {
		if _, err := parseTown([]byte(strings.Replace(string(text), was, broken, 1))); err == nil || !strings.Contains(err.Error(), "rotations") {
			t.Errorf("%s: %v", broken, err)
		}
	}
}

// TestRotationReachesAhead: day after day the rotation is laid out 45 days ahead, once a
// day, and a day somebody emptied stays empty.
func TestRotationReachesAhead(t *testing.T) {
	st, door := playTown(t, "testdata/phuong-nen.yaml", time.Date(2027, 3, 1, 6, 0, 0, 0, calendar.Zone))
	if err := st.app.bot.PlanLook(t.Context()); err != nil {
		t.Fatal(err)
	}
	f := &follower{t: t, st: st, door: door}
	path := "testdata/lich-tet-2028.csv"
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	// An imported shift of the last day laid out keeps the rotation off that day only.
	day := calendar.Date{Year: 2027, Month: 4, Day: 17}
	f.do(door.Upload("hoa", "hoa", local.Attachment{Name: "x.csv", Data: []byte(strings.Replace(string(file), "25/01/2028", day.Text(), 1)), Caption: "/naplich"}))
	f.do(door.Say("hoa", "hoa", "đồng ý"))
	if err := st.AdvanceTo(t.Context(), time.Date(2027, 3, 11, 8, 0, 0, 0, calendar.Zone)); err != nil {
		t.Fatal(err)
	}
	n, err := st.mem.client.ZCard(t.Context(), "{trial}:x:watch/u/vhxh").Result()
	// From 28/02 (still on at 01/03 06h00) or 01/03 to 25/04, one a day.
	if want := int64(calendar.Date{Year: 2027, Month: 4, Day: 25}.DaysSince(calendar.Date{Year: 2027, Month: 3, Day: 1}) + 1); err != nil || n != want {
		t.Errorf("%d shifts stand, want %d (%v)", n, want, err)
	}
}

// TestToolsKnowTheRotation: a file with a rotation only is rehearsed and compared like any other.
func TestToolsKnowTheRotation(t *testing.T) {
	var out, errOut bytes.Buffer
	if code := run(t.Context(), []string{"rehearse", "--town", "testdata/phuong-nen.yaml", "--from", "2027-02-04", "--to", "2027-02-05", "--quiet"}, &out, &errOut); code != 0 || !strings.Contains(out.String(), "played 04/02/2027") {
		t.Errorf("rehearse: %d %s %s", code, out.String(), errOut.String())
	}
	out.Reset()
	args := []string{"roster", "testdata/lich-tet-2028.csv", "--town", "testdata/phuong-nen.yaml", "--unit", "vhxh", "--now", "2028-01-10 09:00"}
	if code := run(t.Context(), args, &out, &errOut); code != 0 || !strings.Contains(out.String(), "thêm 0, đổi 1, bỏ 0 ca") && !strings.Contains(out.String(), "không làm thay đổi") {
		t.Errorf("roster: %d %s %s", code, out.String(), errOut.String())
	}
}
