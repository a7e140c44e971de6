package bot

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"trucban/internal/cadence"
	"trucban/internal/calendar"
	"trucban/internal/chat"
	"trucban/internal/checklist"
	"trucban/internal/dispatch"
	"trucban/internal/roster"
	"trucban/internal/team"
	"trucban/internal/viet"
	"trucban/internal/window"
	"trucban/messages"
)

var (
	lunarDays = regexp.MustCompile(`mung ((?:\d{1,2}(?:\s*,\s*|\s+va\s+|\s*;\s*|\s+)?(?:mung )?)+)`)
	solarDay  = regexp.MustCompile(`\b(\d{1,2})/(\d{1,2})(?:/(\d{4}))?\b`)
	dayNumber = regexp.MustCompile(`\d{1,2}`)
	windowID  = regexp.MustCompile(`(?i)\bBC-\d{4}-\d+\b`)
	draftID   = regexp.MustCompile(`(?i)\bVB-\d{4}-\d+\b`)
)

// duty is what a person asked for: deadlines, and the days between which they count.
type duty struct {
	schedule    cadence.Cadence
	from, until time.Time
}

// readDuty reads "hằng ngày trước 15h00", with "từ 05/02 đến 12/02" where it is
// bounded, and "trước 9h00 mùng 2, 4, 6" or "trước 9h00 06/02, 08/02".
func readDuty(text string, now time.Time) (d duty, ok bool) {
	clocks, rest := calendar.FindClocks(text)
	if len(clocks) == 0 {
		return d, false
	}
	days := dutyDays(rest, now)
	if every := everyDay(rest); every != "" {
		for _, c := range clocks {
			d.schedule.Specs = append(d.schedule.Specs, fmt.Sprintf("%d %d * * %s", int(c.Minutes())%60, int(c.Hours()), every))
		}
		if len(days) > 0 {
			d.from = days[0].Midnight()
		}
		if len(days) > 1 {
			d.until = days[len(days)-1].AddDays(1).Midnight()
		}
		return d, true
	}
	var at []time.Time
	for _, day := range days {
		for _, c := range clocks {
			at = append(at, day.At(c))
		}
	}
	d.schedule = cadence.On(at...)
	return d, len(at) > 0
}

// everyDay is the day field of a cron spec for words that name no dates; "" for others.
func everyDay(folded string) string {
	switch {
	case strings.Contains(folded, "ngay lam viec"):
		return "1-5"
	case strings.Contains(folded, "hang ngay"), strings.Contains(folded, "moi ngay"):
		return "*"
	case strings.Contains(folded, "hang tuan"):
		if at := strings.Index(folded, "thu "); at >= 0 {
			if w, ok := calendar.ParseWeekday(strings.Join(strings.Fields(folded[at:])[:2], " ")); ok {
				return strconv.Itoa(int(w))
			}
		}
	}
	return ""
}

// dutyDays lists the dates named, in order: "mùng 2, 4, 6" of the Tết that is on or next, and 06/02.
func dutyDays(folded string, now time.Time) []calendar.Date {
	today := calendar.DateOf(now)
	tet := calendar.Tet(today.Year)
	if tet.AddDays(30).Before(today) {
		tet = calendar.Tet(today.Year + 1)
	}
	var out []calendar.Date
	for _, m := range lunarDays.FindAllStringSubmatch(folded, -1) {
		for _, s := range dayNumber.FindAllString(m[1], -1) {
			if n, err := strconv.Atoi(s); err == nil && n >= 1 && n <= 30 {
				out = append(out, tet.AddDays(n-1))
			}
		}
	}
	for _, m := range solarDay.FindAllStringSubmatch(folded, -1) {
		day, _ := strconv.Atoi(m[1])
		month, _ := strconv.Atoi(m[2])
		year := today.Year
		if m[3] != "" {
			year, _ = strconv.Atoi(m[3])
		}
		d, err := calendar.NewDate(year, time.Month(month), day)
		if err == nil && m[3] == "" && d.Before(today) {
			d, err = calendar.NewDate(year+1, time.Month(month), day)
		}
		if err == nil {
			out = append(out, d)
		}
	}
	slices.SortFunc(out, calendar.Date.Compare)
	return out
}

// setWindow answers /chedobaocao: it lists the report duties, sets one from words or
// from a directive's report times, or ends one.
func setWindow(ctx context.Context, t *turn, c call) error {
	arg := strings.TrimSpace(c.arg)
	if id := c.act.Arg(0); id != "" {
		arg = id
	}
	folded := viet.Fold(arg)
	switch {
	case arg == "":
		return t.listWindows(ctx)
	case draftID.MatchString(arg):
		return t.windowsFrom(ctx, strings.ToUpper(draftID.FindString(arg)))
	case strings.HasPrefix(folded, "huy") || strings.HasPrefix(folded, "ket thuc"):
		return t.endWindow(ctx, strings.ToUpper(windowID.FindString(arg)))
	}
	d, ok := readDuty(arg, t.now)
	if !ok {
		t.reply(messages.WindowHow{})
		return nil
	}
	return t.openWindow(ctx, window.Window{Name: t.label("report.name"), Schedule: d.schedule, From: d.from, Until: d.until, Units: t.reporting()})
}

