package bot

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"trucban/internal/viet"
)

// sampleForms is a table as the bot has one, with the traps in it.
func sampleForms() []TextForm {
	return []TextForm{
		{Key: "ondanh", Commands: []string{"ondanh", "diemdanh", "dd", "ok", "on", "checkin"}, Takes: TakesNote,
			Words: []string{"ổn định", "ổn", "on", "ok", "điểm danh", "ổn danh", "có mặt"}},
		{Key: "vang", Words: []string{"vắng"}},
		{Key: "muon", Words: []string{"đến muộn", "muộn"}},
		{Key: "xong", Commands: []string{"xong", "hoanthanh"}, Words: []string{"đã xong"}, Takes: TakesNumber},
		{Key: "nhiemvu", Commands: []string{"nhiemvu", "viec", "nv"}, Words: []string{"nhiệm vụ"}, Takes: TakesNumber},
		{Key: "suco", Commands: []string{"suco", "su_co", "sc", "baosuco"}, Words: []string{"sự cố", "có việc"}, Takes: TakesText},
		{Key: "tiepnhan", Commands: []string{"tiepnhan"}, Words: []string{"tiếp nhận"}, Takes: TakesID},
		{Key: "daxuly", Commands: []string{"daxuly"}, Words: []string{"đã xử lý"}, Takes: TakesID},
		{Key: "rcv", Words: []string{"đã quán triệt"}},
		{Key: "noted", Words: []string{"đã nắm"}},
		{Key: "huy", Commands: []string{"huy", "cancel", "thoi"}, Words: []string{"hủy", "thôi"}},
		{Key: "hotline", Commands: []string{"hotline", "danhba"}, Words: []string{"đường dây nóng"}, Takes: TakesText},
		{Key: "aitruc", Commands: []string{"aitruc", "ai_truc"}, Words: []string{"ai trực"}},
		{Key: "baocao", Commands: []string{"baocao", "bc"}, Words: []string{"báo cáo"}},
		{Key: "vanban", Commands: []string{"vanban"}, Takes: TakesText},
	}
}

