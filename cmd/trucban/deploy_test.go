package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"trucban/internal/redisdb"
)

var metricName = regexp.MustCompile(`trucban_[a-z_]+`)

// TestWatchedFiguresExist holds the alert rules and the dashboard against the figures the program gives.
func TestWatchedFiguresExist(t *testing.T) {
	st, _ := holdStage(t)
	have := map[string]bool{}
	for _, f := range (figures{st.app}).Figures() {
		have[f.Name] = true
	}
	have["trucban_events_total"] = true // counted from the first event on
	alerts, err := os.ReadFile("deploy/alerts.yml")
	if err != nil {
		t.Fatal(err)
	}
	var rules struct {
		Groups []struct {
			Rules []struct{ Alert, Expr string }
		}
	}
	if err := yaml.Unmarshal(alerts, &rules); err != nil || len(rules.Groups) != 1 || len(rules.Groups[0].Rules) < 5 {
		t.Fatalf("alert rules: %v", err)
	}
	grafana, err := os.ReadFile("deploy/grafana.json")
	if err != nil {
		t.Fatal(err)
	}
	var board struct{ Panels []struct{ Title string } }
	if err := json.Unmarshal(grafana, &board); err != nil || len(board.Panels) < 10 {
		t.Fatalf("dashboard: %v", err)
	}
	for _, name := range metricName.FindAllString(string(alerts)+string(grafana), -1) {
		if !have[name] {
			t.Errorf("%s is watched and not given", name)
		}
	}
}

// TestUnits lets systemd judge the unit files.
func TestUnits(t *testing.T) {
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		t.Skip("systemd-analyze is not installed: the unit files are not judged")
	}
	for _, name := range []string{"trucban.service", "trucban-watch.service"} {
		data, err := os.ReadFile("deploy/" + name)
		if err != nil {
			t.Fatal(err)
		}
		// The binary need not be installed to judge the rest.
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(strings.ReplaceAll(string(data), "/usr/local/bin/trucban", "/bin/true")), 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command("systemd-analyze", "verify", path).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
}

// TestACL runs the service's store as the Redis user README names: it is enough, and no more than that.
func TestACL(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	const rule = "~{xa}:* &{xa}:* +@all -@admin -@dangerous +info"
	if !strings.Contains(string(readme), strings.ReplaceAll(rule, "xa", "trucban")) {
		t.Fatal("README does not name the rule")
	}
	db := storeTools(t)
	addr := strings.TrimPrefix(os.Getenv("TRUCBAN_REDIS_URL"), "redis://")
	_, port, _ := strings.Cut(addr, ":")
	args := append([]string{"-p", port, "ACL", "SETUSER", "bot", "on", ">secret"}, strings.Fields(rule)...)
	if out, err := exec.Command("redis-cli", args...).CombinedOutput(); err != nil || !strings.Contains(string(out), "OK") {
		t.Fatalf("%v: %s", err, out)
	}
	if err := db.Beat(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TRUCBAN_REDIS_URL", "redis://bot:secret@"+addr)
	mine, client, _, err := toolStore("")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	for what, do := range map[string]func(*redisdb.DB) error{
		"check":   func(d *redisdb.DB) error { _, err := d.CheckServer(t.Context()); return err },
		"migrate": func(d *redisdb.DB) error { return d.Migrate(t.Context()) },
		"beat":    func(d *redisdb.DB) error { return d.Beat(t.Context()) },
		"seal":    func(d *redisdb.DB) error { _, err := d.Seal(t.Context()); return err },
		"sweep":   func(d *redisdb.DB) error { _, err := d.Sweep(t.Context(), 10); return err },
		"stats":   func(d *redisdb.DB) error { _, err := d.Stats(t.Context(), "telegram"); return err },
	} {
		if err := do(mine); err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	if code, out := tool(t, "backup", filepath.Join(t.TempDir(), "b")); code != 0 {
		t.Errorf("backup: %s", out)
	}
	other, client2, _, err := toolStore("other")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client2.Close() })
	if err := other.Beat(t.Context()); err == nil || !strings.Contains(err.Error(), "NOPERM") {
		t.Errorf("the user reaches into another namespace: %v", err)
	}
}
