package sheet

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"trucban/internal/calendar"
	"trucban/internal/roster"
	"trucban/internal/team"
)

// one reads a CSV roster of the days given and matches it.
func one(t testing.TB, org *team.Org, o Options, rows ...string) Matched {
	t.Helper()
	r, err := Read("x.csv", []byte("Lịch trực năm 2024\nNgày;Đơn vị;Ca;Lãnh đạo trực;Cán bộ trực;Điện thoại;Ghi chú\n"+strings.Join(rows, "\n")), now)
	if err != nil {
		t.Fatal(err)
	}
	return Match(r, org, o)
}

func TestMatch(t *testing.T) {
	org := office(t)
	for _, c := range []struct {
		name, row string
		want      []string
		question  string // kind name -> candidates
	}{
		{"accents and case", "08/02;;19h-7h;NGUYEN VAN AN;trần thị bình;;", []string{"p 08/02 19h00+12h :", "leader=an duty=binh"}, ""},
		{"order of words", "08/02;;19h-7h;;An Nguyễn Văn;;", []string{"p 08/02 19h00+12h :", "duty=an"}, ""},
		{"tone mark place", "08/02;Trạm Y tế;19h-7h;;Hoàng Thị Thủy;;", []string{"yt 08/02 19h00+12h :", "duty=thuy"}, ""},
		{"by phone", "08/02;ca;19h-7h;;Nguyễn Thị Hòa;922222222;", []string{"ca 08/02 19h00+12h :", "duty=hoa2"}, ""},
		{"phone and short name", "08/02;;19h-7h;;đ/c An;0912345678;", []string{"p 08/02 19h00+12h :", "duty=an"}, ""},
		{"accents decide between names that fold alike", "08/02;;19h-7h;;Phạm Thị Dũng;;", []string{"p 08/02 19h00+12h :", "duty=dung2"}, ""},
		{"two of one name", "08/02;Công an phường;19h-7h;;Nguyễn Thị Hòa;;", []string{"ca 08/02 19h00+12h :", ""}, "which Nguyễn Thị Hòa -> [hoa1 hoa2]"},
		{"fold alike and no accents", "08/02;;19h-7h;;Pham Thi Dung;;", []string{"p 08/02 19h00+12h :", ""}, "which Pham Thi Dung -> [dung dung2]"},
		{"short name", "08/02;;19h-7h;;đ/c An;;", []string{"p 08/02 19h00+12h :", ""}, "short An -> [an]"},
		{"initials", "08/02;;19h-7h;;N.V.An;;", []string{"p 08/02 19h00+12h :", ""}, "short N.V.An -> [an]"},
		{"unknown, near", "08/02;;19h-7h;;Lê Văn Cươn;;", []string{"p 08/02 19h00+12h :", ""}, "unknown Lê Văn Cươn -> [cuong]"},
		{"unknown", "08/02;;19h-7h;;Mai Quốc Khánh;;", []string{"p 08/02 19h00+12h :", ""}, "unknown Mai Quốc Khánh -> []"},
		{"phone of another", "08/02;;19h-7h;;Lê Văn Cường;0912345678;", []string{"p 08/02 19h00+12h :", ""}, "phone Lê Văn Cường -> [an cuong]"},
		{"unit by a part of its name", "08/02;Quân sự;19h-7h;;Vũ Huy Hoàng;;", []string{"qs 08/02 19h00+12h :", "duty=hoang"}, ""},
		{"parts of a shift", "08/02;;19h-7h;;\"Nguyễn Văn An (19h-22h)\nTrần Thị Bình (22h-7h)\";;", []string{"p 08/02 19h00+12h :", "duty=an[19h00-22h00] duty=binh[22h00-07h00]"}, ""},
		{"standing in", "08/02;;19h-7h;;Nguyễn Văn An (thay Lê Văn Cường);;", []string{"p 08/02 19h00+12h :", "duty=an/cuong"}, ""},
		{"old phone", "08/02;;19h-7h;;Lê Văn Cường;01683456789;", []string{"p 08/02 19h00+12h :", "duty=cuong"}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := one(t, org, Options{Unit: "p"}, c.row)
			if d := cmp.Diff([]string{strings.TrimSpace(strings.Join(c.want, " "))}, shiftLines(m.Shifts)); d != "" {
				t.Errorf("%s\n%v", d, m.Problems)
			}
			got := ""
			for _, q := range m.Questions {
				got += fmt.Sprintf("%s %s -> %v", q.Kind, q.Name, q.Candidates)
			}
			if got != c.question || m.Ready() != (c.question == "") {
				t.Errorf("questions %q, want %q", got, c.question)
			}
		})
	}
}