func sampleVocabulary(t testing.TB) Vocabulary {
	t.Helper()
	v, err := NewVocabulary(sampleForms())
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func act(key string) Words         { return Words{Key: key} }
func actArg(key, arg string) Words { return Words{Key: key, Arg: arg} }
func actRef(key, ref string) Words { return Words{Key: key, Arg: ref, Refs: []string{ref}} }
func slash(key, arg string) Words  { return Words{Key: key, Arg: arg, Slash: true} }
func suggestOnly(key string) Words { return Words{Suggest: key} }
func slashRefs(key string, r ...string) Words {
	w := Words{Key: key, Refs: r, Slash: true}
	if len(r) == 1 {
		w.Arg = r[0]
	}
	return w
}

func TestParseText(t *testing.T) {
	none := Words{}
	for in, want := range map[string]Words{
		// The whole message, however it is typed.
		"ổn định": act("ondanh"), "on dinh": act("ondanh"), "ỔN ĐỊNH.": act("ondanh"), "On  Dinh...": act("ondanh"),
		"DIEM DANH.": act("ondanh"), "Điểm danh": act("ondanh"), "diem danh !": act("ondanh"), "“Ổn định”": act("ondanh"),
		"ổn": act("ondanh"), "on": act("ondanh"), "OK": act("ondanh"), "ok 👍": act("ondanh"), "có mặt": act("ondanh"),
		"ondanh": act("ondanh"), "Ondanh.": act("ondanh"), "diemdanh": act("ondanh"), "checkin": act("ondanh"),
		"đã nắm": act("noted"), "da nam": act("noted"), "Đã quán triệt ạ": act("rcv"),
		"huy": act("huy"), "hủy": act("huy"), "huỷ": act("huy"), "thôi": act("huy"),
		"tiep nhan": act("tiepnhan"), "báo cáo": act("baocao"), "xong": act("xong"),
		"vắng": act("vang"), "muộn": act("muon"), "den muon": act("muon"),
		// Courtesies.
		"dạ ổn định ạ": act("ondanh"), "da on dinh a": act("ondanh"), "Báo cáo đ/c, ổn định.": act("ondanh"),
		"Thưa anh, em có mặt rồi ạ": act("ondanh"), "ổn định nhé đ/c": act("ondanh"), "on dinh d/c": act("ondanh"),
		"ổn định đồng chí": act("ondanh"), "vâng, đã nắm": act("noted"), "vang, da nam": act("noted"), "đã tiếp nhận": act("tiepnhan"),
		"kính báo cáo thủ trưởng: ": none, "ổn rồi": act("ondanh"),
		// Numbers.
		"xong 3": actRef("xong", "3"), "Xong 03.": actRef("xong", "3"), "xong việc 3": actRef("xong", "3"),
		"viec 2 xong": actRef("xong", "2"), "việc số 2 xong rồi ạ": actRef("xong", "2"), "3 xong": actRef("xong", "3"),
		"đã xong 3": actRef("xong", "3"), "dạ, xong nhiệm vụ 12 ạ": actRef("xong", "12"), "xong 1.2": actRef("xong", "1.2"),
		"xong 3, 4": {Key: "xong", Refs: []string{"3", "4"}}, "xong 3,4 và 5": {Key: "xong", Refs: []string{"3", "4", "5"}},
		"xong 3: đã gửi báo cáo": actArg("xong", "3 đã gửi báo cáo"), "xong: 3": actRef("xong", "3"),
		"nhiệm vụ 2": actRef("nhiemvu", "2"), "nhiem vu": act("nhiemvu"),
		"1": {Choice: 1}, "1.": {Choice: 1}, "số 2": {Choice: 2}, "dạ 1 ạ": {Choice: 1}, "1 = Tiếp nhận": {Choice: 1},
		"0": none, "100": none, "1 2": none, "0912345678": none, "1: có": none,
		// Incidents.
		"tiếp nhận SC-2027-0001": actRef("tiepnhan", "SC-2027-0001"), "tiep nhan sc-2027-0001": actRef("tiepnhan", "SC-2027-0001"),
		"da xu ly sc-2027-0001": actRef("daxuly", "SC-2027-0001"), "đã xử lý SC 2027 0001 ạ": actRef("daxuly", "SC-2027-0001"),
		"SC-2027-0001 đã xử lý": actRef("daxuly", "SC-2027-0001"), "sự cố 1 đã xử lý": actRef("daxuly", "SC-1"),
		"đã xử lý sc0001": actRef("daxuly", "SC-0001"), "tiếp nhận 1": actRef("tiepnhan", "SC-1"),
		"đã xử lý SC-2027-0001: thay nguồn": actArg("daxuly", "SC-2027-0001 thay nguồn"),
		// Free text, only behind a colon or a command that is no word.
		"sự cố: web bị đổi giao diện":                          actArg("suco", "web bị đổi giao diện"),
		"su co: web bi doi giao dien":                          actArg("suco", "web bi doi giao dien"),
		"Sự cố:web bị đổi\ngiao diện":                          actArg("suco", "web bị đổi\ngiao diện"),
		"sự cố: sao không vào được?":                           actArg("suco", "sao không vào được?"),
		"suco cháy trạm biến áp":                               actArg("suco", "cháy trạm biến áp"),
		"SUCO cháy trạm":                                       actArg("suco", "cháy trạm"),
		"ondanh mất điện 5 phút":                               actArg("ondanh", "mất điện 5 phút"),
		"ondanh, quân số 3/3":                                  actArg("ondanh", "quân số 3/3"),
		"ondanh: mất điện":                                     actArg("ondanh", "mất điện"),
		"hotline công an":                                      actArg("hotline", "công an"),
		"vanban " + strings.Repeat("Kính gửi các đơn vị ", 40): actArg("vanban", strings.TrimSpace(strings.Repeat("Kính gửi các đơn vị ", 40))),
		// Copied hints.
		"Trả lời: ondanh": act("ondanh"), "Trả lời: ondanh (Ổn định)": act("ondanh"), "ondanh = Ổn định": act("ondanh"),
		"xong 3 = 3. Gửi báo cáo": actRef("xong", "3"), "tiếp nhận SC-2027-0001 = Tiếp nhận": actRef("tiepnhan", "SC-2027-0001"),
		// Commands.
		"/ondanh": slash("ondanh", ""), "/ondanh@bot mất điện 5 phút": slash("ondanh", "mất điện 5 phút"), "/ONDANH.": slash("ondanh", ""),
		"/ điểm danh": slash("ondanh", ""), "/ổn định mất điện": slash("ondanh", "mất điện"), "／ondanh": slash("ondanh", ""),
		"/suco: web hỏng": slash("suco", "web hỏng"), "/suco\nweb hỏng\nchưa rõ": slash("suco", "web hỏng\nchưa rõ"),
		"/sc@truc_ban_bot cháy": slash("suco", "cháy"), "/xong 3": slashRefs("xong", "3"), "/xong 3 đã gửi": slash("xong", "3 đã gửi"),
		"/xong 3 4": slashRefs("xong", "3", "4"), "/tiepnhan sc 2027 1": slashRefs("tiepnhan", "SC-2027-1"), "/viec": slash("nhiemvu", ""),
		"/ondnah": {Slash: true, Suggest: "ondanh"}, "/abc": {Slash: true}, "/": none, "/@bot": {Slash: true},
		// What must not act.
		"": none, "...": none, "👍": none, "vang": suggestOnly("vang"), "vâng": none, "vàng": none, "muon": suggestOnly("muon"), "muốn": none,
		"ơn": none, "thoi": suggestOnly("huy"), "thời": none, "dd": none, "viec": none,
		"ổn định?": suggestOnly("ondanh"), "ổn định chưa": suggestOnly("ondanh"), "ổn định chưa anh": suggestOnly("ondanh"), "ổn định à": suggestOnly("ondanh"),
		"có mặt không ạ": suggestOnly("ondanh"), "ondanh là gì?": suggestOnly("ondanh"), "xong chưa": none, "xong 3 chưa": none,
		"chưa ổn định": none, "không ổn định": none, "chua xong 3": none, "tình hình on dinh": none, "đ/c điểm danh": none, "anh có mặt": none,
		"điểm danh: đề nghị các đ/c báo quân số": suggestOnly("ondanh"), "ổn định mất điện": suggestOnly("ondanh"),
		"sự cố mất điện": suggestOnly("suco"), "có việc gì": suggestOnly("suco"), "cảm ơn anh": none, "cam on": none, "on the way": none, "ok để mai": none,
		"xong việc mai họp": none, "hôm nay tôi vắng": none, "tiếp nhận rồi báo lại tôi sc-2027-0001 nhé": suggestOnly("tiepnhan"),
		"báo cáo đ/c tôi đến muộn 10 phút": suggestOnly("muon"), "ổn định\nmất điện": suggestOnly("ondanh"),
		"xong 3 việc": none, "3 việc xong": none, "đã xử lý 3 sự cố": suggestOnly("daxuly"), "đội 3 xong": none, "xong 2027": none,
		"lịch 12/2": none, "checkin muộn quá": suggestOnly("ondanh"),
		// Raw Telex and slips are offered at most.
		"ddieemr danh": suggestOnly("ondanh"), "oonr ddinhj": suggestOnly("ondanh"), "suwj coos": suggestOnly("suco"), "ondnah": suggestOnly("ondanh"),
	} {
		for form, text := range map[string]string{"as is": in, "NFC": norm.NFC.String(in), "NFD": norm.NFD.String(in)} {
			got := ParseText(sampleVocabulary(t), text)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%q (%s):\n%s", in, form, diff)
			}
		}
	}
}

