package checklist_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"trucban/internal/checklist"
	"trucban/internal/team"
)

func TestFindVulns(t *testing.T) {
	due := at(t, "03/02/2027 17:00")
	got := checklist.FindVulns([]checklist.Group{{Number: "1", Due: due, Tasks: []checklist.Task{
		{ID: "1.1", Kind: checklist.Once, Text: "Rà soát biện pháp bảo vệ theo cấp độ.", Cites: []string{"07/STTTT-CĐS"}},
		{ID: "1.4", Kind: checklist.Once, Cites: []string{"1943/CATTT-NCSC", "2216/CATTT-NCSC"}, Text: "Triển khai khắc phục các lỗ hổng, điểm yếu đã được cảnh báo, đặc biệt như: " +
			"lỗ hổng ảnh hưởng nghiêm trọng trong F5 BIG-IP (văn bản số 1943/CATTT-NCSC ngày 01/11/2023), lỗ hổng zero-day trong hệ thống Zimbra " +
			"(văn bản số 2216/CATTT-NCSC ngày 12/12/2023) và lỗ hổng trong Windows cve-2027-12345."},
	}}})
	want := []checklist.Vuln{
		{ID: "1943/CATTT-NCSC", About: "lỗ hổng ảnh hưởng nghiêm trọng trong F5 BIG-IP", Task: "1.4", Due: due},
		{ID: "2216/CATTT-NCSC", About: "lỗ hổng zero-day trong hệ thống Zimbra", Task: "1.4", Due: due},
		{ID: "CVE-2027-12345", About: "lỗ hổng trong Windows", Task: "1.4", Due: due},
	}
	if !slices.Equal(got, want) {
		t.Errorf("%+v", got)
	}
}

func TestAdmitAfterTheIssue(t *testing.T) {
	d, _ := issued(t)
	s := checklist.Stamp{By: "desk", At: at(t, "02/02/2027 09:00")}
	if _, _, err := d.Admit("vp", "1", s); !errors.Is(err, checklist.ErrAddressed) {
		t.Errorf("a unit that has it: %v", err)
	}
	if _, _, err := d.Admit("dt", "9", s); !errors.Is(err, checklist.ErrUnknownUnit) {
		t.Errorf("unknown group: %v", err)
	}
	d2, r, err := d.Admit("dt", "1", s)
	if err != nil || len(r.Tasks) != 3 || !r.Issued.Equal(s.At) {
		t.Fatalf("%v %+v", err, r)
	}
	if !d2.IssuedAt().Equal(at(t, "01/02/2027 09:00")) || len(d.Addressed()) != 3 || len(d2.Addressed()) != 4 {
		t.Errorf("the directive's own issue moved, or the value it was made from changed")
	}
	if _, effects, _ := r.Step(at(t, "02/02/2027 10:59"), checklist.DefaultPolicy(), nil); len(effects) != 0 {
		t.Errorf("reminded of what lay before it was admitted: %+v", effects)
	}
}

func TestMarksFollowTheState(t *testing.T) {
	_, runs := issued(t)
	r := runs["kt"]
	if got := r.Marks(); !slices.Equal(got, []string{"open", "task:1", "receipt", "owes"}) {
		t.Errorf("marks %v", got)
	}
	s := checklist.Stamp{By: "an", At: at(t, "01/02/2027 10:00")}
	r, _ = r.Receive(s)
	r, _ = r.Done("1", s, "")
	r, _ = r.AnswerVuln("1943/CATTT-NCSC", s, checklist.VulnReply{Answer: checklist.VulnPatched})
	if got := r.Marks(); !slices.Equal(got, []string{"open"}) {
		t.Errorf("marks %v", got)
	}
	r, _ = r.Close(s, "")
	if got := r.Marks(); len(got) != 0 {
		t.Errorf("marks of a closed run %v", got)
	}
}