// reporting are the units that report to the sender's: all below it, or itself where there are none.
func (t *turn) reporting() []team.UnitID {
	var out []team.UnitID
	for _, u := range t.town.Org.Units {
		if u.ID != t.me.Unit && t.town.Org.Within(u.ID, t.me.Unit) {
			out = append(out, u.ID)
		}
	}
	if len(out) == 0 {
		out = []team.UnitID{t.me.Unit}
	}
	return out
}

// openWindow sets a report duty and says when it comes first.
func (t *turn) openWindow(ctx context.Context, w window.Window) error {
	year := calendar.DateOf(t.now).Year
	n, err := t.count(ctx, fmt.Sprintf("BC-%d", year))
	if err != nil {
		return err
	}
	w.ID = fmt.Sprintf("BC-%d-%02d", year, n)
	made, err := window.New(w, t.now)
	if errors.Is(err, window.ErrNever) || errors.Is(err, window.ErrNoUnits) {
		t.reply(messages.WindowHow{Past: true})
		return nil
	}
	if err != nil {
		return t.refused(messages.WindowHow{})
	}
	rw := reportWindow{Window: made, Owner: t.me.Unit}
	t.note("window.set", windowRef(w.ID), t.me.Unit)
	t.reply(t.windowLine(rw), []chat.Button{t.button("report.end", "chedobaocao hủy "+w.ID, "rpw", "huy "+w.ID)})
	return t.saveWindow(rw)
}

func (t *turn) windowLine(w reportWindow) messages.WindowSet {
	m := messages.WindowSet{ID: w.ID, Name: w.Name, Lead: w.Lead, Next: w.Schedule.Between(w.Passed, t.now.AddDate(1, 0, 0), 3)}
	for _, u := range w.Units {
		m.Units = append(m.Units, t.unitName(u))
	}
	if w.Now != nil {
		m.Open, m.Closes, m.Filed, m.Asked = true, w.Now.Closes, len(w.Now.Filed), len(w.Now.Units)
	}
	return m
}

func (t *turn) listWindows(ctx context.Context) error {
	all, err := t.windows(ctx)
	if err != nil {
		return err
	}
	var m messages.WindowList
	for _, w := range all {
		if t.town.Org.May(t.me, team.LevelDesk, w.Owner) {
			m.Windows = append(m.Windows, t.windowLine(w))
		}
	}
	t.reply(m)
	return nil
}

func (t *turn) endWindow(ctx context.Context, id string) error {
	var w reportWindow
	ok, err := t.get(ctx, windowRef(id), &w)
	if err != nil {
		return err
	}
	if !ok || !t.town.Org.May(t.me, team.LevelDesk, w.Owner) {
		return t.listWindows(ctx)
	}
	next, err := w.End(window.Stamp{By: t.me.ID, At: t.now})
	if err != nil {
		return t.listWindows(ctx)
	}
	w.Window = next
	t.note("window.ended", windowRef(id), w.Owner)
	t.reply(messages.WindowEnded{ID: w.ID, Name: w.Name})
	return t.saveWindow(w)
}

// windowsFrom sets the report duties a directive asks for, over the units it addresses.
func (t *turn) windowsFrom(ctx context.Context, id string) error {
	var d checklist.Directive
	var reading Reading
	ok, err := t.get(ctx, directiveRef(id), &d)
	if err != nil {
		return err
	}
	if _, err := t.get(ctx, readingRef(id), &reading); err != nil {
		return err
	}
	list := reportDuties(reading.Read.ReportTimes, reading.Reports)
	if !ok || len(list) == 0 {
		t.reply(messages.WindowHow{Directive: id})
		return nil
	}
	var units []team.UnitID
	for _, c := range d.Addressed() {
		units = append(units, c.Unit)
	}
	for _, w := range list {
		if w.Name == "" {
			w.Name = t.label("report.name")
		}
		w.Units = units
		if w.Until.IsZero() && len(w.Schedule.Specs) > 0 {
			w.From, w.Until = d.Period.From, d.Period.To
		}
		if err := t.openWindow(ctx, w); err != nil {
			return err
		}
	}
	return nil
}

// reportDuties makes windows of a dispatch's report times and of a pack's report
// duties. What names neither a date nor a time every day or month is left out.
func reportDuties(times []dispatch.ReportTime, bound []checklist.BoundReport) []window.Window {
	var out []window.Window
	var dates []time.Time
	for _, r := range times {
		clock, err := calendar.ParseClock(string(r.At))
		if err != nil {
			clock = endOfWork
		}
		spec := fmt.Sprintf("%d %d", int(clock.Minutes())%60, int(clock.Hours()))
		switch {
		case r.Date != "":
			if day := dayStart(string(r.Date)); !day.IsZero() {
				dates = append(dates, calendar.DateOf(day.In(roster.Zone)).At(clock))
			}
		case r.Every == "day":
			out = append(out, window.Window{Schedule: cadence.Cron(spec + " * * *")})
		case r.Every == "month" && r.Day > 0:
			out = append(out, window.Window{Schedule: cadence.Cron(fmt.Sprintf("%s %d * *", spec, r.Day))})
		}
	}
	if len(dates) > 0 {
		out = append(out, window.Window{Schedule: cadence.On(dates...)})
	}
	for _, b := range bound {
		out = append(out, window.Window{Name: b.Name, Full: b.Full, Schedule: b.Schedule, Lead: b.Lead, From: b.Span.From, Until: b.Span.To})
	}
	return out
}
