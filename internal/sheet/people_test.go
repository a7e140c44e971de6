package sheet

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"trucban/internal/calendar"
)

// say prints a person as "Name|title|phone|extras".
func say(p Person) string {
	s := p.Name + "|" + p.Title + "|" + strings.Join(p.Phones, ",")
	if p.ID != "" {
		s += "|#" + p.ID
	}
	if p.For != "" {
		s += "|for " + p.For
	}
	if p.part {
		s += "|" + calendar.ClockText(p.Start) + "+" + p.Length.String()
	}
	return strings.ReplaceAll(s, "+84", "0")
}

func TestReadPeople(t *testing.T) {
	for in, want := range map[string][]string{
		"Nguyễn Văn An": {"Nguyễn Văn An||"},
		"đ/c Nguyễn Văn An\nđ/c Trần Thị Bình":                              {"Nguyễn Văn An||", "Trần Thị Bình||"},
		"1. Nguyễn Văn An\n2. Trần Thị Bình":                                {"Nguyễn Văn An||", "Trần Thị Bình||"},
		"1) Nguyễn Văn An 2) Trần Thị Bình":                                 {"Nguyễn Văn An||", "Trần Thị Bình||"},
		"Nguyễn Văn An; Trần Thị Bình":                                      {"Nguyễn Văn An||", "Trần Thị Bình||"},
		"Nguyễn Văn An, Trần Thị Bình và Lê Cường":                          {"Nguyễn Văn An||", "Trần Thị Bình||", "Lê Cường||"},
		"Nguyễn Văn An + Trần Thị Bình":                                     {"Nguyễn Văn An||", "Trần Thị Bình||"},
		"- Nguyễn Văn An\n- Trần Thị Bình":                                  {"Nguyễn Văn An||", "Trần Thị Bình||"},
		"Nguyễn Văn An - Trần Thị Bình":                                     {"Nguyễn Văn An||", "Trần Thị Bình||"},
		"Nguyễn Văn An/Trần Thị Bình":                                       {"Nguyễn Văn An||", "Trần Thị Bình||"},
		"Nguyễn Văn An - 0912.345.678":                                      {"Nguyễn Văn An||0912345678"},
		"Nguyễn Văn An (0912 345 678)":                                      {"Nguyễn Văn An||0912345678"},
		"Nguyễn Văn An, SĐT: 0912345678":                                    {"Nguyễn Văn An||0912345678"},
		"Nguyễn Văn An\n0912345678":                                         {"Nguyễn Văn An||0912345678"},
		"An 0912345678, Bình 0987654321":                                    {"An||0912345678", "Bình||0987654321"},
		"Nguyễn Văn An 0912345678/0987654321":                               {"Nguyễn Văn An||0912345678,0987654321"},
		"Nguyễn Văn An - Phó Chủ tịch UBND - 0912345678":                    {"Nguyễn Văn An|Phó Chủ tịch UBND|0912345678"},
		"Nguyễn Văn An (PCT)":                                               {"Nguyễn Văn An|PCT|"},
		"Nguyễn Văn An, Phó Chủ tịch":                                       {"Nguyễn Văn An|Phó Chủ tịch|"},
		"Phó Chủ tịch Nguyễn Văn An":                                        {"Nguyễn Văn An|Phó Chủ tịch|"},
		"Phó Chủ tịch UBND phường: Nguyễn Văn An":                           {"Nguyễn Văn An|Phó Chủ tịch UBND phường|"},
		"Đ/c Đại úy Lê Văn Cường (Phó Trưởng Công an phường)":               {"Lê Văn Cường|Phó Trưởng Công an phường|"},
		"Nguyễn Văn An\n(Phó Chủ tịch)\nTrần Thị Bình\nCông chức Văn phòng": {"Nguyễn Văn An|Phó Chủ tịch|", "Trần Thị Bình|Công chức Văn phòng|"},
		"Trương Thị Đào":                                                    {"Trương Thị Đào||"},
		"TÔ VĂN PHONG":                                                      {"TÔ VĂN PHONG||"},
		"nghỉ":                                                              nil,
		"-":                                                                 nil,
		"":                                                                  nil,
		"Nguyễn Văn An [#an1]":                                              {"Nguyễn Văn An|||#an1"},
		"Nguyễn Văn An (19h00-22h00)\nTrần Bình (22h00 - 07h00)":            {"Nguyễn Văn An|||19h00+3h0m0s", "Trần Bình|||22h00+9h0m0s"},
		"Nguyễn Văn An (thay đ/c Lê Cường) 0912345678":                      {"Nguyễn Văn An||0912345678|for Lê Cường"},
		"N.V.An": {"N.V.An||"},
	} {
		people, strange := readPeople(in)
		var got []string
		for _, p := range people {
			got = append(got, say(p))
		}
		if d := cmp.Diff(want, got); d != "" || len(strange) > 0 {
			t.Errorf("%q: strange %v\n%s", in, strange, d)
		}
	}
	for _, in := range []string{"Tổng cộng 12 người", "Công an phường", "=HYPERLINK(\"x\")"} {
		if p, strange := readPeople(in); len(strange) == 0 {
			t.Errorf("%q read as %v", in, p)
		}
	}
}