// A reminder that a deadline is near is stale once it has passed; one that it has passed is not.
func TestRemindersGoStale(t *testing.T) {
	_, runs := issued(t)
	r, _ := runs["kt"].Receive(checklist.Stamp{By: "an", At: at(t, "01/02/2027 10:00")})
	r, effects, _ := r.Step(at(t, "03/02/2027 15:00"), checklist.DefaultPolicy(), nil)
	e, ok := find(effects, checklist.RemindTasks, checklist.ToUnit)
	if !ok || e.Overdue || !e.Until.Equal(at(t, "03/02/2027 17:00")) || !slices.Equal(e.Vulns, []string{"1943/CATTT-NCSC"}) {
		t.Errorf("before: %+v", effects)
	}
	_, effects, _ = r.Step(at(t, "03/02/2027 18:30"), checklist.DefaultPolicy(), nil)
	unit, _ := find(effects, checklist.RemindTasks, checklist.ToUnit)
	head, ok := find(effects, checklist.RemindTasks, checklist.ToHead)
	if !ok || !head.Overdue || !head.Until.IsZero() || head.Late != 30*time.Minute || !unit.Overdue {
		t.Errorf("after: %+v", effects)
	}
	if _, called := find(effects, checklist.RemindTasks, checklist.ToLeaders); called {
		t.Error("the leaders are called before their time")
	}
}

