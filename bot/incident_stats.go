package bot

import (
	"context"
	"sort"
	"strings"
	"time"

	"trucban/internal/calendar"
	"trucban/internal/incident"
	"trucban/internal/viet"
	"trucban/messages"
)

// listIncidents lists what is open in the sender's scope, and the reports that were not sent in time.
func listIncidents(ctx context.Context, t *turn, _ call) error {
	open, err := t.incidentsOf(ctx, "incident/open", time.Time{}, t.scope())
	if err != nil {
		return err
	}
	m := messages.IncidentList{Unit: t.unitName(t.scope()), At: t.now}
	for n := len(open) - 1; n >= 0; n-- {
		l := t.openLine(open[n])
		if open[n].Drill {
			l.Kind = "[DIỄN TẬP] " + l.Kind
		}
		m.Items = append(m.Items, l)
	}
	// Reports may be owed after the close; the law counts days, not months.
	all, err := t.incidentsOf(ctx, "incident/all", t.now.AddDate(0, -3, 0), t.scope())
	if err != nil {
		return err
	}
	for _, i := range all {
		for _, d := range i.Overdue(t.now) {
			if !i.Drill {
				m.Missed = append(m.Missed, messages.MissedDeadline{ID: string(i.ID), Unit: t.unitName(i.Unit), What: d.What, Code: deadlineCode(d.ID), At: d.At})
			}
		}
	}
	sort.SliceStable(m.Missed, func(a, b int) bool { return m.Missed[a].At.Before(m.Missed[b].At) })
	t.reply(m)
	return nil
}

// incidentStats sums up a span: "/thongke", "/thongke tuần", "/thongke quý", "/thongke năm".
func incidentStats(ctx context.Context, t *turn, c call) error {
	today := calendar.DateOf(t.now)
	from := calendar.Date{Year: today.Year, Month: today.Month, Day: 1}
	switch viet.Fold(strings.TrimSpace(c.arg)) {
	case "", "thang", "thang nay":
	case "tuan", "7 ngay":
		from = today.AddDays(-6)
	case "quy", "quy nay":
		from.Month = (today.Month-1)/3*3 + 1
	case "nam", "nam nay":
		from.Month = 1
	default:
		r, err := calendar.ParseDate(c.arg, t.now)
		if err != nil || r.Date.Midnight().After(t.now) {
			return t.refused(messages.Usage{What: t.label("say.spanhow"), Example: "/thongke quý"})
		}
		from = r.Date
	}
	begin := from.Midnight().UTC()
	all, err := t.incidentsOf(ctx, "incident/all", begin, t.scope())
	if err != nil {
		return err
	}
	s := incident.Count(all, begin, t.now.Add(time.Millisecond))
	m := messages.IncidentStats{
		Unit: t.unitName(t.scope()), From: begin, To: t.now, Total: s.Total, Open: s.Open, False: s.False, Merged: s.Merged, Unacked: s.Unacked, Missed: s.Missed,
		Acked: s.ToAck.N, AckMedian: s.ToAck.Median, AckMax: s.ToAck.Max, Resolved: s.ToResolve.N, ResolveMedian: s.ToResolve.Median, ResolveLongest: s.ToResolve.Max,
	}
	for _, k := range append(t.b.Rules.Kinds, incident.Kind{Label: "Chưa rõ loại"}) {
		m.Kinds = tally(m.Kinds, k.Label, s.ByKind[k.Code])
	}
	for n := len(incident.Levels) - 1; n >= 0; n-- {
		m.Levels = tally(m.Levels, t.b.Rules.LevelLabel(incident.Levels[n]), s.ByLevel[incident.Levels[n]])
	}
	for _, u := range t.town.Org.Units {
		m.Units = tally(m.Units, u.Label(), s.ByUnit[u.ID])
	}
	t.reply(m)
	return nil
}

// tally adds a line for what occurred at all.
func tally(list []messages.Tally, name string, n int) []messages.Tally {
	if n == 0 {
		return list
	}
	return append(list, messages.Tally{Name: name, N: n})
}
