package dispatch

import (
	"encoding/json"
	"reflect"
	"sort"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
)

// TestContract holds the JSON to its keys, nulls and lists.
func TestContract(t *testing.T) {
	for name, text := range corpus(t) {
		d, err := Parse(text, Options{})
		if err != nil {
			t.Fatal(name, err)
		}
		raw, err := d.JSON()
		if err != nil {
			t.Fatal(err)
		}
		plain, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		var a, b map[string]any
		if err := json.Unmarshal(raw, &a); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(plain, &b); err != nil || !reflect.DeepEqual(a, b) {
			t.Errorf("%s: JSON() and json.Marshal differ (%v)", name, err)
		}
		keysAre(t, a, "cited contacts document groups mended report_times warnings windows")
		keysAre(t, a["document"], "addressees authority date issuer number recipients signer subject title type urgency")
		for _, g := range a["groups"].([]any) {
			keysAre(t, g, "audience number printed_number tasks")
			for _, task := range g.(map[string]any)["tasks"].([]any) {
				keysAre(t, task, "cites due id kind text title")
			}
		}
		for _, c := range a["cited"].([]any) {
			keysAre(t, c, "about date issuer number")
		}
		for _, c := range a["contacts"].([]any) {
			keysAre(t, c, "email org phones role")
		}
		for _, m := range a["mended"].([]any) {
			keysAre(t, m, "line mended printed")
		}
		if strings.Contains(string(raw), `\u0026`) {
			t.Errorf("%s: JSON escapes &", name)
		}
		y, err := d.YAML()
		if err != nil {
			t.Fatal(err)
		}
		var c map[string]any
		if err := yaml.Unmarshal(y, &c); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if again, _ := json.Marshal(c); !jsonEqual(again, plain) {
			t.Errorf("%s: YAML says something else than JSON:\n%s\n%s", name, again, plain)
		}
	}
}

func jsonEqual(a, b []byte) bool {
	var x, y any
	return json.Unmarshal(a, &x) == nil && json.Unmarshal(b, &y) == nil && reflect.DeepEqual(x, y)
}

func keysAre(t *testing.T, v any, want string) {
	t.Helper()
	m, ok := v.(map[string]any)
	if !ok {
		t.Fatalf("%v is no object", v)
	}
	var keys []string
	for k, val := range m {
		keys = append(keys, k)
		switch k {
		case "addressees", "recipients", "groups", "tasks", "due", "cites", "cited", "contacts", "phones", "windows", "report_times", "mended", "warnings":
			if val == nil {
				t.Errorf("list %s is null", k)
			}
		default:
			if val == "" {
				t.Errorf("%s is empty, not null", k)
			}
		}
	}
	sort.Strings(keys)
	if got := strings.Join(keys, " "); got != want {
		t.Errorf("keys %q, want %q", got, want)
	}
}

// TestTitles holds every title to its length and to ending in a whole word that leads nowhere.
func TestTitles(t *testing.T) {
	for name, text := range corpus(t) {
		d, err := Parse(text, Options{})
		if err != nil {
			t.Fatal(name, err)
		}
		for _, g := range d.Groups {
			for _, task := range g.Tasks {
				checkTitle(t, name+" "+task.ID, task)
			}
		}
	}
}

func checkTitle(t interface{ Errorf(string, ...any) }, where string, task Task) {
	n := utf8.RuneCountInString(task.Title)
	if n > maxTitle || n == 0 && task.Text != "" {
		t.Errorf("%s: title %q has %d characters", where, task.Title, n)
	}
	title := newTxt(task.Title)
	ws := wordsOf(title, 20)
	whole := strings.HasSuffix(strings.TrimRight(fold(task.Text), ".;"), title.f)
	if len(ws) > 1 && n > 12 && !whole && (&reader{}).dangles(title, ws, len(ws)-1) {
		t.Errorf("%s: title %q dangles", where, task.Title)
	}
}