func TestVocabularyRefusesTwins(t *testing.T) {
	for name, forms := range map[string][]TextForm{
		"keys":             {{Key: "a"}, {Key: "a"}},
		"no key":           {{Commands: []string{"x"}}},
		"commands":         {{Key: "a", Commands: []string{"ondanh"}}, {Key: "b", Commands: []string{"x", "OnDanh"}}},
		"words":            {{Key: "a", Words: []string{"ổn định"}}, {Key: "b", Words: []string{"on dinh"}}},
		"command and word": {{Key: "a", Commands: []string{"xong"}}, {Key: "b", Words: []string{"xong"}}},
	} {
		if _, err := NewVocabulary(forms); err == nil {
			t.Errorf("%s: twins are taken", name)
		}
	}
	if _, err := NewVocabulary([]TextForm{{Key: "a", Words: []string{"vắng", "vắng"}}, {Key: "b", Words: []string{"vâng"}}}); err != nil {
		t.Errorf("vắng and vâng are two words: %v", err)
	}
}

// TestSentencesNeverAct puts words of the table among others.
func TestSentencesNeverAct(t *testing.T) {
	v := sampleVocabulary(t)
	var phrases []string
	for _, f := range sampleForms() {
		phrases = append(phrases, f.Words...)
		for _, w := range f.Words {
			phrases = append(phrases, viet.Fold(w))
		}
	}
	others := []string{"hôm nay", "mai", "tình hình", "tinh hinh", "không", "chưa", "chua", "đơn vị", "mọi người", "để tôi xem", "muốn", "muon", "vàng", "vang quá", "lúc 5h", "?"}
	rapid.Check(t, func(t *rapid.T) {
		phrase := rapid.SampledFrom(phrases).Draw(t, "phrase")
		other := rapid.SampledFrom(others).Draw(t, "other")
		text := phrase + " " + other
		if rapid.Bool().Draw(t, "first") && other != "?" {
			text = other + " " + phrase
		}
		if w := ParseText(v, text); w.Key != "" || w.Choice != 0 {
			t.Fatalf("%q acts: %+v", text, w)
		}
	})
}

