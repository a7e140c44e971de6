package incident

import (
	"os"
	"strings"
	"testing"
	"time"

	"trucban/internal/roster"
)

// testRules are the rules that ship.
func testRules(t testing.TB) Rules {
	t.Helper()
	b, err := os.ReadFile("../../messages/rules.yaml")
	if err != nil {
		t.Fatal(err)
	}
	r, err := ParseRules(b)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func at(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, roster.Zone)
	if err != nil {
		panic(err)
	}
	return t
}

func TestShippedRules(t *testing.T) {
	r := testRules(t)
	if r.Note != "chưa đối chiếu văn bản gốc" {
		t.Errorf("note = %q", r.Note)
	}
	for _, l := range Levels {
		if r.LevelLabel(l) == string(l) {
			t.Errorf("level %s has no label", l)
		}
	}
	for _, s := range []State{StateNew, StateAcked, StateHandling, StateResolved, StateClosed, StateReopened} {
		if r.StateLabel(s) == string(s) {
			t.Errorf("state %s has no label", s)
		}
	}
	for _, k := range r.Kinds {
		p, ok := r.Playbook(k.Code)
		if !ok || len(p.Steps) < 4 || len(p.Ring) == 0 || !strings.Contains(p.Call, "{id}") {
			t.Errorf("kind %s: playbook %q is not complete", k.Code, p.Title)
		}
		for _, s := range p.Steps {
			switch s.Owner {
			case roster.PostDesk, roster.PostDuty, roster.PostLeader, roster.PostTech:
			default:
				t.Errorf("kind %s: step %q has owner %q", k.Code, s.Text, s.Owner)
			}
		}
	}
	for _, g := range r.Regimes {
		if !g.Checked && !strings.Contains(g.Certainty, "chưa đối chiếu") {
			t.Errorf("regime %s does not say that it is not checked", g.ID)
		}
	}
}

func TestParseRulesNamesEveryFault(t *testing.T) {
	_, err := ParseRules([]byte(`
kinds: [{code: a, label: A, level: low}, {code: a, label: "", level: huge}]
regimes: [{id: x, title: X, from: 2026-01-01, deadlines: [{id: d, what: W, within: 24h, kinds: [nope], min_level: loud}]}]
gap: {from: 2026-01-01, until: 2026-02-01, use: [y]}
`))
	if err == nil {
		t.Fatal("faulty rules were accepted")
	}
	for _, want := range []string{`kind "a": missing or used twice`, `label and a level`, `kind "nope"`, `level "loud"`, `regime "y"`} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("error does not name %q:\n%v", want, err)
		}
	}
	for _, bad := range []string{"kinds: [", "unknown: 1", "regimes: [{id: x, from: someday}]", "regimes: [{id: x, deadlines: [{within: soon}]}]"} {
		if _, err := ParseRules([]byte(bad)); err == nil {
			t.Errorf("accepted %q", bad)
		}
	}
}

func TestPropose(t *testing.T) {
	r := testRules(t)
	sent := at("2027-02-06 22:10")
	for _, c := range []struct {
		text, kind, system string
		level              Level
		found              string
	}{
		{"web phường bị đổi giao diện từ 21h", "deface", "Cổng/Trang thông tin điện tử", Serious, "2027-02-06 21:00"},
		{"web phuong bi doi giao dien tu 21h", "deface", "Cổng/Trang thông tin điện tử", Serious, "2027-02-06 21:00"},
		{"WEB PHƯỜNG BỊ ĐỔI GIAO DIỆN", "deface", "Cổng/Trang thông tin điện tử", Serious, ""},
		{"máy chủ bị mã hoá, có thư tống tiền, phát hiện lúc 7h30 sáng", "ransom", "Máy chủ", Serious, "2027-02-06 07:30"},
		{"1 máy trạm bị nhiễm virus", "ma_doc", "Máy trạm", Low, ""},
		{"lỗ hổng trong hệ thống thư điện tử", "", "Thư điện tử công vụ", Medium, ""},
		{"máy in hỏng", "ha_tang", "", Low, ""},
		{"mất điện toàn trụ sở từ 5 giờ chiều", "ha_tang", "", Low, "2027-02-06 17:00"},
		{"facebook ủy ban bị hack 30 phút trước", "xam_nhap", "Tài khoản mạng xã hội", Serious, "2027-02-06 21:40"},
		{"lộ danh sách dữ liệu cá nhân của dân, bí mật nhà nước", "lo_lot", "", Critical, ""},
		{"không vào được cổng TTĐT từ tối qua 23h", "ddos", "Cổng/Trang thông tin điện tử", Medium, "2027-02-05 23:00"},
		{"xin chào", "", "", Medium, ""},
	} {
		p := r.Propose(c.text, sent)
		if p.Kind != c.kind || p.System != c.system || p.Level != c.level {
			t.Errorf("%q: %s, %q, %s; want %s, %q, %s", c.text, p.Kind, p.System, p.Level, c.kind, c.system, c.level)
		}
		if c.found == "" != p.FoundAt.IsZero() || c.found != "" && !p.FoundAt.Equal(at(c.found)) {
			t.Errorf("%q: found %v, want %s", c.text, p.FoundAt.In(roster.Zone), c.found)
		}
	}
}
