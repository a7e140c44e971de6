package checklist_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"

	"trucban/internal/calendar"
	"trucban/internal/checklist"
	"trucban/internal/roster"
)

const packDir = "../../messages/packs"

func readPack(t testing.TB, name string) checklist.Pack {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(packDir, name+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	p, err := checklist.ParsePack(data)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func span(t testing.TB, from, to string) calendar.Span {
	t.Helper()
	return calendar.Span{From: calendar.DateOf(at(t, from+" 12:00")), To: calendar.DateOf(at(t, to+" 12:00"))}
}

func local(at time.Time) string { return at.In(roster.Zone).Format("02/01/2006 15:04") }

func TestShippedPacks(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(packDir, "*.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range files {
		name := strings.TrimSuffix(filepath.Base(f), ".yaml")
		names = append(names, name)
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if !norm.NFC.IsNormal(data) {
			t.Errorf("%s is not NFC", name)
		}
		p := readPack(t, name)
		if p.ID != name {
			t.Errorf("%s: id is %q", name, p.ID)
		}
		b, err := p.Bind(checklist.Binding{Period: span(t, "02/09/2027", "05/09/2027"), Issued: at(t, "20/08/2027 09:00")})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if len(b.Past) != 0 {
			t.Errorf("%s: past dues %v", name, b.Past)
		}
		if strings.Contains(b.Plain.Title, "{") {
			t.Errorf("%s: title %q", name, b.Plain.Title)
		}
		d, err := checklist.FromPlain("VB-2027-001", b.Plain)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, g := range d.Groups {
			for _, task := range g.Tasks {
				if task.Kind == checklist.Once && g.DueOf(task).IsZero() {
					t.Errorf("%s %s has no deadline", name, task.ID)
				}
				if strings.HasSuffix(task.Title, "…") || !strings.HasSuffix(task.Text, ".") || strings.Contains(task.Text, "{") {
					t.Errorf("%s %s: %q / %q", name, task.ID, task.Title, task.Text)
				}
			}
		}
		if len(b.Reports) == 0 {
			t.Errorf("%s has no report duty", name)
		}
		for _, r := range b.Reports {
			if at := r.Schedule.Next(r.Span.From.Add(-time.Second)); at.IsZero() || !r.Span.Covers(at) {
				t.Errorf("%s: report %q has no deadline in its span, next %s", name, r.Name, local(at))
			}
		}
	}
	want := []string{"2-9", "30-4-1-5", "bao-lu", "bau-cu", "tet"}
	if slices.Sort(names); !slices.Equal(names, want) {
		t.Errorf("packs %v, want %v", names, want)
	}
}

// The holiday of 2027: 04-10/02 off, from the announced data; the working day before is 03/02, the one after 11/02.
func TestTetPackOf2027(t *testing.T) {
	hol, err := calendar.BuiltinHolidays()
	if err != nil {
		t.Fatal(err)
	}
	tet, ok := hol.TetSpan(2027)
	if !ok {
		t.Fatal("no announced span for 2027")
	}
	work := func(d calendar.Date) bool { w, _ := hol.Workday(d); return w }
	b, err := readPack(t, "tet").Bind(checklist.Binding{
		Name: "Tết Nguyên đán Đinh Mùi 2027", Period: tet, Issued: at(t, "18/01/2027 08:00"), Workday: work,
	})
	if err != nil {
		t.Fatal(err)
	}
	if b.Plain.Title != "Bảo đảm an toàn thông tin mạng dịp Tết Nguyên đán Đinh Mùi 2027" {
		t.Errorf("title %q", b.Plain.Title)
	}
	d, err := checklist.FromPlain("VB-2027-001", b.Plain)
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]string{"1.1": "01/02/2027 17:00", "1.2": "03/02/2027 17:00", "1.8": "11/02/2027 09:00", "2.2": "02/02/2027 17:00"} {
		task, g, ok := d.Task(id)
		if got := local(g.DueOf(task)); !ok || got != want {
			t.Errorf("%s due %s, want %s", id, got, want)
		}
	}
	if got := local(d.Period.To); got != "11/02/2027 00:00" {
		t.Errorf("period ends %s", got)
	}
	if got := local(b.Reports[1].Schedule.Next(at(t, "01/02/2027 00:00"))); got != "11/02/2027 11:00" {
		t.Errorf("closing report %s", got)
	}
}

func TestDueWords(t *testing.T) {
	pack := func(due string) string {
		return "id: x\nname: x\ntitle: x\nperiod: x\ngroups:\n  - number: \"1\"\n    audience: x\n    tags: [coquan]\n    tasks:\n      - {title: x, text: x, kind: once, due: \"" + due + "\"}\n"
	}
	b := checklist.Binding{Period: span(t, "04/02/2027", "10/02/2027"), Issued: at(t, "20/01/2027 09:00")}
	for words, want := range map[string]string{
		"trước kỳ nghỉ 1 ngày 17h00":           "03/02/2027 17:00",
		"Trước kỳ nghỉ 16h30":                  "03/02/2027 16:30",
		"trước kỳ 3 ngày làm việc":             "01/02/2027 17:00",
		"sau kỳ nghỉ 1 ngày làm việc 9 giờ 30": "11/02/2027 09:30",
		"sau kỳ nghỉ 3 ngày làm việc 8h":       "15/02/2027 08:00",
		"ngày đầu kỳ 9h00":                     "04/02/2027 09:00",
		"ngày thứ 3 của kỳ 9h00":               "06/02/2027 09:00",
		"ngày cuối kỳ 15h":                     "10/02/2027 15:00",
		"hết kỳ":                               "11/02/2027 00:00",
		"sau khi ban hành 2 giờ":               "20/01/2027 11:00",
		"sau khi ban hành 90 phút":             "20/01/2027 10:30",
		"mùng 2 9h00":                          "07/02/2027 09:00",
		"29 Chạp 17h":                          "05/02/2027 17:00",
		"03/02 11h00":                          "03/02/2027 11:00",
		"trước kỳ nghỉ 1 ngày 17h00":     "03/02/2027 17:00", // NFD
	} {
		p, err := checklist.ParsePack([]byte(pack(words)))
		if err != nil {
			t.Errorf("%q: %v", words, err)
			continue
		}
		bound, err := p.Bind(b)
		if err != nil {
			t.Errorf("%q: %v", words, err)
			continue
		}
		if got := local(bound.Plain.Groups[0].Tasks[0].Due); got != want {
			t.Errorf("%q: %s, want %s", words, got, want)
		}
	}
	for _, words := range []string{"sớm", "ngày thứ 9 của kỳ", "trước kỳ nghỉ 1 ngày 17h00 8h00", "25h00", "15/6 9h00", "trước kỳ nghỉ 1 ngày gì đó"} {
		if _, err := checklist.ParsePack([]byte(pack(words))); err == nil {
			t.Errorf("%q was taken", words)
		}
	}
}

func TestPackFaultsAreListedTogether(t *testing.T) {
	_, err := checklist.ParsePack([]byte(`
id: "Bad Id"
name: x
title: x
period: x
groups:
  - number: "1"
    audience: x
    tags: ["Có dấu"]
    tasks:
      - {title: "", text: x, kind: once}
      - {title: x, text: "", kind: weekly}
      - {title: x, text: x, kind: once, cron: "0 8 * * *"}
  - number: "1"
    audience: y
    tags: [coquan]
    tasks: []
`))
	if err == nil {
		t.Fatal("taken")
	}
	for _, part := range []string{"id must be", "Có dấu", "1 to 40", "text is needed", "once, standing or recurring", "recurring tasks", "used twice", "tasks are needed"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q is not in:\n%v", part, err)
		}
	}
	if _, err := checklist.ParsePack([]byte("id: x\nnonsense: 1\n")); err == nil || !strings.Contains(err.Error(), "2:1") {
		t.Errorf("unknown key: %v", err)
	}
	if _, err := checklist.ParsePack([]byte("\t{")); err == nil {
		t.Error("broken YAML was taken")
	}
}

func FuzzParsePack(f *testing.F) {
	for _, name := range []string{"tet", "bao-lu"} {
		data, err := os.ReadFile(filepath.Join(packDir, name+".yaml"))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := checklist.ParsePack(data)
		if err != nil {
			return
		}
		if _, err := p.Bind(checklist.Binding{
			Period: calendar.Span{From: calendar.Date{Year: 2027, Month: 2, Day: 4}, To: calendar.Date{Year: 2027, Month: 2, Day: 10}},
			Issued: time.Date(2027, 1, 10, 2, 0, 0, 0, time.UTC),
		}); err != nil {
			t.Errorf("a pack that was taken cannot be bound: %v", err)
		}
	})
}