// TestCourtesiesChangeNothing wraps every phrase of the table.
func TestCourtesiesChangeNothing(t *testing.T) {
	v := sampleVocabulary(t)
	rapid.Check(t, func(t *rapid.T) {
		f := rapid.SampledFrom(sampleForms()).Filter(func(f TextForm) bool { return len(f.Words) > 0 }).Draw(t, "form")
		text := rapid.SampledFrom(f.Words).Draw(t, "phrase")
		text = rapid.SampledFrom([]string{"", "dạ ", "Dạ, ", "em ", "Báo cáo đ/c, "}).Draw(t, "lead") + text +
			rapid.SampledFrom([]string{"", " ạ", ".", " rồi ạ", " nhé", "!", " đ/c ạ..."}).Draw(t, "trail")
		if rapid.Bool().Draw(t, "upper") {
			text = strings.ToUpper(text)
		}
		if w := ParseText(v, text); w.Key != f.Key {
			t.Fatalf("%q: %+v, want %s", text, w, f.Key)
		}
	})
}

func FuzzParseText(f *testing.F) {
	for _, s := range []string{
		"ổn định", "on dinh a", "/ondanh@bot mất điện", "xong 3, 4", "viec 2 xong", "SC-2027-0001 đã xử lý", "1 = Tiếp nhận",
		"sự cố: cháy", "ddieemr danh", "/", "／", "?", ":", "=1", "Trả lời:", "d/c", "\u0301", "a\u0301:", "xong 1.2.3", "ondanh (Ổn định)",
	} {
		f.Add(s)
	}
	v := sampleVocabulary(f)
	f.Fuzz(func(t *testing.T, s string) {
		w := ParseText(v, s)
		switch _, known := v.byKey[w.Key]; {
		case w.Key != "" && (!known || w.Suggest != "" || w.Choice != 0), w.Choice < 0 || w.Choice > 99,
			strings.TrimSpace(w.Arg) != w.Arg, !utf8.ValidString(w.Arg), w.Key == "" && (w.Arg != "" || w.Refs != nil),
			len(w.Refs) > 1 && w.Arg != "", slices.Contains(w.Refs, ""):
			t.Fatalf("%q became %+v", s, w)
		}
		if again := ParseText(v, norm.NFD.String(viet.Clean(s))); !cmp.Equal(w, again) {
			t.Fatalf("%q: NFD changes %+v to %+v", s, w, again)
		}
	})
}
