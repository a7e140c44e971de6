package calendar

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// ref is Thursday 2024-02-01, 10h00 in Vietnam.
var ref = time.Date(2024, 2, 1, 3, 0, 0, 0, time.UTC)

func TestParseDate(t *testing.T) {
	for in, want := range map[string]string{
		"08/02": "2024-02-08", "8/2": "2024-02-08", "8/2/2024": "2024-02-08", "8/2/24": "2024-02-08", "08.02.2024": "2024-02-08",
		"08-02-2024": "2024-02-08", "2024-02-08": "2024-02-08", "08-02": "2024-02-08",
		"ngày 8 tháng 2": "2024-02-08", "ngày 08 tháng 02 năm 2024": "2024-02-08", "NGAY 8/2": "2024-02-08", "8 tháng 2/2025": "2025-02-08",
		"Thứ Năm\n08/02/2024\n(29 Tết)": "2024-02-08", "T5 08/02": "2024-02-08", "thứ 5, ngày 08/02/2024": "2024-02-08",
		"mùng 1": "2024-02-10", "Mùng 1 Tết": "2024-02-10", "mồng một Tết": "2024-02-10", "Mùng 01": "2024-02-10", "mùng 2 tết Giáp Thìn": "2024-02-11",
		"30 Tết": "2024-02-09", "30 tháng Chạp": "2024-02-09", "29 Chạp": "2024-02-08", "29 tết": "2024-02-08", "đêm 30 Tết": "2024-02-09", "giao thừa": "2024-02-09",
		"3 Tết": "2024-02-12", "23 tháng chạp": "2024-02-02", "30/12 âm lịch": "2024-02-09", "10/3 âm lịch": "2024-04-18", "10/3 ÂL": "2024-04-18",
		"rằm tháng Giêng": "2024-02-24", "rằm tháng 8": "2024-09-17", "mùng 10 tháng 3": "2024-04-18", "mùng 5 tháng 5 âm lịch": "2024-06-10",
		"mùng 1 Tết năm 2027": "2027-02-06", "30 Tết năm 2027": "2027-02-05", "giao thừa 2027": "2027-02-05", "mùng 1 tháng 6 nhuận": "2025-07-25",
		"09/02/2024 (30 Tết)": "2024-02-09", "10/02 (mùng 1)": "2024-02-10", "10/02/2024 (01/01 ÂL)": "2024-02-10",
		"hôm nay": "2024-02-01", "Hom nay": "2024-02-01", "mai": "2024-02-02", "ngày mai": "2024-02-02", "ngày kia": "2024-02-03", "hôm qua": "2024-01-31",
		"thứ 5": "2024-02-01", "thứ Sáu": "2024-02-02", "CN": "2024-02-04", "chủ nhật": "2024-02-04", "T2": "2024-02-05", "thứ tư tuần này": "2024-01-31", "thứ 2 tuần sau": "2024-02-05",
		"ngày 15": "2024-02-15", "31/12": "2023-12-31", "15/10": "2024-10-15", "29/2": "2024-02-29", "20/11": "2023-11-20", "01/01": "2024-01-01",
	} {
		r, err := ParseDate(in, ref)
		if err != nil || r.Date != day(want) {
			t.Errorf("ParseDate(%q) = %v, %v; want %s", in, r.Date, err, want)
		}
	}
}

func TestParseDateNotes(t *testing.T) {
	late := time.Date(2027, 1, 10, 0, 0, 0, 0, Zone)
	for _, c := range []struct {
		in, want string
		notes    []Note
	}{
		{"30 Tết", "2027-02-05", []Note{NoteEve}},
		{"30 tháng Chạp", "2027-02-05", []Note{NoteEve}},
		{"29 Chạp", "2027-02-05", nil},
		{"05/02/2027 (30 Tết)", "2027-02-05", []Note{NoteEve}},
		{"Thứ Hai 05/02/2027", "2027-02-05", []Note{NoteWeekday}},
		{"06/02/2027 (mùng 2)", "2027-02-06", []Note{NoteLunar}},
		{"T7 06/02/2027 (mùng 1)", "2027-02-06", nil},
	} {
		r, err := ParseDate(c.in, late)
		if err != nil || r.Date != day(c.want) {
			t.Errorf("ParseDate(%q) = %v, %v", c.in, r, err)
		}
		if d := cmp.Diff(c.notes, r.Notes); d != "" {
			t.Errorf("notes of %q:\n%s", c.in, d)
		}
	}
}

func TestParseDateRefuses(t *testing.T) {
	for in, want := range map[string]error{
		"": ErrNoDate, "Nguyễn Văn An": ErrNoDate, "31/02/2024": ErrNoSuchDay, "45/13": ErrNoDate, "0912345678": ErrNoDate,
		"08/02 và 09/02": ErrTwoDates, "(Kèm theo Kế hoạch số 12/KH-UBND ngày 02/02/2024)": ErrNoDate, "12": ErrNoDate,
		"mùng 31": ErrNoDate, "mùng 1 tháng 6 nhuận năm 2024": ErrNoSuchDay, "7h30": ErrNoDate,
	} {
		if r, err := ParseDate(in, ref); !errors.Is(err, want) {
			t.Errorf("ParseDate(%q) = %v, %v; want %v", in, r, err, want)
		}
	}
}

