package bot

import (
	"context"
	"fmt"
	"strings"

	"trucban/internal/chat"
	"trucban/internal/outbox"
	"trucban/internal/roster"
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
	} else {
		d.TTL = t.keep()
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
		d := window.NewDraft(w.Window, e.Round, &t.town.Org, t.now)
		if err := t.tellAbove(ctx, w.Owner, outbox.Digest, chat.Message{Text: t.text(reportDraft(d))}, "tổng hợp báo cáo"); err != nil {
			return err
		}
		return t.draftPaper(ctx, w, d)
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

// draftPaper sends the desk the same report as a document to be checked and signed.
func (t *turn) draftPaper(ctx context.Context, w reportWindow, d window.Draft) error {
	if t.b.Exports == nil {
		return nil
	}
	msg, err := t.roundPaper(w, d)
	if err != nil {
		return err
	}
	return t.tellDesk(ctx, w.Owner, outbox.Digest, msg, "dự thảo báo cáo")
}

func (t *turn) roundPaper(w reportWindow, d window.Draft) (chat.Message, error) {
	data, err := t.b.Exports.Round(t.unitName(w.Owner), d)
	if err != nil {
		return chat.Message{}, fmt.Errorf("make the report of %s: %w", w.ID, err)
	}
	m := messages.ReportPaper{ID: w.ID, Name: d.Name, Closes: d.Closes}
	name := "bao-cao-" + strings.ToLower(w.ID) + "-" + d.Closes.In(roster.Zone).Format("20060102-1504") + ".docx"
	file := &chat.Attachment{Name: name, MIME: docxMIME, Data: data, Fallback: t.text(messages.NoUpload{What: "/xuat " + w.ID})}
	return chat.Message{Text: t.text(m), Attach: file}, nil
}

// exportRound answers "/xuat BC-2027-01" in private with the report on the duty's
// last deadline as it stands now, late reports in it.
func (t *turn) exportRound(ctx context.Context, id string) error {
	var w reportWindow
	ok, err := t.get(ctx, windowRef(id), &w)
	if err != nil {
		return err
	}
	if !ok || !t.town.Org.May(t.me, team.LevelDesk, w.Owner) {
		return t.refused(messages.ReportNone{ID: id})
	}
	round := w.Last
	if w.Now != nil {
		round = w.Now
	}
	if round == nil {
		return t.refused(messages.ReportNone{ID: id})
	}
	t.note("export.round", windowRef(id), w.Owner)
	msg, err := t.roundPaper(w, window.NewDraft(w.Window, *round, &t.town.Org, t.now))
	if err != nil {
		return err
	}
	return t.inPrivate(ctx, msg)
}

// reportDraft is the town's report on one round in a message, with who is missing.
func reportDraft(d window.Draft) messages.ReportDraft {
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
