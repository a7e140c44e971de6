package main

import "testing"

func TestMemoryLimit(t *testing.T) {
	for allowed, want := range map[string]int64{"": 0, "max\n": 0, "9223372036854775807": 0, "-1": 0, "268435456\n": 241591905} {
		if got := memoryLimit(allowed); got != want {
			t.Errorf("%q: %d, want %d", allowed, got, want)
		}
	}
}
