package bot

import (
	"testing"
	"time"

	"trucban/internal/calendar"
	"trucban/internal/dispatch"
)

// TestReadDuty reads report times as offices write them.
func TestReadDuty(t *testing.T) {
	now := time.Date(2027, 2, 4, 8, 0, 0, 0, calendar.Zone)
	for text, want := range map[string][]string{
		"hằng ngày trước 15h00":                        {"04/02 15:00", "05/02 15:00", "06/02 15:00"},
		"hàng ngày trước 9h và 15h30":                  {"04/02 09:00", "04/02 15:30", "05/02 09:00"},
		"trước 9h00 mùng 2, 4, 6":                      {"07/02 09:00", "09/02 09:00", "11/02 09:00"},
		"trước 9h00 ngày mùng 2, mùng 4 và mùng 6 Tết": {"07/02 09:00", "09/02 09:00", "11/02 09:00"},
		"trước 10h ngày 06/02, 08/02/2027":             {"06/02 10:00", "08/02 10:00"},
		"ngày làm việc trước 16h":                      {"04/02 16:00", "05/02 16:00", "08/02 16:00"},
		"thứ Sáu hằng tuần trước 15h":                  {"05/02 15:00", "12/02 15:00", "19/02 15:00"},
		"báo cáo khi có sự cố":                         nil,
		"hằng ngày":                                    nil,
		"mùng 2, 4, 6":                                 nil,
	} {
		d, ok := readDuty(text, now)
		if ok != (want != nil) {
			t.Errorf("%q: read %t", text, ok)
			continue
		}
		var got []string
		for _, at := range d.schedule.Between(now, now.AddDate(0, 1, 0), 3) {
			got = append(got, at.In(calendar.Zone).Format("02/01 15:04"))
		}
		if len(got) != len(want) {
			t.Errorf("%q: %v, want %v", text, got, want)
			continue
		}
		for i := range want {
			if got[i] != want[i] {
				t.Errorf("%q: %v, want %v", text, got, want)
				break
			}
		}
	}
	if d, ok := readDuty("hằng ngày trước 15h từ 05/02 đến 07/02", now); !ok || d.from.Format("02/01") != "05/02" || d.until.Format("02/01") != "08/02" {
		t.Errorf("bounded days: %v to %v", d.from, d.until)
	}
}

// TestReportDutiesOfADispatch makes windows of what was read in a document.
func TestReportDutiesOfADispatch(t *testing.T) {
	got := reportDuties([]dispatch.ReportTime{
		{Every: "day", At: "15:00"}, {Date: "2027-02-07", At: "09:00"}, {Date: "2027-02-09"}, {Every: "month", Day: 20}, {Every: "week"},
	}, nil)
	if len(got) != 3 || len(got[2].Schedule.Dates) != 2 || got[0].Schedule.Specs[0] != "0 15 * * *" || got[1].Schedule.Specs[0] != "0 17 20 * *" {
		t.Errorf("duties %+v", got)
	}
}
