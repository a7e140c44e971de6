package bot

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"trucban/internal/calendar"
	"trucban/internal/chat"
	"trucban/internal/checkin"
	"trucban/internal/sheet"
	"trucban/internal/team"
	"trucban/internal/viet"
	"trucban/messages"
)

// dutyLog is "/sotruc", "/sotruc 05/02", "/sotruc 05/02 xuất": every event of the
// shifts of a day, or of the one that runs; "xuất" adds a workbook.
func dutyLog(ctx context.Context, t *turn, c call) error {
	arg, export := strings.TrimSpace(c.arg), false
	for _, word := range []string{"xuất", "xuat", "tệp", "xlsx"} {
		if rest, ok := strings.CutSuffix(arg, word); ok {
			arg, export = strings.TrimSpace(rest), true
			break
		}
	}
	from, to := t.now.Add(-longestShift), t.now
	if arg != "" && viet.Fold(arg) != "hom nay" {
		r, err := calendar.ParseDate(arg, t.now)
		if err != nil {
			return t.refused(messages.Usage{What: t.label("say.baddate"), Example: "/sotruc 06/02"})
		}
		from, to = r.Date.Midnight().Add(-time.Millisecond), r.Date.AddDays(1).Midnight().Add(-time.Millisecond)
	}
	all, err := t.watches(ctx, "watch/start", from, to)
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(w checkin.Watch) bool { return !t.town.Org.Within(w.Shift.Unit, t.scope()) })
	if arg == "" {
		all = t.running(all)
	}
	if len(all) == 0 {
		t.reply(messages.DutyLog{})
		return nil
	}
	var msg messages.DutyLog
	for _, w := range all {
		s, err := t.shiftLog(ctx, w)
		if err != nil {
			return err
		}
		msg.Shifts = append(msg.Shifts, s)
	}
	var file *chat.Attachment
	if export {
		if file, err = t.logBook(msg); err != nil {
			return err
		}
	}
	if len(msg.Shifts) > maxLogs {
		msg.More = len(msg.Shifts) - maxLogs
		msg.Shifts = msg.Shifts[:maxLogs]
	}
	for i := range msg.Shifts {
		msg.Shifts[i].Lines = slices.DeleteFunc(msg.Shifts[i].Lines, func(l messages.LogLine) bool { return l.What == "ask" }) // the answer, or that there is none, says it
		if n := len(msg.Shifts[i].Lines) - maxLogLines; n > 0 {
			msg.Shifts[i].Earlier = n
			msg.Shifts[i].Lines = msg.Shifts[i].Lines[n:]
		}
	}
	t.replyFile(msg, file)
	return nil
}

// What of a log fits on a phone; the workbook has all of it.
const (
	maxLogs     = 3
	maxLogLines = 15
)

// running keeps the shifts that are on, or, where none is, the last ones.
func (t *turn) running(all []checkin.Watch) []checkin.Watch {
	var on, last []checkin.Watch
	for _, w := range all {
		switch {
		case w.Shift.Covers(t.now):
			on = append(on, w)
		case len(last) == 0 || w.Shift.End.Equal(last[0].Shift.End):
			last = append(last, w)
		case w.Shift.End.After(last[0].Shift.End):
			last = []checkin.Watch{w}
		}
	}
	if len(on) > 0 {
		return on
	}
	return last
}

// shiftLog lists the events of one shift in order of time.
func (t *turn) shiftLog(ctx context.Context, w checkin.Watch) (messages.ShiftLog, error) {
	s := messages.ShiftLog{Unit: t.unitName(w.Shift.Unit), Shift: t.shiftTitle(w.Shift)}
	add := func(at time.Time, what string, who team.MemberID, text string) *messages.LogLine {
		l := messages.LogLine{At: at, What: what, Text: text}
		if who != "" {
			l.Who = t.memberName(who)
		}
		s.Lines = append(s.Lines, l)
		return &s.Lines[len(s.Lines)-1]
	}
	for key, at := range w.Fired {
		kind, _, _ := strings.Cut(key, ":")
		kind, _, _ = strings.Cut(kind, "@")                     // of who begins later than the shift
		if kind != "end" && kind != "eve" && kind != "before" { // the reminders are no events of the shift
			if !w.Took(key) {
				continue
			}
			add(at, kind, checkin.Asked(key), "").Told = string(t.rule(w.Shift.Unit).Told(key))
		}
	}
	for m, mark := range w.Marks {
		text := mark.Note
		if mark.By != "" {
			text = strings.TrimSpace("đ/c " + t.memberName(mark.By) + " ghi. " + mark.Note)
		}
		add(mark.At, string(mark.Status), m, text)
	}
	for _, e := range w.Log {
		l := add(e.At, e.What, e.By, e.Text)
		if e.For != "" {
			l.For = t.memberName(e.For)
		}
	}
	if h := w.Hand; h != nil {
		add(h.At, "handed", h.By, h.Text)
		if h.Sealed() {
			add(h.TakenAt, "taken", h.Taken, h.Remark)
		}
		for _, e := range h.Appended {
			add(e.At, "added", e.By, e.Text)
		}
	}
	incidents, err := t.incidentsOf(ctx, "incident/u/"+string(w.Shift.Unit), w.Shift.Start, "")
	if err != nil {
		return s, err
	}
	for _, i := range incidents {
		if i.ReportedAt.Before(w.Shift.End) {
			add(i.ReportedAt, "incident", i.Reporter, string(i.ID)+": "+firstLine(i.Text))
			if !i.ClosedAt.IsZero() && i.ClosedAt.Before(w.Shift.End) {
				add(i.ClosedAt, "closed", i.ClosedBy, string(i.ID))
			}
		}
	}
	slices.SortStableFunc(s.Lines, func(a, b messages.LogLine) int {
		if c := a.At.Compare(b.At); c != 0 {
			return c
		}
		return strings.Compare(a.What+a.Who, b.What+b.Who)
	})
	return s, nil
}

// logBook is the whole log as a workbook.
func (t *turn) logBook(m messages.DutyLog) (*chat.Attachment, error) {
	tab := sheet.Table{Name: t.sheet("log.name"), Title: t.sheet("log.title"), Heads: t.heads("events"), Widths: []float64{24, 40, 18, 22, 24, 24, 60}}
	for _, s := range m.Shifts {
		for _, l := range s.Lines {
			tab.Rows = append(tab.Rows, []string{s.Unit, s.Shift, l.At.In(calendar.Zone).Format("02/01/2006 15:04"), messages.LogWords[l.What], l.Who, l.For, strings.TrimLeft(messages.LogTold[l.Told]+" "+l.Text, " ")})
		}
	}
	data, err := sheet.WriteTable(tab)
	if err != nil {
		return nil, fmt.Errorf("write the duty log: %w", err)
	}
	return &chat.Attachment{Name: "so-truc.xlsx", MIME: mimeXLSX, Data: data, Fallback: t.label("sheet.nofile")}, nil
}
