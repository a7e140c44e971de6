package local

import (
	"regexp"
	"slices"
	"strings"
)

// match compares lines; "{*}" in the expected ones stands for any words of one line.
func match(want, got []string) bool {
	return slices.EqualFunc(want, got, func(w, g string) bool {
		if !strings.Contains(w, "{*}") {
			return w == g
		}
		parts := strings.Split(w, "{*}")
		for i := range parts {
			parts[i] = regexp.QuoteMeta(parts[i])
		}
		return regexp.MustCompile("^" + strings.Join(parts, ".*") + "$").MatchString(g)
	})
}

// diff lists both sides with the lines they share, in order.
func diff(want, got []string) string {
	n, m := len(want), len(got)
	common := make([][]int, n+1) // longest common tails
	for i := range common {
		common[i] = make([]int, m+1)
	}
	for i := n - 1; i >= 0; i-- {
		for j := m - 1; j >= 0; j-- {
			if match(want[i:i+1], got[j:j+1]) {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	var out []string
	for i, j := 0, 0; i < n || j < m; {
		switch {
		case i < n && j < m && match(want[i:i+1], got[j:j+1]):
			out = append(out, "    "+got[j])
			i, j = i+1, j+1
		case j == m || i < n && common[i+1][j] >= common[i][j+1]:
			out = append(out, "  - "+want[i])
			i++
		default:
			out = append(out, "  + "+got[j])
			j++
		}
	}
	return strings.Join(around(out), "\n") + "\n"
}

// around leaves out shared lines that are far from any difference.
func around(lines []string) []string {
	const near = 4
	var out []string
	last := -near - 1 // the newest line that differs
	for i, l := range lines {
		if !strings.HasPrefix(l, "    ") {
			last = i
		}
		next := slices.IndexFunc(lines[i:min(len(lines), i+near+1)], func(l string) bool { return !strings.HasPrefix(l, "    ") })
		switch {
		case i-last <= near || next >= 0:
			out = append(out, l)
		case len(out) == 0 || out[len(out)-1] != "    …":
			out = append(out, "    …")
		}
	}
	return out
}
