package checklist_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"trucban/internal/checklist"
	"trucban/internal/team"
)

func TestMatrix(t *testing.T) {
	d, runs := issued(t)
	s := checklist.Stamp{By: "an", At: at(t, "02/02/2027 10:00")}
	must := func(r checklist.Run, e error) checklist.Run {
		t.Helper()
		if e != nil {
			t.Fatal(e)
		}
		return r
	}
	vp := must(runs["vp"].Receive(s))
	vp = must(vp.Done("2.1", s, "", checklist.Evidence{Kind: "link", Text: "https://mau.gov.vn/1"}))
	vp = must(vp.NotApplicable("1.1", s, "Không có hệ thống"))
	vp = must(vp.AnswerVuln("1943/cattt-ncsc", s, checklist.VulnReply{Answer: checklist.VulnNotUsed}))
	kt := must(runs["kt"].NeedHelp("1.1", s, "Thiếu người"))
	all := []checklist.Run{runs["vnm"], kt, vp}

	m := checklist.NewMatrix(d, all, org(t), at(t, "02/02/2027 12:00"))
	var got []string
	for _, r := range m.Rows {
		line := r.Label
		for _, c := range r.Cells {
			line += " " + c.Mark()
		}
		got = append(got, line)
	}
	want := []string{"Văn phòng ➖ ⏳ ⏳ ✅ ··", "P. Kinh tế ⚠️ ⏳ ⏳ ·· ··", "Viễn thông Mẫu ·· ·· ·· ·· ⏳"}
	if !slices.Equal(got, want) {
		t.Errorf("rows:\n%s", strings.Join(got, "\n"))
	}
	if m.Total.Done != 1 || m.Total.NA != 1 || m.Total.Help != 1 || m.Total.Percent() != 66 || len(m.Laggards) != 0 {
		t.Errorf("total %+v, laggards %v", m.Total, m.Laggards)
	}
	if !slices.Equal(m.Unreceived, []team.UnitID{"kt", "vnm"}) {
		t.Errorf("unreceived %v", m.Unreceived)
	}
	if v := m.Vulns[0]; v.NotUsed != 1 || v.Silent != 1 || !slices.Equal(v.Unheard, []team.UnitID{"kt"}) {
		t.Errorf("vulnerabilities %+v", m.Vulns)
	}
	late := checklist.NewMatrix(d, all, org(t), at(t, "03/02/2027 17:00"))
	if !slices.Equal(late.Laggards, []team.UnitID{"kt"}) || late.Rows[1].Cells[0] != checklist.CellLate {
		t.Errorf("laggards %v, cells %v", late.Laggards, late.Rows[1].Cells)
	}
	blocks := m.Blocks(2, 3)
	if len(blocks) != 4 || len(blocks[1].Cols) != 2 || blocks[2].First != 2 || len(blocks[3].Rows) != 1 || len(blocks[3].Rows[0].Cells) != 2 || blocks[3].Part != 4 {
		t.Errorf("blocks %+v", blocks)
	}
}

func TestClosingReportFollowsTheClauses(t *testing.T) {
	d, runs := issued(t)
	s := checklist.Stamp{By: "an", At: at(t, "02/02/2027 12:00")}
	vp, err := runs["vp"].Done("2.1", s, "đã đăng", checklist.Evidence{Kind: "link", Text: "https://mau.gov.vn/1"})
	if err != nil {
		t.Fatal(err)
	}
	vp, _ = vp.Receive(s)
	duty := shifts(t, "vp", "04/02/2027", 3)
	vp, _, _ = vp.Step(at(t, "04/02/2027 07:30"), checklist.DefaultPolicy(), duty)
	vp, _ = vp.Done("1.2", checklist.Stamp{By: "an", At: at(t, "04/02/2027 08:00")}, "")
	vp, _, _ = vp.Step(at(t, "05/02/2027 07:30"), checklist.DefaultPolicy(), duty)
	vp, _, _ = vp.Step(at(t, "06/02/2027 07:30"), checklist.DefaultPolicy(), duty)

	c := checklist.CloseReport(d, []checklist.Run{runs["kt"], vp, runs["vnm"]}, org(t), at(t, "12/02/2027 09:00"))
	var ids []string
	for _, cl := range c.Clauses {
		ids = append(ids, cl.ID)
	}
	if !slices.Equal(ids, []string{"1.1", "1.2", "1.3", "2.1", "3.1"}) {
		t.Fatalf("clauses %v", ids)
	}
	post := c.Clauses[3].Answers[0]
	if post.By != "Nguyễn Văn An" || post.InTime || len(post.Evidence) != 1 || post.State != checklist.StateDone {
		t.Errorf("2.1 (an hour late): %+v", post)
	}
	duties := c.Clauses[1].Answers[0].Rounds
	if duties != (checklist.Rounds{Asked: 3, Done: 1, Missed: 2}) {
		t.Errorf("1.2 rounds: %+v", duties)
	}
	if c.Units[0].By != "Nguyễn Văn An" || !c.Units[1].At.IsZero() {
		t.Errorf("receipts: %+v", c.Units)
	}
}

