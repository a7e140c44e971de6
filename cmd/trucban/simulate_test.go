package main

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"trucban/internal/calendar"
	"trucban/internal/outbox"
)

// readmeBlock is what stands in README between two marks.
func readmeBlock(t *testing.T, name string) string {
	t.Helper()
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, part, found := strings.Cut(string(readme), "<!-- "+name+" -->\n")
	part, _, closed := strings.Cut(part, "<!-- /"+name+" -->")
	if !found || !closed {
		t.Fatalf("README has no block %q", name)
	}
	return part
}

// rewriteReadme puts a block in another's place.
func rewriteReadme(t *testing.T, old, fresh string) {
	t.Helper()
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("../../README.md", []byte(strings.Replace(string(readme), old, fresh, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
}

// rowNames are the first cells of the Markdown tables.
func rowNames(text string) []string {
	var out []string
	for line := range strings.Lines(text) {
		if cells := strings.Split(line, "|"); len(cells) > 3 {
			out = append(out, strings.TrimSpace(cells[1]))
		}
	}
	return out
}

// TestSimulate plays README's small country and wants what README says, or with -update writes it there;
// README's large table has the same rows.
func TestSimulate(t *testing.T) {
	block := readmeBlock(t, "simulate small")
	command, want, _ := strings.Cut(strings.Trim(block, "`\n"), "\n")
	args, ok := strings.CutPrefix(command, "$ trucban ")
	if !ok {
		t.Fatalf("README's block begins with %q", command)
	}
	code, out := tool(t, strings.Fields(args)...)
	if code != 0 {
		t.Fatal(out)
	}
	if *update {
		_, fresh, _ := strings.Cut(out, "| groups")
		rewriteReadme(t, block, "```\n"+command+"\n| groups"+strings.TrimRight(fresh, "\n")+"\n```\n")
		return
	}
	_, got, _ := strings.Cut(out, "| groups")
	got, _, _ = strings.Cut("| groups"+got, "\n| simulated in")
	want, _, _ = strings.Cut(want, "\n| simulated in")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("README -, simulated +\n%s\n%s", diff, out)
	}
	large := rowNames(strings.ReplaceAll(readmeBlock(t, "simulate"), "Redis memory", "Redis content"))
	if diff := cmp.Diff(rowNames(out), large); diff != "" {
		t.Errorf("rows: simulated -, README's large table +\n%s", diff)
	}
}

// TestSimulateFlags: each wrong flag is named with what it may be.
func TestSimulateFlags(t *testing.T) {
	for args, want := range map[string]string{
		"--groups 10":                        "--groups 10: at least one for each of the 34 provinces",
		"--groups 99999":                     "at most 20000",
		"--provinces 0":                      "--provinces 0: from 1 to 34",
		"--days 40":                          "--days 40: from 1 to 31",
		"--from yesterday":                   `--from "yesterday" is not a day like 2027-02-03`,
		"--bound 1ms":                        "--bound 1ms: from 1s to 1h",
		"--late 90 --absent 20":              "--late 90: from 0 to 80 of a hundred",
		"--refused NaN":                      "--refused NaN: from 0 to 50",
		"--play=-1":                          "--play -1: a number of groups",
		"--days 0 --zalo 101 --incidents=-1": "--incidents -1",
	} {
		code, out := tool(t, append([]string{"simulate"}, strings.Fields(args)...)...)
		if code != exitUsage || !strings.Contains(out, want) {
			t.Errorf("%s: exit code %d, %q not said in:\n%s", args, code, want, out)
		}
	}
}

// TestCountry: nothing is lost in sharing out, and every province has a group.
func TestCountry(t *testing.T) {
	for groups, most := range map[int]int{34: 2, 100: 6, 1000: 50, 10_000: 500, 20_000: 1000} {
		n, communes := 0, 0
		for _, d := range country(groups, allProvinces) {
			if d.groups < 1 || d.groups > most || d.communes > d.groups {
				t.Errorf("%d groups: province %+v", groups, d)
			}
			n, communes = n+d.groups, communes+d.communes
		}
		if n != groups || communes != min(groups, allCommunes) {
			t.Errorf("%d groups: shared out as %d, with %d communes", groups, n, communes)
		}
	}
}

// TestSimulatePlaysALife: people come late and stay away, incidents are closed, platforms refuse, and every class is measured.
func TestSimulatePlaysALife(t *testing.T) {
	c := simulateCmd{Provinces: 1, Seed: 3, habits: habits{Late: 20, Absent: 20, Unreached: 20, Incidents: 30, Refused: 5, Zalo: 30}}
	sim := simulation{simulateCmd: c, first: calendar.Date{Year: 2027, Month: 2, Day: 3}, say: func(string, ...any) {}}
	p, err := sim.play(t.Context(), district{number: 1, groups: 12, communes: 8}, 1, newMemoryStage)
	if err != nil {
		t.Fatal(err)
	}
	for _, class := range outbox.Classes {
		if len(p.f.waits.took[class]) == 0 {
			t.Errorf("no %s", class)
		}
	}
	if p.f.refused["telegram"] == 0 || p.zaloGroups == 0 || p.f.sent["zalo"] == 0 || p.f.dead == 0 || p.size.Keys < 100 {
		t.Errorf("%+v, %+v, on Zalo %d", p.f, p.size, p.zaloGroups)
	}
}
