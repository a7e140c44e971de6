package dispatch

import (
	"sort"
	"strings"
)

// finish orders what was collected, takes repeats out and keeps lists from being null.
func (rd *reader) finish(d *Draft) {
	if rd.accentless {
		rd.warn(Warning{Code: WarnAccentless})
	}
	if d.TaskCount() == 0 {
		rd.warn(Warning{Code: WarnNoTasks})
	}
	if at := rd.spaced(); at != "" {
		rd.warn(Warning{Code: WarnSpaces, Printed: at})
	}
	sort.SliceStable(rd.mends, func(i, j int) bool { return rd.mends[i].Line < rd.mends[j].Line })
	sort.SliceStable(rd.warnings, func(i, j int) bool { return rd.warnings[i].Line < rd.warnings[j].Line })
	d.Mended = unique(rd.mends)
	d.Warnings = unique(rd.warnings)
	d.Groups = orEmpty(d.Groups)
	d.Windows = orEmpty(d.Windows)
	d.ReportTimes = unique(d.ReportTimes)
	d.Document.Addressees = unique(d.Document.Addressees)
}

// spaced lists the lines whose doubled spaces were squeezed, at most a dozen of them.
func (rd *reader) spaced() string {
	var at []string
	for _, l := range rd.lines {
		if !l.spaces {
			continue
		}
		if len(at) == 12 {
			at = append(at, "…")
			break
		}
		at = append(at, itoa(l.no))
	}
	return strings.Join(at, ", ")
}

// unique keeps the first of equal values, in order.
func unique[T comparable](list []T) []T {
	seen := map[T]bool{}
	out := []T{}
	for _, v := range list {
		if !seen[v] {
			seen[v] = true
			out = append(out, v)
		}
	}
	return out
}
