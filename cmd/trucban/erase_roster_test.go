package main

import (
	"net/http"
	"strings"
	"testing"
)

// TestErasedPersonLeavesTheRosters: whoever asks to be erased has no calendar any more,
// and stands in no list of who bore what.
func TestErasedPersonLeavesTheRosters(t *testing.T) {
	f := newFollower(t)
	path := f.ask("lan", "/dongbolich congtt")
	if f.get(path, "").Code != http.StatusOK {
		t.Fatal("the calendar is served")
	}
	f.do(f.door.Say("lan", "lan", "/xoadulieu"))
	f.do(f.door.Say("lan", "lan", "đồng ý"))
	f.do(f.door.Say("huong", "huong", "duyetxoa K48291"))
	if got := lastMessage(t, f.door, "huong").Text; !strings.Contains(got, "Hoàng Thị Lan") {
		t.Fatalf("the erasure: %s", got)
	}
	if w := f.get(path, ""); w.Code != http.StatusNotFound {
		t.Errorf("after the erasure: %d", w.Code)
	}
	if dump := f.st.mem.server.Dump(); strings.Contains(dump, "feed/by/lan") || strings.Contains(dump, "d:feeds:u/congtt") {
		t.Error("the store still has the calendar")
	}
}