func TestAnswers(t *testing.T) {
	org := office(t)
	rows := []string{"08/02;ca;19h-7h;;Nguyễn Thị Hòa;;", "09/02;ca;19h-7h;;Nguyễn Thị Hòa;;", "10/02;ca;19h-7h;;Khách Mời;;"}
	m := one(t, org, Options{Unit: "p"}, rows...)
	if len(m.Questions) != 2 || m.Questions[0].Times != 2 || len(m.Questions[0].Places) != 2 || m.Questions[0].Places[0] != "CSV, hàng 3, cột 5" {
		t.Fatalf("one question for one name: %+v", m.Questions)
	}
	answers := map[string]team.MemberID{m.Questions[0].Key: "hoa2", m.Questions[1].Key: ""}
	m = one(t, org, Options{Unit: "p", Period: "tet", Answers: answers}, rows...)
	if !m.Ready() {
		t.Fatalf("%+v", m.Questions)
	}
	want := []string{"ca 08/02 19h00+12h : duty=hoa2", "ca 09/02 19h00+12h : duty=hoa2", "ca 10/02 19h00+12h :"}
	if d := cmp.Diff(want, shiftLines(m.Shifts)); d != "" || m.Shifts[0].Period != "tet" {
		t.Error(d)
	}
}

func TestMatchFaults(t *testing.T) {
	org := office(t)
	m := one(t, org, Options{Unit: "p"}, "08/02;Phòng Không Có;19h-7h;;Nguyễn Văn An;;", "09/02;p;19h-7h;;Nguyễn Văn An;;trực thay", "09/02;p;19h-6h;;Lê Văn Cường;;", "10/02;p;19h-7h;Nguyễn Văn An;Nguyễn Văn An;;",
		"11/02;p;19h-7h;;Nguyễn Văn An (12h-13h);;")
	if d := cmp.Diff([]string{"p 09/02 19h00+12h : duty=an", "p 10/02 19h00+12h : leader=an", "p 11/02 19h00+12h :"}, shiftLines(m.Shifts)); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"fault unit hàng 3, cột 5", "fault hours hàng 5, cột 5", "warning twice hàng 6, cột 5", "fault part hàng 7, cột 5"}, faults(m.Problems)); d != "" {
		t.Error(d)
	}
	if m := one(t, org, Options{}, "08/02;;19h-7h;;Nguyễn Văn An;;"); len(m.Shifts) != 0 || len(m.Problems) != 1 || m.Problems[0].Code != "no_unit" {
		t.Errorf("a row without a unit: %+v", m)
	}
	if m := one(t, org, Options{Unit: "ca"}, "08/02;qs;19h-7h;;Vũ Huy Hoàng;;"); len(m.Shifts) != 0 {
		t.Error("units outside the subtree are not touched")
	}
	if m := one(t, org, Options{Unit: "ca"}, "08/02;ca;19h-7h;;Lê Văn Cươn;;"); len(m.Questions) != 1 || len(m.Questions[0].Candidates) != 0 {
		t.Errorf("people outside the subtree are not offered: %+v", m.Questions)
	}
}

// TestLayoutsMatch carries a whole file through to shifts.
func TestLayoutsMatch(t *testing.T) {
	org := office(t)
	for _, l := range layouts {
		r, err := Read(l.file, l.data(t), now)
		if err != nil {
			t.Fatal(err)
		}
		m := Match(r, org, Options{Unit: "p"})
		if len(m.Shifts) == 0 {
			t.Errorf("%s: no shifts: %v", l.name, m.Problems)
		}
		for _, q := range m.Questions {
			if !strings.Contains("Dung An Bình Cường Phạm Thị Dung Nguyễn Văn An Nguyễn Thị Hòa", q.Name) {
				t.Errorf("%s: asked about %+v", l.name, q)
			}
		}
		again := Match(r, org, Options{Unit: "p"})
		if d := roster.Compare(m.Shifts, again.Shifts); !d.Empty() {
			t.Errorf("%s: matching twice differs", l.name)
		}
	}
}

