package dispatch

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
)

// label is what testdata/labels.yaml says of one text; see its head.
type label struct {
	File, Type, Number, Date, Issuer, Subject, Urgency string
	Official                                           bool // its text lies beside the checkout only
	Authority, Title, Signer                           string
	Addressees, Recipients                             *int
	Tasks                                              []int
	Printed, Kinds, Audiences, ByAudience              []string
	Dues, Windows, Times, Cited, Cites, Phones, Emails []string
	Mended, Warnings                                   []string
	Tags                                               [][]string
}

func loadLabels(t testing.TB) []label {
	t.Helper()
	b, err := os.ReadFile("testdata/labels.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var out []label
	if err := yaml.UnmarshalWithOptions(b, &out, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestLabels compares the draft of every text with its label.
func TestLabels(t *testing.T) {
	for _, l := range loadLabels(t) {
		t.Run(l.File, func(t *testing.T) {
			path := filepath.Join("testdata", l.File)
			if l.Official {
				path = official(t, l.File)
			}
			d := parseFile(t, path)
			l.checkDocument(t, d)
			l.checkTasks(t, d)
			l.checkAround(t, d)
		})
	}
}

func same[T any](t *testing.T, what string, got, want T) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func (l label) checkDocument(t *testing.T, d Draft) {
	t.Helper()
	doc := d.Document
	for _, f := range []struct {
		name, want string
		got        Maybe
	}{
		{"type", l.Type, doc.Type}, {"number", l.Number, doc.Number}, {"date", l.Date, doc.Date},
		{"issuer", l.Issuer, doc.Issuer}, {"subject", l.Subject, doc.Subject}, {"urgency", l.Urgency, doc.Urgency},
		{"authority", l.Authority, doc.Authority}, {"title", l.Title, doc.Title}, {"signer", l.Signer, doc.Signer},
	} {
		if f.want != "" {
			same(t, f.name, string(f.got), f.want)
		}
	}
	if l.Addressees != nil {
		same(t, "addressees of "+strings.Join(doc.Addressees, " | "), len(doc.Addressees), *l.Addressees)
	}
	if l.Recipients != nil {
		same(t, "recipients of "+strings.Join(doc.Recipients, " | "), len(doc.Recipients), *l.Recipients)
	}
}

func (l label) checkTasks(t *testing.T, d Draft) {
	t.Helper()
	var counts []int
	var printed, kinds, dues, cites []string
	var tags [][]string
	for _, g := range d.Groups {
		counts = append(counts, len(g.Tasks))
		printed = append(printed, string(g.Printed))
		tags = append(tags, g.Tags)
		for _, task := range g.Tasks {
			kinds = append(kinds, string(task.Kind))
			dues = append(dues, task.Due...)
			cites = append(cites, task.Cites...)
		}
	}
	same(t, "tasks per group", counts, l.Tasks)
	compareSet(t, "printed numbers", printed, l.Printed)
	compareSet(t, "kinds", kinds, l.Kinds)
	compareSet(t, "dues", dues, l.Dues)
	compareSet(t, "cites", cites, l.Cites)
	if l.Tags != nil {
		same(t, "tags", tags, l.Tags)
	}
	for i, want := range l.Audiences {
		if i < len(d.Groups) && !strings.Contains(string(d.Groups[i].Audience), want) {
			t.Errorf("audience %d = %q, want %q in it", i+1, d.Groups[i].Audience, want)
		}
	}
	var parts []string
	for _, g := range d.ByAudience() {
		parts = append(parts, string(g.Audience))
	}
	compareSet(t, "by audience", parts, l.ByAudience)
}

func (l label) checkAround(t *testing.T, d Draft) {
	t.Helper()
	var cited, phones, emails, windows, times, mended, warned []string
	for _, c := range d.Cited {
		cited = append(cited, string(c.Number))
	}
	for _, c := range d.Contacts {
		for _, p := range c.Phones {
			phones = append(phones, string(p.E164))
		}
		if c.Email != "" {
			emails = append(emails, string(c.Email))
		}
	}
	for _, w := range d.Windows {
		windows = append(windows, w.From+"/"+w.To)
	}
	for _, r := range d.ReportTimes {
		s := fmt.Sprint(r.Every, " ", r.Date, " ", r.At)
		if r.Day > 0 {
			s += fmt.Sprint(" ", r.Day)
		}
		times = append(times, strings.Join(strings.Fields(s), " "))
	}
	for _, m := range d.Mended {
		mended = append(mended, fmt.Sprintf("%d %s", m.Line, m.Mended))
	}
	for _, w := range d.Warnings {
		warned = append(warned, string(w.Code))
	}
	compareSet(t, "cited", cited, l.Cited)
	compareSet(t, "phones", phones, l.Phones)
	compareSet(t, "e-mails", emails, l.Emails)
	compareSet(t, "windows", windows, l.Windows)
	compareSet(t, "report times", times, l.Times)
	compareSet(t, "warnings", warned, l.Warnings)
	for _, want := range l.Mended {
		if !contains(mended, want) {
			t.Errorf("mends lack %q in %q", want, mended)
		}
	}
}

// compareSet compares where the label says anything.
func compareSet(t *testing.T, what string, got, want []string) {
	t.Helper()
	if want == nil {
		return
	}
	if len(got) == 0 && len(want) == 0 {
		return
	}
	same(t, what, got, want)
}

func contains(list []string, s string) bool {
	for _, v := range list {
		if v == s {
			return true
		}
	}
	return false
}
