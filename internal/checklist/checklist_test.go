package checklist_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"trucban/internal/checklist"
	"trucban/internal/roster"
	"trucban/internal/team"
)

// at reads "02/02/2027 08:00" on the local clock.
func at(t testing.TB, s string) time.Time {
	t.Helper()
	v, err := time.ParseInLocation("02/01/2006 15:04", s, roster.Zone)
	if err != nil {
		t.Fatal(err)
	}
	return v.UTC()
}

func org(t testing.TB) *team.Org {
	t.Helper()
	o := &team.Org{
		Name: "UBND phường Mẫu",
		Units: []team.Unit{
			{ID: "ubnd", Name: "UBND phường Mẫu"},
			{ID: "vp", Name: "Văn phòng HĐND và UBND", Short: "Văn phòng", Parent: "ubnd", Tags: []string{"coquan", "congttdt"}},
			{ID: "kt", Name: "Phòng Kinh tế, Hạ tầng và Đô thị", Short: "P. Kinh tế", Parent: "ubnd", Tags: []string{"coquan"}},
			{ID: "vnm", Name: "Viễn thông Mẫu", Parent: "ubnd", Tags: []string{"dn_vienthong"}},
			{ID: "dt", Name: "Đoàn Thanh niên", Parent: "ubnd", Tags: []string{"doanthe"}},
		},
		Members: []team.Member{{ID: "an", Name: "Nguyễn Văn An", Unit: "vp"}},
	}
	if err := o.Validate(); err != nil {
		t.Fatal(err)
	}
	return o
}

func plain(t testing.TB) checklist.Plain {
	t.Helper()
	return checklist.Plain{
		Title: "Bảo đảm ATTT dịp Tết Đinh Mùi", Number: "12/UBND-VHXH",
		Period: checklist.Span{From: at(t, "04/02/2027 00:00"), To: at(t, "11/02/2027 00:00")},
		Groups: []checklist.Group{
			{Number: "1", Audience: "Các phòng, ban", Tags: []string{"coquan"}, Due: at(t, "03/02/2027 17:00"), Tasks: []checklist.Task{
				{ID: "1.1", Text: "Rà soát biện pháp bảo vệ hệ thống theo cấp độ.", Kind: checklist.Once},
				{ID: "1.2", Text: "Trực giám sát 24/7.", Kind: checklist.Standing},
				{ID: "1.3", Text: "Đối chiếu danh sách IP botnet hằng ngày.", Kind: checklist.Recurring, Cron: "0 8 * * *"},
			}},
			{Number: "2", Audience: "Cổng, trang TTĐT", Tags: []string{"congttdt"}, Tasks: []checklist.Task{
				{ID: "2.1", Text: "Đăng toàn văn công văn lên Cổng TTĐT.", Due: at(t, "02/02/2027 11:00"), NeedEvidence: true},
			}},
			{Number: "3", Audience: "Doanh nghiệp viễn thông", Tags: []string{"dn_vienthong"}, Tasks: []checklist.Task{
				{ID: "3.1", Text: "Bố trí đủ nhân lực trực hạ tầng.", Kind: checklist.Standing},
			}},
		},
		Vulns: []checklist.Vuln{{ID: "1943/CATTT-NCSC", About: "F5 BIG-IP", Task: "1.1", Due: at(t, "03/02/2027 17:00")}},
	}
}

func issued(t testing.TB) (checklist.Directive, map[team.UnitID]checklist.Run) {
	t.Helper()
	d, err := checklist.FromPlain(checklist.ID(2027, 1), plain(t))
	if err != nil {
		t.Fatal(err)
	}
	d = d.SelectUnits(org(t))
	d, err = d.Confirm(checklist.Stamp{By: "desk", At: at(t, "01/02/2027 08:50")})
	if err != nil {
		t.Fatal(err)
	}
	d, runs, err := d.Issue(checklist.Stamp{By: "desk", At: at(t, "01/02/2027 09:00")})
	if err != nil {
		t.Fatal(err)
	}
	by := map[team.UnitID]checklist.Run{}
	for _, r := range runs {
		by[r.Unit] = r
	}
	return d, by
}

func TestIssueNeedsTheDraftAsItWasConfirmed(t *testing.T) {
	s := checklist.Stamp{By: "desk", At: at(t, "01/02/2027 08:00")}
	d, err := checklist.FromPlain("VB-2027-001", plain(t))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Confirm(s); !errors.Is(err, checklist.ErrNoUnits) {
		t.Errorf("confirm without units: %v", err)
	}
	d = d.SelectUnits(org(t))
	if _, _, err := d.Issue(s); !errors.Is(err, checklist.ErrUnconfirmed) {
		t.Errorf("issue without confirmation: %v", err)
	}
	d, err = d.Confirm(s)
	if err != nil {
		t.Fatal(err)
	}
	title := "Rà soát hệ thống"
	edited, err := d.EditTask("1.1", checklist.Edit{Title: &title}, s)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := edited.Issue(s); !errors.Is(err, checklist.ErrUnconfirmed) {
		t.Errorf("issue after an edit: %v", err)
	}
	if d.Confirmed == nil || d.Groups[0].Tasks[0].Title == title {
		t.Error("the edit changed the value it was made from")
	}
	long := strings.Repeat("ạ", 41)
	if _, err := d.EditTask("1.1", checklist.Edit{Title: &long}, s); !errors.Is(err, checklist.ErrBadTitle) {
		t.Errorf("long title: %v", err)
	}
}

