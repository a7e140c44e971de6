package sheet

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"trucban/internal/roster"
	"trucban/internal/team"
)

// bigFile is a province's roster: 500 units, three shifts a day for nine days.
func bigFile(b testing.TB) ([]byte, *team.Org) {
	org := &team.Org{Name: "Tỉnh", Units: []team.Unit{{ID: "tinh", Name: "UBND tỉnh"}}}
	family, given := strings.Fields("Nguyễn Trần Lê Phạm Hoàng Vũ Đặng Bùi Đỗ Hồ"), strings.Fields("An Bình Cường Dũng Giang Hà Khánh Long Minh Nga")
	var shifts []roster.Shift
	slots := []roster.Slot{{Name: "Ca 1", Start: 6 * time.Hour, Length: 8 * time.Hour}, {Name: "Ca 2", Start: 14 * time.Hour, Length: 8 * time.Hour}, {Name: "Ca 3", Start: 22 * time.Hour, Length: 8 * time.Hour}}
	for u := range 500 {
		id := team.UnitID(fmt.Sprintf("u%d", u))
		org.Units = append(org.Units, team.Unit{ID: id, Name: fmt.Sprintf("UBND xã số %d", u), Parent: "tinh"})
		for k := range 6 {
			n := u*6 + k
			org.Members = append(org.Members, team.Member{ID: team.MemberID(fmt.Sprintf("m%d", n)), Unit: id, Phone: fmt.Sprintf("+8491%07d", n),
				Name: family[n%10] + " Văn " + given[n/10%10] + " " + given[n/100%10] + " " + given[n/1000%10]})
		}
		for d := range 9 {
			for i, sl := range slots {
				start := day(2024, 2, 8+d).Add(sl.Start)
				shifts = append(shifts, roster.Shift{ID: roster.ID(id, start, sl.Name), Unit: id, Name: sl.Name, Start: start, End: start.Add(sl.Length),
					People: []roster.Assignment{{Post: roster.PostLeader, Member: team.MemberID(fmt.Sprintf("m%d", u*6+(d+i)%3))}, {Post: roster.PostDuty, Member: team.MemberID(fmt.Sprintf("m%d", u*6+3+(d*3+i)%3))}}})
			}
		}
	}
	if err := org.Validate(); err != nil {
		b.Fatal(err)
	}
	data, err := WriteRoster("LỊCH TRỰC TẾT 2024", shifts, org, true)
	if err != nil {
		b.Fatal(err)
	}
	return data, org
}

func day(y, m, d int) time.Time { return time.Date(y, time.Month(m), d, 0, 0, 0, 0, roster.Zone) }

// BenchmarkImportPreview reads, matches and compares 13,500 shifts.
func BenchmarkImportPreview(b *testing.B) {
	data, org := bigFile(b)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		r, err := Read("lich.xlsx", data, now)
		if err != nil {
			b.Fatal(err)
		}
		m := Match(r, org, Options{})
		if len(m.Shifts) != 13500 || !m.Ready() {
			b.Fatalf("%d shifts, %d questions, %v", len(m.Shifts), len(m.Questions), m.Problems[:min(3, len(m.Problems))])
		}
		if d := roster.Compare(nil, m.Shifts); len(d.Added) != 13500 {
			b.Fatal("preview")
		}
	}
}
