package incident

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"trucban/internal/roster"
	"trucban/internal/team"
)

func report(r Rules, text string, sent time.Time, unit string) Incident {
	rep := r.Propose(text, sent).Report(text)
	rep.ID, rep.Unit = "SC-2027-0001", team.UnitID(unit)
	return New(rep, act("an", sent))
}

func TestQuestionsAskOnlyWhatIsNotKnown(t *testing.T) {
	r, t0 := testRules(t), at("2027-02-06 22:10")
	for text, want := range map[string][]string{
		"có vấn đề": {AskKind, AskSystem, AskSeen, AskSince, AskOngoing},
		"web phường bị đổi giao diện từ 21h":          {AskOngoing},
		"web phường bị đổi giao diện từ 21h, vẫn còn": {},
	} {
		i, got := report(r, text, t0, "p1"), []string{}
		for range 7 {
			q, ok := i.NextQuestion(r)
			if !ok {
				break
			}
			got = append(got, q.ID)
			i = must(i.Answer(q.ID, "", r, act("an", t0))) // skipped
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: asks %v, want %v", text, got, want)
		}
	}
}

func TestAnswersAreApplied(t *testing.T) {
	r, t0 := testRules(t), at("2027-02-06 22:10")
	i := report(r, "có vấn đề", t0, "p1")
	i = must(i.Answer(AskKind, "Mã độc", r, act("an", t0)))
	i = must(i.Answer(AskSystem, "mail", r, act("an", t0)))
	i = must(i.Answer(AskSeen, "thư rác gửi đi từ hộp thư", r, act("an", t0)))
	i = must(i.Answer(AskSince, "tối qua 20h", r, act("an", t0)))
	i = must(i.Answer(AskOngoing, "yes", r, act("an", t0)))
	if i.Kind != "ma_doc" || i.System != "Thư điện tử công vụ" || !i.FoundAt.Equal(at("2027-02-05 20:00")) {
		t.Errorf("%s %s %v", i.Kind, i.System, i.FoundAt)
	}
	if _, ok := i.NextQuestion(r); ok {
		t.Error("asks on")
	}
	for q, bad := range map[string]string{AskKind: "xyz", AskSince: "hôm nào đó", "nope": "x"} {
		if _, err := i.Answer(q, bad, r, act("an", t0)); !errors.Is(err, ErrUnknown) {
			t.Errorf("%s %q: %v", q, bad, err)
		}
	}
	for text, want := range map[string]Level{"nghiêm trọng": Serious, "NGHIEM TRONG": Serious, "thấp": Low, "critical": Critical, "vừa": ""} {
		if got, _ := r.FindLevel(text); got != want {
			t.Errorf("level %q: %q", text, got)
		}
	}
}

func TestFirstHour(t *testing.T) {
	r, t0 := testRules(t), at("2027-02-06 22:10")
	i := report(r, "web phường bị đổi giao diện từ 21h", t0, "p1")
	p, _ := r.Playbook(i.Kind)
	i = i.Prepare(p, map[roster.Post]team.MemberID{roster.PostTech: "binh", roster.PostDuty: "an"})
	if len(i.Tasks) != len(p.Steps) || i.Tasks[0].Owner != "an" || i.Tasks[2].Owner != "binh" || i.Tasks[1].Owner != "" {
		t.Fatalf("%+v", i.Tasks)
	}
	i = must(i.Tick(1, act("an", t0)))
	if _, err := i.Tick(1, act("binh", t0)); !errors.Is(err, ErrDone) {
		t.Errorf("ticked twice: %v", err)
	}
	for _, n := range []int{0, -1, 99} {
		if _, err := i.Tick(n, act("an", t0)); !errors.Is(err, ErrUnknown) {
			t.Errorf("step %d: %v", n, err)
		}
	}
	other, _ := r.Playbook("ransom")
	i = i.Prepare(other, nil)
	if last := i.Tasks[len(i.Tasks)-1]; last.DoneBy != "an" {
		t.Errorf("what was done is lost with the kind: %+v", i.Tasks)
	}
	script := p.Script(i, r, "UBND phường Ví Dụ", "")
	for _, want := range []string{"UBND phường Ví Dụ", "21h00 ngày 06/02/2027", "SC-2027-0001", "Tôi là …"} {
		if !strings.Contains(script, want) {
			t.Errorf("no %q in\n%s", want, script)
		}
	}
	if strings.ContainsAny(script, "{}") {
		t.Errorf("placeholders left:\n%s", script)
	}
}