func TestAudience(t *testing.T) {
	s := checklist.Stamp{By: "desk", At: at(t, "01/02/2027 08:00")}
	d, _ := checklist.FromPlain("VB-2027-001", plain(t))
	d = d.SelectUnits(org(t))
	got := map[team.UnitID]string{}
	for _, c := range d.Addressed() {
		got[c.Unit] = strings.Join(c.Groups, ",")
	}
	if len(got) != 3 || got["vp"] != "1,2" || got["kt"] != "1" || got["vnm"] != "3" {
		t.Fatalf("addressed: %v", got)
	}
	d, err := d.AddUnit("dt", "1", s)
	if err != nil {
		t.Fatal(err)
	}
	d, err = d.LeaveOut("vnm", s)
	if err != nil {
		t.Fatal(err)
	}
	d = d.SelectUnits(org(t)) // the tree was edited: the desk's choices stay
	if g := d.Unaddressed(); len(g) != 1 || g[0].Number != "3" {
		t.Errorf("unaddressed: %v", g)
	}
	if n := len(d.Addressed()); n != 3 {
		t.Errorf("addressed: %d", n)
	}
}

func TestAnswers(t *testing.T) {
	_, runs := issued(t)
	r := runs["vp"]
	s := checklist.Stamp{By: "an", At: at(t, "01/02/2027 10:00")}
	if len(r.Tasks) != 4 || r.Tasks[3].N != 4 || r.Tasks[3].ID != "2.1" {
		t.Fatalf("tasks: %+v", r.Tasks)
	}
	if _, err := r.Done("2.1", s, ""); !errors.Is(err, checklist.ErrNeedEvidence) {
		t.Errorf("done without evidence: %v", err)
	}
	r, err := r.Done("4", s, "", checklist.Evidence{Kind: "link", Text: "https://mau.gov.vn/bai-1"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Done("4", s, ""); !errors.Is(err, checklist.ErrSettled) {
		t.Errorf("done twice: %v", err)
	}
	if _, err := r.NotApplicable("1.1", s, " "); !errors.Is(err, checklist.ErrNeedReason) {
		t.Errorf("n/a without reason: %v", err)
	}
	r, err = r.NotApplicable("1.1", s, "Đơn vị không có hệ thống riêng")
	if err != nil {
		t.Fatal(err)
	}
	r, err = r.RefuseNA("1", checklist.Stamp{By: "desk", At: at(t, "03/02/2027 18:00")}, "Vẫn có trang nội bộ")
	if err != nil {
		t.Fatal(err)
	}
	if task, _ := r.Find("1"); task.State != checklist.StateTodo || task.Refused == nil || !task.Base.Equal(at(t, "03/02/2027 18:00")) {
		t.Errorf("after the refusal: %+v", task)
	}
	r, err = r.Undo("4", s)
	if err != nil {
		t.Fatal(err)
	}
	if task, _ := r.Find("4"); task.State != checklist.StateTodo || len(task.Evidence) != 1 {
		t.Errorf("after undo: %+v", task)
	}
	if r, err = r.Receive(s); err != nil || r.Received.By != "an" {
		t.Errorf("receive: %v", err)
	}
	if _, err = r.Receive(s); !errors.Is(err, checklist.ErrReceived) {
		t.Errorf("received twice: %v", err)
	}
}

func TestDeadlineLadder(t *testing.T) {
	_, runs := issued(t)
	r, err := runs["kt"].Receive(checklist.Stamp{By: "an", At: at(t, "01/02/2027 09:30")})
	if err != nil {
		t.Fatal(err)
	}
	r, err = r.AnswerVuln("1943/CATTT-NCSC", checklist.Stamp{By: "an", At: at(t, "01/02/2027 09:31")}, checklist.VulnReply{Answer: checklist.VulnNotUsed})
	if err != nil {
		t.Fatal(err)
	}
	p := checklist.DefaultPolicy()
	now := at(t, "01/02/2027 09:31")
	type seen struct {
		at string
		to checklist.Level
	}
	var got []seen
	for range 12 {
		next, effects, wake := r.Step(now, p, nil)
		for _, e := range effects {
			if e.Kind == checklist.RemindTasks {
				got = append(got, seen{now.In(roster.Zone).Format("02/01 15:04"), e.To})
				if len(e.Tasks) != 1 || e.Tasks[0] != 1 {
					t.Errorf("tasks: %v", e.Tasks)
				}
			}
		}
		if _, again, _ := next.Step(now, p, nil); len(again) != 0 {
			t.Fatalf("a second look at %s did %v", now, again)
		}
		r, now = next, wake
		if len(got) == 6 {
			break
		}
	}
	want := []seen{
		{"02/02 17:00", "unit"}, {"03/02 15:00", "unit"}, {"03/02 17:00", "unit"},
		{"03/02 18:00", "head"}, {"03/02 19:00", "leaders"}, {"04/02 19:00", "unit"},
	}
	if len(got) != len(want) {
		t.Fatalf("got %v", got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("call %d: %v, want %v", i, got[i], want[i])
		}
	}
}
