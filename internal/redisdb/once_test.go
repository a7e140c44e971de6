package redisdb

import (
	"testing"
	"time"

	"trucban/internal/chat"
)

// TestUseOnce uses a link twice and asks two replicas for their secret.
func TestUseOnce(t *testing.T) {
	s := startServer(t)
	one, two := realDB(t, s.addr(), chat.Limits{}), realDB(t, s.addr(), chat.Limits{})
	until := time.Now().Add(10 * time.Minute)
	for i, want := range []bool{true, false} {
		first, err := []*DB{one, two}[i].Use(t.Context(), "link", until)
		if err != nil || first != want {
			t.Errorf("use %d: first %t, error %v", i+1, first, err)
		}
	}
	a, errA := one.Secret(t.Context(), "board", []byte("one"))
	b, errB := two.Secret(t.Context(), "board", []byte("two"))
	if errA != nil || errB != nil || string(a) != "one" || string(b) != "one" {
		t.Errorf("secrets %q (%v) and %q (%v), both shall be the first", a, errA, b, errB)
	}
}
