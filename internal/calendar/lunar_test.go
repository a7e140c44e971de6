package calendar

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"pgregory.net/rapid"
)

func day(s string) Date {
	var d Date
	if err := d.UnmarshalText([]byte(s)); err != nil {
		panic(err)
	}
	return d
}

// TestTetTable checks the table of holidays.yaml, which two other computations and the official notices agree on.
func TestTetTable(t *testing.T) {
	var f struct {
		Tet []struct {
			Year     int    `yaml:"year"`
			Name     string `yaml:"name"`
			Mung1    Date   `yaml:"mung1"`
			Wday     string `yaml:"wday"`
			ChapDays int    `yaml:"chap_days"`
			OngTao   Date   `yaml:"ong_tao"`
			GioTo    Date   `yaml:"gio_to"`
		} `yaml:"tet"`
	}
	if err := yaml.Unmarshal(builtin, &f); err != nil {
		t.Fatal(err)
	}
	if len(f.Tet) != 12 || f.Tet[0].Year != 2024 || f.Tet[11].Year != 2035 {
		t.Fatalf("the table should run from 2024 to 2035: %+v", f.Tet)
	}
	for _, y := range f.Tet {
		if got := Tet(y.Year); got != y.Mung1 {
			t.Errorf("Tết %d = %v, want %v", y.Year, got, y.Mung1)
		}
		if got := CanChi(y.Year); got != y.Name {
			t.Errorf("name of %d = %s, want %s", y.Year, got, y.Name)
		}
		if got := WeekdayShort(y.Mung1.Weekday()); got != y.Wday {
			t.Errorf("weekday of Tết %d = %s, want %s", y.Year, got, y.Wday)
		}
		if got := MonthDays(y.Year-1, 12, false); got != y.ChapDays {
			t.Errorf("Chạp before Tết %d has %d days, want %d", y.Year, got, y.ChapDays)
		}
		if got := y.OngTao.Lunar(); got != (Lunar{Year: y.Year - 1, Month: 12, Day: 23}) {
			t.Errorf("ông Táo %d = %+v", y.Year, got)
		}
		if got := y.GioTo.Lunar(); got != (Lunar{Year: y.Year, Month: 3, Day: 10}) {
			t.Errorf("Giỗ Tổ %d = %+v", y.Year, got)
		}
	}
}

func TestVietnamIsNotChina(t *testing.T) {
	for year, want := range map[int]string{1985: "1985-01-21", 2007: "2007-02-17", 2030: "2030-02-02", 1968: "1968-01-29", 2000: "2000-02-05"} {
		if got := Tet(year); got != day(want) {
			t.Errorf("Tết %d = %v, want %s", year, got, want)
		}
	}
}

func TestLeapMonths(t *testing.T) {
	want := map[int]int{2020: 4, 2023: 2, 2025: 6, 2028: 5, 2031: 3, 2033: 11, 2036: 6}
	for y := 2020; y <= 2036; y++ {
		if got := LeapMonth(y); got != want[y] {
			t.Errorf("leap month of %d = %d, want %d", y, got, want[y])
		}
	}
	if _, err := (Lunar{Year: 2024, Month: 6, Day: 1, Leap: true}).Solar(); !errors.Is(err, ErrNoSuchDay) {
		t.Errorf("a leap month that is not: %v", err)
	}
	if got := day("2025-07-25").Lunar(); got != (Lunar{2025, 6, 1, true}) {
		t.Errorf("2025-07-25 = %+v", got)
	}
}

// TestEveryDay walks forty years: each lunar day follows the one before, and converts back.
func TestEveryDay(t *testing.T) {
	last := day("2003-12-31").Lunar()
	for d := day("2004-01-01"); d.Year < 2045; d = d.AddDays(1) {
		l := d.Lunar()
		if back, err := l.Solar(); err != nil || back != d {
			t.Fatalf("%v -> %+v -> %v, %v", d, l, back, err)
		}
		next := l.Day == last.Day+1 && l.Month == last.Month && l.Leap == last.Leap && l.Year == last.Year
		turn := l.Day == 1 && last.Day == MonthDays(last.Year, last.Month, last.Leap) &&
			(l.Month == last.Month%12+1 && !l.Leap || l.Month == last.Month && l.Leap && !last.Leap)
		if !next && !turn {
			t.Fatalf("%v: %+v does not follow %+v", d, l, last)
		}
		if (l.Month == 1 && l.Day == 1 && !l.Leap) != (l.Year == last.Year+1) {
			t.Fatalf("%v: the year turns at %+v", d, l)
		}
		last = l
	}
}

func TestDateProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := Date{1900, 1, 1}.AddDays(rapid.IntRange(0, 100000).Draw(t, "days"))
		n := rapid.IntRange(-4000, 4000).Draw(t, "n")
		if e := d.AddDays(n); e.DaysSince(d) != n || (n > 0) != e.After(d) {
			t.Fatalf("%v + %d = %v", d, n, e)
		}
		if fromJulian(d.julian()) != d {
			t.Fatalf("julian day of %v", d)
		}
		b, err := json.Marshal(d)
		var back Date
		if err != nil || json.Unmarshal(b, &back) != nil || back != d {
			t.Fatalf("%v as JSON: %s %v", d, b, err)
		}
		clock := time.Duration(rapid.IntRange(0, 24*60-1).Draw(t, "min")) * time.Minute
		at := d.At(clock)
		if DateOf(at) != d || DateOf(at.UTC()) != d || at.Sub(d.Midnight()) != clock {
			t.Fatalf("%v at %v is %v", d, clock, at)
		}
	})
}

// TestMachineZone shows that the zone of the machine plays no part.
func TestMachineZone(t *testing.T) {
	at := time.Date(2024, 2, 9, 17, 30, 0, 0, time.UTC) // 00h30 of mùng 1 in Vietnam
	want := "thứ Bảy 10/02/2024 (mùng 1 Tết)"
	for _, z := range []*time.Location{time.UTC, time.FixedZone("west", -9*3600), time.FixedZone("east", 13*3600)} {
		saved := time.Local
		time.Local = z
		got, clock := DateOf(at.In(z)).Long(), TimeText(at.In(z))
		r, err := ParseDate("hôm nay", at.In(z))
		time.Local = saved
		if got != want || clock != "00h30" || err != nil || r.Date != day("2024-02-10") {
			t.Errorf("in %v: %s %s %v %v", z, got, clock, r, err)
		}
	}
}

func TestWords(t *testing.T) {
	for d, want := range map[string][2]string{
		"2024-02-10": {"thứ Bảy 10/02/2024 (mùng 1 Tết)", "đêm mùng 1 Tết"},
		"2024-02-09": {"thứ Sáu 09/02/2024 (30 Tết)", "đêm 30 Tết"},
		"2027-02-05": {"thứ Sáu 05/02/2027 (29 Chạp, giao thừa)", "đêm 29 Chạp, giao thừa"},
		"2024-02-08": {"thứ Năm 08/02/2024 (29 tháng Chạp)", "đêm 29 tháng Chạp"},
		"2024-03-03": {"Chủ nhật 03/03/2024", "đêm 03/03"},
	} {
		if got := day(d).Long(); got != want[0] {
			t.Errorf("Long(%s) = %s, want %s", d, got, want[0])
		}
		if got := day(d).Night(); got != want[1] {
			t.Errorf("Night(%s) = %s, want %s", d, got, want[1])
		}
	}
	for d, want := range map[string]string{
		"2024-04-18": "mùng 10 tháng 3 âm lịch", "2025-07-25": "mùng 1 tháng 6 nhuận âm lịch",
		"2024-02-24": "rằm tháng Giêng", "2024-09-17": "rằm tháng 8 âm lịch",
	} {
		if got := day(d).Lunar().String(); got != want {
			t.Errorf("%s = %s, want %s", d, got, want)
		}
	}
	if got := day("2024-02-09").Lunar().YearName(); got != "Quý Mão" {
		t.Errorf("30 Tết 2024 lies in %s", got)
	}
	if got := (Span{day("2024-02-08"), day("2024-02-14")}).Text(); got != "08/02/2024 - 14/02/2024" {
		t.Error(got)
	}
}
