package bot

import (
	"context"

	"trucban/internal/chat"
	"trucban/internal/checklist"
	"trucban/internal/outbox"
	"trucban/internal/receipt"
	"trucban/internal/team"
	"trucban/messages"
)

// issueDirective makes the draft binding and sends each unit its checklist.
func issueDirective(ctx context.Context, t *turn, c call) error {
	id := c.act.Arg(0)
	if id == "" {
		id, _ = cutListID(c.arg)
	}
	d, ok, err := t.draftNamed(ctx, id)
	if err != nil || !ok {
		return err
	}
	confirmed, err := d.Confirm(t.stamp())
	if err != nil {
		return t.refuse(err)
	}
	issued, runs, err := confirmed.Issue(t.stamp())
	if err != nil {
		return t.refuse(err)
	}
	return t.issued(ctx, issued, runs)
}

func (t *turn) issued(ctx context.Context, d checklist.Directive, runs []checklist.Run) error {
	var reading Reading
	if _, err := t.get(ctx, readingRef(d.ID), &reading); err != nil {
		return err
	}
	d, err := t.applyTie(ctx, d, reading.Tie)
	if err != nil {
		return err
	}
	if err := t.saveDirective(d); err != nil {
		return err
	}
	m := messages.DirectiveIssued{ID: d.ID, Tasks: d.Count(), Replaces: reading.Tie.Replaces, Extends: reading.Tie.Extends}
	for _, r := range runs {
		m.Units = append(m.Units, t.unitName(r.Unit))
		if err := t.startRun(ctx, d, r); err != nil {
			return err
		}
	}
	for _, g := range d.Unaddressed() {
		m.None = append(m.None, g.Number+". "+messages.Cut(120, g.Audience))
	}
	t.note("directive.issued", directiveRef(d.ID), t.me.Unit)
	t.done()
	t.forgetPaste()
	buttons := [][]chat.Button{{t.button("matrix", "/doichieu "+d.ID, "dc", d.ID)}}
	if m.Reports = len(reportDuties(reading.Read.ReportTimes, reading.Reports)); m.Reports > 0 {
		buttons = append(buttons, []chat.Button{t.button("report.set", "/chedobaocao "+d.ID, "rpw", d.ID)})
	}
	t.reply(m, buttons...)
	return nil
}

// startRun saves a new run, sends its unit the checklist as it stands then, and
// the files that travel along.
func (t *turn) startRun(ctx context.Context, d checklist.Directive, r checklist.Run) error {
	started, err := t.stepRun(ctx, r)
	if err != nil {
		return err
	}
	return t.unlessUrgent(r.Urgent, func() error {
		if err := t.sendRun(ctx, started, "giao nhiệm vụ"); err != nil {
			return err
		}
		return t.sendFiles(ctx, d, r.Unit)
	})
}

// sendRun sends a unit its checklist as a new live card; a unit without a chat is told upwards.
func (t *turn) sendRun(ctx context.Context, r checklist.Run, about string) error {
	rooms, err := t.rooms(ctx, r.Unit, ForUnit)
	if err != nil {
		return err
	}
	for _, room := range rooms {
		t.send(outbox.Item{
			To: room.Addr, Kind: room.Kind, Class: outbox.Reminder, Card: cardOf(runRef(r.ID())), Wave: "directive:" + r.Directive, For: receipt.Unit(r.Unit),
			Message: t.runCard(r, view{caps: t.caps(room.Addr)}), About: about, Guard: while("run", r.ID(), checklist.MarkOpen),
		})
	}
	if len(rooms) > 0 {
		return nil
	}
	t.lacks("directive:"+r.Directive, receipt.Unit(r.Unit))
	msg := messages.Unreached{Who: t.unitName(r.Unit), About: t.about(about), Reason: t.label("reach.noroom")}
	return t.tellDesk(ctx, r.Unit, outbox.Missed, chat.Message{Text: t.text(msg)}, aboutUnreached)
}

// sendFiles sends the directive's files to a unit: as files where the platform
// has them, in words where it does not.
func (t *turn) sendFiles(ctx context.Context, d checklist.Directive, unit team.UnitID) error {
	if len(d.Attachments) == 0 {
		return nil
	}
	rooms, err := t.rooms(ctx, unit, ForUnit)
	if err != nil {
		return err
	}
	for _, room := range rooms {
		caps := t.caps(room.Addr)
		for _, a := range d.Attachments {
			has := caps.Upload && a.Platform == string(room.Addr.Platform)
			m := chat.Message{Text: t.text(messages.DirectiveFile{ID: d.ID, Number: d.Number, Name: a.Name, Here: has})}
			if has {
				m.Attach = &chat.Attachment{Name: a.Name, FileID: a.File}
			}
			t.send(outbox.Item{
				To: room.Addr, Kind: room.Kind, Class: outbox.Reminder, Message: m, About: "tệp kèm văn bản", Guard: while("run", checklist.RunID(d.ID, unit), checklist.MarkOpen),
			})
		}
	}
	return nil
}

// runsOf reads a directive and all its runs in one round trip.
func (t *turn) runsOf(ctx context.Context, id string) (d checklist.Directive, runs []checklist.Run, ok bool, err error) {
	refs, err := t.find(ctx, Range{Index: directiveIndex(id), To: maxScore})
	if err != nil {
		return d, nil, false, err
	}
	for _, ref := range refs {
		switch ref.Kind {
		case "directive":
			if ok, err = t.read(ref, &d); err != nil {
				return d, nil, false, err
			}
		case "run":
			var r checklist.Run
			if have, err := t.read(ref, &r); err != nil {
				return d, nil, false, err
			} else if have {
				runs = append(runs, r)
			}
		}
	}
	return d, runs, ok, nil
}

// closeDirective ends a directive: "/dongvb VB-2027-001 lý do". Nothing is asked for any more.
func closeDirective(ctx context.Context, t *turn, c call) error {
	id, note := cutListID(c.arg)
	if c.act.Code != "" {
		id = c.act.Arg(0)
	}
	if id == "" {
		t.reply(messages.TaskHow{What: "close", Example: "/dongvb VB-2027-001"})
		return nil
	}
	d, ok, err := t.draftNamed(ctx, id)
	if err != nil || !ok {
		return err
	}
	_, runs, _, err := t.runsOf(ctx, id)
	if err != nil {
		return err
	}
	matrix := checklist.NewMatrix(d, runs, &t.town.Org, t.now)
	open := matrix.Total.Open + matrix.Total.Late + matrix.Total.Help
	if c.act.Arg(1) == "" && open > 0 && c.act.Code == "" && note == "" {
		b := t.button("confirm", "/dongvb "+d.ID+" đã xong", "dvb", d.ID, "y")
		t.reply(messages.DirectiveClosing{ID: d.ID, Title: d.Title, Open: open, Late: matrix.Total.Late}, []chat.Button{b})
		return nil
	}
	closed, err := d.Close(t.stamp(), note)
	if err != nil {
		return t.refuse(err)
	}
	if err := t.saveDirective(closed); err != nil {
		return err
	}
	if err := t.closeRuns(ctx, runs, ""); err != nil {
		return err
	}
	t.note("directive.closed", directiveRef(d.ID), t.me.Unit)
	t.reply(messages.DirectiveClosed{ID: d.ID, Title: d.Title, Units: len(runs), By: t.me.Name, At: t.now},
		[]chat.Button{t.button("closingreport", "/baocaovb "+d.ID, "xvb", d.ID)})
	return nil
}
