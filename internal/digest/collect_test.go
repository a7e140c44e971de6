package digest_test

import (
	"testing"
	"time"

	"trucban/internal/cadence"
	"trucban/internal/checkin"
	"trucban/internal/checklist"
	"trucban/internal/digest"
	"trucban/internal/incident"
	"trucban/internal/roster"
	"trucban/internal/team"
	"trucban/internal/window"
)

func TestCollect(t *testing.T) {
	org := &team.Org{
		Units: []team.Unit{{ID: "tx", Name: "UBND thị xã"}, {ID: "vp", Name: "Văn phòng", Parent: "tx", Tags: []string{"coquan"}}},
		Members: []team.Member{
			{ID: "an", Name: "Nguyễn Văn An", Unit: "vp"}, {ID: "binh", Name: "Lê Bình", Unit: "vp"}, {ID: "chi", Name: "Vũ Chi", Unit: "vp"},
		},
	}
	org.Index()
	start := at(t, "05/02/2027 07:30")
	now := start.Add(3 * time.Hour)
	p := checkin.DefaultPolicy()
	w := checkin.New(roster.Shift{ID: "s1", Unit: "vp", Start: start, End: start.Add(24 * time.Hour), People: []roster.Assignment{
		{Post: roster.PostDuty, Member: "an"}, {Post: roster.PostTech, Member: "binh"}, {Post: roster.PostDesk, Member: "chi"},
	}})
	w, _, _, err := w.CheckIn("an", start.Add(20*time.Minute), "", p)
	if err != nil {
		t.Fatal(err)
	}
	if w, _, err = w.Excuse("chi", "binh", start.Add(time.Hour), "ốm"); err != nil {
		t.Fatal(err)
	}
	d, err := checklist.FromPlain("VB-2027-001", checklist.Plain{Title: "x", Number: "12/UBND", Groups: []checklist.Group{{
		Number: "1", Tags: []string{"coquan"}, Tasks: []checklist.Task{{Text: "a", Due: now.Add(-time.Hour)}, {Text: "b"}},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	s := checklist.Stamp{By: "an", At: start.Add(-time.Hour)}
	d, _ = d.SelectUnits(org).Confirm(s)
	_, runs, err := d.Issue(s)
	if err != nil {
		t.Fatal(err)
	}
	win, err := window.New(window.Window{ID: "bc", Name: "Báo cáo nhanh", Schedule: cadence.Cron("0 10 * * *"), Units: []team.UnitID{"vp", "tx"}}, start)
	if err != nil {
		t.Fatal(err)
	}
	win, _, _ = win.Step(at(t, "05/02/2027 08:00"), window.DefaultPolicy())
	win, _, err = win.File("vp", window.Stamp{By: "an", At: at(t, "05/02/2027 09:00")}, true, window.Form{})
	if err != nil {
		t.Fatal(err)
	}
	win, _, _ = win.Step(at(t, "05/02/2027 10:00"), window.DefaultPolicy())

	c := digest.Collect(org, "", start, now)
	c.Policy(func(team.UnitID) checkin.Policy { return p })
	c.Watch(w)
	c.Watch(checkin.New(roster.Shift{ID: "s2", Unit: "vp", Start: now.Add(time.Hour), End: now.Add(9 * time.Hour)}))
	c.Run(runs[0])
	c.Incident(incident.Incident{ID: "SC-2027-0001", Unit: "vp", State: incident.StateHandling, Level: incident.Serious, Handler: "binh", ReportedAt: start}, "Mã độc")
	c.Incident(incident.Incident{ID: "SC-2027-0002", Unit: "vp", State: incident.StateNew, Drill: true}, "Diễn tập")
	c.Window(win)
	c.Unreachable(org.Members[2], "blocked", start, false)

	sum := digest.Build(c.Facts, nil, now)
	if got := sum.Count; got.Shifts != 1 || got.Expected != 2 || got.Late != 1 || got.Missed != 1 ||
		got.Owed != 2 || got.Overdue != 1 || got.Open != 1 || got.Asked != 2 || got.Missing != 1 || got.None != 1 || got.Unreachable != 1 {
		t.Errorf("count %+v", got)
	}
	att := sum.Line(digest.Attendance).Items
	if len(att) != 2 || att[0].Subject != "Lê Bình" || att[1].N != 20 {
		t.Errorf("attendance %+v", att)
	}
	if inc := sum.Line(digest.Incidents).Items; len(inc) != 1 || inc[0].Owner != "Lê Bình" || inc[0].Light != digest.Red || inc[0].Kind != "Mã độc" {
		t.Errorf("incidents %+v", inc)
	}
	if task := sum.Line(digest.Tasks).Items; len(task) != 1 || task[0].Subject != "12/UBND" || task[0].N != 1 {
		t.Errorf("tasks %+v", task)
	}
}