func TestSameCause(t *testing.T) {
	r, t0 := testRules(t), at("2027-02-06 22:10")
	base := report(r, "không vào được cổng TTĐT", t0, "p1")
	mk := func(id, unit, text string, after time.Duration) Incident {
		i := report(r, text, t0.Add(after), unit)
		i.ID = ID(id)
		return i
	}
	closed := must(mk("closed", "p2", "web sập", 0).Close("", act("an", t0)))
	drill := mk("drill", "p2", "web sập", 0)
	drill.Drill = true
	recent := []Incident{
		base, closed, drill,
		mk("same kind", "p2", "trang bị nghẽn", 20*time.Minute),
		mk("too late", "p3", "trang bị nghẽn", 31*time.Minute),
		mk("same unit", "p1", "trang bị nghẽn", time.Minute),
		mk("other kind", "p4", "mất điện", time.Minute),
	}
	if got := base.SameCause(recent, r); !slices.Equal(got, []ID{"same kind"}) {
		t.Errorf("same cause: %v", got)
	}
	vague := mk("v1", "p1", "máy tính văn phòng tự khởi động lại liên tục", 0)
	if got := vague.SameCause([]Incident{mk("v2", "p2", "máy tính tự khởi động lại", time.Minute), mk("v3", "p3", "loa phát tiếng lạ", 0)}, r); !slices.Equal(got, []ID{"v2"}) {
		t.Errorf("by words: %v", got)
	}
}

func TestStatsLeaveDrillsOut(t *testing.T) {
	r, t0 := testRules(t), at("2027-02-06 22:10")
	mk := func(n int, unit string) Incident {
		i := report(r, "web bị đổi giao diện", t0.Add(time.Duration(n)*time.Hour), unit)
		i.ID = NewID(t0, n)
		return i
	}
	plus := func(i Incident, d time.Duration) Act { return act("an", i.ReportedAt.Add(d)) }
	a, b, c, d, e := mk(0, "p1"), mk(1, "p1"), mk(2, "p2"), mk(3, "p2"), mk(4, "p3")
	a = must(must(a.Ack(plus(a, 2*time.Minute))).Close("", plus(a, time.Hour)))
	b = must(b.Ack(plus(b, 10*time.Minute)))
	c.Drill = true
	d = must(d.FalseAlarm("nhầm", plus(d, time.Minute)))
	_, e, _ = Merge(b, e, "cùng máy chủ", plus(e, time.Minute))
	s := Count([]Incident{a, b, c, d, e}, t0, t0.Add(24*time.Hour))
	if s.Total != 2 || s.Open != 1 || s.False != 1 || s.Merged != 1 || s.ByUnit["p1"] != 2 || s.ByUnit["p2"] != 0 || s.ByKind["deface"] != 2 || s.ByLevel[Serious] != 2 {
		t.Errorf("%+v", s)
	}
	if s.ToAck != (Spread{N: 2, Median: 6 * time.Minute, Max: 10 * time.Minute}) || s.ToResolve != (Spread{N: 1, Median: time.Hour, Max: time.Hour}) {
		t.Errorf("to ack %+v, to resolve %+v", s.ToAck, s.ToResolve)
	}
	if s := Count([]Incident{a, b}, t0.Add(30*time.Minute), time.Time{}); s.Total != 1 {
		t.Errorf("span: %+v", s)
	}
}
