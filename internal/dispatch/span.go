package dispatch

import "strings"

// windowsOf lists the spans of days of a text: "từ ... đến hết ...", "04-10/02/2027".
// What the first day lacks it takes from the second, the year before across the new
// year; without any year the document's date decides.
func (rd *reader) windowsOf(t txt) []Window {
	t = t.slice(0, min(t.len(), maxScan))
	if !strings.ContainsAny(t.f, "123456789") {
		return nil
	}
	var out []Window
	add := func(first, second [3]int) {
		if second[2] == 0 {
			second[2] = first[2]
		}
		if second[2] == 0 && rd.date != "" {
			second[2] = atoi(rd.from(second[0], second[1])[:min(4, len(rd.from(second[0], second[1])))])
		}
		if first[1] == 0 {
			first[1] = second[1]
		}
		if first[2] == 0 {
			first[2] = second[2]
			if first[1] > second[1] {
				first[2]--
			}
		}
		from, ok1 := isoDate(first[0], first[1], first[2])
		to, ok2 := isoDate(second[0], second[1], second[2])
		if ok1 && ok2 && from <= to {
			out = append(out, Window{from, to})
		}
	}
	if strings.Contains(t.f, "tu ") {
		for _, g := range windowIn.FindAllStringSubmatch(t.f, -1) {
			add([3]int{atoi(g[3]), atoi(g[4]), atoi(g[5])}, [3]int{atoi(g[8]), atoi(g[9]), atoi(g[10])})
		}
	}
	for _, g := range spanIn.FindAllStringSubmatch(t.f, -1) {
		if g[6] != "" || g[3] != "" {
			add([3]int{atoi(g[1]), atoi(g[2]), atoi(g[3])}, [3]int{atoi(g[4]), atoi(g[5]), atoi(g[6])})
		}
	}
	return out
}
