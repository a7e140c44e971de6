package local

import (
	"strconv"
	"strings"
	"testing"
)

func TestDiffShowsWhatIsNear(t *testing.T) {
	var want, got []string
	for i := range 30 {
		want, got = append(want, strconv.Itoa(i)), append(got, strconv.Itoa(i))
	}
	want[15], got[15] = "{*} một", "hai"
	want[20], got[20] = "ba {*}", "ba bốn"
	const text = "    …\n    11\n    12\n    13\n    14\n  - {*} một\n  + hai\n    16\n    17\n    18\n    19\n    …\n"
	if d := diff(want, got); d != text {
		t.Errorf("got\n%s", d)
	}
	if d := diff(got, got); strings.ContainsAny(d, "+-") {
		t.Errorf("the same lines differ:\n%s", d)
	}
}
