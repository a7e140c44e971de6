package bot

import (
	"context"
	"strconv"
	"time"

	"trucban/internal/chat"
	"trucban/internal/checkin"
	"trucban/internal/checklist"
	"trucban/internal/outbox"
	"trucban/internal/roster"
	"trucban/messages"
)

// pageSize is how many tasks stand on one card with their buttons at most.
const pageSize = 8

// view is which part of a list is shown, and for which platform.
type view struct {
	page int // 1..; 0 is the first
	open bool
	caps chat.Caps
}

func (t *turn) receiptButtons(r checklist.Run) [][]chat.Button {
	if r.Received != nil {
		return nil
	}
	return [][]chat.Button{{t.button("received", "đã quán triệt", "rcv", r.ID())}}
}

// tickButtons are one button for each task that asks for an answer.
func (t *turn) tickButtons(r checklist.Run, numbers []int) [][]chat.Button {
	var rows [][]chat.Button
	for _, n := range numbers {
		s, err := r.Find(strconv.Itoa(n))
		if err != nil || !asks(s) || len(rows) == pageSize {
			continue
		}
		ref := strconv.Itoa(s.N)
		b := t.button("received", "xong "+ref, "tick", r.ID(), ref)
		b.Label = ref + ". " + s.Title
		rows = append(rows, []chat.Button{b})
	}
	return rows
}

// asks reports whether a task can be answered now.
func asks(s checklist.TaskState) bool {
	return !s.Dropped && s.State != checklist.StateDone && s.State != checklist.StateNA && s.State != checklist.StateWaiting
}

// maxNote bounds, in characters, how much of a note stands on a card.
const maxNote = 80

func (t *turn) taskLine(s checklist.TaskState) messages.TaskLine {
	l := messages.TaskLine{N: s.N, Title: s.Title, State: string(s.Shown(t.now)), Kind: string(s.Kind), At: s.At, Due: s.Due, Note: messages.Cut(maxNote, s.Note)}
	switch s.State {
	case checklist.StateDone, checklist.StateNA, checklist.StateDoing, checklist.StateNeedHelp:
		l.By = t.memberName(s.By)
	}
	switch {
	case s.State == checklist.StateNA:
		l.Note = messages.Cut(maxNote, s.Reason)
	case s.Refused != nil && s.State == checklist.StateTodo:
		l.Refused = messages.Cut(maxNote, s.Refused.Reason)
	}
	if len(s.Holds) > 0 && asks(s) {
		if h := s.Holds[len(s.Holds)-1]; h.Until.After(t.now) {
			l.Held = h.Until
		}
	}
	l.Files = 0
	for _, e := range s.Evidence {
		if e.File != "" {
			l.Files++
		}
	}
	l.NeedEvidence = s.NeedEvidence && asks(s)
	return l
}

// runCard renders one page of a unit's checklist so that it fits one message of
// the platform with its buttons.
func (t *turn) runCard(r checklist.Run, v view) chat.Message {
	size := pageSize
	if v.caps.Buttons && v.caps.MaxKeys > 0 {
		size = max(1, min(size, v.caps.MaxKeys-4)) // receipt, page, other answers, vulnerabilities
	}
	for ; ; size-- {
		m := t.runPage(r, v, size)
		if size <= 1 || v.caps.MaxText <= 0 || chat.Length(chat.Flatten(m, v.caps).Text) <= v.caps.MaxText {
			return m
		}
	}
}

func (t *turn) runPage(r checklist.Run, v view, size int) chat.Message {
	p := r.Page(v.page, size)
	if v.open {
		p = r.OpenPage(v.page, size, t.now)
	}
	m := messages.Checklist{ID: r.Directive, Title: r.Title, Unit: t.unitName(r.Unit), Page: p.Page, Pages: p.Pages, Left: v.open, Closed: r.Closed != nil}
	if r.Received != nil {
		m.Received, m.ReceivedAt = t.memberName(r.Received.By), r.Received.At
	}
	count := r.Progress(t.now)
	m.Done, m.Total = count.Settled(), count.Owed()+count.Waiting
	var numbers []int
	for _, s := range p.Tasks {
		m.Tasks = append(m.Tasks, t.taskLine(s))
		numbers = append(numbers, s.N)
	}
	for _, vuln := range r.Vulns {
		m.Vulns++
		if vuln.Answer != "" {
			m.VulnsDone++
		}
	}
	if r.Closed != nil {
		return chat.Message{Text: t.text(m)}
	}
	rows := append(t.receiptButtons(r), t.tickButtons(r, numbers)...)
	var last []chat.Button
	if p.Pages > 1 {
		next := strconv.Itoa(p.Page%p.Pages + 1)
		last = append(last, t.button("more", "nhiệm vụ "+next, "run", r.ID(), next))
	}
	if len(numbers) > 0 && v.caps.Buttons {
		last = append(last, t.button("otheranswer", "/traloi", "opt", r.ID(), strconv.Itoa(p.Page)))
	}
	if len(last) > 0 {
		rows = append(rows, last)
	}
	return chat.Message{Text: t.text(m), Buttons: append(rows, t.vulnCardButton(r)...)}
}

