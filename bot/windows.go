package bot

import (
	"context"
	"fmt"

	"trucban/internal/chat"
	"trucban/internal/outbox"
	"trucban/internal/team"
	"trucban/internal/window"
	"trucban/messages"
)

// reportWindow is a report duty with the unit whose desk set it.
type reportWindow struct {
	window.Window
	Owner team.UnitID `json:"owner"`
}

func windowRef(id string) Ref { return Ref{"window", id} }

// saveWindow plans the write of a window with its index, marks and next moment.
func (t *turn) saveWindow(w reportWindow) error {
	_, effects, at := w.Step(t.now, window.DefaultPolicy())
	if len(effects) > 0 {
		at = t.now
	}
	t.wake("window", w.ID, at)
	d := Doc{Marks: w.Marks()}
	if w.Ended == nil {
		d.Index = []Entry{{"window/open", t.now.UnixMilli()}}
	}
	return t.put(windowRef(w.ID), w, d)
}

// windows lists those that were not ended.
func (t *turn) windows(ctx context.Context) ([]reportWindow, error) {
	var out []reportWindow
	err := each(ctx, t, Range{Index: "window/open", To: maxScore}, func(w reportWindow) { out = append(out, w) })
	return out, err
}

// dueWindow takes the steps of a report window that are due.
func dueWindow(ctx context.Context, t *turn) error {
	var w reportWindow
	ok, err := t.get(ctx, windowRef(t.job.ID), &w)
	if err != nil || !ok {
		return err
	}
	next, effects, _ := w.Step(t.now, window.DefaultPolicy())
	w.Window = next
	if err := t.saveWindow(w); err != nil {
		return err
	}
	for _, e := range effects {
		if err := t.windowEffect(ctx, w, e); err != nil {
			return err
		}
	}
	return nil
}

func (t *turn) windowEffect(ctx context.Context, w reportWindow, e window.Effect) error {
	switch e.Kind {
	case window.Prompt, window.Remind:
		t.note("window."+string(e.Kind), windowRef(w.ID), w.Owner)
		for _, u := range e.Units {
			if err := t.askReport(ctx, w, e, u); err != nil {
				return err
			}
		}
		return nil
	case window.Close:
		t.note("window.closed", windowRef(w.ID), w.Owner)
		m := t.windowDraft(w, e.Round)
		if err := t.tellAbove(ctx, w.Owner, outbox.Digest, chat.Message{Text: t.text(m)}, "tổng hợp báo cáo"); err != nil {
			return err
		}
		return nil
	}
	return fmt.Errorf("no handling for effect %q", e.Kind)
}

// askReport asks one unit for its report: in its chats, or its head where it has none.
func (t *turn) askReport(ctx context.Context, w reportWindow, e window.Effect, u team.UnitID) error {
	m := messages.ReportPrompt{
		Name: w.Name, Unit: t.unitName(u), Closes: e.Round.Closes, In: e.Round.Closes.Sub(t.now), Again: e.Kind == window.Remind, Head: e.To == window.ToHead, Full: w.Full,
	}
	it := outbox.Item{
		Class: outbox.Reminder, NotAfter: e.Until, About: "nhắc báo cáo", Guard: while("window", w.ID, window.UnitMark(u)), Wave: "window:" + w.ID + "/" + e.Key,
	}
	level := string(window.ToUnit)
	if e.To == window.ToHead {
		level = string(window.ToHead)
	}
	if rooms, err := t.rooms(ctx, u, ForUnit); err != nil {
		return err
	} else if len(rooms) == 0 {
		level = string(window.ToHead)
	}
	msg := chat.Message{Text: t.text(m), Buttons: [][]chat.Button{{
		t.button("report.none", "không có sự cố", "rpn", w.ID, string(u)), t.button("report.some", "có báo cáo", "rpf", w.ID, string(u)),
	}}}
	return t.toLevel(ctx, u, level, it, msg)
}

// windowDraft is the town's report on one round, with who is missing.
func (t *turn) windowDraft(w reportWindow, r window.Round) messages.ReportDraft {
	d := window.NewDraft(w.Window, r, &t.town.Org, t.now)
	m := messages.ReportDraft{Name: d.Name, Closes: d.Closes, Asked: d.Asked, Unseen: d.Unseen}
	for _, l := range d.Filed {
		m.Filed = append(m.Filed, messages.ReportLine{
			Unit: l.Name, By: l.By, At: l.At, Late: l.Late > 0, Situation: l.Form.Situation, Issues: l.Form.Issues, Proposals: l.Form.Proposals,
		})
	}
	for _, l := range d.Quiet {
		m.Quiet = append(m.Quiet, l.Name)
	}
	for _, l := range d.Missing {
		m.Missing = append(m.Missing, l.Name)
	}
	return m
}
