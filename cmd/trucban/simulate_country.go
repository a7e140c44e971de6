package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"trucban/bot"
	"trucban/internal/calendar"
)

// What the made-up country has when all of it takes part.
const (
	allProvinces = 34
	allCommunes  = 3300
)

// district is one province of the made-up country: one organisation, one namespace, one bot.
type district struct {
	number   int
	groups   int // with the shifts of one unit each
	communes int
}

// country shares the groups out among the provinces: each has one, and the others go as communes
// do, four times as many to the largest as to the smallest. A commune has its first group
// before any has a second.
func country(groups, provinces int) []district {
	most := min(groups, max(provinces, allCommunes*provinces/allProvinces))
	all, communes := shares(groups, provinces), shares(most, provinces)
	out := make([]district, provinces)
	for i := range out {
		out[i] = district{number: i + 1, groups: all[i], communes: min(communes[i], all[i])}
	}
	return out
}

// shares parts n, at least the number of provinces, from the largest to the smallest.
func shares(n, provinces int) []int {
	weight := func(i int) int { return 156 - i*118/max(1, allProvinces-1) }
	total, sum, gone := 0, 0, 0
	for i := range provinces {
		total += weight(i)
	}
	out := make([]int, provinces)
	for i := range out {
		sum += weight(i)
		upTo := (n - provinces) * sum / total
		out[i] = 1 + upTo - gone
		gone = upTo
	}
	return out
}

// Names are put together of common ones; nobody is meant.
var (
	familyNames = []string{"Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Đỗ", "Hồ"}
	middleNames = []string{"Văn", "Thị", "Quốc", "Minh", "Thu", "Thanh", "Đức", "Ngọc"}
	givenNames  = []string{"An", "Bình", "Cường", "Dũng", "Hà", "Hải", "Hoa", "Khánh", "Lan", "Long", "Mai", "Nam", "Phúc", "Quân", "Sơn", "Tâm", "Thảo", "Tuấn", "Vinh", "Yến"}
	offices     = []string{"Công an", "Ban CHQS", "Trung tâm hành chính công", "Trạm y tế", "Trang TTĐT"}
)

func madeUpName(r *rand.Rand) string {
	return familyNames[r.IntN(len(familyNames))] + " " + middleNames[r.IntN(len(middleNames))] + " " + givenNames[r.IntN(len(givenNames))]
}

// People of a unit: the head stands in for nobody, the officers take the nights and the days in turn.
const unitPeople = 3

// town is the province's organisation: a unit with a group, a head and two officers for each
// of its groups, two shifts a day, leaders and a desk above. Ids of chats and accounts are unique in
// the country, so that provinces can be put together.
func (d district) town(from calendar.Date, days int, zalo float64) (bot.Setup, error) {
	r := rand.New(rand.NewPCG(uint64(d.number), uint64(d.groups)))
	name := fmt.Sprintf("Tỉnh số %d", d.number)
	id := func(n int) string { return fmt.Sprint(d.number*1_000_000 + n) }
	f := townFile{
		Name: name, Digest: []string{"30 7 * * *", "0 16 * * *"},
		Units: []townUnit{{ID: "tinh", Name: name, Leaders: map[string]chats{"telegram": {"-1" + id(0)}}}},
		People: []townMan{
			{ID: "lanhdao", Name: madeUpName(r), Unit: "tinh", Roles: []string{"leader"}, Accounts: map[string]string{"telegram": id(1)}, Started: []string{"telegram"}},
			{ID: "quanly", Name: madeUpName(r), Unit: "tinh", Roles: []string{"desk"}, Accounts: map[string]string{"telegram": id(2)}, Started: []string{"telegram"}},
		},
	}
	for u := range d.groups {
		platform := "telegram"
		if r.Float64() < zalo {
			platform = "zalo"
		}
		unit := townUnit{ID: fmt.Sprint("x", u), Name: fmt.Sprintf("Xã %d-%d", d.number, u+1), Parent: "tinh", Tags: []string{"coquan", "ubnd_xa"}, Chats: map[string]chats{platform: {"-1" + id(10+u)}}}
		if c := u - d.communes; c >= 0 {
			commune := c % max(1, d.communes)
			unit.Name = fmt.Sprintf("%s xã %d-%d", offices[c/max(1, d.communes)%len(offices)], d.number, commune+1)
			unit.Parent, unit.Tags = fmt.Sprint("x", commune), []string{"coquan"}
		}
		f.Units = append(f.Units, unit)
		for p := range unitPeople {
			roles := []string{"officer"}
			if p == 0 {
				roles = []string{"head"}
			}
			f.People = append(f.People, townMan{
				ID: person(u, p), Name: madeUpName(r), Unit: unit.ID, Roles: roles,
				Accounts: map[string]string{platform: id(100_000 + unitPeople*u + p)}, Started: []string{platform},
			})
		}
		f.Shifts = append(f.Shifts, unitShifts(u, from, days)...)
	}
	reader := &townReader{}
	s := reader.setup(f, fmt.Sprint("simulated-", d.number))
	return s, errors.Join(reader.faults...)
}

func person(unit, n int) string { return fmt.Sprintf("p%d-%d", unit, n) }

// unitShifts are a day and a night for each day.
func unitShifts(unit int, from calendar.Date, days int) []townShift {
	const form = "2006-01-02 15:04"
	var out []townShift
	for i := range 2 * days {
		start := from.Midnight().Add(7*time.Hour + time.Duration(i)*12*time.Hour).In(calendar.Zone)
		out = append(out, townShift{
			Unit: fmt.Sprint("x", unit), Name: []string{"Ca ngày", "Ca đêm"}[i%2], Start: start.Format(form), End: start.Add(12 * time.Hour).Format(form),
			People: []townPost{{Person: person(unit, 1+i%2), Post: "desk"}},
		})
	}
	return out
}