// refreshRun edits the card in every chat of the unit to the newest state, on
// the page of the task n (0: the first).
func (t *turn) refreshRun(ctx context.Context, r checklist.Run, n int) error {
	rooms, err := t.rooms(ctx, r.Unit, ForUnit)
	if err != nil {
		return err
	}
	for _, room := range rooms {
		t.send(outbox.Item{
			To: room.Addr, Kind: room.Kind, Class: outbox.Edit, Edit: true, Card: cardOf(runRef(r.ID())),
			Message: t.runCard(r, view{page: r.PageOf(n, pageSize), caps: t.caps(room.Addr)}), About: "thẻ nhiệm vụ",
		})
	}
	return nil
}

// showRun answers with the card of one run, which becomes the live one in this chat.
func (t *turn) showRun(r checklist.Run, v view) {
	v.caps = t.caps(t.u.To)
	t.send(outbox.Item{
		To: t.u.To, Kind: t.u.Kind, Class: outbox.Reply, Card: cardOf(runRef(r.ID())),
		Message: t.runCard(r, v), NotAfter: t.clock.Add(replyFor), About: "trả lời",
	})
}

// turnPage shows another page: in place where cards can be edited.
func (t *turn) turnPage(r checklist.Run, v view) {
	v.caps = t.caps(t.u.To)
	if !v.caps.Edit {
		t.showRun(r, v)
		return
	}
	t.send(outbox.Item{
		To: t.u.To, Kind: t.u.Kind, Class: outbox.Edit, Edit: true, Fresh: true, Card: cardOf(runRef(r.ID())),
		Message: t.runCard(r, v), NotAfter: t.clock.Add(replyFor), About: "thẻ nhiệm vụ",
	})
}

// shiftMessage is the card of a shift with the standing tasks of the unit on it.
// A task whose round the alarm has not opened yet is shown as asked for: it is,
// from the first minute of the shift.
func (t *turn) shiftMessage(ctx context.Context, w checkin.Watch, when string, late time.Duration) (chat.Message, error) {
	card := t.shiftCard(w, when, late)
	if t.now.Before(w.Shift.Start) || w.Ended {
		return card, nil
	}
	runs, err := t.openRuns(ctx, w.Shift.Unit)
	if err != nil {
		return card, err
	}
	var m messages.ShiftTasks
	for _, r := range runs {
		if !r.Period.Covers(w.Shift.Start) && !r.Period.Covers(w.Shift.End.Add(-time.Minute)) || !w.Shift.End.After(r.Issued) {
			continue
		}
		for _, s := range onShift(r, w.Shift) {
			m.Tasks = append(m.Tasks, t.taskLine(s))
			if asks(s) && len(card.Buttons) < pageSize {
				n := strconv.Itoa(s.N)
				b := t.button("received", "/xong "+r.Directive+" "+n, "tick", r.ID(), n)
				b.Label = n + ". " + s.Title
				card.Buttons = append(card.Buttons, []chat.Button{b})
			}
		}
	}
	if len(m.Tasks) > 0 {
		card.Text += "\n\n" + t.text(m)
	}
	return card, nil
}

// onShift are the standing tasks of a run on a shift: those of its round, or, until
// that is opened, those that are going to be in it.
func onShift(r checklist.Run, s roster.Shift) []checklist.TaskState {
	if open := r.StandingOn(string(s.ID)); len(open) > 0 {
		return open
	}
	var out []checklist.TaskState
	for _, task := range r.Tasks {
		if task.Kind == checklist.Standing && !task.Dropped && task.Opened.Before(s.Start) && task.State != checklist.StateNA {
			task.Round = checklist.Round{State: checklist.StateTodo, Due: s.End}
			task.Refused, task.Holds = nil, nil
			out = append(out, task)
		}
	}
	return out
}

// refreshShift draws the card of the shift anew on which a standing task was answered.
func (t *turn) refreshShift(ctx context.Context, task checklist.TaskState) error {
	if task.Kind != checklist.Standing {
		return nil
	}
	w, ok, err := t.watchOf(ctx, roster.ShiftID(task.Key))
	if err != nil || !ok || w.Ended {
		return err
	}
	return t.refreshCard(ctx, w)
}