func TestFromPlainMends(t *testing.T) {
	long := "Rà soát, cập nhật bản vá cho toàn bộ máy chủ và máy trạm đang dùng"
	d, err := checklist.FromPlain("VB-2027-003", checklist.Plain{Groups: []checklist.Group{
		{Tasks: []checklist.Task{{Text: long + "."}, {ID: "1.1", Text: "b"}, {ID: "1.1", Text: "c", Title: " Việc   c. "}}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, task := range d.Groups[0].Tasks {
		ids = append(ids, task.ID)
		if task.Kind != checklist.Once {
			t.Errorf("kind %q", task.Kind)
		}
	}
	if !slices.Equal(ids, []string{"1.1", "1.2", "1.3"}) {
		t.Errorf("ids %v", ids)
	}
	if got := d.Groups[0].Tasks[0].Title; got != "Rà soát, cập nhật bản vá cho toàn bộ…" || len([]rune(got)) > checklist.MaxTitle {
		t.Errorf("title %q", got)
	}
	if got := d.Groups[0].Tasks[2].Title; got != "Việc c" {
		t.Errorf("title %q", got)
	}
	for name, p := range map[string]checklist.Plain{
		"no task": {Groups: []checklist.Group{{Number: "1"}}},
		"no text": {Groups: []checklist.Group{{Tasks: []checklist.Task{{Title: "x"}}}}},
		"cron":    {Groups: []checklist.Group{{Tasks: []checklist.Task{{Text: "x", Kind: checklist.Recurring, Cron: "* * * * *"}}}}},
	} {
		if _, err := checklist.FromPlain("x", p); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

func TestPolicyFaultsAreListedTogether(t *testing.T) {
	p := checklist.DefaultPolicy()
	if err := p.Validate(); err != nil {
		t.Fatal(err)
	}
	p.Deadline = []checklist.Rung{{After: 0, To: checklist.ToHead}, {After: 0, To: checklist.ToUnit}}
	p.Receipt = []checklist.Rung{{After: 0, To: "mayor"}}
	p.Recheck, p.Repeat = 0, time.Minute
	err := p.Validate()
	for _, part := range []string{"times must grow", "mayor", "recheck", "repeat"} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%q is not in: %v", part, err)
		}
	}
}

// What is issued in a tree with units in several groups numbers each unit's tasks from 1 without gaps.
func TestNumbersRunFromOne(t *testing.T) {
	_, runs := issued(t)
	for unit, want := range map[team.UnitID]int{"vp": 4, "kt": 3, "vnm": 1} {
		r := runs[unit]
		if len(r.Tasks) != want {
			t.Errorf("%s has %d tasks", unit, len(r.Tasks))
		}
		for i, task := range r.Tasks {
			if task.N != i+1 {
				t.Errorf("%s: task %d is numbered %d", unit, i+1, task.N)
			}
		}
	}
}

func TestProposeCron(t *testing.T) {
	for text, want := range map[string]string{
		"Ưu tiên IP trong danh sách mạng botnet được cảnh báo hàng tháng hoặc đột xuất.": "0 8 1 * * 0s",
		"Kiểm tra nhật ký hệ thống hằng ngày.":                                           "0 8 * * * 0s",
		"Báo cáo nhanh trước 15h00 hàng ngày.":                                           "0 8 * * * 7h0m0s",
		"Báo cáo trước 7 giờ 30 mỗi ngày.":                                               "0 5 * * * 2h30m0s",
		"Gửi kết quả vào thứ Sáu hàng tuần.":                                             "0 8 * * 5 0s",
		"Rà soát hằng tuần.":                                                             "0 8 * * 1 0s",
		"Họp giao ban Chủ nhật hàng tuần.":                                               "0 8 * * 0 0s",
		"Gửi báo cáo trước ngày 20 hàng tháng.":                                          "0 8 15 * * 105h0m0s",
		"Gửi báo cáo trước ngày 3 hàng tháng.":                                           "0 8 1 * * 33h0m0s",
		"Đánh giá hàng quý.":                                                             "0 8 1 1,4,7,10 * 0s",
		"Thường xuyên theo dõi hệ thống.":                                                "",
		"Kiểm tra hàng hóa trong ngày.":                                                  "",
	} {
		spec, within, ok := checklist.ProposeCron(text)
		got := ""
		if ok {
			got = spec + " " + within.String()
		}
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	d, err := checklist.FromPlain("x", checklist.Plain{Groups: []checklist.Group{{Tasks: []checklist.Task{
		{Text: "Đối chiếu danh sách hàng tháng.", Kind: checklist.Recurring}, {Text: "Khi có cảnh báo thì rà soát.", Kind: checklist.Recurring},
	}}}})
	if err != nil || d.Groups[0].Tasks[0].Cron != "0 8 1 * *" || d.Groups[0].Tasks[1].Cron != "" {
		t.Errorf("%v %+v", err, d.Groups)
	}
}

// A recurring clause is asked for from the issue on unless its rhythm brings it soon.
func TestFirstRoundOfRecurringTasks(t *testing.T) {
	period := checklist.Span{From: at(t, "04/02/2027 00:00"), To: at(t, "11/02/2027 00:00")}
	due := at(t, "03/02/2027 17:00")
	for _, c := range []struct {
		cron   string
		period checklist.Span
		want   checklist.State
	}{
		{"0 8 * * *", period, checklist.StateWaiting},
		{"0 8 1 * *", period, checklist.StateTodo},
		{"0 8 1 * *", checklist.Span{}, checklist.StateTodo},
		{"0 8 * * *", checklist.Span{}, checklist.StateWaiting},
		{"", period, checklist.StateTodo},
	} {
		task := checklist.Task{Text: "Đối chiếu danh sách.", Kind: checklist.Recurring, Cron: c.cron}
		d, err := checklist.FromPlain("x", checklist.Plain{Period: c.period, Groups: []checklist.Group{
			{Number: "1", Tags: []string{"coquan"}, Due: due, Tasks: []checklist.Task{task}},
		}})
		if err != nil {
			t.Fatal(err)
		}
		s := checklist.Stamp{By: "desk", At: at(t, "01/02/2027 09:00")}
		d, _ = d.SelectUnits(org(t)).Confirm(s)
		_, runs, err := d.Issue(s)
		if err != nil {
			t.Fatal(err)
		}
		if got := runs[0].Tasks[0]; got.State != c.want || (c.want == checklist.StateTodo && !got.Due.Equal(due)) {
			t.Errorf("%q: %s, due %s", c.cron, got.State, local(got.Due))
		}
	}
}

func TestNudgeReachesLaggardsOnly(t *testing.T) {
	_, runs := issued(t)
	r, _ := runs["kt"].Receive(checklist.Stamp{By: "an", At: at(t, "01/02/2027 10:00")})
	if _, _, err := r.Nudge(checklist.Stamp{By: "desk", At: at(t, "03/02/2027 16:00")}); !errors.Is(err, checklist.ErrOwesNothing) {
		t.Errorf("in time: %v", err)
	}
	next, owed, err := r.Nudge(checklist.Stamp{By: "desk", At: at(t, "03/02/2027 17:00")})
	if err != nil || owed.Receipt || !slices.Equal(owed.Tasks, []int{1}) || !slices.Equal(owed.Vulns, []string{"1943/CATTT-NCSC"}) {
		t.Errorf("past the deadline: %+v, %v", owed, err)
	}
	if _, _, err := next.Nudge(checklist.Stamp{By: "desk", At: at(t, "03/02/2027 17:10")}); !errors.Is(err, checklist.ErrNudged) {
		t.Errorf("again: %v", err)
	}
	if got := next.Since(r); len(got) != 1 || got[0].What != "nudge" || got[0].By != "desk" {
		t.Errorf("log: %+v", got)
	}
}
