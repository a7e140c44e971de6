package main

import "testing"

// TestSelf: one process at a time is a data folder's; the next one is the same.
func TestSelf(t *testing.T) {
	dir := t.TempDir()
	first, release, err := claimSelf(dir)
	if err != nil {
		t.Fatal(err)
	}
	if first == "" {
		t.Skip("this system does not tell its boot: leases of a dead process run out there")
	}
	if second, _, err := claimSelf(dir); second != "" || err != nil {
		t.Errorf("beside one that is alive: %q, %v", second, err)
	}
	if other, end, err := claimSelf(t.TempDir()); other == first || err != nil || end() != nil {
		t.Errorf("another folder: %q, %v", other, err)
	}
	if err := release(); err != nil {
		t.Fatal(err)
	}
	next, release, err := claimSelf(dir)
	if next != first || err != nil || release() != nil {
		t.Errorf("the next process is %q, the first was %q: %v", next, first, err)
	}
}
