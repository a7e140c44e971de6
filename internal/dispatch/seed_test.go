package dispatch

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/goccy/go-yaml"
)

func parseFile(t *testing.T, name string) Draft {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	d, err := Parse(string(b), Options{})
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return d
}

// The official texts are not part of the project; they are read where the examples
// lie beside this checkout.
const (
	shared = "../../../shared/data/dispatch"
	seed   = "000_48327f34159e03da.txt"
)

// official is the path of an official text; without it the test is skipped.
func official(t testing.TB, name string) string {
	t.Helper()
	path := filepath.Join(shared, name)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("the official text %s does not lie beside this checkout", name)
	}
	return path
}

// reading is the part of a careful reader's account of the real dispatch that a draft can hold.
type reading struct {
	Groups []struct {
		Audience string   `yaml:"audience_text"`
		Tags     []string `yaml:"audience_tags"`
		Lines    []int    `yaml:"seed_lines"`
		Tasks    []struct {
			ID, Text string
			Reading  struct{ Kind string }
		}
	}
}

// TestSeedReading compares every task with the account that lies beside the shared example.
func TestSeedReading(t *testing.T) {
	d := parseFile(t, official(t, seed))
	if d.TaskCount() != 12 || len(d.Groups) != 3 {
		t.Fatalf("%d groups, %d tasks", len(d.Groups), d.TaskCount())
	}
	b, err := os.ReadFile(filepath.Join(shared, "reading-of-seed.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var want reading
	if err := yaml.Unmarshal(b, &want); err != nil {
		t.Fatal(err)
	}
	for i, g := range want.Groups {
		same(t, "audience", string(d.Groups[i].Audience), g.Audience)
		same(t, "tags", d.Groups[i].Tags, g.Tags)
		for j, task := range g.Tasks {
			got := d.Groups[i].Tasks[j]
			same(t, task.ID, []string{got.ID, got.Text, string(got.Kind)}, []string{task.ID, task.Text, task.Reading.Kind})
			if got.Lines.From < g.Lines[0] || got.Lines.To > g.Lines[1] {
				t.Errorf("%s is at lines %v, outside %v", task.ID, got.Lines, g.Lines)
			}
		}
	}
}

// TestSharedExamples reads the other examples where they are beside this checkout,
// and always the refusal that one of them is about.
func TestSharedExamples(t *testing.T) {
	if _, err := Parse(lostText, Options{}); !errors.Is(err, ErrLostLetters) {
		t.Errorf("lost letters: %v", err)
	}
	for _, c := range []struct {
		name      string
		groups    int
		low, high int
		contacts  int
		dues      []string
	}{
		{"08-recon-daknong-truc-tet-2022.txt", 1, 4, 4, 1, []string{"2022-02-02T09:00", "2022-02-04T09:00", "2022-02-06T09:00"}},
		{"12-synthetic-phuong-anm-tet-2027.txt", 3, 8, 10, 1, nil},
		{"15-lost-glyphs.txt", 0, 0, 0, 0, nil},
	} {
		b, err := os.ReadFile(filepath.Join(shared, c.name))
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		d, err := Parse(string(b), Options{})
		if c.groups == 0 {
			if !errors.Is(err, ErrLostLetters) {
				t.Errorf("%s: %v", c.name, err)
			}
			continue
		}
		if err != nil || len(d.Groups) != c.groups || d.TaskCount() < c.low || d.TaskCount() > c.high || len(d.Contacts) != c.contacts {
			t.Errorf("%s: %d groups, %d tasks, %d contacts, %v", c.name, len(d.Groups), d.TaskCount(), len(d.Contacts), err)
		}
		var dues []string
		for _, g := range d.Groups {
			for _, task := range g.Tasks {
				dues = append(dues, task.Due...)
			}
		}
		compareSet(t, c.name, dues, c.dues)
	}
}