func TestPages(t *testing.T) {
	_, runs := issued(t)
	r := runs["vp"]
	if p := r.Page(9, 3); p.Page != 2 || p.Pages != 2 || len(p.Tasks) != 1 || p.Tasks[0].N != 4 {
		t.Errorf("page: %+v", p)
	}
	if n := r.PageOf(4, 3); n != 2 {
		t.Errorf("task 4 is on page %d", n)
	}
	r, err := r.Done("1", checklist.Stamp{By: "an", At: r.Issued}, "")
	if err != nil {
		t.Fatal(err)
	}
	if p := r.OpenPage(1, 10, r.Issued); p.Total != 1 || p.Tasks[0].ID != "2.1" {
		t.Errorf("open: %+v", p)
	}
	if p := (checklist.Run{}).Page(1, 5); p.Pages != 1 || p.Page != 1 || len(p.Tasks) != 0 {
		t.Errorf("empty: %+v", p)
	}
}

func TestHandout(t *testing.T) {
	parts, unmatched := checklist.ParseHandout("10.0.0.9;không rõ đơn vị\nVĂN PHÒNG HĐND VÀ UBND:\n10.1.1.1\n10.1.1.2, mã độc Mirai\n"+
		"10.2.0.1;P. Kinh te;Conficker\nvnm: 10.3.0.1\n\nPhòng Kinh tế, Hạ tầng và Đô thị\n10.2.0.2\n", org(t))
	got := map[team.UnitID]string{}
	for _, p := range parts {
		got[p.Unit] = strings.Join(p.Lines, " | ")
	}
	want := map[team.UnitID]string{"vp": "10.1.1.1 | 10.1.1.2, mã độc Mirai", "kt": "10.2.0.1; Conficker | 10.2.0.2", "vnm": "10.3.0.1"}
	for u, w := range want {
		if got[u] != w {
			t.Errorf("%s: %q, want %q", u, got[u], w)
		}
	}
	if len(got) != 3 || len(unmatched) != 1 || unmatched[0].N != 1 {
		t.Errorf("parts %v, unmatched %v", got, unmatched)
	}
	h := checklist.Handout{ID: "GL-2027-001", Parts: parts}
	h, err := h.Answer("kt", checklist.Stamp{By: "an"}, "đã gỡ")
	if err != nil || len(h.Pending()) != 2 || parts[1].Done != nil {
		t.Errorf("answer: %v, pending %v", err, h.Pending())
	}
	if _, err := h.Answer("dt", checklist.Stamp{}, ""); !errors.Is(err, checklist.ErrNoPart) {
		t.Errorf("unit without lines: %v", err)
	}
	shared := &team.Org{Units: []team.Unit{{ID: "a", Name: "Tổ 1"}, {ID: "b", Name: "TỔ 1"}}}
	if parts, un := checklist.ParseHandout("Tổ 1: 10.0.0.1", shared); len(parts) != 0 || len(un) != 1 {
		t.Errorf("a name two units share was guessed: %v", parts)
	}
}

// big is a directive of 20 tasks in 500 units, half answered.
func big(b *testing.B) (checklist.Directive, []checklist.Run, *team.Org, time.Time) {
	b.Helper()
	o := &team.Org{Units: []team.Unit{{ID: "tinh", Name: "UBND tỉnh"}}}
	for i := range 500 {
		o.Units = append(o.Units, team.Unit{ID: team.UnitID(fmt.Sprintf("xa%03d", i)), Name: fmt.Sprintf("UBND xã số %d", i), Parent: "tinh", Tags: []string{"ubnd_xa"}})
	}
	o.Index()
	g := checklist.Group{Number: "1", Tags: []string{"ubnd_xa"}, Due: at(b, "03/02/2027 17:00")}
	for i := range 20 {
		g.Tasks = append(g.Tasks, checklist.Task{Text: fmt.Sprintf("Nhiệm vụ thứ %d phải làm trước kỳ nghỉ.", i+1)})
	}
	d, err := checklist.FromPlain("VB-2027-001", checklist.Plain{Title: "x", Groups: []checklist.Group{g}})
	if err != nil {
		b.Fatal(err)
	}
	now := at(b, "02/02/2027 08:00")
	s := checklist.Stamp{By: "desk", At: now}
	d, _ = d.SelectUnits(o).Confirm(s)
	d, runs, err := d.Issue(s)
	if err != nil || len(runs) != 500 {
		b.Fatal(len(runs), err)
	}
	for i := range runs {
		for n := range 10 {
			if runs[i], err = runs[i].Done(fmt.Sprint(n+1), s, "", checklist.Evidence{Kind: "text", Text: "đã làm xong"}); err != nil {
				b.Fatal(err)
			}
		}
	}
	return d, runs, o, now
}

func BenchmarkMatrix500x20(b *testing.B) {
	d, runs, o, now := big(b)
	b.ReportAllocs()
	for b.Loop() {
		if m := checklist.NewMatrix(d, runs, o, now); m.Total.Done != 5000 {
			b.Fatal(m.Total)
		}
	}
}

// The same from the stored documents, as they come from one read.
func BenchmarkMatrix500x20FromJSON(b *testing.B) {
	d, runs, o, now := big(b)
	var stored [][]byte
	size := 0
	for _, r := range runs {
		raw, err := json.Marshal(r)
		if err != nil {
			b.Fatal(err)
		}
		stored = append(stored, raw)
		size += len(raw)
	}
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		read := make([]checklist.Run, len(stored))
		for i, raw := range stored {
			if err := json.Unmarshal(raw, &read[i]); err != nil {
				b.Fatal(err)
			}
		}
		if m := checklist.NewMatrix(d, read, o, now); m.Total.Done != 5000 {
			b.Fatal(m.Total)
		}
	}
}

func BenchmarkStep(b *testing.B) {
	_, runs, _, now := big(b)
	p := checklist.DefaultPolicy()
	b.ReportAllocs()
	for b.Loop() {
		runs[0].Step(now, p, nil)
	}
}
