package bot

import (
	"strings"
	"testing"
	"time"

	"trucban/internal/checklist"
)

var wordsNow = time.Date(2027, 2, 1, 8, 0, 0, 0, time.FixedZone("ICT", 7*3600))

func TestParseEdit(t *testing.T) {
	tests := map[string]struct {
		want edit
		ok   bool
	}{
		"1.2 hạn 03/02 17h":          {edit{ref: "1.2", verb: "due", arg: "03/02 17h"}, true},
		"1.2 han 03/02":              {edit{ref: "1.2", verb: "due", arg: "03/02"}, true},
		"VB-2027-001 1.2 bỏ":         {edit{id: "VB-2027-001", ref: "1.2", verb: "drop"}, true},
		"1.2 bỏ hạn":                 {edit{ref: "1.2", verb: "nodue"}, true},
		"1.2: thường xuyên":          {edit{ref: "1.2", verb: "standing"}, true},
		"1.2 không cần minh chứng":   {edit{ref: "1.2", verb: "noproof"}, true},
		"nhóm 3 thêm vtsao":          {edit{group: true, ref: "3", verb: "add", arg: "vtsao"}, true},
		"nhom 3b bớt vtsao, vhxh":    {edit{group: true, ref: "3b", verb: "leave", arg: "vtsao, vhxh"}, true},
		"thay VB-2027-001":           {edit{verb: "replace", arg: "VB-2027-001"}, true},
		"bổ sung VB-2027-001 2.1 bỏ": {edit{verb: "extend", arg: "VB-2027-001 2.1 bỏ"}, true},
		"":                           {edit{}, true},
		"1.2":                        {edit{ref: "1.2"}, true},
		"1.2 gì đó":                  {edit{ref: "1.2", verb: "?"}, true},
		"đề nghị các đơn vị thực hiện":  {edit{}, false},
		"17 đơn vị đã bỏ cuộc họp ngày": {edit{}, false},
	}
	for text, c := range tests {
		if got, ok := parseEdit(text); ok != c.ok || ok && got != c.want {
			t.Errorf("%q: %+v %v, want %+v %v", text, got, ok, c.want, c.ok)
		}
	}
}

func TestCutMomentAndDay(t *testing.T) {
	tests := map[string]struct{ at, rest string }{
		"đến 9h mai chờ linh kiện": {"2027-02-02 09:00", "chờ linh kiện"},
		"17h30 vì mất điện":        {"2027-02-01 17:30", "mất điện"},
		"tới 10h 03/02":            {"2027-02-03 10:00", ""},
		"đến 10/02 chờ hãng":       {"2027-02-10 17:00", "chờ hãng"},
	}
	for text, c := range tests {
		at, rest, ok := cutDay(text, wordsNow)
		if got := at.In(wordsNow.Location()).Format("2006-01-02 15:04"); !ok || got != c.at || rest != c.rest {
			t.Errorf("%q: %s %q %v, want %s %q", text, got, rest, ok, c.at, c.rest)
		}
	}
	for _, text := range []string{"", "chờ linh kiện", "mai mốt"} {
		if at, _, ok := cutMoment(text, wordsNow); ok {
			t.Errorf("%q was read as %s", text, at)
		}
	}
}

func TestCutVulnAnswer(t *testing.T) {
	tests := map[string]checklist.VulnReply{
		"không dùng":               {Answer: checklist.VulnNotUsed},
		"khong su dung":            {Answer: checklist.VulnNotUsed},
		"đã vá hôm qua":            {Answer: checklist.VulnPatched, Note: "hôm qua"},
		"đang vá":                  {Answer: checklist.VulnPatching},
		"cần trợ giúp thiếu người": {Answer: checklist.VulnNeedHelp, Note: "thiếu người"},
	}
	for text, want := range tests {
		got, ok := cutVulnAnswer(text, wordsNow)
		got.Note = strings.TrimSpace(got.Note)
		if !ok || got != want {
			t.Errorf("%q: %+v %v, want %+v", text, got, ok, want)
		}
	}
	if _, ok := cutVulnAnswer("chưa rõ", wordsNow); ok {
		t.Error("an answer that is none was taken")
	}
}

// FuzzDirectiveWords holds the readers of what the desk and the units type: no panic, and a moment is a moment.
func FuzzDirectiveWords(f *testing.F) {
	for _, s := range []string{"1.2 hạn 03/02 17h", "nhóm 3 thêm vtsao", "đến 9h mai chờ", "VB-2027-001/vhxh 3 lý do", "2, 4", "đang vá đến 10/02"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if e, ok := parseEdit(s); ok && e.known() && e.ref == "" && e.arg == "" {
			t.Errorf("%q changes nothing: %+v", s, e)
		}
		if at, _, ok := cutDay(s, wordsNow); ok && at.IsZero() {
			t.Errorf("%q is a moment without time", s)
		}
		cutVulnAnswer(s, wordsNow)
		readTarget(call{arg: s})
		cutPeriod(s)
	})
}
