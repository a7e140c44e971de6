package viet

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

func TestFold(t *testing.T) {
	for in, want := range map[string]string{
		"Điểm Danh":                      "diem danh",
		"  ỔN   ĐỊNH ":                   "on dinh",
		"hòa":                            "hoa",
		"hoà":                            "hoa",
		"Ủy ban":                         "uy ban",
		"Uỷ ban":                         "uy ban",
		"\ufeffsự\u200b cố\u00a0: web":   "su co : web",
		norm.NFD.String("Nguyễn Thị Đệ"): "nguyen thi de",
		"Ðồng chí":                       "dong chi", // eth for đ
		"/ondanh@bot":                    "/ondanh@bot",
		"A\tB\n\nC":                      "a b c",
		"":                               "",
		"Phường 3, TP. Huế (trụ sở 2)\r\n": "phuong 3, tp. hue (tru so 2)",
	} {
		if got := Fold(in); got != want {
			t.Errorf("Fold(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestFoldProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "s")
		f := Fold(s)
		if Fold(f) != f {
			t.Fatalf("folding twice differs: %q -> %q -> %q", s, f, Fold(f))
		}
		if g := Fold(norm.NFD.String(s)); g != Fold(norm.NFC.String(s)) {
			t.Fatalf("unicode form matters: %q", s)
		}
		if c := Clean(s); !utf8.ValidString(c) || Clean(c) != c {
			t.Fatalf("Clean(%q) = %q is not stable", s, c)
		}
	})
}

func TestClean(t *testing.T) {
	in := "\ufeffĐơn\u00a0vị\r\nTrực\u200b  ban\vx\x00"
	if got, want := Clean(in), "Đơn vị\nTrực  ban\nx"; got != want {
		t.Errorf("Clean = %q, want %q", got, want)
	}
	if got := Line(" a \n b "); got != "a b" {
		t.Errorf("Line = %q", got)
	}
}

func TestTelexSuggest(t *testing.T) {
	for in, want := range map[string]string{
		"suwj coos":    "su co",
		"ddieemr danh": "diem danh",
		"trwcj ban":    "truc ban",
		"ddaf xong":    "da xong",
		"on dinh":      "",
		"truc ban":     "",
	} {
		if got := TelexSuggest(in); got != want {
			t.Errorf("TelexSuggest(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestNameOrder(t *testing.T) {
	want := []string{
		"Lê Thị Ánh", "Phạm Văn Ân", "Nguyễn Văn Ba", "Nguyễn Văn Dũng", "Trần Đức", "Bùi Thị Mà", "Bùi Thị Mả", "Bùi Thị Mã",
		"Bùi Thị Má", "Bùi Thị Mạ", "Nguyễn Văn Oanh", "Đào Ô", "Lê Văn Út",
	}
	got := slices.Clone(want)
	slices.Reverse(got)
	SortNames(got, func(s string) string { return s })
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("order differs:\n%s", d)
	}
	if !Less("Trần Văn An", "Bùi Thị Bình") || Less("Trần Văn An", "Bùi Văn An") {
		t.Error("given name decides first, then the full name")
	}
	words := []string{"Đội", "Dân", "Ấp"}
	SortWords(words, func(s string) string { return s })
	if d := cmp.Diff([]string{"Ấp", "Dân", "Đội"}, words); d != "" {
		t.Error(d)
	}
}

func TestStripHonorifics(t *testing.T) {
	for in, want := range map[string]string{
		"Đ/c Nguyễn Văn An":           "Nguyễn Văn An",
		"đ/c: An":                     "An",
		"Đồng chí Đại úy Lê Văn Bình": "Lê Văn Bình",
		"ThS.BS. Trần Thị Cúc":        "Trần Thị Cúc",
		"BS.Nguyễn An":                "Nguyễn An",
		"Anh":                         "Anh",
		"Anh Vinh":                    "Vinh",
		"Chu Văn An":                  "Chu Văn An",
		"chú An":                      "An",
		"Cồ Thị Hoa":                  "Cồ Thị Hoa",
		"cô Hoa":                      "Hoa",
		"Ông/Bà Lê Na":                "Lê Na",
		"THƯỢNG UÝ LÊ NA":             "LÊ NA",
		"Anh Thư":                     "Thư",
		"":                            "",
	} {
		if got := StripHonorifics(in); got != want {
			t.Errorf("StripHonorifics(%q) = %q, want %q", in, got, want)
		}
	}
	if NameKey("đ/c Hoà - NGUYỄN") != "hoa nguyen" {
		t.Error(NameKey("đ/c Hoà - NGUYỄN"))
	}
}

func TestParsePhones(t *testing.T) {
	for in, want := range map[string][]string{
		"0912345678":                          {"+84912345678"},
		"Nguyễn Văn An - 0912.345.678":        {"+84912345678"},
		"912345678":                           {"+84912345678"},
		"912345678.0":                         {"+84912345678"},
		"2436404421":                          {"+842436404421"},
		"84912345678":                         {"+84912345678"},
		"+84 (0)912 345 678":                  {"+84912345678"},
		"0084 912 345 678":                    {"+84912345678"},
		"0912345678/0987654321":               {"+84912345678", "+84987654321"},
		"0912 345 678 0987 654 321":           {"+84912345678", "+84987654321"},
		"0912 345 678, 0912.345.678":          {"+84912345678"},
		"024.3640.4421, hotline 086.9100.317": {"+842436404421", "+84869100317"},
		"02383.500027":                        {"+842383500027"},
		"(024) 3640 4421":                     {"+842436404421"},
		"01623456789":                         {"+84323456789"},
		"0912\u00a0345\u00a0678":              {"+84912345678"},
		"+1 202-456-1414":                     {"+12024561414"},
		"08.02.2024":                          nil,
		"08/02/2024":                          nil,
		"113, 114, 19001234":                  nil,
		"07h30 - 19h00 ngày 10-02-2024":       nil,
		"45330":                               nil,
		"6410/BTTTT-CATTT ngày 29/12/2023":    nil,
		"080.43162":                           {"+848043162"},
		"An 0912345678 (trực từ 07h30 08/02)": {"+84912345678"},
	} {
		if d := cmp.Diff(want, ParsePhones(in)); d != "" {
			t.Errorf("ParsePhones(%q):\n%s", in, d)
		}
	}
	p := FindPhones("xx 0168.345.6789 yy")
	if len(p) != 1 || p[0].Was != "01683456789" || p[0].E164 != "+84383456789" || p[0].Start != 3 || p[0].End != 16 {
		t.Errorf("old number: %+v", p)
	}
}

func TestFormatPhone(t *testing.T) {
	for in, want := range map[string]string{
		"+84912345678": "0912 345 678", "+842436404421": "024 3640 4421", "+842383500027": "0238 3500 027",
		"+12024561414": "+1 202-456-1414", "113": "113", "": "",
	} {
		if got := FormatPhone(in); got != want {
			t.Errorf("FormatPhone(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzPhones(f *testing.F) {
	f.Add("Nguyễn Văn An - 0912.345.678")
	f.Add("(+84) 912 ((0")
	f.Fuzz(func(t *testing.T, s string) {
		end := 0
		for _, p := range FindPhones(s) {
			if p.Start < end || p.End > len(s) || p.Start >= p.End || !strings.HasPrefix(p.E164, "+") {
				t.Fatalf("%q: %+v", s, p)
			}
			end = p.End
		}
		StripHonorifics(s)
		TelexSuggest(s)
	})
}