// TestRoundTrip: a workbook of ours, sent back unchanged, changes nothing.
func TestRoundTrip(t *testing.T) {
	org := office(t)
	ids := []team.MemberID{"an", "binh", "cuong", "dung", "dung2", "hoa1", "hoa2", "duc", "hoang", "thuy"}
	rapid.Check(t, func(t *rapid.T) {
		day := calendar.Date{Year: 2024, Month: 1, Day: 1}.AddDays(rapid.IntRange(0, 2500).Draw(t, "day"))
		var shifts []roster.Shift
		for i := range rapid.IntRange(1, 6).Draw(t, "shifts") {
			s := roster.Shift{Unit: rapid.SampledFrom([]team.UnitID{"p", "ca", "qs", "yt"}).Draw(t, "unit"), Period: "tet",
				Name: rapid.SampledFrom([]string{"", "Ca đêm", "đêm", "Kíp 2 (tăng cường)", "Trực lãnh đạo"}).Draw(t, "name"),
				Note: rapid.SampledFrom([]string{"", "trực tại chỗ", "=1+1", "-5%"}).Draw(t, "note")}
			s.Start = day.AddDays(i).At(time.Duration(rapid.IntRange(0, 23).Draw(t, "hour"))*time.Hour + 30*time.Minute)
			s.End = s.Start.Add(time.Duration(rapid.IntRange(2, 60).Draw(t, "length")) * time.Hour)
			s.ID = roster.ID(s.Unit, s.Start, s.Name)
			for k, m := range rapid.SliceOfNDistinct(rapid.SampledFrom(ids), 0, 4, rapid.ID[team.MemberID]).Draw(t, "people") {
				a := roster.Assignment{Post: posts[rapid.IntRange(0, 3).Draw(t, "post")].post, Member: m}
				if k == 1 && s.End.Sub(s.Start) <= 24*time.Hour {
					a.From = s.Start.Add(time.Hour)
					a.For = "cuong"
				}
				s.People = append(s.People, a)
			}
			shifts = append(shifts, s)
		}
		data, err := WriteRoster("LỊCH TRỰC", shifts, org, rapid.Bool().Draw(t, "phones"))
		if err != nil {
			t.Fatal(err)
		}
		r, err := Read("lich.xlsx", data, now)
		if err != nil {
			t.Fatal(err)
		}
		m := Match(r, org, Options{Unit: "p", Period: "tet"})
		if d := roster.Compare(shifts, m.Shifts); !d.Empty() || !m.Ready() || len(m.Problems) > 0 {
			t.Fatalf("came back changed:\n%s\n%v %v", cmp.Diff(shiftLines(shifts), shiftLines(m.Shifts)), m.Problems, m.Questions)
		}
	})
}

// TestBlankForm: the form made from slots reads as shifts without people.
func TestBlankForm(t *testing.T) {
	org := office(t)
	blank := roster.Plan{Unit: "ca", Days: calendar.Span{From: calendar.Tet(2027).AddDays(-2), To: calendar.Tet(2027)},
		Slots: []roster.Slot{{Name: "Ca đêm", Start: 19 * time.Hour, Length: 12 * time.Hour, Posts: []roster.Post{roster.PostDuty}}}}.Shifts()
	data, err := WriteRoster("LỊCH TRỰC TẾT ĐINH MÙI 2027", blank, org, false)
	if err != nil {
		t.Fatal(err)
	}
	r, err := Read("mau.xlsx", data, now)
	if err != nil {
		t.Fatal(err)
	}
	m := Match(r, org, Options{Unit: "p"})
	if d := roster.Compare(blank, m.Shifts); !d.Empty() || len(m.Shifts) != 3 || len(m.Problems) > 0 {
		t.Errorf("%v %v", shiftLines(m.Shifts), m.Problems)
	}
}

func TestManyProblems(t *testing.T) {
	rows := make([]string, 400)
	for i := range rows {
		rows[i] = fmt.Sprintf("31/02;p;19h-7h;;Người %d;;", i)
	}
	m := one(t, office(t), Options{Unit: "p"}, rows...)
	if last := m.Problems[len(m.Problems)-1]; len(m.Problems) != maxFaults+1 || last.Code != "more" || !strings.Contains(last.Text, "100") {
		t.Errorf("%d problems, the last %+v", len(m.Problems), last)
	}
}