func TestFindDate(t *testing.T) {
	for in, want := range map[string]string{
		"trực 24/7 từ ngày 08/02": "2024-02-08", "Trước 17h ngày 3 tháng 2, đề nghị gửi báo cáo": "2024-02-03", "24/7/2024": "2024-07-24", "24/7": "2024-07-24", "nộp ngày 24/7": "2024-07-24",
	} {
		if r, _, err := FindDate(in, ref); err != nil || r.Date != day(want) {
			t.Errorf("FindDate(%q) = %v, %v; want %s", in, r.Date, err, want)
		}
	}
	if r, _, err := FindDate("trực giám sát 24/7", ref); !errors.Is(err, ErrNoDate) {
		t.Errorf("24/7 beside words: %v %v", r, err)
	}
}

func TestYearAcrossNewYear(t *testing.T) {
	for _, c := range []struct{ in, at, want string }{
		{"31/12", "2024-12-20", "2024-12-31"}, {"02/01", "2024-12-20", "2025-01-02"},
		{"31/12", "2025-01-05", "2024-12-31"}, {"02/01", "2025-01-05", "2025-01-02"},
		{"mùng 1", "2024-12-20", "2025-01-29"}, {"mùng 3", "2025-02-10", "2025-01-31"},
		{"30 Tết", "2026-06-01", "2027-02-05"},
	} {
		if r, err := ParseDate(c.in, day(c.at).Midnight()); err != nil || r.Date != day(c.want) {
			t.Errorf("%q seen on %s = %v, %v; want %s", c.in, c.at, r.Date, err, c.want)
		}
	}
}

func TestParseRange(t *testing.T) {
	for in, want := range map[string][2]string{
		"từ 28 tháng Chạp đến hết mùng 6":      {"2024-02-07", "2024-02-15"},
		"28 Chạp - mùng 5":                     {"2024-02-07", "2024-02-14"},
		"08-14/02/2024":                        {"2024-02-08", "2024-02-14"},
		"08/02 - 14/02":                        {"2024-02-08", "2024-02-14"},
		"08/02-14/02/2024":                     {"2024-02-08", "2024-02-14"},
		"từ ngày 08/02/2024 đến 14/02/2024":    {"2024-02-08", "2024-02-14"},
		"từ 10/02 đến hết ngày 16/02/2021":     {"2021-02-10", "2021-02-16"},
		"28/12 - 03/01/2025":                   {"2024-12-28", "2025-01-03"},
		"từ ngày 08 đến ngày 14 tháng 2":       {"2024-02-08", "2024-02-14"},
		"29 đến mùng 3 Tết":                    {"2024-02-08", "2024-02-12"},
		"28 - 30 tháng Chạp":                   {"2024-02-07", "2024-02-09"},
		"30 Tết đến mùng 3 Tết Giáp Thìn":      {"2024-02-09", "2024-02-12"},
		"từ thứ Hai đến thứ Sáu":               {"2024-02-05", "2024-02-09"},
		"hôm nay đến ngày kia":                 {"2024-02-01", "2024-02-03"},
		"từ mai đến ngày kia":                  {"2024-02-02", "2024-02-03"},
		"tuần này":                             {"2024-01-29", "2024-02-04"},
		"tuần sau":                             {"2024-02-05", "2024-02-11"},
		"tháng 2":                              {"2024-02-01", "2024-02-29"},
		"tháng 4/2025":                         {"2025-04-01", "2025-04-30"},
		"tháng này":                            {"2024-02-01", "2024-02-29"},
		"mùng 1":                               {"2024-02-10", "2024-02-10"},
		"Từ 28 tháng Chạp đến hết mùng 6 Tết.": {"2024-02-07", "2024-02-15"},
	} {
		from, to, err := ParseRange(in, ref)
		if err != nil || from.Date != day(want[0]) || to.Date != day(want[1]) {
			t.Errorf("ParseRange(%q) = %v - %v, %v; want %v", in, from.Date, to.Date, err, want)
		}
	}
	for in, want := range map[string]error{
		"14/02/2024 - 08/02/2024": ErrBackwards, "đến": ErrNoDate, "từ đâu đến đâu": ErrNoDate, "1/2 - 2/2 - 3/2": ErrNoDate,
	} {
		if f, to, err := ParseRange(in, ref); !errors.Is(err, want) {
			t.Errorf("ParseRange(%q) = %v %v %v, want %v", in, f, to, err, want)
		}
	}
}

