package dispatch

import (
	"os"
	"testing"
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

// TestSeed holds the reading of the real dispatch to what a careful reader finds in it.
func TestSeed(t *testing.T) {
	d := parseFile(t, "testdata/thai-hoa-tet-2024.txt")
	if got := len(d.Groups); got != 3 {
		t.Fatalf("groups = %d, want 3", got)
	}
	for i, want := range []int{6, 3, 3} {
		if got := len(d.Groups[i].Tasks); got != want {
			t.Errorf("group %d has %d tasks, want %d", i+1, got, want)
		}
	}
	phones, emails := 0, 0
	for _, c := range d.Contacts {
		phones += len(c.Phones)
		if c.Email != "" {
			emails++
		}
	}
	if len(d.Cited) != 5 || len(d.Contacts) != 3 || phones != 5 || emails != 2 {
		t.Errorf("cited %d, contacts %d, phones %d, e-mails %d; want 5, 3, 5, 2", len(d.Cited), len(d.Contacts), phones, emails)
	}
	if d.Document.Issuer != "UBND thị xã Thái Hòa" || d.Document.Signer != "Đinh Thế Vinh" {
		t.Errorf("issuer %q, signer %q", d.Document.Issuer, d.Document.Signer)
	}
}
