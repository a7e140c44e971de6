package dispatch

import (
	"regexp"
	"strings"
)

var (
	dayHours   = phrases("trong ngay,ngay 2 lan,ngay hai lan,ngay 3 lan,ngay ba lan,dau ca,giao ca,moi ca,diem danh,cac moc,cac khung gio")
	reportWord = phrases("bao cao,gui,tong hop,thong bao")
	dayAfter   = regexp.MustCompile(`\b(?:hang|moi) (thang|quy|nam)(?:,| la)? ?\(?(?:truoc|vao|cham nhat)?(?: vao)? ?ngay (\d{1,2})(?:[^\d/]|$)`)
	monthlyDay = regexp.MustCompile(`\b(?:truoc |vao )?ngay (\d{1,2}) (?:hang|moi) (thang|quy|nam)\b`)
)

// times fills in windows and report times, from the tasks and from the closing
// sentences, which often hold the only deadline of a report.
func (rd *reader) times(d *Draft, body []*para) {
	seen := map[Window]bool{}
	addWindows := func(t txt) {
		for _, w := range rd.windowsOf(t) {
			if !seen[w] {
				seen[w] = true
				d.Windows = append(d.Windows, w)
			}
		}
	}
	addWindows(newTxt(string(d.Document.Subject)))
	for _, p := range body {
		addWindows(p.txt)
		if p.role == closer && reportWord.in(p.f) {
			d.ReportTimes = append(d.ReportTimes, reportTimes(p.txt, rd.stamps(p.txt))...)
		}
	}
	for _, g := range d.Groups {
		for _, t := range g.Tasks {
			for _, r := range t.times {
				r.Task = Maybe(t.ID)
				d.ReportTimes = append(d.ReportTimes, r)
			}
		}
	}
}

// reportTimes reads daily hours ("trước 16 giờ hằng ngày", the hours of each
// shift), days of the month, and dates by which something is to be reported.
func reportTimes(t txt, dated []stamp) []ReportTime {
	var out []ReportTime
	t = t.slice(0, min(t.len(), maxScan))
	every := everyOf(t)
	if every == "" && !strings.ContainsAny(t.f, "0123456789") {
		return nil
	}
	if every != "" {
		if g := dayAfter.FindStringSubmatch(t.f); g != nil && atoi(g[2]) > 0 {
			out = append(out, ReportTime{Every: Maybe(everyName[g[1]]), Day: atoi(g[2])})
		} else if g := monthlyDay.FindStringSubmatch(t.f); g != nil {
			out = append(out, ReportTime{Every: Maybe(everyName[g[2]]), Day: atoi(g[1])})
		}
	}
	switch {
	case every == "day" || dayHours.in(t.f):
		for _, h := range hoursOf(t) {
			out = append(out, ReportTime{At: Maybe(h), Every: "day"})
		}
	case every == "week":
		for _, h := range hoursOf(t) {
			out = append(out, ReportTime{At: Maybe(h), Every: "week"})
		}
	}
	if every != "" && len(out) == 0 && reportWord[:3].in(t.f) {
		out = append(out, ReportTime{Every: Maybe(every)})
	}
	if reportWord.in(strings.ReplaceAll(t.f, "gui kem", "")) {
		for _, s := range dated {
			if !s.due {
				continue
			}
			if len(s.hours) == 0 {
				out = append(out, ReportTime{Date: Maybe(s.date)})
			}
			for _, h := range s.hours {
				out = append(out, ReportTime{At: Maybe(h), Date: Maybe(s.date)})
			}
		}
	}
	return out
}

// hoursOf lists the times of day that belong to no date and are no duration ("24 giờ").
func hoursOf(t txt) []string {
	var out []string
	for at := 0; at < t.len(); {
		g := hourIn.FindStringSubmatchIndex(t.f[at:])
		if g == nil {
			break
		}
		min := ""
		if g[4] >= 0 {
			min = t.f[at+g[4] : at+g[5]]
		}
		before := t.f[:at+g[2]]
		if h := clock(t.f[at+g[2]:at+g[3]], min); h != "" && !strings.HasSuffix(before, "trong ") && !strings.HasSuffix(before, "vong ") && !strings.HasSuffix(before, "sau ") {
			out = append(out, h)
		}
		at += max(g[3], g[5])
	}
	return out
}