func TestClocks(t *testing.T) {
	for in, want := range map[string]string{
		"7h30": "07h30", "7g30": "07h30", "07:30": "07h30", "07:30:00": "07h30", "19h": "19h00", "7 rưỡi": "07h30", "7 giờ rưỡi": "07h30", "7 rưỡi tối": "19h30",
		"19 giờ 05": "19h05", "7 giờ tối": "19h00", "2h chiều": "14h00", "11h đêm": "23h00", "2h đêm": "02h00", "16h00'": "16h00", "17 giờ 00 phút": "17h00", "lúc 6h": "06h00",
		"16h00’": "16h00", "24h00": "00h00",
	} {
		at, err := ParseClock(in)
		if err != nil || ClockText(at) != want {
			t.Errorf("ParseClock(%q) = %v, %v; want %s", in, at, err, want)
		}
	}
	for _, in := range []string{"", "05 học sinh", "25h", "7h75", "7", "08/02", "7h30 và 8h30", "gặp 7h30"} {
		if at, err := ParseClock(in); !errors.Is(err, ErrNoTime) {
			t.Errorf("ParseClock(%q) = %v, %v", in, at, err)
		}
	}
	for in, want := range map[string][2]time.Duration{
		"07h30 - 19h00":              {7*time.Hour + 30*time.Minute, 11*time.Hour + 30*time.Minute},
		"từ 19h đến 7h hôm sau":      {19 * time.Hour, 12 * time.Hour},
		"19h00-07h00":                {19 * time.Hour, 12 * time.Hour},
		"7h30 đến 7h30 ngày hôm sau": {7*time.Hour + 30*time.Minute, 24 * time.Hour},
		"(17:00–07:00)":              {17 * time.Hour, 14 * time.Hour},
		"00h00 - 24h00":              {0, 24 * time.Hour},
	} {
		s, n, err := ParseClockSpan(in)
		if err != nil || s != want[0] || n != want[1] {
			t.Errorf("ParseClockSpan(%q) = %v %v %v", in, s, n, err)
		}
	}
}

func TestParseMoment(t *testing.T) {
	for in, want := range map[string]string{
		"19h 08/02": "2024-02-08 19:00", "7h30 mai": "2024-02-02 07:30", "mùng 1 lúc 7 rưỡi": "2024-02-10 07:30", "16h": "2024-02-01 16:00",
		"9h": "2024-02-02 09:00", "17 giờ 00 ngày 03/02/2027": "2027-02-03 17:00", "19 giờ 08/02": "2024-02-08 19:00", "14h00 ngày 13/02/2021 (mùng 02 Tết)": "2021-02-13 14:00",
		"8h00 mùng 5": "2024-02-14 08:00",
	} {
		at, _, err := ParseMoment(in, ref)
		if err != nil || at.In(Zone).Format("2006-01-02 15:04") != want {
			t.Errorf("ParseMoment(%q) = %v, %v; want %s", in, at, err, want)
		}
	}
	if _, _, err := ParseMoment("mai", ref); !errors.Is(err, ErrNoTime) {
		t.Error(err)
	}
}

func TestWeekday(t *testing.T) {
	for in, want := range map[string]time.Weekday{"Hai": -1, "T2": 1, "Thứ Hai": 1, "thứ 7": 6, "Chủ Nhật": 0, "CN": 0, "Thứ Tư": 3, "x": -1, "08/02": -1} {
		w, ok := ParseWeekday(in)
		if ok != (want >= 0) || ok && w != want {
			t.Errorf("ParseWeekday(%q) = %v %v", in, w, ok)
		}
	}
}

// TestPrintedDatesReadBack: whatever this package prints it also reads, to the same day and without a note.
func TestPrintedDatesReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at := Date{2024, 1, 1}.AddDays(rapid.IntRange(0, 4000).Draw(t, "ref"))
		d := at.AddDays(rapid.IntRange(-back+10, 250).Draw(t, "day"))
		for _, s := range []string{d.Long(), d.Text(), d.Short(), d.Heading(), d.Lunar().String()} {
			if s == "29/02" {
				continue
			}
			r, err := ParseDate(s, at.Midnight())
			if err != nil || r.Date != d || len(r.Notes) > 0 {
				t.Fatalf("%q printed for %v, read on %v: %+v %v", s, d, at, r, err)
			}
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"từ 28 tháng Chạp đến hết mùng 6", "T5 08/02 (29 Tết)", "7h30 mai", "mùng 1 tháng 6 nhuận năm 2025", "30/12 al"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if r, err := ParseDate(s, ref); err == nil && (r.Date.Year < 1900 || r.Date.Year > 2110) {
			t.Fatalf("%q = %v", s, r)
		}
		if a, b, err := ParseRange(s, ref); err == nil && b.Date.Before(a.Date) {
			t.Fatalf("%q = %v %v", s, a, b)
		}
		if at, err := ParseClock(s); err == nil && (at < 0 || at > 24*time.Hour) {
			t.Fatalf("%q = %v", s, at)
		}
		_, _, _ = ParseMoment(s, ref)
	})
}
