package dispatch

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"trucban/internal/viet"
)

func corpus(t testing.TB) map[string]string {
	t.Helper()
	names, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(names) < 13 {
		t.Fatalf("texts: %d, %v", len(names), err)
	}
	out := map[string]string{}
	for _, n := range names {
		b, err := os.ReadFile(n)
		if err != nil {
			t.Fatal(err)
		}
		out[filepath.Base(n)] = string(b)
	}
	return out
}

// core is what must not depend on how a text was transported.
func core(d Draft) [][]string {
	var out [][]string
	for _, g := range d.Groups {
		row := []string{string(g.Audience)}
		for _, t := range g.Tasks {
			row = append(row, t.Text, t.Title, string(t.Kind), strings.Join(t.Due, " "), strings.Join(t.Cites, " "))
		}
		out = append(out, row)
	}
	return out
}

// TestTransport reads every text as it arrives by other ways: decomposed letters,
// a byte order mark, other line ends, other spaces, invisible characters.
func TestTransport(t *testing.T) {
	ways := map[string]func(string) string{
		"NFD":             func(s string) string { return norm.NFD.String(s) },
		"BOM and CRLF":    func(s string) string { return "\uFEFF" + strings.ReplaceAll(s, "\n", "\r\n") },
		"no-break spaces": func(s string) string { return strings.ReplaceAll(s, " ", "\u00A0") },
		"zero width":      func(s string) string { return strings.ReplaceAll(s, "ng ", "ng\u200B ") },
		"trailing spaces": func(s string) string { return strings.ReplaceAll(s, "\n", " \n") },
	}
	for name, text := range corpus(t) {
		want, err := Parse(text, Options{})
		if err != nil {
			t.Fatal(name, err)
		}
		for way, change := range ways {
			got, err := Parse(change(text), Options{})
			if err != nil {
				t.Errorf("%s by %s: %v", name, way, err)
				continue
			}
			same(t, name+" by "+way, core(got), core(want))
		}
	}
}

// rewrap breaks the prose of a text at another width, as chats and PDFs do; the
// lines of head and foot, and the first words of items, stay where they are.
func rewrap(text string, width int) string {
	var out []string
	for _, l := range strings.Split(text, "\n") {
		words := strings.Fields(l)
		if len(words) < 8 || newTxt(l).allCaps() {
			out = append(out, strings.TrimRight(l, " "))
			continue
		}
		row := ""
		for _, w := range words {
			if row != "" && utf8.RuneCountInString(row)+1+utf8.RuneCountInString(w) > width {
				out = append(out, row)
				row = ""
			}
			row = strings.TrimPrefix(row+" "+w, " ")
		}
		out = append(out, row)
	}
	return strings.Join(out, "\n")
}

// TestRewrapped holds the tasks to their number and words when lines are broken elsewhere.
func TestRewrapped(t *testing.T) {
	for name, text := range corpus(t) {
		if name == "01-hai-cot-dinh-304.txt" || strings.ContainsAny(text, "\t|") {
			continue // its columns are made of spaces, tabs or bars, which rewrapping destroys
		}
		want, err := Parse(text, Options{})
		if err != nil {
			t.Fatal(name, err)
		}
		for _, width := range []int{38, 44, 52, 64, 78, 100} {
			got, err := Parse(rewrap(text, width), Options{})
			if err != nil {
				t.Errorf("%s at %d: %v", name, width, err)
				continue
			}
			same(t, name+" rewrapped", core(got), core(want))
		}
	}
}

// TestTaskTextIsInTheSource: no word of a task is ours but the mends that are listed.
func TestTaskTextIsInTheSource(t *testing.T) {
	for name, text := range corpus(t) {
		d, err := Parse(text, Options{})
		if err != nil {
			t.Fatal(name, err)
		}
		rd := &reader{}
		var flat []string
		for _, l := range cleanLines(text) {
			flat = append(flat, l.String())
		}
		source := strings.Join(flat, " ")
		mended := rd.mend(source, []seg{{0, 1}})
		listed := map[string]bool{}
		for _, m := range d.Mended {
			listed[m.Printed+"|"+m.Mended] = true
		}
		for _, g := range d.Groups {
			for _, task := range g.Tasks {
				if !hasAll(mended, task.Text) {
					t.Errorf("%s %s: %q is not in the source", name, task.ID, task.Text)
				}
				if !strings.Contains(source, task.Clause) {
					t.Errorf("%s %s: clause %q is not as printed", name, task.ID, task.Clause)
				}
				if strings.Contains(source, task.Text) {
					continue
				}
				for _, m := range rd.mends {
					if strings.Contains(task.Text, m.Mended) && strings.Contains(task.Clause, m.Printed) && !listed[m.Printed+"|"+m.Mended] {
						t.Errorf("%s %s: %q mended to %q in silence", name, task.ID, m.Printed, m.Mended)
					}
				}
			}
		}
	}
}

// hasAll reports a clause found in the source as it is, or for a table's row cell by cell.
func hasAll(source, clause string) bool {
	if strings.Contains(source, clause) {
		return true
	}
	what, rest, row := strings.Cut(strings.TrimSuffix(clause, ")"), " (")
	for _, column := range strings.Split(rest, "; ") {
		name, cell, _ := strings.Cut(column, ": ")
		row = row && strings.Contains(source, name) && strings.Contains(source, cell)
	}
	return row && strings.Contains(source, what)
}

// TestFoldKeepsOffsets ties the aligned fold to the one everybody else compares by.
func TestFoldKeepsOffsets(t *testing.T) {
	for name, text := range corpus(t) {
		for _, w := range strings.Fields(viet.Clean(text)) {
			if got := fold(w); len(got) != utf8.RuneCountInString(w) {
				t.Fatalf("%s: fold(%q) = %q", name, w, got)
			} else if f := viet.Fold(w); len(f) == len(got) && !strings.ContainsAny(w, "–—“”’…") && got != f && !strings.Contains(got, "~") {
				t.Errorf("%s: fold(%q) = %q, viet.Fold %q", name, w, got, f)
			}
		}
	}
}
