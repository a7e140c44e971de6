package main

import (
	"math"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
)

// frugal fits the garbage collector to the container: no more than nine tenths of the
// memory it allows. GOMEMLIMIT, where it is set, stands.
func frugal() {
	data, _ := os.ReadFile("/sys/fs/cgroup/memory.max") // a system without it has no limit
	if n := memoryLimit(string(data)); n > 0 && os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(n)
	}
}

// memoryLimit is nine tenths of what a control group allows, in bytes; 0 where it allows everything.
func memoryLimit(allowed string) int64 {
	n, err := strconv.ParseInt(strings.TrimSpace(allowed), 10, 64)
	if err != nil || n <= 0 || n == math.MaxInt64 {
		return 0
	}
	return n / 10 * 9
}
