package main

import (
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// zoneVar tells a child of TestTranscriptsInAnyZone which zone its machine is in.
const zoneVar = "TRUCBAN_TEST_ZONE"

// TestTranscriptsInAnyZone runs whole conversations in processes whose machine is in
// another zone: every wall time they show is that of the transcript. It takes seconds,
// since the zone of a process is read once, at its start.
func TestTranscriptsInAnyZone(t *testing.T) {
	if zone := os.Getenv(zoneVar); zone != "" {
		if time.Local.String() != zone {
			t.Fatalf("this process is in %s, not in %s", time.Local, zone)
		}
		return
	}
	const scripts = "diem-danh|bao-on-doi-ca|gio-nghi"
	for _, zone := range []string{"UTC", "America/New_York"} {
		t.Run(strings.ReplaceAll(zone, "/", "_"), func(t *testing.T) {
			if _, err := os.Stat("/usr/share/zoneinfo/" + zone); err != nil {
				t.Skip("this machine knows no zones, so that no process can be put into one: ", err)
			}
			c := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^(TestTranscriptsInAnyZone|TestConversations)$/^("+scripts+")$", "-test.v")
			c.Env = append(os.Environ(), "TZ="+zone, zoneVar+"="+zone)
			out, err := c.CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			for _, name := range append(strings.Split(scripts, "|"), "") {
				want := "--- PASS: TestConversations/" + name + " "
				if name == "" {
					want = "--- PASS: TestTranscriptsInAnyZone "
				}
				if !strings.Contains(string(out), want) {
					t.Errorf("%q was not played:\n%s", want, out)
				}
			}
		})
	}
}
