package calendar

import (
	"slices"
	"testing"
)

func TestHolidays(t *testing.T) {
	h, err := BuiltinHolidays()
	if err != nil {
		t.Fatal(err)
	}
	for d, want := range map[string]string{
		"2024-02-08": "Tết Âm lịch", "2024-02-14": "Tết Âm lịch", "2024-02-15": "", "2024-04-29": "Nghỉ hoán đổi", "2024-05-04": "",
		"2024-04-18": "Giỗ Tổ Hùng Vương", "2024-09-02": "Quốc khánh", "2024-09-03": "Quốc khánh", "2024-11-24": "",
		"2026-11-24": "Ngày Văn hóa Việt Nam", "2026-04-27": "Nghỉ bù Giỗ Tổ Hùng Vương", "2027-02-04": "Tết Âm lịch", "2027-09-05": "Quốc khánh",
		"2030-02-02": "Tết Âm lịch", "2030-02-03": "", "2030-09-02": "Quốc khánh", "2030-09-03": "", "2030-11-24": "Ngày Văn hóa Việt Nam", "2028-01-01": "Tết Dương lịch",
	} {
		got, ok := h.On(day(d))
		if got.Name != want || ok != (want != "") {
			t.Errorf("%s = %+v, want %q", d, got, want)
		}
	}
	if !slices.Equal(h.Years(), []int{2024, 2025, 2026, 2027}) {
		t.Errorf("announced years: %v", h.Years())
	}
	if _, ok := h.TetSpan(2028); ok {
		t.Error("2028 has not been announced")
	}
	if s, ok := h.TetSpan(2027); !ok || s.From.Lunar().String() != "28 tháng Chạp" || s.To.Lunar().String() != "mùng 5 Tết" || s.Days() != 7 {
		t.Errorf("Tết 2027: %+v", s)
	}
	if src, ok := h.Announced(2027); !ok || src == "" {
		t.Error("an announced year names its source")
	}
}

func TestWorkdays(t *testing.T) {
	h, err := BuiltinHolidays()
	if err != nil {
		t.Fatal(err)
	}
	for d, want := range map[string][2]bool{
		"2024-02-07": {true, true}, "2024-02-08": {false, true}, "2024-05-04": {true, true}, "2024-05-11": {false, true},
		"2026-08-22": {true, true}, "2026-08-31": {false, true}, "2030-02-04": {true, false}, "2030-02-02": {false, false},
	} {
		if work, known := h.Workday(day(d)); work != want[0] || known != want[1] {
			t.Errorf("%s: work %v known %v", d, work, known)
		}
	}
}

func TestReadHolidaysRefuses(t *testing.T) {
	for _, in := range []string{"announced: [{year: 2028}]", "announced: 7", "announced: [{year: 2028, source: x, tet: {from: 2028-01-30, to: 2028-01-20}}]"} {
		if _, err := ReadHolidays([]byte(in)); err == nil {
			t.Errorf("%q was taken", in)
		}
	}
}
